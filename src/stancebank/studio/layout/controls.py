"""How the corpus is laid out in Label Studio: region labels, controls for each region, relation labels.

A mention, a cue, a content span and the evidence of a stance are regions with one
label each. What a region carries besides its span is in controls for each
region; what two regions have to do with each other in labelled relations.
A value that nobody has decided is a control left open; where that cannot be, as a
mention is a label and a relation has one, it is a label of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Literal, NamedTuple

from stancebank.faults import StanceBankError
from stancebank.schema.column import UNDECIDED, Column, ListOf
from stancebank.schema.labels import RelationType
from stancebank.schema.layers import ATTRIBUTIONS, CLASSIFICATIONS, MENTIONS, STANCES
from stancebank.schema.scheme import Scheme
from stancebank.schema.scheme_layers import ALL_LAYERS, Layers

TEXT = "text"
LABEL = "label"
CUE, CONTENT, STANCE, MENTION = "CUE", "CONTENT", "STANCE", "MENTION"
"""Labels of regions; the last is that of mentions where the scheme has no entity types."""
YES, NO = "yes", "no"
UNDECIDED_LABEL = f"({UNDECIDED})"
"""The label where nobody has decided on one; no label of a scheme has brackets."""

# Relations that belong to an attribution or a stance: from its region to another one.
SOURCE_LINK, CONTENT_LINK, HOLDER_LINK = "source", "content", "holder"
LINKS = (SOURCE_LINK, CONTENT_LINK, HOLDER_LINK)

Group = Literal["mention", "cue", "content", "stance", "document"]
Tag = Literal["choices", "taxonomy", "textarea", "number"]

LAYER_OF: Mapping[Group, str] = {
    "mention": MENTIONS.name,
    "cue": ATTRIBUTIONS.name,
    "content": ATTRIBUTIONS.name,
    "stance": STANCES.name,
    "document": CLASSIFICATIONS.name,
}
_NOUNS: Mapping[Group, str] = {
    "mention": "Mention",
    "cue": "Attribution",
    "content": "Content",
    "stance": "Stance",
    "document": "Document",
}


@dataclass(frozen=True, slots=True)
class Control:
    """One field beside the text, shown while a region of its group is selected.

    name: from_name in results. tag: its kind, which is also the type of its results. title: what annotators
    read above it. column: what its value is stored in. choice: the
    only choice of a control that says "nobody": an unnamed source, the writer as holder.
    options: the list in the task's data that it picks from. required: whether
    nothing can be submitted without it.
    """

    name: str
    tag: Tag
    group: Group
    title: str
    column: Column | None = None
    choice: str | None = None
    options: str | None = None
    required: bool = False

    @property
    def key(self) -> str:
        """The key of what was chosen or typed in the value of a result's item."""
        return "text" if self.tag == "textarea" else self.tag

    @property
    def vocabulary(self) -> str | None:
        """The list of the scheme with its choices."""
        return self.column.vocabulary if self.column else None

    @property
    def several(self) -> bool:
        """Whether it holds a list."""
        return self.column is not None and isinstance(self.column.kind, ListOf)


ENTITY = Control("entity", "taxonomy", "mention", "Mention: entity", options="entities")
NEW_ENTITY = Control("new_entity", "textarea", "mention", "or a new entity")
SOURCE = Control("source", "taxonomy", "cue", "Attribution: source", options=MENTIONS.name)
HOLDER = Control("holder", "taxonomy", "stance", "Stance: holder", options=MENTIONS.name)
NO_SOURCE = Control("no_source", "choices", "cue", "or no source, as it is", choice="unnamed")
NO_HOLDER = Control("no_holder", "choices", "stance", "or no holder, as it is", choice="writer")


def _of_column(group: Group, column: Column, name: str) -> Control:
    tag: Tag = "number" if column.numeric else "textarea"
    if column.vocabulary or column.kind == "boolean":
        tag = "choices"
    elif column.refers_to:
        tag = "taxonomy"
    title = f"{_NOUNS[group]}: {column.name}"
    return Control(name, tag, group, title, column, options=column.refers_to, required=not column.nullable)


def _columns(layers: Layers) -> Mapping[Group, tuple[Column, ...]]:
    """The columns of what a region of each group is, of the groups that the scheme uses."""
    found: dict[Group, tuple[Column, ...]] = {}
    for group, name in LAYER_OF.items():
        if name in layers:
            layer = layers[name]
            found[group] = layer["content"].items if group == "content" else layer.columns
    return found


@dataclass(frozen=True)
class Controls:
    """The controls of a scheme. of_columns: by group those that columns declare, with the columns."""

    of_columns: Mapping[Group, tuple[tuple[Control, Column], ...]]
    all: Mapping[str, Control]


