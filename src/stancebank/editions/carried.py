"""The stand-off form of a corpus, which editions carry so that the texts can be put in again.

Its files stand under standoff/ as they do in the corpus, and have everything but the words
of the source. Where a value copies some, it says in which place of which text they stand.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import orjson
import polars as pl

from stancebank.adjudication import ADJUDICATION_FILE
from stancebank.annotators import ANNOTATORS_FILE
from stancebank.citation import CITATION_FILE
from stancebank.corpus import CORPUS_FILE, TARGETS_FILE, Corpus, Part
from stancebank.datasheet import DATASHEET
from stancebank.editions.columns import changed, without_text
from stancebank.editions.copies import Piece
from stancebank.editions.edition import Edition
from stancebank.editions.preparing import part_secret
from stancebank.editions.sealing import key, sealed
from stancebank.editions.sentence_digests import sentence_digests
from stancebank.files import read_inside
from stancebank.frames import polars_schema
from stancebank.jsonl import write_records
from stancebank.layers import LAYERS, PART_LAYERS, SHA256, TARGETS, Column, Layer, ListOf, Record
from stancebank.scheme import SCHEME_FILE
from stancebank.seeds import SEEDS_FILE, Seed

CARRIED_FOLDER = "standoff"
CORPUS_JSON = "corpus.json"
SEEDS_JSONL = "seeds/seeds.jsonl"
SEALED = "sealed"  # what stands behind the name of a file of which the very bytes are carried, and the name of all
SEALED_FILES = (
    *(CORPUS_FILE, SCHEME_FILE, SEEDS_FILE, TARGETS_FILE, ANNOTATORS_FILE, ADJUDICATION_FILE),
    CITATION_FILE,
    DATASHEET,
)


@dataclass(frozen=True, slots=True)
class CarriedFile:
    """A file of the stand-off form. part: None for what all share. path: from the dataset's folder."""

    part: str | None
    path: str
    bytes: int
    sha256: str


PIECES = ListOf(
    Record(
        (
            Column("text", "string", "The value's own text; empty where a source reads the same."),
            Column("document", "string", "The document whose text reads the same; else empty."),
            Column("starts", ListOf("integer"), "Where in it, any of which will do."),
            Column("length", "integer", "How many code points."),
            Column("case", "string", "What is done to them: upper, lower, capitalize or nothing."),
        )
    )
)
DIGESTS = ListOf(
    Record(
        (
            Column("companion", "string", "A sentence that the digest is of too; empty where it is of this one alone."),
            Column("sha256", "string", "SHA-256 of what they read, with a line feed between them.", pattern=SHA256),
        )
    )
)


def _carried_layer(layer: Layer) -> Layer:
    columns: list[Column] = []
    for column in without_text(layer.columns):
        columns.append(column)
        if column.source:
            columns.append(Column(f"{column.name}_copied", PIECES, "The value where it copies a source; else empty."))
    if layer.name == "documents":
        columns.append(Column("title_sealed", "string", "The title, sealed with the text.", nullable=True))
    if layer.name == "sentences":
        columns.append(Column("digests", DIGESTS, "By which it is known in another copy."))
    return replace(layer, columns=tuple(columns))


CARRIED_LAYERS: Mapping[str, Layer] = MappingProxyType({name: _carried_layer(layer) for name, layer in LAYERS.items()})
SEEDS_LAYER = Layer(
    "seeds", "The register of seeds.", "file", tuple(Column(name, "string", name) for name in Seed.model_fields)
)


def part_files(part: Part, edition: Edition) -> Iterator[tuple[str, bytes]]:
    """The stand-off form of a part and of the passes over it, as paths from the dataset's folder and bytes.

    A file of the corpus that is laid out otherwise than StanceBank writes records is carried
    sealed too, since only so its very bytes come back.
    """
    secret = part_secret(part)
    for each in (part, *part.passes):
        for name, layer in PART_LAYERS.items():
            file = each.file(name)
            if not each.owns_file(file):
                continue
            yield f"{CARRIED_FOLDER}/{file}", write_records(_carried_rows(each, name, edition), CARRIED_LAYERS[name])
            data, _ = read_inside(part.corpus.root, file)
            if data is not None and data != write_records(each[name], layer):
                yield f"{CARRIED_FOLDER}/{file}.{SEALED}", sealed(zlib.compress(data, 9), secret, file)


