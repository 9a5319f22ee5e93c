"""Document-level stances: where each holder stands on each target."""

from __future__ import annotations

import polars as pl

from stancebank.corpus import Part
from stancebank.views.stance_detection import holders


def positions(part: Part) -> pl.DataFrame:
    """One row per document, holder entity and target, in the order of first expression.

    doc_id, holder_entity (null for the writer), holder_name, target (its id); label:
    the one that all expressions share, else mixed; commitment: conditional as soon
    as one expression is; expressions: how many there are.
    """
    stances = part["stances"].hstack(holders(part).select("holder_entity", "holder_name"))
    agreed = pl.col("label").n_unique() == 1
    conditional = (pl.col("commitment") == "conditional").any()
    return stances.group_by("doc_id", "holder_entity", "holder_name", "target", maintain_order=True).agg(
        label=pl.when(agreed).then(pl.col("label").first()).otherwise(pl.lit("mixed")),
        commitment=pl.when(conditional).then(pl.lit("conditional")).otherwise(pl.lit("unconditional")),
        expressions=pl.len(),
    )
