"""What only somebody who has the texts can read: sealed with a key that is made of them.

Annotators' own files quote their source (the examples of a scheme, reasons of decisions), and the
original build stands on their bytes. They go with an edition under a pad that SHAKE-256 makes of
the texts; whoever has not the same texts, to the last character, gets nothing out of them.
"""

from __future__ import annotations

import hashlib
import hmac
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
    """The bytes, sealed with a key. where: what is sealed there.

    In front stands their own keyed digest, so that no two things are ever sealed alike:
    two versions of one file would otherwise give each other away.
    """
    mark = _mark(data, secret, where)
    return mark + _under_pad(data, secret, mark)


def opened(data: bytes, secret: bytes, where: str) -> bytes | None:
    """What was sealed so; None where the key is another, or the bytes are damaged."""
    mark, rest = data[:_MARK], data[_MARK:]
    found = _under_pad(rest, secret, mark)
    return found if hmac.compare_digest(mark, _mark(found, secret, where)) else None


_MARK = 32


def _mark(data: bytes, secret: bytes, where: str) -> bytes:
    return hmac.digest(secret, where.encode() + b"\0" + data, "sha256")


def _under_pad(data: bytes, secret: bytes, mark: bytes) -> bytes:
    pad = hashlib.shake_256(b"stancebank pad\0" + secret + mark).digest(len(data))
    return (np.frombuffer(data, np.uint8) ^ np.frombuffer(pad, np.uint8)).tobytes()
