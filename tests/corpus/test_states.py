"""How far documents are: what is recorded, what is not, and what a part is cut down to."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from conftest import examples
from stancebank.corpus.jsonl import with_rows, write_records
from stancebank.corpus.part import Part
from stancebank.corpus.states import ABSENT, done, done_documents, done_in_all, states
from stancebank.schema.layers import ANNOTATED, DONE, PROGRESS, STATES
from stancebank.views.registry import VIEWS, View
from strategies import begun, parts

LAYERS = st.sets(st.sampled_from(ANNOTATED))


@given(begun())
def test_every_layer_of_every_document_has_a_state(part: Part) -> None:
    found = states(part)
    assert found.height == part["documents"].height * len(ANNOTATED)
    recorded = found.filter(pl.col("state") != ABSENT).select(PROGRESS.names)
    assert_frame_equal(recorded, part["progress"], check_row_order=False)


@given(begun(), LAYERS)
def test_done_are_the_documents_with_each_of_the_layers_done(part: Part, layers: set[str]) -> None:
    state = {(doc, layer): state for doc, layer, state in states(part).select("doc_id", "layer", "state").iter_rows()}
    expected = [doc for doc in part["documents"]["doc_id"] if all(state[doc, layer] == DONE for layer in layers)]
    assert done_documents(part, layers).to_list() == expected or not layers
    assert done(part, layers)["documents"]["doc_id"].to_list() == expected
    assert all(set(frame["doc_id"]) <= set(expected) for frame in done(part, layers).frames.values())


@given(begun(), LAYERS)
def test_cutting_twice_is_cutting_once(part: Part, layers: set[str]) -> None:
    once = done(part, layers)
    assert done(once, layers) is once
    assert [each["documents"]["doc_id"].to_list() for each in done_in_all([part, once], layers or {"stances"})] == [
        done_documents(part, layers or {"stances"}).to_list()
    ] * 2


@settings(max_examples=examples(60))
@given(begun(), st.sampled_from([view for view in VIEWS.values() if view.of_layers]))
def test_a_view_is_that_of_the_documents_that_are_done(part: Part, view: View) -> None:
    finished = done_documents(part, view.of_layers)
    key = view.columns[0].name
    whole = view.rows_of(part, unfinished=True)
    assert_frame_equal(view.rows_of(part), whole.filter(pl.col(key).is_in(finished.implode())))


@given(begun(), st.data())
def test_new_rows_take_their_places_and_leave_the_other_lines_as_they_were(part: Part, data: st.DataObject) -> None:
    rows = part["progress"]
    lines = [b" " * data.draw(st.integers(0, 2)) + line for line in write_records(rows, PROGRESS).splitlines()]
    every = states(part).select(PROGRESS.names)
    new = every.filter(pl.Series([data.draw(st.booleans()) for _ in range(every.height)], dtype=pl.Boolean))
    new = new.with_columns(state=pl.lit(data.draw(st.sampled_from(STATES))))
    merged = with_rows(b"".join(line + b"\n" for line in lines), rows, new, PROGRESS).splitlines()
    changed = set(new.select("doc_id", "layer").iter_rows())
    kept = [
        line for line, key in zip(lines, rows.select("doc_id", "layer").iter_rows(), strict=True) if key not in changed
    ]
    assert [line for line in merged if line in kept] == kept
    assert sorted(merged) == sorted([*kept, *write_records(new, PROGRESS).splitlines()])


@given(parts())
def test_a_part_that_is_done_is_cut_down_to_itself(part: Part) -> None:
    assert done(part, ANNOTATED) is part
