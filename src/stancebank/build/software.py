"""What besides a corpus decides about the rows and bytes of a build: this package's code and what it stands on."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import stancebank
from stancebank.seeds import sha256
from stancebank.tokens import tokens_available

# spaCy, and what its tokenisers of some languages stand on.
_TOKENISERS = ("spacy", "sudachipy", "sudachidict-core", "natto-py", "pythainlp", "pyvi", "jieba", "spacy-pkuseg")

PACKAGE = Path(stancebank.__file__).parent


def software_digest(views: Sequence[str]) -> str:
    """SHA-256 over the views to build, this package's code and the versions of the libraries it builds with."""
    return hashlib.sha256("\n".join([_code_and_libraries(), *views]).encode()).hexdigest()


def software() -> str:
    """Name and version of this package."""
    return f"stancebank {version('stancebank')}"


def library_versions() -> dict[str, str]:
    """The versions of the libraries that a build stands on, those that are installed."""
    found = {}
    for name in ("datasets", "polars", "pyarrow", *(_TOKENISERS if tokens_available() else ())):
        with contextlib.suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


@lru_cache(maxsize=1)
def _code_and_libraries() -> str:
    code = (
        f"{path.relative_to(PACKAGE).as_posix()} {sha256(path.read_bytes())}" for path in sorted(PACKAGE.rglob("*.py"))
    )
    return "\n".join([*(f"{name} {number}" for name, number in library_versions().items()), *code])
