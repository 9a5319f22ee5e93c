"""Attributions as tag sequences of source, cue and content."""

from __future__ import annotations

import numpy as np
import polars as pl

from stancebank.corpus.part import Part
from stancebank.schema.column import Category, Column, ListOf
from stancebank.schema.frames import lists, natural_order, parent_index, rows_at
from stancebank.views.attribution_chains import chains
from stancebank.views.named_entities import named_mentions
from stancebank.views.token_views import SENTENCE_COLUMNS, token_ranges, token_sentences

ROLES = ("CUE", "SOURCE", "CONTENT")
"""Of an attribution; of two on one token the first counts."""
TAGS = ("O", *(f"{prefix}-{role}" for role in ROLES for prefix in "BI"))

COLUMNS = (
    *SENTENCE_COLUMNS,
    Column(
        "levels",
        ListOf(ListOf(Category(lambda _: TAGS))),
        "One BIO tag per token for each level, the outermost attributions first; at least one level.",
    ),
)
PURPOSE = "attribution extraction"
TAGS_OF_HUB = ("attribution", "quotation-extraction")
OF_LAYERS = ("attributions",)


def attribution_tags(part: Part) -> pl.DataFrame:
    """One row per sentence, for attribution extraction as in PolNeAR: sources, cues and content as BIO tags.

    doc_id, sentence_id; tokens: strings, with starts, ends and blanks. levels: an attribution whose cue is in the
    content of another one is a level deeper, and so is one that would give a token of its level a second tag. A
    sentence without an attribution has one level of O; content that runs over several sentences begins with B in each.
    """
    spans = _spans(part)
    sentence = part.tokens["row"].to_numpy()
    rows = token_sentences(part)
    deepest = np.zeros(rows.height, np.int64)
    np.maximum.at(deepest, sentence[spans["token"].to_numpy()], spans["level"].to_numpy())
    tags = pl.Series(TAGS)
    levels, of_row = [], []
    for level in range(int(deepest.max(initial=0)) + 1):
        here = spans.filter(pl.col("level") == level)
        number = np.zeros(len(sentence), np.int64)
        number[here["token"].to_numpy()] = 1 + 2 * here["role"].to_numpy() + ~here["begins"].to_numpy()
        shown = np.flatnonzero(deepest >= level)
        levels.append(lists(tags.gather(number), sentence, rows.height).gather(shown))
        of_row.append(shown)
    order = np.argsort(np.concatenate(of_row), kind="stable")
    return rows.with_columns(levels=lists(pl.concat(levels).gather(order), np.concatenate(of_row)[order], rows.height))


def _spans(part: Part) -> pl.DataFrame:
    """The tags that are not O: token (its row), level from 0, role (its index), begins: whether the tag is a B."""
    tokens = _tokens(part)
    attribution, token = tokens["attribution"].to_numpy(), tokens["token"].to_numpy()
    tag = tokens.select("role", "span_start", "span_end").to_numpy()
    depth = chains(part)["chain"].list.len().cast(pl.Int64).to_numpy() - 2
    earlier = [pl.col("doc_id"), pl.Series("depth", depth), "start", "end", *natural_order("attribution_id")]
    rank = part["attributions"].select(pl.arg_sort_by(earlier)).to_series().arg_sort().to_numpy()
    level = depth.copy()
    while True:
        place = level[attribution] * part.tokens.height + token
        order = np.lexsort((rank[attribution], place))
        begins = np.flatnonzero(np.diff(place[order], prepend=-1))
        first = order[begins]
        kept = np.repeat(first, np.diff(begins, append=len(order)))
        clash = (attribution[order] != attribution[kept]) & np.any(tag[order] != tag[kept], axis=1)
        if not np.any(clash):
            spans: pl.DataFrame = tokens[first].with_columns(level=level[attribution[first]])
            return spans
        level[np.unique(attribution[order[clash]])] += 1


def _tokens(part: Part) -> pl.DataFrame:
    """The tokens of each attribution: attribution (its row), token, role, begins, span_start, span_end.

    Of two roles on one token the first of ROLES counts.
    """
    attributions = part["attributions"].with_columns(attribution=pl.int_range(pl.len(), dtype=pl.Int64))
    mentions = rows_at(part["mentions"].select("start", "end"), named_mentions(part, "attributions", "source"))
    columns = ("attribution", "doc_id", "start", "end")
    cues = attributions.select(columns)
    sources = attributions.select("attribution", "doc_id").hstack(mentions).drop_nulls("start")
    contents = attributions.select("attribution", "doc_id", "content").explode("content", empty_as_null=False)
    contents = contents.unnest("content").select(columns)
    spans = pl.concat(
        frame.select(columns).with_columns(role=pl.lit(role, pl.Int64))
        for role, frame in enumerate((cues, sources, contents))
    )
    document = parent_index(spans, part["documents"], ["doc_id"])
    order, _, first, last = token_ranges(part, document, spans["start"], spans["end"])
    spans = spans.with_columns(first=first, last=last, span_start="start", span_end="end")
    spans = spans.filter(pl.col("first") <= pl.col("last"))
    tokens = spans.with_columns(at=pl.int_ranges("first", pl.col("last") + 1, dtype=pl.Int64)).explode("at")
    token, before = (order[np.maximum(tokens["at"].to_numpy() - step, 0)] for step in (0, 1))
    sentence = part.tokens["row"].to_numpy()
    begins = (tokens["at"] == tokens["first"]).to_numpy() | (sentence[token] != sentence[before])
    tokens = tokens.select("attribution", "role", "span_start", "span_end", token=token, begins=begins)
    of = tokens["attribution"].to_numpy() * part.tokens.height + token
    by_role = np.argsort(of, kind="stable")  # which they come in
    kept: pl.DataFrame = tokens[by_role[np.diff(of[by_role], prepend=-1) != 0]]
    return kept
