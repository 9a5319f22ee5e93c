"""Labels in shards: codes that every reader takes for ClassLabels, and words again from the shard alone."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest
from datasets import Features
from hypothesis import given, settings
from hypothesis import strategies as st

from built_views import VIEWS
from conftest import Root, examples
from stancebank.corpus.part import Part
from stancebank.dataset.building import build, chosen_views
from stancebank.dataset.card import features
from stancebank.dataset.label_codes import METADATA, coded, features_json, has_labels, worded
from stancebank.dataset.shards import parquet_bytes
from stancebank.dataset.verification import differences, read_manifest
from stancebank.schema.column import Category, Column, ListOf, Record
from stancebank.schema.frames import polars_schema
from stancebank.schema.scheme import Scheme
from ways_in import CLASS_LABELS, VIEWER, python

LABEL = Category(lambda scheme: scheme.names("stance_labels"))
LABELLED = {name for name, view in VIEWS.items() if has_labels(view.columns)}


@pytest.mark.deep("packages")
def test_the_viewers_statistics_read_every_column_of_every_config(editions: dict[str, Path], tmp_path: Path) -> None:
    found = python(tmp_path, VIEWER, *editions.values())
    assert set(found) == {
        f"{folder} {view.name}" for folder in editions.values() for view in (folder / "data").iterdir()
    }
    assert {config: failed for config, failed in found.items() if failed} == {}


@pytest.mark.deep("packages")
def test_labels_are_classes_by_every_way_in(editions: dict[str, Path], tmp_path: Path) -> None:
    for edition in ("full", "masked"):
        found = python(tmp_path, CLASS_LABELS, editions[edition], " ".join(sorted(LABELLED)))
        for name, ways in found.items():
            assert len(ways) == 6
            assert set(ways.values()) == {ways["config"]}, name
            assert "ClassLabel" in ways["config"], name


@pytest.mark.parametrize("name", sorted(LABELLED))
def test_the_metadata_is_what_datasets_writes(gold: Part, name: str) -> None:
    view = VIEWS[name]
    schema = features(view.columns, gold.scheme).arrow_schema
    shard = pq.read_schema(BytesIO(parquet_bytes(view.rows(gold), view, gold.scheme)))
    assert shard.metadata[METADATA] == features_json(view.columns, gold.scheme)
    assert shard.remove_metadata() == schema.remove_metadata()
    data = BytesIO(parquet_bytes(view.rows(gold), view, gold.scheme))
    for column, feature in features(view.columns, gold.scheme).items():  # as the Hub's viewer reads it
        read = pq.read_table(data, columns=[column], schema=Features({column: feature}).arrow_schema)
        assert read.num_rows == view.rows(gold).height
    own = Features.from_arrow_schema(shard)
    assert own == features(view.columns, gold.scheme)


def rows_of(scheme: Scheme) -> st.SearchStrategy[list[dict[str, Any]]]:
    label = st.none() | st.sampled_from(scheme.names("stance_labels"))
    row = st.fixed_dictionaries(
        {
            "one": label,
            "many": st.lists(label, max_size=3),
            "deep": st.lists(st.fixed_dictionaries({"in": label, "at": st.integers(0, 9)}), max_size=3),
        }
    )
    return st.lists(row, max_size=8)


COLUMNS = (
    Column("one", LABEL, "", nullable=True),
    Column("many", ListOf(LABEL), ""),
    Column("deep", ListOf(Record((Column("in", LABEL, "", nullable=True), Column("at", "integer", "")))), ""),
)


@settings(max_examples=examples(200))
@given(st.data())
def test_words_become_codes_and_codes_words_and_null_stays_null(gold: Part, data: st.DataObject) -> None:
    rows = pl.DataFrame(data.draw(rows_of(gold.scheme)), schema=polars_schema(COLUMNS), orient="row")
    codes = coded(rows, COLUMNS, gold.scheme)
    names = gold.scheme.names("stance_labels")
    assert codes["one"].to_list() == [None if word is None else names.index(word) for word in rows["one"]]
    table = codes.to_arrow().replace_schema_metadata({METADATA: features_json(COLUMNS, gold.scheme)})
    assert pl.DataFrame(worded(table)).to_dicts() == rows.to_dicts()
    assert worded(codes.to_arrow()) is not None  # a table without names stays as it is


@pytest.mark.parametrize("said", [b"", b"[]", b'{"info": {"features": []}}', b'{"info": {"features": {"one": 1}}}'])
def test_metadata_that_is_none_of_datasets_is_an_error_in_words(gold: Part, said: bytes) -> None:
    rows = coded(polars_schema(COLUMNS).to_frame(), COLUMNS, gold.scheme)
    with pytest.raises(ValueError, match="do not fit the names in its schema"):
        worded(rows.to_arrow().replace_schema_metadata({METADATA: said}))


def test_verify_names_a_shard_with_a_code_that_has_no_name(root: Root, tmp_path: Path) -> None:
    build(root.corpus(), tmp_path / "out", chosen_views(["stance_detection"]))
    (file,) = (tmp_path / "out/data/stance_detection").iterdir()
    table = pq.read_table(file)
    codes = pl.DataFrame(table)["label"] + 99
    at = table.schema.get_field_index("label")
    pq.write_table(table.set_column(at, table.schema.field(at), codes.to_arrow()), file)
    told = [each.what for each in differences(tmp_path / "out", *read_manifest(tmp_path / "out"))]
    assert any("its labels do not fit the names in its schema" in what for what in told)
