"""The pages for people: their links, what they list, and the language that they and the code are written in."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from conftest import PROJECT
from stancebank.schema.layers import LAYERS

PAGES = sorted(
    path for folder in (".", "docs", "annotation/guidelines", "benchmarks") for path in (PROJECT / folder).glob("*.md")
)
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(PROJECT).as_posix())


def prose(page: Path) -> str:
    """A page without its blocks of code and its comments."""
    return re.sub(r"```.*?```|<!--.*?-->", "", page.read_text("utf-8"), flags=re.DOTALL)


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(page: Path) -> list[str]:
    found: list[str] = re.findall(r"\]\(([^)\s]+)\)", prose(page))
    return [link for link in found if not re.match(r"https?://", link)]


def test_there_are_pages() -> None:
    assert {"README.md", "CONTRIBUTING.md", "index.md", "glossary.md", "architecture.md"} <= {p.name for p in PAGES}


@each_page
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    for link in links(page):
        file, _, anchor = link.partition("#")
        target = page.parent / file if file else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_the_index_lists_every_page() -> None:
    index = PROJECT / "docs/index.md"
    listed = {(index.parent / link).resolve() for link in links(index)}
    assert set((PROJECT / "docs").glob("*.md")) - {index} <= listed


def test_the_architecture_lists_the_rooms_in_the_order_of_their_floors() -> None:
    page = (PROJECT / "docs/architecture.md").read_text("utf-8")
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))
    [contract] = [c for c in settings["tool"]["importlinter"]["contracts"] if c.get("containers") == ["stancebank"]]
    floors = [{room.strip() for room in floor.split("|")} for floor in contract["layers"]]
    assert sorted(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == sorted(set().union(*floors))
    arrows = re.findall(r"^  (.+) --> (.+)$", page, re.MULTILINE)
    drawn = [({*above.split(" & ")}, {*below.split(" & ")}) for above, below in arrows]
    assert drawn == list(pairwise(floors))


def test_the_glossary_is_in_order_and_explains_the_layers() -> None:
    page = (PROJECT / "docs/glossary.md").read_text("utf-8")
    terms = re.findall(r"^\| ([^|]+) \| ", page, re.MULTILINE)[2:]
    assert terms == sorted(terms)
    irregular = {"entities": "entity", "progress": "progress"}
    singular = {irregular.get(name, name.removesuffix("s")) for name in LAYERS} - {"sentence"}
    assert singular <= set(terms)


def test_the_records_in_the_readme_are_records_of_the_corpus() -> None:
    page = (PROJECT / "README.md").read_text("utf-8")
    [block] = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    records = {line for file in (PROJECT / "corpus").rglob("*.jsonl") for line in file.read_text("utf-8").splitlines()}
    assert len(block.splitlines()) == 5
    for line in block.splitlines():
        assert json.loads(line)
        assert line in records


# The language


ODD = re.compile(
    r"\b(anew|mend(?:s|ed|ing)?|so many|in hand|what is to be|what there is of|as it stands|stands? (?:twice|"
    r"a second time|where|alone|behind|in front|at \d+|in (?:a|the|it|its|this|which)|on a))\b",
    re.IGNORECASE,
)
"""Phrases that a technical editor replaces: use the verb of the field (report, restore, contain, repair)."""


def odd(text: str) -> list[str]:
    """The odd phrases of a text, each with the words around it."""
    flat = " ".join(text.split())
    return [flat[max(0, match.start() - 40) : match.end() + 20] for match in ODD.finditer(flat)]


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.parent.name != "benchmarks"], ids=lambda page: page.name
)
def test_a_page_is_in_plain_english(page: Path) -> None:
    """Without what earlier releases wrote, and the names of mutations."""
    text = re.sub(r"<!-- mutations -->.*<!-- end of mutations -->", "", page.read_text("utf-8"), flags=re.DOTALL)
    assert odd(re.split(r"\n## \d", text)[0]) == []


def texts(module: Path) -> Iterator[str]:
    """The docstrings and messages of a module."""
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.value


MODULES = sorted((PROJECT / "src/stancebank").rglob("*.py"))


def test_docstrings_and_messages_are_in_plain_english() -> None:
    assert [(module.name, phrase) for module in MODULES for text in texts(module) for phrase in odd(text)] == []


@pytest.mark.parametrize(
    "text", ["The id stands twice.", "set it\n  anew", "how to mend it", "Report so many findings", "stands at 12"]
)
def test_an_odd_phrase_is_found(text: str) -> None:
    assert len(odd(text)) == 1
