"""SB5xx: labels and other values, and what the scheme allows together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from stancebank.checks.registry import Hit, part_rule, table_rule
from stancebank.corpus import Part
from stancebank.faults import excerpt
from stancebank.layers import DATE
from stancebank.rows import rows_at
from stancebank.seeds import is_day
from stancebank.timex import is_timex3

if TYPE_CHECKING:
    from stancebank.checks.tables import Table


@table_rule("SB501", "label-unknown")
def label_unknown(table: Table) -> Iterator[Hit]:
    """A label is not in the scheme.

    Why: a misspelt label makes a class of its own.
    Example: corpus/2026-03/mentions.jsonl:12:116 level is "NAME"; the scheme has NAM, NOM, PRO
    Fix: write one of the labels that are named, or add the label to schemas/scheme.yaml.
    """
    for row, path, column, value in table.failures("label"):
        assert column.vocabulary is not None
        known = ", ".join(table.scheme.names(column.vocabulary))
        what = f"{column.name} is {excerpt(value)}; the scheme has {known}"
        yield Hit(table.layer.name, row, path, what, "write one of the scheme's labels")


@table_rule("SB502", "value-malformed")
def value_malformed(table: Table) -> Iterator[Hit]:
    """A value does not have the form of its column.

    Ids, digests, dates, languages and Wikidata items have patterns; offsets are not
    negative; texts and names are not empty.

    Why: what joins, links or sorts by it would fail or go astray.
    Example: corpus/2026-03/entities.jsonl:2:89 wikidata is "q42", expected a whole match of Q[1-9][0-9]{0,11}
    Fix: write the value in the form that is named.
    """
    name = table.layer.name
    for row, path, column, value in table.failures("pattern"):
        what = f"{column.name} is {excerpt(value)}, expected a whole match of {column.pattern}"
        yield Hit(name, row, path, what, f"write the value in that form: {column.meaning}")
    for row, path, column, value in table.failures("minimum"):
        what = f"{column.name} is {value}, expected {column.minimum} or more"
        yield Hit(name, row, path, what, "correct the number")
    for row, path, column, _ in table.failures("shortest"):
        yield Hit(name, row, path, f"{column.name} is empty", f"write it: {column.meaning}")


@part_rule("SB503", "date-impossible")
def date_impossible(part: Part) -> Iterator[Hit]:
    """A document's date is no day of the calendar.

    Why: the values of time expressions are worked out from it.
    Example: corpus/2026-03/documents.jsonl:1:32 2026-02-29 is no day of the calendar
    Fix: correct the date.
    """
    dates = part["documents"].with_row_index("row").filter(pl.col("date").str.contains(f"^{DATE}$"))
    impossible = [date for date in dates["date"].unique() if not is_day(date)]
    for row in dates.filter(pl.col("date").is_in(impossible)).iter_rows(named=True):
        yield Hit("documents", row["row"], ("date",), f"{row['date']} is no day of the calendar", "correct the date")


@part_rule("SB504", "timex-malformed")
def timex_malformed(part: Part) -> Iterator[Hit]:
    """The value of a DATE is not a TIMEX3 value, or is no day or week of the calendar.

    Why: 2025-W07, P3Y or PAST_REF can be compared and sorted; "last week" cannot.
    Example: corpus/2026-03/entities.jsonl:3:97 value is "2026-03-03 (Tuesday)", expected a TIMEX3 value such as
    2025-02-16, 2025-W07, P3Y or PAST_REF
    Fix: write the value worked out from the document's date, in the form of TimeML's TIMEX3.
    """
    values = part["entities"].filter(pl.col("type") == "DATE")["value"].drop_nulls().unique()
    malformed = [value for value in values if not is_timex3(value)]
    rows = part["entities"].with_row_index("row").filter(pl.col("type") == "DATE", pl.col("value").is_in(malformed))
    for row in rows.iter_rows(named=True):
        what = (
            f"value is {excerpt(row['value'])}, expected a TIMEX3 value such as 2025-02-16, 2025-W07, P3Y or PAST_REF"
        )
        yield Hit("entities", row["row"], ("value",), what, "work the value out from the document's date")


@part_rule("SB505", "value-and-type-disagree")
def value_and_type_disagree(part: Part) -> Iterator[Hit]:
    """A DATE has no value, or an entity of another type has one.

    Why: value holds the time of a DATE, and nothing else.
    Example: corpus/2026-03/entities.jsonl:3:97 a DATE needs a value
    Fix: add the value, or set it to null.
    """
    is_date = pl.col("type") == "DATE"
    rows = part["entities"].with_row_index("row").filter(is_date == pl.col("value").is_null())
    for row in rows.iter_rows(named=True):
        date = row["type"] == "DATE"
        what = "a DATE needs a value" if date else f"only a DATE has a value; this is {excerpt(row['type'])}"
        fix = "add the TIMEX3 value" if date else "set value to null"
        yield Hit("entities", row["row"], ("value",), what, fix)


@part_rule("SB506", "relation-domain")
def relation_domain(part: Part) -> Iterator[Hit]:
    """The head of a relation is of a type that the relation type does not take.

    Why: the scheme says what may stand at its head; most often head and tail were swapped.
    Example: corpus/2026-03/relations.jsonl:5:72 the head of allied_with is PERSON ("Milo J. Dănescu"), expected GPE or
    ORG
    Fix: correct the head, the type of its entity or the relation type.
    """
    yield from _wrong_ends(part, "head", "domain")


@part_rule("SB507", "relation-range")
def relation_range(part: Part) -> Iterator[Hit]:
    """The tail of a relation is of a type that the relation type does not take.

    Why: the scheme says what may stand at its tail; most often head and tail were swapped.
    Example: corpus/2026-03/relations.jsonl:6:89 the tail of participates_in is GPE ("Strelsau"), expected EVENT
    Fix: correct the tail, the type of its entity or the relation type.
    """
    yield from _wrong_ends(part, "tail", "range")


def _wrong_ends(part: Part, end: str, side: str) -> Iterator[Hit]:
    scheme = part.corpus.scheme
    assert scheme is not None
    relations, types = scheme.names("relation_types"), scheme.names("entity_types")
    takes = {relation.name: getattr(relation, side) for relation in scheme.relation_types}
    # Labels that the scheme does not have are SB501's: here they may stand together with any.
    fits = np.ones((len(relations) + 1, len(types) + 1), bool)
    fits[:-1, :-1] = [[name in takes[relation] for name in types] for relation in relations]
    ends = part.references["relations", end].drop_nulls()
    entity = part.mentioned.gather(ends["other"])
    ends = ends.with_columns(entity=entity).drop_nulls()
    relation = _indices(part["relations"]["type"], relations)[ends["row"].to_numpy()]
    kind = _indices(part["entities"]["type"], types)[ends["entity"].to_numpy()]
    wrong = ends.filter(~fits[relation, kind])
    if wrong.is_empty():
        return
    relation_types = rows_at(part["relations"].select("doc_id", "type"), wrong["row"])
    mentions = rows_at(part["mentions"].select("start", "end"), wrong["other"])
    entities = rows_at(part["entities"].select(entity_type="type", entity_name="name"), wrong["entity"])
    for row in pl.concat([wrong, relation_types, mentions, entities], how="horizontal").iter_rows(named=True):
        expected = " or ".join(takes[row["type"]])
        what = (
            f"the {end} of {row['type']} is {row['entity_type']} ({excerpt(row['entity_name'])}), expected {expected}"
        )
        fix = f"correct the {end}, the type of its entity or the relation type"
        yield Hit("relations", row["row"], (end,), what, fix, (row["doc_id"], row["start"], row["end"]))


def _indices(labels: pl.Series, known: Sequence[str]) -> npt.NDArray[np.int64]:
    """The index of each label among those known, -1 where it is none of them."""
    return labels.cast(pl.Enum(known), strict=False).to_physical().cast(pl.Int64).fill_null(-1).to_numpy()
