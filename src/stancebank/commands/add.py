"""Add raw texts to a corpus.

SOURCE is a text file in UTF-8, a folder (its .txt files, at any depth), a quoted pattern such as
'news/**/*.txt', or a table (.csv, .tsv, .jsonl; .xlsx with stancebank[excel]). A table has a column
text, or file with names of files, and may have id, date, language, title, url, outlet, authors,
part, rights and origin, and the fields that the scheme declares for documents; use --column for
columns with other names.

Each text is copied to seeds/ and becomes a document, split into sentences; headings, bylines,
datelines and list items are distinguished from sentences. The file name without .txt becomes the
id. The options apply to texts that have no such value of their own, in a column or in the header
" date YYYY-MM-DD " at the start. If a text has a fault, all faults are reported and no text is
added; with --skip, the others are added.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from stancebank.commands.options import LocalRoot, one_of, root_to_change
from stancebank.commands.output import say

if TYPE_CHECKING:
    from stancebank.corpus.additions import Addition, Outcome

FIRST_LINE = "first-line"
_LIMIT = 80  # code points of a value that are shown


def add(
    sources: Annotated[list[str], typer.Argument(metavar="SOURCE", help="Text files, folders, patterns, tables.")],
    root: LocalRoot = None,
    part: Annotated[str | None, typer.Option(metavar="PART", help="Part to add to (default: year and month).")] = None,
    date: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="Publication date for texts that have none.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(metavar="TAG", help="Language as BCP 47 tag (default: detected).")
    ] = None,
    title: Annotated[
        str | None,
        typer.Option(parser=one_of([FIRST_LINE]), metavar="WAY", help=f"Take titles from the texts: {FIRST_LINE}."),
    ] = None,
    rights: Annotated[
        str | None, typer.Option(metavar="KEY", help="Key of the rights table in seeds.yaml (default: unknown).")
    ] = None,
    origin: Annotated[str | None, typer.Option(metavar="TEXT", help="Where the texts are from.")] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(metavar="FIELD=COLUMN", help="Column of a table for a field, such as title=Headline; repeatable."),
    ] = None,
    skip: Annotated[bool, typer.Option("--skip", help="Leave out texts with faults, add the rest.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be added.")] = False,
) -> None:
    """Add the texts and report where they are."""
    from stancebank.corpus.additions import add_texts

    outcome = add_texts(
        root_to_change(root),
        sources,
        part,
        date,
        language,
        title="first-line" if title else None,
        rights=rights,
        origin=origin,
        columns=column or (),
        skip=skip,
        dry_run=dry_run,
    )
    _report(outcome, dry_run=dry_run)
    if outcome.skipped:
        raise typer.Exit(1)


def _report(outcome: Outcome, *, dry_run: bool) -> None:
    from stancebank.faults import counted, excerpt, printable

    for doc_id, fields in outcome.first.items():
        say(f"{doc_id} is understood as")
        for key, value in fields.items():
            say(f"  {key:9} {printable(value) if len(value) <= _LIMIT else excerpt(value, _LIMIT)}")
    for addition in outcome.added:
        say(f"{'would add' if dry_run else 'added'} {_described(addition)}")
    places: dict[str, list[str]] = {}
    for notice in outcome.notices:
        places.setdefault(notice.what, []).append(notice.place)
    for what, of in places.items():
        more = f" (and {counted(len(of) - 1, 'other text')})" if len(of) > 1 else ""
        say(f"{of[0]}: {what}{more}")
    if outcome.not_taken:
        say(f"not taken: {', '.join(map(excerpt, outcome.not_taken))}")
    for flaw in outcome.skipped:
        say(f"left out: {flaw.place}: {flaw.what.removeprefix(f'{flaw.place}: ')}", err=True)
    if outcome.skipped:
        say(f"{counted(len(outcome.skipped), 'fault')}; {counted(len(outcome.added), 'text')} added", err=True)
    if outcome.added and not dry_run and any(fields["rights"] == "unknown" for fields in outcome.first.values()):
        say("next: describe the rights in seeds/seeds.yaml; next time with --rights KEY and --origin TEXT")


def _described(addition: Addition) -> str:
    from stancebank.faults import counted

    kinds = "".join(f", {counted(number, kind)}" for kind, number in addition.kinds.items())
    undated = "" if addition.dated else "; its date is undecided"
    language = f"{addition.language} ({addition.language_from})"
    lines = addition.sentences - sum(addition.kinds.values())
    return f"{addition.doc_id} to corpus/{addition.part}, {counted(lines, 'sentence')}{kinds}, {language}{undated}"
