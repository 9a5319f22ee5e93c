"""Which rows of two tables are one and the same: by keys, one after the other, and by votes."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

PAIRS = pl.Schema({"a": pl.UInt32, "b": pl.UInt32})
"""Rows that belong together: their indexes in the two tables. No row stands twice."""


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
        both = _numbered(a, key).join(_numbered(b, key), on=[*key, "_nth"], suffix="_b", maintain_order="left")
        if accept is not None and key is keys[-1]:
            both = both.filter(accept)
        pairs.append(both.select(a="_a", b="_b"))
    return pl.concat(pairs)


def _numbered(rows: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    return rows.with_columns(_nth=pl.int_range(pl.len()).over(key))


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
