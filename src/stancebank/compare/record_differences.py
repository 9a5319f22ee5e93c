"""The records that differ between two aligned states: found in columns, then put as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from stancebank.compare.differences import STATE, Counts, EntityChange, FieldChange, Kind, RecordChange
from stancebank.compare.record_alignment import NTH, Alignment, Tables, numbered
from stancebank.compare.wording import first_words
from stancebank.faults import excerpt
from stancebank.schema.layers import ACTORS, DOCUMENTS, ENTITIES, KNOWN_LAYERS, MENTIONS, Layer

_SPAN = ("start", "end", "text")
_OF_THE_TEXT = ("text", "text_sha256")
Row = Mapping[str, Any]


def document_changes(alignment: Alignment) -> Iterator[RecordChange]:
    """The documents of which something but the text reads otherwise."""
    a, b = alignment.a[DOCUMENTS.name], alignment.b[DOCUMENTS.name]
    columns = [
        column.name
        for column in alignment.layers[DOCUMENTS.name].columns
        if column.name not in ("doc_id", *_OF_THE_TEXT)
    ]
    a, b = (numbered(each, ["doc_id"]) for each in (a, b))
    both = a.join(b, on=["doc_id", NTH], suffix="_b", maintain_order="right")
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_b")) for name in columns)
    for row in both.filter(differs).iter_rows(named=True):
        fields = (FieldChange(name, row[name], row[f"{name}_b"]) for name in columns if row[name] != row[f"{name}_b"])
        yield RecordChange("changed", DOCUMENTS.name, row["doc_id"], row["doc_id"], row["doc_id"], "", tuple(fields))


def record_changes(
    alignment: Alignment, layer: str, counts: Counts, texts: Mapping[str, list[int]]
) -> Iterator[RecordChange]:
    """The records of a layer that differ, in the order of the second state, those that have gone last.

    counts: the records that only moved with their words are added to it. texts: for each
    document whose text was edited, how many spans moved along, were edited and were
    lost; this layer's are added.
    """
    a, b, pairs = alignment.a[layer], alignment.b[layer], alignment.of(layer)
    told = alignment.translated(layer)
    pairs = pairs.sort("b")
    mine, moved, theirs = (
        frame.select(pl.all().gather(pairs[which])) for frame, which in ((a, "a"), (told, "a"), (b, "b"))
    )
    marks = _marks(alignment.layers[layer], mine, moved, theirs, texts)
    if not KNOWN_LAYERS[layer].shared:
        for kind, index in (("_moved", 0), ("_edited", 1)):
            for doc_id, number in theirs.filter(marks[kind]).group_by("doc_id").len().iter_rows():
                texts[doc_id][index] += number
        counts.reanchored += marks.filter(pl.col("_moved") & ~pl.col("_differs") & ~pl.col("_renamed")).height
    # What one annotator calls a record says nothing of what another calls it.
    chosen = marks["_differs"] if alignment.foreign else marks["_differs"] | marks["_renamed"]
    rows = zip(
        mine.filter(chosen).iter_rows(named=True),
        theirs.filter(chosen).iter_rows(named=True),
        marks.filter(chosen).iter_rows(named=True),
        _shown(alignment.a, layer, mine.filter(chosen)),
        _shown(alignment.b, layer, theirs.filter(chosen)),
        strict=True,
    )
    for row, other, mark, shown, other_shown in rows:
        yield _changed(alignment.layers[layer], row, other, mark, shown, other_shown)
    added = b.with_row_index("_b").join(pairs, left_on="_b", right_on="b", how="anti", maintain_order="left").drop("_b")
    yield from _alone("added", alignment.b, layer, added)
    gone = pl.Series("a", range(a.height), pl.UInt32).to_frame().join(pairs, on="a", how="anti", maintain_order="left")
    removed, places = (frame.select(pl.all().gather(gone["a"])) for frame in (a, told))
    for change, place in zip(_alone("removed", alignment.a, layer, removed), places.iter_rows(named=True), strict=True):
        lost = change.doc_id in texts and KNOWN_LAYERS[layer].spans and (place["start"] is None or place["end"] is None)
        if lost:
            texts[change.doc_id or ""][2] += 1
        yield replace(change, lost=lost)


def _marks(
    layer: Layer, mine: pl.DataFrame, moved: pl.DataFrame, theirs: pl.DataFrame, texts: Mapping[str, list[int]]
) -> pl.DataFrame:
    """For each pair of rows which columns differ, once the first is put in the terms of the second.

    Also _renamed: the ids differ. _moved: its span moved with its words. _edited: its
    span kept its place, and its words were edited. _differs: any column differs.
    """
    columns = [name for name in layer.names if name not in ("doc_id", layer.id_column)]
    marks = pl.DataFrame(
        {name: moved[name].ne_missing(theirs[name]) for name in columns}
        | {"_renamed": mine[layer.id_column] != theirs[layer.id_column]}
    )
    no = pl.Series([False]).new_from_index(0, mine.height) if mine.height else pl.Series([], dtype=pl.Boolean)
    marks = marks.with_columns(_moved=no, _edited=no)
    if layer.spans and texts:
        in_edited = theirs["doc_id"].is_in(list(texts))
        there = ~marks["start"] & ~marks["end"] & in_edited
        reads_same = ~marks["text"] if "text" in columns else _same_length(mine, theirs)
        shifted = (mine["start"] != theirs["start"]) | (mine["end"] != theirs["end"])
        marks = marks.with_columns(_moved=there & reads_same & shifted, _edited=there & ~reads_same)
    differs = (
        pl.any_horizontal(columns) if "text" in columns or not layer.spans else pl.any_horizontal(*columns, "_edited")
    )
    return marks.with_columns(_differs=differs)


def _same_length(mine: pl.DataFrame, theirs: pl.DataFrame) -> pl.Series:
    return (mine["end"] - mine["start"]) == (theirs["end"] - theirs["start"])


def _changed(layer: Layer, row: Row, other: Row, mark: Row, shown: Row, other_shown: Row) -> RecordChange:
    fields = []
    spans = [name for name in _SPAN if name in layer.names and layer.spans]
    if any(mark[name] for name in spans) or (mark["_edited"] and "text" not in layer.names):
        fields.append(FieldChange("span", {name: row[name] for name in spans}, {name: other[name] for name in spans}))
    fields += [
        FieldChange(name, row[name], other[name], shown.get(name, ""), other_shown.get(name, ""))
        for name in layer.names
        if name not in ("doc_id", layer.id_column, *spans) and mark[name]
    ]
    return RecordChange(
        "changed" if fields else "renamed",
        layer.name,
        other.get("doc_id"),
        row[layer.id_column],
        other[layer.id_column],
        shown["_subject"],
        tuple(fields),
    )


def _alone(kind: Kind, side: Tables, layer: str, rows: pl.DataFrame) -> Iterator[RecordChange]:
    of = KNOWN_LAYERS[layer]
    for row, shown in zip(rows.iter_rows(named=True), _shown(side, layer, rows), strict=True):
        id = row[of.id_column]
        a_id, b_id = (None, id) if kind == "added" else (id, None)
        fields = (state_change(*((None, row[STATE]) if kind == "added" else (row[STATE], None))),) if of.tracks else ()
        yield RecordChange(kind, layer, row.get("doc_id"), a_id, b_id, shown["_subject"], fields)


def state_change(a: str | None, b: str | None) -> FieldChange:
    """How far a layer was and is; None where nothing is recorded."""
    return FieldChange(STATE, a, b)


def _shown(side: Tables, layer: str, rows: pl.DataFrame) -> Iterator[dict[str, str]]:
    """For each row what its references lead to, by column, and _subject: what the record is about, in a few words."""
    of = KNOWN_LAYERS[layer]
    columns = {column.name: column.refers_to for column in of.columns if column.refers_to}
    shown = {name: _labels(side, to or "", rows, name) for name, to in columns.items()}
    for index, row in enumerate(rows.iter_rows(named=True)):
        labels = {name: values[index] or "" for name, values in shown.items()}
        yield {
            **{name: first_words(text) if text else "" for name, text in labels.items()},
            "_subject": _subject(row, labels),
        }


def _labels(side: Tables, layer: str, rows: pl.DataFrame, column: str) -> pl.Series:
    """What the records that a column refers to are called: their words or their name; null for none."""
    label = {MENTIONS.name: "text", ENTITIES.name: "name", ACTORS.name: "name"}.get(layer)
    if label is None or layer not in side:
        return pl.Series(column, [None] * rows.height, pl.String)
    by = [] if KNOWN_LAYERS[layer].shared else ["doc_id"]
    known = side[layer].select(*by, _id=KNOWN_LAYERS[layer].id_column, _label=label)
    known = known.unique([*by, "_id"], keep="first", maintain_order=True)
    asked = rows.select(*by, _id=column)
    return asked.join(known, on=[*by, "_id"], how="left", maintain_order="left")["_label"]


def _subject(row: Row, labels: Mapping[str, str]) -> str:
    if "head" in row:
        return f"{first_words(labels['head'])} {row['type']} {first_words(labels['tail'])}"
    if "text" in row:
        return first_words(row["text"])
    for name in ("name", "proposition"):
        if name in row:
            return excerpt(row[name])
    return ""


def entity_changes(alignment: Alignment) -> Iterator[EntityChange]:
    """Entities whose mentions went to several, and several whose mentions came together.

    Of a split, the several are the entity that it goes on as and each new one that has
    most of its mentions from it; of a merger they are the one that stays and each that
    has gone and left most of its mentions to it.
    """
    shared, pairs = alignment.shared_mentions, alignment.entities
    for kind, one, many in (("split", "a", "b"), ("merged", "b", "a")):
        # Of each of the many, the one that it shares most mentions with.
        best = shared.sort(["count", one], descending=[True, False]).unique(many, keep="first", maintain_order=True)
        whole = shared.group_by(many).agg(total=pl.col("count").sum())
        new = best.join(pairs, on=many, how="anti").join(whole, on=many).filter(2 * pl.col("count") > pl.col("total"))
        kept = shared.join(pairs, on=["a", "b"], how="semi").filter(pl.col(one).is_in(new[one].implode()))
        several = pl.concat([kept.select("a", "b", "count"), new.select("a", "b", "count")]).sort(one, many)
        one_side, many_side = (alignment.a, alignment.b) if kind == "split" else (alignment.b, alignment.a)
        ones, others = one_side[ENTITIES.name], many_side[ENTITIES.name]
        for (row,), group in several.group_by(one, maintain_order=True):
            if group.height > 1:
                entity = ones.row(int(str(row)), named=True)
                parts = [
                    (others.row(index, named=True), count) for index, count in group.select(many, "count").iter_rows()
                ]
                named = tuple((part["entity_id"], part["name"], count) for part, count in parts)
                yield EntityChange(
                    "split" if kind == "split" else "merged",
                    entity["doc_id"],
                    (entity["entity_id"], entity["name"]),
                    named,
                )
