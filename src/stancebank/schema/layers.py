"""The layers of a corpus: their columns, kinds and keys, defined once.

A layer is a flat table, stored as one JSON object per line. Everything that
knows columns (Polars and Arrow schemas, pandera models, JSON Schemas, Hugging
Face features, the strict reader) is derived from the definitions here.
Offsets are Unicode code points into ``documents.text``, half open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

from stancebank.schema.column import UNDECIDED, Column, ListOf, Record


@dataclass(frozen=True)
class Layer:
    """One flat layer.

    id_column: unique inside a document (inside the corpus for documents and what all parts share).
    spans: rows have start and end, and are sorted by them.
    annotated: an annotator decides its rows.
    tracks: it says how far the annotated layers are.
    shared: all parts share its one file; its records belong to no document.
    optional: its file may be missing, which says as much as an empty one.
    """

    name: str
    meaning: str
    id_column: str
    columns: tuple[Column, ...]
    spans: bool = False
    annotated: bool = False
    tracks: bool = False
    shared: bool = False
    optional: bool = False

    def __getitem__(self, name: str) -> Column:
        """The column of that name; KeyError if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The column names in stored order."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def decimal(self) -> tuple[str, ...]:
        """The columns of numbers that may have decimals, by name."""
        return tuple(column.name for column in self.columns if column.kind == "number")

    @cached_property
    def unset(self) -> Mapping[str, object]:
        """A record of which nobody has said anything: to be copied, not changed."""
        return {column.name: column.unset for column in self.columns}

    @property
    def in_passes(self) -> bool:
        """Whether each pass over a part has a file of its own; the others are the corpus's alone."""
        return self.annotated or self.tracks

    @property
    def file_name(self) -> str:
        """The layer's file inside its folder."""
        return f"{self.name}.jsonl"

    @property
    def noun(self) -> str:
        """What one of its records is called."""
        return "document" if self.id_column == DOC_ID.name else self.id_column.removesuffix("_id")

    @property
    def fields(self) -> tuple[tuple[Column, ...], ...]:
        """The columns that are decided on, merged and compared: start, end and text of its span as one, then others."""
        span = [column for column in self.columns if self.spans and column.name in ("start", "end", "text")]
        others = [c for c in self.columns if c not in span and c.name not in (DOC_ID.name, self.id_column)]
        return (*([tuple(span)] if span else []), *((column,) for column in others))


ID = r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}"
FILE_NAME = r"[^/\\\x00-\x1f\x7f.][^/\\\x00-\x1f\x7f]*"
DATE = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
SHA256 = r"[0-9a-f]{64}"
LANGUAGE = r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*"
WIKIDATA = r"Q[1-9][0-9]{0,11}"
RECIPE = r"[a-z][a-z0-9-]*/[1-9][0-9]*"
KEY = r"[a-z][a-z0-9_-]*"
URL = r"https?://[^\s\x00-\x20\x7f-\x9f]+"
LINE = r"[^\x00-\x1f\x7f-\x9f]*"
# A line without blanks around it.
NAME = r"(?:[^\s\x00-\x1f\x7f-\x9f](?:[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f])?)?"
PARAGRAPHS = r"[^\x00-\x09\x0b-\x1f\x7f-\x9f]*"


def _identifier(name: str, meaning: str) -> Column:
    return Column(name, "string", meaning, pattern=ID)


def _reference(name: str, meaning: str, layer: str, *, control: str | None = None, nobody: str | None = None) -> Column:
    """nobody: what a difference calls null, where that is allowed."""
    column = Column(name, "string", meaning, pattern=ID, refers_to=layer, control=control)
    return column if nobody is None else replace(column, nullable=True, absent=nobody)


