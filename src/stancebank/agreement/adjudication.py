"""From passes and the decisions on what they disagree about to the gold, document by document.

The gold of a document follows from the passes and the decisions alone, and can be made
again at any time. Records that the corpus has already keep their ids, since an edit never
renumbers; new ones take the next free number.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from stancebank.agreement.annotation import Key, documents_of, require_linked
from stancebank.agreement.annotation_alignment import align
from stancebank.agreement.decisions import Decision
from stancebank.agreement.disagreements import Disagreement
from stancebank.agreement.merging import merge
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.part import Part
from stancebank.corpus.states import done_documents
from stancebank.faults import StanceBankError, excerpt
from stancebank.schema.frames import polars_schema, row_order
from stancebank.schema.layers import KNOWN_LAYERS
from stancebank.schema.paths import ADJUDICATION_FILE

_SHARED = tuple(
    name
    for name, layer in KNOWN_LAYERS.items()
    if layer.annotated and any(c.refers_to == name for each in KNOWN_LAYERS.values() for c in each.columns)
)
"""The layers that records of others refer to. They are adjudicated together, or stay as the gold has them."""


def _shared(part: Part) -> tuple[str, ...]:
    """Those of the shared layers that the scheme uses."""
    return tuple(name for name in _SHARED if name in part.layers)


@dataclass(frozen=True, slots=True)
class Question:
    """A disagreement without a decision.

    annotator: whose record B is, where that is not the second pass; A is then the result of those before.
    """

    disagreement: Disagreement
    annotator: str | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """Layers of a document that stay as they are, and why."""

    doc_id: str
    layers: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Adjudicated:
    """What came of a part.

    layers: by document those that were adjudicated. frames: their records, by layer.
    open: the disagreements on which nothing is decided; their documents are in no other field.
    left: what was not adjudicated.
    """

    part: str
    layers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    frames: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    open: tuple[Question, ...] = ()
    left: tuple[Left, ...] = ()


def adjudicate(corpus: Corpus, annotators: Sequence[str], decisions: Sequence[Decision]) -> Iterator[Adjudicated]:
    """The gold of each part that one of the annotators at least has made a pass over.

    The first two passes are laid beside each other, then their result beside the third,
    and so on. Of each document those layers are adjudicated that all have done.

    Raises StanceBankError for fewer than two passes, where a decision fits no disagreement and
    no record, and where the decisions together leave a reference that leads nowhere.
    """
    if len(annotators) < 2:
        raise StanceBankError("adjudication needs two passes or more", "name two: stancebank adjudicate ANN BEN")
    twice = [each for each in annotators if annotators.count(each) > 1]
    if twice:
        raise StanceBankError(f"the pass {excerpt(twice[0])} is named twice", "name each pass once")
    unknown = [each for each in decisions if each.annotator is not None and each.annotator not in corpus.annotators]
    if unknown:
        what = f"{ADJUDICATION_FILE}: {unknown[0]}: there is no pass {excerpt(unknown[0].annotator or '')}"
        raise StanceBankError(what, f"name one of {', '.join(corpus.annotators)}")
    of_documents: defaultdict[str, list[Decision]] = defaultdict(list)
    for decision in decisions:
        of_documents[decision.doc_id].append(decision)
    for name in corpus.part_names:
        having = [each for each in annotators if each in corpus.annotators_of(name)]
        if having:
            gold = corpus.read_part(name)
            require_linked(gold)
            yield _part(gold, {each: corpus.read_part(name, each) for each in having}, annotators, of_documents)


def _part(
    gold: Part, passes: Mapping[str, Part], annotators: Sequence[str], decisions: Mapping[str, Sequence[Decision]]
) -> Adjudicated:
    done = {
        name: {
            layer: set(done_documents(passes[name], [layer])) if name in passes else set()
            for layer in gold.layers.annotated
        }
        for name in annotators
    }
    of_gold, of_passes = documents_of(gold), {name: documents_of(part) for name, part in passes.items()}
    layers: dict[str, tuple[str, ...]] = {}
    frames: defaultdict[str, list[pl.DataFrame]] = defaultdict(list)
    questions: list[Question] = []
    left: list[Left] = []
    for doc_id in gold["documents"]["doc_id"]:
        due, lacking = _due(doc_id, done)
        left += lacking
        if not due:
            continue
        document = {name: of_passes[name][doc_id] for name in annotators}
        try:
            found = _document(of_gold[doc_id], document, due, decisions.get(doc_id, ()))
        except _Unplaced as error:
            left.append(Left(doc_id, due, str(error)))
            continue
        if isinstance(found, list):
            questions += found
            continue
        layers[doc_id] = due
        for layer, rows in found.items():
            frames[layer].append(rows)
    return Adjudicated(
        gold.name, layers, {name: pl.concat(rows) for name, rows in frames.items()}, tuple(questions), tuple(left)
    )


def _due(doc_id: str, done: Mapping[str, Mapping[str, Collection[str]]]) -> tuple[tuple[str, ...], list[Left]]:
    """The layers of a document that all have done, and why not the others."""
    annotated = tuple(next(iter(done.values())))
    lacking = {layer: [name for name, of in done.items() if doc_id not in of[layer]] for layer in annotated}
    why = {layer: f"not done by {', '.join(names)}" for layer, names in lacking.items() if names}
    shared = [layer for layer in _SHARED if layer in annotated]
    for layer in shared:
        if others := [other for other in shared if other in why and lacking[other]]:
            why.setdefault(layer, f"goes with {', '.join(others)}, {why[others[0]]}")
    reasons: defaultdict[str, list[str]] = defaultdict(list)
    for layer in annotated:
        if layer in why:
            reasons[why[layer]].append(layer)
    due = tuple(layer for layer in annotated if layer not in why)
    return due, [Left(doc_id, tuple(names), reason) for reason, names in reasons.items()]


class _Unplaced(Exception):  # noqa: N818
    """A record refers to something that the gold does not have, or would not have any more."""


def _document(
    gold: Part, passes: Mapping[str, Part], due: Sequence[str], decisions: Sequence[Decision]
) -> dict[str, pl.DataFrame] | list[Question]:
    """The gold's layers that are due, under its ids; or what is undecided. Raises _Unplaced, and as merge does."""
    shared = all(layer in due for layer in _shared(gold))
    first, *others = [_alone(part if shared else _on_gold(gold, name, part, due), due) for name, part in passes.items()]
    _, second, *_ = passes
    for name, other in zip([*passes][1:], others, strict=True):
        own = {
            decision.subject: decision
            for decision in decisions
            if decision.layer in due and (decision.annotator or second) == name
        }
        result = merge(align(first, other), due, name, own)
        if not isinstance(result, Part):
            return [Question(each, name if name != second else None) for each in result]
        first = result
    frames = _with_ids_of(_alone(gold, due), {layer: first[layer] for layer in {*due, *_shared(gold)}})
    if shared:
        _require_kept(gold, frames, [layer for layer in gold.layers.annotated if layer not in due])
    return {layer: frames[layer] for layer in due}


