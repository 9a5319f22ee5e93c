"""Pages from templates: Jinja2 escapes all that it is given, and what would change how a page reads is made visible."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stancebank.faults import StanceBankError
from stancebank.storage.files import cannot_write

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).parent
LARGEST = 2_000_000
"""Bytes that no page and no file of the search may have; lists go on to another page before."""

_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""Controls, and what turns the direction of the words that follow."""


def visible(value: object) -> str:
    """Words as a page shows them: an escape in place of each character that a browser obeys and nobody sees."""
    words = str(value)
    return words if words.isprintable() else _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", words)


def rendered(template: str, **values: object) -> bytes:
    """A page. Raises StanceBankError where Jinja2 is not installed."""
    text = _environment().get_template(template).render(values)
    return re.sub(r"\n\s*\n+", "\n", text).encode("utf-8", "backslashreplace")


def write_page(folder: Path, page: str, template: str, common: Mapping[str, Any], **values: object) -> None:
    """Write a page of a site. folder: its root. common: what all pages show."""
    root = "../" * page.count("/")
    write_file(folder, page, rendered(template, root=root, page=page, **common, **values))


def write_file(folder: Path, name: str, data: bytes) -> None:
    """Write a file of a site. Raises StanceBankError where that fails."""
    try:
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise cannot_write(folder / name, error) from error


@cache
def _environment() -> Environment:
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ModuleNotFoundError:
        what = "Jinja2 is needed for a site, and is not installed"
        raise StanceBankError(what, "pip install 'stancebank[site]'") from None
    return Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalized,
    )


def _finalized(value: object) -> object:
    return visible(value) if type(value) is str else value
