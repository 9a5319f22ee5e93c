"""Finding and reading corpora, and the round trip through their files."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings

from conftest import PART, PROJECT, Root, examples
from stancebank.checks.validation import check_corpus
from stancebank.corpus import seeds
from stancebank.corpus.corpus import read_corpus
from stancebank.corpus.jsonl import write_records
from stancebank.corpus.part import Part
from stancebank.corpus.root_folder import find_root
from stancebank.faults import StanceBankError
from stancebank.schema.layers import LAYERS, PART_LAYERS
from stancebank.schema.paths import CORPUS_FILE, SEEDS_FILE, shared_file
from strategies import parts

SEEDS = "rights:\n  unknown: {{statement: Made up., redistribution: true}}\nseeds:{entries}\n"
ENTRY = "\n  - {{file: {file}, sha256: {sha256}, date: {date}, language: en, origin: made up, rights: unknown}}"


def write(part: Part, root: Path) -> None:
    """Put a part that was made in memory on disk as a corpus of its own."""
    folder = root / "corpus" / part.name
    folder.mkdir(parents=True)
    for name in PART_LAYERS:
        (folder / f"{name}.jsonl").write_bytes(write_records(part[name], LAYERS[name]))
    for name, rows in part.corpus.shared.items():
        (root / shared_file(name)).write_bytes(write_records(rows, LAYERS[name]))
    (root / CORPUS_FILE).write_text(
        "name: a\ntitle: a\ndescription: a\nversion: 0.1.0\nannotation_license: none\nsplits: {train: ['*']}\n", "utf-8"
    )
    (root / "seeds").mkdir()
    entries = []
    for row in part["documents"].iter_rows(named=True):
        (root / "seeds" / row["seed"]).write_bytes(seeds.seed_bytes(row["header"], row["text"], row["newline"]))
        entries.append(ENTRY.format(file=row["seed"], sha256=row["seed_sha256"], date=row["date"]))
    (root / SEEDS_FILE).write_text(SEEDS.format(entries="".join(entries)), "utf-8")
    (root / "schemas").mkdir()
    (root / "schemas/scheme.yaml").write_bytes((PROJECT / "schemas/scheme.yaml").read_bytes())


@settings(max_examples=examples(40))
@given(parts())
def test_a_sound_part_comes_back_from_its_files_and_has_no_error(part: Part) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write(part, root)
        corpus = read_corpus(root)
        again = corpus.read_part(part.name)
        assert {name: frame.to_dicts() for name, frame in again.frames.items()} == {
            name: frame.to_dicts() for name, frame in part.frames.items()
        }
        assert [f for f in check_corpus(corpus) if f.severity == "error"] == []


def test_the_root_is_the_nearest_folder_upwards_with_a_corpus(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root.path / "corpus" / PART)
    assert find_root(None) == root.path


def test_a_folder_without_a_corpus_is_no_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StanceBankError, match=r"is not a corpus root: corpus/corpus.yaml is missing"):
        find_root(tmp_path / "missing")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StanceBankError, match="no folder upwards"):
        find_root(None)


def test_parts_are_sorted_and_leave_out_hidden_and_reserved_folders(root: Root) -> None:
    for name in ("2024-12", ".git", "releases"):
        (root.path / "corpus" / name).mkdir()
    assert root.corpus().part_names == ("2024-12", PART)


def test_a_part_belongs_to_the_split_whose_pattern_matches(root: Root) -> None:
    root.replace(CORPUS_FILE, 'train: ["*"]', 'train: ["2024-*"]\n  test: ["2025-*"]')
    assert root.corpus().settings.splits_of(PART) == ["test"]


def test_the_spans_of_a_part_are_all_spans_of_its_layers(gold: Part) -> None:
    content = sum(len(a["content"]) for a in gold["attributions"].to_dicts())
    counted = sum(gold[name].height for name in ("sentences", "mentions", "attributions", "stances"))
    assert gold.spans.height == counted + content
