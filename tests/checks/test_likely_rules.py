"""The rules that warn of likely mistakes: what they find, and the look-alikes that they leave alone."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapes import Sketch, hits, mentions_at, part_of, places_in

from conftest import DOC, Record, Root, examples, places
from stancebank.checks.registry import RULES
from stancebank.checks.sb7_likely_links import name_not_linked
from stancebank.checks.selection import ERRORS_ALONE, Selection
from stancebank.checks.validation import Contexts, part_hits
from stancebank.corpus.part import Part
from strategies import parts, records, unsound_parts

LIKELY = [rule for rule in RULES if rule.startswith("SB7")]
SPEAKERS = ["PERSON", "ORG", "GPE", "WORK"]
SCENERY = ["DATE", "EVENT", "FAC", "LOC"]


def mentions_found(part: Part, rule: str) -> list[str]:
    """The text of each mention that a rule finds something in."""
    return [part["mentions"]["text"][hit.row] for hit in hits(part, rule)]


# All of them


@pytest.mark.parametrize("rule", LIKELY)
def test_what_is_likely_is_no_error(rule: str) -> None:
    assert RULES[rule].severity == "warning"


def test_empty_layers_have_nothing_likely_in_them(gold: Part) -> None:
    assert list(part_hits(part_of(gold), Selection(("SB7",)))) == []


@given(unsound_parts())
@settings(max_examples=examples(50), deadline=None)
def test_whatever_stands_in_a_part_its_findings_are_in_it(part: Part) -> None:
    """Each rule of the validator: no exception, and layer, row and path of each hit exist."""
    contexts = Contexts(part)
    for _, hit in part_hits(part):
        value: Any = part[hit.layer].row(hit.row, named=True)
        for step in hit.path:
            value = value[step]
        text, span = contexts.context(hit)
        assert (text == "") == (span is None)


@given(parts())
@settings(max_examples=examples(30))
def test_the_sound_parts_of_the_tests_are_sound(part: Part) -> None:
    found = {rule.id for rule, _ in part_hits(part, ERRORS_ALONE)}
    assert {rule for rule in found if not rule.startswith("SB2")} == set()


@pytest.mark.parametrize("rule", LIKELY)
def test_a_copy_of_a_document_doubles_its_findings(gold: Part, rule: str) -> None:
    """Documents do not meet, whatever names and ids they share."""
    once = places_in(every_mistake("one").part(gold), rule)
    both = places_in(every_mistake("one").part(gold, every_mistake("two")), rule)
    assert once != []
    assert len(both) == 2 * len(once)


def every_mistake(doc_id: str) -> Sketch:
    """A document in which each of the rules finds something."""
    sketch = Sketch(
        'Ann Lee of Ruritania, in the capital, said "we agree, all of us" on Sunday.',
        "Ruritania will meet with Graustark. It said so. Ann Lee waited.",
        "The Zembla president told us that it rained; he left with her.",
        'Strelsau "wants to go home" too, and Graustark said Bob left.',
        doc_id=doc_id,
    )
    ann = sketch.entity("Ann Lee", "PERSON")
    lee, state = sketch.mention("Ann Lee", ann), sketch.entity("Ruritania", actor="a-2")  # SB730
    sketch.mention("Ruritania", state)
    sketch.mention("the capital", level="NOM", type="GPE")  # SB703
    sketch.mention("Sunday", sketch.entity("Sunday", "DATE", value="2025-02-15"))  # SB707
    sketch.mention("Ruritania", sketch.entity("Ruritania", "ORG"), nth=2)  # SB711
    graustark = sketch.mention("Graustark.", sketch.entity("Graustark"))
    sketch.mention("with ", level="NOM")  # SB701
    sketch.mention("Graus", level="NOM", nth=2)  # SB702
    sketch.mention("It", level="PRO")  # SB714
    strelsau = sketch.mention("Strelsau", ann)  # SB712
    other = sketch.mention("Graustark", sketch.entity("ruritania", "GPE"), nth=2)  # SB715
    sketch.mention("Bob", sketch.entity("Bob", "PERSON", wikidata="Q1", actor="a-2"))  # SB731
    sketch.mention("Ann", sketch.entity("Ann Smith", "PERSON", wikidata="Q1"))  # SB716
    capital = sketch.mention("too,", sketch.entity("too", "LOC"), "NOM")  # SB704
    sketch.relation("consult", graustark, strelsau)  # SB717
    sketch.attribution("said", 'said "we agree, all of us"', source=lee, kind="direct")  # SB705, SB723
    sketch.attribution("meet", "Graustark. It said so", source=graustark)  # SB722
    sketch.attribution("waited", "It said so", source=capital)  # SB724
    sketch.stance("we agree, all of us", other)  # SB706, SB725
    president = sketch.entity("Zembla president", "PERSON")
    sketch.mention("Zembla president", president, "NOM")  # SB718, SB726
    sketch.mention("Zembla")
    sketch.mention("he", president, "PRO", nth=sketch.text[: sketch.text.index("he left")].count("he") + 1)
    sketch.mention("her", president, "PRO")  # SB719
    return sketch


# SB701


@pytest.mark.parametrize("blank", [" ", "\n", "\t", "\u00a0", "\u2009", "\u3000", "  "], ids=ascii)
def test_a_blank_at_either_end_of_a_span_is_found(gold: Part, blank: str) -> None:
    sketch = Sketch(f"In{blank}Kyiv{blank}today.")
    sketch.mention(f"{blank}Kyiv")
    sketch.mention(f"Kyiv{blank}")
    sketch.mention(f"{blank}Kyiv{blank}")
    assert places_in(sketch.part(gold), "SB701") == [
        ("mentions", 0, "start"),
        ("mentions", 1, "end"),
        ("mentions", 2, "start"),
    ]


def test_blanks_are_found_in_cue_content_and_evidence(gold: Part) -> None:
    sketch = Sketch("Somebody said it was so, then left.")
    sketch.attribution("said ", "it was", "so, ")
    sketch.stance(" it was so")
    assert places_in(sketch.part(gold), "SB701") == [
        ("attributions", 0, "content[1].end"),
        ("attributions", 0, "end"),
        ("stances", 0, "start"),
    ]


@pytest.mark.parametrize("words", ["Kyiv", "New York", "three-year", "\u200bKyiv", " ", ""], ids=ascii)
def test_blanks_inside_a_span_and_spans_of_nothing_else_are_left(gold: Part, words: str) -> None:
    """A span of blanks alone is SB302, an empty text SB502."""
    part = part_of(gold, documents=gold["documents"].to_dicts(), mentions=[mentions_at((0, 1))[0] | {"text": words}])
    assert hits(part, "SB701") == []


# SB702


def cut(gold: Part, before: str, words: str, after: str) -> list[str]:
    """At which ends the rule finds that a span cuts a word."""
    sketch = Sketch(before + words + after)
    span = {"start": len(before), "end": len(before + words), "text": words}
    sketch.rows["mentions"] = [mentions_at((0, 1))[0] | span]
    return [path for _, _, path in places_in(sketch.part(gold), "SB702")]


@pytest.mark.parametrize(
    ("before", "words", "after", "key"),
    [
        pytest.param("U", "kraine", " won", "start", id="at its start"),
        pytest.param("In ", "Ukrain", "e", "end", id="at its end"),
        pytest.param("U", "krain", "e", "start", id="at both: one finding"),
        pytest.param("the ", "G", "7", "end", id="before a digit"),
        pytest.param("20", "25", "", "start", id="inside a number"),
        pytest.param("", "\u00dcb", "erlingen", "end", id="at an umlaut"),
        pytest.param("in \U0001d518", "\U0001d52b", " x", "start", id="astral letters"),
        pytest.param("", "Cafe", "\u0301 here", "end", id="before a combining mark"),
        pytest.param("", "Cafe\u0301", "s here", "end", id="behind a combining mark"),
        pytest.param("", "\u0939\u093f\u0928", "\u094d\u0926\u0940", "end", id="at a vowel sign"),
        pytest.param("\u041a\u0438", "\u0457\u0432", "", "start", id="Cyrillic"),
        pytest.param("\u05e9\u05dc", "\u05d5\u05dd", "", "start", id="Hebrew"),
    ],
)
def test_a_span_that_cuts_a_word_is_found(gold: Part, before: str, words: str, after: str, key: str) -> None:
    assert cut(gold, before, words, after) == [key]


@pytest.mark.parametrize(
    ("before", "words", "after"),
    [
        pytest.param("", "Ukraine", "", id="all of the text"),
        pytest.param("", "Trump", "'s envoy", id="before an apostrophe"),
        pytest.param("l\u2019", "Ukraine", "", id="behind an apostrophe"),
        pytest.param("a ", "three", "-year war", id="before a hyphen"),
        pytest.param("a three-", "year", " war", id="behind a hyphen"),
        pytest.param("the ", "U.S.", "", id="a full stop"),
        pytest.param('"', "We", '"', id="quotation marks"),
        pytest.param("(", "EU", ")", id="brackets"),
        pytest.param("#", "Kyiv", "_now", id="signs"),
        pytest.param("\u5728", "\u4e2d\u56fd", "\u653f\u5e9c", id="Chinese"),
        pytest.param("\u3068", "\u30d7\u30fc\u30c1\u30f3", "\u306f", id="Japanese"),
        pytest.param("\u30b5\u30c3\u30ab\u30fc", "W\u676f", "\u3067", id="Japanese with a Latin letter"),
        pytest.param("\u0e43\u0e19", "\u0e22\u0e39\u0e40\u0e04\u0e23\u0e19", "\u0e27\u0e31\u0e19", id="Thai"),
        pytest.param("", "EU", "\u52a0\u76df\u56fd", id="Latin before Chinese"),
        pytest.param("", "Cafe\u0301", " here", id="a whole word with a mark"),
        pytest.param("\U0001f600", "Kyiv", "\U0001f1fa\U0001f1e6", id="emoji"),
        pytest.param("", "\U0001d518\U0001d52b", " x", id="a whole word of astral letters"),
    ],
)
def test_a_span_of_whole_words_is_left(gold: Part, before: str, words: str, after: str) -> None:
    assert cut(gold, before, words, after) == []


@given(parts())
@settings(max_examples=examples(30))
def test_a_word_is_cut_between_two_of_its_characters(part: Part) -> None:
    """The law of SB702 by Unicode's categories and names, over all spans."""

    def word(character: str) -> bool:
        return unicodedata.category(character)[0] in "LMN" and "CJK" not in unicodedata.name(character, "")

    texts = {row["doc_id"]: row["text"] for row in records(part, "documents")}
    expected = set()
    for layer in ("mentions", "attributions", "stances"):
        for row, record in enumerate(records(part, layer)):
            for item, span in enumerate([record, *record.get("content", [])]):
                text, start, end = texts[record["doc_id"]], span["start"], span["end"]
                if any(0 < at < len(text) and word(text[at - 1]) and word(text[at]) for at in (start, end)):
                    expected.add((layer, row, item))
    found = {(hit.layer, hit.row, hit.path[1] + 1 if len(hit.path) > 1 else 0) for hit in hits(part, "SB702")}
    assert found == expected


