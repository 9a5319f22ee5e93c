"""Validate a corpus and report every finding.

Each finding has its file, line and column; stancebank rule RULE explains a rule.
Options override the validation section of corpus.yaml.
"""

from __future__ import annotations

import contextlib
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
    from collections.abc import Callable, Iterable, Iterator

    from stancebank.checks.validated_before import Validated

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
    from stancebank.checks.findings import Tally
    from stancebank.checks.report_formats import report
    from stancebank.corpus.root_folder import find_root
    from stancebank.faults import printable

    place = find_root(one_root(folder, root))
    diff = _repaired(place, select, ignore) if fix else []
    for line in [] if format == "text" and output_file is None else diff:
        say(line, err=True)
    with _validation(place, select, ignore, workers, cluster, quiet=quiet, cached=not no_cache) as (known, pause):
        strict |= known.strict
        limit = known.max if max is None else max
        if limit is None and format == "text":
            limit = SHOWN
        findings = Tally(known.findings, limit or None)
        summary = os.environ.get("GITHUB_STEP_SUMMARY")
        blocks = report(
            format,
            findings,
            prefix="" if is_remote(place) else _from_workspace(place),
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
                pause()
                say(block, commands=True)
    if output_file is not None:
        say(f"{findings}; the report is in {printable(str(output_file))}")
    raise typer.Exit(1 if findings.errors or (strict and findings.warnings) else 0)


@contextlib.contextmanager
def _validation(
    root: Path, select: Rules, ignore: Rules, workers: int | None, cluster: str | None, *, quiet: bool, cached: bool
) -> Iterator[tuple[Validated, Callable[[], None]]]:
    """A validation, whose findings are to be taken inside the block, and what hides its progress."""
    from stancebank.checks.validated_before import Validated, ValidatedBefore

    before = None if not cached or cluster or is_remote(root) else ValidatedBefore.of(root, select, ignore)
    known = before.known() if before else None
    if known is not None:
        yield known, lambda: None
        return

    from stancebank.checks.selection import chosen_rules
    from stancebank.checks.validation import check_corpus, part_ids
    from stancebank.corpus.corpus import read_corpus
    from stancebank.corpus.settings import Validation
    from stancebank.work.engines import engine, in_threads

    corpus = read_corpus(root)
    selection = chosen_rules(corpus, select, ignore)
    said = corpus.settings.validation if corpus.settings else Validation()
    with engine(workers, cluster, in_threads) as run, shown("checking", len(part_ids(corpus)), quiet=quiet) as progress:
        digests = before.files.digests if before else None
        findings = check_corpus(corpus, selection, run, progress.advance, cached=cached, digests=digests)
        found = Validated(findings, said.strict, said.max)
        yield before.keeping(found) if before else found, progress.pause


def _repaired(root: Path, select: Rules, ignore: Rules) -> list[str]:
    """Repair a corpus; the lines on what was changed, and on what was left."""
    from stancebank.checks.repairs import repair
    from stancebank.checks.selection import chosen_rules
    from stancebank.corpus.corpus import read_corpus
    from stancebank.storage.journal import changing

    selection = chosen_rules(read_corpus(root), select, ignore)
    require_local(root)
    with changing(root):
        repairs = repair(read_corpus(root), selection)
    return [*map(str, repairs.left), *(line for each in repairs.changes for line in each.diff())]


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
