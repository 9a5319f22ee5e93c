"""Quotations find their place: the laws of it, over many scripts."""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from conftest import DOC, PART, PROJECT, examples
from stancebank.corpus.corpus import read_corpus
from stancebank.text.anchoring import AnchorText
from stancebank.text.anchoring_in_order import find_in_order
from stancebank.text.foldings import FOLDINGS, folded_text
from stancebank.text.graphemes import cuts_word, inside_characters
from stancebank.text.quoted_places import LISTED, Ambiguous, NotFound, Placed, Quotation

Span = tuple[int, int]

SCRIPTS = {
    "Latin": ["Kyiv", "said", "the", "he", "U.S.", "Grünen", "cafe\u0301", "naïve", "\u201ctalks\u201d", "three-year"],
    "Cyrillic": ["Київ", "сказав", "він", "й", "п\u2019ять", "и\u0306"],
    "Greek": ["Αθήνα", "είπε", "μας", "ΐ"],
    "Arabic": ["الرئيس", "والرئيس", "قال", "مُحَمَّد"],
    "Hebrew": ["שלום", "הנשיא", "אמר"],
    "Devanagari": ["राष्ट्रपति", "ने", "कहा"],
    "Thai": ["ประธานาธิบดี", "กล่าว", "น้ำ"],
    "Chinese": ["总统", "总统说", "说", "「和平」"],
    "Korean": ["대통령은", "대통령", "\u1112\u1161\u11ab"],
    "emoji": [
        "\U0001f600",
        "\U0001f44f\U0001f3fd",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        "\U0001f1e9\U0001f1ea\U0001f1fa\U0001f1e6",
        "\u2764\ufe0f",
    ],
}
_words = st.sampled_from([word for words in SCRIPTS.values() for word in words])
_gaps = st.sampled_from([" ", " ", " ", "", "\n", "\u00a0", "  ", " \u2013 ", ", ", ". ", "\r\n", "\u00ad"])


@st.composite
def texts(draw: st.DrawFn) -> str:
    pieces = draw(st.lists(st.tuples(_words, _gaps), min_size=1, max_size=25))
    return "".join(word + gap for word, gap in pieces)


@st.composite
def texts_with_spans(draw: st.DrawFn) -> tuple[str, Span]:
    """A text and a span of it that divides no character and is not blank."""
    text = draw(texts())
    borders = sorted(set(range(len(text) + 1)) - inside_characters(text))
    start = draw(st.sampled_from(borders))
    end = draw(st.sampled_from(borders))
    start, end = min(start, end), max(start, end)
    if not text[start:end].strip():
        start, end = 0, len(text)
    return text, (start, end)


def places(text: str, words: str) -> list[Span]:
    """The places of words, the slow way."""
    found = [(match.start(), match.start() + len(words)) for match in re.finditer(f"(?={re.escape(words)})", text)]
    inside = inside_characters(text)
    return [span for span in found if inside.isdisjoint(span)]


def assert_never_wrong(result: Placed | Ambiguous | NotFound, span: Span) -> None:
    """The span, or several that it is one of."""
    if isinstance(result, Placed):
        assert (result.start, result.end) == span
    else:
        assert isinstance(result, Ambiguous), result
        assert span in result.candidates or result.count > LISTED


@settings(max_examples=examples(500))
@given(texts_with_spans())
def test_a_span_is_found_by_its_words_with_nth_and_without_is_never_wrong(case: tuple[str, Span]) -> None:
    text, span = case
    words = text[slice(*span)]
    there = places(text, words)
    nth = there.index(span) + 1
    assert AnchorText(text).find(Quotation(words, nth=nth)) == Placed(*span)
    result = AnchorText(text).find(Quotation(words))
    assert_never_wrong(result, span)
    assert isinstance(result, Ambiguous) == (len(there) > 1)


