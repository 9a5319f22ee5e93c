"""The rules on spans, on many shapes of spans."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapes import Sketch, hits, mentions_at, part_of

from conftest import PART, PROJECT, Root, places
from stancebank.checks.sb3_spans import mentions_cross, span_outside_sentence, span_text_mismatch
from stancebank.corpus.additions import add_texts
from stancebank.corpus.part import Part
from stancebank.pages.new_corpus import make_corpus
from strategies import done_in_all

Record = dict[str, Any]
Spans = Sequence[tuple[int, int]]


# SB301


@pytest.fixture
def world(tmp_path: Path) -> Root:
    """A small corpus with Kyiv in it twice, behind a joined emoji, Hebrew, a flag, CRLF and a combining mark."""
    text = (
        "\U0001f469\u200d\U0001f680 met \u05e9\u05dc\u05d5\u05dd in Kyiv \U0001f1fa\U0001f1e6.\r\n\r\n"
        "x\u0304 said Kyiv yesterday evening, and again.\r\n"
    )
    (tmp_path / "world.txt").write_bytes(text.encode())
    root = Root(tmp_path / "world")
    make_corpus(root.path, PROJECT / "schemas/scheme.yaml")
    add_texts(root.path, [tmp_path / "world.txt"], part=PART, date="2025-02-20")
    [document] = root.records("documents")
    spans = [match.span() for match in re.finditer("Kyiv", document["text"])]
    entity = {
        "doc_id": "world",
        "entity_id": "e1",
        "type": "GPE",
        "name": "Kyiv",
        "wikidata": "Q1899",
        "value": None,
        "actor": None,
    }
    mentions = mentions_at(*spans, text=document["text"], doc_id="world")
    root.write("entities", [entity])
    root.write("mentions", [mention | {"entity_id": "e1"} for mention in mentions])
    root.write("progress", done_in_all("world"))
    return root


def test_offsets_count_code_points_whatever_stands_before_them(world: Root) -> None:
    assert [mention["text"] for mention in world.records("mentions")] == ["Kyiv", "Kyiv"]
    assert world.findings() == []


@pytest.mark.parametrize(
    "count",
    [
        pytest.param(lambda before: len(before) + 1, id="one more"),
        pytest.param(lambda before: len(before) - 1, id="one less"),
        pytest.param(lambda before: len(before.encode("utf-16-le")) // 2, id="UTF-16 units"),
        pytest.param(lambda before: len(before.encode()), id="bytes"),
        pytest.param(lambda before: len(before.replace("\n", "\r\n")), id="with the seed's line ends"),
        pytest.param(lambda before: len(re.sub("[\u0300-\u036f]", "", before)), id="without combining marks"),
    ],
)
def test_offsets_that_count_something_else_are_found(world: Root, count: Callable[[str], int]) -> None:
    text = world.records("documents")[0]["text"]
    start = count(text[: text.rindex("Kyiv")])
    world.edit("mentions", 1, start=start, end=start + 4)
    errors = [finding for finding in world.findings() if finding.severity == "error"]
    assert places(errors) == [("SB301", "mentions.jsonl", 2, "text")]


TEXTS = st.text(st.sampled_from("ab \n\t\u00e9e\u0301\u05d0\u200d\U0001f1fa\U0001d4a6"), min_size=6, max_size=30)


@given(text=TEXTS, data=st.data())
def test_a_span_is_found_just_where_it_reads_otherwise(gold: Part, text: str, data: Any) -> None:
    """The law of SB301, for spans anywhere in the text that repeat what stands up to one code point beside them."""
    starts = data.draw(st.lists(st.integers(1, len(text) - 3), min_size=1, max_size=6))
    shifts = data.draw(st.lists(st.sampled_from([-1, 0, 1]), min_size=len(starts), max_size=len(starts)))
    mentions = [
        mention | {"text": text[mention["start"] + shift : mention["end"] + shift]}
        for mention, shift in zip(mentions_at(*((start, start + 2) for start in starts)), shifts, strict=True)
    ]
    wrong = [row for row, start in enumerate(starts) if text[start : start + 2] != mentions[row]["text"]]
    document = gold["documents"].row(0, named=True) | {"text": text}
    hits = span_text_mismatch(part_of(gold, documents=[document], mentions=mentions))
    assert [hit.row for hit in hits] == wrong


def test_a_wrong_text_is_found_at_the_very_end(gold: Part) -> None:
    document = gold["documents"].row(0, named=True) | {"text": "in Kyiv"}
    wrong = [mentions_at((3, 7))[0] | {"text": "Kiev"}]
    assert [hit.row for hit in span_text_mismatch(part_of(gold, documents=[document], mentions=wrong))] == [0]


# SB303


def test_the_length_of_a_text_counts_code_points(world: Root) -> None:
    text = world.records("documents")[0]["text"]
    world.edit("sentences", 1, end=len(text) + 1)
    assert places(world.findings()) == [("SB303", "sentences.jsonl", 2, "end")]


# SB304


def crossing(gold: Part, spans: Spans, sentences: Spans = ((0, 15),)) -> list[int]:
    """Index of each span that the rule says crosses one before it."""
    sketch = Sketch("." * 15)
    first = sketch.rows["sentences"][0]
    sketch.rows["sentences"] = [first | {"start": start, "end": end} for start, end in sentences]
    sketch.rows["mentions"] = mentions_at(*spans)
    return [hit.row for hit in mentions_cross(sketch.part(gold))]


@pytest.mark.parametrize(
    ("spans", "found"),
    [
        pytest.param([(0, 5), (4, 9)], [1], id="crossing"),
        pytest.param([(0, 5), (1, 6), (2, 7)], [1, 2], id="three of them"),
        pytest.param([(0, 9), (2, 5)], [], id="inside"),
        pytest.param([(0, 5), (0, 9)], [], id="same start"),
        pytest.param([(0, 9), (4, 9)], [], id="same end"),
        pytest.param([(0, 9), (0, 9)], [], id="same span"),
        pytest.param([(0, 5), (5, 9)], [], id="side by side"),
        pytest.param([], [], id="none"),
    ],
)
def test_mentions_may_nest_but_not_cross(gold: Part, spans: Spans, found: list[int]) -> None:
    assert crossing(gold, spans) == found


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4)).map(lambda s: (s[0], s[0] + s[1])), max_size=8))
def test_a_mention_crosses_when_it_starts_inside_another_and_ends_behind_it(gold: Part, spans: Spans) -> None:
    expected = [
        row for row, (start, end) in enumerate(spans) if any(before < start < after < end for before, after in spans)
    ]
    assert crossing(gold, spans) == expected


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4)).map(lambda s: (s[0], s[0] + s[1])), max_size=8))
def test_crossing_is_sought_among_the_mentions_that_start_in_one_sentence(gold: Part, spans: Spans) -> None:
    """What stands in front of the first sentence counts as one."""

    def sentence(start: int) -> int:
        return (start >= 2) + (start >= 6)

    expected = [
        row
        for row, (start, end) in enumerate(spans)
        if any(before < start < after < end and sentence(before) == sentence(start) for before, after in spans)
    ]
    assert crossing(gold, spans, [(2, 6), (6, 15)]) == expected


def test_a_mention_that_reaches_into_the_next_sentence_is_found_as_such(gold: Part) -> None:
    sketch = Sketch(["Kyiv fell.", "Paris fell."])
    sketch.mention("fell. Paris")
    sketch.mention("Paris fell")
    assert [hit.row for hit in hits(sketch.part(gold), "SB306")] == [0]
    assert hits(sketch.part(gold), "SB304") == []


def test_mentions_of_different_documents_do_not_cross(gold: Part) -> None:
    sketch, other = Sketch("." * 15), Sketch("." * 15, doc_id="another")
    sketch.rows["mentions"] = mentions_at((0, 5))
    other.rows["mentions"] = mentions_at((4, 9), doc_id="another")
    assert hits(sketch.part(gold, other), "SB304") == []


# SB306


def test_a_mention_before_the_first_sentence_lies_in_none(gold: Part) -> None:
    sentence = gold["sentences"].row(0, named=True) | {"start": 5, "end": 9}
    documents = gold["documents"].to_dicts()
    part = part_of(gold, documents=documents, sentences=[sentence], mentions=mentions_at((0, 4), (5, 9)))
    assert [hit.row for hit in span_outside_sentence(part)] == [0]


# SB307, SB309


def test_sentences_may_touch(root: Root) -> None:
    """The heading "'Do more, better'" in two."""
    second = root.records("sentences")[11] | {"sentence_id": "n22", "start": 2034}
    root.edit("sentences", 11, end=2034)
    root.change("sentences", lambda records: records.insert(12, second))
    assert root.findings() == []


def test_content_spans_may_touch(root: Root) -> None:
    """What ends with "three" and goes on with "-year conflict"."""
    text = root.records("documents")[0]["text"]
    content = [{"start": start, "end": end, "text": text[start:end]} for start, end in [(283, 403), (403, 417)]]
    root.edit("attributions", 1, content=content)
    assert root.findings() == []


# SB310, SB311


@pytest.mark.parametrize("blank", [" ", "\n", "\t", "\u00a0", "\u3000", " \n"], ids=ascii)
def test_a_blank_at_either_end_of_a_sentence_is_found(gold: Part, blank: str) -> None:
    sketch = Sketch([f"{blank}Kyiv fell.", f"It rose.{blank}", f"{blank}So it was.{blank}", "And it is."])
    found = [(hit.layer, hit.row, hit.path) for hit in hits(sketch.part(gold), "SB310")]
    assert found == [("sentences", 0, ("start",)), ("sentences", 1, ("end",)), ("sentences", 2, ("start",))]


@pytest.mark.parametrize(("start", "end"), [(-1, 4), (3, 3), (4, 3), (0, 99), (-(2**63), 2**63 - 1)])
def test_a_sentence_outside_the_text_has_no_blanks(gold: Part, start: int, end: int) -> None:
    sketch = Sketch(" Kyiv ")
    sketch.rows["sentences"][0] |= {"start": start, "end": end}
    assert hits(sketch.part(gold), "SB310") == []


@pytest.mark.parametrize("gap", ["\n\n", "\n\n\n\n", "\n \n", "\n\t\n \n"], ids=ascii)
def test_a_paragraph_ends_at_blank_lines(gold: Part, gap: str) -> None:
    sketch = Sketch(["Kyiv fell.", f"It rose.{gap}So it was.", "And it is.\nIt is."])
    starts = [sketch.text.index(words) for words in ("Kyiv", "It rose", "So", "And", "It is")]
    first = sketch.rows["sentences"][0]
    for wrong in range(5):
        sketch.rows["sentences"] = [
            first
            | {"sentence_id": f"n{row}", "start": start, "end": start + 2, "paragraph": (row > 1) + (row == wrong)}
            for row, start in enumerate(starts)
        ]
        [hit] = hits(sketch.part(gold), "SB311")
        assert (hit.layer, hit.row, hit.path) == ("sentences", wrong, ("paragraph",))


def test_a_sentence_over_a_blank_line_is_found_at_its_end(gold: Part) -> None:
    sketch = Sketch(["Kyiv fell.", "It rose.\n\nSo it was."], ["And it is.", "Is it?"])
    sketch.rows["sentences"][2]["paragraph"] = sketch.rows["sentences"][3]["paragraph"] = 2
    assert [(hit.row, hit.path) for hit in hits(sketch.part(gold), "SB311")] == [(1, ("end",))]


def test_each_document_counts_its_own_paragraphs(gold: Part) -> None:
    sketch, other = Sketch("Kyiv fell.", "It rose.", "So it was."), Sketch("Paris.", "Lyon.", doc_id="another")
    assert hits(sketch.part(gold, other), "SB311") == []
    assert hits(other.part(gold, sketch), "SB311") == []
