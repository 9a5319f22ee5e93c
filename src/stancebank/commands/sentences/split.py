"""Split a sentence in two.

The second begins at a code point of the text, or with WORDS that the sentence has once. The
first keeps its id, the second has a new one. Annotations over the new boundary are reported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from stancebank.commands.options import DryRun, LocalRoot, root_to_change
from stancebank.commands.output import say

if TYPE_CHECKING:
    from stancebank.corpus.sentence_corrections import Correction

Document = Annotated[str, typer.Argument(metavar="DOC", help="Id of a document.")]


def split(
    document: Document,
    sentence: Annotated[str, typer.Argument(metavar="SENTENCE", help="Id of a sentence.")],
    at: Annotated[str, typer.Argument(metavar="AT|WORDS", help="Where the second sentence begins.")],
    root: LocalRoot = None,
    dry_run: DryRun = False,
) -> None:
    """Split the sentence and print what changed."""
    from stancebank.corpus.corpus import read_corpus
    from stancebank.corpus.sentence_corrections import split_sentence

    place = int(at) if at.isascii() and at.isdecimal() and len(at) < 19 else at
    corpus = read_corpus(root_to_change(root)).sound()
    report(split_sentence(corpus, document, sentence, place, dry_run=dry_run), dry_run=dry_run)


def report(correction: Correction, *, dry_run: bool) -> None:
    """Print the sentences before and after, the spans over a boundary, and the file."""
    from stancebank.faults import excerpt, printable

    for mark, sentences in (("-", correction.before), ("+", correction.after)):
        for sentence, text in sentences.items():
            say(f"{mark} {printable(sentence)}  {excerpt(text, 100)}")
    for each in correction.crossing:
        record = f"{each.annotation}: {each.layer} {printable(each.record)}"
        say(f"{record} {excerpt(each.text)} goes over the boundary (SB306)")
    say(f"{'would write' if dry_run else 'wrote'} {printable(correction.file)}")
