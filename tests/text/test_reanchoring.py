"""Where characters of one text stand in an edited one."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from stancebank.text.reanchoring import common_runs, moved_characters, moved_spans

WORDS = st.lists(
    st.sampled_from(["Kyiv", "said", "a", "\U0001f1fa", "e\u0301", "\n\n", " ", "  ", "talks.", "talks,"]), max_size=30
)
TEXTS = WORDS.map("".join)


@given(TEXTS, TEXTS)
def test_runs_are_common_ordered_and_do_not_overlap(text: str, other: str) -> None:
    start = there = 0
    for run in common_runs(text, other):
        assert run.length > 0
        assert run.start >= start
        assert run.other >= there
        assert text[run.start : run.start + run.length] == other[run.other : run.other + run.length]
        start, there = run.start + run.length, run.other + run.length


@given(TEXTS, TEXTS, TEXTS)
def test_what_stands_around_an_insertion_is_kept_whole(before: str, put: str, after: str) -> None:
    runs = common_runs(before + after, before + put + after)
    assert sum(run.length for run in runs) == len(before + after)


@given(TEXTS)
def test_a_text_is_one_run_of_itself(text: str) -> None:
    assert [tuple(run) for run in common_runs(text, text)] == ([(0, 0, len(text))] if text else [])


@given(TEXTS, TEXTS, st.data())
def test_a_span_that_is_kept_whole_reads_the_same_where_it_moved(text: str, other: str, data: st.DataObject) -> None:
    text += "."
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    spans = pl.DataFrame({"doc_id": ["d", "other"], "start": [start, 1], "end": [end, 2]})
    runs = moved_characters({"d": (text, other)})
    moved, elsewhere = moved_spans(spans, runs).iter_rows()
    assert elsewhere == ("other", 1, 2)
    inside = [run for run in common_runs(text, other) if run.start <= start and end <= run.start + run.length]
    if inside:
        assert other[moved[1] : moved[2]] == text[start:end]
    for place, was in ((moved[1], start), (moved[2] and moved[2] - 1, end - 1)):
        if place is not None:
            assert other[place] == text[was]


def test_a_word_that_lost_its_full_stop_is_kept() -> None:
    assert [tuple(run) for run in common_runs("to Kyiv. He", "to Kyiv, he")] == [(0, 0, 7), (8, 8, 1), (10, 10, 1)]
