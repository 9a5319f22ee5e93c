"""The view stance_votes: the gold's labels and each annotator's, side by side."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from conftest import PART, PROJECT, Record, Root, examples
from stancebank.agreement.annotation_alignment import align
from stancebank.corpus.part import Part
from stancebank.schema.layers import LAYERS
from stancebank.schema.paths import SCHEME_FILE
from stancebank.views.positions import positions
from stancebank.views.stance_votes import COLUMNS, stance_votes
from strategies import parts

law = settings(max_examples=examples(40))
TALKS = "European states have a part in the talks on ending the war in Ukraine."


class Passes:
    """The gold's own annotations as the passes of some annotators, to be edited one by one."""

    def __init__(self, root: Root) -> None:
        self.root = root

    def add(self, annotator: str) -> None:
        for name, layer in LAYERS.items():
            if layer.in_passes:
                file = self.root.of(annotator).layer_path(name)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(self.root.layer_path(name).read_bytes())

    def change(self, annotator: str, layer: str, change: Any) -> None:
        self.root.of(annotator).change(layer, change)

    def edit(self, annotator: str, layer: str, row: int, **values: Any) -> None:
        self.root.of(annotator).edit(layer, row, **values)

    def votes(self) -> list[Record]:
        return stance_votes(self.root.part()).to_dicts()


@pytest.fixture
def passes(root: Root) -> Passes:
    return Passes(root)


def vote(annotator: str, label: str | None, commitment: str | None = "unconditional") -> Record:
    return {"annotator": annotator, "label": label, "commitment": commitment if label else None}


def row_of(rows: list[Record], holder: str, target: str) -> Record:
    (found,) = [row for row in rows if (row["holder"], row["target"]) == (holder, target)]
    return found


def test_both_passes_of_the_project_vote_on_every_position_of_the_gold(gold: Part) -> None:
    rows = stance_votes(gold).to_dicts()
    assert all([each["annotator"] for each in row["votes"]] == ["pass-a", "pass-b"] for row in rows)
    with_gold = [row for row in rows if row["gold"] is not None]
    assert [(row["holder"], row["gold"]) for row in with_gold] == list(
        positions(gold).select("holder_name", "label").iter_rows()
    )


def test_holders_are_matched_as_agreement_matches_them(gold: Part) -> None:
    """On the project's passes; in general agreement also pairs entities that share no span, and needs SciPy."""
    names = {(e["doc_id"], e["entity_id"]): e["name"] for e in gold["entities"].to_dicts()}
    propositions = dict(gold.corpus.targets.select("target_id", "proposition").iter_rows())
    rows = {(r["doc_id"], r["holder"], r["target"]): r for r in stance_votes(gold).to_dicts()}
    for each in gold.passes:
        found = align(each, gold).entities
        for p in positions(each).to_dicts():
            holder = (p["doc_id"], p["holder_entity"])
            name = names[found[holder]] if holder in found else p["holder_name"]
            votes = rows[p["doc_id"], name, propositions[p["target"]]]["votes"]
            assert vote(each.annotator, p["label"], p["commitment"]) in votes


@law
@given(parts())
def test_without_passes_each_position_has_the_golds_label_and_no_votes(part: Part) -> None:
    rows = stance_votes(part).to_dicts()
    expected = [
        (p["doc_id"], p["holder_name"], p["holder_entity"], p["target"], f"Proposition {p['target']}.", p["label"], [])
        for p in positions(part).to_dicts()
    ]
    assert [tuple(row.values()) for row in rows] == expected
    assert stance_votes(part).columns == [column.name for column in COLUMNS]


def test_a_pass_like_the_gold_votes_like_it(passes: Passes) -> None:
    before = passes.votes()
    passes.add("ann")
    rows = passes.votes()
    assert [row["gold"] for row in rows] == [row["gold"] for row in before]
    assert all([each["label"] for each in row["votes"]] == [row["gold"]] for row in rows)


def test_another_label_stands_beside_the_golds(passes: Passes) -> None:
    passes.add("ann")
    passes.add("bob")
    passes.edit("bob", "stances", 2, label="neutral", commitment="conditional")
    row = row_of(passes.votes(), "Keith Kellogg", TALKS)
    assert row["gold"] == "against"
    assert row["votes"] == [vote("ann", "against"), vote("bob", "neutral", "conditional")]


def test_a_stance_that_an_annotator_does_not_see_is_null(passes: Passes) -> None:
    passes.add("ann")
    passes.change("ann", "stances", lambda records: records.pop(2))
    row = row_of(passes.votes(), "Keith Kellogg", TALKS)
    assert (row["gold"], row["votes"]) == ("against", [vote("ann", None)])


