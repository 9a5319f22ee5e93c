"""stancebank add and sentences, as users run them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

from conftest import DOC, PART, Root

Run = Callable[..., CompletedProcess[str]]
TABLE = """\
id,Headline,text,date,topic
a,Grain tax rises,The ministers met on Monday and spoke about the tax.,2025-03-01,tax
b,,"{}",{},tax
"""


def write(folder: Path, text: str, date: str) -> Path:
    table = folder / "news.csv"
    table.write_text(TABLE.format(text, date), "utf-8")
    return table


def test_a_table_is_shown_as_understood_and_what_is_not_taken_is_told(cli: Run, root: Root, tmp_path: Path) -> None:
    table = write(tmp_path, "They left at noon and nobody knows why.", "2025-03-02")
    done = cli("add", table, "--column", "title=Headline", "--root", root.path)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "a is understood as"
    assert "  title     Grain tax rises" in lines
    assert "added a to corpus/2025-03, 1 sentence, en (detected)" in lines
    assert 'not taken: "topic"' in lines
    assert root.findings() == []


def test_faults_are_listed_with_their_lines_and_nothing_is_added(cli: Run, root: Root, tmp_path: Path) -> None:
    table = write(tmp_path, "", "2025-02-30")
    done = cli("add", table, "--root", root.path)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{table}:3: the row has no text" in done.stderr
    assert root.corpus().part_names == (PART,)


def test_with_skip_the_rest_is_added_and_the_exit_code_is_1(cli: Run, root: Root, tmp_path: Path) -> None:
    table = write(tmp_path, "They left.", "2025-02-30")
    done = cli("add", table, "--skip", "--root", root.path)
    assert done.returncode == 1
    assert f"left out: {table}:3: " in done.stderr
    assert "1 fault; 1 text added" in done.stderr
    assert root.corpus().part_names == (PART, "2025-03")


def test_no_control_character_of_a_text_reaches_the_terminal(cli: Run, root: Root, tmp_path: Path) -> None:
    (tmp_path / "a\x1b[31m.txt").write_bytes(b" date 2025-03-01 It\x1b[31m.")
    (tmp_path / "b\x1b[31m.txt").write_bytes("It\u2028\u009b31m is.".encode())
    done = cli("add", tmp_path, "--date", "2025-03-01", "--skip", "--title", "first-line", "--root", root.path)
    assert done.returncode == 1
    assert not any(each in done.stdout + done.stderr for each in "\x1b\x9b")


def test_sentences_are_split_and_joined(cli: Run, root: Root) -> None:
    split = cli("sentences", "split", DOC, "n12", "better", "--root", root.path)
    assert split.stdout.splitlines() == [
        "- n12  \"'Do more, better'\"",
        '+ n12  "\'Do more,"',
        '+ n22  "better\'"',
        f"wrote corpus/{PART}/sentences.jsonl",
    ]
    told = cli("sentences", "join", DOC, "n12", "n22", "--dry-run", "--root", root.path)
    assert told.stdout.endswith(f"would write corpus/{PART}/sentences.jsonl\n")
    assert cli("sentences", "join", DOC, "n12", "n22", "--root", root.path).returncode == 0
    assert root.part()["sentences"].height == 21