@given(st.integers(-3, 12), st.integers(-3, 12))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_offsets_outside_the_text_cut_no_word(gold: Part, start: int, end: int) -> None:
    sketch = Sketch("Kyiv Kyiv")
    sketch.rows["mentions"] = [mentions_at((0, 1))[0] | {"start": start, "end": end}]
    inside = 0 <= start < end <= 9
    assert (hits(sketch.part(gold), "SB702") != []) == (inside and not {start, end} <= {0, 4, 5, 9})


# SB703


def determiner(gold: Part, words: str, level: str, language: str = "en", **entity: str) -> list[str]:
    """Where the rule finds a determiner or a possessive in a mention."""
    sketch = Sketch(f"With {words} there.", language=language)
    sketch.mention(words, level=level, **entity)
    return [path for _, _, path in places_in(sketch.part(gold), "SB703")]


@pytest.mark.parametrize(
    ("words", "level", "key"),
    [
        ("the Netherlands", "NAM", "start"),
        ("the talks", "NOM", "start"),
        ("The talks", "NOM", "start"),
        ("THE TALKS", "NOM", "start"),
        ("a summit", "NOM", "start"),
        ("An envoy", "NOM", "start"),
        ("its own troops", "NOM", "start"),
        ("Their leaders", "NOM", "start"),
        ("those talks", "NOM", "start"),
        ("the\u00a0talks", "NOM", "start"),
        ("Trump's", "NAM", "end"),
        ("Trump\u2019s", "NAM", "end"),
        ("president's", "NOM", "end"),
        ("the president's", "NOM", "start"),
    ],
)
def test_a_determiner_or_possessive_is_found(gold: Part, words: str, level: str, key: str) -> None:
    name = words.removesuffix("'s").removesuffix("\u2019s")
    sketch = Sketch(f"With {words} there.")
    sketch.mention(words, sketch.entity(name), level)
    assert places_in(sketch.part(gold), "SB703") == [("mentions", 0, key)]


@pytest.mark.parametrize(
    ("words", "level"),
    [
        ("The Hague", "NAM"),
        ("A. Merkel", "NAM"),
        ("A Coru\u00f1a", "NAM"),
        ("Theresa May", "NAM"),
        ("Anders Rasmussen", "NAM"),
        ("its", "PRO"),
        ("that", "PRO"),
        ("Their", "PRO"),
        ("theatre", "NOM"),
        ("annual talks", "NOM"),
        ("European leaders'", "NOM"),
        ("own troops", "NOM"),
        ("us", "PRO"),
        ("Moody's", "NAM"),
    ],
)
def test_what_only_looks_like_a_determiner_or_possessive_is_left(gold: Part, words: str, level: str) -> None:
    assert determiner(gold, words, level) == []


@pytest.mark.parametrize("words", ["this week", "that day", "This year"])
def test_a_demonstrative_that_tells_the_time_is_left(gold: Part, words: str) -> None:
    assert determiner(gold, words, "NOM", type="DATE", value="2025-W08") == []


@pytest.mark.parametrize(
    ("language", "found"),
    [("en", True), ("en-GB", True), ("EN-us", True), ("de", False), ("fr", False), ("enm", False), ("", False)],
)
def test_determiners_are_known_in_english_alone(gold: Part, language: str, found: bool) -> None:
    assert (determiner(gold, "an die Regierung", "NOM", language) != []) == found


# SB704


def punctuation(gold: Part, words: str) -> list[str]:
    sketch = Sketch(f"x {words} x")
    sketch.mention(words)
    return [path for _, _, path in places_in(sketch.part(gold), "SB704")]


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (",Kyiv", "start"),
        (".Kyiv", "start"),
        ('"Kyiv', "start"),
        ("\u201eKyiv", "start"),
        ("\u00abKyiv\u00bb", "start"),
        ("(EU", "start"),
        ("Kyiv,", "end"),
        ("Kyiv;", "end"),
        ("Kyiv:", "end"),
        ("Yahoo!", "end"),
        ("Kyiv?", "end"),
        ('Kyiv"', "end"),
        ("Kyiv\u201d", "end"),
        ("Kyiv, ", "end"),
        ("(EU),", "end"),
        ("'Ndrangheta,", "end"),
        ("EU)", "end"),
    ],
)
def test_a_mark_that_was_caught_with_a_mention_is_found(gold: Part, words: str, key: str) -> None:
    assert punctuation(gold, words) == [key]


