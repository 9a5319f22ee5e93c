"""The gold follows from the passes and the decisions on what they disagree about."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from conftest import DOC, PART, PROJECT, Record, Root
from stancebank.agreement.adjudication import adjudicate
from stancebank.agreement.decisions import read_decisions
from stancebank.agreement.disagreements import disagreements
from stancebank.agreement.gold_writing import plan_gold, write_gold
from stancebank.corpus.corpus import read_corpus
from stancebank.faults import StanceBankError
from stancebank.schema.layers import LAYERS
from stancebank.schema.paths import ADJUDICATED_FILE, ADJUDICATION_FILE, PASSES

pytest.importorskip("scipy", reason="pip install 'stancebank[agreement]'")

A, B = "pass-a", "pass-b"
ANNOTATED = [name for name, layer in LAYERS.items() if layer.annotated]


@pytest.fixture
def passes(root: Root) -> Root:
    """The project's corpus with its passes and decisions."""
    shutil.copytree(PROJECT / "annotation", root.path / "annotation")
    return root


def lines(root: Root) -> list[Record]:
    return [json.loads(line) for line in (root.path / ADJUDICATION_FILE).read_text("utf-8").splitlines()]


def decide(root: Root, decisions: list[Record]) -> None:
    text = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in decisions)
    (root.path / ADJUDICATION_FILE).write_text(text, "utf-8")


def all_for(root: Root, side: str) -> list[Record]:
    """A decision for one side on each disagreement."""
    corpus = read_corpus(root.path)
    return [
        {
            **{"doc_id": each.doc_id, "layer": each.layer, "a": each.a_id, "b": each.b_id},
            **{"fields": each.fields, "decision": side, "rule": "none", "reason": "a test"},
        }
        for each in disagreements(corpus.read_part(PART, A), corpus.read_part(PART, B))
    ]


def make_gold(root: Root) -> list[str]:
    corpus = read_corpus(root.path)
    results = list(adjudicate(corpus, (A, B), read_decisions(root.path)))
    assert not any(result.open for result in results)
    return [file for file in write_gold(corpus, plan_gold(corpus, results)) if file != ADJUDICATED_FILE]


def gold_files(root: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in (root / "corpus" / PART).iterdir()}


def test_the_passes_and_the_decisions_give_the_gold_byte_for_byte(passes: Root) -> None:
    assert make_gold(passes) == []
    for layer in ANNOTATED:
        passes.change(layer, lambda records: records.reverse())
    assert sorted(make_gold(passes)) == sorted(f"corpus/{PART}/{layer}.jsonl" for layer in ANNOTATED)
    assert gold_files(passes.path) == gold_files(PROJECT)


def test_the_gold_does_not_depend_on_what_was_there_but_for_ids(passes: Root) -> None:
    for layer in ANNOTATED:
        passes.write(layer, [])
    make_gold(passes)
    made, gold = passes.part(), read_corpus(PROJECT).read_part(PART)
    assert list(disagreements(gold, made)) == []
    assert made["mentions"]["mention_id"].to_list() == [f"m{number}" for number in range(1, len(made["mentions"]) + 1)]


@pytest.mark.parametrize(("side", "annotator"), [("a", A), ("b", B)])
def test_deciding_all_for_one_side_gives_that_pass(passes: Root, side: str, annotator: str) -> None:
    decide(passes, all_for(passes, side))
    make_gold(passes)
    corpus = passes.corpus()
    assert list(disagreements(corpus.read_part(PART, annotator), corpus.read_part(PART))) == []


def test_an_undecided_disagreement_is_listed_and_nothing_is_written(passes: Root, cli: Any) -> None:
    first, *rest = lines(passes)
    decide(passes, rest)
    passes.write("stances", [])
    done = cli("adjudicate", A, B, "--root", passes.path)
    assert done.returncode == 1
    assert f'"a": "{first["a"]}", "b": "{first["b"]}", "fields": {json.dumps(first["fields"])}' in done.stdout
    assert "1 undecided" in done.stdout
    assert passes.records("stances") == []


