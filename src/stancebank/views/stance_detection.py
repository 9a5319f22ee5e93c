"""Stance expressions as a classification task."""

from __future__ import annotations

import numpy as np
import polars as pl

from stancebank.corpus.part import Part
from stancebank.schema.column import Category, Column, ListOf
from stancebank.schema.frames import parent_index
from stancebank.views.attribution_chains import WRITER, chains, rests_on
from stancebank.views.named_entities import named_entities
from stancebank.views.text_line import on_line


def _label(name: str, vocabulary: str, meaning: str) -> Column:
    kind = Category(lambda scheme: scheme.names(vocabulary))
    return Column(name, kind, f"{meaning}; null where nobody has decided.", nullable=True)


COLUMNS = (
    Column("doc_id", "string", "The document."),
    Column("stance_id", "string", "The stance."),
    Column("text", "string", "The sentence that contains the evidence.", source="text"),
    Column("target", "string", "The target's proposition.", source="maybe"),
    Column("holder", "string", 'Name of who holds the stance; "writer" for the writer.', source="maybe"),
    _label("label", "stance_labels", "Stance on the target"),
    Column("evidence", "string", "The words that express it.", source="text"),
    _label("basis", "stance_bases", "What it shows itself in"),
    _label("commitment", "commitments", "With or without a condition"),
    _label("expression", "stance_expressions", "Whether words say it or a reader infers it"),
    Column(
        "source_chain",
        ListOf("string"),
        'Through whom the text gives it, outermost first, from "writer".',
        source="maybe",
    ),
)
OF_LAYERS = ("stances",)
USES = {"holder": "mentions", "source_chain": "attributions"}
OWN_FIELDS_OF = "stances"


def stance_detection(part: Part) -> pl.DataFrame:
    """One row per stance expression, as in SemEval-2016 Task 6, with who holds it.

    text: the sentence; target: the proposition; holder: the entity's name;
    label, evidence, basis, commitment, expression: as in the layer stances;
    source_chain: outermost first, from "writer".
    """
    targets = part.corpus.targets
    stances = part["stances"]
    proposition = targets["proposition"].gather(
        pl.Series(parent_index(stances, targets.rename({"target_id": "target"}), ["target"])).replace(-1, None)
    )
    chain = chains(part)["chain"].gather(rests_on(part)["attribution"])
    rows = stances.with_columns(
        evidence="text",
        text=_sentence_texts(part, stances),
        target=proposition,
        holder=holders(part)["holder_name"],
        source_chain=chain,
    ).with_columns(pl.col("source_chain").fill_null([WRITER]))
    return rows.select(column.name for column in COLUMNS)


def holders(part: Part) -> pl.DataFrame:
    """Who holds each stance, in the order of the layer.

    doc_id, stance_id, holder_entity (null for the writer), holder_name.
    """
    entities = part["entities"].select(holder_entity="entity_id", holder_name="name")
    held = entities[named_entities(part, "stances", "holder")]
    held = held.with_columns(pl.col("holder_name").fill_null(WRITER))
    return part["stances"].select("doc_id", "stance_id").hstack(held)


def _sentence_texts(part: Part, spans: pl.DataFrame) -> pl.Series:
    """For each span what the sentence reads in which it starts."""
    documents, sentences = part["documents"], part["sentences"]
    starts = on_line(part, parent_index(sentences, documents, ["doc_id"]), sentences["start"])
    document = parent_index(spans, documents, ["doc_id"])
    order = np.argsort(starts, kind="stable")
    at = np.searchsorted(starts[order], on_line(part, document, spans["start"]), "right") - 1
    around = sentences[order[at]]
    return part.code_points.read(document, around["start"].to_numpy(), around["end"].to_numpy())
