"""Fields of one's own: columns that a scheme declares for a layer, beside those that the layer has."""

from __future__ import annotations

from typing import Annotated, Literal, cast

from pydantic import Field

from stancebank.schema.column import UNDECIDED, Column, Scalar
from stancebank.schema.labels import Label, Line
from stancebank.schema.layers import PARAGRAPHS
from stancebank.storage.yaml_files import YamlModel

FieldKind = Literal["label", "text", "number", "integer", "boolean"]
_STRINGS = ("label", "text")
_REGION_LAYERS = ("mentions", "attributions", "stances", "classifications")


class OwnField(YamlModel):
    """A column that a scheme declares for a layer.

    kind: a label of a closed list, a text, a number, a whole number (integer), or yes or no. labels: the
    list; or vocabulary: another one of the scheme, by its name. required: whether it must be decided where
    the layer is done. source: whether annotators may copy the source's words into it, so that editions withhold these.
    """

    layer: str
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
    kind: FieldKind
    meaning: Line
    labels: Annotated[tuple[Label, ...], Field(min_length=1, exclude_if=lambda value: not value)] = ()
    vocabulary: Annotated[str | None, Field(exclude_if=lambda value: value is None)] = None
    required: bool = False
    source: bool = False

    @property
    def full_name(self) -> str:
        """The layer and the name; also what its own list of labels is called among the vocabularies."""
        return f"{self.layer}.{self.name}"

    @property
    def labels_of(self) -> str | None:
        """The vocabulary that its labels are from."""
        if self.kind != "label":
            return None
        return self.vocabulary or self.full_name

    @property
    def column(self) -> Column:
        """The column that it declares."""
        return Column(
            self.name,
            cast(Scalar, "string" if self.kind in _STRINGS else self.kind),
            self.meaning,
            nullable=True,
            pattern=PARAGRAPHS if self.kind == "text" else None,
            shortest=1 if self.kind == "text" else 0,
            vocabulary=self.labels_of,
            source="maybe" if self.source else None,
            control=f"{self.layer}_{self.name}" if self.layer in _REGION_LAYERS else None,
            absent=UNDECIDED if self.required or self.kind == "label" else "none",
        )