@pytest.mark.parametrize(
    "words",
    [
        *("Kyiv", "U.S.", "Jr.", "A.C. (Milan)", "leaders'", "\u2019Ndrangheta", "Trump's", "three-year", "27-nation"),
        *("St. John, Newfoundland", 'Dwayne "The Rock" Johnson', "AT&T", "C++", "#MeToo", "@POTUS", "$5 billion", " "),
        *("\u4e2d\u56fd", "L\u2019Aquila", "5%", "EU"),
    ],
)
def test_a_mark_that_is_part_of_a_name_is_left(gold: Part, words: str) -> None:
    assert punctuation(gold, words) == []


def test_a_mention_between_brackets_or_quotation_marks_is_left(gold: Part) -> None:
    sketch = Sketch('The Union (EU) and the "Coalition", said Kyiv.')
    for words in ("EU", "Coalition", "Kyiv"):
        sketch.mention(words)
    assert hits(sketch.part(gold), "SB704") == []


# SB705


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        pytest.param("direct", ['"We are ready."'], id="all quoted"),
        pytest.param("direct", ['"We are ready,"', '"and will come."'], id="two quotations"),
        pytest.param("direct", ['"We are ready.\n\n"We will come."'], id="a quotation over paragraphs"),
        pytest.param("direct", ['"We are ready.', '"We will come."'], id="its paragraphs as spans"),
        pytest.param("direct", ["\u201cHe called it \u2018a pause\u2019.\u201d"], id="single ones inside"),
        pytest.param("direct", ["\u201eWir sind bereit.\u201c"], id="German"),
        pytest.param("direct", ["\u00ab\u00a0Nous sommes pr\u00eats.\u00a0\u00bb"], id="guillemets"),
        pytest.param("direct", ["\u201dVi \u00e4r redo.\u201d"], id="Swedish"),
        pytest.param("direct", ["\u300c\u6e96\u5099\u306f\u3067\u304d\u305f\u300d"], id="corner brackets"),
        pytest.param("direct", ['"Never," "never."'], id="marks and blanks between"),
        pytest.param("mixed", ['it was "ready"'], id="a part quoted"),
        pytest.param("mixed", ["The talks", 'would be about "the guarantees."'], id="one span quoted"),
        pytest.param("mixed", ['"Ready" was the word'], id="quoted at its start"),
        pytest.param("mixed", ["es sei \u201ebereit\u201c"], id="German in part"),
        pytest.param("indirect", ["it was ready"], id="none"),
        pytest.param("indirect", ["Britain's troops weren\u2019t ready"], id="apostrophes"),
        pytest.param("indirect", ["it was 'ready'"], id="single marks"),
        pytest.param("indirect", ["it was ready", "and willing"], id="none in two spans"),
    ],
)
def test_the_kind_says_how_much_of_the_content_is_quoted(gold: Part, kind: str, content: Sequence[str]) -> None:
    sketch = Sketch("He said: " + " ... ".join(content))
    for each in ("direct", "indirect", "mixed"):
        sketch.attribution("said", *content, kind=each)
    wrong = [row for row, each in enumerate(("direct", "indirect", "mixed")) if each != kind]
    assert places_in(sketch.part(gold), "SB705") == [("attributions", row, "kind") for row in wrong]


def test_an_unknown_kind_is_left_to_the_rule_on_labels(gold: Part) -> None:
    sketch = Sketch("He said it was so.")
    sketch.attribution("said", "it was so", kind="reported")
    assert hits(sketch.part(gold), "SB705") == []


def test_an_attribution_inside_a_quotation_is_indirect(gold: Part) -> None:
    sketch = Sketch('"We believe that it is so," he said.')
    sketch.attribution("believe", "it is so", kind="indirect")
    sketch.attribution("said", '"We believe that it is so,"', kind="direct")
    assert hits(sketch.part(gold), "SB705") == []


# SB706


@pytest.mark.parametrize(
    ("text", "evidence", "quoted"),
    [
        pytest.param('He said "we are ready for it".', "we are ready for it", True, id="all of it"),
        pytest.param('He said "we are ready for it".', '"we are ready for it"', True, id="with its marks"),
        pytest.param('He was "ready to fight" for it.', 'was "ready to fight" for it', True, id="a part of it"),
        pytest.param('He said "We are ready.\n\n"We go on." He left.', "We are ready", True, id="left open"),
        pytest.param("Er sei \u201ebereit zu gehen\u201c.", "bereit zu gehen", True, id="German"),
        pytest.param('He said "we are ready" and left.', "left", False, id="behind the quotation"),
        pytest.param('He left, saying "we are ready".', "He left", False, id="before the quotation"),
        pytest.param('"We go." He left. "We stay."', "He left", False, id="between two quotations"),
        pytest.param("It's the leaders' wish.", "the leaders' wish", False, id="apostrophes"),
    ],
)
def test_the_basis_is_a_quotation_where_evidence_is_quoted(gold: Part, text: str, evidence: str, quoted: bool) -> None:
    sketch = Sketch(text)
    bases = ["direct_quote", "indirect_speech", "action", "narration"]
    for basis in bases:
        sketch.stance(evidence, basis=basis)
    wrong = [row for row, basis in enumerate(bases) if (basis == "direct_quote") != quoted]
    assert places_in(sketch.part(gold), "SB706") == [("stances", row, "basis") for row in wrong]


@pytest.mark.parametrize("basis", ["direct_quote", "narration", "action", "indirect_speech"])
def test_a_single_word_in_quotation_marks_may_be_quoted_or_not(gold: Part, basis: str) -> None:
    sketch = Sketch('Troops fought on in the "special" operation.')
    sketch.stance('fought on in the "special" operation', basis=basis)
    assert hits(sketch.part(gold), "SB706") == []


# SB707


def dated(gold: Part, words: str, value: str, date: str = "2025-02-17", language: str = "en") -> bool:
    """Whether the rule finds the value of a DATE with this one mention."""
    sketch = Sketch(f"It was {words} then.", date=date, language=language)
    sketch.mention(words, sketch.entity(words, "DATE", value=value), "NOM")
    found = places_in(sketch.part(gold), "SB707")
    assert found in ([], [("entities", 0, "value")])
    return found != []


@pytest.mark.parametrize(
    ("words", "value"),
    [
        *(("Sunday", "2025-02-15"), ("today", "2025-02-18"), ("last week", "2025-W08"), ("next month", "2025-04")),
        *(("this year", "2024"), ("March", "2025-02"), ("5 March 2014", "2015-03-05"), ("three-year", "P2Y")),
    ],
)
def test_a_value_that_does_not_fit_the_words_is_found(gold: Part, words: str, value: str) -> None:
    assert dated(gold, words, value)


@pytest.mark.parametrize(
    ("words", "value"),
    [
        *(("Sunday", "2025-02-16"), ("Sunday", "2025-02-23TEV"), ("Monday morning", "2024-01-01TMO")),
        *(("early March", "2025-03"), ("1990s", "199"), ("three years ago", "2022-02-17"), ("past", "PAST_REF")),
        *(("last week", "2025-W07"), ("three-year", "P3Y"), ("2014", "2014-05"), ("weekend", "2025-W07-WE")),
    ],
)
def test_a_value_that_fits_or_is_left_open_is_left(gold: Part, words: str, value: str) -> None:
    assert not dated(gold, words, value)


@pytest.mark.parametrize("value", ["last week", "", "2025-02-30", "2025-W54"])
def test_a_value_that_is_none_is_left_to_the_rule_on_its_form(gold: Part, value: str) -> None:
    assert not dated(gold, "last week", value)


@pytest.mark.parametrize("date", ["2025-2-17", "+2025-02-17", "2025-02-30", "", "17 February 2025", "20250217"])
def test_without_a_day_of_publication_nothing_is_expected(gold: Part, date: str) -> None:
    assert not dated(gold, "Sunday", "1999-01-01", date)


