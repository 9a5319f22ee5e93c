"""Annotators' passes: reading them beside the corpus, checking them, and the register of who made them."""

from __future__ import annotations

import datetime

import pytest

from conftest import PART, Record, Root, places
from stancebank.checks.findings import Finding
from stancebank.checks.validation import check_part
from stancebank.corpus.annotators import Annotators, read_annotators
from stancebank.schema.layers import PART_LAYERS
from stancebank.schema.paths import ANNOTATORS_FILE

FOLDER = f"annotation/passes/pass-a/{PART}"
OWN = [name for name, layer in PART_LAYERS.items() if layer.annotated]
SHARED = ["documents", "sentences"]
ENTRY = {"id": "ann", "kind": "person", "name": "Ann Lee", "date": "2026-03-20", "instructions": "a", "note": "b"}


@pytest.fixture
def root(root: Root) -> Root:
    """The project's corpus with its passes."""
    root.add_passes()
    return root


def found(root: Root) -> list[tuple[str, str, int | None]]:
    """Rule, file from the root and line of each finding."""
    return [(finding.rule, finding.file, finding.line) for finding in root.findings()]


# Reading


def test_five_layers_are_the_passes_own(root: Root) -> None:
    part = root.of("pass-a").part()
    assert (part.name, part.annotator, part.faults) == (PART, "pass-a", ())
    assert OWN == ["entities", "mentions", "relations", "attributions", "stances"]
    for layer in OWN:
        assert part.file(layer) == f"{FOLDER}/{layer}.jsonl"
        rows = root.of("pass-a").records(layer)
        assert part[layer].to_dicts() == rows
        assert len(rows) > 0


def test_documents_sentences_and_targets_are_the_corpuss(root: Root) -> None:
    part = root.of("pass-a").part()
    for layer in SHARED:
        assert part.file(layer) == f"corpus/{PART}/{layer}.jsonl"
        assert part[layer].to_dicts() == root.records(layer)
    assert part.corpus.targets.to_dicts() == root.records("targets")


def test_a_pass_is_found_by_its_folders(root: Root) -> None:
    (root.path / "annotation/passes/.git").mkdir()
    (root.path / "annotation/passes/pass-0").mkdir()
    corpus = root.corpus()
    assert corpus.annotators == ("pass-0", "pass-a", "pass-b")
    assert [corpus.pass_parts(annotator) for annotator in corpus.annotators] == [(), (PART,), (PART,)]


def test_a_corpus_without_passes_has_no_annotators(root: Root) -> None:
    (root.path / "annotation/passes").rename(root.path / "elsewhere")
    (root.path / ANNOTATORS_FILE).unlink()
    corpus = root.corpus().sound()
    assert (corpus.annotators, corpus.register) == ((), Annotators())
    assert root.findings() == []


# Checking


def test_sound_passes_have_no_findings(root: Root) -> None:
    assert root.findings() == []


def test_a_wrong_offset_is_found_in_the_passes_file(root: Root) -> None:
    root.of("pass-a").change("stances", lambda records: records[0].update(text="another text"))
    assert found(root) == [("SB301", f"{FOLDER}/stances.jsonl", 1)]
    (finding,) = root.findings()
    assert finding.context.count("[") == 1, "the sentence is shown, from the corpus's text"


@pytest.mark.deep("inputs", quick=2)
@pytest.mark.parametrize(
    ("layer", "values", "rule"),
    [
        ("mentions", {"level": "NAME"}, "SB501"),
        ("mentions", {"entity_id": "e999"}, "SB404"),
        ("stances", {"target": "no-such-target"}, "SB404"),
        ("entities", {"wikidata": "q42"}, "SB502"),
        ("attributions", {"source": "m999"}, "SB404"),
    ],
)
def test_wrong_values_and_references_are_found_in_a_pass(root: Root, layer: str, values: Record, rule: str) -> None:
    root.of("pass-a").change(layer, lambda records: records[0].update(values))
    assert (rule, f"{FOLDER}/{layer}.jsonl", 1) in found(root)
    assert {file for _, file, _ in found(root)} <= {f"{FOLDER}/{name}.jsonl" for name in OWN}


def test_nobody_is_warned_of_likely_mistakes_in_a_pass(root: Root) -> None:
    def blank(records: list[Record]) -> None:
        records[14] |= {"start": records[14]["start"] - 1, "text": f" {records[14]['text']}"}

    root.of("pass-a").change("mentions", blank)
    own = check_part(root.of("pass-a").part()).findings
    assert "SB701" in {finding.rule for finding in own}, "it would be one in the corpus"
    assert [finding for finding in root.findings() if finding.severity == "warning"] == []


def test_a_broken_document_of_the_corpus_is_reported_once(root: Root) -> None:
    root.edit("documents", 0, text_sha256="0" * 64)
    assert found(root) == [("SB201", f"corpus/{PART}/documents.jsonl", 1)]


@pytest.mark.parametrize("layer", SHARED)
def test_a_layer_of_the_corpus_that_cannot_be_read_is_reported_once(root: Root, layer: str) -> None:
    root.layer_path(layer).unlink()
    assert found(root) == [("SB104", f"corpus/{PART}/{layer}.jsonl", None)]


def test_a_sentence_that_ends_behind_the_text_is_reported_once(root: Root) -> None:
    root.edit("sentences", 20, end=3373)
    assert found(root) == [("SB303", f"corpus/{PART}/sentences.jsonl", 21)]


