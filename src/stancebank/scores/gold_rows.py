"""The rows of views that predictions are scored against: of a corpus, or of a dataset built from one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from stancebank.agreement.annotation import require_linked
from stancebank.corpus.corpus import read_corpus
from stancebank.corpus.root_folder import find_root
from stancebank.dataset.label_codes import worded
from stancebank.dataset.shards import SHARD_PATH
from stancebank.dataset.verification import read_manifest
from stancebank.faults import StanceBankError, did_you_mean, excerpt, printable, require_readable
from stancebank.schema.paths import BUILT_SCHEME, MANIFEST_FILE
from stancebank.schema.scheme import Scheme
from stancebank.schema.scheme_reading import parse_scheme
from stancebank.storage.files import read_inside
from stancebank.views.registry import views_of

Row = Mapping[str, Any]
_Found = Iterator[tuple[str, str | None, Row]]
"""View, split and row."""


@dataclass(frozen=True)
class GoldRows:
    """What is scored against.

    scheme: of the labels. rows: by view those of the documents that are scored. others: by view those of the other
    splits, from which a baseline may learn.
    """

    scheme: Scheme
    rows: Mapping[str, Sequence[Row]]
    others: Mapping[str, Sequence[Row]]

    @cached_property
    def documents(self) -> tuple[str, ...]:
        """The ids of the documents that are scored, in order."""
        return tuple(sorted(_ids(self.rows)))

    @cached_property
    def _places(self) -> tuple[frozenset[str], frozenset[str]]:
        return frozenset(_ids(self.rows)), frozenset(_ids(self.others))

    def require_document(self, where: str, doc_id: str) -> None:
        """Nothing where a document is scored. Raises StanceBankError, which says where it is instead."""
        here, elsewhere = self._places
        if doc_id in here:
            return
        if doc_id in elsewhere:
            what = f"{where}: the document {excerpt(doc_id)} is in another split than the one that is scored"
            raise StanceBankError(what, "leave it out, or score that split with --split")
        what = f"{where}: there is no document {excerpt(doc_id)} to score{did_you_mean(doc_id, self.documents)}"
        raise StanceBankError(what, "give ids as the view has them; documents that are not done are not in it")


def _ids(rows: Mapping[str, Sequence[Row]]) -> set[str]:
    return {row["doc_id"] if "doc_id" in row else row["title"] for of_view in rows.values() for row in of_view}


def read_gold_rows(against: Path | None, views: Sequence[str], split: str | None) -> GoldRows:
    """The rows of views of a built dataset's folder, or of a corpus root; without either of the corpus here.

    Raises StanceBankError where there is neither, and for a view or a split that is not there.
    """
    if against is not None and (against / MANIFEST_FILE).is_file():
        scheme, found = _built(against, views)
    else:
        scheme, found = _of_corpus(find_root(against), views)
    rows: dict[str, list[Row]] = {view: [] for view in views}
    others: dict[str, list[Row]] = {view: [] for view in views}
    splits: dict[str, None] = {}
    for view, of, row in found:
        splits[of or ""] = None
        (rows if split is None or of == split else others)[view].append(row)
    if split is not None and split not in splits:
        known = ", ".join(name for name in splits if name) or "none"
        raise StanceBankError(f"there is no row in the split {excerpt(split)}; there are some in {known}", "name one")
    return GoldRows(scheme, rows, others)


def _of_corpus(root: Path, names: Sequence[str]) -> tuple[Scheme, _Found]:
    corpus = read_corpus(root).sound()
    known = views_of(corpus.scheme)
    for name in names:
        if name not in known:
            what = f"the scheme of the corpus in {printable(str(root))} gives no view {name}"
            raise StanceBankError(what, "score another task")

    def found() -> _Found:
        for part_name in corpus.part_names:
            part, split = corpus.sound_part(part_name), corpus.settings.split_of(part_name)
            require_linked(part)
            for name in names:
                for row in known[name].rows_of(part).iter_rows(named=True):
                    yield name, split, row

    return corpus.scheme, found()


def _built(folder: Path, names: Sequence[str]) -> tuple[Scheme, _Found]:
    manifest, _ = read_manifest(folder)
    where = printable(str(folder))
    if manifest.unfinished:
        what = f"{where} has documents that are not done; what nobody has annotated would count as wrong"
        raise StanceBankError(what, "build it without --unfinished, or score against the corpus")
    for name in names:
        if name not in manifest.views:
            what = f"{where} has no view {name}"
            raise StanceBankError(what, "build the full edition with it, or score against the corpus")

    def found() -> _Found:
        for name in names:
            for shard in manifest.of(name):
                for row in _rows(folder, shard.path).iter_rows(named=True):
                    yield name, shard.split, row

    return _built_scheme(folder), found()


def _rows(folder: Path, path: str) -> pl.DataFrame:
    where = printable(f"{folder}/{path}")
    try:
        if re.fullmatch(SHARD_PATH, path) is None:
            raise ValueError("it is no place for a shard")
        return pl.DataFrame(worded(pq.read_table(folder / path)))
    except (OSError, ValueError, pa.ArrowException) as error:
        what = f"{where} cannot be read: {printable(' '.join(str(error).split())[:120])}"
        raise StanceBankError(what, "run stancebank verify, and build the dataset again") from None


def _built_scheme(folder: Path) -> Scheme:
    data, _ = read_inside(folder, BUILT_SCHEME)
    if data is None:
        what = f"{printable(str(folder))} has no {BUILT_SCHEME}, which tells what the labels do"
        raise StanceBankError(what, "score against the full edition, or against the corpus")
    scheme, faults = parse_scheme(data)
    require_readable(faults)
    assert scheme is not None
    return scheme
