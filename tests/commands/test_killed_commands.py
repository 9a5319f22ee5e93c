"""Every command that writes, ended at every change of the file system: before or after, never between."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path

import orjson
import pytest

import kill_points
from conftest import DOC, PROJECT, Root, copied_root, offline
from overlays import VERSIONS, compose_version
from repositories import commit_all, git, own_settings
from stancebank.formats.quotes.answer_writing import answers_of
from stancebank.storage.journal import JOURNAL, settle
from storage.test_files import tree

SIGNALS = (signal.SIGKILL, signal.SIGHUP, signal.SIGTERM, signal.SIGINT)
Command = tuple[object, ...]


def start(home: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own."""
    command = [sys.executable, "-m", "stancebank", *map(str, arguments)]
    return subprocess.run(command, cwd=home, env=offline(home), capture_output=True, encoding="utf-8", check=False)


def add(root: Root) -> Command:
    for name in "ab":
        (root.path.parent / f"{name}.txt").write_text(f" date 2025-03-01 Text {name}. It says so.\n", "utf-8")
    return ("add", root.path.parent / "a.txt", root.path.parent / "b.txt", "--root", root.path)


def fix(root: Root) -> Command:
    root.add_passes()
    for layer in ("mentions", "stances"):
        path = root.layer_path(layer)
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    return ("validate", "--fix", "--root", root.path)


def done(root: Root) -> Command:
    return ("done", DOC, "--remark", "checked", "--date", "2026-01-01", "--root", root.path)


def reopen(root: Root) -> Command:
    return ("reopen", DOC, "--date", "2026-01-01", "--root", root.path)


def adjudicate(root: Root) -> Command:
    root.add_passes()
    for file in ("adjudication.jsonl", "adjudicated.jsonl"):
        shutil.copy(PROJECT / "annotation" / file, root.path / "annotation" / file)
    root.edit("mentions", 0, level="NOM")
    root.edit("stances", 0, commitment="conditional")
    return ("adjudicate", "pass-a", "pass-b", "--replace", "--root", root.path)


def migrate(root: Root) -> Command:
    shutil.rmtree(root.path)
    compose_version(min(each.name for each in VERSIONS.iterdir()), root.path)
    return ("migrate", "--root", root.path)


def generate(root: Root) -> Command:
    shutil.copy(PROJECT / "DATASHEET.md", root.path / "DATASHEET.md")
    for schema in list((root.path / "schemas").glob("*.schema.json"))[:3]:
        schema.unlink()
    (root.path / "schemas/documents.schema.json").write_bytes(b"{}\n")
    return ("generate", "--root", root.path)


def import_(root: Root) -> Command:
    export = root.path.parent / "export.json"
    assert start(root.path.parent, "studio", "export", "--out", export, "--root", root.path).returncode == 0
    tasks = orjson.loads(export.read_bytes())
    levels = [each for each in tasks[0]["annotations"][0]["result"] if each.get("from_name") == "level"]
    names = {each["value"]["choices"][0] for each in levels}
    levels[0]["value"]["choices"] = [*(names - {*levels[0]["value"]["choices"]})][:1]
    export.write_bytes(orjson.dumps(tasks))
    return ("studio", "import", export, "--root", root.path)


def import_files(root: Root) -> Command:
    files = root.path.parent / "files"
    files.mkdir()
    for name in "ab":
        (files / f"{name}.txt").write_text("Ada Birk leads the Harbour Union.\n", "utf-8")
        annotations = "T1\tPERSON 0 8\tAda Birk\nT2\tUnion 19 32\tHarbour Union\n"
        (files / f"{name}.ann").write_text(annotations, "utf-8")
    return ("import", files, "--format", "brat", "--labels", "add", "--language", "en", "--root", root.path)


def release(root: Root) -> Command:
    (root.path / "CHANGELOG.md").write_text("# Changelog\n\n## Unreleased\n\n- Written by hand.\n", "utf-8")
    shutil.copy(PROJECT / "DATASHEET.md", root.path / "DATASHEET.md")
    commit_all(root.path, "first")
    return ("release", "--root", root.path)


def init(root: Root) -> Command:
    shutil.rmtree(root.path)
    root.path.mkdir()
    return ("init", root.path)


