"""Every holder with every target of a document: stances, and pairs that have none."""

from __future__ import annotations

import polars as pl

from stancebank.corpus.part import Part
from stancebank.schema.column import Category, Column, ListOf, Vocabularies
from stancebank.views.positions import shared_label
from stancebank.views.stance_detection import holders

NO_STANCE = "none"


def pair_labels(scheme: Vocabularies) -> tuple[str, ...]:
    """The stance labels in the scheme's order, then that of a pair without a stance."""
    return (*scheme.names("stance_labels"), no_stance(scheme))


def no_stance(scheme: Vocabularies) -> str:
    """The label of a pair without a stance: none, in brackets where the scheme has a label of that name."""
    return f"({NO_STANCE})" if NO_STANCE in scheme.names("stance_labels") else NO_STANCE


COLUMNS = (
    Column("doc_id", "string", "The document."),
    Column("holder", "string", 'Name of who may hold a stance; "writer" for the writer.', source="maybe"),
    Column("holder_entity", "string", "The holder's entity; null for the writer.", nullable=True),
    Column("holder_actor", "string", "Who that is across documents; null where it is not linked.", nullable=True),
    Column("target_id", "string", "The target."),
    Column("target", "string", "The target's proposition.", source="maybe"),
    Column(
        "label",
        Category(pair_labels),
        "Stance of the holder on the target in this document, none without one; null where its expressions"
        " are undecided, or differ and the scheme has no label for that.",
        nullable=True,
    ),
    Column("stance_ids", ListOf("string"), "The expressions that the label is from; empty for none."),
)
PURPOSE = "stance detection with negatives"
TAGS_OF_HUB = ("stance-detection",)
OF_LAYERS = ("stances",)
DONE_ALONE = True
USES = {"holder": "mentions", "holder_entity": "entities", "holder_actor": "entities"}


def stance_pairs(part: Part) -> pl.DataFrame:
    """One row per document, holder and target, with the stance of the holder on the target or none.

    The rule: a document that is done in stances gives each of its holders with each of its targets. Its
    holders are the entities, or the writer, with a stance on anything in it; its targets are those on which
    anybody has a stance in it. A pair has the label that all its expressions share, or the scheme's label of a
    conflict. A pair without an expression has none: the text gives no stance of that holder on that target, which
    is another thing than a neutral one. Documents that are not done give no rows, in builds with unfinished
    documents too. For the text, join documents by doc_id.
    """
    held = part["stances"].select("doc_id", "target", "label", "stance_id")
    held = held.hstack(holders(part).select("holder_entity", "holder_actor", "holder_name"))
    decided = held.filter(pl.col("label").is_not_null())
    key = ["doc_id", "holder_entity", "target"]
    labels = decided.group_by(key, maintain_order=True).agg(label=shared_label(part.scheme))
    expressions = held.group_by(key, maintain_order=True).agg(stance_ids="stance_id")
    who = held.select("doc_id", "holder_entity", "holder_actor", "holder_name").unique(maintain_order=True)
    what = held.select("doc_id", "target").unique(maintain_order=True)
    pairs = who.join(what, on="doc_id", maintain_order="left_right")
    for of_pair in (labels, expressions):
        pairs = pairs.join(of_pair, on=key, how="left", nulls_equal=True, maintain_order="left")
    none = pl.lit(no_stance(part.scheme))
    targets = part.corpus.targets.select(target="target_id", proposition="proposition")
    pairs = pairs.join(targets, on="target", how="left", maintain_order="left")
    return pairs.select(
        "doc_id",
        pl.col("holder_name").alias("holder"),
        *("holder_entity", "holder_actor"),
        pl.col("target").alias("target_id"),
        pl.col("proposition").alias("target"),
        pl.when(pl.col("stance_ids").is_null()).then(none).otherwise("label").alias("label"),
        pl.col("stance_ids").fill_null([]),
    )
