"""Which records of two annotations are matched, on small texts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from variations import changed, edited, renamed, two_annotations

from conftest import DOC, examples
from stancebank.agreement.annotation_alignment import align
from stancebank.agreement.heaviest_matching import best_pairs, heaviest
from stancebank.agreement.span_overlap import exact, overlapping
from stancebank.corpus.part import Part
from stancebank.faults import StanceBankError
from stancebank.schema.layers import ANNOTATED

law = settings(max_examples=examples(25))


def spans(*ends: tuple[int, int]) -> list[tuple[tuple[str], int, int]]:
    return [(("d",), start, end) for start, end in ends]


def mention(row: int, part: Part) -> tuple[str, str]:
    return DOC, part["mentions"]["mention_id"][row]


def test_the_heaviest_pairs_are_not_always_those_a_greedy_reader_takes() -> None:
    assert heaviest({(0, 0): 3.0, (0, 1): 2.0, (1, 0): 2.0}) == {0: 1, 1: 0}


def test_a_higher_weight_outweighs_all_lower_ones() -> None:
    assert best_pairs({(0, 0): (1, 0), (0, 1): (0, 9), (1, 0): (0, 9)}) == {0: 0}
    assert best_pairs({(0, 0): (1, 0), (0, 1): (1, 9)}) == {0: 1}


def test_between_equals_a_thing_matches_itself() -> None:
    assert best_pairs({(i, j): (1,) for i in range(4) for j in range(4)}) == {i: i for i in range(4)}


def test_one_more_pair_outweighs_things_that_match_themselves() -> None:
    assert best_pairs({(0, 0): (0,), (0, 1): (0,), (2, 0): (0,)}) == {0: 1, 2: 0}
    ones = dict.fromkeys(((0, 1), (1, 1), (1, 2), (2, 2), (2, 3)), (0, 0))
    assert best_pairs(ones) == {0: 1, 1: 2, 2: 3}


@law
@given(st.data())
def test_the_order_of_spans_does_not_count(data: st.DataObject) -> None:
    labels = st.sampled_from(("NAM", "NOM", None))
    several = st.lists(st.tuples(labels, st.integers(0, 6), st.integers(1, 4)), max_size=6)
    a, b = ([(("d", label), at, at + size) for label, at, size in data.draw(several)] for _ in range(2))
    expected = overlapping(a, b)
    assert overlapping(data.draw(st.permutations(a)), data.draw(st.permutations(b))) == expected


def test_spans_match_exactly_first_and_one_to_one() -> None:
    a, b = spans((0, 5), (6, 9)), spans((0, 9), (0, 5))
    assert exact(a, b).recall_hits == 1
    assert overlapping(a, b).recall_hits == 2
    assert overlapping(a, spans((0, 9))).recall_hits == 1
    assert overlapping(spans((0, 5)), spans((5, 9))).recall_hits == 0


def test_a_span_that_stands_twice_counts_twice() -> None:
    assert (exact(spans((0, 5), (0, 5)), spans((0, 5))).recall, exact(spans((0, 5)), spans((0, 5))).recall) == (0.5, 1)


def test_labels_keep_equal_spans_apart() -> None:
    assert overlapping([(("d", "NAM"), 0, 5)], [(("d", "NOM"), 0, 5)]).f1 == 0


def test_texts_that_differ_are_refused(gold: Part) -> None:
    other = replace(gold, frames={**gold.frames, "documents": gold["documents"].clear()})
    with pytest.raises(StanceBankError, match=f"same texts; they differ in the document {DOC}"):
        align(gold, other)
    fewer = replace(gold, frames={**gold.frames, "sentences": gold["sentences"][1:]})
    with pytest.raises(StanceBankError, match="same texts"):
        align(gold, fewer)


def test_entities_match_by_mentions_whatever_they_are_called(gold: Part) -> None:
    found = align(gold, renamed(gold))
    for layer in ANNOTATED:
        assert found.of(layer) == {(d, i): (d, "x" + i[::-1]) for d, i in found.a.records[layer]}


def test_a_mention_whose_span_moved_is_the_same_mention_of_its_entity(gold: Part) -> None:
    found = align(gold, edited(gold, "mentions", 2, start=gold["mentions"]["start"][2] - 1))
    assert mention(2, gold) not in found.same_spans
    assert found.mentions[mention(2, gold)] == mention(2, gold)


def test_an_entity_whose_only_mention_is_cut_differently_is_the_same_entity(gold: Part) -> None:
    counts = gold["mentions"]["entity_id"].to_list()
    row = next(i for i, entity in enumerate(counts) if counts.count(entity) == 1 and gold["mentions"]["start"][i] > 0)
    entity = DOC, counts[row]
    cut = edited(gold, "mentions", row, start=gold["mentions"]["start"][row] - 1)
    assert align(gold, cut).entities[entity] == entity
    retyped = changed(cut, "entities", lambda rows: [r.update(type="?") for r in rows if r["entity_id"] == entity[1]])
    assert entity not in align(gold, retyped).entities


def test_a_mention_of_another_entity_on_the_same_span_is_matched_and_differs(gold: Part) -> None:
    other = gold["entities"]["entity_id"][-1]
    found = align(gold, edited(gold, "mentions", 0, entity_id=other))
    assert found.mentions[mention(0, gold)] == mention(0, gold)
    assert not found.same_entity(DOC, mention(0, gold)[1], mention(0, gold)[1])


def test_the_ends_of_a_symmetric_relation_may_change_places(gold: Part) -> None:
    row = gold["relations"]["type"].to_list().index("allied_with")
    head, tail = gold["relations"]["head"][row], gold["relations"]["tail"][row]
    key = DOC, gold["relations"]["relation_id"][row]
    assert align(gold, edited(gold, "relations", row, head=tail, tail=head)).relations[key] == key
    assert key not in align(gold, edited(gold, "relations", row, type="leads", head=tail, tail=head)).relations


@law
@given(two_annotations())
def test_matching_in_the_other_direction_gives_the_inverse(annotations: tuple[Part, Part]) -> None:
    one, other = align(*annotations), align(*annotations[::-1])
    for layer in ANNOTATED:
        assert {b: a for a, b in one.of(layer).items()} == other.of(layer)


@law
@given(two_annotations())
def test_matched_records_are_of_one_document_and_matched_once(annotations: tuple[Part, Part]) -> None:
    found = align(*annotations)
    for layer in ANNOTATED:
        pairs = found.of(layer)
        assert len(set(pairs.values())) == len(pairs)
        assert all(a[0] == b[0] for a, b in pairs.items())
