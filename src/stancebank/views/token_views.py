"""Mentions laid over tokens: what the token views share."""

from __future__ import annotations

import numpy as np
import polars as pl

from stancebank.corpus.part import Part
from stancebank.schema.column import Column, ListOf
from stancebank.schema.frames import lists, parent_index
from stancebank.views.text_line import Integers, on_line

SENTENCE_COLUMNS = (
    Column("doc_id", "string", "The document."),
    Column("sentence_id", "string", "The sentence's id."),
    Column("tokens", ListOf("string"), "The tokens of the sentence, blanks left out.", source="text"),
)


def token_sentences(part: Part) -> pl.DataFrame:
    """The sentences with their tokens: doc_id, sentence_id; tokens: list of strings."""
    sentences = part["sentences"]
    tokens = lists(part.tokens["text"], part.tokens["row"].to_numpy(), sentences.height)
    return sentences.select("doc_id", "sentence_id", tokens=tokens)


def token_mentions(part: Part) -> pl.DataFrame:
    """The mentions with the tokens that they touch, in the order of the layer.

    The columns of entity_mentions; first_token, last_token: the outermost tokens, as rows
    of part.tokens; first, last: as indices in the sentence; sentence: its index in the
    document; sentence_row: its row in the layer. Null for a mention without tokens.
    """
    documents, mentions, tokens = part["documents"], part.entity_mentions, part.tokens
    of_mentions = parent_index(mentions, documents, ["doc_id"])
    of_tokens = parent_index(part["sentences"], documents, ["doc_id"])[tokens["row"].to_numpy()]
    starts, ends = (on_line(part, of_tokens, tokens[side]) for side in ("start", "end"))
    order = np.argsort(starts, kind="stable")
    first = np.searchsorted(ends[order], on_line(part, of_mentions, mentions["start"]), "right")
    last = np.searchsorted(starts[order], on_line(part, of_mentions, mentions["end"])) - 1
    first_token, last_token = (_of_same(np.append(order, -1)[at], of_tokens, of_mentions) for at in (first, last))
    return mentions.with_columns(
        first_token=first_token,
        last_token=last_token,
        first=tokens["token"].gather(first_token),
        last=tokens["token"].gather(last_token),
        sentence=tokens["sentence"].gather(first_token),
        sentence_row=tokens["row"].gather(first_token),
    )


def _of_same(rows: Integers, of_rows: Integers, expected: Integers) -> pl.Series:
    """The rows, null where they are of another document than expected, or -1."""
    return pl.Series(rows).set(pl.Series(np.append(of_rows, -2)[rows] != expected), None)
