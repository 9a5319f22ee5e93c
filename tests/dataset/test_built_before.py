"""A build takes over only what builds of the same user have made, whatever a folder says of itself."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from conftest import PROJECT, Root
from stancebank.corpus.corpus import read_corpus
from stancebank.dataset import part_building
from stancebank.dataset.building import build, chosen_views
from stancebank.dataset.content_digest import content_digest
from stancebank.dataset.label_codes import worded
from stancebank.dataset.shards import parquet_bytes
from stancebank.views.registry import VIEWS


def poison(built: Path) -> None:
    """Swap labels in a shard, and let the manifest agree."""
    manifest = json.loads((built / "manifest.json").read_bytes())
    [file] = [file for file in manifest["files"] if file["view"] == "stance_detection"]
    rows = pl.DataFrame(worded(pq.read_table(built / file["path"])))
    rows = rows.with_columns(pl.col("label").replace({"favor": "against", "against": "favor"}))
    data = parquet_bytes(rows, VIEWS["stance_detection"], read_corpus(PROJECT).scheme)
    (built / file["path"]).unlink()
    digest = hashlib.sha256(data).hexdigest()
    file["path"] = f"{file['path'][:-24]}{digest[:16]}.parquet"
    (built / file["path"]).write_bytes(data)
    table = pq.read_table(io.BytesIO(data))
    file |= {"sha256": digest, "bytes": len(data), "content_sha256": content_digest(worded(table))}
    (built / "manifest.json").write_bytes(json.dumps(manifest, indent=2, ensure_ascii=False).encode() + b"\n")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_shard_that_was_changed_with_its_manifest_is_not_taken_over(root: Root, tmp_path: Path) -> None:
    views = chosen_views(["documents", "stance_detection"])
    build(root.corpus(), tmp_path / "out", views)
    sound = contents(tmp_path / "out")
    poison(tmp_path / "out")
    assert contents(tmp_path / "out") != sound
    build(root.corpus(), tmp_path / "out", views)
    assert contents(tmp_path / "out") == sound


def test_a_part_is_taken_over_from_a_build_of_this_user_alone_and_never_with_fresh(
    root: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[object] = []
    real = part_building.write_shards

    def counting(*arguments: object, **options: object) -> object:
        written.append(arguments)
        return real(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(part_building, "write_shards", counting)
    views = chosen_views(["documents"])

    def made(**options: bool) -> int:
        written.clear()
        build(root.corpus(), tmp_path / "out", views, **options)
        return len(written)

    assert made() == 1
    assert made() == 0
    assert made(fresh=True) == 1
    assert made() == 0
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "another user"))
    assert made() == 1
    assert made() == 0
