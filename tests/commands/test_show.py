"""stancebank show: a document with its annotations, for a terminal."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from conftest import DOC, PROJECT, Root, offline
from stancebank.corpus.corpus import read_corpus
from stancebank.pages.reading.document_reading import Span, readings
from stancebank.pages.reading.document_selection import Line, text_lines
from stancebank.pages.reading.sound_records import sound_corpus, sound_part
from stancebank.pages.reading.terminal_document import marked, on_screen

Run = Callable[..., CompletedProcess[str]]
EXAMPLES = PROJECT / "examples"


def test_a_document_is_its_text_in_brackets_and_its_records_as_sentences(cli: Run) -> None:
    shown = cli("show", "grain-vote", "--root", EXAMPLES).stdout
    assert "{s2:against All [74 [Harvest Union]e14:ORG deputies]e13:PERSON present opposed the bill s2}" in shown
    assert re.search(r"e1 +Ardelvia; type GPE; actor ardelvia; m1 “Ardelvia” .level NAM., m8 “Ardelvia”", shown)
    words = " ".join(shown.split())
    assert "s11 Dorothea Lisk: against “Ardelvia should hold early parliamentary elections.”" in words
    assert "source chain writer > Dorothea Lisk; basis direct_quote" in words
    assert "stances: 17 (done, made from passes)" in shown
    assert "not in the scheme: classifications" in shown
    assert max(map(len, shown.splitlines())) <= 100


def test_a_pass_a_sentence_an_entity_and_a_layer_are_shown_alone(cli: Run) -> None:
    alone = cli("show", "grain-vote", "--root", EXAMPLES, "--sentence", "4", "--layer", "stances").stdout
    assert "{s2:against All 74 Harvest Union deputies present opposed the bill s2}, as did 17" in alone
    assert "stances: 1 (" in alone
    assert "Ardelvia" not in alone.split("stances: 1")[0].split("\n\n")[1]
    of_entity = cli("show", "grain-vote", "--root", EXAMPLES, "--entity", "Jory Pell", "--pass", "pass-a").stdout
    assert "pass of pass-a" in of_entity
    assert "Gorse Holm" not in of_entity


def test_crossing_and_nested_spans_open_and_close_where_they_are() -> None:
    corpus, _ = sound_corpus(read_corpus(EXAMPLES))
    reading = next(each for each in readings(sound_part(corpus, "train").part) if each.id == "grain-vote")
    content, evidence = Span("attributions", "a1", 0, 14, None, content=True), Span("stances", "s1", 9, 28, "favor")
    cue, inner = Span("attributions", "a2", 9, 14, None), Span("stances", "s2", 9, 14, None)
    shown = marked(reading, Line(0, 28, 1, 0), [content, evidence, cue, inner]).plain
    assert shown == "{a1 Ardelvia {s1:favor <{s2:undecided backs s2}>a2 a1} cheaper grain s1}"


@pytest.mark.parametrize("name", ["train", "validation", "test"])
def test_without_brackets_the_text_is_the_documents_own(name: str) -> None:
    corpus, _ = sound_corpus(read_corpus(EXAMPLES))
    for reading in readings(sound_part(corpus, name).part):
        assert reading.text is not None
        for line in text_lines(reading):
            assert marked(reading, line, []).plain == on_screen(reading.text[line.start : line.end])
        whole = marked(reading, Line(0, len(reading.text), 1, 0), reading.spans).plain
        opened, closed = whole.count("["), whole.count("]")
        assert opened == closed == len(reading.records["mentions"]) + reading.text.count("[")


def test_what_a_terminal_obeys_is_escaped_and_what_letters_need_is_not(cli: Run, tmp_path: Path) -> None:
    assert on_screen("a\x1b[31m\u202eb\xa0c\u200cd\u2028") == "a\\x1b[31m\\u202eb c\u200cd "
    cli("init", "mine")
    (tmp_path / "a.txt").write_text("It \u202eturns\u2066 [red] \x9b31m <b>.\n", "utf-8")
    cli("add", "a.txt", "--root", "mine", "--part", "p")
    shown = cli("show", "a", "--root", "mine", env=offline(tmp_path, FORCE_COLOR="1")).stdout
    assert "\\u202eturns\\u2066 [red] \\x9b31m <b>." in shown
    assert "stances: 0 (not begun: not annotated yet)" in shown


def test_a_corpus_with_errors_shows_what_is_sound_and_says_what_is_not(cli: Run, root: Root) -> None:
    root.edit("mentions", 2, start=1_000_000, end=1_000_009)
    root.edit("stances", 0, label="nonsense")
    root.edit("relations", 0, head="m-none")
    done = cli("show", DOC, "--root", root.path)
    assert done.returncode == 0
    assert " errors; what they are about is left out here" in done.stdout
    listed = done.stdout.split("entities:")[1]
    assert "nonsense" not in listed
    assert not re.search(r"m3\b|m-none", listed)
    root.change_lines("attributions", lambda lines: lines.insert(0, b"{\n"))
    done = cli("show", DOC, "--root", root.path)
    assert "attributions: 0" in done.stdout
    (root.path / "seeds/seeds.yaml").write_text("rights: 1\n", "utf-8")
    assert cli("show", DOC, "--root", root.path).returncode == 0
    (root.path / "schemas/scheme.yaml").write_text("rights: 1\n", "utf-8")
    assert cli("show", DOC, "--root", root.path).returncode == 2


def test_what_is_not_there_is_answered_with_what_is(cli: Run, root: Root) -> None:
    for arguments, answer in (
        (("grain-vot",), 'no document "grain-vot" in the corpus; did you mean "grain-vote"?'),
        (("../etc/passwd",), "there is no document"),
        (("grain-vote", "--pass", "pass-c"), "there are pass-a, pass-b"),
        (("grain-vote", "--sentence", "99"), "it has 27 sentences"),
        (("grain-vote", "--entity", "Quistt"), "has no entity"),
        (("grain-vote", "--layer", "stance"), "is not one of"),
        (("grain-vote", "--entity", "e1", "--sentence", "1"), "exclude each other"),
    ):
        done = cli("show", *arguments, "--root", EXAMPLES)
        assert (done.returncode, done.stdout) == (2, "")
        assert answer in done.stderr


def test_a_scheme_without_entities_or_with_fields_of_its_own_is_shown(cli: Run, tmp_path: Path) -> None:
    cli("init", "mine", "--template", "empty")
    (tmp_path / "a.txt").write_text("A text.\n", "utf-8")
    assert cli("add", "a.txt", "--root", "mine", "--part", "p").returncode == 0
    done = cli("show", "a", "--root", "mine")
    assert done.returncode == 0
    assert "not in the scheme: entities, mentions, relations, attributions, stances" in done.stdout