def test_the_command_says_that_the_gold_is_what_the_decisions_give(passes: Root, cli: Any) -> None:
    done = cli("adjudicate", A, B, "--root", passes.path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{len(lines(passes))} decisions: 0 documents written, 1 unchanged, 0 left\n"


def test_the_gold_can_be_written_elsewhere(passes: Root, cli: Any, tmp_path: Path) -> None:
    assert cli("adjudicate", A, B, "--root", passes.path, "--out", tmp_path / "new").returncode == 0
    for layer in ANNOTATED:
        assert (tmp_path / "new" / PART / f"{layer}.jsonl").read_bytes() == passes.layer_path(layer).read_bytes()


def test_what_both_say_can_be_decided_otherwise(passes: Root) -> None:
    decision = {"doc_id": DOC, "layer": "stances", "a": "s1", "b": "s1", "fields": ["commitment"]}
    more = {"decision": "other", "values": {"commitment": "conditional"}, "rule": "stances 2", "reason": "a test"}
    decide(passes, [*lines(passes), decision | more])
    assert make_gold(passes) == [f"corpus/{PART}/stances.jsonl"]
    assert passes.records("stances")[0]["commitment"] == "conditional"


def test_what_both_say_can_be_dropped(passes: Root) -> None:
    decision = {"doc_id": DOC, "layer": "stances", "a": "s1", "b": "s1", "fields": []}
    decide(passes, [*lines(passes), decision | {"decision": "drop", "rule": "stances 1", "reason": "a test"}])
    before = passes.records("stances")
    make_gold(passes)
    assert passes.records("stances") == before[1:]


def test_a_record_of_one_pass_alone_gets_the_next_free_id(passes: Root) -> None:
    passes.of(A).change("stances", lambda records: records.pop(3))
    [missing] = [each for each in all_for(passes, "b") if each["layer"] == "stances"]
    before = passes.records("stances")
    passes.change("stances", lambda records: records.pop(3))
    kept = [each for each in lines(passes) if (each["layer"], each["b"]) != ("stances", missing["b"])]
    decide(passes, [*kept, missing | {"values": {"expression": before[3]["expression"]}}])
    make_gold(passes)
    after = passes.records("stances")
    assert [row | {"stance_id": ""} for row in after] == [row | {"stance_id": ""} for row in before]
    assert after[3]["stance_id"] == f"s{len(before) + 1}"
    assert [row["stance_id"] for row in after if row != after[3]] == [
        row["stance_id"] for row in before if row != before[3]
    ]


def test_dropping_what_something_else_refers_to_is_refused(passes: Root) -> None:
    decision = {"doc_id": DOC, "layer": "entities", "a": "e1", "b": "e1", "fields": []}
    decide(passes, [*lines(passes), decision | {"decision": "drop", "rule": "none", "reason": "a test"}])
    with pytest.raises(StanceBankError, match="but drop"):
        make_gold(passes)


def test_a_gold_that_breaks_a_rule_is_refused(passes: Root) -> None:
    decision = {"doc_id": DOC, "layer": "stances", "a": "s1", "b": "s1", "fields": ["label"]}
    more = {"decision": "other", "values": {"label": "favour"}, "rule": "none", "reason": "a test"}
    decide(passes, [*lines(passes), decision | more])
    with pytest.raises(StanceBankError, match="SB501"):
        make_gold(passes)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param({"a": "e9999"}, "no such record|do not disagree|must be those", id="unknown record"),
        pytest.param({"decision": "a"}, "do not disagree", id="no disagreement"),
        pytest.param({"values": {"name": "x"}}, "must be those of its fields", id="other values than fields"),
    ],
)
def test_a_decision_that_fits_nothing_is_refused(passes: Root, change: Record, message: str) -> None:
    corrections = [each for each in lines(passes) if each["decision"] == "other"]
    decide(passes, [*(each for each in lines(passes) if each != corrections[0]), corrections[0] | change])
    with pytest.raises(StanceBankError, match=message):
        make_gold(passes)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param("{", f"{ADJUDICATION_FILE}:1: .*JSON", id="no JSON"),
        pytest.param('{"doc_id": "d"}', f"{ADJUDICATION_FILE}:1: layer: ", id="keys missing"),
        pytest.param('{"doc_id": "d", "mood": 1}', f"{ADJUDICATION_FILE}:1: ", id="unknown key"),
    ],
)
def test_a_line_that_is_no_decision_is_named(passes: Root, line: str, message: str) -> None:
    (passes.path / ADJUDICATION_FILE).write_text(line + "\n", "utf-8")
    with pytest.raises(StanceBankError, match=message):
        read_decisions(passes.path)


def test_deciding_twice_is_refused(passes: Root) -> None:
    decide(passes, [*lines(passes), lines(passes)[0]])
    with pytest.raises(StanceBankError, match=f"{ADJUDICATION_FILE}:{len(lines(passes))}: this was decided"):
        read_decisions(passes.path)


def test_an_unknown_annotator_is_named(passes: Root, cli: Any) -> None:
    done = cli("adjudicate", A, "pass-c", "--root", passes.path)
    assert done.returncode == 2
    assert "there is no pass" in done.stderr
    assert "pass-b" in done.stderr


def test_a_pass_with_a_reference_that_leads_nowhere_is_refused(passes: Root, cli: Any) -> None:
    passes.of(B).change("mentions", lambda records: records[0].update(entity_id="e999"))
    done = cli("adjudicate", A, B, "--root", passes.path)
    assert done.returncode == 2
    assert f"{PASSES}/{B}/{PART}/mentions.jsonl:1" in done.stderr


def test_every_decision_names_a_rule_and_a_reason() -> None:
    assert all(each.rule and each.reason for each in read_decisions(PROJECT))
