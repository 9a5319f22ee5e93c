"""The label scheme: every label with its definition, read from ``schemas/scheme.yaml``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from stancebank.faults import Fault
from stancebank.files import read_inside
from stancebank.yaml_files import Settings, parse_yaml

SCHEME_FILE = "schemas/scheme.yaml"
SCHEME_VERSION = "1.1"
"""The version of the scheme that this software works on; stancebank migrate leads older corpora to it."""

Line = Annotated[str, Field(min_length=1, pattern=r"^[^\n]+$")]
LabelName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]


class Label(Settings):
    """One label: its name, a definition of one line and an example from a text."""

    name: LabelName
    definition: Line
    example: Line


class Equivalent(Settings):
    """What a relation type is called elsewhere, and how well that fits."""

    match: Literal["exact", "close", "none"]
    id: Line | None = None
    label: Line | None = None

    @model_validator(mode="after")
    def _id_goes_with_a_match(self) -> Self:
        if (self.match == "none") != (self.id is None):
            raise ValueError("an id belongs to an exact or close match, and to no other")
        return self


class Equivalents(Settings):
    """A relation type in Wikidata's properties, PLOVER's event types and ACE 2005."""

    wikidata: Equivalent
    plover: Equivalent
    ace: Equivalent


class RelationType(Label):
    """A relation type: what may stand at its two ends, and its name in other schemes.

    symmetric: head and tail play the same part; the earlier mention is the head.
    """

    group: Literal["structural", "interaction"]
    domain: tuple[LabelName, ...] = Field(min_length=1)
    range: tuple[LabelName, ...] = Field(min_length=1)
    symmetric: bool
    mapping: Equivalents


Version = Annotated[str, Field(pattern=r"^(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})$")]


class Scheme(Settings):
    """All labels of a corpus. Each vocabulary is a list of labels with different names.

    version: of the fields and vocabularies that records have; labels of one's own leave it as it is.
    """

    version: Version
    entity_types: tuple[Label, ...] = Field(min_length=1)
    mention_levels: tuple[Label, ...] = Field(min_length=1)
    relation_types: tuple[RelationType, ...] = Field(min_length=1)
    modalities: tuple[Label, ...] = Field(min_length=1)
    attribution_kinds: tuple[Label, ...] = Field(min_length=1)
    stance_labels: tuple[Label, ...] = Field(min_length=1)
    stance_bases: tuple[Label, ...] = Field(min_length=1)
    commitments: tuple[Label, ...] = Field(min_length=1)
    stance_expressions: tuple[Label, ...] = Field(min_length=1)

    def labels_json(self) -> str:
        """The scheme as JSON, without the examples, which quote texts and decide nothing."""
        examples = {vocabulary: {"__all__": {"example"}} for vocabulary in VOCABULARIES}
        return self.model_dump_json(exclude=examples)

    def labels(self, vocabulary: str) -> tuple[Label, ...]:
        """The labels of a vocabulary, in the scheme's order."""
        labels: tuple[Label, ...] = getattr(self, vocabulary)
        return labels

    def names(self, vocabulary: str) -> tuple[str, ...]:
        """The label names of a vocabulary, in the scheme's order."""
        return tuple(label.name for label in self.labels(vocabulary))


VOCABULARIES = tuple(name for name in Scheme.model_fields if name != "version")


class SchemeVersion(Settings):
    """The version that a scheme says it has, whatever else is in it."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    version: Version

    @property
    def numbers(self) -> tuple[int, ...]:
        """The version as versions are compared."""
        return tuple(map(int, self.version.split(".")))


def read_scheme(root: Path) -> tuple[Scheme | None, list[Fault]]:
    """The scheme of a corpus root, or None with every fault in it, each with its line.

    Of a scheme with another version than this software's only that is said.
    """
    data, fault = read_inside(root, SCHEME_FILE)
    if data is None:
        return None, [replace(fault, kind="scheme")] if fault else []
    return parse_scheme(data)


def parse_scheme(data: bytes) -> tuple[Scheme | None, list[Fault]]:
    """As read_scheme, of a file's bytes."""
    scheme, faults = parse_yaml(data, SCHEME_FILE, Scheme, "scheme", _contradictions)
    if scheme is not None and scheme.version == SCHEME_VERSION:
        return scheme, faults
    said, _ = scheme_version(data)
    if said is not None and said.version != SCHEME_VERSION:
        _, faults = parse_yaml(data, SCHEME_FILE, SchemeVersion, "scheme-version", _other_version)
        newer = said.numbers > SchemeVersion(version=SCHEME_VERSION).numbers
        return None, [replace(faults[0], fix="install a newer StanceBank" if newer else "run stancebank migrate")]
    return None, faults


def scheme_version(data: bytes) -> tuple[SchemeVersion | None, list[Fault]]:
    """The version that a scheme's bytes say, or None with what keeps it from being read."""
    return parse_yaml(data, SCHEME_FILE, SchemeVersion, "scheme")


def _other_version(said: SchemeVersion) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if said.version != SCHEME_VERSION:
        yield ("version",), f"this corpus has scheme {said.version}; this StanceBank works on scheme {SCHEME_VERSION}"


def _contradictions(scheme: Scheme) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Place and message of each label that stands twice and each type that no list defines."""
    for vocabulary in VOCABULARIES:
        seen: set[str] = set()
        for index, name in enumerate(scheme.names(vocabulary)):
            if name in seen:
                yield (vocabulary, index, "name"), f"the label {name} stands twice in {vocabulary}"
            seen.add(name)
    types = scheme.names("entity_types")
    for index, relation in enumerate(scheme.relation_types):
        for end in ("domain", "range"):
            for position, name in enumerate(getattr(relation, end)):
                if name not in types:
                    what = f"{name} is no entity type; the {end} of {relation.name} takes {', '.join(types)}"
                    yield ("relation_types", index, end, position), what
