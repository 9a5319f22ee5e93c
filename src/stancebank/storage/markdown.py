"""Texts and tables of Markdown in which nothing is markup."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A table of Markdown in which no cell is markup; the first of each row is a name, written as code."""
    lines = [head, ("---",) * len(head), *((_code(first), *map(_cell, rest)) for first, *rest in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _code(name: str) -> str:
    """A name in a cell as code, whatever characters it has."""
    fence = "`" * (max(map(len, re.findall("`+", name)), default=0) + 1)
    blank = " " if "`" in name else ""
    return f"{fence}{blank}{name}{blank}{fence}".replace("|", "\\|")


def _cell(text: str) -> str:
    return re.sub(r"([\\|<>*_`])", r"\\\1", " ".join(text.split()))


def plain(text: str) -> str:
    """A text as one line of Markdown in which nothing is markup."""
    return re.sub(r"([\\`*_\[\]#|!~])", r"\\\1", escape(" ".join(text.split()), quote=False))
