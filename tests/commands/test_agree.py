"""stancebank agree as users and machines run it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from conftest import DOC, PART, PROJECT, Root
from stancebank.schema.layers import ANNOTATED

Agree = Callable[..., "CompletedProcess[str]"]


@pytest.fixture
def root(root: Root) -> Root:
    """The project's corpus with its passes, one label of pass-a changed."""
    root.add_passes()
    for layer in ANNOTATED:
        root.of("pass-a").write(layer, root.records(layer))
    root.of("pass-a").edit("stances", 0, label="against")
    return root


@pytest.fixture
def agree(cli: Agree, root: Root) -> Agree:
    """Measure annotations of the test's corpus."""
    return lambda *arguments: cli("agree", *arguments, cwd=root.path)


def test_help_says_what_may_be_compared_and_how_it_ends(agree: Agree) -> None:
    done = agree("--help")
    assert done.returncode == 0
    assert "Exit codes:\n    0  success\n    2  wrong usage" in done.stdout
    assert all(option in done.stdout for option in ("--layer", "--by", "--format", "--pairs", "--explain", "--root"))


def test_a_table_has_every_layer(agree: Agree) -> None:
    done = agree("gold", "pass-a")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "A is gold, B is pass-a"
    assert lines[1] == "  documents that both have done: 1"
    assert lines[2].startswith("  gold is not independent: made from passes")
    assert lines[3].split()[:3] == ["layer", "figure", "value"]
    assert {line.split()[0] for line in lines[4:-1]} == {*ANNOTATED}
    assert lines[-1] == "1 disagreement; --explain lists them"


def test_the_gold_against_itself_is_one_everywhere(agree: Agree) -> None:
    done = agree("gold", "gold", "--format", "json")
    (pair,) = json.loads(done.stdout)["pairs"]
    assert {figure["value"] for figure in pair["figures"]} == {1}
    assert pair["disagreements"] == []


def test_explain_lists_disagreements_with_their_sentences(agree: Agree, root: Root) -> None:
    done = agree("gold", "pass-a", "--explain", "--layer", "stances")
    count, told, sentence = done.stdout.splitlines()[-3:]
    assert count == "1 disagreement"
    assert told.startswith("stances: label differs: favor in A, against in B: stance s1 ")
    assert sentence.startswith("  ")
    assert f"[{root.records('stances')[0]['text']}]" in sentence


def test_json_is_one_object_with_figures_and_disagreements(agree: Agree) -> None:
    done = agree("gold", "pass-a", "gold", "--format", "json", "--layer", "stances")
    report = json.loads(done.stdout)
    assert done.returncode == 0
    assert [(pair["a"], pair["b"], len(pair["disagreements"])) for pair in report["pairs"]] == [
        ("gold", "pass-a", 1),
        ("gold", "gold", 0),
        ("pass-a", "gold", 1),
    ]
    assert {figure["layer"] for figure in report["all"]} == {"stances"}
    (found,) = report["pairs"][0]["disagreements"]
    assert (found["doc_id"], found["fields"], found["b"]["label"]) == (DOC, ["label"], "against")


def test_layers_are_measured_alone_where_asked(agree: Agree) -> None:
    done = agree("gold", "pass-a", "--layer", "mentions", "--layer", "relations")
    assert {line.split()[0] for line in done.stdout.splitlines()[4:-1]} == {"mentions", "relations"}
    assert done.stdout.splitlines()[-1] == "0 disagreements"


def test_two_corpora_are_compared_by_their_roots(agree: Agree, root: Root) -> None:
    root.edit("entities", 0, type="ORG")
    done = agree(root.path, PROJECT, "--layer", "entities", "--explain")
    assert done.returncode == 0
    assert done.stdout.splitlines()[0] == f"A is {root.path}, B is {PROJECT}"
    assert "1 disagreement\n" in done.stdout
    assert "entities: type differs: ORG in A, " in done.stdout


def test_two_roots_are_compared_from_anywhere_and_other_names_need_a_corpus(
    cli: Agree, root: Root, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    done = cli("agree", root.path, PROJECT, "--layer", "entities", cwd=tmp_path / "elsewhere")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == cli("agree", root.path, PROJECT, "--layer", "entities", cwd=root.path).stdout
    refused = cli("agree", root.path, "gold", cwd=tmp_path / "elsewhere")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert 'there is no corpus here, and "gold" is not the root of one' in refused.stderr
    missing = cli("agree", root.path, PROJECT, "--root", tmp_path / "missing")
    assert (missing.returncode, "missing is not a corpus root" in missing.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "what", "fix"),
    [
        (("gold", "pass-c"), 'there is no annotation "pass-c"; there are gold, pass-a, pass-b', "name one of them"),
        (("gold",), "agreement needs two annotations or more", "stancebank agree gold ID"),
        (("gold", "pass-a", "--layer", "stance"), '"stance" is not an annotated layer; there are entities', "name one"),
        (("gold", "\x1b[31m"), r'there is no annotation "\x1b[31m"', "name one of them"),
    ],
)
def test_a_wrong_name_is_answered_with_the_right_ones(
    agree: Agree, arguments: tuple[str, ...], what: str, fix: str
) -> None:
    done = agree(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"stancebank: {what}")
    assert f"\n  fix: {fix}" in done.stderr or f"\n  fix: name two, such as: {fix}" in done.stderr
    assert "\x1b" not in done.stderr


@pytest.mark.parametrize("arguments", [(), ("gold", "pass-a", "--format", "xml")])
def test_wrong_usage_ends_with_two(agree: Agree, arguments: tuple[str, ...]) -> None:
    done = agree(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


def test_a_pass_that_cannot_be_read_ends_with_two(agree: Agree, root: Root) -> None:
    (root.path / f"annotation/passes/pass-b/{PART}/mentions.jsonl").write_text("{}\n", "utf-8")
    done = agree("pass-a", "pass-b")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"annotation/passes/pass-b/{PART}/mentions.jsonl:1: " in done.stderr
    assert "  fix: run stancebank validate" in done.stderr


def test_a_reference_that_leads_nowhere_is_no_internal_error(agree: Agree, root: Root) -> None:
    root.of("pass-a").change_lines("entities", lambda lines: lines.pop(0))
    done = agree("gold", "pass-a")
    assert done.returncode == 2, done.stderr
    assert "  fix: " in done.stderr


def test_control_characters_of_a_pass_never_reach_the_terminal(agree: Agree, root: Root, tmp_path: Path) -> None:
    path = root.path / f"annotation/passes/pass-a/{PART}"
    for layer, key in (("entities", "name"), ("stances", "label"), ("mentions", "text")):
        file = path / f"{layer}.jsonl"
        records = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        records[0][key] = "\x1b[31m\x07\u202e"
        file.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8", newline="\n")
    done = agree("gold", "pass-a", "--explain")
    assert "\\x1b[31m" in done.stdout + done.stderr
    assert all(line.isprintable() for line in (done.stdout + done.stderr).splitlines())
