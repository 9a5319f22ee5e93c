"""What annotations of a type are, by what its features refer to: the layers of INCEpTION have no other mark."""

from __future__ import annotations

from typing import Any, NamedTuple

from stancebank.formats.cas.cas_names import (
    ANNOTATION,
    ARRAY,
    CATEGORY,
    DOCUMENT,
    ENTITY,
    FILLER,
    FIRST,
    HEAD,
    LABELS,
    MEMBER_OF,
    NEXT,
    OF_METADATA,
    OF_WORDS,
    OWN,
    REFERENCE,
    ROLE,
    SPAN,
    TAIL,
)

META, CLUSTER, CHAIN, CHAIN_LINK, LINK, ANNOTATED, WORD, FILLING, NONE = range(9)
"""The document, one of our entities, a coreference chain, a member of one, a relation, a span or event, a token or what
annotates tokens, what belongs to another one or to the project, and anything that has no place in a text."""
_STRUCTURE = ("sofa", "begin", "end", HEAD, TAIL, FIRST, NEXT)


class Shape(NamedTuple):
    """What annotations of a type are.

    kind: one of the above. label: the feature that is their label. name: the label of those without. values: features
    with values. slots: features with other annotations, one or several. is_own: whether StanceBank wrote them.
    """

    kind: int
    label: str | None
    name: str
    values: tuple[str, ...]
    slots: tuple[str, ...]
    is_own: bool


def shape_of(types: Any, type: Any) -> Shape:  # noqa: ANN401  (cassis is loaded late and has no types)
    """The shape of a type."""
    features = {feature.name: feature for feature in type.all_features if feature.name not in _STRUCTURE}
    is_own = type.name.startswith(OWN)
    kind = _kind(types, type)
    labels = (CATEGORY,) if is_own else (REFERENCE,) if kind == CHAIN_LINK else LABELS
    label = next((each for each in labels if each in features and types.is_primitive(features[each].rangeType)), None)
    values: list[str] = []
    slots: list[str] = []
    for name, feature in features.items():
        if name == label or (type.name == SPAN and name == MEMBER_OF):
            continue
        is_value = types.is_primitive(feature.rangeType) or types.is_primitive_array(feature.rangeType)
        (values if is_value else slots).append(name)
    name = type.name.rpartition(".")[2]
    name = name.removesuffix("Link") if kind == CHAIN_LINK else name
    return Shape(kind, label, name, tuple(values), tuple(slots), is_own)


def _kind(types: Any, type: Any) -> int:  # noqa: ANN401
    ranges = {feature.name: feature.rangeType for feature in type.all_features}
    if types.is_instance_of(type.name, DOCUMENT):
        return META
    if type.name.startswith(OF_METADATA):
        return FILLING
    if type.name == ENTITY:
        return CLUSTER
    if FIRST in ranges and any(each.name == NEXT for each in types.get_type(ranges[FIRST].name).all_features):
        return CHAIN
    if not types.is_instance_of(type.name, ANNOTATION):
        return FILLING if ROLE in ranges and FILLER in ranges else NONE
    if type.name.startswith(OF_WORDS):
        return WORD
    if NEXT in ranges and ranges[NEXT].name == type.name:
        return CHAIN_LINK
    return LINK if HEAD in ranges and TAIL in ranges else ANNOTATED


def fillers(value: Any, feature: str) -> list[tuple[str, Any]]:  # noqa: ANN401
    """What a slot holds: pairs of a role and an annotation. value: of the feature, one or an array."""
    if value is None:
        return []
    items = (value.elements or []) if value.type.name == ARRAY or hasattr(value, "elements") else [value]
    found = []
    for item in items:
        if hasattr(item, FILLER) and hasattr(item, ROLE):
            found.append((item.role or feature, item.target))
        else:
            found.append((feature, item))
    return found
