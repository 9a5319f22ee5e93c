"""Several small parts checked together: a query takes as long for a row as for a thousand, and there are hundreds.

No rule looks beyond one document, but for the order of rows. So what finds nothing in the rows of several parts finds
nothing in any of them, and the rules that find something there are asked again of the parts that it is in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import polars as pl

from stancebank.corpus.corpus import Corpus
from stancebank.corpus.part import Part
from stancebank.schema.layers import DOCUMENTS
from stancebank.schema.paths import part_folder
from stancebank.storage.addresses import is_remote

MOST = 64  # parts that are checked together
_FEWEST = 16  # groups, which several workers share
_BYTES = 1 << 22  # of the files of all of them


class PartNames(tuple[str, ...]):
    """Parts that are checked together."""

    __slots__ = ()

    def __str__(self) -> str:
        return self[0] + (f" to {self[-1]}" if len(self) > 1 else "")


def groups(corpus: Corpus) -> list[PartNames]:
    """The parts in their order, small ones that follow each other together if there are many."""
    most = min(MOST, len(corpus.part_names) // _FEWEST)
    if most < 2 or is_remote(corpus.root) or corpus.unsaved:
        return [PartNames([name]) for name in corpus.part_names]
    found: list[list[str]] = []
    total = _BYTES
    for name in corpus.part_names:
        size = sum(_sizes(corpus, name))
        total += size
        if total > _BYTES or len(found[-1]) == most:
            found.append([])
            total = size
        found[-1].append(name)
    return [*map(PartNames, found)]


def _sizes(corpus: Corpus, name: str) -> Iterator[int]:
    """Those of the files of a part and of the passes over it."""
    for annotator in (None, *corpus.annotators_of(name)):
        for path in (corpus.root / part_folder(name, annotator)).iterdir():
            try:
                yield path.stat().st_size
            except OSError:
                yield _BYTES


def joined(parts: Sequence[Part]) -> tuple[Part, list[Part]] | None:
    """One part with the rows of several, and these in the order in which it has them; None where rules would differ.

    That is where two have a document of one id, or one has records of a document of another.
    """
    parts = sorted(parts, key=lambda part: part["documents"]["doc_id"].min() or "")
    first = parts[0]
    frames = {layer: pl.concat([part.frames[layer] for part in parts]) for layer in first.frames}
    together = Part(first.name, first.corpus, frames, (), first.annotator)
    together.__dict__["seed_files"] = tuple(seed for part in parts for seed in part.seed_files)
    ids = together["documents"]["doc_id"]
    if ids.is_duplicated().any():
        return None
    homes = pl.DataFrame({"doc_id": ids, "home": _homes(parts, DOCUMENTS.name)})
    for layer in frames:
        of = frames[layer].select("doc_id", of=_homes(parts, layer)).join(homes, on="doc_id")
        if (of["of"] != of["home"]).any():
            return None
    return together, parts


def _homes(parts: Sequence[Part], layer: str) -> pl.Series:
    """For each row of a layer of parts that are joined the place of its part among them."""
    return pl.Series(np.repeat(np.arange(len(parts)), [part.frames[layer].height for part in parts]))


def parts_of(parts: Sequence[Part], hits: Iterable[tuple[str, int]]) -> set[int]:
    """The places of the parts, as joined, that the rows of layers are in."""
    ends = {layer: np.cumsum([part.frames[layer].height for part in parts]) for layer in parts[0].frames}
    return {int(np.searchsorted(ends[layer], row, side="right")) for layer, row in hits}
