"""The built dataset as its users get it: through load_dataset, in processes of their own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from built_views import VIEWS
from conftest import PART, PROJECT, Root, offline
from stancebank.corpus.additions import add_texts
from stancebank.corpus.part import Part
from stancebank.dataset.building import available_views, build
from stancebank.views.attribution_tags import TAGS
from stancebank.views.stance_pairs import pair_labels
from ways_in import CLASS_LABELS, python

EVERY_CONFIG = """
import json, sys
from datasets import get_dataset_config_names, load_dataset
folder = sys.argv[1]
found = {}
for name in get_dataset_config_names(folder):
    loaded = load_dataset(folder, name, split="train")
    streamed = list(load_dataset(folder, name, split="train", streaming=True))
    assert streamed == loaded.to_list(), name
    assert str(loaded.info.version) == "0.1.0"
    found[name] = {"rows": streamed, "features": str(loaded.features)}
print(json.dumps(found))
"""
STANCES = """
import json, sys
from datasets import load_dataset
print(json.dumps(load_dataset(sys.argv[1], "stances", split="train").to_list()))
"""
ROWS = """
import json, sys
from datasets import load_dataset
print(json.dumps({name: load_dataset(sys.argv[1], name).num_rows for name in sys.argv[2:]}))
"""
VOTES = """
import json, sys
from datasets import load_dataset
print(json.dumps(load_dataset(sys.argv[1], "stance_votes", split="train").to_list()))
"""
STREAMED = """
import json, sys
from datasets import load_dataset
print(json.dumps(list(load_dataset(sys.argv[1], "stances", split="train", streaming=True))))
"""
WRONG_NAME = """
import json, stancebank, stancebank.faults
try:
    stancebank.CALL
except stancebank.faults.StanceBankError as error:
    print(json.dumps(str(error)))
"""


def labelled(rows: list[dict[str, Any]], names: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """Rows with the numbers of their ClassLabels put back into words."""

    def word(key: str, value: Any) -> Any:
        if isinstance(value, list):
            return [word(key, item) for item in value]
        if isinstance(value, dict):
            return {inner: word(inner, item) for inner, item in value.items()}
        return names[key][value] if key in names and isinstance(value, int) else value

    return [{key: word(key, value) for key, value in row.items()} for row in rows]


def check_every_config(found: dict[str, Any], gold: Part) -> None:
    scheme = gold.corpus.scheme
    entity_types = scheme.names("entity_types")
    tags = ["O", *(f"{prefix}-{name}" for name in entity_types for prefix in "BI")]
    names = {
        "ner": {"ner_tags": tags},
        "ner_names": {"ner_tags": tags},
        "attribution_tags": {"levels": TAGS},
        "stance_pairs": {"label": pair_labels(scheme)},
        "spans": {"label": entity_types, "level": scheme.names("mention_levels")},
        "stance_detection": {
            "label": scheme.names("stance_labels"),
            "basis": scheme.names("stance_bases"),
            "commitment": scheme.names("commitments"),
            "expression": scheme.names("stance_expressions"),
        },
        "stance_votes": {
            "gold": scheme.names("stance_labels"),
            "label": scheme.names("stance_labels"),
            "commitment": scheme.names("commitments"),
        },
        "quotes": {"kind": scheme.names("attribution_kinds")},
    }
    assert found.keys() == VIEWS.keys()
    for name, view in VIEWS.items():
        rows = found[name]["rows"]
        assert rows, name
        assert ("ClassLabel" in found[name]["features"]) == (name in names)
        assert labelled(rows, names.get(name, {})) == view.rows(gold).to_dicts()


def test_every_config_loads_and_streams_what_its_view_gives(gold: Part, root: Root, tmp_path: Path) -> None:
    root.add_passes()
    build(root.corpus(), tmp_path / "out", available_views())
    check_every_config(python(tmp_path, EVERY_CONFIG, tmp_path / "out"), gold)


@pytest.mark.deep("packages")
def test_votes_that_nobody_gave_load_too(root: Root, tmp_path: Path) -> None:
    build(root.corpus(), tmp_path / "none", available_views())
    assert {len(row["votes"]) for row in python(tmp_path, VOTES, tmp_path / "none")} == {0}
    root.add_passes()
    for layer in ("entities", "mentions", "relations", "attributions", "stances"):
        (root.path / "annotation/passes/pass-a" / PART / f"{layer}.jsonl").write_bytes(b"")
    root.write("stances", [])
    build(root.corpus(), tmp_path / "some", available_views())
    rows = python(tmp_path, VOTES, tmp_path / "some")
    assert len(rows) == 20
    assert {row["gold"] for row in rows} == {None}
    assert {(a["annotator"], a["label"], a["commitment"]) for a, _ in (r["votes"] for r in rows)} == {
        ("pass-a", None, None)
    }
    assert {b["annotator"] for _, b in (r["votes"] for r in rows)} == {"pass-b"}
    assert None not in {b["label"] for _, b in (r["votes"] for r in rows)}


@pytest.mark.deep("packages")
def test_a_folder_rebuilt_in_place_gives_its_new_rows(root: Root, tmp_path: Path) -> None:
    build(root.corpus(), tmp_path / "out", available_views())
    before = python(tmp_path, STANCES, tmp_path / "out")
    root.edit("stances", 0, commitment="conditional")
    build(root.corpus(), tmp_path / "out", available_views())
    after = python(tmp_path, STANCES, tmp_path / "out")
    assert (before[0]["commitment"], after[0]["commitment"]) == ("unconditional", "conditional")
    assert before[1:] == after[1:]


@pytest.mark.deep("packages")
def test_two_folders_of_one_name_give_each_its_own_rows(root: Root, tmp_path: Path) -> None:
    build(root.corpus(), tmp_path / "one" / "stancebank", available_views())
    root.change("stances", lambda records: records.pop())
    build(root.corpus(), tmp_path / "two" / "stancebank", available_views())
    rows = [len(python(tmp_path, STANCES, tmp_path / name / "stancebank")) for name in ("one", "two", "one")]
    assert rows == [23, 22, 23]


def add_part_without_annotations(root: Root, part: str) -> None:
    text = root.path / f"{part}.txt"
    text.write_text("Nothing was said.", "utf-8")
    add_texts(root.path, [text], part, date="2025-03-01")


@pytest.mark.deep("packages")
def test_a_part_without_annotations_loads_beside_one_with_them(gold: Part, root: Root, tmp_path: Path) -> None:
    add_part_without_annotations(root, "2025-01")
    build(root.corpus(), tmp_path / "out", available_views())
    found = python(tmp_path, EVERY_CONFIG, tmp_path / "out")
    assert [row["stances"] for row in found["documents"]["rows"]] == [
        [],
        VIEWS["documents"].rows(gold).to_dicts()[0]["stances"],
    ]
    assert found["stances"]["rows"] == gold["stances"].to_dicts()


def test_a_split_without_rows_is_left_out_so_that_the_others_load(root: Root, tmp_path: Path) -> None:
    add_part_without_annotations(root, "2025-01")
    root.replace("corpus/corpus.yaml", 'train: ["*"]', 'train: ["2025-02"]\n  test: ["2025-01"]')
    build(root.corpus(), tmp_path / "out", available_views())
    assert python(tmp_path, ROWS, tmp_path / "out", "documents", "stances") == {
        "documents": {"train": 1, "test": 1},
        "stances": {"train": 23},
    }


def test_a_layer_without_any_rows_streams(root: Root, tmp_path: Path) -> None:
    root.write("stances", [])
    build(root.corpus(), tmp_path / "out", available_views())
    assert python(tmp_path, STREAMED, tmp_path / "out") == []
    assert "load_dataset` refuses a split without rows" in (tmp_path / "out" / "README.md").read_text("utf-8")


@pytest.mark.deep("packages")
def test_the_package_gives_its_corpus_from_a_checkout(gold: Part, tmp_path: Path) -> None:
    code = (
        "import json, stancebank; print(json.dumps([stancebank.load(c).to_list() for c in ('stances', 'documents')]))"
    )
    stances, documents = python(tmp_path, code)
    assert stances == gold["stances"].to_dicts()
    assert documents == VIEWS["documents"].rows(gold).to_dicts()
    path = "import json, stancebank; p = stancebank.dataset_path(); print(json.dumps([str(p), p.stat().st_mtime_ns]))"
    first, second = python(tmp_path, path), python(tmp_path, path)
    assert first == second, "what was built once is not built again"
    assert Path(first[0]).is_relative_to(offline(tmp_path)["XDG_CACHE_HOME"])
    assert python(tmp_path, STANCES, first[0]) == stances


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("load('stance')", 'there is no view "stance"; there are documents, '),
        ("load('stances', split='test')", 'there is no split "test"; there are train'),
    ],
)
def test_a_wrong_name_is_answered_with_the_right_ones(tmp_path: Path, call: str, message: str) -> None:
    assert message in python(tmp_path, WRONG_NAME.replace("CALL", call))


@pytest.mark.deep("packages")
def test_what_all_splits_share_is_loaded_for_each_of_them_and_no_rows_are_told(tmp_path: Path) -> None:
    code = """
