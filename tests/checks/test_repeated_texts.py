"""Texts that occur twice, nearly or exactly, in two splits."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from conftest import PROJECT, Root
from stancebank.checks.findings import Finding
from stancebank.checks.registry import Checked
from stancebank.checks.sb2_repeated_texts import _candidates, _sketched
from stancebank.checks.selection import Selection
from stancebank.checks.validation import check_corpus
from stancebank.corpus.additions import add_texts
from stancebank.pages.new_corpus import make_corpus
from stancebank.text.resemblance import sketches

REPORT = Root(PROJECT).records("documents")[0]["text"]
WORDS = sorted({*REPORT.split()})
TWICE = Selection(("SB211", "SB212"))


def corpus_of(folder: Path, texts: Mapping[str, str], splits: str) -> Root:
    """A new corpus with a document for each text, which are named part/document."""
    root = Root(folder / "corpus-root")
    make_corpus(root.path, PROJECT / "schemas/scheme.yaml")
    for name, text in texts.items():
        part, document = name.split("/")
        seed = folder / f"{document}.txt"
        seed.write_text(text, "utf-8", newline="\n")
        add_texts(root.path, [seed], part=part, date="2025-02-17")
    settings = root.path / "corpus/corpus.yaml"
    lines = settings.read_text("utf-8").splitlines(keepends=True)
    settings.write_text("".join(line if "train:" not in line else f"{splits}\n" for line in lines), "utf-8")
    return root


def found(folder: Path, texts: Mapping[str, str], splits: str = "  train: [p1]\n  test: [p2]") -> list[Finding]:
    return list(check_corpus(corpus_of(folder, texts, splits).corpus(), TWICE))


def pairs(findings: list[Finding]) -> list[tuple[str, str | None]]:
    return [(finding.rule, finding.document) for finding in findings]


def unrelated(seed: int, words: int = 300) -> str:
    """A text of the report's words, in an order of its own."""
    return " ".join(random.Random(seed).choices(WORDS, k=words)) + "."


def two_words_changed(text: str) -> str:
    return text.replace("Starmer", "Sunak", 1).replace("Sunday", "Monday", 1)


def typos(text: str) -> str:
    """Two neighbouring letters swapped at ten places."""
    for at in range(100, len(text) - 100, len(text) // 10):
        text = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text


ALIKE: dict[str, Callable[[str], str]] = {
    "two words changed": two_words_changed,
    "one more newline": lambda text: text + "\n",
    "another case": lambda text: text.replace("Starmer", "STARMER"),
    "typos": typos,
    "a paragraph more": lambda text: f"{text}\n\n{unrelated(1, 40)}",
    "a first line": lambda text: f"UPDATE, with more on Kyiv.\n\n{text}",
}


@pytest.mark.parametrize("change", ALIKE.values(), ids=ALIKE)
def test_a_report_that_comes_again_in_another_split_is_found(tmp_path: Path, change: Callable[[str], str]) -> None:
    assert change(REPORT) != REPORT
    texts = {"p1/morning": REPORT, "p1/other": unrelated(2), "p2/noon": change(REPORT), "p2/more": unrelated(3)}
    (finding,) = found(tmp_path, texts)
    assert (finding.rule, finding.severity) == ("SB212", "warning")
    assert (finding.file, finding.line, finding.document) == ("corpus/p2/documents.jsonl", 2, "noon")
    assert '"morning"' in finding.what
    assert "corpus/p1/documents.jsonl:1" in finding.what


def test_short_reports_are_found_too(tmp_path: Path) -> None:
    text = "Ruritania and Graustark agreed in Strelsau on Tuesday to halve the tolls on the river."
    assert pairs(found(tmp_path, {"p1/a": text, "p2/b": text.replace("Tuesday", "Wednesday")})) == [("SB212", "b")]


def test_reports_of_one_split_are_left(tmp_path: Path) -> None:
    texts = {"p1/morning": REPORT, "p2/noon": two_words_changed(REPORT)}
    assert found(tmp_path, texts, '  train: ["*"]\n  test: []') == []


def test_the_same_text_is_one_finding(tmp_path: Path) -> None:
    """Texts with other headers are the same."""
    texts = {"p1/morning": REPORT, "p2/noon": f" date 2025-02-17 {REPORT}"}
    assert pairs(found(tmp_path, texts)) == [("SB211", "noon")]


def test_reports_on_one_event_are_left(tmp_path: Path) -> None:
    """They share a paragraph: a third of the text."""
    shared = unrelated(0, 100)
    texts = {f"p{n}/d{n}": f"{shared}\n\n{unrelated(n, 200)}" for n in (1, 2)}
    assert found(tmp_path, texts) == []


def test_a_document_is_told_of_once_with_the_one_that_is_most_alike(tmp_path: Path) -> None:
    texts = {"p1/far": f"{REPORT}\n\n{unrelated(1, 200)}", "p1/near": two_words_changed(REPORT), "p2/noon": REPORT}
    (finding,) = found(tmp_path, texts)
    assert '"near"' in finding.what


def test_a_line_that_all_texts_share_hides_nothing_and_makes_few_pairs(tmp_path: Path) -> None:
    line = "All rights are reserved, and nothing of this may be published, broadcast or rewritten. "
    texts = {f"p{1 + n % 2}/d{n:02}": line * 3 + unrelated(n, 60) for n in range(40)}
    root = corpus_of(
        tmp_path,
        texts | {"p2/x": two_words_changed(line * 3 + unrelated(8, 60)) + " So."},
        "  train: [p1]\n  test: [p2]",
    )
    assert pairs(list(check_corpus(root.corpus(), TWICE))) == [("SB212", "x")]
    corpus = root.corpus().sound()
    parts = {name: corpus.read_part(name) for name in corpus.part_names}
    documents = {name: part["documents"].select("doc_id", "seed", "text_sha256") for name, part in parts.items()}
    checked = Checked(documents, tuple, {name: sketches(part["documents"]["text"]) for name, part in parts.items()})
    assert _candidates(_sketched(corpus, checked)).height < 5 * len(texts)


def test_the_case_of_a_user_is_told(tmp_path: Path, cli: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """cases/dataset/near_duplicate.sh: a report with one word in capitals in train and in test."""
    root = corpus_of(
        tmp_path, {"p1/a": REPORT, "p2/b": REPORT.replace("Starmer", "STARMER")}, "  train: [p1]\n  test: [p2]"
    )
    told = cli("validate", "--strict", "--root", root.path)
    assert (told.returncode, told.stdout.count("SB212 text-nearly-repeated")) == (1, 1)
