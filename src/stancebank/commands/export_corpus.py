"""Write the corpus in the format of another tool.

The documents are written to a folder, each with everything that the format can represent. At the
end a table shows what was kept and what was left out; with --strict, nothing is written if
anything would be left out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stancebank.commands.options import LocalRoot
from stancebank.commands.output import say
from stancebank.storage.addresses import local_folder


def export_corpus(
    format: Annotated[str, typer.Option(metavar="FORMAT", help="Format to write, such as brat.")],
    out: Annotated[Path, typer.Option(parser=local_folder, metavar="DIR", help="Folder to write to.")],
    root: LocalRoot = None,
    doc: Annotated[list[str] | None, typer.Option(metavar="ID", help="Export only this document; repeatable.")] = None,
    part: Annotated[list[str] | None, typer.Option(metavar="PART", help="Export only this part; repeatable.")] = None,
    of_pass: Annotated[str | None, typer.Option("--pass", metavar="ID", help="Export this pass, not the gold.")] = None,
    dialect: Annotated[str | None, typer.Option(metavar="NAME", help="Dialect of a format with several.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Write nothing if something would be left out.")] = False,
) -> None:
    """Write the files and report what became of everything."""
    from stancebank.corpus.root_folder import find_root
    from stancebank.faults import printable
    from stancebank.formats.corpus_export import export_foreign
    from stancebank.formats.registry import FORMATS

    ledger = export_foreign(
        find_root(root),
        format,
        out,
        documents=doc or (),
        parts=part or (),
        annotator=of_pass,
        dialect=dialect,
        strict=strict,
    )
    for line in ledger.lines():
        say(printable(line))
    say(FORMATS[format].loses)
    say(f"wrote {printable(str(out))}")
