"""The coreference scores against the papers that define them and against another scorer."""

from __future__ import annotations

from typing import Any

import pytest
import scorch.scores
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from conftest import examples
from stancebank.agreement.coreference import Clustering, b_cubed, ceaf_e, conll, lea, muc
from stancebank.agreement.score import PrecisionRecall

METRICS = (muc, b_cubed, ceaf_e, lea)
BAGGA_KEY = ["12345", "67", "89ABC"]
JOINED_SMALL, JOINED_LARGE = ["12345", "6789ABC"], ["1234589ABC", "67"]
ONE, ALONE = ["123456789ABC"], list("123456789ABC")
PRADHAN_KEY, PRADHAN_RESPONSE = ["abc", "defg"], ["ab", "cd", "fghi"]


def figures(score: PrecisionRecall) -> tuple[Any, ...]:
    return tuple(None if n is None else round(n, 3) for n in (score.recall, score.precision, score.f1))


@st.composite
def clusterings(draw: st.DrawFn) -> list[set[int]]:
    """Entities over some of ten mentions, down to one mention each, or none at all."""
    labels = draw(st.lists(st.one_of(st.none(), st.integers(0, 4)), min_size=10, max_size=10))
    return [{m for m, label in enumerate(labels) if label == e} for e in sorted({n for n in labels if n is not None})]


@pytest.mark.parametrize(
    ("response", "of_muc", "of_b_cubed", "of_ceaf_e"),
    [
        (JOINED_SMALL, (1, 0.9, 0.947), (1, 0.762, 0.865), (0.611, 0.917, 0.733)),
        (JOINED_LARGE, (1, 0.9, 0.947), (1, 0.583, 0.737), (0.556, 0.833, 0.667)),
        (ONE, (1, 0.818, 0.9), (1, 0.375, 0.545), (0.196, 0.588, 0.294)),
        (ALONE, (0, None, 0), (0.25, 1, 0.4), (0.444, 0.111, 0.178)),
    ],
)
def test_the_responses_of_bagga_and_baldwin_1998_and_luo_2005(
    response: Clustering, of_muc: object, of_b_cubed: object, of_ceaf_e: object
) -> None:
    assert figures(muc(BAGGA_KEY, response)) == of_muc
    assert figures(b_cubed(BAGGA_KEY, response)) == of_b_cubed
    assert figures(ceaf_e(BAGGA_KEY, response)) == of_ceaf_e


def test_the_example_of_pradhan_et_al_2014_with_mentions_that_one_side_lacks() -> None:
    assert figures(muc(PRADHAN_KEY, PRADHAN_RESPONSE)) == (0.4, 0.4, 0.4)
    assert figures(b_cubed(PRADHAN_KEY, PRADHAN_RESPONSE)) == (0.417, 0.5, 0.455)
    assert figures(ceaf_e(PRADHAN_KEY, PRADHAN_RESPONSE)) == (0.65, 0.433, 0.52)


def test_the_example_of_moosavi_and_strube_2016() -> None:
    assert figures(lea(PRADHAN_KEY, PRADHAN_RESPONSE)) == (0.238, 0.333, 0.278)


def test_lea_of_links_kept_and_lost() -> None:
    assert figures(lea(BAGGA_KEY, JOINED_SMALL)) == (1, round((5 + 7 * 11 / 21) / 12, 3), 0.839)
    assert figures(lea(["ab", "cd"], ["abcd"])) == (1, 0.333, 0.5)
    assert figures(lea(["ab", "cd"], ["ac", "bd"])) == (0, 0, 0)


def test_lea_gives_a_mention_alone_a_link_to_itself() -> None:
    assert figures(lea(["a", "bc"], ["a", "bc"])) == (1, 1, 1)
    assert figures(lea(["a", "bc"], ["abc"])) == (0.667, 0.333, 0.444)
    assert figures(lea(["a"], ["b"])) == (0, 0, 0)


def test_without_entities_a_score_is_undefined_or_nothing() -> None:
    for metric in METRICS:
        assert figures(metric([], [])) == (None, None, None)
        assert figures(metric(["ab"], [])) == (0, None, 0)
        assert figures(metric([], ["ab"])) == (None, 0, 0)
    assert conll([], []) is None
    assert conll(["ab"], []) == 0


def test_muc_says_nothing_where_every_mention_is_alone_and_the_average_leaves_it_out() -> None:
    assert figures(muc("abc", "abc")) == (None, None, None)
    assert conll("abc", "abc") == 1


@settings(max_examples=examples(200))
@given(clusterings(), clusterings())
def test_the_scores_are_those_of_scorch(key: list[set[int]], response: list[set[int]]) -> None:
    # Without a mention in common scorch 0.2.0 divides by a zero of NumPy's; every score is 0 then.
    assume(set().union(*key) & set().union(*response))
    references = (scorch.scores.muc, scorch.scores.b_cubed, scorch.scores.ceaf_e)
    theirs = [reference(key, response) for reference in references]
    ours = [metric(key, response) for metric in (muc, b_cubed, ceaf_e)]
    for score, reference in zip(ours, theirs, strict=True):
        assert (score.recall or 0, score.precision or 0, score.f1 or 0) == pytest.approx(reference)
    if all(score.f1 is not None for score in ours):
        assert conll(key, response) == pytest.approx(scorch.scores.conll2012(key, response))


@given(clusterings(), clusterings())
def test_key_and_response_change_places_as_precision_and_recall_do(
    key: list[set[int]], response: list[set[int]]
) -> None:
    for metric in METRICS:
        one, other = metric(key, response), metric(response, key)
        assert (one.precision, one.recall, one.f1) == pytest.approx((other.recall, other.precision, other.f1))
        assert metric(key, key).f1 in (1, None)


@given(clusterings(), clusterings(), clusterings(), clusterings())
def test_documents_given_at_once_add_up(key: Any, response: Any, more_key: Any, more_response: Any) -> None:
    def apart(entities: Any) -> list[set[int]]:
        return [{mention + 100 for mention in entity} for entity in entities]

    for metric in METRICS:
        one, other = metric(key, response), metric(more_key, more_response)
        both = metric([*key, *apart(more_key)], [*response, *apart(more_response)])
        assert both.recall_hits == pytest.approx(one.recall_hits + other.recall_hits)
        assert both.precision_hits == pytest.approx(one.precision_hits + other.precision_hits)
        assert both.recall_all == one.recall_all + other.recall_all
