"""SB7xx: likely mistakes.

This module has those in links from entities to actors.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from stancebank.checks.registry import Hit, part_rule
from stancebank.corpus.part import Part
from stancebank.faults import excerpt
from stancebank.schema.frames import rows_at


@part_rule("SB730", "actor-of-another-type", "warning")
def actor_of_another_type(part: Part) -> Iterator[Hit]:
    """An entity has another type than the actor that it is linked to.

    Why: usually the link is wrong: a country is linked to its president, or a person to a party.
    Example: corpus/2026-03/entities.jsonl:7:120 "Milo J. Dănescu" is PERSON, its actor "danescu" is ORG
    Fix: correct the link, or one of the two types; the actor's may be null.
    """
    known = pl.all_horizontal(pl.col("type", "actor_type").is_in(part.scheme.names("entity_types")))
    for row in _linked(part).filter(known, pl.col("type") != pl.col("actor_type")).iter_rows(named=True):
        what = f"{excerpt(row['name'])} is {row['type']}, its actor {excerpt(row['actor'])} is {row['actor_type']}"
        yield Hit("entities", row["row"], ("actor",), what, "correct the link, or one of the two types")


@part_rule("SB731", "actor-of-another-item", "warning")
def actor_of_another_item(part: Part) -> Iterator[Hit]:
    """An entity has a Wikidata item that the actor that it is linked to does not have.

    Why: the item tells who somebody is before the actor does, so entities of one actor would be several.
    Example: corpus/2026-03/entities.jsonl:7:128 "Milo J. Dănescu" has the item Q900000003, its actor "danescu" has none
    Fix: correct the link or the item; give the actor the item where it has none.
    """
    differs = pl.col("wikidata").is_not_null() & pl.col("wikidata").ne_missing(pl.col("actor_item"))
    for row in _linked(part).filter(differs).iter_rows(named=True):
        has = row["actor_item"] or "none"
        what = f"{excerpt(row['name'])} has the item {row['wikidata']}, its actor {excerpt(row['actor'])} has {has}"
        yield Hit("entities", row["row"], ("actor",), what, "correct the link or the item, or give the actor the item")


def _linked(part: Part) -> pl.DataFrame:
    """The entities that are linked to an actor that is there: row, their columns, actor_type and actor_item."""
    links = part.references["entities", "actor"].drop_nulls()
    actors = rows_at(part.corpus.actors.select(actor_type="type", actor_item="wikidata"), links["other"])
    return pl.concat([links.select("row"), rows_at(part["entities"], links["row"]), actors], how="horizontal")
