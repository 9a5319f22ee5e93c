"""What is plainly no text: it is refused with the reason, and texts of every kind are not."""

from __future__ import annotations

import inspect
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import PROJECT
from stancebank.text import foreign_content
from stancebank.text.foreign_content import why_no_article, why_no_text

ARTICLE = (PROJECT / "tests/invalid/sound/seeds/river-tolls.txt").read_text("utf-8")
PROGRAM = inspect.getsource(foreign_content)
JAVASCRIPT = "const a = 1;\nfunction f(x) {\n  return x + a;\n}\n// done\nmodule.exports = { f };\n"
TAGS = "<p>The talks</p>\n<p class='x'>went on</p>\n<a href='https://example.org/long/address'>here</a>\n"


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"%PDF-1.7 \xff", "a PDF file"),
        (b"PK\x03\x04\x14", "a packed file"),
        (b"\x89PNG\r\n", "a picture"),
        (b"{\\rtf1 a}", "an RTF document"),
        ("\ufeffA.".encode("utf-16-le"), "in UTF-16"),
    ],
)
def test_files_of_other_programs_are_told_by_their_first_bytes(data: bytes, what: str) -> None:
    assert what in str(why_no_text(data))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        pytest.param("<!DOCTYPE html>\n<html><body>A.</body></html>", "HTML or XML", id="HTML"),
        pytest.param('<?xml version="1.0"?><a/>', "HTML or XML", id="XML"),
        pytest.param(TAGS, "of it is markup", id="mostly tags"),
        pytest.param('{"a": ["b"]}', "JSON", id="JSON"),
        pytest.param('{"a": 1}\n{"a": 2}\n', "JSON", id="JSON Lines"),
        pytest.param("\\documentclass{article}\nA.", "LaTeX", id="LaTeX"),
        pytest.param(PROGRAM, "lines are code", id="Python"),
        pytest.param(JAVASCRIPT, "lines are code", id="JavaScript"),
        pytest.param("12.5 | 7 % | 3,000\n" * 30, "characters are letters", id="numbers"),
        pytest.param("word " * 1_000_001, "5,000,005 characters", id="too long"),
    ],
)
def test_what_is_plainly_no_article_is_refused_with_the_reason(text: str, what: str) -> None:
    assert what in str(why_no_article(text, "mk.py" if text is PROGRAM else ""))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(ARTICLE, id="an article"),
        pytest.param("Yes!", id="a word"),
        pytest.param("12 %", id="a number"),
        pytest.param("{Applause}", id="braces"),
        pytest.param("He wrote <b>no</b> and left. " * 5, id="a few tags"),
        pytest.param("(a) the toll shall rise;\n(b) the rent shall fall;\n" * 5, id="a treaty"),
        pytest.param("@minister said no\n@press asked again\n@minister left\n" * 3, id="a thread"),
        pytest.param("- taxes go up\n- rents go down\n" * 5, id="a list"),
        pytest.param("Use print(x) to see it.\nIt prints x = 1.\nThen leave.\nAnd so on.\nThe end.", id="some code"),
        pytest.param("\u092e\u0902\u0924\u094d\u0930\u0940 \u0928\u0947 \u0915\u0939\u093e\u0964 " * 30, id="Hindi"),
        pytest.param("\u5927\u81e3\u306f\u8a00\u3063\u305f\u3002" * 60, id="Japanese"),
        pytest.param("\u0627\u0644\u062a\u0642\u0649 \u0627\u0644\u060c 2025. " * 30, id="Arabic"),
    ],
)
def test_a_text_is_none_of_these(text: str) -> None:
    assert (why_no_text(text.encode()), why_no_article(text)) == (None, None)


@given(
    st.recursive(st.none() | st.integers() | st.text(), lambda each: st.lists(each) | st.dictionaries(st.text(), each))
)
def test_json_objects_and_lists_are_refused(value: object) -> None:
    text = json.dumps(value)
    if isinstance(value, dict | list) and len(text) >= 5:
        assert why_no_article(text) is not None


@given(st.lists(st.text(st.characters(categories=["Ll", "Lu"]), min_size=1), min_size=1, max_size=30))
def test_words_are_a_text(words: list[str]) -> None:
    assert why_no_article(" ".join(words) + ".") is None
