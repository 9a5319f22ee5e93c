"""Krippendorff's alpha where it is defined and where it is not, and its interval."""

from __future__ import annotations

import random

import pytest

from stancebank.agreement.alpha import Measurement, alpha, bootstrap, coded

# Four observers, twelve units: Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, part C.
OBSERVERS = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3),
    (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None),
)
PUBLISHED = list(zip(*OBSERVERS, strict=True))


@pytest.mark.parametrize(("measurement", "value"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_krippendorffs_own_example(measurement: Measurement, value: float) -> None:
    found = alpha(PUBLISHED, measurement)
    assert found is not None
    assert round(found, 3) == value


def test_full_agreement_is_one_and_steady_disagreement_below_zero() -> None:
    assert alpha([(0, 0), (1, 1), (2, 2)]) == 1
    value = alpha([(0, 1), (1, 0), (0, 1), (1, 0)])
    assert value is not None
    assert value < 0


def test_chance_is_near_zero() -> None:
    chance = random.Random(7)
    value = alpha([(chance.randrange(3), chance.randrange(3)) for _ in range(3000)])
    assert value == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize("units", [[], [(0, None), (None, 1)], [(0, 0), (0, 0)], [(0, 0), (1, None)], [(0, 0)]])
def test_what_cannot_vary_is_undefined(units: list[tuple[float | None, float | None]]) -> None:
    assert alpha(units) is None
    assert bootstrap(units, ["d"] * len(units)) is None


def test_far_labels_disagree_more_than_near_ones_where_the_order_counts() -> None:
    common = [(0, 0), (1, 1), (2, 2)] * 3
    near, far = alpha([*common, (0, 1)], "ordinal"), alpha([*common, (0, 2)], "ordinal")
    assert near is not None
    assert far is not None
    assert near > far


def test_labels_become_numbers_and_none_stays() -> None:
    assert coded([("favor", None), ("against", "favor")], ["against", "favor"]) == [[1, None], [0, 1]]
    assert coded([("odd", "favor"), ("another", None)], ["against", "favor"]) == [[3, 1], [2, None]]


def test_the_interval_holds_the_value_and_is_always_the_same() -> None:
    units = [(i % 3, i % 3 if i % 5 else (i + 1) % 3) for i in range(60)]
    value, interval = alpha(units), bootstrap(units, ["d"] * 60)
    assert value is not None
    assert interval is not None
    assert 0 < interval[0] < value < interval[1] < 1
    assert bootstrap(units[::-1], ["d"] * 60) == interval


def test_documents_are_drawn_whole_where_there_are_several() -> None:
    units = [(0, 0), (1, 1), (0, 1), (1, 0)] * 5
    by_unit, by_document = bootstrap(units, ["d"] * 20), bootstrap(units, list("ab" * 10))
    assert by_unit is not None
    assert by_document is not None
    assert bootstrap([(0, 0), (1, 1)] * 10, list("ab" * 10)) is None, "a resample of one document does not vary"
