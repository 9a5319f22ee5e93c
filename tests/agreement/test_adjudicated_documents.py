"""Adjudication touches what all passes have done, and nothing else; it takes any number of passes."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from three_documents import DOCUMENTS, Record, Three, three_documents

from conftest import Cli, examples
from stancebank.agreement.adjudication import Adjudicated, adjudicate
from stancebank.agreement.decisions import read_decisions
from stancebank.agreement.gold_writing import plan_gold, write_gold
from stancebank.faults import StanceBankError
from stancebank.schema.layers import ANNOTATED, DONE, FROM_PASSES, OPEN, PROGRESS
from stancebank.schema.paths import ADJUDICATED_FILE, ADJUDICATION_FILE

pytest.importorskip("scipy", reason="pip install 'stancebank[agreement]'")

SHARED = {"entities", "mentions"}


@pytest.fixture
def three(tmp_path: Path) -> Three:
    return three_documents(tmp_path / "three")


def adjudicated(three: Three, *annotators: str) -> list[Adjudicated]:
    return list(adjudicate(three.corpus(), annotators or ("ann", "ben"), read_decisions(three.path)))


def make_gold(three: Three, *annotators: str) -> list[str]:
    results = adjudicated(three, *annotators)
    assert not any(result.open for result in results)
    return write_gold(three.corpus(), plan_gold(three.corpus(), results))


def empty_gold(three: Three, *documents: str) -> None:
    three.only(None, *(each for each in DOCUMENTS if each not in documents))


def test_the_gold_of_documents_that_the_passes_do_not_have_stays_to_the_byte(three: Three, cli: Cli) -> None:
    """Facts A1: two passes over one of three documents deleted the gold of the other two."""
    for annotator in ("ann", "ben"):
        three.only(annotator, "d1")
    empty_gold(three, "d1")
    three.edit("stances", "d1", "s1", "ben", label="against")
    three.decide({"doc_id": "d1", "a": "s1", "b": "s1", "fields": ["label"], "decision": "a"})
    before = three.lines()
    done = cli("adjudicate", "ann", "ben", "--root", three.path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("left d2, d3: not done by ann, ben\n")
    assert done.stdout.endswith("1 decision: 1 document written, 0 unchanged, 2 left\n")
    after = three.lines()
    assert {key: lines for key, lines in after.items() if key[1] != "d1"} == before
    assert {layer: len(after[layer, "d1"]) for layer in ANNOTATED} == {
        layer: len(three.lines("ann")[layer, "d1"]) for layer in ANNOTATED
    }
    assert cli("validate", "--root", three.path).returncode == 0


def test_what_was_adjudicated_is_done_and_made_from_the_passes(three: Three) -> None:
    empty_gold(three, "d1", "d2")
    make_gold(three)
    rows = {(row["doc_id"], row["layer"]): row for row in three.records(PROGRESS.name)}
    assert {key for key, row in rows.items() if row["made_from"] == FROM_PASSES} == {
        (doc_id, layer) for doc_id in ("d1", "d2") for layer in ANNOTATED
    }
    assert {row["state"] for row in rows.values()} == {DONE}
    assert {(row["annotator"], row["date"], row["remark"]) for row in rows.values()} == {(None, None, None)}


def test_the_same_passes_and_decisions_give_the_same_bytes(three: Three) -> None:
    empty_gold(three, *DOCUMENTS)
    make_gold(three)
    before = three.bytes()
    assert make_gold(three) == []
    assert three.bytes() == before


def test_a_remark_of_the_gold_is_kept(three: Three) -> None:
    empty_gold(three, "d1", "d2", "d3")
    three.done(None, {"d1": ANNOTATED}, state=OPEN, remark="is this a stance?")
    make_gold(three)
    rows = [row for row in three.records(PROGRESS.name) if row["doc_id"] == "d1"]
    assert {(row["state"], row["remark"]) for row in rows} == {(DONE, "is this a stance?")}


FEWER = ((), *((each,) for each in ANNOTATED), ANNOTATED[:2], ANNOTATED[1:], ANNOTATED[:4])


@st.composite
def done_layers(draw: st.DrawFn) -> dict[str, tuple[str, ...]]:
    return {doc_id: draw(st.sampled_from([ANNOTATED, *FEWER])) for doc_id in DOCUMENTS}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return three_documents(tmp_path_factory.mktemp("model") / "three").path


@settings(max_examples=examples(25))
@given(of_ann=done_layers(), of_ben=done_layers(), of_gold=done_layers())
def test_nothing_changes_but_what_all_have_done(model: Path, of_ann: Any, of_ben: Any, of_gold: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        three = Three(Path(folder) / "three")
        shutil.copytree(model, three.path)
        three.done("ann", of_ann)
        three.done("ben", of_ben)
        three.done(None, of_gold)
        for doc_id in DOCUMENTS:
            if of_gold[doc_id] == ():
                three.keep("stances", lambda record, doc_id=doc_id: record["doc_id"] != doc_id)
        both = {doc_id: set(of_ann[doc_id]) & set(of_ben[doc_id]) for doc_id in DOCUMENTS}
        due = {
            (layer, doc_id)
            for doc_id, layers in both.items()
            for layer in layers
            if layer not in SHARED or layers >= SHARED
        }
        before, passes = three.lines(), (three.lines("ann"), three.lines("ben"))
        make_gold(three)
        after = three.lines()
        for key in (before.keys() | after.keys()) - due:
            if key[0] != PROGRESS.name:
                assert after.get(key) == before.get(key), key
        rows = {(row["layer"], row["doc_id"]) for row in three.records(PROGRESS.name)}
        assert rows == due | {(layer, doc_id) for doc_id, layers in of_gold.items() for layer in layers}
        assert (three.lines("ann"), three.lines("ben")) == passes
        assert all(("stances", doc_id) in after for doc_id in DOCUMENTS if ("stances", doc_id) in due)


def test_a_layer_alone_is_put_on_the_mentions_of_the_gold(three: Three) -> None:
    """The passes call the mentions otherwise than the gold; only stances are done, so the gold's stay."""
    three.done("ann", {"d1": ["stances"]})
    three.done("ben", {"d1": ["stances"]})
    three.keep("stances", lambda record: record["doc_id"] != "d1")
    three.done(None, {"d1": sorted(SHARED)})
    ends = [("mentions", "mention_id"), ("stances", "holder"), ("attributions", "source")]
    ends += [("relations", "head"), ("relations", "tail")]
    for annotator in ("ann", "ben"):
        for layer, column in ends:
            records = three.records(layer, annotator)
            for each in records:
                each[column] = each[column] and each[column].replace("m", "m9")
            three.write(layer, records, annotator)
    before = three.lines()
    make_gold(three)
    after = three.lines()
    assert after["mentions", "d1"] == before["mentions", "d1"]
    assert [json.loads(line)["holder"] for line in after["stances", "d1"]] == ["m8", "m10"]