def test_annotations_of_the_corpus_are_no_business_of_a_pass(root: Root) -> None:
    before = check_part(root.of("pass-a").part()).findings
    root.edit("stances", 0, label="favour")
    assert found(root) == [("SB501", f"corpus/{PART}/stances.jsonl", 1)]
    assert check_part(root.of("pass-a").part()).findings == before


@pytest.mark.parametrize("layer", OWN)
def test_a_missing_layer_is_no_empty_one(root: Root, layer: str) -> None:
    root.of("pass-a").layer_path(layer).unlink()
    assert found(root) == [("SB104", f"{FOLDER}/{layer}.jsonl", None)]


def test_a_pass_in_which_nothing_was_found_is_sound(root: Root) -> None:
    for layer in OWN:
        root.of("pass-a").layer_path(layer).write_bytes(b"")
    assert root.findings() == []


@pytest.mark.parametrize("name", ["mention.jsonl", "documents.jsonl", "sentences.jsonl", "notes.txt"])
def test_a_stray_file_in_a_pass_is_found(root: Root, name: str) -> None:
    (root.path / FOLDER / name).touch()
    (finding,) = root.findings()
    assert (finding.rule, finding.file) == ("SB105", f"{FOLDER}/{name}")
    expected = "attributions.jsonl, entities.jsonl, mentions.jsonl, progress.jsonl, relations.jsonl, stances.jsonl"
    assert finding.what == f"not the file of a layer that belongs here; expected {expected}"


def test_a_pass_over_a_part_that_the_corpus_lacks_is_found(root: Root) -> None:
    (root.path / "annotation/passes/pass-b/2024-01").mkdir()
    (finding,) = root.findings()
    assert (finding.rule, finding.file) == ("SB105", "annotation/passes/pass-b/2024-01")
    assert "the corpus has no such part" in finding.what


def test_a_pass_that_leads_out_of_the_root_is_not_read(root: Root) -> None:
    outside = root.path.parent / "stances.jsonl"
    root.of("pass-a").layer_path("stances").rename(outside)
    root.of("pass-a").layer_path("stances").symlink_to(outside)
    assert found(root) == [("SB106", f"{FOLDER}/stances.jsonl", None)]


# The register


def test_a_pass_that_nobody_registered_is_found(root: Root) -> None:
    (root.path / ANNOTATORS_FILE).unlink()
    assert found(root) == [(("SB610"), f"annotation/passes/{who}", None) for who in ("pass-a", "pass-b")]


def test_an_annotator_whose_pass_is_still_to_come_may_be_registered(root: Root) -> None:
    (root.path / "annotation/passes/pass-b" / PART).rename(root.path / "elsewhere")
    (root.path / "annotation/passes/pass-b").rmdir()
    assert root.findings() == []


def register(root: Root, *entries: Record) -> list[Finding]:
    """The findings with a register of these entries, one key a line."""
    lines = ["annotators:\n"]
    for entry in entries:
        lines += [f"  {'- ' if i == 0 else '  '}{key}: {value}\n" for i, (key, value) in enumerate(entry.items())]
    (root.path / ANNOTATORS_FILE).write_text("".join(lines), "utf-8")
    return root.findings()


def test_a_register_is_read(root: Root) -> None:
    register(root, ENTRY, ENTRY | {"id": "bob", "kind": "program"})
    annotators, faults = read_annotators(root.path)
    assert faults == []
    assert [(each.id, each.kind) for each in annotators.annotators] == [("ann", "person"), ("bob", "program")]
    assert annotators.by_id["ann"].date == datetime.date(2026, 3, 20)


@pytest.mark.parametrize(
    ("values", "line", "column", "path", "what"),
    [
        ({"kind": "human"}, 3, 11, "kind", "expected person, language model or program"),
        ({"date": "yesterday"}, 5, 11, "date", "expected a day as YYYY-MM-DD"),
        ({"id": "../ann"}, 2, 9, "id", '"../ann" is not of the form'),
        ({"name": ""}, 4, 5, "name", "expected text that is not empty"),
        ({"colour": "red"}, 8, 5, "colour", "the key is unknown"),
    ],
)
def test_a_fault_of_the_register_has_line_and_column(
    root: Root, values: Record, line: int, column: int, path: str, what: str
) -> None:
    (finding,) = register(root, ENTRY | values)
    assert places([finding]) == [("SB119", "annotators.yaml", line, f"annotators[0].{path}")]
    assert finding.column == column
    assert what in finding.what


@pytest.mark.parametrize("key", ["id", "kind", "name", "date", "instructions", "note"])
def test_an_entry_says_everything(root: Root, key: str) -> None:
    (finding,) = register(root, {name: value for name, value in ENTRY.items() if name != key})
    assert places([finding]) == [("SB119", "annotators.yaml", 2, f"annotators[0].{key}")]
    assert "the key is missing" in finding.what


def test_an_annotator_is_registered_once(root: Root) -> None:
    (finding,) = register(root, ENTRY, ENTRY)
    assert places([finding]) == [("SB119", "annotators.yaml", 8, "annotators[1].id")]
    assert finding.what.endswith('the annotator "ann" is registered twice')


def test_control_characters_of_the_register_are_not_repeated(root: Root) -> None:
    (root.path / ANNOTATORS_FILE).write_text('annotators:\n  - {id: "\\e[31m", kind: "a\\e[0m"}\n', "utf-8")
    assert all(finding.what.isprintable() for finding in root.findings())
    assert root.findings()
