"""Names of types and features: those of UIMA and INCEpTION, and those of the layers that exports bring along."""

from __future__ import annotations

import keyword
import re

ANNOTATION, ANNOTATION_BASE, TOP = "uima.tcas.Annotation", "uima.cas.AnnotationBase", "uima.cas.TOP"
DOCUMENT = "uima.tcas.DocumentAnnotation"
STRING, ARRAY = "uima.cas.String", "uima.cas.FSArray"
INITIAL_VIEW = "_InitialView"

_DKPRO = "de.tudarmstadt.ukp.dkpro.core.api."
TOKEN, SENTENCE = f"{_DKPRO}segmentation.type.Token", f"{_DKPRO}segmentation.type.Sentence"
META = f"{_DKPRO}metadata.type.DocumentMetaData"
OF_METADATA = f"{_DKPRO}metadata."
OF_WORDS = (
    *(f"{_DKPRO}{each}." for each in ("segmentation", "lexmorph", "syntax", "anomaly")),
    "org.dkpro.core.api.",
)
"""What types begin with that annotate words, sentences, pages and markup: no layer has a place for them."""
TITLE, DOCUMENT_ID, LANGUAGE = "documentTitle", "documentId", "language"
UNKNOWN_LANGUAGE = "x-unspecified"

HEAD, TAIL = "Governor", "Dependent"
"""What relations of INCEpTION call their ends: from the first to the second."""
FIRST, NEXT, REFERENCE = "first", "next", "referenceType"
"""Features of chains and their links."""
ROLE, FILLER = "role", "target"
"""Features of what fills a slot."""
LABELS = ("value", "label", "category")
"""Features that are taken for the label of an annotation, the first that its type has."""

OWN = "stancebank."
SPAN, PART, EVENT = f"{OWN}Span", f"{OWN}Part", f"{OWN}Event"
ARGUMENT, RELATION, ENTITY = f"{OWN}Argument", f"{OWN}Relation", f"{OWN}Entity"
CATEGORY, ID, FIELDS = "category", "identifier", "fields"
"""Features of our own types: the label, the id, and as a JSON object what no feature can hold."""
MEMBER_OF, ARGUMENTS = "entity", "arguments"

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_TYPE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
_TAKEN = {CATEGORY, ID, FIELDS, MEMBER_OF, ARGUMENTS, HEAD, TAIL, "order", "self", "elements", "xmiID"} | {
    # INCEpTION gives none of these names, in whatever case
    *("address", "begin", "end", "coveredText", "booleanValue", "doubleValue", "byteValue", "CAS", "CASImpl"),
    *("class", "featureValue", "floatValue", "longValue", "lowLevelCas", "printRefs", "sofa", "stringValue", "type"),
    *("typeIndexId", "view"),
}
_TAKEN_FOLDED = {each.casefold() for each in _TAKEN}
_NOT_IN_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


def is_free_name(name: str) -> bool:
    """Whether a feature of our own types can have a name."""
    return _NAME.fullmatch(name) is not None and name.casefold() not in _TAKEN_FOLDED and not keyword.iskeyword(name)


def is_type_name(name: object) -> bool:
    """Whether a name of a type is one of UIMA's."""
    return isinstance(name, str) and _TYPE_NAME.fullmatch(name) is not None


def is_feature_name(name: object) -> bool:
    """Whether a feature of any type can have a name: cassis makes Python classes of types, and code of names."""
    return (
        isinstance(name, str)
        and re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) is not None
        and (not keyword.iskeyword(name) and not name.startswith("__"))
    )


def not_in_xml(text: str) -> re.Match[str] | None:
    """The first character that no XML can have."""
    return _NOT_IN_XML.search(text)
