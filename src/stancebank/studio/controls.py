"""How the corpus is laid out in Label Studio: region labels, controls for each region, relation labels.

A mention, a cue, a content span and the evidence of a stance are regions with one
label each. What a region carries besides its span stands in controls for each
region; what two regions have to do with each other in labelled relations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from stancebank.faults import StanceBankError
from stancebank.scheme import RelationType, Scheme

TEXT = "text"
LABEL = "label"
CUE, CONTENT, STANCE = "CUE", "CONTENT", "STANCE"

# Relations that belong to an attribution or a stance: from its region to another one.
SOURCE_LINK, CONTENT_LINK, HOLDER_LINK = "source", "content", "holder"
LINKS = (SOURCE_LINK, CONTENT_LINK, HOLDER_LINK)

Group = Literal["mention", "cue", "content", "stance"]
Tag = Literal["choices", "taxonomy", "textarea"]


@dataclass(frozen=True, slots=True)
class Control:
    """One field beside the text, shown while a region of its group is selected.

    name: from_name in results. tag: its kind, which is also the type of its results. title: what annotators
    read above it. vocabulary: the list of the scheme with its choices. choice: the
    only choice of a control that says "nobody": an unnamed source, the writer as holder.
    options: the list in the task's data that it picks from. required: whether
    nothing can be submitted without it.
    """

    name: str
    tag: Tag
    group: Group
    title: str
    vocabulary: str | None = None
    choice: str | None = None
    options: str | None = None
    required: bool = True

    @property
    def key(self) -> str:
        """The key of what was chosen or typed in the value of a result's item."""
        return "text" if self.tag == "textarea" else self.tag


LEVEL = Control("level", "choices", "mention", "Mention: level", vocabulary="mention_levels")
ENTITY = Control("entity", "taxonomy", "mention", "Mention: entity", options="entities", required=False)
NEW_ENTITY = Control("new_entity", "textarea", "mention", "or a new entity", required=False)
KIND = Control("kind", "choices", "cue", "Attribution: kind", vocabulary="attribution_kinds")
NO_SOURCE = Control("no_source", "choices", "cue", "no source relation, as it is", choice="unnamed", required=False)
TARGET = Control("target", "taxonomy", "stance", "Stance: target", options="targets")
STANCE_LABEL = Control("stance", "choices", "stance", "Stance: label", vocabulary="stance_labels")
BASIS = Control("basis", "choices", "stance", "Stance: basis", vocabulary="stance_bases")
COMMITMENT = Control("commitment", "choices", "stance", "Stance: commitment", vocabulary="commitments")
EXPRESSION = Control(
    "expression", "choices", "stance", "Stance: expression", vocabulary="stance_expressions", required=False
)
NO_HOLDER = Control("no_holder", "choices", "stance", "no holder relation, as it is", choice="writer", required=False)

CONTROLS: Mapping[str, Control] = {
    control.name: control
    for control in (
        *(LEVEL, ENTITY, NEW_ENTITY, KIND, NO_SOURCE),
        *(TARGET, STANCE_LABEL, BASIS, COMMITMENT, EXPRESSION, NO_HOLDER),
    )
}


def region_labels(scheme: Scheme) -> dict[str, Group]:
    """The labels of regions and what each is the label of: the entity types, then CUE, CONTENT and STANCE.

    Raises StanceBankError where an entity type has one of these three names.
    """
    own: dict[str, Group] = {CUE: "cue", CONTENT: "content", STANCE: "stance"}
    _require_free("entity type", scheme.names("entity_types"), tuple(own))
    types: dict[str, Group] = dict.fromkeys(scheme.names("entity_types"), "mention")
    return types | own


def relation_labels(scheme: Scheme) -> dict[str, tuple[RelationType, str]]:
    """The relation type and modality that each label of a relation between mentions stands for.

    The first modality of the scheme goes without saying: "aid", then "aid: possible".
    Raises StanceBankError where a relation type is called like a link.
    """
    _require_free("relation type", scheme.names("relation_types"), LINKS)
    plain, *others = scheme.names("modalities")
    labels = {kind.name: (kind, plain) for kind in scheme.relation_types}
    return labels | {f"{kind.name}: {other}": (kind, other) for other in others for kind in scheme.relation_types}


def content_region(attribution_id: str, index: int) -> str:
    """The region id of an attribution's content span; no record's id has a colon."""
    return f"{attribution_id}:{index}"


def _require_free(what: str, names: tuple[str, ...], taken: tuple[str, ...]) -> None:
    for name in taken:
        if name in names:
            message = f"the scheme has the {what} {name}, which Label Studio needs for another purpose here"
            raise StanceBankError(message, "rename it in schemas/scheme.yaml")
