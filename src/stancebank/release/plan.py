"""What a release of the corpus would be: everything is worked out and checked before anything is written."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from stancebank.checks.findings import Finding
from stancebank.checks.selection import chosen_rules
from stancebank.checks.validation import check_corpus
from stancebank.corpus import Corpus, read_corpus
from stancebank.diff.changes import Step
from stancebank.diff.releases import compare_states, release_file, release_of, write_release
from stancebank.diff.snapshots import Snapshot, corpus_snapshot
from stancebank.faults import StanceBankError, counted, excerpt, printable
from stancebank.files import read_inside
from stancebank.generated import drifted, generated_files, left_over
from stancebank.git import Repository
from stancebank.release.pages import CHANGELOG, CITATION, changes_entry, cited, first_entry, with_entry
from stancebank.release.versions import Version, last_release, require_new, require_step

_READ = ("corpus", "schemas", "seeds", "annotation")


class UnsoundCorpusError(StanceBankError):
    """Strict validation found something, which stands in findings; nothing was changed."""

    exit_code = 1

    def __init__(self, findings: Sequence[Finding]) -> None:
        what = f"strict validation has {counted(len(findings), 'finding')}; nothing was changed"
        super().__init__(what, "correct them, or make exceptions for warnings that are meant, and commit")
        self.findings = tuple(findings)


@dataclass(frozen=True)
class Plan:
    """A release that could be made.

    last: what was released before, in words; None for a first release. step: what has
    happened since. entry: for the changelog. files: those to be written, by path from
    the root. branch: that the commit goes to.
    """

    name: str
    version: Version
    last: str | None
    step: Step
    entry: str
    files: Mapping[str, bytes]
    branch: str


def plan_release(root: Path, day: datetime.date) -> Plan:
    """The release of the version that corpus.yaml declares.

    day: of the release. Raises UnsoundCorpusError with the findings of strict
    validation, and StanceBankError where the repository is not ready, the version is
    not one that may come next, or a page cannot be written.
    """
    repository = Repository(root)
    branch = require_ready(repository)
    corpus = read_corpus(root)
    findings = tuple(check_corpus(corpus, chosen_rules(corpus, None, None)))
    if findings:
        raise UnsoundCorpusError(findings)
    assert corpus.settings is not None
    version = Version.of(corpus.settings.version)
    assert version is not None
    require_new(version, repository, root)
    state = corpus_snapshot(root, "HEAD")
    last = last_release(repository, root)
    if last is None:
        step, entry = Step.none, first_entry({layer: frame.height for layer, frame in state.layers.items()})
    else:
        diff = compare_states(last.state, state)
        step = diff.step
        require_step(version, last.version, step)
        entry = changes_entry(diff, str(last.version))
    files = _generated(corpus) | _pages(root, version, day, entry) | _digests(state, corpus.settings.name, version)
    said = f"{last.version} ({last.source})" if last else None
    return Plan(corpus.settings.name, version, said, step, entry, files, branch)


def require_ready(repository: Repository) -> str:
    """The branch that a release can be committed to; StanceBankError where there is none, or work is uncommitted."""
    where = printable(str(repository.folder))
    if not repository.is_there:
        what = f"{where} is in no git repository, and a release is a commit and a tag"
        raise StanceBankError(what, "run git init and commit the corpus")
    if repository.commit("HEAD") is None:
        raise StanceBankError("the repository has no commit yet", "commit the corpus: git add -A; git commit")
    branch = repository.says("symbolic-ref", "--quiet", "--short", "HEAD")
    if branch is None:
        raise StanceBankError("no branch is checked out (HEAD is detached)", "check one out: git switch BRANCH")
    changed = repository.run("status", "--porcelain", "-z", "--no-renames", "--untracked-files=all").split(b"\0")[:-1]
    if changed:
        first = excerpt(changed[0][3:].decode(errors="replace"))
        more = f" and {len(changed) - 1:,} more" if len(changed) > 1 else ""
        what = f"the working tree is not clean: {first}{more}"
        raise StanceBankError(what, "commit what belongs to the release, and put away what does not: git stash -u")
    _require_nothing_ignored(repository)
    if repository.says("var", "GIT_COMMITTER_IDENT") is None or repository.says("var", "GIT_AUTHOR_IDENT") is None:
        fix = "git config user.name NAME; git config user.email ADDRESS"
        raise StanceBankError("git does not know who you are, and a commit says who made it", fix)
    return branch


def _require_nothing_ignored(repository: Repository) -> None:
    """Nothing where git would commit all that is read; else StanceBankError."""
    listed = repository.run("ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--", *_READ)
    for path in listed.decode(errors="replace").split("\0")[:-1]:
        if not any(step.startswith(".") for step in path.split("/")):
            what = f"git ignores {excerpt(path)}, so that it would be checked but not be in the release"
            raise StanceBankError(what, "move it out of the corpus, or correct .gitignore")


def _generated(corpus: Corpus) -> dict[str, bytes]:
    files = generated_files(corpus)
    unwanted = left_over(corpus.root, files)
    if unwanted:
        raise StanceBankError(f"{unwanted[0]} shows nothing any more", "remove it and commit that")
    return {file: files[file] for file in drifted(corpus.root, files)}


def _pages(root: Path, version: Version, day: datetime.date, entry: str) -> dict[str, bytes]:
    pages = {CHANGELOG: with_entry(_read(root, CHANGELOG), str(version), day, entry).encode()}
    citation = _read(root, CITATION)
    if citation is not None:
        pages[CITATION] = cited(citation, str(version), day).encode()
    return pages


def _read(root: Path, file: str) -> str | None:
    data, fault = read_inside(root, file)
    if data is None:
        if fault is not None and fault.kind != "missing":
            raise StanceBankError(f"{file}: {fault.what}", fault.fix)
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise StanceBankError(f"{file} is not UTF-8", "convert it to UTF-8 and commit it") from None


def _digests(state: Snapshot, name: str, version: Version) -> dict[str, bytes]:
    return {release_file(str(version)): write_release(release_of(state, name))}
