"""The project's own corpus, looked at without the project's checks."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from conftest import DOC, PART, PROJECT, Root
from stancebank.checks.validation import check_corpus, check_part
from stancebank.corpus.corpus import read_corpus
from stancebank.corpus.jsonl import write_records
from stancebank.pages.generated import drifted, generated_files
from stancebank.schema.layers import LAYERS, PART_LAYERS
from stancebank.schema.scheme_layers import ALL_LAYERS

records = Root(PROJECT).records
TEXT = records("documents")[0]["text"]


def test_every_span_of_every_layer_reads_its_text() -> None:
    spans = [span for layer in ("mentions", "attributions", "stances") for span in records(layer)]
    spans += [item for attribution in records("attributions") for item in attribution["content"]]
    assert len(spans) == 150 + 16 + 23 + 18
    assert [s for s in spans if TEXT[s["start"] : s["end"]] != s["text"]] == []


def test_header_and_text_are_the_bytes_of_the_seed() -> None:
    document = records("documents")[0]
    seed = (PROJECT / "seeds" / document["seed"]).read_bytes()
    assert (document["header"] + document["text"]).encode() == seed
    assert len(document["text"]) == 3372


def test_the_corpus_has_no_finding_at_all() -> None:
    assert list(check_corpus(read_corpus(PROJECT))) == []


def test_the_corpus_has_the_counts_that_its_changelog_names() -> None:
    counts = {layer: len(records(layer)) for layer in (*PART_LAYERS, "targets")}
    assert counts == {
        "documents": 1,
        "sentences": 21,
        "entities": 58,
        "mentions": 150,
        "relations": 75,
        "attributions": 16,
        "stances": 23,
        "progress": 5,
        "targets": 9,
    }
    changelog = (PROJECT / "CHANGELOG.md").read_text("utf-8")
    for layer in ("entities", "mentions", "relations", "attributions"):
        assert f"{counts[layer]} {layer}" in re.sub(r"\s+", " ", changelog)


def test_every_sentence_but_the_heading_is_annotated() -> None:
    bare = [
        TEXT[s["start"] : s["end"]]
        for s in records("sentences")
        if not any(s["start"] <= m["start"] < s["end"] for m in records("mentions"))
    ]
    assert bare == ["'Do more, better'"]


def test_every_target_has_a_stance_and_every_stance_rests_in_one_sentence() -> None:
    assert {s["target"] for s in records("stances")} == {t["target_id"] for t in records("targets")}
    sentences = [(s["start"], s["end"]) for s in records("sentences")]
    assert all(any(a <= s["start"] < s["end"] <= b for a, b in sentences) for s in records("stances"))


def test_an_entitys_name_stands_in_its_text_where_it_has_a_name() -> None:
    named = {m["entity_id"] for m in records("mentions") if m["level"] == "NAM"}
    linked = {e["entity_id"] for e in records("entities") if e["wikidata"]}
    assert linked <= named
    assert Counter(e["wikidata"] for e in records("entities") if e["wikidata"]).most_common(1)[0][1] == 1


def test_a_calendar_value_is_worked_out_from_monday_the_17th_of_february() -> None:
    first = {m["entity_id"]: m["text"] for m in reversed(records("mentions"))}
    assert {first[e["entity_id"]]: e["value"] for e in records("entities") if e["type"] == "DATE"} == {
        "last week": "2025-W07",
        "three-year": "P3Y",
        "Saturday": "2025-02-15",
        "next week": "2025-W09",
        "Sunday": "2025-02-16",
        "past": "PAST_REF",
    }


@pytest.mark.parametrize("layer", PART_LAYERS)
def test_a_layer_is_written_as_it_stands(layer: str) -> None:
    part = read_corpus(PROJECT).read_part(PART)
    assert write_records(part[layer], LAYERS[layer]) == (PROJECT / part.file(layer)).read_bytes()


def test_no_generated_file_has_drifted() -> None:
    assert drifted(PROJECT, generated_files(read_corpus(PROJECT))) == []


PASSES = ["pass-a", "pass-b"]


@pytest.mark.parametrize("annotator", PASSES)
def test_a_pass_validates_without_an_error_and_holds_each_layer_of_a_pass(annotator: str) -> None:
    part = read_corpus(PROJECT).read_part(PART, annotator)
    assert [finding for finding in check_part(part).findings if finding.severity == "error"] == []
    assert sorted(path.name for path in (PROJECT / "annotation/passes" / annotator / PART).iterdir()) == [
        f"{layer}.jsonl" for layer in sorted(ALL_LAYERS.passes)
    ]
    for layer in ALL_LAYERS.passes:
        assert write_records(part[layer], LAYERS[layer]) == (PROJECT / part.file(layer)).read_bytes()


def test_every_pass_is_registered_as_a_language_models() -> None:
    corpus = read_corpus(PROJECT)
    assert list(corpus.annotators) == PASSES
    assert {each.id: each.kind for each in corpus.register.annotators} == dict.fromkeys(PASSES, "language model")
    assert all("Claude" in each.name for each in corpus.register.annotators)


def test_nothing_in_annotation_calls_the_annotators_people() -> None:
    """The register says person only where it says that none of them is one."""
    folder = PROJECT / "annotation"
    own = [path for path in folder.rglob("*") if path.is_file() and folder / "passes" not in path.parents]
    assert [path for path in own if re.search(r"\bhumans?\b", path.read_text("utf-8"), re.IGNORECASE)] == []
    register = (folder / "annotators.yaml").read_text("utf-8")
    assert re.findall(r"[^\n.]*\b(?:persons?|people)\b[^\n.]*", register) == [" None of them is a person"]


def test_the_one_document_is_the_seed() -> None:
    assert [d["doc_id"] for d in records("documents")] == [DOC]
