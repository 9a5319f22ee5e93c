"""What task views give a model: places that hold, tags that give the records back, pairs without a stance."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given, settings

from conftest import Record, examples
from stancebank.corpus.part import Part
from stancebank.schema.labels import StanceLabel
from stancebank.views.attribution_chains import chains
from stancebank.views.attribution_tags import attribution_tags
from stancebank.views.coref import coref
from stancebank.views.docred import docred
from stancebank.views.ner_names import ner_names
from stancebank.views.quotes import quotes
from stancebank.views.registry import VIEWS
from stancebank.views.stance_detection import stance_detection
from stancebank.views.stance_pairs import no_stance, stance_pairs
from strategies import parts, records

law = settings(max_examples=examples(60))


def texts(part: Part) -> dict[str, str]:
    return dict(part["documents"].select("doc_id", "text").iter_rows())


def touched(row: Record, span: Record) -> list[int]:
    """The tokens of a sentence that a span touches, as indices."""
    places = enumerate(zip(row["starts"], row["ends"], strict=True))
    return [index for index, (start, end) in places if start < span["end"] and span["start"] < end]


@law
@given(parts())
def test_tokens_with_their_blanks_are_the_sentence(part: Part) -> None:
    sentences = {(s["doc_id"], s["sentence_id"]): s for s in records(part, "sentences")}
    for name in ("ner", "ner_names", "spans", "attribution_tags"):
        for row in VIEWS[name].rows(part).to_dicts():
            sentence, text = sentences[row["doc_id"], row["sentence_id"]], texts(part)[row["doc_id"]]
            joined = "".join(chain.from_iterable(zip(row["tokens"], row["blanks"], strict=True)))
            assert joined == text[sentence["start"] : sentence["end"]]
            places = zip(row["starts"], row["ends"], strict=True)
            assert [text[start:end] for start, end in places] == row["tokens"]


@law
@given(parts())
def test_every_name_that_is_in_no_other_name_is_tagged_and_nothing_else(part: Part) -> None:
    types = {(e["doc_id"], e["entity_id"]): e["type"] for e in records(part, "entities")}
    names = [m for m in records(part, "mentions") if m["level"] in part.scheme.name_levels]
    for row in ner_names(part).to_dicts():
        expected = ["O"] * len(row["tokens"])
        own = [m for m in names if m["doc_id"] == row["doc_id"] and touched(row, m)]
        for index, m in enumerate(own):
            around = [
                (o["start"], o["end"]) != (m["start"], m["end"]) or other < index
                for other, o in enumerate(own)
                if o is not m and o["start"] <= m["start"] and m["end"] <= o["end"]
            ]
            if not any(around):
                for number, token in enumerate(touched(row, m)):
                    expected[token] = f"{'I' if number else 'B'}-{types[m['doc_id'], m['entity_id']]}"
        assert row["ner_tags"] == expected


def roles(part: Part, attribution: Record) -> Iterator[tuple[str, Record]]:
    """The spans of an attribution, those that count first on a token first."""
    yield "CUE", attribution
    for mention in records(part, "mentions"):
        if (mention["doc_id"], mention["mention_id"]) == (attribution["doc_id"], attribution["source"]):
            yield "SOURCE", mention
    yield from (("CONTENT", span) for span in attribution["content"])


def fits(part: Part, rows: list[Record], attribution: Record, level: int) -> bool:
    """Whether a level of the rows has the tags of an attribution."""
    for row in (row for row in rows if row["doc_id"] == attribution["doc_id"]):
        expected: dict[int, str] = {}
        for role, span in roles(part, attribution):
            for number, token in enumerate(touched(row, span)):
                expected.setdefault(token, f"{'I' if number else 'B'}-{role}")
        tags = row["levels"][level] if level < len(row["levels"]) else None
        if expected and (tags is None or any(tags[token] != tag for token, tag in expected.items())):
            return False
    return True


@law
@given(parts())
def test_every_attribution_is_on_a_level_and_a_nested_one_on_a_deeper_one(part: Part) -> None:
    rows = attribution_tags(part).to_dicts()
    depth = {(c["doc_id"], c["attribution_id"]): len(c["chain"]) - 2 for c in chains(part).to_dicts()}
    for attribution in records(part, "attributions"):
        least = depth[attribution["doc_id"], attribution["attribution_id"]]
        assert any(fits(part, rows, attribution, level) for level in range(least, 40))
    for row in rows:
        assert row["levels"]
        assert {len(tags) for tags in row["levels"]} == {len(row["tokens"])}
        spans = [
            span
            for attribution in records(part, "attributions")
            if attribution["doc_id"] == row["doc_id"]
            for _, span in roles(part, attribution)
        ]
        tagged = {token for tags in row["levels"] for token, tag in enumerate(tags) if tag != "O"}
        assert tagged == {token for span in spans for token in touched(row, span)}


@law
@given(parts())
def test_the_brackets_of_coreference_give_the_clusters_and_no_span_twice(part: Part) -> None:
    mentions: dict[str, list[Record]] = {m["doc_id"]: [] for m in records(part, "documents")}
    for m in records(part, "mentions"):
        mentions[m["doc_id"]].append(m)
    for row in coref(part).to_dicts():
        found: list[tuple[int, int, int, int]] = []
        for sentence, column in enumerate(row["coreference"]):
            opened: list[tuple[int, int]] = []
            for token, cell in enumerate(column):
                for mark in cell.split("|") if cell != "-" else ():
                    cluster = int(re.sub(r"\D", "", mark))
                    if mark.startswith("("):
                        opened.append((cluster, token))
                    if mark.endswith(")"):
                        last = max(index for index, each in enumerate(opened) if each[0] == cluster)
                        found.append((cluster, sentence, opened.pop(last)[1], token + 1))
            assert opened == []
        clusters = [
            (number, m["sent_id"], m["start"], m["end"]) for number, each in enumerate(row["clusters"]) for m in each
        ]
        assert sorted(found) == sorted(clusters)
        assert len({span[1:] for span in clusters}) == len(clusters)
        ids = [m["mention_id"] for each in row["clusters"] for m in each] + row["left_out"]
        assert sorted(ids) == sorted(m["mention_id"] for m in mentions[row["doc_id"]])
        own = {m["mention_id"]: m["entity_id"] for m in mentions[row["doc_id"]]}
        for entity, each in zip(row["entity_ids"], row["clusters"], strict=True):
            assert {own[m["mention_id"]] for m in each} <= {entity}


@law
@given(parts())
def test_every_pair_that_is_related_in_any_way_is_a_label_or_unasserted(part: Part) -> None:
    for row in docred(part).to_dicts():
        own = {m["mention_id"]: m["entity_id"] for m in records(part, "mentions") if m["doc_id"] == row["title"]}
        assert [{own[m["mention_id"]] for m in vertex} for vertex in row["vertexSet"]] == [
            {entity} for entity in row["entity_ids"]
        ]
        named = row["entity_ids"]
        listed = [(named[x["h"]], named[x["t"]], x["r"], "fact") for x in row["labels"]]
        listed += [(named[x["h"]], named[x["t"]], x["r"], x["modality"]) for x in row["unasserted"]]
        expected = {
            (own[r["head"]], own[r["tail"]], r["type"], "fact" if r["modality"] in part.scheme.facts else r["modality"])
            for r in records(part, "relations")
            if r["doc_id"] == row["title"]
        }
        assert len(listed) == len(set(listed))
        assert set(listed) == expected


@law
@given(parts())
def test_places_in_a_stance_and_its_sentence_hold(part: Part) -> None:
    sentences = records(part, "sentences")
    entity = {(m["doc_id"], m["mention_id"]): m["entity_id"] for m in records(part, "mentions")}
    rows = stance_detection(part).to_dicts()
    for row, stance in zip(rows, records(part, "stances"), strict=True):
        assert row["text"][row["evidence_start"] : row["evidence_end"]] == row["evidence"] == stance["text"]
        assert row["target_id"] == stance["target"]
        assert row["holder_entity"] == entity.get((row["doc_id"], stance["holder"]))
        own = [s for s in sentences if s["doc_id"] == row["doc_id"]]
        at = next(i for i, s in enumerate(own) if s["sentence_id"] == row["sentence_id"])
        around = [own[i] if 0 <= i < len(own) else None for i in (at - 1, at + 1)]
        text = texts(part)[row["doc_id"]]
        assert [row["before"], row["after"]] == [s and text[s["start"] : s["end"]] for s in around]
        inside = [
            m
            for m in records(part, "mentions")
            if (m["doc_id"], m["entity_id"]) == (row["doc_id"], row["holder_entity"])
            and own[at]["start"] <= m["start"]
            and m["end"] <= own[at]["end"]
        ]
        assert (row["holder_text"] is None) == (not inside)
        if inside:
            assert row["text"][row["holder_start"] : row["holder_end"]] == row["holder_text"]
            named = [m for m in inside if m["mention_id"] == stance["holder"]]
            assert own[at]["start"] + row["holder_start"] == (named or inside)[0]["start"]


@law
@given(parts())
def test_places_in_a_quotation_and_its_passage_hold(part: Part) -> None:
    for row, a in zip(quotes(part).to_dicts(), records(part, "attributions"), strict=True):
        text, base = row["text"], row["text_start"]
        assert texts(part)[row["doc_id"]][base:].startswith(text)
        assert text[row["cue_start"] : row["cue_end"]] == row["cue"] == a["text"]
        places = zip(row["content_starts"], row["content_ends"], strict=True)
        assert [text[start:end] for start, end in places] == row["content"]
        if row["source_start"] is not None:
            assert text[row["source_start"] : row["source_end"]] == row["source_text"]
        starts = [s["start"] for s in records(part, "sentences") if s["doc_id"] == row["doc_id"]]
        assert base in starts


@law
@given(parts())
def test_each_holder_meets_each_target_of_its_document_and_has_none_only_without_a_stance(part: Part) -> None:
    entity = {(m["doc_id"], m["mention_id"]): m["entity_id"] for m in records(part, "mentions")}
    held: dict[tuple[str, str | None, str], list[Record]] = {}
    for s in records(part, "stances"):
        held.setdefault((s["doc_id"], entity.get((s["doc_id"], s["holder"])), s["target"]), []).append(s)
    pairs = {(doc, holder, target) for doc, holder, _ in held for other, _, target in held if other == doc}
    rows = {(r["doc_id"], r["holder_entity"], r["target_id"]): r for r in stance_pairs(part).to_dicts()}
    assert rows.keys() == pairs
    for key, row in rows.items():
        assert row["stance_ids"] == [s["stance_id"] for s in held.get(key, [])]
        assert (row["label"] == "none") == (key not in held)
        labels = {s["label"] for s in held.get(key, [])}
        assert len(labels) != 1 or labels == {row["label"]}


def test_a_label_called_none_is_another_thing_than_no_stance(gold: Part) -> None:
    scheme = gold.scheme.model_copy(update={"stance_labels": (StanceLabel(name="none"),)})
    assert (no_stance(gold.scheme), no_stance(scheme)) == ("none", "(none)")


def test_names_inside_descriptions_are_tagged_in_the_view_of_names(gold: Part) -> None:
    count = {name: sum(tag[0] == "B" for row in VIEWS[name].rows(gold)["ner_tags"] for tag in row) for name in NER}
    levels = gold["mentions"]["level"].is_in(gold.scheme.name_levels)
    assert count["ner_names"] == levels.sum() == 76
    assert count["ner"] < 150


NER = ("ner", "ner_names")


def test_a_perfect_answer_scores_one_and_a_pronoun_of_two_entities_is_told(gold: Part, tmp_path: Path) -> None:
    pytest.importorskip("scorch")
    (row,) = coref(gold).to_dicts()
    assert len(row["left_out"]) == 1  # "them"
    clusters = {
        entity: [f"{m['sent_id']}:{m['start']}-{m['end']}" for m in cluster]
        for entity, cluster in zip(row["entity_ids"], row["clusters"], strict=True)
    }
    answer = tmp_path / "answer.json"
    answer.write_text(json.dumps({"type": "clusters", "clusters": clusters}), "utf-8")
    command = [str(Path(sys.executable).with_name("scorch")), answer, answer]
    scores = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout
    found = [float(number) for number in re.findall(r"(?:F₁=|CoNLL-2012 average score: )([0-9.]+)", scores)]
    assert len(found) >= 4
    assert set(found) == {1.0}, scores
