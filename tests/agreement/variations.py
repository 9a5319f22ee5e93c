"""Other annotations of the same documents: changed by hand, by chance, emptied and shuffled."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import polars as pl
from hypothesis import strategies as st

from stancebank.agreement.disagreements import Disagreement
from stancebank.agreement.score import Score
from stancebank.corpus.part import Part
from stancebank.schema.frames import polars_schema
from stancebank.schema.layers import ANNOTATED, LAYERS
from strategies import SCHEME, parts

Record = dict[str, Any]
Layers = dict[str, list[Record]]


def layers_of(part: Part) -> Layers:
    return {name: part[name].to_dicts() for name in ANNOTATED}


def with_layers(part: Part, layers: Layers) -> Part:
    """The part with other annotations."""
    frames = {name: pl.DataFrame(rows, schema=polars_schema(LAYERS[name].columns)) for name, rows in layers.items()}
    return replace(part, frames={**part.frames, **frames})


def changed(part: Part, layer: str, change: Callable[[list[Record]], object]) -> Part:
    """The part with the rows of one layer changed in place."""
    layers = layers_of(part)
    change(layers[layer])
    return with_layers(part, layers)


def edited(part: Part, layer: str, row: int, **values: object) -> Part:
    return changed(part, layer, lambda rows: rows[row].update(values))


def emptied(part: Part) -> Part:
    return with_layers(part, {name: [] for name in ANNOTATED})


def renamed(part: Part) -> Part:
    """The same annotation under ids of its own, in another order."""
    layers = layers_of(part)
    for name, rows in layers.items():
        layer = LAYERS[name]
        for row in rows:
            for column in layer.columns:
                if row[column.name] is not None and (column.name == layer.id_column or column.refers_to in ANNOTATED):
                    row[column.name] = "x" + row[column.name][::-1]
        rows.reverse()
    return with_layers(part, layers)


def shuffled(part: Part, seed: int = 1) -> Part:
    """Every span at a random place, every value and reference given to another record of the document's layer."""
    chance = random.Random(seed)
    layers = layers_of(part)
    (text,) = part["documents"]["text"]

    def place(span: Record) -> None:
        width = span["end"] - span["start"]
        span["start"] = chance.randrange(len(text) - width)
        span["end"] = span["start"] + width
        span["text"] = text[span["start"] : span["end"]]

    for name, rows in layers.items():
        for column in LAYERS[name].columns:
            if column.name not in ("doc_id", LAYERS[name].id_column, "start", "end", "text"):
                values = [row[column.name] for row in rows]
                chance.shuffle(values)
                for row, value in zip(rows, values, strict=True):
                    row[column.name] = value
        for row in rows:
            for span in [*([row] if LAYERS[name].spans else []), *row.get("content", [])]:
                place(span)
    return with_layers(part, layers)


def figure(figures: Iterable[Score], name: str) -> Score:
    (found,) = [f for f in figures if f.name == name]
    return found


@st.composite
def two_annotations(draw: st.DrawFn) -> tuple[Part, Part]:
    """Two annotations of the same documents, which share much and differ anywhere."""
    part = draw(parts())
    return draw(variations(part)), draw(variations(part))


@st.composite
def variations(draw: st.DrawFn, part: Part) -> Part:
    """An annotation made from another by losing records and changing values; references still lead somewhere."""
    texts = dict(part["documents"].select("doc_id", "text").iter_rows())
    layers = layers_of(part)

    def some(of: int = 4) -> bool:
        return draw(st.integers(1, of)) == 1

    def moved(row: Record) -> Record:
        text = texts[row["doc_id"]]
        start = draw(st.integers(max(0, row["start"] - 3), row["start"]))
        end = draw(st.integers(row["end"], min(len(text), row["end"] + 3)))
        return {"start": start, "end": end, "text": text[start:end]}

    for name in ANNOTATED:
        kept = [row for row in layers[name] if not some(6)]
        for row in kept:
            for column in LAYERS[name].columns:
                if column.vocabulary is not None and some():
                    row[column.name] = draw(st.sampled_from([*SCHEME.names(column.vocabulary), None]))
            if LAYERS[name].spans and some():
                row |= moved(row)
            if name == "mentions" and some():
                others = [e["entity_id"] for e in layers["entities"] if e["doc_id"] == row["doc_id"]]
                row["entity_id"] = draw(st.sampled_from([row["entity_id"], *others]))
            if name == "entities" and some():
                row |= {"wikidata": draw(st.sampled_from([None, "Q1", "Q2"])), "name": draw(st.sampled_from("ab"))}
            if name == "attributions" and some():
                whole = {"start": 0, "end": len(texts[row["doc_id"]]), "text": texts[row["doc_id"]]}
                row["content"] = draw(st.sampled_from([[whole], [*row["content"], whole]]))
        layers[name] = kept
    _mend(layers)
    return with_layers(part, layers)


def _mend(layers: Layers) -> None:
    """Drop what breaks a key or leads nowhere."""
    entities = {(e["doc_id"], e["entity_id"]) for e in layers["entities"]}
    unique = {
        (m["doc_id"], m["start"], m["end"], m["entity_id"]): m
        for m in layers["mentions"]
        if (m["doc_id"], m["entity_id"]) in entities
    }
    layers["mentions"] = list(unique.values())
    own = {(m["doc_id"], m["entity_id"]) for m in layers["mentions"]}
    layers["entities"] = [e for e in layers["entities"] if (e["doc_id"], e["entity_id"]) in own]
    mentions = {(m["doc_id"], m["mention_id"]) for m in layers["mentions"]}

    def leads(row: Record, *ends: str) -> bool:
        return all(row[end] is None or (row["doc_id"], row[end]) in mentions for end in ends)

    layers["relations"] = [row for row in layers["relations"] if leads(row, "head", "tail")]
    layers["attributions"] = [row for row in layers["attributions"] if leads(row, "source")]
    layers["stances"] = [row for row in layers["stances"] if leads(row, "holder")]


def facts(layers: Layers, names: dict[str, dict[tuple[str, str], str]]) -> dict[str, list[Record]]:
    """Annotations under other ids, in an order that does not hang on them. names: the new id by layer and key."""
    found = {}
    for name, rows in layers.items():
        layer = LAYERS[name]
        told = []
        for row in rows:
            new = dict(row)
            for column in layer.columns:
                referred = name if column.name == layer.id_column else column.refers_to
                if referred in ANNOTATED and row[column.name] is not None:
                    new[column.name] = names[referred].get((row["doc_id"], row[column.name]), row[column.name])
            told.append(new)
        found[name] = sorted(told, key=lambda row: (row["doc_id"], row[layer.id_column]))
    return found


def taken_towards_b(a: Part, found: Iterable[Disagreement], names: dict[str, dict[tuple[str, str], str]]) -> Layers:
    """A after every disagreement is decided for B. names: by layer, what to call B's records here, by B's key."""
    layers = {
        name: {(row["doc_id"], row[LAYERS[name].id_column]): row for row in rows} for name, rows in layers_of(a).items()
    }
    for d in found:
        if d.b is None:
            assert d.kind == "only in A"
            del layers[d.layer][d.doc_id, d.a_id]
            continue
        told = facts({d.layer: [dict(d.b)]}, names)[d.layer][0]
        if d.a is None:
            assert d.kind == "only in B"
            layers[d.layer][d.doc_id, told[LAYERS[d.layer].id_column]] = told
        else:
            layers[d.layer][d.doc_id, d.a_id].update({field: told[field] for field in d.fields})
    return {name: list(rows.values()) for name, rows in layers.items()}
