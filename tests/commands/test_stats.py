"""Counts and generated files as users get them."""

from __future__ import annotations

import json
from collections.abc import Callable
from subprocess import CompletedProcess

from conftest import Root, offline

Run = Callable[..., CompletedProcess[str]]


def test_stats_counts_in_a_pipe_without_colours(cli: Run, root: Root) -> None:
    environment = {k: v for k, v in offline(root.path).items() if k != "NO_COLOR"} | {"FORCE_COLOR": "1"}
    done = cli("stats", "--root", root.path, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout
    assert ["stances", str(len(root.records("stances")))] in [line.split() for line in done.stdout.splitlines()]


def test_stats_as_json(cli: Run, root: Root) -> None:
    report = json.loads(cli("stats", "--root", root.path, "--format", "json").stdout)
    assert report["records"]["stances"] == len(root.records("stances"))


def test_a_corpus_that_cannot_be_read_is_not_counted(cli: Run, root: Root) -> None:
    root.layer_path("stances").unlink()
    done = cli("stats", "--root", root.path)
    assert done.returncode == 2
    assert "stances.jsonl: the file is missing" in done.stderr


def test_a_picture_with_nothing_to_show_any_more_fails_the_check_until_it_is_removed(cli: Run, root: Root) -> None:
    cli("generate", "--root", root.path)
    root.write("relations", [])
    assert "docs/relations.svg is no longer generated" in cli("generate", "--root", root.path).stdout
    done = cli("generate", "--check", "--root", root.path)
    assert done.returncode == 1
    assert "docs/relations.svg is no longer generated: there is nothing to show in it\n  fix: remove it" in done.stdout
    (root.path / "docs/relations.svg").unlink()
    assert cli("generate", "--check", "--root", root.path).returncode == 0
