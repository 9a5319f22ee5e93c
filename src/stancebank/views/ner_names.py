"""Named entities as BIO tags: names alone."""

from __future__ import annotations

import polars as pl

from stancebank.corpus.part import Part
from stancebank.schema.scheme import Scheme
from stancebank.views.ner import COLUMNS as NER_COLUMNS
from stancebank.views.ner import bio_sentences
from stancebank.views.token_views import token_mentions

COLUMNS = NER_COLUMNS
PURPOSE = "named entity recognition"
TAGS_OF_HUB = ("named-entity-recognition",)
OF_LAYERS = ("entities", "mentions")
NEEDS = ("entities", "mentions.level")


def applies(scheme: Scheme) -> bool:
    """Whether the scheme says which mentions are names."""
    return bool(scheme.name_levels)


def ner_names(part: Part) -> pl.DataFrame:
    """One row per sentence, for named entity recognition as in CoNLL-2003: names alone, outermost ones only.

    The columns of the view ner. A name is a mention whose level has the role of one in the scheme. A sentence is left
    out that is touched by a name whose type is undecided, or by a mention of undecided level.
    """
    mentions = token_mentions(part)
    is_name = pl.col("level").is_in(part.scheme.name_levels)
    mentions = mentions.filter(is_name | pl.col("level").is_null())
    return bio_sentences(part, mentions, pl.col("entity_type").is_null() | pl.col("level").is_null())
