"""SB6xx: the structure of a corpus, and records that repeat or contradict each other.

This module has the rules on parts and records; sb6_progress.py has those on how far documents are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from stancebank.checks.registry import Checked, Hit, corpus_rule, part_rule, table_rule
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.part import Part
from stancebank.faults import Fault, excerpt, printable
from stancebank.schema.frames import comes_before, natural_order, repeated_rows, row_order, rows_at
from stancebank.schema.layers import ID, Layer
from stancebank.schema.paths import ANNOTATORS_FILE, CORPUS, CORPUS_FILE, PASSES, layer_file, part_folder
from stancebank.storage.yaml_files import line_and_column

if TYPE_CHECKING:
    from stancebank.checks.tables import Table


@corpus_rule("SB601", "corpus-empty")
def corpus_empty(corpus: Corpus, checked: Checked) -> Iterator[Fault]:
    """The corpus has no part, or a part has no document.

    Why: an empty corpus builds an empty dataset, and usually means that files are missing.
    Example: corpus the corpus has no part
    Fix: add a text with stancebank add FILE, or restore the part.
    """
    if not corpus.part_names:
        yield Fault("corpus", CORPUS, "the corpus has no part", "add a text: stancebank add FILE")
    for part, documents in checked.documents.items():
        if documents.is_empty():
            what = "the part has no document"
            yield Fault("corpus", layer_file(part, "documents"), what, "add a text to it, or remove the folder")


@corpus_rule("SB602", "part-without-split")
def part_without_split(corpus: Corpus, _: Checked) -> Iterator[Fault]:
    """A part belongs to no split of corpus.yaml, or to more than one.

    Why: it would be missing from the dataset, or be in both training and test data.
    Example: corpus/corpus.yaml:8:3 the part "2026-03" belongs to no split, expected one
    Fix: change the patterns under splits so that exactly one matches it.
    """
    for part in corpus.part_names:
        splits = corpus.settings.splits_of(part)
        if len(splits) != 1:
            found = f"the splits {', '.join(splits)}" if splits else "no split"
            what = f"the part {excerpt(part)} belongs to {found}, expected one"
            line, column = line_and_column(corpus.root, CORPUS_FILE, ("splits",))
            fix = "change the patterns under splits so that exactly one matches it"
            yield Fault("corpus", CORPUS_FILE, what, fix, line, column, path="$.splits")


@table_rule("SB603", "rows-out-of-order")
def rows_out_of_order(table: Table) -> Iterator[Hit]:
    """A row is not in the order of its layer.

    Why: the order is fixed, so that a diff in git shows only real changes.
    Order: document, then start and end if the layer has them, then id in natural order (m2 before m10).
    Example: corpus/2026-03/mentions.jsonl:4:1 the row belongs before the one above it
    Fix: move the row to its place.
    """
    if _in_order(table.rows, table.layer):
        return
    keys = [key.alias(f"_{index}") for index, key in enumerate(row_order(table.layer))]
    rows = table.rows.select(pl.int_range(pl.len()).alias("row"), *keys)
    ordered = rows.sort(pl.exclude("row"), maintain_order=True)["row"]
    place = ordered.to_frame().with_row_index("place").sort("row")["place"].cast(pl.Int64)
    for row in (place.diff() < 0).arg_true():
        what = "the row belongs before the one above it"
        yield Hit(table.layer.name, row, (), what, "move the row to its place in the order")


@part_rule("SB604", "relation-duplicate")
def relation_duplicate(part: Part) -> Iterator[Hit]:
    """A sentence has two relations of one type and modality between the same two entities.

    Why: there is one record for each type, head entity, tail entity, modality and sentence of the head.
    Example: corpus/2026-03/relations.jsonl:8:39 r1 states the same relation between the same entities in this sentence
    Fix: keep the one between the nearest mentions.
    """
    relations = part["relations"].select("doc_id", "relation_id", "type", "modality")
    ends = part.relation_ends.hstack(rows_at(relations, part.relation_ends["row"])).drop_nulls(["type", "modality"])
    same = ["doc_id", "type", "head_entity", "tail_entity", "modality"]
    likely = repeated_rows(ends.drop("row"), same)
    if likely.is_empty():
        return
    heads = (
        likely.with_columns(row=ends["row"].gather(likely["row"]))
        .sort("doc_id", "head_start")
        .join_asof(
            part["sentences"].sort("doc_id", "start").select("doc_id", "sentence_id", "start"),
            left_on="head_start",
            right_on="start",
            by="doc_id",
            check_sortedness=False,
        )
    )
    key = [*same, "sentence_id"]
    repeated = heads.drop_nulls("sentence_id").sort("row").with_columns(first=pl.col("relation_id").first().over(key))
    for row in repeated.filter(pl.col("row") != pl.col("row").min().over(key)).iter_rows(named=True):
        what = f"{row['first']} states the same relation between the same entities in this sentence"
        yield Hit("relations", row["row"], ("relation_id",), what, "keep the one between the nearest mentions")


@part_rule("SB605", "relation-to-itself")
def relation_to_itself(part: Part) -> Iterator[Hit]:
    """The head and the tail of a relation are mentions of one entity.

    Why: no relation type of the scheme holds between an entity and itself.
    Example: corpus/2026-03/relations.jsonl:5:85 head and tail are both mentions of "e8"
    Fix: correct the head or the tail.
    """
    for row in part.relation_ends.filter(pl.col("head_entity") == pl.col("tail_entity")).iter_rows(named=True):
        what = f"head and tail are both mentions of {excerpt(row['head_entity'])}"
        yield Hit("relations", row["row"], ("tail",), what, "correct the head or the tail")


@part_rule("SB606", "symmetric-relation-reversed")
def symmetric_relation_reversed(part: Part) -> Iterator[Hit]:
    """The head of a symmetric relation comes after its tail.

    Why: a relation that holds both ways is stored once, from the earlier mention.
    Example: corpus/2026-03/relations.jsonl:5:72 the head of allied_with comes after its tail
    Fix: swap head and tail.
    """
    scheme = part.corpus.scheme
    symmetric = [relation.name for relation in scheme.relation_types if relation.symmetric]
    behind = part.relation_ends.filter(pl.col("head_start") > pl.col("tail_start"))
    types = rows_at(part["relations"].select("type"), behind["row"])
    for row in behind.hstack(types).filter(pl.col("type").is_in(symmetric)).iter_rows(named=True):
        yield Hit(
            "relations",
            row["row"],
            ("head",),
            f"the head of {row['type']} comes after its tail",
            "swap head and tail",
        )


@part_rule("SB607", "attribution-duplicate")
def attribution_duplicate(part: Part) -> Iterator[Hit]:
    """Two attributions have the same cue and the same source.

    Why: one act of saying is one attribution, with all its content.
    Example: corpus/2026-03/attributions.jsonl:3:42 a2 has the same cue and source
    Fix: merge the two.
    """
    yield from _repeated(part, "attributions", ["doc_id", "start", "end", "source"], "has the same cue and source")


@part_rule("SB608", "stance-duplicate")
def stance_duplicate(part: Part) -> Iterator[Hit]:
    """Two stances have the same evidence, holder and target.

    Why: one expression has one label; two would count twice or contradict each other.
    Example: corpus/2026-03/stances.jsonl:2:37 s1 has the same evidence, holder and target
    Fix: keep one.
    """
    yield from _repeated(
        part, "stances", ["doc_id", "start", "end", "holder", "target"], "has the same evidence, holder and target"
    )


@corpus_rule("SB609", "part-name-malformed")
def part_name_malformed(corpus: Corpus, _: Checked) -> Iterator[Fault]:
    """The name of a part's folder has characters other than letters, digits, dot, dash and underscore.

    Why: it becomes part of file names in the dataset, which readers match as patterns; blanks and brackets break them.
    Example: corpus/2026 03 "2026 03" is not a valid name for a part, expected a whole match of
    [A-Za-z0-9][A-Za-z0-9._-]{0,127}
    Fix: rename the folder.
    """
    for part in corpus.part_names:
        if not re.fullmatch(ID, part):
            what = f"{excerpt(part)} is not a valid name for a part, expected a whole match of {ID}"
            yield Fault("corpus", part_folder(part), what, "rename the folder")


@corpus_rule("SB610", "annotator-unregistered")
def annotator_unregistered(corpus: Corpus, _: Checked) -> Iterator[Fault]:
    """annotation/passes has a pass whose annotator has no entry in annotators.yaml.

    Why: agreement between people and agreement between runs of one model mean different things.
    Example: annotation/passes/pass-a annotation/annotators.yaml has no entry for the annotator "pass-a"
    Fix: add an entry that states who or what made the pass, or remove the pass.
    """
    for annotator in corpus.annotators:
        if annotator not in corpus.register.by_id:
            what = f"{ANNOTATORS_FILE} has no entry for the annotator {excerpt(annotator)}"
            fix = "add an entry that states who or what made the pass"
            yield Fault("corpus", f"{PASSES}/{printable(annotator)}", what, fix)


@part_rule("SB618", "classification-repeated")
def classification_repeated(part: Part) -> Iterator[Hit]:
    """A document has two classifications.

    Why: a field of the document as a whole has one value; of two nobody can tell which counts.
    Example: corpus/2026-03/classifications.jsonl:2:45 c1 is a classification of the same document
    Fix: keep one record, with the value that counts in each field.
    """
    yield from _repeated(part, "classifications", ["doc_id"], "is a classification of the same document")


@corpus_rule("SB617", "names-collide")
def names_collide(corpus: Corpus, checked: Checked) -> Iterator[Fault]:
    """Two documents, seeds, parts or annotators have names that differ in case or Unicode normalisation alone.

    Why: macOS and Windows take them for one name, and a checkout there keeps one of the two files.
    Example: corpus/2026-03/documents.jsonl:2 the documents "river-tolls" and "River-Tolls" have one name on macOS and
    Windows
    Fix: rename one of the two.
    """
    fix = "rename one of the two"
    for part, other in _colliding(corpus.part_names):
        yield Fault("corpus", part_folder(part), _one_name("parts", part, other), fix)
    for annotator, other in _colliding(corpus.annotators):
        file = f"{PASSES}/{printable(annotator)}"
        yield Fault("corpus", file, _one_name("annotators", annotator, other), fix)
    keys = checked.keys
    for column, kind in (("doc_id", "documents"), ("seed", "seeds")):
        for name, other in _colliding(keys[column].unique(maintain_order=True)):
            row = keys.filter(pl.col(column) == name).row(-1, named=True)
            file, doc_id = layer_file(row["part"], "documents"), row["doc_id"]
            what = _one_name(kind, name, other)
            yield Fault("corpus", file, what, fix, row["line"], document=doc_id, record=doc_id)


def _one_name(kind: str, name: str, other: str) -> str:
    return f"the {kind} {excerpt(name)} and {excerpt(other)} have one name on macOS and Windows"


def _colliding(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each name that is one with an earlier name where file systems ignore case and normalisation, and that one."""
    first: dict[str, str] = {}
    for name in names:
        folded = name.lower() if name.isascii() else unicodedata.normalize("NFC", name.casefold())
        other = first.setdefault(folded, name)
        if other != name:
            yield name, other


