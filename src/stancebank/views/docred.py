"""Entity-level relations in the record of DocRED (Yao et al. 2019)."""

from __future__ import annotations

import numpy as np
import polars as pl

from stancebank.corpus.part import Part
from stancebank.schema.column import Column, ListOf, Record
from stancebank.schema.frames import changes, lists, parent_index
from stancebank.views.token_views import token_mentions, token_sentences

VERTEX_COLUMNS = (
    Column("name", "string", "What the mention reads.", source="text"),
    Column("sent_id", "integer", "Index of its sentence."),
    Column("pos", ListOf("integer"), "Indices of its first token and after its last, in the sentence."),
    Column("type", "string", "Type of its entity; null where nobody has decided.", nullable=True),
)
LABEL_COLUMNS = (
    Column("h", "integer", "Index of the head entity in vertexSet."),
    Column("t", "integer", "Index of the tail entity in vertexSet."),
    Column("r", "string", "Relation type."),
    Column("evidence", ListOf("integer"), "Indices of the sentences that state it."),
)
COLUMNS = (
    Column("title", "string", "The document's id, since DocRED tells documents apart by title."),
    Column("sents", ListOf(ListOf("string")), "Tokens by sentence.", source="text"),
    Column("vertexSet", ListOf(ListOf(Record(VERTEX_COLUMNS))), "Mentions by entity."),
    Column("labels", ListOf(Record(LABEL_COLUMNS)), "Relations that the text asserts, between entities."),
)
OF_LAYERS = ("entities", "mentions", "relations")


def docred(part: Part) -> pl.DataFrame:
    """One row per document: title, sents, vertexSet and labels, named and shaped as in DocRED.

    A relation between two entities is listed once per type, in the scheme's order, with
    all sentences that state it; DocRED has no modality, so only those that count as facts
    are listed, and none whose type or modality is undecided.
    """
    documents, mentions = part["documents"], token_mentions(part)
    of_sentences, of_entities = (
        parent_index(part[layer], documents, ["doc_id"]) for layer in ("sentences", "entities")
    )
    return documents.select(
        title="doc_id",
        sents=lists(token_sentences(part)["tokens"], of_sentences, documents.height),
        vertexSet=lists(_vertices(part, mentions), of_entities, documents.height),
        labels=_labels(part, mentions),
    )


def _vertices(part: Part, mentions: pl.DataFrame) -> pl.Series:
    """The mentions of each entity."""
    count = mentions.height
    bounds = pl.concat([mentions["first"], mentions["last"] + 1])
    pos = lists(bounds[np.arange(2 * count).reshape(2, count).T.ravel()], np.repeat(np.arange(count), 2), count)
    vertices = mentions.select(name="text", sent_id="sentence", pos=pos, type="entity_type").to_struct()
    return lists(vertices, part.mentioned.drop_nulls().to_numpy(), part["entities"].height)


def _labels(part: Part, mentions: pl.DataFrame) -> pl.Series:
    """The relations of each document that count as facts."""
    vertex = part["entities"].select(pl.int_range(pl.len(), dtype=pl.Int64).over("doc_id")).to_series()
    vertex, sentence = vertex.gather(part.mentioned), mentions["sentence"]
    ends = part.relation_ends.select("row", "head", "tail")
    relations = part["relations"].select(
        "type", "modality", document=parent_index(part["relations"], part["documents"], ["doc_id"])
    )
    facts = relations[ends["row"]].select(
        "document",
        "modality",
        h=vertex.gather(ends["head"]),
        t=vertex.gather(ends["tail"]),
        r="type",
        sentence=sentence.gather(ends["head"]),
    )
    facts = facts.filter(pl.col("modality").is_in(part.scheme.facts), pl.col("r").is_not_null()).drop("modality")
    fact = ["document", "h", "t", "r"]
    type = pl.col("r").cast(pl.Enum(part.scheme.names("relation_types")))
    facts = facts.sort("document", "h", "t", type, "sentence")
    facts = facts.filter(changes(facts))
    first = changes(facts.select(fact))
    labels = facts.filter(first)
    evidence = lists(facts["sentence"], first.cum_sum().to_numpy() - np.int64(1), labels.height)
    items = labels.select("h", "t", "r", evidence=evidence).to_struct()
    return lists(items, labels["document"].to_numpy(), part["documents"].height)
