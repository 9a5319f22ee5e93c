"""A model annotates the documents of a corpus: a pass of its own, registered as a program's, written all or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol

from stancebank.corpus.annotators import GOLD, register_entry, with_annotator
from stancebank.corpus.corpus import Corpus, read_corpus
from stancebank.faults import StanceBankError, counted, excerpt
from stancebank.formats.corpus_import import ADD, PROPOSE
from stancebank.formats.foreign_document import ForeignDocument
from stancebank.formats.foreign_import import Choices, ForeignImport, Kept
from stancebank.formats.import_files import Follow, pass_files, with_labels
from stancebank.formats.label_map import FoundLabels, proposal, settled_map
from stancebank.formats.ledger import Ledger
from stancebank.formats.preannotation.name_gazetteer import NameGazetteer
from stancebank.formats.preannotation.pipeline_model import PipelineModel
from stancebank.formats.sentence_fitting import Record
from stancebank.schema.layers import BLANK, DONE, ENTITIES, MENTIONS, OPEN
from stancebank.schema.paths import ANNOTATORS_FILE
from stancebank.storage.files import read_inside, write_files

GAZETTEER = "gazetteer"
_NOTE = "Made by stancebank preannotate; nobody has reviewed it."


class Model(Protocol):
    """What annotates texts by itself. name, version, settings, instructions: of its entry in the register."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def version(self) -> str | None: ...  # noqa: D102
    @property
    def settings(self) -> str: ...  # noqa: D102
    @property
    def instructions(self) -> str: ...  # noqa: D102

    def speaks(self, language: str) -> bool:
        """Whether it is for texts in a language, a BCP 47 tag."""
        ...

    def annotate(self, doc_id: str, text: str) -> ForeignDocument:
        """What it finds in a text, with places in code points. Raises StanceBankError."""
        ...


@dataclass(frozen=True, slots=True)
class PreAnnotation:
    """What became of it. files: that changed, or would. listed: spans that are left out. proposal: a map, if asked for.

    there: documents that the pass has already. other_language: documents in a language that the model is not for.
    """

    ledger: Ledger
    files: Mapping[str, bytes]
    listed: tuple[str, ...] = ()
    there: int = 0
    other_language: int = 0
    proposal: str | None = None


def preannotate(
    root: Path,
    model: str,
    annotator: str,
    *,
    day: str,
    labels: str | None = None,
    follow: Follow = lambda _: {},
    dry_run: bool = False,
) -> PreAnnotation:
    """Have a model annotate the documents that its pass has not: all of them or none.

    model: a package or a folder of spaCy, or gazetteer. annotator: the id of the pass. labels: a map, add or propose.
    follow: what is generated from the scheme, for labels that are added to it.
    Raises StanceBankError where the model cannot be loaded, fails, or finds nothing at all, for labels that nothing
    tells of, and where the pass is somebody else's.
    """
    corpus = read_corpus(root).sound()
    if annotator == GOLD:
        raise StanceBankError(f"no pass can be called {GOLD}", "give another id with --as")
    annotating: Model = NameGazetteer(corpus) if model == GAZETTEER else PipelineModel(model)
    register = _register(corpus, annotator, annotating, day)
    texts, there, other_language = _texts(corpus, annotator, annotating)
    documents = [annotating.annotate(doc_id, text) for doc_id, text in texts.items()]
    found = FoundLabels()
    for document in documents:
        found.count(document)
    if not any(document.spans for document in documents):
        return _nothing(len(documents), there, other_language)
    if labels == PROPOSE:
        return PreAnnotation(Ledger(), {}, proposal=proposal(found, corpus.scheme))
    path = None if labels in (None, ADD) else Path(str(labels))
    settled, missing = settled_map(found, corpus.scheme, path, add=labels == ADD)
    scheme, files = with_labels(corpus, missing, follow)
    corpus = replace(corpus, scheme=scheme)
    work = ForeignImport(corpus, settled, "the model", Choices(annotator, skip_refused=True))
    for document in documents:
        work.take(document)
    if work.refused:
        raise StanceBankError(work.refused[0].what, work.refused[0].fix)
    accepted = work.accepted()
    sources = {document.id: document for document in documents}
    files |= {**dict(_files(work, [each.kept for each in accepted], sources, annotator, day)), **register}
    if not dry_run:
        write_files(corpus.root, files)
    return PreAnnotation(work.ledger(accepted), files, tuple(work.listed), there, other_language)


