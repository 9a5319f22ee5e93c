"""The figures of two annotations: their bounds, their laws and cases worked out by hand."""

from __future__ import annotations

import sys
from dataclasses import replace
from unittest import mock

import polars as pl
import pytest
from hypothesis import given, settings
from variations import Record, changed, edited, emptied, figure, renamed, shuffled, two_annotations

from conftest import examples
from stancebank.agreement.agreement_scores import agreement, agreement_of_all
from stancebank.agreement.comparison_report import COLUMNS, table
from stancebank.agreement.score import Score
from stancebank.corpus.part import Part
from stancebank.faults import StanceBankError
from stancebank.schema.layers import ANNOTATED

law = settings(max_examples=examples(25))

few_resamples = mock.patch("stancebank.agreement.alpha.RESAMPLES", 20)


def one(a: Part, b: Part, layer: str, name: str) -> Score:
    return figure(agreement(a, b, [layer]), name)


def test_a_pass_against_itself_scores_one_on_every_figure(gold: Part) -> None:
    for other in (gold, renamed(gold)):
        found = agreement(gold, other)
        assert {f.value for f in found} == {1}
        assert {f.layer for f in found} == set(ANNOTATED)
        assert {(f.precision, f.recall) for f in found} == {(1, 1), (None, None)}
        assert {f.interval for f in found} == {None, (1, 1)}


def test_an_emptied_pass_scores_nothing_or_is_undefined(gold: Part) -> None:
    for found in (agreement(gold, emptied(gold)), agreement(emptied(gold), gold)):
        assert {f.value for f in found if not f.name.endswith("alpha")} == {0, None}
        assert all(f.value <= 0 for f in found if f.value is not None)
        assert {f.value for f in found if f.in_a or f.in_b} == {0}


def test_two_empty_passes_agree_on_nothing_that_could_be_measured(gold: Part) -> None:
    assert {f.value for f in agreement(emptied(gold), emptied(gold))} == {None}


def test_a_shuffled_pass_scores_near_nothing(gold: Part) -> None:
    """Overlap knows no chance: a span anywhere in a short text meets others."""
    for f in agreement(gold, shuffled(gold)):
        if f.in_a is not None and "overlap" not in f.name:
            assert f.value is not None
            assert f.value < 0.15, f
        elif "token" in f.name:
            assert f.value == pytest.approx(0, abs=0.2), f
        elif f.in_a is None and f.count is not None:
            assert f.count <= 8, "too few records match for a figure on them to mean much"


def test_every_tenth_mention_left_out(gold: Part) -> None:
    fewer = changed(gold, "mentions", lambda rows: rows.__delitem__(slice(None, None, 10)))
    f = one(gold, fewer, "mentions", "span, exact")
    assert (f.count, f.in_a, f.in_b, f.precision, f.recall) == (135, 150, 135, 1, 0.9)
    assert f.value == pytest.approx(2 * 0.9 / 1.9)


def test_one_mention_of_another_level(gold: Part) -> None:
    level = {"NAM": "NOM", "NOM": "NAM", "PRO": "NAM"}[gold["mentions"]["level"][0]]
    found = agreement(gold, edited(gold, "mentions", 0, level=level), ["mentions"])
    assert figure(found, "span and level, exact").value == pytest.approx(149 / 150)
    assert figure(found, "span and type, exact").value == 1


def test_one_entity_of_another_type_takes_its_mentions_along(gold: Part) -> None:
    entity, mentions = "e1", int((gold["mentions"]["entity_id"] == "e1").sum())
    assert gold["entities"]["entity_id"][0] == entity
    other = edited(gold, "entities", 0, type="ORG", wikidata="Q1")
    assert one(gold, other, "mentions", "span and type, exact").count == 150 - mentions
    found = agreement(gold, other, ["entities"])
    assert figure(found, "type").value == pytest.approx(57 / 58)
    assert figure(found, "link").value == pytest.approx(24 / 25)
    assert figure(found, "link or none").value == pytest.approx(57 / 58)
    assert figure(found, "LEA").value == 1


