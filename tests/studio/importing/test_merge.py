"""Laws of the three-way merge, and how its conflicts are named."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import examples
from stancebank.schema.layers import LAYERS
from stancebank.schema.scheme_layers import ALL_LAYERS
from stancebank.studio.importing.merge import Conflict, merge
from stancebank.studio.layout.document_records import Records, no_records
from strategies import documents

from ..exports import ANNOTATED, TEXT, Layers, small_document, span


def of(document: Layers) -> Records:
    found = no_records()
    for layer in ANNOTATED:
        names = LAYERS[layer].names
        for record in document[layer]:
            found[layer][record[LAYERS[layer].id_column]] = {name: record[name] for name in names}
    return found


LAWS = settings(max_examples=examples(40))
BASE = of(small_document("a"))


@st.composite
def edited(draw: st.DrawFn, base: Records) -> Records:
    """The records with some removed, some changed and some added; each has the id that it is found by."""
    records = copy.deepcopy(base)
    for layer in ANNOTATED:
        for id in list(records[layer]):
            if draw(st.integers(0, 5)) == 0:
                del records[layer][id]
            elif draw(st.integers(0, 3)) == 0:
                column = draw(st.sampled_from([column for field in LAYERS[layer].fields for column in field]))
                records[layer][id][column.name] = draw(st.sampled_from(["x", "y", None, 1]))
        if draw(st.integers(0, 3)) == 0:
            column_values = {name: draw(st.sampled_from(["x", "y"])) for name in LAYERS[layer].names}
            new = draw(st.sampled_from(["n1", "n2"]))
            records[layer][new] = column_values | {"doc_id": "a", LAYERS[layer].id_column: new}
    return records


@st.composite
def three(draw: st.DrawFn) -> tuple[Records, Records, Records]:
    base = of(draw(documents("a")))
    return base, draw(edited(base)), draw(edited(base))


@LAWS
@given(three())
def test_where_one_side_has_changed_nothing_the_other_side_stands(sides: tuple[Records, Records, Records]) -> None:
    base, ours, theirs = sides
    assert merge(base, ours, base, ALL_LAYERS) == (ours, ())
    assert merge(base, base, theirs, ALL_LAYERS) == (theirs, ())


@LAWS
@given(three())
def test_what_both_have_made_of_it_stands(sides: tuple[Records, Records, Records]) -> None:
    base, ours, _ = sides
    assert merge(base, ours, copy.deepcopy(ours), ALL_LAYERS) == (ours, ())


@LAWS
@given(three())
def test_the_two_sides_differ_only_where_they_are_in_conflict(sides: tuple[Records, Records, Records]) -> None:
    base, ours, theirs = sides
    merged, conflicts = merge(base, ours, theirs, ALL_LAYERS)
    turned, again = merge(base, theirs, ours, ALL_LAYERS)
    assert {(c.layer, c.id, c.fields) for c in conflicts} == {(c.layer, c.id, c.fields) for c in again}
    in_conflict = {(conflict.layer, conflict.id) for conflict in conflicts}
    for layer in ANNOTATED:
        for id in {*merged[layer], *turned[layer]} - {id for at, id in in_conflict if at == layer}:
            assert merged[layer][id] == turned[layer][id]
        for id, record in merged[layer].items():
            assert list(record) == list(LAYERS[layer].names), "the columns are in their order"
            assert id in ours[layer] or id in theirs[layer]


@LAWS
@given(three())
def test_merging_changes_neither_side(sides: tuple[Records, Records, Records]) -> None:
    before = copy.deepcopy(sides)
    merge(*sides, ALL_LAYERS)
    assert sides == before


@LAWS
@given(three())
def test_what_was_merged_can_be_merged_again(sides: tuple[Records, Records, Records]) -> None:
    base, ours, theirs = sides
    merged, conflicts = merge(base, ours, theirs, ALL_LAYERS)
    if not conflicts:
        assert merge(base, merged, theirs, ALL_LAYERS) == (merged, ())
        assert merge(base, ours, merged, ALL_LAYERS) == (merged, ())


def changed(layer: str, id: str, **values: Any) -> Records:
    records = copy.deepcopy(BASE)
    records[layer][id] |= values
    return records


EDITS = {
    "mention's level": changed("mentions", "m1", level="PRO"),
    "the same mention's span": changed("mentions", "m1", **span(TEXT, "Ann")),
    "the same mention's entity": changed("mentions", "m1", entity_id="e4"),
    "another mention": changed("mentions", "m2", level="NOM"),
    "an entity's name": changed("entities", "e1", name="Ann B. Lee"),
    "the same entity's Wikidata item": changed("entities", "e1", wikidata="Q7"),
    "a relation's modality": changed("relations", "r1", modality="planned"),
    "the same relation's type": changed("relations", "r1", type="consult"),
    "a content": changed("attributions", "a1", content=[span(TEXT, "near")]),
    "the same attribution's kind": changed("attributions", "a1", kind="direct"),
    "a stance's label": changed("stances", "s1", label="against"),
    "the same stance's holder": changed("stances", "s1", holder="m1"),
}


@pytest.mark.parametrize("theirs", EDITS)
@pytest.mark.parametrize("ours", EDITS)
def test_changes_of_different_fields_are_both_taken(ours: str, theirs: str) -> None:
    merged, conflicts = merge(BASE, EDITS[ours], EDITS[theirs], ALL_LAYERS)
    assert conflicts == ()
    for layer in ANNOTATED:
        for id, record in merged[layer].items():
            for name, value in record.items():
                sides = {repr(side[layer][id][name]) for side in (EDITS[ours], EDITS[theirs])}
                was = BASE[layer][id][name]
                assert repr(value) in sides
                assert value != was or sides == {repr(was)}, "a change of either side is not lost"


@pytest.mark.parametrize(
    ("layer", "id", "our", "their", "fields"),
    [
        ("mentions", "m1", {"level": "PRO"}, {"level": "NOM"}, ("level",)),
        ("mentions", "m1", span(TEXT, "Ann"), span(TEXT, "Lee"), ("start",)),
        ("mentions", "m1", span(TEXT, "Ann"), {"start": 1, "end": 7, "text": "nn Lee"}, ("start",)),
        ("mentions", "m1", {"level": "PRO", "entity_id": "e2"}, {"level": "NOM", "entity_id": "e3"}, None),
        ("entities", "e1", {"name": "A"}, {"name": "B"}, ("name",)),
        ("stances", "s1", {"holder": None}, {"holder": "m1"}, ("holder",)),
        ("attributions", "a1", {"content": [span(TEXT, "near")]}, {"content": [span(TEXT, "peace")]}, ("content",)),
        ("relations", "r1", {"type": "aid", "modality": "planned"}, {"modality": "negated"}, ("modality",)),
    ],
)
def test_a_conflict_names_its_fields_and_ours_stands(
    layer: str, id: str, our: dict[str, Any], their: dict[str, Any], fields: tuple[str, ...] | None
) -> None:
    ours, theirs = changed(layer, id, **our), changed(layer, id, **their)
    merged, [conflict] = merge(BASE, ours, theirs, ALL_LAYERS)
    assert merged == ours
    if fields is None:
        assert set(conflict.fields) == set(our)
        assert (conflict.layer, conflict.id) == (layer, id)
    else:
        assert conflict == Conflict(layer, id, fields)


def without(layer: str, id: str) -> Records:
    records = copy.deepcopy(BASE)
    del records[layer][id]
    return records


def test_what_one_side_has_removed_and_the_other_changed_is_a_conflict_and_kept() -> None:
    gone, kept = without("mentions", "m1"), changed("mentions", "m1", level="PRO")
    for ours, theirs in ((gone, kept), (kept, gone)):
        merged, conflicts = merge(BASE, ours, theirs, ALL_LAYERS)
        assert conflicts == (Conflict("mentions", "m1", ()),)
        assert merged["mentions"]["m1"] == kept["mentions"]["m1"]


def test_what_one_side_has_removed_and_the_other_left_alone_is_gone() -> None:
    for ours, theirs in ((without("stances", "s1"), EDITS["another mention"]),):
        for first, second in ((ours, theirs), (theirs, ours)):
            merged, conflicts = merge(BASE, first, second, ALL_LAYERS)
            assert conflicts == ()
            assert "s1" not in merged["stances"]
            assert merged["mentions"]["m2"]["level"] == "NOM"
