"""The digest of rows: of what they hold, whatever holds it."""

from __future__ import annotations

import hashlib
import json
from io import BytesIO
from itertools import chain

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from conftest import Record, examples
from stancebank.corpus.part import Part
from stancebank.dataset.content_digest import content_digest
from stancebank.dataset.label_codes import worded
from stancebank.dataset.shards import parquet_bytes
from stancebank.schema.column import Column, ListOf
from stancebank.schema.frames import arrow_schema, polars_schema
from stancebank.schema.layers import Record as Fields
from stancebank.views.registry import VIEWS

COLUMNS = (
    Column("text", "string", ""),
    Column("number", "integer", ""),
    Column("items", ListOf(Fields((Column("text", "string", ""), Column("places", ListOf("integer"), "")))), ""),
)
TEXTS = st.none() | st.sampled_from(["", "a", "b", "ab", "\u00e9", "\U0001f600", "\0"])
NUMBERS = st.none() | st.integers(-1, 1) | st.integers(-(2**63), 2**63 - 1)
ITEMS = st.none() | st.lists(
    st.none() | st.fixed_dictionaries({"text": TEXTS, "places": st.none() | st.lists(NUMBERS, max_size=2)}), max_size=3
)
ROWS = st.lists(st.fixed_dictionaries({"text": TEXTS, "number": NUMBERS, "items": ITEMS}), max_size=20)

law = settings(max_examples=examples(200))


def frame(rows: list[Record]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=polars_schema(COLUMNS), orient="row")


def table(rows: list[Record]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=arrow_schema(COLUMNS))


def kind(of: pa.DataType) -> object:
    if pa.types.is_struct(of):
        return ["record", [[field.name, kind(field.type)] for field in of]]
    if pa.types.is_list(of):
        return ["list", kind(of.value_type)]
    return {pa.string(): "string", pa.int64(): "integer"}[of]


def integers(values: list[int]) -> bytes:
    return b"".join(value.to_bytes(8, "little", signed=True) for value in values)


def parts_of(values: list, of: pa.DataType) -> bytes:
    """What the docstring of content_digest says that a column gives."""
    bits = "".join("0" if value is None else "1" for value in values)
    mask = b"".join(int(bits[i : i + 8][::-1], 2).to_bytes(1, "little") for i in range(0, len(bits), 8))
    if pa.types.is_struct(of):
        fields = ([value and value[field.name] for value in values] for field in of)
        return mask + b"".join(parts_of(value, field.type) for value, field in zip(fields, of, strict=True))
    if pa.types.is_list(of):
        items = list(chain.from_iterable(value or () for value in values))
        return mask + integers([len(value or ()) for value in values]) + parts_of(items, of.value_type)
    if of == pa.int64():
        return mask + integers([value or 0 for value in values])
    texts = [(value or "").encode() for value in values]
    return mask + integers([len(text) for text in texts]) + b"".join(texts)


@law
@given(ROWS)
def test_the_digest_is_what_its_definition_says(rows: list[Record]) -> None:
    schema = arrow_schema(COLUMNS)
    head = json.dumps([[field.name, kind(field.type)] for field in schema], separators=(",", ":"))
    columns = (parts_of([row[field.name] for row in rows], field.type) for field in schema)
    expected = head.encode() + b"\n" + integers([len(rows)]) + b"".join(columns)
    assert content_digest(table(rows)) == hashlib.sha256(expected).hexdigest()


@law
@given(ROWS, st.integers(0, 20), st.integers(0, 20))
def test_the_digest_does_not_depend_on_how_rows_are_packed(rows: list[Record], cut: int, before: int) -> None:
    small, polars = table(rows), frame(rows)
    parquet = BytesIO()
    pq.write_table(small, parquet)
    packings = {
        "Polars": polars,
        "Polars in chunks": pl.concat([polars[:cut], polars[cut:]], rechunk=False),
        "views of strings": pa.table(polars),
        "large offsets": polars.to_arrow(),
        "chunks": pa.concat_tables([small[:cut], small[cut:]]),
        "slice": pa.concat_tables([small[:before], small, small[before:]]).combine_chunks()[
            len(small[:before]) : len(small[:before]) + len(rows)
        ],
        "read from Parquet": pq.read_table(parquet),
    }
    assert {name: content_digest(packing) for name, packing in packings.items()} == dict.fromkeys(
        packings, content_digest(small)
    )


