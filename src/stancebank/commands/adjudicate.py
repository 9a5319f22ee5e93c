"""Write the gold from passes and the decisions on them.

The decisions are in annotation/adjudication.jsonl. Only layers that all passes have done are
adjudicated; the rest of the gold is unchanged, byte for byte. Disagreements without a decision
are listed, and nothing is written until there are none. Gold that was edited since the last
adjudication is listed too, and is not overwritten without --replace.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stancebank.commands.options import LocalRoot, root_to_change
from stancebank.commands.output import say
from stancebank.storage.addresses import local_folder

if TYPE_CHECKING:
    from stancebank.agreement.adjudication import Adjudicated, Question
    from stancebank.agreement.gold_writing import Edited
    from stancebank.corpus.corpus import Corpus

_NAMED = 3  # documents that are named where many are left for one reason


def adjudicate(
    passes: Annotated[list[str], typer.Argument(metavar="PASS", help="Ids of two annotators or more.")],
    root: LocalRoot = None,
    out: Annotated[
        Path | None,
        typer.Option(
            parser=local_folder,
            metavar="DIR",
            help="Folder to write to (default: corpus/).",
        ),
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Overwrite gold that was edited since.")] = False,
) -> None:
    """Write the gold, or list what is undecided."""
    from stancebank.agreement import adjudication
    from stancebank.agreement.annotation import require_passes
    from stancebank.agreement.decisions import read_decisions
    from stancebank.agreement.gold_writing import plan_gold, write_elsewhere, write_gold
    from stancebank.corpus.corpus import read_corpus
    from stancebank.faults import counted, printable

    corpus = read_corpus(root_to_change(root)).sound()
    require_passes(corpus, passes)
    decisions = read_decisions(corpus.root)
    results = list(adjudication.adjudicate(corpus, passes, decisions))
    for line in (*_left(corpus, results), *_undecided(corpus, results)):
        say(printable(line))
    if any(result.open for result in results):
        raise typer.Exit(1)
    left = len({each.doc_id for result in results for each in result.left})
    if out is not None:
        files = write_elsewhere(corpus, results, out)
        counts = counted(sum(len(result.layers) for result in results), "document")
    else:
        gold = plan_gold(corpus, results)
        if gold.edited and not replace:
            for line in _edited(gold.edited):
                say(printable(line))
            raise typer.Exit(1)
        files = write_gold(corpus, gold)
        counts = f"{counted(len(gold.written), 'document')} written, {len(gold.unchanged):,} unchanged"
    for file in files:
        say(f"wrote {printable(file)}")
    due = {(doc_id, layer) for result in results for doc_id, layers in result.layers.items() for layer in layers}
    named = (None, *passes[1:])
    taken = sum((each.doc_id, each.layer) in due and each.annotator in named for each in decisions)
    of = "" if taken == len(decisions) else f"{taken:,} of "
    say(f"{of}{counted(len(decisions), 'decision')}: {counts}, {left:,} left")


def _undecided(corpus: Corpus, results: Sequence[Adjudicated]) -> Iterator[str]:
    """The disagreements without a decision, each with its sentence and the line to begin with."""
    from stancebank.corpus.span_context import MarkedText
    from stancebank.schema.paths import ADJUDICATION_FILE

    for result in results:
        text = MarkedText(corpus.read_part(result.part))
        for question in result.open:
            each = question.disagreement
            yield f"{each.layer}: {each.what}"
            if each.start is not None and each.end is not None:
                yield f"  {text.sentence(each.doc_id, each.start, each.end)[0]}"
            yield f"  {_beginning(question)}"
    undecided = sum(len(result.open) for result in results)
    if undecided:
        yield f"{undecided:,} undecided"
        yield f"  fix: add a line for each to {ADJUDICATION_FILE} (docs/adjudication.md has examples), and run it again"


def _beginning(question: Question) -> str:
    """The keys of the decision that is missing, but for those that the adjudicator fills in."""
    each = question.disagreement
    keys = {"doc_id": each.doc_id, "layer": each.layer, "a": each.a_id, "b": each.b_id, "fields": each.fields}
    if question.annotator is not None:
        keys["annotator"] = question.annotator
    return json.dumps(keys, ensure_ascii=False)[:-1] + ", ...}"


def _left(corpus: Corpus, results: Sequence[Adjudicated]) -> Iterator[str]:
    """What was not adjudicated, and why: a line for each reason."""
    reasons: defaultdict[tuple[tuple[str, ...], str], list[str]] = defaultdict(list)
    for result in results:
        for each in result.left:
            reasons[each.layers, each.why].append(each.doc_id)
    for (layers, why), documents in reasons.items():
        named = ", ".join(documents[:_NAMED])
        if len(documents) > _NAMED:
            named += f" and {len(documents) - _NAMED:,} more"
        where = "" if layers == corpus.layers.annotated else f" in {', '.join(layers)}"
        yield f"left {named}{where}: {why}"


def _edited(edited: Sequence[Edited]) -> Iterator[str]:
    """The gold that would be overwritten."""
    from stancebank.faults import counted

    for each in edited:
        yield f"{each.doc_id}: the gold (A) is not what the passes and decisions give (B)"
        yield from (f"  {line}" for line in each.differences)
    yield f"{counted(len(edited), 'document')} edited since the last adjudication; nothing was written"
    yield "  fix: put the edits into the decisions, or overwrite them with --replace"
