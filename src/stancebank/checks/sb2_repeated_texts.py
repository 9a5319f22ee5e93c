"""SB2xx: texts, their digests, and the seeds they were made from.

This module has the rules on texts that occur twice; sb2_texts.py has those on single texts.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from stancebank.checks.registry import Checked, corpus_rule
from stancebank.corpus.corpus import Corpus
from stancebank.faults import Fault, excerpt
from stancebank.schema.paths import layer_file
from stancebank.text.resemblance import resemblance

_LEAST = 0.5
"""How alike texts must be to be reported, from 0 to 1: updates of one report are, two reports of one event are not."""

_KEYS = 8
"""Runs of a text by which others like it are looked up; two that share half of theirs miss each other 1 time in 256."""


@corpus_rule("SB211", "text-repeated", "warning")
def text_repeated(_: Corpus, checked: Checked) -> Iterator[Fault]:
    """Two documents have the same text.

    Why: it counts twice in every statistic, and can be in both training and test data.
    Example: corpus/2026-04/documents.jsonl:1 the document "river-tolls" has the same text
    Fix: remove one of the two documents, with its seed.
    """
    keys = checked.keys.with_columns(first=pl.col("doc_id").first().over("text_sha256"))
    for row in keys.filter(pl.col("doc_id") != pl.col("first")).iter_rows(named=True):
        what = f"the document {excerpt(row['first'])} has the same text"
        fix = "remove one of the two documents, with its seed"
        file = layer_file(row["part"], "documents")
        yield Fault("corpus", file, what, fix, row["line"], document=row["doc_id"], record=row["doc_id"])


@corpus_rule("SB212", "text-nearly-repeated", "warning")
def text_nearly_repeated(corpus: Corpus, checked: Checked) -> Iterator[Fault]:
    """A document has nearly the same text as a document of another split.

    Case, blanks and punctuation do not count. Texts are alike if half of their runs of twelve letters are
    the same, as in a report and its update. The share is an estimate. Inside a split nothing is reported.

    Why: a model that was trained on the one is tested on what it knows.
    Example: corpus/2026-04/documents.jsonl:1 the text is like that of "river-tolls" (corpus/2026-03/documents.jsonl:1)
    to about 86 %; that one is in the split train, this one in test
    Fix: move one of the two to a part of the other's split, or remove it with its seed.
    """
    documents = _sketched(corpus, checked)
    best: dict[int, tuple[float, int]] = {}
    for earlier, later in _candidates(documents).iter_rows():
        one, other = (documents.row(row, named=True) for row in (earlier, later))
        alike = resemblance(one, other)
        if alike >= _LEAST and one["text_sha256"] != other["text_sha256"] and one["doc_id"] != other["doc_id"]:
            best[later] = max(best.get(later, (0.0, 0)), (alike, -earlier))
    for later, (alike, earlier) in sorted(best.items()):
        one, other = (documents.row(row, named=True) for row in (-earlier, later))
        where = f"{layer_file(one['part'], 'documents')}:{one['line']}"
        what = f"the text is like that of {excerpt(one['doc_id'])} ({where}) to about {100 * alike:.0f} %; "
        what += f"that one is in the split {one['split']}, this one in {other['split']}"
        fix = "move one of the two to a part of the other's split, or remove it with its seed"
        file, doc_id = layer_file(other["part"], "documents"), other["doc_id"]
        yield Fault("corpus", file, what, fix, other["line"], document=doc_id, record=doc_id)


def _sketched(corpus: Corpus, checked: Checked) -> pl.DataFrame:
    """The documents with a sketch whose part is in one split, in the order of the corpus.

    The columns of Checked.keys, those of the sketch, and split.
    """
    splits = {part: corpus.settings.splits_of(part) for part in checked.sketches}
    frames = [
        checked.documents[part]
        .with_row_index("line", 1)
        .hstack(sketch)
        .with_columns(part=pl.lit(part), split=pl.lit(splits[part][0]))
        for part, sketch in checked.sketches.items()
        if len(splits[part]) == 1
    ]
    return pl.concat(frames) if frames else pl.DataFrame(schema={"split": pl.String, "hashes": pl.List(pl.UInt32)})


def _candidates(documents: pl.DataFrame) -> pl.DataFrame:
    """Pairs of documents of two splits that share one of their lowest hashes: rows earlier and later.

    Of those that share one, each is paired with the first of another split and the nearest before it, not
    with all, so that many texts with one line in common make few pairs.
    """
    runs = documents.select("split", hash=pl.col("hashes").list.head(_KEYS)).with_row_index("row")
    runs = runs.explode("hash").drop_nulls("hash").sort("hash", "row")
    split, row = pl.col("split"), pl.col("row").cast(pl.Int64)
    changed = split != split.shift()
    first, second = row.first(), row.filter(split != split.first()).first()
    pairs = runs.select(
        row=row,
        first=pl.when(split == split.first()).then(second).otherwise(first).over("hash"),
        nearest=pl.when(changed).then(row.shift()).forward_fill().over("hash"),
    )
    pairs = pl.concat([pairs.select("row", other=name) for name in ("first", "nearest")]).drop_nulls()
    return (
        pairs.select(earlier=pl.min_horizontal("row", "other"), later=pl.max_horizontal("row", "other"))
        .unique()
        .sort("earlier", "later")
    )