def _label(name: str, meaning: str, vocabulary: str, *, control: str | None = None) -> Column:
    """A label of the scheme that an annotator decides on; null where nobody has decided yet."""
    return Column(name, "string", meaning, nullable=True, vocabulary=vocabulary, control=control, absent=UNDECIDED)


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
        Column(
            "date",
            "string",
            "Day of publication, ISO 8601; null where the text has none.",
            nullable=True,
            pattern=DATE,
            absent=UNDECIDED,
        ),
        Column("title", "string", "Headline, where the source has one.", nullable=True, pattern=NAME, source="text"),
        Column("language", "string", "Language of the text, BCP 47.", pattern=LANGUAGE),
        Column("text", "string", "The text; LF line ends, otherwise as in the seed.", shortest=1, source="text"),
        Column("text_sha256", "string", "SHA-256 of the text in UTF-8.", pattern=SHA256, derived=True),
        Column("seed", "string", "File name of the raw text under seeds/.", pattern=FILE_NAME),
        Column("seed_sha256", "string", "SHA-256 of the seed's bytes.", pattern=SHA256, derived=True),
        Column("header", "string", "What the recipe cut from the front of the seed.", source="text"),
        Column("newline", "string", "Line end of the seed: lf or crlf.", pattern="lf|crlf"),
        Column("recipe", "string", "Name and version of the recipe that made the text.", pattern=RECIPE),
        Column("rights", "string", "A key of the rights table in seeds.yaml.", pattern=KEY),
        Column("url", "string", "Where it was published, an address.", nullable=True, pattern=URL, source="maybe"),
        Column("outlet", "string", "Who published it.", nullable=True, pattern=NAME, shortest=1, source="maybe"),
        Column("authors", ListOf("string"), "Who wrote it, one name each; empty where nobody is named."),
    ),
)

HEADING = "heading"
SENTENCE_KINDS = ("sentence", HEADING, "byline", "dateline", "item")
"""What a line is: only the first is a sentence in the sense of grammar."""

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
        Column(
            "kind",
            "string",
            "sentence, heading, byline, dateline or item of a list; null where nobody has decided.",
            nullable=True,
            pattern="|".join(SENTENCE_KINDS),
            absent=UNDECIDED,
        ),
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
        _label("type", "Entity type.", "entity_types"),
        Column(
            "name",
            "string",
            "Its name, or a short description where it has none.",
            pattern=NAME,
            shortest=1,
            source="name",
        ),
        Column("wikidata", "string", "Wikidata item, where it was checked.", nullable=True, pattern=WIKIDATA),
        Column("value", "string", "TIMEX3 value where the type has one, else null.", nullable=True),
        _reference("actor", "Who it is across documents; null where it is not linked.", "actors", nobody="none"),
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
        _label("level", "Name, nominal or pronoun.", "mention_levels", control="level"),
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
        _label("type", "Relation type.", "relation_types"),
        _reference("head", "Mention that the relation starts from.", "mentions"),
        _reference("tail", "Mention that the relation leads to.", "mentions"),
        _label("modality", "How the text holds it to be the case.", "modalities"),
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
        _reference(
            "source", "Mention of who says it; null where nobody is named.", "mentions", nobody="of nobody named"
        ),
        *_span("the cue"),
        Column("content", ListOf(Record(_span("the content"))), "Spans of what is attributed.", shortest=1),
        _label("kind", "How much of the content is in quotation marks.", "attribution_kinds", control="kind"),
    ),
    spans=True,
    annotated=True,
)

STANCES = Layer(
    "stances",
    "Expressions of a stance: who takes which side on which target, with the evidence.",
    "stance_id",
    (
        DOC_ID,
        _identifier("stance_id", "The stance's id."),
        _reference("holder", "Mention of who holds it; null for the writer.", "mentions", nobody="of the writer"),
        _reference("target", "The target's id.", "targets", control="target"),
        _label("label", "Stance on the target's proposition.", "stance_labels", control="stance"),
        _label("basis", "What the stance shows itself in.", "stance_bases", control="basis"),
        _label("commitment", "With or without a condition.", "commitments", control="commitment"),
        *_span("the evidence"),
        _label("expression", "Whether words say it or a reader infers it.", "stance_expressions", control="expression"),
    ),
    spans=True,
    annotated=True,
)

