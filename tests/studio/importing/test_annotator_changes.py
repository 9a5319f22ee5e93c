"""What has changed, for people: a line for each thing, which any terminal can show."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from stancebank.schema.layers import LAYERS
from stancebank.schema.scheme_layers import ALL_LAYERS
from stancebank.studio.importing.annotator_changes import changes
from stancebank.studio.layout.document_records import Records, no_records

from ..exports import ANNOTATED, TEXT, span
from .test_merge import BASE


def lines(before: Records, after: Records) -> list[str]:
    return list(changes(before, after, ALL_LAYERS))


def after(layer: str, id: str, **values: Any) -> list[str]:
    records = copy.deepcopy(BASE)
    records[layer][id] |= values
    return lines(BASE, records)


def test_nothing_has_changed() -> None:
    assert lines(BASE, copy.deepcopy(BASE)) == []
    assert lines(no_records(), no_records()) == []


@pytest.mark.parametrize(
    ("layer", "id", "values", "line"),
    [
        ("mentions", "m2", {"level": "NOM"}, 'm2 "Kyiv": level NAM to NOM'),
        ("mentions", "m2", {"entity_id": "e4"}, 'm2 "Kyiv": entity "Kyiv" (e2) to "Bob" (e4)'),
        ("mentions", "m2", {"entity_id": "e9"}, 'm2 "Kyiv": entity "Kyiv" (e2) to e9'),
        ("mentions", "m4", span(TEXT, "Bob backs"), 'm4 moved: "Bob" 50..53 to "Bob backs" 50..59'),
        ("entities", "e1", {"type": "ORG"}, 'e1 "Ann Lee": type PERSON to ORG'),
        ("entities", "e1", {"name": "Ann"}, 'e1 "Ann": name "Ann Lee" to "Ann"'),
        ("entities", "e1", {"wikidata": None}, 'e1 "Ann Lee": lost its wikidata: Q42'),
        ("entities", "e4", {"wikidata": "Q7"}, 'e4 "Bob": wikidata none to Q7'),
        ("relations", "r1", {"modality": "negated"}, '"Ann Lee" (m5) aid "Kyiv" (m6): modality asserted to negated'),
        ("relations", "r1", {"type": "consult"}, '"Ann Lee" (m5) consult "Kyiv" (m6): type aid to consult'),
        ("attributions", "a1", {"kind": "direct"}, 'a1 "told": kind indirect to direct'),
        ("attributions", "a1", {"source": None}, 'a1 "told": lost its source: "Ann Lee" (m1)'),
        ("attributions", "a2", {"source": "m4"}, 'a2 "backs": source none to "Bob" (m4)'),
        ("stances", "s1", {"label": "against"}, 's1 "Bob backs it": label favor to against'),
        ("stances", "s1", {"target": "t2"}, 's1 "Bob backs it": target t1 to t2'),
        ("stances", "s2", {"holder": "m99"}, 's2 "peace is near": holder none to m99'),
    ],
)
def test_a_changed_field(layer: str, id: str, values: dict[str, Any], line: str) -> None:
    [said] = after(layer, id, **values)
    assert said in (line, f"{id} {line}")


def test_a_changed_content() -> None:
    [said] = after("attributions", "a1", content=[span(TEXT, "peace"), span(TEXT, "near")])
    start = TEXT.index("that")
    assert f'"that peace is near" {start}..{start + 18} to "peace" {start + 5}..{start + 10}, "near"' in said


def test_two_fields_are_two_lines() -> None:
    assert len(after("stances", "s1", label="against", basis="narration")) == 2
    assert len(after("mentions", "m4", level="NOM", **span(TEXT, "Bob backs"))) == 2


@pytest.mark.parametrize(
    ("layer", "id", "shown"),
    [
        ("entities", "e1", '"Ann Lee", PERSON, Q42'),
        ("mentions", "m6", '"Kyiv" 82..86, "Kyiv" (e2), NAM'),
        ("relations", "r3", '"Bob" (m4) agree "Ann Lee" (m5), possible'),
        ("stances", "s2", '"peace is near" 35..48, t2, neutral, narration, unconditional'),
    ],
)
def test_what_is_new_and_what_is_gone(layer: str, id: str, shown: str) -> None:
    fewer = copy.deepcopy(BASE)
    del fewer[layer][id]
    assert lines(fewer, BASE) == [f"{id} added: {shown}"]
    assert lines(BASE, fewer) == [f"{id} removed: {shown}"]


def test_an_attribution_that_is_new() -> None:
    fewer = copy.deepcopy(BASE)
    del fewer["attributions"]["a1"]
    [line] = lines(fewer, BASE)
    assert line.startswith('a1 added: "told" ')
    assert '"Ann Lee" (m1)' in line
    assert '"that peace is near"' in line


def test_a_long_text_is_clipped() -> None:
    [line] = after("mentions", "m1", start=0, end=900, text="long " * 180)
    assert len(line) < 300
    assert "..." in line


ODD = ("\x1b[31m", "\x07", "\u202e", "\n", "\r", "\x00", "\x9b", "\u2028", "\ud800", "\x7f")
TEXTS = [
    (layer, column.name)
    for layer in ANNOTATED
    for column in LAYERS[layer].columns
    if column.kind == "string" and column.name != "doc_id"
]


@pytest.mark.parametrize(("layer", "name"), TEXTS)
def test_every_line_can_be_printed(layer: str, name: str) -> None:
    """Whatever stands in a record, its id too: a base can come from anywhere."""
    for odd in ODD:
        bent, moved = copy.deepcopy(BASE), copy.deepcopy(BASE)
        bent[layer], moved[layer] = {}, {}
        for record in BASE[layer].values():
            new = record | {name: f"a{odd}b"}
            id = new[LAYERS[layer].id_column]
            bent[layer][id] = new
            moved[layer][id] = new | (
                {"start": 1, "end": 2} if LAYERS[layer].spans else {"modality": "x", "value": "x"}
            )
        for before, now in ((BASE, bent), (bent, BASE), (bent, moved), (no_records(), bent), (bent, no_records())):
            said = lines(before, now)
            assert said
            assert all(line.isprintable() for line in said), said


def test_every_content_can_be_printed() -> None:
    [line] = after("attributions", "a1", content=[{"start": 0, "end": 3, "text": "\x1b[2J"}])
    assert line.isprintable()
    assert r"\x1b[2J" in line
