"""How far the documents of a corpus are, for a terminal and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec
import orjson
import polars as pl
from rich.table import Table

from stancebank.corpus.annotators import GOLD
from stancebank.corpus.remarks import Work
from stancebank.corpus.states import ABSENT
from stancebank.faults import counted
from stancebank.pages.terminal_tables import new_table, printed, text
from stancebank.schema.layers import DONE, STATES

By = Literal["layer", "part", "split", "annotator", "document"]
_KEYS = {"layer": "layer", "part": "part", "split": "split", "annotator": "annotation", "document": "doc_id"}
_COUNTED = (*STATES, ABSENT)
_WIDTH = 6  # of a bar, in columns


def report_text(states: pl.DataFrame, by: By, *, width: int, color: bool = False) -> str:
    """Tables of the states, one for the gold and one for each pass; by annotator one for all.

    states: as corpus_states gives them.
    """
    if states.is_empty():
        return "the corpus has no document"
    groups = [(None, states)] if by == "annotator" else _by(states, "annotation")
    tables = [_table(name, rows, by) for name, rows in groups]
    return printed(tables, width=width, color=color)


def report_json(states: pl.DataFrame, by: By) -> str:
    """A JSON list with an object for each group of each annotation: how many documents each layer has in each state.

    Of a document it has the states themselves, with annotator, date, made_from and remark.
    """
    groups = [(None, states)] if by == "annotator" else _by(states, "annotation")
    found = []
    for annotation, of_annotation in groups:
        for name, rows in _by(of_annotation, _KEYS[by]):
            entry: dict[str, object] = {} if annotation is None else {"annotation": annotation}
            entry[by] = name
            if by == "document":
                columns = ("state", "annotator", "date", "made_from", "remark")
                layers = {row["layer"]: {key: row[key] for key in columns} for row in rows.iter_rows(named=True)}
                found.append({**entry, "layers": layers})
            elif by == "layer":
                found.append({**entry, "documents": rows.height, **_counts(rows)})
            else:
                layers = {layer: _counts(of_layer) for layer, of_layer in _by(rows, "layer")}
                found.append({**entry, "documents": rows["doc_id"].n_unique(), "layers": layers})
    return orjson.dumps(found, option=orjson.OPT_INDENT_2).decode()


def work_text(work: Sequence[Work], *, width: int, color: bool = False) -> str:
    """How annotations came about, one a line, and how long they took together."""
    if not work:
        return "no annotation has come from Label Studio"
    table = new_table("document", "annotation", "by", "changed by", "begun", "saved", "minutes", "prediction")
    for each in work:
        minutes = "" if each.seconds is None else f"{each.seconds / 60:,.1f}"
        saved = (each.by, each.changed_by, each.begun, each.saved, minutes, each.prediction)
        table.add_row(*(text(shown or "-") for shown in (each.doc_id, each.annotator or GOLD, *saved)))
    hours = sum(each.seconds or 0 for each in work) / 3600
    return f"{printed([table], width=width, color=color)}\n{counted(len(work), 'annotation')}, {hours:,.1f} hours"


def work_json(work: Sequence[Work]) -> str:
    """How annotations came about, a JSON list with an object for each."""
    return orjson.dumps([msgspec.structs.asdict(each) for each in work], option=orjson.OPT_INDENT_2).decode()


def _table(name: str | None, states: pl.DataFrame, by: By) -> Table:
    layers = tuple(states["layer"].unique(maintain_order=True))
    columns = {"layer": ("documents", *_COUNTED), "document": layers}.get(by, ("documents", *layers))
    table = new_table(f"{name}: {by}" if name else by, *columns, *([] if by == "document" else ["done"]))
    if by != "document":
        table.columns[-1].no_wrap = True
    if by == "layer":  # the states have that heading
        table.columns[-1].header = ""
    for key, rows in _by(states, _KEYS[by]):
        if by == "document":
            table.add_row(text(key or "-"), *rows["state"])
            continue
        counts = _counts(rows)
        documents = rows["doc_id"].n_unique()
        if by == "layer":
            numbers = [documents, *counts.values()]
        else:
            numbers = [documents, *(_counts(of_layer)[DONE] for _, of_layer in _by(rows, "layer"))]
        table.add_row(text(key or "-"), *(f"{n:,}" for n in numbers), _bar(counts[DONE], rows.height))
    return table


def _by(states: pl.DataFrame, column: str) -> Iterator[tuple[str | None, pl.DataFrame]]:
    """The groups of a column, in the order in which they occur."""
    return ((key[0], rows) for key, rows in states.group_by(column, maintain_order=True))


def _counts(states: pl.DataFrame) -> dict[str, int]:
    found = dict(states.group_by("state").len().iter_rows())
    return {state: found.get(state, 0) for state in _COUNTED}


def _bar(done: int, of: int) -> str:
    """A bar in characters that every terminal and every log has; full only where all is done."""
    filled = done * _WIDTH // of
    return f"{'#' * filled}{'.' * (_WIDTH - filled)} {100 * done // of:3} %"
