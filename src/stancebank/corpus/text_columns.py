"""Which columns of a table are which fields of a text, by their usual names or as they are given."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from stancebank.corpus.text_tables import Flaw, TextTable
from stancebank.faults import StanceBankError, did_you_mean, excerpt, one_of

USUAL_NAMES: Mapping[str, tuple[str, ...]] = {
    "text": ("text", "body", "content", "article", "full_text", "fulltext"),
    "file": ("file", "filename", "file_name", "path"),
    "id": ("id", "doc_id", "document_id"),
    "date": ("date", "published", "publication_date", "pubdate", "day"),
    "language": ("language", "lang"),
    "title": ("title", "headline"),
    "url": ("url", "link"),
    "outlet": ("outlet", "publisher", "newspaper", "medium"),
    "authors": ("authors", "author"),
    "part": ("part",),
    "rights": ("rights",),
    "origin": ("origin",),
}
"""For each field of a text the names of columns that are taken for it; case, blanks and dashes do not count."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table that are taken, by field, and the names of those that are not."""

    taken: Mapping[str, str]
    not_taken: tuple[str, ...]


def named_columns(assignments: Sequence[str], own: Collection[str] = ()) -> dict[str, str]:
    """The columns by field of assignments such as title=Headline. StanceBankError for one that is none.

    own: names of further fields, those that a scheme declares for documents.
    """
    fields = (*USUAL_NAMES, *own)
    named: dict[str, str] = {}
    for assignment in assignments:
        field, equals, column = assignment.partition("=")
        if not equals or not column or field not in fields:
            hint = did_you_mean(field, fields) if field not in fields else ""
            what = f"{excerpt(assignment)} does not name a column for a field{hint}"
            raise StanceBankError(what, f"write FIELD=COLUMN; fields: {', '.join(fields)}")
        if field in named:
            raise StanceBankError(f"two columns are given for the field {field}", "give one")
        named[field] = column
    return named


def understood(
    table: TextTable, named: Mapping[str, str], place: str, own: Collection[str] = ()
) -> tuple[Columns, list[Flaw]]:
    """Which columns of a table are which fields; what is wrong with that choice.

    named: columns that were given by field; they come before usual names. own: further fields; a column
    with the name of one is that field.
    """
    flaws = list(_unknown(table, named, place))
    taken = {field: column for field, column in named.items() if column in table.columns}
    fields: Mapping[str, tuple[str, ...]] = {**{name: (name,) for name in own}, **USUAL_NAMES}
    for field, names in fields.items():
        if field in named:
            continue
        likely = [column for column in table.columns if _plain(column) in names and column not in taken.values()]
        if len(likely) > 1:
            what = f"the columns {one_of([excerpt(each) for each in likely])} could all be the field {field}"
            flaws.append(Flaw(place, what, f"choose one: --column {field}=COLUMN"))
        elif likely:
            taken[field] = likely[0]
    if table.columns and not {"text", "file"} & taken.keys():
        what = f"no column has the texts; there are {one_of([excerpt(each) for each in table.columns])}"
        flaws.append(Flaw(place, what, "name it: --column text=COLUMN, or --column file=COLUMN for names of files"))
    return Columns(taken, tuple(each for each in table.columns if each and each not in taken.values())), flaws


def _unknown(table: TextTable, named: Mapping[str, str], place: str) -> Iterator[Flaw]:
    for field, column in named.items():
        if table.columns and column not in table.columns:
            what = f"there is no column {excerpt(column)} for the field {field}{did_you_mean(column, table.columns)}"
            yield Flaw(place, what, f"name one of {one_of([excerpt(each) for each in table.columns])}")


def _plain(column: str) -> str:
    return re.sub(r"[\s-]+", "_", column.strip().lower())
