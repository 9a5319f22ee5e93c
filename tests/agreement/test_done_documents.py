"""Agreement is measured, layer by layer, on the documents in which all annotations have it done."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any
from unittest import mock

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from three_documents import DOCUMENTS, Three, three_documents
from variations import figure, two_annotations

from conftest import PROJECT, Cli, examples
from stancebank.agreement.agreement_scores import agreement, agreement_of_all
from stancebank.agreement.annotation import read_annotations
from stancebank.agreement.annotation_comparison import compare
from stancebank.agreement.breakdowns import by_documents, by_label
from stancebank.agreement.comparison_report import report_csv, report_json, report_text
from stancebank.agreement.disagreements import disagreements
from stancebank.agreement.main_scores import MAIN_SCORES, pairs_of_passes
from stancebank.corpus.corpus import read_corpus
from stancebank.corpus.part import Part
from stancebank.corpus.states import done_in_all
from stancebank.faults import StanceBankError
from stancebank.schema.frames import polars_schema
from stancebank.schema.layers import ANNOTATED, PROGRESS, STATES

law = settings(max_examples=examples(25))


@pytest.fixture(autouse=True)
def few_resamples() -> Iterator[None]:
    with mock.patch("stancebank.agreement.alpha.RESAMPLES", 20):
        yield


@pytest.fixture
def three(tmp_path: Path) -> Three:
    return three_documents(tmp_path / "three")


def json_of(three: Three, *names: str, **more: Any) -> dict[str, Any]:
    (written,) = report_json(compare(three.corpus(), names, **more))
    report: dict[str, Any] = json.loads(written)
    return report


def test_what_an_annotator_never_saw_is_not_annotated_with_nothing(three: Three, cli: Cli) -> None:
    """Facts A2: one of three documents done gave 0.70 in place of 1.00, with 36 disagreements."""
    three.only("ann", "d1")
    done = cli("agree", "ann", "ben", "--root", three.path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "  documents that both have done: 1\n" in done.stdout
    assert "\n0 disagreements\n" in done.stdout
    (pair,) = json_of(three, "ann", "ben")["pairs"]
    assert pair["documents"] == dict.fromkeys(ANNOTATED, 1)
    assert {each["value"] for each in pair["figures"]} <= {1, None}
    (span,) = [each for each in pair["figures"] if (each["layer"], each["name"]) == ("mentions", "span, exact")]
    assert (span["value"], span["in_a"], span["in_b"]) == (1, 18, 18)


def test_a_pass_agrees_with_itself_cut_to_a_third(three: Three) -> None:
    three.copy_pass("ann", "cut")
    three.only("cut", "d2")
    (pair,) = json_of(three, "ann", "cut")["pairs"]
    assert set(pair["documents"].values()) == {1}
    assert {each["value"] for each in pair["figures"]} <= {1, None}
    assert pair["disagreements"] == []


def test_done_and_without_records_is_a_result(three: Three) -> None:
    three.keep("stances", lambda record: record["doc_id"] == "d1", "ann")
    (pair,) = json_of(three, "ann", "ben", layers=["stances"])["pairs"]
    assert pair["documents"] == {"stances": 3}
    assert len(pair["disagreements"]) == 4
    three.done("ann", {"d1": ANNOTATED, "d2": ANNOTATED[:4], "d3": ANNOTATED[:4]})
    (pair,) = json_of(three, "ann", "ben")["pairs"]
    assert pair["documents"] == dict.fromkeys(ANNOTATED, 3) | {"stances": 1}
    assert pair["disagreements"] == []


def test_a_layer_that_nobody_has_done_has_no_scores(three: Three) -> None:
    three.done("ben", dict.fromkeys(DOCUMENTS, ANNOTATED[:2]))
    comparison = compare(three.corpus(), ["ann", "ben"])
    line = list(report_text(comparison))[1]
    assert line == "  documents that both have done: 3 in entities, mentions; none in relations, attributions, stances"
    scores = {score.layer: score.value for score in comparison.pairs[0].scores}
    assert {layer: scores[layer] for layer in ANNOTATED[2:]} == dict.fromkeys(ANNOTATED[2:])


@pytest.mark.parametrize("names", [("ann", "ben"), ("gold", "ann", "ben")])
def test_it_is_refused_where_no_document_is_done_by_two(three: Three, cli: Cli, names: tuple[str, ...]) -> None:
    three.only("ann", "d1")
    three.only("ben", "d2")
    three.only(None, "d3")
    done = cli("agree", *names, "--root", three.path, "--layer", "stances")
    two = "both" if len(names) == 2 else "two of them"
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{', '.join(names)}: no document is done by {two} in stances\n  fix: " in done.stderr


def test_the_gold_has_progress_of_its_own_and_so_has_another_root(three: Three, tmp_path: Path) -> None:
    shutil.copytree(three.path, tmp_path / "other")
    three.only(None, "d1", "d2")
    assert json_of(three, "gold", "ann")["documents"]["stances"] == 2
    other = Three(tmp_path / "other")
    other.only(None, "d2")
    assert json_of(three, "gold", str(other.path))["documents"]["stances"] == 1
    for layer in ("documents", "sentences"):
        other.keep(layer, lambda record: record["doc_id"] != "d1")
    assert json_of(three, "gold", str(other.path))["documents"]["stances"] == 1


def test_texts_that_nobody_has_done_may_differ(three: Three, tmp_path: Path) -> None:
    shutil.copytree(three.path, tmp_path / "other")
    other = Three(tmp_path / "other")
    other.edit("documents", "d3", "d3", text="Another text.")
    with pytest.raises(StanceBankError, match="they differ in the document d3"):
        compare(three.corpus(), ["gold", str(other.path)])
    other.only(None, "d1")
    assert json_of(three, "gold", str(other.path))["documents"]["stances"] == 1


# Independence


def test_a_pass_made_from_predictions_is_marked_and_has_no_published_figure_beside_it(three: Three) -> None:
    free = list(report_text(compare(three.corpus(), ["ann", "ben"])))
    assert any(line.startswith("  published: ") for line in free)
    three.done("ben", dict.fromkeys(DOCUMENTS, ANNOTATED), made_from="predictions")
    marked = list(report_text(compare(three.corpus(), ["ann", "ben"])))
    assert marked[2] == "  ben is not independent: made from predictions"
    assert [line for line in free if not line.startswith("  published: ")] == [*marked[:2], *marked[3:]]
    (pair,) = json_of(three, "ann", "ben")["pairs"]
    assert (pair["independent"], pair["a_made_from"], pair["b_made_from"]) == (False, [], ["predictions"])


@pytest.mark.parametrize(("origin", "independent"), [(None, True), ("blank", True), ("gold", False), ("passes", False)])
def test_what_was_made_from_other_annotations_is_not_independent(
    three: Three, origin: str | None, independent: bool
) -> None:
    three.done(None, dict.fromkeys(DOCUMENTS, ANNOTATED), made_from=origin)
    (pair,) = json_of(three, "gold", "ann")["pairs"]
    assert pair["independent"] is independent


def test_what_is_not_compared_does_not_make_a_pass_dependent(three: Three) -> None:
    three.only("ann", "d1")
    rows = three.records(PROGRESS.name, "ben")
    three.write(PROGRESS.name, [row | {"made_from": (row["doc_id"] != "d1" and "gold") or None} for row in rows], "ben")
    (pair,) = json_of(three, "ann", "ben")["pairs"]
    assert pair["independent"] is True


def test_the_main_scores_know_how_many_documents_they_rest_on_and_what_was_made_from_what(three: Three) -> None:
    register = "  - id: {}\n    kind: person\n    name: A\n    date: 2026-03-01\n    instructions: i\n    note: n\n"
    (three.path / "annotation/annotators.yaml").write_text(
        "annotators:\n" + "".join(map(register.format, ("ann", "ben"))), "utf-8"
    )
    three.done("ben", {"d1": ANNOTATED, "d2": ["stances"]}, made_from="gold")
    (pair,) = pairs_of_passes(three.corpus())
    assert pair.documents == tuple(2 if main.layer == "stances" else 1 for main in MAIN_SCORES)
    assert pair.made_from == ("gold",)
    three.done("ben", {})
    assert pairs_of_passes(three.corpus()) == ()


# Laws


@st.composite
def progress(draw: st.DrawFn, part: Part) -> Part:
    """The part with a state, or none, for each layer of each document."""
    blank = dict.fromkeys(PROGRESS.names)
    states = {
        (doc_id, layer): draw(st.sampled_from([*STATES, "done", "done", None]))
        for doc_id in part["documents"]["doc_id"]
        for layer in ANNOTATED
    }
    rows = [blank | {"doc_id": doc_id, "layer": layer, "state": state} for (doc_id, layer), state in states.items()]
    kept = [row for row in rows if row["state"] is not None]
    frames = {**part.frames, PROGRESS.name: pl.DataFrame(kept, schema=polars_schema(PROGRESS.columns))}
    return replace(part, frames=frames)


@st.composite
def two_in_progress(draw: st.DrawFn) -> tuple[Part, Part]:
    a, b = draw(two_annotations())
    return draw(progress(a)), draw(progress(b))


@law
@given(two_in_progress())
def test_every_figure_is_that_of_the_corpus_cut_down_to_what_both_have_done(parts: tuple[Part, Part]) -> None:
    whole, found = agreement(*parts), list(disagreements(*parts))
    labels = by_label(*parts)
    for layer in ANNOTATED:
        cut = done_in_all(parts, [layer])
        assert [score for score in whole if score.layer == layer] == agreement(cut[0], cut[1], [layer])
        assert [each for each in found if each.layer == layer] == list(disagreements(cut[0], cut[1], [layer]))
        assert [score for score in labels if score.layer == layer] == by_label(cut[0], cut[1], [layer])


@law
@given(two_in_progress())
def test_each_document_is_measured_as_if_it_were_alone(parts: tuple[Part, Part]) -> None:
    main = {(score.layer, score.name) for score in MAIN_SCORES}
    expected = []
    for doc_id in parts[0]["documents"]["doc_id"]:
        cut = [part.cut(pl.Series([doc_id])) for part in parts]
        done = [layer for layer in ANNOTATED if done_in_all(cut, [layer])[0]["documents"].height]
        scores = agreement(cut[0], cut[1], done)
        expected += [replace(score, of=doc_id) for score in scores if (score.layer, score.name) in main]
    assert by_documents(parts, "document") == expected


def test_each_language_is_measured_as_if_its_documents_were_alone() -> None:
    corpus = read_corpus(PROJECT / "examples")
    parts = read_annotations(corpus, ["pass-a", "pass-b"])
    languages = parts[0]["documents"]["language"]
    found = by_documents(parts, "language", ["mentions"])
    assert [score.of for score in found] == list(dict.fromkeys(languages))
    for score in found:
        cut = [part.cut(part["documents"]["doc_id"].filter(languages == score.of)) for part in parts]
        assert replace(score, of=None) in agreement(cut[0], cut[1], ["mentions"])


# By label, by document, more than two, CSV


def test_a_label_has_the_agreement_of_the_records_that_have_it(three: Three) -> None:
    three.edit("stances", "d1", "s1", "ben", label="against")
    three.edit("stances", "d2", "s1", "ben", label=None)
    comparison = compare(three.corpus(), ["ann", "ben"], ["stances"], by="label")
    found = {(score.name, score.of): score for score in comparison.pairs[0].scores}
    favor, against = found["label", "favor"], found["label", "against"]
    assert (favor.count, favor.in_a, favor.in_b, favor.undecided, favor.value) == (1, 2, 1, 1, pytest.approx(2 / 3))
    assert (against.count, against.in_a, against.in_b, against.undecided) == (3, 3, 4, 0)
    assert against.value == pytest.approx(6 / 7)
    assert ("label", "neutral") not in found, "nobody has given it"
    heads, *rows = list(report_text(comparison))[2:-1]
    assert heads.split()[:4] == ["layer", "figure", "label", "value"]
    assert any(row.split()[:4] == ["stances", "label", "favor", "0.667"] for row in rows)


def test_a_document_has_the_main_scores(three: Three) -> None:
    three.edit("stances", "d2", "s1", "ben", label="against")
    three.only("ann", "d1", "d2")
    (pair,) = json_of(three, "ann", "ben", layers=["stances"], by="document")["pairs"]
    found = {(each["of"], each["name"]): each["value"] for each in pair["figures"]}
    assert {of for of, _ in found} == {"d1", "d2"}
    assert found["d1", "holder, target and label, per document"] == 1
    assert found["d2", "holder, target and label, per document"] == 0.5


def test_more_than_two_are_measured_on_what_all_have_done_and_pairs_on_what_both_have(three: Three) -> None:
    three.copy_pass("ben", "cem")
    three.only("cem", "d1")
    three.edit("stances", "d2", "s1", "ben", label="against")
    report = json_of(three, "ann", "ben", "cem", layers=["stances"])
    assert report["documents"] == {"stances": 1}
    assert [pair["documents"]["stances"] for pair in report["pairs"]] == [3, 1, 1]
    nominal = "label, nominal alpha, per document"
    (alpha,) = [each["value"] for each in report["all"] if each["name"] == nominal]
    assert alpha == 1, "d2 is not done by all"
    parts = [three.corpus().read_part("2026-03", each) for each in ("ann", "ben", "cem")]
    cut = done_in_all(parts, ["stances"])
    assert figure(agreement_of_all(parts, ["stances"]), nominal) == figure(agreement_of_all(cut, ["stances"]), nominal)


def test_each_pair_may_have_documents_where_no_document_is_done_by_all(three: Three) -> None:
    three.copy_pass("ben", "cem")
    for annotator, documents in (("ann", ("d1", "d2")), ("ben", ("d2", "d3")), ("cem", ("d3", "d1"))):
        three.only(annotator, *documents)
    comparison = compare(three.corpus(), ["ann", "ben", "cem"])
    assert set(comparison.documents.values()) == {0}
    assert [set(pair.documents.values()) for pair in comparison.pairs] == [{1}] * 3
    assert {score.value for score in comparison.scores} == {None}
    assert {score.value for pair in comparison.pairs for score in pair.scores} <= {1, None}
    assert list(report_text(comparison))[1] == "  documents that all have done: none"


@pytest.mark.parametrize("by", [None, "label", "document"])
def test_csv_has_a_row_for_each_score(three: Three, by: Any) -> None:
    three.copy_pass("ben", "cem")
    three.edit("stances", "d1", "s1", "ben", label=None)
    comparison = compare(three.corpus(), ["ann", "ben", "cem"], by=by)
    rows = list(csv.DictReader(StringIO("\n".join(report_csv(comparison)))))
    scores = [
        *((pair.a, pair.b, pair.documents, score) for pair in comparison.pairs for score in pair.scores),
        *(("", "", comparison.documents, score) for score in comparison.scores),
    ]
    assert len(rows) == len(scores)
    for row, (a, b, documents, score) in zip(rows, scores, strict=True):
        assert (row["a"], row["b"], row["layer"], row["figure"]) == (a, b, score.layer, score.name)
        assert row["of"] == (score.of or "")
        assert int(row["documents"]) == documents[score.layer]
        assert (float(row["value"]) if row["value"] else None) == score.value
        assert int(row["undecided"]) == score.undecided


def test_csv_comes_from_the_command_line(three: Three, cli: Cli) -> None:
    done = cli(
        "agree", "ann", "ben", "--root", three.path, "--format", "csv", "--by", "document", "--layer", "mentions"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert [row["of"] for row in csv.DictReader(StringIO(done.stdout))] == [*DOCUMENTS]
