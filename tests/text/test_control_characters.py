"""Characters that a wrong encoding left in a text: what they were, as far as it can be told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancebank.text.control_characters import forbidden_character, misread_characters

MISREAD = [chr(code) for code in range(0x80, 0xA0) if code != 0x85]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("It\x92s", 'U+0092 at 2; the byte 0x92 is "\u2019" in Windows-1252', id="Windows-1252"),
        pytest.param("a\x81", "U+0081 at 1; the byte 0x81 is no character in Windows-1252", id="no character"),
        pytest.param(
            "It\xe2\x80\x99s \xe2\x80\x99",
            'U+0080 at 3 (and 3 more such characters); the byte 0x80 is "\u20ac" in Windows-1252, '
            'and the bytes 0xe2 0x80 0x99 are "\u2019" in UTF-8',
            id="UTF-8",
        ),
    ],
)
def test_what_the_characters_were_is_told(text: str, told: str) -> None:
    assert misread_characters(text) == f"the text holds the control character {told}"


@given(st.text(st.sampled_from(["a", "\u2019", "\xe9", "\n", "\t", *MISREAD])))
def test_exactly_texts_with_such_characters_are_reported(text: str) -> None:
    assert (misread_characters(text) is not None) == any(each in text for each in MISREAD)
    assert forbidden_character(text) is None


@given(st.text(st.characters(min_codepoint=0x100, max_codepoint=0x2FFF, exclude_categories=["Cs"]), min_size=1))
def test_utf_8_that_was_read_as_latin_1_is_recognised(text: str) -> None:
    misread = text.encode().decode("latin-1")
    told = misread_characters(misread)
    assert told is None or "\x85" in misread or "in UTF-8" in told
