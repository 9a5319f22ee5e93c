"""Foreign documents as files of CoNLL-U, with mentions and entities in the attribute Entity."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from stancebank.formats.conllu.conllu_entities import DECLARATION, EID, ENTITY, ID, OTHER, TYPE, as_field, brackets_of
from stancebank.formats.conllu.conllu_reading import VALUES
from stancebank.formats.conllu.conllu_text import NO_SPACE, SPACES_AFTER, SPACES_BEFORE, spaces
from stancebank.formats.foreign_document import ForeignDocument, Fragment, Span, own_span
from stancebank.formats.fragments import TRIMMED
from stancebank.formats.ledger import NO_PLACE_HERE, Ledger
from stancebank.text.paragraphs import paragraphs

_EMPTY = "_"
_LINE_ENDS = re.compile(r"\s*[\n\t]\s*")


def write_conllu(
    documents: Iterable[ForeignDocument], ledger: Ledger, _: str | None = None
) -> Iterator[tuple[str, bytes]]:
    """A file for each document. A token in which a mention begins or ends is split there."""
    for document in documents:
        writer = _Writer(document, ledger)
        yield f"{document.id}.conllu", "".join(f"{line}\n" for line in writer.lines()).encode()


class _Writer:
    """Writes the sentences of a document, and counts what has its place in them."""

    def __init__(self, document: ForeignDocument, ledger: Ledger) -> None:
        self._document = document
        self._spans = [span for span in document.spans if own_span(span)]
        self._entity = {member: each.id for each in document.clusters for member in each.members}
        self._in_brackets: dict[str, dict[str, str]] = {span.id: {ID: span.id} for span in self._spans}
        self._in_comment: dict[str, dict[str, Any]] = {}
        self._take_values(ledger)
        self._sentences = self._split(ledger)
        self._opening: dict[int, list[str]] = {}
        self._single: dict[int, list[str]] = {}
        self._closing: dict[int, list[str]] = {}
        self._take_mentions(ledger)
        ledger.hold("clusters", len(document.clusters))
        why = "this format has no place for cues, content and evidence"
        ledger.leave("spans", why, len(document.spans) - len(self._spans))
        for kind in ("links", "events", "notes"):
            ledger.leave(kind, NO_PLACE_HERE, len(getattr(document, kind)))

    def _take_values(self, ledger: Ledger) -> None:
        """Put the words that mentions have as values into their brackets, and all else into a comment."""
        entities = {each.id for each in self._document.clusters}
        for target, name, value, _ in self._document.attributes:
            if target in self._in_brackets and isinstance(value, str) and value.strip() and name != ID:
                self._in_brackets[target][name] = value
            elif target in self._in_brackets or target in entities:
                self._in_comment.setdefault(target, {})[name] = value
            else:
                ledger.leave("attributes", NO_PLACE_HERE)
                continue
            ledger.hold("attributes")

    def _split(self, ledger: Ledger) -> list[list[Fragment]]:
        """The tokens of the sentences, split where a mention begins or ends inside of one."""
        cuts = sorted({at for span in self._spans for fragment in span.fragments for at in fragment})
        sentences = []
        for sentence in self._document.tokens or ():
            tokens: list[Fragment] = []
            for start, end in sentence:
                inside = cuts[bisect_right(cuts, start) : bisect_left(cuts, end)]
                ledger.notices["token-split"] += bool(inside)
                tokens += zip([start, *inside], [*inside, end], strict=True)
            sentences.append(tokens)
        return sentences

    def _take_mentions(self, ledger: Ledger) -> None:
        """Put brackets at the first and last tokens of all mentions, those of longer mentions outside."""
        tokens = [token for sentence in self._sentences for token in sentence]
        starts, ends = [start for start, _ in tokens], [end for _, end in tokens]
        placed = []
        for span in self._spans:
            parts = [(bisect_left(starts, start), bisect_right(ends, end) - 1) for start, end in span.fragments]
            if any(last < first for first, last in parts):
                ledger.leave("spans", "they touch no token")
                continue
            ledger.hold("spans")
            there = tuple((starts[first], ends[last]) for first, last in parts)
            ledger.notices[TRIMMED] += there != span.fragments
            placed += [(first, -last, number, len(parts), span) for number, (first, last) in enumerate(parts, 1)]
        for first, minus_last, number, of, span in sorted(placed, key=lambda each: each[:3]):
            eid = as_field(self._entity.get(span.id, span.id)) + (f"[{number}/{of}]" if of > 1 else "")
            content = "-".join((eid, as_field(span.label), self._other(span)))
            if first == -minus_last:
                self._single.setdefault(first, []).append(content)
            else:
                self._opening.setdefault(first, []).append(content)
                self._closing.setdefault(-minus_last, []).insert(0, eid)

    def _other(self, span: Span) -> str:
        values = self._in_brackets[span.id].items()
        return ",".join(f"{as_field(name)}:{as_field(value)}" for name, value in values)

    def lines(self) -> Iterator[str]:
        """The lines of the file."""
        document, text = self._document, self._document.text
        breaks = [start for start, _ in paragraphs(text)]
        yield f"# newdoc id = {document.id}"
        yield f"# {DECLARATION} = {'-'.join((EID, TYPE, OTHER))}"
        if self._in_comment:
            yield f"# {VALUES} = {orjson.dumps(self._in_comment).decode()}"
        index, before = 0, -1
        flat = [token for sentence in self._sentences for token in sentence]
        for number, sentence in enumerate(filter(None, self._sentences), 1):
            start, end = sentence[0][0], sentence[-1][1]
            paragraph = bisect_right(breaks, start)
            if paragraph != before:
                yield "# newpar"
                before = paragraph
            yield f"# sent_id = {document.id}-{number}"
            yield f"# text = {_LINE_ENDS.sub(' ', text[start:end])}"
            for word, (first, last) in enumerate(sentence, 1):
                yield self._word(word, index, first, last, flat)
                index += 1
            yield ""

    def _word(self, word: int, index: int, start: int, end: int, flat: Sequence[Fragment]) -> str:
        text = self._document.text
        misc: dict[str, str] = {}
        brackets = brackets_of(*(each.get(index, ()) for each in (self._opening, self._single, self._closing)))
        if brackets:
            misc[ENTITY] = brackets
        if index == 0 and start:
            misc[SPACES_BEFORE] = spaces(text[:start])
        is_last = index + 1 == len(flat)
        gap = text[end:] if is_last else text[end : flat[index + 1][0]]
        if not gap and not is_last:
            misc[NO_SPACE] = "No"
        elif gap != ("" if is_last else " "):
            misc[SPACES_AFTER] = spaces(gap)
        columns = [str(word), text[start:end], *[_EMPTY] * 7, _misc(misc)]
        return "\t".join(columns)


def _misc(values: Mapping[str, str]) -> str:
    return "|".join(f"{name}={value}" for name, value in values.items()) or _EMPTY
