"""Building the dataset: checked parts to views, shards, card and manifest."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from importlib.metadata import version
from itertools import chain
from pathlib import Path

from stancebank.addresses import is_remote
from stancebank.build.card import dataset_card
from stancebank.build.croissant import croissant
from stancebank.build.manifest import (
    CARD_FILE,
    CROISSANT_FILE,
    MANIFEST_FILE,
    Manifest,
    earlier_parts,
    is_build,
    page,
)
from stancebank.build.origins import corpus_origin, decisions_by_document
from stancebank.build.parts import BuiltPart, PartBuild, PartBuilder, recorded_parts
from stancebank.build.shards import Shard, write, write_shards
from stancebank.build.software import library_versions, software, software_digest
from stancebank.checks.findings import Finding
from stancebank.checks.registry import Checked
from stancebank.checks.selection import ERRORS_ALONE
from stancebank.checks.validation import corpus_findings, target_findings, unreadable
from stancebank.citation import read_citation
from stancebank.corpus import Corpus, Part, require_readable
from stancebank.datasheet import DATASHEET
from stancebank.editions.carried import CarriedFile, corpus_files
from stancebank.editions.edition import Edition, EditionName
from stancebank.editions.preparing import edition_of
from stancebank.engines import Engine, here
from stancebank.faults import StanceBankError, excerpt, printable
from stancebank.files import new_folder, read_inside
from stancebank.remote_folders import new_remote_folder
from stancebank.seeds import sha256
from stancebank.statistics import Statistics
from stancebank.tokens import tokens_available
from stancebank.views.registry import VIEWS, View


class InvalidCorpusError(StanceBankError):
    """The corpus has errors, which stand in findings; nothing was built."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        errors = [finding for finding in findings if finding.severity == "error"]
        first = errors[0]
        count = "an error" if len(errors) == 1 else f"{len(errors):,} errors"
        what = f"the corpus has {count}; nothing was built; the first: {printable(first.file)}"
        what += f":{first.line}: {first.what}" if first.line else f": {first.what}"
        super().__init__(what, "correct what stancebank validate finds")
        self.findings = tuple(findings)


def available_views() -> tuple[View, ...]:
    """The views that this installation can build: all, or without the extra tokens all but the token views."""
    return tuple(view for view in VIEWS.values() if tokens_available() or not view.needs_tokens)


def chosen_views(names: Sequence[str] | None) -> tuple[View, ...]:
    """The views of these names in their usual order, all views without names.

    Raises StanceBankError for an unknown name and for a token view without the extra tokens.
    """
    unknown = [name for name in names or () if name not in VIEWS]
    if unknown:
        raise StanceBankError(
            f"there is no view {excerpt(unknown[0])}; there are {', '.join(VIEWS)}", "name one of them"
        )
    views = tuple(view for view in VIEWS.values() if not names or view.name in names)
    missing = [view.name for view in views if view not in available_views()]
    if missing:
        what = f"spaCy is needed for {', '.join(missing)}, and is not installed"
        raise StanceBankError(what, "pip install 'stancebank[tokens]', or name other views with --view")
    return views


def build(
    corpus: Corpus,
    folder: Path,
    views: Sequence[View],
    engine: Engine = here,
    advance: Callable[[int], None] = lambda _: None,
    edition: EditionName = "full",
) -> Manifest:
    """Check the corpus and build the views into the folder, which is replaced as a whole.

    Parts that were built before from the same sources, there or in a run that was
    stopped, are taken over. engine: where the parts are built. advance: called after
    each part, with the number of its documents, and of editions with 0 after each of the
    readings before. edition: how much of the texts is shown; views that make no sense
    with so little are left out.

    Raises InvalidCorpusError with the findings where the corpus has errors, and
    StanceBankError where the folder cannot be written or holds something else.
    In both cases the folder is as it was.
    """
    findings = list(unreadable(corpus))
    if findings:
        raise InvalidCorpusError(findings)
    if any(character in str(folder if is_remote(folder) else folder.resolve()) for character in "[]*?"):
        what = f"load_dataset finds no files in {printable(str(folder))}, whose path has one of [ ] * ?"
        raise StanceBankError(what, "name a folder without them")
    datasheet, fault = read_inside(corpus.root, DATASHEET)
    require_readable([fault] if fault and fault.kind != "missing" else [])
    citation = read_citation(corpus.root)
    shown = edition_of(corpus, edition, engine, advance)
    had = [shown.view(view) for view in views if shown.has(view)]
    if not had:
        left = ", ".join(view.name for view in views)
        raise StanceBankError(f"the {edition} edition has no {left}: it is nothing without words", "name other views")
    if datasheet is not None and not shown.full:
        datasheet = _elided(datasheet, shown)
    with _opened(folder) as beside:
        finished = (*earlier_parts(folder), *earlier_parts(beside), *recorded_parts(beside))
        names = tuple(view.name for view in views if view.by_part)
        earlier = folder if is_remote(folder) else folder.absolute()  # a worker may be in another folder
        known = {part.name: part for part in finished}
        builder = PartBuilder(corpus, names, beside, earlier, known, shown, software_digest(()))
        with contextlib.closing(engine(builder, corpus.part_names)) as builds:
            parts = _built_parts(corpus, builds, advance)
        public = shown.corpus(corpus)
        shared = _shared(public, parts, had, beside)
        manifest = _manifest(corpus, parts, [*shared], had, datasheet)
        manifest = replace(manifest, edition=edition, carried=tuple(_carried(corpus, shown, parts, views, beside)))
        statistics = sum((Statistics.from_json(part.statistics) for part in parts), _of_corpus(corpus))
        card = dataset_card(public, manifest, statistics, _tokeniser(had), shown)
        pages = {CARD_FILE: card.encode()}
        if datasheet is not None:
            pages[DATASHEET] = datasheet
        pages[CROISSANT_FILE] = croissant(public, manifest, statistics, citation, shown)
        for path, data in pages.items():
            (beside / path).write_bytes(data)
        manifest = replace(manifest, pages=tuple(page(path, data) for path, data in pages.items()))
        (beside / MANIFEST_FILE).write_bytes(manifest.to_json())
        _remove_others(beside, manifest)
    return manifest


