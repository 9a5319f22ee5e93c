"""Make the gold of two passes and of the decisions on what they disagree about.

The decisions stand in annotation/adjudication.jsonl. While a disagreement is
without one, it is listed, and nothing is written.

Exit codes: 0 the gold is written, or was so already; 1 something is undecided,
or what the decisions give breaks a rule; 2 no such pass, a decision that fits
nothing, nowhere to write, or wrong usage; 3 an error in StanceBank itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stancebank.addresses import local_folder
from stancebank.commands.options import LocalRoot
from stancebank.commands.output import say


def adjudicate(
    a: Annotated[str, typer.Argument(metavar="A", help="Id of the first annotator.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Id of the second annotator.")],
    root: LocalRoot = None,
    out: Annotated[
        Path | None,
        typer.Option(
            parser=local_folder,
            metavar="DIR",
            help="Folder for the parts of the gold; without it corpus/ under the root.",
        ),
    ] = None,
) -> None:
    """Write the gold, or say what is open."""
    from stancebank.adjudication import ADJUDICATION_FILE, adjudicate, read_decisions, require_sound, write_gold
    from stancebank.agreement.sources import require_passes
    from stancebank.corpus import find_root, read_corpus
    from stancebank.faults import printable
    from stancebank.marked_text import MarkedText

    corpus = read_corpus(find_root(root))
    require_passes(corpus, (a, b))
    decisions = read_decisions(corpus.root)
    results = list(adjudicate(corpus, a, b, decisions))
    for result in results:
        text = MarkedText(corpus.read_part(result.part))
        for each in result.open:
            say(printable(f"{each.layer}: {each.what}"))
            if each.start is not None and each.end is not None:
                say(printable(f"  {text.sentence(each.doc_id, each.start, each.end)[0]}"))
            ids = (
                f'"doc_id": "{each.doc_id}", "layer": "{each.layer}", "a": {_json(each.a_id)}, "b": {_json(each.b_id)}'
            )
            say(printable(f'  {{{ids}, "fields": {_json(each.fields)}, ...}}'))
    undecided = sum(len(result.open) for result in results)
    if undecided:
        say(f"{undecided:,} undecided\n  fix: add a line for each to {ADJUDICATION_FILE}, and run it again")
        raise typer.Exit(1)
    require_sound(corpus, results)
    written = write_gold(corpus, results, out)
    for file in written:
        say(f"wrote {printable(file)}")
    say(f"{len(decisions):,} decisions; " + ("the gold is written" if written else "the gold is what they give"))


def _json(value: object) -> str:
    import json

    return json.dumps(value)
