"""A pass as predictions: what is sent, and where the work on it goes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from conftest import Cli
from stancebank.schema.layers import ANNOTATED, LAYERS

from .exports import Folder, small_corpus

PART = "2025-02"
ECHO = "annotators:\n  - id: echo\n    kind: language model\n    name: Echo\n    date: 2026-01-01\n"


@pytest.fixture
def proposed(tmp_path: Path) -> Folder:
    """A corpus without gold, and a pass of a model over its first document."""
    folder = small_corpus(tmp_path / "root")
    home = folder.path / "annotation/passes/echo"
    for part in folder.corpus().part_names:
        (home / part).mkdir(parents=True)
        for layer in (*ANNOTATED, "progress"):
            gold = folder.path / folder.file(part, layer)
            shutil.copy(gold, home / part)
            gold.write_bytes(b"")
    (folder.path / "annotation/annotators.yaml").write_text(f"{ECHO}    instructions: a prompt\n    note: made up\n")
    return folder


def submitted(file: Path) -> None:
    """Submit every prediction as it is."""
    tasks = json.loads(file.read_bytes())
    for number, task in enumerate(tasks):
        [prediction] = task["predictions"]
        assert prediction["model_version"] == "echo"
        items = [
            each if each["type"] == "relation" else each | {"origin": "prediction"} for each in prediction["result"]
        ]
        author = {"id": 7, "email": "ann@example.org"}
        task["annotations"] = [
            {"id": number, "result": items, "parent_prediction": number, "completed_by": author, "was_cancelled": False}
        ]
    file.write_text(json.dumps(tasks))


@pytest.mark.parametrize("way", ["gold", "passes"])
def test_a_pass_that_was_sent_and_submitted_is_the_gold_or_a_pass(
    proposed: Folder, cli: Cli, tmp_path: Path, way: str
) -> None:
    file = tmp_path / "tasks.json"
    passes = ["--passes"] if way == "passes" else []
    done = cli("studio", "export", "--pass", "echo", *passes, "--out", file, "--root", proposed.path)
    assert done.returncode == 0, done.stderr
    submitted(file)
    done = cli("studio", "import", file, "--root", proposed.path)
    assert done.returncode == 0, done.stdout + done.stderr
    for part in proposed.corpus().part_names:
        for layer in ANNOTATED:
            of = "ann" if way == "passes" else None
            back, sent = proposed.records(part, layer, of), proposed.records(part, layer, "echo")
            if way == "gold":  # which has given ids of its own
                back, sent = ([_without_ids(layer, record) for record in each] for each in (back, sent))
            assert back == sent
    progress = proposed.records(PART, "progress", "ann" if way == "passes" else None)
    assert {record["made_from"] for record in progress} == {"predictions"}


def _without_ids(layer: str, record: dict[str, object]) -> dict[str, object]:
    ids = {LAYERS[layer].id_column, *(column.name for column in LAYERS[layer].columns if column.refers_to in ANNOTATED)}
    return {key: value for key, value in record.items() if key not in ids}


def test_what_cannot_be_sent_of_a_pass(proposed: Folder, cli: Cli) -> None:
    def refused(*arguments: str) -> str:
        done = cli("studio", "export", *arguments, "--root", proposed.path)
        assert done.returncode == 2, done.stdout
        return done.stderr

    assert 'there is no pass "bert"' in refused("--pass", "bert")
    assert "a pass is sent as predictions" in refused("--pass", "echo", "--as", "annotations")
    assert "has no document" in refused("--pass", "echo", "--doc", "nowhere")
    for layer in ANNOTATED:
        shutil.copy(proposed.path / proposed.file(PART, layer, "echo"), proposed.path / f"corpus/{PART}")
    assert "the gold has annotations" in refused("--pass", "echo")
    assert cli("studio", "export", "--pass", "echo", "--passes", "--root", proposed.path).returncode == 0


def test_a_pass_with_errors_is_not_sent(proposed: Folder, cli: Cli) -> None:
    file = proposed.path / proposed.file(PART, "mentions", "echo")
    file.write_bytes(file.read_bytes().replace(b'"start":0', b'"start":1', 1))
    done = cli("studio", "export", "--pass", "echo", "--root", proposed.path)
    assert done.returncode == 1
    assert "nothing was sent" in done.stderr
