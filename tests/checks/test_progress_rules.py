"""Progress and records: what contradicts each other is told, in the corpus and in passes, and nothing else."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapes import Sketch, hits, places_in

from conftest import DOC, Root, examples, places
from stancebank.checks.registry import RULES
from stancebank.checks.sb5_labels import decision_missing
from stancebank.checks.selection import ERRORS_ALONE
from stancebank.checks.validation import part_hits
from stancebank.corpus.part import Part
from stancebank.schema.layers import ANNOTATED, DONE, ORIGINS, STATES
from strategies import begun, parts

BOOKKEEPING = [rule.id for rule in RULES.values() if rule.bookkeeping]
LAYERS = sorted(ANNOTATED)  # as progress lists them


@pytest.fixture
def root(root: Root) -> Root:
    """The project's corpus with its passes."""
    root.add_passes()
    return root


@pytest.fixture(params=[None, "pass-a"], ids=["gold", "pass"])
def whose(root: Root, request: pytest.FixtureRequest) -> Root:
    """The gold, then a pass."""
    return root.of(request.param) if request.param else root


def told(root: Root) -> list[tuple[str, str, int | None, str]]:
    """Rule, file from the root, line and path of each finding."""
    return [(f.rule, f.file, f.line, f.path.removeprefix("$.")) for f in root.findings()]


def own(root: Root, layer: str) -> str:
    """The path of a layer's file from the root."""
    return root.layer_path(layer).relative_to(root.path).as_posix()


def set_progress(root: Root, layer: str, **values: Any) -> None:
    root.edit("progress", LAYERS.index(layer), **values)


# Records and progress


def test_records_of_a_layer_that_is_not_begun_are_told_once(whose: Root) -> None:
    whose.change("progress", lambda records: records.pop(LAYERS.index("relations")))
    assert told(whose) == [("SB611", own(whose, "relations"), 1, "")]
    assert "relations" in whose.findings()[0].what


def test_records_without_any_progress_are_told_once_for_a_document(whose: Root) -> None:
    whose.layer_path("progress").unlink()
    assert told(whose) == [("SB611", own(whose, "entities"), 1, "")]
    assert ", ".join(ANNOTATED) in whose.findings()[0].what


@pytest.mark.deep("inputs", quick=3)
@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_that_is_skipped_has_no_records(whose: Root, layer: str) -> None:
    set_progress(whose, layer, state="skipped")
    assert told(whose) == [("SB612", own(whose, "progress"), 1 + LAYERS.index(layer), "state")]


@given(begun())
@settings(max_examples=examples(50))
def test_what_is_not_begun_or_skipped_is_told_by_document_and_layer(part: Part) -> None:
    """The laws of SB611 and SB612, by a look at each document and layer."""
    state = {(row["doc_id"], row["layer"]): row["state"] for row in part["progress"].to_dicts()}
    held = {(doc_id, layer) for layer in ANNOTATED for doc_id in part[layer]["doc_id"]}
    skipped = [(hit.row, part["progress"].row(hit.row)[:2]) for hit in hits(part, "SB612")]
    assert {place for _, place in skipped} == {place for place in held if state.get(place) == "skipped"}
    not_begun = {part[hit.layer]["doc_id"][hit.row] for hit in hits(part, "SB611")}
    assert not_begun == {doc_id for doc_id, layer in held if (doc_id, layer) not in state}
    assert len(hits(part, "SB611")) == len(not_begun)


def test_a_layer_that_is_done_and_empty_is_a_result(whose: Root) -> None:
    """In the gold its quotations and cues lack an attribution."""
    for layer in ANNOTATED:
        whose.write(layer, [])
    assert {rule for rule, *_ in told(whose)} == (set() if whose.annotator else {"SB721", "SB726"})


def test_a_layer_is_listed_once(whose: Root) -> None:
    whose.change("progress", lambda records: records.insert(1, records[0] | {"state": "open"}))
    assert told(whose) == [("SB401", own(whose, "progress"), 2, "layer")]
    assert whose.findings()[0].what == f'the progress of "attributions" of "{DOC}" is here a second time'


