"""What is public: a list of the names with their signatures, which changes only on purpose.

Run this file as a program to write the list again.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import stancebank

LIST = Path(__file__).with_name("public_names.txt")


def public() -> Iterator[str]:
    """Each public name, and each of what is public of a class, with its signature."""
    for name in stancebank.__all__:
        value = getattr(stancebank, name)
        if inspect.isclass(value):
            yield f"class {name}"
            yield from sorted(members(name, value))
        elif inspect.isfunction(value):
            yield f"{name}{inspect.signature(value)}"
        else:
            yield name


def members(name: str, kind: type) -> Iterator[str]:
    for member in dir(kind):
        value = inspect.getattr_static(kind, member)
        home = next(base for base in kind.__mro__ if member in vars(base) or member in getattr(base, "__slots__", ()))
        if member.startswith("_") or not home.__module__.startswith("stancebank"):
            continue
        shown = inspect.signature(value) if inspect.isfunction(value) else ""
        yield f"{name}.{member}{shown}"


def test_what_is_public_is_what_the_list_says() -> None:
    assert [*public()] == LIST.read_text("utf-8").splitlines()


def test_everything_public_says_what_it_is() -> None:
    for name in stancebank.__all__:
        value = getattr(stancebank, name)
        assert isinstance(value, str) or inspect.getdoc(value), name
        for member in vars(value).values() if inspect.isclass(value) else ():
            if inspect.isfunction(member) and not member.__name__.startswith("_"):
                assert inspect.getdoc(member), f"{name}.{member.__name__}"


if __name__ == "__main__":
    LIST.write_text("".join(f"{line}\n" for line in public()), "utf-8")
