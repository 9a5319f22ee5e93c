"""Mentions laid over tokens: what the token views share."""

from __future__ import annotations

import numpy as np
import polars as pl

from stancebank.corpus.part import Part, once
from stancebank.schema.column import Column, ListOf
from stancebank.schema.frames import lists
from stancebank.views.text_line import Integers, documents_of, on_line

PLACES = ("starts", "ends", "blanks")
TOKEN_COLUMNS = (
    Column("tokens", ListOf("string"), "The tokens of the sentence, blanks left out.", source="text"),
    Column("starts", ListOf("integer"), "The first code point of each token in the document's text."),
    Column("ends", ListOf("integer"), "The code point after the last of each."),
    Column("blanks", ListOf("string"), "The blanks behind each token; with them the tokens give the sentence."),
)
SENTENCE_COLUMNS = (
    Column("doc_id", "string", "The document."),
    Column("sentence_id", "string", "The sentence's id."),
    *TOKEN_COLUMNS,
)


@once
def token_sentences(part: Part) -> pl.DataFrame:
    """The sentences with their tokens, as lists: doc_id, sentence_id, tokens, starts, ends, blanks."""
    sentences, tokens = part["sentences"], part.tokens
    row = tokens["row"].to_numpy()
    columns = {"tokens": tokens["text"], "starts": tokens["start"], "ends": tokens["end"], "blanks": _blanks(part)}
    found = {name: lists(values, row, sentences.height) for name, values in columns.items()}
    return sentences.select("doc_id", "sentence_id", **found)


def _blanks(part: Part) -> pl.Series:
    """What the text reads between each token and the next of its sentence, or the end of the sentence."""
    tokens, sentences = part.tokens, part["sentences"]
    row = tokens["row"].to_numpy()
    ends = tokens["end"].to_numpy()
    following = np.append(tokens["start"].to_numpy()[1:], 0)
    is_last = np.append(row[1:] != row[:-1], True)[: len(row)]
    following = np.where(is_last, sentences["end"].to_numpy()[row], following[: len(row)])
    document = documents_of(part, "sentences")[row]
    return part.code_points.read(document, ends, np.maximum(ends, following))


@once
def token_mentions(part: Part) -> pl.DataFrame:
    """The mentions with the tokens that they touch, in the order of the layer.

    The columns of entity_mentions; first_token, last_token: the outermost tokens, as rows
    of part.tokens; first, last: as indices in the sentence; sentence: its index in the
    document; sentence_row: its row in the layer. Null for a mention without tokens.
    """
    mentions, tokens = part.entity_mentions, part.tokens
    document = documents_of(part, "mentions")[mentions["row"].to_numpy()]
    first_token, last_token = touched_tokens(part, document, mentions["start"], mentions["end"])
    return mentions.with_columns(
        first_token=first_token,
        last_token=last_token,
        first=tokens["token"].gather(first_token),
        last=tokens["token"].gather(last_token),
        sentence=tokens["sentence"].gather(first_token),
        sentence_row=tokens["row"].gather(first_token),
    )


def touched_tokens(part: Part, document: Integers, start: pl.Series, end: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The first and the last token that each span touches, as rows of part.tokens; null without any.

    document: the row of each span's document. A span between tokens has a first one behind its last.
    """
    order, of_tokens, *ranges = token_ranges(part, document, start, end)
    first_token, last_token = (_of_same(np.append(order, -1)[at], of_tokens, document) for at in ranges)
    return first_token, last_token


def token_ranges(
    part: Part, document: Integers, start: pl.Series, end: pl.Series
) -> tuple[Integers, Integers, Integers, Integers]:
    """The rows of all tokens in the order of the texts, their documents, and the first and last of each span there.

    document: the row of each span's document. A span without tokens has a first one behind its last.
    """
    order, of_tokens, starts, ends = _tokens_on_line(part)
    first = np.searchsorted(ends, on_line(part, document, start), "right")
    last = np.searchsorted(starts, on_line(part, document, end)) - 1
    return order, of_tokens, first, last


@once
def _tokens_on_line(part: Part) -> tuple[Integers, Integers, Integers, Integers]:
    """The rows of all tokens in the order of the texts, their documents, and in that order their starts and ends."""
    tokens = part.tokens
    of_tokens = documents_of(part, "sentences")[tokens["row"].to_numpy()]
    starts, ends = (on_line(part, of_tokens, tokens[side]) for side in ("start", "end"))
    order = np.argsort(starts, kind="stable")
    return order, of_tokens, starts[order], ends[order]


def _of_same(rows: Integers, of_rows: Integers, expected: Integers) -> pl.Series:
    """The rows, null where they are of another document than expected, or -1."""
    return pl.Series(rows).set(pl.Series(np.append(of_rows, -2)[rows] != expected), None)
