"""Agreement on labels where both annotators have a record, for whatever columns hold labels."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from stancebank.agreement.alpha import alpha, coded
from stancebank.agreement.annotation_alignment import Alignment
from stancebank.agreement.score import Score, label_share
from stancebank.schema.layers import KNOWN_LAYERS


def label_shares(alignment: Alignment, layer: str, but: Collection[str] = (), of: str = "") -> Iterator[Score]:
    """The share of matched records that have the same label, for each column of labels; for own ones nominal alpha too.

    Pairs with a label that is undecided are left out, and counted. but: columns that other scores are of. of: what
    is said behind the column's name.
    """
    rows, others = alignment.a.records[layer], alignment.b.records[layer]
    scheme = alignment.a.part.scheme
    for column in alignment.a.part.layers[layer].columns:
        if column.vocabulary and column.name not in but:
            values = [(rows[a][column.name], others[b][column.name]) for a, b in alignment.of(layer).items()]
            share = label_share(layer, f"{column.name}{of}", values)
            yield share
            if column.name not in KNOWN_LAYERS[layer].names:
                value = alpha(coded(values, scheme.names(column.vocabulary)))
                yield replace(share, name=f"{share.name}, alpha", value=value)
