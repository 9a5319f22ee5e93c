"""What a release of the corpus would be: everything is worked out and checked before anything is written."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stancebank.checks.findings import UnsoundCorpusError
from stancebank.checks.selection import chosen_rules
from stancebank.checks.validation import check_corpus
from stancebank.compare.differences import Step
from stancebank.compare.release_digests import compare_states, release_of, write_release
from stancebank.compare.snapshots import Snapshot, corpus_snapshot
from stancebank.corpus.corpus import Corpus, read_corpus
from stancebank.faults import StanceBankError, counted, excerpt, printable
from stancebank.pages.generated import drifted, generated_files, left_over
from stancebank.release.completeness import progress_entry, require_decided, require_described, require_finished
from stancebank.release.completeness import unfinished as unfinished_layers
from stancebank.release.versions import (
    Version,
    changes_entry,
    cited,
    first_entry,
    last_release,
    require_new,
    require_step,
    with_entry,
)
from stancebank.schema.paths import ANNOTATION, CHANGELOG, CITATION_FILE, CORPUS, SCHEMAS, SEEDS, release_file
from stancebank.storage.files import read_inside
from stancebank.storage.git import Repository

_READ = (CORPUS, SCHEMAS, SEEDS, ANNOTATION)


@dataclass(frozen=True)
class Plan:
    """A release that could be made.

    last: what was released before, in words; None for a first release. step: what has
    happened since. entry: for the changelog. files: those to be written, by path from
    the root. branch: that the commit goes to. head: the
    commit that was checked.
    """

    name: str
    version: Version
    last: str | None
    step: Step
    entry: str
    files: Mapping[str, bytes]
    branch: str
    head: str


def plan_release(root: Path, day: datetime.date, *, unfinished: bool = False) -> Plan:
    """The release of the version that corpus.yaml declares.

    day: of the release. unfinished: documents may have layers that are not done; the entry
    says how far they are. Raises UnsoundCorpusError with the findings of strict
    validation, and StanceBankError where the repository is not ready, something is not
    done or undecided though the scheme requires it, the version is not one that may come
    next, or a page cannot be written.
    """
    repository = Repository(root)
    head = repository.commit("HEAD") or ""
    branch = require_ready(repository)
    read = read_corpus(root)
    findings = tuple(check_corpus(read, chosen_rules(read, None, None), cached=True))
    if findings:
        what = f"strict validation has {counted(len(findings), 'finding')}; nothing was changed"
        fix = "correct them, or make exceptions for warnings that are meant, and commit"
        raise UnsoundCorpusError(what, fix, findings)
    corpus = read.sound()
    version = Version.of(corpus.settings.version)
    assert version is not None
    require_new(version, repository, root)
    state = corpus_snapshot(root, head)
    require_described(root)
    require_decided(state, corpus.scheme)
    if not unfinished:
        require_finished(state)
    last = last_release(repository, root)
    if last is None:
        counts = {name: rows.height for name, rows in state.layers.items() if name in state.used}
        step, entry = Step.none, first_entry(counts)
    else:
        diff = compare_states(last.state, state)
        step = diff.step
        require_step(version, last.version, step)
        entry = changes_entry(diff, str(last.version))
    if not unfinished_layers(state).is_empty():
        entry = f"{progress_entry(state)}\n{entry}"
    files = _generated(corpus) | _pages(root, version, day, entry) | _digests(state, corpus.settings.name, version)
    said = f"{last.version} ({last.source})" if last else None
    return Plan(corpus.settings.name, version, said, step, entry, files, branch, head)


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
    changed = repository.changed()
    if changed:
        first = excerpt(changed[0].decode(errors="replace"))
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
    citation = _read(root, CITATION_FILE)
    if citation is not None:
        pages[CITATION_FILE] = cited(citation, str(version), day).encode()
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
