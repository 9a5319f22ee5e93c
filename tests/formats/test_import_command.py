"""The commands import and export: maps, passes, wrong input, nothing half written, and the page on formats."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

import stancebank
from conftest import DOC, PROJECT, Root
from stancebank.corpus.corpus import read_corpus
from stancebank.pages.generated import drifted, scheme_files
from stancebank.pages.new_corpus import make_corpus
from stancebank.schema.paths import SCHEME_FILE
from unfinished import tree

Cli = Callable[..., CompletedProcess[str]]
RECORD = {"text": "Ada Birk met the Fishers.", "label": [[0, 8, "Human"], [17, 24, "ORG"]]}


@pytest.fixture
def empty(tmp_path: Path) -> Root:
    make_corpus(tmp_path / "corpus", PROJECT / SCHEME_FILE)
    (tmp_path / "in").mkdir()
    (tmp_path / "in/talks.jsonl").write_text(json.dumps(RECORD), "utf-8")
    return Root(tmp_path / "corpus")


def test_labels_are_proposed_corrected_and_imported(empty: Root, cli: Cli, tmp_path: Path) -> None:
    arguments = ("import", "in", "--format", "jsonl", "--root", empty.path)
    before = tree(empty)
    unknown = cli(*arguments)
    assert unknown.returncode == 2
    assert 'span "Human" (1)' in unknown.stderr
    proposed = cli(*arguments, "--labels", "propose")
    assert proposed.returncode == 0
    map_file = tmp_path / "labels.yaml"
    assert '"ORG": "mentions ORG"  # 1, such as "Fishers"' in map_file.read_text("utf-8")
    assert '"Human": "mentions"  # 1, such as "Ada Birk"' in map_file.read_text("utf-8")
    assert cli(*arguments, "--labels", "propose").returncode == 2  # it would be overwritten
    map_file.write_text(map_file.read_text("utf-8").replace('"mentions"', '"mentions PERSON"'), "utf-8")
    assert cli(*arguments, "--labels", "labels.yaml", "--dry-run").returncode == 0
    assert tree(empty) == before
    done = cli(*arguments, "--labels", "labels.yaml", "--part", "p", "--rights", "unknown", "--origin", "a test")
    assert done.returncode == 0, done.stderr
    part = read_corpus(empty.path).sound().sound_part("p")
    assert part["entities"]["type"].to_list() == ["PERSON", "ORG"]
    assert "origin: a test" in (empty.path / "seeds/seeds.yaml").read_text("utf-8")
    again = cli(*arguments, "--labels", "labels.yaml")
    assert again.returncode == 2
    assert "has the document" in again.stdout


def test_labels_are_added_to_the_scheme(empty: Root, cli: Cli) -> None:
    done = cli("import", "in", "--format", "jsonl", "--root", empty.path, "--labels", "add")
    assert done.returncode == 0, done.stderr
    corpus = read_corpus(empty.path).sound()
    assert corpus.scheme.names("entity_types")[-1] == "Human"
    assert corpus.sound_part("imported")["entities"]["type"].to_list() == ["Human", "ORG"]
    assert drifted(empty.path, scheme_files(corpus.scheme)) == []


def test_a_label_of_the_map_that_no_file_has_is_told(empty: Root, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text(json.dumps({"spans": {"Human": "mentions", "Humann": "mentions"}}), "utf-8")
    done = cli("import", "in", "--format", "jsonl", "--root", empty.path, "--labels", "map.yaml")
    assert done.returncode == 0, done.stderr
    assert 'no file has the span "Humann" of the map' in done.stdout


@pytest.mark.parametrize("format", ["brat", "docred"])
def test_two_files_of_one_document_and_a_pattern_that_matches_nothing_are_refused(
    format: str, empty: Root, cli: Cli, tmp_path: Path
) -> None:
    record = {"title": "d", "sents": [["Ada", "spoke"]], "vertexSet": [[{"pos": [0, 1], "sent_id": 0, "type": "ORG"}]]}
    files = {
        "brat": {"d.txt": "Ada spoke", "d.ann": "T1\tORG 0 3\tAda\n"},
        "docred": {"d.json": json.dumps([record])},
    }[format]
    for folder in ("b/one", "b/two"):
        (tmp_path / folder).mkdir(parents=True)
        for name, content in files.items():
            (tmp_path / folder / name).write_text(content, "utf-8")
    arguments = ("--format", format, "--root", empty.path, "--language", "en")
    done = cli("import", "b", *arguments)
    assert done.returncode == 1
    assert 'there is another document "d" before it' in done.stdout
    before = tree(empty)
    done = cli("import", "b", *arguments, "--annotator", "(.+)_(.+)")
    assert done.returncode == 2
    assert "matches no name of a file; nothing was written" in done.stderr
    assert tree(empty) == before


@pytest.mark.parametrize(
    ("spans", "message"),
    [
        ({"Human": "mentions PERSONS"}, "did you mean"),
        ({"Human": "people"}, "no place for it"),
        ({"Human": 'stances "'}, "no label"),
        ([1], "map.yaml:1"),
    ],
)
def test_a_map_that_means_nothing_is_refused(
    spans: object, message: str, empty: Root, cli: Cli, tmp_path: Path
) -> None:
    (tmp_path / "map.yaml").write_text(json.dumps({"spans": spans}), "utf-8")
    before = tree(empty)
    done = cli("import", "in", "--format", "jsonl", "--root", empty.path, "--labels", "map.yaml")
    assert done.returncode == 2
    assert message in done.stderr
    assert tree(empty) == before


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--format", "brat"), "looks like jsonl"),
        (("--format", "bart"), "did you mean"),
        (("--format", "csv"), "use one of brat"),
        (("--format", "jsonl", "--documents", "blank-lines"), "texts have no names"),
        (("--format", "iob", "--documents", "blank-lines 0"), "parts no documents"),
        (("--format", "jsonl", "--offsets", "words"), "nothing that offsets count"),
        (("--format", "jsonl", "--annotator", "("), "no regular expression"),
        (("--format", "jsonl", "--annotator", "(.*)"), "1 groups"),
        (("--format", "jsonl", "--annotator", "(.*)_(x)", "--labels", "add"), "matches no name"),
        (("--format", "jsonl", "--as", "gold"), "no pass can be called gold"),
        (("--format", "jsonl", "--dialect", "x"), "has no dialect"),
        (("--format", "jsonl", "--labels", "add", "--part", "../x"), "not a valid name for a part"),
        (
            (
                "--format",
                "quotes",
            ),
            "--as PASS",
        ),
    ],
)
def test_wrong_options_are_told_and_nothing_is_written(
    options: tuple[str, ...], message: str, empty: Root, cli: Cli
) -> None:
    before = tree(empty)
    done = cli("import", "in", "--root", empty.path, *options)
    assert done.returncode == 2
    assert message in done.stderr + done.stdout
    assert tree(empty) == before


@pytest.mark.deep("inputs", quick=4)
@pytest.mark.parametrize(
    "content",
    [
        *('{"text": "a b c"', "{}", '{"text": 1}', '[{"text": "a", "label": [[0]]}]', '{"text": "a\\ud800 b c"}'),
        *('{"text": "ab cd", "entities": [{}]}', '{"text": "ab cd", "label": [["0", 1, "ORG"]]}'),
        *('{"text": "ab cd", "label": [[0, 99, "ORG"]]}', '{"text": "ab cd", "label": [[-1, 1, "ORG"]]}'),
        '{"text": "ab cd", "relations": [{"id": 1, "from_id": 2, "to_id": 3, "type": "leads"}]}',
    ],
)
def test_a_broken_file_is_refused_and_another_is_taken(content: str, empty: Root, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "in/broken.jsonl").write_text(content, "utf-8")
    done = cli("import", "in", "--format", "jsonl", "--root", empty.path, "--labels", "add")
    assert done.returncode == 1, done.stderr
    assert "broken.jsonl" in done.stdout
    assert "refused" in done.stdout
    documents = read_corpus(empty.path).sound().sound_part("imported")["documents"]["doc_id"].to_list()
    assert documents == ["talks-1"]


@pytest.mark.parametrize("line", ["T1\tORG", "T1\tORG a b\tx", "E1\t", "R1\tleads T1", "A1\t", "nonsense", "#1\tx"])
def test_a_broken_record_of_brat_is_named(line: str, empty: Root, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b/b.txt").write_text("Ada Birk met the Fishers.", "utf-8")
    (tmp_path / "b/b.ann").write_text(f"T9\tORG 17 24\tFishers\nR9\tleads Arg1:T9 Arg2:T9\n{line}\n", "utf-8")
    done = cli("import", "b", "--format", "brat", "--root", empty.path)
    assert done.returncode == 2
    assert "b.ann:3" in done.stdout


def test_a_pass_over_documents_that_the_corpus_has(root: Root, cli: Cli, tmp_path: Path) -> None:
    assert cli("export", "--format", "brat", "--out", "out", "--root", root.path).returncode == 0
    before = tree(root)
    assert cli("import", "out", "--format", "brat", "--root", root.path).returncode == 2
    assert tree(root) == before
    done = cli("import", "out", "--format", "brat", "--root", root.path, "--as", "ann")
    assert done.returncode == 0, done.stdout
    assert {name: data for name, data in tree(root).items() if name in before} == before
    assert root.of("ann").layer_path("mentions").read_bytes() == root.layer_path("mentions").read_bytes()
    assert cli("import", "out", "--format", "brat", "--root", root.path, "--as", "ann").returncode == 2
    again = cli("export", "--format", "brat", "--out", "again", "--root", root.path, "--pass", "ann")
    assert again.returncode == 0
    for name in (f"{DOC}.txt", f"{DOC}.ann"):
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "out" / name).read_bytes()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--format", "bart"), "did you mean"),
        (("--format", "brat", "--doc", "nothing"), "no document"),
        (("--format", "brat", "--part", "nothing"), "no part"),
        (("--format", "brat", "--pass", "nobody"), "no pass"),
        (("--format", "brat", "--dialect", "x"), "no dialect"),
        (("--format", "iob", "--strict"), "nothing was written"),
    ],
)
def test_an_export_that_cannot_be_made(
    options: tuple[str, ...], message: str, root: Root, cli: Cli, tmp_path: Path
) -> None:
    done = cli("export", *options, "--out", "out", "--root", root.path)
    assert done.returncode == 2
    assert message in done.stderr
    assert not list((tmp_path / "out").glob("*"))


def test_an_import_and_an_export_in_python(root: Root, tmp_path: Path) -> None:
    ledger = stancebank.open(root.path).export_files(tmp_path / "out", "jsonl")
    assert not ledger.left_out
    mine = stancebank.create(tmp_path / "mine")
    outcome = mine.import_files(tmp_path / "out", format="jsonl", date="2025-02-17")
    assert outcome.ledger.held["documents"] == 1
    assert [document.id for document in mine.documents] == [DOC]


def test_the_commands_of_the_page_run(root: Root, cli: Cli) -> None:
    page = (PROJECT / "docs/formats.md").read_text("utf-8")
    blocks = re.findall(r"```console\n(.*?)```", page, re.DOTALL)
    commands = [line.removeprefix("$ ") for block in blocks for line in block.splitlines() if line.startswith("$ ")]
    assert len(commands) > 10
    for command in commands:
        _, *arguments = shlex.split(command)
        of_project = arguments[0] == "export" and "--root" not in arguments
        done = cli(*arguments, *(("--root", root.path) if of_project else ()))
        assert done.returncode == 0, command + done.stdout + done.stderr
