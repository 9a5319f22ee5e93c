"""What the card of an edition says of it, and how the texts come back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from stancebank.dataset.manifest import Manifest
from stancebank.editions.edition import MEANINGS, Edition
from stancebank.storage.addresses import answered
from stancebank.storage.markdown import table
from stancebank.views.registry import DEFAULT, View

_TEXTS = 50  # documents that a card lists; a corpus may have thousands
_COLUMNS = ("doc_id", "date", "language", "outlet", "url")


def edition_lines(
    edition: Edition, views: Iterable[View], manifest: Manifest, texts: Sequence[Sequence[str]]
) -> Iterator[str]:
    """What an edition has and has not, and how the texts are put back; nothing for the full one.

    views: those of the scheme. texts: what is known of them, as known_texts gives it.
    """
    if edition.full:
        return
    yield from (f"## Edition: {edition.name}", "", f"This edition has {MEANINGS[edition.name]}.")
    if edition.name == "standoff":
        left = [f"`{view.name}`" for view in views if not edition.has(view)]
        yield f"These configs are nothing without words and are left out: {', '.join(left)}."
        yield "A name that is copied from its text reads as the entity's id in brackets."
    else:
        yield "A capital is X, another letter x, a digit 0; blanks and punctuation stay, and so does every offset."
        yield "Tokens are those of the original text. A name that is copied from its text is masked too."
    if edition.withhold == "runs":
        yield "Of names, only runs of five words of a text count as copied."
    yield 'Five words in a row that anything else shares with a text read "[...]", or are masked.'
    yield "What a text is known by takes a twentieth of a second to derive, so that guesses at it are slow."
    yield from ("", "## Get the texts back", "")
    yield "With copies of the texts of your own, these commands make the full edition of this one:"
    yield from ("", "```sh", "pip install 'stancebank[tokens]'", "stancebank verify FOLDER")
    yield from ("stancebank rehydrate FOLDER TEXT...", "```", "")
    yield "FOLDER is this folder; a TEXT is a file, under any name. Without `[tokens]` the views of tokens are left"
    yield f"out, and all others are built. It was built by {manifest.software} with"
    libraries = ", ".join(f"{name} {version}" for name, version in manifest.libraries.items())
    yield f"{libraries}: with the same versions every byte is that of the original build, with others every row."
    yield from _listed(texts, sum(shard.rows for shard in manifest.of(DEFAULT)))
    yield ""


def known_texts(folder: Path, manifest: Manifest) -> tuple[tuple[str, ...], ...]:
    """What an edition tells of the first documents: id, date, language, outlet, address, length in code points.

    folder: of the build, in which its shards are.
    """
    found: list[tuple[str, ...]] = []
    for shard in manifest.of(DEFAULT):
        if len(found) >= _TEXTS:
            break
        file = folder / shard.path
        rows = pl.DataFrame(pq.ParquetFile(pa.BufferReader(answered(file, file.read_bytes))).read(use_threads=False))
        length = pl.col("sentences").list.eval(pl.element().struct.field("end")).list.max()
        shown = rows.head(_TEXTS - len(found)).select(*(pl.col(name).fill_null("") for name in _COLUMNS), length)
        found += [tuple(map(str, row)) for row in shown.iter_rows()]
    return tuple(found)


def _listed(texts: Sequence[Sequence[str]], documents: int) -> Iterator[str]:
    if not texts:
        return
    yield from ("", "Which text each document is, as far as the corpus records it and the edition may say so:", "")
    yield table(("document", "date", "language", "outlet", "address", "characters"), [tuple(row) for row in texts])
    if documents > len(texts):
        yield from ("", f"The config `{DEFAULT}` lists all {documents:,}.")
