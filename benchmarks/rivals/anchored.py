"""Where StanceBank places words in a text, lists in its order: ``python -m rivals.anchored FILE``.

The file is that of with_langextract.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from stancebank.text.anchoring import AnchorText
from stancebank.text.anchoring_in_order import find_in_order
from stancebank.text.quoted_places import Placed, Quotation


def main(file: Path) -> None:
    """Place all, and say how many have a place."""
    placed = 0
    for text, words in json.loads(file.read_bytes()):
        results = find_in_order(AnchorText(text), [(Quotation(each), None) for each in words], whole_words=True)
        placed += sum(isinstance(result, Placed) for result in results)
    print(f"{placed:,} places")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
