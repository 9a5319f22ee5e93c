"""Known words are found as whole words, the longest first, and never twice."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from stancebank.text.graphemes import cuts_word, inside_characters
from stancebank.text.known_words import KnownWords

PIECES = st.text(st.sampled_from("ab .é\u0301汉"), max_size=12)


@example("a.", {".", ".a"})  # longer than what is left of the text
@given(PIECES, st.sets(st.text(st.sampled_from("ab .é\u0301汉"), max_size=4), max_size=5))
def test_places_are_whole_words_the_longest_that_fit(text: str, words: set[str]) -> None:
    inside = inside_characters(text)

    def fits(start: int, end: int) -> bool:
        cuts = any(at in inside or cuts_word(text, at) for at in (start, end))
        return end > start and text[start:end] in words and not cuts

    expected, at = [], 0
    while at < len(text):
        end = next((end for end in range(len(text), at, -1) if fits(at, end)), None)
        if end is not None:
            expected.append((at, end))
        at = at + 1 if end is None else end
    assert [*KnownWords(words).places(text)] == expected


def test_what_is_not_allowed_leaves_room_for_something_shorter() -> None:
    words = KnownWords(["New Ardelvia", "New", ""])
    assert [*words.places("New Ardelvia")] == [(0, 12)]
    assert [*words.places("New Ardelvia", lambda each: each == "New")] == [(0, 3)]
    assert [*words.places("Newest, anew")] == []
