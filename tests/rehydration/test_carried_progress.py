"""Progress in editions: carried as it is, without the words of a text, and open again where something is lost."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from conftest import DOC, PROJECT, Record, Root
from many_parts import tree
from stancebank.compare.snapshots import build_snapshot
from stancebank.compare.state_comparison import compare
from stancebank.compare.wording import record_line
from stancebank.corpus.additions import add_texts
from stancebank.corpus.corpus import read_corpus
from stancebank.dataset.building import build, chosen_views
from stancebank.editions.edition import EditionName
from stancebank.pages.new_corpus import make_corpus
from stancebank.rehydration.edition_folder import read_edition
from stancebank.rehydration.restored_edition import rehydrate
from stancebank.schema.layers import ANNOTATED
from stancebank.studio.layout.tasks import export_tasks

SEED = PROJECT / f"seeds/{DOC}.txt"
COPIED = "unsure: Europe would not have a seat at the table"
VIEWS = chosen_views(["documents", "progress", "stance_votes"])
EDITIONS: tuple[EditionName, ...] = ("standoff", "masked")


def progress(folder: Path) -> list[Record]:
    (shard,) = (folder / "data/progress").iterdir()
    return pl.read_parquet(shard).to_dicts()


@pytest.mark.deep("inputs", quick=1)
@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("missing", [True, False])
def test_progress_comes_back_to_the_byte_and_its_remark_shows_nothing_of_the_text(
    root: Root, tmp_path: Path, edition: EditionName, *, missing: bool
) -> None:
    assert COPIED.removeprefix("unsure: ") in SEED.read_text("utf-8")
    root.add_passes()
    root.edit("progress", 0, remark=COPIED, state="open")
    if missing:
        root.layer_path("progress").unlink()
        root.of("pass-a").layer_path("progress").unlink()
    build(root.corpus(), tmp_path / "full", VIEWS)
    build(root.corpus(), tmp_path / edition, VIEWS, edition=edition)
    for data in tree(tmp_path / edition).values():
        assert b"have a seat at the table" not in data
    carried = tmp_path / edition / "standoff"
    assert (carried / "corpus/2025-02/progress.jsonl").exists() != missing
    assert (carried / "annotation/passes/pass-b/2025-02/progress.jsonl").exists()
    shown = progress(tmp_path / edition)
    assert len(shown) == (0 if missing else 5)
    if not missing:
        assert shown[0]["remark"] not in (None, COPIED)
        assert shown[0]["remark"].startswith("unsure: ")
    found = rehydrate(read_edition(tmp_path / edition), [SEED], tmp_path / "again")
    assert (found.lost, found.same_texts) == ((), True)
    assert tree(tmp_path / "again") == tree(tmp_path / "full")


def test_an_unfinished_edition_is_restored_as_it_was_built(root: Root, tmp_path: Path) -> None:
    root.write("progress", [])
    views = chosen_views(["documents", "quotes"])
    build(root.corpus(), tmp_path / "full", views, unfinished=True)
    build(root.corpus(), tmp_path / "masked", views, edition="masked", unfinished=True)
    rehydrate(read_edition(tmp_path / "masked"), [SEED], tmp_path / "again")
    assert tree(tmp_path / "again") == tree(tmp_path / "full")
    assert json.loads((tmp_path / "again/manifest.json").read_bytes())["unfinished"] is True


def test_what_a_restoration_loses_is_not_done_any_more(editions: dict[str, Path], tmp_path: Path) -> None:
    copy = tmp_path / "copy.txt"
    copy.write_text(SEED.read_text("utf-8").replace("questionnaire", "list", 1), "utf-8")
    found = rehydrate(read_edition(editions["standoff"]), [copy], tmp_path / "out", allow_partial=True)
    assert found.lost
    rows = progress(tmp_path / "out")
    assert [row["state"] for row in rows] == ["open"] * len(ANNOTATED)
    lost = sum(each.layer == "mentions" for each in found.lost)
    (mentions,) = [row for row in rows if row["layer"] == "mentions"]
    assert mentions["remark"].startswith(f"{lost} record")
    manifest = json.loads((tmp_path / "out/manifest.json").read_bytes())
    assert manifest["progress"]["done"] == dict.fromkeys(ANNOTATED, 0)


def test_text_that_the_original_has_not_is_not_annotated(editions: dict[str, Path], tmp_path: Path) -> None:
    copy = tmp_path / "copy.txt"
    copy.write_text(SEED.read_text("utf-8") + "\n\nThe agency did not write this sentence at the end.\n", "utf-8")
    found = rehydrate(read_edition(editions["standoff"]), [copy], tmp_path / "out", allow_partial=True)
    assert not [each for each in found.lost if each.layer in ANNOTATED]
    assert {row["remark"] for row in progress(tmp_path / "out")} == {
        "this copy of the text has sentences that nobody has annotated"
    }


def test_a_text_without_a_date_goes_everywhere(tmp_path: Path) -> None:
    root = tmp_path / "corpus-root"
    make_corpus(root, PROJECT / "schemas/scheme.yaml")
    text = tmp_path / "talks.txt"
    text.write_text("They met in the town hall of Strelsau and left early. It rained.\n", "utf-8")
    (added,) = add_texts(root, [text], part="talks").added
    assert not added.dated
    corpus = read_corpus(root).sound()
    assert corpus.sound_part("talks")["documents"]["date"].to_list() == [None]
    (task,) = export_tasks(corpus)
    assert task["data"]["date"] == "undated"
    views = chosen_views(["documents", "sentences"])
    manifest = build(corpus, tmp_path / "full", views)
    assert (manifest.statistics.first_date, manifest.statistics.undated) == (None, 1)
    assert "of no date" in (tmp_path / "full/README.md").read_text("utf-8")
    build(corpus, tmp_path / "standoff", views, edition="standoff")
    assert rehydrate(read_edition(tmp_path / "standoff"), [text], tmp_path / "again").lost == ()
    assert tree(tmp_path / "again") == tree(tmp_path / "full")
    other = tmp_path / "other.txt"
    other.write_text(" date 2025-03-01 " + text.read_text("utf-8"), "utf-8")
    rehydrate(read_edition(tmp_path / "standoff"), [other], tmp_path / "dated")
    a, b = (build_snapshot(tmp_path / name, name) for name in ("full", "dated"))
    (change,) = compare(a, b).records
    assert ("date", None, "2025-03-01") in [(field.name, field.a, field.b) for field in change.fields]
    assert 'date undecided to "2025-03-01"' in record_line(change)
