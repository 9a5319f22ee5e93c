"""Sketches of texts: they tell how alike two texts are, and nothing but letters and digits counts."""

from __future__ import annotations

import random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancebank.text.resemblance import RUN, SIZE, resemblance, sketches

SOME = ("Kyiv", "talks", "said", "Ångström", "שלום", "漢字", "e\u0301te\u0301", "2025", "the", "a")
WORDS = st.lists(st.sampled_from(SOME), max_size=60)


def alike(one: str, other: str) -> float:
    """How alike two texts are by their sketches."""
    return resemblance(*sketches(pl.Series([one, other], dtype=pl.String)).to_dicts())


def exactly_alike(one: str, other: str) -> float:
    """The same from all runs of both texts."""
    runs = [{text[at : at + RUN] for at in range(len(text) - RUN + 1)} for text in (one, other)]
    return len(runs[0] & runs[1]) / max(len(runs[0] | runs[1]), 1)


def letters(seed: int, length: int) -> str:
    return "".join(random.Random(seed).choices("abcdefghij", k=length))


@given(st.lists(WORDS, max_size=5))
def test_a_sketch_follows_from_its_text_alone(texts: list[list[str]]) -> None:
    series = pl.Series([" ".join(words) for words in texts], dtype=pl.String)
    together = sketches(series)
    assert together.height == len(texts)
    for row in range(len(texts)):
        assert sketches(series[row : row + 1]).equals(together[row : row + 1])


@given(WORDS)
def test_case_blanks_and_punctuation_do_not_count(words: list[str]) -> None:
    plain, dressed = " ".join(words), "\n\n“" + ",\t".join(words).upper() + "!”\n"
    assert sketches(pl.Series([plain]))["hashes"].to_list() == sketches(pl.Series([dressed]))["hashes"].to_list()


@given(st.integers(0, 99), st.integers(RUN, SIZE), st.integers(RUN, SIZE), st.integers(0, SIZE))
def test_short_texts_are_compared_exactly(seed: int, one: int, other: int, shift: int) -> None:
    text = letters(seed, 3 * SIZE)
    first, second = text[:one], text[shift : shift + other]
    assert alike(first, second) == exactly_alike(first, second)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.9, 1.0])
@pytest.mark.parametrize("length", [500, 5_000])
def test_long_texts_are_compared_nearly(length: int, share: float) -> None:
    off = []
    for seed in range(20):
        same = letters(seed, int(length * share))
        one, other = same + letters(seed + 100, length - len(same)), same + letters(seed + 200, 2 * length - len(same))
        off.append(alike(one, other) - exactly_alike(one, other))
    assert max(map(abs, off)) < 0.25
    assert abs(sum(off) / len(off)) < 0.04, "it leans to one side"


@pytest.mark.parametrize("text", ["", "a", " ", "?!", "a" * (RUN - 1)])
def test_what_is_shorter_than_a_run_is_like_nothing(text: str) -> None:
    assert sketches(pl.Series([text]))["hashes"].to_list() == [[]]
    assert alike(text, text) == 0


def test_a_sketch_keeps_about_as_many_runs_whatever_the_length() -> None:
    sizes = sketches(pl.Series([letters(n, n * 1_000) for n in range(1, 30)]))["hashes"].list.len()
    assert SIZE / 2 < sizes.min() <= sizes.max() < SIZE * 2


def test_a_sketch_is_the_same_on_every_machine() -> None:
    assert sketches(pl.Series(["Nothing happened in Kyiv."]))["hashes"][0].head(3).to_list() == [
        756176513,
        1059834727,
        1233508341,
    ]
