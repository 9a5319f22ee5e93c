"""What nobody has decided is missing in views and figures, and never a label."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings

from conftest import DOC, Root, examples
from stancebank.corpus.part import Part
from stancebank.corpus.statistics import NOT_DECIDED, part_statistics
from stancebank.dataset.building import build, chosen_views
from stancebank.pages.pictures import entity_matrix, relation_bars, stance_matrix
from stancebank.pages.statistics_report import report_text
from stancebank.views.docred import docred
from stancebank.views.ner import ner
from stancebank.views.positions import positions
from stancebank.views.registry import VIEWS
from strategies import parts, records
from unfinished import LABELS, undecided


@settings(max_examples=examples(40))
@given(part=parts().flatmap(undecided))
def test_no_sentence_that_an_undecided_entity_touches_is_in_ner(part: Part) -> None:
    types = {(e["doc_id"], e["entity_id"]): e["type"] for e in records(part, "entities")}
    unknown = [m for m in records(part, "mentions") if types[m["doc_id"], m["entity_id"]] is None]
    texts = dict(part["documents"].select("doc_id", "text").iter_rows())

    def touches(mention: dict, sentence: dict) -> bool:
        start, end = max(mention["start"], sentence["start"]), min(mention["end"], sentence["end"])
        same = mention["doc_id"] == sentence["doc_id"] and start < end
        return same and bool(texts[sentence["doc_id"]][start:end].strip())

    expected = [
        (s["doc_id"], s["sentence_id"]) for s in records(part, "sentences") if not any(touches(m, s) for m in unknown)
    ]
    rows = ner(part)
    assert list(rows.select("doc_id", "sentence_id").iter_rows()) == expected
    assert all(None not in tags for tags in rows["ner_tags"])


@settings(max_examples=examples(40))
@given(part=parts().flatmap(undecided))
def test_a_position_and_a_fact_are_made_of_what_is_decided(part: Part) -> None:
    stances = [s for s in records(part, "stances") if s["label"] is not None]
    found = positions(part)
    assert found["expressions"].sum() == len(stances)
    assert found["label"].null_count() == 0
    listed = [fact["r"] for row in docred(part)["labels"] for fact in row]
    kinds = {r["type"] for r in records(part, "relations") if r["modality"] in part.scheme.facts}
    assert None not in listed
    assert set(listed) == kinds - {None}


@settings(max_examples=examples(40))
@given(part=parts().flatmap(undecided))
def test_counts_tell_what_is_undecided_from_every_label(part: Part) -> None:
    found = part_statistics(part)
    for layer, column in LABELS:
        expected = Counter(NOT_DECIDED if value is None else value for value in part[layer][column])
        assert Counter({k: n for (of, at, k), n in found.labels.items() if (of, at) == (layer, column)}) == expected
    shown = report_text(part.corpus, found, width=200)
    assert ("?" in shown, "None" in shown) == (False, False)
    assert (NOT_DECIDED in shown) == any(part[layer][column].null_count() for layer, column in LABELS)
    for picture in (entity_matrix(part.corpus, found), relation_bars(part.corpus, found)):
        assert picture is None or not {">?<", ">None<"} & {f">{text}<" for text in picture.split("<")}


def test_undecided_among_expressions_neither_agrees_nor_disagrees(root: Root) -> None:
    part = root.part()
    holder = positions(part).filter(expressions=2).row(0, named=True)
    rows = [index for index, target in enumerate(part["stances"]["target"]) if target == holder["target"]]
    before = positions(part).filter(target=holder["target"])
    root.edit("stances", rows[0], label=None, commitment=None)
    after = positions(root.part()).filter(target=holder["target"])
    assert after["expressions"].sum() == before["expressions"].sum() - 1
    assert after["label"].null_count() == 0
    root.change("stances", lambda records: [each.update(label=None) for each in records])
    assert positions(root.part()).is_empty()
    assert stance_matrix(root.corpus()) is None


def test_undecided_labels_load_as_none_in_every_config(
    root: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    datasets = pytest.importorskip("datasets")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    for layer, column in LABELS:
        root.edit(layer, 0, **{column: None})
    names = ["entities", "ner", "spans", "docred", "stance_detection", "stance_votes", "quotes"]
    build(root.corpus(), tmp_path / "built", chosen_views(names))

    def load(name: str) -> list[dict]:
        loaded = datasets.load_dataset(str(tmp_path / "built"), name, cache_dir=str(tmp_path / "cache"), split="train")
        assert loaded.num_rows == VIEWS[name].rows_of(root.part()).height
        return loaded.to_list()

    rows = {name: load(name) for name in names}
    assert rows["entities"][0]["type"] is None
    assert {None} < {span["label"] for row in rows["spans"] for span in row["spans"]}
    assert {None} < {span["level"] for row in rows["spans"] for span in row["spans"]}
    assert {None} < {row["label"] for row in rows["stance_detection"]}
    assert {None} < {row["kind"] for row in rows["quotes"]}
    assert len(rows["ner"]) < len(root.records("sentences"))
    assert {row["title"] for row in rows["docred"]} == {DOC}
