"""Which rows are paired."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from stancebank.compare.record_alignment import best_pairs, match

ROWS = st.lists(st.tuples(st.sampled_from("abc") | st.none(), st.integers(0, 2)), max_size=12)


def frame(rows: list[tuple[str | None, int]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"id": pl.String, "place": pl.Int64}, orient="row")


@given(ROWS, ROWS)
def test_no_row_is_paired_twice_and_none_that_could_be_is_left(a: list, b: list) -> None:
    pairs = match(frame(a), frame(b), [("id", "place"), ("place",)])
    assert not pairs["a"].is_duplicated().any()
    assert not pairs["b"].is_duplicated().any()
    for one, other in pairs.iter_rows():
        assert a[one][1] == b[other][1]
    for place in range(3):
        ours, theirs = (sum(1 for row in rows if row[1] == place) for rows in (a, b))
        assert sum(1 for one, _ in pairs.iter_rows() if a[one][1] == place) == min(ours, theirs)


@given(ROWS)
def test_a_table_is_paired_with_itself_row_by_row(rows: list) -> None:
    pairs = match(frame(rows), frame(rows), [("id", "place"), ("place",)])
    assert sorted(pairs.iter_rows()) == sorted(pairs.filter(pl.col("a") == pl.col("b")).iter_rows()) or any(
        id is None for id, _ in rows
    )
    assert pairs.height == len(rows)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), unique=True))
def test_the_best_pair_that_is_left_is_taken_each_time(votes: list) -> None:
    expected, ours, theirs = set(), set(), set()
    for a, b in votes:
        if a not in ours and b not in theirs:
            expected.add((a, b))
            ours.add(a)
            theirs.add(b)
    table = pl.DataFrame(votes, schema={"a": pl.UInt32, "b": pl.UInt32}, orient="row")
    assert set(best_pairs(table).iter_rows()) == expected
