"""Stance expressions as a classification task."""

from __future__ import annotations

import polars as pl

from stancebank.corpus import Part
from stancebank.layers import Category, Column, ListOf
from stancebank.views.attribution_chains import chains, rests_on

WRITER = "writer"

COLUMNS = (
    Column("doc_id", "string", "The document."),
    Column("stance_id", "string", "The stance."),
    Column("text", "string", "The sentence that the evidence stands in."),
    Column("target", "string", "The target's proposition."),
    Column("holder", "string", 'Name of who holds the stance; "writer" for the writer.'),
    Column("label", Category(lambda scheme: scheme.names("stance_labels")), "Stance on the target."),
    Column("evidence", "string", "The words that express it."),
    Column("basis", Category(lambda scheme: scheme.names("stance_bases")), "What it shows itself in."),
    Column("commitment", Category(lambda scheme: scheme.names("commitments")), "With or without a condition."),
    Column("source_chain", ListOf("string"), 'Through whom the text gives it, outermost first, from "writer".'),
)


def stance_detection(part: Part) -> pl.DataFrame:
    """One row per stance expression, as in SemEval-2016 Task 6, with who holds it.

    text: the sentence; target: the proposition; holder: the entity's name;
    label: favor, against, neutral, mixed; evidence, basis, commitment: as in the
    layer stances; source_chain: outermost first, from "writer".
    """
    targets = part.corpus.targets
    assert targets is not None
    stances = part["stances"].rename({"text": "evidence", "target": "target_id"})
    stances = stances.join(
        targets.select(target_id="target_id", target="proposition"), on="target_id", how="left", maintain_order="left"
    )
    stances = stances.join(holders(part), on=["doc_id", "stance_id"], how="left", maintain_order="left").drop("holder")
    stances = stances.rename({"holder_name": "holder"}).join(
        sentence_texts(part, stances), on=["doc_id", "start"], how="left", maintain_order="left"
    )
    resting = rests_on(part).join(chains(part), on=["doc_id", "attribution_id"], how="left", maintain_order="left")
    chain = pl.col("chain").fill_null([WRITER])
    resting = resting.select("doc_id", "stance_id", source_chain=chain)
    stances = stances.join(resting, on=["doc_id", "stance_id"], how="left", maintain_order="left")
    return stances.select(column.name for column in COLUMNS)


def holders(part: Part) -> pl.DataFrame:
    """Who holds each stance: doc_id, stance_id, holder_entity (null for the writer), holder_name."""
    mentions = part.entity_mentions.select("doc_id", "entity_id", holder="mention_id", holder_name="entity_name")
    stances = part["stances"].select("doc_id", "stance_id", "holder")
    stances = stances.join(mentions, on=["doc_id", "holder"], how="left", maintain_order="left")
    name = pl.col("holder_name").fill_null(WRITER)
    return stances.select("doc_id", "stance_id", holder_entity="entity_id", holder_name=name)


def sentence_texts(part: Part, spans: pl.DataFrame) -> pl.DataFrame:
    """The sentence around each start of the spans: doc_id, start, text."""
    documents = part["documents"].select("doc_id", document="text")
    sentences = part["sentences"].select("doc_id", start_="start", end_="end").sort("doc_id", "start_")
    starts = spans.select("doc_id", "start").unique().sort("doc_id", "start")
    placed = starts.join_asof(sentences, left_on="start", right_on="start_", by="doc_id", check_sortedness=False)
    reads = pl.col("document").str.slice(pl.col("start_"), pl.col("end_") - pl.col("start_"))
    return placed.join(documents, on="doc_id").select("doc_id", "start", text=reads)
