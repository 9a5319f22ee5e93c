"""Texts by code point: what many spans read at once is what each slice of a string reads."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from stancebank.text.code_points import CodePoints

TEXTS = st.lists(st.text(st.sampled_from("ab \n\0éß漢\U0001d518🕊\u0301"), max_size=12), min_size=1, max_size=5)


@st.composite
def texts_and_spans(draw, least=-3, most=15):
    texts = draw(TEXTS)
    place = st.integers(least, most)
    spans = draw(st.lists(st.tuples(st.integers(0, len(texts) - 1), place, place), max_size=12))
    return texts, spans


def columns(spans):
    return [np.array([span[i] for span in spans], np.int64) for i in range(3)]


@given(texts_and_spans())
def test_a_span_is_inside_where_it_has_a_code_point_and_no_other_text(made):
    texts, spans = made
    found = CodePoints(pl.Series(texts)).inside(*columns(spans))
    assert found.tolist() == [0 <= start < end <= len(texts[text]) for text, start, end in spans]


@given(texts_and_spans())
def test_spans_read_what_slices_read(made):
    texts, spans = made
    spans = [(text, start, end) for text, start, end in spans if 0 <= start < end <= len(texts[text])]
    read = CodePoints(pl.Series(texts)).read(*columns(spans))
    assert read.to_list() == [texts[text][start:end] for text, start, end in spans]


@given(texts_and_spans())
def test_a_place_is_between_the_bytes_beside_it(made):
    texts, spans = made
    spans = [span for span in spans if 0 < span[1] < len(texts[span[0]])]
    text, place, _ = columns(spans)
    before, after = CodePoints(pl.Series(texts)).beside(text, place)
    assert before.tolist() == [texts[t][:p].encode()[-1] for t, p, _ in spans]
    assert after.tolist() == [texts[t][p:].encode()[0] for t, p, _ in spans]


@given(texts_and_spans())
def test_blanked_spans_hold_nothing_and_the_rest_stays(made):
    texts, spans = made
    expected = [list(text) for text in texts]
    for text, start, end in spans:
        for place in range(max(start, 0), min(end, len(texts[text]))):
            expected[text][place] = "\0" * len(texts[text][place].encode())
    blanked = CodePoints(pl.Series(texts)).blanked(*columns(spans))
    assert blanked.texts.to_list() == ["".join(each) for each in expected]
    read = [(text, place) for text, each in enumerate(expected) for place, _ in enumerate(each)]
    text, place = columns([(*each, 0) for each in read])[:2]
    assert blanked.read(text, place, place + 1).to_list() == [expected[text][place] for text, place in read]
