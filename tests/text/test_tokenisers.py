"""Tokenising each word once gives the tokens of the whole texts."""

from __future__ import annotations

from functools import cache

import polars as pl
import pytest
import spacy
from hypothesis import example, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from conftest import examples
from stancebank.text import tokenisers
from stancebank.text.tokenisers import TextTokeniser, WordTokeniser
from stancebank.text.tokens import tokens
from strategies import WORDS

LANGUAGES = ("en", "de", "es", "ru", "xx")
BLANKS = [chr(point) for point in range(0x110000) if chr(point).isspace()]
# Parts of special cases, whole ones, and what is cut off before, behind and inside a word.
PIECES = (
    *WORDS,
    *(":", ")", "8", "(", "-", "'", '"', ".", "'s", "o", "O", "_", "<3", ":)", "8)", "(:", "o.O", ":-)", "^_^"),
    *("don't", "can't", "a.m.", "10a.m.", "p.m", "10", "Dr.", "Dr", "and/or", "x-y", "10km", "https://a.org/b?c=d"),
    *("EE.", "UU.", "EE", "\u0442.", "\u0447.", "\u0432", "\u0442.\u0447.", "\u043d.\u0432."),
)
TEXTS = st.lists(st.sampled_from(PIECES) | st.sampled_from([" ", " ", "  ", *BLANKS]), max_size=12).map("".join)


@cache
def by_word(language: str) -> WordTokeniser:
    return WordTokeniser(spacy.blank(language).tokenizer)


@cache
def by_text(language: str) -> TextTokeniser:
    return TextTokeniser(spacy.blank(language).tokenizer)


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=examples(300))
@given(texts=st.lists(TEXTS, max_size=6))
@example(texts=["en EE. UU. hoy", "", "EE. UU.", "EE. \n UU."])
@example(texts=[") :)Kyiv", ": )8", "o. o.O"])
@example(texts=["\u0432 \u0442.\u0447. \u0432", ": )", ":", ")"])
def test_the_tokens_are_those_of_the_whole_texts(language: str, texts: list[str]) -> None:
    series = pl.Series(texts, dtype=pl.String)
    assert_frame_equal(by_word(language)(series), by_text(language)(series))


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_cut_at_each_blank_there_is(language: str) -> None:
    texts = pl.Series([f"a{blank}b {blank}{blank} c{blank}" for blank in BLANKS])
    found = by_word(language)(texts)
    assert_frame_equal(found, by_text(language)(texts))
    assert found["text"].to_list() == ["a", "b", "c"] * len(BLANKS)


def test_a_special_case_with_a_blank_inside_is_one_token() -> None:
    assert "EE. UU." in by_word("es")(pl.Series(["Lo dijo EE. UU. ayer."]))["text"].to_list()


def test_a_language_starts_afresh_when_it_holds_many_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokenisers, "_MANY_WORDS", 3)
    documents = pl.DataFrame({"doc_id": ["a"], "language": ["en"], "text": ["One two three four don't."]})
    sentences = pl.DataFrame({"doc_id": ["a"], "start": [0], "end": [25]})
    first, second = tokens(documents, sentences), tokens(documents, sentences)
    assert first["text"].to_list() == ["One", "two", "three", "four", "do", "n't", "."]
    assert_frame_equal(first, second)


def test_each_sentence_is_tokenised_in_the_language_of_its_document() -> None:
    documents = pl.DataFrame(
        {"doc_id": ["a", "b", "c"], "language": ["en", "es-MX", "EN"], "text": ["EE. UU. don't"] * 3}
    )
    sentences = pl.DataFrame({"doc_id": ["a", "b", "c", "a"], "start": [0, 0, 0, 8], "end": [7, 13, 13, 13]})
    found = tokens(documents, sentences)
    texts = [group["text"].to_list() for group in found.partition_by("row", maintain_order=True)]
    assert texts == [["EE", ".", "UU", "."], ["EE. UU.", "don't"], ["EE", ".", "UU", ".", "do", "n't"], ["do", "n't"]]
    assert found["start"].to_list()[-2:] == [8, 10]
    assert found["sentence"].to_list()[-2:] == [1, 1]


def test_no_sentences_have_no_tokens() -> None:
    documents = pl.DataFrame(
        {"doc_id": [], "language": [], "text": []}, schema=dict.fromkeys(("doc_id", "language", "text"), pl.String)
    )
    sentences = pl.DataFrame(schema={"doc_id": pl.String, "start": pl.Int64, "end": pl.Int64})
    assert tokens(documents, sentences).height == 0
