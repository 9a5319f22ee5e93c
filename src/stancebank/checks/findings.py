"""A finding: one thing wrong with a corpus, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, where, what was expected and how to mend it.

    rule, name: the rule's id (SB301) and name. file: path from the corpus root.
    line, column: from 1, column in code points; None where the whole file is meant.
    path: JSON path of the value in the line. document, record: their ids.
    what: what is there and what was expected. fix: how to mend it.
    context: the sentence with the span in [brackets]; empty where there is none.
    context_span: start and end of the span in context, without the brackets.
    """

    rule: str
    name: str
    severity: Severity
    file: str
    line: int | None
    column: int | None
    path: str
    document: str | None
    record: str | None
    what: str
    fix: str
    context: str = ""
    context_span: tuple[int, int] | None = None
