"""Reading a scheme: its format first, then all of it, every fault with its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, model_validator

from stancebank.faults import Fault
from stancebank.schema.contradictions import contradictions
from stancebank.schema.paths import SCHEME_FILE
from stancebank.schema.scheme import Scheme, Version
from stancebank.storage.files import read_inside
from stancebank.storage.yaml_files import YamlModel, parse_yaml

FORMAT_VERSION = "1.4"
"""The format that this software works on: which layers and columns there are; stancebank migrate leads to it."""


class SchemeFormat(YamlModel):
    """The format that a scheme says it has, whatever else is in it; until 1.3 its version was that."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    format: Version

    @model_validator(mode="before")
    @classmethod
    def _version_was_the_format(cls, content: Any) -> Any:  # noqa: ANN401  (what a YAML file holds)
        known = isinstance(content, Mapping) and "format" not in content and content.get("version") in _FORMATS_BEFORE
        return {"format": content["version"]} if known else content

    @property
    def numbers(self) -> tuple[int, ...]:
        """The format as versions are compared."""
        return tuple(map(int, self.format.split(".")))


_FORMATS_BEFORE = ("1.0", "1.1", "1.2", "1.3")


def read_scheme(root: Path) -> tuple[Scheme | None, list[Fault]]:
    """The scheme of a corpus root, or None with every fault in it, each with its line.

    Of a scheme in another format than this software's only that is reported.
    """
    data, fault = read_inside(root, SCHEME_FILE)
    if data is None:
        return None, [replace(fault, kind="scheme")] if fault else []
    return parse_scheme(data)


def parse_scheme(data: bytes) -> tuple[Scheme | None, list[Fault]]:
    """As read_scheme, of a file's bytes."""
    scheme, faults = parse_yaml(data, SCHEME_FILE, Scheme, "scheme", contradictions)
    if scheme is not None and scheme.format == FORMAT_VERSION:
        return scheme, faults
    other, _ = scheme_format(data)
    if other is not None and other.format != FORMAT_VERSION:
        _, faults = parse_yaml(data, SCHEME_FILE, SchemeFormat, "scheme-version", _other_format)
        newer = other.numbers > SchemeFormat(format=FORMAT_VERSION).numbers
        return None, [replace(faults[0], fix="install a newer StanceBank" if newer else "run stancebank migrate")]
    return None, faults


def scheme_format(data: bytes) -> tuple[SchemeFormat | None, list[Fault]]:
    """The format that a scheme's bytes name, or None with what keeps it from being read."""
    return parse_yaml(data, SCHEME_FILE, SchemeFormat, "scheme")


def _other_format(found: SchemeFormat) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if found.format != FORMAT_VERSION:
        place = "version" if found.format in _FORMATS_BEFORE else "format"
        yield (place,), f"this corpus has format {found.format}; this StanceBank works on format {FORMAT_VERSION}"
