"""Who made the passes: the register in ``annotation/annotators.yaml``."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from stancebank.faults import Fault, StanceBankError, excerpt, require_readable
from stancebank.schema.layers import ID, LINE, SHA256
from stancebank.schema.paths import ANNOTATORS_FILE
from stancebank.storage.files import read_inside
from stancebank.storage.yaml_files import Location, YamlModel, parse_yaml

GOLD = "gold"
"""What commands call the corpus's own annotations, where an annotator's id is possible too."""

_Line = Annotated[str, Field(min_length=1, pattern=f"^{LINE}$")]


class Annotator(YamlModel):
    """Somebody or something that made a pass.

    id: the name of the pass's folder. kind: what it is, so that no program passes
    for a person. name: of the person, or of the model and its maker. date: of the
    pass. instructions: what it was made from. note: what else one must know of it.
    version, settings: of a model or a program. prompt: SHA-256 of the instructions that a model was given.
    """

    id: Annotated[str, Field(pattern=f"^{ID}$")]
    kind: Literal["person", "language model", "program"]
    name: _Line
    version: _Line | None = None
    settings: _Line | None = None
    prompt: Annotated[str, Field(pattern=f"^{SHA256}$")] | None = None
    date: datetime.date
    instructions: _Line
    note: _Line


class Annotators(YamlModel):
    """The register of annotators."""

    annotators: tuple[Annotator, ...] = ()

    @cached_property
    def by_id(self) -> dict[str, Annotator]:
        """The annotators by id."""
        return {annotator.id: annotator for annotator in self.annotators}


def read_annotators(root: Path) -> tuple[Annotators | None, list[Fault]]:
    """The register of a corpus root, empty where there is no file; None with every fault in it, each with its line."""
    data, fault = read_inside(root, ANNOTATORS_FILE)
    if data is None:
        return (None, [replace(fault, kind="annotators")]) if fault and fault.kind != "missing" else (Annotators(), [])
    return parse_yaml(data, ANNOTATORS_FILE, Annotators, "annotators", _contradictions)


def register_entry(values: Mapping[str, str | None]) -> dict[str, str]:
    """The values of a new entry of the register, without those that are None.

    Raises StanceBankError for a value that an entry cannot have.
    """
    entry = {key: value for key, value in values.items() if value is not None}
    try:
        Annotator.model_validate(entry | {"date": datetime.date.fromisoformat(entry["date"])})
    except (ValidationError, ValueError) as error:
        found = error.errors()[0] if isinstance(error, ValidationError) else {"loc": ("date",), "input": entry["date"]}
        what = f"{found['loc'][0]} {excerpt(str(found['input']))} cannot be registered"
        raise StanceBankError(what, "write an id, a day as YYYY-MM-DD, and text on one line") from None
    return entry


def with_annotator(data: bytes | None, entry: Mapping[str, str]) -> bytes:
    """The register with one more entry, comments and order kept. data: None where there is no file."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    from stancebank.storage.careful_yaml import load_yaml, plain_yaml

    content = load_yaml(data or b"annotators: []\n", ANNOTATORS_FILE, "annotators", quotes=True)
    if isinstance(content, Fault):
        require_readable([content])
        raise AssertionError("require_readable raises")
    listed = content.get("annotators")
    if not listed:
        content["annotators"] = listed = CommentedSeq()
    listed.append(CommentedMap(entry))
    buffer = BytesIO()
    plain_yaml().dump(content, buffer)
    return buffer.getvalue()


def _contradictions(register: Annotators) -> Iterator[tuple[Location, str]]:
    seen: set[str] = set()
    for index, annotator in enumerate(register.annotators):
        if annotator.id in seen:
            yield ("annotators", index, "id"), f"the annotator {excerpt(annotator.id)} is registered twice"
        seen.add(annotator.id)
