"""Files beside the shards: terms, datasheet, scheme, guidelines, and what DocRED's scripts read."""

from __future__ import annotations

from collections.abc import Collection

import orjson

from stancebank.corpus.corpus import Corpus
from stancebank.corpus.guidelines import guideline_pages
from stancebank.dataset.built_links import with_links
from stancebank.dataset.manifest import Manifest
from stancebank.dataset.terms import terms_page
from stancebank.editions.edition import Edition
from stancebank.faults import StanceBankError
from stancebank.schema.paths import (
    BUILT_GUIDELINES,
    BUILT_LICENSE,
    BUILT_SCHEME,
    DATASHEET,
    GUIDELINES,
    NER2ID,
    REL2ID,
    REL_INFO,
    SCHEME_FILE,
)
from stancebank.storage.files import read_inside

DOCRED = "docred"
NO_RELATION, NO_TYPE = "Na", "BLANK"
"""What DocRED's scripts call a pair without a relation, and a token outside mentions; both are 0."""


def accompanying_files(
    corpus: Corpus, manifest: Manifest, datasheet: bytes | None, edition: Edition
) -> dict[str, bytes]:
    """The files by path from the dataset's folder.

    corpus: as the edition shows it. datasheet: the corpus's own, without what the edition withholds. Scheme and
    guidelines quote the texts, and are in the full edition alone. Links lead to files of the build, or give way to
    their text. Raises StanceBankError for a page that cannot be read, or is not UTF-8.
    """
    pages = guideline_pages(corpus.root) if edition.full else {}
    files = {path: f"{BUILT_GUIDELINES}/{path.rpartition('/')[2]}" for path in pages}
    if edition.full:
        files |= {SCHEME_FILE: BUILT_SCHEME, **({GUIDELINES: BUILT_GUIDELINES} if pages else {})}
    if datasheet is not None:
        pages[DATASHEET] = datasheet
        files[DATASHEET] = DATASHEET
    found = {BUILT_LICENSE: terms_page(corpus, manifest)}
    for path, data in pages.items():
        try:
            page = with_links(data.decode(), path, files[path], files)
        except UnicodeDecodeError:
            raise StanceBankError(f"{path} is not UTF-8", "convert it to UTF-8") from None
        # Without the target of a link, the words on its two sides may be a run of a text.
        found[files[path]] = edition.prose(page).encode()
    if edition.full:
        scheme, _ = read_inside(corpus.root, SCHEME_FILE)
        found |= {} if scheme is None else {BUILT_SCHEME: scheme}
    return found | (_docred_files(corpus) if DOCRED in manifest.views else {})


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
