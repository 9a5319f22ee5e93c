"""Verifying: whatever is changed in a build is found and named, and so is a manifest that lies."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from conftest import PROJECT, PROJECT_VERSION, Root
from many_parts import add_parts
from stancebank.corpus.corpus import read_corpus
from stancebank.dataset.building import available_views, build, chosen_views
from stancebank.dataset.manifest import Manifest
from stancebank.dataset.verification import differences, read_manifest
from stancebank.faults import StanceBankError
from stancebank.storage.addresses import address


def found(folder: Path) -> list[tuple[str, str]]:
    return [(each.file, each.what) for each in differences(folder, *read_manifest(folder))]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "dataset"
    build(read_corpus(PROJECT), folder, chosen_views(["documents", "stances", "targets", "stance_detection"]))
    return folder


@pytest.fixture
def built(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(original, tmp_path / "dataset"))


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not inner and not isinstance(value, dict | list):
        yield path
    for key, item in inner:
        yield from leaves(item, (*path, key))


def other(value: Any) -> Any:
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str():
            return value[:-1] + ("0" if value[-1:] != "0" else "1")
        case _:
            return "x"


def edit_manifest(folder: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    file = folder / "manifest.json"
    content = json.loads(file.read_bytes())
    change(content)
    file.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", "utf-8")


def test_a_build_is_as_its_manifest_records(built: Path, root: Root, tmp_path: Path) -> None:
    assert found(built) == []
    build(root.corpus(), tmp_path / "all", available_views())
    assert found(tmp_path / "all") == []
    root.add_passes()
    add_parts(root)
    build(root.corpus(), tmp_path / "many", chosen_views(["documents", "stances", "targets", "stance_detection"]))
    assert found(tmp_path / "many") == []


def test_every_file_that_is_changed_in_any_way_is_named_alone(built: Path) -> None:
    for file in set(files(built)) - {"manifest.json"}:
        path = built / file
        data = path.read_bytes()
        path.unlink()
        assert found(built) == [(file, "the file is missing")]
        for changed in (b"", data[:-1], data + b"\n", data[:-9] + bytes([data[-9] ^ 1]) + data[-8:]):
            path.write_bytes(changed)
            assert {name for name, _ in found(built)} == {file}
        path.write_bytes(data)


def test_a_manifest_that_was_cut_or_written_anew_is_not_as_it_was(built: Path) -> None:
    file = built / "manifest.json"
    data = file.read_bytes()
    file.write_bytes(data + b"\n")
    assert found(built) == [("manifest.json", "is written otherwise than by stancebank build")]
    file.write_bytes(data[:-3])
    with pytest.raises(StanceBankError, match="is no manifest"):
        found(built)


def known(content: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """The places of a manifest that can be known to be wrong without the corpus."""
    for path in leaves(content):
        match path:
            case ("parts", _, "sources" | "decisions"):
                continue
            case ("parts", part, "statistics", "records", index, _):
                if content["parts"][part]["statistics"]["records"][index][0] not in ("documents", "stances"):
                    continue  # a layer without a shard
            case ("parts", _, "statistics", *_):
                continue
        yield path


def test_a_lie_in_any_place_of_the_manifest_is_found(built: Path) -> None:
    content = json.loads((built / "manifest.json").read_bytes())
    unfound = []
    for path in known(content):
        changed = json.loads(json.dumps(content))
        place = changed
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = other(place[path[-1]])
        (built / "manifest.json").write_text(json.dumps(changed, ensure_ascii=False, indent=2) + "\n", "utf-8")
        try:
            if not any(True for _ in differences(built, *read_manifest(built))):
                unfound.append(path)
        except StanceBankError:
            continue
    assert unfound == []


def test_a_manifest_that_is_made_to_fit_a_changed_shard_is_found_by_the_rows(built: Path) -> None:
    (file,) = (built / "data/stances").iterdir()
    table = pq.read_table(file)
    pq.write_table(table.slice(1), file)
    data = file.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    renamed = file.rename(file.with_name(f"train-2025-02-{digest[:16]}.parquet")).relative_to(built).as_posix()

    def fit(content: dict[str, Any]) -> None:
        (shard,) = (shard for shard in content["files"] if shard["view"] == "stances")
        shard |= {"path": renamed, "bytes": len(data), "sha256": digest}

    edit_manifest(built, fit)
    whats = {what.split(",")[0] for name, what in found(built) if name == renamed}
    assert any(what.startswith("has 22 rows") for what in whats)
    assert any(what.startswith("has rows with the content digest") for what in whats)
    assert any(name == "README.md" and "other files" in what for name, what in found(built))


@pytest.mark.parametrize(
    ("file", "old", "new", "what"),
    [
        ("README.md", "**not cleared for redistribution**", "may be redistributed", "says otherwise whether the texts"),
        ("README.md", "num_examples: 23", "num_examples: 24", "gives the split train of stances another size"),
        ("README.md", "Content sha256 ", "Content sha256 0", "gives the config documents another content digest"),
        ("README.md", "config_name: stances", "config_name: stance", "has other configs than the views"),
        ("croissant.json", '"sha256": "', '"sha256": "0', "lists other shards than manifest.json"),
        (
            "croissant.json",
            f'"version": "{PROJECT_VERSION}"',
            '"version": "0.0.1"',
            f"gives the version 0.0.1, not {PROJECT_VERSION}",
        ),
        ("croissant.json", '"@id": "stances"', '"@id": "stance"', "describes other views than manifest.json has"),
        ("croissant.json", '"distribution"', '"distributions"', "is not Croissant"),
    ],
)
def test_a_page_that_contradicts_the_manifest_is_found_also_where_its_digest_was_changed_too(
    built: Path, file: str, old: str, new: str, what: str
) -> None:
    text = (built / file).read_text("utf-8")
    assert old in text
    data = text.replace(old, new).encode()
    (built / file).write_bytes(data)

    def fit(content: dict[str, Any]) -> None:
        (page,) = (page for page in content["pages"] if page["path"] == file)
        page |= {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}

    edit_manifest(built, fit)
    differing = found(built)
    assert {name for name, _ in differing} == {file}
    assert any(what in said for _, said in differing)


def test_rows_packed_otherwise_are_other_bytes_with_the_same_content(built: Path) -> None:
    (file,) = (built / "data/stances").iterdir()
    pq.write_table(pq.read_table(file), file, compression="gzip")
    assert not any("content" in what or "rows" in what for _, what in found(built))
    assert {name for name, _ in found(built)} == {file.relative_to(built).as_posix()}


def test_what_git_and_the_hub_add_is_no_difference_and_all_else_is(built: Path) -> None:
    for name in (".gitattributes", ".git/HEAD", ".cache/huggingface/download/x.lock", "data/.DS_Store"):
        (built / name).parent.mkdir(parents=True, exist_ok=True)
        (built / name).write_text("x")
    assert found(built) == []
    for name in ("data/stances/extra.parquet", ".cache/other", ".env", "loader.py"):
        (built / name).parent.mkdir(parents=True, exist_ok=True)
        (built / name).write_text("x")
    (built / "linked").symlink_to("/")
    extra = {".cache/other", ".env", "data/stances/extra.parquet", "linked", "loader.py"}
    assert {(name, what) for name, what in found(built)} == {(name, "is not in manifest.json") for name in extra}


def test_no_path_of_a_manifest_is_followed_out_of_the_folder(built: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.parquet"
    shutil.copy(next((built / "data/stances").iterdir()), secret)
    content = json.loads((built / "manifest.json").read_bytes())
    for path in (
        "../secret.parquet",
        str(secret),
        "data/stances/../../../secret.parquet",
        "data/x/a\nb.txt",
        "data/x/\0.parquet",
    ):
        content["files"][0]["path"] = path
        content["pages"][0]["path"] = path
        (built / "manifest.json").write_text(json.dumps(content))
        assert any(what == f"lists {path}, which is no place for a shard" for _, what in found(built)) or "\0" in path
        assert any(what == f"lists {path}, which is no file of a dataset" for _, what in found(built))
    link = next((built / "data/targets").iterdir())
    link.unlink()
    link.symlink_to(secret)
    assert (
        link.relative_to(built).as_posix(),
        "the file is a symbolic link that leads out of the corpus root",
    ) in found(built)


def test_a_snapshot_in_the_cache_of_the_hub_is_read_through_its_links(built: Path, tmp_path: Path) -> None:
    snapshot = tmp_path / "hub/datasets--x--y/snapshots/0123abc"
    blobs = tmp_path / "hub/datasets--x--y/blobs"
    blobs.mkdir(parents=True)
    for number, file in enumerate(files(built)):
        shutil.copy(built / file, blobs / f"blob{number}")
        (snapshot / file).parent.mkdir(parents=True, exist_ok=True)
        (snapshot / file).symlink_to(os.path.relpath(blobs / f"blob{number}", (snapshot / file).parent))
    assert found(snapshot) == []
    (blobs / "blob0").write_text("x")
    assert {name for name, _ in found(snapshot)} == {files(built)[0]}


@pytest.mark.parametrize("content", [None, b"", b"{}", b"[1]", b'{"generator":"other"}', b"\xff", b"[" * 10_000])
def test_without_a_manifest_there_is_nothing_to_verify(built: Path, content: bytes | None) -> None:
    (built / "manifest.json").unlink()
    if content is not None:
        (built / "manifest.json").write_bytes(content)
    with pytest.raises(StanceBankError, match=r"has no manifest|is no manifest") as error:
        read_manifest(built)
    assert error.value.exit_code == 2


def test_a_dataset_elsewhere_is_verified_where_it_is(built: Path) -> None:
    place = address("memory://verified/dataset")
    for file in files(built):
        target = place / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((built / file).read_bytes())
    assert found(place) == []
    (place / "DATASHEET.md").unlink()
    assert [name for name, _ in found(place)] == ["DATASHEET.md"]


def test_the_digest_of_the_manifest_is_that_of_its_file(built: Path) -> None:
    manifest, data = read_manifest(built)
    assert isinstance(manifest, Manifest)
    assert manifest.digest == hashlib.sha256(data).hexdigest()


STANCES = "- config_name: stance_detection\n"


def change_card(built: Path, change: Callable[[str], str]) -> None:
    """Change the card, and its line in the manifest with it."""
    card = built / "README.md"
    before = card.read_text("utf-8")
    after = change(before)
    assert after != before
    card.write_text(after, "utf-8")
    manifest = json.loads((built / "manifest.json").read_bytes())
    [page] = [page for page in manifest["pages"] if page["path"] == "README.md"]
    page |= {"bytes": len(after.encode()), "sha256": hashlib.sha256(after.encode()).hexdigest()}
    (built / "manifest.json").write_bytes(json.dumps(manifest, indent=2, ensure_ascii=False).encode() + b"\n")


def in_info(old: str, new: str) -> Callable[[str], str]:
    """Replace the first occurrence in what the card says of the columns of stances."""

    def change(card: str) -> str:
        at = card.index(STANCES, card.index("dataset_info"))
        return card[:at] + card[at:].replace(old, new, 1)

    return change


def swapped(card: str) -> str:
    for old, new in (("'0': favor", "'0': x"), ("'1': against", "'1': favor"), ("'0': x", "'0': against")):
        card = in_info(old, new)(card)
    return card


@pytest.mark.parametrize(
    ("change", "what"),
    [
        pytest.param(lambda card: card.replace(STANCES, f"{STANCES}  data_dir: other\n", 1), "data_dir", id="folder"),
        pytest.param(
            lambda card: card.replace(STANCES, f"{STANCES}  columns: [doc_id]\n", 1), "columns", id="fewer columns"
        ),
        pytest.param(swapped, "other columns or label names", id="names of labels swapped"),
        pytest.param(in_info("name: doc_id", "name: doc"), "other columns or label names", id="a column renamed"),
        pytest.param(in_info("  features:\n", "  dataset_size: 1\n  features:\n"), "dataset_size", id="a size"),
        pytest.param(lambda card: card.replace("---\n", "---\ntrain-eval-index: []\n", 1), "train-eval", id="a key"),
        pytest.param(
            lambda card: card.replace("license: other", "license: &a other", 1), "an anchor is not allowed", id="anchor"
        ),
    ],
)
def test_a_card_that_loads_something_else_is_found_though_the_manifest_agrees(
    built: Path, change: Callable[[str], str], what: str
) -> None:
    change_card(built, change)
    assert [file for file, _ in found(built)] == ["README.md"]
    assert what in found(built)[0][1]


def test_a_digest_from_elsewhere_tells_a_folder_that_was_changed_with_its_manifest(
    built: Path, cli: Callable[..., Any]
) -> None:
    digest = hashlib.sha256((built / "manifest.json").read_bytes()).hexdigest()
    assert cli("verify", built, "--manifest-digest", digest).returncode == 0
    assert cli("verify", built, "--manifest-digest", digest.upper()).returncode == 0
    other = cli("verify", built, "--manifest-digest", "0" * 64)
    assert other.returncode == 1
    assert f"manifest.json: has the SHA-256 {digest}, expected {'0' * 64}" in other.stdout
    assert cli("verify", built, "--manifest-digest", "abc").returncode == 2
