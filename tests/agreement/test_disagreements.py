"""Every disagreement, once, in words that a person can follow."""

from __future__ import annotations

from hypothesis import given, settings
from variations import changed, edited, emptied, facts, layers_of, renamed, taken_towards_b, two_annotations

from conftest import DOC, examples
from stancebank.agreement.annotation_alignment import align
from stancebank.agreement.disagreements import differences, disagreements
from stancebank.corpus.part import Part
from stancebank.schema.layers import ANNOTATED, LAYERS

law = settings(max_examples=examples(25))


def whats(a: Part, b: Part) -> list[str]:
    return [d.what for d in disagreements(a, b)]


def test_there_are_none_with_itself_under_any_ids(gold: Part) -> None:
    assert whats(gold, gold) == []
    assert whats(gold, renamed(gold)) == []


def test_a_span_that_differs_says_both(gold: Part) -> None:
    (found,) = disagreements(gold, edited(gold, "mentions", 2, start=22, text=" Keir Starmer"))
    assert (found.layer, found.kind, found.doc_id, found.a_id, found.b_id) == ("mentions", "differs", DOC, "m3", "m3")
    assert (found.fields, found.start, found.end) == (("start", "end", "text"), 23, 35)
    assert found.what == (
        'span differs: "Keir Starmer" 23..35 in A, " Keir Starmer" 22..35 in B: '
        'mention m3 "Keir Starmer" 23..35 of Keir Starmer NAM'
    )


def test_another_modality_is_one_disagreement_and_another_type_two(gold: Part) -> None:
    assert whats(gold, edited(gold, "relations", 0, modality="possible")) == [
        'modality differs: asserted in A, possible in B: relation r1 leads "British Prime Minister" (Keir Starmer) '
        '"British" (Britain) asserted'
    ]
    assert [(d.kind, d.start) for d in disagreements(gold, edited(gold, "relations", 0, type="represents"))] == [
        ("only in A", 0),
        ("only in B", 0),
    ]


def test_another_mention_of_the_same_entity_is_told_too(gold: Part) -> None:
    mentions = gold["mentions"].rows_by_key("entity_id", named=True)
    holder = gold["stances"]["holder"][0]
    entity = next(e for e, rows in mentions.items() if any(m["mention_id"] == holder for m in rows))
    other = next(m["mention_id"] for m in mentions[entity] if m["mention_id"] != holder)
    (found,) = disagreements(gold, edited(gold, "stances", 0, holder=other))
    assert found.fields == ("holder",)


def test_a_stance_without_holder_is_the_writers(gold: Part) -> None:
    found = whats(gold, edited(gold, "stances", 0, holder=None))
    assert [what.split(":")[0] for what in found] == ["only in A", "only in B"]
    assert "of the writer deploy-peacekeepers favor" in found[1]


def test_what_an_empty_annotation_lacks_is_everything(gold: Part) -> None:
    for a, b, kind in ((gold, emptied(gold), "only in A"), (emptied(gold), gold, "only in B")):
        found = list(disagreements(a, b))
        assert {d.kind for d in found} == {kind}
        assert {layer: sum(d.layer == layer for d in found) for layer in ANNOTATED} == {
            layer: len(gold[layer]) for layer in ANNOTATED
        }


def test_layers_are_told_alone_where_asked(gold: Part) -> None:
    assert {d.layer for d in disagreements(gold, emptied(gold), ["stances"])} == {"stances"}


def test_an_entity_without_mentions_has_no_place(gold: Part) -> None:
    extra = {
        "doc_id": DOC,
        "entity_id": "e999",
        "type": "GPE",
        "name": "No\x1bwhere",
        "wikidata": None,
        "value": None,
        "actor": None,
    }
    (found,) = disagreements(gold, changed(gold, "entities", lambda rows: rows.append(extra)))
    assert (found.what, found.start, found.end) == ('only in B: entity e999 GPE "No\\x1bwhere"', None, None)


@law
@given(two_annotations())
def test_deciding_all_for_b_turns_a_into_b(annotations: tuple[Part, Part]) -> None:
    """With what one of the two leaves undecided, which is no disagreement."""
    a, b = annotations
    found = align(a, b)
    names = {
        layer: {key: f"new-{key[1]}" for key in found.b.records[layer]} | {y: x[1] for x, y in found.of(layer).items()}
        for layer in ANNOTATED
    }
    decided = taken_towards_b(a, [each for layer in ANNOTATED for each in differences(found, layer)], names)
    assert facts(decided, {layer: {} for layer in ANNOTATED}) == facts(layers_of(b), names)


@law
@given(two_annotations())
def test_an_undecided_label_is_no_disagreement(annotations: tuple[Part, Part]) -> None:
    for each in disagreements(*annotations):
        if each.kind == "differs" and LAYERS[each.layer][each.fields[0]].decided:
            assert each.a is not None
            assert each.b is not None
            assert None not in (each.a[each.fields[0]], each.b[each.fields[0]])


@law
@given(two_annotations())
def test_what_one_side_says_alone_the_other_lacks_when_they_change_places(annotations: tuple[Part, Part]) -> None:
    a, b = annotations
    other = {"only in A": "only in B", "only in B": "only in A", "differs": "differs"}
    one = [(d.layer, d.doc_id, d.kind, d.a_id, d.b_id, d.fields) for d in disagreements(a, b)]
    turned = [(d.layer, d.doc_id, other[d.kind], d.b_id, d.a_id, d.fields) for d in disagreements(b, a)]
    assert sorted(one, key=str) == sorted(turned, key=str)


@law
@given(two_annotations())
def test_every_disagreement_is_one_line_with_a_place_in_its_text(annotations: tuple[Part, Part]) -> None:
    texts = dict(annotations[0]["documents"].select("doc_id", "text").iter_rows())
    for d in disagreements(*annotations):
        assert d.what.isprintable()
        assert d.start is not None
        assert d.end is not None
        assert 0 <= d.start < d.end <= len(texts[d.doc_id])
        assert set(d.fields) <= set(LAYERS[d.layer].names)
