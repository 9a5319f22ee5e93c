"""Check a corpus.

Every finding is reported with its file, line and column; stancebank rule ID
explains a rule. Options stand in for what corpus.yaml says under validation.

Exit codes: 0 no errors; 1 errors, or with --strict warnings; 2 no corpus there,
or wrong usage; 3 an error in StanceBank itself.
"""

from __future__ import annotations

import os
import secrets
import sys
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stancebank.addresses import is_remote, require_local
from stancebank.commands.options import Cluster, Quiet, Root, Workers
from stancebank.commands.output import say
from stancebank.commands.progress import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stancebank.checks.reporters import Tally
    from stancebank.corpus import Corpus


class Format(StrEnum):
    """How findings are reported."""

    text = "text"
    json = "json"
    github = "github"
    sarif = "sarif"
    junit = "junit"


Rules = list[str] | None
SHOWN = 500  # findings that text shows without --max


def validate(
    root: Root = None,
    format: Annotated[Format, typer.Option(help="How findings are reported.")] = Format.text,
    select: Annotated[Rules, typer.Option(metavar="RULE", help="Check these alone: an id or the start of ids.")] = None,
    ignore: Annotated[Rules, typer.Option(metavar="RULE", help="Leave these out: an id or the start of ids.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail on warnings too.")] = False,
    max: Annotated[
        int | None,
        typer.Option(min=0, help="Report so many findings and count the rest, 0 for all; without it 500 as text."),
    ] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Explain each rule where it is first found.")] = False,
    fix: Annotated[bool, typer.Option("--fix", help="First mend what can be mended in one way, and show it.")] = False,
    workers: Workers = None,
    cluster: Cluster = None,
    quiet: Quiet = False,
) -> None:
    """Check the corpus, report, and exit with 1 where there are errors."""
    from stancebank.checks.reporters import Tally
    from stancebank.checks.selection import chosen_rules
    from stancebank.checks.validation import check_corpus, part_ids
    from stancebank.corpus import find_root, read_corpus
    from stancebank.corpus_settings import Validation
    from stancebank.engines import engine, in_threads

    corpus = read_corpus(find_root(root))
    selection = chosen_rules(corpus, select, ignore)
    diff: list[str] = []
    if fix:
        from stancebank.checks.repairs import repair

        require_local(corpus.root)
        diff = [line for each in repair(corpus, selection) for line in each.diff()]
        corpus = read_corpus(corpus.root)
    said = corpus.settings.validation if corpus.settings else Validation()
    strict |= said.strict
    limit = said.max if max is None else max
    if limit is None and format is Format.text:
        limit = SHOWN
    with engine(workers, cluster, in_threads) as run, shown("checking", len(part_ids(corpus)), quiet=quiet) as progress:
        findings = Tally(check_corpus(corpus, selection, run, progress.advance), limit or None)
        report = _report(findings, format, corpus, strict=strict, explain=explain)
        if format is Format.text:
            report = chain(diff, report)
            report = _without_commands(report) if os.environ.get("GITHUB_ACTIONS") == "true" else report
        else:
            for line in diff:
                say(line, err=True)
        for block in report:
            progress.pause()
            say(block)
    raise typer.Exit(1 if findings.errors or (strict and findings.warnings) else 0)


def _report(findings: Tally, format: Format, corpus: Corpus, *, strict: bool, explain: bool) -> Iterator[str]:
    from stancebank.checks import reporters

    prefix = "" if is_remote(corpus.root) else _from_workspace(corpus.root)
    if format is Format.json:
        return reporters.report_json(findings)
    if format is Format.github:
        summary = os.environ.get("GITHUB_STEP_SUMMARY")
        return reporters.report_github(findings, prefix=prefix, summary=Path(summary) if summary else None)
    if format is Format.sarif:
        return reporters.report_sarif(findings, prefix=prefix)
    if format is Format.junit:
        return reporters.report_junit(findings, prefix=prefix, strict=strict)
    color = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return reporters.report_text(findings, color=color, explain=explain)


def _from_workspace(root: Path) -> str:
    """What leads from the checkout of a workflow, or from here, to the files of a corpus."""
    workspace = os.environ.get("GITHUB_WORKSPACE") or Path.cwd()
    folder = Path(os.path.relpath(root.resolve(), Path(workspace).resolve()))
    return "" if folder == Path() or folder.parts[0] == ".." else f"{folder.as_posix()}/"


def _without_commands(lines: Iterator[str]) -> Iterator[str]:
    """The lines for the log of a GitHub workflow, which else takes a line of a text for a command to itself."""
    token = secrets.token_hex(16)
    yield f"::stop-commands::{token}"
    yield from lines
    yield f"::{token}::"
