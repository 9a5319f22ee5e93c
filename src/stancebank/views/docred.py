"""Entity-level relations in the record of DocRED (Yao et al. 2019)."""

from __future__ import annotations

import polars as pl

from stancebank.corpus import Part
from stancebank.frames import nest
from stancebank.layers import Column, ListOf, Record
from stancebank.views.token_views import token_mentions, token_sentences

VERTEX_COLUMNS = (
    Column("name", "string", "What the mention reads."),
    Column("sent_id", "integer", "Index of its sentence."),
    Column("pos", ListOf("integer"), "Indices of its first token and after its last, in the sentence."),
    Column("type", "string", "Type of its entity."),
)
LABEL_COLUMNS = (
    Column("h", "integer", "Index of the head entity in vertexSet."),
    Column("t", "integer", "Index of the tail entity in vertexSet."),
    Column("r", "string", "Relation type."),
    Column("evidence", ListOf("integer"), "Indices of the sentences that state it."),
)
COLUMNS = (
    Column("title", "string", "The document's id, since DocRED tells documents apart by title."),
    Column("sents", ListOf(ListOf("string")), "Tokens by sentence."),
    Column("vertexSet", ListOf(ListOf(Record(VERTEX_COLUMNS))), "Mentions by entity."),
    Column("labels", ListOf(Record(LABEL_COLUMNS)), "Relations that the text asserts, between entities."),
)


def docred(part: Part) -> pl.DataFrame:
    """One row per document: title, sents, vertexSet and labels, named and shaped as in DocRED.

    A relation between two entities is listed once per type, with all sentences
    that state it; DocRED has no modality, so only asserted ones are listed.
    """
    rows = part["documents"].select("doc_id")
    sentences = token_sentences(part).group_by("doc_id", maintain_order=True).agg(sents="tokens")
    rows = rows.join(sentences, on="doc_id", how="left", maintain_order="left").with_columns(
        pl.col("sents").fill_null([])
    )
    rows = rows.join(_vertices(part), on="doc_id", how="left", maintain_order="left")
    rows = nest(rows.with_columns(pl.col("vertexSet").fill_null([])), _labels(part), ["doc_id"], "labels")
    return rows.rename({"doc_id": "title"})


def _vertices(part: Part) -> pl.DataFrame:
    mentions = token_mentions(part).select(
        "doc_id",
        "entity_id",
        name="text",
        sent_id="sentence",
        pos=pl.concat_list("first", pl.col("last") + 1),
        type="entity_type",
    )
    entities = nest(part["entities"].select("doc_id", "entity_id"), mentions, ["doc_id", "entity_id"], "vertexSet")
    return entities.group_by("doc_id", maintain_order=True).agg("vertexSet")


def _labels(part: Part) -> pl.DataFrame:
    vertex = pl.int_range(pl.len(), dtype=pl.Int64).over("doc_id")
    entities = part["entities"].select("doc_id", "entity_id", vertex=vertex)
    mentions = token_mentions(part).join(entities, on=["doc_id", "entity_id"], maintain_order="left")
    heads = mentions.select("doc_id", "sentence", head="mention_id", h="vertex")
    tails = mentions.select("doc_id", tail="mention_id", t="vertex")
    asserted = part["relations"].filter(pl.col("modality") == "asserted")
    asserted = asserted.join(heads, on=["doc_id", "head"], maintain_order="left")
    asserted = asserted.join(tails, on=["doc_id", "tail"], maintain_order="left")
    merged = asserted.group_by("doc_id", "h", "t", r="type", maintain_order=True).agg(
        evidence=pl.col("sentence").unique().sort()
    )
    return merged.sort("doc_id", "h", "t", "r", maintain_order=True)
