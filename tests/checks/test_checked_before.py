"""A part that is as it was is not checked again, and nobody can tell from the findings."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from conftest import DOC, Root, offline
from many_parts import NAMES, add_parts
from mutations import KEEPING, KINDS, Change
from mutations import SOUND as MUTABLE
from overlays import FOLDERS, SOUND, compose
from stancebank.checks import validation
from stancebank.checks.findings import Finding, UnsoundCorpusError
from stancebank.checks.selection import ALL_RULES, ERRORS_ALONE, Selection
from stancebank.checks.validated_before import FOLDERS as READ
from stancebank.checks.validation import check_corpus, part_ids
from stancebank.corpus.corpus import read_corpus
from stancebank.dataset.building import build, chosen_views
from stancebank.schema.layers import PART_LAYERS
from stancebank.storage.folder_state import folder_state
from test_mutation import put as mutate
from test_mutation import take_back

SELECTIONS = (ALL_RULES, ERRORS_ALONE, Selection(ignore=("SB7",)), Selection(select=("SB3", "SB201")))


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the entries."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache/stancebank/findings"


def found(root: Path, selection: Selection = ALL_RULES, *, cached: bool = True) -> list[Finding]:
    return list(check_corpus(read_corpus(root), selection, cached=cached))


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The parts that were checked, and not remembered; to be cleared between two checks."""
    parts: list[str] = []
    check = validation.check_part
    monkeypatch.setattr(
        validation, "check_part", lambda part, *selection: (parts.append(part.name), check(part, *selection))[1]
    )
    return parts


def put(root: Path, source: Path) -> None:
    """Make a root another corpus, in the same place."""
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(source, root, symlinks=True)


@pytest.mark.deep("inputs", quick=2)
@pytest.mark.parametrize("rule", [name for name in FOLDERS if name != SOUND])
def test_what_breaks_a_rule_is_found_after_a_check_of_the_sound_corpus_and_is_gone_once_mended(rule, tmp_path):
    corpora = [compose(name, tmp_path / name) for name in (SOUND, rule)]
    root, selection = tmp_path / "root", SELECTIONS[FOLDERS.index(rule) % len(SELECTIONS)]
    for corpus in (*corpora, *corpora):
        put(root, corpus)
        alone = found(root, selection, cached=False)
        assert found(root, selection) == alone
        assert found(root, selection) == alone


@pytest.mark.deep("inputs", quick=3)
@pytest.mark.parametrize("name", [*KINDS, *KEEPING])
def test_any_change_of_any_file_is_seen(name, seed, tmp_path):
    kind = KINDS.get(name) or KEEPING[name]
    root = tmp_path / "root"
    mutate(root, Change(MUTABLE.files, ""))
    sound = found(root)
    for number in range(seed, seed + 3):
        change = kind.draw(number)
        mutate(root, change)
        assert found(root) == found(root, cached=False)
        take_back(root, change)
        assert found(root) == sound


def test_a_part_is_checked_once_and_after_a_change_alone(root: Root, checked: list[str]) -> None:
    add_parts(root)
    first = found(root.path)
    assert checked == list(NAMES)
    checked.clear()
    assert found(root.path) == first
    assert found(root.path, ERRORS_ALONE) == [each for each in first if each.severity == "error"]
    assert checked == []
    file = root.path / f"corpus/{NAMES[2]}/mentions.jsonl"
    file.write_text(file.read_text("utf-8").replace('"NAM"', '"NOM"', 1), "utf-8", newline="\n")
    again = found(root.path)
    assert checked == [NAMES[2]]
    assert again == found(root.path, cached=False)


def test_a_build_checks_what_no_validation_has_checked(root: Root, checked: list[str], tmp_path: Path) -> None:
    add_parts(root)
    found(root.path)
    checked.clear()
    built = tmp_path / "built"
    views = chosen_views(["documents"])
    build(read_corpus(root.path), built, views)
    assert checked == []
    build(read_corpus(root.path), built, views, fresh=True)
    assert checked == list(NAMES)
    checked.clear()
    file = root.path / f"corpus/{NAMES[2]}/mentions.jsonl"
    file.write_text(file.read_text("utf-8").replace('"NAM"', '"NUM"', 1), "utf-8", newline="\n")
    told = []
    for fresh in (False, True, False):
        with pytest.raises(UnsoundCorpusError) as unsound:
            build(read_corpus(root.path), built, views, fresh=fresh)
        told.append(unsound.value.findings)
    assert told == [tuple(found(root.path, ERRORS_ALONE, cached=False))] * 3
    assert checked == [NAMES[2], *NAMES, *NAMES]


