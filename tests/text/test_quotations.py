"""Quotations in a text: which marks pair, and where a quotation ends."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancebank.text.quotations import quotations, quoted_share


def quoted(text: str) -> list[str]:
    """What the quotations of a text read, their marks included."""
    return [text[start:end] for start, end in quotations(text)]


@pytest.mark.parametrize(
    "quotation",
    [
        pytest.param('"We are ready."', id="straight"),
        pytest.param("\u201cWe are ready.\u201d", id="English"),
        pytest.param("\u201eWir sind bereit.\u201c", id="German"),
        pytest.param("\u201eJeste\u015bmy gotowi.\u201d", id="Polish"),
        pytest.param("\u201dVi \u00e4r redo.\u201d", id="Swedish"),
        pytest.param("\u00ab\u00a0Nous sommes pr\u00eats.\u00a0\u00bb", id="French"),
        pytest.param("\u00bbWir sind bereit.\u00ab", id="guillemets inwards"),
        pytest.param("\u300c\u6e96\u5099\u306f\u3067\u304d\u3066\u3044\u308b\u300d", id="corner brackets"),
        pytest.param("\u300e\u6e96\u5099\u306f\u3067\u304d\u3066\u3044\u308b\u300f", id="white corner brackets"),
        pytest.param("\"He called it 'a pause' and left.\"", id="with another inside"),
        pytest.param("\u201cHe called it \u2018a pause\u2019 and didn\u2019t stay.\u201d", id="with curly ones inside"),
        pytest.param("\u2018We are ready.\u2019", id="British"),
        pytest.param("\u2018It\u2019s the leaders\u2019 row, don\u2019t go.\u2019", id="British with apostrophes"),
        pytest.param("\u2018two years\u2019", id="British behind an s"),
        pytest.param("\u201aWir sind bereit.\u2018", id="German single"),
        pytest.param("\u201aGeht\u2019s?\u2018", id="German single with an apostrophe"),
        pytest.param("\u2039Nous sommes pr\u00eats.\u203a", id="single guillemets"),
        pytest.param("\u203aWir sind bereit.\u2039", id="single guillemets inwards"),
        pytest.param("\u2018He said \u201cnever\u201d twice.\u2019", id="single with double ones inside"),
        pytest.param('""', id="empty"),
    ],
)
def test_a_quotation_runs_from_mark_to_mark(quotation: str) -> None:
    assert quoted(f"He said {quotation} and {quotation}") == [quotation, quotation]
    assert quoted(quotation) == [quotation]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("They are ready.", id="no marks"),
        pytest.param("It's the leaders' meeting, don\u2019t you know.", id="apostrophes"),
        pytest.param(
            "The \u201990s: rock \u2019n\u2019 roll, \u2019tis the boys\u2019 and girls\u2019 day.",
            id="apostrophes in front",
        ),
        pytest.param("Hawai\u2018i and Sana\u2018a", id="letters that look like marks"),
        pytest.param("\u2018We are ready.\n\nHe left.", id="a single mark that is never closed"),
        pytest.param("'Do more, better'", id="straight single marks"),
        pytest.param("It lasted 5\u2032 30\u2033.", id="primes"),
        pytest.param("a <b> & <<c>>", id="angle brackets"),
    ],
)
def test_a_text_without_quotation_marks_has_none(text: str) -> None:
    assert quotations(text) == []


def test_a_quotation_of_several_paragraphs_opens_each_and_closes_the_last() -> None:
    text = 'He said: "We are ready.\n\n"We will come.\n\n"Soon." Nobody answered.'
    assert quoted(text) == ['"We are ready.', '"We will come.', '"Soon."']


def test_a_quotation_in_single_marks_opens_each_paragraph_too() -> None:
    text = "He said: \u2018We are ready.\u2019\n\n\u2018We will come.\n\n\u2018Soon.\u2019"
    assert quoted(text) == ["\u2018We are ready.\u2019", "\u2018We will come.", "\u2018Soon.\u2019"]


def test_a_quotation_ends_before_a_later_apostrophe_behind_an_s() -> None:
    assert quoted("\u2018Not now,\u2019 said the ministers\u2019 aide.") == ["\u2018Not now,\u2019"]
    assert quoted("\u2018for two years\u2019 he said of the leaders\u2019 row") == ["\u2018for two years\u2019"]


def test_a_quotation_left_open_does_not_reach_the_next_paragraph() -> None:
    assert quoted('"We are ready.\n\nNobody answered, "as ever".') == ['"We are ready.', '"as ever"']


def test_one_kind_of_marks_may_stand_inside_another() -> None:
    assert quoted('\u00abHe said "never" twice\u00bb and "left \u00aball\u00bb behind"') == [
        '\u00abHe said "never" twice\u00bb',
        '"left \u00aball\u00bb behind"',
    ]


def test_offsets_count_code_points() -> None:
    assert quotations('\U0001f600e\u0301 "\U0001d518n"') == [(4, 8)]


@given(
    st.text(st.sampled_from('as \n"\u201c\u201d\u201e\u00ab\u00bb\u300c\u300d\u2018\u2019\u201a\u2039'), max_size=30)
)
def test_quotations_stand_in_order_apart_inside_one_line_and_open_with_a_mark(text: str) -> None:
    spans = quotations(text)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(before <= start for (_, before), (start, _) in pairwise(spans))
    assert all(
        "\n" not in piece and piece[0] in '"\u201c\u201d\u201e\u00ab\u00bb\u300c\u2018\u201a\u2039'
        for piece in quoted(text)
    )


@given(st.text(st.sampled_from('ab \n"'), max_size=30))
def test_straight_marks_pair_line_by_line(text: str) -> None:
    """A line with n marks has one quotation for each mark in an odd place."""
    expected = []
    for line in text.split("\n"):
        pieces = line.split('"')
        expected += [f'"{piece}"' for piece in pieces[1:-1:2]]
        expected += [f'"{pieces[-1]}'] if len(pieces) % 2 == 0 else []
    assert quoted(text) == expected


SINGLE = st.text(st.sampled_from("as ,.\n\u2018\u2019"), max_size=30)


@given(SINGLE)
def test_an_apostrophe_between_letters_neither_opens_nor_closes(text: str) -> None:
    for start, end in quotations(text):
        assert not text[max(start - 1, 0) : start].isalnum()
        assert text[end - 1] != "\u2019" or not text[end : end + 1].isalnum()


@given(SINGLE)
def test_apostrophes_in_words_change_no_quotation(text: str) -> None:
    """Each letter becomes a word with an apostrophe: the same quotations, up to the length of the words."""
    longer = text.replace("a", "a\u2019a")
    assert [piece.replace("a\u2019a", "a") for piece in quoted(longer)] == quoted(text)


@given(st.text(st.sampled_from('as ,\n"\u201c\u201d\u2018\u2019\u2039\u203a'), max_size=30))
def test_a_share_is_that_of_the_words_outside_quotations(text: str) -> None:
    outside = text
    for start, end in reversed(quotations(text)):
        outside = outside[:start] + outside[end:]
    share = quoted_share(text)
    assert (share == "all") <= (not any(each.isalpha() for each in outside))
    assert (share == "some") <= any(each.isalpha() for each in outside)
    assert (share == "none") <= (quotations(text) == [])
