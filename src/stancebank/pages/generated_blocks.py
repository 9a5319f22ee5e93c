"""Pages of Markdown with generated parts, each between two markers."""

from __future__ import annotations

import re
from collections.abc import Callable

from stancebank.faults import StanceBankError
from stancebank.schema.scheme import VOCABULARIES, Scheme, roles
from stancebank.storage.markdown import table

_PART = re.compile(r"(<!-- (\S+) -->\n)(.*?)(<!-- end of (\S+) -->\n)", re.DOTALL)
_MARKER = re.compile(r"^<!-- (?:end of )?(\S+) -->$", re.MULTILINE)


def filled(page: str, name: str, write: Callable[[str], str | None]) -> str:
    """The page with each part between ``<!-- NAME -->`` and ``<!-- end of NAME -->`` rewritten.

    name: how the error names the page. write: what belongs into the part of a
    name, None where it knows none. Raises StanceBankError for a marker that is
    unknown or has no end.
    """

    def part(match: re.Match[str]) -> str:
        text = write(match[2]) if match[2] == match[5] else None
        if text is None:
            line = page.count("\n", 0, match.start()) + 1
            what = f"{name}:{line}: nothing is generated for the marker {match[2]}, or its end has another name"
            raise StanceBankError(what, "correct the names of the two markers, or remove both")
        return f"{match[1]}\n{text.strip()}\n\n{match[4]}"

    outside = _PART.sub(lambda match: "\n" * match[0].count("\n"), page)
    lone = _MARKER.search(outside)
    if lone is not None:
        line = outside.count("\n", 0, lone.start()) + 1
        raise StanceBankError(
            f"{name}:{line}: the marker {lone[1]} has no counterpart", "add the other one, or remove it"
        )
    return _PART.sub(part, page)


def label_table(scheme: Scheme, marker: str) -> str | None:
    """The table of a vocabulary for the marker ``labels:VOCABULARY``; None for other markers."""
    kind, _, vocabulary = marker.partition(":")
    if kind != "labels" or (vocabulary not in VOCABULARIES and vocabulary not in scheme.vocabularies):
        return None
    if vocabulary == "relation_types":
        rows = [
            (label.name, _types(label.domain), _types(label.range), label.definition or "")
            for label in scheme.relation_types
        ]
        return table(("label", "head", "tail", "definition"), rows)
    labels = [(label.name, label.definition or "", label.example or "") for label in scheme.labels(vocabulary)]
    return table(("label", "definition", "example"), labels)


def _types(names: tuple[str, ...] | None) -> str:
    return "any" if names is None else " or ".join(names)


def role_table(marker: str) -> str | None:
    """The table of all roles for the marker ``roles``; None for other markers."""
    if marker != "roles":
        return None
    rows = [(f"{role.vocabulary}.{role.name}", role.values, role.meaning) for role in roles()]
    return table(("role", "value", "what it means and where it counts"), rows)
