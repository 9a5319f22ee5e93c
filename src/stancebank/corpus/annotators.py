"""Who made the passes: the register in ``annotation/annotators.yaml``."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from stancebank.faults import Fault, excerpt
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


def _contradictions(register: Annotators) -> Iterator[tuple[Location, str]]:
    seen: set[str] = set()
    for index, annotator in enumerate(register.annotators):
        if annotator.id in seen:
            yield ("annotators", index, "id"), f"the annotator {excerpt(annotator.id)} is registered twice"
        seen.add(annotator.id)