def test_progress_of_a_document_that_is_not_there_is_told_at_its_line(whose: Root) -> None:
    whose.change("progress", lambda records: records.append(records[0] | {"doc_id": "gone"}))
    assert told(whose) == [("SB403", own(whose, "progress"), 6, "doc_id")]


def test_a_pass_of_a_document_that_was_removed_is_told_in_the_pass(root: Root) -> None:
    for layer in ("documents", "sentences", *ANNOTATED, "progress"):
        root.write(layer, [])
    found = [finding for finding in root.findings() if finding.file.startswith("annotation/passes/pass-a")]
    assert {finding.rule for finding in found} == {"SB403"}
    assert {finding.file.rsplit("/")[-1][:-6] for finding in found} == {*ANNOTATED, "progress"}
    assert all("if the document was removed" in finding.fix for finding in found)


# Who and when


def test_an_annotator_whom_nobody_knows_is_told(root: Root) -> None:
    set_progress(root, "stances", annotator="nobody")
    assert told(root) == [("SB613", own(root, "progress"), 1 + LAYERS.index("stances"), "annotator")]


@pytest.mark.parametrize("annotator", ["pass-a", "pass-b", None])
def test_progress_of_the_gold_may_name_any_annotator_or_none(root: Root, annotator: str | None) -> None:
    set_progress(root, "stances", annotator=annotator)
    assert told(root) == []


@pytest.mark.parametrize("other", ["pass-b", "nobody"])
def test_two_peoples_progress_in_one_pass_is_an_error(root: Root, other: str) -> None:
    pass_a = root.of("pass-a")
    set_progress(pass_a, "stances", annotator=other)
    assert told(pass_a) == [("SB614", own(pass_a, "progress"), 1 + LAYERS.index("stances"), "annotator")]
    assert [finding.severity for finding in pass_a.findings()] == ["error"]


def day(after: int) -> str:
    return (datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(after)).isoformat()


@pytest.mark.parametrize("date", ["9999-12-31", day(3)])
def test_a_day_that_has_not_come_is_told(whose: Root, date: str) -> None:
    set_progress(whose, "mentions", date=date)
    assert told(whose) == [("SB615", own(whose, "progress"), 1 + LAYERS.index("mentions"), "date")]


@pytest.mark.parametrize("date", [day(-1), "0001-01-01", None])
def test_a_day_that_has_come_is_left(whose: Root, date: str | None) -> None:
    set_progress(whose, "mentions", date=date)
    assert told(whose) == []


@pytest.mark.deep("inputs", quick=3)
@pytest.mark.parametrize(("date", "rule"), [("9999-02-30", "SB503"), ("9999-13-01", "SB502"), ("tomorrow", "SB502")])
def test_a_day_that_is_none_is_told_once(whose: Root, date: str, rule: str) -> None:
    set_progress(whose, "mentions", date=date)
    assert told(whose) == [(rule, own(whose, "progress"), 1 + LAYERS.index("mentions"), "date")]


# Words of progress


@pytest.mark.parametrize(
    ("column", "words"), [("layer", ANNOTATED), ("state", STATES), ("made_from", ORIGINS)], ids=lambda value: str(value)
)
def test_a_word_that_is_none_of_those_allowed_is_told_with_them(
    root: Root, column: str, words: tuple[str, ...]
) -> None:
    root.change("progress", lambda records: records[4].update({column: "wrong"}))
    finding = next(finding for finding in root.findings() if finding.rule == "SB502")
    assert finding.what == f'{column} is "wrong", expected one of {", ".join(words)}'


# What is undecided


@pytest.mark.parametrize("state", [*STATES, None])
def test_what_the_scheme_requires_is_decided_where_a_layer_is_done(root: Root, state: str | None) -> None:
    root.edit("mentions", 40, level=None)
    if state is None:
        root.change("progress", lambda records: records.pop(LAYERS.index("mentions")))
    else:
        set_progress(root, "mentions", state=state)
    found = [place for place in places(root.findings()) if place[0] == "SB508"]
    assert found == ([("SB508", "mentions.jsonl", 41, "level")] if state == DONE else [])


def test_what_the_scheme_does_not_require_may_stay_undecided(root: Root) -> None:
    root.edit("stances", 0, expression=None)
    assert told(root) == []


