"""The task views against plain-Python readings of the same part."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from conftest import DOC, Record, examples
from stancebank.corpus.part import Part
from stancebank.schema.layers import ANNOTATED, PART_LAYERS
from stancebank.views.attribution_chains import chains, rests_on
from stancebank.views.docred import docred
from stancebank.views.documents import documents
from stancebank.views.ner import bio_tags, ner
from stancebank.views.positions import positions
from stancebank.views.quotes import quotes
from stancebank.views.registry import VIEWS
from stancebank.views.spans import spans
from stancebank.views.stance_detection import stance_detection
from strategies import parts, records

law = settings(max_examples=examples(60))


def sentence_tokens(part: Part, row: Record) -> list[Record]:
    """The tokens of a sentence, with their offsets."""
    tokens = [t for t in part.tokens.to_dicts() if t["doc_id"] == row["doc_id"]]
    sentence = next(
        s for s in records(part, "sentences") if (s["doc_id"], s["sentence_id"]) == (row["doc_id"], row["sentence_id"])
    )
    return [t for t in tokens if sentence["start"] <= t["start"] < sentence["end"]]


def touched(tokens: list[Record], mention: Record) -> list[int]:
    return [i for i, t in enumerate(tokens) if t["start"] < mention["end"] and mention["start"] < t["end"]]


def within(inner: Record, outer: Record) -> bool:
    return outer["start"] <= inner["start"] and inner["end"] <= outer["end"]


@law
@given(parts())
def test_the_nested_documents_hold_every_record_of_every_layer(part: Part) -> None:
    rows = documents(part).to_dicts()
    assert all(row.pop("done") == [*ANNOTATED] for row in rows)
    for layer in PART_LAYERS:
        if layer == "documents":
            assert [{k: v for k, v in row.items() if k not in PART_LAYERS} for row in rows] == records(part, layer)
        else:
            assert [{"doc_id": row["doc_id"], **r} for row in rows for r in row[layer]] == records(part, layer)


@law
@given(parts())
def test_tokens_read_what_the_text_reads_and_cover_all_that_is_not_blank(part: Part) -> None:
    texts = dict(part["documents"].select("doc_id", "text").iter_rows())
    assert all(texts[t["doc_id"]][t["start"] : t["end"]] == t["text"] for t in part.tokens.to_dicts())
    for sentence in records(part, "sentences"):
        tokens = sentence_tokens(part, sentence)
        left = list(texts[sentence["doc_id"]][sentence["start"] : sentence["end"]])
        for t in tokens:
            left[t["start"] - sentence["start"] : t["end"] - sentence["start"]] = " " * (t["end"] - t["start"])
        assert not "".join(left).strip()


@law
@given(parts())
def test_ner_tags_are_the_outermost_mentions(part: Part) -> None:
    types = {(e["doc_id"], e["entity_id"]): e["type"] for e in records(part, "entities")}
    for row in ner(part).to_dicts():
        tokens = sentence_tokens(part, row)
        assert [t["text"] for t in tokens] == row["tokens"]
        mentions = [m for m in records(part, "mentions") if m["doc_id"] == row["doc_id"] and touched(tokens, m)]
        outermost = [
            m
            for i, m in enumerate(mentions)
            if not any(within(m, o) and (not within(o, m) or j < i) for j, o in enumerate(mentions) if j != i)
        ]
        expected = ["O"] * len(tokens)
        for m in outermost:
            for n, i in enumerate(touched(tokens, m)):
                expected[i] = ("I-" if n else "B-") + types[m["doc_id"], m["entity_id"]]
        assert row["ner_tags"] == expected


@law
@given(parts())
def test_spans_are_all_mentions_by_the_tokens_they_touch(part: Part) -> None:
    for row in spans(part).to_dicts():
        tokens = sentence_tokens(part, row)
        mentions = [m for m in records(part, "mentions") if m["doc_id"] == row["doc_id"] and touched(tokens, m)]
        expected = [(m["mention_id"], touched(tokens, m)[0], touched(tokens, m)[-1] + 1, m["level"]) for m in mentions]
        assert [(s["mention_id"], s["start"], s["end"], s["level"]) for s in row["spans"]] == expected


@law
@given(parts())
def test_docred_can_be_walked_as_its_scripts_walk_it(part: Part) -> None:
    texts = dict(part["documents"].select("doc_id", "text").iter_rows())
    for item in docred(part).to_dicts():
        facts = set()
        for vertex in item["vertexSet"]:
            assert vertex
            for mention in vertex:
                first, last = mention["pos"]
                covered = item["sents"][mention["sent_id"]][first:last]
                assert covered
                assert "".join(covered).replace(" ", "") == mention["name"].replace(" ", "")
                assert mention["name"] in texts[item["title"]]
        for label in item["labels"]:
            assert label["h"] != label["t"]
            assert item["vertexSet"][label["h"]]
            assert item["vertexSet"][label["t"]]
            assert label["evidence"] == sorted(set(label["evidence"]))
            assert all(item["sents"][number] for number in label["evidence"])
            facts.add((label["h"], label["t"], label["r"]))
        assert len(facts) == len(item["labels"])
        own = {m["mention_id"]: m["entity_id"] for m in records(part, "mentions") if m["doc_id"] == item["title"]}
        asserted = [
            r for r in records(part, "relations") if r["doc_id"] == item["title"] and r["modality"] == "asserted"
        ]
        assert len(facts) == len({(own[r["head"]], own[r["tail"]], r["type"]) for r in asserted})


def chain_oracle(part: Part, attribution: Record, seen: tuple[str, ...] = ()) -> list[str]:
    """Names of the sources from the outermost attribution to this one, found by looking at each pair."""
    own = [a for a in records(part, "attributions") if a["doc_id"] == attribution["doc_id"]]
    seen = (*seen, attribution["attribution_id"])
    around = [
        (c["end"] - c["start"], -c["start"], int(a["attribution_id"][1:]), a)
        for a in own
        for c in a["content"]
        if a["attribution_id"] != attribution["attribution_id"] and within(attribution, c)
    ]
    parent = min(around, key=lambda found: found[:3])[3] if around else None
    outer = chain_oracle(part, parent, seen) if parent and parent["attribution_id"] not in seen else ["writer"]
    return [*outer, source_name(part, attribution) or "unnamed"]


def source_name(part: Part, attribution: Record) -> str | None:
    entity = next(
        (
            m["entity_id"]
            for m in records(part, "mentions")
            if (m["doc_id"], m["mention_id"]) == (attribution["doc_id"], attribution["source"])
        ),
        None,
    )
    return None if entity is None else f"name of {entity}"


@law
@given(parts())
def test_a_chain_names_the_sources_from_the_writer_inwards(part: Part) -> None:
    found = {(c["doc_id"], c["attribution_id"]): c["chain"] for c in chains(part).to_dicts()}
    expected = {(a["doc_id"], a["attribution_id"]): chain_oracle(part, a) for a in records(part, "attributions")}
    assert found == expected


@law
@given(parts())
def test_a_stance_rests_on_the_innermost_attribution_of_its_holder_else_on_the_innermost(part: Part) -> None:
    entity = {(m["doc_id"], m["mention_id"]): m["entity_id"] for m in records(part, "mentions")}
    resting = {(r["doc_id"], r["stance_id"]): r["attribution_id"] for r in rests_on(part).to_dicts()}
    for s in records(part, "stances"):
        holder = entity.get((s["doc_id"], s["holder"]))
        around = [
            (
                holder is None or entity.get((a["doc_id"], a["source"])) != holder,
                c["end"] - c["start"],
                a["attribution_id"],
            )
            for a in records(part, "attributions")
            if a["doc_id"] == s["doc_id"]
            for c in a["content"]
            if within(s, c)
        ]
        found = resting[s["doc_id"], s["stance_id"]]
        if not around:
            assert found is None
        else:
            best = min(around)[:2]
            assert found in [name for *rank, name in around if tuple(rank) == best]


@law
@given(parts())
def test_stance_detection_has_a_row_per_expression_with_its_sentence(part: Part) -> None:
    rows = stance_detection(part).to_dicts()
    assert [(r["doc_id"], r["stance_id"], r["label"]) for r in rows] == [
        (s["doc_id"], s["stance_id"], s["label"]) for s in records(part, "stances")
    ]
    for row, stance in zip(rows, records(part, "stances"), strict=True):
        assert row["evidence"] in row["text"]
        assert row["target"] == f"Proposition {stance['target']}."
        assert (row["holder"] == "writer") == (stance["holder"] is None)
        assert row["expression"] == stance["expression"]
        assert row["source_chain"][0] == "writer"


@law
@given(parts())
def test_quotes_are_the_attributions_in_words(part: Part) -> None:
    expected = [
        (a["text"], [c["text"] for c in a["content"]], source_name(part, a)) for a in records(part, "attributions")
    ]
    assert [(q["cue"], q["content"], q["source"]) for q in quotes(part).to_dicts()] == expected


@law
@given(parts())
def test_expressions_that_disagree_make_a_position_mixed(part: Part) -> None:
    entity = {(m["doc_id"], m["mention_id"]): m["entity_id"] for m in records(part, "mentions")}
    grouped: dict[tuple[str, str | None, str], list[Record]] = {}
    for s in records(part, "stances"):
        grouped.setdefault((s["doc_id"], entity.get((s["doc_id"], s["holder"])), s["target"]), []).append(s)
    found = {(p["doc_id"], p["holder_entity"], p["target"]): p for p in positions(part).to_dicts()}
    assert found.keys() == grouped.keys()
    for key, expressions in grouped.items():
        labels = {s["label"] for s in expressions}
        assert found[key]["label"] == (labels.pop() if len(labels) == 1 else "mixed")
        conditional = any(s["commitment"] == "conditional" for s in expressions)
        assert found[key]["commitment"] == ("conditional" if conditional else "unconditional")
        assert found[key]["under_condition"] == conditional
        assert found[key]["expressions"] == len(expressions)


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_has_the_columns_that_it_documents_and_rows_in_the_gold(gold: Part, name: str) -> None:
    rows = VIEWS[name].rows(gold)
    assert tuple(rows.columns) == tuple(column.name for column in VIEWS[name].columns)
    assert (rows.height > 0) == (name != "actors")  # which the project's corpus has none of
    assert VIEWS[name].meaning
    assert all(column.meaning for column in VIEWS[name].columns)


def test_bio_tags_start_with_o(gold: Part) -> None:
    assert bio_tags(gold.corpus.scheme)[:3] == ("O", "B-PERSON", "I-PERSON")


def test_the_presidencys_belief_reaches_the_reader_through_the_official_and_the_writer(gold: Part) -> None:
    row = next(r for r in stance_detection(gold).to_dicts() if r["stance_id"] == "s16")
    assert row["holder"] == "French presidency"
    assert row["source_chain"] == ["writer", "French presidency official", "French presidency"]


def test_starmer_is_for_peacekeepers_under_a_condition(gold: Part) -> None:
    found = [
        p
        for p in positions(gold).to_dicts()
        if (p["holder_name"], p["target"]) == ("Keir Starmer", "deploy-peacekeepers")
    ]
    assert found == [
        {
            "doc_id": DOC,
            "holder_entity": "e2",
            "holder_name": "Keir Starmer",
            "target": "deploy-peacekeepers",
            "label": "favor",
            "commitment": "conditional",
            "under_condition": True,
            "expressions": 2,
        }
    ]
