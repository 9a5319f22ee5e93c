"""Write the files that follow from others.

These are the JSON Schemas and the labelling config of Label Studio, from layers and
scheme, pictures of the corpus, and what stands between markers in the guidelines, in
docs and in DATASHEET.md. A picture that
has nothing to show any more is named, and stays until you remove it.

Exit codes: 0 written, or with --check nothing has drifted; 1 with --check,
something has drifted; 2 no corpus there, nowhere to write, or wrong usage; 3 an
error in StanceBank itself.
"""

from __future__ import annotations

from typing import Annotated

import typer

from stancebank.commands.options import LocalRoot
from stancebank.commands.output import say


def generate(
    root: LocalRoot = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail where a file has drifted.")] = False,
) -> None:
    """Write what has drifted, or with --check name it."""
    from stancebank.corpus import find_root, read_corpus
    from stancebank.generated import drifted, generated_files, left_over, write_generated

    corpus = read_corpus(find_root(root))
    files = generated_files(corpus)
    unwanted = left_over(corpus.root, files)
    if check:
        stale = drifted(corpus.root, files)
        for file in stale:
            say(f"{file} is not what scheme, layers and corpus give\n  fix: run stancebank generate")
        say(f"{len(files) - len(stale)} of {len(files)} generated files are up to date")
    else:
        for file in write_generated(corpus.root, files):
            say(f"wrote {file}")
    for file in unwanted:
        say(f"{file} is no longer generated: there is nothing to show in it\n  fix: remove it")
    if check:
        raise typer.Exit(1 if stale or unwanted else 0)
