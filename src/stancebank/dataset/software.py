"""What else affects the rows and bytes of a build besides the corpus: this package's code and its libraries."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version

from stancebank.schema.own_code import code_digest
from stancebank.storage.files import sha256
from stancebank.text.tokens import tokens_available

# spaCy, and the packages that its tokenisers of some languages need.
_TOKENISERS = ("spacy", "sudachipy", "sudachidict-core", "natto-py", "pythainlp", "pyvi", "jieba", "spacy-pkuseg")


def software_digest(views: Sequence[str]) -> str:
    """SHA-256 over the views to build, this package's code and the versions of the libraries it builds with."""
    return sha256("\n".join([_code_and_libraries(), *views]).encode())


def software() -> str:
    """Name and version of this package."""
    return f"stancebank {version('stancebank')}"


def library_versions() -> dict[str, str]:
    """The versions of the libraries that a build depends on, if they are installed."""
    found = {}
    for name in ("datasets", "polars", "pyarrow", *(_TOKENISERS if tokens_available() else ())):
        with contextlib.suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


@lru_cache(maxsize=1)
def _code_and_libraries() -> str:
    return "\n".join([*(f"{name} {number}" for name, number in library_versions().items()), code_digest()])
