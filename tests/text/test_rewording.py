"""Where spans are in a corrected text: with their words where these were kept, else only where it is certain."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import examples
from stancebank.text.likeness import alike
from stancebank.text.rewording import Place, Rewording
from strategies import WORDS

PIECES = st.sampled_from([*WORDS, "Kyvi", "tlaks", "new", ".", ",", "he"])
BLANKS = st.sampled_from([" ", "  ", "\n", "\n\n"])


@st.composite
def texts(draw: st.DrawFn) -> str:
    words = draw(st.lists(PIECES, max_size=14))
    return "".join(word + draw(BLANKS) for word in words).strip()


@st.composite
def rewordings(draw: st.DrawFn) -> Rewording:
    """A text and another one that shares some of its words."""
    text = draw(texts())
    words = text.split(" ")
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(words)))
        words[at : at + draw(st.integers(0, 2))] = draw(st.lists(PIECES, max_size=2))
    return Rewording(text, " ".join(words))


@settings(max_examples=examples(1000))
@given(rewordings(), st.data())
def test_a_span_that_is_placed_reads_the_same_words_or_a_correction_of_them(rewording, data):
    text, other = rewording.text, rewording.other
    if not text:
        return
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    low, high = rewording.surroundings(start, end)
    assert 0 <= low <= high <= len(other)
    place = rewording.place(start, end)
    if place is None:
        return
    assert 0 <= place.start < place.end <= len(other)
    before, after = text[start:end], other[place.start : place.end]
    assert "".join(before.split()) == "".join(after.split()) if place.kept else alike(before, after)


@settings(max_examples=examples(300))
@given(rewordings())
def test_the_passages_cover_both_texts(rewording):
    end = other_end = 0
    for passage in rewording.passages:
        assert (passage.start, passage.other) == (end, other_end)
        end, other_end = passage.end, passage.other_end
        if passage.kind == "same":
            mine, theirs = rewording.tokens[passage.start : end], rewording.others[passage.other : other_end]
            assert [token.text for token in mine] == [token.text for token in theirs]
    assert (end, other_end) == (len(rewording.tokens), len(rewording.others))


@settings(max_examples=examples(200))
@given(texts(), st.data())
def test_in_the_same_text_everything_stays(text, data):
    if text:
        start = data.draw(st.integers(0, len(text) - 1))
        end = data.draw(st.integers(start + 1, len(text)))
        assert Rewording(text, text).place(start, end) == Place(start, end, kept=True)


@settings(max_examples=examples(300))
@given(st.lists(st.integers(0, 29), max_size=5, unique=True), st.lists(st.integers(0, 29), max_size=5, unique=True))
def test_words_that_no_edit_touched_are_found_exactly(replaced, inserted):
    """The law of unchanged words, for words that each occur once."""
    words = [f"w{number}" for number in range(30)]
    new: list[str] = []
    at: dict[int, int] = {}
    for index, word in enumerate(words):
        if index in inserted:
            new.append(f"put{index}")
        at[index] = len(" ".join([*new, ""]) if new else "")
        new.append(f"other{index}" if index in replaced else word)
    rewording = Rewording(" ".join(words), " ".join(new))
    for index, word in enumerate(words):
        start = len(" ".join([*words[:index], ""])) if index else 0
        place = rewording.place(start, start + len(word))
        if index in replaced:
            assert place is None
        else:
            assert place == Place(at[index], at[index] + len(word), kept=True)


LEAD = "It was said on Monday that "


@pytest.mark.parametrize(
    ("text", "other", "span", "expected"),
    [
        ("the talks in Strelsua began", "the talks in Strelsau began", "Strelsua", "Strelsau"),
        ("the minsters of war left", "the ministers of war left", "the minsters of war", "the ministers of war"),
        ("teh talks in Strelsua", "the talks in Strelsau", "teh talks in Strelsua", "the talks in Strelsau"),
        ("alot of people came", "a lot of people came", "alot of people", "a lot of people"),
        ("the Peoples Republic", "the People's Republic", "Peoples Republic", "People's Republic"),
        ("the former President Vell", "the President Vell", "former President Vell", "President Vell"),
        ("Halász said no", "Hala\u0301sz said no", "said", "said"),
        ("he went to Kyiv on the first of May", "on the first of May, he went to Kyiv", "Kyiv", "Kyiv"),
        ("the king spoke", "the old king spoke", "the king", "the old king"),
        ("on 4 March 2025 they met", "on 5 March 2025 they met", "4 March 2025", None),
        ("Ann Lee spoke", "the minister spoke", "Ann Lee", None),
        ("she left", "he left", "she", None),
        ("they met in Bern today", "they met today", "Bern", None),
        ("some men and women", "some people", "men", None),
    ],
)
def test_what_is_certain_and_what_is_not(text, other, span, expected):
    start = len(LEAD) + text.index(span)
    place = Rewording(LEAD + text, LEAD + other).place(start, start + len(span))
    assert (place and (LEAD + other)[place.start : place.end]) == expected


def test_new_words_are_those_that_correct_none():
    assert Rewording("They met.", "They met in Bern.").has_new_words
    assert not Rewording("They mte in Bern.", "They met, in Bern").has_new_words
    assert Rewording("They met.", "Rain fell all day").share_kept == 0
    assert Rewording("", "new").share_kept == 1


def test_a_sentence_that_is_put_in_or_taken_out_is_a_whole_one():
    """The stop before it, which the diff could as well take for the one at its end, stays with its own sentence."""
    one, two = "Ann Lee spoke on Mondya. They met.", "Ann Lee spoke on Monday. They met. It rained. He left."
    start = one.index("They")
    assert Rewording(one, two).place(start, len(one)) == Place(start, start + len("They met."), kept=True)
    start = two.index("They")
    assert Rewording(two, one).place(start, start + len("They met.")) == Place(start, len(one), kept=True)
    for gone in ("It rained.", "He left."):
        assert Rewording(two, one).place(two.index(gone), two.index(gone) + len(gone)) is None