def test_two_entities_made_one(gold: Part) -> None:
    """The smaller half of the joined entity has no match; precision of the links falls, recall stays."""

    def join(rows: list[Record]) -> None:
        for row in rows:
            row["entity_id"] = "e1" if row["entity_id"] == "e2" else row["entity_id"]

    joined = changed(changed(gold, "mentions", join), "entities", lambda rows: rows.__delitem__(1))
    found = agreement(gold, joined, ["entities"])
    m, n = (int((gold["mentions"]["entity_id"] == e).sum()) for e in ("e1", "e2"))
    assert (figure(found, "matched").count, figure(found, "matched").in_b) == (57, 57)
    assert figure(found, "B-cubed").recall == 1
    assert figure(found, "B-cubed").precision == pytest.approx(1 - 2 * m * n / (m + n) / 150)


def test_a_relation_of_another_modality(gold: Part) -> None:
    found = agreement(gold, edited(gold, "relations", 0, modality="negated"), ["relations"])
    assert figure(found, "with modality").value == pytest.approx(74 / 75)
    assert figure(found, "without modality").value == 1
    assert figure(found, "modality").value == pytest.approx(74 / 75)


def test_a_relation_between_other_mentions_of_the_same_entities_in_its_sentence_agrees(gold: Part) -> None:
    mentions = gold["mentions"].rows_by_key("entity_id", named=True, include_key=True)
    sentences = gold["sentences"].to_dicts()

    def sentence(mention: Record) -> int:
        return sum(s["start"] <= mention["start"] for s in sentences)

    by_id = {m["mention_id"]: m for rows in mentions.values() for m in rows}
    row, tail = next(
        (i, other["mention_id"])
        for i, r in enumerate(gold["relations"].to_dicts())
        for other in mentions[by_id[r["tail"]]["entity_id"]]
        if other["mention_id"] != r["tail"]
    )
    assert one(gold, edited(gold, "relations", row, tail=tail), "relations", "with modality").value == 1
    row, head = next(
        (i, other["mention_id"])
        for i, r in enumerate(gold["relations"].to_dicts())
        for other in mentions[by_id[r["head"]]["entity_id"]]
        if sentence(other) != sentence(by_id[r["head"]])
    )
    assert one(gold, edited(gold, "relations", row, head=head), "relations", "with modality").value < 1


def test_a_cue_that_is_longer_by_a_word(gold: Part) -> None:
    row = gold["attributions"].row(0, named=True)
    longer = edited(gold, "attributions", 0, start=row["start"] - 4)
    found = agreement(gold, longer, ["attributions"])
    assert figure(found, "cue, exact").value == pytest.approx(15 / 16)
    assert figure(found, "cue, overlap").value == 1
    assert figure(found, "source, cue and content, exact").value == pytest.approx(15 / 16)
    assert figure(found, "content token, alpha").value == 1
    cue_tokens, value = int(_tokens_in(gold, gold["attributions"])), figure(found, "cue token, alpha").value
    more = _tokens_in(longer, longer["attributions"])
    # Two coders, two values: 1 - (2N - 1) * disagreements / (2 * ones * zeros), Krippendorff 2011.
    tokens, ones = 635, cue_tokens + more
    assert value == pytest.approx(1 - (2 * tokens - 1) * (more - cue_tokens) / (ones * (2 * tokens - ones)))


def _tokens_in(part: Part, spans: pl.DataFrame) -> int:
    rows = list(spans.select("start", "end").iter_rows())
    tokens = part.tokens.select("start", "end").iter_rows()
    return sum(any(start < to and since < end for since, to in rows) for start, end in tokens)


def test_sources_that_change_places(gold: Part) -> None:
    first, second = gold["attributions"]["source"][0], gold["attributions"]["source"][2]
    swapped = edited(edited(gold, "attributions", 0, source=second), "attributions", 2, source=first)
    found = agreement(gold, swapped, ["attributions"])
    assert figure(found, "source, exact").value == 1
    assert figure(found, "source entity").value == pytest.approx(14 / 16)
    assert figure(found, "source, cue and content, exact").value == pytest.approx(14 / 16)


