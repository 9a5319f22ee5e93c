"""Named and other entities as BIO tags."""

from __future__ import annotations

import numpy as np
import polars as pl

from stancebank.corpus import Part
from stancebank.frames import lists
from stancebank.layers import Category, Column, ListOf
from stancebank.scheme import Scheme
from stancebank.views.text_line import Integers
from stancebank.views.token_views import SENTENCE_COLUMNS, token_mentions, token_sentences


def bio_tags(scheme: Scheme) -> tuple[str, ...]:
    """O, then B- and I- of each entity type, in the scheme's order."""
    return ("O", *(f"{prefix}-{name}" for name in scheme.names("entity_types") for prefix in "BI"))


COLUMNS = (
    *SENTENCE_COLUMNS,
    Column("ner_tags", ListOf(Category(bio_tags)), "Entity type of the outermost mention at each token, in BIO."),
)


def ner(part: Part) -> pl.DataFrame:
    """One row per sentence, for token classification; mentions of all levels count, outermost ones only.

    doc_id, sentence_id; tokens: strings; ner_tags: one BIO tag per token. A token
    that a mention covers in part belongs to it.
    """
    mentions = _outermost(token_mentions(part).drop_nulls("first_token"))
    kinds = mentions["entity_type"].unique(maintain_order=True)
    kind = mentions["entity_type"].cast(pl.Enum(kinds)).to_physical().to_numpy()
    mention = _owners(mentions["first_token"].to_numpy(), mentions["last_token"].to_numpy(), part.tokens.height)
    sentence = part.tokens["row"].to_numpy()
    begins = (mention != np.roll(mention, 1)) | (sentence != np.roll(sentence, 1))
    begins[:1] = True
    tags = pl.Series(["O", *(f"{prefix}-{name}" for name in kinds for prefix in "BI")])
    number = np.where(mention < 0, 0, 1 + 2 * np.append(kind, 0)[mention] + ~begins)
    rows = token_sentences(part)
    return rows.with_columns(ner_tags=lists(tags.gather(number), sentence, rows.height))


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
    """For each of so many tokens the mention that it belongs to, the first that covers it; -1 for none."""
    lengths = np.maximum(last - first + 1, 0)
    mention = np.repeat(np.arange(len(first)), lengths)
    token = np.arange(len(mention)) + np.repeat(first - np.cumsum(lengths) + lengths, lengths)
    owners = np.full(count, -1)
    owners[token[::-1]] = mention[::-1]
    return owners
