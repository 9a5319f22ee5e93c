"""A digest that is slow to compute, for what an edition withholds: quick to check once, slow to guess at."""

from __future__ import annotations

import hashlib

COST = 2**15
BLOCK = 8
MEMORY = 128 * COST * BLOCK
"""Bytes that one digest takes: 32 MiB, so that a graphics card computes few at a time."""

_SALT = b"stancebank edition"


def slow_digest(text: str) -> str:
    """Scrypt of a text with N = 32768, r = 8 and p = 1, in hexadecimal: about a tenth of a second.

    The salt is fixed: what is digested is itself the digest of a whole file or part, of which no two are alike.
    """
    made = hashlib.scrypt(text.encode(), salt=_SALT, n=COST, r=BLOCK, p=1, maxmem=2 * MEMORY, dklen=32)
    return made.hex()
