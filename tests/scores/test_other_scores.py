"""Scores of clusters are those of scorch, of stances those of scikit-learn, of attributions those of the definition."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import pytest
import scorch.scores
from gold_of import STANCES, Row, against, scores_of, triple
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score, precision_recall_fscore_support

from stancebank.scores.coref_task import CorefTask
from stancebank.scores.quote_task import QuoteTask
from stancebank.scores.stance_tasks import pair_task, stance_task
from strategies import SCHEME

COREF, QUOTES, STANCE, PAIRS = CorefTask(), QuoteTask(), stance_task(), pair_task()
TOKENS = 6
SHARED = (0, 0, 1)
"""A mention of both sides: where they share none, scorch 0.2.0 divides by a zero of NumPy's."""


@st.composite
def clusterings(draw: st.DrawFn) -> list[list[list[tuple[int, int, int]]]]:
    """For two documents clusters of mentions, of which each span is in one; SHARED is always among the first's."""
    documents = []
    for always in ([SHARED], []):
        spans = st.tuples(st.integers(0, 1), st.integers(0, TOKENS - 1), st.integers(1, TOKENS)).filter(
            lambda span: span[1] < span[2]
        )
        clusters: dict[int, list[tuple[int, int, int]]] = {}
        for span in dict.fromkeys([*always, *draw(st.lists(spans, unique=True, max_size=6))]):
            clusters.setdefault(draw(st.integers(0, 2)), []).append(span)
        documents.append([*clusters.values()])
    return documents


def rows_of_clusters(documents: Sequence[Sequence[Sequence[tuple[int, int, int]]]]) -> list[Row]:
    return [
        {"doc_id": f"d{number}", "starts": [[*range(TOKENS)]] * 2}
        | {"clusters": [[{"sent_id": n, "start": s, "end": e} for n, s, e in each] for each in clusters]}
        for number, clusters in enumerate(documents)
    ]


@given(clusterings(), clusterings())
def test_scores_of_clusters_are_those_of_scorch(gold: list[Any], predicted: list[Any]) -> None:
    sides = [
        [{(number, *mention) for mention in cluster} for number, own in enumerate(documents) for cluster in own]
        for documents in (gold, predicted)
    ]
    found = scores_of(COREF, against(COREF, rows_of_clusters(gold)), rows_of_clusters(predicted))
    references = {"MUC": scorch.scores.muc, "B-cubed": scorch.scores.b_cubed, "CEAF-e": scorch.scores.ceaf_e}
    for name, reference in references.items():
        recall, precision, value = reference(*sides)
        assert triple(found[name, None]) == pytest.approx((precision, recall, value)), name
    if all(found[name, None].value is not None for name in references):
        assert found["CoNLL average", None].value == pytest.approx(scorch.scores.conll2012(*sides))


@given(st.lists(st.tuples(st.sampled_from(STANCES), st.sampled_from(STANCES)), min_size=1, max_size=20))
def test_scores_of_stances_are_those_of_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    gold, predicted = zip(*pairs, strict=True)
    rows = [
        {"doc_id": f"d{number % 3}", "stance_id": f"s{number}", "target_id": "t", "label": label}
        for number, label in enumerate(gold)
    ]
    answers = [row | {"label": label} for row, label in zip(rows, predicted, strict=True)]
    found = scores_of(STANCE, against(STANCE, rows), answers)
    sides = [label for label in STANCES if SCHEME.ranks[label]]
    assert len(sides) == 2
    semeval = f1_score(gold, predicted, labels=sides, average="macro", zero_division=0)
    there = {*gold, *predicted} & {*sides}
    assert found["F-average of both sides", None].value == (pytest.approx(semeval) if there else None)
    assert found["accuracy", None].value == pytest.approx(accuracy_score(gold, predicted))
    assert found["macro F1", None].value == pytest.approx(f1_score(gold, predicted, average="macro", zero_division=0))
    for label in {*gold, *predicted}:
        p, r, f, _ = precision_recall_fscore_support(gold, predicted, labels=[label], zero_division=0)
        assert triple(found["F1", label]) == pytest.approx((p[0], r[0], f[0]))


def test_the_f_average_of_semeval_counts_a_label_of_no_side_through_errors_alone() -> None:
    favor, against_it, neutral = (next(s for s in STANCES if SCHEME.ranks[s] == rank) for rank in (1, -1, 0))
    rows = [
        {"doc_id": "d", "stance_id": f"s{n}", "label": label} for n, label in enumerate([favor, against_it, neutral])
    ]
    answers = [row | {"label": label} for row, label in zip(rows, [favor, against_it, favor], strict=True)]
    found = scores_of(STANCE, against(STANCE, rows), answers)
    assert found["F-average of both sides", None].value == pytest.approx((2 / 3 + 1) / 2)


def test_a_stance_that_nobody_has_decided_is_not_scored() -> None:
    rows = [{"doc_id": "d", "stance_id": name, "label": label} for name, label in (("s1", STANCES[0]), ("s2", None))]
    found = scores_of(STANCE, against(STANCE, rows), [row | {"label": STANCES[0]} for row in rows])
    assert (found["accuracy", None].value, found["accuracy", None].undecided) == (1, 1)
    assert scores_of(STANCE, against(STANCE, rows), [rows[0]]) == found


