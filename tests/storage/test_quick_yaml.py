"""YAML read by libyaml: as the careful reader reads it, or not at all."""

from __future__ import annotations

import random

import pytest

from conftest import PROJECT
from stancebank.faults import Fault
from stancebank.storage.careful_yaml import load_yaml
from stancebank.storage.quick_yaml import MAX_BYTES, quick_yaml

FILES = [*sorted((PROJECT / "schemas").rglob("*.yaml")), *sorted((PROJECT / "tests/invalid").rglob("*.yaml"))]
WRITTEN = [*" \n:-?,[]{}#&*!|>'\"%@`<=~.a1é", "\n  ", "\n- ", ": ", "? ", " #", "---\n", "...\n", "{a: b}", "[a, b]"]
WRITTEN += ["'x'", '"x"', "''", '""', '\\"', "\n\n", "<<: ", "\t", "\r\n", "\x85", "\u2028", "\ufeff", "!!str ", "&a "]


def agree(data: bytes) -> bool:
    """Whether the quick reader has read it; if so, as the careful one."""
    content = quick_yaml(data)
    if content is None:
        return False
    careful = load_yaml(data, "any.yaml", "settings")
    assert not isinstance(careful, Fault), (data, careful)
    assert careful == content, data
    return True


def test_schemes_are_read_quickly() -> None:
    assert all(agree((PROJECT / "schemas" / file).read_bytes()) for file in ("scheme.yaml", "templates/stance.yaml"))


@pytest.mark.parametrize(
    "content",
    ["", "- a\n", "a: 1\na: 2\n", "a: &b c\n", "a: *b\n", "a: !!int 1\n", "<<: {a: b}\n", "---\na: b\n", "a: >\n  b\n"],
)
def test_what_is_uncommon_is_left_to_the_careful_reader(content: str) -> None:
    assert quick_yaml(content.encode()) is None


@pytest.mark.deep("inputs", quick=2)
@pytest.mark.parametrize("part", range(20))
def test_after_any_change_both_readers_agree(part: int, seed: int) -> None:
    drawn = random.Random(f"{seed} {part}")
    lines = [file.read_text("utf-8").splitlines(keepends=True) for file in FILES]
    assert sum(agree(changed(drawn, drawn.choice(lines)).encode()) for _ in range(300)) > 20


def changed(drawn: random.Random, lines: list[str]) -> str:
    """Some lines of a file, with up to three changes."""
    start = drawn.randrange(len(lines))
    text = "".join(lines[start : start + drawn.randint(1, 8)])
    for _ in range(drawn.randint(0, 3)):
        one, two = sorted(drawn.randint(0, len(text)) for _ in range(2))
        kind = drawn.randrange(3)
        between = drawn.choice(WRITTEN) if kind == 0 else text[one:two] * kind
        text = text[:two] + between + text[two:] if kind else text[:one] + between + text[one:]
        if kind == 1:
            text = text[:one] + text[one + drawn.randint(1, 3) :]
    return text


def test_what_is_too_long_to_be_read_is_not_read_quickly_either() -> None:
    assert quick_yaml(b"a: " + b"x" * MAX_BYTES) is None
    assert quick_yaml(b"a: " + b"x" * (MAX_BYTES - 3)) is not None