@pytest.mark.parametrize("date", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("words", ["Sunday", "yesterday", "tomorrow", "last week", "next week", "next year"])
def test_the_first_and_the_last_day_of_the_calendar_are_no_trouble(gold: Part, date: str, words: str) -> None:
    assert dated(gold, words, "2025-02-17", date) in (True, False)


def test_words_of_another_language_are_left(gold: Part) -> None:
    assert not dated(gold, "May", "2025-02", language="nl")
    assert dated(gold, "May", "2025-02", language="en-AU")


def test_a_name_that_reads_like_a_month_is_left(gold: Part) -> None:
    sketch = Sketch("Theresa May left.")
    sketch.mention("May", sketch.entity("Theresa May", "PERSON", value="1956"))
    assert hits(sketch.part(gold), "SB707") == []


def test_a_date_is_checked_against_each_of_its_mentions_and_found_once(gold: Part) -> None:
    sketch = Sketch("He came on Sunday. It rained on Sunday. On Monday he left; Monday it was.")
    sunday = sketch.entity("Sunday", "DATE", value="2025-02-16")
    for words, nth in (("Monday", 2), ("Sunday", 1), ("Monday", 1), ("Sunday", 2)):
        sketch.mention(words, sunday, nth=nth)
    [hit] = hits(sketch.part(gold), "SB707")
    assert (hit.layer, hit.row, hit.path) == ("entities", 0, ("value",))
    assert hit.span == (DOC, sketch.text.index("Monday"), sketch.text.index("Monday") + len("Monday"))


# SB711


def test_a_name_of_two_types_is_found_where_it_stands_with_the_second(gold: Part) -> None:
    sketch = Sketch("Washington met Washington in Washington, Washington.")
    person, city = sketch.entity("George Washington", "PERSON"), sketch.entity("Washington", "GPE")
    for nth, entity in enumerate((city, person, city, person), 1):
        sketch.mention("Washington", entity, nth=nth)
    assert places_in(sketch.part(gold), "SB711") == [("mentions", 1, "entity_id"), ("mentions", 3, "entity_id")]


def test_names_of_one_type_other_letters_other_levels_and_other_documents_are_left(gold: Part) -> None:
    sketch, other = Sketch("US and us, Jordan met Jordan, the meeting of Jordan."), Sketch("Jordan.", doc_id="other")
    sketch.mention("US")
    sketch.mention("us", type="PERSON")
    sketch.mention("Jordan", type="GPE")
    sketch.mention("Jordan", nth=2, type="GPE")
    sketch.mention("Jordan", level="NOM", nth=3, type="EVENT")
    other.mention("Jordan", type="PERSON")
    assert hits(sketch.part(gold, other), "SB711") == []


# SB712


def named(gold: Part, words: str, name: str, type: str = "PERSON", level: str = "NAM") -> bool:
    """Whether the rule finds that an entity of this name is mentioned so."""
    sketch = Sketch(f"Then {words} left.")
    sketch.mention(words, sketch.entity(name, type), level)
    found = places_in(sketch.part(gold), "SB712")
    assert found in ([], [("mentions", 0, "entity_id")])
    return found != []


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Putin", "Donald Trump"),
        ("Keith Kellogg", "Keir Starmer"),
        ("K. Kellogg", "Keir K. Starmer"),
        ("Putin's", "Trump's envoy"),
        ("\u5b89\u500d\u664b\u4e09", "\u7fd2\u8fd1\u5e73"),
    ],
)
def test_a_name_that_is_somebody_elses_is_found(gold: Part, words: str, name: str) -> None:
    assert named(gold, words, name)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        pytest.param("Trump", "Donald Trump", id="surname"),
        pytest.param("DONALD", "Donald Trump", id="first name in capitals"),
        pytest.param("D. J. Trump", "Donald John Trump", id="with initials"),
        pytest.param("JFK", "John F. Kennedy", id="initials alone"),
        pytest.param("J.F.K.", "John F. Kennedy", id="initials with stops"),
        pytest.param("Halasz", "Zo\u00e9 Hal\u00e1sz", id="without accents"),
        pytest.param("Hala\u0301sz", "Zo\u00e9 Hal\u00e1sz", id="decomposed"),
        pytest.param("Lula", "Luiz In\u00e1cio Lula da Silva", id="one name"),
        pytest.param("Russians", "Russian officials", id="a group"),
        pytest.param("Ukrainian", "Ukrainians", id="a people"),
        pytest.param("Kramp-Karrenbauer", "Annegret Kramp-Karrenbauer", id="hyphen"),
        pytest.param("al-Sharaa", "Ahmed al-Sharaa", id="article"),
        pytest.param("O\u2019Brien", "Kelley O'Brien", id="apostrophe"),
        pytest.param("\u7fd2", "\u7fd2\u8fd1\u5e73", id="family name in Chinese"),
    ],
)
def test_a_name_that_may_be_the_persons_is_left(gold: Part, words: str, name: str) -> None:
    assert not named(gold, words, name)


@pytest.mark.parametrize(("type", "level"), [("GPE", "NAM"), ("ORG", "NAM"), ("PERSON", "NOM"), ("PERSON", "PRO")])
def test_only_names_of_people_are_compared(gold: Part, type: str, level: str) -> None:
    assert not named(gold, "Kyiv", "Ukraine", type, level)


# SB713


def unlinked(gold: Part, text: str, name: str, *others: tuple[str, str, str], type: str = "ORG") -> list[int]:
    """Where the rule says that the name, a mention at its first place, stands too; others: words, level, type."""
    sketch = Sketch(text)
    sketch.mention(name, type=type)
    for words, level, kind in others:
        sketch.mention(words, level=level, type=kind)
    part = sketch.part(gold)
    found = hits(part, "SB713")
    assert all((hit.layer, hit.path) == ("mentions", ("text",)) for hit in found)
    return [hit.span[1] for hit in found if hit.span]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("Kyiv, then |Kyiv", "Kyiv", id="at the end of the text"),
        pytest.param("Kyiv met |Kyiv's friend", "Kyiv", id="possessive"),
        pytest.param("Kyiv is |Kyiv-based", "Kyiv", id="before a hyphen"),
        pytest.param("Kyiv (|Kyiv)", "Kyiv", id="in brackets"),
        pytest.param('Kyiv said "|Kyiv"', "Kyiv", id="in quotation marks"),
        pytest.param("Kyiv.\n\n|Kyiv at war\n\nIt was.", "Kyiv", id="in a heading"),
        pytest.param("A.C. (Milan) beat |A.C. (Milan) again", "A.C. (Milan)", id="regular expression"),
        pytest.param("C++ or |C++ [sic]", "C++", id="plus signs"),
        pytest.param("U.S. and |U.S. again", "U.S.", id="full stops"),
        pytest.param(
            "\u05e9\u05dc\u05d5\u05dd \U0001f600 |\u05e9\u05dc\u05d5\u05dd", "\u05e9\u05dc\u05d5\u05dd", id="Hebrew"
        ),
        pytest.param("New York, |New York", "New York", id="two words"),
    ],
)
def test_a_name_that_stands_unlinked_is_found(gold: Part, text: str, name: str) -> None:
    assert unlinked(gold, text.replace("|", ""), name) == [text.index("|")]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("Kyiv and Kyivan", "Kyiv", id="in a longer word"),
        pytest.param("Kyiv and preKyiv", "Kyiv", id="at the end of a longer word"),
        pytest.param("US and us and Us", "US", id="case"),
        pytest.param("A.C. (Milan) and AXC. Milan", "A.C. (Milan)", id="regular expression"),
        pytest.param("New York, New\nYork", "New York", id="another blank"),
        pytest.param("Rene and Rene\u0301", "Rene", id="another letter by a combining mark"),
        pytest.param("Kyiv", "Kyiv", id="itself"),
        pytest.param("Kyiv 2 and Kyiv2", "Kyiv", id="with a digit"),
    ],
)
def test_what_only_looks_like_a_name_is_left(gold: Part, text: str, name: str) -> None:
    assert unlinked(gold, text, name) == []


def test_a_name_inside_a_longer_name_is_left(gold: Part) -> None:
    assert unlinked(gold, "Europe and the Europe Union", "Europe", ("Europe Union", "NAM", "ORG")) == []