def controls_of(layers: Layers) -> Controls:
    """The controls for the layers and columns that a scheme uses."""
    of_columns = {
        group: tuple((_of_column(group, column, column.control), column) for column in columns if column.control)
        for group, columns in _columns(layers).items()
    }
    others: Mapping[Group, tuple[Control, ...]] = {
        "mention": (ENTITY, NEW_ENTITY) if layers.uses("mentions.entity_id") else (),
        "cue": (SOURCE, NO_SOURCE) if layers.uses("attributions.source") else (),
        "stance": (HOLDER, NO_HOLDER) if layers.uses("stances.holder") else (),
    }
    found = {}
    for group, pairs in of_columns.items():
        both = ([control for control, _ in pairs], others.get(group, ()))
        for control in chain(*(both if group == "mention" else reversed(both))):
            found[control.name] = control
    return Controls(of_columns, found)


def links(layers: Layers) -> tuple[str, ...]:
    """The labels of relations that belong to an attribution or a stance, of a scheme that uses these layers."""
    needed = {SOURCE_LINK: "attributions.source", CONTENT_LINK: "attributions", HOLDER_LINK: "stances.holder"}
    return tuple(link for link in LINKS if layers.uses(needed[link]))


_ALL = controls_of(ALL_LAYERS)
COLUMN_CONTROLS, CONTROLS = _ALL.of_columns, _ALL.all
"""The controls of a scheme that has all vocabularies and no fields of its own."""


def region_labels(scheme: Scheme) -> dict[str, Group]:
    """The labels of regions and what each is the label of: the entity types and none, then CUE, CONTENT and STANCE.

    Of layers that the scheme does not use there are none; of mentions without entity types there is MENTION.
    Raises StanceBankError where an entity type has one of these names.
    """
    groups: dict[str, Group] = {CUE: "cue", CONTENT: "content", STANCE: "stance"}
    own = {label: group for label, group in groups.items() if LAYER_OF[group] in scheme.layers}
    types = scheme.names("entity_types")
    _require_free("entity type", types, (*own, MENTION))
    if MENTIONS.name not in scheme.layers:
        return own
    if not types:
        return {MENTION: "mention", **own}
    mentions: dict[str, Group] = dict.fromkeys((*types, UNDECIDED_LABEL), "mention")
    return mentions | own


def entity_type(label: str) -> str | None:
    """The entity type that the label of a mention is; None where nobody has decided on it."""
    return None if label in (UNDECIDED_LABEL, MENTION) else label


class Kind(NamedTuple):
    """What a label of a relation between mentions says; None where nobody has decided."""

    type: RelationType | None
    modality: str | None

    @property
    def type_name(self) -> str | None:
        """The relation type's name."""
        return self.type.name if self.type else None

    @property
    def symmetric(self) -> bool:
        """Whether its two ends play the same part."""
        return self.type is not None and self.type.symmetric


def relation_labels(scheme: Scheme) -> dict[str, Kind]:
    """The relation type and modality of each label of a relation between mentions.

    The first modality of the scheme goes without saying: "aid", then "aid: possible", and "aid: (undecided)".
    Without a type it is said too, and "(undecided)" leaves both open.
    Raises StanceBankError where a relation type is called like a link.
    """
    _require_free("relation type", scheme.names("relation_types"), LINKS)
    types = scheme.relation_types
    if not types:
        return {}
    if not scheme.names("modalities"):
        return {kind.name: Kind(kind, None) for kind in types} | {UNDECIDED_LABEL: Kind(None, None)}
    plain, *others = scheme.names("modalities")
    labels = {kind.name: Kind(kind, plain) for kind in types}
    labels |= {f"{kind.name}: {other}": Kind(kind, other) for other in others for kind in types}
    labels |= {f"{kind.name}: {UNDECIDED_LABEL}": Kind(kind, None) for kind in types}
    open_types = {f"{UNDECIDED_LABEL}: {modality}": Kind(None, modality) for modality in (plain, *others)}
    return labels | {UNDECIDED_LABEL: Kind(None, None)} | open_types


def content_region(attribution_id: str, index: int) -> str:
    """The region id of an attribution's content span; no record's id has a colon."""
    return f"{attribution_id}:{index}"


def _require_free(what: str, names: tuple[str, ...], taken: tuple[str, ...]) -> None:
    for name in taken:
        if name in names:
            message = f"the scheme has the {what} {name}, which Label Studio needs for another purpose here"
            raise StanceBankError(message, "rename it in schemas/scheme.yaml")
