"""What corpus.yaml says: name, version, terms and splits of a corpus, and how it is checked and passed on."""

from __future__ import annotations

import fnmatch
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from stancebank.schema.layers import KEY, LINE, PARAGRAPHS
from stancebank.storage.yaml_files import YamlModel


def _split(name: str) -> str:
    if name == "all":
        raise ValueError("all is a word of load_dataset's own for all splits together; choose another name")
    return name


# YAML is read as plain strings, so a null is a word.
_Optional = Annotated[str | None, BeforeValidator(lambda value: None if value in ("", "~", "null") else value)]


class RuleException(YamlModel):
    """A finding that is meant: the id of a rule that warns, where it finds it, and why that is right.

    document, record: ids. file: path from the root. At least one of the three is given.
    """

    rule: str
    document: _Optional = None
    record: _Optional = None
    file: _Optional = None
    reason: Annotated[str, Field(pattern=r"\S")]

    @model_validator(mode="after")
    def _stands_somewhere(self) -> Self:
        if self.document is None and self.record is None and self.file is None:
            raise ValueError("give a document, a record or a file")
        return self


class Validation(YamlModel):
    """What stancebank validate does without options.

    select, ignore: rules by id or prefix. strict: warnings fail. max: most findings shown.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    strict: bool = False
    max: Annotated[int, Field(ge=0)] | None = None
    exceptions: tuple[RuleException, ...] = ()


class EditionSettings(YamlModel):
    """What the editions that may be passed on leave out.

    withhold: of annotators' own words those that count as copied from the texts: copied,
    entities' names that occur in their text and every run of five words; runs, only those runs.
    """

    withhold: Literal["copied", "runs"] = "copied"


class CorpusSettings(YamlModel):
    """What corpus.yaml says.

    version: semantic version of the corpus, which every built config carries.
    annotation_license: terms of the annotations; the rights in the texts are in seeds.yaml.
    splits: for each split the parts in it, as shell patterns; a part belongs to one split.
    validation: how it is checked. editions: what they leave out.
    """

    name: Annotated[str, Field(pattern=f"^{KEY}$")]
    title: Annotated[str, Field(min_length=1, pattern=f"^{LINE}$")]
    description: Annotated[str, Field(min_length=1, pattern=f"^{PARAGRAPHS}$")]
    version: Annotated[str, Field(pattern=r"^(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){2}$")]
    annotation_license: Annotated[str, Field(min_length=1, pattern=f"^{LINE}$")]
    splits: Annotated[
        dict[Annotated[str, Field(pattern=r"^\w+$"), AfterValidator(_split)], list[str]], Field(min_length=1)
    ]
    validation: Validation = Validation()
    editions: EditionSettings = EditionSettings()

    def split_of(self, part: str) -> str | None:
        """The first split whose patterns match a part; None where there is none."""
        return next(iter(self.splits_of(part)), None)

    def splits_of(self, part: str) -> list[str]:
        """The splits whose patterns match a part; one where the corpus is sound."""
        return [
            split
            for split, patterns in self.splits.items()
            if any(fnmatch.fnmatchcase(part, pattern) for pattern in patterns)
        ]
