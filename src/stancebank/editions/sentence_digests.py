"""Digests by which the sentences of a text are known again in another copy of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

SHORT = 40  # code points below which what a sentence reads could be guessed from its digest
_COMPANIONS = 2


def sentence_digest(*texts: str) -> str:
    """SHA-256 of what some sentences read, in the order of the text, with line feeds between them."""
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


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
