"""A command that changes a corpus holds its lock before it reads what decides about the change."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import orjson
import pytest

from commands.test_killed_commands import Command, add, adjudicate, done, fix, generate, migrate, reopen
from conftest import DOC, Root
from stancebank.formats.quotes.answer_writing import answers_of
from stancebank.storage import files
from stancebank.storage.root_lock import is_held


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
    "add": add,
    "adjudicate": adjudicate,
    "done": done,
    "generate": generate,
    "import": import_answers,
    "import of files": import_foreign,
    "migrate": migrate,
    "move": lambda _: ("move", DOC, "--part", "2025-03"),
    "preannotate": preannotate,
    "remove": lambda _: ("remove", DOC),
    "rename": lambda _: ("rename", DOC, "talks"),
    "reopen": reopen,
    "scheme merge": lambda _: ("scheme", "merge", "planned", "possible"),
    "scheme rename": lambda _: ("scheme", "rename", "asserted", "stated"),
    "sentences join": lambda _: ("sentences", "join", DOC, "n3", "n4"),
    "update": update,
    "validate --fix": fix,
}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_lock_is_held_before_anything_is_written(
    root: Root, cli: Callable[..., CompletedProcess[str]], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    held, changing = [], files.changing

    @contextlib.contextmanager
    def watched(place: Path) -> Iterator[None]:
        if place == root.path.resolve():
            held.append(is_held(place))
        with changing(place):
            yield

    monkeypatch.setattr(files, "changing", watched)
    command = COMMANDS[name](root)
    ended = cli(*command, *([] if "--root" in command else ["--root", root.path]))
    assert ended.returncode == 0, ended.stderr
    assert set(held) == {True}
