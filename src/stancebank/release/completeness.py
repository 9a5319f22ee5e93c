"""Whether a state of a corpus is finished: what is not done in it, and what is undecided though it is done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from stancebank.compare.snapshots import Snapshot
from stancebank.corpus.states import ABSENT
from stancebank.faults import StanceBankError, counted, printable
from stancebank.pages.placeholders import placeholders
from stancebank.schema.layers import DOCUMENTS, DONE, PROGRESS
from stancebank.schema.scheme import Scheme


def require_described(root: Path) -> None:
    """Nothing where no sentence is left that a new corpus begins with; else StanceBankError, which names the first."""
    found = list(placeholders(root))
    if found:
        file, line = found[0]
        more = f" and {len(found) - 1:,} more" if len(found) > 1 else ""
        what = f"{printable(file)}:{line} still has the sentence that it was made with{more}; nothing was changed"
        raise StanceBankError(what, "say there what is asked for, and commit")


def require_decided(state: Snapshot, scheme: Scheme) -> None:
    """Nothing where all is decided that the scheme requires; else StanceBankError, which names the first.

    That is asked of documents, and of an annotated layer in the documents in which it is done.
    """
    found = list(_undecided(state, scheme))
    if found:
        more = f" and {len(found) - 1:,} more" if len(found) > 1 else ""
        what = f"{found[0]} is undecided, and the scheme requires it{more}; nothing was changed"
        raise StanceBankError(what, "decide it, or set the layer open with stancebank reopen, and commit")


def require_finished(state: Snapshot) -> None:
    """Nothing where every layer of every document is done; else StanceBankError."""
    open_layers = unfinished(state)
    if open_layers.is_empty():
        return
    first = open_layers.row(0, named=True)
    documents = counted(open_layers["doc_id"].n_unique(), "document")
    what = f"{documents} of {state.layers[DOCUMENTS.name].height:,} not done in all layers; the first:"
    what += f" {printable(first['doc_id'])}, {first['layer']} {first['state']}; nothing was changed"
    raise StanceBankError(what, "finish them (stancebank progress lists them), or release what there is: --unfinished")


def unfinished(state: Snapshot) -> pl.DataFrame:
    """The layers of documents that are not done, in the order of documents and layers: doc_id, layer, state."""
    documents, progress = state.layers[DOCUMENTS.name].select("doc_id"), state.layers[PROGRESS.name]
    rows = documents.join(
        pl.DataFrame({"layer": state.used.annotated}, schema={"layer": pl.String}),
        how="cross",
        maintain_order="left_right",
    )
    recorded = progress.select("doc_id", "layer", "state")
    rows = rows.join(recorded, on=["doc_id", "layer"], how="left", maintain_order="left")
    return rows.with_columns(pl.col("state").fill_null(ABSENT)).filter(pl.col("state") != DONE)


def progress_entry(state: Snapshot) -> str:
    """How far an unfinished state is, for the changelog."""
    documents, left = state.layers[DOCUMENTS.name].height, unfinished(state)
    rows = []
    for layer in state.used.annotated:
        rows.append(f"| {layer} | {documents - left.filter(pl.col('layer') == layer).height:,} |")
    whole = documents - left["doc_id"].n_unique()
    said = f"Not finished: of {counted(documents, 'document')}, {whole:,} {'is' if whole == 1 else 'are'} done in all"
    return "\n".join([f"{said} layers.", "", "| layer | documents done |", "| --- | ---: |", *rows]) + "\n"


def _undecided(state: Snapshot, scheme: Scheme) -> Iterator[str]:
    done = state.layers[PROGRESS.name].filter(pl.col("state") == DONE)
    for name, layer in state.used.all.items():
        required = scheme.requires(name)
        if not required:
            continue
        rows = state.layers[name]
        if layer.annotated:
            rows = rows.join(done.filter(pl.col("layer") == name).select("doc_id").unique(), on="doc_id", how="semi")
        for column in required:
            for row in rows.filter(pl.col(column).is_null()).iter_rows(named=True):
                of = row.get("doc_id", "")
                record = row[layer.id_column]
                yield printable(f"{of}: {column} of {layer.noun} {record}" if of != record else f"{of}: {column}")
