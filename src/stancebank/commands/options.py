"""Options that several commands share."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated

import typer

from stancebank.storage.addresses import address, is_remote, local_folder

Root = Annotated[
    Path | None,
    typer.Option(
        parser=address, metavar="DIR|ADDRESS", help="Corpus folder or address (default: the enclosing corpus)."
    ),
]
LocalRoot = Annotated[
    Path | None,
    typer.Option(parser=local_folder, metavar="DIR", help="Corpus folder (default: the enclosing corpus)."),
]
Workers = Annotated[
    int | None,
    typer.Option(min=1, metavar="N", help="Number of worker processes (default: none)."),
]
Cluster = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS|local", help="Dask scheduler to use, or local for one here."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print the changes and write nothing.")]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Check every part, whatever earlier runs found.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Hide progress.")]

LOCKS = contextlib.ExitStack()
"""What a command holds until it ends; main closes it."""


def one_of(names: Iterable[str]) -> Callable[[str], str]:
    """A parser that takes one of these names; else wrong usage, which lists them."""
    known = tuple(names)

    def chosen(name: str) -> str:
        if name not in known:
            raise typer.BadParameter(f"{name!r} is not one of {', '.join(known)}")
        return name

    return chosen


def root_to_change(root: Path | None) -> Path:
    """The corpus root, as find_root gives it, which no other command changes until this one has ended.

    Call it before reading anything that decides what is written. Raises StanceBankError
    where there is no root, and where another command keeps it for too long.
    """
    from stancebank.corpus.root_folder import find_root
    from stancebank.storage.journal import changing

    place = find_root(root)
    LOCKS.enter_context(changing(place))
    return place


def root_if_any(root: Path | None) -> Path | None:
    """The corpus root that was given, else the nearest one upwards, else None. For commands that may do without.

    Raises StanceBankError where the root that was given is none.
    """
    from stancebank.corpus.root_folder import find_root
    from stancebank.faults import StanceBankError

    try:
        return find_root(root)
    except StanceBankError:
        if root is not None:
            raise
        return None


def one_root(argument: Path | None, option: Path | None) -> Path | None:
    """The corpus that a command was given as an argument or with --root. Wrong usage where they differ."""
    if argument is None or option is None or _place(argument) == _place(option):
        return argument or option
    raise typer.BadParameter("the argument ROOT and --root name two folders; give one of them")


def _place(folder: Path) -> Path:
    return folder if is_remote(folder) else folder.resolve()
