"""Write prompts for a language model.

A prompt has instructions (the guidelines, and the labels with their definitions), the
document, and a JSON Schema of the answer, for the structured output of any model. Without
--out each prompt is a line of JSON. No service is called. stancebank import
reads the answers.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stancebank.commands.options import Root, one_of
from stancebank.commands.output import say
from stancebank.schema.layers import KNOWN_ANNOTATED
from stancebank.storage.addresses import local_folder


def prompt(
    documents: Annotated[list[str] | None, typer.Argument(metavar="DOC", help="Ids of documents.")] = None,
    root: Root = None,
    part: Annotated[str | None, typer.Option(metavar="PART", help="All documents of this part.")] = None,
    layer: Annotated[
        list[str] | None,
        typer.Option(
            parser=one_of(KNOWN_ANNOTATED),
            metavar="LAYER",
            help=f"Ask for this layer, and for those it refers to; repeatable. Layers: {', '.join(KNOWN_ANNOTATED)}.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(parser=local_folder, metavar="DIR", help="Folder to write files to.")
    ] = None,
) -> None:
    """Print the prompts, or write them to files."""
    from stancebank.corpus.corpus import read_corpus
    from stancebank.corpus.root_folder import find_root
    from stancebank.faults import StanceBankError, counted, printable
    from stancebank.formats.quotes.prompts import prompt_files, prompts
    from stancebank.storage.files import write_files

    if not documents and part is None:
        raise typer.BadParameter("name documents, or a part with --part PART")
    found = list(prompts(read_corpus(find_root(root)).sound(), documents or (), part, layer))
    if not found:
        raise StanceBankError("there is no document to write a prompt for", "add texts with stancebank add")
    if out is None:
        for each in found:
            say(each.line().decode().rstrip("\n"))
    else:
        write_files(out, dict(prompt_files(found)))
        say(f"wrote {counted(len(found), 'prompt')} to {printable(str(out))}; instructions {found[0].digest[:12]}")
