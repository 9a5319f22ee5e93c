"""Who entities are across documents."""

from __future__ import annotations

import polars as pl

from stancebank.corpus.part import Part
from stancebank.schema.frames import changes, rows_at

WIKIDATA, ACTOR, DOCUMENT = "wikidata", "actor", "document"
"""By what an entity is known: a Wikidata item, an actor of the corpus, or its document alone."""
IDENTITY = ("known_by", "identity")
"""The columns in which all entities of one holder are equal."""


def identities(part: Part) -> pl.DataFrame:
    """Who each entity of a part is across documents, in the order of the layer.

    doc_id, entity_id. known_by: wikidata, actor or document, the first that is there of: the
    entity's Wikidata item, that of its actor, the actor, the document. identity: the item, the
    id of the actor, or doc_id and entity_id with a slash between. Entities of all documents with
    equal known_by and identity are one. called: the actor's name, else the entity's.
    """
    named = part.references["entities", "actor"]
    first = named.filter(changes(named.select("row")))["other"]
    actors = part.corpus.actors.select(item="wikidata", actor_name="name")
    entities = part["entities"].with_columns(rows_at(actors, first).get_columns())
    item = pl.coalesce("wikidata", "item")
    known = pl.col("actor_name").is_not_null()
    return entities.select(
        "doc_id",
        "entity_id",
        known_by=pl.when(item.is_not_null())
        .then(pl.lit(WIKIDATA))
        .when(known)
        .then(pl.lit(ACTOR))
        .otherwise(pl.lit(DOCUMENT)),
        identity=pl.when(item.is_not_null())
        .then(item)
        .when(known)
        .then(pl.col("actor"))
        .otherwise(pl.format("{}/{}", "doc_id", "entity_id")),
        called=pl.coalesce("actor_name", "name"),
    )
