"""SB4xx: ids, and what points to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import polars as pl

from stancebank.checks.registry import Checked, Hit, corpus_rule, part_rule, table_rule
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.part import Part
from stancebank.faults import Fault, did_you_mean, excerpt
from stancebank.schema.frames import record_key, repeated_rows, rows_at
from stancebank.schema.layers import DOCUMENTS, PROGRESS
from stancebank.schema.paths import layer_file, shared_file

if TYPE_CHECKING:
    from stancebank.checks.tables import Table


_NEAR = 10_000  # ids among which the nearest is looked for


@table_rule("SB401", "id-duplicate")
def id_duplicate(table: Table) -> Iterator[Hit]:
    """An id occurs twice in a layer of one document (in the corpus, for documents, targets and actors).

    In progress, two lines for one layer of a document. One finding for each id, at its second line; until ids are
    unique, the rules that join records by them are not checked in the part, or in any part for an id of a shared layer.

    Why: a reference to it could mean either record; of two lines of progress nobody knows which is true.
    Example: corpus/2026-03/relations.jsonl:7:39 the id "r6" occurs here a second time
    Fix: give one of the two a new id, and check the references to it.
    """
    key = record_key(table.layer)
    repeated = repeated_rows(table.rows, key)
    if repeated.is_empty():
        return
    repeated = repeated.with_columns(
        nth=pl.col("row").rank("ordinal").over(key), times=pl.len().over(key), last=pl.col("row").max().over(key)
    )
    for row in repeated.filter(pl.col("nth") == 2).iter_rows(named=True):
        name = excerpt(row[table.layer.id_column])
        what, fix = f"the id {name} occurs here a second time", "give one of the two a new id"
        if table.layer.tracks:
            what = f"the progress of {name} of {excerpt(row['doc_id'])} is here a second time"
            fix = "keep the line that is true, and remove the other"
        if row["times"] > 2:
            what = f"{what}, and {row['times']:,} times in all, last in line {row['last'] + 1:,}"
            fix = "keep the line that is true, and remove the others" if table.layer.tracks else "give each its own id"
        yield Hit(table.layer.name, row["row"], (table.layer.id_column,), what, fix)


@part_rule("SB402", "id-shared-by-layers")
def id_shared_by_layers(part: Part) -> Iterator[Hit]:
    """Two layers of one document use the same id.

    Why: annotation tools keep mentions, attributions and stances together under their ids.
    Example: corpus/2026-03/relations.jsonl:1:39 the id "m1" is also used in mentions
    Fix: give one of the two a new id.
    """
    layers = {
        name: layer.id_column
        for name, layer in part.layers.parts.items()
        if name not in (DOCUMENTS.name, PROGRESS.name)
    }
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
        what = f"the id {excerpt(row['id'])} is also used in {row['first']}"
        yield Hit(
            row["layer"], row["row"], (part.layers[row["layer"]].id_column,), what, "give one of the two a new id"
        )


@part_rule("SB403", "document-unknown")
def document_unknown(part: Part) -> Iterator[Hit]:
    """A record belongs to a document that the part does not have.

    Why: its offsets have no text, and no view can contain it. All layers of a part cover the same documents.
    Example: corpus/2026-03/relations.jsonl:7:11 corpus/2026-03/documents.jsonl has no document "river-tolls-2"
    Fix: correct the doc_id, or move the record to the part of its document; if the document was removed, remove the
    record.
    """
    fix = "correct the doc_id, or move the record to its document's part"
    if part.annotator is not None:
        fix = "correct the doc_id; if the document was removed from the part, remove the record"
    known = part["documents"]["doc_id"].unique().implode()
    for name in part.layers.parts:
        unknown = ~part[name]["doc_id"].is_in(known)
        if not unknown.any():
            continue
        for row in part[name].with_row_index("row").filter(unknown).iter_rows(named=True):
            what = f"{part.file('documents')} has no document {excerpt(row['doc_id'])}"
            yield Hit(name, row["row"], ("doc_id",), what, fix)


@part_rule("SB404", "reference-dangling")
def reference_dangling(part: Part) -> Iterator[Hit]:
    """A record refers to an id that its document (or the list of targets or actors) does not have.

    Why: the relation, source, holder, target or actor that it names does not exist.
    Example: corpus/2026-03/stances.jsonl:2:66 target names "lower-toll", which corpus/targets.jsonl does not have; did
    you mean "lower-tolls"?
    Fix: correct the id, or restore the record that it names.
    """
    known = part["documents"].select("doc_id")
    for layer in part.layers.parts.values():
        for column in layer.columns:
            if column.refers_to is None:
                continue
            other = part.layers[column.refers_to]
            dangling = part.references[layer.name, column.name].filter(pl.col("other").is_null())
            if dangling.is_empty():
                continue
            rows = rows_at(part[layer.name].with_row_index("row"), dangling["row"])
            named = rows.filter(pl.col(column.name).is_not_null()).join(known, on="doc_id", how="semi")
            for row, value in named.select("row", column.name).sort("row").iter_rows():
                where = shared_file(other.name) if other.shared else part.file(other.name)
                listed = part.corpus.of_all(other.name) if other.shared else part[other.name]
                what = f"{column.name} names {excerpt(value)}, which {where} does not have"
                what += did_you_mean(value, listed[other.id_column].head(_NEAR).to_list())
                yield Hit(layer.name, row, (column.name,), what, "correct the id, or restore the record")


@part_rule("SB405", "entity-without-mention")
def entity_without_mention(part: Part) -> Iterator[Hit]:
    """An entity has no mention in its document.

    Why: every record is anchored in the text; an entity without mentions is a leftover or has lost its mentions.
    Example: corpus/2026-03/entities.jsonl:9:37 no mention refers to the entity "Dănescu's party"
    Fix: remove the entity, or restore its mentions.
    """
    if not part.layers.uses("mentions"):
        return
    named = part.references["mentions", "entity_id"]["other"].unique()
    entities = part["entities"].with_row_index("row").filter(~pl.col("row").is_in(named.implode()))
    for row in entities.iter_rows(named=True):
        what = f"no mention refers to the entity {excerpt(row['name'])}"
        yield Hit("entities", row["row"], ("entity_id",), what, "remove the entity, or restore its mentions")


@corpus_rule("SB406", "document-in-two-parts")
def document_in_two_parts(_: Corpus, checked: Checked) -> Iterator[Fault]:
    """A document is in more than one part.

    Why: it would be counted twice, and could leak from a training split into a test split.
    Example: corpus/2026-04/documents.jsonl:1 the document "river-tolls" is also in part "2026-03"
    Fix: remove it from all parts except one.
    """
    keys = checked.keys.with_columns(home=pl.col("part").first().over("doc_id"))
    for row in keys.filter(pl.col("part") != pl.col("home")).iter_rows(named=True):
        doc_id = row["doc_id"]
        what = f"the document {excerpt(doc_id)} is also in part {excerpt(row['home'])}"
        file = layer_file(row["part"], "documents")
        yield Fault("corpus", file, what, "remove it from one of the two", row["line"], document=doc_id, record=doc_id)
