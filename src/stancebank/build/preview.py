"""Print three rows of a built dataset, read back as its users read it: ``python -m stancebank.build.preview DIR``."""

from __future__ import annotations

import os
import sys
import textwrap

from stancebank.faults import printable


def preview(folder: str) -> str:
    """Three rows of the config stance_detection: who stands where on what, in whose words."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import datasets

    datasets.disable_progress_bars()
    (rows, *_) = datasets.load_dataset(folder, "stance_detection").values()
    label = rows.features["label"]
    lines = [f'load_dataset("{folder}", "stance_detection"): {rows.num_rows} rows, of which three:']
    for row in rows.select(range(min(3, rows.num_rows))):
        chain = " > ".join(row["source_chain"])
        lines.append(f"  {printable(row['holder'])}: {label.int2str(row['label'])}  {printable(row['target'])}")
        lines.append(
            f'    "{printable(textwrap.shorten(row["evidence"], 90, placeholder="..."))}" ({printable(chain)})'
        )
    return "\n".join(lines)


if __name__ == "__main__":
    print(preview(sys.argv[1]))  # noqa: T201
