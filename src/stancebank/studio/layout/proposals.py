"""A pass as predictions: which documents it proposes something for, and what the work on them comes back to."""

from __future__ import annotations

from collections.abc import Collection

from stancebank.corpus.corpus import Corpus
from stancebank.corpus.part import Part
from stancebank.faults import StanceBankError, counted, excerpt, one_of
from stancebank.studio.layout.tasks import Mode, Way, chosen_mode


def proposal_mode(mode: Mode | None, way: Way, annotator: str | None) -> Mode:
    """What tasks carry: as chosen_mode gives it, and of a pass predictions; else StanceBankError."""
    if annotator is None:
        return chosen_mode(mode, way)
    if mode not in (None, Mode.predictions):
        raise StanceBankError(f"a pass is sent as predictions, not as {mode}", "leave --as out, or --pass")
    return Mode.predictions


def sent_part(corpus: Corpus, name: str, annotator: str | None) -> Part | None:
    """The part of which tasks are made: the gold, or what a pass says of it; None where it has no pass over it."""
    if annotator is None:
        return corpus.sound_part(name)
    return corpus.sound_part(name, annotator) if name in corpus.pass_parts(annotator) else None


def merge_base_part(part: Part, way: Way) -> Part:
    """The part that the work on its tasks is compared with when it comes back.

    Corrections of the gold are compared with the gold, also where they began with a pass.
    """
    return part if part.annotator is None or way is Way.passes else part.corpus.sound_part(part.name)


def proposed_documents(corpus: Corpus, annotator: str, documents: Collection[str] | None, way: Way) -> set[str]:
    """The documents that a pass has begun, or those of them that are named.

    Raises StanceBankError for an unknown pass, for a named document that it has not begun, and, where
    the work goes to the gold, for documents of which the gold has records: a proposal would replace them.
    """
    if annotator not in corpus.annotators:
        what = f"there is no pass {excerpt(annotator)}; there are {one_of(corpus.annotators) or 'none'}"
        raise StanceBankError(what, "name one of them with --pass")
    begun: set[str] = set()
    annotated: set[str] = set()
    for name in corpus.pass_parts(annotator):
        proposed, gold = corpus.sound_part(name, annotator), corpus.sound_part(name)
        begun.update(*(proposed[layer]["doc_id"] for layer in proposed.layers.passes))
        annotated.update(*(gold[layer]["doc_id"] for layer in gold.layers.annotated))
    chosen = begun if documents is None else set(documents)
    missing = chosen - begun
    if missing:
        what = f"the pass {excerpt(annotator)} has no document {excerpt(min(missing))}"
        raise StanceBankError(what, "name documents that it has, or leave --doc out")
    if way is Way.gold and chosen & annotated:
        there = counted(len(chosen & annotated), "document")
        what = f"the gold has annotations of {there} already, such as {excerpt(min(chosen & annotated))}"
        raise StanceBankError(what, "let annotators make passes with --passes, or name other documents with --doc")
    return chosen
