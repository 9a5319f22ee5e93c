"""A part's annotations as plain records, to be laid beside another's."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from stancebank.agreement.spans import Span
from stancebank.corpus import Part
from stancebank.faults import StanceBankError, printable
from stancebank.layers import LAYERS

ANNOTATED = tuple(name for name, layer in LAYERS.items() if layer.annotated)

Key = tuple[str, str]
"""A record: its document and its id."""

Record = Mapping[str, Any]
"""A row of a layer, by column."""


@dataclass(frozen=True)
class Annotation:
    """What one annotator says of a part's documents. The part is sound: every reference leads somewhere."""

    part: Part

    @cached_property
    def records(self) -> Mapping[str, Mapping[Key, Record]]:
        """The records by annotated layer and key, in the layer's order."""
        return {
            name: {(row["doc_id"], row[LAYERS[name].id_column]): row for row in self.part[name].iter_rows(named=True)}
            for name in ANNOTATED
        }

    @cached_property
    def mentions_of(self) -> Mapping[Key, Sequence[Key]]:
        """The mentions of each entity that has any, in the order of the text."""
        found: dict[Key, list[Key]] = {}
        for key, mention in self.records["mentions"].items():
            found.setdefault((key[0], mention["entity_id"]), []).append(key)
        return found

    @cached_property
    def symmetric(self) -> frozenset[str]:
        """The relation types whose head and tail play the same part."""
        scheme = self.part.corpus.scheme
        return (
            frozenset(relation.name for relation in scheme.relation_types if relation.symmetric)
            if scheme
            else frozenset()
        )

    def spans(self, layer: str) -> dict[Key, Span]:
        """The spans of a layer, without labels: of attributions the cue, of stances the evidence."""
        return {key: ((key[0],), row["start"], row["end"]) for key, row in self.records[layer].items()}

    def entity(self, doc_id: str, mention_id: str) -> Key:
        """The entity of a mention."""
        return doc_id, self.records["mentions"][doc_id, mention_id]["entity_id"]

    def sentence(self, doc_id: str, mention_id: str) -> int:
        """The index, in its document, of the sentence that a mention starts in; -1 in front of the first."""
        start = self.records["mentions"][doc_id, mention_id]["start"]
        return bisect_right(self._sentence_starts.get(doc_id, []), start) - 1

    @cached_property
    def _sentence_starts(self) -> Mapping[str, Sequence[int]]:
        grouped = self.part["sentences"].sort("doc_id", "start").group_by("doc_id").agg("start")
        return dict(grouped.iter_rows())


def require_same_texts(a: Part, b: Part) -> None:
    """Nothing where two parts annotate the same documents in the same sentences; else StanceBankError."""
    texts, others = (dict(part["documents"].select("doc_id", "text").iter_rows()) for part in (a, b))
    different = sorted(doc_id for doc_id in texts.keys() | others.keys() if texts.get(doc_id) != others.get(doc_id))
    if not different:
        sentences, other_sentences = (set(p["sentences"].select("doc_id", "start", "end").iter_rows()) for p in (a, b))
        different = sorted({doc_id for doc_id, *_ in sentences ^ other_sentences})
    if different:
        what = (
            f"agreement needs two annotations of the same texts; they differ in the document {printable(different[0])}"
        )
        raise StanceBankError(what, "compare passes that were made over one state of the corpus")
