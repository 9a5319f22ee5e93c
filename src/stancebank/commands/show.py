"""Show a document with its annotations.

The text comes first, one sentence a line with its number, each span in brackets that
name its record; then, layer by layer, how far the layer is and its records as sentences:
entities with their mentions, who says what, who takes which side. Notes and comments
of annotators come last, unresolved ones first. If the document's part has
errors, they are reported, and what is sound is shown.
"""

from __future__ import annotations

import shutil
from typing import Annotated

import typer

from stancebank.commands.options import Root, one_of
from stancebank.commands.output import colors, say
from stancebank.schema.layers import KNOWN_ANNOTATED


def show(
    document: Annotated[str, typer.Argument(metavar="DOC", help="Id of the document.")],
    root: Root = None,
    layer: Annotated[
        list[str] | None,
        typer.Option(
            parser=one_of(KNOWN_ANNOTATED),
            metavar="LAYER",
            help=f"Show this layer alone; repeatable. Layers: {', '.join(KNOWN_ANNOTATED)}.",
        ),
    ] = None,
    annotator: Annotated[
        str | None, typer.Option("--pass", metavar="ID", help="Annotator whose pass to show (default: the gold).")
    ] = None,
    sentence: Annotated[int | None, typer.Option(min=1, metavar="N", help="Show this sentence alone.")] = None,
    entity: Annotated[
        str | None, typer.Option(metavar="ID|NAME", help="Show the sentences and records of this entity.")
    ] = None,
) -> None:
    """Print it."""
    from stancebank.corpus.corpus import read_corpus
    from stancebank.corpus.remarks import read_remarks
    from stancebank.corpus.root_folder import find_root
    from stancebank.pages.reading.document_selection import find_document, of_entity, of_sentence, whole
    from stancebank.pages.reading.sound_records import problem_lines, sound_corpus
    from stancebank.pages.reading.terminal_document import document_text

    if sentence is not None and entity is not None:
        raise typer.BadParameter("--sentence and --entity exclude each other; give one of them")
    corpus, problems = sound_corpus(read_corpus(find_root(root)))
    reading, part = find_document(corpus, document, annotator)
    layers = [name for name in corpus.layers.annotated if not layer or name in layer]
    if sentence is not None:
        chosen = of_sentence(reading, layers, sentence)
    elif entity is not None:
        chosen = of_entity(reading, layers, entity)
    else:
        chosen = whole(reading, layers)
    lines = tuple(problem_lines([*problems, *part.findings]))
    remarks = [each for each in read_remarks(corpus.root) if each.doc_id == document and each.annotator == annotator]
    width = shutil.get_terminal_size((100, 24)).columns
    say(document_text(reading, chosen, lines, remarks, width=width, color=colors()))
