"""Annotations written as answers: what a model would have given for them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from stancebank.corpus.part import Part
from stancebank.formats.quotes.answer_fields import IN_ORDER, QUOTATION, answer_fields
from stancebank.schema.layers import DOC_ID, Layer
from stancebank.text.anchoring import AnchorText
from stancebank.text.quoted_places import Placed, Quotation

Answer = dict[str, Any]
_REACHES = (12, 25, 50, 100, 200)
"""Code points of the words before or behind, tried one after another until a quotation has one place."""


def answers_of(part: Part) -> Iterator[Answer]:
    """For each document of a sound part its annotations as an answer; ids are the local names."""
    rows = {layer: part[layer].partition_by("doc_id", as_dict=True) for layer in part.layers.annotated}
    for doc_id, text in part["documents"].select("doc_id", "text").iter_rows():
        sentences = part["sentences"].filter(pl.col("doc_id") == doc_id).select("start", "end", "sentence_id")
        quoter = Quoter(text, sentences.rows())
        answer: Answer = {DOC_ID.name: doc_id, IN_ORDER: False}
        for layer in part.layers.annotated:
            found = rows[layer].get((doc_id,))
            records = [] if found is None else found.iter_rows(named=True)
            answer[layer] = [_record(part.layers[layer], record, quoter) for record in records]
        yield answer


def _record(layer: Layer, record: Mapping[str, Any], quoter: Quoter) -> Answer:
    written: Answer = {}
    for field in answer_fields(layer):
        if field.kind == "quotation":
            written[QUOTATION] = quoter.quotation(record["start"], record["end"])
        elif field.kind == "quotations":
            written[field.key] = [quoter.quotation(span["start"], span["end"]) for span in record[field.key]]
        else:
            written[field.key] = record[field.key]
    return written


class Quoter:
    """Quotes a text: sentences are its start, end and id, in order."""

    def __init__(self, text: str, sentences: list[tuple[int, int, str]]) -> None:
        self._anchors = AnchorText(text)
        self._sentences = sentences
        self._starts = [start for start, _, _ in sentences]

    def quotation(self, start: int, end: int) -> Answer:
        """The words of a span, with its sentence, and with as many words around as they need to have one place."""
        text = self._anchors.text
        at = bisect_right(self._starts, start) - 1
        inside = at >= 0 and start < self._sentences[at][1]
        bounds = self._sentences[at][:2] if inside else None
        written: Answer = {"words": text[start:end], "sentence": self._sentences[at][2] if inside else None}
        for before, after in self._contexts(start, end):
            quotation = Quotation(text[start:end], before, after)
            if self._anchors.find(quotation, bounds, whole_words=True) == Placed(start, end):
                break
        return written | {"before": before, "after": after}

    def _contexts(self, start: int, end: int) -> Iterator[tuple[str | None, str | None]]:
        yield None, None
        for reach in _REACHES:
            before = self._anchors.text[max(0, start - reach) : start]
            after = self._anchors.text[end : end + reach]
            yield from ((before, None), (None, after), (before, after))
