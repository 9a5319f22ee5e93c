"""What the sides of a comparison are named by, and stancebank diff as users run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from conftest import DOC, PART, Root, offline
from repositories import commit_all, git, own_settings
from stancebank.compare.difference_report import report
from stancebank.compare.release_digests import Release, compare_states, release_of, write_release
from stancebank.compare.sides import read_side
from stancebank.compare.snapshots import Snapshot, corpus_snapshot
from stancebank.corpus.remarks import Remark, lines_of, remark_order
from stancebank.dataset.building import build, chosen_views
from stancebank.faults import StanceBankError

Diff = Callable[..., "CompletedProcess[str]"]


@pytest.fixture
def repository(root: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Root:
    """A corpus in a subfolder of a repository with two commits; the first is tagged v1.0.0."""
    own_settings(tmp_path, monkeypatch)
    commit_all(tmp_path, "first")
    git(tmp_path, "tag", "--annotate", "--message", "first", "v1.0.0")
    root.edit("stances", 0, label="mixed")
    commit_all(tmp_path, "second")
    return root


def labels(side: Snapshot | Release) -> list[str]:
    assert isinstance(side, Snapshot)
    return side.layers["stances"]["label"].to_list()


@pytest.mark.parametrize("name", ["v1.0.0", "HEAD~1", "refs/tags/v1.0.0", "main^"])
def test_a_revision_is_read_as_it_was_committed(repository: Root, name: str) -> None:
    side = read_side(name, repository.path)
    assert labels(side)[0] == "favor"
    assert labels(read_side("HEAD", repository.path))[0] == "mixed"
    assert side.name == name


def test_a_revision_is_read_byte_for_byte_whatever_attributes_say(repository: Root, tmp_path: Path) -> None:
    (tmp_path / ".gitattributes").write_text("*.jsonl export-ignore eol=crlf\n", "utf-8")
    commit_all(tmp_path, "attributes")
    diff = compare_states(read_side("HEAD", repository.path), corpus_snapshot(repository.path, "here"))
    assert diff.same


def test_a_path_wins_over_a_revision(repository: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(tmp_path, "branch", "corpus-root", "HEAD~1")
    monkeypatch.chdir(tmp_path)
    assert labels(read_side("corpus-root", repository.path))[0] == "mixed"
    assert labels(read_side("refs/heads/corpus-root", repository.path))[0] == "favor"


def test_each_kind_of_path_is_known(root: Root, tmp_path: Path) -> None:
    root.add_passes()
    build(root.corpus(), tmp_path / "out", chosen_views(["stances"]))
    releases = root.path / "corpus/releases"
    releases.mkdir()
    snapshot = corpus_snapshot(root.path, "root")
    (releases / "0.1.0.json").write_bytes(write_release(release_of(snapshot, "stancebank")))
    assert labels(read_side(str(root.path), tmp_path)) == labels(snapshot)
    assert labels(read_side(str(tmp_path / "out"), tmp_path)) == labels(snapshot)
    made = read_side(str(root.path / "annotation/passes/pass-a"), tmp_path)
    assert isinstance(made, Snapshot)
    assert made.annotator == "pass-a"
    assert isinstance(read_side(str(releases / "0.1.0.json"), tmp_path), Release)


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("v9.9.9", '"v9.9.9" is neither a path nor a revision of the repository'),
        ("--output=x", "is neither a path nor a revision"),
        ("-h", "is neither a path nor a revision"),
        ("", ""),
        ("HEAD:corpus", "is neither a path nor a revision"),
        ("\x1b[31m", r'"\\x1b\[31m" is neither a path nor a revision'),
        ("corpus", "corpus is a folder, but nothing that can be compared"),
        ("seeds/seeds.yaml", "seeds/seeds.yaml is a file, but no release"),
    ],
)
def test_a_name_that_is_nothing_is_said_to_be(
    repository: Root, monkeypatch: pytest.MonkeyPatch, name: str, what: str
) -> None:
    monkeypatch.chdir(repository.path)
    if not name:
        assert isinstance(read_side(".", repository.path), Snapshot)
        return
    with pytest.raises(StanceBankError, match=what) as raised:
        read_side(name, repository.path)
    assert raised.value.fix


def test_without_a_repository_a_revision_is_said_to_be_none(root: Root, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(StanceBankError, match="is in no git repository"):
        read_side("HEAD", root.path)


def test_a_revision_without_the_corpus_is_said_to_have_none(repository: Root, tmp_path: Path) -> None:
    git(tmp_path, "checkout", "--quiet", "--orphan", "empty")
    git(tmp_path, "rm", "-r", "--quiet", "--cached", ".")
    git(tmp_path, "commit", "--quiet", "--allow-empty", "--message", "nothing")
    with pytest.raises(StanceBankError, match=r"has no corpus-root/corpus/corpus\.yaml"):
        read_side("empty", repository.path)


def test_a_link_in_a_revision_leads_nowhere(repository: Root, tmp_path: Path) -> None:
    path = repository.layer_path("stances")
    secret = tmp_path / "secret.jsonl"
    path.rename(secret)
    path.symlink_to(secret)
    commit_all(tmp_path, "a link")
    with pytest.raises(StanceBankError, match=r"stances.jsonl: the file is missing"):
        read_side("HEAD", repository.path)


@pytest.fixture
def diff(repository: Root, tmp_path: Path) -> Diff:
    """Run stancebank diff in the corpus."""

    def run(*arguments: object) -> CompletedProcess[str]:
        environment = {**offline(tmp_path), "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
        command = [sys.executable, "-m", "stancebank", "diff", *map(str, arguments)]
        return subprocess.run(
            command, cwd=repository.path, env=environment, capture_output=True, encoding="utf-8", check=False
        )

    return run


def test_text_says_each_change_in_a_line_and_the_step_in_the_last(diff: Diff) -> None:
    done = diff("v1.0.0", ".")
    assert done.returncode == 1, done.stderr
    first, *_, last = done.stdout.splitlines()
    assert first == "A is v1.0.0 (0.1.0), B is . (0.1.0)"
    assert '  s1 favor to mixed ("readiness to deploy peacekeeping...")\n' in done.stdout
    assert last == "step: major"
    same = diff("HEAD", ".")
    assert (same.returncode, same.stdout.splitlines()[1:]) == (0, ["nothing differs", "step: none"])


def test_wrong_names_end_with_two_and_no_traceback(diff: Diff) -> None:
    done = diff("--", "--upload-pack=x", ".")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith('stancebank: "--upload-pack=x" is neither a path nor a revision')
    assert diff("HEAD").returncode == 2


def test_json_has_the_fields_and_markdown_folds_what_is_long(repository: Root) -> None:
    before = corpus_snapshot(repository.path, "before")
    for row in range(30):
        repository.edit("mentions", row, level="PRO")
    found = compare_states(before, corpus_snapshot(repository.path, "after"))
    content = json.loads("\n".join(report(found, "json")))
    assert (content["step"], content["same"]) == ("major", False)
    assert content["counts"]["mentions"]["changed"] == len(content["records"])
    field = {"name": "level", "a": "NAM", "b": "PRO", "a_shown": "", "b_shown": ""}
    assert next(each for each in content["records"] if each["a_id"] == "m1")["fields"] == [field]
    assert {each["doc_id"] for each in content["records"]} == {DOC}
    page = "\n".join(report(found, "markdown"))
    assert f"<details><summary>{len(content['records'])} changes</summary>" in page
    assert page.rstrip().endswith("</details>")


def test_no_value_is_markup_or_reaches_the_terminal_raw(repository: Root) -> None:
    before = corpus_snapshot(repository.path, "before")
    repository.edit("entities", 0, name="<b>\x1b[31m|`*")
    found = compare_states(before, corpus_snapshot(repository.path, "after"))
    for format in ("text", "markdown"):
        lines = list(report(found, format))
        assert all(line.isprintable() for line in lines)
    assert "<b>" not in "\n".join(report(found, "markdown"))
    assert PART not in "\n".join(report(found, "text"))


def test_remarks_that_one_side_alone_has_are_listed_and_make_no_difference(repository: Root) -> None:
    remarks = [Remark(DOC, None, "mentions", "m1", "note", f"ask {name}\n", by="ann") for name in ("Bob", "Eve")]
    file = repository.path / "annotation/remarks.jsonl"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(lines_of(remarks[:1], remark_order))
    commit_all(repository.path.parent, "a remark")
    file.write_bytes(lines_of(remarks[1:], remark_order))
    diff = compare_states(read_side("HEAD", repository.path), corpus_snapshot(repository.path, "here"))
    assert diff.same
    *_, first, second, _ = report(diff, "text")
    assert first == f'  in A alone: {DOC} m1: note by ann: "ask Bob\\n"'
    assert second.startswith("  in B alone: ")
    told = json.loads("".join(report(diff, "json")))["remarks"]
    assert [(each["side"], each["text"]) for each in told] == [("A", "ask Bob\n"), ("B", "ask Eve\n")]
