"""A label on which nobody has decided is missing: no figure counts it as a label, or as another one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from variations import figure, layers_of, two_annotations, with_layers

from conftest import examples
from stancebank.agreement.agreement_scores import agreement, agreement_of_all
from stancebank.agreement.annotation_alignment import align
from stancebank.agreement.breakdowns import by_label
from stancebank.agreement.disagreements import disagreements
from stancebank.agreement.score import Score
from stancebank.corpus.part import Part
from stancebank.schema.layers import ANNOTATED, LAYERS

law = settings(max_examples=examples(25))


@pytest.fixture(autouse=True)
def few_resamples() -> Iterator[None]:
    with mock.patch("stancebank.agreement.alpha.RESAMPLES", 20):
        yield


def undecided(part: Part, *columns: tuple[str, str], rows: slice = slice(None)) -> Part:
    """The part with these columns, or all that hold labels, without a value in some rows."""
    layers = layers_of(part)
    chosen = columns or [(name, c.name) for name in ANNOTATED for c in LAYERS[name].columns if c.decided]
    for layer, column in chosen:
        for row in layers[layer][rows]:
            row[column] = None
    return with_layers(part, layers)


def one(a: Part, b: Part, layer: str, name: str) -> Score:
    return figure(agreement(a, b, [layer]), name)


# Which figures rest on which labels, and the number of records that have one in the gold.
RESTS_ON = [
    ("mentions", "span and type, exact", ("entities", "type"), 150),
    ("mentions", "span and type, overlap", ("entities", "type"), 150),
    ("mentions", "span and level, exact", ("mentions", "level"), 150),
    ("mentions", "span and level, overlap", ("mentions", "level"), 150),
    ("entities", "type", ("entities", "type"), 58),
    ("entities", "type, alpha", ("entities", "type"), 58),
    ("relations", "with modality", ("relations", "modality"), 75),
    ("relations", "with modality", ("relations", "type"), 75),
    ("relations", "without modality", ("relations", "type"), 75),
    ("relations", "modality", ("relations", "modality"), 75),
    ("attributions", "kind", ("attributions", "kind"), 16),
    ("stances", "label, per expression", ("stances", "label"), 23),
    ("stances", "label, nominal alpha, per expression", ("stances", "label"), 23),
    ("stances", "label, ordinal alpha, per expression", ("stances", "label"), 23),
    ("stances", "basis, per expression", ("stances", "basis"), 23),
]


@pytest.mark.parametrize(("layer", "name", "column", "number"), RESTS_ON)
@pytest.mark.parametrize("sides", ["a", "b", "both"])
def test_pairs_with_an_undecided_label_are_left_out_and_counted(
    gold: Part, layer: str, name: str, column: tuple[str, str], number: int, sides: str
) -> None:
    open_ = undecided(gold, column)
    a, b = {"a": (open_, gold), "b": (gold, open_), "both": (open_, open_)}[sides]
    found = one(a, b, layer, name)
    assert found.value is None
    assert found.undecided == number
    assert found.in_a in (None, 0)
    assert found.in_b in (None, 0)


@pytest.mark.parametrize(("layer", "name", "column", "number"), RESTS_ON)
def test_what_is_left_agrees_as_it_did(gold: Part, layer: str, name: str, column: tuple[str, str], number: int) -> None:
    found = one(gold, undecided(gold, column, rows=slice(1)), layer, name)
    assert found.value == 1
    assert 0 < found.undecided < number


def test_positions_take_the_label_of_the_expressions_that_are_decided(gold: Part) -> None:
    """Two expressions of one position, of which one is undecided, are no conflict."""
    keys = gold["stances"].join(gold["mentions"], left_on="holder", right_on="mention_id", how="left")
    pairs = list(keys.select("entity_id", "target").iter_rows())
    first, second = next((i, j) for i in range(23) for j in range(i + 1, 23) if pairs[i] == pairs[j])
    labels = gold["stances"]["label"]
    layers = layers_of(gold)
    layers["stances"][first]["label"] = None
    half = with_layers(gold, layers)
    found = one(gold, half, "stances", "holder, target and label, per document")
    assert (found.undecided, found.value == 1) == (0, pairs.count(pairs[first]) > 1 and labels[first] == labels[second])
    whole = undecided(gold, ("stances", "label"))
    found = one(gold, whole, "stances", "holder, target and label, per document")
    both = one(gold, whole, "stances", "holder and target, per document")
    assert (found.value, found.undecided, found.in_a) == (None, both.count, 0)
    assert both.value == 1


def test_a_relation_without_a_type_is_matched_with_one_that_has_it(gold: Part) -> None:
    found = align(gold, undecided(gold, ("relations", "type"), ("relations", "modality")))
    assert len(found.relations) == 75
    assert {a[1] for a in found.relations} == {b[1] for b in found.relations.values()}


def test_of_three_the_two_that_have_decided_count(gold: Part) -> None:
    open_ = undecided(gold, ("entities", "type"), ("stances", "label"))
    for parts in ([gold, gold, open_], [open_, gold, gold]):
        for name in ("type, alpha", "label, nominal alpha, per document"):
            found = figure(agreement_of_all(parts), name)
            assert found.value == 1
            assert found.undecided == found.count
    found = figure(agreement_of_all([gold, open_, open_]), "type, alpha")
    assert (found.value, found.count) == (None, 0)


def test_an_annotation_without_any_label_agrees_on_places_and_on_no_label(gold: Part) -> None:
    open_ = undecided(gold)
    assert list(disagreements(gold, open_)) == list(disagreements(open_, gold)) == []
    assert by_label(open_, open_) == []
    for score in by_label(gold, open_):
        assert (score.value, score.count) == (None, 0)
    places = {f.name: f.value for f in agreement(gold, open_) if not f.undecided}
    for name in ("span, exact", "B-cubed", "cue, exact", "content token, alpha", "holder and target, per document"):
        assert places[name] == 1


LABELLED = {(layer, name) for layer, name, *_ in RESTS_ON}


@law
@given(two_annotations())
def test_no_undecided_label_is_ever_equal_to_another(annotations: tuple[Part, Part]) -> None:
    """What is undecided on one side adds nothing to the records that agree."""
    a, b = annotations
    hits: dict[Any, int | None] = {(f.layer, f.name): f.count for f in agreement(a, undecided(b))}
    for layer, name in LABELLED:
        assert hits[layer, name] == 0


@law
@given(two_annotations())
def test_pairs_that_are_left_out_and_those_that_count_are_all_there_are(annotations: tuple[Part, Part]) -> None:
    a, b = annotations
    found = {(f.layer, f.name): f for f in agreement(a, b)}
    for name, whole in (
        ("span and type, exact", "span, exact"),
        ("span and level, exact", "span, exact"),
    ):
        labelled, spans = found["mentions", name], found["mentions", whole]
        assert labelled.in_a is not None
        assert spans.in_a is not None
        assert labelled.in_a + labelled.undecided == spans.in_a
        assert labelled.count is not None
        assert spans.count is not None
        assert labelled.count + labelled.undecided <= spans.count
