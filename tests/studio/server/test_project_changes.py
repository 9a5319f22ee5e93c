"""A project whose scheme or whose corpus changes while people work in it."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest

from conftest import Root
from stancebank.studio.layout.config import labelling_config
from stancebank.studio.layout.tasks import Mode, export_tasks
from stancebank.studio.server.config_change import config_change, uses

from ..conftest import Studio
from ..exports import Folder
from .test_pull import push, run
from .test_push import documents


def test_a_config_that_says_the_same_changes_nothing(root: Root) -> None:
    config = labelling_config(root.corpus().scheme)
    for old, new in product((config, config.replace('hotkey="1"', 'hotkey="b"')), repeat=2):
        change = config_change(old, new)
        assert (change.new, change.gone) == ((), ())
        assert list(change.lines()) == ["  the layout alone: colours, keys, order or explanations"]


@pytest.mark.parametrize("old", ["", "<View", "<!DOCTYPE x><View/>"])
def test_a_config_that_was_emptied_has_everything_new(root: Root, old: str) -> None:
    change = config_change(old, labelling_config(root.corpus().scheme))
    assert ("label", "PERSON") in change.new
    assert ("control", "level") in change.new
    assert ("choice of level", "NAM") in change.new
    assert change.gone == ()


def test_whatever_an_export_uses_is_a_part_of_the_config(root: Root) -> None:
    """The law that a check for used parts rests on; and what a draft alone uses counts."""
    everything = config_change("", labelling_config(root.corpus().scheme)).new
    [task] = json.loads(json.dumps(list(export_tasks(root.corpus(), Mode.annotations))))
    used = uses(task)
    assert used
    assert set(used) <= set(everything)
    drafted = task | {"annotations": [], "drafts": task["annotations"]}
    assert uses(drafted) == used
    assert not uses({"annotations": [{"result": [None, {}, {"from_name": 3}]}, 5], "drafts": None})


@pytest.mark.deep("servers")
def test_a_scheme_that_changes_is_shown_and_set_unless_work_uses_what_goes(
    studio: Studio, folder: Folder, title: str
) -> None:
    push(studio, folder, title)
    scheme = folder.path / "schemas/scheme.yaml"
    before = scheme.read_text("utf-8")
    config = config_of(studio, title)
    added = 'entity_types:\n  - {name: DISH, definition: Something to eat., example: "[soup]"}\n'
    scheme.write_text(before.replace("entity_types:\n", added, 1), "utf-8")
    refused = run(studio, "push", folder, title)
    assert refused.returncode == 2
    assert 'new: label "DISH"' in refused.stderr
    assert "--update-config" in refused.stderr
    assert config_of(studio, title) == config
    done = run(studio, "push", folder, title, "--update-config")
    assert done.returncode == 0, done.stderr
    assert '"DISH"' in config_of(studio, title)
    assert run(studio, "pull", folder, title).returncode == 0
    scheme.write_text(before, "utf-8")
    assert run(studio, "push", folder, title, "--update-config").returncode == 0
    assert '"DISH"' not in config_of(studio, title)
    renamed = run_root("scheme", "rename", "PERSON", "HUMAN", folder)
    assert renamed.returncode == 0, renamed.stderr
    refused = run(studio, "push", folder, title, "--update-config")
    assert refused.returncode == 2
    assert 'work there uses what goes: label "PERSON" in ' in refused.stderr


def config_of(studio: Studio, title: str) -> str:
    [number] = studio.server().projects(title)
    return studio.server().project(number).config


def run_root(*arguments: Any) -> Any:
    from conftest import run_here

    *command, folder = arguments
    return run_here(folder.path.parent, *command, "--root", folder.path)


@pytest.mark.deep("servers")
def test_a_document_that_leaves_the_corpus_is_settled_once(studio: Studio, folder: Folder, title: str) -> None:
    push(studio, folder, title)
    assert run_root("remove", "a", folder).returncode == 0
    refused = run(studio, "pull", folder, title)
    assert refused.returncode == 1
    assert "stancebank studio remove" in refused.stderr
    unknown = run(studio, "remove", folder, title, "nothing")
    assert (unknown.returncode, "has no task of a document" in unknown.stderr) == (2, True)
    done = run(studio, "remove", folder, title, "a")
    assert done.returncode == 0, done.stderr
    assert "deleted 1 task of " in done.stdout
    [kept] = (folder.path / ".studio/kept").glob("*.json")
    assert "a" in {json.loads(line)["data"]["doc_id"] for line in kept.read_bytes().splitlines()}
    assert "a" not in documents(studio, title)
    assert run(studio, "pull", folder, title).returncode == 0
