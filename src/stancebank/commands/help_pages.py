"""How help is laid out: plain names of arguments, and the exit codes of each command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typer.core import TyperArgument, TyperCommand

from stancebank.commands.memory_limits import watch_limits
from stancebank.commands.registry import EXIT_CODES
from stancebank.commands.special_files import refuse_special_files

if TYPE_CHECKING:
    from typer._click import Context, HelpFormatter


def exit_codes(failure: str | None = None) -> str:
    r"""The exit codes as a paragraph that is not wrapped.

    failure: the meaning of 1, empty where a command never ends with 1; None for that of all commands.
    """
    meanings = EXIT_CODES if failure is None else EXIT_CODES | {1: failure}
    lines = [f"  {code}  {meaning}" for code, meaning in meanings.items() if meaning]
    return "\n".join(["\b", "Exit codes:", *lines])


class Command(TyperCommand):
    """A command whose help names arguments without their types in Python, and that a limit of memory does not hang."""

    def invoke(self, ctx: Context) -> object:
        """Carry out the command, watched where memory is limited, and on no pipe or device."""
        watch_limits()
        refuse_special_files(ctx.params)
        return super().invoke(ctx)

    def collect_usage_pieces(self, ctx: Context) -> list[str]:
        """The usage: [OPTIONS], then each argument, in brackets where it may be left out."""
        del ctx
        return ["[OPTIONS]", *(_name(each) if each.required else f"[{_name(each)}]" for each in self._arguments())]

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        """The arguments, then the options."""
        arguments = [(_name(argument), argument.help or "") for argument in self._arguments()]
        options = [each.get_help_record(ctx) for each in self.get_params(ctx) if not isinstance(each, TyperArgument)]
        for title, rows in (("Arguments", arguments), ("Options", [option for option in options if option])):
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)

    def _arguments(self) -> list[TyperArgument]:
        return [each for each in self.params if isinstance(each, TyperArgument)]


def _name(argument: TyperArgument) -> str:
    return f"{argument.metavar}{'' if argument.nargs == 1 else '...'}"
