"""Two states of a corpus compared: columns find what differs, and only that becomes objects."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import polars as pl

from stancebank.compare.differences import (
    Counts,
    Diff,
    DocumentChange,
    Kind,
    MetadataChange,
    RecordChange,
    Side,
    TextChange,
)
from stancebank.compare.record_alignment import NTH, Alignment, Tables, match, numbered
from stancebank.compare.record_differences import document_changes, entity_changes, record_changes
from stancebank.compare.snapshots import Metadata, Snapshot
from stancebank.corpus.remarks import Remark
from stancebank.schema.frames import completed
from stancebank.schema.layers import DOCUMENTS, KNOWN_LAYERS, Layer
from stancebank.text.reanchoring import common_runs, moved_characters


def compare(a: Snapshot, b: Snapshot) -> Diff:
    """All that differs between two states of which the records are known, whatever their order and packaging.

    A pass is compared over the annotated layers of the documents that both have.
    """
    return _Comparison(a, b).diff()


def metadata_changes(a: Metadata, b: Metadata, *, whole: bool) -> Iterator[MetadataChange]:
    """What settings, seed register and scheme say otherwise. whole: what one lacks is not there."""
    for file, key in dict.fromkeys([*a, *b]) if whole else (key for key in a if key in b):
        values = a.get((file, key)), b.get((file, key))
        if values[0] != values[1]:
            yield MetadataChange(file, key, *values)


def _remarks(a: Snapshot, b: Snapshot) -> Iterator[tuple[Literal["A", "B"], Remark]]:
    """The remarks that one of the two alone has."""
    ours, theirs = ({each.says for each in side.remarks} for side in (a, b))
    yield from (("A", each) for each in a.remarks if each.says not in theirs)
    yield from (("B", each) for each in b.remarks if each.says not in ours)


@dataclass(frozen=True)
class _Comparison:
    a: Snapshot
    b: Snapshot

    @cached_property
    def layers(self) -> tuple[str, ...]:
        return tuple(
            layer
            for layer in KNOWN_LAYERS
            if layer in self.a.own and layer in self.b.own and (layer in self.a.used or layer in self.b.used)
        )

    @cached_property
    def known(self) -> Mapping[str, Layer]:
        """All layers, with the own fields of both."""
        return {name: self._with_own_fields(name, layer) for name, layer in KNOWN_LAYERS.items()}

    def _with_own_fields(self, name: str, layer: Layer) -> Layer:
        sides = (self.a.used.complete[name], self.b.used.complete[name])
        own = {column.name: column for side in sides for column in side.columns if column.name not in layer.names}
        return replace(layer, columns=(*layer.columns, *own.values())) if own else layer

    @cached_property
    def theirs(self) -> Tables:
        """B's layers, with the own fields of both."""
        return self._complete(self.b.layers)

    def _complete(self, tables: Tables) -> Tables:
        return {name: completed(rows, self.known[name]) for name, rows in tables.items()}

    @cached_property
    def documents(self) -> pl.DataFrame:
        """The documents that both have: columns before and doc_id, the ids in A and B."""
        a, b = (snapshot.layers.get(DOCUMENTS.name) for snapshot in (self.a, self.b))
        if a is None or b is None:
            both = sorted(self.a.documents & self.b.documents)
            return pl.DataFrame({"before": both, "doc_id": both}, schema={"before": pl.String, "doc_id": pl.String})
        pairs = match(a, b, [("doc_id", "text"), ("text",), ("doc_id",)])
        return pl.DataFrame({"before": a["doc_id"].gather(pairs["a"]), "doc_id": b["doc_id"].gather(pairs["b"])})

    @cached_property
    def unlike(self) -> list[str]:
        """The documents that both have, by B's ids, of which anything differs; the others need no second look."""
        renamed = self.documents.filter(pl.col("before") != pl.col("doc_id"))["doc_id"]
        found = {*renamed}
        for layer in {*self.layers, DOCUMENTS.name}:
            sides = [self.ours.get(layer), self.theirs.get(layer)]
            if not KNOWN_LAYERS[layer].shared and sides[0] is not None and sides[1] is not None:
                found |= set(_documents_unlike(sides[0], sides[1], KNOWN_LAYERS[layer].id_column))
        return sorted(found & set(self.documents["doc_id"]))

    @cached_property
    def ours(self) -> Tables:
        """A's layers with the documents called as B calls them; those that B lacks are left out."""
        kept = self._complete(self.a.only(self.documents["before"]))
        if self.documents["before"].equals(self.documents["doc_id"]):
            return kept
        names = pl.col("doc_id").replace_strict(self.documents["before"], self.documents["doc_id"])
        return {
            layer: frame if KNOWN_LAYERS[layer].shared else frame.with_columns(names) for layer, frame in kept.items()
        }

    @cached_property
    def texts(self) -> Mapping[str, tuple[str, str]]:
        """The texts that were edited, by B's ids."""
        if DOCUMENTS.name not in self.a.layers or DOCUMENTS.name not in self.b.layers:
            return {}
        ours, theirs = (each[DOCUMENTS.name].select("doc_id", "text") for each in (self.ours, self.theirs))
        once = ours.unique("doc_id", keep="first")
        both = once.join(theirs.unique("doc_id", keep="first"), on="doc_id", suffix="_b")
        edited = both.filter(pl.col("text") != pl.col("text_b")).sort("doc_id")
        return {doc_id: (text, other) for doc_id, text, other in edited.iter_rows()}

    @cached_property
    def alignment(self) -> Alignment:
        kept = pl.DataFrame({"doc_id": self.unlike}, schema={"doc_id": pl.String})
        a, b = (
            {
                layer: frame
                if KNOWN_LAYERS[layer].shared
                else frame.join(kept, on="doc_id", how="semi", maintain_order="left")
                for layer, frame in tables.items()
                if layer in (*self.layers, DOCUMENTS.name)
            }
            for tables in (self.ours, self.theirs)
        )
        return Alignment(
            a, b, moved_characters(self.texts), foreign=self.a.annotator != self.b.annotator, layers=self.known
        )

    def diff(self) -> Diff:
        passes = self.a.annotator is not None or self.b.annotator is not None
        counts = {layer: Counts() for layer in self.layers}
        records: list[RecordChange] = []
        texts: dict[str, list[int]] = {doc_id: [0, 0, 0] for doc_id in self.texts}
        for layer in self.layers:
            found = (
                document_changes(self.alignment)
                if layer == DOCUMENTS.name
                else record_changes(self.alignment, layer, counts[layer], texts)
            )
            for change in found:
                records.append(change)
                if layer != DOCUMENTS.name:
                    counts[layer].add(change.kind)
        documents = list(self._common(texts))
        if not passes:
            documents += self._alone(self.a, set(self.documents["before"]), counts, "removed")
            documents += self._alone(self.b, set(self.documents["doc_id"]), counts, "added")
        if DOCUMENTS.name in counts:
            kinds = {each.doc_id: each.kind for each in documents}
            kinds |= {each.doc_id: each.kind for each in records if each.layer == DOCUMENTS.name and each.doc_id}
            for kind in kinds.values():
                counts[DOCUMENTS.name].add(kind)
        shared = [name for name, layer in KNOWN_LAYERS.items() if layer.shared]
        order = {layer: index for index, layer in enumerate((*shared, *KNOWN_LAYERS))}
        records.sort(key=lambda change: (change.doc_id or "", order[change.layer]))
        whole = self.a.metadata_whole and self.b.metadata_whole
        return Diff(
            Side(self.a.name, self.a.version),
            Side(self.b.name, self.b.version),
            self.layers,
            tuple(metadata_changes(self.a.metadata, self.b.metadata, whole=whole)),
            tuple(sorted(documents, key=lambda change: change.doc_id)),
            tuple(records),
            tuple(entity_changes(self.alignment)) if {"entities", "mentions"} <= {*self.layers} else (),
            counts,
            remarks=tuple(_remarks(self.a, self.b)),
        )

    def _common(self, spans: Mapping[str, list[int]]) -> Iterator[DocumentChange]:
        """The documents that both have, with another id, another text or in another split."""
        before = dict(self.documents.select("doc_id", "before").iter_rows())
        splits = self._splits()
        renamed = {new for new, old in before.items() if new != old}
        for doc_id in sorted(renamed.union(self.texts, splits)):
            text = None
            if doc_id in self.texts and DOCUMENTS.name in self.layers:
                one, other = self.texts[doc_id]
                kept = sum(run.length for run in common_runs(one, other))
                text = TextChange(len(one) - kept, len(other) - kept, *spans[doc_id])
            old = before[doc_id] if doc_id in renamed else None
            moved = splits.get(doc_id)
            if text or moved or old:
                kind: Kind = "renamed" if old and not text and not moved else "changed"
                yield DocumentChange(kind, doc_id, old, splits=moved, text=text)

    def _splits(self) -> Mapping[str, tuple[str | None, str | None]]:
        if self.a.splits is None or self.b.splits is None:
            return {}
        ours, theirs = (each.unique("doc_id", keep="first") for each in (self.a.splits, self.b.splits))
        documents = self.documents.unique("doc_id", keep="first")
        both = documents.join(ours, left_on="before", right_on="doc_id", how="inner")
        both = both.join(theirs, on="doc_id", suffix="_b")
        moved = both.filter(pl.col("split").ne_missing(pl.col("split_b")))
        return {doc_id: (a, b) for doc_id, a, b in moved.select("doc_id", "split", "split_b").iter_rows()}

    def _alone(
        self, side: Snapshot, known: Collection[str], counts: Mapping[str, Counts], kind: Kind
    ) -> Iterator[DocumentChange]:
        """The documents that one side has alone, counted with their records."""
        others = side.documents - set(known)
        numbers: dict[str, dict[str, int]] = {doc_id: {} for doc_id in sorted(others)}
        tables = side.only(others)
        for layer in self.layers:
            if layer == DOCUMENTS.name or KNOWN_LAYERS[layer].shared:
                continue
            for doc_id, number in tables[layer].group_by("doc_id").len().iter_rows():
                numbers[doc_id][layer] = number
                counts[layer].add(kind, number)
        for doc_id, records in numbers.items():
            yield DocumentChange(kind, doc_id, records=records)


def _documents_unlike(a: pl.DataFrame, b: pl.DataFrame, id_column: str) -> Iterator[str]:
    """The documents in which two frames of a layer have other rows."""
    key = list(dict.fromkeys(("doc_id", id_column)))
    values = [name for name in a.columns if name not in key]
    a, b = numbered(a, key).with_columns(_a=True), numbered(b, key).with_columns(_b=True)
    both = a.join(b, on=[*key, NTH], how="full", coalesce=True, suffix="_b")
    same = pl.col("_a").is_not_null() & pl.col("_b").is_not_null()
    for name in values:
        same &= pl.col(name).eq_missing(pl.col(f"{name}_b"))
    yield from both.filter(~same)["doc_id"].unique()
