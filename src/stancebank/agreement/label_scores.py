"""Agreement on labels, numbers and yes or no where both annotators have a record, for whatever columns hold them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any

from stancebank.agreement.alpha import alpha, coded
from stancebank.agreement.annotation_alignment import Alignment
from stancebank.agreement.score import Score, label_share
from stancebank.schema.column import Column
from stancebank.schema.layers import KNOWN_LAYERS
from stancebank.schema.scheme import Scheme


def label_shares(alignment: Alignment, layer: str, but: Collection[str] = (), of: str = "") -> Iterator[Score]:
    """The share of matched records that have the same label, for each column of labels; for own fields alpha too.

    Own fields with a number or yes or no are measured as well. Pairs with a label that is undecided are left
    out, and counted. but: columns that other scores are of. of: what is said behind the column's name.
    """
    rows, others = alignment.a.records[layer], alignment.b.records[layer]
    scheme = alignment.a.part.scheme
    for column in alignment.a.part.layers[layer].columns:
        own = column.name not in KNOWN_LAYERS[layer].names
        if column.name not in but and (column.vocabulary or (own and is_measured(column))):
            values = [(rows[a][column.name], others[b][column.name]) for a, b in alignment.of(layer).items()]
            share = label_share(layer, f"{column.name}{of}", values)
            yield share
            if own:
                name, value = field_alpha(column, values, scheme)
                yield replace(share, name=f"{share.name}, {name}", value=value)


def is_measured(column: Column) -> bool:
    """Whether alpha is taken of a field: of labels, of numbers, and of yes or no."""
    return bool(column.vocabulary) or column.numeric or column.kind == "boolean"


def field_alpha(column: Column, units: Sequence[Sequence[Any]], scheme: Scheme) -> tuple[str, float | None]:
    """Alpha of such a field, with what it is called: nominal, of numbers interval.

    units: the values of each thing, one for each annotator, None where one gave none.
    """
    if column.vocabulary:
        return "alpha", alpha(coded(units, scheme.names(column.vocabulary)))
    numbers = [[None if value is None else float(value) for value in unit] for unit in units]
    return ("interval alpha", alpha(numbers, "interval")) if column.numeric else ("alpha", alpha(numbers))