def corpus_files(corpus: Corpus, edition: Edition, said: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """The stand-off form of what all parts share.

    corpus.json has settings, scheme, rights, annotators and the datasheet without what they
    copy, and said, which the build says of itself. The files themselves are carried sealed.
    """
    shown = edition.corpus(corpus)
    assert shown.settings is not None
    assert shown.scheme is not None
    assert shown.seeds is not None
    assert shown.register is not None
    models = {"settings": shown.settings, "scheme": shown.scheme, "register": shown.register}
    content: dict[str, Any] = {**said}
    content |= {name: model.model_dump(mode="json", exclude_none=True) for name, model in models.items()}
    content["settings"].pop("validation")
    content["rights"] = {key: rights.model_dump() for key, rights in shown.seeds.rights.items()}
    datasheet, _ = read_inside(corpus.root, DATASHEET)
    if datasheet is not None:
        content["datasheet"] = edition.prose(datasheet.decode())
    yield f"{CARRIED_FOLDER}/{CORPUS_JSON}", orjson.dumps(content, option=orjson.OPT_INDENT_2) + b"\n"
    yield f"{CARRIED_FOLDER}/{SEEDS_JSONL}", write_records(shown.seeds.table, SEEDS_LAYER)
    yield f"{CARRIED_FOLDER}/{TARGETS_FILE}", write_records(_targets(corpus, edition), CARRIED_LAYERS[TARGETS.name])
    files = {file: read_inside(corpus.root, file)[0] for file in SEALED_FILES}
    packed = {file: base64.b64encode(data).decode() for file, data in files.items() if data is not None}
    yield f"{CARRIED_FOLDER}/{SEALED}", sealed(zlib.compress(orjson.dumps(packed), 9), edition.secret, SEALED)


def _carried_rows(part: Part, name: str, edition: Edition) -> pl.DataFrame:
    rows = changed(part[name], PART_LAYERS[name].columns, None)
    documents = part["documents"].select("doc_id", "text", "title")
    if name == "documents":
        titles = [_sealed_title(*row) for row in documents.iter_rows()]
        return rows.with_columns(title_sealed=pl.Series(titles, dtype=pl.String))
    if name == "sentences":
        return rows.with_columns(_digests(part))
    if name == "entities":
        texts = dict(documents.select("doc_id", "text").iter_rows())
        pairs = part[name].select("name", "doc_id").iter_rows()
        found = [_name_pieces(value, doc_id, texts[doc_id], edition) for value, doc_id in pairs]
        return _with_pieces(rows, "name", found)
    return rows


def _sealed_title(doc_id: str, text: str, title: str | None) -> str | None:
    return None if title is None else base64.b64encode(sealed(title.encode(), title_secret(text), doc_id)).decode()


def title_secret(text: str) -> bytes:
    """The key that a document's text gives for its title."""
    return key([text])


def _digests(part: Part) -> pl.Series:
    sentences = part["sentences"].select("doc_id", "sentence_id", "start", "end")
    documents = part["documents"].select("doc_id", "text")
    of = {key[0]: rows for key, rows in sentences.with_row_index("row").group_by("doc_id", maintain_order=True)}
    found: list[Any] = [None] * sentences.height
    for doc_id, text in documents.iter_rows():
        if doc_id in of:
            rows = of[doc_id]
            digests = sentence_digests(text, list(rows.select("sentence_id", "start", "end").iter_rows()))
            for row, each in zip(rows["row"], digests, strict=True):
                found[row] = each
    column = Column("digests", DIGESTS, "")
    return pl.Series("digests", found, polars_schema([column])["digests"])


def _name_pieces(name: str, doc_id: str, text: str, edition: Edition) -> list[Piece]:
    if not edition.copies_name(name, text):
        return edition.copies.pieces(name, doc_id, text)
    starts, start = [], text.find(name)
    while start >= 0:
        starts.append(start)
        start = text.find(name, start + 1)
    return [Piece("", doc_id, tuple(starts), len(name))]


def _targets(corpus: Corpus, edition: Edition) -> pl.DataFrame:
    assert corpus.targets is not None
    rows = corpus.targets
    for column in TARGETS.columns:
        if column.source:
            found = [[] if v is None else edition.copies.pieces(v, "", "") for v in corpus.targets[column.name]]
            rows = _with_pieces(rows, column.name, found)
    return rows


def _with_pieces(rows: pl.DataFrame, name: str, found: Iterable[list[Piece]]) -> pl.DataFrame:
    """The rows with another column of pieces; a value that has some is empty."""
    column = f"{name}_copied"
    pieces = [[{**each._asdict(), "starts": list(each.starts)} for each in pieces] for pieces in found]
    values = pl.Series(column, pieces, polars_schema([Column(column, PIECES, "")])[column])
    own = pl.when(pl.col(column).list.len() > 0).then(pl.lit("")).otherwise(pl.col(name))
    return rows.with_columns(values).with_columns(own.alias(name))