@settings(max_examples=examples(500))
@given(texts_with_spans(), st.integers(0, 30))
def test_context_and_bounds_narrow_down_and_never_mislead(case: tuple[str, Span], reach: int) -> None:
    text, (start, end) = case
    quotation = Quotation(text[start:end], text[max(0, start - reach) : start], text[end : end + reach])
    assert_never_wrong(AnchorText(text).find(quotation), (start, end))
    assert_never_wrong(AnchorText(text).find(quotation, (max(0, start - reach), start + 1)), (start, end))
    if not any(cuts_word(text, at) for at in (start, end)):
        assert_never_wrong(AnchorText(text).find(quotation, whole_words=True), (start, end))
    whole = Quotation(text[start:end], text[:start], text[end:])
    if len(text) < 100 and text[:start].strip() and text[end:].strip():
        assert AnchorText(text).find(whole, whole_words=True) == Placed(start, end)


def _all(table: dict[str, str]) -> Callable[[str], str]:
    return lambda text: text.translate(str.maketrans(table))


CHANGES: dict[str, tuple[Callable[[str], str], str]] = {
    "curly to straight": (_all({"\u201c": '"', "\u201d": '"', "\u2019": "'"}), "quotation marks"),
    "no-break blanks": (_all({" ": "\u00a0"}), "blanks"),
    "line breaks": (_all({" ": "\n"}), "blanks"),
    "two blanks": (_all({" ": "  "}), "blanks"),
    "short dashes": (_all({"\u2013": "-"}), "dashes"),
    "without soft hyphens": (_all({"\u00ad": ""}), "invisible characters"),
    "NFD": (lambda text: unicodedata.normalize("NFD", text), "Unicode form"),
    "NFC": (lambda text: unicodedata.normalize("NFC", text), "Unicode form"),
    "capitals": (str.upper, "case"),
}


@settings(max_examples=examples(500))
@given(texts_with_spans(), st.sampled_from(sorted(CHANGES)))
def test_words_that_were_changed_on_their_way_come_back_to_the_same_span(case: tuple[str, Span], name: str) -> None:
    """Words as somebody else writes them: the span, trimmed where blanks do not count, or ambiguous."""
    text, (start, end) = case
    change, folding = CHANGES[name]
    words = change(text[start:end])
    assume(words.strip())  # a span may hold nothing but soft hyphens
    result = AnchorText(text).find(Quotation(words))
    if isinstance(result, NotFound):
        raise AssertionError(result)
    if isinstance(result, Placed) and result.foldings:
        read = text[result.start : result.end]
        assert folded_text(read, FOLDINGS) == folded_text(words, FOLDINGS)
        assert len(result.foldings) < len(FOLDINGS)
        assert folded_text(read, result.foldings).strip() == folded_text(words, result.foldings).strip()
        for spare in result.foldings:
            fewer = [each for each in result.foldings if each != spare]
            assert folded_text(read, fewer).strip() != folded_text(words, fewer).strip()
    if words != text[start:end] and text.count(words) == 0 and isinstance(result, Placed):
        in_words = folded_text(words, [folding]).strip() != words.strip()
        assert folding in result.foldings or not in_words or name == "two blanks" or not result.foldings


@settings(max_examples=examples(500))
@given(texts_with_spans(), st.sampled_from(sorted(CHANGES.keys() - {"NFC", "two blanks"})))
def test_the_words_of_a_text_find_their_places_in_another_form_of_it(case: tuple[str, Span], name: str) -> None:
    """The text is changed around the span and in it; the words are as they were. No two forms become one here."""
    text, (start, end) = case
    change = CHANGES[name][0]
    words = text[start:end].strip(" \n\r\u00a0\u00ad") or text.strip(" \n\r\u00a0\u00ad")
    start = text.index(words, start if words in text[start:end] else 0)
    begins = len(change(text[:start]))
    changed = change(text[:start]) + change(words) + change(text[start + len(words) :])
    span = (begins, begins + len(change(words)))
    if change(words).strip() and inside_characters(changed).isdisjoint(span):
        assert_never_wrong(AnchorText(changed).find(Quotation(words)), span)


