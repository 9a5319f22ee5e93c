"""tests/invalid: for each rule one broken corpus, with the report that it gives.

A new rule needs a folder with the files that break the sound corpus (see tests/overlays.py);
``python tests/expected_reports.py`` writes its report, and the reports of all where their form changes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from expected_reports import below, expected_report, findings, located, meant, report, sections
from overlays import COPIED, FOLDERS, INVALID, REMOVED, SOUND, composed, copied, in_copy, main, removed
from stancebank.checks.registry import RULES
from stancebank.checks.reporters.as_text import location
from stancebank.corpus.corpus import read_corpus

every_rule = pytest.mark.parametrize("rule", RULES)
every_folder = pytest.mark.parametrize("folder", [SOUND, *RULES])


def example(rule: str) -> str:
    """The example in a rule's documentation: the finding of the rule's folder, blanks collapsed."""
    return " ".join(f"{location(findings(rule)[0])} {findings(rule)[0].what}".split())


def test_every_rule_has_a_folder_and_every_folder_a_rule() -> None:
    assert sorted(FOLDERS) == sorted([SOUND, *RULES])
    assert list(sections()) == FOLDERS


def test_git_keeps_every_folder() -> None:
    assert [path for path in INVALID.rglob("*") if path.is_dir() and not any(path.iterdir())] == []


@every_rule
def test_a_folder_holds_what_differs_from_the_sound_corpus_and_nothing_else(rule: str) -> None:
    sound, overlay = files(INVALID / SOUND), files(INVALID / rule)
    assert {path for path in overlay if overlay[path] == sound.get(path)} == set()
    assert {path for path in removed(rule) if not path or not (INVALID / SOUND / path).exists()} == set()
    gone = {file for file in sound for path in removed(rule) if f"{file}/".startswith(f"{path}/")}
    copies = {
        f"{target}/{Path(file).name}": data
        for source, target in copied(rule)
        for file, data in sound.items()
        if file.startswith(f"{source}/") and in_copy(Path(file).name, target)
    }
    assert [file for file, data in copies.items() if overlay.get(file) == data] == []
    assert files(composed(rule)) == {file: sound[file] for file in sound if file not in gone} | copies | overlay


def files(folder: Path) -> dict[str, bytes | Path]:
    """The corpus in a folder: bytes by path from the folder, and where a link leads."""
    paths = [path for path in folder.rglob("*") if path.is_symlink() or path.is_file()]
    held = {path.relative_to(folder).as_posix(): path for path in paths if path.name not in (REMOVED, COPIED)}
    return {name: path.resolve() if path.is_symlink() else path.read_bytes() for name, path in held.items()}


def test_the_sound_corpus_has_no_findings_and_every_kind_of_annotation() -> None:
    sound = read_corpus(composed(SOUND))
    assert findings(SOUND) == []
    [name] = sound.part_names
    assert all(len(rows) for rows in sound.read_part(name).frames.values())


@every_folder
def test_a_folder_gives_the_report_that_it_holds(folder: str) -> None:
    assert report(folder) == expected_report(folder)


@every_rule
def test_a_folder_has_the_one_finding_of_its_rule(rule: str) -> None:
    assert [finding.rule for finding in findings(rule)] == [rule]
    assert findings(rule)[0].severity == RULES[rule].severity


@every_rule
def test_the_finding_points_at_the_mistake(rule: str) -> None:
    assert expected_report(rule).partition("  ")[0] == located(rule, **meant(rule))
    assert findings(rule)[0].path == meant(rule).get("path", "")


@every_rule
def test_the_example_of_a_rule_is_the_finding_of_its_folder(rule: str) -> None:
    assert RULES[rule].example == example(rule), f"write in the rule's docstring:\n    Example: {example(rule)}"


@pytest.mark.parametrize("folder", [SOUND, "SB106", "SB301", "SB713"])
def test_the_command_line_prints_the_report(
    folder: str, tmp_path: Path, cli: Callable[..., CompletedProcess[str]]
) -> None:
    assert main([folder, str(tmp_path / folder)]) is None
    result = cli("validate", "--root", tmp_path / folder)
    assert result.stdout == expected_report(folder)
    assert result.stderr == ""
    assert result.returncode == (1 if re.search(r"^\d+ error", result.stdout, re.MULTILINE) else 0)


def test_a_corpus_is_composed_from_what_exists_into_a_new_folder(tmp_path: Path) -> None:
    assert main(["SB999", str(tmp_path / "SB999")]) == (
        "tests/invalid has no folder SB999\nfix: name one of SB101 to SB802, or sound"
    )
    assert main(["SB301", str(tmp_path)]) == f"{tmp_path} exists\nfix: name a folder that does not exist"
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").touch()
    assert main(["SB301", str(tmp_path / "file/SB301")]) == (
        f"{tmp_path}/file/SB301 cannot be written: Not a directory\nfix: name a folder that can"
    )


@every_rule
def test_what_is_written_for_a_new_rule_leads_to_its_finding(rule: str) -> None:
    written = dict(line.split(": ", 1) for line in below(rule))
    assert located(rule, **written) == location(findings(rule)[0])
    assert written.keys() == meant(rule).keys()
