"""The eight layers of a corpus: their columns, kinds and keys, defined once.

A layer is a flat table, stored as one JSON object per line. Everything that
knows columns (Polars and Arrow schemas, pandera models, JSON Schemas, Hugging
Face features, the strict reader) is derived from the definitions here.
Offsets are Unicode code points into ``documents.text``, half open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from stancebank.scheme import Scheme

Scalar = Literal["string", "integer"]


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list whose items are all of one kind."""

    item: Kind


@dataclass(frozen=True, slots=True)
class Record:
    """A nested object with named columns."""

    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Category:
    """A label of a closed set that models are trained to predict; stored as its name.

    names: the labels, in order, given the scheme.
    """

    names: Callable[[Scheme], tuple[str, ...]]


Kind = Scalar | ListOf | Record | Category


@dataclass(frozen=True, slots=True)
class Column:
    """One field of a layer or of a view.

    meaning: one sentence for people; it becomes the field's documentation.
    nullable: null is allowed (the key itself is always required).
    pattern: a regular expression that the whole string matches.
    minimum: the least integer allowed.
    shortest: the least length of a string or list.
    vocabulary: the list of the scheme that holds the allowed labels.
    refers_to: the layer whose record in the same document is named here.
    source: whether its values are the source's own words: always, or maybe, where an annotator copied them.
    """

    name: str
    kind: Kind
    meaning: str
    nullable: bool = False
    pattern: str | None = None
    minimum: int | None = None
    shortest: int = 0
    vocabulary: str | None = None
    refers_to: str | None = None
    source: Literal["text", "maybe"] | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """One flat layer.

    id_column: unique inside a document (inside the corpus for documents and targets).
    spans: rows have start and end, and are sorted by them.
    annotated: an annotator decides its rows; a pass holds these layers alone.
    """

    name: str
    meaning: str
    id_column: str
    columns: tuple[Column, ...]
    spans: bool = False
    annotated: bool = False

    def __getitem__(self, name: str) -> Column:
        """The column of that name; KeyError if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def names(self) -> tuple[str, ...]:
        """The column names in stored order."""
        return tuple(column.name for column in self.columns)

    @property
    def file_name(self) -> str:
        """The layer's file inside a part."""
        return f"{self.name}.jsonl"


ID = r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}"
FILE_NAME = r"[^/\\\x00-\x1f\x7f.][^/\\\x00-\x1f\x7f]*"
DATE = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
SHA256 = r"[0-9a-f]{64}"
LANGUAGE = r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*"
WIKIDATA = r"Q[1-9][0-9]{0,11}"
RECIPE = r"[a-z][a-z0-9-]*/[1-9][0-9]*"
KEY = r"[a-z][a-z0-9_-]*"
LINE = r"[^\x00-\x1f\x7f-\x9f]*"
# A line without blanks around it.
NAME = r"(?:[^\s\x00-\x1f\x7f-\x9f](?:[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f])?)?"
PARAGRAPHS = r"[^\x00-\x09\x0b-\x1f\x7f-\x9f]*"


def _identifier(name: str, meaning: str) -> Column:
    return Column(name, "string", meaning, pattern=ID)


def _reference(name: str, meaning: str, layer: str, *, nullable: bool = False) -> Column:
    return Column(name, "string", meaning, nullable=nullable, pattern=ID, refers_to=layer)


def _span(of: str) -> tuple[Column, Column, Column]:
    return (
        Column("start", "integer", f"First code point of {of} in the document's text.", minimum=0),
        Column("end", "integer", f"Code point after the last of {of}.", minimum=1),
        Column("text", "string", f"What the document reads at start..end: {of}.", shortest=1, source="text"),
    )


DOC_ID = _identifier("doc_id", "The document.")

DOCUMENTS = Layer(
    "documents",
    "One news text, with what is needed to give its seed back byte for byte.",
    "doc_id",
    (
        _identifier("doc_id", "The document's id, unique in the corpus."),
        Column("date", "string", "Day of publication, ISO 8601.", pattern=DATE),
        Column("title", "string", "Headline, where the source has one.", nullable=True, pattern=NAME, source="text"),
        Column("language", "string", "Language of the text, BCP 47.", pattern=LANGUAGE),
        Column("text", "string", "The text; LF line ends, otherwise as in the seed.", shortest=1, source="text"),
        Column("text_sha256", "string", "SHA-256 of the text in UTF-8.", pattern=SHA256),
        Column("seed", "string", "File name of the raw text under seeds/.", pattern=FILE_NAME),
        Column("seed_sha256", "string", "SHA-256 of the seed's bytes.", pattern=SHA256),
        Column("header", "string", "What the recipe cut from the front of the seed.", source="text"),
        Column("newline", "string", "Line end of the seed: lf or crlf.", pattern="lf|crlf"),
        Column("recipe", "string", "Name and version of the recipe that made the text.", pattern=RECIPE),
        Column("rights", "string", "A key of the rights table in seeds.yaml.", pattern=KEY),
    ),
)

