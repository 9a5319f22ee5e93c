"""Views and figures of a corpus at different stages: those of the corpus cut down to what is done."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import PART, Root, examples
from stancebank.corpus.part import Part
from stancebank.corpus.statistics import corpus_statistics, part_statistics
from stancebank.pages.pictures import entity_matrix, relation_bars, stance_matrix
from stancebank.schema.layers import ANNOTATED
from stancebank.views.documents import documents
from stancebank.views.registry import VIEWS, View
from unfinished import done_in, on_disk, only, progress, unfinished_parts

TASKS = [view for view in VIEWS.values() if view.of_layers]


def read(root: Root) -> Part:
    return root.corpus().sound_part(PART)


@settings(max_examples=examples(25))
@given(part=unfinished_parts, data=st.data())
def test_every_view_is_that_of_the_corpus_cut_down_to_what_is_done(part: Part, data: st.DataObject) -> None:
    annotation = data.draw(progress(part))
    with on_disk(part, annotation) as root:
        whole = read(root)
        rows = {view.name: view.rows_of(whole) for view in VIEWS.values()}
        every = {view.name: view.rows_of(whole, unfinished=True) for view in TASKS}
    for layers in {view.of_layers for view in TASKS}:
        kept = done_in(part, layers)
        with on_disk(only(part, kept), only(annotation, kept)) as root:
            for view in TASKS:
                if view.of_layers == layers:
                    assert rows[view.name].equals(view.rows(read(root))), view.name
    for view in TASKS:
        assert every[view.name].equals(rows[view.name] if view.done_alone else view.rows(whole))
    assert [row["done"] for row in rows["documents"].to_dicts()] == [
        [layer for layer in ANNOTATED if row["doc_id"] in done_in(part, [layer])]
        for row in part["documents"].to_dicts()
    ]


@settings(max_examples=examples(25))
@given(part=unfinished_parts)
def test_every_figure_is_that_of_the_corpus_cut_down_to_what_is_done(part: Part) -> None:
    with on_disk(part) as root:
        whole, found = root.corpus(), part_statistics(read(root))
        stances = stance_matrix(whole)
    for layer in ANNOTATED:
        smaller = part_statistics(only(part, done_in(part, [layer])))
        assert {k: n for k, n in found.labels.items() if k[0] == layer} == {
            k: n for k, n in smaller.labels.items() if k[0] == layer
        }
        assert found.done([layer]) == smaller.records["documents"]
    assert found.mentions == part_statistics(only(part, done_in(part, ["entities", "mentions"]))).mentions
    assert found.relations == part_statistics(only(part, done_in(part, ["relations"]))).relations
    assert found.records == part_statistics(only(part, part["documents"]["doc_id"].to_list())).records
    for view in TASKS:
        assert found.done(view.of_layers) == len(done_in(part, view.of_layers))
    with on_disk(only(part, done_in(part, ["stances"]))) as root:
        assert stance_matrix(root.corpus()) == stances


def test_what_is_done_in_all_layers_is_what_it_was(root: Root) -> None:
    before = [(view.name, view.rows_of(read(root))) for view in TASKS]
    assert [(name, rows.height > 0) for name, rows in before] == [(view.name, True) for view in TASKS]
    assert all(rows.equals(VIEWS[name].rows(read(root))) for name, rows in before)


@pytest.mark.parametrize("view", TASKS, ids=lambda view: view.name)
def test_a_corpus_in_which_nothing_is_done_has_no_row_of_a_task_and_every_document(root: Root, view: View) -> None:
    root.layer_path("progress").unlink()
    part = read(root)
    assert view.rows_of(part).is_empty()
    assert view.rows_of(part).schema == view.rows_of(part, unfinished=True).schema
    assert view.rows_of(part, unfinished=True).is_empty() == view.done_alone
    assert documents(part)["done"].to_list() == [[]]
    counted = corpus_statistics(root.corpus())
    assert (entity_matrix(root.corpus(), counted), relation_bars(root.corpus(), counted)) == (None, None)
    assert stance_matrix(root.corpus()) is None
