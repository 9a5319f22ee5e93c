"""Versions of a corpus: which was the last, which may be the next, and the pages that tell of them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, Self

from ruamel.yaml.error import YAMLError

from stancebank.compare.difference_report import markdown_changes
from stancebank.compare.differences import Diff, Step
from stancebank.compare.release_digests import Release, read_release
from stancebank.compare.sides import revision_snapshot
from stancebank.compare.snapshots import Snapshot
from stancebank.faults import StanceBankError, printable
from stancebank.schema.paths import CHANGELOG, CITATION_FILE, CORPUS_FILE, RELEASES, release_file
from stancebank.storage.files import entries
from stancebank.storage.git import Repository
from stancebank.storage.plain_yaml import refusing_yaml

_VERSION = re.compile(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)")


class Version(NamedTuple):
    """A semantic version."""

    major: int
    minor: int
    patch: int

    @classmethod
    def of(cls, text: str) -> Self | None:
        """The version that a text is; None where it is none."""
        found = _VERSION.fullmatch(text)
        return cls(*map(int, found.groups())) if found else None

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    @property
    def tag(self) -> str:
        """The name of its tag."""
        return f"v{self}"

    def after(self, step: Step) -> Version:
        """The least version that is such a step further; where nothing has changed, the next patch."""
        if step is Step.major:
            return Version(self.major + 1, 0, 0)
        if step is Step.minor:
            return Version(self.major, self.minor + 1, 0)
        return Version(self.major, self.minor, self.patch + 1)


class LastRelease(NamedTuple):
    """The last version that was released: where it is known from, and what it was."""

    version: Version
    source: str
    state: Snapshot | Release


def last_release(repository: Repository, root: Path) -> LastRelease | None:
    """The highest version among the tags that HEAD has behind it and the files of corpus/releases; None for none.

    Tags of commits without the corpus do not count. Where a version has both, the tag
    is taken, since it tells what the values were.
    """
    tags = repository.run("tag", "--merged", "HEAD", "--list", "v*").decode(errors="replace").splitlines()
    tagged = {version for tag in tags if (version := Version.of(tag.removeprefix("v")))}
    kept = {
        version
        for entry in entries(root / RELEASES)
        if not entry.is_folder and (version := Version.of(entry.name.removesuffix(".json")))
    }
    for version in sorted(tagged | kept, reverse=True):
        tag = f"refs/tags/{version.tag}"
        if version in tagged and repository.has_file(tag, CORPUS_FILE):
            return LastRelease(version, f"tag {version.tag}", revision_snapshot(tag, root))
        if version in kept:
            file = release_file(str(version))
            return LastRelease(version, file, read_release(root / file, file))
    return None


def require_new(version: Version, repository: Repository, root: Path) -> None:
    """Nothing where a version was not released yet; else StanceBankError."""
    file = release_file(str(version))
    raise_it = "raise the version in corpus/corpus.yaml and commit it"
    if repository.says("rev-parse", "--verify", "--quiet", f"refs/tags/{version.tag}") is not None:
        raise StanceBankError(f"the tag {version.tag} exists already; nothing was changed", raise_it)
    if (root / file).exists():
        what = f"{version} was released already, as {file} says, though the tag {version.tag} is missing here"
        raise StanceBankError(what, f"{raise_it}; git fetch --tags gets the tags of the others")


def require_step(version: Version, last: Version, step: Step) -> None:
    """Nothing where a version is far enough above the last one; else StanceBankError."""
    if version <= last:
        what = f"the version goes backwards: corpus/corpus.yaml says {version}, and {last} was released"
        raise StanceBankError(what, f"set the version to {last.after(step)} or higher and commit it")
    if version < last.after(step):
        what = f"{version} is too small a step from {last}: what has changed since is {_article(step)}"
        fix = f"set the version to {last.after(step)} or higher and commit it; stancebank diff shows what has changed"
        raise StanceBankError(what, fix)


def _article(step: Step) -> str:
    reasons = {
        Step.major: "major (something that was there has changed, has gone or is in another split)",
        Step.minor: "minor (something was added)",
    }
    return reasons.get(step, step.name)


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
            f"{CITATION_FILE} cannot be changed line by line", "write each of its keys on a line of its own"
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
        content = refusing_yaml("safe").load(citation)
    except YAMLError as error:
        what = f"{CITATION_FILE} is not valid YAML: {printable(str(getattr(error, 'problem', error))[:300])}"
        raise StanceBankError(what, "correct it and commit it") from None
    if not isinstance(content, dict):
        raise StanceBankError(f"{CITATION_FILE} is no citation file", "write it as in citation-file-format.github.io")
    return content
