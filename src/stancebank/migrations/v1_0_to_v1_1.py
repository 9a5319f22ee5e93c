"""Scheme 1.1: a stance says whether words express it or a reader infers it."""

from __future__ import annotations

from stancebank.migrations.scheme_text import with_vocabulary
from stancebank.migrations.step import Record, Step

_EXPRESSIONS = (
    {
        "name": "expressed",
        "definition": "Words of the evidence or its cue assert, want, promise, judge or deny what the target proposes, "
        "or name it as a topic.",
        "example": "[Ruritania opposes the tariff plan]",
    },
    {
        "name": "inferred",
        "definition": "No word takes a side; a reader concludes it, as from an act, its purpose, a question, "
        "or a whole that the thing is said to be a part of.",
        "example": "[Ruritania has delivered tanks to Graustark] since the war began",
    },
)


def _scheme(text: str) -> str:
    return with_vocabulary(text, "stance_expressions", _EXPRESSIONS)


def _stance(record: Record) -> Record:
    return record if "expression" in record else {**record, "expression": None}


STEP = Step("1.0", "1.1", "a stance may say whether it is expressed or inferred", _scheme, {"stances": _stance})
