"""Labels in Parquet as datasets writes them: as codes, with the names of each in the metadata of the schema.

So a shard alone gives a ClassLabel, by whatever way it is read, and a reader that casts it to the features of the
card gets the codes that it expects. The rows of a view have words; a code is how a shard packs one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
import polars as pl
import pyarrow as pa

from stancebank.schema.column import Category, Column, Kind, ListOf, Record
from stancebank.schema.scheme import Scheme

METADATA = b"huggingface"
"""The key under which datasets looks for features in the metadata of a schema."""


def has_labels(columns: Iterable[Column]) -> bool:
    """Whether a table with these columns has labels of a closed set, nested ones too."""
    return any(_has_labels(column.kind) for column in columns)


def features_json(columns: Iterable[Column], scheme: Scheme) -> bytes:
    """What datasets writes about a table with these columns: its features, with the names of labels in order."""
    features = {column.name: _feature(column.kind, scheme) for column in columns}
    return orjson.dumps({"info": {"features": features}})


def coded(rows: pl.DataFrame, columns: Iterable[Column], scheme: Scheme) -> pl.DataFrame:
    """The rows with the index of each label among its names, as 64-bit integers; null stays null.

    Raises polars.exceptions.PolarsError for a word that is none of the names.
    """
    return rows.with_columns(
        _code(pl.col(column.name), column.kind, scheme) for column in columns if _has_labels(column.kind)
    )


def worded(table: pa.Table) -> pl.DataFrame | pa.Table:
    """The rows of a shard with words for codes, by the names that it has itself; the table where it has none.

    Raises ValueError where its metadata is not what datasets writes, or a code has no name.
    """
    said = (table.schema.metadata or {}).get(METADATA)
    if said is None:
        return table
    try:
        features: Mapping[str, Any] = orjson.loads(said)["info"]["features"]
        labels = {name: feature for name, feature in features.items() if _is_labelled(feature)}
        frame = pl.DataFrame(table)
        return frame.with_columns(_word(pl.col(name), feature) for name, feature in labels.items())
    except (pl.exceptions.PolarsError, KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        why = " ".join(str(error).split())[:120]
        raise ValueError(f"its labels do not fit the names in its schema: {why}") from None


def _has_labels(kind: Kind) -> bool:
    if isinstance(kind, ListOf):
        return _has_labels(kind.item)
    return has_labels(kind.columns) if isinstance(kind, Record) else isinstance(kind, Category)


def _feature(kind: Kind, scheme: Scheme) -> dict[str, Any]:
    if isinstance(kind, ListOf):
        return {"feature": _feature(kind.item, scheme), "_type": "List"}
    if isinstance(kind, Record):
        return {column.name: _feature(column.kind, scheme) for column in kind.columns}
    if isinstance(kind, Category):
        return {"names": kind.names(scheme), "_type": "ClassLabel"}
    scalars = {"integer": "int64", "number": "float64", "boolean": "bool"}
    return {"dtype": scalars.get(str(kind), "string"), "_type": "Value"}


def _code(values: pl.Expr, kind: Kind, scheme: Scheme) -> pl.Expr:
    if isinstance(kind, ListOf):
        return values.list.eval(_code(pl.element(), kind.item, scheme))
    if isinstance(kind, Record):
        fields = (_code(values.struct.field(column.name), column.kind, scheme) for column in kind.columns)
        return pl.struct(field.alias(column.name) for field, column in zip(fields, kind.columns, strict=True))
    if not isinstance(kind, Category):
        return values
    return values.cast(pl.Enum(kind.names(scheme))).to_physical().cast(pl.Int64)


def _is_labelled(feature: Any) -> bool:  # noqa: ANN401  (what JSON holds)
    if feature.get("_type") == "List":
        return _is_labelled(feature["feature"])
    return feature["_type"] == "ClassLabel" if "_type" in feature else any(map(_is_labelled, feature.values()))


def _word(values: pl.Expr, feature: Mapping[str, Any]) -> pl.Expr:
    if feature.get("_type") == "List":
        return values.list.eval(_word(pl.element(), feature["feature"]))
    if "_type" not in feature:
        fields = (_word(values.struct.field(name), inner).alias(name) for name, inner in feature.items())
        return pl.struct(fields)
    if feature["_type"] != "ClassLabel":
        return values
    names: Sequence[str] = feature["names"]
    return values.replace_strict(list(range(len(names))), names, return_dtype=pl.String)