def test_a_name_inside_a_date_is_left(gold: Part) -> None:
    assert unlinked(gold, "May left in May 2025", "May", ("May 2025", "NAM", "DATE"), type="PERSON") == []


def test_a_name_inside_a_nominal_is_a_mention_too(gold: Part) -> None:
    """SCHEME, mentions: mentions nest, and a name inside a nominal is one of its own."""
    assert unlinked(gold, "Kyiv, the Kyiv meeting", "Kyiv", ("Kyiv meeting", "NOM", "EVENT")) == [10]


def test_the_name_of_a_date_is_not_sought(gold: Part) -> None:
    assert unlinked(gold, "Sunday and Sunday", "Sunday", type="DATE") == []


def test_nominals_and_pronouns_are_not_sought(gold: Part) -> None:
    sketch = Sketch("He left, and He came; Talks, and Talks.")
    sketch.mention("He", level="PRO")
    sketch.mention("Talks", level="NOM")
    assert hits(sketch.part(gold), "SB713") == []


def test_of_names_that_start_alike_the_longest_is_found(gold: Part) -> None:
    sketch = Sketch("York; New York; New York City.", "In New York City, New York and York.")
    names = ["New York City", "York", "New York"]
    for name, end in zip(names, [".", ";", "; N"], strict=True):
        start = sketch.text.index(name + end)
        sketch.mention(name, type="ORG")
        sketch.rows["mentions"][-1] |= {"start": start, "end": start + len(name)}
    found = [(hit.row, hit.span and hit.span[1]) for hit in hits(sketch.part(gold), "SB713")]
    later = [sketch.text.index(words) for words in ("New York City, ", "New York and", "York.")]
    assert found == list(zip([0, 2, 1], later, strict=True))


def test_a_name_is_found_at_its_first_mention_for_each_place(gold: Part) -> None:
    sketch = Sketch("Kyiv, Kyiv, Kyiv and Kyiv.")
    for nth in (2, 3):
        sketch.mention("Kyiv", nth=nth)
    found = [(hit.row, hit.span and hit.span[1]) for hit in hits(sketch.part(gold), "SB713")]
    assert found == [(0, 0), (0, 21)]


def test_the_surname_of_a_person_is_sought_too(gold: Part) -> None:
    assert unlinked(gold, "Donald Trump left. Trump smiled.", "Donald Trump", type="PERSON") == [19]
    assert unlinked(gold, "Air France left. France smiled.", "Air France", type="ORG") == []
    assert unlinked(gold, "Kim Jong Un left. Un moment.", "Kim Jong Un", type="PERSON") == []


def test_a_name_of_one_document_is_not_sought_in_another(gold: Part) -> None:
    sketch, other = Sketch("Kyiv."), Sketch("Kyiv.", doc_id="other")
    sketch.mention("Kyiv")
    other.mention("Kyiv", level="NOM")
    assert hits(sketch.part(gold, other), "SB713") == []


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_a_name_of_blanks_is_not_sought(gold: Part, text: str) -> None:
    sketch = Sketch("In  Kyiv.")
    sketch.mention("Kyiv")
    sketch.rows["mentions"][0] |= {"text": text}
    assert hits(sketch.part(gold), "SB713") == []


def test_many_names_are_sought_at_once(gold: Part) -> None:
    """2,000 names in a text of 3 million code points: to try each name at each place would not end in time."""
    names = [f"The Name{number:04}" for number in range(2000)]
    sketch = Sketch(" ".join(names) + ". " + "The Name of the Name. " * 130_000 + "The Name0007!")
    starts = range(0, 2000 * 13, 13)
    mentions = mentions_at(*((start, start + 12) for start in starts), text=sketch.text)
    sketch.rows["entities"] = [
        {
            "doc_id": DOC,
            "entity_id": m["entity_id"],
            "type": "ORG",
            "name": m["text"],
            "wikidata": None,
            "value": None,
            "actor": None,
        }
        for m in mentions
    ]
    sketch.rows["mentions"] = mentions
    part = sketch.part(gold)
    [hit] = name_not_linked(part)
    assert hit.row == 7


# SB711, SB712, SB713: the rows of mentions whose entity is missing


@pytest.mark.parametrize("dangling", [0, 3])
def test_a_row_is_counted_among_all_mentions(gold: Part, dangling: int) -> None:
    sketch = Sketch("Nobody there. Kyiv met Jordan, Jordan met Putin. Kyiv left.")
    kyiv, trump = sketch.entity("Kyiv", "ORG"), sketch.entity("Donald Trump", "PERSON")
    for _ in range(dangling):
        sketch.mention("Nobody", "e99")
    sketch.mention("Kyiv", kyiv)
    sketch.mention("Jordan", type="GPE")
    sketch.mention("Jordan", nth=2, type="ORG")
    sketch.mention("Putin", trump)
    part = sketch.part(gold)
    assert places_in(part, "SB711") == [("mentions", dangling + 2, "entity_id")]
    assert places_in(part, "SB712") == [("mentions", dangling + 3, "entity_id")]
    assert places_in(part, "SB713") == [("mentions", dangling, "text")]


# SB714


@given(parts())
@settings(max_examples=examples(30))
def test_an_entity_of_pronouns_alone_is_found(part: Part) -> None:
    levels: dict[tuple[str, str], set[str]] = {}
    for mention in records(part, "mentions"):
        levels.setdefault((mention["doc_id"], mention["entity_id"]), set()).add(mention["level"])
    expected = [
        ("entities", row, "entity_id")
        for row, entity in enumerate(records(part, "entities"))
        if levels.get((entity["doc_id"], entity["entity_id"])) == {"PRO"}
    ]
    assert places_in(part, "SB714") == expected


def test_an_entity_without_mentions_is_left_to_the_rule_on_references(gold: Part) -> None:
    sketch = Sketch("Nobody.")
    sketch.entity("Kyiv")
    assert hits(sketch.part(gold), "SB714") == []


# SB715, SB716


def test_an_entity_entered_twice_is_found_at_the_second(gold: Part) -> None:
    sketch = Sketch("Kyiv.")
    for name, type in (("Kyiv", "GPE"), ("Kyiv", "ORG"), ("KYIV", "GPE"), ("Kyiv city", "GPE"), ("kyiv", "GPE")):
        sketch.entity(name, type)
    assert places_in(sketch.part(gold), "SB715") == [("entities", 2, "name"), ("entities", 4, "name")]


def test_two_days_of_one_name_are_two_days(gold: Part) -> None:
    sketch = Sketch("Sunday, and Sunday.")
    for value in ("2025-02-16", "2025-02-23", "2025-02-16"):
        sketch.entity("Sunday", "DATE", value=value)
    assert places_in(sketch.part(gold), "SB715") == [("entities", 2, "name")]


def test_an_id_that_stands_twice_is_no_entity_entered_twice(gold: Part) -> None:
    sketch = Sketch("Kyiv.")
    sketch.entity("Kyiv", wikidata="Q1899")
    sketch.rows["entities"] *= 2
    assert hits(sketch.part(gold), "SB715") == []
    assert hits(sketch.part(gold), "SB716") == []


def test_an_item_of_two_entities_is_found_at_the_second(gold: Part) -> None:
    sketch = Sketch("Kyiv.")
    for name, item in (("Kyiv", "Q1899"), ("Paris", None), ("Kiev", "Q1899"), ("Lyon", None), ("Rome", "Q220")):
        sketch.entity(name, wikidata=item)
    assert places_in(sketch.part(gold), "SB716") == [("entities", 2, "wikidata")]


def test_two_documents_may_name_the_same(gold: Part) -> None:
    sketch, other = Sketch("Kyiv."), Sketch("Kyiv.", doc_id="other")
    other.entity("Paris")
    for each in (sketch, other):
        each.entity("Kyiv", wikidata="Q1899")
    assert hits(sketch.part(gold, other), "SB715") == []
    assert hits(sketch.part(gold, other), "SB716") == []