def _opened(folder: Path) -> AbstractContextManager[Path]:
    """A folder to build in, which takes the place of an earlier build."""
    if is_remote(folder):
        return new_remote_folder(folder, is_build, last=(CARD_FILE, MANIFEST_FILE))
    return new_folder(folder, is_build, resumable=True)


def _built_parts(corpus: Corpus, builds: Iterator[PartBuild], advance: Callable[[int], None]) -> tuple[BuiltPart, ...]:
    """The parts as they are built; InvalidCorpusError where anything in the corpus is wrong."""
    findings = list(target_findings(corpus, ERRORS_ALONE))
    decisions = decisions_by_document(corpus)
    documents, parts = {}, []
    for name, build in zip(corpus.part_names, builds, strict=True):
        findings += build.findings
        if build.documents is not None:
            documents[name] = build.documents
            advance(build.documents.height)
        if build.built is not None and build.documents is not None:
            made = sum(decisions[doc_id] for doc_id in build.documents["doc_id"]) if decisions else 0
            parts.append(replace(build.built, decisions=made))
    findings += corpus_findings(corpus, ERRORS_ALONE, Checked(documents, tuple))
    if findings:
        raise InvalidCorpusError(findings)
    return tuple(parts)


def _shared(corpus: Corpus, parts: Sequence[BuiltPart], views: Sequence[View], folder: Path) -> Iterator[Shard]:
    """The shards of views that all parts share: one for each split that has a part."""
    for split in dict.fromkeys(part.split for part in parts):
        part = next(part for part in parts if part.split == split)
        yield from write_shards(Part(part.name, corpus, {}, ()), split, [v for v in views if not v.by_part], folder)


def _manifest(
    corpus: Corpus,
    parts: tuple[BuiltPart, ...],
    shared: Sequence[Shard],
    views: Sequence[View],
    datasheet: bytes | None,
) -> Manifest:
    assert corpus.settings is not None
    assert corpus.scheme is not None
    assert corpus.seeds is not None
    order = {view.name: index for index, view in enumerate(views)}
    splits = list(corpus.settings.splits)
    shards = [*chain.from_iterable(part.shards for part in parts), *shared]
    shards.sort(key=lambda shard: (order[shard.view], splits.index(shard.split)))
    rights = {key for part in parts for key in part.rights}
    return Manifest(
        corpus.settings.name,
        corpus.settings.version,
        corpus.scheme.version,
        software(),
        {key: corpus.seeds.rights[key].redistribution for key in sorted(rights)},
        tuple(shards),
        parts,
        corpus_origin(corpus),
        () if datasheet is None else (page(DATASHEET, datasheet),),
        libraries=library_versions(),
    )


def _elided(datasheet: bytes, edition: Edition) -> bytes:
    """The datasheet without what it quotes of the texts."""
    try:
        return edition.prose(datasheet.decode()).encode()
    except UnicodeDecodeError:
        raise StanceBankError(f"{DATASHEET} is not UTF-8", "convert it to UTF-8") from None


def _carried(
    corpus: Corpus, edition: Edition, parts: Sequence[BuiltPart], views: Sequence[View], folder: Path
) -> Iterator[CarriedFile]:
    """The stand-off form of the corpus in an edition: that of the parts, which is there, and what they share."""
    if edition.full:
        return
    for part in parts:
        yield from part.carried
    names = [view.name for view in views]
    said = {"views": names, "software_sha256": software_digest(names), "withheld_sha256": edition.digest}
    for path, data in corpus_files(corpus, edition, said):
        write(folder / path, data)
        yield CarriedFile(None, path, len(data), sha256(data))


def _of_corpus(corpus: Corpus) -> Statistics:
    """What there is to count besides the parts."""
    assert corpus.targets is not None
    return Statistics(Counter(targets=corpus.targets.height))


def _remove_others(folder: Path, manifest: Manifest) -> None:
    """Remove what runs that were stopped have left besides the manifest's files."""
    kept = {MANIFEST_FILE} | {each.path for each in manifest.listed}
    for path in [*folder.rglob("*")]:
        if not path.is_dir() and path.relative_to(folder).as_posix() not in kept:
            path.unlink()
    if not is_remote(folder):  # folders of an object store are its files' names
        for empty in sorted((path for path in folder.rglob("*") if path.is_dir()), reverse=True):
            with contextlib.suppress(OSError):
                empty.rmdir()


def _tokeniser(views: Sequence[View]) -> str:
    if any(view.needs_tokens for view in views):
        spacy = f"spaCy {version('spacy')}"
        return (
            f"Tokens are those of {spacy}'s blank tokeniser for the language, or of its neutral one where it has none."
        )
    return "The token views were left out of this build."
