"""Corpora built once for each content into the user's cache: the one that comes with the package, and any other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from stancebank.corpus.corpus import read_corpus
from stancebank.dataset.building import available_views, build, chosen_views
from stancebank.dataset.software import software_digest
from stancebank.dataset.verification import read_manifest
from stancebank.faults import StanceBankError, excerpt
from stancebank.schema.paths import (
    ADJUDICATION_FILE,
    ANNOTATORS_FILE,
    CITATION_FILE,
    CORPUS,
    CORPUS_FILE,
    DATASHEET,
    GUIDELINES,
    MANIFEST_FILE,
    PACKAGE,
    PASSES,
    SCHEMAS,
    SEEDS,
)
from stancebank.storage.files import sha256

if TYPE_CHECKING:
    import datasets


def bundled_root() -> Path:
    """The root of the corpus that comes with the package: in a wheel inside it, in a checkout its root."""
    for root in (PACKAGE / "_corpus_root", PACKAGE.parents[1]):
        if (root / CORPUS_FILE).is_file():
            return root
    raise StanceBankError("the package carries no corpus", "install StanceBank from a wheel or in a checkout")


def cached_dataset(root: Path) -> Path:
    """The folder of the dataset that a corpus gives, built now where this content was not built before.

    Raises UnsoundCorpusError with the findings where the corpus has errors.
    """
    import platformdirs

    corpus = read_corpus(root)
    views = available_views(corpus.scheme)
    digest = hashlib.sha256(software_digest([view.name for view in views]).encode())
    for path in _sources(root):
        digest.update(f"\0{path.relative_to(root).as_posix()}\0{sha256(path.read_bytes())}".encode())
    folder = platformdirs.user_cache_path("stancebank") / digest.hexdigest()[:16] / "stancebank"
    if not (folder / MANIFEST_FILE).is_file():
        build(corpus, folder, views)
    return folder


def load_cached(root: Path, config: str, split: str | None) -> datasets.Dataset:
    """One config of the dataset that a corpus gives; see stancebank.load."""
    corpus = read_corpus(root).sound()
    (view,) = chosen_views([config], corpus.scheme)
    settings = corpus.settings
    if split is not None and split not in settings.splits:
        raise StanceBankError(
            f"there is no split {excerpt(split)}; there are {', '.join(settings.splits)}", "name one of them"
        )
    folder = cached_dataset(root)
    manifest, _ = read_manifest(folder)
    splits = manifest.splits(config)
    if not any(shard.rows for shard in manifest.of(config)):
        what = f"{config} has no rows: the corpus has nothing of it, or nothing that is done"
        raise StanceBankError(what, "name another view; documents has what there is")
    if view.by_part and split is not None and split not in splits:
        what = f"{config} has no rows in the split {excerpt(split)}; it has some in {', '.join(splits)}"
        raise StanceBankError(what, "name one of them")
    from datasets import load_dataset

    # What all parts share is there once, for all splits.
    return load_dataset(str(folder), config, split=split if split in splits else splits[0])


def _sources(root: Path) -> Iterator[Path]:
    """All files of the corpus that the built dataset depends on."""
    annotation = (ANNOTATORS_FILE, ADJUDICATION_FILE, f"{PASSES}/**/*")
    pages = (f"{GUIDELINES}/*.md", DATASHEET, CITATION_FILE)
    for pattern in (f"{CORPUS}/**/*", f"{SCHEMAS}/*", f"{SEEDS}/*", *annotation, *pages):
        yield from (path for path in sorted(root.glob(pattern)) if path.is_file())
