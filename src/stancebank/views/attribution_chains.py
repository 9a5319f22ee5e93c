"""How attributions nest, and which one a stance rests on: derived, never stored."""

from __future__ import annotations

import polars as pl

from stancebank.corpus import Part
from stancebank.frames import natural_order


def chains(part: Part) -> pl.DataFrame:
    """The sources of each attribution, outermost first.

    doc_id, attribution_id; chain: list of names, from "writer" to the attribution's
    own source ("unnamed" where it has none). An attribution is nested in another
    whose content holds its cue.
    """
    names = _sources(part).select("doc_id", "attribution_id", name=pl.col("source_name").fill_null("unnamed"))
    cues = part["attributions"].select("doc_id", "attribution_id", "start", "end")
    parents = _innermost(_around(part, cues), ["doc_id", "attribution_id"]).rename({"around": "parent"})
    rows = names.join(parents.select("doc_id", "attribution_id", "parent"), on=["doc_id", "attribution_id"], how="left")
    rows = rows.with_columns(chain=pl.concat_list("name"), seen=pl.concat_list("attribution_id"))
    step = rows.select("doc_id", next="attribution_id", next_name="name", next_parent="parent")
    while rows["parent"].drop_nulls().len():
        rows = rows.join(step, left_on=["doc_id", "parent"], right_on=["doc_id", "next"], how="left")
        rows = rows.with_columns(
            chain=pl.when(pl.col("parent").is_null()).then("chain").otherwise(pl.concat_list("next_name", "chain")),
            seen=pl.when(pl.col("parent").is_null()).then("seen").otherwise(pl.concat_list("parent", "seen")),
        )
        # Two cues may stand in each other's content; the chain ends before it would repeat.
        again = pl.col("seen").list.contains(pl.col("next_parent"))
        rows = rows.with_columns(parent=pl.when(again).then(None).otherwise("next_parent")).drop(
            "next_name", "next_parent"
        )
    chain = pl.concat_list(pl.lit("writer"), "chain")
    order = part["attributions"].select("doc_id", "attribution_id")
    return order.join(
        rows.select("doc_id", "attribution_id", chain=chain), on=["doc_id", "attribution_id"], maintain_order="left"
    )


def rests_on(part: Part) -> pl.DataFrame:
    """The attribution that each stance rests on: doc_id, stance_id, attribution_id (null for none).

    It is the innermost attribution around the evidence whose source is the
    holder, else the innermost one.
    """
    entity = part["mentions"].select("doc_id", holder="mention_id", holder_entity="entity_id")
    stances = part["stances"].select("doc_id", "stance_id", "holder", "start", "end")
    stances = stances.join(entity, on=["doc_id", "holder"], how="left", maintain_order="left")
    sources = _sources(part).select("doc_id", around="attribution_id", source_entity="source_entity")
    around = _around(part, stances).join(sources, on=["doc_id", "around"], how="left")
    by_another = (pl.col("source_entity") == pl.col("holder_entity")).fill_null(value=False).not_()
    found = _innermost(around, ["doc_id", "stance_id"], by_another)
    found = found.select("doc_id", "stance_id", attribution_id="around")
    return stances.select("doc_id", "stance_id").join(
        found, on=["doc_id", "stance_id"], how="left", maintain_order="left"
    )


def _sources(part: Part) -> pl.DataFrame:
    mentions = part.entity_mentions.select(
        "doc_id", source="mention_id", source_entity="entity_id", source_name="entity_name"
    )
    return part["attributions"].join(mentions, on=["doc_id", "source"], how="left", maintain_order="left")


def _around(part: Part, spans: pl.DataFrame) -> pl.DataFrame:
    """The spans, each once for every attribution other than itself with a content span around it."""
    content = part["attributions"].select("doc_id", "content", around="attribution_id")
    content = content.explode("content", empty_as_null=False).unnest("content")
    content = content.select("doc_id", "around", from_="start", to="end")
    found = spans.join(content, on="doc_id").filter(pl.col("from_") <= pl.col("start"), pl.col("end") <= pl.col("to"))
    if "attribution_id" in spans.columns:
        found = found.filter(pl.col("attribution_id") != pl.col("around"))
    return found


def _innermost(around: pl.DataFrame, key: list[str], *before: pl.Expr) -> pl.DataFrame:
    """For each key the row with the shortest content span; what comes before that sorts first."""
    ordered = around.sort(
        *key, *before, pl.col("to") - pl.col("from_"), pl.col("from_").neg(), *natural_order("around")
    )
    return ordered.unique(key, keep="first", maintain_order=True)
