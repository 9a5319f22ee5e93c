"""Files beside the shards: what DocRED's scripts read, by the labels of the scheme."""

from __future__ import annotations

from collections.abc import Collection

import orjson

from stancebank.corpus.corpus import Corpus
from stancebank.schema.paths import NER2ID, REL2ID, REL_INFO

DOCRED = "docred"
NO_RELATION, NO_TYPE = "Na", "BLANK"
"""What DocRED's scripts call a pair without a relation, and a token outside mentions; both are 0."""


def accompanying_files(corpus: Corpus, views: Collection[str]) -> dict[str, bytes]:
    """The files by path from the dataset's folder. corpus: as the edition shows it. views: those that are built."""
    return _docred_files(corpus) if DOCRED in views else {}


def _docred_files(corpus: Corpus) -> dict[str, bytes]:
    """The inventories that go with the view docred: what relation types mean, and numbers of these and of types."""
    relations = corpus.scheme.labels("relation_types")
    said = {
        REL_INFO: {label.name: label.definition or label.name for label in relations},
        REL2ID: _numbered(NO_RELATION, corpus.scheme.names("relation_types")),
        NER2ID: _numbered(NO_TYPE, corpus.scheme.names("entity_types")),
    }
    return {path: orjson.dumps(content, option=orjson.OPT_INDENT_2) + b"\n" for path, content in said.items()}


def _numbered(zero: str, names: Collection[str]) -> dict[str, int]:
    """The names from 1 on in their order, behind what is 0."""
    return {zero: 0} | {name: number for number, name in enumerate(names, 1)}
