"""Document-level stances: the position of each holder on each target."""

from __future__ import annotations

import polars as pl

from stancebank.corpus.part import Part
from stancebank.schema.scheme import Scheme
from stancebank.views.stance_detection import holders


def positions(part: Part) -> pl.DataFrame:
    """One row per document, holder entity and target, in the order of first expression.

    An expression whose label is undecided takes no side, and is left out.
    doc_id, holder_entity (null for the writer), holder_name, target (its id); label: as
    shared_label; commitment: the one that all expressions share, else null, those without
    a condition left out as soon as one is under a condition, undecided ones always;
    under_condition: whether one is; expressions: how many there are.
    """
    stances = part["stances"].hstack(holders(part).select("holder_entity", "holder_name"))
    stances = stances.filter(pl.col("label").is_not_null())
    commitment = pl.col("commitment").drop_nulls()
    conditional = commitment.is_in(part.scheme.conditional_commitments)
    decisive = commitment.filter(conditional | ~conditional.any())
    return stances.group_by("doc_id", "holder_entity", "holder_name", "target", maintain_order=True).agg(
        label=shared_label(part.scheme),
        commitment=pl.when(decisive.n_unique() == 1).then(decisive.first()),
        under_condition=conditional.any(),
        expressions=pl.len(),
    )


def shared_label(scheme: Scheme) -> pl.Expr:
    """The stance label that a whole group of decided ones shares, else the scheme's label of a conflict, else null."""
    label = pl.col("label")
    return pl.when(label.n_unique() == 1).then(label.first()).otherwise(pl.lit(scheme.conflict, pl.String))
