"""What an import makes of the progress of a part: nothing that is done comes undone unless somebody has undone it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import polars as pl

from stancebank.corpus.jsonl import write_records
from stancebank.schema.frames import polars_schema, row_order
from stancebank.schema.layers import DONE, PROGRESS, SKIPPED
from stancebank.studio.importing.task_marks import Mark
from stancebank.studio.layout.document_records import Record

Progress = Mapping[str, Record]
"""The progress of a document, by layer."""


def marked(
    there: Progress,
    mark: Mark,
    layers: Collection[str],
    doc_id: str,
    annotator: str | None,
    *,
    changed: Collection[str],
    news: bool,
    in_pass: bool,
) -> dict[str, Record]:
    """The progress of a document with what a task says of it.

    layers: the annotated ones. changed: those in which the import changes something. news: whether the annotator
    has saved something since the last import; if not, only what is missing of a pass is
    recorded. What is done stays as it is where nothing in it has changed; in the gold also
    where the task is skipped or has a draft.
    """
    records = dict(there)
    for layer in layers:
        record = there.get(layer)
        was_done = record is not None and record["state"] == DONE
        if was_done and (layer not in changed if mark.state == DONE else not in_pass):
            continue
        if not news and layer not in changed and (record is not None or not in_pass):
            continue
        kept = record["remark"] if record is not None and record["state"] != SKIPPED else None
        said = {"doc_id": doc_id, "layer": layer, "state": mark.state, "annotator": annotator, "date": mark.date}
        records[layer] = said | {"made_from": mark.made_from, "remark": mark.remark or kept}
    return records


def progress_file(documents: Iterable[Progress]) -> bytes:
    """The file of the layer."""
    rows = [record for progress in documents for record in progress.values()]
    frame = pl.DataFrame(rows, schema=polars_schema(PROGRESS.columns))
    return write_records(frame.sort(row_order(PROGRESS), maintain_order=True), PROGRESS)