SENTENCES = Layer(
    "sentences",
    "The sentences of a text, without the blanks around them.",
    "sentence_id",
    (
        DOC_ID,
        _identifier("sentence_id", "The sentence's id."),
        Column("start", "integer", "First code point of the sentence.", minimum=0),
        Column("end", "integer", "Code point after the last of the sentence.", minimum=1),
        Column("paragraph", "integer", "Index of its paragraph, from 0.", minimum=0),
    ),
    spans=True,
)

ENTITIES = Layer(
    "entities",
    "The people, bodies, places, events, texts and times that a document speaks of.",
    "entity_id",
    (
        DOC_ID,
        _identifier("entity_id", "The entity's id."),
        Column("type", "string", "Entity type.", vocabulary="entity_types"),
        Column(
            "name",
            "string",
            "Its name, or a short description where it has none.",
            pattern=NAME,
            shortest=1,
            source="maybe",
        ),
        Column("wikidata", "string", "Wikidata item, where it was checked.", nullable=True, pattern=WIKIDATA),
        Column("value", "string", "TIMEX3 value of a DATE, else null.", nullable=True),
    ),
    annotated=True,
)

MENTIONS = Layer(
    "mentions",
    "The places where a text names, describes or stands in for an entity.",
    "mention_id",
    (
        DOC_ID,
        _identifier("mention_id", "The mention's id."),
        _reference("entity_id", "The entity meant.", "entities"),
        *_span("the mention"),
        Column("level", "string", "Name, nominal or pronoun.", vocabulary="mention_levels"),
    ),
    spans=True,
    annotated=True,
)

RELATIONS = Layer(
    "relations",
    "What a text states between two mentions, directed from head to tail.",
    "relation_id",
    (
        DOC_ID,
        _identifier("relation_id", "The relation's id."),
        Column("type", "string", "Relation type.", vocabulary="relation_types"),
        _reference("head", "Mention that the relation starts from.", "mentions"),
        _reference("tail", "Mention that the relation leads to.", "mentions"),
        Column("modality", "string", "How the text holds it to be the case.", vocabulary="modalities"),
    ),
    annotated=True,
)

ATTRIBUTIONS = Layer(
    "attributions",
    "Who says, writes, asks, announces or believes what, in whose words.",
    "attribution_id",
    (
        DOC_ID,
        _identifier("attribution_id", "The attribution's id."),
        _reference("source", "Mention of who says it; null where nobody is named.", "mentions", nullable=True),
        *_span("the cue"),
        Column("content", ListOf(Record(_span("the content"))), "Spans of what is attributed.", shortest=1),
        Column("kind", "string", "Direct, indirect or mixed.", vocabulary="attribution_kinds"),
    ),
    spans=True,
    annotated=True,
)

STANCES = Layer(
    "stances",
    "Expressions of a stance: who stands where on which target, with the evidence.",
    "stance_id",
    (
        DOC_ID,
        _identifier("stance_id", "The stance's id."),
        _reference("holder", "Mention of who holds it; null for the writer.", "mentions", nullable=True),
        _reference("target", "The target's id.", "targets"),
        Column("label", "string", "Stance on the target's proposition.", vocabulary="stance_labels"),
        Column("basis", "string", "What the stance shows itself in.", vocabulary="stance_bases"),
        Column("commitment", "string", "With or without a condition.", vocabulary="commitments"),
        *_span("the evidence"),
        Column(
            "expression",
            "string",
            "Whether words say it or a reader infers it; null where nobody has decided.",
            nullable=True,
            vocabulary="stance_expressions",
        ),
    ),
    spans=True,
    annotated=True,
)

TARGETS = Layer(
    "targets",
    "The propositions that stances are about, shared by all documents.",
    "target_id",
    (
        _identifier("target_id", "The target's id, unique in the corpus."),
        Column(
            "proposition", "string", "A sentence one can be for or against.", pattern=NAME, shortest=1, source="maybe"
        ),
        Column("wikidata", "string", "Wikidata item, for a target that is a thing.", nullable=True, pattern=WIKIDATA),
        Column("note", "string", "What belongs to it and what does not.", nullable=True, pattern=NAME, source="maybe"),
    ),
)

LAYERS: Mapping[str, Layer] = MappingProxyType(
    {
        layer.name: layer
        for layer in (DOCUMENTS, SENTENCES, ENTITIES, MENTIONS, RELATIONS, ATTRIBUTIONS, STANCES, TARGETS)
    }
)
PART_LAYERS: Mapping[str, Layer] = MappingProxyType(
    {name: layer for name, layer in LAYERS.items() if layer is not TARGETS}
)
