"""Long lists over several pages, none of which is too large."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import Any, TypeVar

from stancebank.pages.site.page_names import numbered
from stancebank.pages.site.templating import write_page

T = TypeVar("T")
ROWS = 300
"""Rows of a list on one page."""
LONGEST = 500
"""Code points of a quotation in a list; so a page of the longest is far from the largest."""


def clipped(words: str) -> str:
    """A quotation for a list: of a long one the beginning."""
    return words if len(words) <= LONGEST else f"{words[:LONGEST]}..."


def write_list(
    folder: Path, page: str, template: str, common: Mapping[str, Any], rows: Iterable[T], count: int, **values: object
) -> None:
    """Write a list as one page or several, each with the number of pages; one page where there is no row."""
    pages = max(1, -(-count // ROWS))
    for number, some in enumerate(chain(_in_pages(rows), [()] if not count else []), 1):
        names = {"number": number, "pages": pages, "first": page}
        before, after = numbered(page, number - 1) if number > 1 else "", numbered(page, number + 1)
        paging = names | {"before": before, "after": after if number < pages else ""}
        write_page(folder, numbered(page, number), template, common, rows=some, paging=paging, count=count, **values)


def _in_pages(rows: Iterable[T]) -> Iterator[tuple[T, ...]]:
    left = iter(rows)
    while some := tuple(islice(left, ROWS)):
        yield some
