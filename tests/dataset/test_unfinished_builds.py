"""Builds of a corpus at different stages: what they show, what they say of it, and passes that are of no use."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from subprocess import CompletedProcess

import polars as pl
import pytest

from built_views import VIEWS
from conftest import DOC, PART, Root
from stancebank.checks.findings import UnsoundCorpusError
from stancebank.dataset.building import available_views, build, chosen_views
from stancebank.dataset.manifest import Manifest
from stancebank.dataset.verification import differences, read_manifest
from stancebank.schema.layers import ANNOTATED, PART_LAYERS
from unfinished import reopen

Run = Callable[..., CompletedProcess[str]]
SPLITS = ("train", "validation", "test")
CONTENT = {
    "sentences": "9c21b7285dcc5586",
    "entities": "10f3f8773ecbf606",
    "mentions": "04eab011128aefdb",
    "relations": "a83ad03a88e0de6b",
    "attributions": "63c92124deba1a7e",
    "stances": "900551c21c0239d9",
    "targets": "e581c3201250a71f",
    "ner": "3b966be02c1d6190",
    "ner_names": "54ce4a219300ca5c",
    "spans": "af5833915245254e",
    "docred": "76609330994a4e6f",
    "coref": "c48d344725dcf4dd",
    "attribution_tags": "ac760a50c269736e",
    "stance_detection": "b4d7603e1b540df6",
    "stance_pairs": "e751c4c19959887e",
    "stance_votes": "33ff5c3300f46f71",
    "quotes": "72708ebd77c2e97c",
}
"""How the content digests of the corpus began before there was progress; entities with actor, sentences with kind."""


def shown(folder: Path, manifest: Manifest, view: str) -> dict[str, set[str]]:
    """The documents that a view shows, by split."""
    found: dict[str, set[str]] = {}
    for shard in manifest.of(view):
        rows = pl.read_parquet(folder / shard.path)
        found.setdefault(shard.split, set()).update(rows["title" if view == "docred" else "doc_id"])
    return found


def told(folder: Path) -> list[str]:
    manifest, data = read_manifest(folder)
    return [f"{each.file}: {each.what}" for each in differences(folder, manifest, data)]


def twelve(root: Root, annotated: Collection[str]) -> None:
    """The project's text twelve times over, in three splits; annotations of these documents alone."""
    layers = {layer: root.records(layer) for layer in PART_LAYERS}
    register = (root.path / "seeds/seeds.yaml").read_text("utf-8")
    head, _, entry = register.partition("seeds:\n")
    entries = []
    for index, split in enumerate(SPLITS):
        folder = root.path / "corpus" / split
        folder.mkdir()
        ids = [f"d{number:02}" for number in range(1 + 4 * index, 5 + 4 * index)]
        for layer, records in layers.items():
            kept = [id for id in ids if layer in ("documents", "sentences") or id in annotated]
            lines = [json.dumps(each, ensure_ascii=False, separators=(",", ":")) + "\n" for each in records]
            text = "".join(line.replace(DOC, id) for id in kept for line in lines)
            (folder / f"{layer}.jsonl").write_text(text, "utf-8", newline="\n")
        for id in ids:
            shutil.copy(root.path / f"seeds/{DOC}.txt", root.path / f"seeds/{id}.txt")
            entries.append(entry.replace(DOC, id))
    shutil.rmtree(root.path / "corpus" / PART)
    (root.path / f"seeds/{DOC}.txt").unlink()
    (root.path / "seeds/seeds.yaml").write_text(f"{head}seeds:\n{''.join(entries)}", "utf-8")
    splits = "".join(f"\n  {split}: [{split}]" for split in SPLITS)
    root.replace("corpus/corpus.yaml", '\n  train: ["*"]', splits)


def test_of_twelve_texts_the_six_without_annotation_are_no_negatives(root: Root, tmp_path: Path) -> None:
    """Case A3 of a newcomer with twelve texts: 28 of 59 sentences of ner were such negatives."""
    annotated = {f"d{number:02}" for number in range(1, 13) if number % 2}
    twelve(root, annotated)
    views = chosen_views(["documents", "sentences", "ner", "spans", "docred"])
    folder = tmp_path / "built"
    manifest = build(root.corpus(), folder, views)
    for view in ("ner", "spans", "docred"):
        found = shown(folder, manifest, view)
        assert {split: len(ids) for split, ids in found.items()} == dict.fromkeys(SPLITS, 2)
        assert set().union(*found.values()) == annotated
    assert {split: len(ids) for split, ids in shown(folder, manifest, "sentences").items()} == dict.fromkeys(SPLITS, 4)
    done = [row for shard in manifest.of("documents") for row in pl.read_parquet(folder / shard.path).to_dicts()]
    assert {row["doc_id"]: row["done"] for row in done} == {
        row["doc_id"]: [*ANNOTATED] if row["doc_id"] in annotated else [] for row in done
    }
    card = (folder / "README.md").read_text("utf-8")
    assert "of 12 documents, entities and mentions are done in 6." in card
    assert "All there is rests on 12 documents, of which 6 are done in all layers." in card
    said = json.loads((folder / "manifest.json").read_bytes())
    assert said["unfinished"] is False
    counts = {"documents": 4, "done": dict.fromkeys(ANNOTATED, 2)}
    assert said["progress"] == {
        "documents": 12,
        "done": dict.fromkeys(ANNOTATED, 6),
        "splits": dict.fromkeys(SPLITS, counts),
    }
    assert told(folder) == []

    whole = build(root.corpus(), folder, views, unfinished=True)
    for view in ("ner", "spans", "docred"):
        assert {split: len(ids) for split, ids in shown(folder, whole, view).items()} == dict.fromkeys(SPLITS, 4)
    card = (folder / "README.md").read_text("utf-8")
    assert "Task views of this build show **unfinished** documents too" in card
    assert "Shows all 12 documents, done or not: entities and mentions are done in 6;" in card
    assert json.loads((folder / "manifest.json").read_bytes())["unfinished"] is True
    assert whole.content_digest("documents") == manifest.content_digest("documents")
    assert told(folder) == []


