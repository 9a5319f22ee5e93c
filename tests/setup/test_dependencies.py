"""Every dependency is used, everything used is declared, and no command loads what it does not need."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from conftest import PROJECT, Root, offline

PROJECT_TABLE: dict[str, Any] = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS: dict[str, list[str]] = PROJECT_TABLE["optional-dependencies"]
MODULES = {
    "dkpro-cassis": "cassis",
    "huggingface-hub": "huggingface_hub",
    "label-studio-sdk": "label_studio_sdk",
    "markdown-it-py": "markdown_it",
    "pyyaml": "yaml",
    "ruamel.yaml": "ruamel",
    "universal-pathlib": "upath",
}
"""The module of a package whose name is another."""
PARTS = {"dask": "distributed", "httpx": "label-studio-sdk", "pydantic_core": "pydantic"}
"""Modules that come with a package which is declared, and whose names are in its interface."""
BY_NAME = {"s3fs"}
"""Modules that fsspec loads by the scheme of an address."""


def modules(requirements: list[str]) -> set[str]:
    names = {Requirement(each).name for each in requirements}
    return {MODULES.get(name, name) for name in names}


def imported(tree: ast.AST) -> Iterator[str]:
    """The top-level packages that a module loads when it runs; what only types need is left out."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]
        yield from imported(node)


@pytest.fixture(scope="module")
def used() -> set[str]:
    trees = (ast.parse(path.read_text("utf-8")) for path in sorted((PROJECT / "src").rglob("*.py")))
    found = {name for tree in trees for name in imported(tree)}
    return found - sys.stdlib_module_names - {"stancebank"}


def test_every_dependency_is_used_and_everything_used_is_declared(used: set[str]) -> None:
    declared = modules(PROJECT_TABLE["dependencies"]) | {name for each in EXTRAS.values() for name in modules(each)}
    assert used - PARTS.keys() | BY_NAME == declared


@pytest.mark.parametrize(("part", "package"), PARTS.items())
def test_what_is_not_declared_comes_with_what_is(part: str, package: str) -> None:
    assert part.replace("_", "-") in {Requirement(each).name for each in metadata.requires(package) or ()}


def test_nothing_is_both_in_the_plain_install_and_in_an_extra() -> None:
    plain = modules(PROJECT_TABLE["dependencies"])
    assert not [extra for extra, needed in EXTRAS.items() if plain & modules(needed)]


HEAVY = {"datasets", "huggingface_hub", "pandera", "platformdirs", "pandas"} | {
    name for needed in EXTRAS.values() for name in modules(needed)
}
SPACY = {"spacy", "jinja2"}
"""What comes with spaCy."""
LOADS = {
    "validate": {"platformdirs"},
    "rules": set(),
    "diff . .": set(),
    "stats": set(),
    "build --view stances": {"datasets", "huggingface_hub", "pandas", "platformdirs"},
    "build --view ner": {"datasets", "huggingface_hub", "pandas", "platformdirs", *SPACY},
    "studio export": {"platformdirs"},
    "agree gold gold": {"krippendorff", "scipy", *SPACY},
    "show 000_22079654af0f9918": {"pandas"},
    "find Kyiv": {"pandas"},
    "site --out pages": {"jinja2", "markdown_it", "pandas"},
    "init new": set(),
    "add text.txt --date 2025-03-01": {"langcodes", "py3langid", "sentencex"},
    "generate --check": set(),
}


@pytest.mark.deep("packages", quick=4)
@pytest.mark.parametrize("command", LOADS)
def test_a_command_loads_only_what_it_needs(command: str, root: Root, tmp_path: Path) -> None:
    (root.path / "text.txt").write_text("Ann Lee spoke.", "utf-8")
    code = (
        "import sys\nfrom stancebank.commands import main\n"
        "try: main()\nexcept SystemExit as ended: assert ended.code in (0, 1), ended.code\n"
        f"print(*sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *command.split()],
        cwd=root.path,
        env=offline(tmp_path),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert set(done.stderr.splitlines()[-1].split()) <= LOADS[command]
