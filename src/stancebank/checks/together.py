"""Several small parts checked together: a query takes as long for a row as for a thousand, and there are hundreds.

No rule looks beyond one document, but for the order of rows. So what finds nothing in the rows of several parts finds
nothing in any of them, and the rules that find something there are asked again of the parts that it is in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import polars as pl

from stancebank.checks.part_results import PartId
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.part import Part
from stancebank.schema.layers import DOCUMENTS
from stancebank.schema.paths import part_folder
from stancebank.storage.addresses import is_remote

MOST = 64  # parts that are checked together
_FEWEST = 16  # groups, which several workers share
_BYTES = 1 << 22  # of the files of all of them


class PartIds(tuple[PartId, ...]):
    """Parts that are checked together."""

    __slots__ = ()

    def __str__(self) -> str:
        return f"{self[0]}" + (f" to {self[-1]}" if len(self) > 1 else "")


def groups(corpus: Corpus, ids: Sequence[PartId]) -> list[PartIds]:
    """The parts in their order, small ones that follow each other together if there are many."""
    most = min(MOST, len(ids) // _FEWEST)
    if most < 2 or is_remote(corpus.root) or corpus.unsaved:
        return [PartIds([of]) for of in ids]
    found: list[list[PartId]] = []
    total = _BYTES
    for of in ids:
        size = sum(_sizes(corpus, of))
        total += size
        if total > _BYTES or len(found[-1]) == most or found[-1][0].annotator != of.annotator:
            found.append([])
            total = size
        found[-1].append(of)
    return [*map(PartIds, found)]


def _sizes(corpus: Corpus, of: PartId) -> Iterator[int]:
    for annotator in {None, of.annotator}:
        for path in (corpus.root / part_folder(of.part, annotator)).iterdir():
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
