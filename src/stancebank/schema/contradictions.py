"""What a scheme says that cannot be: labels that are equal, names that nothing has, fields that are there already."""

from __future__ import annotations

from collections.abc import Iterator

from stancebank.faults import did_you_mean, excerpt, one_of
from stancebank.schema.labels import StanceLabel, same_name
from stancebank.schema.layers import DOC_ID, KNOWN_LAYERS, PROGRESS
from stancebank.schema.own_fields import OwnField
from stancebank.schema.scheme import Scheme
from stancebank.schema.scheme_layers import LEADING

Problem = tuple[tuple[str | int, ...], str]
"""Place and message."""

_FIELD_LAYERS = tuple(name for name in KNOWN_LAYERS if name != PROGRESS.name)
_RESERVED = ("done", *KNOWN_LAYERS)
"""Names in the nested view of documents that no field of one may have."""


def contradictions(scheme: Scheme) -> Iterator[Problem]:
    """Place and message of each thing in a scheme that contradicts another, or that is named and is not there."""
    yield from _equal_labels(scheme)
    yield from _missing_vocabularies(scheme)
    yield from _fields(scheme)
    decidable = scheme.layers.decidable
    for index, name in enumerate(scheme.required):
        if name not in decidable:
            what = f"{name} is nothing to decide; expected one of {', '.join(decidable)}"
            yield ("required", index), what + did_you_mean(name, decidable)
    types = scheme.names("entity_types")
    for index, relation in enumerate(scheme.relation_types):
        for end in ("domain", "range"):
            for position, name in enumerate(getattr(relation, end) or ()):
                if name not in types:
                    what = f"{name} is not an entity type; the {end} of {relation.name} takes {one_of(types)}"
                    yield ("relation_types", index, end, position), what + did_you_mean(name, types)
    yield from _shared_roles(scheme.stance_labels)


def _equal_labels(scheme: Scheme) -> Iterator[Problem]:
    for vocabulary, labels in scheme.vocabularies.items():
        place = scheme.location(vocabulary)
        seen: dict[str, str] = {}
        for index, label in enumerate(labels):
            other = seen.setdefault(same_name(label.name), label.name)
            if index and other == label.name and label.name in [each.name for each in labels[:index]]:
                yield (*place, index, "name"), f"the label {label.name} occurs twice in {vocabulary}"
            elif other != label.name:
                what = f"the label {label.name} is {other} but for case or the way its letters are coded"
                yield (*place, index, "name"), f"{what}; expected names that people can tell apart"


def _missing_vocabularies(scheme: Scheme) -> Iterator[Problem]:
    """Vocabularies of layers that the scheme does not use."""
    used = scheme.layers
    for layer, needed in LEADING.items():
        for column in KNOWN_LAYERS[layer].columns:
            name = column.vocabulary
            if name is not None and name in scheme.vocabularies and layer not in used:
                yield (name,), f"{name} are labels of {layer}, and the scheme has no {' or '.join(needed)}"
    if scheme.relation_types and "entities" not in used:
        what = "relations lead from a mention of an entity to another, and the scheme has no entity_types"
        yield ("relation_types",), what


def _fields(scheme: Scheme) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, each in enumerate(scheme.fields):
        place = ("fields", index)
        if each.layer not in _FIELD_LAYERS:
            what = f"{excerpt(each.layer)} is no layer for fields; expected one of {', '.join(_FIELD_LAYERS)}"
            yield (*place, "layer"), what + did_you_mean(each.layer, _FIELD_LAYERS)
            continue
        if each.layer not in scheme.layers:
            needed = " or ".join(LEADING[each.layer])
            yield (*place, "layer"), f"the scheme does not use the layer {each.layer}; it has no {needed}"
        taken = (*KNOWN_LAYERS[each.layer].names, DOC_ID.name, *(_RESERVED if each.layer == "documents" else ()))
        if each.name in taken:
            yield (*place, "name"), f"{each.layer} has a field {each.name} already; expected another name"
        if each.full_name in seen:
            yield (*place, "name"), f"the field {each.full_name} occurs twice"
        seen.add(each.full_name)
        yield from _labels_of_field(scheme, each, place)


def _labels_of_field(scheme: Scheme, field: OwnField, place: tuple[str | int, ...]) -> Iterator[Problem]:
    if field.kind != "label" and (field.labels or field.vocabulary):
        key = "labels" if field.labels else "vocabulary"
        yield (*place, key), f"a field of kind {field.kind} has no labels; expected kind: label"
    if field.kind == "label" and bool(field.labels) == bool(field.vocabulary):
        what = "a field of kind label has either labels of its own or a vocabulary of the scheme"
        yield (*place, "kind"), what
    elif field.vocabulary and field.vocabulary not in scheme.vocabularies:
        known = tuple(scheme.vocabularies)
        what = f"the scheme has no vocabulary {excerpt(field.vocabulary)}; expected one of {one_of(known)}"
        yield (*place, "vocabulary"), what + did_you_mean(field.vocabulary, known)
    if field.source and field.kind != "text":
        yield (*place, "source"), f"a field of kind {field.kind} has no words; expected kind: text"


def _shared_roles(labels: tuple[StanceLabel, ...]) -> Iterator[Problem]:
    """Location and message of each role that only one stance label can have and another has already."""
    marks: dict[str, str] = {}
    conflict = None
    for index, label in enumerate(labels):
        if label.is_conflict and conflict is not None:
            what = f"{conflict} is the label of a conflict already; expected one label with is_conflict, or none"
            yield ("stance_labels", index, "is_conflict"), what
        if label.mark is not None and label.mark in marks:
            what = f"{label.mark} is the mark of {marks[label.mark]} already; expected another mark"
            yield ("stance_labels", index, "mark"), what
        conflict = label.name if label.is_conflict and conflict is None else conflict
        marks.setdefault(label.mark or "", label.name)
