"""What only somebody who has the texts can read: sealed with a key that is made of them.

Annotators' own files quote their source (the examples of a scheme, reasons of decisions), and the
original build stands on their bytes. They go with an edition under a one-time pad that SHAKE-256
makes of the texts; whoever has not the same texts, to the last byte, gets nothing out of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np


def key(texts: Iterable[str]) -> bytes:
    """The key that texts give in their order; none of the digests that editions carry tells it."""
    digest = hashlib.sha256(b"stancebank key\0")
    for text in texts:
        digest.update(hashlib.sha256(b"stancebank text\0" + text.encode()).digest())
    return digest.digest()


def corpus_key(parts: Iterable[bytes]) -> bytes:
    """The key that the keys of all parts give in their order."""
    return hashlib.sha256(b"".join(parts)).digest()


def sealed(data: bytes, secret: bytes, where: str) -> bytes:
    """The bytes under the pad for a place; sealed once more, they are what they were.

    where: what is sealed there, which no two things share.
    """
    pad = hashlib.shake_256(secret + b"\0" + where.encode()).digest(len(data))
    return (np.frombuffer(data, np.uint8) ^ np.frombuffer(pad, np.uint8)).tobytes()
