"""Validate a corpus and report every finding.

Each finding has its file, line and column; stancebank rule RULE explains a rule.
Options override the validation section of corpus.yaml.
"""

from __future__ import annotations

import os
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stancebank.checks.report_formats import FORMATS
from stancebank.commands.options import Cluster, NoCache, Quiet, Root, Workers, one_of, one_root
from stancebank.commands.output import colors, in_workflow, say, without_commands
from stancebank.commands.progress_bar import shown
from stancebank.storage.addresses import address, is_remote, require_local

if TYPE_CHECKING:
    from collections.abc import Iterable

Rules = list[str] | None
SHOWN = 500  # findings that text shows without --max


def validate(
    folder: Annotated[
        Path | None,
        typer.Argument(parser=address, metavar="ROOT", help="Corpus folder or address, as with --root."),
    ] = None,
    root: Root = None,
    format: Annotated[
        str,
        typer.Option(
            parser=one_of(FORMATS),
            metavar="|".join(FORMATS),
            autocompletion=lambda: list(FORMATS),
            help="Format of the report.",
        ),
    ] = "text",
    output_file: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the report to a file.")] = None,
    select: Annotated[
        Rules, typer.Option(metavar="RULE", help="Check only these rules, by id or prefix; repeatable.")
    ] = None,
    ignore: Annotated[
        Rules, typer.Option(metavar="RULE", help="Skip these rules, by id or prefix; repeatable.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail on warnings too.")] = False,
    max: Annotated[
        int | None,
        typer.Option(min=0, metavar="N", help=f"Maximum findings to show, 0 for all (default: {SHOWN} as text)."),
    ] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Explain each rule at its first finding.")] = False,
    fix: Annotated[bool, typer.Option("--fix", help="Repair what has one possible repair, then validate.")] = False,
    workers: Workers = None,
    cluster: Cluster = None,
    no_cache: NoCache = False,
    quiet: Quiet = False,
) -> None:
    """Validate the corpus, report, and exit with 1 if there are errors."""
    from stancebank.checks.report_formats import report
    from stancebank.checks.reporters import Tally
    from stancebank.checks.selection import chosen_rules
    from stancebank.checks.validation import check_corpus, part_ids
    from stancebank.corpus.corpus import read_corpus
    from stancebank.corpus.root_folder import find_root
    from stancebank.corpus.settings import Validation
    from stancebank.faults import printable
    from stancebank.work.engines import engine, in_threads

    corpus = read_corpus(find_root(one_root(folder, root)))
    selection = chosen_rules(corpus, select, ignore)
    diff: list[str] = []
    if fix:
        from stancebank.checks.repairs import repair
        from stancebank.storage.journal import changing

        require_local(corpus.root)
        with changing(corpus.root):
            repairs = repair(read_corpus(corpus.root), selection)
        diff = [*map(str, repairs.left), *(line for each in repairs.changes for line in each.diff())]
        corpus = read_corpus(corpus.root)
    said = corpus.settings.validation if corpus.settings else Validation()
    strict |= said.strict
    limit = said.max if max is None else max
    if limit is None and format == "text":
        limit = SHOWN
    for line in [] if format == "text" and output_file is None else diff:
        say(line, err=True)
    with engine(workers, cluster, in_threads) as run, shown("checking", len(part_ids(corpus)), quiet=quiet) as progress:
        findings = Tally(check_corpus(corpus, selection, run, progress.advance, cached=not no_cache), limit or None)
        summary = os.environ.get("GITHUB_STEP_SUMMARY")
        blocks = report(
            format,
            findings,
            prefix="" if is_remote(corpus.root) else _from_workspace(corpus.root),
            summary=Path(summary) if summary else None,
            strict=strict,
            color=output_file is None and colors(),
            explain=explain,
        )
        if output_file is not None:
            _write(output_file, blocks)
        else:
            if format == "text":
                blocks = chain(diff, blocks)
                blocks = without_commands(blocks) if in_workflow() else blocks
            for block in blocks:
                progress.pause()
                say(block, commands=True)
    if output_file is not None:
        say(f"{findings}; the report is in {printable(str(output_file))}")
    raise typer.Exit(1 if findings.errors or (strict and findings.warnings) else 0)


def _write(file: Path, blocks: Iterable[str]) -> None:
    """Write a report to a file, whole or not at all."""
    from stancebank.storage.files import new_file

    with new_file(file) as stream:
        for block in blocks:
            stream.write(f"{block}\n".encode(errors="backslashreplace"))


def _from_workspace(root: Path) -> str:
    """What leads from the checkout of a workflow, or from here, to the files of a corpus."""
    workspace = os.environ.get("GITHUB_WORKSPACE") or Path.cwd()
    folder = Path(os.path.relpath(root.resolve(), Path(workspace).resolve()))
    return "" if folder == Path() or folder.parts[0] == ".." else f"{folder.as_posix()}/"
