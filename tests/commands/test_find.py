"""stancebank find: a concordance over a corpus."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from conftest import PROJECT, Root
from stancebank.corpus.corpus import read_corpus

Run = Callable[..., CompletedProcess[str]]
EXAMPLES = PROJECT / "examples"


def found(cli: Run, *arguments: str) -> list[dict[str, Any]]:
    done = cli("find", *arguments, "--root", EXAMPLES, "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def test_words_are_found_where_the_text_has_them(cli: Run) -> None:
    texts = {
        doc_id: text
        for name in ("train", "validation", "test")
        for doc_id, text in read_corpus(EXAMPLES).read_part(name)["documents"].select("doc_id", "text").iter_rows()
    }
    hits = found(cli, "early election")
    assert len(hits) == sum(text.lower().count("early election") for text in texts.values())
    for hit in hits:
        assert texts[hit["document"]][hit["start"] : hit["end"]] == hit["match"]
        assert hit["before"] + hit["match"] + hit["after"] in texts[hit["document"]]


def test_a_record_is_found_on_its_line(cli: Run) -> None:
    for hit in found(cli, "--label", "against"):
        line = (EXAMPLES / hit["file"]).read_text("utf-8").splitlines()[hit["line"] - 1]
        record = json.loads(line)
        assert (record["doc_id"], record["stance_id"], record["label"]) == (hit["document"], hit["record"], "against")


def test_who_says_what_on_a_target_and_all_stances_of_a_holder(cli: Run) -> None:
    def keys(hits: list[dict[str, Any]]) -> set[tuple[str, str]]:
        return {(hit["document"], hit["record"]) for hit in hits}

    on_target, of_holder = found(cli, "--target", "early-elections"), found(cli, "--holder", "marda quist")
    assert {hit["layer"] for hit in on_target + of_holder} == {"stances"}
    assert keys(found(cli, "--target", "early-elections", "--holder", "Marda Quist")) == keys(on_target) & keys(
        of_holder
    )
    assert keys(found(cli, "--target", "EARLY parliamentary")) == keys(on_target)
    through = found(cli, "--source", "Senna Corrick", "--target", "early-elections")
    assert keys(through) == {("grain-vote", "s16"), ("grain-vote", "s17")}
    assert {hit["layer"] for hit in found(cli, "--source", "Senna Corrick")} == {"attributions", "stances"}
    assert keys(found(cli, "cleaner way", "--target", "early-elections")) == keys(through)


def test_an_entity_is_found_by_name_in_any_script(cli: Run) -> None:
    hits = found(cli, "--entity", "مرسى الرخام")
    assert {hit["layer"] for hit in hits} == {"mentions"}
    assert {"ميناء", "مرسى الرخام"} <= {hit["match"] for hit in hits}


def test_csv_and_text_have_the_same_hits(cli: Run) -> None:
    asked = ("--target", "water-treaty", "--root", EXAMPLES)
    rows = list(csv.DictReader(io.StringIO(cli("find", *asked, "--format", "csv").stdout)))
    shown = cli("find", *asked).stdout.splitlines()
    assert [f"{row['file']}:{row['line']}" for row in rows] == [
        line.split()[0] for line in shown if not line.startswith(" ")
    ]


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        ((), "give WORDS or an option"),
        (("--regex",), "give WORDS or an option"),
        (("(", "--regex"), "is not a regular expression"),
        ((" ",), "there are no words"),
        (("--label", "favour"), 'no label "favour"; did you mean "favor"?'),
        (("--target", "moon"), "no target has the id or words"),
        (("--holder", "a", "--entity", "b"), "no record has what --entity and --holder ask for together"),
        (("a", "--pass", "nobody"), "there is no pass"),
    ],
)
def test_what_cannot_be_looked_for_is_answered(cli: Run, arguments: tuple[str, ...], answer: str) -> None:
    done = cli("find", *arguments, "--root", EXAMPLES)
    assert (done.returncode, done.stdout) == (2, "")
    assert answer in done.stderr


def test_nothing_found_is_no_error(cli: Run) -> None:
    assert cli("find", "zzzz", "--root", EXAMPLES).stdout == "nothing found\n"
    assert found(cli, "zzzz") == []
    assert found(cli, "--source", "no such name", "--pass", "pass-b") == []


def test_a_corpus_with_errors_is_searched_as_far_as_it_is_sound(cli: Run, root: Root) -> None:
    before = json.loads(cli("find", "--holder", "u.s.", "--root", root.path, "--format", "json").stdout)
    root.edit("stances", 0, label="nonsense")
    done = cli("find", "--label", "favor", "--root", root.path, "--format", "json")
    assert "1 error; what it is about is left out here" in done.stderr
    assert all(hit["line"] > 1 for hit in json.loads(done.stdout))
    assert isinstance(before, list)


def test_hits_hold_nothing_that_a_terminal_obeys(cli: Run, tmp_path: Path) -> None:
    cli("init", "mine")
    (tmp_path / "a.txt").write_text("It \u202eturns\u2066 \x9b31m red.\n", "utf-8")
    cli("add", "a.txt", "--root", "mine", "--part", "p")
    shown = cli("find", "red", "--root", "mine").stdout
    assert "\\u202eturns\\u2066 \\x9b31m [red]." in shown
