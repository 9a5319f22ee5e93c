"""SB6xx: the structure of a corpus, and records that repeat or contradict each other.

This module has the rules on how far documents are; sb6_structure.py has the others.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import polars as pl

from stancebank.checks.registry import Checked, Hit, corpus_rule, part_rule
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.part import Part
from stancebank.corpus.seeds import is_day
from stancebank.corpus.states import ABSENT, states
from stancebank.corpus.unplaced import unplaced_documents
from stancebank.faults import Fault, counted, excerpt
from stancebank.schema.layers import SKIPPED
from stancebank.schema.paths import ANNOTATORS_FILE, UNPLACED_FILE


@part_rule("SB611", "records-not-begun", "warning", bookkeeping=True)
def records_not_begun(part: Part) -> Iterator[Hit]:
    """A document has records of a layer that its progress does not list.

    Reported once for each document, at the first record of the first such layer; of passes too.

    Why: views, figures and agreement leave out a layer that is not done; the records would be missing from all.
    Example: corpus/2026-03/stances.jsonl:1:1 "river-tolls" has records of stances, which progress does not list
    Fix: record how far the layer is, with stancebank done or a line in progress.jsonl, or remove the records.
    """
    absent = states(part).filter(pl.col("state") == ABSENT).select("doc_id", "layer")
    if absent.is_empty():
        return
    found = _with_records(part).join(absent, on=["doc_id", "layer"], how="semi", maintain_order="left")
    for document in found.group_by("doc_id", maintain_order=True).agg("layer", "row").iter_rows(named=True):
        what = (
            f"{excerpt(document['doc_id'])} has records of {', '.join(document['layer'])}, which progress does not list"
        )
        fix = f"record how far it is: stancebank done, or a line in {part.file('progress')}; or remove the records"
        yield Hit(document["layer"][0], document["row"][0], (), what, fix)


@part_rule("SB612", "skipped-with-records", "warning", bookkeeping=True)
def skipped_with_records(part: Part) -> Iterator[Hit]:
    """A layer of a document is skipped and has records.

    Why: skipped means that nobody annotates it; the records would be in the corpus and in no view.
    Example: corpus/2026-03/progress.jsonl:5:51 stances of "river-tolls" are skipped and have records
    Fix: set the state to open or done, or remove the records.
    """
    skipped = part["progress"].with_row_index("row").filter(pl.col("state") == SKIPPED)
    if skipped.is_empty():
        return
    skipped = skipped.join(_with_records(part), on=["doc_id", "layer"], how="semi", maintain_order="left")
    for row in skipped.iter_rows(named=True):
        what = f"{row['layer']} of {excerpt(row['doc_id'])} are skipped and have records"
        yield Hit("progress", row["row"], ("state",), what, "set the state to open or done, or remove the records")


@part_rule("SB613", "progress-annotator-unregistered", "warning")
def progress_annotator_unregistered(part: Part) -> Iterator[Hit]:
    """The corpus's progress names an annotator who has no entry in annotators.yaml.

    Why: who or what annotated a document decides how far it can be trusted.
    Example: corpus/2026-03/progress.jsonl:4:72 annotation/annotators.yaml has no entry for the annotator "ann"
    Fix: add an entry that states who or what it is, correct the id, or set it to null.
    """
    if part.annotator is not None:  # SB610 and SB614
        return
    known = list(part.corpus.register.by_id)
    unknown = pl.col("annotator").is_not_null() & ~pl.col("annotator").is_in(known)
    rows = part["progress"].with_row_index("row").filter(unknown)
    for row in rows.iter_rows(named=True):
        what = f"{ANNOTATORS_FILE} has no entry for the annotator {excerpt(row['annotator'])}"
        yield Hit("progress", row["row"], ("annotator",), what, "add an entry, correct the id, or set it to null")


@part_rule("SB614", "progress-of-another")
def progress_of_another(part: Part) -> Iterator[Hit]:
    """The progress in a pass names another annotator than the one whose pass it is.

    Why: a pass is one annotator's work; two people's progress in one pass makes their agreement meaningless.
    Example: annotation/passes/pass-a/2026-03/progress.jsonl:5:70 the annotator is "pass-b" in the pass of "pass-a"
    Fix: correct the annotator, or move the line and its records to the other's pass.
    """
    if part.annotator is None:
        return
    rows = part["progress"].with_row_index("row").filter(pl.col("annotator") != part.annotator)
    for row in rows.iter_rows(named=True):
        what = f"the annotator is {excerpt(row['annotator'])} in the pass of {excerpt(part.annotator)}"
        fix = "correct the annotator, or move the line and its records to the other's pass"
        yield Hit("progress", row["row"], ("annotator",), what, fix)


@part_rule("SB615", "progress-in-future", "warning", bookkeeping=True)
def progress_in_future(part: Part) -> Iterator[Hit]:
    """The date of progress is after today, by the clock of this machine in UTC.

    Why: nothing was annotated on a day that has not come.
    Example: corpus/2026-03/progress.jsonl:1:87 2999-01-01 has not come yet
    Fix: correct the date.
    """
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    # Days compare as they are written; what is no day is SB502's or SB503's.
    rows = part["progress"].with_row_index("row").filter(pl.col("date") > today)
    for row in filter(lambda row: is_day(row["date"]), rows.iter_rows(named=True)):
        yield Hit("progress", row["row"], ("date",), f"{row['date']} has not come yet", "correct the date")


@corpus_rule("SB616", "record-unplaced", "warning")
def record_unplaced(corpus: Corpus, _: Checked) -> Iterator[Fault]:
    """An update of a text, or the answer of a model, left records without a place, and nobody has settled them yet.

    Reported once for each document.

    Why: the records are in no layer any more; whoever relies on the document must know.
    Example: annotation/unplaced.jsonl:1 2 records of "river-tolls" have no place in its text
    Fix: annotate them again where the new text allows it, then remove their lines from annotation/unplaced.jsonl.
    """
    lines: dict[str | None, list[int]] = {}
    for number, doc_id in unplaced_documents(corpus.root):
        lines.setdefault(doc_id, []).append(number)
    for doc_id, numbers in lines.items():
        if doc_id is None:
            what, fix = "the line names no document", "correct the line, or remove it"
        else:
            records = counted(len(numbers), "record")
            have = "has" if len(numbers) == 1 else "have"
            what = f"{records} of {excerpt(doc_id)} {have} no place in its text"
            fix = "annotate again what the new text allows, then remove the lines"
        yield Fault("corpus", UNPLACED_FILE, what, fix, numbers[0], document=doc_id)


def _with_records(part: Part) -> pl.DataFrame:
    """Each annotated layer of each document that has records: doc_id, layer and row, the first of them."""
    none = pl.DataFrame(schema={"doc_id": pl.String, "row": pl.UInt32, "layer": pl.String})
    layers = ((layer, part[layer].with_row_index("row")) for layer in part.layers.annotated)
    found = (rows.select("doc_id", "row", layer=pl.lit(layer)) for layer, rows in layers)
    return pl.concat([none, *found]).unique(["doc_id", "layer"], keep="first", maintain_order=True)
