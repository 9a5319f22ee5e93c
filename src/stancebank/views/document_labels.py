"""What annotators decide on documents as a whole, as a classification task."""

from __future__ import annotations

import polars as pl

from stancebank.corpus.part import Part
from stancebank.schema.column import Column

COLUMNS = (
    Column("doc_id", "string", "The document."),
    Column("title", "string", "Its headline, where it has one.", nullable=True, source="text"),
    Column("text", "string", "Its text.", source="text"),
)
PURPOSE = "document classification"
OF_LAYERS = ("classifications",)
OWN_FIELDS_OF = "classifications"


def document_labels(part: Part) -> pl.DataFrame:
    """One row per document that is classified, with the fields of the scheme's own for documents as a whole.

    doc_id, title, text; then each field of the layer classifications, labels as classes.
    """
    rows = part["classifications"].select("doc_id")
    texts = part["documents"].select("doc_id", "title", "text")
    return rows.join(texts, on="doc_id", how="left", maintain_order="left")
