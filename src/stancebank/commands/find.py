"""Find words, entities, labels and stances in a corpus.

WORDS alone are searched for in the texts. With other options they must be in the words of the
record, and all conditions must be met: --target lists who says what about a target, --holder all
stances of a holder, --source what a source says and the stances it reports. Name people by words
of their name, id, actor or Wikidata item. Each hit is shown with its file and line, document, code
points and sentence. If the corpus has errors, they are reported, and the sound parts are searched.
"""

from __future__ import annotations

import shutil
from typing import Annotated, Literal

import typer

from stancebank.commands.options import Root
from stancebank.commands.output import colors, say


def find(
    words: Annotated[str | None, typer.Argument(metavar="WORDS", help="Words, whatever their case.")] = None,
    root: Root = None,
    regex: Annotated[bool, typer.Option("--regex", help="Take WORDS as a regular expression.")] = False,
    entity: Annotated[str | None, typer.Option(metavar="NAME", help="Mentions and relations of this entity.")] = None,
    label: Annotated[str | None, typer.Option(metavar="LABEL", help="Records with this label.")] = None,
    holder: Annotated[
        str | None, typer.Option(metavar="NAME", help="Stances of this holder; writer for the writer.")
    ] = None,
    target: Annotated[
        str | None, typer.Option(metavar="TARGET", help="Stances on this target: its id, or words of it.")
    ] = None,
    source: Annotated[
        str | None, typer.Option(metavar="NAME", help="What this source says, and stances through it.")
    ] = None,
    annotator: Annotated[
        str | None, typer.Option("--pass", metavar="ID", help="Annotator whose pass to search (default: the gold).")
    ] = None,
    format: Annotated[
        Literal["text", "json", "csv"], typer.Option(metavar="text|json|csv", help="Format of the hits.")
    ] = "text",
) -> None:
    """Print the hits."""
    from stancebank.corpus.corpus import read_corpus
    from stancebank.corpus.root_folder import find_root
    from stancebank.faults import printable
    from stancebank.pages.reading.concordance import Query, hits
    from stancebank.pages.reading.concordance_report import report_csv, report_json, report_text
    from stancebank.pages.reading.sound_records import SoundPart, problem_lines, sound_corpus

    query = Query(words, regex, entity, label, holder, target, source)
    if query == Query(regex=regex) or (regex and words is None):
        raise typer.BadParameter("give WORDS or an option that says what to find")

    def tell(part: SoundPart) -> None:
        for line in problem_lines(part.findings):
            say(printable(line), err=True)

    corpus, problems = sound_corpus(read_corpus(find_root(root)))
    for line in problem_lines(problems):
        say(printable(line), err=True)
    found = hits(corpus, query, annotator, tell)
    if format == "text":
        width, nothing = shutil.get_terminal_size((100, 24)).columns, True
        for line in report_text(found, width=width, color=colors()):
            say(line)
            nothing = False
        if nothing:
            say("nothing found")
    else:
        for piece in (report_json if format == "json" else report_csv)(found):
            say(piece, end="")