def test_a_layer_alone_that_refers_to_what_the_gold_lacks_is_left(three: Three) -> None:
    three.done("ann", {"d1": ["stances"]})
    three.done("ben", {"d1": ["stances"]})
    three.keep("mentions", lambda record: (record["doc_id"], record["mention_id"]) != ("d1", "m10"))
    three.keep("stances", lambda record: record["doc_id"] != "d1")
    before = three.bytes()
    (result,) = adjudicated(three)
    assert result.layers == {}
    assert ("d1", ("stances",), "ann's s2 has m10 as its holder, which the gold does not have") in [
        (each.doc_id, each.layers, each.why) for each in result.left
    ]
    assert make_gold(three) == []
    assert three.bytes() == before


def test_what_the_gold_still_refers_to_does_not_go(three: Three) -> None:
    for annotator in ("ann", "ben"):
        three.done(annotator, {"d1": sorted(SHARED)})
        three.keep("mentions", lambda record: (record["doc_id"], record["mention_id"]) != ("d1", "m15"), annotator)
        three.keep("relations", lambda record: (record["doc_id"], record["relation_id"]) != ("d1", "r6"), annotator)
    (result,) = adjudicated(three)
    assert result.layers == {}
    assert any(
        each.why == "the gold's r6 has m15 as its head, which the passes do not have, and relations is not done by all"
        for each in result.left
    )


