"""The stand-off form of a corpus, which editions carry so that the texts can be put in again.

Its files are under standoff/ as they are in the corpus, and have everything but the words
of the source. Where a value copies some, it records where in which text they occur.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import orjson
import polars as pl

from stancebank.corpus.corpus import Corpus
from stancebank.corpus.guidelines import guideline_pages
from stancebank.corpus.jsonl import write_records
from stancebank.corpus.part import Part
from stancebank.corpus.seeds import SEED_COLUMNS
from stancebank.editions.columns import changed, without_text
from stancebank.editions.copies import Piece
from stancebank.editions.edition import Edition
from stancebank.editions.preparing import part_secret
from stancebank.editions.sealing import SHORT_TEXT, key, sealed, seed_digest, sentence_digests, text_digest
from stancebank.schema.column import Column, Kind, ListOf, Record
from stancebank.schema.frames import polars_schema
from stancebank.schema.layers import DOCUMENTS, KNOWN_LAYERS, SHA256, Layer
from stancebank.schema.paths import (
    ADJUDICATION_FILE,
    ANNOTATORS_FILE,
    CITATION_FILE,
    CORPUS_FILE,
    DATASHEET,
    SCHEME_FILE,
    SEEDS_FILE,
    SEEDS_JSONL,
    shared_file,
)
from stancebank.storage.files import read_inside

_Find = Callable[[Mapping[str, Any], Column, str], list[Piece]]
"""Of a record and a column that may copy, the pieces of a value."""
CARRIED_FOLDER = "standoff"
CORPUS_JSON = "corpus.json"
DIGESTS_FORM = "scrypt/1"
"""What an edition says of how the digests of its texts are derived."""
SEALED = "sealed"  # what stands behind the name of a file of which the very bytes are carried, and the name of all
SEALED_FILES = (
    *(CORPUS_FILE, SCHEME_FILE, SEEDS_FILE),
    *(shared_file(name) for name, layer in KNOWN_LAYERS.items() if layer.shared),
    *(ANNOTATORS_FILE, ADJUDICATION_FILE),
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


TEXT_DIGESTS = (
    Column("text_digest", "string", "What the text is known by, derived with scrypt.", pattern=SHA256),
    Column("seed_digest", "string", "What the seed is known by, derived from the text with scrypt.", pattern=SHA256),
)


def copied_of(column: Column) -> str:
    """The column of the stand-off form that has what the values of another one copy."""
    return f"{column.name}_copied"


def sealed_of(column: Column) -> str:
    """The column of the stand-off form that has the values of another one sealed."""
    return f"{column.name}_sealed"


def sealed_columns(layer: Layer) -> Iterator[Column]:
    """The columns of a document's words that nobody can read off its text or its seed again."""
    of_document = layer.columns if "doc_id" in layer.names else ()
    return (column for column in of_document if column.source == "text" and column.name not in ("text", "header"))


def _carried_columns(columns: Iterable[Column]) -> Iterator[Column]:
    for column in columns:
        yield replace(column, kind=_carried_kind(column.kind))
        if column.may_copy:
            kind = ListOf(PIECES) if isinstance(column.kind, ListOf) else PIECES
            yield Column(copied_of(column), kind, "The value where it copies a source; else empty.")


def _carried_kind(kind: Kind) -> Kind:
    if isinstance(kind, ListOf):
        return ListOf(_carried_kind(kind.item))
    return Record(tuple(_carried_columns(kind.columns))) if isinstance(kind, Record) else kind


def carried_layer(layer: Layer) -> Layer:
    """The stand-off form of a layer."""
    columns = list(_carried_columns(without_text(layer.columns)))
    for column in sealed_columns(layer):
        columns.append(Column(sealed_of(column), "string", "The value, sealed with the text.", nullable=True))
    if layer.name == DOCUMENTS.name:
        columns += TEXT_DIGESTS
    if layer.name == "sentences":
        columns.append(Column("digests", DIGESTS, "By which it is known in another copy."))
    return replace(layer, columns=tuple(columns))


