"""Baselines: what they learn from and what they say can be checked without them."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import PROJECT

sys.path.insert(0, str(PROJECT / "benchmarks"))

from baselines import examples, gazetteer, macro_f1, measured, most_common, nothing, span_score, spans_of

SPANS = st.lists(st.tuples(st.sampled_from("AB"), st.integers(1, 3), st.integers(0, 2)), max_size=6)


@given(SPANS)
def test_tags_give_back_the_spans_that_they_were_made_of(drawn: list[tuple[str, int, int]]) -> None:
    tags, spans = [], []
    for kind, length, gap in drawn:
        spans.append((kind, len(tags), len(tags) + length))
        tags += [f"B-{kind}", *([f"I-{kind}"] * (length - 1)), *(["O"] * gap)]
    assert [*spans_of(tags)] == spans
    score = span_score([tags], [tags])
    assert score.f1 == (1.0 if spans else None)


def test_a_word_that_was_seen_is_found_again_with_its_longest_neighbours() -> None:
    seen = [{"tokens": ["Ida", "Brandt", "met", "Ida"]}]
    tags = [["B-PERSON", "I-PERSON", "O", "B-PERSON"]]
    rows = [{"tokens": ["Ida", "and", "Ida", "Brandt"]}, {"tokens": []}]
    assert gazetteer(seen, tags, rows) == [["B-PERSON", "O", "B-PERSON", "I-PERSON"], []]
    assert nothing(seen, tags, rows) == [["O"] * 4, []]


def test_the_most_common_label_has_the_share_that_it_has_and_no_more() -> None:
    rows = [{"label": label} for label in ("none", "none", "favor")]
    found = most_common(rows, rows, {})
    assert found == ["none"] * 3
    assert macro_f1(["none", "none", "favor"], found) == pytest.approx((0.8 + 0) / 2)


def test_the_splits_of_the_examples_share_no_document() -> None:
    split = examples()
    for view in split.test:
        ids = [{row["doc_id"] for row in rows[view]} for rows in (split.train, split.test)]
        assert all(ids)
        assert not ids[0] & ids[1]


@pytest.mark.deep("packages")
def test_every_model_is_measured() -> None:
    assert len([*measured(examples())]) == 8
