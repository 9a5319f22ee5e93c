"""Entity-level relations in the record of DocRED (Yao et al. 2019)."""

from __future__ import annotations

import numpy as np
import polars as pl

from stancebank.corpus.part import Part
from stancebank.schema.column import Column, ListOf, Record
from stancebank.schema.frames import changes, lists
from stancebank.views.text_line import documents_of
from stancebank.views.token_views import PLACES, TOKEN_COLUMNS, token_mentions, token_sentences

VERTEX_COLUMNS = (
    Column("name", "string", "What the mention reads.", source="text"),
    Column("sent_id", "integer", "Index of its sentence."),
    Column("pos", ListOf("integer"), "Indices of its first token and after its last, in the sentence."),
    Column("type", "string", "Type of its entity; null where nobody has decided.", nullable=True),
    Column("mention_id", "string", "The mention."),
)
LABEL_COLUMNS = (
    Column("h", "integer", "Index of the head entity in vertexSet."),
    Column("t", "integer", "Index of the tail entity in vertexSet."),
    Column("r", "string", "Relation type."),
    Column("evidence", ListOf("integer"), "Indices of the sentences that state it."),
)
_UNASSERTED_COLUMNS = (
    *(column for column in LABEL_COLUMNS if column.name in ("h", "t")),
    Column("r", "string", "Relation type; null where nobody has decided.", nullable=True),
    Column("evidence", ListOf("integer"), "Indices of the sentences that state it."),
    Column("modality", "string", "How the text holds it to be the case; null where undecided.", nullable=True),
)
COLUMNS = (
    Column("title", "string", "The document's id, since DocRED tells documents apart by title."),
    Column("sents", ListOf(ListOf("string")), "Tokens by sentence.", source="text"),
    Column("vertexSet", ListOf(ListOf(Record(VERTEX_COLUMNS))), "Mentions by entity."),
    Column("labels", ListOf(Record(LABEL_COLUMNS)), "Relations that the text asserts, between entities."),
    Column(
        "unasserted",
        ListOf(Record(_UNASSERTED_COLUMNS)),
        "Relations that the text states and does not assert, or of which that is undecided: no negatives.",
    ),
    Column("entity_ids", ListOf("string"), "The entities, in the order of vertexSet."),
    *(
        Column(column.name, ListOf(column.kind), f"{column.meaning} By sentence.")
        for column in TOKEN_COLUMNS
        if column.source is None
    ),
)
PURPOSE = "document-level relation extraction"
TAGS_OF_HUB = ("relation-extraction",)
OF_LAYERS = ("entities", "mentions", "relations")
USES = {"unasserted.modality": "relations.modality"}


def docred(part: Part) -> pl.DataFrame:
    """One row per document: title, sents, vertexSet and labels, named and shaped as in DocRED.

    A relation between two entities is listed once per type, in the scheme's order, with
    all sentences that state it; DocRED has no modality, so only those that count as facts
    are labels, and none whose type or modality is undecided. All others are in unasserted: a pair of entities in it
    is no example of two that have no relation. rel_info.json, rel2id.json and ner2id.json in the folder docred are
    what DocRED's scripts read beside it.
    """
    documents, mentions, sentences = part["documents"], token_mentions(part), token_sentences(part)
    of_sentences, of_entities = (documents_of(part, layer) for layer in ("sentences", "entities"))
    return documents.select(
        title="doc_id",
        sents=lists(sentences["tokens"], of_sentences, documents.height),
        vertexSet=lists(_vertices(part, mentions), of_entities, documents.height),
        labels=_relations(part, mentions, facts=True),
        unasserted=_relations(part, mentions, facts=False),
        entity_ids=lists(part["entities"]["entity_id"], of_entities, documents.height),
        **{name: lists(sentences[name], of_sentences, documents.height) for name in PLACES},
    )


def _vertices(part: Part, mentions: pl.DataFrame) -> pl.Series:
    """The mentions of each entity."""
    count = mentions.height
    bounds = pl.concat([mentions["first"], mentions["last"] + 1])
    pos = lists(bounds[np.arange(2 * count).reshape(2, count).T.ravel()], np.repeat(np.arange(count), 2), count)
    rows = mentions.select("mention_id", name="text", sent_id="sentence", pos=pos, type="entity_type")
    vertices = rows.select(column.name for column in VERTEX_COLUMNS).to_struct()
    return lists(vertices, part.mentioned.drop_nulls().to_numpy(), part["entities"].height)


def _relations(part: Part, mentions: pl.DataFrame, *, facts: bool) -> pl.Series:
    """The relations of each document that count as facts and are decided, or all others, with their modality."""
    vertex = part["entities"].select(pl.int_range(pl.len(), dtype=pl.Int64).over("doc_id")).to_series()
    vertex, sentence = vertex.gather(part.mentioned), mentions["sentence"]
    ends = part.relation_ends.select("row", "head", "tail")
    relations = part["relations"].select("type", "modality", document=documents_of(part, "relations"))
    found = relations[ends["row"]].select(
        "document",
        "modality",
        h=vertex.gather(ends["head"]),
        t=vertex.gather(ends["tail"]),
        r="type",
        sentence=sentence.gather(ends["head"]),
    )
    is_fact = pl.col("modality").is_in(part.scheme.facts).fill_null(value=False) & pl.col("r").is_not_null()
    found = found.filter(is_fact if facts else is_fact.not_())
    columns = LABEL_COLUMNS if facts else _UNASSERTED_COLUMNS
    key = ["document", "h", "t", "r", *([] if facts else ["modality"])]
    order = [
        pl.col(name).cast(pl.Enum(part.scheme.names(vocabulary)))
        for name, vocabulary in (("r", "relation_types"), ("modality", "modalities"))
        if name in key
    ]
    found = found.select(*key, "sentence").sort("document", "h", "t", *order, "sentence")
    found = found.filter(changes(found))
    first = changes(found.select(key))
    labels = found.filter(first)
    evidence = lists(found["sentence"], first.cum_sum().to_numpy() - np.int64(1), labels.height)
    items = labels.with_columns(evidence=evidence).select(column.name for column in columns).to_struct()
    return lists(items, labels["document"].to_numpy(), part["documents"].height)