SEEDS_LAYER = Layer(
    "seeds",
    "The register of seeds.",
    "file",
    tuple(Column(name, "string", name, nullable=name == "date") for name in SEED_COLUMNS if name != "sha256"),
)


def part_files(part: Part, edition: Edition) -> Iterator[tuple[str, bytes]]:
    """The stand-off form of a part and of the passes over it, as paths from the dataset's folder and bytes.

    A file of the corpus that is laid out otherwise than StanceBank writes records is carried
    sealed too, since only so its very bytes come back.
    """
    secret = part_secret(part)
    for each in (part, *part.passes):
        for name, layer in part.layers.parts.items():
            file = each.file(name)
            if not each.owns_file(file):
                continue
            data, fault = read_inside(part.corpus.root, file)
            if layer.tracks and fault is not None and fault.kind == "missing":
                continue
            yield f"{CARRIED_FOLDER}/{file}", write_records(_carried_rows(each, name, edition), carried_layer(layer))
            if data is not None and data != write_records(each[name], layer):
                yield f"{CARRIED_FOLDER}/{file}.{SEALED}", sealed(zlib.compress(data, 9), secret, file)


def corpus_files(corpus: Corpus, edition: Edition, said: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """The stand-off form of what all parts share.

    corpus.json has settings, scheme, rights, annotators and the datasheet without what they
    copy, and said, which the build says of itself. The files themselves are carried sealed.
    """
    shown = edition.corpus(corpus)
    models = {"settings": shown.settings, "scheme": shown.scheme, "register": shown.register}
    content: dict[str, Any] = {**said, "digests": DIGESTS_FORM}
    content |= {name: model.model_dump(mode="json", exclude_none=True) for name, model in models.items()}
    content["settings"].pop("validation")
    content["rights"] = {key: rights.model_dump() for key, rights in shown.seeds.rights.items()}
    datasheet, _ = read_inside(corpus.root, DATASHEET)
    if datasheet is not None:
        content["datasheet"] = edition.prose(datasheet.decode())
    yield f"{CARRIED_FOLDER}/{CORPUS_JSON}", orjson.dumps(content, option=orjson.OPT_INDENT_2) + b"\n"
    yield f"{CARRIED_FOLDER}/{SEEDS_JSONL}", write_records(shown.seeds.table.drop("sha256"), SEEDS_LAYER)
    for name, rows in corpus.shared.items():
        layer = corpus.layers[name]
        found = _with_pieces(rows, layer.columns, lambda *of: edition.copies.pieces(of[-1], "", ""))
        yield f"{CARRIED_FOLDER}/{shared_file(name)}", write_records(found, carried_layer(layer))
    files = {file: read_inside(corpus.root, file)[0] for file in SEALED_FILES}
    files |= guideline_pages(corpus.root)
    packed = {file: base64.b64encode(data).decode() for file, data in files.items() if data is not None}
    yield f"{CARRIED_FOLDER}/{SEALED}", sealed(zlib.compress(orjson.dumps(packed), 9), edition.secret, SEALED)


def _carried_rows(part: Part, name: str, edition: Edition) -> pl.DataFrame:
    layer = part.layers[name]
    texts = dict(part["documents"].select("doc_id", "text").iter_rows())

    def find(record: Mapping[str, Any], column: Column, value: str) -> list[Piece]:
        return _pieces(column, value, record["doc_id"], texts[record["doc_id"]], edition)

    rows = _with_pieces(part[name], layer.columns, find)
    for column in sealed_columns(layer):
        values = zip(*(part[name][each] for each in ("doc_id", layer.id_column, column.name)), strict=True)
        corpus = part.corpus.settings.name
        found = [_sealed_value(value, texts[doc_id], corpus, value_place(doc_id, id)) for doc_id, id, value in values]
        rows = rows.with_columns(pl.Series(sealed_of(column), found, pl.String))
    if name == "sentences":
        return rows.with_columns(_digests(part))
    if name == DOCUMENTS.name:
        return rows.with_columns(_text_digests(part))
    return rows


def _text_digests(part: Part) -> list[pl.Series]:
    """TEXT_DIGESTS of the documents of a part whose seeds are those on record."""
    corpus = part.corpus.settings.name
    texts = part["documents"]["text"]
    known = [text_digest(text, corpus) for text in texts]
    seeds = [seed_digest(text, data or b"", corpus) for text, (data, _) in zip(texts, part.seed_files, strict=True)]
    return [pl.Series(each.name, values) for each, values in zip(TEXT_DIGESTS, (known, seeds), strict=True)]


def _sealed_value(value: str | None, text: str, corpus: str, where: str) -> str | None:
    return None if value is None else base64.b64encode(sealed(value.encode(), key([text], corpus), where)).decode()


def value_place(doc_id: str, identifier: str) -> str:
    """What the sealed values of a record are sealed for."""
    return doc_id if identifier == doc_id else f"{doc_id}/{identifier}"


def _digests(part: Part) -> pl.Series:
    sentences = part["sentences"].select("doc_id", "sentence_id", "start", "end")
    documents = part["documents"].select("doc_id", "text")
    of = {key[0]: rows for key, rows in sentences.with_row_index("row").group_by("doc_id", maintain_order=True)}
    found: list[Any] = [None] * sentences.height
    for doc_id, text in documents.iter_rows():
        if doc_id in of:
            rows = of[doc_id]
            if len(text) < SHORT_TEXT:
                for row in rows["row"]:
                    found[row] = []
                continue
            digests = sentence_digests(text, list(rows.select("sentence_id", "start", "end").iter_rows()))
            for row, each in zip(rows["row"], digests, strict=True):
                found[row] = each
    column = Column("digests", DIGESTS, "")
    return pl.Series("digests", found, polars_schema([column])["digests"])


def _pieces(column: Column, value: str, doc_id: str, text: str, edition: Edition) -> list[Piece]:
    if column.source != "name" or not edition.copies_name(value, text):
        return edition.copies.pieces(value, doc_id, text)
    starts, start = [], text.find(value)
    while start >= 0:
        starts.append(start)
        start = text.find(value, start + 1)
    return [Piece("", doc_id, tuple(starts), len(value))]


def _with_pieces(rows: pl.DataFrame, columns: tuple[Column, ...], find: _Find) -> pl.DataFrame:
    """The rows without the source's words; a value that copies some is empty, and its pieces are beside it."""
    if not _copies(columns):
        return changed(rows, columns, None, str)
    records = [_record_with_pieces(row, columns, partial(find, row)) for row in rows.iter_rows(named=True)]
    return pl.DataFrame(records, schema=polars_schema(_carried_columns(without_text(columns))), orient="row")


def _copies(columns: Iterable[Column]) -> bool:
    return any(column.may_copy or _copies(column.items) for column in columns)


def _record_with_pieces(
    record: Mapping[str, Any], columns: Iterable[Column], find: Callable[[Column, str], list[Piece]]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for column in columns:
        value = record[column.name]
        values = value if isinstance(value, list) else [value]
        if column.may_copy:
            pieces = [[{**piece._asdict()} for piece in (find(column, each) if each else ())] for each in values]
            own = ["" if copied else each for each, copied in zip(values, pieces, strict=True)]
            whole = isinstance(value, list)
            found |= {column.name: own if whole else own[0], copied_of(column): pieces if whole else pieces[0]}
        elif column.items and value is not None:
            inner = [_record_with_pieces(item, column.items, find) for item in values]
            found[column.name] = inner if isinstance(value, list) else inner[0]
        elif column.source != "text":
            found[column.name] = value
    return found