def test_entities_and_mentions_go_together(three: Three) -> None:
    three.done("ann", dict.fromkeys(DOCUMENTS, ANNOTATED))
    three.done("ben", {each: [layer for layer in ANNOTATED if layer != "mentions"] for each in DOCUMENTS})
    (result,) = adjudicated(three)
    left = {(each.layers, each.why) for each in result.left}
    assert left == {
        (("entities",), "goes with mentions, not done by ben"),
        (("mentions",), "not done by ben"),
    }
    assert set(result.layers.values()) == {("relations", "attributions", "stances")}


# Undecided


@pytest.mark.parametrize("undecided", ["ann", "ben"])
def test_who_is_undecided_does_not_disagree_and_the_other_counts(three: Three, undecided: str) -> None:
    empty_gold(three, "d1")
    three.edit("stances", "d1", "s1", undecided, label=None)
    make_gold(three)
    assert [row["label"] for row in three.records("stances") if row["doc_id"] == "d1"] == ["favor", "against"]


def test_what_both_leave_undecided_stays_so(three: Three) -> None:
    empty_gold(three, "d1")
    for annotator in ("ann", "ben"):
        three.edit("entities", "d1", "e2", annotator, type=None)
        three.edit("relations", "d1", "r2", annotator, modality=None)
    (result,) = adjudicated(three)
    assert result.open == ()
    assert None in result.frames["entities"].filter(doc_id="d1")["type"].to_list()
    assert None in result.frames["relations"].filter(doc_id="d1")["modality"].to_list()


def test_what_one_leaves_undecided_may_be_decided(three: Three) -> None:
    empty_gold(three, "d1")
    three.edit("stances", "d1", "s1", "ann", label=None)
    three.decide(
        {"doc_id": "d1", "a": "s1", "b": "s1", "fields": ["label"], "decision": "other", "values": {"label": "neutral"}}
    )
    make_gold(three)
    assert [row["label"] for row in three.records("stances") if row["doc_id"] == "d1"] == ["neutral", "against"]


# Three passes


@pytest.fixture
def passes(three: Three) -> Three:
    """A third pass, and a gold without d1."""
    three.copy_pass("ben", "cem")
    empty_gold(three, "d1")
    return three


def label(three: Three) -> str:
    (found,) = [row["label"] for row in three.records("stances") if (row["doc_id"], row["stance_id"]) == ("d1", "s1")]
    return str(found)


def question(*, annotator: str | None = None, **more: Any) -> Record:
    asked = {"doc_id": "d1", "a": "s1", "b": "s1", "fields": ["label"], "decision": "a"} | more
    return asked if annotator is None else asked | {"annotator": annotator}


def test_three_passes_that_agree_are_the_gold(passes: Three) -> None:
    make_gold(passes, "ann", "ben", "cem")
    assert label(passes) == "favor"


def test_the_third_pass_is_laid_beside_the_result_of_the_first_two(passes: Three) -> None:
    passes.edit("stances", "d1", "s1", "ben", label="against")
    passes.edit("stances", "d1", "s1", "cem", label="neutral")
    (result,) = adjudicated(passes, "ann", "ben", "cem")
    assert [each.annotator for each in result.open] == [None], "one question after the other"
    passes.decide(question(decision="b"))
    (result,) = adjudicated(passes, "ann", "ben", "cem")
    ((each, annotator),) = [(found.disagreement, found.annotator) for found in result.open]
    assert (each.fields, each.a["label"], each.b["label"], annotator) == (("label",), "against", "neutral", "cem")
    passes.decide(question(decision="b"), question(decision="b", annotator="cem"))
    make_gold(passes, "ann", "ben", "cem")
    assert label(passes) == "neutral"


def test_a_record_of_the_second_pass_alone_can_be_decided_on_with_the_third(passes: Three) -> None:
    passes.keep("stances", lambda record: (record["doc_id"], record["stance_id"]) != ("d1", "s1"), "ann")
    passes.edit("stances", "d1", "s1", "cem", label="neutral")
    passes.decide(question(a=None, fields=[], decision="b"), question(a="ben:s1", decision="b", annotator="cem"))
    make_gold(passes, "ann", "ben", "cem")
    assert [row["label"] for row in passes.records("stances") if row["doc_id"] == "d1"] == ["neutral", "against"]


