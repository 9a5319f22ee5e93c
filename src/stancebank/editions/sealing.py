"""What only somebody who has the texts can read or recognise: sealed with a key that is made of them, or digested.

Annotators' own files quote their source (the examples of a scheme, reasons of decisions), and the
original build depends on their bytes. They go with an edition under a pad that SHAKE-256 makes of
the texts; whoever has not the same texts, to the last character, gets nothing out of them.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from stancebank.storage.files import sha256
from stancebank.storage.slow_digest import slow_key


def key(texts: Iterable[str], corpus: str) -> bytes:
    """The key that texts of a corpus give in their order; none of the digests that editions carry tells it.

    It is slow to derive, so that what it seals is slow to guess at.
    """
    digest = hashlib.sha256(b"stancebank key\0")
    for text in texts:
        digest.update(_text_key(text, corpus))
    return digest.digest()


def text_digest(text: str, corpus: str) -> str:
    """What an edition of a corpus knows a text by, in hexadecimal; slow to derive."""
    return hmac.digest(_text_key(text, corpus), b"text", "sha256").hex()


def seed_digest(text: str, data: bytes, corpus: str) -> str:
    """What an edition of a corpus knows the very bytes of a text's seed by, in hexadecimal; slow to derive."""
    return hmac.digest(_text_key(text, corpus), b"seed\0" + data, "sha256").hex()


def _text_key(text: str, corpus: str) -> bytes:
    return slow_key(hashlib.sha256(b"stancebank text\0" + text.encode()).digest(), corpus)


def corpus_key(parts: Iterable[bytes]) -> bytes:
    """The key that the keys of all parts give in their order."""
    return hashlib.sha256(b"".join(parts)).digest()


def sealed(data: bytes, secret: bytes, where: str) -> bytes:
    """The bytes, sealed with a key. where: what is sealed there.

    Their own keyed digest precedes them, so that no two things are ever sealed alike:
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


SHORT = 40  # code points below which what a sentence reads could be guessed from its digest
SHORT_TEXT = 200
"""Code points below which a text could be guessed as a whole; its sentences have no digests."""
_COMPANIONS = 2


def sentence_digest(*texts: str) -> str:
    """SHA-256 of what some sentences read, in the order of the text, with line feeds between them."""
    return sha256("\n".join(texts).encode())


def sentence_digests(text: str, sentences: Sequence[tuple[str, int, int]]) -> list[list[dict[str, Any]]]:
    """For each sentence its digests, as records of companion and sha256.

    sentences: id, start and end of each, in order. A long sentence has one digest, of
    itself. A short one has none of its own, but of it together with the nearest long
    one, its companion, and of it with the next nearest, so that one of the two holds
    where the other's companion has changed; none where no sentence is long.
    """
    long = [index for index, (_, start, end) in enumerate(sentences) if end - start >= SHORT]
    found = []
    for index, (_, start, end) in enumerate(sentences):
        if end - start >= SHORT:
            found.append([{"companion": "", "sha256": sentence_digest(text[start:end])}])
            continue
        nearest = sorted(long, key=lambda other: (abs(other - index), other))[:_COMPANIONS]
        found.append(
            [
                {
                    "companion": sentences[other][0],
                    "sha256": sentence_digest(*(text[slice(*sentences[each][1:])] for each in sorted((index, other)))),
                }
                for other in nearest
            ]
        )
    return found
