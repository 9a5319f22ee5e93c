"""Small parts that are checked together have the findings that each has alone, to the byte."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from conftest import DOC, Root
from mutations import KEEPING, KINDS, Change
from mutations import SOUND as MUTABLE
from overlays import FOLDERS, SOUND, compose
from stancebank.checks import together, validation
from stancebank.checks.findings import Finding
from stancebank.checks.part_results import PartResult
from stancebank.checks.selection import ALL_RULES, ERRORS_ALONE, Selection
from stancebank.checks.validation import check_corpus
from stancebank.corpus.corpus import Corpus, read_corpus
from stancebank.corpus.part import Part
from test_mutation import put as mutate

SELECTIONS = (ALL_RULES, ERRORS_ALONE, Selection(ignore=("SB7",)), Selection(select=("SB3", "SB201")))


def spread(root: Path, doc_id: str, names: tuple[str, ...] = ("1999-04", "2026-06")) -> None:
    """Copy each part of a corpus, and each pass over it, under other names; what they say of a document is of others.

    The order of the ids is not that of the parts.
    """
    register = root / "seeds/seeds.yaml"
    known = [of for of in [*(root / "corpus").iterdir(), *(root / "annotation/passes").glob("*/*")] if of.is_dir()]
    for number, name in enumerate(names):
        other = f"{'za'[number]}-{doc_id}"
        for of in known:
            if of.name != "releases" and not of.is_symlink():
                copy = of.with_name(f"{name}-{of.name}")
                copy.mkdir()
                for file in of.iterdir():
                    if file.is_file() and not file.is_symlink():
                        (copy / file.name).write_bytes(file.read_bytes().replace(doc_id.encode(), other.encode()))
        if (root / f"seeds/{doc_id}.txt").is_file():
            shutil.copy(root / f"seeds/{doc_id}.txt", root / f"seeds/{other}.txt")
        if number != 1 and register.is_file():  # one that is not registered, so that more is found in it
            entry = register.read_bytes().partition(b"seeds:\n")[2]
            entry = entry[: entry.find(b"\n  - ", 1) + 1] if b"\n  - " in entry else entry
            register.write_bytes(register.read_bytes() + entry.replace(doc_id.encode(), other.encode()))


def findings(root: Path, most: int, selection: Selection, monkeypatch: pytest.MonkeyPatch) -> list[Finding]:
    monkeypatch.setattr(together, "_FEWEST", 1)
    monkeypatch.setattr(together, "MOST", most)
    return list(check_corpus(read_corpus(root), selection))


def hold(root: Path, selection: Selection, monkeypatch: pytest.MonkeyPatch) -> None:
    """The law for a corpus."""
    alone = findings(root, 1, selection, monkeypatch)
    corpus = read_corpus(root)
    assert findings(root, 8, selection, monkeypatch) == alone
    if isinstance(corpus, Corpus) and len(corpus.part_names) > 1:
        assert max(map(len, together.groups(corpus))) > 1


@pytest.mark.deep("inputs", quick=2)
@pytest.mark.parametrize("rule", FOLDERS)
def test_parts_that_break_a_rule(rule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = compose(rule, tmp_path / "root")
    spread(root, "river-tolls")
    shutil.copytree(compose(SOUND, tmp_path / "sound") / "corpus/2026-03", root / "corpus/1999-01", dirs_exist_ok=True)
    hold(root, SELECTIONS[FOLDERS.index(rule) % len(SELECTIONS)], monkeypatch)


@pytest.mark.deep("inputs", quick=2)
@pytest.mark.parametrize("name", [*KINDS, *KEEPING])
def test_parts_that_are_corrupted(name: str, seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = KINDS.get(name) or KEEPING[name]
    root = tmp_path / "root"
    mutate(root, Change(MUTABLE.files, ""))
    mutate(root, kind.draw(seed))
    spread(root, DOC)
    hold(root, ALL_RULES, monkeypatch)


def test_a_rule_is_asked_again_of_the_parts_that_it_finds_something_in(
    root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    spread(root.path, DOC)
    asked: Counter[str] = Counter()
    check = validation.check_part

    def note(part: Part, selection: Selection, only: set[str]) -> PartResult:
        asked.update({part.name: len(only)})
        return check(part, selection, only)

    monkeypatch.setattr(validation, "check_part", note)
    root.edit("mentions", 0, text="Kiev")
    findings(root.path, 8, Selection(select=("SB301",)), monkeypatch)
    assert sorted(asked.values()) == [0, 0, 1]
