"""Join two sentences that follow one another.

The first keeps its id; the id of the second is free again.
"""

from __future__ import annotations

from typing import Annotated

import typer

from stancebank.commands.options import DryRun, LocalRoot, root_to_change
from stancebank.commands.sentences.split import Document, report


def join(
    document: Document,
    first: Annotated[str, typer.Argument(metavar="SENTENCE", help="Id of the first sentence.")],
    second: Annotated[str, typer.Argument(metavar="SENTENCE", help="Id of the one behind it.")],
    root: LocalRoot = None,
    dry_run: DryRun = False,
) -> None:
    """Join the sentences and print what changed."""
    from stancebank.corpus.corpus import read_corpus
    from stancebank.corpus.sentence_corrections import join_sentences

    corpus = read_corpus(root_to_change(root)).sound()
    report(join_sentences(corpus, document, first, second, dry_run=dry_run), dry_run=dry_run)