def test_two_passes_are_the_first_two_whether_or_not_the_decision_names_the_annotator(passes: Three) -> None:
    passes.edit("stances", "d1", "s1", "ben", label="against")
    for annotator in (None, "ben"):
        passes.decide(question(decision="b", annotator=annotator))
        make_gold(passes, "ann", "ben")
        assert label(passes) == "against"


def test_what_the_third_has_not_done_is_left(passes: Three) -> None:
    passes.only("cem", "d1")
    (result,) = adjudicated(passes, "ann", "ben", "cem")
    assert set(result.layers) == {"d1"}
    assert {(each.doc_id, each.why) for each in result.left} == {("d2", "not done by cem"), ("d3", "not done by cem")}


def test_decisions_that_were_not_needed_are_counted(passes: Three, cli: Cli) -> None:
    passes.only("cem", "d1", "d2")
    passes.edit("stances", "d1", "s1", "ben", label="against")
    passes.decide(question(), question(doc_id="d3"), question(doc_id="d9"), question(doc_id="d1", annotator="cem"))
    done = cli("adjudicate", "ann", "ben", "--root", passes.path)
    assert done.returncode == 2, "the passes agree on d3"
    passes.decide(question(), question(doc_id="d9"), question(doc_id="d1", annotator="cem"))
    done = cli("adjudicate", "ann", "ben", "--root", passes.path)
    assert done.stdout.endswith("1 of 3 decisions: 1 document written, 2 unchanged, 0 left\n")


def test_a_missing_decision_says_whose_record_b_is(passes: Three, cli: Cli) -> None:
    passes.edit("stances", "d1", "s1", "cem", label="neutral")
    done = cli("adjudicate", "ann", "ben", "cem", "--root", passes.path)
    assert done.returncode == 1
    assert '"a": "s1", "b": "s1", "fields": ["label"], "annotator": "cem", ...}' in done.stdout
    assert "docs/adjudication.md" in done.stdout


# A gold that was edited


def test_a_gold_that_was_edited_is_shown_and_not_overwritten(three: Three, cli: Cli) -> None:
    make_gold(three)
    three.edit("stances", "d2", "s1", label="neutral")
    before = three.bytes()
    done = cli("adjudicate", "ann", "ben", "--root", three.path)
    assert (done.returncode, done.stderr) == (1, "")
    assert "d2: the gold (A) is not what the passes and decisions give (B)\n" in done.stdout
    assert "  stances: label differs: neutral in A, favor in B: stance s1" in done.stdout
    assert "1 document edited since the last adjudication; nothing was written\n" in done.stdout
    assert "--replace" in done.stdout
    assert three.bytes() == before
    done = cli("adjudicate", "ann", "ben", "--root", three.path, "--replace")
    assert done.returncode == 0
    assert done.stdout.endswith("0 decisions: 1 document written, 2 unchanged, 0 left\n")
    assert [row["label"] for row in three.records("stances") if row["stance_id"] == "s1"] == ["favor"] * 3


def test_a_decision_may_change_where_the_gold_was_not_edited(three: Three) -> None:
    three.edit("stances", "d1", "s1", "ben", label="against")
    three.decide(question())
    make_gold(three)
    three.decide(question(decision="b"))
    make_gold(three)
    assert label(three) == "against"


@pytest.mark.parametrize("state", [DONE, OPEN])
def test_gold_that_nobody_adjudicated_is_somebody_s_work(three: Three, state: str, cli: Cli) -> None:
    three.done(None, {"d1": ANNOTATED}, state=state)
    three.edit("stances", "d1", "s1", label="neutral")
    before = three.bytes()
    assert cli("adjudicate", "ann", "ben", "--root", three.path).returncode == 1
    assert three.bytes() == before


def test_done_and_empty_is_a_result_and_not_begun_is_none(three: Three) -> None:
    three.keep("stances", lambda record: record["doc_id"] != "d1")
    assert [each.doc_id for each in plan_gold(three.corpus(), adjudicated(three)).edited] == ["d1"]
    three.keep(PROGRESS.name, lambda record: record["doc_id"] != "d1")
    gold = plan_gold(three.corpus(), adjudicated(three))
    assert (gold.edited, gold.written) == ((), ("d1",))


