"""Regenerate derived files.

These are the JSON Schemas, the labelling config of Label Studio, the pictures of the
corpus, and the generated blocks in the guidelines, in docs and in DATASHEET.md. After an
edit of the scheme, records get null in fields that are new, and layers that are new get
empty files. A file that is no longer generated is reported; remove it yourself.
"""

from __future__ import annotations

from typing import Annotated

import typer

from stancebank.commands.options import LocalRoot, root_to_change
from stancebank.commands.output import say


def generate(
    root: LocalRoot = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail on outdated files.")] = False,
) -> None:
    """Write outdated files, or with --check name them."""
    from stancebank.corpus.corpus import read_corpus
    from stancebank.corpus.root_folder import find_root
    from stancebank.faults import printable
    from stancebank.migrations.scheme_fitting import fitting_files
    from stancebank.pages.generated import drifted, generated_files, left_over, write_generated
    from stancebank.storage.files import write_files

    place = find_root(root) if check else root_to_change(root)
    fitting = fitting_files(place)
    if fitting and check:
        for file in fitting:
            say(f"{printable(file)} lacks what the scheme has\n  fix: run stancebank generate")
        raise typer.Exit(1)
    write_files(place, fitting)
    for file in fitting:
        say(f"wrote {printable(file)}")
    corpus = read_corpus(place).sound()
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
