"""SB4xx: ids, and what points to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import polars as pl

from stancebank.checks.registry import Checked, Hit, corpus_rule, part_rule, table_rule
from stancebank.corpus import TARGETS_FILE, Corpus, Part
from stancebank.faults import Fault, excerpt
from stancebank.layers import LAYERS, PART_LAYERS
from stancebank.rows import repeated_rows, rows_at

if TYPE_CHECKING:
    from stancebank.checks.tables import Table


@table_rule("SB401", "id-duplicate")
def id_duplicate(table: Table) -> Iterator[Hit]:
    """An id stands twice in a layer of one document (in the corpus, for documents and targets).

    Why: a reference to it could mean either record.
    Example: corpus/2026-03/relations.jsonl:7:39 the id "r6" stands here a second time
    Fix: give one of the two a fresh id, and check what refers to it.
    """
    key = [name for name in dict.fromkeys(("doc_id", table.layer.id_column)) if name in table.layer.names]
    repeated = repeated_rows(table.rows, key)
    for row in repeated.filter(pl.col("row") != pl.col("row").min().over(key)).iter_rows(named=True):
        what = f"the id {excerpt(row[table.layer.id_column])} stands here a second time"
        yield Hit(table.layer.name, row["row"], (table.layer.id_column,), what, "give one of the two a fresh id")


@part_rule("SB402", "id-shared-by-layers")
def id_shared_by_layers(part: Part) -> Iterator[Hit]:
    """Two layers of one document use the same id.

    Why: an annotation tool keeps mentions, attributions and stances side by side under their ids.
    Example: corpus/2026-03/relations.jsonl:1:39 the id "m1" is used in mentions too
    Fix: give one of the two a fresh id.
    """
    layers = {name: layer.id_column for name, layer in PART_LAYERS.items() if layer.id_column != "doc_id"}
    used = pl.concat(part[name].select(id=pl.col(column).unique()) for name, column in layers.items())
    shared = used.filter(pl.col("id").is_duplicated()).unique()
    if shared.is_empty():
        return
    ids = pl.concat(
        part[name].with_row_index("row").select("row", "doc_id", layer=pl.lit(name), id=column)
        for name, column in layers.items()
    )
    ids = ids.join(shared, on="id", how="semi", maintain_order="left")
    first = pl.col("layer").first().over("doc_id", "id")
    for row in ids.with_columns(first=first).filter(pl.col("layer") != pl.col("first")).iter_rows(named=True):
        what = f"the id {excerpt(row['id'])} is used in {row['first']} too"
        yield Hit(
            row["layer"], row["row"], (PART_LAYERS[row["layer"]].id_column,), what, "give one of the two a fresh id"
        )


@part_rule("SB403", "document-unknown")
def document_unknown(part: Part) -> Iterator[Hit]:
    """A record belongs to a document that the part does not have.

    Why: its offsets have no text, and no view can show it. All layers of a part speak of the same documents.
    Example: corpus/2026-03/relations.jsonl:7:11 corpus/2026-03/documents.jsonl has no document "river-tolls-2"
    Fix: correct the doc_id, or move the record to the part of its document.
    """
    known = part["documents"]["doc_id"].unique()
    for name in PART_LAYERS:
        unknown = ~part[name]["doc_id"].is_in(known.implode())
        if not unknown.any():
            continue
        for row in part[name].with_row_index("row").filter(unknown).iter_rows(named=True):
            what = f"{part.file('documents')} has no document {excerpt(row['doc_id'])}"
            yield Hit(
                name, row["row"], ("doc_id",), what, "correct the doc_id, or move the record to its document's part"
            )


@part_rule("SB404", "reference-dangling")
def reference_dangling(part: Part) -> Iterator[Hit]:
    """A record refers to an id that its document (or the list of targets) does not have.

    Why: the relation, source, holder or target that it names does not exist.
    Example: corpus/2026-03/stances.jsonl:2:66 target names "lower-toll", which corpus/targets.jsonl does not have
    Fix: correct the id, or restore the record that it names.
    """
    known = part["documents"].select("doc_id")
    for layer in PART_LAYERS.values():
        for column in layer.columns:
            if column.refers_to is None:
                continue
            other = LAYERS[column.refers_to]
            rows = part[layer.name].with_row_index("row")
            if other.name in part.frames:
                named = part.references[layer.name, column.name]
                if not named["other"].null_count():
                    continue
                rows = rows_at(rows, named.filter(pl.col("other").is_null())["row"])
            else:
                assert part.corpus.targets is not None
                rows = rows.join(part.corpus.targets, left_on=column.name, right_on=other.id_column, how="anti")
            named = rows.filter(pl.col(column.name).is_not_null()).join(known, on="doc_id", how="semi")
            for row, value in named.select("row", column.name).sort("row").iter_rows():
                where = part.file(other.name) if "doc_id" in other.names else TARGETS_FILE
                what = f"{column.name} names {excerpt(value)}, which {where} does not have"
                yield Hit(layer.name, row, (column.name,), what, "correct the id, or restore the record")


@part_rule("SB405", "entity-without-mention")
def entity_without_mention(part: Part) -> Iterator[Hit]:
    """An entity has no mention in its document.

    Why: everything stored is anchored in the text; an entity that nothing mentions is a leftover or lost its mentions.
    Example: corpus/2026-03/entities.jsonl:9:37 no mention refers to the entity "Dănescu's party"
    Fix: remove the entity, or restore its mentions.
    """
    named = part.references["mentions", "entity_id"]["other"].unique()
    entities = part["entities"].with_row_index("row").filter(~pl.col("row").is_in(named.implode()))
    for row in entities.iter_rows(named=True):
        what = f"no mention refers to the entity {excerpt(row['name'])}"
        yield Hit("entities", row["row"], ("entity_id",), what, "remove the entity, or restore its mentions")


@corpus_rule("SB406", "document-in-two-parts")
def document_in_two_parts(_: Corpus, checked: Checked) -> Iterator[Fault]:
    """A document stands in more than one part.

    Why: it would be counted twice, and could leak from a training split into a test split.
    Example: corpus/2026-04/documents.jsonl:1 the document "river-tolls" stands in part "2026-03" too
    Fix: remove it from all parts but one.
    """
    keys = checked.keys.with_columns(home=pl.col("part").first().over("doc_id"))
    for row in keys.filter(pl.col("part") != pl.col("home")).iter_rows(named=True):
        doc_id = row["doc_id"]
        what = f"the document {excerpt(doc_id)} stands in part {excerpt(row['home'])} too"
        file = f"corpus/{row['part']}/documents.jsonl"
        yield Fault("corpus", file, what, "remove it from one of the two", row["line"], document=doc_id, record=doc_id)
