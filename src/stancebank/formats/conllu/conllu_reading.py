"""Files of CoNLL-U as foreign documents."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import orjson

from stancebank.faults import StanceBankError, printable
from stancebank.formats.conllu.conllu_entities import (
    DECLARATION,
    ENTITY,
    HEAD,
    ID,
    TYPE,
    USUAL,
    Brackets,
    Mention,
    declared_fields,
    from_field,
    named_values,
)
from stancebank.formats.conllu.conllu_text import NO_SPACE, SPACES_AFTER, GrowingText, Token, word_places
from stancebank.formats.foreign_document import (
    NO_LABEL,
    Attribute,
    Cluster,
    ForeignDocument,
    Fragment,
    Item,
    Refused,
    Span,
)
from stancebank.formats.given_files import Given, read_text, without_mark
from stancebank.formats.offsets import CODE_POINTS

ENDINGS = (".conllu",)
VALUES = "stancebank"
"""A comment whose text is a JSON object: values of mentions and entities by their ids, where no field can have them."""
EMPTY_NODES = "on empty nodes, which have no words"
UNPLACED_LINKS = "bridging and split antecedents have no place in the layers"

_FIELDS = ("id", "form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc")
_NEWDOC = re.compile(r"#\s*newdoc(?:\s+id\s*=\s*(.*\S))?\s*")
_PARAGRAPHS = ("newpar", "newdoc")
_LINKS = ("Bridge", "SplitAnte")


@dataclass(slots=True)
class _Source:
    """The sentences of a document as the file has them, each with its first line."""

    id: str | None
    sentences: list[tuple[int, list[str]]] = field(default_factory=list)


def read_conllu(given: Given) -> Iterator[Item]:
    """A document for each newdoc of a file, or for the file where it has none; what cannot be read is refused.

    Raises StanceBankError where the package conllu is not installed.
    """
    conllu = _package()
    for path in given.files(ENDINGS):
        file = printable(str(path))
        try:
            name, annotator = given.document(path)
            content, marked = without_mark(read_text(path))
        except StanceBankError as error:
            yield Refused(file, file, error.what, error.fix)
            continue
        sources = _sources(content)
        fields: tuple[str, ...] = USUAL
        for number, source in enumerate(sources, 1):
            id = source.id or (f"{name}-{number}" if len(sources) > 1 else name)
            place = f"{file}:{source.sentences[0][0]}"
            reader = _Reader(conllu, ForeignDocument(id, place, file, "", annotator, unit=CODE_POINTS), fields)
            try:
                document = reader.read(source)
            except StanceBankError as error:
                yield Refused(place, file, error.what, error.fix)
                continue
            fields = reader.fields
            document.notices["bom-skipped"] += marked and number == 1
            document.notices["one-document-per-file"] += source.id is None and len(sources) == 1
            yield document


def _package() -> ModuleType:
    try:
        import conllu
    except ModuleNotFoundError:
        what = "CoNLL-U needs the package conllu, which is not installed"
        raise StanceBankError(what, "pip install 'stancebank[conllu]'") from None
    return conllu


def _sources(content: str) -> list[_Source]:
    """The documents of a file; what is between blank lines is a sentence."""
    found: list[_Source] = []
    lines: list[str] = []
    for number, line in enumerate([*content.split("\n"), ""], 1):
        if line.strip():
            lines.append(line.rstrip("\r"))
        elif lines:
            begun = next((match for each in lines if (match := _NEWDOC.fullmatch(each))), None)
            if begun or not found:
                found.append(_Source(begun[1] if begun else None))
            found[-1].sentences.append((number - len(lines), lines))
            lines = []
    return found


class _Row(NamedTuple):
    """A line of a sentence. id: a number, or of a range of words or an empty node two with "-" or "." between them."""

    id: Any
    form: str
    misc: Mapping[str, str]
    line: int

    @property
    def is_range(self) -> bool:
        """Whether it is a token of several words."""
        return isinstance(self.id, tuple) and self.id[1] == "-"

    @property
    def is_empty(self) -> bool:
        """Whether it is an empty node."""
        return isinstance(self.id, tuple) and self.id[1] == "."


def _misc(line: str) -> Mapping[str, str]:
    """The values of misc, from the line itself: the package strips it, and so takes a wide blank from its end."""
    pairs = (each.partition("=") for each in line.rpartition("\t")[2].split("|"))
    return {name: value for name, equals, value in pairs if equals}


_PARSERS: Mapping[str, Any] = {name: lambda columns, index: columns[index] for name in _FIELDS[4:]}
"""What is not read needs no parser: the package's own take most of the time."""


