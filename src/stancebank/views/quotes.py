"""Attributions as source, cue and content, in the passage that holds them."""

from __future__ import annotations

import polars as pl

from stancebank.corpus.part import Part
from stancebank.schema.column import Category, Column, ListOf
from stancebank.schema.frames import rows_at
from stancebank.views.named_entities import named_entities, named_mentions
from stancebank.views.passages import read_sentences, sentence_rows
from stancebank.views.text_line import documents_of

COLUMNS = (
    Column("doc_id", "string", "The document."),
    Column("attribution_id", "string", "The attribution."),
    Column("sentence_id", "string", "The first sentence of the passage."),
    Column(
        "text",
        "string",
        "The passage: what the document reads from the first to the last sentence with the cue or content.",
        source="text",
    ),
    Column("text_start", "integer", "First code point of the passage in the document's text."),
    Column("source", "string", "Name of who says it; null where nobody is named.", nullable=True, source="maybe"),
    Column("source_entity", "string", "The source's entity; null where nobody is named.", nullable=True),
    Column("source_actor", "string", "Who that is across documents; null where it is not linked.", nullable=True),
    Column("source_text", "string", "What the mention of the source reads.", nullable=True, source="text"),
    Column(
        "source_start",
        "integer",
        "Its first code point in the field text; null where it is outside the passage.",
        nullable=True,
    ),
    Column("source_end", "integer", "The code point after its last.", nullable=True),
    Column("cue", "string", "The verb or phrase of saying.", source="text"),
    Column("cue_start", "integer", "Its first code point in the field text."),
    Column("cue_end", "integer", "The code point after its last."),
    Column("content", ListOf("string"), "What is attributed, span by span.", source="text"),
    Column("content_starts", ListOf("integer"), "The first code point of each span in the field text."),
    Column("content_ends", ListOf("integer"), "The code point after the last of each."),
    Column(
        "kind",
        Category(lambda scheme: scheme.names("attribution_kinds")),
        "How much of it is in quotation marks; null where nobody has decided.",
        nullable=True,
    ),
)
PURPOSE = "quotation extraction"
TAGS_OF_HUB = ("quotation-extraction",)
OF_LAYERS = ("attributions",)
USES = {
    "source": "entities",
    "source_entity": "entities",
    "source_actor": "entities",
    "source_text": "mentions",
    "source_start": "mentions",
    "source_end": "mentions",
}
OWN_FIELDS_OF = "attributions"


def quotes(part: Part) -> pl.DataFrame:
    """One row per attribution, with the passage that holds it and the places of source, cue and content in it.

    source is the entity's name, source_text what the mention reads; content is a list of texts. Sentences
    without an attribution are in the view attribution_tags.
    """
    attributions = part["attributions"]
    document = documents_of(part, "attributions")
    field = pl.element().struct.field
    spans = {f"content_{name}s": pl.col("content").list.eval(field(name)) for name in ("start", "end")}
    rows = attributions.with_columns(content=pl.col("content").list.eval(field("text")), **spans)
    reach = rows.select(
        start=pl.min_horizontal("start", pl.col("content_starts").list.min()),
        end=pl.max_horizontal("end", pl.col("content_ends").list.max()) - 1,
    )
    first, last = (sentence_rows(part, document, reach[side]) for side in ("start", "end"))
    places = part["sentences"].select("sentence_id", text_start="start")
    entities = part["entities"].select(source="name", source_entity="entity_id", source_actor="actor")
    mentions = part["mentions"].select(source_text="text", source_start="start", source_end="end")
    rows = rows.drop("source").with_columns(cue="text", text=read_sentences(part, first, last))
    rows = rows.hstack(rows_at(places, pl.Series(first)))
    rows = rows.hstack(rows_at(entities, named_entities(part, "attributions", "source")))
    rows = rows.hstack(rows_at(mentions, named_mentions(part, "attributions", "source")))
    base = pl.col("text_start")
    reaches = base + pl.col("text").str.len_chars().cast(pl.Int64)
    whole = (pl.col("source_start") >= base) & (pl.col("source_end") <= reaches)
    return rows.select(
        *("doc_id", "attribution_id", "sentence_id", "text", "text_start"),
        *("source", "source_entity", "source_actor", "source_text"),
        *(pl.when(whole).then(pl.col(side) - base).alias(side) for side in ("source_start", "source_end")),
        "cue",
        (pl.col("start") - base).alias("cue_start"),
        (pl.col("end") - base).alias("cue_end"),
        "content",
        *(pl.col(name) - base for name in spans),
        "kind",
    )