# SB717: SCHEME, relations 6: a tail from the context is the last mention before the head, else the first after it


def across(gold: Part, paragraphs: Sequence[str | Sequence[str]], tails: Sequence[tuple[str, int]]) -> list[int]:
    """Which of Kyiv's mentions, by words and nth place and counted from 1, are no right tails for Putin."""
    sketch = Sketch(*paragraphs)
    head, kyiv = sketch.mention("Putin", type="PERSON"), sketch.entity("Kyiv")
    for words, nth in tails:
        sketch.relation("assault", head, sketch.mention(words, kyiv, nth=nth))
    found = places_in(sketch.part(gold), "SB717")
    assert {(layer, path) for layer, _, path in found} <= {("relations", "tail")}
    return [row + 1 for _, row, _ in found]


ALL_OF_KYIV = [("Kyiv", 1), ("Kyiv", 2), ("Kyiv", 3)]


@pytest.mark.parametrize(
    ("paragraphs", "wrong"),
    [
        pytest.param(["Kyiv.", "Kyiv.", "Putin attacks.", "Kyiv."], [1, 3], id="the last before is right"),
        pytest.param(["Putin attacks.", "Kyiv.", "Kyiv.", "Kyiv."], [2, 3], id="else the first after is right"),
        pytest.param(["Kyiv.", "Kyiv and Kyiv.", "Putin attacks."], [1, 2], id="the nearest in a paragraph"),
        pytest.param(["Kyiv.", "Putin attacks Kyiv.", "Kyiv."], [1, 3], id="its own sentence has one"),
        pytest.param(["Kyiv.", ["Kyiv.", "Putin attacks."], "Kyiv."], [1, 3], id="its own paragraph has one"),
        pytest.param(["Kyiv, Kyiv, Putin and Kyiv."], [], id="one paragraph"),
    ],
)
def test_a_tail_in_another_paragraph_is_the_one_that_the_scheme_names(
    gold: Part, paragraphs: Sequence[str | Sequence[str]], wrong: Sequence[int]
) -> None:
    assert across(gold, paragraphs, ALL_OF_KYIV) == wrong


def test_a_pronoun_may_be_the_nearest_mention(gold: Part) -> None:
    assert across(gold, ["Kyiv fell.", "It rose.", "Putin attacks."], [("Kyiv", 1), ("It", 1)]) == [1]


def test_a_relation_whose_ends_are_missing_is_left(gold: Part) -> None:
    sketch = Sketch("Putin attacks.", "Kyiv.")
    putin, kyiv = sketch.mention("Putin", type="PERSON"), sketch.mention("Kyiv", "e99")
    sketch.relation("assault", putin, "m99")
    sketch.relation("assault", "m99", kyiv)
    assert hits(sketch.part(gold), "SB717") == []


# SB721


def unattributed(gold: Part, *paragraphs: str | Sequence[str], contents: Sequence[str] = ()) -> list[int]:
    """Index of each sentence in which a quotation has no attribution, where one elsewhere has these contents."""
    sketch = Sketch("Somebody said a thing.", *paragraphs)
    sketch.attribution("said", "a thing", *contents)
    found = places_in(sketch.part(gold), "SB721")
    assert all((layer, path) == ("sentences", "sentence_id") for layer, _, path in found)
    return [row - 1 for _, row, _ in found]


@pytest.mark.parametrize(
    "quotation",
    [
        '"we are ready"',
        '"Yes, indeed"',
        '"U.S. troops"',
        '"no: never"',
        "\u201cwe are\u201d",
        "\u201ewir sind\u201c",
        "\u00abnous sommes\u00bb",
        '"do more.',
        '"It\'s all"',
    ],
)
def test_a_quotation_that_nobody_says_is_found(gold: Part, quotation: str) -> None:
    assert unattributed(gold, f"It was {quotation}", "Kyiv fell.") == [0]


@pytest.mark.parametrize(
    "words", ['"ready"', '"so-called"', '""', '" "', "'Do more, better'", "the leaders' wish, it's", '"27"', '"U.S."']
)
def test_a_single_word_in_quotation_marks_and_apostrophes_are_left(gold: Part, words: str) -> None:
    assert unattributed(gold, f"It was {words} then.") == []


@pytest.mark.parametrize("content", ['"we are ready"', "we are ready", "are", 'was "we', 'ready" then'])
def test_a_quotation_is_said_where_some_of_it_is_content(gold: Part, content: str) -> None:
    assert unattributed(gold, 'It was "we are ready" then.', contents=[content]) == []


@pytest.mark.parametrize("content", ["It was", "It was ", "then", " then"])
def test_content_beside_a_quotation_does_not_say_it(gold: Part, content: str) -> None:
    assert unattributed(gold, 'It was "we are ready" then.', contents=[content]) == [0]


def test_a_quotation_in_a_heading_and_a_name_in_quotation_marks_are_left(gold: Part) -> None:
    sketch = Sketch('It was "we are ready"', 'He reads "Ninth Bell".', "Somebody said a thing.")
    sketch.attribution("said", "a thing")
    assert places_in(sketch.part(gold), "SB721") == [
        ("sentences", 0, "sentence_id"),
        ("sentences", 1, "sentence_id"),
    ]
    sketch.mention("Ninth Bell")
    sketch.rows["sentences"][0]["kind"] = "heading"
    assert hits(sketch.part(gold), "SB721") == []


def test_a_quotation_in_front_of_all_sentences_is_left_to_the_rule_on_sentences(gold: Part) -> None:
    sketch = Sketch('"We are ready," he said.', "Kyiv fell.")
    sketch.attribution("fell", "Kyiv")
    del sketch.rows["sentences"][0]
    assert hits(sketch.part(gold), "SB721") == []
    assert len(hits(sketch.part(gold), "SB308")) == 1


def test_documents_that_nobody_has_finished_are_left(gold: Part) -> None:
    sketch = Sketch('"We are ready." "You are."', doc_id="bare", begun=["attributions"])
    other = Sketch('He said: "We are ready."')
    other.attribution("said", "We are ready")
    sketch.attribution("ready", "You are")
    assert hits(sketch.part(gold, other), "SB721") == []


def test_a_document_that_is_done_without_attributions_has_none_missing(gold: Part) -> None:
    sketch = Sketch('"We are ready."')
    assert len(hits(sketch.part(gold), "SB721")) == 1


def test_a_quotation_over_two_sentences_is_found_where_it_starts(gold: Part) -> None:
    assert unattributed(gold, ["Kyiv fell.", '"We came.', 'We saw." And left.'], "End.") == [1]


def test_each_paragraph_of_a_quotation_needs_its_attribution(gold: Part) -> None:
    first, second = '"We came and saw.', '"We went home."'
    assert unattributed(gold, first, second) == [0, 1]
    assert unattributed(gold, first, second, contents=["We came and"]) == [1]
    assert unattributed(gold, first, second, contents=["We came and", "went"]) == []


def test_two_quotations_of_a_sentence_are_two_findings(gold: Part) -> None:
    assert unattributed(gold, 'It was "all we had" and "all we lost".') == [0, 0]


# SB722, SB723


def test_a_source_inside_its_own_content_is_found(gold: Part) -> None:
    sketch = Sketch('Kyiv said "we will, Kyiv believes, go on" and Kyiv left.')
    mentions = [sketch.mention("Kyiv", nth=nth) for nth in (1, 2, 3)]
    for mention in (*mentions, None):
        sketch.attribution("said", '"we will, Kyiv believes, go on"', source=mention)
    assert places_in(sketch.part(gold), "SB722") == [("attributions", 1, "source")]


