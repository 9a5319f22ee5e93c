"""Releasing: what is checked, what is written, and that nothing is half done."""

from __future__ import annotations

import datetime
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import PART, PROJECT, Root, offline
from repositories import commit_all, git, own_settings
from stancebank.checks.findings import UnsoundCorpusError
from stancebank.compare.differences import Step
from stancebank.compare.release_digests import compare_states
from stancebank.compare.sides import read_side
from stancebank.compare.snapshots import corpus_snapshot
from stancebank.faults import StanceBankError
from stancebank.release import commit as committing
from stancebank.release.commit import publish
from stancebank.release.completeness import require_decided
from stancebank.release.plan import plan_release
from stancebank.release.versions import Version, cited, first_entry, require_step, with_entry
from stancebank.schema.paths import release_file
from stancebank.storage.git import Repository
from stancebank.storage.journal import settle
from unfinished import reopen

DAY = datetime.date(2025, 3, 1)
CITATION = 'cff-version: 1.2.0\ntitle: "A: b"\nversion: 0.1.0\nauthors:\n  - name: X\n'


@pytest.fixture
def repository(root: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Root:
    """The project's corpus, clean in a repository of which it is a subfolder, with a changelog and a citation file."""
    own_settings(tmp_path, monkeypatch)
    (root.path / "CHANGELOG.md").write_text("# Changelog\n\n## Unreleased\n\n- Written by hand.\n", "utf-8")
    (root.path / "CITATION.cff").write_text(CITATION, "utf-8")
    shutil.copy(PROJECT / "DATASHEET.md", root.path / "DATASHEET.md")
    commit_all(tmp_path, "first")
    return root


def declare(root: Root, version: str) -> None:
    """Say in corpus.yaml that the corpus has a version, and commit all there is."""
    now = corpus_snapshot(root.path, "now").version
    if version != now:
        root.replace("corpus/corpus.yaml", f"version: {now}", f"version: {version}")
    if git(root.path, "status", "--porcelain"):
        commit_all(root.path, f"declare {version}")


def release(root: Root, version: str) -> None:
    declare(root, version)
    plan = plan_release(root.path, DAY)
    publish(Repository(root.path), plan.files, version, plan.name, plan.head)


def state(root: Root) -> tuple[str, str, str, dict[str, bytes]]:
    """All that a release may not leave half changed: branch, references, status and files."""
    top = Path(git(root.path, "rev-parse", "--show-toplevel").strip())
    files = {str(p.relative_to(top)): p.read_bytes() for p in top.rglob("*") if p.is_file() and ".git" not in p.parts}
    return (
        git(root.path, "rev-parse", "--symbolic-full-name", "HEAD"),
        git(root.path, "for-each-ref"),
        git(root.path, "status", "--porcelain"),
        files,
    )


def test_a_first_release_is_one_commit_and_one_annotated_tag(repository: Root) -> None:
    before = git(repository.path, "rev-parse", "HEAD").strip()
    release(repository, "0.1.0")
    assert git(repository.path, "rev-parse", "HEAD~1", "v0.1.0^{commit}").split() == [
        before,
        git(repository.path, "rev-parse", "HEAD").strip(),
    ]
    assert git(repository.path, "cat-file", "-t", "v0.1.0").strip() == "tag"
    assert git(repository.path, "status", "--porcelain") == ""
    git(repository.path, "fsck", "--strict")
    changelog = (repository.path / "CHANGELOG.md").read_text("utf-8")
    assert changelog.startswith("# Changelog\n\n## 0.1.0 (2025-03-01)\n\n- Written by hand.\n\nThe first release:\n")
    assert "| stances | 23 |" in changelog
    citation = (repository.path / "CITATION.cff").read_text("utf-8")
    assert citation == CITATION.replace("version: 0.1.0\n", "version: 0.1.0\ndate-released: 2025-03-01\n")
    written = git(repository.path, "show", "--name-only", "--format=", "HEAD").split()
    assert f"corpus-root/{release_file('0.1.0')}" in written


def test_a_second_release_tells_what_has_changed(repository: Root) -> None:
    release(repository, "1.0.0")
    repository.edit("stances", 0, label="mixed")
    release(repository, "2.0.0")
    changelog = (repository.path / "CHANGELOG.md").read_text("utf-8")
    new, _, old = changelog.partition("## 1.0.0 (2025-03-01)\n")
    assert "## 2.0.0 (2025-03-01)\n\nSince 1.0.0, version step major:\n" in new
    assert '  - s1 favor to mixed ("readiness to deploy peacekeeping...")' in new
    assert "Written by hand" in old
    for a, b in (("v1.0.0", "v2.0.0"), *[(str(repository.path / release_file(v)) for v in ("1.0.0", "2.0.0"))]):
        diff = compare_states(read_side(a, repository.path), read_side(b, repository.path))
        assert [(change.layer, change.a_id) for change in diff.records] == [("stances", "s1")]
    assert compare_states(read_side(str(repository.path / release_file("2.0.0")), repository.path),
                          corpus_snapshot(repository.path, "here")).same  # fmt: skip


def test_what_is_generated_is_released_as_it_should_be(repository: Root) -> None:
    release(repository, "3.0.0")
    assert "Corpus version 3.0.0" in git(repository.path, "show", "v3.0.0:./DATASHEET.md")


def test_the_next_release_needs_no_tag_but_the_digests(repository: Root) -> None:
    release(repository, "1.0.0")
    git(repository.path, "tag", "--delete", "v1.0.0")
    repository.change("stances", lambda records: records.pop())
    declare(repository, "1.1.0")
    with pytest.raises(StanceBankError, match=r"1\.1\.0 is too small a step from 1\.0\.0"):
        plan_release(repository.path, DAY)
    declare(repository, "2.0.0")
    plan = plan_release(repository.path, DAY)
    assert (plan.last, plan.step) == (f"1.0.0 ({release_file('1.0.0')})", Step.major)


def dirty(root: Root) -> None:
    (root.path.parent / "notes.txt").write_text("x", "utf-8")


def detached(root: Root) -> None:
    git(root.path, "checkout", "--quiet", "--detach")


def nobody(root: Root) -> None:
    git(root.path, "config", "--unset", "user.email")
    git(root.path, "config", "user.useConfigOnly", "true")


def tagged(root: Root) -> None:
    git(root.path, "tag", "v0.1.0")


def released_without_tag(root: Root) -> None:
    release(root, "0.1.0")
    git(root.path, "tag", "--delete", "v0.1.0")


def backwards(root: Root) -> None:
    release(root, "1.0.0")
    declare(root, "0.9.0")


def ignored(root: Root) -> None:
    (root.path / ".gitignore").write_text("local\n", "utf-8")
    shutil.copytree(root.path / "corpus" / PART, root.path / "corpus/local")
    for file in (root.path / "corpus/local").iterdir():
        file.write_text("", "utf-8")
    commit_all(root.path, "ignore")


def listed(root: Root) -> None:
    (root.path / "CHANGELOG.md").write_text("# Changelog\n\n## 0.1.0 (2024-01-01)\n", "utf-8")
    commit_all(root.path, "listed")


def unciteable(root: Root) -> None:
    (root.path / "CITATION.cff").write_text("[a\n", "utf-8")
    commit_all(root.path, "no citation")


@pytest.mark.deep("processes", quick=5)
@pytest.mark.parametrize(
    ("change", "what"),
    [
        (dirty, r'the working tree is not clean: "notes\.txt"'),
        (detached, "no branch is checked out"),
        (nobody, "git does not know who you are"),
        (tagged, r"the tag v0\.1\.0 exists already"),
        (released_without_tag, r"0\.1\.0 was released already, .* the tag v0\.1\.0 is missing here"),
        (backwards, r"the version goes backwards: corpus/corpus\.yaml says 0\.9\.0, and 1\.0\.0 was released"),
        (ignored, r'git ignores "corpus/local/'),
        (listed, r"CHANGELOG\.md has an entry for 0\.1\.0 already"),
        (unciteable, r"CITATION\.cff is not valid YAML"),
    ],
)
def test_what_stands_in_the_way_is_named_and_nothing_changes(
    repository: Root, change: Callable[[Root], None], what: str
) -> None:
    change(repository)
    before = state(repository)
    with pytest.raises(StanceBankError, match=what) as raised:
        plan_release(repository.path, DAY)
    assert raised.value.fix
    assert state(repository) == before


def test_without_a_repository_or_a_commit_there_is_no_release(
    root: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_settings(tmp_path, monkeypatch)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(StanceBankError, match="is in no git repository"):
        plan_release(root.path, DAY)
    git(root.path, "init", "--quiet")
    with pytest.raises(StanceBankError, match="the repository has no commit yet"):
        plan_release(root.path, DAY)


def test_a_warning_is_enough_to_stop_it(repository: Root) -> None:
    repository.edit("mentions", 148, level="PRO")
    commit_all(repository.path, "an entity of pronouns alone")
    with pytest.raises(UnsoundCorpusError) as raised:
        plan_release(repository.path, DAY)
    assert {finding.severity for finding in raised.value.findings} == {"warning"}
    assert raised.value.exit_code == 1


@pytest.mark.deep("processes", quick=2)
@pytest.mark.parametrize("failing", ["commit-tree", "mktag", "add", "move", "put"])
def test_a_failure_at_any_point_leaves_everything_as_it_was(
    repository: Root, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    plan = plan_release(repository.path, DAY)
    before = state(repository)
    if failing == "move":
        monkeypatch.setattr(committing._Moves, "__call__", lambda moves: moves.ask("nonsense\n", "commit: ok"))
    elif failing == "put":
        real, full = Path.replace, ["CITATION.cff"]

        def refuse(path: Path, target: Path) -> Path:
            if full and Path(target).name == full[0]:
                full.pop()
                raise OSError(28, "No space left on device")
            return real(path, target)

        monkeypatch.setattr(Path, "replace", refuse)
    else:
        run = Repository.run

        def fail(self: Repository, *arguments: str, **options: object) -> bytes:
            if failing in arguments:
                raise StanceBankError("made to fail")
            return run(self, *arguments, **options)  # type: ignore[arg-type]

        monkeypatch.setattr(Repository, "run", fail)
    with pytest.raises(StanceBankError):
        publish(Repository(repository.path), plan.files, "0.1.0", plan.name, plan.head)
    monkeypatch.undo()
    assert state(repository) == before
    assert not list(Path(repository.path.parent / ".git").glob("stancebank*"))


def test_a_branch_that_moved_meanwhile_is_not_overrun(repository: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_release(repository.path, DAY)
    made = committing._tag_object

    def meanwhile(*arguments: str) -> str:
        git(repository.path, "commit", "--quiet", "--allow-empty", "--message", "meanwhile")
        return made(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(committing, "_tag_object", meanwhile)
    with pytest.raises(StanceBankError, match="git update-ref failed"):
        publish(Repository(repository.path), plan.files, "0.1.0", plan.name, plan.head)
    assert git(repository.path, "log", "-1", "--format=%s").strip() == "meanwhile"
    assert git(repository.path, "tag") == git(repository.path, "status", "--porcelain") == ""


KILLED = """
import datetime, os, signal, sys
from pathlib import Path
from stancebank.storage.git import Repository
from stancebank.storage.journal import settle
from stancebank.release import commit
from stancebank.release.completeness import require_decided
from stancebank.release.plan import plan_release
root = Path(sys.argv[1])
plan = plan_release(root, datetime.date(2025, 3, 1))
commit._Moves.__call__ = lambda moves: os.kill(os.getpid(), int(sys.argv[2]))
commit.publish(Repository(root), plan.files, "0.1.0", plan.name, plan.head)
"""


def test_what_a_killed_release_left_is_put_back_by_the_next(repository: Root, tmp_path: Path) -> None:
    before = state(repository)
    command = [sys.executable, "-c", KILLED, str(repository.path), str(int(signal.SIGKILL))]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    after = state(repository)
    assert after[:2] == before[:2]  # neither branch nor tag has moved
    assert after[2:] != before[2:]
    settle(repository.path)
    assert state(repository) == before
    settle(repository.path)
    assert state(repository) == before


def test_what_was_edited_after_a_killed_release_is_left_alone(repository: Root) -> None:
    command = [sys.executable, "-c", KILLED, str(repository.path), str(int(signal.SIGKILL))]
    subprocess.run(command, check=False)
    (repository.path / "CHANGELOG.md").write_text("mine", "utf-8")
    settle(repository.path)
    assert (repository.path / "CHANGELOG.md").read_text("utf-8") == "mine"


def test_the_command_says_what_it_would_do_and_then_does_it(repository: Root, tmp_path: Path) -> None:
    environment = {**offline(tmp_path), "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "stancebank", "release", *arguments]
        return subprocess.run(
            command, cwd=repository.path, env=environment, capture_output=True, encoding="utf-8", check=False
        )

    before = state(repository)
    dry = run("--dry-run")
    assert dry.returncode == 0, dry.stderr
    assert "would write corpus/releases/0.1.0.json\nwould commit them to main and tag that v0.1.0\n" in dry.stdout
    assert state(repository) == before
    done = run()
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("nothing is pushed; next: git push origin main v0.1.0\n")
    assert json.loads((repository.path / release_file("0.1.0")).read_bytes())["version"] == "0.1.0"
    again = run()
    assert (again.returncode, again.stdout) == (2, "")
    assert again.stderr.startswith("stancebank: the tag v0.1.0 exists already")


@pytest.mark.parametrize(
    ("version", "last", "step", "fits"),
    [
        ("1.0.1", "1.0.0", Step.none, True),
        ("1.0.1", "1.0.0", Step.patch, True),
        ("1.0.1", "1.0.0", Step.minor, False),
        ("1.1.0", "1.0.9", Step.minor, True),
        ("1.10.0", "1.9.0", Step.minor, True),
        ("1.2.0", "1.0.0", Step.major, False),
        ("3.0.0", "1.0.0", Step.patch, True),
        ("2.0.0", "1.9.9", Step.major, True),
        ("1.0.0", "1.0.0", Step.none, False),
        ("0.9.0", "1.0.0", Step.none, False),
    ],
)
def test_a_version_must_be_at_least_the_step_above_the_last(version: str, last: str, step: Step, fits: bool) -> None:
    new, old = Version.of(version), Version.of(last)
    assert new is not None
    assert old is not None
    if fits:
        require_step(new, old, step)
    else:
        with pytest.raises(StanceBankError):
            require_step(new, old, step)


def test_the_changelog_keeps_what_is_there() -> None:
    entry = first_entry({"stances": 3})
    assert with_entry(None, "1.0.0", DAY, entry) == f"# Changelog\n\n## 1.0.0 (2025-03-01)\n\n{entry}"
    page = "# Changelog\n\nAbout.\n\n## 0.9.0 (2024-01-01)\n\n- Old.\n"
    assert with_entry(page, "1.0.0", DAY, entry) == page.replace("## 0.9", f"## 1.0.0 (2025-03-01)\n\n{entry}\n## 0.9")
    page = "# Changelog\n\n## 1.0.0 (unreleased)\n\n- New.\n\n## 0.9.0 (2024-01-01)\n\n- Old.\n"
    made = with_entry(page, "1.0.0", DAY, entry)
    assert made == page.replace("(unreleased)\n\n- New.\n", f"(2025-03-01)\n\n- New.\n\n{entry}")


@pytest.mark.parametrize(
    "citation",
    [CITATION, CITATION.replace("version: 0.1.0\n", ""), CITATION + "date-released: '2020-01-01'\n", CITATION[:-1]],
)
def test_the_citation_gets_version_and_day_and_nothing_else(citation: str) -> None:
    made = cited(citation, "1.2.3", DAY)
    assert made.count("\nversion: 1.2.3\n") == made.count("\ndate-released: 2025-03-01\n") == 1
    assert [line for line in made.splitlines() if not line.startswith(("version", "date"))] == [
        line for line in citation.splitlines() if not line.startswith(("version", "date"))
    ]


@pytest.mark.parametrize("citation", ["{version: 1.0.0, title: a}\n", "- a\n", "a: [\n", '"version": 0.1.0\n'])
def test_a_citation_that_cannot_be_changed_safely_is_refused(citation: str) -> None:
    with pytest.raises(StanceBankError, match=r"CITATION\.cff"):
        cited(citation, "1.2.3", DAY)


# What is not finished


def test_what_is_not_done_is_released_only_when_told_to_and_then_counted(repository: Root) -> None:
    reopen(repository, "stances", "relations")
    declare(repository, "0.1.0")
    before = state(repository)
    with pytest.raises(StanceBankError, match="1 document of 1 not done in all layers") as refused:
        plan_release(repository.path, DAY)
    assert "relations open" in refused.value.what
    assert "--unfinished" in refused.value.fix
    assert state(repository) == before
    plan = plan_release(repository.path, DAY, unfinished=True)
    assert plan.entry.startswith("Not finished: of 1 document, 0 are done in all layers.\n")
    assert "| entities | 1 |" in plan.entry
    assert "| stances | 0 |" in plan.entry
    assert plan.entry in plan.files["CHANGELOG.md"].decode()


def test_what_is_done_has_no_word_of_it_in_the_changelog(repository: Root) -> None:
    declare(repository, "0.1.0")
    assert plan_release(repository.path, DAY).entry == plan_release(repository.path, DAY, unfinished=True).entry
    assert "Not finished" not in plan_release(repository.path, DAY).entry


@pytest.mark.parametrize(("layer", "column"), [("mentions", "level"), ("stances", "basis")])
def test_what_the_scheme_requires_is_asked_of_what_is_done(root: Root, layer: str, column: str) -> None:
    scheme = root.corpus().sound().scheme
    require_decided(corpus_snapshot(root.path, "sound"), scheme)
    root.edit(layer, 0, **{column: None})
    root.edit("stances", 1, expression=None)
    with pytest.raises(StanceBankError, match=f"{column} of {layer.removesuffix('s')} .* is undecided"):
        require_decided(corpus_snapshot(root.path, "undecided"), scheme)
    reopen(root, layer)
    require_decided(corpus_snapshot(root.path, "open"), scheme)


@pytest.mark.parametrize("how", ["committed", "edited"])
def test_what_changes_while_it_is_checked_is_not_released(
    repository: Root, monkeypatch: pytest.MonkeyPatch, cli: Callable[..., subprocess.CompletedProcess[str]], how: str
) -> None:
    from stancebank.release import plan as planning

    real = planning.check_corpus

    def meanwhile(*arguments: object, **options: object) -> object:
        findings = list(real(*arguments, **options))  # type: ignore[arg-type]
        repository.change_lines("stances", lambda lines: lines.pop())
        if how == "committed":
            git(repository.path, "commit", "--quiet", "--all", "--message", "meanwhile")
        return findings

    monkeypatch.setattr(planning, "check_corpus", meanwhile)
    done = cli("release", "--root", repository.path)
    assert done.returncode == 2
    assert "since the corpus was checked; nothing was released\n  fix: run it again" in done.stderr
    assert git(repository.path, "tag") == ""
    assert git(repository.path, "log", "-1", "--format=%s").strip() == ("meanwhile" if how == "committed" else "first")
    assert not list(repository.path.rglob(".new-*"))
