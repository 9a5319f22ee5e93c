"""The commands of a group, each loaded when it is asked for: a process runs one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

from stancebank.commands.help_pages import Command, exit_codes
from stancebank.commands.registry import FILES
from stancebank.text.docstrings import docstring

if TYPE_CHECKING:
    import typer._click as click

Member = str | Mapping[str, Any]
"""The meaning of a command's exit code 1, or the members of a group."""


class Commands(Mapping[str, "click.Command"]):
    """The commands of a room by name.

    sections: as the registry has them. old: hidden names of the version before.
    """

    def __init__(
        self, room: str, sections: Mapping[str, Mapping[str, Member]], old: Mapping[str, str] | None = None
    ) -> None:
        self._room = room
        self._sections = sections
        self._old = old or {}
        self._loaded: dict[str, click.Command] = {}

    @cached_property
    def _members(self) -> Mapping[str, Member]:
        return {name: member for members in self._sections.values() for name, member in members.items()}

    def __iter__(self) -> Iterator[str]:
        return iter((*self._members, *self._old))

    def __len__(self) -> int:
        return len(self._members) + len(self._old)

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._loaded:
            self._loaded[name] = self._old_command(name) if name in self._old else self._load(name)
        return self._loaded[name]

    def summaries(self) -> Iterator[tuple[str, dict[str, str]]]:
        """Each section with what its commands do, by name."""
        for title, members in self._sections.items():
            yield title, {name: _summary(docstring(self._module(name))) for name in members}

    def _module(self, name: str) -> ModuleType:
        return import_module(f"{self._room}.{self._file(name)}")

    def _file(self, name: str) -> str:
        return FILES.get(f"{self._room.rpartition('.')[2]}.{name}", name)

    def _load(self, name: str) -> click.Command:
        member = self._members[name]
        module = self._module(name)
        documentation = docstring(module)
        if not isinstance(member, str):
            return get_group(group_of(Commands(module.__name__, {"Commands": member}), documentation, name))
        text = f"{documentation}\n\n{exit_codes(member)}"
        single = typer.Typer(add_completion=False, rich_markup_mode=None)
        add = single.command(name, cls=Command, help=text, short_help=_summary(documentation))
        add(getattr(module, self._file(name)))
        return get_command(single)

    def _old_command(self, name: str) -> click.Command:
        single = typer.Typer(add_completion=False, rich_markup_mode=None)
        single.command(name, hidden=True)(getattr(self._module(self._old[name]), name))
        return get_command(single)


def group_of(commands: Commands, documentation: str, name: str | None = None) -> typer.Typer:
    """A group of commands that are loaded when they are asked for."""

    class Group(TyperGroup):
        """They are listed in their sections, with summaries that are not cut off."""

        def __init__(self, **attributes: Any) -> None:  # noqa: ANN401  (Typer's)
            super().__init__(**{**attributes, "commands": commands})

        def get_params(self, ctx: click.Context) -> list[click.Parameter]:
            """Its options; no is false, since Typer loads pydantic to read one that is None."""
            options = super().get_params(ctx)
            for option in options:
                option.default = False
            return options

        def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
            """A section for each title in the registry, all aligned alike."""
            del ctx
            width = max(map(len, commands))
            for title, summaries in commands.summaries():
                with formatter.section(title):
                    formatter.write_dl([(name.ljust(width), summary) for name, summary in summaries.items()])

    return typer.Typer(
        name=name,
        cls=Group,
        help=f"{documentation}\n\n{exit_codes()}",
        short_help=_summary(documentation),
        context_settings={"help_option_names": ["-h", "--help"]},
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )


def _summary(documentation: str) -> str:
    return documentation.partition("\n")[0].removesuffix(".")
