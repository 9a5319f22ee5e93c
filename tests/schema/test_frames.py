"""Layers as frames: their types, the order of their rows, and rows inside rows."""

import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancebank.schema.column import Category
from stancebank.schema.frames import (
    arrow_schema,
    arrow_type,
    natural_order,
    nest,
    polars_schema,
    polars_type,
    row_order,
)
from stancebank.schema.layers import LAYERS, PART_LAYERS

INTEGERS = {"start", "end", "paragraph"}
SPAN = pl.Struct({"start": pl.Int64, "end": pl.Int64, "text": pl.String})


def natural(ids: list[str]) -> list[str]:
    return pl.DataFrame({"id": ids}, {"id": pl.String}).sort(natural_order("id"))["id"].to_list()


def in_order(layer: str, **columns: list) -> list:
    """The ids of these rows, sorted as the layer is."""
    rows = pl.DataFrame(columns).sort(row_order(LAYERS[layer]))
    return rows[LAYERS[layer].id_column].to_list()


@pytest.mark.parametrize(
    "ordered",
    [
        pytest.param(["m1", "m2", "m9", "m10", "m100"], id="by value"),
        pytest.param(["a10", "b2", "m1"], id="first what precedes the digits"),
        pytest.param(["m", "m0", "m1"], id="without digits first"),
        pytest.param(["apple", "m", "pear"], id="no digits at all"),
        pytest.param(["7", "10", "m1"], id="digits alone"),
        pytest.param(["m1.2", "m1.10", "m2.1"], id="the last digits count"),
        pytest.param(["x" + "9" * 29, "x1" + "0" * 29, "x1" + "0" * 28 + "1"], id="30 digits"),
        pytest.param(["A1", "B1", "a1"], id="capitals first, as in ASCII"),
        pytest.param(["m2", "m10x", "m2x"], id="digits that do not end the id are text"),
        pytest.param(["m01", "m2", "m010", "m11"], id="leading zeros"),
    ],
)
def test_ids_stand_in_natural_order(ordered):
    assert natural(ordered[::-1]) == ordered


@given(st.lists(st.from_regex(r"[a-c.]{0,2}(0|[1-9][0-9]{0,24})?", fullmatch=True)))
def test_natural_order_is_by_text_then_by_the_value_of_the_last_digits(ids):
    def key(name: str) -> tuple[str, int]:
        digits = re.search(r"[0-9]*$", name)[0]
        return name.removesuffix(digits), int(digits or -1)

    assert natural(ids) == sorted(ids, key=key)


@given(st.data(), st.lists(st.from_regex(r"[a-c]?[0-9]{0,3}", fullmatch=True), unique=True))
def test_natural_order_does_not_depend_on_the_order_before(data, ids):
    assert natural(data.draw(st.permutations(ids))) == natural(ids)


def test_mentions_stand_by_document_start_end_then_id():
    rows = [("a", 0, 1, "m1"), ("a", 0, 2, "m2"), ("a", 0, 2, "m10"), ("a", 3, 4, "m3"), ("b", 0, 1, "m4")]
    doc_id, start, end, mention_id = map(list, zip(*rows[::-1], strict=True))
    found = in_order("mentions", doc_id=doc_id, start=start, end=end, mention_id=mention_id)
    assert found == ["m1", "m2", "m10", "m3", "m4"]


def test_relations_stand_by_document_then_id():
    assert in_order("relations", doc_id=["b", "a", "a"], relation_id=["r1", "r10", "r2"]) == ["r2", "r10", "r1"]


def test_documents_stand_by_id():
    assert in_order("documents", doc_id=["b", "a10", "a2"]) == ["a10", "a2", "b"]


def test_targets_stand_by_id_in_natural_order():
    assert in_order("targets", target_id=["t10", "t2", "peace"]) == ["peace", "t2", "t10"]


@pytest.mark.parametrize("layer", PART_LAYERS.values(), ids=lambda layer: layer.name)
def test_the_projects_rows_stand_in_their_order(gold, layer):
    rows = gold[layer.name]
    assert rows.sample(fraction=1, shuffle=True, seed=1).sort(row_order(layer)).equals(rows)


@pytest.mark.parametrize("layer", LAYERS.values(), ids=lambda layer: layer.name)
def test_offsets_are_integers_content_is_a_list_of_spans_and_the_rest_is_text(layer):
    def expected(name: str) -> pl.DataType:
        if name == "authors":
            return pl.List(pl.String)
        return pl.List(SPAN) if name == "content" else pl.Int64() if name in INTEGERS else pl.String()

    schema = polars_schema(layer.columns)
    assert schema == {name: expected(name) for name in layer.names}
    assert tuple(schema) == layer.names


@pytest.mark.parametrize("layer", LAYERS.values(), ids=lambda layer: layer.name)
def test_arrow_and_polars_types_say_the_same(layer):
    table = arrow_schema(layer.columns).empty_table()
    assert pl.from_arrow(table).schema == polars_schema(layer.columns)


def test_a_category_is_text_in_memory_and_a_number_in_files():
    category = Category(lambda scheme: scheme.names("stance_labels"))
    assert polars_type(category) == pl.String
    assert arrow_type(category) == "int64"


KEYS = st.tuples(st.sampled_from("ab"), st.integers(0, 2))


@given(st.lists(KEYS, unique=True), st.lists(st.tuples(KEYS, st.text() | st.none())), st.integers(0, 3))
def test_nested_rows_are_those_of_each_parent_in_their_order(parents, rows, cut):
    held = [{"doc": doc, "sentence": sentence, "value": value} for (doc, sentence), value in rows]
    schema = {"doc": pl.String, "sentence": pl.Int64, "value": pl.String}
    chunks = pl.concat([pl.DataFrame(held[:cut], schema), pl.DataFrame(held[cut:], schema)], rechunk=False)
    outer = pl.DataFrame(parents, {"doc": pl.String, "sentence": pl.Int64}, orient="row")
    expected = [[{"value": value} for key, value in rows if key == parent] for parent in parents]
    nested = nest(outer, chunks, ["doc", "sentence"], "rows")
    assert nested.select("doc", "sentence").equals(outer)
    assert nested["rows"].to_list() == expected


def test_a_parent_without_rows_gets_an_empty_list_of_the_right_type():
    parents, rows = pl.DataFrame({"doc_id": ["d"]}), polars_schema(LAYERS["attributions"].columns).to_frame()
    nested = nest(parents, rows, ["doc_id"], "attributions")
    assert nested["attributions"].to_list() == [[]]
    assert nested["attributions"].dtype.inner.to_schema()["content"] == pl.List(SPAN)


def test_no_parents_give_no_rows(gold):
    nested = nest(gold["documents"].clear(), gold["mentions"], ["doc_id"], "mentions")
    assert nested.height == 0
    assert nested.columns[-1] == "mentions"


def test_nesting_the_projects_attributions_keeps_every_value(gold):
    nested = nest(gold["documents"], gold["attributions"], ["doc_id"], "attributions")
    assert nested["attributions"][0].to_list() == gold["attributions"].drop("doc_id").to_dicts()
