"""Named and other entities as BIO tags."""

from __future__ import annotations

import numpy as np
import polars as pl

from stancebank.corpus.part import Part
from stancebank.schema.column import Category, Column, ListOf, Vocabularies
from stancebank.schema.frames import lists
from stancebank.views.text_line import Integers
from stancebank.views.token_views import SENTENCE_COLUMNS, token_mentions, token_sentences


def bio_tags(scheme: Vocabularies) -> tuple[str, ...]:
    """O, then B- and I- of each entity type, in the scheme's order."""
    return ("O", *(f"{prefix}-{name}" for name in scheme.names("entity_types") for prefix in "BI"))


COLUMNS = (
    *SENTENCE_COLUMNS,
    Column("ner_tags", ListOf(Category(bio_tags)), "Entity type of the outermost mention at each token, in BIO."),
)
PURPOSE = "token classification, descriptions and pronouns too"
TAGS_OF_HUB = ("named-entity-recognition",)
OF_LAYERS = ("entities", "mentions")


def ner(part: Part) -> pl.DataFrame:
    """One row per sentence, for token classification; mentions of all levels count, outermost ones only.

    doc_id, sentence_id; tokens: strings, with starts, ends and blanks; ner_tags: one BIO tag per token. A token
    that a mention covers in part belongs to it. A sentence that a mention touches whose
    entity's type is undecided is left out: any tag might be wrong. Names inside descriptions do not show:
    the view ner_names has names alone, spans all mentions.
    """
    mentions = token_mentions(part)
    return bio_sentences(part, mentions, pl.col("entity_type").is_null())


def bio_sentences(part: Part, mentions: pl.DataFrame, undecided: pl.Expr) -> pl.DataFrame:
    """The sentences with the BIO tags of mentions, outermost ones only: the columns of the view.

    mentions: as token_mentions gives them. undecided: for which of them it is not known whether and as what
    they are tagged; sentences that they touch are left out.
    """
    mentions = mentions.drop_nulls("first_token")
    unknown = _sentences_of(part, mentions.filter(undecided))
    mentions = _outermost(mentions.filter(undecided.not_()))
    kinds = mentions["entity_type"].unique(maintain_order=True)
    kind = mentions["entity_type"].cast(pl.Enum(kinds)).to_physical().to_numpy()
    mention = _owners(mentions["first_token"].to_numpy(), mentions["last_token"].to_numpy(), part.tokens.height)
    sentence = part.tokens["row"].to_numpy()
    begins = (mention != np.roll(mention, 1)) | (sentence != np.roll(sentence, 1))
    begins[:1] = True
    tags = pl.Series(["O", *(f"{prefix}-{name}" for name in kinds for prefix in "BI")])
    number = np.where(mention < 0, 0, 1 + 2 * np.append(kind, 0)[mention] + ~begins)
    rows = token_sentences(part)
    rows = rows.with_columns(ner_tags=lists(tags.gather(number), sentence, rows.height))
    return rows.filter(~pl.int_range(pl.len()).is_in(unknown)) if unknown else rows


def _sentences_of(part: Part, mentions: pl.DataFrame) -> list[int]:
    """The rows of the sentences that mentions touch, from the one of their first token to that of their last."""
    rows = part.tokens["row"]
    ends = (rows.gather(mentions[token]).cast(pl.Int64) for token in ("first_token", "last_token"))
    return sorted({row for first, last in zip(*ends, strict=True) for row in range(first, last + 1)})


def _outermost(mentions: pl.DataFrame) -> pl.DataFrame:
    """The mentions that lie in no other one of their sentence; of several on one span the first.

    entity_type, first_token, last_token; in the order of the text.
    """
    line = mentions["sentence_row"].to_numpy() << 32
    starts, ends = (line + mentions[side].to_numpy() for side in ("start", "end"))
    order = np.lexsort((-ends, starts))
    ends = ends[order]
    reached = np.maximum.accumulate(np.append(-1, ends))[:-1]
    found: pl.DataFrame = mentions.select("entity_type", "first_token", "last_token")[order[ends > reached]]
    return found


def _owners(first: Integers, last: Integers, count: int) -> Integers:
    """For each token the mention that it belongs to, the first that covers it; -1 for none."""
    lengths = np.maximum(last - first + 1, 0)
    mention = np.repeat(np.arange(len(first)), lengths)
    token = np.arange(len(mention)) + np.repeat(first - np.cumsum(lengths) + lengths, lengths)
    owners = np.full(count, -1)
    owners[token[::-1]] = mention[::-1]
    return owners
