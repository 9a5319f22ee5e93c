"""Where langextract's aligner places extractions: ``python rivals/with_langextract.py FILE``.

It is run by the Python that has langextract. The file holds a list of [text, list of words] as JSON. For each it prints
the spans that the aligner gives, or null, without fuzzy matches, with the seconds that it took.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from langextract.core.data import Extraction
from langextract.resolver import WordAligner


def main(file: Path) -> None:
    """Align all, and say where."""
    found = []
    tasks = json.loads(file.read_bytes())
    began = time.perf_counter()
    for text, words in tasks:
        asked = [Extraction("span", each) for each in words]
        aligned = WordAligner().align_extractions([asked], text, enable_fuzzy_alignment=False)
        spans = [
            [each.char_interval.start_pos, each.char_interval.end_pos] if each.char_interval else None
            for group in aligned
            for each in group
        ]
        found.append(spans)
    json.dump({"spans": found, "seconds": time.perf_counter() - began}, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
