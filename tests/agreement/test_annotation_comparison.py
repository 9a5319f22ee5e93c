"""Annotations side by side: every pair, all together, as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from unittest import mock

import pytest
from variations import edited

from conftest import DOC, PART, PROJECT, Root
from stancebank.agreement.agreement_scores import agreement
from stancebank.agreement.annotation_comparison import Comparison, Pair, compare
from stancebank.agreement.comparison_report import COLUMNS, report_json, report_text
from stancebank.agreement.disagreements import disagreements
from stancebank.corpus.corpus import read_corpus
from stancebank.corpus.part import Part
from stancebank.faults import StanceBankError
from stancebank.schema.layers import ANNOTATED


@pytest.fixture(autouse=True)
def few_resamples() -> Iterator[None]:
    with mock.patch("stancebank.agreement.alpha.RESAMPLES", 20):
        yield


@pytest.fixture
def root(root: Root) -> Root:
    """The project's corpus with its passes."""
    root.add_passes()
    return root


def pair(a: Part, b: Part, layers: tuple[str, ...] = ANNOTATED) -> Comparison:
    counts = dict.fromkeys(layers, 1)
    scores, found = tuple(agreement(a, b, layers)), tuple(disagreements(a, b, layers))
    return Comparison(("gold", "ann"), counts, (Pair("gold", "ann", counts, scores, found, (), (), a),), ())


def test_two_annotations_are_one_pair_and_nothing_together(root: Root) -> None:
    comparison = compare(root.corpus(), ["pass-a", "gold"], ["stances"])
    (found,) = comparison.pairs
    assert (found.a, found.b, found.part.annotator) == ("pass-a", "gold", "pass-a")
    assert {f.layer for f in found.scores} == {"stances"}
    assert comparison.scores == ()


def test_three_are_three_pairs_and_all_together(root: Root) -> None:
    comparison = compare(root.corpus(), ["gold", "pass-a", "pass-b"], ["stances", "mentions"])
    assert [(each.a, each.b) for each in comparison.pairs] == [
        ("gold", "pass-a"),
        ("gold", "pass-b"),
        ("pass-a", "pass-b"),
    ]
    assert {f.layer for f in comparison.scores} == {"stances"}, "F1 is of pairs alone"


def test_the_gold_against_itself_is_one_on_every_figure(root: Root) -> None:
    comparison = compare(root.corpus(), ["gold", "gold"])
    (found,) = comparison.pairs
    assert {f.layer for f in found.scores} == set(ANNOTATED)
    assert {f.value for f in found.scores} == {1}
    assert found.disagreements == ()


@pytest.mark.parametrize("names", [[], ["gold"]])
def test_one_annotation_alone_is_refused(root: Root, names: list[str]) -> None:
    with pytest.raises(StanceBankError, match="agreement needs two annotations or more"):
        compare(root.corpus(), names)


@pytest.mark.parametrize("layer", ["documents", "sentences", "targets", "stance", "\x1b[31m"])
def test_a_layer_that_nobody_annotates_is_answered_with_the_others(root: Root, layer: str) -> None:
    with pytest.raises(StanceBankError, match=r"is not an annotated layer; there are entities, mentions, ") as error:
        compare(root.corpus(), ["gold", "pass-a"], ["stances", layer])
    assert "\x1b" not in str(error.value)


def test_the_text_is_a_table_under_its_columns(gold: Part) -> None:
    comparison = pair(gold, edited(gold, "stances", 0, label="against"), ("stances",))
    head, documents, columns, *rows, published, last = report_text(comparison)
    assert documents == "  documents that both have done: 1"
    assert published.startswith("  published: stances, label")
    assert head == "A is gold, B is ann"
    assert all(name in columns for name in COLUMNS)
    assert len(rows) == len(comparison.pairs[0].scores)
    end = columns.index("value") + len("value")
    assert {row[end - 5 : end].strip() for row in rows} == {
        "-" if f.value is None else f"{f.value:.3f}" for f in comparison.pairs[0].scores
    }
    assert last == "1 disagreement; --explain lists them"


def test_explain_prints_each_disagreement_with_its_sentence(gold: Part) -> None:
    other = edited(edited(gold, "stances", 0, label="against"), "stances", 1, commitment="conditional")
    comparison = pair(gold, other, ("stances",))
    lines = list(report_text(comparison, explain=True))
    assert lines[-5] == "2 disagreements"
    assert [line.startswith("  ") for line in lines[-4:]] == [False, True, False, True]
    text = gold["documents"]["text"][0]
    for told, each, sentence in zip(lines[-4::2], comparison.pairs[0].disagreements, lines[-3::2], strict=True):
        assert told == f"stances: {each.what}"
        assert f"[{text[each.start : each.end]}]" in sentence


def test_expressions_that_nobody_or_one_alone_has_annotated_are_no_agreement(gold: Part) -> None:
    def told(a: Part, b: Part) -> tuple[float | None, int | None, int]:
        (figure,) = (f for f in pair(a, b, ("stances",)).pairs[0].scores if f.name == "expression, per expression")
        return figure.value, figure.count, figure.undecided

    all_of_them = gold["stances"].height
    nobody = gold
    for row in range(all_of_them):
        nobody = edited(nobody, "stances", row, expression=None)
    assert told(gold, gold) == (1, all_of_them, 0)
    assert told(nobody, nobody) == (None, 0, all_of_them)
    assert told(gold, nobody) == told(nobody, gold) == (None, 0, all_of_them)
    two = edited(edited(nobody, "stances", 0, expression="expressed"), "stances", 1, expression="expressed")
    assert told(gold, two) == (0.5, 2, all_of_them - 2), "the gold has expressed and inferred there"
    assert pair(nobody, nobody, ("stances",)).pairs[0].disagreements == ()
    assert pair(nobody, two, ("stances",)).pairs[0].disagreements == (), "what is undecided contradicts nothing"


