"""The pandera model of each layer: what it lets pass and what it refuses."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from pandera.errors import SchemaErrors

from stancebank.checks.tables import Table, table_model
from stancebank.corpus.part import Part
from stancebank.schema.column import Column
from stancebank.schema.layers import ACTORS, LAYERS, MENTIONS, Layer
from strategies import SHARED

COLUMNS = [
    pytest.param(layer, column, id=f"{layer.name}.{column.name}")
    for layer in LAYERS.values()
    for column in layer.columns
]


def rows_of(gold: Part, layer: Layer) -> pl.DataFrame:
    if layer is ACTORS:  # of which the project's corpus has none
        return SHARED[layer.name]
    return gold.corpus.shared[layer.name] if layer.shared else gold[layer.name]


def refusals(gold: Part, layer: Layer, rows: pl.DataFrame) -> list[str]:
    """What the layer's model has against the rows, by pandera's names for it."""
    assert gold.corpus.scheme is not None
    try:
        table_model(layer, gold.corpus.scheme).validate(rows, lazy=True)
    except SchemaErrors as errors:
        return sorted({error.reason_code.name for error in errors.schema_errors})
    return []


@pytest.mark.parametrize("layer", LAYERS.values(), ids=lambda layer: layer.name)
def test_a_model_accepts_the_rows_of_the_project(gold: Part, layer: Layer) -> None:
    assert refusals(gold, layer, rows_of(gold, layer)) == []


@pytest.mark.parametrize("layer", LAYERS.values(), ids=lambda layer: layer.name)
def test_a_model_accepts_a_layer_without_rows(gold: Part, layer: Layer) -> None:
    assert refusals(gold, layer, rows_of(gold, layer).clear()) == []


@pytest.mark.deep("inputs", quick=25)
@pytest.mark.parametrize(("layer", "column"), COLUMNS)
def test_a_column_of_another_type_is_refused(gold: Part, layer: Layer, column: Column) -> None:
    rows = rows_of(gold, layer).with_columns(pl.lit(1.5).alias(column.name))
    assert "WRONG_DATATYPE" in refusals(gold, layer, rows)


@pytest.mark.deep("inputs", quick=25)
@pytest.mark.parametrize(("layer", "column"), COLUMNS)
def test_a_column_that_is_missing_is_refused(gold: Part, layer: Layer, column: Column) -> None:
    assert "COLUMN_NOT_IN_DATAFRAME" in refusals(gold, layer, rows_of(gold, layer).drop(column.name))


@pytest.mark.deep("inputs", quick=25)
@pytest.mark.parametrize(("layer", "column"), COLUMNS)
def test_a_null_is_refused_just_where_the_layer_has_none(gold: Part, layer: Layer, column: Column) -> None:
    null = pl.when(pl.int_range(pl.len()) > 0).then(pl.col(column.name)).alias(column.name)
    refused = "SERIES_CONTAINS_NULLS" in refusals(gold, layer, rows_of(gold, layer).with_columns(null))
    assert refused == (not column.nullable)


def test_narrower_integers_are_refused(gold: Part) -> None:
    assert refusals(gold, MENTIONS, gold["mentions"].cast({"start": pl.Int32})) == ["WRONG_DATATYPE"]


def test_a_content_span_with_another_field_is_refused(gold: Part) -> None:
    spans = pl.col("content").list.eval(pl.struct(pl.element().struct.unnest(), kind=pl.lit("direct")))
    rows = gold["attributions"].with_columns(spans)
    assert refusals(gold, LAYERS["attributions"], rows) == ["WRONG_DATATYPE"]


@pytest.mark.parametrize("layer", LAYERS.values(), ids=lambda layer: layer.name)
def test_a_column_too_many_is_refused(gold: Part, layer: Layer) -> None:
    rows = rows_of(gold, layer).with_columns(confidence=pl.lit("high"))
    assert refusals(gold, layer, rows) == ["COLUMN_NOT_IN_SCHEMA"]


@pytest.mark.parametrize("layer", LAYERS.values(), ids=lambda layer: layer.name)
def test_columns_in_another_order_are_refused(gold: Part, layer: Layer) -> None:
    assert refusals(gold, layer, rows_of(gold, layer).select(reversed(layer.names))) == ["COLUMN_NOT_ORDERED"]


def failures(gold: Part, check: str, **values: Any) -> list[tuple[int, str, Any]]:
    """Row, column and value of what fails a check where the second mention has these values."""
    second = pl.int_range(pl.len()) == 1
    changes = [
        pl.when(second).then(pl.lit(value)).otherwise(pl.col(name)).alias(name) for name, value in values.items()
    ]
    assert gold.corpus.scheme is not None
    table = Table(MENTIONS, gold["mentions"].with_columns(changes), gold.corpus.scheme)
    return [(row, column.name, value) for row, _, column, value in table.failures(check)]


def test_a_failure_says_row_column_and_value(gold: Part) -> None:
    assert failures(gold, "label", level="NAME") == [(1, "level", "NAME")]
    assert failures(gold, "pattern", entity_id="e 2") == [(1, "entity_id", "e 2")]
    assert failures(gold, "minimum", start=-1) == [(1, "start", "-1")]
    assert failures(gold, "shortest", text="") == [(1, "text", "")]


def test_failures_of_several_kinds_are_kept_apart(gold: Part) -> None:
    wrong: dict[str, Any] = {"level": "NAME", "start": -1, "text": "", "entity_id": "e 2"}
    assert failures(gold, "label", **wrong) == [(1, "level", "NAME")]
    assert failures(gold, "minimum", **wrong) == [(1, "start", "-1")]


def test_a_sound_table_has_no_failures(gold: Part) -> None:
    assert [failures(gold, check) for check in ("label", "pattern", "minimum", "shortest")] == [[]] * 4