def test_the_content_of_the_corpus_is_what_it_was_before_there_was_progress(editions: dict[str, Path]) -> None:
    manifest, _ = read_manifest(editions["full"])
    if manifest.version == "1.1.0":
        assert {view: manifest.content_digest(view)[:16] for view in CONTENT} == CONTENT


def test_a_build_in_which_nothing_is_done_has_empty_tasks_and_says_so(cli: Run, root: Root, tmp_path: Path) -> None:
    reopen(root, *ANNOTATED)
    run = cli("build", "--root", root.path, "--out", tmp_path / "built")
    assert run.returncode == 0, run.stderr
    manifest, _ = read_manifest(tmp_path / "built")
    for name, view in VIEWS.items():
        assert (sum(shard.rows for shard in manifest.of(name)) == 0) == bool(view.of_layers)
    assert "done are: entities in 0, mentions in 0" in run.stdout
    assert "not done too" not in run.stdout
    run = cli("build", "--root", root.path, "--out", tmp_path / "built", "--unfinished")
    assert "task views show documents that are not done too" in run.stdout
    manifest, _ = read_manifest(tmp_path / "built")
    counts = {name: sum(shard.rows for shard in manifest.of(name)) for name in VIEWS}
    assert {name: count > 0 for name, count in counts.items()} == {n: not v.done_alone for n, v in VIEWS.items()}
    assert cli("verify", tmp_path / "built").returncode == 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("All layers are done in the document.", "All layers are done in all 7 documents.", id="statement"),
        pytest.param("entities and mentions are done in 1.", "entities and mentions are done in 9.", id="view"),
    ],
)
def test_verify_finds_a_card_that_counts_otherwise(
    editions: dict[str, Path], tmp_path: Path, old: str, new: str
) -> None:
    folder = Path(shutil.copytree(editions["full"], tmp_path / "copy"))
    card = (folder / "README.md").read_text("utf-8")
    assert old in card
    (folder / "README.md").write_text(card.replace(old, new), "utf-8")
    assert any("done" in line or "which documents" in line for line in told(folder))


def test_verify_finds_progress_that_the_documents_do_not_have(editions: dict[str, Path], tmp_path: Path) -> None:
    folder = Path(shutil.copytree(editions["full"], tmp_path / "copy"))
    manifest, _ = read_manifest(folder)
    (part,) = manifest.parts
    fewer = {**part.statistics, "finished": [["entities mentions", 1]]}
    changed = replace(manifest, parts=(replace(part, statistics=fewer),))
    (folder / "manifest.json").write_bytes(changed.to_json())
    assert any("has stances done in 1 document, recorded are 0" in line for line in told(folder))


@pytest.fixture
def faulty(root: Root) -> Root:
    """The corpus with its passes, of which one has an error."""
    root.add_passes()
    root.of("pass-a").edit("stances", 0, label="no such label")
    return root


def test_a_pass_with_errors_is_left_out_and_told(cli: Run, faulty: Root, tmp_path: Path) -> None:
    run = cli("build", "--root", faulty.path, "--out", tmp_path / "built")
    assert run.returncode == 0, run.stderr
    assert f"the pass of pass-a over {PART} has 1 error and is left out" in run.stdout
    manifest, _ = read_manifest(tmp_path / "built")
    (part,) = manifest.parts
    assert (part.left_out, [*part.origin.passes]) == ({"pass-a": 1}, ["pass-b"])
    (shard,) = manifest.of("stance_votes")
    votes = pl.read_parquet(tmp_path / "built" / shard.path)["votes"].explode().struct.field("annotator")
    assert set(votes.drop_nulls()) <= {"pass-b"}
    assert "Left out, for its 1 error: the pass of `pass-a`" in (tmp_path / "built/README.md").read_text("utf-8")
    assert told(tmp_path / "built") == []
    again = cli("build", "--root", faulty.path, "--out", tmp_path / "built")
    assert again.stdout == run.stdout


def test_a_pass_that_cannot_be_read_is_left_out_too(faulty: Root, tmp_path: Path) -> None:
    faulty.of("pass-a").layer_path("entities").write_bytes(b"{")
    manifest = build(faulty.corpus(), tmp_path / "built", chosen_views(["stances", "stance_votes"]))
    assert manifest.parts[0].left_out == {"pass-a": 1}


def test_an_edition_carries_the_passes_and_is_not_built_with_errors_in_one(faulty: Root, tmp_path: Path) -> None:
    with pytest.raises(UnsoundCorpusError, match="no such label"):
        build(faulty.corpus(), tmp_path / "built", available_views(), edition="standoff")
    assert not (tmp_path / "built").exists()


def test_an_error_in_the_gold_stops_the_build(root: Root, tmp_path: Path) -> None:
    root.edit("stances", 0, label="no such label")
    with pytest.raises(UnsoundCorpusError, match="no such label"):
        build(root.corpus(), tmp_path / "built", chosen_views(["stances"]))
