"""Lines that are no sentences: what each line is, and that only certain forms count."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancebank.text.line_kinds import lines_by_kind
from stancebank.text.paragraphs import paragraphs
from stancebank.text.sentences import sentences

BODY = "The talks began on Monday. They went on.\n\nNobody expected an end."


def kinds(text: str, language: str = "en") -> list[tuple[str, str]]:
    """Each sentence with its kind."""
    return [(each.kind, text[each.start : each.end]) for each in sentences(text, language)]


def of(kind: str, text: str, language: str = "en") -> list[str]:
    return [words for each, words in kinds(text, language) if each == kind]


@pytest.mark.parametrize(
    ("language", "heading", "byline", "dateline"),
    [
        ("en", "Grain tax rises", "By Mara Vell", "STRELSAU, March 4"),
        ("en", "\u2018Do more, better\u2019", "By J.D. Cole and Ann de la Cruz", "NEW STRELSAU, March 4 (Reuters) -"),
        ("en", "Grain tax rises in 2025", "BY MARA VELL", "Strelsau, March 4, 2025"),
        ("de", "Getreidesteuer steigt", "Von Mara Vell und Otto von Berg", "Strelsau, 4. M\u00e4rz 2025"),
        ("fr", "La taxe monte", "Par Mara Vell", "STRELSAU, 4 mars"),
        (
            "uk",
            "\u041f\u043e\u0434\u0430\u0442\u043e\u043a",
            "\u0410\u0432\u0442\u043e\u0440: \u041c\u0430\u0440\u0430 \u0412\u0435\u043b\u043b",
            "\u041a\u0418\u0407\u0412, 4 \u0431\u0435\u0440\u0435\u0437\u043d\u044f",
        ),
        (
            "ar",
            "\u0627\u0644\u0636\u0631\u0627\u0626\u0628 \u062a\u0631\u062a\u0641\u0639",
            "\u0628\u0642\u0644\u0645 \u0645\u0627\u0631\u0627 \u0641\u064a\u0644",
            "STRELSAU, 4",
        ),
    ],
)
def test_heading_byline_and_dateline_are_lines_of_their_own(
    language: str, heading: str, byline: str, dateline: str
) -> None:
    for blank in ("\n", "\n\n"):
        found = kinds(f"{heading}{blank}{byline}{blank}{dateline}\n\n{BODY}", language)
        assert found[:3] == [("heading", heading), ("byline", byline), ("dateline", dateline)]
        assert {kind for kind, _ in found[3:]} == {"sentence"}


def test_byline_and_dateline_right_above_the_text_are_told_from_it() -> None:
    assert kinds("By Mara Vell\nSTRELSAU, March 4\nThe talks began. They went on.") == [
        ("byline", "By Mara Vell"),
        ("dateline", "STRELSAU, March 4"),
        ("sentence", "The talks began."),
        ("sentence", "They went on."),
    ]


@pytest.mark.parametrize("mark", ["-", "*", "\u2022", "\u25aa"])
def test_each_item_of_a_list_is_one(mark: str) -> None:
    text = f"The plan:\n{mark} taxes go up\n{mark} rents go down\nThat is all."
    assert of("item", text) == [f"{mark} taxes go up", f"{mark} rents go down"]
    assert of("sentence", text) == ["The plan:", "That is all."]


def test_items_may_have_numbers_several_lines_and_several_sentences() -> None:
    text = "1. Taxes go up. A lot.\n2. Rents go down\n   in the end.\n3. Nothing else."
    assert of("item", text) == ["1. Taxes go up.", "A lot.", "2. Rents go down\n   in the end.", "3. Nothing else."]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        pytest.param("en", "The talks between\nKeir Starmer and others began.\nThey ended.", id="wrapped lines"),
        pytest.param("de", "Er kam am\n3. Mai nach Wien.\n5. Juni: nichts.", id="dates at the start of lines"),
        pytest.param(
            "uk",
            "- \u0422\u0430\u043a, - \u0441\u043a\u0430\u0437\u0430\u0432 \u0432\u0456\u043d.\n- \u041d\u0456.",
            id="a dialogue with dashes",
        ),
        pytest.param("en", "- and nothing else.", id="one dash"),
        pytest.param("en", f"he said, without a capital\n\n{BODY}", id="a small letter in front"),
        pytest.param("en", f"{BODY}\n\nThe last line without a stop", id="the last line"),
        pytest.param("en", "Roses\n\nA poem without stops\n\nAnd another line", id="a text without full stops"),
        pytest.param("en", f"They said that,\n\n{BODY}", id="a comma at the end"),
        pytest.param("en", f"{BODY}\n\nBy noon they had left.\n\n{BODY}", id="a sentence with By"),
        pytest.param("en", f"In STRELSAU, March 4 is a holiday. {BODY}", id="a place and a day in a sentence"),
        pytest.param("en", "", id="nothing"),
    ],
)
def test_what_leaves_a_doubt_is_a_sentence(language: str, text: str) -> None:
    assert {kind for kind, _ in kinds(text, language)} <= {"sentence"}


LINES = st.sampled_from(
    [
        "By Mara Vell",
        "STRELSAU, March 4",
        "- a b",
        "* c",
        "1. x",
        "2. y.",
        "Title",
        "It ended.",
        "",
        " ",
        "\U0001f44f",
        "# H",
        "go on,",
    ]
)


@given(st.lists(LINES, max_size=10).map("\n".join), st.sampled_from(["en", "de", "ar", "xx"]))
def test_lines_by_kind_cover_the_paragraphs_in_order(text: str, language: str) -> None:
    found = lines_by_kind(text, language)
    assert all(one.end <= other.start for one, other in pairwise(found))
    covered = set()
    for each, (start, end) in ((each, list(paragraphs(text))[each.paragraph]) for each in found):
        assert start <= each.start < each.end <= end
        covered |= {*range(each.start, each.end)}
    assert not any(text[at].strip() for at in {*range(len(text))} - covered)


@given(st.lists(LINES, max_size=8).map("\n".join))
def test_blank_lines_at_the_ends_change_nothing(text: str) -> None:
    assert kinds(f"\n\n{text}\n\n") == kinds(text)
