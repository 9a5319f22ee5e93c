"""Relations between entities, in the form and the figures of DocRED."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from stancebank.agreement.score import PrecisionRecall, matched
from stancebank.faults import StanceBankError, excerpt
from stancebank.scores.gold_rows import GoldRows, Row
from stancebank.scores.measure import Measure, f1_measure, label_measures
from stancebank.scores.predictions import Index, Prediction, require_known, require_new, typed

Fact = tuple[int, int, str]
"""Head, tail and relation."""
Facts = Mapping[str, Mapping[Fact, frozenset[int]]]
"""By document the facts with the sentences of their evidence."""
VIEW = "docred"


class DocredRow(msgspec.Struct):
    """A fact, as in DocRED's result files."""

    title: str
    h_idx: Index
    t_idx: Index
    r: str
    evidence: list[Index] = []


class DocredTask:
    """Facts of the view docred. A document without a row has none that are predicted."""

    views = (VIEW,)

    def gold(self, rows: GoldRows) -> Facts:
        """The facts of the gold."""
        return {row["title"]: _of_row(row) for row in rows.rows[VIEW]}

    def predicted(self, predictions: Iterable[Prediction], rows: GoldRows) -> Facts:
        """The facts that are predicted. Raises StanceBankError."""
        known = rows.scheme.names("relation_types")
        sizes = {row["title"]: (len(row["vertexSet"]), len(row["starts"])) for row in rows.rows[VIEW]}
        found: dict[str, dict[Fact, frozenset[int]]] = {title: {} for title in sizes}
        for where, row in typed(predictions, DocredRow):
            rows.require_document(where, row.title)
            entities, sentences = sizes[row.title]
            require_known(where, "relation", row.r, known)
            _require_index(where, "entity", max(row.h_idx, row.t_idx), entities)
            _require_index(where, "sentence", max(row.evidence, default=-1), sentences)
            fact = (row.h_idx, row.t_idx, row.r)
            require_new(where, fact, found[row.title], f"{excerpt(row.r)} of {row.h_idx} and {row.t_idx}")
            found[row.title][fact] = frozenset(row.evidence)
        return found

    def measures(self, gold: Facts, predicted: Facts, rows: GoldRows) -> Iterator[Measure]:
        """F1, Ign F1, evidence F1, as DocRED's evaluation has them, and the F1 of each relation."""
        known = _named_facts(rows.others[VIEW])
        names = {row["title"]: _names(row) for row in rows.rows[VIEW]}
        plain, ignoring, evidence, labels = [], [], [], []
        for title in rows.documents:
            ours, theirs = gold[title], predicted[title]
            right = ours.keys() & theirs.keys()
            seen = sum(_is_known(fact, names[title], known) for fact in right)
            plain.append(matched(len(right), len(ours), len(theirs)))
            ignoring.append(PrecisionRecall(len(right) - seen, len(theirs) - seen, len(right), len(ours)))
            common = sum(len(ours[fact] & theirs[fact]) for fact in right)
            evidence.append(matched(common, _evidence(ours), _evidence(theirs)))
            labels.append((_relations(ours), _relations(theirs), _relations(right)))
        yield f1_measure("F1", plain)
        yield f1_measure("Ign F1", ignoring)
        yield f1_measure("evidence F1", evidence)
        yield from label_measures("F1", rows.scheme.names("relation_types"), labels)

    def baselines(self, rows: GoldRows) -> Iterator[tuple[str, Facts]]:
        """No relation; facts that were seen before, between entities of the same names."""
        yield "majority", {title: {} for title in rows.documents}
        of_head: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for head, tail, relation in sorted(_named_facts(rows.others[VIEW])):
            of_head[head].append((tail, relation))
        yield "gazetteer", {row["title"]: _seen(_names(row), of_head) for row in rows.rows[VIEW]}


def _seen(names: list[frozenset[str]], of_head: Mapping[str, list[tuple[str, str]]]) -> dict[Fact, frozenset[int]]:
    """The facts between entities of these names that were seen, by the name of the head. None has evidence."""
    of_name: defaultdict[str, list[int]] = defaultdict(list)
    for index, own in enumerate(names):
        for name in own:
            of_name[name].append(index)
    return {
        (head, tail, relation): frozenset[int]()
        for first, heads in of_name.items()
        for second, relation in of_head.get(first, ())
        for head in heads
        for tail in of_name.get(second, ())
        if head != tail
    }


def _of_row(row: Row) -> dict[Fact, frozenset[int]]:
    return {(each["h"], each["t"], each["r"]): frozenset(each["evidence"]) for each in row["labels"]}


def _names(row: Row) -> list[frozenset[str]]:
    """The names of each entity: what its mentions read."""
    return [frozenset(mention["name"] for mention in vertex) for vertex in row["vertexSet"]]


def _named_facts(rows: Iterable[Row]) -> frozenset[tuple[str, str, str]]:
    """The facts of documents by all names of head and tail."""
    return frozenset(
        (head, tail, fact["r"])
        for row in rows
        for names in [_names(row)]
        for fact in row["labels"]
        for head in names[fact["h"]]
        for tail in names[fact["t"]]
    )


def _is_known(fact: Fact, names: list[frozenset[str]], known: frozenset[tuple[str, str, str]]) -> bool:
    head, tail, relation = fact
    return any((one, other, relation) in known for one in names[head] for other in names[tail])


def _evidence(facts: Mapping[Fact, frozenset[int]]) -> int:
    return sum(map(len, facts.values()))


def _relations(facts: Iterable[Fact]) -> Counter[str]:
    return Counter(relation for _, _, relation in facts)


def _require_index(where: str, what: str, index: int, count: int) -> None:
    if index >= count:
        told = f"{where}: there is no {what} {index}: the document has {count}"
        raise StanceBankError(told, f"{what} numbers count from 0, in the order of the view {VIEW}")