def test_a_source_inside_the_content_of_another_is_left(gold: Part) -> None:
    sketch = Sketch("Paris said that Kyiv believed that it was so.")
    paris, kyiv = sketch.mention("Paris"), sketch.mention("Kyiv")
    sketch.attribution("said", "Kyiv believed that it was so", source=paris)
    sketch.attribution("believed", "it was so", source=kyiv)
    assert hits(sketch.part(gold), "SB722") == []
    assert hits(sketch.part(gold), "SB723") == []


def test_a_cue_between_the_spans_of_its_content_is_left(gold: Part) -> None:
    sketch = Sketch("Talks, he said, would go on.")
    he = sketch.mention("he", level="PRO")
    sketch.attribution("said", "Talks", "would go on", source=he)
    assert hits(sketch.part(gold), "SB722") == []
    assert hits(sketch.part(gold), "SB723") == []


@pytest.mark.parametrize(
    ("cue", "content", "found"),
    [
        ("said", "said it was so", True),
        ("said it", "it was so", True),
        ("said", "he said it", True),
        ("said it was so", "was", True),
        ("said", " it was so", False),
        ("so", "it was ", False),
    ],
)
def test_a_cue_that_overlaps_its_content_is_found(gold: Part, cue: str, content: str, found: bool) -> None:
    sketch = Sketch("Then he said it was so.")
    sketch.attribution(cue, content)
    assert places_in(sketch.part(gold), "SB723") == ([("attributions", 0, "start")] if found else [])


def test_two_contents_around_one_cue_are_one_finding(gold: Part) -> None:
    sketch = Sketch("Then he said it was so.")
    he = sketch.mention("he", level="PRO")
    sketch.attribution("said", "Then he said", "he said it", source=he)
    assert len(hits(sketch.part(gold), "SB722")) == 1
    assert len(hits(sketch.part(gold), "SB723")) == 1


@given(parts())
@settings(max_examples=examples(30))
def test_source_and_cue_stand_inside_content_by_their_offsets(part: Part) -> None:
    mentions = {(m["doc_id"], m["mention_id"]): m for m in records(part, "mentions")}
    sources, cues = [], []
    for row, said in enumerate(records(part, "attributions")):
        source = mentions.get((said["doc_id"], said["source"]))
        if source and any(c["start"] <= source["start"] and source["end"] <= c["end"] for c in said["content"]):
            sources.append(("attributions", row, "source"))
        if any(set(range(said["start"], said["end"])) & set(range(c["start"], c["end"])) for c in said["content"]):
            cues.append(("attributions", row, "start"))
    assert places_in(part, "SB722") == sources
    assert places_in(part, "SB723") == cues


# SB724


@pytest.mark.parametrize("type", [*SPEAKERS, *SCENERY])
def test_what_neither_speaks_nor_takes_a_side_is_found(gold: Part, type: str) -> None:
    sketch = Sketch("Kyiv said it was so.")
    kyiv = sketch.mention("Kyiv", type=type)
    for holder in (kyiv, None):
        sketch.attribution("said", "it was so", source=holder)
        sketch.stance("it was so", holder)
    expected = [("attributions", 0, "source"), ("stances", 0, "holder")] if type in SCENERY else []
    assert places_in(sketch.part(gold), "SB724") == expected


# SB725


def paris_says_of_kyiv(holder: str | None, source: str | None, **relation: str) -> Sketch:
    """Paris said something that is taken for Kyiv's stance, by default."""
    sketch = Sketch("Paris and Kyiv met. Lyon said that peace must last.")
    ids = {name: sketch.mention(name) for name in ("Paris", "Kyiv", "Lyon")}
    if relation:
        sketch.relation(relation["type"], ids["Paris"], ids["Kyiv"], relation.get("modality", "asserted"))
    sketch.attribution("said", "peace must last", source=ids.get(source or ""))
    sketch.stance("peace must last", ids.get(holder or ""))
    return sketch


def test_a_stance_in_anothers_words_is_found(gold: Part) -> None:
    sketch = paris_says_of_kyiv("Kyiv", "Paris")
    assert places_in(sketch.part(gold), "SB725") == [("stances", 0, "holder")]


@pytest.mark.parametrize(
    ("holder", "source"),
    [
        pytest.param("Kyiv", "Kyiv", id="their own words"),
        pytest.param("Kyiv", None, id="the words of nobody named"),
        pytest.param(None, "Paris", id="the writer's stance"),
        pytest.param(None, None, id="neither named"),
    ],
)
def test_a_stance_in_ones_own_or_nobodys_words_is_left(gold: Part, holder: str | None, source: str | None) -> None:
    assert hits(paris_says_of_kyiv(holder, source).part(gold), "SB725") == []


@pytest.mark.parametrize("type", ["leads", "represents", "member_of", "part_of"])
def test_somebody_may_speak_for_what_they_belong_to(gold: Part, type: str) -> None:
    assert hits(paris_says_of_kyiv("Kyiv", "Paris", type=type).part(gold), "SB725") == []
    assert len(hits(paris_says_of_kyiv("Kyiv", "Paris", type=type, modality="negated").part(gold), "SB725")) == 1


@pytest.mark.parametrize("type", ["consult", "support", "allied_with", "located_in"])
def test_other_relations_make_nobody_a_spokesperson(gold: Part, type: str) -> None:
    assert len(hits(paris_says_of_kyiv("Kyiv", "Paris", type=type).part(gold), "SB725")) == 1


def test_the_one_who_is_led_does_not_speak_for_the_leader(gold: Part) -> None:
    sketch = paris_says_of_kyiv("Paris", "Kyiv", type="leads")
    assert len(hits(sketch.part(gold), "SB725")) == 1


def test_a_spokesperson_is_known_by_any_mention_of_the_two(gold: Part) -> None:
    sketch = Sketch("Ann leads Kyiv.", "She said that it was ready.", "Ready it is.")
    ann, kyiv = sketch.entity("Ann", "PERSON"), sketch.entity("Kyiv")
    sketch.relation("leads", sketch.mention("Ann", ann), sketch.mention("Kyiv", kyiv))
    she = sketch.mention("She", ann, "PRO")
    sketch.mention("it", kyiv, "PRO")
    sketch.attribution("said", "it was ready", source=she)
    sketch.stance("was ready", "m2")
    assert hits(sketch.part(gold), "SB725") == []


def test_a_holder_whom_the_words_name_is_left(gold: Part) -> None:
    """Stances 10: somebody's words may tell another's position."""
    sketch = Sketch("Paris said that Kyiv was not ready for peace.")
    paris, kyiv = sketch.mention("Paris"), sketch.mention("Kyiv")
    sketch.attribution("said", "Kyiv was not ready for peace", source=paris)
    sketch.stance("Kyiv was not ready for peace", kyiv)
    sketch.stance("not ready for peace", kyiv)
    assert hits(sketch.part(gold), "SB725") == []


@pytest.mark.parametrize(("holder", "found"), [("Paris", False), ("Kyiv", False), ("Lyon", True)])
def test_of_nested_attributions_any_may_be_the_holders(gold: Part, holder: str, found: bool) -> None:
    sketch = Sketch("Paris said that Kyiv believed that peace must last. Lyon left.")
    ids = {name: sketch.mention(name) for name in ("Paris", "Kyiv", "Lyon")}
    sketch.attribution("said", "Kyiv believed that peace must last", source=ids["Paris"])
    sketch.attribution("believed", "peace must last", source=ids["Kyiv"])
    sketch.stance("peace must last", ids[holder])
    part = sketch.part(gold)
    assert places_in(part, "SB725") == ([("stances", 0, "holder")] if found else [])
    assert all("Kyiv" in hit.what for hit in hits(part, "SB725"))


def test_evidence_that_only_overlaps_what_is_said_is_left(gold: Part) -> None:
    sketch = Sketch("Paris said that peace must last, and Kyiv left.")
    paris, kyiv = sketch.mention("Paris"), sketch.mention("Kyiv")
    sketch.attribution("said", "peace must last", source=paris)
    sketch.stance("said that peace must last", kyiv)
    sketch.stance("must last, and Kyiv left", kyiv)
    assert hits(sketch.part(gold), "SB725") == []


