"""Two states of the same documents laid beside each other: which record of the one is which of the other, by keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from stancebank.schema.layers import (
    ACTORS,
    ATTRIBUTIONS,
    CLASSIFICATIONS,
    ENTITIES,
    KNOWN_LAYERS,
    MENTIONS,
    PROGRESS,
    RELATIONS,
    SENTENCES,
    STANCES,
    TARGETS,
    Layer,
)
from stancebank.text.reanchoring import moved_spans

PAIRS = pl.Schema({"a": pl.UInt32, "b": pl.UInt32})
"""Rows that belong together: their indexes in the two tables. No row occurs twice."""


def match(
    a: pl.DataFrame,
    b: pl.DataFrame,
    keys: Sequence[Sequence[str]],
    taken: pl.DataFrame | None = None,
    *,
    accept: pl.Expr | None = None,
) -> pl.DataFrame:
    """Pairs of rows with equal keys: by the first key, what that leaves by the second, and so on.

    Rows that share a key are paired in their order. A key with a null in it is equal to
    none. taken: pairs that were found before, which the result begins with. accept:
    what must hold of a pair by the last key, over a's columns and b's, the latter with _b
    behind their names.
    """
    pairs = [PAIRS.to_frame() if taken is None else taken]
    a, b = a.with_row_index("_a"), b.with_row_index("_b")
    for key in keys:
        found = pl.concat(pairs)
        a = a.join(found, left_on="_a", right_on="a", how="anti", maintain_order="left")
        b = b.join(found, left_on="_b", right_on="b", how="anti", maintain_order="left")
        if not a.height or not b.height:
            break
        both = numbered(a, key).join(numbered(b, key), on=[*key, NTH], suffix="_b", maintain_order="left")
        if accept is not None and key is keys[-1]:
            both = both.filter(accept)
        pairs.append(both.select(a="_a", b="_b"))
    return pl.concat(pairs)


NTH = "_nth"


def numbered(rows: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """The rows with NTH: how many before each have its key. With it, no join grows where keys are repeated."""
    return rows.with_columns(pl.int_range(pl.len()).over(key).alias(NTH))


def best_pairs(votes: pl.DataFrame) -> pl.DataFrame:
    """Pairs of rows, each time the best that is left.

    votes: columns a and b, the rows of each pair that may be; the best pair first.
    """
    chosen = [PAIRS.to_frame()]
    while votes.height:
        best = votes.filter(pl.col("a").is_first_distinct() & pl.col("b").is_first_distinct()).select("a", "b")
        chosen.append(best)
        votes = votes.join(best, on="a", how="anti", maintain_order="left")
        votes = votes.join(best, on="b", how="anti", maintain_order="left")
    return pl.concat(chosen)


Tables = Mapping[str, pl.DataFrame]


def _by_content(*contents: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Each content with the id, then without, and the id alone at last."""
    return (*(key for content in contents for key in (("id", *content), content)), ("id",))


# By what records are matched: id and content together, then content, from the whole to a part of it, and
# the id alone at last. id stands for the layer's id column; references are those of the other side.
_KEYS: Mapping[str, Sequence[Sequence[str]]] = {
    TARGETS.name: (("id", "proposition"), ("proposition",), ("id",)),
    ACTORS.name: (("id", "name"), ("wikidata",), ("name",), ("id",)),
    SENTENCES.name: (("id", "start", "end"), ("start", "end"), ("start",), ("end",), ("id",)),
    MENTIONS.name: _by_content(("start", "end", "entity_name"), ("start", "end")),
    ENTITIES.name: (("id", "name"), ("type", "name"), ("id",)),
    RELATIONS.name: _by_content(("type", "head", "tail", "modality"), ("type", "head", "tail")),
    ATTRIBUTIONS.name: _by_content(("start", "end", "source"), ("start", "end")),
    STANCES.name: _by_content(("start", "end", "target", "holder"), ("start", "end", "target")),
    PROGRESS.name: (("id",), ("id",)),  # between annotators too
}
_TOUCHING = (pl.col("start") < pl.col("end_b")) & (pl.col("start_b") < pl.col("end"))
_ELSEWHERE = "-"  # no id begins so: what refers to a record that the other side lacks is equal to nothing there


