"""A corpus out into a foreign format: its documents with all that the format holds, the rest counted."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import polars as pl

from stancebank.corpus.corpus import Corpus, read_corpus
from stancebank.corpus.part import Part
from stancebank.faults import StanceBankError, excerpt
from stancebank.formats.corpus_import import known_format
from stancebank.formats.ledger import DOCUMENTS, Ledger
from stancebank.formats.part_documents import foreign_documents
from stancebank.formats.registry import WRITTEN
from stancebank.storage.files import write_files


def export_foreign(
    root: Path,
    format: str,
    out: Path,
    *,
    documents: Collection[str] = (),
    parts: Collection[str] = (),
    annotator: str | None = None,
    dialect: str | None = None,
    strict: bool = False,
) -> Ledger:
    """Write documents of a corpus in a foreign format, all files or none; gives what was held and left out.

    out: a folder, made where it is not there. documents, parts: those alone; all without. annotator: whose pass is
    written; the corpus's own annotations without. dialect: of a format with several. strict: nothing is written where
    something would be left out. Raises StanceBankError for what is not there, and where writing fails.
    """
    chosen = known_format(format, WRITTEN)
    if dialect is not None and dialect not in chosen.dialects:
        known = ", ".join(chosen.dialects) or "none"
        raise StanceBankError(f"{chosen.name} has no dialect {excerpt(dialect)}", f"it has {known}")
    corpus = read_corpus(root).sound()
    names = _parts(corpus, parts, annotator)
    ledger = Ledger()

    def contents() -> Iterator[tuple[str, bytes | None]]:
        cut = _cut(corpus, names, set(documents), annotator, ledger)
        if chosen.takes_parts:
            yield from chosen.part_writer()(cut, ledger)
        else:
            found = (each for part in cut for each in foreign_documents(part, ledger, tokens=chosen.needs_tokens))
            yield from chosen.writer()(found, ledger, dialect)
        if strict and ledger.left_out:
            (kind, why), count = next(iter(ledger.left_out.items()))
            what = f"{count:,} of the {kind} would be left out: {why}; nothing was written"
            raise StanceBankError(what, "export without --strict, or to a format that holds them")
        if strict and +ledger.notices:
            name, count = next(iter((+ledger.notices).items()))
            raise StanceBankError(f"{name} {count:,}; nothing was written", "export without --strict")

    write_files(out, contents())
    return ledger


def _parts(corpus: Corpus, asked: Collection[str], annotator: str | None) -> list[str]:
    names = corpus.part_names if annotator is None else corpus.pass_parts(annotator)
    if annotator is not None and annotator not in corpus.annotators:
        known = ", ".join(corpus.annotators) or "none"
        raise StanceBankError(f"there is no pass {excerpt(annotator)}", f"the passes are {known}")
    unknown = [name for name in asked if name not in names]
    if unknown:
        raise StanceBankError(f"there is no part {excerpt(unknown[0])}", f"the parts are {', '.join(names) or 'none'}")
    return [name for name in names if not asked or name in asked]


def _cut(
    corpus: Corpus, parts: Collection[str], asked: set[str], annotator: str | None, ledger: Ledger
) -> Iterator[Part]:
    """The parts with the documents that were asked for, of a pass those that it has begun."""
    left = set(asked)
    for name in parts:
        part = corpus.sound_part(name, annotator)
        ids = part["documents"]["doc_id"]
        kept = ids.filter(ids.is_in(list(asked))) if asked else ids
        left -= set(kept)
        if annotator is not None:
            begun = pl.concat([part[layer]["doc_id"] for layer in part.layers.passes]).unique()
            kept = kept.filter(kept.is_in(begun.implode()))
        if kept.len():
            ledger.hold(DOCUMENTS, kept.len())
            yield part.cut(kept)
    if left:
        what = f"there is no document {excerpt(min(left))}"
        raise StanceBankError(what, "stancebank progress --by document lists them")
