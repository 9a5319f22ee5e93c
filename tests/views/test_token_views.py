"""The views of a part whose rows stand in another order."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from conftest import examples
from stancebank.corpus.part import Part
from stancebank.views.registry import VIEWS
from stancebank.views.token_views import token_sentences
from strategies import parts


@pytest.mark.parametrize("name", ["ner", "ner_names", "spans", "attribution_tags", "stance_detection", "quotes"])
@settings(max_examples=examples(40))
@given(part=parts(), data=st.data())
def test_the_rows_are_the_same_in_any_order_of_the_layers(name: str, part: Part, data: st.DataObject) -> None:
    frames = dict(part.frames)
    # Of mentions on one span the first one counts, and spans stand in the order of the mentions.
    for layer in frames.keys() - {"mentions"}:
        frames[layer] = frames[layer][data.draw(st.permutations(range(frames[layer].height)))]
    found = VIEWS[name].rows(replace(part, frames=frames))
    keys = [column for column in found.columns if column in ("doc_id", "sentence_id", "stance_id", "attribution_id")]
    assert_frame_equal(found.sort(keys), VIEWS[name].rows(part).sort(keys))


@settings(max_examples=examples(40))
@given(part=parts(), data=st.data())
def test_mentions_find_their_sentences_in_any_order(part: Part, data: st.DataObject) -> None:
    mentions = part["mentions"][data.draw(st.permutations(range(part["mentions"].height)))]
    shuffled = replace(part, frames={**part.frames, "mentions": mentions})
    by_id = pl.col("spans").list.eval(pl.element().sort_by(pl.element().struct.field("mention_id")))
    one, other = (VIEWS["spans"].rows(each).with_columns(by_id) for each in (part, shuffled))
    assert_frame_equal(one, other)


def test_what_views_share_is_worked_out_once_for_each_part(gold: Part) -> None:
    assert token_sentences(gold) is token_sentences(gold)
    assert token_sentences(replace(gold)) is not token_sentences(gold)
