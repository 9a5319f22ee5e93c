"""A validation of a corpus that is as it was reads no record, and nobody can tell from the findings."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from conftest import DOC, Root
from many_parts import NAMES, add_parts
from mutations import KEEPING, KINDS, Change
from mutations import SOUND as MUTABLE
from overlays import FOLDERS, SOUND, compose
from stancebank.checks.findings import Finding
from stancebank.checks.validated_before import FOLDERS as READ
from stancebank.checks.validated_before import Validated, ValidatedBefore
from stancebank.checks.validation import check_corpus
from stancebank.corpus.corpus import read_corpus
from test_mutation import put as mutate
from test_mutation import take_back

HEAVY = ("polars", "pyarrow", "numpy", "ruamel", "yaml")  # Typer loads pydantic itself


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the entries."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache/stancebank/findings"


def checked(root: Path) -> list[Finding]:
    return list(check_corpus(read_corpus(root)))


def known(root: Path) -> list[Finding] | None:
    """What the last validation found, where that is still known."""
    before = ValidatedBefore.of(root, None, None)
    result = before.known() if before else None
    return None if result is None else list(result.findings)


def validated(root: Path) -> list[Finding]:
    """The findings of a validation, which are kept where there is no link."""
    time.sleep(0.03)  # what was written just now could be written again unseen
    before = ValidatedBefore.of(root, None, None)
    return (
        checked(root)
        if before is None
        else list(before.keeping(Validated(check_corpus(read_corpus(root)), strict=False, max=None)).findings)
    )


@pytest.mark.deep("inputs", quick=3)
@pytest.mark.parametrize("name", [*KINDS, *KEEPING])
def test_any_change_of_any_file_is_seen_and_its_end_too(name, seed, tmp_path):
    kind = KINDS.get(name) or KEEPING[name]
    root = tmp_path / "root"
    mutate(root, Change(MUTABLE.files, ""))
    sound = validated(root)
    assert known(root) == sound
    for number in range(seed, seed + 3):
        change = kind.draw(number)
        mutate(root, change)
        assert known(root) is None
        assert validated(root) == checked(root)
        assert known(root) == (None if "link" in name else checked(root))
        take_back(root, change)
        assert known(root) in (None, sound)
        assert validated(root) == sound


@pytest.mark.deep("inputs", quick=2)
@pytest.mark.parametrize("rule", [name for name in FOLDERS if name != SOUND])
def test_what_a_rule_finds_is_told_again_to_the_byte(rule, tmp_path, cli):
    root = compose(rule, tmp_path / "root")
    time.sleep(0.03)
    ways = ((), (), ("--no-cache",))
    runs = [cli("validate", "--root", root, "--format", "json", *more, env={**os.environ}) for more in ways]
    assert len({(run.returncode, run.stdout, run.stderr) for run in runs}) == 1


_LOADED = f"""
import sys
from stancebank.commands import main
try:
    main()
finally:
    print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)
"""


def test_no_library_that_reads_corpora_is_loaded(root: Root, cli) -> None:
    root.edit("mentions", 0, text="Kiev")
    time.sleep(0.03)
    first = cli("validate", "--root", root.path, env={**os.environ})
    again = subprocess.run(
        [sys.executable, "-c", _LOADED, "validate", "--root", str(root.path)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (again.returncode, again.stdout, again.stderr) == (1, first.stdout, "[]\n")


_OPENED = """
import os, sys
opened = []
sys.addaudithook(lambda event, given: event == "open" and opened.append(str(given[0])))
from stancebank.commands import main
try:
    main()
finally:
    layers = [os.path.dirname(name) for name in opened if name.endswith("mentions.jsonl")]
    print(sorted(os.path.basename(name) for name in layers), file=sys.stderr)
"""


def test_a_command_reads_what_it_digests_again_only_where_something_has_changed(root: Root) -> None:
    add_parts(root)

    def opened() -> list[str]:
        command = [sys.executable, "-c", _OPENED, "validate", "--root", str(root.path)]
        said = subprocess.run(command, capture_output=True, encoding="utf-8", check=False).stderr
        return list(ast.literal_eval(said.splitlines()[-1]))

    time.sleep(0.03)
    assert opened() == sorted([*NAMES, *NAMES])
    assert opened() == sorted(NAMES)
    file = root.path / f"corpus/{NAMES[2]}/mentions.jsonl"
    file.write_text(file.read_text("utf-8").replace('"NAM"', '"NOM"', 1), "utf-8", newline="\n")
    time.sleep(0.03)
    assert opened() == sorted([*NAMES, NAMES[2]])


def test_a_validation_reads_nothing_else(root: Root) -> None:
    root.add_passes()
    folder = f"{root.path.resolve()}/"
    opened: set[str] = set()

    def hear(event: str, arguments: tuple[object, ...]) -> None:
        if event in ("open", "os.listdir", "os.scandir") and str(arguments[0]).startswith(folder):
            opened.add(str(arguments[0]).removeprefix(folder))

    sys.addaudithook(hear)  # stays as long as the process, and hears of no other test's folder
    checked(root.path)
    assert opened
    assert {name.partition("/")[0] for name in opened} <= {*READ}


def test_what_changes_while_a_validation_is_under_way_keeps_it_from_being_kept(root: Root) -> None:
    time.sleep(0.03)
    before = ValidatedBefore.of(root.path, None, None)
    assert before is not None
    findings = iter(before.keeping(Validated(check_corpus(read_corpus(root.path)), strict=False, max=None)).findings)
    path = root.layer_path("mentions")
    data = path.read_bytes()
    path.write_bytes(data.replace(b'"NAM"', b'"NOM"', 1))
    assert list(findings) == checked(root.path)
    path.write_bytes(data)
    assert known(root.path) is None


def test_a_validation_that_nobody_took_to_its_end_is_not_kept(root: Root) -> None:
    root.edit("mentions", 0, text="Kiev")
    time.sleep(0.03)
    before = ValidatedBefore.of(root.path, None, None)
    assert before is not None
    findings = iter(before.keeping(Validated(check_corpus(read_corpus(root.path)), strict=False, max=None)).findings)
    next(findings)
    del findings
    assert known(root.path) is None


@pytest.mark.parametrize("rules", [(["SB3"], None), (None, ["SB7"]), (["SB3"], ["SB301"])])
def test_other_rules_are_another_validation(root: Root, rules) -> None:
    validated(root.path)
    before = ValidatedBefore.of(root.path, *rules)
    assert before is not None
    assert before.known() is None


def test_a_link_is_looked_at_each_time(root: Root, tmp_path: Path) -> None:
    seed = root.path / f"seeds/{DOC}.txt"
    seed.rename(tmp_path / "elsewhere.txt")
    seed.symlink_to(tmp_path / "elsewhere.txt")
    assert ValidatedBefore.of(root.path, None, None) is None
