"""Putting the texts into an edition again, and building the full one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from stancebank.checks.selection import ERRORS_ALONE
from stancebank.checks.validation import part_hits
from stancebank.corpus.corpus import Corpus, read_corpus
from stancebank.corpus.jsonl import write_records
from stancebank.corpus.part import Part
from stancebank.dataset.building import build, chosen_views
from stancebank.dataset.manifest import Manifest
from stancebank.dataset.part_building import part_sources
from stancebank.dataset.software import software_digest
from stancebank.editions.edition import FULL
from stancebank.faults import StanceBankError, printable, require_readable
from stancebank.rehydration.assignment import KnownDocument, OwnText, assigned
from stancebank.rehydration.corpus_root import (
    StandoffPart,
    open_files,
    part_root_files,
    read_standoff,
    sealed_files,
    shared_files,
)
from stancebank.rehydration.edition_folder import EditionFolder
from stancebank.rehydration.losses import Lost
from stancebank.rehydration.placement import KnownSentence, Placement, place
from stancebank.rehydration.restored_records import Restorer, reopened
from stancebank.schema.frames import polars_schema
from stancebank.schema.layers import PROGRESS
from stancebank.schema.scheme import Scheme
from stancebank.storage.files import sha256, write_files
from stancebank.storage.slow_digest import slow_digest
from stancebank.storage.temporary_folders import temporary_folder
from stancebank.text.tokens import INSTALL_TOKENS, tokens_available
from stancebank.views.names import TOKEN_VIEWS
from stancebank.views.registry import View


@dataclass(frozen=True)
class Rehydrated:
    """How it went.

    manifest: of what was built; None where nothing was, since not all could be placed.
    lost: what could not be placed. same_texts: all texts are the original ones, to the byte.
    same_software: this is the software that the edition was built with.
    left_out: views of the original build that need tokens, which cannot be made here.
    """

    manifest: Manifest | None
    lost: tuple[Lost, ...]
    same_texts: bool
    same_software: bool
    left_out: tuple[str, ...] = ()


def rehydrate(
    edition: EditionFolder,
    files: Sequence[Path],
    folder: Path,
    *,
    allow_partial: bool = False,
    advance: Callable[[int], None] = lambda _: None,
) -> Rehydrated:
    """Build the full edition of an edition and copies of its texts into the folder.

    With the original texts and the same software it is the original build, byte for byte. Without spaCy the
    views that need tokens are left out.
    On other copies what is certain is placed. Where something is not, nothing is built,
    or with allow_partial the rest. advance: called after each part, with the number of its
    documents. Raises StanceBankError for a text of no document, an edition that
    contradicts itself, views that cannot be built here, and where writing fails.
    """
    names = [str(name) for name in edition.said["views"]]
    views, left_out = _buildable(names, edition.scheme)
    same_software = not left_out and edition.said["software_sha256"] == software_digest(names)
    parts = [read_standoff(edition, name) for name in edition.parts]
    known = [document for part in parts for document in _known(part)]
    texts = assigned(known, files, edition.name)
    lost = [
        Lost(each.doc_id, "documents", each.doc_id, "no text was given for it")
        for each in known
        if each.doc_id not in texts
    ]
    unfinished = bool(edition.said.get("unfinished"))
    same_texts = not lost and all(texts[each.doc_id].seed_digest == each.seed_digest for each in known)
    placements = {each.doc_id: _placement(each, texts[each.doc_id]) for each in known if each.doc_id in texts}
    restorer = Restorer(edition.name, texts, placements, edition.scheme)
    restorer.lost += lost
    with temporary_folder() as root:
        for part in parts:
            write_files(root, part_root_files(part, restorer))
        write_files(root, shared_files(edition, restorer))
        whole = _all_same(known, restorer)
        if not same_texts:
            _write_openly(edition, parts, restorer, root)
        if whole:
            of_parts = {part.name: [texts[each["doc_id"]].seed.text for each in part.documents] for part in parts}
            write_files(root, sealed_files(edition, of_parts, same_bytes=same_texts))
        corpus = read_corpus(root).sound()
        if same_texts and same_software:
            _require_original(edition, corpus, views, unfinished=unfinished)
        found = tuple(restorer.lost)
        if (found and not allow_partial) or not corpus.part_names:
            return Rehydrated(None, found, same_texts, same_software, left_out)
        _reopen(corpus, restorer)
        manifest = build(corpus, folder, views, advance=advance, unfinished=unfinished)
        return Rehydrated(manifest, found, same_texts, same_software, left_out)


def _buildable(names: Sequence[str], scheme: Scheme) -> tuple[tuple[View, ...], tuple[str, ...]]:
    """The views of an edition's original build that can be built here, and the names of those that need spaCy.

    Raises StanceBankError where there is none to be built, and for a view that this software does not know.
    """
    if tokens_available():
        return chosen_views(names, scheme), ()
    left_out = tuple(name for name in names if name in TOKEN_VIEWS)
    kept = [name for name in names if name not in left_out]
    if not kept:
        what = f"the edition has views of tokens alone, {', '.join(left_out)}, and spaCy is not installed"
        raise StanceBankError(what, f"{INSTALL_TOKENS}; nothing was changed")
    return chosen_views(kept, scheme), left_out


def _all_same(known: Sequence[KnownDocument], restorer: Restorer) -> bool:
    """Whether every document has its original text, whatever the bytes it came in."""
    return all(each.doc_id in restorer.placements and restorer.placements[each.doc_id].same for each in known)


def _known(part: StandoffPart) -> Iterator[KnownDocument]:
    for document in part.documents:
        sentences = tuple(
            KnownSentence(
                each["sentence_id"],
                each["start"],
                each["end"],
                {digest["companion"]: digest["sha256"] for digest in each["digests"]},
            )
            for each in part.layers["sentences"].get(document["doc_id"], ())
        )
        said = {name: document[name] for name in ("doc_id", "date", "language", "seed_digest", "text_digest")}
        yield KnownDocument(**said, sentences=sentences)


def _placement(document: KnownDocument, text: OwnText) -> Placement:
    if text.text_digest == document.text_digest:
        starts = [sentence.start for sentence in document.sentences]
        return Placement(text.seed.text, document.sentences, starts, same=True)
    return place(document.sentences, text.seed.text, document.language)


def _write_openly(edition: EditionFolder, parts: Sequence[StandoffPart], restorer: Restorer, root: Path) -> None:
    """Write what all parts share, and remove what the rules of a sound corpus do not allow."""
    documents = [each for part in parts for each in part.documents if each["doc_id"] in restorer.texts]
    seeds = {}
    for document in documents:
        text = restorer.texts[document["doc_id"]]
        seeds[document["seed"]] = {"sha256": sha256(text.data), "date": document["date"] or text.seed.date}
    write_files(root, open_files(edition, restorer, seeds))
    corpus = read_corpus(root).sound()
    before = len(restorer.lost)
    for name in corpus.part_names:
        part = corpus.read_part(name)
        for each in (part, *part.passes):
            require_readable(each.faults)
            restorer.lost += _made_sound(each, root)
    if len(restorer.lost) > before:
        write_files(root, open_files(edition, restorer, seeds))


def _made_sound(part: Part, root: Path) -> list[Lost]:
    """Take records out of a part until it breaks no rule: what is left of one may be less than it needs."""
    lost: list[Lost] = []
    while True:
        hits = [(rule, hit) for rule, hit in part_hits(part, ERRORS_ALONE) if part.owns_file(part.file(hit.layer))]
        if not hits:
            return lost
        frames: dict[str, pl.DataFrame] = dict(part.frames)
        for name, layer in part.layers.parts.items():
            rows = {hit.row: rule for rule, hit in hits if hit.layer == name}
            if rows and not layer.annotated:
                what = f"the texts make no sound corpus: {name} of {part.name}: {hits[0][1].what}"
                raise StanceBankError(what, "name other copies; nothing was changed")
            for row, rule in sorted(rows.items()):
                record = frames[name].row(row, named=True)
                of = f"{part.annotator}/{name}" if part.annotator else name
                why = f"without what was not placed it breaks {rule.id} {rule.name}"
                lost.append(Lost(record["doc_id"], of, record[layer.id_column], why))
            index = pl.Series([row not in rows for row in range(frames[name].height)], dtype=pl.Boolean)
            frames[name] = frames[name].filter(index)
        part = replace(part, frames=frames)
        write_files(
            root,
            {
                part.file(name): write_records(frames[name], layer)
                for name, layer in part.layers.parts.items()
                if part.owns_file(part.file(name))
            },
        )


def _reopen(corpus: Corpus, restorer: Restorer) -> None:
    """Set layers open of which something was not placed, or whose document has text that nobody has annotated."""
    reasons = restorer.unfinished()
    if not reasons:
        return
    for name in corpus.part_names:
        part = corpus.sound_part(name)
        for each in (part, *part.passes):
            rows = [reopened(row, reasons, each.annotator) for row in each[PROGRESS.name].iter_rows(named=True)]
            frame = pl.DataFrame(rows, schema=polars_schema(PROGRESS.columns), orient="row")
            if not frame.equals(each[PROGRESS.name]):
                write_files(corpus.root, {each.file(PROGRESS.name): write_records(frame, PROGRESS)})


def _require_original(edition: EditionFolder, corpus: Corpus, views: Sequence[View], *, unfinished: bool) -> None:
    """Nothing where the corpus is what the edition was built from; else StanceBankError."""
    names = tuple(view.name for view in views if view.by_part)
    said: Mapping[str, str] = edition.sources
    for name in corpus.part_names:
        digest = part_sources(corpus.open_part(name), names, FULL, unfinished=unfinished)
        if said.get(name) != slow_digest(f"{digest} {edition.said['withheld_digest']}"):
            what = f"{printable(str(edition.folder))}: the part {name} is not what the manifest says it was built from"
            raise StanceBankError(what, "download or build the edition again; nothing was changed")
