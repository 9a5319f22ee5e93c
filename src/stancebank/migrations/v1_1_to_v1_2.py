"""Scheme 1.2: labels say what they do, as roles; until then the software knew some of them by name."""

from __future__ import annotations

from collections.abc import Mapping

from stancebank.migrations.scheme_text import with_keys
from stancebank.migrations.step import Step

# What scheme 1.1 took labels of these names for, whoever owned the scheme. Labels of other names had no role.
ROLES: Mapping[str, Mapping[str, Mapping[str, bool | int | str]]] = {
    "entity_types": {
        "PERSON": {"is_person": True},
        "LOC": {"never_speaks": True},
        "FAC": {"never_speaks": True},
        "EVENT": {"never_speaks": True},
        "DATE": {"value": "timex3", "never_speaks": True},
    },
    "mention_levels": {"NAM": {"form": "name"}, "PRO": {"form": "pronoun"}},
    "relation_types": {name: {"speaks_for": True} for name in ("leads", "represents", "member_of", "part_of")},
    "modalities": {"asserted": {"counts_as_fact": True}, "negated": {"denies": True}},
    "attribution_kinds": {"direct": {"quoted": "all"}, "indirect": {"quoted": "none"}, "mixed": {"quoted": "some"}},
    "stance_labels": {
        "favor": {"rank": 1, "mark": "+", "colour": "#0072B2"},
        "against": {"rank": -1, "mark": "\N{MINUS SIGN}", "colour": "#D55E00"},
        "neutral": {"rank": 0, "mark": "0", "colour": "#767676"},
        "mixed": {"rank": 0, "is_conflict": True, "mark": "\N{PLUS-MINUS SIGN}", "colour": "#8A5A83"},
    },
    "stance_bases": {"direct_quote": {"is_quoted": True}},
    "commitments": {"conditional": {"is_conditional": True}},
}


def _scheme(text: str) -> str:
    return with_keys(text, ROLES)


STEP = Step("1.1", "1.2", "labels say what they do, as roles", _scheme)