def _alone(part: Part, due: Sequence[str]) -> Part:
    """The part without the annotated layers that are not due, but for those that others refer to."""
    rest = {name: part[name].clear() for name in part.layers.annotated if name not in due and name not in _SHARED}
    return replace(part, frames={**part.frames, **rest})


def _on_gold(gold: Part, annotator: str, part: Part, due: Sequence[str]) -> Part:
    """A pass with the gold's entities and mentions for its own. Raises _Unplaced where it refers to one of its own."""
    alignment = align(_alone(gold, due), _alone(part, due))
    known = {name: {b: a[1] for a, b in alignment.of(name).items()} for name in _shared(gold)}
    frames = {**part.frames, **{name: gold[name] for name in _shared(gold)}}
    for name in due:
        rows = part[name].to_dicts()
        for row in rows:
            for column in part.layers[name].columns:
                if column.refers_to in known and row[column.name] is not None:
                    found = known[column.refers_to].get((row["doc_id"], row[column.name]))
                    if found is None:
                        id_column = KNOWN_LAYERS[name].id_column
                        own = f"{annotator}'s {row[id_column]} has {row[column.name]} as its {column.name}"
                        raise _Unplaced(f"{own}, which the gold does not have")
                    row[column.name] = found
        frames[name] = pl.DataFrame(rows, schema=polars_schema(part.layers.complete[name].columns), orient="row")
    return replace(part, frames=frames)


def _require_kept(gold: Part, frames: Mapping[str, pl.DataFrame], layers: Sequence[str]) -> None:
    """Nothing where all that these layers of the gold refer to is still there; else _Unplaced."""
    for name in layers:
        for column in gold.layers[name].columns:
            if column.refers_to is not None and column.refers_to in frames:
                ids = frames[column.refers_to][KNOWN_LAYERS[column.refers_to].id_column]
                lost = gold[name].filter(pl.col(column.name).is_not_null() & ~pl.col(column.name).is_in(ids.implode()))
                for row in lost.iter_rows(named=True):
                    what = f"the gold's {row[KNOWN_LAYERS[name].id_column]} has {row[column.name]} as its {column.name}"
                    raise _Unplaced(f"{what}, which the passes do not have, and {name} is not done by all")


def _with_ids_of(base: Part, frames: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The layers with the ids of the base's matched records and fresh ones for the others, rows in order."""
    alignment = align(base, replace(base, frames={**base.frames, **frames}))
    ids: dict[str, dict[Key, str]] = {}
    for name in frames:
        own = {new: old[1] for old, new in alignment.of(name).items()}
        taken = [int(number[1]) for old in alignment.a.records[name] if (number := re.search(r"(\d+)$", old[1]))]
        following = max(taken, default=0)
        layer = base.layers[name]
        ids[name] = {}
        for key in frames[name].sort(row_order(layer)).select("doc_id", layer.id_column).iter_rows():
            if key not in own:
                following += 1
            ids[name][key] = own.get(key) or f"{name[0]}{following}"
    renamed = {}
    for name, frame in frames.items():
        layer = base.layers[name]
        columns = [(column.name, column.refers_to or name) for column in layer.columns]
        referring = [(column, to) for column, to in columns if to in ids and (column == layer.id_column or to != name)]
        frame = frame.with_columns(
            pl.Series(
                column,
                [ids[to].get((doc_id, value)) for doc_id, value in frame.select("doc_id", column).iter_rows()],
                pl.String,
            )
            for column, to in referring
        )
        renamed[name] = frame.sort(row_order(layer), maintain_order=True)
    return renamed