@settings(max_examples=examples(500))
@given(texts(), st.data())
def test_a_list_in_order_is_never_placed_wrong(text: str, data: st.DataObject) -> None:
    borders = sorted(set(range(len(text) + 1)) - inside_characters(text))
    pairs = data.draw(st.lists(st.tuples(st.sampled_from(borders), st.sampled_from(borders)), max_size=8, unique=True))
    spans = sorted({(a, b) for a, b in pairs if a < b and text[a:b].strip()})
    results = find_in_order(AnchorText(text), [(Quotation(text[slice(*span)]), None) for span in spans])
    for result, span in zip(results, spans, strict=True):
        assert_never_wrong(result, span)


def test_a_list_in_order_takes_successive_places_where_there_is_one_way() -> None:
    text = AnchorText("he said he knew that she said no")

    def found(*words: str) -> list[object]:
        results = find_in_order(text, [(Quotation(each), None) for each in words], whole_words=True)
        return [each.start if isinstance(each, Placed) else type(each) for each in results]

    assert found("he", "said", "he", "said") == [0, 3, 8, 25]
    assert found("he", "knew") == [Ambiguous, 11]
    assert found("she", "said") == [21, 25]
    assert found("she", "he") == [21, Ambiguous]  # in no order
    assert found("said", "said", "said") == [Ambiguous, Ambiguous, Ambiguous]


def test_every_span_of_the_corpus_is_found_by_its_words() -> None:
    part = read_corpus(PROJECT).sound().sound_part(PART)
    text = part["documents"].filter(doc_id=DOC)["text"].item()
    anchors = AnchorText(text)
    for start, end, words in part.spans.filter(doc_id=DOC).select("start", "end", "text").iter_rows():
        words = words or text[start:end]
        nth = places(text, words).index((start, end)) + 1
        assert anchors.find(Quotation(words, nth=nth)) == Placed(start, end)
        assert_never_wrong(anchors.find(Quotation(words)), (start, end))
        assert_never_wrong(anchors.find(Quotation(words), whole_words=True), (start, end))


NAMED = [
    ("He said \u201cyes\u201d twice.", '"yes"', ("quotation marks",)),
    ("in New\u00a0York", "New York", ("blanks",)),
    ("in New\r\n  York", "New York", ("blanks",)),
    ("2024\u20132025", "2024-2025", ("dashes",)),
    ("Bundes\u00adkanz\u00adler", "Bundeskanzler", ("invisible characters",)),
    ("die Gru\u0308nen", "Gr\u00fcnen", ("Unicode form",)),
    ("die Gr\u00fcnen", "Gru\u0308nen", ("Unicode form",)),
    ("of\ufb01ce", "office", ("compatible characters",)),
    ("and so on\u2026", "so on...", ("compatible characters",)),
    ("KYIV", "Kyiv", ("case",)),
    ("Stra\u00dfe", "STRASSE", ("case",)),
    (
        "the \u201cNew\u00a0York\u201d GRU\u0308NEN",
        '"new york" gr\u00fcnen',
        ("blanks", "quotation marks", "Unicode form", "case"),
    ),
]


@pytest.mark.parametrize(("text", "words", "foldings"), NAMED)
def test_differences_that_were_overlooked_are_named(text: str, words: str, foldings: tuple[str, ...]) -> None:
    result = AnchorText(text).find(Quotation(words))
    assert isinstance(result, Placed)
    assert result.foldings == foldings
    assert result.score == 1


@pytest.mark.parametrize(
    ("text", "quotation", "why"),
    [
        ("a text", Quotation(" \n"), "has no words"),
        ("a text", Quotation(""), "has no words"),
        ("a text", Quotation("texts"), "is not in the text"),
        ("cafe\u0301", Quotation("cafe"), "is not in the text"),
        ("die Gr\u00fcnen", Quotation("Gru"), "is not in the text"),
        ("\U0001f44f\U0001f3fd", Quotation("\U0001f44f"), "is not in the text"),
        ("Stra\u00dfe", Quotation("STRAS"), "is not in the text"),
        ("the focus", Quotation("us"), "is only part of a word"),
        ("Kyiv said", Quotation("Kyiv", before="in"), "has other words before or behind it"),
        ("Kyiv said", Quotation("Kyiv", nth=2), "occurs 1 times, not 2"),
        ("Kyiv said", Quotation("Kyiv", nth=0), "occurs 1 times, not 0"),
    ],
)
def test_what_has_no_place_has_a_reason(text: str, quotation: Quotation, why: str) -> None:
    result = AnchorText(text).find(quotation, whole_words=True)
    assert isinstance(result, NotFound)
    assert result.why == why


