"""The package is a house of rooms: what its files are called and where paths are written."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from conftest import PROJECT
from stancebank.checks import catalogue  # noqa: F401  registers the rules
from stancebank.checks.registry import RULES

PACKAGE = PROJECT / "src/stancebank"
ROOT_MODULES = {"__init__.py", "__main__.py", "faults.py"}
PLURAL = {"__init__.py", "registry.py", "import_.py"}
"""Files that each room with several things of a kind may have; the last are commands, which are named by their file."""

PATHS = PACKAGE / "schema/paths.py"
FOLDERS = ("corpus/", "seeds/", "schemas/", "annotation/", "docs/")
FILES = {"CITATION.cff", "CHANGELOG.md", "DATASHEET.md", "README.md", "croissant.json", "manifest.json"}
NO_PATHS = {PACKAGE / "dataset/provenance.py"}
"""Modules in which a string that begins like a path is none: names of entities in PROV."""


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def test_the_root_of_the_package_holds_three_modules() -> None:
    assert {path.name for path in PACKAGE.glob("*.py")} == ROOT_MODULES


def test_no_file_name_stands_for_two_modules() -> None:
    by_name = defaultdict(list)
    for path in modules():
        by_name[path.name].append(path.relative_to(PACKAGE).as_posix())
    twice = {name: paths for name, paths in by_name.items() if len(paths) > 1 and name not in PLURAL}
    assert twice == {}


def test_every_room_says_what_belongs_in_it() -> None:
    folders = {path.parent for path in modules()}
    undescribed = [
        folder.relative_to(PACKAGE).as_posix()
        for folder in folders
        if not (folder / "__init__.py").is_file()
        or not ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8")))
    ]
    assert undescribed == []


def test_a_rule_is_in_the_file_of_its_hundred() -> None:
    declared = [
        (path.name, id)
        for path in sorted((PACKAGE / "checks").glob("*.py"))
        for id in re.findall(r'^@\w*rule\(\s*"(SB\d+)"', path.read_text("utf-8"), re.MULTILINE)
    ]
    assert sorted(id for _, id in declared) == sorted(RULES)
    assert [(name, id) for name, id in declared if not name.startswith(f"sb{id[2]}_")] == []


def test_paths_of_a_corpus_are_written_in_one_module() -> None:
    elsewhere = [
        f"{path.relative_to(PACKAGE).as_posix()}:{line}: {text}"
        for path in modules()
        if path != PATHS and path not in NO_PATHS
        for line, text in literals(ast.parse(path.read_text("utf-8")))
        if text in FILES or (text.startswith(FOLDERS) and " " not in text)
    ]
    assert elsewhere == []


def literals(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The strings of a module that are no docstrings, of f-strings what stands between the values."""
    bodies = [node.body for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)]
    docstrings = {id(line.value) for body in bodies for line in body if isinstance(line, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


def test_a_temporary_folder_is_one_that_the_next_run_clears() -> None:
    """Such folders may hold whole texts, and what TemporaryDirectory leaves when killed stays."""
    named = [path.name for path in modules() if "TemporaryDirectory" in path.read_text("utf-8")]
    assert named == []
