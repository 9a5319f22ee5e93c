"""The rules on texts, labels and other values, value by value."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import pytest
from breakages import reads_at
from hypothesis import given
from hypothesis import strategies as st
from shapes import columns_with, part_of, with_values

from conftest import Root, places
from stancebank.checks.sb2_texts import text_control_character
from stancebank.checks.sb5_labels import timex_malformed, value_malformed
from stancebank.corpus.part import Part
from stancebank.schema.column import Column
from stancebank.schema.layers import (
    ANNOTATED,
    DATE,
    FILE_NAME,
    ID,
    KEY,
    LANGUAGE,
    NAME,
    ORIGINS,
    RECIPE,
    SENTENCE_KINDS,
    SHA256,
    STATES,
    URL,
    WIKIDATA,
    Layer,
)
from strategies import ACTORS

Record = dict[str, Any]


# SB501, SB502


@pytest.mark.deep("inputs", quick=4)
@pytest.mark.parametrize(("layer", "column"), columns_with("vocabulary"))
def test_an_unknown_label_is_found_in_each_vocabulary(root: Root, layer: Layer, column: Column) -> None:
    root.write("actors", ACTORS)
    root.edit(layer.name, 0, **{column.name: "Favor"})
    findings = [finding for finding in root.findings() if finding.severity == "error"]
    assert places(findings) == [("SB501", layer.file_name, 1, column.name)]
    assert reads_at(root, findings[0]).startswith('"Favor"')


MALFORMED = {
    ID: ["", "-a", ".a", "a b", "a/b", "\u00e9", "a\n", "a" * 129],
    FILE_NAME: ["", ".txt", "..", "a/b.txt", "/a.txt", "a\\b.txt", "a\n.txt", "a\0", "a\x7f"],
    DATE: [
        "",
        "2025",
        "2025-2-17",
        "17.02.2025",
        "2025-13-01",
        "2025-00-01",
        "2025-02-32",
        "2025-02-17\n",
        " 2025-02-17",
    ],
    SHA256: ["", "0" * 63, "0" * 65, "A" * 64, "g" * 64, "0" * 64 + "\n"],
    LANGUAGE: ["", "e", "english", "en_GB", "en-", "en\n", "-en"],
    WIKIDATA: ["", "Q", "Q0", "q1", "145", "P31", "Q1\n", "Q1 ", "wd:Q1"],
    RECIPE: ["", "plain-news", "plain-news/", "plain-news/0", "Plain/1", "/1", "a/1\n"],
    KEY: ["", "Reserved", "1st", "a b", "a\n"],
    NAME: [
        *("a\nb", "a\n", "\0", "a\tb", "\x1b[31m", "\x7f", "\u0085", "\u009b"),
        *(" ", " a", "a ", "\u00a0a", "a\u2028", "\u3000", "  a  "),
    ],
    URL: ["", "example.org", "ftp://a", "https://", "https://a b", "https://a\n", "javascript:a", " https://a"],
    "lf|crlf": ["", "LF", "cr", "lfcrlf", "\n", "crlf\n", "xlf"],
    **{
        "|".join(words): ["", words[0].upper(), f"{words[0]} ", "|".join(words)]
        for words in (ANNOTATED, STATES, ORIGINS, SENTENCE_KINDS)
    },
}
WELL_FORMED = {
    ID: ["a", "0", "m14", "000_22079654af0f9918", "A.b-c_d", "a" * 128],
    FILE_NAME: ["a", "a.txt", "a b.txt", "\u00e9.txt", "a..b"],
    DATE: ["2025-02-17", "1999-12-31"],
    SHA256: ["0" * 64, "0123456789abcdef" * 4],
    LANGUAGE: ["en", "pt-BR", "zh-Hant-TW", "gsw", "sl-nedis"],
    WIKIDATA: ["Q1", "Q145", "Q999999999999"],
    RECIPE: ["plain-news/1", "x2/10"],
    KEY: ["a", "publisher-reserved", "cc_by-4"],
    NAME: ["a", "a b", "\u00e9\U0001f600\u05e9", "[a] {b}"],
    "lf|crlf": ["lf", "crlf"],
    **{"|".join(words): list(words) for words in (ANNOTATED, STATES, ORIGINS, SENTENCE_KINDS)},
    URL: ["https://example.org/a?b=c#d", "http://a", "https://example.org/\u00e9"],
}


@pytest.mark.parametrize(("layer", "column"), columns_with("pattern"))
def test_each_malformed_value_is_found_in_each_column_and_no_other_is(gold: Part, layer: Layer, column: Column) -> None:
    good, bad = WELL_FORMED[column.pattern], MALFORMED[column.pattern]
    hits = list(value_malformed(with_values(gold, layer, column, [*good, *bad])))
    assert [(hit.row, hit.path) for hit in hits] == [(len(good) + n, (column.name,)) for n in range(len(bad))]


@pytest.mark.parametrize(("layer", "column"), columns_with("minimum"))
def test_a_number_below_its_minimum_is_found_in_each_column(gold: Part, layer: Layer, column: Column) -> None:
    table = with_values(gold, layer, column, [column.minimum, column.minimum - 1, -(2**63), 2**63 - 1])
    assert [(hit.row, hit.path) for hit in value_malformed(table)] == [(1, (column.name,)), (2, (column.name,))]


@pytest.mark.parametrize(("layer", "column"), columns_with("shortest"))
def test_an_empty_text_or_list_is_found_in_each_column(gold: Part, layer: Layer, column: Column) -> None:
    table = with_values(gold, layer, column, [[] if column.name == "content" else ""])
    assert [(hit.row, hit.path) for hit in value_malformed(table)] == [(0, (column.name,))]


# SB202


def control_characters(gold: Part, text: str) -> list[int]:
    """Row of each document that the rule finds a control character in."""
    document = gold["documents"].row(0, named=True)
    return [hit.row for hit in text_control_character(part_of(gold, documents=[document | {"text": text}]))]


@pytest.mark.parametrize("character", "\0\a\b\v\f\r\x1b\x1f\x7f\x85", ids=ascii)
def test_each_control_character_in_a_text_is_found(gold: Part, character: str) -> None:
    assert control_characters(gold, f"Kyiv{character}") == [0]


@pytest.mark.parametrize("character", "\n\t\x80\x9b\u00a0\u00ad\u200d\u2028\u202e\ufeff\ufffd\U0001f600", ids=ascii)
def test_other_characters_are_no_control_characters(gold: Part, character: str) -> None:
    assert control_characters(gold, f"Kyiv{character}") == []


# SB207


@pytest.mark.parametrize(("column", "value"), [("date", "2025-02-18"), ("language", "en-GB"), ("rights", "mine")])
def test_a_document_may_not_contradict_the_seed_register(root: Root, column: str, value: str) -> None:
    root.edit("documents", 0, **{column: value})
    assert places(root.findings()) == [("SB207", "documents.jsonl", 1, column)]


# SB504

TIMEX3 = """
2025-02-16 2024-02-29 2025-02 2025 202 20 2025-W07 2020-W53 2025-W07-WE 2025-W07-1 2025-Q1 2025-H2 2025-SP 2025-WI
P3Y P1Y6M P2W P10D P2DE P1CE PXY P1.5D PT2H PT1H30M P1DT12H P3Y6M4DT12H30M5S
2025-02-16TNI 2025-02-16TMO 2025-02-16T09:30 2025-02-16T23:59:59 2025-02-16T24:00
XXXX-12-25 XXXX-XX-25 2025-XX-XX 199X XX XXXX-WXX-1 PAST_REF PRESENT_REF FUTURE_REF
"""
NO_TIMEX3 = """
2025-02-30 2025-02-29 2025-13 2025-00 2025-02-00 2025-W54 2025-W00 2025-W7 2025-W07-8 2025-Q5 2025-H3 2025-2-1
20250216 02-16 16.02.2025 2025/02/16 2025-02-16T 2025-02-16T9:30 2025-02-16T25:00 2025-02-16T09:60
2025-02-30TNI 2025-02-30T09:30 2 20255 P PT P3 3Y PY P3YT P3Z p3y P-3Y past_ref PASTREF PAST_REF. yesterday
"""


def malformed_values(gold: Part, values: Sequence[str]) -> list[str]:
    """Those of the values that the rule finds, each being that of one DATE."""
    date = gold["entities"].filter(type="DATE").row(0, named=True)
    hits = timex_malformed(part_of(gold, entities=[date | {"value": value} for value in values]))
    return [values[hit.row] for hit in hits]


@pytest.mark.parametrize("value", TIMEX3.split())
def test_a_timex3_value_is_right(gold: Part, value: str) -> None:
    assert malformed_values(gold, [value]) == []


@pytest.mark.parametrize(
    "value", [*NO_TIMEX3.split(), "", " ", "last week", "2025 ", " 2025", "2025\n", "2025-02-16\n"]
)
def test_what_is_no_timex3_value_is_found(gold: Part, value: str) -> None:
    assert malformed_values(gold, [value]) == [value]


@given(st.dates())
def test_every_day_is_a_timex3_value(gold: Part, day: datetime.date) -> None:
    assert malformed_values(gold, [day.isoformat()]) == []


def test_a_value_of_another_type_is_not_read_as_a_timex3_value(gold: Part) -> None:
    state = gold["entities"].row(0, named=True) | {"value": "last week"}
    assert list(timex_malformed(part_of(gold, entities=[state]))) == []