def test_a_stance_of_another_label(gold: Part) -> None:
    other = edited(gold, "stances", 0, label="against")
    found = agreement(gold, other, ["stances"])
    assert figure(found, "holder and target, per document").value == 1
    assert figure(found, "label, per expression").value == pytest.approx(22 / 23)
    nominal = figure(found, "label, nominal alpha, per expression")
    # 20 favor, 2 neutral, 1 against here and 19, 2, 2 there: 39, 4 and 3 of 46 values; one unit disagrees.
    expected = 1 - (46 - 1) * 2 / (46**2 - 39**2 - 4**2 - 3**2)
    assert nominal.value == pytest.approx(expected)
    assert nominal.interval is None or nominal.interval[0] <= expected <= nominal.interval[1]


def test_neutral_and_mixed_differ_as_names_and_not_in_order(gold: Part) -> None:
    row = gold["stances"]["label"].to_list().index("neutral")
    found = agreement(gold, edited(gold, "stances", row, label="mixed"), ["stances"])
    assert figure(found, "label, nominal alpha, per expression").value < 1
    assert figure(found, "label, ordinal alpha, per expression").value == 1


def test_labels_without_a_rank_have_no_ordinal_alpha(gold: Part) -> None:
    found = agreement(gold, edited(gold, "stances", 0, label="sceptical"), ["stances"])
    assert figure(found, "label, ordinal alpha, per expression").value is None
    assert figure(found, "label, nominal alpha, per expression").value is not None


@pytest.mark.parametrize("package", ["scipy.optimize", "krippendorff"])
def test_without_the_extra_one_is_told_what_to_install(
    gold: Part, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(StanceBankError, match=r"not installed\n.*pip install 'stancebank\[agreement\]'"):
        agreement(gold, gold, ["entities"])


def test_layers_are_measured_alone_where_asked(gold: Part) -> None:
    assert {f.layer for f in agreement(gold, gold, ["mentions", "stances"])} == {"mentions", "stances"}


def test_all_passes_at_once(gold: Part) -> None:
    alike = agreement_of_all([gold, renamed(gold), gold])
    assert {f.value for f in alike} == {1}
    assert [f.layer for f in alike] == ["entities", *["attributions"] * 4, *["stances"] * 2]
    other = edited(gold, "stances", 0, label="against")
    for parts in ([gold, gold, other], [other, gold, renamed(gold)], [gold, renamed(other), gold]):
        found = figure(agreement_of_all(parts, ["stances"]), "label, nominal alpha, per document")
        assert found.value is not None
        assert 0 < found.value < 1
    assert agreement_of_all([gold, gold], ["mentions"]) == []


def test_all_passes_at_once_are_two_passes_where_there_are_two(gold: Part) -> None:
    other = edited(edited(gold, "stances", 0, label="against"), "attributions", 0, start=120)
    pairwise = {(f.layer, f.name): f.value for f in agreement(gold, other)}
    for f in agreement_of_all([gold, other]):
        assert pairwise[f.layer, f.name] == pytest.approx(f.value)


def test_a_table_has_a_cell_for_each_column_and_a_dash_for_what_is_undefined() -> None:
    figures = [Score("stances", "label", 0.5, count=2, interval=(0.25, 1)), Score("mentions", "span, exact", None)]
    assert list(table(figures)) == [
        COLUMNS,
        ("stances", "label", "0.500", "-", "-", "2", "-", "-", "0.250..1.000"),
        ("mentions", "span, exact", *"-------"),
    ]
    assert {len(row) for row in table(figures)} == {len(COLUMNS)}


@law
@given(two_annotations())
def test_when_the_passes_change_places_so_do_precision_and_recall(annotations: tuple[Part, Part]) -> None:
    a, b = annotations
    with few_resamples:
        for found, turned in zip(agreement(a, b), agreement(b, a), strict=True):
            back = replace(turned, precision=turned.recall, recall=turned.precision, in_a=turned.in_b, in_b=turned.in_a)
            for name in Score.__slots__:
                mine, theirs = getattr(found, name), getattr(back, name)
                assert mine == (pytest.approx(theirs) if isinstance(theirs, float | tuple) else theirs), found


@law
@given(two_annotations())
def test_a_figure_stays_in_its_bounds_and_is_one_with_itself(annotations: tuple[Part, Part]) -> None:
    with few_resamples:
        for f in agreement(*annotations):
            assert f.value is None or (-1 if "alpha" in f.name else 0) <= f.value <= 1
        assert {f.value for f in agreement(annotations[0], renamed(annotations[0]))} <= {1, None}
