"""Builds of many parts: the same bytes with every engine; stopped and taken up; only what has changed is made anew."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conftest import Root, offline
from many_parts import NAMES, add_parts, tree
from processes import wait_for
from stancebank.checks.selection import Selection
from stancebank.checks.validation import check_corpus
from stancebank.dataset import part_building
from stancebank.dataset.building import available_views, build, chosen_views
from stancebank.editions.edition import FULL
from stancebank.faults import StanceBankError, StoppedError
from stancebank.work.engines import in_threads

ENGINES = {
    "here": (),
    "two workers": ("--workers", "2"),
    "cluster": ("--cluster", "local", "--workers", "2"),
}

FEW = chosen_views(("documents", "targets", "mentions", "stances", "ner_names"))
"""What is taken over, or built again, does not hang on which views there are."""


@pytest.fixture
def many(root: Root) -> Root:
    """A corpus of five parts, of which one has passes."""
    root.add_passes()
    add_parts(root)
    return root


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the parts whose shards are written from now on."""
    names: list[str] = []
    write = part_building.write_shards

    def note(part: Any, *rest: Any, **options: Any) -> Any:
        names.append(part.name)
        return write(part, *rest, **options)

    monkeypatch.setattr(part_building, "write_shards", note)
    return names


@pytest.mark.deep("processes")
def test_every_engine_gives_the_same_bytes(many: Root, tmp_path: Path, process: Any) -> None:
    for name, options in ENGINES.items():
        done = process("build", "--root", many.path, "--out", tmp_path / name / "made", "--quiet", *options)
        assert (done.returncode, done.stderr) == (0, "")
    trees = [tree(tmp_path / name / "made") for name in ENGINES]
    assert trees[0].keys() == trees[1].keys()
    assert all(each == trees[0] for each in trees)
    assert sorted(path.name for path in (tmp_path / "here").iterdir()) == ["made"]


@pytest.mark.deep("processes")
def test_two_parts_at_once_give_the_same_bytes(many: Root, tmp_path: Path) -> None:
    views = [view for view in available_views() if not view.needs_tokens]
    one_by_one = build(many.corpus(), tmp_path / "one", views)
    assert build(many.corpus(), tmp_path / "two", views, in_threads) == one_by_one
    assert tree(tmp_path / "two") == tree(tmp_path / "one")


@pytest.mark.deep("processes")
def test_the_order_of_the_parts_on_disk_does_not_matter(many: Root, tmp_path: Path) -> None:
    other = tmp_path / "other-root"
    for folder in ("schemas", "seeds", "annotation"):
        shutil.copytree(many.path / folder, other / folder)
    for name in reversed(NAMES):
        shutil.copytree(many.path / "corpus" / name, other / "corpus" / name)
    for file in ("corpus.yaml", "targets.jsonl"):
        shutil.copy(many.path / "corpus" / file, other / "corpus" / file)
    one, two = (
        build(Root(path).corpus(), tmp_path / path.name / "made", available_views()) for path in (many.path, other)
    )
    assert one == two
    assert tree(tmp_path / many.path.name / "made") == tree(tmp_path / "other-root" / "made")


@pytest.mark.deep("processes")
def test_every_engine_finds_the_same(many: Root, process: Any) -> None:
    many.edit("mentions", 13, start=200)
    (many.path / "corpus" / NAMES[2] / "stances.jsonl").write_text("{\n", "utf-8")
    found = [
        process("validate", "--root", many.path, "--format", "json", "--quiet", *options)
        for options in (*ENGINES.values(), ("--workers", "1"))
    ]
    assert {each.returncode for each in found} == {1}
    assert json.loads(found[0].stdout)["findings"]
    assert {each.stdout for each in found} == {found[0].stdout}
    counted = [process("stats", "--root", many.path, "--quiet", *options) for options in ENGINES.values()]
    assert {each.returncode for each in counted} == {2}
    assert {each.stderr for each in counted} == {counted[0].stderr}


def test_values_are_refused_in_two_parts_at_once(many: Root) -> None:
    for name in NAMES:
        mentions = many.path / "corpus" / name / "mentions.jsonl"
        mentions.write_text(mentions.read_text("utf-8").replace('"NAM"', '"NAME"'), "utf-8")
    one_by_one = list(check_corpus(many.corpus(), Selection(("SB5",))))
    assert {found.file for found in one_by_one} == {f"corpus/{name}/mentions.jsonl" for name in NAMES}
    assert list(check_corpus(many.corpus(), Selection(("SB5",)), in_threads)) == one_by_one


