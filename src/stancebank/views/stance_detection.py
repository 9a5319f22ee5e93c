"""Stance expressions as a classification task."""

from __future__ import annotations

import polars as pl

from stancebank.corpus.part import Part, once
from stancebank.schema.column import Category, Column, ListOf
from stancebank.schema.frames import changes, rows_at
from stancebank.views.attribution_chains import WRITER, chains, rests_on
from stancebank.views.named_entities import named_entities, named_mentions
from stancebank.views.passages import neighbours, read_sentences, sentence_rows
from stancebank.views.text_line import documents_of


def _label(name: str, vocabulary: str, meaning: str) -> Column:
    kind = Category(lambda scheme: scheme.names(vocabulary))
    return Column(name, kind, f"{meaning}; null where nobody has decided.", nullable=True)


COLUMNS = (
    Column("doc_id", "string", "The document."),
    Column("stance_id", "string", "The stance."),
    Column("sentence_id", "string", "The sentence that contains the evidence."),
    Column("text", "string", "What it reads.", source="text"),
    Column("before", "string", "The sentence before it; null where it is the first.", nullable=True, source="text"),
    Column("after", "string", "The sentence after it; null where it is the last.", nullable=True, source="text"),
    Column("target_id", "string", "The target."),
    Column("target", "string", "The target's proposition.", source="maybe"),
    Column("holder", "string", 'Name of who holds the stance; "writer" for the writer.', source="maybe"),
    Column("holder_entity", "string", "The holder's entity; null for the writer.", nullable=True),
    Column("holder_actor", "string", "Who that is across documents; null where it is not linked.", nullable=True),
    Column(
        "holder_text",
        "string",
        "What names the holder in this sentence: the mention that the annotator named, else the entity's first one"
        " there; null where there is none.",
        nullable=True,
        source="text",
    ),
    Column("holder_start", "integer", "Its first code point in the field text.", nullable=True),
    Column("holder_end", "integer", "The code point after its last.", nullable=True),
    _label("label", "stance_labels", "Stance on the target"),
    Column("evidence", "string", "The words that express it.", source="text"),
    Column("evidence_start", "integer", "Their first code point in the field text."),
    Column("evidence_end", "integer", "The code point after their last."),
    _label("basis", "stance_bases", "What it shows itself in"),
    _label("commitment", "commitments", "With or without a condition"),
    _label("expression", "stance_expressions", "Whether words say it or a reader infers it"),
    Column(
        "source_chain",
        ListOf("string"),
        'Through whom the text gives it, outermost first, from "writer".',
        source="maybe",
    ),
    Column("date", "string", "Day of publication; null where the document has none.", nullable=True),
    Column("language", "string", "Language of the text, BCP 47."),
)
PURPOSE = "stance detection"
TAGS_OF_HUB = ("stance-detection",)
OF_LAYERS = ("stances",)
USES = {
    "holder": "mentions",
    "holder_entity": "entities",
    "holder_actor": "entities",
    "holder_text": "mentions",
    "holder_start": "mentions",
    "holder_end": "mentions",
    "source_chain": "attributions",
}
OWN_FIELDS_OF = "stances"


def stance_detection(part: Part) -> pl.DataFrame:
    """One row per stance expression, as in SemEval-2016 Task 6, with who holds it.

    text: the sentence; target: the proposition; holder: the entity's name;
    label, evidence, basis, commitment, expression: as in the layer stances;
    source_chain: outermost first, from "writer". Evidence and holder have places in text. There is no
    row without a stance: the view stance_pairs has those.
    """
    stances, documents = part["stances"], part["documents"]
    document = documents_of(part, "stances")
    sentence = sentence_rows(part, document, stances["start"])
    places = rows_at(part["sentences"].select("sentence_id", first="start", last="end"), pl.Series(sentence))
    propositions = part.corpus.targets.select(target_id="target_id", proposition="proposition")
    rows = stances.with_columns(
        target_id="target",
        evidence="text",
        text=read_sentences(part, sentence),
        before=read_sentences(part, neighbours(part, sentence, -1)),
        after=read_sentences(part, neighbours(part, sentence, 1)),
        source_chain=chains(part)["chain"].gather(rests_on(part)["attribution"]),
    )
    rows = rows.hstack(places).hstack(holders(part).select("holder_entity", "holder_actor", "holder_name"))
    rows = rows.hstack(rows_at(documents.select("date", "language"), pl.Series(document)))
    rows = rows.hstack(_holder_words(part, rows))
    rows = rows.join(propositions, on="target_id", how="left", maintain_order="left")
    return rows.select(
        *("doc_id", "stance_id", "sentence_id", "text", "before", "after", "target_id"),
        pl.col("proposition").alias("target"),
        pl.col("holder_name").alias("holder"),
        *("holder_entity", "holder_actor", "holder_text", "holder_start", "holder_end", "label", "evidence"),
        (pl.col("start") - pl.col("first")).alias("evidence_start"),
        (pl.col("end") - pl.col("first")).alias("evidence_end"),
        *("basis", "commitment", "expression"),
        pl.col("source_chain").fill_null([WRITER]),
        *("date", "language"),
    )


@once
def holders(part: Part) -> pl.DataFrame:
    """Who holds each stance, in the order of the layer.

    doc_id, stance_id, holder_entity (null for the writer), holder_actor, holder_name.
    """
    entities = part["entities"].select(holder_entity="entity_id", holder_actor="actor", holder_name="name")
    held = rows_at(entities, named_entities(part, "stances", "holder"))
    held = held.with_columns(pl.col("holder_name").fill_null(WRITER))
    return part["stances"].select("doc_id", "stance_id").hstack(held)


def _holder_words(part: Part, rows: pl.DataFrame) -> pl.DataFrame:
    """For each stance the words for its holder in its sentence: holder_text, holder_start, holder_end in it.

    rows: of stances, with first and last, the place of the sentence, and holder_entity.
    """
    mentions = part["mentions"].select("doc_id", "entity_id", from_="start", to="end", holder_text="text")
    mentions = mentions.with_row_index("mention")
    named = named_mentions(part, "stances", "holder")
    stances = rows.select("doc_id", "first", "last", entity_id="holder_entity", named=named).with_row_index("row")
    found = stances.drop_nulls("named").join(
        mentions, on=["doc_id", "entity_id"], nulls_equal=True, maintain_order="left_right"
    )
    # Where the scheme has no entities, the mention that is named says all there is of the holder.
    found = found.filter(pl.col("entity_id").is_not_null() | (pl.col("mention") == pl.col("named")))
    found = found.filter(pl.col("from_") >= pl.col("first"), pl.col("to") <= pl.col("last"))
    found = found.sort("row", pl.col("mention") != pl.col("named"), "from_", "mention")
    found = found.filter(changes(found.select("row")))
    found = found.select(
        "row", "holder_text", holder_start=pl.col("from_") - pl.col("first"), holder_end=pl.col("to") - pl.col("first")
    )
    return stances.select("row").join(found, on="row", how="left", maintain_order="left").drop("row")