def test_the_digest_does_not_hang_on_a_column_that_nobody_has_filled(three: Three) -> None:
    """Columns to come must not make every gold look edited."""
    make_gold(three)
    data = (three.path / ADJUDICATED_FILE).read_text("utf-8")
    assert data.count("\n") == 3 * len(ANNOTATED)
    for each in three.records("stances"):
        assert each["expression"] is None
    from stancebank.agreement import gold_writing

    rows = three.corpus().read_part("2026-03")["stances"].filter(doc_id="d1")
    assert gold_writing.layer_digest(rows, "stances") == gold_writing.layer_digest(rows.drop("expression"), "stances")


# Bad input


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ann"], "adjudication needs two passes or more"),
        (["ann", "ann"], 'the pass "ann" is named twice'),
        (["ann", "dan"], 'there is no pass "dan"; there are ann, ben'),
        (["ann", "ben", "\x1b[31m"], r'there is no pass "\x1b[31m"'),
        (["ann", "gold"], 'there is no pass "gold"'),
    ],
)
def test_passes_that_cannot_be_adjudicated_are_refused(
    three: Three, cli: Cli, arguments: list[str], message: str
) -> None:
    done = cli("adjudicate", *arguments, "--root", three.path)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "fix: " in done.stderr


def refused(three: Three, cli: Cli, *words: str) -> None:
    before = three.bytes()
    done = cli("adjudicate", "ann", "ben", "--root", three.path)
    assert (done.returncode, done.stdout) == (2, "")
    assert all(word in done.stderr for word in (*words, "fix: ")), done.stderr
    assert "Traceback" not in done.stderr
    assert three.bytes() == before


def test_a_gold_with_a_reference_that_leads_nowhere_is_refused(three: Three, cli: Cli) -> None:
    """This was an internal error: ../shared/cases/faults/adjudicate-internal-error.sh."""
    three.keep("mentions", lambda record: record["mention_id"] != "m18")
    refused(three, cli, "corpus/2026-03/attributions.jsonl:4", "stancebank validate")


def test_a_pass_of_a_document_that_was_removed_is_refused(three: Three, cli: Cli) -> None:
    for layer in ("documents", "sentences", *ANNOTATED, PROGRESS.name):
        three.keep(layer, lambda record: record["doc_id"] != "d2")
    refused(three, cli, "annotation/passes/ann/2026-03/entities.jsonl:9", "has no document", "d2")


@pytest.mark.parametrize("annotator", [None, "ben"])
def test_progress_that_contradicts_itself_is_refused(three: Three, cli: Cli, annotator: str | None) -> None:
    first, *rest = three.records(PROGRESS.name, annotator)
    three.write(PROGRESS.name, [first, first | {"state": OPEN}, *rest], annotator)
    refused(three, cli, "2026-03/progress.jsonl:2", "is here a second time")


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        (question(annotator="dan"), ('there is no pass "dan"',)),
        (question(decision="other", values={"label": 1}), ("label cannot be", "docs/data-model.md")),
        (question(decision="other", fields=["stance_id"], values={"stance_id": "s9"}), ('"stance_id" is no field',)),
        (question(decision="other", fields=["mood"], values={"mood": "s9"}), ('"mood" is no field',)),
        (question(fields=["basis"]), ("the passes do not disagree about it",)),
    ],
)
def test_a_decision_that_cannot_be_carried_out_is_refused(
    three: Three, cli: Cli, decision: Record, words: tuple[str, ...]
) -> None:
    three.decide(decision)
    refused(three, cli, *words)


@pytest.mark.parametrize("file", [ADJUDICATION_FILE, ADJUDICATED_FILE])
def test_a_line_that_is_none_is_named(three: Three, cli: Cli, file: str) -> None:
    (three.path / file).write_text('{"doc_id": "d1"}\n', "utf-8")
    refused(three, cli, f"{file}:1: ")


def test_a_decision_on_a_document_that_is_left_waits(three: Three) -> None:
    three.only("ben", "d1", "d3")
    three.decide(question())
    with pytest.raises(StanceBankError, match="do not disagree"):
        adjudicated(three)
    three.decide(question(doc_id="d2"))
    (result,) = adjudicated(three)
    assert set(result.layers) == {"d1", "d3"}
