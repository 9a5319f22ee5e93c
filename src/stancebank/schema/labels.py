"""Labels: what each vocabulary of a scheme may say of one, in fields and roles."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from stancebank.faults import excerpt
from stancebank.storage.yaml_files import YamlModel

Line = Annotated[str, Field(min_length=1, pattern=r"^[^\n]+$")]
Quoted = Literal["all", "some", "none"]
_NOT_IN_NAMES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_JOINERS = "\u200c\u200d"


def _label_name(name: str) -> str:
    """A label's name as it is; ValueError where it is none."""
    if not name or name != name.strip():
        raise ValueError("expected a name without blanks at its ends")
    if any(unicodedata.category(c) in _NOT_IN_NAMES and c not in _JOINERS for c in name):
        raise ValueError(f"{excerpt(name)} has a control character; expected words")
    if not unicodedata.is_normalized("NFC", name):
        raise ValueError(f"{excerpt(name)} is not in normal form NFC; type it again, or copy {excerpt(_nfc(name))}")
    if "," in name or name.startswith("("):
        raise ValueError(f"{excerpt(name)} has a comma or begins with a bracket, which lists of labels need")
    return name


def _nfc(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def same_name(name: str) -> str:
    """What two names have in common that are equal up to case and normalisation."""
    return unicodedata.normalize("NFKC", name).casefold()


LabelName = Annotated[str, Field(max_length=100), AfterValidator(_label_name)]
Colour = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]


def _role(meaning: str) -> Any:  # noqa: ANN401  (what Field gives)
    """A field that says what a label does. It is not written where the label does not have the role."""
    return Field(description=meaning, exclude_if=lambda value: value is None or value is False)


def _further() -> Any:  # noqa: ANN401  (what Field gives)
    """A field that is not written where a label does not have it."""
    return Field(exclude_if=lambda value: value is None)


class Label(YamlModel):
    """One label: its name, and, where they are given, a definition of one line and an example from a text.

    key, colour: in Label Studio; without them the next that is free.
    """

    name: LabelName
    definition: Annotated[Line | None, _further()] = None
    example: Annotated[Line | None, _further()] = None
    key: Annotated[str | None, Field(pattern=r"^[a-z0-9]$"), _further()] = None
    colour: Annotated[Colour | None, _further()] = None

    @property
    def hint(self) -> str:
        """What is known of it, in a line; empty where nothing is."""
        example = f"Example: {self.example}" if self.example else ""
        return " ".join(part for part in (self.definition, example) if part)


class EntityType(Label):
    """What kind of thing an entity is."""

    value: Annotated[
        Literal["timex3"] | None,
        _role("An entity of this type has a TIMEX3 value (SB504, SB505, SB707); one of another type has no value."),
    ] = None
    is_person: Annotated[
        bool,
        _role("An entity of this type is a person: its names share a word (SB712), their last word names it (SB713)."),
    ] = False
    never_speaks: Annotated[
        bool, _role("An entity of this type is no likely source of an attribution or holder of a stance (SB724).")
    ] = False


class MentionLevel(Label):
    """How a mention refers to its entity."""

    form: Annotated[
        Literal["name", "pronoun"] | None,
        _role("A mention of this level is a name (SB703, SB711 to SB713, the view ner_names) or a pronoun (SB714)."),
    ] = None


class Equivalent(YamlModel):
    """What a relation type is called elsewhere, and how well that fits."""

    match: Literal["exact", "close", "none"]
    id: Line | None = None
    label: Line | None = None

    @model_validator(mode="after")
    def _id_goes_with_a_match(self) -> Self:
        if (self.match == "none") != (self.id is None):
            raise ValueError("an id belongs to an exact or close match, and to no other")
        return self


class RelationType(Label):
    """A relation type: what is allowed at its two ends, and its name in other schemes.

    group: what the type is listed with. domain, range: the entity types of head and tail; any without them.
    symmetric: head and tail play the same part; the earlier mention is the head.
    mapping: by other vocabulary, such as wikidata, what the type is called there.
    """

    group: Annotated[Line | None, _further()] = None
    domain: Annotated[tuple[LabelName, ...] | None, Field(min_length=1), _further()] = None
    range: Annotated[tuple[LabelName, ...] | None, Field(min_length=1), _further()] = None
    symmetric: bool = False
    speaks_for: Annotated[
        bool, _role("The head may speak for the tail, so that its words can show what the tail holds (SB725).")
    ] = False
    mapping: Annotated[Mapping[Line, Equivalent], Field(exclude_if=lambda value: not value)] = {}


class Modality(Label):
    """How a text holds a relation to be the case."""

    counts_as_fact: Annotated[bool, _role("The relation counts as a fact: it is a label in the view docred.")] = False
    denies: Annotated[bool, _role("The relation is denied: nobody speaks for anybody by it (SB725).")] = False


class AttributionKind(Label):
    """Whose words the content of an attribution is in."""

    quoted: Annotated[
        Quoted | None,
        _role("How much of the content is in quotation marks: all, some but not all, or none (SB705)."),
    ] = None


class StanceLabel(Label):
    """Which side a stance takes."""

    rank: Annotated[
        int | None,
        Field(ge=-99, le=99),
        _role("Its place between against (below 0) and for (above 0); labels may share one (ordinal alpha)."),
    ] = None
    is_conflict: Annotated[
        bool,
        _role("The label of a holder whose expressions have different labels; at most one label has it (views)."),
    ] = False
    mark: Annotated[
        str | None,
        Field(pattern=r"^\S{1,2}$"),
        _role("What the picture of the stances shows for it; without one the number of the label."),
    ] = None
    colour: Annotated[
        Colour | None,
        _role("Its colour in the picture of the stances, such as #0072B2; without one the next of the palette."),
    ] = None


class StanceBasis(Label):
    """What a stance shows itself in."""

    is_quoted: Annotated[
        bool, _role("Evidence of this basis is in quotation marks, at least in part, and of others is not (SB706).")
    ] = False


class Commitment(Label):
    """How far a holder is bound to a stance."""

    is_conditional: Annotated[
        bool, _role("The stance is under a condition, and so is the holder's position with one such expression.")
    ] = False