def test_a_stance_that_only_an_annotator_sees_has_no_gold(passes: Passes) -> None:
    passes.add("ann")
    passes.add("bob")
    passes.change("bob", "stances", lambda records: records.append(records[2] | {"stance_id": "s99", "holder": None}))
    row = passes.votes()[-1]
    assert (row["holder"], row["target"], row["gold"]) == ("writer", TALKS, None)
    assert row["votes"] == [vote("ann", None), vote("bob", "against")]


def test_ids_and_names_of_a_pass_are_its_own(passes: Passes) -> None:
    passes.add("ann")
    before = passes.votes()
    for layer in ("entities", "mentions"):
        passes.change("ann", layer, lambda records: [r.update(entity_id=f"x{r['entity_id']}") for r in records])
    passes.change("ann", "entities", lambda records: [r.update(name=f"other {r['name']}") for r in records])
    assert passes.votes() == before


def test_an_entity_that_shares_most_mentions_is_the_golds(passes: Passes) -> None:
    """Ann takes one mention of Starmer for somebody new; he stays himself, and what he holds there is another's."""
    passes.add("ann")
    entity = "e2"
    own = [m for m in passes.root.records("mentions") if m["entity_id"] == entity]
    holders = {s["holder"] for s in passes.root.records("stances")}
    moved = next(m["mention_id"] for m in own if m["mention_id"] in holders)
    new = {"entity_id": "e99", "type": "PERSON", "name": "Somebody", "wikidata": None, "value": None, "actor": None}
    passes.change("ann", "entities", lambda records: records.append(records[0] | new))
    passes.change(
        "ann", "mentions", lambda records: [m.update(entity_id="e99") for m in records if m["mention_id"] == moved]
    )
    rows = passes.votes()
    assert {row["holder"] for row in rows if row["gold"] is None} == {"Somebody"}
    held = sum(s["holder"] == moved for s in passes.root.records("stances"))
    assert 0 < sum(row["holder"] == "Somebody" for row in rows) <= held
    assert all(row["votes"][0]["label"] for row in rows if row["holder"] == "Somebody")


def test_what_two_passes_see_and_the_gold_does_not_is_one_row(passes: Passes) -> None:
    passes.add("ann")
    passes.add("bob")
    for layer in ("entities", "mentions"):
        passes.change("bob", layer, lambda records: [r.update(entity_id=f"y{r['entity_id']}") for r in records])
    passes.root.write("stances", [])
    passes.root.write("mentions", [])
    rows = passes.votes()
    assert len(rows) == positions(passes.root.corpus().read_part(PART, "ann")).height
    assert {row["gold"] for row in rows} == {None}
    assert all(a["label"] == b["label"] is not None for a, b in (row["votes"] for row in rows))


def test_an_annotator_without_a_pass_over_the_part_has_no_vote(passes: Passes) -> None:
    passes.add("ann")
    (passes.root.path / "annotation/passes/bob").mkdir()
    assert {each["annotator"] for row in passes.votes() for each in row["votes"]} == {"ann"}


def test_the_labels_are_those_of_the_scheme(gold: Part) -> None:
    scheme = gold.corpus.scheme
    fewer = scheme.model_copy(update={"stance_labels": scheme.stance_labels[:2], "commitments": scheme.commitments[:1]})
    label, commitment = (column.kind.names(fewer) for column in COLUMNS[-1].kind.item.columns[1:])
    assert label == fewer.names("stance_labels")
    assert commitment == fewer.names("commitments")


def test_expressions_that_disagree_have_no_label_where_the_scheme_has_none_for_a_conflict(passes: Passes) -> None:
    for old in ("    is_conflict: true\n", "    is_conditional: true\n"):
        passes.root.replace(SCHEME_FILE, old, "")
    stances = passes.root.records("stances")
    position = next(s for s in stances if (s["label"], s["commitment"]) == ("favor", "unconditional"))
    other = position | {"stance_id": "s99", "label": "against", "commitment": "conditional", "end": position["end"] - 1}
    other["text"] = position["text"][:-1]
    passes.root.change("stances", lambda records: records.insert(records.index(position), other))
    part = passes.root.part()
    mentions = {m["mention_id"]: m["entity_id"] for m in passes.root.records("mentions")}
    found = [
        (p["label"], p["commitment"], p["under_condition"])
        for p in positions(part).to_dicts()
        if (p["holder_entity"], p["target"]) == (mentions[position["holder"]], position["target"])
    ]
    assert found == [(None, None, False)]
    assert None in [row["gold"] for row in passes.votes()]


def test_the_passes_of_a_part_are_read_from_disk_and_a_pass_has_none(gold: Part) -> None:
    assert [each.annotator for each in gold.passes] == sorted(
        path.name for path in (PROJECT / "annotation/passes").iterdir()
    )
    assert gold.passes[0].passes == ()
