"""Counts of a corpus: laws on made corpora, cases on the gold."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from rich.cells import cell_len

from conftest import Root
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.part import Part
from stancebank.corpus.statistics import (
    NOT_DECIDED,
    Statistics,
    corpus_statistics,
    part_statistics,
    shared_statistics,
)
from stancebank.faults import StanceBankError
from stancebank.pages.statistics_report import report_json, report_text
from stancebank.schema.layers import ANNOTATED, LAYERS, PART_LAYERS
from stancebank.schema.scheme_layers import ALL_LAYERS
from strategies import SCHEME, parts


@given(parts())
def test_labels_of_a_field_add_up_to_the_records_of_its_layer(part: Part) -> None:
    counted = part_statistics(part) + shared_statistics(part.corpus)
    rows = {**part.frames, **part.corpus.shared}
    for layer, name in ALL_LAYERS.labelled:
        assert sum(counted.by_label(SCHEME, layer, name).values()) == rows[layer].height
    assert counted.mentions.total() == part["mentions"].height
    assert counted.relations.total() == part["relations"].height


@given(parts())
def test_every_label_of_the_scheme_is_counted_in_its_order(part: Part) -> None:
    counted = part_statistics(part) + shared_statistics(part.corpus)
    rows = {**part.frames, **part.corpus.shared}
    for (layer, name), vocabulary in ALL_LAYERS.labelled.items():
        unlabelled = [NOT_DECIDED] if None in rows[layer][name] else []
        assert tuple(counted.by_label(SCHEME, layer, name)) == (*SCHEME.names(vocabulary), *unlabelled)
        assert sum(counted.by_label(SCHEME, layer, name).values()) == rows[layer].height


@given(parts(), parts())
def test_two_parts_count_as_the_sum_of_both(one: Part, other: Part) -> None:
    both = part_statistics(one) + part_statistics(other)
    for layer in PART_LAYERS:
        assert both.records[layer] == one[layer].height + other[layer].height
    assert both == part_statistics(other) + part_statistics(one)
    assert Statistics.from_json(json.loads(json.dumps(both.to_json()))) == both
    assert both.characters == sum(len(text) for part in (one, other) for text in part["documents"]["text"])


def test_an_empty_corpus_counts_nothing(root: Root) -> None:
    for layer in PART_LAYERS:
        root.write(layer, [])
    root.write("targets", [])
    counted = corpus_statistics(root.corpus())
    assert counted == Statistics(annotated=ANNOTATED)
    assert "relation type" in shown(root.corpus(), counted)


def test_a_label_that_the_scheme_does_not_have_is_counted_behind_the_others(root: Root) -> None:
    root.edit("entities", 0, type="PLANET\u001b[31m")
    counted = corpus_statistics(root.corpus())
    assert list(counted.by_label(SCHEME, "entities", "type").items())[-1] == ("PLANET\u001b[31m", 1)
    assert "\u001b" not in shown(root.corpus(), counted)


def test_what_nobody_has_decided_is_counted_as_such(root: Root) -> None:
    before = corpus_statistics(root.corpus()).by_label(SCHEME, "stances", "expression")
    assert NOT_DECIDED not in before
    root.change("stances", lambda records: [each.update(expression=None) for each in records[:2]])
    counted = corpus_statistics(root.corpus())
    after = counted.by_label(SCHEME, "stances", "expression")
    assert list(after) == ["expressed", "inferred", NOT_DECIDED]
    assert after[NOT_DECIDED] == 2
    assert sum(after.values()) == sum(before.values())
    assert re.search(r"^ *\(undecided\) +2$", shown(root.corpus(), counted), re.MULTILINE)


def test_a_mention_without_entity_is_left_out_of_the_types(root: Root) -> None:
    before = corpus_statistics(root.corpus())
    root.edit("mentions", 0, entity_id="e999")
    after = corpus_statistics(root.corpus())
    assert after.mentions.total() == before.mentions.total() - 1
    assert after.records == before.records


def test_a_part_that_cannot_be_read_is_not_counted(root: Root) -> None:
    root.layer_path("mentions").write_text("{", "utf-8")
    with pytest.raises(StanceBankError, match=r"mentions\.jsonl:1"):
        corpus_statistics(root.corpus())


def shown(corpus: Corpus, counted: Statistics, width: int = 80, *, color: bool = False) -> str:
    return report_text(corpus, counted, width=width, color=color)


@pytest.mark.parametrize("width", [80, 100])
def test_the_tables_fit_the_terminal_without_breaking_a_line(gold: Part, width: int) -> None:
    text = shown(gold.corpus, corpus_statistics(gold.corpus), width)
    assert max(map(cell_len, text.splitlines())) <= width
    for label in SCHEME.names("relation_types"):
        assert sum(line.split()[:1] == [label] for line in text.splitlines()) == 1


def test_there_is_colour_only_where_it_is_asked_for(gold: Part) -> None:
    counted = corpus_statistics(gold.corpus)
    assert "\x1b" not in shown(gold.corpus, counted)
    assert "\x1b[" in shown(gold.corpus, counted, color=True)


def test_json_gives_what_was_counted(gold: Part) -> None:
    counted = corpus_statistics(gold.corpus)
    report = json.loads(report_json(gold.corpus, counted))
    assert report["records"] == {layer: counted.records[layer] for layer in LAYERS}
    assert report["labels"]["stances"]["label"] == counted.by_label(SCHEME, "stances", "label")
    assert report["mentions"] == counted.mentions_by_type(SCHEME)
    assert report["relations"] == counted.relations_by_type(SCHEME)
    assert report["dates"] == ["2025-02-17", "2025-02-17"]
    assert report["languages"] == {"en": 1}
