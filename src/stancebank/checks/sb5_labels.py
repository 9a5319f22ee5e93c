"""SB5xx: labels and other values, and the combinations that the scheme allows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from stancebank.checks.registry import Checked, Hit, corpus_rule, part_rule, table_rule
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.part import Part
from stancebank.corpus.seeds import is_day
from stancebank.corpus.states import done_documents, of_done
from stancebank.faults import Fault, counted, did_you_mean, excerpt, one_of
from stancebank.schema.column import Column
from stancebank.schema.frames import rows_at
from stancebank.schema.layers import CLASSIFICATIONS, DATE, DONE
from stancebank.schema.paths import SCHEME_FILE
from stancebank.storage.json_positions import json_path
from stancebank.storage.yaml_files import line_and_column
from stancebank.text.timex import is_timex3

if TYPE_CHECKING:
    from stancebank.checks.tables import Table


@table_rule("SB501", "label-unknown")
def label_unknown(table: Table) -> Iterator[Hit]:
    """A label is not in the scheme.

    Why: a misspelt label becomes a separate class.
    Example: corpus/2026-03/mentions.jsonl:12:116 level is "NAME"; the scheme has NAM, NOM, PRO; did you mean "NAM"?
    Fix: use one of the scheme's labels, or add the label to schemas/scheme.yaml.
    """
    for row, path, column, value in table.failures("label"):
        assert column.vocabulary is not None
        known = table.scheme.names(column.vocabulary)
        what = f"{column.name} is {excerpt(value)}; the scheme has {one_of(known)}{did_you_mean(value, known)}"
        yield Hit(table.layer.name, row, path, what, "write one of the scheme's labels")


@table_rule("SB502", "value-malformed")
def value_malformed(table: Table) -> Iterator[Hit]:
    """A value does not match the pattern of its column.

    Ids, digests, dates, languages and Wikidata items have patterns; offsets are not
    negative; texts and names are not empty.

    Why: joining, linking or sorting by it would fail or give wrong results.
    Example: corpus/2026-03/entities.jsonl:2:89 wikidata is "q42", expected a whole match of Q[1-9][0-9]{0,11}
    Fix: write the value so that it matches the pattern.
    """
    name = table.layer.name
    for row, path, column, value in table.failures("pattern"):
        what = f"{column.name} is {excerpt(value)}, expected {_expected(column)}"
        yield Hit(name, row, path, what, f"write the value in that form: {column.meaning}")
    for row, path, column, value in table.failures("minimum"):
        what = f"{column.name} is {value}, expected {column.minimum} or more"
        yield Hit(name, row, path, what, "correct the number")
    for row, path, column, _ in table.failures("shortest"):
        yield Hit(name, row, path, f"{column.name} is empty", f"write it: {column.meaning}")


@part_rule("SB503", "date-impossible")
def date_impossible(part: Part) -> Iterator[Hit]:
    """The date of a document or of progress is not a calendar date.

    Why: the values of time expressions are derived from a document's date, and days that are none cannot be compared.
    Example: corpus/2026-03/documents.jsonl:1:32 2026-02-29 is not a calendar date
    Fix: correct the date.
    """
    for layer in ("documents", "progress"):
        dates = part[layer].with_row_index("row").filter(pl.col("date").str.contains(f"^{DATE}$"))
        impossible = [date for date in dates["date"].unique() if not is_day(date)]
        for row in dates.filter(pl.col("date").is_in(impossible)).iter_rows(named=True):
            yield Hit(layer, row["row"], ("date",), f"{row['date']} is not a calendar date", "correct the date")


@part_rule("SB504", "timex-malformed")
def timex_malformed(part: Part) -> Iterator[Hit]:
    """The value of a time is not a TIMEX3 value, or is not a calendar day or week.

    Why: 2025-W07, P3Y or PAST_REF can be compared and sorted; "last week" cannot.
    Example: corpus/2026-03/entities.jsonl:3:97 value is "2026-03-03 (Tuesday)", expected a TIMEX3 value such as
    2025-02-16, 2025-W07, P3Y or PAST_REF
    Fix: derive the value from the document's date, in the form of TimeML's TIMEX3.
    """
    timed = pl.col("type").is_in(part.scheme.timed_types)
    values = part["entities"].filter(timed)["value"].drop_nulls().unique()
    malformed = [value for value in values if not is_timex3(value)]
    rows = part["entities"].with_row_index("row").filter(timed, pl.col("value").is_in(malformed))
    for row in rows.iter_rows(named=True):
        what = (
            f"value is {excerpt(row['value'])}, expected a TIMEX3 value such as 2025-02-16, 2025-W07, P3Y or PAST_REF"
        )
        yield Hit("entities", row["row"], ("value",), what, "derive the value from the document's date")


@part_rule("SB505", "value-and-type-disagree")
def value_and_type_disagree(part: Part) -> Iterator[Hit]:
    """An entity whose type has times has no value, or an entity of another type has one.

    A value may be missing as long as the entities of the document are not done.

    Why: value is only for the time of an entity that denotes a time.
    Example: corpus/2026-03/entities.jsonl:3:97 a DATE needs a value
    Fix: add the value, or set it to null.
    """
    timed = part.scheme.timed_types
    rows = part["entities"].with_row_index("row")
    done = pl.col("doc_id").is_in(done_documents(part, ["entities"]).implode())
    wrong = pl.when(pl.col("type").is_in(timed)).then(pl.col("value").is_null() & done)
    for row in rows.filter(wrong.otherwise(pl.col("value").is_not_null() & pl.col("type").is_not_null())).iter_rows(
        named=True
    ):
        if row["type"] in timed:
            what, fix = f"a {row['type']} needs a value", "add the TIMEX3 value"
        else:
            having = f"only a {' or '.join(timed)} has" if timed else "no type of the scheme has"
            what, fix = f"{having} a value; this is {excerpt(row['type'])}", "set value to null"
        yield Hit("entities", row["row"], ("value",), what, fix)


@part_rule("SB506", "relation-domain")
def relation_domain(part: Part) -> Iterator[Hit]:
    """The head of a relation has a type that the relation type does not allow.

    Why: the scheme lists the types allowed at its head; usually head and tail were swapped.
    Example: corpus/2026-03/relations.jsonl:5:72 the head of allied_with is PERSON ("Milo J. Dănescu"), expected GPE or
    ORG
    Fix: correct the head, the type of its entity or the relation type.
    """
    yield from _wrong_ends(part, "head", "domain")


@part_rule("SB507", "relation-range")
def relation_range(part: Part) -> Iterator[Hit]:
    """The tail of a relation has a type that the relation type does not allow.

    Why: the scheme lists the types allowed at its tail; usually head and tail were swapped.
    Example: corpus/2026-03/relations.jsonl:6:89 the tail of participates_in is GPE ("Strelsau"), expected EVENT
    Fix: correct the tail, the type of its entity or the relation type.
    """
    yield from _wrong_ends(part, "tail", "range")


@part_rule("SB508", "decision-missing", "warning")
def decision_missing(part: Part) -> Iterator[Hit]:
    """A layer of a document is done, and something in it that the scheme requires is undecided.

    Undecided is a null where an annotator decides. The list required in schemas/scheme.yaml names the columns; one of
    the layer documents is required of every document, and one of classifications of each that is done with these.

    Why: views and figures leave out what is undecided, although the layer counts as complete.
    Example: corpus/2026-03/mentions.jsonl:12:116 level is undecided, and mentions of "river-tolls" are done
    Fix: decide it, or set the layer to open in progress.
    """
    for layer in part.layers.parts.values():
        required = part.scheme.requires(layer.name)
        if not required:
            continue
        rows = part[layer.name].with_row_index("row")
        if layer.annotated:
            rows = of_done(part, rows, [layer.name])
        for row in rows.filter(pl.any_horizontal(pl.col(*required).is_null())).iter_rows(named=True):
            for column in required:
                if row[column] is None:
                    what, fix = f"{column} is undecided, and the scheme requires it", "decide it"
                    if layer.annotated:
                        what = f"{column} is undecided, and {layer.name} of {excerpt(row['doc_id'])} are done"
                        fix = "decide it, or set the layer to open"
                    yield Hit(layer.name, row["row"], (column,), what, fix)
    yield from _not_classified(part)


def _not_classified(part: Part) -> Iterator[Hit]:
    """The documents that are done without the classification that the scheme requires."""
    name = CLASSIFICATIONS.name
    required = part.scheme.requires(name)
    if required:
        done = part["progress"].with_row_index("row").filter(layer=name, state=DONE)
        for row in done.join(part[name], on="doc_id", how="anti", maintain_order="left").iter_rows(named=True):
            what = f"{' and '.join(required)} of {excerpt(row['doc_id'])} is undecided, and its {name} are done"
            yield Hit("progress", row["row"], ("state",), what, "decide it, or set the layer to open")


@corpus_rule("SB509", "label-undefined", "warning")
def label_undefined(corpus: Corpus, _: Checked) -> Iterator[Fault]:
    """A label of the scheme has no definition. Reported once for each list, at the first such label.

    Why: two annotators cannot be expected to use a label alike, nor readers to know what it means.
    Example: schemas/scheme.yaml:17:12 2 of 5 labels in entity_types have no definition: ORG, GPE
    Fix: write a definition of one line behind the name of each label.
    """
    for vocabulary, names in corpus.scheme.undefined.items():
        known = corpus.scheme.names(vocabulary)
        path = (*corpus.scheme.location(vocabulary), known.index(names[0]), "name")
        line, column = line_and_column(corpus.root, SCHEME_FILE, path)
        bare = f"{'has' if len(names) == 1 else 'have'} no definition: {one_of(names, 10)}"
        what = f"{len(names):,} of {counted(len(known), 'label')} in {vocabulary} {bare}"
        fix = "write a definition of one line behind the name of each"
        yield Fault("corpus", SCHEME_FILE, what, fix, line, column, json_path(path))


def _expected(column: Column) -> str:
    """What the values of a column with a pattern are, where the pattern lists them by these words."""
    assert column.pattern is not None
    words = column.pattern.split("|")
    if all(map(re.compile("[a-z]+").fullmatch, words)):
        return f"one of {', '.join(words)}"
    return f"a whole match of {column.pattern}"


def _wrong_ends(part: Part, end: str, side: str) -> Iterator[Hit]:
    scheme = part.corpus.scheme
    if "relations" not in scheme.layers:
        return
    relations, types = scheme.names("relation_types"), scheme.names("entity_types")
    takes = {relation.name: getattr(relation, side) or types for relation in scheme.relation_types}
    # Labels that the scheme does not have are SB501's: here they may be combined with any.
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
