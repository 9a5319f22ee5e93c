"""SB5xx: labels and other values, and what the scheme allows together."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from stancebank.checks.registry import Hit, part_rule, table_rule
from stancebank.checks.tables import Table
from stancebank.corpus import Part
from stancebank.faults import excerpt

# TIMEX3 values (TimeML 1.2.1, values after ISO 8601): calendar points, weeks, seasons and
# parts of years, decades and centuries; durations; and the three references without a date.
_TIMEX3 = (
    r"^(?:PAST_REF|PRESENT_REF|FUTURE_REF"
    r"|P(?:[0-9X]+(?:\.[0-9]+)?(?:Y|M|WE|W|DE|D|CE|Q))+(?:T(?:[0-9X]+[HMS])+)?|PT(?:[0-9X]+[HMS])+"
    r"|[0-9X]{2}|[0-9X]{3}"
    r"|[0-9X]{4}(?:-(?:SP|SU|FA|WI|H[12X]|Q[1-4X]))?"
    r"|[0-9X]{4}-W(?:0[1-9]|[1-4][0-9]|5[0-3]|XX)(?:-(?:[1-7]|WE))?"
    r"|[0-9X]{4}-(?:0[1-9]|1[0-2]|XX)"
    r"|[0-9X]{4}-(?:0[1-9]|1[0-2]|XX)-(?:0[1-9]|[12][0-9]|3[01]|XX)"
    r"(?:T(?:MO|MI|AF|EV|NI|DT|(?:[01][0-9]|2[0-4])(?::[0-5][0-9]){0,2}))?)$"
)
_FULL_DATE = r"^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T.*)?$"


@table_rule("SB501", "label-unknown")
def label_unknown(table: Table) -> Iterator[Hit]:
    """A label is not in the scheme.

    Why: a misspelt label makes a class of its own.
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
    Fix: correct the date.
    """
    dates = part["documents"].with_row_index("row").filter(pl.col("date").str.contains(r"^\d{4}-\d{2}-\d{2}$"))
    for row in dates.filter(pl.col("date").str.to_date("%Y-%m-%d", strict=False).is_null()).iter_rows(named=True):
        yield Hit("documents", row["row"], ("date",), f"{row['date']} is no day of the calendar", "correct the date")


@part_rule("SB504", "timex-malformed")
def timex_malformed(part: Part) -> Iterator[Hit]:
    """The value of a DATE is not a TIMEX3 value, or is no day of the calendar.

    Why: 2025-W07, P3Y or PAST_REF can be compared and sorted; "last week" cannot.
    Fix: write the value worked out from the document's date, in the form of TimeML's TIMEX3.
    """
    day = pl.col("value").str.extract(_FULL_DATE)
    malformed = ~pl.col("value").str.contains(_TIMEX3)
    impossible = day.is_not_null() & day.str.to_date("%Y-%m-%d", strict=False).is_null()
    rows = part["entities"].with_row_index("row").filter(pl.col("type") == "DATE", malformed | impossible)
    for row in rows.iter_rows(named=True):
        what = (
            f"value is {excerpt(row['value'])}, expected a TIMEX3 value such as 2025-02-16, 2025-W07, P3Y or PAST_REF"
        )
        yield Hit("entities", row["row"], ("value",), what, "work the value out from the document's date")


@part_rule("SB505", "value-and-type-disagree")
def value_and_type_disagree(part: Part) -> Iterator[Hit]:
    """A DATE has no value, or an entity of another type has one.

    Why: value holds the time of a DATE, and nothing else.
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
    Fix: correct the head, the type of its entity or the relation type.
    """
    yield from _wrong_ends(part, "head", "domain")


@part_rule("SB507", "relation-range")
def relation_range(part: Part) -> Iterator[Hit]:
    """The tail of a relation is of a type that the relation type does not take.

    Why: the scheme says what may stand at its tail; most often head and tail were swapped.
    Fix: correct the tail, the type of its entity or the relation type.
    """
    yield from _wrong_ends(part, "tail", "range")


def _wrong_ends(part: Part, end: str, side: str) -> Iterator[Hit]:
    scheme = part.corpus.scheme
    assert scheme is not None
    pairs = [(relation.name, name) for relation in scheme.relation_types for name in getattr(relation, side)]
    allowed = pl.DataFrame(pairs, schema={"type": pl.String, "entity_type": pl.String}, orient="row")
    known = scheme.names("relation_types")
    types = scheme.names("entity_types")
    mentions = part.entity_mentions.select("doc_id", "mention_id", "start", "end", "entity_type", "entity_name")
    relations = part["relations"].with_row_index("row").filter(pl.col("type").is_in(known))
    ends = relations.join(mentions, left_on=["doc_id", end], right_on=["doc_id", "mention_id"], maintain_order="left")
    wrong = ends.filter(pl.col("entity_type").is_in(types)).join(allowed, on=["type", "entity_type"], how="anti")
    for row in wrong.sort("row").iter_rows(named=True):
        expected = " or ".join(name for relation, name in pairs if relation == row["type"])
        what = (
            f"the {end} of {row['type']} is {row['entity_type']} ({excerpt(row['entity_name'])}), expected {expected}"
        )
        fix = f"correct the {end}, the type of its entity or the relation type"
        yield Hit("relations", row["row"], (end,), what, fix, (row["doc_id"], row["start"], row["end"]))
