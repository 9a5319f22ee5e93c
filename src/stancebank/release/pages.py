"""The pages that name a version: the changelog and the citation file."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from stancebank.diff.changes import Diff
from stancebank.diff.reports import markdown_changes
from stancebank.faults import StanceBankError, printable

CHANGELOG = "CHANGELOG.md"
CITATION = "CITATION.cff"
_HEADING = re.compile(r"^## .*$", re.MULTILINE)
_EMPTY = "# Changelog\n"


def changes_entry(diff: Diff, last: str) -> str:
    """What has changed since the last version, for the changelog: counts by layer and a list."""
    lines = [f"Since {last}, version step {diff.step.name}:", "", *markdown_changes(diff)]
    return "\n".join(lines).rstrip() + "\n"


def first_entry(records: Mapping[str, int]) -> str:
    """What a first version holds, for the changelog."""
    rows = [f"| {layer} | {number:,} |" for layer, number in records.items()]
    return "\n".join(["The first release:", "", "| layer | records |", "| --- | ---: |", *rows]) + "\n"


def with_entry(page: str | None, version: str, day: datetime.date, entry: str) -> str:
    """The changelog with the entry of a version, above those of earlier ones.

    What stood under a first heading with "unreleased" in it becomes part of the entry.
    Raises StanceBankError where the version has a heading already.
    """
    page = (page or _EMPTY).rstrip("\n") + "\n"
    headings = list(_HEADING.finditer(page))
    unreleased = headings[0] if headings and "unreleased" in headings[0][0].lower() else None
    for heading in headings[1 if unreleased else 0 :]:
        if heading[0].split()[1:2] == [version]:
            what = f"{CHANGELOG} has an entry for {version} already"
            raise StanceBankError(what, "name its heading Unreleased, or raise the version, and commit it")
    title = f"## {version} ({day.isoformat()})\n"
    if unreleased is None:
        start = headings[0].start() if headings else len(page)
        return f"{page[:start].rstrip()}\n\n{title}\n{entry}" + (f"\n{page[start:]}" if headings else "")
    end = headings[1].start() if len(headings) > 1 else len(page)
    written = page[unreleased.end() : end].strip("\n")
    body = f"{written}\n\n{entry}" if written else entry
    return f"{page[: unreleased.start()]}{title}\n{body}" + (f"\n{page[end:]}" if len(headings) > 1 else "")


def cited(citation: str, version: str, day: datetime.date) -> str:
    """The citation file with a version and its day, otherwise as it was.

    Raises StanceBankError where it is no citation file that can be changed line by line.
    """
    values = {"version": version, "date-released": day.isoformat()}
    before = _citation(citation)
    lines = list(_with_lines(citation.splitlines(keepends=True), values, before))
    after = "".join(lines)
    expected = {key: str(value) for key, value in {**before, **values}.items()}
    if {key: str(value) for key, value in _citation(after).items()} != expected:
        raise StanceBankError(
            f"{CITATION} cannot be changed line by line", "write each of its keys on a line of its own"
        )
    return after


def _with_lines(lines: list[str], values: Mapping[str, str], before: Mapping[str, object]) -> Iterator[str]:
    for line in lines:
        key = line.partition(":")[0]
        if key in values and line[len(key)] == ":":
            yield f"{key}: {values[key]}\n"
            if key == "version" and "date-released" not in before:
                yield f"date-released: {values['date-released']}\n"
        else:
            yield line if line.endswith("\n") else f"{line}\n"
    if "version" not in before:
        yield f"version: {values['version']}\n"
        if "date-released" not in before:
            yield f"date-released: {values['date-released']}\n"


def _citation(citation: str) -> dict[str, object]:
    try:
        content = YAML(typ="safe", pure=True).load(citation)
    except YAMLError as error:
        what = f"{CITATION} is not valid YAML: {printable(str(getattr(error, 'problem', error)))}"
        raise StanceBankError(what, "correct it and commit it") from None
    if not isinstance(content, dict):
        raise StanceBankError(f"{CITATION} is no citation file", "write it as in citation-file-format.github.io")
    return content
