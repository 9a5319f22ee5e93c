"""Record that layers of documents are done.

A layer that is done is annotated completely, even if it has no record: views, agreement and
statistics count the document. Without --layer all layers are marked. stancebank reopen takes
it back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from stancebank.commands.options import LocalRoot, one_of, root_to_change
from stancebank.commands.output import say
from stancebank.schema.layers import DONE, KNOWN_ANNOTATED, ORIGINS

if TYPE_CHECKING:
    from stancebank.corpus.states import Mark

Documents = Annotated[list[str], typer.Argument(metavar="DOC", help="Ids of documents.")]
Layers = Annotated[
    list[str] | None,
    typer.Option(
        "--layer",
        parser=one_of(KNOWN_ANNOTATED),
        metavar="LAYER",
        help=f"Only this layer; repeatable. Layers: {', '.join(KNOWN_ANNOTATED)}.",
    ),
]
Pass = Annotated[str | None, typer.Option("--pass", metavar="ANNOTATOR", help="Of this pass (default: the gold).")]
Date = Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="Day of the change (default: today).")]
Remark = Annotated[str | None, typer.Option(metavar="TEXT", help="A remark or doubt.")]


def done(
    documents: Documents,
    root: LocalRoot = None,
    layer: Layers = None,
    of_pass: Pass = None,
    by: Annotated[
        str | None, typer.Option(metavar="ANNOTATOR", help="Who did it, of the gold (of a pass: its annotator).")
    ] = None,
    date: Date = None,
    made_from: Annotated[
        str | None, typer.Option("--from", parser=one_of(ORIGINS), metavar="|".join(ORIGINS), help="Began with this.")
    ] = None,
    remark: Remark = None,
) -> None:
    """Mark the layers done."""
    from stancebank.corpus.states import Mark

    record(documents, root, layer, of_pass, Mark(DONE, of_pass or by, date or today(), made_from, remark))


def record(documents: list[str], root: LocalRoot, layers: list[str] | None, of_pass: str | None, mark: Mark) -> None:
    """Write what is recorded of the documents, and print the files that changed."""
    from stancebank.corpus import states
    from stancebank.corpus.corpus import read_corpus
    from stancebank.faults import printable

    corpus = read_corpus(root_to_change(root)).sound()
    files = states.mark(corpus, documents, layers or corpus.layers.annotated, mark, of_pass)
    for file in files:
        say(f"wrote {printable(file)}")
    if not files:
        say("nothing to change")


def today() -> str:
    """The day in UTC, ISO 8601."""
    from datetime import UTC, datetime

    return datetime.now(UTC).date().isoformat()