def test_no_disagreement_is_told_too(gold: Part) -> None:
    assert list(report_text(pair(gold, gold, ("stances",))))[-1] == "0 disagreements"


def test_a_disagreement_without_a_place_has_no_sentence(gold: Part) -> None:
    other = edited(gold, "stances", 0, label="against")
    comparison = pair(gold, other, ("stances",))
    (found,) = comparison.pairs
    nowhere = replace(found, disagreements=tuple(replace(d, start=None, end=None) for d in found.disagreements))
    lines = list(report_text(replace(comparison, pairs=(nowhere,)), explain=True))
    assert lines[-1].startswith("stances: label differs: favor in A, against in B: ")


def test_more_than_two_are_one_table_with_the_pairs_folded(root: Root) -> None:
    root.of("pass-a").edit("stances", 0, label="against")
    comparison = compare(root.corpus(), ["gold", "pass-a", "gold"], ["stances"])
    head, documents, origin, columns, *rows, first, second, third, last = report_text(comparison)
    assert origin == "  gold is not independent: made from passes"
    assert (head, documents) == ("annotations: gold, pass-a, gold", "  documents that all have done: 1")
    assert columns.split()[-1] == "undecided", "of expression in the pass"
    assert len(rows) == len(comparison.pairs[0].scores)
    values = {row.split("  ")[2].strip(): row.split()[-5:-1] for row in rows}
    together = {score.name: score.value for score in comparison.scores}
    for score, other, same in zip(*(pair.scores for pair in comparison.pairs), strict=True):
        each = [score.value, other.value, same.value]
        if None not in each:
            whole = together.get(score.name)
            folded = [min(each), sum(each) / 3, max(each)]
            assert values[score.name] == ["-" if whole is None else f"{whole:.3f}", *(f"{n:.3f}" for n in folded)]
    assert first == "  gold and pass-a: 1 disagreement; documents: 1"
    assert second == "  gold and gold: 0 disagreements; documents: 1"
    assert third == "  pass-a and gold: 1 disagreement; documents: 1"
    assert last == "3 pairs; --pairs prints the scores of each"
    both = list(report_text(comparison, pairs=True))
    assert both[: len(rows) + 8] == [head, documents, origin, columns, *rows, first, second, third, last]
    assert [line for line in both if line.startswith("A is")] == [
        "A is gold, B is pass-a",
        "A is gold, B is gold",
        "A is pass-a, B is gold",
    ]


def test_control_characters_never_reach_the_terminal(gold: Part) -> None:
    hostile = "\x1b[31m\x07 \u202e \x9b1m"
    other = edited(gold, "entities", 0, name=hostile, type=hostile)
    other = edited(edited(other, "stances", 0, label=hostile), "mentions", 2, text=hostile)
    comparison = pair(gold, other)
    (found,) = comparison.pairs
    lines = list(report_text(replace(comparison, pairs=(replace(found, a=hostile),)), explain=True))
    assert all(line.isprintable() for line in lines)
    assert any("\\x1b[31m" in line for line in lines)


def test_the_json_holds_figures_and_disagreements(gold: Part) -> None:
    comparison = pair(gold, edited(gold, "stances", 0, label="against"), ("stances",))
    (written,) = report_json(comparison)
    report = json.loads(written)
    assert report["all"] == []
    (found,) = report["pairs"]
    assert (found["a"], found["b"]) == ("gold", "ann")
    assert [(f["layer"], f["name"], f["value"]) for f in found["figures"]] == [
        (f.layer, f.name, f.value) for f in comparison.pairs[0].scores
    ]
    (each,) = found["disagreements"]
    assert (each["layer"], each["doc_id"], each["fields"]) == ("stances", DOC, ["label"])
    assert (each["a"]["label"], each["b"]["label"]) == ("favor", "against")
    assert each["a"] == gold["stances"].row(0, named=True)


def test_passes_of_two_states_of_the_text_are_refused(root: Root, gold: Part) -> None:
    other = root.path.parent / "other"
    root.path.rename(other)
    there = Root(other)
    document = there.records("documents")[0]
    there.edit("documents", 0, text=document["text"].replace("Kyiv", "Kiev"))
    with pytest.raises(StanceBankError, match=f"same texts; they differ in the document {DOC}"):
        compare(gold.corpus, ["gold", str(other)])
    assert gold.name == PART


def test_published_figures_stand_below_the_same_figures() -> None:
    report = list(report_text(compare(read_corpus(PROJECT), ["pass-a", "pass-b"], ["attributions", "stances"])))
    assert "  published: attributions, token role, alpha: 0.754 (PolNeAR)" in report
    assert "  published: stances, label, nominal alpha, per document: 0.33 (GWSD)" in report
    assert not any(
        "published" in line for line in report_text(compare(read_corpus(PROJECT), ["gold", "pass-a"], ["mentions"]))
    )
