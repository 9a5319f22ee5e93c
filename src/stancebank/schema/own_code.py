"""This package's own code as a digest: what is kept from one run to the next holds for the code that made it."""

from __future__ import annotations

from functools import lru_cache

from stancebank.schema.paths import PACKAGE
from stancebank.storage.files import sha256


@lru_cache(maxsize=1)
def code_digest() -> str:
    """SHA-256 over the paths and contents of this package's modules."""
    modules = sorted(PACKAGE.rglob("*.py"))
    return sha256(
        "\n".join(f"{path.relative_to(PACKAGE).as_posix()} {sha256(path.read_bytes())}" for path in modules).encode()
    )
