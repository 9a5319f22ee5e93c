"""Rows of frames: laws against plain Python."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from stancebank.schema.frames import comes_before, equal_rows, first_equal, last_before, repeated_rows, rows_at

PAIRS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["a", "b", ""])), max_size=12)
WITH_NULLS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["a", "b", None])), max_size=12)
FAR = 2**63 - 1
PLACES = st.lists(st.tuples(st.integers(0, 3), st.sampled_from([-FAR, -1, 0, 1, 2, 7, FAR])), max_size=12)


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


@given(WITH_NULLS, PAIRS)
def test_rows_are_found_in_another_table_once_for_each_that_equals_them(pairs, others):
    expected = []
    for row, pair in enumerate(pairs):
        places = [place for place, other in enumerate(others) if other == pair]
        expected += [(row, place) for place in places or [None]]
    assert equal_rows(frame(pairs), frame(others)).rows() == expected


@given(PAIRS)
def test_each_row_has_the_first_that_equals_it(pairs):
    assert first_equal(frame(pairs)).to_list() == [pairs.index(pair) for pair in pairs]


@given(PLACES, PLACES)
def test_the_last_place_at_or_before_another_is_in_the_same_document(places, others):
    others = sorted(others)
    rows, other_rows = (
        pl.DataFrame(each, schema={"document": pl.UInt32, "start": pl.Int64}, orient="row") for each in (places, others)
    )
    expected = [
        max((place for place, other in enumerate(others) if other[0] == document and other[1] <= start), default=None)
        for document, start in places
    ]
    assert last_before(rows, other_rows).to_list() == expected


@given(PAIRS, PAIRS)
def test_the_first_key_that_differs_decides(left, right):
    pairs = list(zip(left, right, strict=False))
    rows = pl.concat(
        [frame([a for a, _ in pairs]), frame([b for _, b in pairs]).select(pl.all().name.suffix("_2"))],
        how="horizontal",
    )
    before = comes_before([pl.col("number"), pl.col("word")], [pl.col("number_2"), pl.col("word_2")])
    assert rows.select(before).to_series().to_list() == [a < b for a, b in pairs]
