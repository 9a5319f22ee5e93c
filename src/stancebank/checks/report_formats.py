"""The formats of reports: which there are, and in which module of reporters each is."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stancebank.checks.findings import Tally

FORMATS: Mapping[str, str] = {
    "text": "as_text",
    "json": "as_json",
    "github": "github",
    "sarif": "sarif",
    "junit": "junit",
}
"""A format is a line here and its module, with a function report_FORMAT."""


def report(format: str, findings: Tally, **options: object) -> Iterator[str]:
    """The report on findings in a format, piece by piece. A format gets those of the options that it takes."""
    function = getattr(import_module(f"stancebank.checks.reporters.{FORMATS[format]}"), f"report_{format}")
    taken = inspect.signature(function).parameters
    return iter(function(findings, **{name: value for name, value in options.items() if name in taken}))
