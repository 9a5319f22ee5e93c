"""Coreference: the clusters of mentions in each document, as scorers of the CoNLL tasks take them."""

from __future__ import annotations

import numpy as np
import polars as pl

from stancebank.corpus.part import Part
from stancebank.schema.column import Column, ListOf, Record
from stancebank.schema.frames import lists
from stancebank.views.text_line import documents_of
from stancebank.views.token_views import PLACES, TOKEN_COLUMNS, token_mentions, token_sentences

NO_MENTION = "-"
MENTION_COLUMNS = (
    Column("mention_id", "string", "The mention."),
    Column("sent_id", "integer", "Index of its sentence."),
    Column("start", "integer", "Index of its first token in the sentence."),
    Column("end", "integer", "Index after its last token."),
)
COLUMNS = (
    Column("doc_id", "string", "The document."),
    Column("sents", ListOf(ListOf("string")), "Tokens by sentence.", source="text"),
    Column("clusters", ListOf(ListOf(Record(MENTION_COLUMNS))), "Mentions by entity; one alone is a cluster too."),
    Column("entity_ids", ListOf("string"), "The entities, in the order of clusters."),
    Column(
        "coreference",
        ListOf(ListOf("string")),
        "For each token what the last column of a CoNLL file has: (3 where a mention of cluster 3 begins, 3) where"
        " one ends, (3) for both, with a bar between several; - for none.",
    ),
    Column(
        "left_out",
        ListOf("string"),
        "Mentions that are in no cluster, since an earlier one has the same tokens, or they have none in one sentence.",
    ),
    *(
        Column(column.name, ListOf(column.kind), f"{column.meaning} By sentence.")
        for column in TOKEN_COLUMNS
        if column.source is None
    ),
)
PURPOSE = "coreference resolution"
TAGS_OF_HUB = ("coreference-resolution",)
OF_LAYERS = ("entities", "mentions")


def coref(part: Part) -> pl.DataFrame:
    """One row per document, for coreference resolution: clusters of mentions, and the same as a CoNLL column.

    Scorers of CoNLL-2012 and CorefUD take each span for one mention of one entity. A pronoun that stands for two
    entities at once is two mentions on the same tokens here; the one whose entity comes first in the layer entities is
    in its cluster, the other in left_out. So a perfect answer scores 1. An entity without a mention left is an empty
    cluster, which scorers leave out.
    """
    documents, entities, sentences = part["documents"], part["entities"], token_sentences(part)
    of_sentences, of_entities = (documents_of(part, layer) for layer in ("sentences", "entities"))
    number = entities.select(pl.int_range(pl.len(), dtype=pl.Int64).over("doc_id")).to_series()
    columns = ("mention_id", "row", "first_token", "last_token", "first", "last", "sentence", "sentence_row")
    mentions = token_mentions(part).select(*columns, entity=part.mentioned.drop_nulls().cast(pl.Int64))
    mentions = mentions.with_columns(
        document=documents_of(part, "mentions")[mentions["row"].to_numpy()],
        cluster=number.gather(mentions["entity"]),
        ends_in=part.tokens["row"].gather(mentions["last_token"]),
    ).with_row_index("order")
    placed = (pl.col("ends_in") == pl.col("sentence_row")).fill_null(value=False)
    span = ["first_token", "last_token"]
    kept = mentions.filter(placed).sort("entity", "order").unique(span, keep="first", maintain_order=True)
    left_out = mentions.join(kept.select("order"), on="order", how="anti", maintain_order="left")
    items = kept.select("mention_id", sent_id="sentence", start="first", end=pl.col("last") + 1).to_struct()
    clusters = lists(items, kept["entity"].to_numpy(), entities.height)
    column = lists(_brackets(kept, part.tokens.height), part.tokens["row"].to_numpy(), sentences.height)
    return documents.select(
        "doc_id",
        sents=lists(sentences["tokens"], of_sentences, documents.height),
        clusters=lists(clusters, of_entities, documents.height),
        entity_ids=lists(entities["entity_id"], of_entities, documents.height),
        coreference=lists(column, of_sentences, documents.height),
        left_out=lists(left_out["mention_id"], left_out["document"].to_numpy(), documents.height),
        **{name: lists(sentences[name], of_sentences, documents.height) for name in PLACES},
    )


def _brackets(mentions: pl.DataFrame, count: int) -> pl.Series:
    """For each token the brackets of the mentions that begin and end there, outer ones first to begin, last to end."""
    cluster = pl.col("cluster").cast(pl.String)
    length = pl.col("last_token").cast(pl.Int64) - pl.col("first_token").cast(pl.Int64)
    alone = pl.col("first_token") == pl.col("last_token")
    opened = mentions.filter(~alone).select(at="first_token", turn=pl.lit(0), inner=-length, text="(" + cluster)
    whole = mentions.filter(alone).select(at="first_token", turn=pl.lit(1), inner=length, text="(" + cluster + ")")
    closed = mentions.filter(~alone).select(at="last_token", turn=pl.lit(2), inner=length, text=cluster + ")")
    marks = pl.concat([opened, whole, closed]).sort("at", "turn", "inner", maintain_order=True)
    at = marks["at"].cast(pl.Int64).to_numpy()
    group = np.cumsum(np.diff(at, prepend=-1) != 0)
    of_token = np.zeros(count, np.int64)
    of_token[at] = group
    brackets = lists(marks["text"], group, group.max(initial=0) + 1).list.join("|")
    return brackets.replace("", NO_MENTION).gather(of_token)
