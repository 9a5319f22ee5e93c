"""Models of the layers as tables, for frames of Polars that a user has: schemas.Mentions.validate(frame).

Each layer has one, named as the layer: Documents, Sentences, Entities and so on. It checks names, order, types and
nulls of the columns, patterns and least sizes of values. Which labels there are, and which fields of its own, a
scheme says: schemas.of(corpus) gives the models of a corpus by layer, which check them too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stancebank.checks.tables import table_model
from stancebank.schema.layers import KNOWN_LAYERS

if TYPE_CHECKING:
    import pandera.polars as pandera

    from stancebank.interface.open_corpus import OpenCorpus

_LAYERS = {name.capitalize(): layer for name, layer in KNOWN_LAYERS.items()}
__all__ = sorted({*_LAYERS, "of"})


def of(corpus: OpenCorpus) -> Mapping[str, pandera.DataFrameSchema]:
    """The models of the layers that the scheme of a corpus uses, by layer, with its labels and fields."""
    scheme = corpus.scheme
    return {name: table_model(layer, scheme) for name, layer in scheme.layers.all.items()}


def __getattr__(name: str) -> Any:  # noqa: ANN401  (a model of pandera)
    if name in _LAYERS:
        return table_model(_LAYERS[name], None)
    raise AttributeError(f"module 'stancebank.schemas' has no attribute {name!r}")