def _in_order(rows: pl.DataFrame, layer: Layer) -> bool:
    """Whether no row belongs before the one above it."""
    same = np.ones(max(rows.height - 1, 0), bool)  # whether each row is at the place of the one above it
    for name in ("doc_id", "start", "end"):
        if name in layer.names:
            values, before = rows[name][1:], rows[name][:-1]
            unlike = same & (values != before).to_numpy()
            if np.any(unlike & (values < before).to_numpy()):
                return False
            same &= ~unlike
    if layer.id_column == "doc_id" or not same.any():
        return True
    # At one place ids decide. Most pairs differ in final digits alone, which compare like any text, or by their number.
    of = rows[layer.id_column]
    ids = pl.DataFrame({"this": of[1:].filter(same), "above": of[:-1].filter(same)})
    this, above = pl.col("this"), pl.col("above")
    stem, stem_above = (id.str.strip_chars_end("0123456789") for id in (this, above))
    longer = this.str.len_bytes().cast(pl.Int64) - above.str.len_bytes().cast(pl.Int64)
    ids = ids.filter(~((stem == stem_above) & (longer == 0) & (this >= above)))
    if ids.is_empty():
        return True
    higher = (longer > 0) & ~this.str.strip_prefix(stem).str.starts_with("0")
    ids = ids.filter(~((stem > stem_above) | ((stem == stem_above) & higher)))
    return ids.is_empty() or not ids.select(comes_before(natural_order("this"), natural_order("above")).any()).item()


def _repeated(part: Part, layer: str, key: list[str], same: str) -> Iterator[Hit]:
    identifier = f"{layer[:-1]}_id"
    rows = repeated_rows(part[layer], key)
    if rows.is_empty():
        return
    rows = rows.with_columns(first=pl.col(identifier).first().over(key))
    for row in rows.filter(pl.col("row") != pl.col("row").min().over(key)).iter_rows(named=True):
        yield Hit(
            layer,
            row["row"],
            (identifier,),
            f"{row['first']} {same}",
            "keep one of the two",
            (row["doc_id"], row["start"], row["end"]) if part.layers[layer].spans else None,
        )