ANNOTATED = tuple(layer.name for layer in (ENTITIES, MENTIONS, RELATIONS, ATTRIBUTIONS, STANCES))
"""The layers that annotators fill, by name."""

STATES = DONE, OPEN, SKIPPED = ("done", "open", "skipped")
"""How far a layer of a document is; one that progress does not list is not begun."""

ORIGINS = BLANK, FROM_PREDICTIONS, FROM_GOLD, FROM_PASSES = ("blank", "predictions", "gold", "passes")
"""What annotators began with: nothing, a model's output, the corpus's own annotations, or passes to adjudicate."""

PROGRESS = Layer(
    "progress",
    "How far each document is, layer by layer; what is not listed is not begun.",
    "layer",
    (
        DOC_ID,
        Column("layer", "string", "The annotated layer.", pattern="|".join(ANNOTATED)),
        Column(
            "state",
            "string",
            "done: all of it was annotated, even if that gave no record; open: begun; skipped: given up.",
            pattern="|".join(STATES),
        ),
        Column("annotator", "string", "Id of who did it; null where nobody is named.", nullable=True, pattern=ID),
        Column("date", "string", "Day on which it got this state, ISO 8601.", nullable=True, pattern=DATE),
        Column(
            "made_from",
            "string",
            "What the annotator began with: blank, predictions, gold or passes.",
            nullable=True,
            pattern="|".join(ORIGINS),
        ),
        Column("remark", "string", "A remark or doubt in free words.", nullable=True, pattern=NAME, source="maybe"),
    ),
    tracks=True,
    optional=True,
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
    shared=True,
)


def _attribute(name: str, meaning: str) -> Column:
    return Column(name, "string", meaning, nullable=True, pattern=NAME, shortest=1, source="maybe")


ACTORS = Layer(
    "actors",
    "Who entities are across documents, shared by all of them.",
    "actor_id",
    (
        _identifier("actor_id", "The actor's id, unique in the corpus."),
        Column("name", "string", "What the actor is called everywhere.", pattern=NAME, shortest=1, source="maybe"),
        Column("type", "string", "Entity type; null where it is not said.", nullable=True, vocabulary="entity_types"),
        Column("wikidata", "string", "Wikidata item, where it was checked.", nullable=True, pattern=WIKIDATA),
        _attribute("party", "Party, as the corpus names it."),
        _attribute("office", "Office or role."),
        _attribute("country", "Country: a name or a code, one way throughout the corpus."),
        _attribute("note", "What tells the actor from others."),
    ),
    shared=True,
    optional=True,
)

CLASSIFICATIONS = Layer(
    "classifications",
    "What annotators decide on a document as a whole, in fields that the scheme declares.",
    "classification_id",
    (DOC_ID, _identifier("classification_id", "The classification's id; a document has one.")),
    annotated=True,
)
"""Used only by schemes with fields of their own for it."""

LAYERS: Mapping[str, Layer] = MappingProxyType(
    {
        layer.name: layer
        for layer in (
            DOCUMENTS,
            SENTENCES,
            ENTITIES,
            MENTIONS,
            RELATIONS,
            ATTRIBUTIONS,
            STANCES,
            PROGRESS,
            TARGETS,
            ACTORS,
        )
    }
)
KNOWN_LAYERS: Mapping[str, Layer] = MappingProxyType(
    {
        layer.name: layer
        for name, each in LAYERS.items()
        for layer in ((CLASSIFICATIONS, each) if each is PROGRESS else (each,))
    }
)
"""All layers that a corpus may have."""

KNOWN_ANNOTATED = tuple(name for name, layer in KNOWN_LAYERS.items() if layer.annotated)
"""The layers that annotators may fill, by name."""

PART_LAYERS: Mapping[str, Layer] = MappingProxyType({name: layer for name, layer in LAYERS.items() if not layer.shared})
SHARED_LAYERS: Mapping[str, Layer] = MappingProxyType({name: layer for name, layer in LAYERS.items() if layer.shared})
"""The layers that all parts share."""
