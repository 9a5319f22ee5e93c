"""The tokens of all texts by spaCy's blank tokenisers alone: ``python -m rivals.with_spacy ROOT``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import orjson
import spacy


def texts(root: Path) -> Iterator[tuple[str, str]]:
    """Language and text of each document."""
    for file in sorted((root / "corpus").glob("*/documents.jsonl")):
        with file.open("rb") as lines:
            for line in lines:
                document = orjson.loads(line)
                yield document["language"], document["text"]


def main(root: Path) -> None:
    """Count the tokens of all texts."""
    tokenizers: dict[str, Any] = {}
    count = 0
    for language, found in groupby(texts(root), itemgetter(0)):
        if language not in tokenizers:
            tokenizers[language] = spacy.blank(language).tokenizer
        count += sum(map(len, tokenizers[language].pipe(text for _, text in found)))
    print(f"{count:,} tokens")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
