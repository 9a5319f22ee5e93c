"""How fast corpora of many documents are checked, built and loaded, and how much memory that takes, beside other tools.

``make bench``, or ``.venv/bin/python benchmarks/scale.py``. What is compared is measured in turn, each time as a
process of its own. What is found is kept in results.json after each comparison, and RESULTS.md beside this file and
the costs in docs/scale.md are written from it.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import results
from comparisons import COMPARISONS, compared
from measuring import machine, say
from works import Places

PACKAGES = (
    *("datasets", "polars", "pyarrow", "msgspec", "pydantic", "jsonschema", "spacy", "distributed"),
    *("check-jsonschema", "dkpro-cassis"),
)


def main() -> None:
    """Measure, print, and write the pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=10_000, help="of most comparisons")
    parser.add_argument("--many", type=int, default=200_000, help="documents of the comparisons memory")
    parser.add_argument("--runs", type=int, default=3, help="of each piece of work, but for those that take minutes")
    parser.add_argument("--only", action="append", choices=COMPARISONS, help="measure this; may be given several times")
    parser.add_argument("--no-write", action="store_true", help="leave results.json and the pages as they are")
    options = parser.parse_args()
    where, measured = machine(*PACKAGES), {}
    with tempfile.TemporaryDirectory(prefix="stancebank-bench-") as folder:
        places = Places(Path(folder), options.documents, options.many)
        for name in options.only or COMPARISONS:
            say(COMPARISONS[name].title)
            works, sizes = compared(name, places, options.runs)
            measured[name] = results.Result(where, dict(works), dict(sizes))
            if not options.no_write:
                results.write({**results.read(), **measured}, COMPARISONS)
    print(results.page(measured, COMPARISONS))


if __name__ == "__main__":
    main()
