"""What a dataset was made from, as digests: of a corpus as a whole, and part by part."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from stancebank.agreement.decisions import read_decisions
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.part import Part
from stancebank.dataset.content_digest import content_digest
from stancebank.editions.edition import FULL, Edition
from stancebank.schema.paths import ADJUDICATION_FILE, SCHEME_FILE
from stancebank.storage.files import read_inside, sha256
from stancebank.storage.slow_digest import slow_digest


@dataclass(frozen=True, slots=True)
class PartOrigin:
    """What a part was made from.

    seeds: SHA-256 of what the command sha256sum prints for its seeds, in document order; in editions the slow digest
    of that.
    recipes: those that made texts of the seeds. layers: content digest by layer.
    passes: by annotator and annotated layer, the same of the passes over it.
    """

    seeds: str
    recipes: tuple[str, ...]
    layers: dict[str, str]
    passes: dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class RegisteredAnnotator:
    """Who or what made passes, as annotators.yaml says."""

    id: str
    kind: Literal["person", "language model", "program"]
    name: str
    date: str


@dataclass(frozen=True, slots=True)
class CorpusOrigin:
    """What all parts share.

    scheme, adjudication: SHA-256 of the files, in editions, which withhold some of their words, the
    slow digest of that; adjudication is None where there is no such file. shared: content digest of each
    layer that all parts share, as the edition shows it. annotators: the register.
    """

    scheme: str
    shared: dict[str, str]
    adjudication: str | None
    annotators: tuple[RegisteredAnnotator, ...]


def part_origin(part: Part, shown: Part | None = None) -> PartOrigin:
    """What a part that was read without faults was made from; of an edition, as shown there."""
    documents = part["documents"]
    seeds = documents.select("seed_sha256", "seed").iter_rows()
    listed = "".join(f"{digest}  {file}\n" for digest, file in seeds).encode()
    told = part if shown is None else shown
    return PartOrigin(
        sha256(listed) if told is part else _slow(listed),
        tuple(documents["recipe"].unique().sort()),
        {name: _digest(told, name) for name in told.layers.parts},
        {
            each.annotator: {name: _digest(each, name) for name in told.layers.passes}
            for each in told.passes
            if each.annotator is not None
        },
    )


def _digest(part: Part, layer: str) -> str:
    return content_digest(part[layer].select(part.layers[layer].names))


def corpus_origin(corpus: Corpus, shown: Edition = FULL) -> CorpusOrigin:
    """What the parts of a corpus that was read without faults share, as an edition may tell it."""
    scheme, adjudication = (read_inside(corpus.root, file)[0] for file in (SCHEME_FILE, ADJUDICATION_FILE))
    digest = sha256 if shown.full else _slow
    return CorpusOrigin(
        digest(scheme or b""),
        {name: content_digest(rows) for name, rows in shown.corpus(corpus).shared.items()},
        None if adjudication is None else digest(adjudication),
        tuple(
            RegisteredAnnotator(each.id, each.kind, each.name, str(each.date)) for each in corpus.register.annotators
        ),
    )


def _slow(data: bytes) -> str:
    """The digest of a file that has words of the texts in it, which an edition withholds."""
    return slow_digest(sha256(data))


def decisions_by_document(corpus: Corpus) -> Counter[str]:
    """How many decisions there are on each document. Raises StanceBankError for a line of theirs that is none."""
    return Counter(decision.doc_id for decision in read_decisions(corpus.root))