def test_a_pass_is_not_reported_for_what_its_annotator_left_undecided(root: Root) -> None:
    root.of("pass-a").edit("mentions", 40, level=None)
    assert told(root) == []


def test_a_date_is_required_of_every_document_if_at_all(root: Root) -> None:
    root.replace("seeds/seeds.yaml", "date: 2025-02-17", "date: null")
    root.edit("documents", 0, date=None, header="", text=root.records("documents")[0]["text"])
    assert "SB508" not in {finding.rule for finding in root.findings()}
    root.replace("schemas/scheme.yaml", "required:\n", "required:\n  - documents.date\n")
    root.write("progress", [])
    assert ("SB508", "documents.jsonl", 1, "date") in places(root.findings())


@given(parts(undecided=True))
@settings(max_examples=examples(100))
def test_what_is_undecided_is_no_error(part: Part) -> None:
    assert {rule.id for rule, _ in part_hits(part, ERRORS_ALONE)} <= {"SB203"}, "the seeds are not on disk"


@given(parts(undecided=True))
@settings(max_examples=examples(50))
def test_what_is_undecided_and_required_is_told_and_nothing_else(part: Part) -> None:
    found = {(hit.layer, hit.row, hit.path[0]) for hit in decision_missing(part)}
    required = [name.split(".") for name in part.scheme.required]
    assert found == {
        (layer, row, column)
        for layer, column in required
        for row, value in enumerate(part[layer][column])
        if value is None
    }


# Likely mistakes about what is missing


def missing_things(begun: tuple[str, ...]) -> Sketch:
    """A name that is not linked, an entity of pronouns alone, a quotation and a spokesperson without a relation."""
    sketch = Sketch('Kyiv met Paris. Kyiv said: "It is all over now."', "Paris said peace must last.", begun=begun)
    kyiv, paris = sketch.mention("Kyiv"), sketch.mention("Paris")
    sketch.mention("It", level="PRO")
    sketch.attribution("said", "peace must last", source=paris)
    sketch.stance("peace must last", kyiv)
    return sketch


NEEDED = {"SB713": "mentions", "SB714": "mentions", "SB721": "attributions", "SB725": "relations"}


@pytest.mark.parametrize("rule", NEEDED)
@pytest.mark.parametrize("begun", [(), *((layer,) for layer in ANNOTATED)], ids=str)
def test_what_is_missing_is_told_where_its_layer_is_done(gold: Part, rule: str, begun: tuple[str, ...]) -> None:
    expected = 0 if NEEDED[rule] in begun else 1
    assert min(1, len(places_in(missing_things(begun).part(gold), rule))) == expected


@given(parts(), st.sampled_from(STATES))
@settings(max_examples=examples(30))
def test_what_is_there_and_looks_wrong_is_told_in_any_state(part: Part, state: str) -> None:
    def likely(part: Part) -> list[tuple[str, str, int]]:
        found = part_hits(part)
        return sorted((rule.id, hit.layer, hit.row) for rule, hit in found if rule.id.startswith("SB7"))

    progress = part["progress"].with_columns(state=pl.lit(state))
    other = replace(part, frames={**part.frames, "progress": progress})
    there = [place for place in likely(part) if place[0] not in NEEDED]
    assert [place for place in likely(other) if place[0] not in NEEDED] == there
    assert state == DONE or not [place for place in likely(other) if place[0] in NEEDED]


@pytest.mark.parametrize("state", [*STATES, None])
def test_an_exception_is_used_or_its_rule_was_not_tried(root: Root, state: str | None) -> None:
    """The exception is from a rule that needs mentions to be done."""
    root.add_meant_warning()
    exception = root.corpus().sound().settings.validation.exceptions[0]
    assert RULES[exception.rule].needs == ("mentions",)
    if state is None:
        root.layer_path("progress").unlink()
    else:
        set_progress(root, "mentions", state=state)
    assert "SB801" not in {rule for rule, *_ in told(root)}


def test_the_rules_that_warn_of_passes_are_about_progress() -> None:
    assert BOOKKEEPING == ["SB611", "SB612", "SB615"]
