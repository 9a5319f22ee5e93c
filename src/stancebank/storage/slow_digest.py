"""Digests that are slow to compute, for what an edition withholds: quick to check once, slow to guess at."""

from __future__ import annotations

import hashlib
from functools import lru_cache

COST = 2**15
BLOCK = 8
MEMORY = 128 * COST * BLOCK
"""Bytes that one digest takes: 32 MiB, so that a graphics card computes few at a time."""

TEXT_COST = 2**14
"""Of the key of one text: half of that, since a corpus has many."""

_SALT = b"stancebank edition"


@lru_cache(1 << 14)
def slow_digest(text: str) -> str:
    """Scrypt of a text with N = 32768, r = 8 and p = 1, in hexadecimal: about a tenth of a second.

    The salt is fixed: what is digested is itself the digest of a whole file or part, of which no two are alike.
    """
    return _scrypt(text.encode(), _SALT, COST).hex()


@lru_cache(1 << 14)
def slow_key(digest: bytes, salt: str) -> bytes:
    """Scrypt of the digest of a text with N = 16384, r = 8 and p = 1: 32 bytes, in about a twentieth of a second.

    salt: the corpus, so that guesses are worth nothing for another one.
    """
    return _scrypt(digest, _SALT + b"\0" + salt.encode(), TEXT_COST)


def _scrypt(secret: bytes, salt: bytes, cost: int) -> bytes:
    return hashlib.scrypt(secret, salt=salt, n=cost, r=BLOCK, p=1, maxmem=2 * MEMORY, dklen=32)
