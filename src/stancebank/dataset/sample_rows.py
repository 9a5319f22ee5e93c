"""Three rows of a built dataset, read as its users read it."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from stancebank.dataset.verification import read_manifest
from stancebank.faults import StanceBankError, excerpt, printable

if TYPE_CHECKING:
    import datasets

VIEW = "stance_detection"
_OTHERS = ("quotes", "document_labels", "spans")
"""What is shown of a corpus whose scheme has no stances."""


def sample_rows(folder: Path) -> Iterator[str]:
    """Lines on the first rows of the view stance_detection: who holds which stance on what, in whose words.

    Of a corpus without stances those of another view, field by field.

    Raises StanceBankError where the folder has no manifest, or no such view, or load_dataset cannot read it.
    """
    manifest, _ = read_manifest(folder)
    if manifest.parts and "stances" not in manifest.layer_digests():
        yield from _plain_rows(folder, next(view for view in (*_OTHERS, *manifest.views) if view in manifest.views))
        return
    if VIEW not in manifest.views:
        what = f"{printable(str(folder))} has no view {VIEW}"
        raise StanceBankError(what, f"build the full edition with that view: stancebank build --view {VIEW}")
    rows = _rows(folder, VIEW)
    label = rows.features["label"]
    yield printable(f'load_dataset("{folder}", "{VIEW}"): {rows.num_rows} rows, of which three:')
    for row in rows.select(range(min(3, rows.num_rows))):
        chain = " > ".join(row.get("source_chain") or ())
        evidence = textwrap.shorten(row["evidence"], 90, placeholder="...")
        holder = f"{printable(row['holder'])}: " if "holder" in row else ""
        stance = "undecided" if row["label"] is None else label.int2str(row["label"])
        yield f"  {holder}{printable(stance)}  {printable(row['target'])}"
        yield f'    "{printable(evidence)}"' + (f" ({printable(chain)})" if chain else "")


def _rows(folder: Path, view: str) -> datasets.Dataset:
    """The first split of a view."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import datasets

    datasets.disable_progress_bars()
    try:
        (rows, *_) = datasets.load_dataset(str(folder), view).values()
    except Exception as error:  # whatever it meets in a folder that was changed
        what = f"load_dataset does not read {view} of {printable(str(folder))}: {excerpt(str(error))}"
        raise StanceBankError(what, f"stancebank verify {printable(str(folder))} lists what was changed") from error
    return rows


def _plain_rows(folder: Path, view: str) -> Iterator[str]:
    rows = _rows(folder, view)
    shown = rows.select(range(min(3, rows.num_rows)))
    yield printable(f'load_dataset("{folder}", "{view}"): {rows.num_rows} rows, of which {shown.num_rows}:')
    for row in shown:
        for name, value in row.items():
            yield f"  {name}: {printable(textwrap.shorten(str(value), 90, placeholder='...'))}"
