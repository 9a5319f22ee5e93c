"""SB6xx: how the records of a corpus stand together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import polars as pl

from stancebank.annotators import ANNOTATORS_FILE
from stancebank.checks.registry import Checked, Hit, corpus_rule, part_rule, table_rule
from stancebank.corpus import CORPUS_FILE, PASSES, Corpus, Part
from stancebank.faults import Fault, excerpt, printable
from stancebank.frames import natural_order, row_order
from stancebank.layers import ID, Layer
from stancebank.rows import comes_before, repeated_rows, rows_at
from stancebank.yaml_files import yaml_place

if TYPE_CHECKING:
    from stancebank.checks.tables import Table


@corpus_rule("SB601", "corpus-empty")
def corpus_empty(corpus: Corpus, checked: Checked) -> Iterator[Fault]:
    """The corpus has no part, or a part has no document.

    Why: an empty corpus builds an empty dataset, and most often means that files went missing.
    Example: corpus the corpus has no part
    Fix: add a text with stancebank add FILE, or restore the part.
    """
    if not corpus.part_names:
        yield Fault("corpus", "corpus", "the corpus has no part", "add a text: stancebank add FILE")
    for part, documents in checked.documents.items():
        if documents.is_empty():
            what = "the part has no document"
            yield Fault("corpus", f"corpus/{part}/documents.jsonl", what, "add a text to it, or remove the folder")


@corpus_rule("SB602", "part-without-split")
def part_without_split(corpus: Corpus, _: Checked) -> Iterator[Fault]:
    """A part belongs to no split of corpus.yaml, or to more than one.

    Why: it would be missing from the dataset, or stand in training and test data alike.
    Example: corpus/corpus.yaml:8:3 the part "2026-03" belongs to no split, expected one
    Fix: let the patterns under splits match it once.
    """
    assert corpus.settings is not None
    for part in corpus.part_names:
        splits = corpus.settings.splits_of(part)
        if len(splits) != 1:
            found = f"the splits {', '.join(splits)}" if splits else "no split"
            what = f"the part {excerpt(part)} belongs to {found}, expected one"
            line, column = yaml_place(corpus.root, CORPUS_FILE, ("splits",))
            fix = "let the patterns under splits match it once"
            yield Fault("corpus", CORPUS_FILE, what, fix, line, column, path="$.splits")


@table_rule("SB603", "rows-out-of-order")
def rows_out_of_order(table: Table) -> Iterator[Hit]:
    """A row stands before one that belongs in front of it.

    Why: one corpus has one form, so that a change in git shows what was changed and nothing else.
    Order: document, then start and end where the layer has them, then id in natural order (m2 before m10).
    Example: corpus/2026-03/mentions.jsonl:4:1 the row belongs in front of the one above it
    Fix: move the row to its place.
    """
    if _in_order(table.rows, table.layer):
        return
    keys = [key.alias(f"_{index}") for index, key in enumerate(row_order(table.layer))]
    rows = table.rows.select(pl.int_range(pl.len()).alias("row"), *keys)
    ordered = rows.sort(pl.exclude("row"), maintain_order=True)["row"]
    place = ordered.to_frame().with_row_index("place").sort("row")["place"].cast(pl.Int64)
    for row in (place.diff() < 0).arg_true():
        what = "the row belongs in front of the one above it"
        yield Hit(table.layer.name, row, (), what, "move the row to its place in the order")


@part_rule("SB604", "relation-duplicate")
def relation_duplicate(part: Part) -> Iterator[Hit]:
    """A sentence has two relations of one type and modality between the same two entities.

    Why: the scheme stores one per type, head entity, tail entity, modality and sentence of the head.
    Example: corpus/2026-03/relations.jsonl:8:39 r1 states the same relation between the same entities in this sentence
    Fix: keep the one between the nearest mentions.
    """
    relations = part["relations"].select("doc_id", "relation_id", "type", "modality")
    ends = part.relation_ends.hstack(rows_at(relations, part.relation_ends["row"]))
    same = ["doc_id", "type", "head_entity", "tail_entity", "modality"]
    likely = repeated_rows(ends.drop("row"), same)
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
    repeated = heads.sort("row").with_columns(first=pl.col("relation_id").first().over(key))
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
    """The head of a symmetric relation stands behind its tail.

    Why: a relation that holds both ways is stored once, from the earlier mention.
    Example: corpus/2026-03/relations.jsonl:5:72 the head of allied_with stands behind its tail
    Fix: swap head and tail.
    """
    scheme = part.corpus.scheme
    assert scheme is not None
    symmetric = [relation.name for relation in scheme.relation_types if relation.symmetric]
    behind = part.relation_ends.filter(pl.col("head_start") > pl.col("tail_start"))
    types = rows_at(part["relations"].select("type"), behind["row"])
    for row in behind.hstack(types).filter(pl.col("type").is_in(symmetric)).iter_rows(named=True):
        yield Hit(
            "relations",
            row["row"],
            ("head",),
            f"the head of {row['type']} stands behind its tail",
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
    """The name of a part's folder has other characters than letters, digits, dot, dash and underscore.

    Why: it becomes part of file names in the dataset, where blanks, brackets and the like are not found again.
    Example: corpus/2026 03 "2026 03" is no name for a part, expected a whole match of [A-Za-z0-9][A-Za-z0-9._-]{0,127}
    Fix: rename the folder.
    """
    for part in corpus.part_names:
        if not re.fullmatch(ID, part):
            what = f"{excerpt(part)} is no name for a part, expected a whole match of {ID}"
            yield Fault("corpus", f"corpus/{part}", what, "rename the folder")


@corpus_rule("SB610", "annotator-unregistered")
def annotator_unregistered(corpus: Corpus, _: Checked) -> Iterator[Fault]:
    """annotation/passes has the pass of an annotator whom annotators.yaml does not know.

    Why: agreement between people and agreement between runs of one model say different things.
    Example: annotation/passes/pass-a annotation/annotators.yaml has no entry for the annotator "pass-a"
    Fix: add an entry that says who or what made the pass, or remove the pass.
    """
    assert corpus.register is not None
    for annotator in corpus.annotators:
        if annotator not in corpus.register.by_id:
            what = f"{ANNOTATORS_FILE} has no entry for the annotator {excerpt(annotator)}"
            fix = "add an entry that says who or what made the pass"
            yield Fault("corpus", f"{PASSES}/{printable(annotator)}", what, fix)


def _in_order(rows: pl.DataFrame, layer: Layer) -> bool:
    """Whether no row belongs in front of the one above it."""
    place = [pl.col(name) for name in ("doc_id", "start", "end") if name in layer.names]
    before = [column.shift() for column in place]
    same_place = pl.all_horizontal(pl.lit(value=True), *(a == b for a, b in zip(place, before, strict=True)))
    this = pl.col(layer.id_column)
    pairs = rows.select(this.alias("this"), above=this.shift(), wrong=comes_before(place, before), same=same_place)
    if pairs["wrong"].any():
        return False
    if layer.id_column == "doc_id":
        return True
    # At one place ids decide. Most pairs differ in final digits of one length, which compare like any text.
    ids = pairs.filter(pl.col("same") & pl.col("above").is_not_null())
    stems = [pl.col(name).str.strip_chars_end("0123456789") for name in ("this", "above")]
    lengths = [pl.col(name).str.len_bytes() for name in ("this", "above")]
    alike = ids.select((stems[0] == stems[1]) & (lengths[0] == lengths[1]) & (pl.col("this") >= pl.col("above")))
    if alike.to_series().all():
        return True
    ids = ids.filter(~alike.to_series())
    return not ids.select(comes_before(natural_order("this"), natural_order("above")).any()).item()


def _repeated(part: Part, layer: str, key: list[str], same: str) -> Iterator[Hit]:
    identifier = f"{layer[:-1]}_id"
    rows = repeated_rows(part[layer], key).with_columns(first=pl.col(identifier).first().over(key))
    for row in rows.filter(pl.col("row") != pl.col("row").min().over(key)).iter_rows(named=True):
        yield Hit(
            layer,
            row["row"],
            (identifier,),
            f"{row['first']} {same}",
            "keep one of the two",
            (row["doc_id"], row["start"], row["end"]),
        )
