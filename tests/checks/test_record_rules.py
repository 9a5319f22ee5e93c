"""The rules on ids, references, repeated records and their order, on many shapes of records."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from breakages import reads_at
from hypothesis import given
from hypothesis import strategies as st
from shapes import columns_with, with_values

from conftest import PART, Root, places
from stancebank.checks.sb4_references import id_duplicate
from stancebank.checks.sb6_structure import rows_out_of_order
from stancebank.checks.tables import Table
from stancebank.corpus.additions import add_texts
from stancebank.corpus.part import Part
from stancebank.schema.column import Column
from stancebank.schema.layers import LAYERS, PART_LAYERS, RELATIONS, Layer
from strategies import ACTORS, done_in_all

Record = dict[str, Any]


# SB305, SB604, SB607, SB608


@pytest.mark.parametrize(
    ("layer", "row", "values"),
    [
        pytest.param("mentions", 1, {"mention_id": "m151", "entity_id": "e2"}, id="a mention of another entity"),
        pytest.param("relations", 75, {"relation_id": "r76", "modality": "planned"}, id="a relation to come"),
        pytest.param("relations", 75, {"relation_id": "r76", "tail": "m87"}, id="a relation to another entity"),
        pytest.param("attributions", 1, {"attribution_id": "a17", "source": None}, id="an attribution to nobody"),
        pytest.param("stances", 1, {"stance_id": "s24", "holder": None}, id="a stance of the writer"),
        pytest.param("stances", 1, {"stance_id": "s24", "target": "europe-at-talks"}, id="a stance on another target"),
    ],
)
def test_what_differs_from_the_first_record_in_a_part_of_the_key_repeats_it_not(
    root: Root, layer: str, row: int, values: Record
) -> None:
    root.change(layer, lambda records: records.insert(row, records[0] | values))
    repeated = {"SB305", "SB604", "SB607", "SB608"}
    assert [finding for finding in root.findings() if finding.severity == "error" or finding.rule in repeated] == []


# SB401: an id is unique inside its document


def test_two_documents_may_use_the_same_ids(gold: Part) -> None:
    rows = gold["relations"].head(1)
    twice = pl.concat([rows, rows.with_columns(doc_id=pl.lit("another"))])
    assert list(id_duplicate(Table(RELATIONS, twice, gold.corpus.scheme))) == []


# SB403


@pytest.mark.parametrize("layer", [name for name in PART_LAYERS if name != "documents"])
def test_a_record_of_an_unknown_document_is_found_in_each_layer(root: Root, layer: str) -> None:
    root.change(layer, lambda records: records.append(records[-1] | {"doc_id": "unknown"}))
    line = len(root.records(layer))
    assert ("SB403", f"{layer}.jsonl", line, "doc_id") in places(root.findings())


# SB404


@pytest.mark.parametrize(("layer", "column"), columns_with("refers_to"))
def test_a_dangling_reference_is_found_in_each_column(root: Root, layer: Layer, column: Column) -> None:
    root.edit(layer.name, 0, **{column.name: "nobody"})
    findings = [finding for finding in root.findings() if finding.severity == "error"]
    assert places(findings) == [("SB404", layer.file_name, 1, column.name)]
    assert reads_at(root, findings[0]).startswith('"nobody"')


@pytest.mark.parametrize(("layer", "column"), [("attributions", "source"), ("stances", "holder")])
def test_a_null_where_nobody_is_named_dangles_not(root: Root, layer: str, column: str) -> None:
    root.edit(layer, 0, **{column: None})
    assert root.findings() == []


def test_a_reference_does_not_reach_into_another_document(root: Root, tmp_path: Path) -> None:
    (tmp_path / "another.txt").write_text("Nothing happened.", "utf-8")
    add_texts(root.path, [tmp_path / "another.txt"], part=PART, date="2025-02-20")
    last = root.records("relations")[-1]
    root.change("relations", lambda records: records.append(last | {"doc_id": "another"}))
    root.change("progress", lambda records: records.extend(done_in_all("another")))
    relation = ("SB404", "relations.jsonl", 76)
    assert places(root.findings()) == [(*relation, "head"), (*relation, "tail")]


# SB603


@pytest.mark.deep("inputs", quick=4)
@pytest.mark.parametrize("layer", [name for name in LAYERS if name != "documents"])
def test_two_rows_that_were_swapped_are_found_in_each_layer(root: Root, layer: str) -> None:
    root.write("actors", ACTORS)
    root.change(layer, lambda records: records.append(records.pop(-2)))
    line = len(root.records(layer))
    assert places(root.findings()) == [("SB603", f"{layer}.jsonl", line, "")]


def test_two_documents_that_were_swapped_are_found(root: Root, tmp_path: Path) -> None:
    (tmp_path / "another.txt").write_text("Nothing happened.", "utf-8")
    add_texts(root.path, [tmp_path / "another.txt"], part=PART, date="2025-02-20")
    assert root.findings() == []
    root.change("documents", list.reverse)
    assert places(root.findings()) == [("SB603", "documents.jsonl", 2, "")]


def out_of_order(gold: Part, ids: Sequence[str]) -> list[int]:
    """Index of each id that should not follow the one before it."""
    table = with_values(gold, RELATIONS, RELATIONS["relation_id"], ids)
    return [hit.row for hit in rows_out_of_order(table)]


@pytest.mark.parametrize(
    "ids",
    ["r1 r2 r10", "r9 r10 r99 r100", "a10 b2", "a b", "a a1", "1 2 10", "r r1", "r1a2 r1a10", "r1 r002 r3", "x-9 x-10"],
)
def test_ids_stand_in_natural_order(gold: Part, ids: str) -> None:
    """Ids are compared by what precedes their last number, then by that number."""
    names = ids.split()
    assert out_of_order(gold, names) == []
    assert out_of_order(gold, names[::-1]) == list(range(1, len(names)))


@given(st.lists(st.tuples(st.sampled_from(["", "r", "r1-", "rx"]), st.integers(0, 10**30)), min_size=1, max_size=8))
def test_the_natural_order_is_that_of_prefix_and_number(gold: Part, ids: Sequence[tuple[str, int]]) -> None:
    expected = [row for row in range(1, len(ids)) if ids[row] < ids[row - 1]]
    assert bool(out_of_order(gold, [f"{prefix}{number}" for prefix, number in ids])) == bool(expected)
