"""The decisions of an adjudicator: ``annotation/adjudication.jsonl``, one on each line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from stancebank.faults import StanceBankError
from stancebank.schema.paths import ADJUDICATION_FILE
from stancebank.storage.files import read_inside
from stancebank.storage.yaml_files import YamlModel

Subject = tuple[str, str, str | None, str | None, tuple[str, ...]]
"""What is decided: document, layer, the id in A and in B, the fields."""


class Decision(YamlModel):
    """The answer to one disagreement of passes A and B, or a correction of what they agree about.

    a, b: ids of the records, null where a pass has none. fields: what they differ
    in; empty where one of them lacks the record. decision: a or b for what that
    pass says, other for the values given, drop for no record. rule: the page and
    rule of the guidelines that decides. reason: why it decides so. annotator: whose
    record b is, where that is not the second pass; a is then one of the result of
    those before.
    """

    doc_id: str
    layer: Literal["entities", "mentions", "relations", "attributions", "stances", "classifications"]
    a: str | None
    b: str | None
    fields: tuple[str, ...] = ()
    decision: Literal["a", "b", "other", "drop"]
    values: dict[str, Any] = Field(default_factory=dict)
    rule: Annotated[str, Field(min_length=1)]
    reason: Annotated[str, Field(min_length=1)]
    annotator: str | None = None

    @property
    def subject(self) -> Subject:
        """What is decided: document, layer, the two ids, the fields."""
        return self.doc_id, self.layer, self.a, self.b, self.fields

    def __str__(self) -> str:
        ids = f"a {self.a or 'null'}, b {self.b or 'null'}"
        return f"the decision on {self.layer} ({ids}) in {self.doc_id}"


M = TypeVar("M", bound=YamlModel)


def read_lines(root: Path, file: str, model: type[M], noun: str) -> Iterator[tuple[int, M]]:
    """The lines of a file of JSON objects, each with its number; none where there is no such file.

    noun: what a line is. Raises StanceBankError for a line that is something else.
    """
    data, fault = read_inside(root, file)
    if data is None:
        if fault is not None and fault.kind != "missing":
            raise StanceBankError(f"{file}: {fault.what}", fault.fix)
        return
    adapter = TypeAdapter(model)
    lines = data.split(b"\n")
    for number, line in enumerate(lines if lines[-1] else lines[:-1], 1):
        try:
            yield number, adapter.validate_json(line)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            what = f"{file}:{number}: {place + ': ' if place else ''}{first['msg']}"
            raise StanceBankError(what, f"correct the line; it is one JSON object with the keys of {noun}") from None


def read_decisions(root: Path) -> tuple[Decision, ...]:
    """The decisions of a corpus root, none where there is no file. Raises StanceBankError for a line that is none."""
    decisions: dict[object, Decision] = {}
    for number, decision in read_lines(root, ADJUDICATION_FILE, Decision, "a decision"):
        if (decision.subject, decision.annotator) in decisions:
            what = f"{ADJUDICATION_FILE}:{number}: this was decided on an earlier line already"
            raise StanceBankError(what, "keep one of the two lines")
        decisions[decision.subject, decision.annotator] = decision
    return tuple(decisions.values())
