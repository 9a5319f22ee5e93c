"""A scheme in lines for people: what it has, and what it lacks."""

from __future__ import annotations

from collections.abc import Iterator

from stancebank.faults import one_of
from stancebank.schema.scheme import Scheme


def description(scheme: Scheme) -> Iterator[str]:
    """Name and version, the layers that it uses, then each vocabulary with its labels, and its fields."""
    yield f"scheme {scheme.full_name}, format {scheme.format}" + (f": {scheme.title}" if scheme.title else "")
    yield f"layers: {', '.join(scheme.layers)}"
    for vocabulary, labels in scheme.vocabularies.items():
        yield vocabulary
        width = max(len(label.name) for label in labels)
        for label in labels:
            yield f"  {label.name:<{width}}  {label.definition or ''}".rstrip()
    if scheme.fields:
        yield "fields"
    for field in scheme.fields:
        asked = ", required" if field.required else ""
        kind = f"{field.kind} of {field.vocabulary}" if field.vocabulary else field.kind
        yield f"  {field.full_name}: {kind}{asked}. {field.meaning}"


def warnings(scheme: Scheme) -> Iterator[str]:
    """Labels that lack a definition, one line for each vocabulary."""
    for vocabulary, names in scheme.undefined.items():
        yield f"{vocabulary}: no definition of {one_of(names)}"
