"""What the Hub's search and filters are told of a dataset, in the words that it has for it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stancebank.corpus.annotators import Annotators
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.statistics import Statistics
from stancebank.views.registry import View

_SIZES = ("1K", "10K", "100K", "1M", "10M", "100M", "1B")
_MADE_BY = {"person": "other", "language model": "machine-generated", "program": "machine-generated"}
"""Whether people are experts or a crowd is on no record."""


def described(corpus: Corpus, statistics: Statistics, views: Iterable[View]) -> dict[str, Any]:
    """Keys of the block at the head of a card; those of which the corpus records nothing are left out.

    language: ISO 639 codes; language_bcp47: the tags of the texts, where any says more than its code.
    """
    tags = sorted(statistics.languages)
    languages = sorted({tag.partition("-")[0].lower() for tag in tags})
    documents = statistics.records["documents"]
    found = {
        "language": languages,
        "language_bcp47": tags if tags != languages else [],
        "multilinguality": ["monolingual" if len(languages) == 1 else "multilingual"] if languages else [],
        "annotations_creators": _creators(corpus.register),
        "source_datasets": ["original"],
        "size_categories": [_size(documents)],
        "tags": list(dict.fromkeys(tag for view in views for tag in view.hub_tags)),
    }
    return {key: value for key, value in found.items() if value}


def _creators(register: Annotators) -> list[str]:
    return sorted({_MADE_BY[each.kind] for each in register.annotators})


def _size(documents: int) -> str:
    """The range of the number of documents, as the Hub writes it."""
    bounds = [1000 * 10**power for power in range(len(_SIZES))]
    over = sum(documents >= bound for bound in bounds)
    if over == 0:
        return f"n<{_SIZES[0]}"
    return f"n>{_SIZES[-1]}" if over == len(_SIZES) else f"{_SIZES[over - 1]}<n<{_SIZES[over]}"
