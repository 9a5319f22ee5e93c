"""What an annotation leaves open although the scheme requires it."""

from __future__ import annotations

from stancebank.faults import excerpt
from stancebank.schema.scheme import Scheme
from stancebank.studio.layout.document_records import Records


def undecided_values(records: Records, scheme: Scheme) -> list[str]:
    """Each value that is null and required, such as ``level of m3 "Kyiv"``."""
    left = []
    for layer in scheme.layers.annotated:
        required = scheme.requires(layer)
        for id, record in records[layer].items():
            words = record.get("text", record.get("name"))
            left += [
                f"{column} of {id}{f' {excerpt(words)}' if words else ''}"
                for column in required
                if record[column] is None
            ]
    return left
