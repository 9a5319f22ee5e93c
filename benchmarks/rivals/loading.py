"""Loading the documents view of a build: with datasets into a cache folder, and with pyarrow alone.

``python -m rivals.loading BUILD CACHE``, ``python -m rivals.loading BUILD``
"""

from __future__ import annotations

import sys
from pathlib import Path


def main(build: str, cache: str | None = None) -> None:
    """Load all rows."""
    if cache is None:
        import pyarrow.parquet as pq

        rows = pq.read_table(Path(build, "data/documents")).num_rows
    else:
        from datasets import load_dataset

        rows = sum(split.num_rows for split in load_dataset(build, "documents", cache_dir=cache).values())
    print(f"{rows:,} rows")


if __name__ == "__main__":
    main(*sys.argv[1:])
