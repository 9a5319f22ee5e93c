"""Annotate the corpus in Label Studio and bring the work back.

stancebank studio up starts a server on this machine; push sends documents to
it, pull brings back what was done, status tells what is where, down stops it.
Push, pull and status work with any other server too: --url names it, and its
token is read from the variable LABEL_STUDIO_API_KEY.
"""

from __future__ import annotations

import typer

from stancebank.commands.studio import down, export, import_, pull, push, status, up

app = typer.Typer(help=__doc__, no_args_is_help=True, rich_markup_mode=None)

for _module in (up, push, pull, status, down, export, import_):
    _name = _module.__name__.rpartition(".")[2]
    app.command(_name.removesuffix("_"), help=_module.__doc__)(getattr(_module, _name))
