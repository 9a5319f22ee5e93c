"""The sentences of a text: where they end, and where not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancebank.text.paragraphs import paragraphs
from stancebank.text.sentences import sentences

PIECES = (
    "We agree",
    "Ms.",
    "Sen.",
    "R-S.C.",
    "U.S.",
    "said",
    "A.F.L.-C.I.O.",
    ". ",
    "! ",
    "\n\n",
    " ",
    ", ",
    "3.5",
    "J.D.",
)
MARKS = ("\u201c", "\u201d", '"', "\u201e", "\u00ab", "\u00bb", "\u2018", "\u2019", "(", ")")


def split(text: str, language: str = "en") -> list[str]:
    return [text[each.start : each.end] for each in sentences(text, language)]


@pytest.mark.parametrize(
    "sentence",
    [
        "According to Ms. Acosta, Mrs. Clinton left.",
        "He's a wild card,\" Ms. Epstein said.",
        "It was then-Sen. Barack Obama and ex-Gov. Bush.",
        "Sens. Manchin and Donnelly met Govs. Pence and Haley.",
        "Lt. Gen. Michael Flynn met Sgt. Bowe Bergdahl.",
        "Richard L. Trumka leads the A.F.L.-C.I.O. and speaks.",
        "Sen. Lindsey Graham, R-S.C., and Rep. Chris Collins, R-N.Y., agree.",
        "Sen. Kelly Ayotte, R-N.H., refunded it.",
        "By J.D. Cole in Ft. Worth.",
        "It was J.D. Cole who spoke.",
        "He met J. D. Cole and P.J. Harvey.",
    ],
)
def test_a_title_or_an_abbreviation_ends_no_english_sentence(sentence: str) -> None:
    assert split(sentence) == [sentence]
    assert split(f"They met. {sentence} They left.") == ["They met.", sentence, "They left."]


@pytest.mark.parametrize(("first", "last"), ["\u201c\u201d", '""', "\u201e\u201c", "\u00ab\u00bb", "\u00bb\u00ab"])
def test_two_sentences_of_a_quotation_are_two(first: str, last: str) -> None:
    text = f"{first}We agree. We will go,{last} she said. They left."
    assert split(text) == [f"{first}We agree.", f"We will go,{last} she said.", "They left."]
    whole = f"{first}We agree. We will go.{last} They left."
    assert split(whole) == [f"{first}We agree.", f"We will go.{last}", "They left."]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("de", "Er kam z.B. am 3. Mai. Dann ging er.", ["Er kam z.B. am 3. Mai.", "Dann ging er."]),
        ("de", "\u201eWir gehen. Wir bleiben\u201c, sagte er.", ["\u201eWir gehen.", "Wir bleiben\u201c, sagte er."]),
        (
            "uk",
            "\u0426\u0435 \u0442\u0430\u043a. \u0406 \u043d\u0456.",
            ["\u0426\u0435 \u0442\u0430\u043a.", "\u0406 \u043d\u0456."],
        ),
    ],
)
def test_other_languages_have_their_own_abbreviations(language: str, text: str, expected: list[str]) -> None:
    assert split(text, language) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He lives in the U.S. The talks began.", ["He lives in the U.S.", "The talks began."]),
        ("He saw P.J. The end.", ["He saw P.J.", "The end."]),
        ("Great day.\n\U0001f44f\U0001f3fd", ["Great day.\n\U0001f44f\U0001f3fd"]),
        ("Great day.\n\U0001f44f\nThey left.", ["Great day.", "\U0001f44f\nThey left."]),
        (
            "One evening.\u2028\u201cFellow citizens,\u201d he said.",
            ["One evening.", "\u201cFellow citizens,\u201d he said."],
        ),
        ("\u00abYes!\u00bb \u2014 he said. They left.", ["\u00abYes!\u00bb \u2014 he said.", "They left."]),
        ("\u2018We agree. We go,\u2019 she said.", ["\u2018We agree.", "We go,\u2019 she said."]),
    ],
)
def test_what_has_no_sentence_of_its_own_stays_with_another(text: str, expected: list[str]) -> None:
    assert split(text) == expected


def test_a_speech_tag_behind_a_dash_is_no_sentence() -> None:
    text = "\u00ab\u0422\u0430\u043a!\u00bb \u2014 \u043d\u0430\u043f\u0438\u0441\u0430\u0432 \u0432\u0456\u043d."
    assert split(text, "uk") == [text]


@given(st.lists(st.sampled_from([*PIECES, *MARKS])).map("".join), st.sampled_from(["en", "en-GB", "de", "ar"]))
def test_sentences_cover_each_paragraph_but_its_blanks(text: str, language: str) -> None:
    found = sentences(text, language)
    bounds = list(paragraphs(text))
    assert [each.start for each in found] == sorted({each.start for each in found})
    for number, (start, end) in enumerate(bounds):
        own = [each for each in found if each.paragraph == number]
        assert all(start <= each.start < each.end <= end for each in own)
        covered = "".join(text[each.start : each.end] for each in own)
        assert "".join(covered.split()) == "".join(text[start:end].split())
