"""Files of UIMA CAS as foreign documents."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stancebank.faults import StanceBankError, printable
from stancebank.formats.cas.cas_files import CasFiles
from stancebank.formats.cas.cas_names import (
    DOCUMENT_ID,
    EVENT,
    FIELDS,
    FIRST,
    HEAD,
    ID,
    INITIAL_VIEW,
    LANGUAGE,
    MEMBER_OF,
    NEXT,
    SENTENCE,
    TAIL,
    TITLE,
    TOKEN,
    UNKNOWN_LANGUAGE,
)
from stancebank.formats.cas.cas_shapes import (
    ANNOTATED,
    CHAIN,
    CHAIN_LINK,
    CLUSTER,
    LINK,
    META,
    NONE,
    WORD,
    Shape,
    fillers,
    shape_of,
)
from stancebank.formats.foreign_document import (
    Attribute,
    Cluster,
    Event,
    ForeignDocument,
    Item,
    Link,
    Note,
    Refused,
    Span,
)
from stancebank.formats.given_files import Given
from stancebank.formats.offsets import CODE_POINTS

_ENDINGS = (".xmi", ".json")
_TEXT_ENDING = re.compile(r"\.(?:txt|xmi|json|html?|pdf|tsv|conllu?)$")
_WIKIDATA = re.compile(r"https?://www\.wikidata\.org/(?:entity|wiki)/(Q[1-9][0-9]*)")


def read_cas(given: Given) -> Iterator[Item]:
    """A document for each file; what cannot be read as one is refused.

    A file that INCEpTION has called after its annotator is of the document that it names as its title. Raises
    StanceBankError where cassis is not installed.
    """
    files = CasFiles()
    for path in given.files(_ENDINGS):
        place = printable(str(path))
        try:
            cas = files.read(path)
            if cas is None:
                continue
            document = _Reader(cas, path, given).document()
        except StanceBankError as error:
            yield Refused(place, place, error.what, error.fix)
        else:
            yield document


class _Reader:
    """Makes a document of a CAS."""

    def __init__(self, cas: Any, path: Path, given: Given) -> None:  # noqa: ANN401  (cassis has no types)
        self._types = cas.typesystem
        self._shapes: dict[str, Shape] = {}
        self._place, self._file = printable(str(path)), path.name
        texts = [view.sofa.sofaID for view in cas.views if view.sofa.sofaString]
        if texts != [INITIAL_VIEW]:
            what = (
                f"{self._place} has {len(texts)} texts; a document has one" if texts else f"{self._place} has no text"
            )
            raise StanceBankError(what, "export one document at a time")
        self._view = cas.get_view(INITIAL_VIEW)
        self._text: str = self._view.sofa_string
        self._items = sorted(self._view.select_all_fs(), key=lambda each: each.xmiID)
        self._indexed = {each.xmiID for each in self._items}
        self._ids: dict[int, str] = {}  # our ids of spans, by those of the file
        self._used: set[str] = set()
        about = next((each for each in self._items if self._shape(each).kind == META), None)
        name, annotator = _name(about, path, given)
        self._document = ForeignDocument(name, self._place, self._place, self._text, annotator, unit=CODE_POINTS)
        language = getattr(about, LANGUAGE, None)
        self._document.language = None if language == UNKNOWN_LANGUAGE else language

    def _shape(self, item: Any) -> Shape:  # noqa: ANN401
        name = item.type.name
        if name not in self._shapes:
            self._shapes[name] = shape_of(self._types, item.type)
        return self._shapes[name]

    def document(self) -> ForeignDocument:
        """All of it."""
        found: dict[int, list[Any]] = {}
        for item in self._items:
            found.setdefault(self._shape(item).kind, []).append(item)
        document = self._document
        document.sentences = [(each.begin, each.end) for each in found.get(WORD, ()) if each.type.name == SENTENCE]
        words = [each for each in found.get(WORD, ()) if each.type.name not in (SENTENCE, TOKEN)]
        document.notices["words-left-out"] += len(words)
        hubs = [item for item in found.get(ANNOTATED, ()) if item.type.name == EVENT or self._arguments(item)]
        are_hubs = {item.xmiID for item in hubs}
        members: dict[str, list[str]] = {}
        for item in found.get(ANNOTATED, ()):
            if item.xmiID in are_hubs:
                self._event_span(item)
                continue
            id = self._span(item, "span")
            self._values(item, id)
            entity = getattr(item, MEMBER_OF, None) if self._shape(item).is_own else None
            if entity is not None:
                members.setdefault(entity, []).append(id)
        self._clusters(found, members)
        for item in found.get(LINK, ()):
            self._link(item)
        for item in hubs:
            self._event(item)
        for item in found.get(NONE, ()):
            document.notes.append(Note("", str(item.type.name), self._where(item)))
        return document

    def _where(self, item: Any) -> str:  # noqa: ANN401
        return f"{printable(self._file)} #{item.xmiID}"

    def _own_id(self, item: Any, kind: str) -> str:  # noqa: ANN401
        """The id that we gave an item; one of its file where it has none, or that of another, as a copy has."""
        id = getattr(item, ID, None) if self._shape(item).is_own else None
        if not isinstance(id, str) or id in self._used or "/" in id:
            id = f"{item.xmiID}/{kind}"
        self._used.add(id)
        return id

    def _span(self, item: Any, kind: str, id: str | None = None) -> str:  # noqa: ANN401
        id = id or self._own_id(item, kind)
        shape = self._shape(item)
        label = getattr(item, shape.label) if shape.label is not None else None
        begin, end = item.begin, item.end
        if not isinstance(begin, int) or not isinstance(end, int) or not 0 <= begin <= end <= len(self._text):
            what = f"{self._where(item)} is at {begin}..{end}, which is no place in the text"
            raise StanceBankError(what, "correct it, or remove it")
        self._ids[item.xmiID] = id
        quoted = self._text[begin:end] or None
        label = shape.name if label is None else str(label)
        self._document.spans.append(Span(id, label, ((begin, end),), quoted, self._where(item)))
        return id

    def _of(self, item: Any) -> str:  # noqa: ANN401
        """The span of an annotation that another one refers to: of a token one is made."""
        if item is None:
            return "nothing"
        if item.xmiID not in self._ids and self._shape(item).kind == WORD and item.xmiID in self._indexed:
            self._span(item, "word")
        return self._ids.get(item.xmiID, f"{item.xmiID}/missing")

    def _values(self, item: Any, target: str) -> None:  # noqa: ANN401
        """Attributes from the features of an item."""
        shape, where = self._shape(item), self._where(item)
        for feature in shape.values:
            value = getattr(item, feature)
            value = list(value.elements or []) if hasattr(value, "elements") else value
            if value is None or value == []:
                continue
            if shape.is_own and feature == ID:
                continue
            if shape.is_own and feature == FIELDS:
                more = _fields(value, where)
                self._document.attributes += [Attribute(target, name, each, where) for name, each in more.items()]
                continue
            name = feature.removesuffix("_")
            known = _WIKIDATA.fullmatch(value) if feature == ID and isinstance(value, str) else None
            if known is not None:
                name, value = "wikidata", known[1]
            self._document.attributes.append(Attribute(target, name, value, where))

    def _arguments(self, item: Any) -> list[tuple[str, Any]]:  # noqa: ANN401
        return [pair for feature in self._shape(item).slots for pair in fillers(getattr(item, feature), feature)]

    def _event_span(self, item: Any) -> None:  # noqa: ANN401
        self._span(item, "span", f"{self._own_id(item, 'event')}/trigger")

    def _event(self, item: Any) -> None:  # noqa: ANN401
        trigger = self._ids[item.xmiID]
        id = trigger.removesuffix("/trigger")
        arguments = tuple((str(role), self._of(each)) for role, each in self._arguments(item))
        self._document.events.append(Event(id, trigger, arguments, self._where(item)))
        self._values(item, id)

    def _link(self, item: Any) -> None:  # noqa: ANN401
        shape, id = self._shape(item), self._own_id(item, "link")
        label = getattr(item, shape.label) if shape.label is not None else None
        label = shape.name if label is None else str(label)
        head, tail = self._of(getattr(item, HEAD)), self._of(getattr(item, TAIL))
        self._document.links.append(Link(id, label, head, tail, self._where(item)))
        self._values(item, id)

    def _clusters(self, found: dict[int, list[Any]], members: dict[str, list[str]]) -> None:
        """Our entities, then chains: a link of these at the place of one span means that span too."""
        at: dict[tuple[int, int], list[str]] = {}
        for span in self._document.spans:
            at.setdefault(span.fragments[0], []).append(span.id)
        for item in found.get(CLUSTER, ()):
            id = self._own_id(item, "cluster")
            self._document.clusters.append(Cluster(id, tuple(members.pop(id, ())), self._where(item)))
            self._values(item, id)
        self._document.clusters += [Cluster(id, tuple(spans)) for id, spans in members.items()]
        for item in found.get(CHAIN_LINK, ()):
            self._values(item, self._span(item, "link"))
        for item in found.get(CHAIN, ()):
            spans: list[str] = []
            link, seen = getattr(item, FIRST), set[int]()
            while link is not None and link.xmiID not in seen:
                seen.add(link.xmiID)
                same = at.get((link.begin, link.end), [])
                spans += [*(same if len(same) == 1 else ()), self._of(link)]
                link = getattr(link, NEXT)
            self._document.clusters.append(Cluster(f"{item.xmiID}/chain", tuple(spans), self._where(item)))


def _name(about: Any, path: Path, given: Given) -> tuple[str, str | None]:  # noqa: ANN401
    """The document, by name, and its annotator."""
    title, owner = getattr(about, TITLE, None), getattr(about, DOCUMENT_ID, None)
    if not title or owner != path.stem or title == owner:
        return given.document(path)
    document = _TEXT_ENDING.sub("", title)
    if given.annotator is None:
        return document, None
    return given.document(Path(f"{document.replace('/', '-')}_{owner}{path.suffix}"))


def _fields(value: Any, where: str) -> dict[str, Any]:  # noqa: ANN401
    """The JSON object of what no feature can hold."""
    try:
        fields = json.loads(value)
    except (ValueError, TypeError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise StanceBankError(f"{where}: {FIELDS} is no JSON object", "correct it, or empty it")
    return fields