def test_pairs_without_a_stance_are_a_label_of_their_own() -> None:
    rows = [
        {"doc_id": "d", "holder_entity": holder, "target_id": "t", "label": label}
        for holder, label in (("e1", STANCES[0]), (None, "none"))
    ]
    assert scores_of(PAIRS, against(PAIRS, rows), rows)["F1", "none"].value == 1
    wrong = [row | {"label": STANCES[0]} for row in rows]
    assert scores_of(PAIRS, against(PAIRS, rows), wrong)["accuracy", None].value == 0.5


# Attributions


LENGTH = 12
Quote = tuple[tuple[int, int] | None, tuple[int, int], tuple[tuple[int, int], ...]]
PLACES = st.tuples(st.integers(0, LENGTH - 2), st.integers(1, 3)).map(lambda p: (p[0], min(sum(p), LENGTH)))
QUOTATIONS = st.lists(
    st.tuples(st.none() | PLACES, PLACES, st.lists(PLACES, unique=True, max_size=2).map(lambda c: tuple(sorted(c)))),
    unique=True,
    max_size=4,
)


def document(number: int, quotes: Sequence[Quote]) -> Row:
    """A row of the view documents with these attributions."""
    mentions = [
        {"mention_id": f"m{at}", "start": source[0], "end": source[1]}
        for at, (source, _, _) in enumerate(quotes)
        if source
    ]
    attributions = [
        {"source": f"m{at}" if source else None, "start": cue[0], "end": cue[1]}
        | {"content": [{"start": s, "end": e} for s, e in content]}
        for at, (source, cue, content) in enumerate(quotes)
    ]
    of_document = {"doc_id": f"d{number}", "text": "x" * LENGTH, "done": ["attributions"]}
    return of_document | {"mentions": mentions, "attributions": attributions}


def answer(number: int, quote: Quote) -> Row:
    source, cue, content = quote
    starts, ends = [s for s, _ in content], [e for _, e in content]
    places = {"cue_start": cue[0], "cue_end": cue[1], "content_starts": starts, "content_ends": ends}
    source_places = {"source_start": source[0], "source_end": source[1]} if source else {}
    return {"doc_id": f"d{number}"} | places | source_places


def overlapping_pairs(a: list[tuple[int, int]], b: list[tuple[int, int]]) -> set[int]:
    """How many spans are matched one to one: in each of the best matchings, found by trying all.

    The best have the most equal spans, then the most code points shared.
    """
    short, long = sorted((a, b), key=len)
    values = [matching_value(zip(short, order, strict=True)) for order in itertools.permutations(long, len(short))]
    return {pairs for *value, pairs in values if value == [*max(values)[:2]]}


def matching_value(pairs: Iterable[tuple[tuple[int, int], tuple[int, int]]]) -> tuple[int, int, int]:
    """Equal spans, code points shared, and pairs that share one."""
    shared = [(one == other, min(one[1], other[1]) - max(one[0], other[0])) for one, other in pairs]
    found = [(same, width) for same, width in shared if width > 0]
    return sum(same for same, _ in found), sum(width for _, width in found), len(found)


@given(st.lists(st.tuples(QUOTATIONS, QUOTATIONS), min_size=1, max_size=2))
def test_scores_of_attributions_are_those_of_the_definition(sides: list[tuple[list[Quote], list[Quote]]]) -> None:
    rows = against(QUOTES, [document(number, gold) for number, (gold, _) in enumerate(sides)])
    predicted = [answer(number, quote) for number, (_, found) in enumerate(sides) for quote in found]
    scores = scores_of(QUOTES, rows, predicted)
    for role, pick in {
        "source": lambda q: [q[0]] if q[0] else [],
        "cue": lambda q: [q[1]],
        "content": lambda q: [*q[2]],
    }.items():
        spans = [[[place for quote in side for place in pick(quote)] for side in pair] for pair in sides]
        assume(all(len(side) < 7 for pair in spans for side in pair))
        exact = sum((Counter(gold) & Counter(found)).total() for gold, found in spans)
        overlap = {*map(sum, itertools.product(*(overlapping_pairs(*pair) for pair in spans)))}
        sizes = tuple(sum(len(pair[side]) for pair in spans) for side in (0, 1))
        for name, hits in (("exact", {exact}), ("overlap", overlap)):
            ours = scores[f"{role}, {name}", None]
            assert ours.count in hits, (role, name)
            assert (ours.in_a, ours.in_b) == sizes, (role, name)
    whole = scores["source, cue and content, exact", None]
    assert whole.count == sum(len({*gold} & {*found}) for gold, found in sides)


def test_a_row_of_the_view_quotes_counts_from_where_its_passage_begins() -> None:
    rows = against(QUOTES, [document(0, [((4, 5), (6, 7), ((8, 9),))])])
    passage = {"doc_id": "d0", "text_start": 4, "source_start": 0, "source_end": 1, "cue_start": 2, "cue_end": 3}
    found = scores_of(QUOTES, rows, [passage | {"content_starts": [4], "content_ends": [5]}])
    assert {score.value for score in found.values()} == {1}
