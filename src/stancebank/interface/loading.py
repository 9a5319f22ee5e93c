"""Built datasets, loaded by name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from stancebank.corpus.root_folder import find_root
from stancebank.dataset.bundled import bundled_root, cached_dataset, load_cached
from stancebank.storage.addresses import local_folder

if TYPE_CHECKING:
    import datasets


def load(config: str = "documents", split: str | None = None, *, root: Path | str | None = None) -> datasets.Dataset:
    """The rows of one config, without network.

    config: a name from the dataset card, such as documents, stances or ner. split: the split to load; without it
    the first one of the corpus. root: the folder of a corpus, in it ".", which is built first where its content
    was not built before; without it the StanceBank corpus that comes with the package.
    Raises StanceBankError for an unknown config or split, and for a token view where the extra ``tokens``
    is not installed; UnsoundCorpusError with the findings where the corpus has errors.
    """
    return load_cached(_root(root), config, split)


def dataset_path(*, root: Path | str | None = None) -> Path:
    """The folder of the built dataset, for ``datasets.load_dataset(path, config)``; root: as for load.

    It is kept in the user's cache under a name made of the content of the corpus.
    """
    return cached_dataset(_root(root))


def _root(root: Path | str | None) -> Path:
    return bundled_root() if root is None else find_root(local_folder(str(root)))
