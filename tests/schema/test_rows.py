"""Rows of frames: laws against plain Python."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from stancebank.schema.frames import comes_before, repeated_rows, rows_at

PAIRS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["a", "b", ""])), max_size=12)


def frame(pairs):
    return pl.DataFrame(pairs, schema={"number": pl.Int64, "word": pl.String}, orient="row")


@given(PAIRS, st.data())
def test_rows_are_taken_by_place_and_null_gives_nulls(pairs, data):
    place = st.integers(0, len(pairs) - 1) if pairs else st.nothing()
    places = data.draw(st.lists(st.one_of(st.none(), place), max_size=8))
    found = rows_at(frame(pairs), pl.Series(places, dtype=pl.UInt32))
    assert found.rows() == [(None, None) if each is None else pairs[each] for each in places]


@given(PAIRS)
def test_all_rows_that_repeat_are_among_those_found(pairs):
    found = repeated_rows(frame(pairs), ["number", "word"])
    assert {row for row, pair in enumerate(pairs) if pairs.count(pair) > 1} <= set(found["row"])
    assert [pairs[row] for row in found["row"]] == found.select("number", "word").rows()


@given(PAIRS, PAIRS)
def test_the_first_key_that_differs_decides(left, right):
    pairs = list(zip(left, right, strict=False))
    rows = pl.concat(
        [frame([a for a, _ in pairs]), frame([b for _, b in pairs]).select(pl.all().name.suffix("_2"))],
        how="horizontal",
    )
    before = comes_before([pl.col("number"), pl.col("word")], [pl.col("number_2"), pl.col("word_2")])
    assert rows.select(before).to_series().to_list() == [a < b for a, b in pairs]