@pytest.mark.deep("processes")
def test_every_engine_counts_the_same(many: Root, process: Any) -> None:
    counted = [process("stats", "--root", many.path, "--quiet", *options) for options in ENGINES.values()]
    assert {(each.returncode, each.stdout) for each in counted} == {(0, counted[0].stdout)}
    assert re.search(rf"^ *documents +{len(NAMES)}\b", counted[0].stdout, re.MULTILINE)


def test_what_has_not_changed_is_not_built_again(many: Root, tmp_path: Path, built: list[str]) -> None:
    before = build(many.corpus(), tmp_path / "out", FEW)
    assert built == list(NAMES)
    files = tree(tmp_path / "out")
    assert build(many.corpus(), tmp_path / "out", FEW) == before
    assert built == list(NAMES)
    assert tree(tmp_path / "out") == files


@pytest.mark.deep("processes", quick=2)
@pytest.mark.parametrize(
    ("file", "old", "new", "again"),
    [
        ("corpus/2025-03/stances.jsonl", '"s1"', '"s101"', ["2025-03"]),
        ("annotation/passes/{annotator}/2025-02/stances.jsonl", '"s1"', '"s101"', ["2025-02"]),
        ("corpus/targets.jsonl", "Working with", "At work with", list(NAMES)),
        ("schemas/scheme.yaml", "\n", "\n# a comment\n", []),
        ("schemas/scheme.yaml", "definition: ", "definition: Now ", list(NAMES)),
        ("schemas/scheme.yaml", "[EU officials] said", "[EU officials] say", []),
        ("seeds/seeds.yaml", "# Where", "# From where", []),
        ("corpus/corpus.yaml", "description: ", "description: Now ", []),
        ("corpus/corpus.yaml", 'test: ["2025-06"]', 'validation: ["2025-06"]', ["2025-06"]),
    ],
)
def test_an_edit_builds_again_what_it_touches(
    many: Root, tmp_path: Path, built: list[str], file: str, old: str, new: str, again: list[str]
) -> None:
    build(many.corpus(), tmp_path / "out", FEW)
    built.clear()
    path = many.path / file.format(annotator=many.corpus().annotators[0])
    content = path.read_text("utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), "utf-8", newline="\n")
    after = build(many.corpus(), tmp_path / "out", FEW)
    assert built == again
    assert build(many.corpus(), tmp_path / "new", FEW) == after
    assert tree(tmp_path / "out") == tree(tmp_path / "new")


def test_a_changed_seed_or_entry_is_seen(many: Root, tmp_path: Path) -> None:
    build(many.corpus(), tmp_path / "out", FEW)
    seed = many.path / f"seeds/copy-{NAMES[1]}.txt"
    seed.write_bytes(seed.read_bytes() + b"!")
    with pytest.raises(StanceBankError, match="seed's SHA-256"):
        build(many.corpus(), tmp_path / "out", FEW)


def test_a_shard_that_was_changed_or_lost_is_built_again(many: Root, tmp_path: Path, built: list[str]) -> None:
    manifest = build(many.corpus(), tmp_path / "out", FEW)
    files = tree(tmp_path / "out")
    built.clear()
    changed, lost = (next(s for s in manifest.shards if s.part == name) for name in NAMES[:2])
    (tmp_path / "out" / changed.path).write_bytes(b"PAR1 and nothing else")
    (tmp_path / "out" / lost.path).unlink()
    build(many.corpus(), tmp_path / "out", FEW)
    assert built == list(NAMES[:2])
    assert tree(tmp_path / "out") == files


def test_a_manifest_cannot_name_files_elsewhere(many: Root, tmp_path: Path) -> None:
    build(many.corpus(), tmp_path / "out", FEW)
    files = tree(tmp_path / "out")
    said = json.loads(files["manifest.json"])
    (tmp_path / "secret").write_bytes(b"x")
    for shard in said["files"]:
        shard |= {"path": "../secret", "sha256": part_building.sha256(b"x")}
    (tmp_path / "out/manifest.json").write_text(json.dumps(said), "utf-8")
    build(many.corpus(), tmp_path / "out", FEW)
    assert tree(tmp_path / "out") == files


@pytest.mark.deep("processes", quick=1)
@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"generator":"stancebank"}', b'{"generator":"stancebank","parts":[1],"files":[]}']
)
def test_a_manifest_of_another_kind_is_of_no_use_but_does_no_harm(many: Root, tmp_path: Path, content: bytes) -> None:
    build(many.corpus(), tmp_path / "out", FEW)
    files = tree(tmp_path / "out")
    (tmp_path / "out/manifest.json").write_bytes(content)
    if b"generator" not in content:
        with pytest.raises(StanceBankError, match="holds other files"):
            build(many.corpus(), tmp_path / "out", FEW)
        return
    build(many.corpus(), tmp_path / "out", FEW)
    assert tree(tmp_path / "out") == files


