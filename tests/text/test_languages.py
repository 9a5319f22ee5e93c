"""Languages: standard tags, and which language a text is in."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancebank.schema.layers import LANGUAGE
from stancebank.text.languages import Detected, detected_language, standard_tag

MINISTERS_UK = "\u041c\u0456\u043d\u0456\u0441\u0442\u0440\u0438"
MET_UK = "\u0437\u0443\u0441\u0442\u0440\u0456\u043b\u0438\u0441\u044f"
MET_AR = "\u0627\u0644\u062a\u0642\u0649"
MINISTERS_AR = "\u0627\u0644\u0648\u0632\u0631\u0627\u0621 \u0641\u064a \u0627\u0644\u0639\u0627\u0635\u0645\u0629"


@pytest.mark.parametrize(
    ("tag", "standard"),
    [("deu", "de"), ("ger", "de"), ("EN", "en"), ("eng-us", "en-US"), ("pt-BR", "pt-BR"), ("xx", "xx"), ("x", "x")],
)
def test_a_tag_has_one_standard_form(tag: str, standard: str) -> None:
    assert standard_tag(tag) == standard


@given(st.from_regex(f"\\A(?:{LANGUAGE})\\Z"))
def test_a_standard_form_is_a_tag_and_its_own_standard_form(tag: str) -> None:
    standard = standard_tag(tag)
    assert re.fullmatch(LANGUAGE, standard)
    assert standard_tag(standard) == standard


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The ministers met on Monday and spoke about the tax on grain."),
        ("de", "Die Minister trafen sich am Montag in Strelsau."),
        ("fr", "Les ministres se sont rencontr\u00e9s lundi."),
        ("uk", f"{MINISTERS_UK} {MET_UK}."),
        ("ar", f"{MET_AR} {MINISTERS_AR}"),
    ],
)
def test_a_sentence_is_enough_to_tell_its_language(language: str, text: str) -> None:
    detected = detected_language(text)
    assert (detected.language, detected.likely) == (language, True)
    assert not detected.contradicts(language)


@pytest.mark.parametrize("text", ["", "Kyiv", "A. B. C.", "12 %", "\U0001f600"])
def test_too_few_words_tell_none(text: str) -> None:
    detected = detected_language(text)
    assert not detected.likely
    assert not detected.contradicts("tlh")


def test_only_what_is_certain_contradicts() -> None:
    assert Detected("de", 0.99).contradicts("en")
    assert not Detected("de", 0.99).contradicts("de-AT")
    assert not Detected("de", 0.8).contradicts("en")
    assert not Detected("no", 0.99).contradicts("nb")
