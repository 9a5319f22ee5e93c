"""StanceBank: political news annotated with entities, relations, attributions and stances."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import datasets

__all__ = ["__version__", "dataset_path", "load"]


def load(config: str = "documents", split: str | None = None) -> datasets.Dataset:
    """The rows of one config of the StanceBank corpus, without network.

    config: a name from the dataset card, such as documents, stances or ner.
    split: the split to load; without it the first one of the corpus.
    Raises StanceBankError for an unknown config or split, and for a token view
    where the extra ``tokens`` is not installed.
    """
    from stancebank.dataset.bundled import load_bundled

    return load_bundled(config, split)


def dataset_path() -> Path:
    """The folder of the built StanceBank dataset, for ``datasets.load_dataset(path, config)``.

    It is built from the corpus that comes with the package (of a checkout, the
    corpus in it) and kept in the user's cache under a name made of its content.
    """
    from stancebank.dataset.bundled import bundled_dataset

    return bundled_dataset()


def __getattr__(name: str) -> str:
    # Looking the version up takes longer than all else that `stancebank --help` does.
    if name == "__version__":
        from importlib.metadata import version

        return version("stancebank")
    raise AttributeError(f"module 'stancebank' has no attribute {name!r}")