def update(root: Root) -> Command:
    text = (root.path / f"seeds/{DOC}.txt").read_text("utf-8")
    (root.path.parent / "new.txt").write_text(text.replace("Keir Starmer, ahead", "Kier Starmer, ahead"), "utf-8")
    return ("update", DOC, "--text", root.path.parent / "new.txt")


def import_answers(root: Root) -> Command:
    answers = root.path.parent / "answers.jsonl"
    answers.write_bytes(b"".join(orjson.dumps(answer) + b"\n" for answer in answers_of(root.part())))
    return ("import", answers, "--as", "model", "--model", "a language model")


def import_foreign(root: Root) -> Command:
    record = {"text": "Ada Birk met the Fishers.", "label": [[0, 8, "PERSON"]]}
    (root.path.parent / "talks.jsonl").write_bytes(orjson.dumps(record))
    return ("import", root.path.parent / "talks.jsonl", "--format", "jsonl")


def preannotate(root: Root) -> Command:
    actor = {"actor_id": "starmer", "name": "Keir Starmer", "type": "PERSON"}
    actor |= dict.fromkeys(("wikidata", "party", "office", "country", "note"))
    (root.path / "corpus/actors.jsonl").write_bytes(orjson.dumps(actor) + b"\n")
    return ("preannotate", "--model", "gazetteer", "--as", "names")


COMMANDS: dict[str, Callable[[Root], Command]] = {
    each.__name__: each
    for each in (
        *(add, fix, done, reopen, adjudicate, migrate, generate, import_, import_files, release, init),
        *(update, import_answers, import_foreign, preannotate),
    )
} | {
    "move": lambda _: ("move", DOC, "--part", "2025-03"),
    "remove": lambda _: ("remove", DOC),
    "rename": lambda _: ("rename", DOC, "talks"),
    "scheme merge": lambda _: ("scheme", "merge", "planned", "possible"),
    "scheme rename": lambda _: ("scheme", "rename", "asserted", "stated"),
    "sentences join": lambda _: ("sentences", "join", DOC, "n3", "n4"),
    "sentences split": lambda _: ("sentences", "split", DOC, "n12", "better"),
}


def state(root: Path) -> object:
    """All that is under a root; of a repository what is committed, tagged and changed."""
    if not (root / ".git").exists():
        return tree(root)
    files = {name: data for name, data in tree(root).items() if name.split("/")[0] != ".git"}
    return files, git(root, "log", "--format=%T %s"), git(root, "tag"), git(root, "status", "--porcelain")


@pytest.mark.deep("kills")
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_done_or_not_begun_wherever_it_is_ended(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_settings(tmp_path, monkeypatch)
    home = tmp_path / "home"
    home.mkdir()
    sound = copied_root(home / "root")
    command = COMMANDS[name](sound)
    command += () if "--root" in command or name == "init" else ("--root", sound.path)
    before = state(sound.path)
    kept = tmp_path / "kept"
    shutil.copytree(home, kept, symlinks=True)
    first = start(home, *command)
    assert first.returncode == 0, first.stderr
    after = state(sound.path)
    assert after != before
    for point in count(1):
        number = SIGNALS[point % len(SIGNALS)] if point % 2 else signal.SIGKILL
        shutil.rmtree(home)
        shutil.copytree(kept, home, symlinks=True)
        run = [sys.executable, kill_points.__file__, sound.path, point, int(number), *command]
        end = subprocess.run([*map(str, run)], cwd=home, env=offline(home), capture_output=True, check=False)
        if end.returncode == first.returncode:
            break
        assert end.returncode == (-number if number == signal.SIGKILL else 128 + number), end.stderr
        assert b"Traceback" not in end.stderr
        for journal in [*home.rglob(JOURNAL)]:
            settle(journal.parent)  # as any command does
        settled = state(sound.path)
        if name == "init" and not settled:
            settled = before
        assert settled in (before, after), (point, number)
        if settled == before and point % 5 == 0:
            again = start(home, *command)
            assert again.returncode == first.returncode, (point, again.stderr)
            assert state(sound.path) == after, point
        assert not list(home.rglob(".new-*"))
    assert point > 3
