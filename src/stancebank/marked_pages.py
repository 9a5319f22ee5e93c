"""Pages of Markdown in which some parts are generated: what stands between two markers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from stancebank.faults import StanceBankError
from stancebank.scheme import VOCABULARIES, Scheme

_PART = re.compile(r"(<!-- (\S+) -->\n)(.*?)(<!-- end of (\S+) -->\n)", re.DOTALL)
_MARKER = re.compile(r"^<!-- (?:end of )?(\S+) -->$", re.MULTILINE)


def filled(page: str, name: str, write: Callable[[str], str | None]) -> str:
    """The page with each part between ``<!-- NAME -->`` and ``<!-- end of NAME -->`` written anew.

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
        raise StanceBankError(f"{name}:{line}: the marker {lone[1]} stands alone", "add the other one, or remove it")
    return _PART.sub(part, page)


def label_table(scheme: Scheme, marker: str) -> str | None:
    """The table of a vocabulary for the marker ``labels:VOCABULARY``; None for other markers."""
    kind, _, vocabulary = marker.partition(":")
    if kind != "labels" or vocabulary not in VOCABULARIES:
        return None
    if vocabulary == "relation_types":
        rows = [
            (label.name, " or ".join(label.domain), " or ".join(label.range), label.definition)
            for label in scheme.relation_types
        ]
        return table(("label", "head", "tail", "definition"), rows)
    labels = [(label.name, label.definition, label.example) for label in scheme.labels(vocabulary)]
    return table(("label", "definition", "example"), labels)


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A table of Markdown in which no cell is markup; the first of each row is a name and stands as code."""
    lines = [head, ("---",) * len(head), *((f"`{first}`", *map(_cell, rest)) for first, *rest in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    return re.sub(r"([\\|<>*_`])", r"\\\1", " ".join(text.split()))