# Where they stand in files


def test_a_date_that_is_none_does_not_stop_the_validator(root: Root) -> None:
    root.edit("documents", 0, date="2025-2-17")
    assert places(root.findings()) == [("SB502", "documents.jsonl", 1, "date")]


def test_likely_mistakes_stand_in_order_with_their_sentence(root: Root) -> None:
    root.edit("mentions", 28, end=427, text="Trump's")
    root.edit("mentions", 2, end=36, text="Keir Starmer,")
    root.edit("entities", 18, value="2025-02-16")
    found: dict[str, list[Record]] = {key: list(group) for key, group in groupby(root.findings(), lambda f: f.rule)}
    assert list(found) == ["SB707", "SB704", "SB703"]
    [[saturday], [starmer], [trump]] = found.values()
    assert saturday.context.startswith("Trump's Ukraine envoy, Keith Kellogg, said [Saturday] that")
    assert starmer.context.startswith("British Prime Minister [Keir Starmer,] ahead")
    assert trump.context.startswith("[Trump's] Ukraine envoy")


# SB718


def title(gold: Part, words: str, *wholes: str, related: bool = False, **shape: Any) -> list[str]:
    """The titles in which the rule misses a relation to the name at their beginning."""
    sketch = Sketch(f"The {words} left.", **shape)
    head = sketch.mention(words, level="NOM", type="PERSON")
    for whole in wholes:
        tail = sketch.mention(whole, type="ORG" if whole == "EU" else "GPE")
        if related:
            sketch.relation("leads", head, tail)
    return mentions_found(sketch.part(gold), "SB718")


@pytest.mark.parametrize(
    "words", ["Zembla president", "Zembla Prime Minister", "Zembla deputy leaders", "Zembla's mayor"]
)
def test_a_title_needs_a_relation_to_the_name_in_it(gold: Part, words: str) -> None:
    assert title(gold, words, "Zembla") == [words]
    assert title(gold, words, "Zembla", related=True) == []
    assert title(gold, words, "Zembla", begun=["relations"]) == [], "not done"
    assert title(gold, words, "Zembla", language="de") == []


@pytest.mark.parametrize(
    "words", ["Zembla envoy", "Zembla pilots", "Zembla army leader", "first Zembla leader", "president of Zembla"]
)
def test_other_people_and_names_elsewhere_need_none(gold: Part, words: str) -> None:
    assert title(gold, words, "Zembla") == []


# SB719


@pytest.mark.parametrize(
    ("pronouns", "type", "found"),
    [
        (("he", "his", "He"), "PERSON", []),
        (("he", "her"), "PERSON", ["her"]),
        (("she", "him", "hers"), "PERSON", ["him"]),
        (("they", "their", "it"), "PERSON", []),
        (("she",), "ORG", ["she"]),
        (("it",), "GPE", []),
    ],
)
def test_a_person_is_he_or_she_and_nothing_else_is(
    gold: Part, pronouns: tuple[str, ...], type: str, found: list[str]
) -> None:
    sketch = Sketch(" ".join(f"- {word} -" for word in pronouns))
    entity = sketch.entity("Lee", type)
    for word in pronouns:
        span = sketch.span(f"- {word} -")
        sketch.mention(f"- {word} -", entity, "PRO")
        sketch.rows["mentions"][-1] |= {"start": span["start"] + 2, "end": span["end"] - 2, "text": word}
    assert mentions_found(sketch.part(gold), "SB719") == found


# SB726


def without_attribution(gold: Part, *sentences: str, cue: str | None = None, **shape: Any) -> list[str]:
    """The words in which the rule misses an attribution; cue: of one that is there."""
    sketch = Sketch(*sentences, **shape)
    if cue:
        sketch.attribution(cue, sketch.text[-3:])
    found = hits(sketch.part(gold), "SB726")
    assert all(hit.span for hit in found)
    return [sketch.text[hit.span[1] : hit.span[2]] for hit in found if hit.span]


@pytest.mark.parametrize(
    ("sentence", "cue", "found"),
    [
        ("Lee said that the mills closed.", "said", "said that the"),
        ("Lee said on Tuesday that mills closed.", "said", "said on Tuesday that mills"),
        ("Lee said the mills had closed.", "said", "said the mills had closed"),
        ("It was, I think, open.", "think", ", I think,"),
        ("Lee urged the two mills to close.", "urged", "urged the two mills to close"),
        ("According to Lee, mills closed.", "According to", "According to Lee"),
        ("Lee told the chamber that mills closed.", "told", "told the chamber that mills"),
        ("The mills, he told reporters, had closed.", "told", ", he told reporters,"),
        ("The mills have closed, Lee said.", "said", ", Lee said."),
        ("Everyone knew who had closed them.", "knew", "knew who had"),
        ("They do not know whether it closed.", "do not know", "know whether it"),
    ],
)
def test_a_verb_of_saying_or_knowing_needs_an_attribution(gold: Part, sentence: str, cue: str, found: str) -> None:
    assert without_attribution(gold, sentence) == [found]
    assert without_attribution(gold, sentence, cue=cue) == []
    assert without_attribution(gold, sentence, begun=["attributions"]) == [], "not done"
    assert without_attribution(gold, sentence, language="de") == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Lee never said that the mills closed.",
        "Lee didn\u2019t say that, and was told that day.",
        "As you know that ends badly.",
        "She knew Lee and knew how to wait.",
        "What Lee said was heard.",
        "Who said otherwise was wrong, according to law.",
        "According to those who remember how it was, it was open.",
    ],
)
def test_what_is_not_said_or_no_clause_needs_none(gold: Part, sentence: str) -> None:
    assert without_attribution(gold, sentence) == []


def test_each_of_several_cues_is_looked_at(gold: Part) -> None:
    both = "Lee said that Daro told us that it rained."
    assert without_attribution(gold, "No.", both, cue="said") == ["told us that it"]
    assert without_attribution(gold, both, "No.") == ["said that Daro", "told us that it"]


# What the guidelines demand


@pytest.mark.parametrize("words", ["Everybody", "everyone"])
def test_a_pronoun_for_all_needs_nobody_else(gold: Part, words: str) -> None:
    sketch = Sketch(f"Here {words} waits.", f"It is open to {words}, and they came.")
    sketch.mention(words, level="PRO", type="PERSON")
    sketch.mention(words, level="PRO", type="GPE", nth=2)
    sketch.mention("they", level="PRO", type="GPE")
    assert [hit.row for hit in hits(sketch.part(gold), "SB714")] == [2]


def test_a_holder_whom_the_words_name_may_hold_what_they_say(gold: Part) -> None:
    sketch = Sketch("Lee said the millers, tired of talks, wanted the accord signed.", "Daro left.")
    lee, millers, daro = sketch.mention("Lee"), sketch.mention("millers", level="NOM"), sketch.mention("Daro")
    sketch.attribution("said", "the millers, tired of talks, wanted the accord signed", source=lee)
    sketch.stance("the accord signed", millers)
    sketch.stance("the accord signed", daro)
    assert [hit.row for hit in hits(sketch.part(gold), "SB725")] == [1]


@pytest.mark.parametrize(
    ("words", "value", "off"),
    [
        ("He said Thursday it rained.", "2025-02-13", False),
        ("He said Thursday it rained.", "2025-02-20", True),
        ("They voted on Thursday.", "2025-02-20", True),
        ("It is to be announced on Thursday.", "2025-02-20", False),
        ("They will meet on Thursday.", "2025-02-20", False),
        ("They will meet on Thursday.", "2025-02-13", True),
    ],
)
def test_a_weekday_is_on_the_side_of_its_verb(gold: Part, words: str, value: str, off: bool) -> None:
    sketch = Sketch(words)
    sketch.mention("Thursday", sketch.entity("Thursday", "DATE", value=value))
    assert (hits(sketch.part(gold), "SB707") != []) == off