def test_outside_its_bounds_a_quotation_has_candidates() -> None:
    result = AnchorText("Kyiv. Paris.").find(Quotation("Paris"), (0, 5))
    assert result == NotFound("begins outside its sentence", ((6, 11),))


def test_a_place_inside_a_word_needs_the_rest_of_the_word() -> None:
    text = AnchorText("Gr\u00fcnenpolitik der Gr\u00fcnen")
    assert text.find(Quotation("Gr\u00fcnen"), whole_words=True) == Placed(18, 24)
    assert text.find(Quotation("Gr\u00fcnen", after="politik"), whole_words=True) == Placed(0, 6)
    assert text.find(Quotation("Gr\u00fcnen")) == Ambiguous(2, ((0, 6), (18, 24)))
    arabic = AnchorText("\u0648\u0627\u0644\u0631\u0626\u064a\u0633 \u0627\u0644\u0631\u0626\u064a\u0633")
    assert isinstance(arabic.find(Quotation("\u0627\u0644\u0631\u0626\u064a\u0633"), whole_words=True), Ambiguous)


@pytest.mark.parametrize(
    ("text", "words", "read"),
    [
        ("President Macron of France", "Presidnet Macron", "President Macron"),
        ("leaders met in Paris, said Starmer", "leaders meeting in Paris", "leaders met in Paris"),
        ("2,000 troops", "3,000 troops", None),
        ("Macronn met Macronm", "Macronx", None),
        ("nothing like it", "Starmer", None),
    ],
)
def test_the_nearest_place_is_taken_only_when_asked(text: str, words: str, read: str | None) -> None:
    assert isinstance(AnchorText(text).find(Quotation(words)), NotFound)
    result = AnchorText(text).find(Quotation(words), nearest=0.75)
    if read is None:
        assert not isinstance(result, Placed)
    else:
        assert isinstance(result, Placed)
        assert text[result.start : result.end] == read
        assert 0.75 <= result.score < 1


@settings(max_examples=examples(100))
@given(texts_with_spans(), st.text(max_size=12))
def test_a_nearest_place_never_takes_the_place_of_a_fitting_one(case: tuple[str, Span], other: str) -> None:
    text, (start, end) = case
    anchors = AnchorText(text)
    assert anchors.find(Quotation(text[start:end]), nearest=0.6) == anchors.find(Quotation(text[start:end]))
    result = anchors.find(Quotation(text[start:end] + other), nearest=0.6)
    if isinstance(result, Placed):
        assert inside_characters(text).isdisjoint((result.start, result.end))
        assert 0 <= result.start < result.end <= len(text)


@pytest.mark.deep("inputs", quick=3)
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a" * 20_000, "a" * 10_000),
        ("ab" * 10_000, "ab" * 5_000 + "b"),
        ("a" * 20_000, "a"),
        ("the " * 5_000, "the"),
        ("x" + " " * 20_000 + "x", "x x"),
        ("e\u0301" * 10_000, "\u00e9" * 5_000),
        ("\U0001f1e9\U0001f1ea" * 10_000, "\U0001f1ea"),
        ("a " * 10_000, "b" * 20_000),
    ],
)
def test_repeats_cost_time_in_proportion_to_the_text(text: str, words: str) -> None:
    began = time.process_time()
    AnchorText(text).find(Quotation(words, before="a", after="a"), whole_words=True)
    AnchorText(text).find(Quotation(words))
    assert time.process_time() - began < 4
