"""Versions of a corpus: which was the last, and which may be the next."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple, Self

from stancebank.diff.changes import Step
from stancebank.diff.releases import RELEASES, Release, read_release, release_file
from stancebank.diff.snapshots import Snapshot
from stancebank.diff.sources import revision_snapshot
from stancebank.faults import StanceBankError
from stancebank.files import entries
from stancebank.git import Repository

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
        if version in tagged and repository.has_file(tag, "corpus/corpus.yaml"):
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
