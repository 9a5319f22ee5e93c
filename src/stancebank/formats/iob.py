"""Token columns with a tag at the end: IOB2, IOB1 and CoNLL-2003."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from stancebank.faults import StanceBankError, excerpt, printable
from stancebank.formats.foreign_document import ForeignDocument, Fragment, Item, Refused, Span, own_span
from stancebank.formats.given_files import Given, read_text, without_mark
from stancebank.formats.ledger import NO_PLACE_HERE, Ledger
from stancebank.formats.offsets import CODE_POINTS

IOB2, IOB1, CONLL = "iob2", "iob1", "conll2003"
ENDINGS = (".conll", ".iob", ".iob2", ".bio", ".tsv")
_START = "-DOCSTART-"
_OUTSIDE = "O"
_BEGINS, _INSIDE = "BSU", "IEML"
_FILLER = "-X-"

_Token = tuple[str, str, int]  # word, tag, line


def read_iob(given: Given) -> Iterator[Item]:
    """A document for each -DOCSTART- of a file; where it has none, for the file, or what blank lines part.

    Without a text the tokens, joined by single blanks, are it; with one they are found in it one after the other.
    """
    for path in given.files(ENDINGS):
        file = printable(str(path))
        try:
            name, annotator = given.document(path)
            content, marked = without_mark(read_text(path))
            documents, has_starts = _sentences(content, path.name, given.blank_lines)
            dialect = given.dialect or _dialect(documents, file)
            text = None if given.text is None else read_text(given.text_file(path, name))
            if text is not None and len(documents) > 1:
                raise StanceBankError(f"{file} has {len(documents)} documents, and there is one text", "split the file")
        except StanceBankError as error:
            yield Refused(file, file, error.what, error.fix)
            continue
        for number, sentences in enumerate(documents, 1):
            id = f"{name}-{number}" if len(documents) > 1 else name
            place = f"{file}:{sentences[0][0][2]}"
            try:
                document = _document(id, place, file, sentences, text, dialect)
            except StanceBankError as error:
                yield Refused(place, file, error.what, error.fix)
                continue
            document.annotator = annotator
            document.notices["bom-skipped"] += marked and number == 1
            document.notices["one-document-per-file"] += not has_starts and given.blank_lines is None
            document.notices["documents-by-blank-lines"] += not has_starts and given.blank_lines is not None
            document.notices[f"dialect-{dialect}"] += number == 1
            yield document


def _sentences(content: str, file: str, blank_lines: int | None) -> tuple[list[list[list[_Token]]], bool]:
    """The sentences of each document, and whether the file says where documents begin.

    blank_lines: how many begin one where it does not.
    """
    documents: list[list[list[_Token]]] = [[[]]]
    lines, blanks = content.split("\n"), 0
    has_starts = any(line.startswith(_START) for line in lines)
    for number, line in enumerate(lines, 1):
        line = line.rstrip("\r")
        columns = line.split("\t") if "\t" in line else line.split()
        blanks = 0 if line.strip() else blanks + 1
        if blanks == blank_lines and not has_starts:
            documents.append([[]])
        elif blanks:
            documents[-1].append([])
        elif columns[0] == _START:
            documents.append([[]])
        elif len(columns) < 2 or not columns[0].strip():
            raise StanceBankError(
                f"{file}:{number}: {excerpt(line)} has no tag", "write a token and its tag on each line"
            )
        else:
            documents[-1][-1].append((columns[0], columns[-1].strip(), number))
    found = [[sentence for sentence in document if sentence] for document in documents]
    return [document for document in found if document], has_starts


def _dialect(documents: Sequence[Sequence[Sequence[_Token]]], file: str) -> str:
    """IOB1 or IOB2, by how spans begin. Raises StanceBankError where they begin in both ways."""
    begins = set()
    for document in documents:
        for sentence in document:
            before = _OUTSIDE
            for _, tag, line in sentence:
                kind = tag[:1]
                if tag != _OUTSIDE and (tag[1:2] != "-" or kind not in _BEGINS + _INSIDE):
                    raise StanceBankError(f"{file}:{line}: {excerpt(tag)} is no tag", "write O, B-TYPE or I-TYPE")
                if tag != _OUTSIDE and (before == _OUTSIDE or before[2:] != tag[2:]):
                    begins.add(IOB2 if kind in _BEGINS else IOB1)
                before = tag
    if len(begins) > 1:
        what = f"{file}: some spans begin with B- and some with I-, as neither IOB2 nor IOB1 has it"
        raise StanceBankError(what, f"say how to read it: --dialect {IOB1} or --dialect {IOB2}")
    return begins.pop() if begins else IOB2


def _document(
    id: str, place: str, file: str, sentences: Sequence[Sequence[_Token]], text: str | None, dialect: str
) -> ForeignDocument:
    words = [word for sentence in sentences for word, _, _ in sentence]
    made = " ".join(words) if text is None else text
    document = ForeignDocument(id, place, file, made, made_text=text is None, unit=CODE_POINTS)
    document.sentences = [] if text is None else None
    at = 0
    for sentence in sentences:
        places: list[Fragment] = []
        for word, _, line in sentence:
            start = made.find(word, at)
            gap = made[at:start] if start >= 0 else "?"
            if gap.strip():
                what = f"{Path(file).name}:{line}: the token {excerpt(word)} is not next in the text"
                raise StanceBankError(what, "give the text that the tokens are of, or none")
            at = start + len(word)
            places.append((start, at))
        if document.sentences is not None:
            document.sentences.append((places[0][0], at))
        _chunks(document, sentence, places, dialect, Path(file).name)
    return document


def _chunks(
    document: ForeignDocument, sentence: Sequence[_Token], places: Sequence[Fragment], dialect: str, file: str
) -> None:
    """The spans of a sentence: in IOB1 an I- begins one where another type, or none, is before it."""
    start, before = 0, _OUTSIDE
    for index, (_, tag, _) in enumerate([*sentence, ("", _OUTSIDE, 0)]):
        goes_on = tag != _OUTSIDE and tag[0] in _INSIDE and before != _OUTSIDE and before[2:] == tag[2:]
        if not goes_on:
            if before != _OUTSIDE:
                span = (places[start][0], places[index - 1][1])
                where = f"{file}:{sentence[start][2]}"
                id = f"{len(document.spans)}/chunk"
                document.spans.append(Span(id, before[2:], (span,), document.text[slice(*span)], where))
            if tag != _OUTSIDE and tag[0] in _INSIDE and dialect == IOB2:
                document.notices["span-begins-with-I"] += 1
            start = index
        before = tag


def write_iob(
    documents: Iterable[ForeignDocument], ledger: Ledger, dialect: str | None = None
) -> Iterator[tuple[str, bytes]]:
    """A file for each document: the outermost span at each token, widened to tokens. dialect: iob2 without."""
    for document in documents:
        spans = outermost(document, ledger)
        lines = [f"{_START} {_FILLER} {_FILLER} O\n"] if dialect == CONLL else []
        for sentence in document.tokens or ():
            if dialect == CONLL or lines:
                lines.append("\n")
            lines += _tagged(document.text, sentence, spans, dialect)
        yield f"{document.id}.conll", "".join(lines).encode()


def outermost(document: ForeignDocument, ledger: Ledger) -> list[tuple[int, int, str]]:
    """The spans that are in no other, widened to tokens, in order; ledger: counts the others and all else."""
    tokens = [token for sentence in document.tokens or () for token in sentence]
    own = [span for span in document.spans if own_span(span)]
    own.sort(key=lambda span: (span.fragments[0][0], -span.fragments[-1][1]))
    found: list[tuple[int, int, str]] = []
    for span in own:
        start, end = span.fragments[0][0], span.fragments[-1][1]
        touched = [token for token in tokens if token[0] < end and start < token[1]]
        if not touched:
            ledger.leave("spans", "they touch no token")
            continue
        wide = (touched[0][0], touched[-1][1])
        if found and wide[0] < found[-1][1]:
            ledger.leave("spans", "they are inside another one")
            continue
        ledger.notices["span-widened"] += wide != (start, end)
        ledger.hold("spans")
        found.append((*wide, span.label))
    ledger.leave("spans", "this format has no place for cues, content and evidence", len(document.spans) - len(own))
    for kind, count in document.counts():
        if kind != "spans":
            ledger.leave(kind, NO_PLACE_HERE, count)
    return found


def _tagged(
    text: str, sentence: Sequence[Fragment], spans: Sequence[tuple[int, int, str]], dialect: str | None
) -> Iterator[str]:
    previous: tuple[int, int, str] | None = None
    for start, end in sentence:
        span = next((each for each in spans if each[0] <= start and end <= each[1]), None)
        tag = _OUTSIDE
        if span is not None:
            fresh = span != previous
            if dialect in (IOB1, CONLL):
                fresh = fresh and previous is not None and previous[2] == span[2]
            tag = f"{'B' if fresh else 'I'}-{span[2]}"
        previous = span
        middle = f" {_FILLER} {_FILLER} " if dialect == CONLL else "\t"
        yield f"{text[start:end]}{middle}{tag}\n"
