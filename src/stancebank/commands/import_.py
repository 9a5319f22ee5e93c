"""Import annotations of other tools, and answers of models.

With --format brat and the like the files bring texts and annotations. Labels are the scheme's own; others need a
map, which --labels propose writes to labels.yaml, or --labels add. A file with a refused item is refused as a whole;
with --skip-refused, the rest of it is imported. --as imports the annotations as a pass, also for documents that the
corpus already has.

With --format quotes the files are answers that stancebank prompt asks for, as JSON or JSON lines. Each quotation gets
its place in the text, or a reason. A quotation without a place is reported, and kept in annotation/unplaced.jsonl for
a person to place. Other documents of the pass do not change.

At the end a table shows what was kept, what was left out, and why.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stancebank.commands.options import LocalRoot, root_to_change
from stancebank.commands.output import say
from stancebank.storage.addresses import local_folder

if TYPE_CHECKING:
    from stancebank.formats.corpus_import import ImportOutcome

QUOTES = "quotes"
_LISTED = 50
_PROPOSED = "labels.yaml"


def import_(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help="Files or folders to import.")],
    annotator: Annotated[str | None, typer.Option("--as", metavar="PASS", help="Id of the pass to make.")] = None,
    format: Annotated[
        str, typer.Option(metavar="FORMAT", help="Format of the files, such as brat; quotes for a model's answers.")
    ] = QUOTES,
    root: LocalRoot = None,
    labels: Annotated[
        str | None, typer.Option(metavar="MAP", help="Map of the labels; or add, or propose to write one.")
    ] = None,
    text: Annotated[
        Path | None, typer.Option(parser=local_folder, metavar="DIR", help="Where the texts are, if elsewhere.")
    ] = None,
    annotators: Annotated[
        str | None,
        typer.Option("--annotator", metavar="REGEX", help="Groups document and annotator of file names."),
    ] = None,
    part: Annotated[str | None, typer.Option(metavar="PART", help="Part of new texts (default: by date).")] = None,
    date: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="Date for texts that have none; of answers: default today.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(metavar="TAG", help="Language of new texts (default: detected).")
    ] = None,
    rights: Annotated[str | None, typer.Option(metavar="KEY", help="Key of the rights table in seeds.yaml.")] = None,
    origin: Annotated[str | None, typer.Option(metavar="TEXT", help="Where the texts are from.")] = None,
    offsets: Annotated[
        list[str] | None,
        typer.Option(metavar="WHAT", help="What offsets count: code-points, utf-16, bytes, raw, lf; repeatable."),
    ] = None,
    reanchor: Annotated[
        bool, typer.Option("--reanchor", help="Move spans whose offsets do not fit to their words, and list each.")
    ] = False,
    discontinuous: Annotated[
        str, typer.Option(metavar="WAY", help="Mentions with gaps: refuse, cover or first.")
    ] = "refuse",
    target: Annotated[
        str | None, typer.Option(metavar="ID", help="Target of stances that name none (--format votes).")
    ] = None,
    documents: Annotated[
        str | None, typer.Option(metavar="WAY", help='What parts texts without names: blank-lines, or "blank-lines 2".')
    ] = None,
    dialect: Annotated[str | None, typer.Option(metavar="NAME", help="Dialect of a format with several.")] = None,
    skip_refused: Annotated[
        bool, typer.Option("--skip-refused", help="Leave out refused items, take the rest.")
    ] = False,
    model: Annotated[str | None, typer.Option(metavar="NAME", help="The model and its maker.")] = None,
    model_version: Annotated[str | None, typer.Option(metavar="VERSION", help="Version of the model.")] = None,
    settings: Annotated[str | None, typer.Option(metavar="TEXT", help="Settings such as temperature 0.")] = None,
    prompt: Annotated[
        Path | None,
        typer.Option(parser=local_folder, metavar="FILE", help="The instructions.md used, to record its digest."),
    ] = None,
    nearest: Annotated[
        bool, typer.Option("--nearest", help="Place words that differ by a few letters at the nearest place.")
    ] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Replace documents that the pass has.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report only; write nothing.")] = False,
) -> None:
    """Import the files, and report what became of each item."""
    if format == QUOTES:
        if annotator is None:
            raise typer.BadParameter("answers of a model become a pass: --as PASS")
        _answers(paths, annotator, root, model, model_version, settings, prompt, date, nearest, replace, dry_run)
        return
    from stancebank.commands.done import today
    from stancebank.corpus.new_documents import Defaults
    from stancebank.formats.corpus_import import import_foreign
    from stancebank.formats.foreign_import import Choices
    from stancebank.formats.given_files import Given, annotator_pattern, blank_lines_between
    from stancebank.pages.generated import scheme_files

    if discontinuous not in ("refuse", "cover", "first"):
        raise typer.BadParameter(f"{discontinuous!r} is not one of refuse, cover, first")
    blank_lines = None if documents is None else blank_lines_between(documents)
    pattern = None if annotators is None else annotator_pattern(annotators)
    given = Given(tuple(paths), text, pattern, dialect, target, blank_lines)
    defaults = Defaults(part, date, language, rights, origin)
    choices = Choices(annotator, defaults, tuple(offsets or ()), discontinuous, skip_refused, reanchor)
    place = root_to_change(root)
    _report(
        import_foreign(place, given, format, choices, day=today(), labels=labels, follow=scheme_files, dry_run=dry_run),
        format,
        dry_run=dry_run,
    )


def _report(outcome: ImportOutcome, format: str, *, dry_run: bool) -> None:
    from stancebank.faults import StanceBankError, counted, printable
    from stancebank.formats.registry import FORMATS

    if outcome.proposal is not None:
        write_proposal(outcome.proposal)
        return
    for refused in outcome.refused[:_LISTED]:
        say(printable(f"{refused.place}: refused: {refused.what.removeprefix(f'{refused.place}: ')}"))
        say(f"  fix: {printable(refused.fix)}")
    for line in outcome.listed[:_LISTED]:
        say(printable(f"left out: {line}"))
    more = max(0, len(outcome.refused) - _LISTED) + max(0, len(outcome.listed) - _LISTED)
    if more:
        say(f"and {more:,} others")
    for line in outcome.repaired:
        say(printable(line))
    for note in outcome.notes[:_LISTED]:
        say(printable(note))
    for line in outcome.ledger.lines():
        say(printable(line))
    say(FORMATS[format].loses)
    if not outcome.files:
        raise StanceBankError("all files are refused; nothing was written", "correct them, or give --skip-refused")
    say(f"{'would write' if dry_run else 'wrote'} {counted(len(outcome.files), 'file')}")
    if outcome.refused or outcome.listed:
        raise typer.Exit(1)


def write_proposal(labels: str) -> None:
    """Write a map of labels into the folder in which the command runs. Raises StanceBankError where it has one."""
    from stancebank.faults import StanceBankError

    try:
        with Path(_PROPOSED).open("x", encoding="utf-8") as stream:
            stream.write(labels)
    except FileExistsError:
        raise StanceBankError(f"{_PROPOSED} is there already", "move it away, or use it with --labels") from None
    say(f"wrote {_PROPOSED}; correct it, then give it with --labels {_PROPOSED}")


def _answers(
    answers: list[Path],
    annotator: str,
    root: Path | None,
    model: str | None,
    model_version: str | None,
    settings: str | None,
    prompt: Path | None,
    date: str | None,
    nearest: bool,
    replace: bool,
    dry_run: bool,
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
