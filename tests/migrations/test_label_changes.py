"""A label under another name, and two labels made one: the law of renamed labels, and what is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from conftest import PROJECT
from own_schemes import HEAD
from relabelling import link, new_names, relabelled
from stancebank.checks.validation import check_corpus
from stancebank.corpus.corpus import read_corpus
from stancebank.faults import StanceBankError
from stancebank.migrations.label_changes import merged, renamed, write_change
from stancebank.migrations.scheme_text import with_label_renamed, without_label
from stancebank.schema.scheme_reading import parse_scheme, read_scheme

MADE_UP = max((PROJECT / "schemas/migrations").iterdir())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(MADE_UP, tmp_path / "root"))
    link(folder)
    return folder


def records(root: Path) -> dict[str, list[object]]:
    files = [*root.glob("corpus/**/*.jsonl"), *root.glob("annotation/**/*.jsonl")]
    return {str(path.relative_to(root)): [json.loads(line) for line in path.open(encoding="utf-8")] for path in files}


def test_renaming_every_label_is_what_the_law_of_renamed_labels_says(root: Path, tmp_path: Path) -> None:
    """The outputs of a corpus whose labels are renamed are the same; so is what this writes, record by record."""
    expected = relabelled(root, tmp_path / "expected", lambda scheme: new_names(scheme, seed=9))
    for (vocabulary, old), new in expected.names.items():
        write_change(root, renamed(root, old, new, vocabulary))
    assert read_scheme(root) == read_scheme(expected.path)
    assert records(root) == records(expected.path)
    assert list(check_corpus(read_corpus(root))) == []


def test_there_and_back_is_the_same_to_the_byte(root: Path) -> None:
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    write_change(root, renamed(root, "PERSON", "Человек"))
    assert b"PERSON" not in (root / "schemas/scheme.yaml").read_bytes()
    write_change(root, renamed(root, "Человек", "PERSON"))
    assert len((root / "schemas/renamed.jsonl").read_text("utf-8").splitlines()) == 2
    (root / "schemas/renamed.jsonl").unlink()
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


def test_merging_takes_the_label_out_of_the_scheme_and_the_records(root: Path) -> None:
    write_change(root, merged(root, "ORG", "GPE"))
    scheme, _ = read_scheme(root)
    assert scheme is not None
    assert "ORG" not in scheme.names("entity_types")
    assert all("ORG" not in (each.domain or ()) for each in scheme.relation_types)
    assert not any(row.get("type") == "ORG" for rows in records(root).values() for row in rows if isinstance(row, dict))
    assert "# ours" in (root / "schemas/scheme.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "vocabulary", "message"),
    [
        ("favour", "x", None, r'no label "favour"; did you mean "favor"\?'),
        ("favor", "Against", None, 'stance_labels has the label "against" already'),
        ("favor", "a, b", None, "would not be sound: .*comma"),
        ("favor", "x", "stance_label", r'no vocabulary "stance_label"; .* did you mean "stance_labels"\?'),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    root: Path, old: str, new: str, vocabulary: str | None, message: str
) -> None:
    with pytest.raises(StanceBankError, match=message):
        renamed(root, old, new, vocabulary)


def test_labels_of_own_fields_and_in_flow_style_are_renamed_and_merged() -> None:
    text = (
        f"{HEAD}stance_labels: [{{name: für}}, {{name: 'gegen'}}]\nfields:\n"
        "  - layer: stances\n    name: sure\n    kind: label\n    meaning: How sure.\n"
        "    labels:\n      - name: low  # rarely\n      - name: high\n"
    )
    changed = with_label_renamed(
        with_label_renamed(text, "stances.sure", "low", "niedrig"), "stance_labels", "gegen", "anti-EU"
    )
    assert "- name: niedrig  # rarely\n" in changed
    scheme, faults = parse_scheme(without_label(changed, "stances.sure", "niedrig", "high").encode())
    assert faults == []
    assert scheme is not None
    assert scheme.names("stances.sure") == ("high",)
    assert scheme.names("stance_labels") == ("für", "anti-EU")