def test_a_worker_with_other_software_is_refused(many: Root, tmp_path: Path) -> None:
    builder = part_building.PartBuilder(many.corpus(), ("stances",), tmp_path, tmp_path, {}, FULL, "of another version")
    with pytest.raises(StanceBankError, match="a worker has another stancebank"):
        builder(NAMES[0])


def test_a_build_that_was_stopped_goes_on_where_it_was(
    many: Root, tmp_path: Path, built: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop_at_third(function: Any, items: Any) -> Any:
        for index, item in enumerate(items):
            if index == 2:
                raise StoppedError("the process that worked on it was killed")
            yield function(item)

    with pytest.raises(StoppedError):
        build(many.corpus(), tmp_path / "out", FEW, stop_at_third)
    assert built == list(NAMES[:2])
    assert not (tmp_path / "out").exists()
    (tmp_path / ".unfinished-out/parts" / f"{NAMES[1]}.json").write_bytes(b'{"name": "cut of')
    (tmp_path / ".unfinished-out/data/documents/left-over.parquet").write_bytes(b"left over")
    built.clear()
    build(many.corpus(), tmp_path / "out", FEW)
    assert built == list(NAMES[1:])
    build(many.corpus(), tmp_path / "new", FEW)
    assert tree(tmp_path / "out") == tree(tmp_path / "new")
    assert not (tmp_path / ".unfinished-out").exists()


@pytest.mark.deep("processes")
def test_two_runs_do_not_write_to_one_folder(many: Root, tmp_path: Path) -> None:
    (tmp_path / ".unfinished-out").mkdir()
    handle = os.open(tmp_path / ".unfinished-out", os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with pytest.raises(StanceBankError, match="another run is writing to"):
            build(many.corpus(), tmp_path / "out", available_views())
    finally:
        os.close(handle)
    build(many.corpus(), tmp_path / "out", available_views())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpus-root", "out"]


@pytest.mark.deep("processes")
@pytest.mark.parametrize("options", [("--workers", "2"), ("--cluster", "local", "--workers", "2")])
def test_a_worker_that_is_killed_changes_nothing(many: Root, tmp_path: Path, options: tuple[str, ...]) -> None:
    build(many.corpus(), tmp_path / "expected", available_views())
    run = start(many, tmp_path, *options)
    try:
        os.kill(worker_at_work(run.pid, tmp_path), signal.SIGKILL)
        _, said = run.communicate(timeout=300)
    finally:
        run.kill()
    assert (run.returncode, said) == (0, "")
    assert tree(tmp_path / "out") == tree(tmp_path / "expected")


@pytest.mark.deep("processes")
@pytest.mark.parametrize("options", [(), ("--workers", "2")])
def test_a_build_that_is_killed_is_taken_up_by_the_next(
    many: Root, tmp_path: Path, built: list[str], options: tuple[str, ...]
) -> None:
    run = start(many, tmp_path, *options)
    try:
        finished = wait_for(lambda: sorted(p.stem for p in (tmp_path / ".unfinished-out/parts").glob("*.json")))
    finally:
        run.kill()
        run.communicate()
    assert not (tmp_path / "out").exists()
    wait_for(lambda: not children(run.pid))
    build(many.corpus(), tmp_path / "out", available_views())
    assert not set(built) & set(finished)
    built.clear()
    build(many.corpus(), tmp_path / "new", available_views())
    assert tree(tmp_path / "out") == tree(tmp_path / "new")


def start(root: Root, tmp_path: Path, *options: str) -> subprocess.Popen[str]:
    command = [
        sys.executable,
        "-m",
        "stancebank",
        "build",
        "--root",
        root.path,
        "--out",
        tmp_path / "out",
        "--quiet",
        *options,
    ]
    return subprocess.Popen(
        command, env=offline(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )


def worker_at_work(pid: int, tmp_path: Path) -> int:
    """A process below the first one that has begun to write shards, so that it is amid a part."""
    data = tmp_path / ".unfinished-out/data"
    wait_for(data.is_dir)
    return wait_for(lambda: [p for p in children(pid) if is_worker(p)])[0]


def children(pid: int) -> list[int]:
    """All processes below one, by id."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(") ")[2].split()[1])
            except OSError:
                continue
    found, fresh = [], [pid]
    while fresh:
        fresh = [child for child, parent in parents.items() if parent in fresh]
        found += fresh
    return found


def is_worker(pid: int) -> bool:
    """Whether it does work, and is not one of those that watch over others."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        return b"spawn_main" in command or b"popen_loky" in command
    except OSError:
        return False
