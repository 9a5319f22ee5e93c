"""How far passes agreed, version by version of the guidelines that they were made with."""

from __future__ import annotations

import csv
from pathlib import Path

from stancebank.faults import StanceBankError
from stancebank.schema.paths import AGREEMENT_HISTORY
from stancebank.storage.files import read_page
from stancebank.storage.markdown import table


def history_block(root: Path, marker: str) -> str | None:
    """The rows of annotation/agreement.csv as a table, for the marker ``agreement:history``; None for other markers.

    Raises StanceBankError if the file cannot be read, or a row has more or fewer cells than the first.
    """
    if marker != "agreement:history":
        return None
    data = read_page(root, AGREEMENT_HISTORY)
    if data is None:
        return "Nothing has been measured."
    try:
        head, *rows = csv.reader(data.decode().splitlines(), strict=True)
    except (UnicodeDecodeError, csv.Error, ValueError):
        raise StanceBankError(f"{AGREEMENT_HISTORY} is no table of comma-separated values", "correct it") from None
    for number, row in enumerate(rows, 2):
        if len(row) != len(head):
            what = f"{AGREEMENT_HISTORY}:{number}: {len(row)} cells, expected {len(head)}"
            raise StanceBankError(what, "give each row a cell for each column")
    return table(tuple(head), [tuple(row) for row in rows])
