"""The label scheme: every label with its definition and its roles, read from ``schemas/scheme.yaml``.

A role says what a label does. Code asks the scheme for the labels that have a role
and knows none by name. Every role is optional: if no label has it, whatever depends
on it is skipped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Annotated, NamedTuple, Self, TypeVar, get_args, get_origin

from pydantic import Field
from pydantic.fields import FieldInfo

from stancebank.schema.column import Column
from stancebank.schema.labels import (
    AttributionKind,
    Commitment,
    EntityType,
    Label,
    Line,
    MentionLevel,
    Modality,
    Quoted,
    RelationType,
    StanceBasis,
    StanceLabel,
)
from stancebank.schema.layers import LANGUAGE
from stancebank.schema.layers import NAME as NAME_PATTERN
from stancebank.schema.own_fields import OwnField
from stancebank.schema.scheme_layers import Layers, layers_of
from stancebank.storage.yaml_files import YamlModel

Version = Annotated[str, Field(pattern=r"^(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})$")]


def _is_empty(value: object) -> bool:
    return not value


_L = TypeVar("_L", bound=Label)
_Vocabulary = Annotated[tuple[_L, ...], Field(min_length=1, exclude_if=_is_empty)]


class Scheme(YamlModel):
    """All labels of a corpus. Each vocabulary is a list of labels with different names; those not needed are left out.

    format: StanceBank's, which says what layers and columns there may be; stancebank migrate changes it.
    name, version, title: the scheme's own, which its owner gives. language: of the definitions, BCP 47.
    required: what must be decided in a layer that is done, each as layer.column.
    fields: columns of its own, by layer.
    """

    format: Version
    name: Annotated[str, Field(max_length=100, pattern=f"^(?:{NAME_PATTERN})$")]
    version: Annotated[str, Field(max_length=40, pattern=r"^[0-9A-Za-z][0-9A-Za-z.+-]*$")]
    title: Annotated[Line | None, Field(exclude_if=_is_empty)] = None
    language: Annotated[str | None, Field(pattern=f"^(?:{LANGUAGE})$", exclude_if=_is_empty)] = None
    required: tuple[str, ...] = ()
    entity_types: _Vocabulary[EntityType] = ()
    mention_levels: _Vocabulary[MentionLevel] = ()
    relation_types: _Vocabulary[RelationType] = ()
    modalities: _Vocabulary[Modality] = ()
    attribution_kinds: _Vocabulary[AttributionKind] = ()
    stance_labels: _Vocabulary[StanceLabel] = ()
    stance_bases: _Vocabulary[StanceBasis] = ()
    commitments: _Vocabulary[Commitment] = ()
    stance_expressions: _Vocabulary[Label] = ()
    fields: Annotated[tuple[OwnField, ...], Field(min_length=1, exclude_if=_is_empty)] = ()

    @property
    def full_name(self) -> str:
        """Its name and version."""
        return f"{self.name} {self.version}"

    @cached_property
    def layers(self) -> Layers:
        """The layers and columns that the scheme uses, its own fields included."""
        own: dict[str, list[Column]] = {}
        for each in self.fields:
            own.setdefault(each.layer, []).append(each.column)
        return layers_of(self.vocabularies, own)

    @cached_property
    def vocabularies(self) -> Mapping[str, tuple[Label, ...]]:
        """The labels of each vocabulary that it has, by name; a list of an own field is called layer.field."""
        found = {name: getattr(self, name) for name in VOCABULARIES if getattr(self, name)}
        return found | {each.full_name: each.labels for each in self.fields if each.labels}

    def with_labels(self, change: Callable[[Label], Label]) -> Scheme:
        """The scheme with each label changed."""
        changed = {name: tuple(map(change, getattr(self, name))) for name in VOCABULARIES}
        own = (each.model_copy(update={"labels": tuple(map(change, each.labels))}) for each in self.fields)
        return self.model_copy(update={**changed, "fields": tuple(own)})

    def model_copy(self, *, update: Mapping[str, object] | None = None, deep: bool = False) -> Self:
        """A copy, which works out its layers and vocabularies from what it has itself."""
        copied = super().model_copy(update=update, deep=deep)
        for worked_out in ("layers", "vocabularies"):
            copied.__dict__.pop(worked_out, None)
        return copied

    def labels_json(self) -> str:
        """The scheme as JSON, without the examples, which quote texts and decide nothing."""
        return self.with_labels(lambda label: label.model_copy(update={"example": None})).model_dump_json()

    def requires(self, layer: str) -> tuple[str, ...]:
        """The columns of a layer that must be decided where it is done."""
        listed = [name.partition(".")[2] for name in self.required if name.partition(".")[0] == layer]
        own = [each.name for each in self.fields if each.required and each.layer == layer]
        return tuple(dict.fromkeys((*listed, *own)))

    def labels(self, vocabulary: str) -> tuple[Label, ...]:
        """The labels of a vocabulary, in the scheme's order; none where it has no such vocabulary."""
        return self.vocabularies.get(vocabulary, ())

    def names(self, vocabulary: str) -> tuple[str, ...]:
        """The label names of a vocabulary, in the scheme's order."""
        return tuple(label.name for label in self.labels(vocabulary))

    @property
    def undefined(self) -> Mapping[str, tuple[str, ...]]:
        """The labels without a definition, by vocabulary; a vocabulary without such labels is not in it."""
        found = {
            vocabulary: tuple(label.name for label in labels if not label.definition)
            for vocabulary, labels in self.vocabularies.items()
        }
        return {vocabulary: names for vocabulary, names in found.items() if names}

    def location(self, vocabulary: str) -> tuple[str | int, ...]:
        """Where in the file a vocabulary is."""
        own = [index for index, each in enumerate(self.fields) if each.full_name == vocabulary]
        return ("fields", own[0], "labels") if own else (vocabulary,)

    @property
    def timed_types(self) -> tuple[str, ...]:
        """The entity types whose value is a TIMEX3 time."""
        return tuple(label.name for label in self.entity_types if label.value == "timex3")

    @property
    def person_types(self) -> tuple[str, ...]:
        """The entity types that are persons."""
        return tuple(label.name for label in self.entity_types if label.is_person)

    @property
    def speechless_types(self) -> tuple[str, ...]:
        """The entity types that neither speak nor take a side."""
        return tuple(label.name for label in self.entity_types if label.never_speaks)

    @property
    def name_levels(self) -> tuple[str, ...]:
        """The mention levels that are names."""
        return tuple(label.name for label in self.mention_levels if label.form == "name")

    @property
    def pronoun_levels(self) -> tuple[str, ...]:
        """The mention levels that are pronouns."""
        return tuple(label.name for label in self.mention_levels if label.form == "pronoun")

    @property
    def speaking_relations(self) -> tuple[str, ...]:
        """The relation types whose head may speak for the tail."""
        return tuple(label.name for label in self.relation_types if label.speaks_for)

    @property
    def facts(self) -> tuple[str, ...]:
        """The modalities under which a relation counts as a fact."""
        return tuple(label.name for label in self.modalities if label.counts_as_fact)

    @property
    def denials(self) -> tuple[str, ...]:
        """The modalities under which a relation is denied."""
        return tuple(label.name for label in self.modalities if label.denies)

    def kinds_quoted(self, share: Quoted) -> tuple[str, ...]:
        """The attribution kinds of which so much of the content is in quotation marks."""
        return tuple(label.name for label in self.attribution_kinds if label.quoted == share)

    @property
    def quoted_bases(self) -> tuple[str, ...]:
        """The bases whose evidence is in quotation marks, at least in part."""
        return tuple(label.name for label in self.stance_bases if label.is_quoted)

    @property
    def conditional_commitments(self) -> tuple[str, ...]:
        """The commitments of stances under a condition."""
        return tuple(label.name for label in self.commitments if label.is_conditional)

    @property
    def conflict(self) -> str | None:
        """The stance label of a holder whose expressions have different labels; None where there is none."""
        return next((label.name for label in self.stance_labels if label.is_conflict), None)

    @property
    def ranks(self) -> Mapping[str, int]:
        """The ranks of the stance labels that have one."""
        return {label.name: label.rank for label in self.stance_labels if label.rank is not None}


_HEAD = ("format", "name", "version", "title", "language", "required", "fields")
VOCABULARIES = tuple(name for name in Scheme.model_fields if name not in _HEAD)


class Role(NamedTuple):
    """What labels of a vocabulary may do. values: how it is written. meaning: in a sentence, for people."""

    vocabulary: str
    name: str
    values: str
    meaning: str


def roles() -> Iterator[Role]:
    """All roles, by vocabulary."""
    for vocabulary in VOCABULARIES:
        (label, _) = get_args(Scheme.model_fields[vocabulary].annotation)
        for name, field in label.model_fields.items():
            if field.description is not None:
                yield Role(vocabulary, name, _values(field), field.description or "")


def _values(field: FieldInfo) -> str:
    kinds = get_args(field.annotation) or (field.annotation,)
    if get_origin(kinds[0]) is Annotated:
        kinds = get_args(kinds[0])
    choices = get_args(kinds[0])
    return " or ".join(map(str, choices)) or {bool: "true", int: "a whole number"}.get(kinds[0], "text")
