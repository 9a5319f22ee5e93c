"""The layers of a corpus: those that its scheme uses, with the columns that it uses and its own fields.

A layer is used if the scheme has the vocabulary that it is about, and a column if the scheme has its labels
and uses the layer that it refers to. In memory all layers and columns that StanceBank knows are there: those
that are not used are empty, or null throughout, so that what gives them meaning finds nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from stancebank.schema.column import Column
from stancebank.schema.layers import (
    ACTORS,
    ATTRIBUTIONS,
    CLASSIFICATIONS,
    ENTITIES,
    KNOWN_LAYERS,
    LAYERS,
    MENTIONS,
    PROGRESS,
    RELATIONS,
    STANCES,
    TARGETS,
    Layer,
)

LEADING: Mapping[str, tuple[str, ...]] = {
    ENTITIES.name: ("entity_types",),
    MENTIONS.name: ("entity_types", "mention_levels"),
    RELATIONS.name: ("relation_types",),
    ATTRIBUTIONS.name: ("attribution_kinds",),
    STANCES.name: ("stance_labels",),
    TARGETS.name: ("stance_labels",),
    ACTORS.name: ("entity_types",),
}
"""The vocabularies of which one at least makes a scheme use a layer; other layers are always used."""


@dataclass(frozen=True)
class Layers:
    """Layers with the columns that are stored, by name and in their order.

    complete: all layers that StanceBank knows, with all columns: those of frames in memory.
    """

    all: Mapping[str, Layer]
    complete: Mapping[str, Layer]

    def __getitem__(self, name: str) -> Layer:
        """The layer of that name; KeyError where it is not used."""
        return self.all[name]

    def __contains__(self, name: object) -> bool:
        return name in self.all

    def __iter__(self) -> Iterator[str]:
        return iter(self.all)

    @cached_property
    def parts(self) -> Mapping[str, Layer]:
        """The layers that each part has."""
        return {name: layer for name, layer in self.all.items() if not layer.shared}

    @cached_property
    def shared(self) -> Mapping[str, Layer]:
        """The layers that all parts share."""
        return {name: layer for name, layer in self.all.items() if layer.shared}

    @cached_property
    def annotated(self) -> tuple[str, ...]:
        """The layers that annotators fill, by name."""
        return tuple(name for name, layer in self.all.items() if layer.annotated)

    @cached_property
    def passes(self) -> tuple[str, ...]:
        """The layers that each pass has files of, by name: the annotated ones and progress."""
        return tuple(name for name, layer in self.all.items() if layer.in_passes)

    @cached_property
    def decidable(self) -> tuple[str, ...]:
        """What a scheme may require to be decided, each as layer.column."""
        return tuple(
            f"{layer.name}.{column.name}" for layer in self.all.values() for column in layer.columns if column.decided
        )

    @cached_property
    def labelled(self) -> Mapping[tuple[str, str], str]:
        """The vocabulary of each labelled column, by layer and column."""
        return {
            (layer.name, column.name): column.vocabulary
            for layer in self.all.values()
            for column in layer.columns
            if column.vocabulary
        }

    def uses(self, name: str) -> bool:
        """Whether a layer, or a column as layer.column, is used."""
        layer, _, column = name.partition(".")
        return layer in self.all and (not column or column in self.all[layer].names)


ALL_LAYERS = Layers(LAYERS, KNOWN_LAYERS)
"""What a scheme with all vocabularies and no fields of its own uses."""


def layers_of(vocabularies: Collection[str], own: Mapping[str, Sequence[Column]]) -> Layers:
    """The layers that a scheme uses. vocabularies: those it has. own: by layer the columns that it declares."""
    used = [
        layer
        for layer in KNOWN_LAYERS.values()
        if (CLASSIFICATIONS.name in own if layer is CLASSIFICATIONS else _is_used(layer, vocabularies))
    ]
    names = [layer.name for layer in used]
    annotated = [layer.name for layer in used if layer.annotated]
    made = {}
    for layer in used:
        columns = tuple(
            column
            for column in layer.columns
            if (column.vocabulary is None or column.vocabulary in vocabularies)
            and (column.refers_to is None or column.refers_to in names)
        )
        if layer is PROGRESS:
            pattern = "|".join(annotated)
            columns = tuple(replace(c, pattern=pattern) if c.name == PROGRESS.id_column else c for c in columns)
        columns = (*columns, *own.get(layer.name, ()))
        made[layer.name] = layer if columns == layer.columns else replace(layer, columns=columns)
    complete = {
        name: replace(layer, columns=(*layer.columns, *own[name])) if name in own else layer
        for name, layer in KNOWN_LAYERS.items()
    }
    return Layers(made, complete)


def _is_used(layer: Layer, vocabularies: Collection[str]) -> bool:
    leading = LEADING.get(layer.name)
    return leading is None or any(name in vocabularies for name in leading)
