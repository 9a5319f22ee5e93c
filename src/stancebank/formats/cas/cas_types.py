"""The types of an export, as a type system of UIMA and as layers that INCEpTION imports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from stancebank.formats.cas.cas_names import (
    ANNOTATION,
    ANNOTATION_BASE,
    ARGUMENT,
    ARGUMENTS,
    ARRAY,
    CATEGORY,
    DOCUMENT,
    DOCUMENT_ID,
    ENTITY,
    EVENT,
    FIELDS,
    FILLER,
    HEAD,
    ID,
    MEMBER_OF,
    META,
    PART,
    RELATION,
    ROLE,
    SENTENCE,
    SPAN,
    STRING,
    TAIL,
    TITLE,
    TOP,
)

Features = Mapping[str, Sequence[str]]
"""The features that attributes need, by type."""

_SUPER = {SPAN: ANNOTATION, PART: ANNOTATION, EVENT: ANNOTATION, RELATION: ANNOTATION, ENTITY: ANNOTATION_BASE}
OWN_TYPES = tuple(_SUPER)
_FIXED = {SPAN: (CATEGORY, ID, MEMBER_OF), PART: (CATEGORY,), EVENT: (CATEGORY, ID), RELATION: (CATEGORY, ID)}
_LAYERS = {SPAN: "span", PART: "span", EVENT: "span", RELATION: "relation", ENTITY: "document-metadata"}
_META_FEATURES = (TITLE, DOCUMENT_ID, "documentUri", "collectionId", "documentBaseUri")


def _strings(type: str, features: Features) -> list[str]:
    return [*_FIXED.get(type, (ID,)), *features.get(type, ()), FIELDS]


def type_system(cassis: Any, features: Features) -> Any:  # noqa: ANN401  (cassis is loaded late and has no types)
    """A type system with our own types, and those of DKPro for sentences and the document."""
    made = cassis.TypeSystem()
    _add(made, META, DOCUMENT, _META_FEATURES)
    _add(made, SENTENCE, ANNOTATION, ("id",))
    types = {type: _add(made, type, above, _strings(type, features)) for type, above in _SUPER.items()}
    for end in (TAIL, HEAD):
        made.create_feature(types[RELATION], name=end, rangeType=SPAN)
    argument = _add(made, ARGUMENT, TOP, (ROLE,))
    made.create_feature(argument, name=FILLER, rangeType=ANNOTATION)
    made.create_feature(types[EVENT], name=ARGUMENTS, rangeType=ARRAY, elementType=ARGUMENT)
    return made


def built_in_types(cassis: Any) -> Any:  # noqa: ANN401
    """The types of DKPro, which INCEpTION's built-in layers have: those of a file without a type system."""
    made = cassis.load_dkpro_core_typesystem()
    if not made.contains_type(META):
        about = _add(made, META, DOCUMENT, _META_FEATURES)
        made.create_feature(about, name="isLastSegment", rangeType="uima.cas.Boolean")
    return made


def _add(types: Any, name: str, above: str, strings: Sequence[str]) -> Any:  # noqa: ANN401
    type = types.create_type(name, supertypeName=above)
    for each in strings:
        types.create_feature(type, name=each, rangeType=STRING)
    return type


def layers_file(features: Features) -> bytes:
    """The layers as INCEpTION imports them, under Settings, Layers, Import."""
    layers = [_layer(type, [_feature(each) for each in _strings(type, features)]) for type in OWN_TYPES]
    by_name = {layer["name"]: layer for layer in layers}
    by_name[EVENT]["features"].append(_slot())
    by_name[RELATION]["attach_type"] = {"name": SPAN}
    by_name[RELATION]["features"] += [
        _feature(HEAD, type=f"rel-source:{SPAN}", title="Source"),
        _feature(TAIL, type=f"rel-target:{SPAN}", title="Target"),
    ]
    return orjson.dumps(layers, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _layer(name: str, features: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        **{"name": name, "uiName": name.rpartition(".")[2], "type": _LAYERS[name], "description": None},
        **{"features": features, "enabled": True, "built_in": False, "readonly": False},
        **{"attach_type": None, "attach_feature": None, "allow_stacking": True, "cross_sentence": True},
        **{"show_hover": True, "anchoring_mode": "CHARACTERS", "overlap_mode": "ANY_OVERLAP"},
        **{"validation_mode": "NEVER", "lock_to_token_offset": False, "multiple_tokens": False},
        **{"linked_list_behavior": False, "traits": None},
    }


def _feature(name: str, type: str = STRING, title: str | None = None) -> dict[str, Any]:
    shown = name not in (ID, FIELDS)
    return {
        **{"name": name, "uiName": title or name, "type": type, "tag_set": None, "description": None},
        **{"enabled": True, "visible": shown, "include_in_hover": False, "required": False, "remember": False},
        **{"hideUnconstraintFeature": False, "multi_value_mode": "NONE", "link_mode": "NONE"},
        **{"link_type_name": None, "link_type_role_feature_name": None, "link_type_target_feature_name": None},
        **{"traits": None, "curatable": True, "rank": 0},
    }


def _slot() -> dict[str, Any]:
    return _feature(ARGUMENTS, type=ANNOTATION) | {
        **{"multi_value_mode": "ARRAY", "link_mode": "WITH_ROLE", "link_type_name": ARGUMENT},
        **{"link_type_role_feature_name": ROLE, "link_type_target_feature_name": FILLER},
    }
