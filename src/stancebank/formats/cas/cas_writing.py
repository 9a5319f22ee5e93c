"""Foreign documents as files of UIMA CAS, with everything that they have."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from stancebank.faults import StanceBankError
from stancebank.formats.cas.cas_files import cassis_module
from stancebank.formats.cas.cas_names import (
    ARGUMENT,
    ARGUMENTS,
    ARRAY,
    CATEGORY,
    DOCUMENT_ID,
    ENTITY,
    EVENT,
    FIELDS,
    FILLER,
    HEAD,
    ID,
    LANGUAGE,
    MEMBER_OF,
    META,
    PART,
    RELATION,
    ROLE,
    SENTENCE,
    SPAN,
    TAIL,
    TITLE,
    is_free_name,
    not_in_xml,
)
from stancebank.formats.cas.cas_types import OWN_TYPES, layers_file, type_system
from stancebank.formats.foreign_document import ForeignDocument, own_span
from stancebank.formats.ledger import Ledger

JSON = "json"
LAYERS_FILE, TYPES_FILE = "layers.json", "TypeSystem.xml"


def write_cas(
    documents: Iterable[ForeignDocument], ledger: Ledger, dialect: str | None = None
) -> Iterator[tuple[str, bytes]]:
    """A file for each document, then the type system and the layers. dialect: xmi without.

    Raises StanceBankError for a document that has no place in the dialect, and where cassis is not installed.
    """
    writer = _Writer(cassis_module())
    for document in documents:
        yield writer.file(document, dialect)
        for kind, count in document.counts():
            ledger.hold(kind, count)
    yield TYPES_FILE, writer.types.to_xml().encode()
    yield LAYERS_FILE, layers_file(writer.features)


class _Writer:
    """Writes documents one by one. types, features: with all features that the documents so far needed."""

    def __init__(self, cassis: Any) -> None:  # noqa: ANN401  (cassis is loaded late and has no types)
        self._cassis = cassis
        self.features: dict[str, list[str]] = {type: [] for type in OWN_TYPES}
        self.types = type_system(cassis, self.features)

    def file(self, document: ForeignDocument, dialect: str | None) -> tuple[str, bytes]:
        """The file of a document, by name."""
        filled = _filled(self._cassis, self._types_for(document), document)
        if dialect == JSON:
            name = f"{document.id}.json"
            if name == LAYERS_FILE:
                raise StanceBankError(f"a document called {document.id} would have the file {name}", "--dialect xmi")
            mode = self._cassis.typesystem.TypeSystemMode.MINIMAL
            return name, filled.to_json(pretty_print=False, type_system_mode=mode).encode()
        wrong = not_in_xml(document.text)
        if wrong is not None:
            what = f"the text of {document.id} has U+{ord(wrong[0]):04X} at {wrong.start()}, which XML cannot have"
            raise StanceBankError(what, "export it with --dialect json")
        return f"{document.id}.xmi", filled.to_xmi(pretty_print=False).encode()

    def _types_for(self, document: ForeignDocument) -> Any:  # noqa: ANN401
        """The type system, grown where the document has attributes that no one had before it."""
        types = _types(document)
        new = False
        for attribute in document.attributes:
            known = self.features[types[attribute.target]]
            if _is_feature(attribute.name, attribute.value) and attribute.name not in known:
                known.append(attribute.name)
                new = True
        if new:
            self.types = type_system(self._cassis, self.features)
        return self.types


def _types(document: ForeignDocument) -> dict[str, str]:
    """The type of each item, by its id."""
    found = {span.id: SPAN if own_span(span) else PART for span in document.spans}
    found |= {link.id: RELATION for link in document.links}
    found |= {event.id: EVENT for event in document.events}
    return found | {cluster.id: ENTITY for cluster in document.clusters}


def _is_feature(name: str, value: object) -> bool:
    return isinstance(value, str) and is_free_name(name) and not_in_xml(value) is None


def _filled(cassis: Any, types: Any, document: ForeignDocument) -> Any:  # noqa: ANN401
    """A CAS with all of a document."""
    cas = cassis.Cas(typesystem=types)
    cas.sofa_string, cas.sofa_mime = document.text, "text/plain"
    values: dict[str, dict[str, Any]] = {}
    for attribute in document.attributes:
        values.setdefault(attribute.target, {})[attribute.name] = attribute.value

    def add(type: str, id: str | None = None, **features: Any) -> Any:  # noqa: ANN401
        given = values.get(id or "", {})
        features |= {name: value for name, value in given.items() if _is_feature(name, value)}
        more = {name: value for name, value in given.items() if not _is_feature(name, value)}
        made = types.get_type(type)(**features, **({FIELDS: json.dumps(more)} if more else {}))
        cas.add(made)
        return made

    about = {TITLE: document.id, DOCUMENT_ID: document.id, LANGUAGE: document.language}
    add(META, begin=0, end=len(document.text), **about)
    for start, end in document.sentences or ():
        add(SENTENCE, begin=start, end=end)
    triggers = {event.trigger for event in document.events}
    entity_of = {member: cluster.id for cluster in document.clusters for member in cluster.members}
    spans = {span.id: span for span in document.spans}
    made: dict[str, Any] = {}
    for span in document.spans:
        if span.id in triggers:
            continue
        start, end = span.fragments[0][0], span.fragments[-1][1]
        own = {ID: span.id, MEMBER_OF: entity_of.get(span.id)} if own_span(span) else {}
        made[span.id] = add(SPAN if own else PART, span.id, begin=start, end=end, **{CATEGORY: span.label}, **own)
    for link in document.links:
        head, tail = made[link.head], made[link.tail]
        ends = {"begin": tail.begin, "end": tail.end, HEAD: head, TAIL: tail}
        add(RELATION, link.id, **{CATEGORY: link.label, ID: link.id}, **ends)
    for event in document.events:
        arguments = [add(ARGUMENT, **{ROLE: role, FILLER: made[id]}) for role, id in event.arguments]
        trigger = spans[event.trigger]
        places = {"begin": trigger.fragments[0][0], "end": trigger.fragments[-1][1]}
        slot = {ARGUMENTS: types.get_type(ARRAY)(elements=arguments)} if arguments else {}
        add(EVENT, event.id, **{CATEGORY: trigger.label, ID: event.id}, **places, **slot)
    for cluster in document.clusters:
        add(ENTITY, cluster.id, **{ID: cluster.id})
    return cas