class _Reader:
    """Fills a document from its sentences. fields: of Entity, as the file has declared them so far."""

    def __init__(self, conllu: ModuleType, document: ForeignDocument, fields: tuple[str, ...]) -> None:
        self._parse = conllu.parse
        self._error = conllu.exceptions.ParseException
        self._document, self.fields = document, fields
        self._file = Path(document.file).name
        self._text, self._brackets = GrowingText(), Brackets()
        self._words: list[Fragment | None] = []
        self._values: dict[str, Mapping[str, Any]] = {}
        self._ids: set[str] = set()
        self._has_text = False

    def read(self, source: _Source) -> ForeignDocument:
        """The document. Raises StanceBankError for what is not CoNLL-U, and brackets that do not fit."""
        for line, lines in source.sentences:
            self._sentence(lines, line)
        self._text.finish()
        document = self._document
        document.text, document.sentences = self._text.text, self._text.sentences
        document.made_text = not self._has_text
        members: dict[str, list[str]] = {}
        for number, mention in enumerate(self._brackets.close()):
            self._mention(mention, number, members)
        for eid, spans in members.items():
            document.clusters.append(Cluster(eid, tuple(spans), document.place))
        for target, values in self._values.items():
            document.attributes += [Attribute(target, name, value, document.place) for name, value in values.items()]
        return document

    def _sentence(self, lines: Sequence[str], line: int) -> None:
        where = f"{self._file}:{line}"
        try:
            (sentence,) = self._parse("\n".join(lines), fields=_FIELDS, field_parsers=_PARSERS)
            numbered = list(enumerate(lines, line))[-len(sentence) :]
            rows = [
                _Row(row["id"], row["form"], {} if row["misc"] == "_" else _misc(written), number)
                for row, (number, written) in zip(sentence, numbered, strict=True)
            ]
            tokens = _tokens(rows)
        except (self._error, ValueError, KeyError, TypeError) as error:
            what = f"{where}: no sentence of CoNLL-U: {printable(str(error))[:100]}"
            raise StanceBankError(what, "write ten columns with tabs between them on each line") from None
        comments = sentence.metadata
        if DECLARATION in comments:
            self.fields = declared_fields(comments[DECLARATION], where)
        if VALUES in comments:
            self._take_values(comments[VALUES], where)
        told = comments.get("text")
        self._has_text |= told is not None or any({NO_SPACE, SPACES_AFTER} & token.misc.keys() for token in tokens)
        paragraph = any(key.split()[0] in _PARAGRAPHS for key in comments)
        places = self._text.add(tokens, told, self._file, paragraph=paragraph)
        self._take_words(rows, chain.from_iterable(map(word_places, tokens, places)))

    def _take_values(self, written: str, where: str) -> None:
        try:
            values = orjson.loads(written)
            if not isinstance(values, dict) or not all(isinstance(each, dict) for each in values.values()):
                raise ValueError
        except ValueError:
            raise StanceBankError(f"{where}: {VALUES} is no JSON object of objects", "remove the comment") from None
        self._values |= values

    def _take_words(self, rows: Sequence[_Row], places: Iterator[Fragment]) -> None:
        """Give each word its place, and take its brackets."""
        for row in rows:
            where = f"{self._file}:{row.line}"
            if row.is_range:
                if ENTITY in row.misc:
                    raise StanceBankError(f"{where}: Entity at a range of words", "write it at one of the words")
                continue
            self._words.append(None if row.is_empty else next(places))
            self._document.notices["empty-nodes-left-out"] += row.is_empty
            for name in _LINKS:
                count = len(row.misc[name].split(",")) if name in row.misc else 0
                self._document.left_out["links", UNPLACED_LINKS] += count
            if ENTITY in row.misc:
                self._brackets.take(row.misc[ENTITY], len(self._words) - 1, self.fields, where)

    def _mention(self, mention: Mention, number: int, members: dict[str, list[str]]) -> None:
        """A mention as a span with values, in its entity; the part with its head is first."""
        values = dict(named_values(mention.values))
        id = values.pop(ID, "")
        if not id or id in self._ids:
            id = f"{number}/mention"
        self._ids.add(id)
        parts = [self._fragment(first, last) for first, last in mention.parts]
        fragments = [part for part in parts if part is not None]
        if not fragments:
            self._document.left_out["spans", EMPTY_NODES] += 1
            return
        head = self._head(mention, values.get(HEAD))
        fragments.sort(key=lambda each: not each[0] <= head < each[1])
        label = from_field(mention.values.get(TYPE, "")) or NO_LABEL
        quoted = " ".join(self._text.text[start:end] for start, end in fragments)
        self._document.spans.append(Span(id, label, tuple(fragments), quoted, mention.where))
        members.setdefault(mention.eid, []).append(id)
        for name, value in values.items():
            self._document.attributes.append(Attribute(id, name, value, mention.where))

    def _fragment(self, first: int, last: int) -> Fragment | None:
        """The place of words from the first to the last; None where all of them are empty nodes."""
        words = self._words
        found = [place for place in words[first : last + 1] if place is not None]
        before, behind = words[first - 1] if first else None, words[last + 1] if last + 1 < len(words) else None
        if found and (found[0] == before or found[-1] == behind):
            self._document.notices["span-widened"] += 1
        return (found[0][0], found[-1][1]) if found else None

    def _head(self, mention: Mention, told: str | None) -> int:
        """Where the head of a mention is, whose number among its words is told; -1 where it is not."""
        words = [place for first, last in mention.parts for place in self._words[first : last + 1]]
        index = int(told) - 1 if told is not None and told.isdecimal() else -1
        place = words[index] if 0 <= index < len(words) else None
        return -1 if place is None else place[0]


def _tokens(rows: Sequence[_Row]) -> list[Token]:
    """The tokens that are in the text: words, and ranges of words that are written as one. Raises ValueError."""
    tokens: list[Token] = []
    last = 0
    for row in rows:
        if row.is_range:
            last = row.id[2]
            tokens.append(Token(row.form, (), row.misc, row.line))
        elif row.is_empty:
            continue
        elif row.id <= last:
            tokens[-1] = tokens[-1]._replace(words=(*tokens[-1].words, row.form))
        else:
            tokens.append(Token(row.form, (row.form,), row.misc, row.line))
    if not tokens or not all(token.words and token.form for token in tokens):
        raise ValueError("there is no word")
    return tokens
