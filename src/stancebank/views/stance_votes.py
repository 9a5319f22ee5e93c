"""What each annotator holds of each position: the distribution that a single label hides."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from stancebank.corpus.part import Part
from stancebank.corpus.states import done
from stancebank.schema.column import Category, Column, ListOf, Record
from stancebank.schema.frames import polars_schema
from stancebank.views.positions import positions

_LABEL = Category(lambda scheme: scheme.names("stance_labels"))
_COMMITMENT = Category(lambda scheme: scheme.names("commitments"))

COLUMNS = (
    Column("doc_id", "string", "The document."),
    Column("holder", "string", 'Name of who holds the stance; "writer" for the writer.', source="maybe"),
    Column(
        "holder_entity",
        "string",
        "The holder's entity in the gold, one that a pass alone has as annotator/entity; null for the writer.",
        nullable=True,
    ),
    Column("target_id", "string", "The target."),
    Column("target", "string", "The target's proposition.", source="maybe"),
    Column("gold", _LABEL, "Stance on the target in the gold; null where it gives none.", nullable=True),
    Column(
        "votes",
        ListOf(
            Record(
                (
                    Column("annotator", "string", "Id of the annotator, as in annotators.yaml."),
                    Column("label", _LABEL, "Stance on the target; null where the annotator gives none.", True),
                    Column("commitment", _COMMITMENT, "With or without a condition; null without a label.", True),
                )
            )
        ),
        "What each annotator of the part says, in the order of their ids.",
    ),
)
PURPOSE = "disagreement as data"
OF_LAYERS = ("stances",)
USES = {"holder": "mentions", "holder_entity": "entities"}


def stance_votes(part: Part) -> pl.DataFrame:
    """One row per document, holder and target on which the gold or an annotator's pass has a stance.

    gold and each vote: the label at document level; expressions that disagree give the
    scheme's label of a conflict, or null where it has none. A holder of a pass is the
    entity of the gold with which it shares most mentions on the same span; of those left,
    one that an earlier pass has. An annotator who has not done the document's stances has no
    vote on it; one who has done them and found none, or has not decided, has a vote without a
    label. Votes of one language model's runs say how clear the guidelines are, not how people differ.
    """
    passes = [done(each, OF_LAYERS) for each in part.passes]
    known = _mentions(part).rename({"entity_id": "entity"})
    sides = [positions(part).rename({"holder_entity": "entity"}).with_columns(annotator=pl.lit(None, pl.String))]
    for each in passes:
        own = _named(_mentions(each), known, each.annotator)
        entities = own.select("doc_id", "entity_id", "entity").unique()
        held = positions(each).rename({"holder_entity": "entity_id"})
        held = held.join(entities, on=["doc_id", "entity_id"], how="left", maintain_order="left")
        sides.append(held.with_columns(annotator=pl.lit(each.annotator)))
        known = pl.concat([known, own.filter(in_gold=False).select(known.columns)])
    shared = ["doc_id", "entity", "target", "annotator", "holder_name", "label", "commitment"]
    rows = pl.concat(side.select(shared) for side in sides)
    rows = rows.group_by("doc_id", "entity", "target", maintain_order=True).agg(
        holder=pl.col("holder_name").first(),
        gold=pl.col("label").filter(pl.col("annotator").is_null()).first(),
        votes=_votes([each.annotator for each in passes]),
    )
    cast = (
        pl.when(pl.col("doc_id").is_in(each["documents"]["doc_id"].implode())).then(pl.col("votes").list.get(index))
        for index, each in enumerate(passes)
    )
    rows = rows.with_columns(votes=pl.concat_list(cast).list.drop_nulls()) if passes else rows
    return _in_words(part, rows)


def _mentions(part: Part) -> pl.DataFrame:
    """Where entities are mentioned: doc_id, start, end, entity_id, entity_type; in_gold: no pass says so."""
    mentions = part.entity_mentions.select("doc_id", "start", "end", "entity_id", "entity_type")
    return mentions.with_columns(in_gold=pl.lit(part.annotator is None))


def _named(mentions: pl.DataFrame, known: pl.DataFrame, annotator: str | None) -> pl.DataFrame:
    """The mentions of a pass with what their entity is called in all annotations: entity.

    That is a name of its own where it is no known entity. in_gold: whether the gold
    has it. Entities that share spans are paired one to one: those of the gold first,
    then those that share most, that have one type, that meet first in the text.
    """
    pairs = mentions.join(known, on=["doc_id", "start", "end"], suffix="_known")
    same_type = (pl.col("entity_type") == pl.col("entity_type_known")).any()
    pairs = pairs.group_by("doc_id", "entity_id", "entity", in_gold="in_gold_known").agg(
        spans=pl.struct("start", "end").n_unique(), same_type=same_type, start=pl.col("start").min()
    )
    order = ["in_gold", "spans", "same_type", "start", "entity", "entity_id"]
    pairs = pairs.sort(order, descending=[True, True, True, False, False, False])
    taken: set[tuple[str, str, bool]] = set()
    found = []
    for doc_id, entity_id, entity, in_gold in pairs.select("doc_id", "entity_id", "entity", "in_gold").iter_rows():
        mine, theirs = (doc_id, entity_id, True), (doc_id, entity, False)
        if mine not in taken and theirs not in taken:
            taken |= {mine, theirs}
            found.append((doc_id, entity_id, entity, in_gold))
    schema = {"doc_id": pl.String, "entity_id": pl.String, "entity": pl.String, "in_gold": pl.Boolean}
    matched = pl.DataFrame(found, schema=schema, orient="row")
    mentions = mentions.drop("in_gold").join(matched, on=["doc_id", "entity_id"], how="left", maintain_order="left")
    own_name = pl.format("{}/{}", pl.lit(annotator), "entity_id")  # no id has a slash
    return mentions.with_columns(pl.col("entity").fill_null(own_name), pl.col("in_gold").fill_null(False))


def _votes(annotators: Sequence[str | None]) -> pl.Expr:
    """For each group of positions what each annotator says; an empty list without annotators."""
    of_kind = polars_schema(COLUMNS)["votes"]
    if not annotators:
        return pl.lit([], of_kind).first()
    votes = []
    for annotator in annotators:
        said = (pl.col(column).filter(pl.col("annotator") == annotator).first() for column in ("label", "commitment"))
        votes.append(pl.struct(pl.lit(annotator).alias("annotator"), *said))
    return pl.concat_list(votes).first()


def _in_words(part: Part, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows in the order of the part's documents, with the targets' propositions for their ids."""
    targets = part.corpus.targets
    rows = part["documents"].select("doc_id").join(rows, on="doc_id", maintain_order="left_right")
    propositions = targets.select(target="target_id", proposition="proposition")
    rows = rows.join(propositions, on="target", how="left", maintain_order="left")
    names = {"target": "target_id", "proposition": "target", "entity": "holder_entity"}
    return rows.rename(names).select(column.name for column in COLUMNS)