def test_of_a_part_whose_files_are_known_by_their_digests_nothing_is_opened(root: Root) -> None:
    add_parts(root)
    root.add_passes()
    first = found(root.path)
    changed = f"corpus/{NAMES[2]}"
    file = root.path / f"{changed}/mentions.jsonl"
    file.write_text(file.read_text("utf-8").replace('"NAM"', '"NUM"', 1), "utf-8", newline="\n")
    state = folder_state(root.path, READ)
    assert state is not None
    corpus = read_corpus(root.path)
    folder = f"{root.path.resolve()}/"
    opened: set[str] = set()

    def hear(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open" and str(arguments[0]).startswith(folder):
            opened.add(str(arguments[0]).removeprefix(folder))

    sys.addaudithook(hear)  # stays as long as the process, and hears of no other test's folder
    again = list(check_corpus(corpus, cached=True, digests=state.digests))
    folders = {str(Path(name).parent) for name in opened if name.endswith(".jsonl")}
    assert folders <= {changed, "annotation", *(f"annotation/passes/{each}/{NAMES[2]}" for each in corpus.annotators)}
    assert again == found(root.path, cached=False) != first


@pytest.mark.parametrize("cached", [False, True])
def test_a_check_opens_each_file_of_a_part_and_of_its_passes_and_each_seed_once(root: Root, cached: bool) -> None:
    root.add_passes()
    folder = f"{root.path.resolve()}/"
    opened: Counter[str] = Counter()

    def hear(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open" and str(arguments[0]).startswith(folder):
            opened[str(arguments[0]).removeprefix(folder)] += 1

    sys.addaudithook(hear)  # stays as long as the process, and hears of no other test's folder
    root.edit("mentions", 40, text="Kiev")
    for _ in range(2 if cached else 1):
        opened.clear()
        assert {each.rule for each in found(root.path, cached=cached)} >= {"SB301"}
        files = {file for file in opened if file.startswith((f"corpus/{NAMES[0]}/", "annotation/passes/", "seeds/0"))}
        assert {Path(file).name for file in files} >= {f"{DOC}.txt", *(f"{layer}.jsonl" for layer in PART_LAYERS)}
        assert {file: opened[file] for file in files} == dict.fromkeys(files, 1)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("seeds/seeds.yaml", "language: en", "language: de"),
        ("schemas/scheme.yaml", "title: ", "title: A "),
        (f"seeds/{DOC}.txt", "the", "The"),
    ],
)
def test_what_parts_share_counts_too(root: Root, checked: list[str], file: str, old: str, new: str) -> None:
    found(root.path)
    checked.clear()
    path = root.path / file
    path.write_bytes(path.read_bytes().replace(old.encode(), new.encode(), 1))
    changed = found(root.path)
    assert checked == [*read_corpus(root.path).part_names]
    assert changed == found(root.path, cached=False)


def test_no_cache_checks_again(root: Root, cli, cache: Path) -> None:
    assert cli("validate", "--no-cache", "--root", root.path, env=dict(os.environ)).returncode == 0
    assert not cache.exists()
    assert cli("validate", "--root", root.path, env=dict(os.environ)).returncode == 0
    assert [each.stat().st_mode & 0o777 for each in (cache, *cache.iterdir())][:1] == [0o700]


@pytest.mark.parametrize("seed_of_damage", range(6))
def test_a_damaged_entry_is_as_if_it_were_not_there(root, cache, checked, seed_of_damage):
    first = found(root.path)
    chance = random.Random(seed_of_damage)
    for entry in cache.iterdir():
        data = bytearray(entry.read_bytes())
        match seed_of_damage % 3:
            case 0:
                data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            case 1:
                del data[chance.randrange(len(data)) :]
            case 2:
                data[:] = chance.randbytes(chance.randrange(200))
        entry.write_bytes(data)
    checked.clear()
    assert found(root.path) == first
    assert checked == [*read_corpus(root.path).part_names]


def test_where_the_cache_cannot_be_written_the_corpus_is_checked(root: Root, cache: Path) -> None:
    cache.parent.mkdir(parents=True)
    cache.write_text("a file where the folder would be")
    assert found(root.path) == found(root.path, cached=False)
    cache.unlink()
    found(root.path)
    for entry in cache.iterdir():
        entry.unlink()
        entry.mkdir()
    assert found(root.path) == found(root.path, cached=False)


def test_an_entry_that_no_check_has_used_for_a_month_goes(root: Root, cache: Path) -> None:
    from stancebank.checks.kept_results import _sweep

    found(root.path)
    old = cache / ("0" * 64)
    old.write_text("of a corpus that is gone")
    month = time.time() - 31 * 24 * 60 * 60
    os.utime(old, (month, month))
    _sweep.cache_clear()
    root.edit("mentions", 0, level="NOM")
    found(root.path)
    assert not old.exists()
    assert len([*cache.iterdir()]) == len(part_ids(read_corpus(root.path)))


@pytest.mark.deep("kills")
def test_killed_and_raced_two_hundred_times(root: Root, cache: Path, tmp_path: Path, seed: int) -> None:
    """Validations of changing states of one corpus, four at once, half of them killed: what is left misleads nobody."""
    chance = random.Random(seed)
    path = root.layer_path("mentions")
    states = [path.read_bytes(), path.read_bytes().replace(b'"NAM"', b'"NOM"', 1)]
    command = [sys.executable, "-m", "stancebank", "validate", "--root", str(root.path), "--quiet"]
    env = {**offline(tmp_path), "XDG_CACHE_HOME": os.environ["XDG_CACHE_HOME"]}
    for number in range(50):
        path.write_bytes(states[number % 2])
        runs = [
            subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(4)
        ]
        for run in runs[:2]:
            time.sleep(chance.uniform(0, 0.6))
            run.send_signal(signal.SIGKILL)
        for run in runs:
            run.wait(timeout=120)
        assert {run.returncode for run in runs[2:]} == {0}
        assert found(root.path) == found(root.path, cached=False)
    entries = [each for each in cache.iterdir() if each.is_file()]
    assert len(entries) == len(part_ids(read_corpus(root.path))) + 1  # and that of the corpus as a whole
