"""Named entities as tags, and mentions as spans of tokens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from stancebank.agreement.score import PrecisionRecall, matched
from stancebank.faults import StanceBankError, excerpt
from stancebank.scores.gold_rows import GoldRows, Row
from stancebank.scores.measure import Measure, f1_measure, label_measures
from stancebank.scores.predictions import Index, Prediction, require_all, require_known, require_new, typed
from stancebank.scores.seen_words import SeenWords
from stancebank.scores.span_modes import MODES, LabelledSpan, mode_score, tagged_spans
from stancebank.views.ner import bio_tags

Key = tuple[str, str]
"""A sentence: its document and its id."""
Sentences = Mapping[Key, Sequence[LabelledSpan]]


@dataclass(frozen=True, slots=True)
class Spans:
    """The spans of all sentences that are scored.

    strict: of tags, those that begin with B; None where spans are given as such. undecided: sentences left out.
    """

    spans: Sentences
    strict: Sentences | None = None
    undecided: int = 0


class TagRow(msgspec.Struct):
    """A sentence with a tag for each token."""

    doc_id: str
    sentence_id: str
    ner_tags: list[str]


class _Span(msgspec.Struct):
    start: Index
    end: Index
    label: str


class SpanRow(msgspec.Struct):
    """A sentence with its spans, in tokens."""

    doc_id: str
    sentence_id: str
    spans: list[_Span]


class TagTask:
    """Tags of a view: ner, or ner_names."""

    def __init__(self, view: str) -> None:
        self.views = (view,)

    def gold(self, rows: GoldRows) -> Spans:
        """The spans of the gold."""
        return _of_tags({_key(row): row["ner_tags"] for row in rows.rows[self.views[0]]})

    def predicted(self, predictions: Iterable[Prediction], rows: GoldRows) -> Spans:
        """The spans that are predicted. Raises StanceBankError."""
        expected = {_key(row): len(row["starts"]) for row in rows.rows[self.views[0]]}
        known = bio_tags(rows.scheme)
        found: dict[Key, Sequence[str]] = {}
        for where, row in typed(predictions, TagRow):
            key = _sentence(where, row, expected, rows, self.views[0])
            require_new(where, key, found, f"the sentence {excerpt(row.sentence_id)}")
            if len(row.ner_tags) != expected[key]:
                what = f"{where}: {len(row.ner_tags)} tags for the {expected[key]} tokens of {excerpt(row.sentence_id)}"
                raise StanceBankError(what, "give one tag for each token")
            for tag in row.ner_tags:
                require_known(where, "tag", tag, known)
            found[key] = row.ner_tags
        require_all(expected, found, _named)
        return _of_tags(found)

    def measures(self, gold: Spans, predicted: Spans, rows: GoldRows) -> Iterator[Measure]:
        """F1 as seqeval has it in its strict mode, then the modes of nervaluate, then each label strictly."""
        assert gold.strict is not None
        assert predicted.strict is not None
        yield from _measures("IOB2", gold.strict, predicted.strict, gold, predicted, rows)

    def baselines(self, rows: GoldRows) -> Iterator[tuple[str, Spans]]:
        """The most common tag; words that were tagged before, the longest first, with the type that they had most."""
        view = self.views[0]
        tags = Counter(tag for row in rows.others[view] for tag in row["ner_tags"])
        ((most, _),) = tags.most_common(1) or [("O", 0)]
        here = rows.rows[view]
        yield "majority", _of_tags({_key(row): [most] * len(row["starts"]) for row in here})
        seen = SeenWords()
        for row in rows.others[view]:
            for span in tagged_spans(row["ner_tags"], strict=True):
                seen.add(row["tokens"][span.start : span.end], span.label)
        found = {_key(row): seen.longest(row["tokens"]) for row in here}
        yield "gazetteer", Spans(found, found)


class SpanTask:
    """Spans of the view spans, nested ones too; one that is given twice counts once.

    Sentences with a span of undecided label are left out.
    """

    views = ("spans",)

    def gold(self, rows: GoldRows) -> Spans:
        """The spans of the gold. Raises StanceBankError where the scheme has no types of spans."""
        if not rows.scheme.names("entity_types"):
            raise StanceBankError("the scheme has no entity types, and spans no labels", "score another task")
        found = {_key(row): _of_row(row) for row in rows.rows["spans"]}
        decided = {key: [*dict.fromkeys(spans)] for key, spans in found.items() if spans is not None}
        return Spans(decided, undecided=len(found) - len(decided))

    def predicted(self, predictions: Iterable[Prediction], rows: GoldRows) -> Spans:
        """The spans that are predicted. Raises StanceBankError."""
        expected = {_key(row): len(row["starts"]) for row in rows.rows["spans"]}
        known = rows.scheme.names("entity_types")
        found: dict[Key, Sequence[LabelledSpan]] = {}
        for where, row in typed(predictions, SpanRow):
            key = _sentence(where, row, expected, rows, "spans")
            require_new(where, key, found, f"the sentence {excerpt(row.sentence_id)}")
            spans: dict[LabelledSpan, None] = {}
            for each in row.spans:
                span = LabelledSpan(each.start, each.end, each.label)
                if not each.start < each.end <= expected[key]:
                    what = f"{where}: {each.start}..{each.end} is no span of the {expected[key]} tokens"
                    raise StanceBankError(what, "start counts from 0, end is behind the last token")
                require_known(where, "label", each.label, known)
                spans[span] = None
            found[key] = [*spans]
        decided = self.gold(rows).spans
        require_all(decided, found, _named)
        return Spans({key: found[key] for key in decided})

    def measures(self, gold: Spans, predicted: Spans, rows: GoldRows) -> Iterator[Measure]:
        """F1 of spans with their labels, then the modes of nervaluate, then each label."""
        yield from _measures("F1", gold.spans, predicted.spans, gold, predicted, rows)

    def baselines(self, rows: GoldRows) -> Iterator[tuple[str, Spans]]:
        """No span; words that were a span before, wherever they are, with the type that they had most."""
        gold = self.gold(rows)
        yield "majority", Spans(dict.fromkeys(gold.spans, ()))
        seen = SeenWords()
        for row in rows.others["spans"]:
            for span in _of_row(row) or ():
                seen.add(row["tokens"][span.start : span.end], span.label)
        here = [row for row in rows.rows["spans"] if _key(row) in gold.spans]
        yield "gazetteer", Spans({_key(row): seen.everywhere(row["tokens"]) for row in here})


def _measures(
    name: str, gold: Sentences, predicted: Sentences, ours: Spans, theirs: Spans, rows: GoldRows
) -> Iterator[Measure]:
    documents = sorted({doc_id for doc_id, _ in gold})
    yield f1_measure(name, _by_document(documents, _exact(gold, predicted)), undecided=ours.undecided)
    for mode in MODES:
        scores = ((key[0], mode_score(mode, spans, theirs.spans[key])) for key, spans in ours.spans.items())
        yield f1_measure(mode, _by_document(documents, scores), undecided=ours.undecided)
    counts = {doc_id: (Counter[str](), Counter[str](), Counter[str]()) for doc_id in documents}
    for key, spans in gold.items():
        right = set(spans) & set(predicted[key])
        for counter, found in zip(counts[key[0]], (spans, predicted[key], right), strict=True):
            counter.update(span.label for span in found)
    yield from label_measures(name, rows.scheme.names("entity_types"), [*counts.values()])


def _exact(gold: Sentences, predicted: Sentences) -> Iterator[tuple[str, PrecisionRecall]]:
    for key, spans in gold.items():
        yield key[0], matched(len({*spans} & {*predicted[key]}), len(spans), len(predicted[key]))


def _by_document(documents: Sequence[str], scores: Iterable[tuple[str, PrecisionRecall]]) -> list[PrecisionRecall]:
    """The scores of sentences, summed up for each document."""
    sums = {doc_id: [0.0] * 4 for doc_id in documents}
    for doc_id, score in scores:
        numbers = (score.precision_hits, score.precision_all, score.recall_hits, score.recall_all)
        sums[doc_id] = [one + other for one, other in zip(sums[doc_id], numbers, strict=True)]
    return [PrecisionRecall(a, b, c, d) for a, b, c, d in sums.values()]


def _of_tags(tags: Mapping[Key, Sequence[str]]) -> Spans:
    loose, strict = ({key: tagged_spans(own, strict=strict) for key, own in tags.items()} for strict in (False, True))
    return Spans(loose, strict)


def _of_row(row: Row) -> list[LabelledSpan] | None:
    """The spans of a row; None where a label is undecided."""
    if any(span["label"] is None for span in row["spans"]):
        return None
    return [LabelledSpan(span["start"], span["end"], span["label"]) for span in row["spans"]]


def _sentence(where: str, row: TagRow | SpanRow, expected: Mapping[Key, int], rows: GoldRows, view: str) -> Key:
    rows.require_document(where, row.doc_id)
    key = (row.doc_id, row.sentence_id)
    if key not in expected:
        what = f"{where}: the view {view} has no sentence {excerpt(row.sentence_id)} of {excerpt(row.doc_id)}"
        raise StanceBankError(what, "give the sentences of the view; one with an undecided label may not be in it")
    return key


def _key(row: Row) -> Key:
    return row["doc_id"], row["sentence_id"]


def _named(key: Key) -> str:
    return f"{excerpt(key[1])} of {excerpt(key[0])}"
