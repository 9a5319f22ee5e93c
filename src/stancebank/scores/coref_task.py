"""Clusters of mentions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from stancebank.agreement.coreference import b_cubed, ceaf_e, lea, muc
from stancebank.faults import StanceBankError, excerpt
from stancebank.scores.gold_rows import GoldRows, Row
from stancebank.scores.measure import Measure, f1_measure, mean_measure, mean_of_defined
from stancebank.scores.predictions import Index, Prediction, require_all, require_new, typed
from stancebank.scores.seen_words import SeenWords

Mention = tuple[int, int, int]
"""A sentence of the document, the first token, the token behind the last."""
Clusters = Mapping[str, Sequence[Sequence[Mention]]]
"""By document."""
VIEW = "coref"
_METRICS = {"MUC": muc, "B-cubed": b_cubed, "CEAF-e": ceaf_e, "LEA": lea}
_AVERAGED = ("MUC", "B-cubed", "CEAF-e")


class _Mention(msgspec.Struct):
    sent_id: Index
    start: Index
    end: Index


class CorefRow(msgspec.Struct):
    """A document with its clusters."""

    doc_id: str
    clusters: list[list[_Mention]]


class CorefTask:
    """Mentions by entity, in tokens, as the view coref has them."""

    views = (VIEW,)

    def gold(self, rows: GoldRows) -> Clusters:
        """The clusters of the gold."""
        return {row["doc_id"]: _of_row(row) for row in rows.rows[VIEW]}

    def predicted(self, predictions: Iterable[Prediction], rows: GoldRows) -> Clusters:
        """The clusters that are predicted. Raises StanceBankError."""
        lengths = {row["doc_id"]: [len(starts) for starts in row["starts"]] for row in rows.rows[VIEW]}
        found: dict[str, list[list[Mention]]] = {}
        for where, row in typed(predictions, CorefRow):
            rows.require_document(where, row.doc_id)
            require_new(where, row.doc_id, found, f"the document {excerpt(row.doc_id)}")
            seen: dict[Mention, None] = {}
            for cluster in row.clusters:
                for each in cluster:
                    mention = (each.sent_id, each.start, each.end)
                    _require_place(where, mention, lengths[row.doc_id])
                    require_new(where, mention, seen, f"the mention {_named(mention)}")
                    seen[mention] = None
            found[row.doc_id] = [[(m.sent_id, m.start, m.end) for m in cluster] for cluster in row.clusters if cluster]
        require_all(lengths, found, excerpt)
        return found

    def measures(self, gold: Clusters, predicted: Clusters, rows: GoldRows) -> Iterator[Measure]:
        """MUC, B-cubed, CEAF-e and LEA, and the CoNLL average of the first three."""
        scores = {
            name: [metric(gold[doc_id], predicted[doc_id]) for doc_id in rows.documents]
            for name, metric in _METRICS.items()
        }
        averaged = zip(*(scores[name] for name in _AVERAGED), strict=True)
        yield mean_measure("CoNLL average", averaged, mean_of_defined)
        for name, of_documents in scores.items():
            yield f1_measure(name, of_documents)

    def baselines(self, rows: GoldRows) -> Iterator[tuple[str, Clusters]]:
        """No mention; words that were a mention before, those that read the same being one entity."""
        yield "majority", dict.fromkeys(rows.documents, ())
        seen = SeenWords()
        for row in rows.others[VIEW]:
            for sentence, start, end in (mention for cluster in _of_row(row) for mention in cluster):
                seen.add(row["sents"][sentence][start:end], "")
        yield "gazetteer", {row["doc_id"]: _same_words(row, seen) for row in rows.rows[VIEW]}


def _same_words(row: Row, seen: SeenWords) -> list[list[Mention]]:
    found: defaultdict[tuple[str, ...], list[Mention]] = defaultdict(list)
    for number, tokens in enumerate(row["sents"]):
        for start, end, _ in seen.longest(tokens):
            found[tuple(tokens[start:end])].append((number, start, end))
    return [*found.values()]


def _of_row(row: Row) -> list[list[Mention]]:
    return [[(m["sent_id"], m["start"], m["end"]) for m in cluster] for cluster in row["clusters"] if cluster]


def _require_place(where: str, mention: Mention, lengths: Sequence[int]) -> None:
    sentence, start, end = mention
    if sentence >= len(lengths) or not start < end <= lengths[sentence]:
        size = f"has {lengths[sentence]} tokens" if sentence < len(lengths) else f"is none of {len(lengths)}"
        what = f"{where}: {_named(mention)} is no span: the sentence {sentence} {size}"
        raise StanceBankError(what, "sentences and tokens count from 0, end is behind the last token")


def _named(mention: Mention) -> str:
    sentence, start, end = mention
    return f"{sentence}:{start}..{end}"
