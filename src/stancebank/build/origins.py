"""What a dataset was made from, as digests: of a corpus as a whole, and part by part."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from stancebank.adjudication import ADJUDICATION_FILE, read_decisions
from stancebank.build.content import content_digest
from stancebank.corpus import Corpus, Part
from stancebank.files import read_inside
from stancebank.layers import PART_LAYERS
from stancebank.scheme import SCHEME_FILE
from stancebank.seeds import sha256


@dataclass(frozen=True, slots=True)
class PartOrigin:
    """What a part was made from.

    seeds: SHA-256 of what the command sha256sum prints for its seeds, in document order.
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

    scheme, adjudication: SHA-256 of the files; adjudication is None where there is no
    such file. targets: content digest. annotators: the register.
    """

    scheme: str
    targets: str
    adjudication: str | None
    annotators: tuple[RegisteredAnnotator, ...]


def part_origin(part: Part) -> PartOrigin:
    """What a part that was read without faults was made from."""
    documents = part["documents"]
    seeds = documents.select("seed_sha256", "seed").iter_rows()
    return PartOrigin(
        sha256("".join(f"{digest}  {file}\n" for digest, file in seeds).encode()),
        tuple(documents["recipe"].unique().sort()),
        {layer: content_digest(part[layer]) for layer in PART_LAYERS},
        {
            each.annotator: {name: content_digest(each[name]) for name, layer in PART_LAYERS.items() if layer.annotated}
            for each in part.passes
            if each.annotator is not None
        },
    )


def corpus_origin(corpus: Corpus) -> CorpusOrigin:
    """What the parts of a corpus that was read without faults share."""
    assert corpus.targets is not None
    assert corpus.register is not None
    scheme, adjudication = (read_inside(corpus.root, file)[0] for file in (SCHEME_FILE, ADJUDICATION_FILE))
    assert scheme is not None
    return CorpusOrigin(
        sha256(scheme),
        content_digest(corpus.targets),
        None if adjudication is None else sha256(adjudication),
        tuple(
            RegisteredAnnotator(each.id, each.kind, each.name, str(each.date)) for each in corpus.register.annotators
        ),
    )


def decisions_by_document(corpus: Corpus) -> Counter[str]:
    """How many decisions there are on each document. Raises StanceBankError for a line of theirs that is none."""
    return Counter(decision.doc_id for decision in read_decisions(corpus.root))
