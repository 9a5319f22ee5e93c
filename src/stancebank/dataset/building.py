"""Building the dataset: checked parts to views, shards, card and manifest."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import Any

from stancebank.checks.checked_before import CheckedBefore
from stancebank.checks.findings import Finding, UnsoundCorpusError
from stancebank.checks.registry import Checked
from stancebank.checks.selection import ERRORS_ALONE
from stancebank.checks.validation import corpus_findings, shared_findings, unreadable
from stancebank.corpus.citation import read_citation
from stancebank.corpus.corpus import Corpus, Faulty
from stancebank.corpus.part import Part
from stancebank.corpus.statistics import Statistics, shared_statistics
from stancebank.dataset.accompanying import accompanying_files
from stancebank.dataset.built_before import BuiltBefore
from stancebank.dataset.card import dataset_card, feature_digests
from stancebank.dataset.card_edition import known_texts
from stancebank.dataset.card_text import CardContent
from stancebank.dataset.croissant import croissant
from stancebank.dataset.example_rows import example_row
from stancebank.dataset.manifest import Manifest, earlier_parts, is_build, page
from stancebank.dataset.origins import corpus_origin, decisions_by_document
from stancebank.dataset.part_building import BuiltPart, PartBuild, PartBuilder, recorded_parts
from stancebank.dataset.shards import Shard, write, write_shards
from stancebank.dataset.software import library_versions, software, software_digest
from stancebank.editions.carried import CarriedFile, corpus_files
from stancebank.editions.edition import Edition, EditionName
from stancebank.editions.preparing import edition_of
from stancebank.faults import StanceBankError, did_you_mean, excerpt, printable
from stancebank.schema.paths import CARD_FILE, CROISSANT_FILE, DATASHEET, MANIFEST_FILE, shared_file
from stancebank.schema.scheme import Scheme
from stancebank.storage.addresses import answered, is_remote
from stancebank.storage.files import new_folder, read_page, sha256
from stancebank.storage.remote_folders import new_remote_folder
from stancebank.text.tokens import INSTALL_TOKENS, tokens_available
from stancebank.views.registry import VIEWS, View, views_of
from stancebank.work.engines import Engine, here


def available_views(scheme: Scheme | None = None) -> tuple[View, ...]:
    """The views that this installation can build: all, or without the extra tokens all but the token views.

    scheme: of the corpus; without it those of a scheme that has all vocabularies.
    """
    known = VIEWS if scheme is None else views_of(scheme)
    return tuple(view for view in known.values() if tokens_available() or not view.needs_tokens)


def chosen_views(names: Sequence[str] | None, scheme: Scheme | None = None) -> tuple[View, ...]:
    """The views of these names in their usual order, all views without names.

    scheme: as in available_views. Raises StanceBankError for an unknown name, for a view of something that
    the scheme does not use, and for a token view without the extra tokens.
    """
    known = VIEWS if scheme is None else views_of(scheme)
    unknown = [name for name in names or () if name not in known]
    if unknown:
        what = f"there is no view {excerpt(unknown[0])}; there are {', '.join(known)}"
        raise StanceBankError(what + did_you_mean(unknown[0], [*known]), "name one of them")
    views = tuple(view for view in known.values() if not names or view.name in names)
    missing = [view.name for view in views if view.needs_tokens and not tokens_available()]
    if missing:
        what = f"spaCy is needed for {', '.join(missing)}, and is not installed"
        raise StanceBankError(what, f"{INSTALL_TOKENS}, or name other views with --view")
    return views


def build(
    corpus: Corpus | Faulty,
    folder: Path,
    views: Sequence[View],
    engine: Engine = here,
    advance: Callable[[int], None] = lambda _: None,
    edition: EditionName = "full",
    *,
    unfinished: bool = False,
    fresh: bool = False,
) -> Manifest:
    """Check the corpus and build the views into the folder, which is replaced as a whole.

    Parts that this user built before from the same sources, there or in a run that was
    stopped, are taken over, and what is known of others from an earlier check is not checked again; none with
    fresh. engine: where the parts are built. advance: called after
    each part, with the number of its documents, and of editions with 0 after each of the
    readings before. edition: how much of the texts is shown; views that make no sense
    with so little are left out, as are those of optional layers that the corpus has nothing of.
    unfinished: task views show documents whose layers are not done too. A pass with errors is
    left out, and recorded so; but an edition carries the passes.

    Raises UnsoundCorpusError with the findings where the corpus has errors, and
    StanceBankError where the folder cannot be written or holds something else.
    In both cases the folder is as it was.
    """
    if isinstance(corpus, Faulty):
        raise _unsound([*unreadable(corpus)])
    if any(character in str(folder if is_remote(folder) else folder.resolve()) for character in "[]*?"):
        what = f"load_dataset finds no files in {printable(str(folder))}, whose path has one of [ ] * ?"
        raise StanceBankError(what, "name a folder without them")
    defined = views_of(corpus.scheme)  # views are asked for by name: which columns they have, the scheme says
    there = [defined[view.name] for view in views if view.name in defined and not _is_absent(corpus, view)]
    if not there:
        absent = ", ".join(view.name for view in views)
        raise StanceBankError(f"the corpus has no {absent}", f"add some to {shared_file(absent)}, or name other views")
    views = there
    datasheet = read_page(corpus.root, DATASHEET)
    citation = read_citation(corpus.root)
    shown = edition_of(corpus, edition, engine, advance)
    had = [shown.view(view) for view in views if shown.has(view)]
    if not had:
        left = ", ".join(view.name for view in views)
        raise StanceBankError(
            f"the {edition} edition has no {left}: it is meaningless without words", "name other views"
        )
    if datasheet is not None and not shown.full:
        datasheet = _elided(datasheet, shown)
    with _opened(folder) as beside:
        before = BuiltBefore(folder)
        finished = () if fresh else (*earlier_parts(folder), *earlier_parts(beside), *recorded_parts(beside))
        names = tuple(view.name for view in views if view.by_part)
        earlier = folder if is_remote(folder) else folder.absolute()  # a worker may be in another folder
        earlier_builds = {part.name: part for part in finished if before.made(part)}
        digest = software_digest(())
        checked = None if fresh or corpus.unsaved else CheckedBefore(corpus)
        builder = PartBuilder(
            corpus, names, beside, earlier, earlier_builds, shown, digest, unfinished, before, checked
        )
        with contextlib.closing(engine(builder, corpus.part_names)) as builds:
            parts = _built_parts(corpus, builds, before, advance)
        public = shown.corpus(corpus)
        shared = _shared(public, parts, had, beside)
        manifest = _manifest(corpus, parts, [*shared], had, shown)
        carried = tuple(_carried(corpus, shown, parts, views, beside, unfinished=unfinished))
        manifest = replace(manifest, edition=edition, unfinished=unfinished, carried=carried)
        statistics = sum((Statistics.from_json(part.statistics) for part in parts), shared_statistics(corpus))
        manifest = replace(manifest, features=feature_digests(public, manifest, shown))
        beside_shards = accompanying_files(public, manifest, datasheet, shown)
        manifest = replace(manifest, pages=tuple(page(path, data) for path, data in beside_shards.items()))
        content = CardContent(
            public,
            manifest,
            statistics,
            citation,
            _tokeniser(had),
            shown,
            {view.name: row for view in had if view.of_layers and (row := example_row(beside, manifest.of(view.name)))},
            () if shown.full else known_texts(beside, manifest),
        )
        pages = {CARD_FILE: dataset_card(content).encode(), **beside_shards}
        pages[CROISSANT_FILE] = croissant(public, manifest, statistics, citation, shown)
        for path, data in pages.items():
            write(beside / path, data)
        manifest = replace(manifest, pages=tuple(page(path, data) for path, data in pages.items()))
        write(beside / MANIFEST_FILE, manifest.to_json())
        _remove_others(beside, manifest)
    before.keep(parts)
    return manifest


def _is_absent(corpus: Corpus, view: View) -> bool:
    """Whether a view is of an optional layer without records: datasets, to 5.2 at least, loads no empty config."""
    layer = corpus.layers.shared.get(view.name)
    return layer is not None and layer.optional and corpus.shared[layer.name].is_empty()


def _opened(folder: Path) -> AbstractContextManager[Path]:
    """A folder to build in, which takes the place of an earlier build."""
    if is_remote(folder):
        return new_remote_folder(folder, is_build, last=(CARD_FILE, MANIFEST_FILE))
    return new_folder(folder, is_build, resumable=True)


def _built_parts(
    corpus: Corpus, builds: Iterator[PartBuild], before: BuiltBefore, advance: Callable[[int], None]
) -> tuple[BuiltPart, ...]:
    """The parts as they are built; UnsoundCorpusError where anything in the corpus is wrong."""
    findings = list(shared_findings(corpus, ERRORS_ALONE))
    decisions = decisions_by_document(corpus)
    documents, parts = {}, []
    for name, build in zip(corpus.part_names, builds, strict=True):
        findings += build.findings
        if build.documents is not None:
            documents[name] = build.documents
            advance(build.documents.height)
        if build.built is not None and not before.made(build.built):  # a worker may be on another machine
            before.add(build.built)
        if build.built is not None and build.documents is not None:
            made = sum(decisions[doc_id] for doc_id in build.documents["doc_id"]) if decisions else 0
            parts.append(replace(build.built, decisions=made))
    findings += corpus_findings(corpus, ERRORS_ALONE, Checked(documents, tuple))
    if findings:
        raise _unsound(findings)
    return tuple(parts)


def _unsound(errors: Sequence[Finding]) -> UnsoundCorpusError:
    first = errors[0]
    count = "an error" if len(errors) == 1 else f"{len(errors):,} errors"
    what = f"the corpus has {count}; nothing was built; the first: {printable(first.file)}"
    what += f":{first.line}: {first.what}" if first.line else f": {first.what}"
    return UnsoundCorpusError(what, "correct what stancebank validate finds", errors)


def _shared(corpus: Corpus, parts: Sequence[BuiltPart], views: Sequence[View], folder: Path) -> Iterator[Shard]:
    """The shards of views that all parts share: one each, in the first split that has a part.

    One for each split would repeat every row, and a join over all files would count each record once per split.
    """
    splits = [split for split in corpus.settings.splits if any(part.split == split for part in parts)]
    for split in splits[:1]:
        part = next(part for part in parts if part.split == split)
        yield from write_shards(Part(part.name, corpus, {}, ()), split, [v for v in views if not v.by_part], folder)


def _manifest(
    corpus: Corpus,
    parts: tuple[BuiltPart, ...],
    shared: Sequence[Shard],
    views: Sequence[View],
    shown: Edition,
) -> Manifest:
    order = {view.name: index for index, view in enumerate(views)}
    splits = list(corpus.settings.splits)
    shards = [*chain.from_iterable(part.shards for part in parts), *shared]
    shards.sort(key=lambda shard: (order[shard.view], splits.index(shard.split)))
    rights = {key for part in parts for key in part.rights}
    return Manifest(
        corpus.settings.name,
        corpus.settings.version,
        corpus.scheme.full_name,
        corpus.scheme.format,
        software(),
        {key: corpus.seeds.rights[key].redistribution for key in sorted(rights)},
        tuple(shards),
        parts,
        corpus_origin(corpus, shown),
        libraries=library_versions(),
    )


def _elided(datasheet: bytes, edition: Edition) -> bytes:
    """The datasheet without what it quotes of the texts."""
    try:
        return edition.prose(datasheet.decode()).encode()
    except UnicodeDecodeError:
        raise StanceBankError(f"{DATASHEET} is not UTF-8", "convert it to UTF-8") from None


def _carried(
    corpus: Corpus,
    edition: Edition,
    parts: Sequence[BuiltPart],
    views: Sequence[View],
    folder: Path,
    *,
    unfinished: bool,
) -> Iterator[CarriedFile]:
    """The stand-off form of the corpus in an edition: that of the parts, which is there, and what they share."""
    if edition.full:
        return
    for part in parts:
        yield from part.carried
    names = [view.name for view in views]
    said: dict[str, Any] = {"views": names, "unfinished": unfinished}
    said |= {"software_sha256": software_digest(names), "withheld_digest": edition.digest}
    for path, data in corpus_files(corpus, edition, said):
        write(folder / path, data)
        yield CarriedFile(None, path, len(data), sha256(data))


def _remove_others(folder: Path, manifest: Manifest) -> None:
    """Remove what runs that were stopped have left besides the manifest's files."""
    kept = {MANIFEST_FILE} | {each.path for each in manifest.listed}

    def remove() -> None:
        for path in [*folder.rglob("*")]:
            if not path.is_dir() and path.relative_to(folder).as_posix() not in kept:
                path.unlink()

    answered(folder, remove)
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