@dataclass(frozen=True)
class Alignment:
    """Two states of documents, whose ids are those of the second state in both.

    a, b: frames by layer. runs: of moved_characters, for the documents whose text has
    changed. foreign: the two states are by different annotators, so that equal ids alone
    mean nothing. layers: with the columns that the frames have.
    """

    a: Tables
    b: Tables
    runs: pl.DataFrame
    foreign: bool = False
    layers: Mapping[str, Layer] = field(default_factory=lambda: KNOWN_LAYERS)

    @cached_property
    def moved(self) -> Tables:
        """The frames of A with their spans where B's texts have them; null where a character was not kept."""
        return {name: self._moved(name, frame) for name, frame in self.a.items()}

    def _moved(self, name: str, frame: pl.DataFrame) -> pl.DataFrame:
        if not self.layers[name].spans or not self.runs.height:
            return frame
        moved = moved_spans(frame, self.runs)
        if name != ATTRIBUTIONS.name:
            return moved
        rows = frame.with_row_index("_of").select("_of", "doc_id", "content").explode("content", empty_as_null=False)
        content = moved_spans(rows.unnest("content"), self.runs)
        content = content.select("_of", content=pl.struct(each.name for each in ATTRIBUTIONS["content"].items))
        lists = content.group_by("_of", maintain_order=True).agg("content")
        return moved.with_row_index("_of").drop("content").join(lists, on="_of", how="left").select(frame.columns)

    @cached_property
    def shared(self) -> Tables:
        """The pairs of rows of the layers that all parts share, by layer."""
        both = [name for name, layer in self.layers.items() if layer.shared and name in self.a and name in self.b]
        return {name: self._matched(name, self.a[name], self.b[name]) for name in both}

    @cached_property
    def sentences(self) -> pl.DataFrame:
        """The pairs of rows of the sentences."""
        return self._matched(SENTENCES.name, self.moved[SENTENCES.name], self.b[SENTENCES.name])

    @cached_property
    def mentions(self) -> pl.DataFrame:
        """The pairs of rows of the mentions: those of one span, else those of one id."""
        a, b = self.moved[MENTIONS.name], self.b[MENTIONS.name]
        named = (
            mentions.join(
                side[ENTITIES.name].select("doc_id", "entity_id", entity_name="name").unique(["doc_id", "entity_id"]),
                on=["doc_id", "entity_id"],
                how="left",
                maintain_order="left",
            )
            if ENTITIES.name in side
            else mentions.with_columns(entity_name=pl.lit(None, pl.String))
            for side, mentions in ((self.a, a), (self.b, b))
        )
        return self._matched(MENTIONS.name, *named)

    @cached_property
    def entities(self) -> pl.DataFrame:
        """The pairs of rows of the entities: those that share mentions, then those of one name, then of one id.

        Of several that share mentions the one that has kept its id comes first, then
        the one that shares most.
        """
        a, b = (self._keyed(ENTITIES.name, side[ENTITIES.name]).with_row_index("row") for side in (self.a, self.b))
        votes = self.shared_mentions.join(
            a.select("row", "id", "name"), left_on="a", right_on="row", maintain_order="left"
        )
        votes = votes.join(
            b.select("row", "id", "name"), left_on="b", right_on="row", maintain_order="left", suffix="_b"
        )
        same_id, same_name = pl.col("id") == pl.col("id_b"), pl.col("name") == pl.col("name_b")
        order = [*([] if self.foreign else [~same_id]), -pl.col("count"), ~same_id, ~same_name, "a", "b"]
        pairs = best_pairs(votes.with_columns(pl.col("count").cast(pl.Int64)).sort(order))
        return self._matched(ENTITIES.name, a.drop("row"), b.drop("row"), pairs)

    @cached_property
    def shared_mentions(self) -> pl.DataFrame:
        """How many matched mentions two entities share: columns a and b, rows of the entities, and count."""
        schema = {"a": pl.UInt32, "b": pl.UInt32, "count": pl.UInt32}
        if MENTIONS.name not in self.a or MENTIONS.name not in self.b:
            return pl.DataFrame(schema=schema)
        of = [self._entity_rows(side) for side in (self.a, self.b)]
        pairs = self.mentions
        rows = pl.DataFrame({"a": of[0].gather(pairs["a"]), "b": of[1].gather(pairs["b"])}).drop_nulls()
        return rows.group_by("a", "b").agg(count=pl.len()).cast(pl.Schema(schema)).sort("a", "b")

    @staticmethod
    def _entity_rows(side: Tables) -> pl.Series:
        """For each mention the row of its entity, null where there is none."""
        entities = side[ENTITIES.name].select("doc_id", "entity_id").with_row_index("row")
        entities = entities.unique(["doc_id", "entity_id"], keep="first", maintain_order=True)
        named = side[MENTIONS.name].select("doc_id", "entity_id")
        return named.join(entities, on=["doc_id", "entity_id"], how="left", maintain_order="left")["row"]

    @cached_property
    def relations(self) -> pl.DataFrame:
        """The pairs of rows of the relations: those of one type between the same mentions, else those of one id."""
        return self._matched(RELATIONS.name, self.translated(RELATIONS.name), self.b[RELATIONS.name])

    @cached_property
    def attributions(self) -> pl.DataFrame:
        """The pairs of rows of the attributions: those of one cue, else those of one id."""
        return self._matched(ATTRIBUTIONS.name, self.translated(ATTRIBUTIONS.name), self.b[ATTRIBUTIONS.name])

    @cached_property
    def stances(self) -> pl.DataFrame:
        """The pairs of rows of the stances: those on one target with the same evidence, else those of one id."""
        return self._matched(STANCES.name, self.translated(STANCES.name), self.b[STANCES.name])

    @cached_property
    def progress(self) -> pl.DataFrame:
        """The pairs of rows of progress: those of one layer of a document."""
        return self._matched(PROGRESS.name, self.a[PROGRESS.name], self.b[PROGRESS.name])

    @cached_property
    def classifications(self) -> pl.DataFrame:
        """The pairs of rows of the classifications: those of one id, else those of one document."""
        name = CLASSIFICATIONS.name
        keys = [("doc_id", "id"), ("doc_id",)]
        return match(self._keyed(name, self.a[name]), self._keyed(name, self.b[name]), keys)

    def of(self, layer: str) -> pl.DataFrame:
        """The pairs of rows of a layer other than the documents."""
        pairs: pl.DataFrame = self.shared[layer] if self.layers[layer].shared else getattr(self, layer)
        return pairs

    def translated(self, layer: str) -> pl.DataFrame:
        """A's frame in B's terms: spans where B's text has them, references by the ids that B uses."""
        frame = self.moved[layer]
        for column in self.layers[layer].columns:
            other = column.refers_to
            if other is not None and other in self.a and other in self.b:
                frame = frame.with_columns(self._reference(frame, column.name, self.layers[other]))
        return frame

    def _reference(self, frame: pl.DataFrame, column: str, other: Layer) -> pl.Series:
        """What a column refers to in the other layer, by B's ids; what B lacks gets an id that nothing has."""
        by = [name for name in ("doc_id",) if name in other.names]
        pairs = self.of(other.name)
        ids = self.a[other.name].select(*by, id=other.id_column).with_row_index("a")
        theirs = self.b[other.name].select(id_b=other.id_column).with_row_index("b")
        ids = ids.join(pairs, on="a", how="left", maintain_order="left")
        ids = ids.join(theirs, on="b", how="left", maintain_order="left").unique([*by, "id"], keep="first")
        known = ids.select(*by, "id", _to=pl.col("id_b").fill_null(_ELSEWHERE + pl.col("id")))
        named = frame.select(*by, id=column).join(known, on=[*by, "id"], how="left", maintain_order="left")
        return named.select(pl.coalesce("_to", "id")).to_series().alias(column)

    def _matched(self, layer: str, a: pl.DataFrame, b: pl.DataFrame, taken: pl.DataFrame | None = None) -> pl.DataFrame:
        by = ("doc_id",) if "doc_id" in self.layers[layer].names else ()
        keys = [(*by, *key) for key in _KEYS[layer]]
        accept = None
        if self.foreign:
            keys, accept = (keys, _TOUCHING) if self.layers[layer].spans else (keys[:-1], None)
        return match(self._keyed(layer, a), self._keyed(layer, b), keys, taken, accept=accept)

    @staticmethod
    def _keyed(layer: str, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame with its ids as id. No record, where one could be named, is a value to match by."""
        unnamed = [column.name for column in KNOWN_LAYERS[layer].columns if column.refers_to and column.nullable]
        return frame.with_columns(pl.col(unnamed).fill_null(""), id=KNOWN_LAYERS[layer].id_column)