@law
@given(ROWS, ROWS)
def test_other_rows_have_another_digest(rows: list[Record], others: list[Record]) -> None:
    assume(rows != others)
    assert content_digest(table(rows)) != content_digest(table(others))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param({"a": ["x", "y"]}, {"a": ["y", "x"]}, id="order of rows"),
        pytest.param({"a": ["xy", ""]}, {"a": ["x", "y"]}, id="where a string ends"),
        pytest.param({"a": [None]}, {"a": [""]}, id="null and empty string"),
        pytest.param({"a": [[], ["x"]]}, {"a": [["x"], []]}, id="where a list ends"),
        pytest.param({"a": [[["x"], []]]}, {"a": [[["x"]]]}, id="an empty list more"),
        pytest.param({"a": [None, ["x"]]}, {"a": [[], ["x"]]}, id="null and empty list"),
        pytest.param({"a": [{"b": None}]}, {"a": pa.array([None], pa.struct({"b": pa.null()}))}, id="null and record"),
        pytest.param({"a": [None, 1]}, {"a": [0, 1]}, id="null and 0"),
        pytest.param({"a": ["x"]}, {"b": ["x"]}, id="name"),
        pytest.param({"a": [{"b": "x"}]}, {"a": [{"c": "x"}]}, id="name of a field"),
        pytest.param({"a": ["x"], "b": ["x"]}, {"b": ["x"], "a": ["x"]}, id="order of columns"),
        pytest.param({"a": pa.array([], pa.int64())}, {"a": pa.array([], pa.string())}, id="type without rows"),
        pytest.param({"a": []}, {"a": [None]}, id="number of rows"),
    ],
)
def test_any_difference_shows(one: dict, other: dict) -> None:
    assert content_digest(pa.table(one)) != content_digest(pa.table(other))


def test_what_lies_under_a_null_does_not_count() -> None:
    mask = pa.array([False, True, False])
    texts = pa.array(["a", "hidden", "b"])
    data = pa.StringArray.from_buffers(3, *texts.buffers()[1:], pa.py_buffer(b"\x05"), 1)
    assert data.to_pylist() == ["a", None, "b"]
    hidden = {
        "text": (data, ["a", None, "b"]),
        "record": (pa.StructArray.from_arrays([texts], ["x"], mask=mask), [{"x": "a"}, None, {"x": "b"}]),
        "list": (
            pa.ListArray.from_arrays(pa.array([0, 1, 2, 3], pa.int32()), texts, mask=mask),
            [["a"], None, ["b"]],
        ),
        "number": (
            pa.Array.from_buffers(pa.int64(), 3, [pa.py_buffer(b"\x05"), pa.py_buffer(np.arange(3))]),
            [0, None, 2],
        ),
    }
    for packed, plain in hidden.values():
        assert packed.to_pylist() == plain
        assert content_digest(pa.table({"a": packed})) == content_digest(pa.table({"a": pa.array(plain, packed.type)}))


@pytest.mark.parametrize("name", VIEWS)
def test_a_shard_has_the_digest_of_its_rows_and_the_same_bytes_for_the_same_rows(gold: Part, name: str) -> None:
    view = VIEWS[name]
    rows = view.rows(gold)
    chunks = pl.concat([rows[:1], rows[1:]], rechunk=False)
    packings = [parquet_bytes(packed, view, gold.scheme) for packed in (rows, chunks, rows.to_arrow())]
    assert len(set(packings)) == 1
    assert content_digest(worded(pq.read_table(BytesIO(packings[0])))) == content_digest(rows)
