"""spaCy's DocBin: entities and a span group for spaCy, and all of a document in user_data for the way back."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from stancebank.faults import StanceBankError, printable
from stancebank.formats.document_json import as_json, fill
from stancebank.formats.foreign_document import ForeignDocument, Item, Refused, Span, own_span
from stancebank.formats.given_files import LARGEST, Given, read_bytes
from stancebank.formats.ledger import Ledger
from stancebank.formats.offsets import CODE_POINTS

if TYPE_CHECKING:
    from spacy.tokens import Doc
    from spacy.tokens import Span as SpacySpan

GROUP = "mentions"
_PIECE = 1 << 20  # bytes that are unpacked at a time to see how many there are
_ALL = "stancebank"
"""The key of user_data that has a document as JSON."""


def read_docbin(given: Given) -> Iterator[Item]:
    """A document for each Doc of a file: what StanceBank wrote, else entities and the spans of all groups."""
    spacy = load_spacy("DocBin needs spaCy")
    for path in given.files((".spacy",)):
        file = printable(str(path))
        try:
            data = read_bytes(path)
            _require_bounded(data, file)
            name, annotator = given.document(path)
            for number, doc in enumerate(_docs(spacy, data, file), 1):
                yield _read(doc, name, number, file, annotator)
        except StanceBankError as error:
            yield Refused(file, file, error.what, error.fix)


def _require_bounded(data: bytes, file: str) -> None:
    """Refuse what unpacks to more than is read at once: a DocBin is one compressed message, and read whole."""
    unpacking, size, rest = zlib.decompressobj(), 0, data
    try:
        while rest and not unpacking.eof:
            size += len(unpacking.decompress(rest, _PIECE))
            rest = unpacking.unconsumed_tail
            if size > LARGEST:
                what = f"{file} unpacks to more than {LARGEST:,} bytes, which are read at once"
                raise StanceBankError(what, "split it into several DocBins")
    except zlib.error as error:
        raise _no_docbin(file, error) from None


def _docs(spacy: Any, data: bytes, file: str) -> Iterator[Doc]:  # noqa: ANN401  (spaCy is loaded late)
    """The documents, one after the other. Raises StanceBankError for what spaCy cannot read."""
    try:
        yield from spacy.tokens.DocBin().from_bytes(data).get_docs(spacy.blank("xx").vocab)
    except Exception as error:
        raise _no_docbin(file, error) from None


def _no_docbin(file: str, error: Exception) -> StanceBankError:
    return StanceBankError(f"{file} is no DocBin: {printable(str(error))[:100]}", "write it with DocBin.to_disk")


def _read(doc: Doc, name: str, number: int, file: str, annotator: str | None) -> Item:
    place = f"{file}:{number}"
    try:
        return _document(doc, name, number, place, file, annotator)
    except (KeyError, TypeError, ValueError) as error:
        what = f"{place}: user_data is not as StanceBank writes it: {printable(str(error))[:100]}"
        return Refused(place, file, what, "remove the key stancebank from user_data")


def _document(doc: Doc, name: str, number: int, place: str, file: str, annotator: str | None) -> ForeignDocument:
    written = doc.user_data.get(_ALL)
    content = orjson.loads(written) if isinstance(written, str) else None
    id = content["id"] if content else f"{name}-{number}"
    where = f"{Path(file).name}:{number}"
    document = ForeignDocument(id, place, file, doc.text, annotator, unit=CODE_POINTS)
    if content:
        document.text = content["text"]
        document.language = content["language"]
        fill(document, content, where)
        return document
    for index, span in enumerate(labelled_spans(doc)):
        fragments = ((span.start_char, span.end_char),)
        document.spans.append(Span(f"{index}/span", span.label_, fragments, span.text, where))
    return document


def labelled_spans(doc: Doc) -> list[SpacySpan]:
    """The spans of all groups of a Doc, and its entities as far as no group has them."""
    groups = [span for group in doc.spans.values() for span in group]
    known = {(span.start_char, span.end_char, span.label_) for span in groups}
    return [*groups, *(e for e in doc.ents if (e.start_char, e.end_char, e.label_) not in known)]


def write_docbin(
    documents: Iterable[ForeignDocument], ledger: Ledger, _: str | None = None
) -> Iterator[tuple[str, bytes]]:
    """One file documents.spacy with all documents."""
    spacy = load_spacy("DocBin needs spaCy")
    found = spacy.tokens.DocBin(store_user_data=True)
    pipelines: dict[str, Any] = {}
    for document in documents:
        language = (document.language or "xx").split("-")[0].lower()
        if language not in pipelines:
            pipelines[language] = _blank(spacy, language)
        doc = pipelines[language].make_doc(document.text)
        spans = []
        for span in filter(own_span, document.spans):
            start, end = span.fragments[0][0], span.fragments[-1][1]
            wide = doc.char_span(start, end, label=span.label, alignment_mode="expand")
            if wide is not None:
                ledger.notices["span-widened"] += (wide.start_char, wide.end_char) != (start, end)
                spans.append(wide)
        doc.spans[GROUP] = spans
        doc.ents = spacy.util.filter_spans(spans)
        content = {"id": document.id, "text": document.text, "language": document.language} | as_json(document)
        doc.user_data[_ALL] = orjson.dumps(content).decode()
        found.add(doc)
        for kind, count in document.counts():
            ledger.hold(kind, count)
    yield "documents.spacy", found.to_bytes()


def _blank(spacy: Any, language: str) -> Any:  # noqa: ANN401
    try:
        return spacy.blank(language)
    except ImportError:
        return spacy.blank("xx")


def load_spacy(what: str) -> Any:  # noqa: ANN401
    """The package spaCy. Raises StanceBankError, which says what needs it, where it is not installed."""
    try:
        import spacy
        import spacy.tokens
        import spacy.util
    except ModuleNotFoundError:
        raise StanceBankError(f"{what}, which is not installed", "pip install 'stancebank[tokens]'") from None
    return spacy
