"""What could not be put in its place, as data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lost:
    """Something that could not be placed in the user's texts.

    document: its id; empty for what all documents share. layer: of a pass as annotator/layer.
    record: its id. why: what stood in the way.
    """

    document: str
    layer: str
    record: str
    why: str

    def __str__(self) -> str:
        return f"{f'{self.document}: ' if self.document else ''}{self.layer} {self.record}: {self.why}"