import json, sys, stancebank
load = lambda *what: stancebank.load(*what, root=sys.argv[1])
try:
    nothing = stancebank.load("actors", root=sys.argv[2]).num_rows
except stancebank.StanceBankError as error:
    nothing = error.what
counts = [load("targets", split).num_rows for split in (None, "train", "test")]
print(json.dumps([counts, nothing, load("stances", "train").num_rows]))
"""
    counts, nothing, stances = python(tmp_path, code, PROJECT / "examples", PROJECT)
    assert len(set(counts)) == 1
    assert nothing == "actors has no rows: the corpus has nothing of it, or nothing that is done"
    assert stances > 0


@pytest.mark.deep("packages")
def test_the_oldest_datasets_that_is_supported_loads_it_too(gold: Part, root: Root, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    executable = tmp_path / "venv" / "bin" / "python"
    oldest = next(
        line for line in (PROJECT / "pyproject.toml").read_text("utf-8").splitlines() if '"datasets>=' in line
    )
    version = oldest.split(">=")[1].split(",")[0] + ".0"
    subprocess.run([executable, "-m", "pip", "install", "--quiet", f"datasets=={version}"], check=True, timeout=600)
    root.add_passes()
    build(root.corpus(), tmp_path / "out", available_views())
    assert (
        python(tmp_path, "import json, datasets; print(json.dumps(datasets.__version__))", executable=executable)
        == version
    )
    check_every_config(python(tmp_path, EVERY_CONFIG, tmp_path / "out", executable=executable), gold)
    # By data_dir and data_files in the folder this version looks for the columns of the default config.
    asked = (tmp_path / "out", "ner stance_detection quotes", "config", "parquet", "folder", "from_parquet")
    for ways in python(tmp_path, CLASS_LABELS, *asked, executable=executable).values():
        assert len(ways) == 4
        assert len(set(ways.values())) == 1
        assert "ClassLabel" in ways["config"]


def test_a_dataset_with_a_datasheet_beside_its_data_loads(root: Root, tmp_path: Path) -> None:
    (root.path / "DATASHEET.md").write_bytes((PROJECT / "DATASHEET.md").read_bytes())
    build(root.corpus(), tmp_path / "out", available_views())
    assert len(python(tmp_path, STANCES, tmp_path / "out")) == len(root.records("stances"))
