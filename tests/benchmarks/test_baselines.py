"""Baselines: what they learn from and what they predict."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import PROJECT
from stancebank.corpus.corpus import read_corpus
from stancebank.scores.seen_words import SeenWords
from stancebank.scores.span_modes import LabelledSpan, tagged_spans

sys.path.insert(0, str(PROJECT / "benchmarks"))

from baselines import SHOWN, _quotes, made_up, measured

SPANS = st.lists(st.tuples(st.sampled_from("AB"), st.integers(1, 3), st.integers(0, 2)), max_size=6)


@given(SPANS, st.booleans())
def test_tags_give_back_the_spans_that_they_were_made_of(drawn: list[tuple[str, int, int]], strict: bool) -> None:
    tags: list[str] = []
    spans = []
    for kind, length, gap in drawn:
        spans.append((len(tags), len(tags) + length, kind))
        tags += [f"B-{kind}", *([f"I-{kind}"] * (length - 1)), *(["O"] * gap)]
    assert tagged_spans(tags, strict=strict) == spans


def test_a_word_that_was_seen_is_found_again_with_its_longest_neighbours() -> None:
    seen = SeenWords()
    for words in (["Ida", "Brandt"], ["Ida"], []):
        seen.add(words, "PERSON")
    tokens = ["Ida", "and", "Ida", "Brandt"]
    assert seen.longest(tokens) == [LabelledSpan(0, 1, "PERSON"), LabelledSpan(2, 4, "PERSON")]
    assert len(seen.everywhere(tokens)) == 3
    assert seen.longest([]) == []


def test_a_cue_takes_the_nearest_source_and_all_content_of_its_sentence() -> None:
    row = {"doc_id": "d", "starts": [0, 4, 9, 14], "ends": [3, 8, 13, 18]}
    (quote,) = _quotes(row, ["B-SOURCE", "B-CUE", "B-CONTENT", "I-CONTENT"])
    assert quote == {
        **{"doc_id": "d", "cue_start": 4, "cue_end": 8, "source_start": 0, "source_end": 3},
        **{"content_starts": [9], "content_ends": [18]},
    }


def test_every_fifth_made_up_document_is_tested(tmp_path: Path) -> None:
    corpus = read_corpus(made_up(tmp_path)).sound()
    numbers = {name: corpus.sound_part(name)["documents"].height for name in corpus.part_names}
    assert [numbers[name] for name in corpus.part_names] == [160, 40]
    assert [corpus.settings.split_of(name) for name in corpus.part_names] == ["train", "test"]


@pytest.mark.deep("packages")
def test_every_model_is_measured() -> None:
    assert len([*measured(PROJECT / "examples")]) == sum(map(len, SHOWN.values()))
