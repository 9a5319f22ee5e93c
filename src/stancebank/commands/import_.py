"""Read answers of a language model as a pass.

The answers are those that stancebank prompt asks for, as files of JSON or JSON lines, or
folders of them. Each quotation gets its place in the text, or a reason. What has no place is
reported, and kept in annotation/unplaced.jsonl for a person. Other documents of the pass stay as
they are.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stancebank.commands.options import LocalRoot, one_of, root_to_change
from stancebank.commands.output import say
from stancebank.storage.addresses import local_folder

FORMATS = ("quotes",)
_LISTED = 50


def import_(
    answers: Annotated[list[Path], typer.Argument(metavar="ANSWERS", help="Files or folders with answers.")],
    annotator: Annotated[str, typer.Option("--as", metavar="ID", help="Id of the pass.")],
    format: Annotated[  # noqa: ARG001  (the only one so far)
        str,
        typer.Option(parser=one_of(FORMATS), metavar="FORMAT", help=f"Format of the answers: {', '.join(FORMATS)}."),
    ] = "quotes",
    root: LocalRoot = None,
    model: Annotated[str | None, typer.Option(metavar="NAME", help="The model and its maker.")] = None,
    model_version: Annotated[str | None, typer.Option(metavar="VERSION", help="Version of the model.")] = None,
    settings: Annotated[str | None, typer.Option(metavar="TEXT", help="Settings such as temperature 0.")] = None,
    prompt: Annotated[
        Path | None,
        typer.Option(parser=local_folder, metavar="FILE", help="The instructions.md used, to record its digest."),
    ] = None,
    date: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="Day of the answers (default: today).")] = None,
    nearest: Annotated[
        bool, typer.Option("--nearest", help="Place words that differ by a few letters at the nearest place.")
    ] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Replace documents that the pass has.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report only; write nothing.")] = False,
) -> None:
    """Place the answers, write the pass, and report what became of each item."""
    from stancebank.commands.done import today
    from stancebank.corpus.corpus import read_corpus
    from stancebank.faults import StanceBankError, counted, printable
    from stancebank.formats.quotes.answer_import import NEAREST, AnswerImport
    from stancebank.formats.quotes.answer_reading import read_answers
    from stancebank.formats.quotes.pass_files import ModelRun, pass_files
    from stancebank.storage.files import sha256, write_files

    if model is None and (model_version or settings or prompt):
        raise typer.BadParameter("--model-version, --settings and --prompt need --model NAME")
    corpus = read_corpus(root_to_change(root)).sound()
    day = date or today()
    try:
        digest = None if prompt is None else sha256(prompt.read_bytes())
    except OSError as error:
        raise StanceBankError(f"{printable(str(prompt))} cannot be read: {error.strerror}", "name a file") from None
    run = None if model is None else ModelRun(model, model_version, settings, digest)
    work = AnswerImport(corpus, annotator, day, nearest=NEAREST if nearest else None, replace=replace)
    for answer in read_answers(answers):
        work.take(answer)
    files = pass_files(corpus, annotator, day, run, work.parts())
    if not dry_run:
        write_files(corpus.root, files)
    ledger = work.ledger
    for where, why in ledger.refused:
        say(f"{where}: refused: {printable(why)}")
    for doc_id, item in ledger.items[:_LISTED]:
        say(printable(f"{doc_id} {item.layer} {item.name[:60]}: {item.outcome}: {item.why}"))
    if len(ledger.items) > _LISTED:
        say(f"and {len(ledger.items) - _LISTED:,} others")
    for line in ledger.lines():
        say(line)
    if not work.ledger.written and not files:
        raise StanceBankError("no answer could be used; nothing was written", "correct the answers that are refused")
    say(f"{'would write' if dry_run else 'wrote'} {counted(len(files), 'file')} of the pass {printable(annotator)}")
    if not ledger.complete:
        raise typer.Exit(1)