def _nothing(documents: int, there: int, other_language: int) -> PreAnnotation:
    """What is returned where all documents are in the pass or in other languages; StanceBankError for any other."""
    if documents:
        what = f"the model finds nothing in {counted(documents, 'document')}; nothing was written"
        raise StanceBankError(what, "use one that marks entities or spans")
    return PreAnnotation(Ledger(), {}, there=there, other_language=other_language)


def _texts(corpus: Corpus, annotator: str, model: Model) -> tuple[dict[str, str], int, int]:
    """The texts to annotate by document, how many documents the pass has, and how many are in other languages."""
    texts: dict[str, str] = {}
    there = other_language = 0
    passes = corpus.pass_parts(annotator)
    for name in corpus.part_names:
        part = corpus.sound_part(name)
        begun: set[str] = set()
        if name in passes:
            own = corpus.sound_part(name, annotator)
            begun = {doc_id for layer in own.layers.passes for doc_id in own[layer]["doc_id"]}
        for doc_id, text, language in part["documents"].select("doc_id", "text", "language").iter_rows():
            if doc_id in begun:
                there += 1
            elif not model.speaks(language):
                other_language += 1
            else:
                texts[doc_id] = text
    return texts, there, other_language


def _files(
    work: ForeignImport, documents: Sequence[Kept], sources: Mapping[str, ForeignDocument], annotator: str, day: str
) -> Iterator[tuple[str, bytes]]:
    parts: dict[str, list[Kept]] = {}
    for kept in sorted(documents, key=lambda kept: kept.doc_id):
        parts.setdefault(kept.part, []).append(kept)
    for part, of_part in parts.items():
        progress = partial(_progress, work, sources, day)
        for file, pieces in pass_files(work, annotator, part, of_part, progress):
            yield file, b"".join(pieces)


def _progress(work: ForeignImport, sources: Mapping[str, ForeignDocument], day: str, kept: Kept) -> list[Record]:
    """How far the layers are that the model makes. Others are not begun.

    A layer is open where spans were left out, where something is undecided that the scheme requires, and entities where
    the model does not say which mentions are of one entity.
    """
    layers, left, source = set(work.labels.layers), kept.problems, sources[kept.doc_id]
    if MENTIONS.name in layers:
        layers.add(ENTITIES.name)
    members = {member for cluster in source.clusters for member in cluster.members}
    unknown = any(span.id not in members for span in source.spans)
    found: list[Record] = []
    for layer in work.corpus.layers.annotated:
        if layer not in layers:
            continue
        required = work.corpus.scheme.requires(layer)
        undecided = any(record[column] is None for record in work.records(kept, layer) for column in required)
        is_open = bool(left) or undecided or (layer == ENTITIES.name and unknown)
        found.append(
            {
                **{"doc_id": kept.doc_id, "layer": layer, "state": OPEN if is_open else DONE},
                **{"annotator": kept.annotator, "date": day, "made_from": BLANK},
                "remark": f"{counted(left, 'span')} of the model left out" if left else None,
            }
        )
    return found


def _register(corpus: Corpus, annotator: str, model: Model, day: str) -> dict[str, bytes]:
    """The register with the entry of the model; nothing where it has it. Raises StanceBankError for another's id."""
    entry = register_entry(
        {
            **{"id": annotator, "kind": "program", "name": model.name, "version": model.version},
            **{"settings": model.settings, "date": day, "instructions": model.instructions, "note": _NOTE},
        }
    )
    known = corpus.register.by_id.get(annotator)
    if known is None:
        return {ANNOTATORS_FILE: with_annotator(read_inside(corpus.root, ANNOTATORS_FILE)[0], entry)}
    for key in ("kind", "name", "version"):
        registered = getattr(known, key)
        if registered != entry.get(key):
            told = f"{excerpt(str(registered))}, not {excerpt(str(entry.get(key)))}"
            what = f"{excerpt(annotator)} is registered with the {key} {told}"
            raise StanceBankError(what, "give the pass another id with --as")
    return {}
