"""Files as INCEpTION exports them: UIMA CAS with built-in and custom layers, made with cassis."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import cassis

DKPRO = "de.tudarmstadt.ukp.dkpro.core.api."
META, SENTENCE, TOKEN = (
    f"{DKPRO}{each}"
    for each in ("metadata.type.DocumentMetaData", "segmentation.type.Sentence", "segmentation.type.Token")
)
ENTITY, LINK, CHAIN = (
    f"{DKPRO}{each}" for each in ("ner.type.NamedEntity", "coref.type.CoreferenceLink", "coref.type.CoreferenceChain")
)
RELATION, CUE, CONTENT = (f"webanno.custom.{each}" for each in ("Relation", "Cue", "Content"))
SLOT, ABOUT = "webanno.custom.CueSlot", "custom.About"
TEXT = "\U0001f600 Ada Birk leads Norland. She said: We will win.\r\n\r\nNorland is small."


def type_system() -> Any:
    """The types of a project with the built-in layers, one of relations, one with slots, one for the document."""
    types = cassis.load_dkpro_core_typesystem()
    meta = types.create_type(META, "uima.tcas.DocumentAnnotation")
    for each in ("documentTitle", "documentId", "documentUri", "collectionId", "documentBaseUri"):
        types.create_feature(meta, each, "uima.cas.String")
    relation = types.create_type(RELATION)
    for end in ("Governor", "Dependent"):
        types.create_feature(relation, end, ENTITY)
    types.create_feature(relation, "label", "uima.cas.String")
    slot = types.create_type(SLOT, "uima.cas.TOP")
    types.create_feature(slot, "role", "uima.cas.String")
    types.create_feature(slot, "target", "uima.tcas.Annotation")
    cue = types.create_type(CUE)
    types.create_feature(cue, "kind", "uima.cas.String")
    types.create_feature(cue, "parts", "uima.cas.FSArray", elementType=SLOT)
    content = types.create_type(CONTENT)
    types.create_feature(content, "sure", "uima.cas.Boolean")
    types.create_type(ABOUT, "uima.cas.AnnotationBase")
    return types


class Made:
    """A document of a project, that annotations can be added to."""

    def __init__(
        self, text: str = TEXT, title: str = "a.txt", owner: str = "ann", language: str = "en", types: Any = None
    ) -> None:
        self.text = text
        self.cas = cassis.Cas(typesystem=types or type_system())
        self.cas.sofa_string, self.cas.sofa_mime = text, "text"
        self.at(META, (0, len(text)), documentTitle=title, documentId=owner, language=language)

    def add(self, type: str, words: str, **features: Any) -> Any:
        """An annotation of words at their first place."""
        begin = self.text.index(words)
        return self.at(type, (begin, begin + len(words)), **features)

    def at(self, type: str, place: tuple[int, int] | None, **features: Any) -> Any:
        """An annotation at a place, or one of no place."""
        if place is not None:
            features |= {"begin": place[0], "end": place[1]}
        made = self.cas.typesystem.get_type(type)(**features)
        self.cas.add(made)
        return made

    def chain(self, places: Iterable[tuple[int, int]]) -> None:
        """A coreference chain over places."""
        links = [self.at(LINK, place, referenceType="nam") for place in places]
        for one, other in pairwise(links):
            one.next = other
        self.at(CHAIN, None, first=links[0])

    def slots(self, place: tuple[int, int], parts: Iterable[tuple[str, Any]]) -> Any:
        """A cue with what fills its slots, by role."""
        fillers = [self.at(SLOT, None, role=role, target=part) for role, part in parts]
        array = self.cas.typesystem.get_type("uima.cas.FSArray")(elements=fillers)
        return self.at(CUE, place, kind="direct", parts=array)

    def write(self, path: Path) -> Path:
        """The file, with the type system beside it where it is XMI."""
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".json":
            self.cas.to_json(path)
        else:
            self.cas.to_xmi(path)
            (path.parent / "TypeSystem.xml").write_text(self.cas.typesystem.to_xml(), "utf-8")
        return path


def a_document(**about: str) -> Made:
    """A document with one annotation or more of each layer."""
    made = Made(**about)
    for sentence in ("\U0001f600 Ada Birk leads Norland.", "She said: We will win.", "Norland is small."):
        made.add(SENTENCE, sentence)
    made.add(TOKEN, "Ada")
    ada = made.add(ENTITY, "Ada Birk", value="PERSON", identifier="http://www.wikidata.org/entity/Q1")
    norland = made.add(ENTITY, "Norland", value="GPE")
    she = made.add(ENTITY, "She", value="PERSON")
    made.add(RELATION, "Norland", Governor=ada, Dependent=norland, label="leads")
    made.chain((each.begin, each.end) for each in (ada, she))
    content = made.add(CONTENT, "We will win.", sure=True)
    made.slots((TEXT.index("said"), TEXT.index("said") + 4), [("Source", she), ("Content", content)])
    made.at(ABOUT, None)
    return made
