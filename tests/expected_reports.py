"""The reports on the corpora of tests/invalid, as they are and as expected_reports.txt has them.

That file has a section for each folder. Below the report it names what is meant: the file; what the file
reads at the finding (| is the column; without it the line is meant, without the text the whole file); and
the finding's JSON path.

``python tests/expected_reports.py`` writes the section of a new rule: read it before you commit it.
Of the others it rewrites the report and keeps what is below. To have that written too, delete the section.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from overlays import FOLDERS, composed
from stancebank.checks.findings import Finding, Tally
from stancebank.checks.reporters.as_text import report_text
from stancebank.checks.validation import check_corpus
from stancebank.corpus.corpus import read_corpus

EXPECTED = Path(__file__).with_suffix(".txt")
MARK, LINE_END = "|␊"
LINE_ENDS = str.maketrans({"\r": "␍", "\n": LINE_END})


@cache
def findings(folder: str) -> list[Finding]:
    return list(check_corpus(read_corpus(composed(folder))))


def report(folder: str) -> str:
    """What validate prints for a folder."""
    return "".join(f"{block}\n" for block in report_text(Tally(findings(folder))))


def expected_report(folder: str) -> str:
    return _expected(folder)[0]


def meant(rule: str) -> dict[str, str]:
    """What is below the report of a rule: the file that is meant, what it reads and the JSON path."""
    return dict(line.split(": ", 1) for line in _expected(rule)[1].splitlines())


@cache
def sections() -> dict[str, str]:
    """What the file has of each folder."""
    _, *parts = re.split(r"^=== (\w+)\n", EXPECTED.read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def _expected(folder: str) -> tuple[str, str]:
    text = sections().get(folder, "")
    reported, _, below = text.partition("\n\nfile: ")
    return (f"{reported}\n", f"file: {below}") if below else (text, "")


def content(rule: str, file: str) -> str:
    """A file of a rule's corpus, with visible line ends."""
    return (composed(rule) / file).read_bytes().decode(errors="replace").translate(LINE_ENDS)


def located(rule: str, file: str, reads: str | None = None, **_: str) -> str:
    """Where the file reads so, once: the file, and its line and column from 1 as far as they are meant."""
    if reads is None:
        return file
    before, mark, after = reads.partition(MARK)
    assert content(rule, file).count(before + after) == 1
    position = content(rule, file).index(before + after) + len(before)
    line = content(rule, file).count(LINE_END, 0, position) + 1
    return f"{file}:{line}:{position - content(rule, file).rfind(LINE_END, 0, position)}" if mark else f"{file}:{line}"


def below(rule: str) -> Iterator[str]:
    """What is written below the report of a new rule."""
    finding = findings(rule)[0]
    yield f"file: {finding.file}"
    if finding.line is not None:
        text = content(rule, finding.file)
        start = sum(len(line) + 1 for line in text.split(LINE_END)[: finding.line - 1])
        yield f"reads: {_once(text, start, finding.column)}"
    if finding.path:
        yield f"path: {finding.path}"


def _once(text: str, start: int, column: int | None) -> str:
    """What the text reads at a line's start or around its column, as long as it takes to be there once."""
    at = start + (column or 1) - 1
    for length in range(10, len(text) + 10):
        before = text[max(0, at - length) : at] if column else ""
        after = text[at : at + length]
        if text.count(before + after) == 1:
            return f"{before}{MARK}{after}" if column else after
    raise SystemExit(
        f"a line is in its file twice: {text[start:].split(LINE_END)[0]}\nfix: let the overlay tell them apart"
    )


def section(folder: str) -> str:
    """The report of a folder, and what is below it, also where the file has nothing yet."""
    kept = _expected(folder)[1]
    if findings(folder) and not kept:
        kept = "".join(f"{line}\n" for line in below(folder))
    return f"{report(folder)}\n{kept}" if kept else report(folder)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(__doc__)
    text = "".join(f"=== {name}\n{section(name)}" for name in FOLDERS)
    EXPECTED.write_text(text, "utf-8", newline="\n")
