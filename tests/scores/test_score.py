"""stancebank score: any gold is right about itself, wherever it is read; what is wrong in predictions is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import numpy as np
import pytest
from gold_of import Row
from hypothesis import given
from hypothesis import strategies as st

import stancebank
from conftest import DOC, PROJECT, Root
from stancebank.agreement.alpha import RESAMPLES, SEED
from stancebank.agreement.score import PrecisionRecall
from stancebank.corpus.corpus import read_corpus
from stancebank.faults import StanceBankError
from stancebank.scores.gold_rows import read_gold_rows
from stancebank.scores.measure import f1_measure, scored
from stancebank.scores.scoring import _task
from stancebank.scores.task_names import TASKS
from stancebank.views.registry import views_of

Cli = Callable[..., CompletedProcess[str]]
EXAMPLES = PROJECT / "examples"
VIEW_OF = {"stance": "stance_detection"}


def answers(task: str, root: Path, split: str | None = None) -> list[Row]:
    """The gold of a corpus as predictions."""
    corpus = read_corpus(root).sound()
    parts = [corpus.sound_part(name) for name in corpus.part_names]
    parts = [part for part in parts if split in (None, corpus.settings.split_of(part.name))]
    if task == "quotes":
        mentions = {(doc, id): (s, e) for p in parts for doc, id, s, e in _places(p["mentions"], "mention_id")}
        of_all = [row for part in parts for row in part["attributions"].to_dicts()]
        rows = [(row, mentions.get((row["doc_id"], row["source"]))) for row in of_all]
        return [
            {"doc_id": row["doc_id"], "cue_start": row["start"], "cue_end": row["end"]}
            | {f"content_{side}s": [span[side] for span in row["content"]] for side in ("start", "end")}
            | (dict(zip(("source_start", "source_end"), source, strict=True)) if source else {})
            for row, source in rows
        ]
    view = views_of(corpus.scheme)[VIEW_OF.get(task, task)]
    rows = [row for part in parts for row in view.rows_of(part).to_dicts()]
    if task == "docred":
        return [
            {"title": row["title"], "h_idx": f["h"], "t_idx": f["t"], "r": f["r"], "evidence": f["evidence"]}
            for row in rows
            for f in row["labels"]
        ]
    return [
        row for row in rows if None not in (row.get("label", ""), *(span["label"] for span in row.get("spans", ())))
    ]


def _places(frame: Any, id: str) -> Any:
    return frame.select("doc_id", id, "start", "end").iter_rows()


@pytest.mark.deep("packages", quick=3)
@pytest.mark.parametrize("task", TASKS)
def test_the_gold_is_right_in_the_corpus_and_in_its_build(task: str, editions: dict[str, Path]) -> None:
    gold = answers(task, PROJECT)
    of_corpus, of_build = (stancebank.score(gold, task, against=place) for place in (PROJECT, editions["full"]))
    assert {score.value for score in of_corpus.scores} == {1.0}
    assert of_corpus == of_build
    assert of_corpus.documents == 1
    assert all(score.interval is None for score in of_corpus.scores)


@pytest.mark.deep("packages", quick=2)
@pytest.mark.parametrize("task", TASKS)
def test_baselines_learn_from_the_other_splits(task: str) -> None:
    found = stancebank.score(answers(task, EXAMPLES, "test"), task, against=EXAMPLES, split="test", floor=True)
    assert {score.value for score in found.scores} == {1.0}
    assert [*found.floor] == ["majority", "gazetteer"]
    for scores in found.floor.values():
        of_all = [score for score in scores if score.of is None]
        assert [score.name for score in of_all] == [score.name for score in found.scores if score.of is None]
        assert all(score.value is not None and score.value < 1 for score in of_all)
    with pytest.raises(StanceBankError, match="learns from the other splits"):
        stancebank.score(answers(task, EXAMPLES), task, against=EXAMPLES, floor=True)


# Intervals


SUMS = st.lists(st.tuples(st.integers(0, 3), st.integers(3, 6), st.integers(3, 6)), min_size=1, max_size=6)


@given(SUMS)
def test_an_interval_is_that_of_documents_drawn_again(documents: list[tuple[int, int, int]]) -> None:
    measure = f1_measure("F1", [PrecisionRecall(hits, said, hits, there) for hits, said, there in documents])
    (score,) = scored("task", [measure])
    if len(documents) == 1:
        assert score.interval is None
        return
    random, values = np.random.default_rng(SEED), []
    for _ in range(RESAMPLES):
        drawn = [documents[at] for at in random.integers(len(documents), size=len(documents))]
        hits, said, there = map(sum, zip(*drawn, strict=True))
        values.append(2 * hits / (said + there))
    assert score.interval == pytest.approx(tuple(np.percentile(values, [2.5, 97.5])))
    assert scored("task", [measure, measure]) == (score, score)


def test_the_order_of_predictions_changes_nothing() -> None:
    gold = answers("ner", EXAMPLES)
    for row in gold[::3]:
        row["ner_tags"] = ["O"] * len(row["ner_tags"])
    one, other = (stancebank.score(rows, "ner", against=EXAMPLES) for rows in (gold, gold[::-1]))
    assert one == other
    assert any(score.interval and score.interval[0] < (score.value or 0) < score.interval[1] for score in one.scores)


# What is wrong


def _without(row: Row, *names: str) -> Row:
    return {name: value for name, value in row.items() if name not in names}


TAGS = {"doc_id": DOC, "sentence_id": "n1", "ner_tags": []}
SPANS = {"doc_id": DOC, "sentence_id": "n1", "spans": [{"start": 0, "end": 1, "label": "PERSON"}]}
CLUSTERS = {"doc_id": DOC, "clusters": [[{"sent_id": 0, "start": 0, "end": 1}]]}
FACT = {"title": DOC, "h_idx": 0, "t_idx": 1, "r": "leads", "evidence": [0]}
QUOTE = {"doc_id": DOC, "cue_start": 0, "cue_end": 1, "content_starts": [2], "content_ends": [3]}
STANCE = {"doc_id": DOC, "stance_id": "s1", "label": "favor"}
PAIR = {"doc_id": DOC, "holder_entity": None, "target_id": "ceasefire", "label": "none"}
FAR = {"sent_id": 0, "start": 0, "end": 99}
WRONG: list[tuple[str, object, str]] = [
    ("ner", b'{"doc_id": NaN}', "no JSON"),
    ("ner", b'{"doc_id": "a"', "no JSON"),
    ("ner", b"\xff\xfe", "no JSON"),
    ("ner", b"[" * 100_000, "no JSON"),
    ("ner", b"[1, 2]", "item 1: Expected `object`, got `int`"),
    ("ner", b'"words"', "Expected `object`, got `str`"),
    ("ner", _without(TAGS, "ner_tags"), "missing required field `ner_tags`"),
    ("ner", TAGS | {"ner_tags": [0, 1]}, "Expected `str`, got `int` - at `$.ner_tags[0]`"),
    ("ner", TAGS | {"doc_id": "nobody's"}, 'there is no document "nobody\'s"'),
    ("ner", TAGS | {"doc_id": DOC[:-1]}, f'did you mean "{DOC}"'),
    ("ner", TAGS | {"sentence_id": "n0"}, 'has no sentence "n0"'),
    ("ner", TAGS, "0 tags for the"),
    ("spans", SPANS | {"spans": [SPANS["spans"][0] | {"label": "PERSONS"}]}, 'did you mean "PERSON"'),
    ("spans", SPANS | {"spans": [SPANS["spans"][0] | {"end": 0}]}, "0..0 is no span"),
    ("spans", SPANS | {"spans": [SPANS["spans"][0] | {"start": -1}]}, "Expected `int` >= 0"),
    ("spans", SPANS, "rows without a prediction"),
    ("coref", CLUSTERS | {"clusters": [[FAR]]}, "0:0..99 is no span: the sentence 0 has"),
    ("coref", CLUSTERS | {"clusters": [[FAR | {"sent_id": 1000}]]}, "the sentence 1000 is none of"),
    ("coref", CLUSTERS | {"clusters": CLUSTERS["clusters"] * 2}, "the mention 0:0..1 is predicted twice"),
    ("coref", [CLUSTERS, CLUSTERS], "is predicted twice"),
    ("coref", [], "1 row without a prediction"),
    ("docred", FACT | {"r": "led"}, 'did you mean "leads"'),
    ("docred", FACT | {"h_idx": 10**30}, "there is no entity"),
    ("docred", FACT | {"h_idx": 1.5}, "Expected `int`, got `float`"),
    ("docred", FACT | {"evidence": [99]}, "there is no sentence 99"),
    ("docred", [FACT, FACT | {"evidence": []}], "is predicted twice"),
    ("quotes", QUOTE | {"cue_end": 10**9}, "is no span of the"),
    ("quotes", QUOTE | {"content_ends": []}, "1 starts and 0 ends of content"),
    ("quotes", QUOTE | {"source_start": 1}, "of the source one end is null"),
    ("quotes", [QUOTE, QUOTE], "is predicted twice"),
    ("stance", STANCE | {"label": "favour"}, 'did you mean "favor"'),
    ("stance", STANCE | {"label": None}, "Expected `str`, got `null`"),
    ("stance", STANCE | {"stance_id": "s0"}, "there is no row"),
    ("stance", [STANCE, STANCE], "is predicted twice"),
    ("stance", STANCE, "rows without a prediction"),
    ("stance_pairs", PAIR, "there is no row"),
]


@pytest.mark.deep("inputs", quick=6)
@pytest.mark.parametrize(("task", "content", "told"), WRONG)
def test_what_is_wrong_is_told_with_its_place(cli: Cli, tmp_path: Path, task: str, content: object, told: str) -> None:
    file = tmp_path / "answers.jsonl"
    rows = content if isinstance(content, list) else [content]
    data = content if isinstance(content, bytes) else "".join(json.dumps(row) + "\n" for row in rows).encode()
    file.write_bytes(data)
    ended = cli("score", file, "--task", task, "--against", PROJECT)
    assert ended.returncode == 2
    assert told in ended.stderr, ended.stderr
    assert "  fix: " in ended.stderr
    lines = len([line for line in data.split(b"\n") if line])
    if "without a prediction" not in told and not data.startswith(b"["):
        assert f"answers.jsonl:{lines}: " in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["none.jsonl", "--task", "ner"], "cannot be read"),
        ([".", "--task", "ner"], "cannot be read"),
        (["answers.jsonl", "--task", "nor"], "'nor' is not one of"),
        (["answers.jsonl", "--task", "ner", "--split", "dev"], 'there is no row in the split "dev"'),
        (["answers.jsonl", "--task", "ner", "--floor"], "learns from the other splits"),
        (["answers.jsonl", "--task", "ner", "--against", "."], "is not a corpus root"),
    ],
)
def test_wrong_usage_is_told(cli: Cli, tmp_path: Path, arguments: list[str], told: str) -> None:
    rows = answers("ner", PROJECT)
    (tmp_path / "answers.jsonl").write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    given_too = [] if "--against" in arguments else ["--against", PROJECT]
    ended = cli("score", *arguments, *given_too)
    assert ended.returncode == 2
    assert told in ended.stderr, ended.stderr


def test_a_document_of_another_split_is_told() -> None:
    rows = answers("stance", EXAMPLES, "train")
    with pytest.raises(StanceBankError, match=r"row 1: the document .* is in another split"):
        stancebank.score(rows, "stance", against=EXAMPLES, split="test")
    with pytest.raises(StanceBankError, match='no task "stances"; did you mean "stance"'):
        stancebank.score(rows, "stances", against=EXAMPLES)


def test_a_build_that_says_nothing_sure_is_refused(
    editions: dict[str, Path], root: Root, tmp_path: Path, cli: Cli
) -> None:
    with pytest.raises(StanceBankError, match=r"has no scheme\.yaml"):
        stancebank.score([], "stance", against=editions["masked"])
    command = ("build", "--root", root.path, "--view", "documents", "--out")
    assert cli(*command, tmp_path / "b", "--unfinished").returncode == 0
    with pytest.raises(StanceBankError, match="documents that are not done"):
        stancebank.score([], "quotes", against=tmp_path / "b")
    assert cli(*command, tmp_path / "c").returncode == 0
    with pytest.raises(StanceBankError, match="has no view ner"):
        stancebank.score([], "ner", against=tmp_path / "c")
    (shard,) = (tmp_path / "c/data/documents").iterdir()
    shard.write_bytes(b"PAR1")
    with pytest.raises(StanceBankError, match="cannot be read"):
        stancebank.score([], "quotes", against=tmp_path / "c")


def test_the_table_and_the_json_say_the_same(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    file.write_text(json.dumps(answers("docred", EXAMPLES, "test")[1:]), "utf-8")
    command = ("score", file, "--task", "docred", "--against", EXAMPLES, "--split", "test", "--floor")
    table, listed = cli(*command), cli(*command, "--format", "json")
    assert table.returncode == listed.returncode == 0, table.stderr + listed.stderr
    content = json.loads(listed.stdout)
    assert content["interval"] == {"percent": 95, "draws": RESAMPLES, "seed": SEED, "of": "documents"}
    f1 = content["scores"][0]
    assert (f1["name"], f1["right"], f1["predicted"], f1["gold"]) == ("F1", 55, 55, 56)
    assert f"{f1['value']:.3f}" in table.stdout
    assert "1,000 draws of whole documents" in table.stdout
    assert content["floor"].keys() == {"majority", "gazetteer"}


def test_every_task_reads_one_view() -> None:
    for name in TASKS:
        assert len(_task(name).views) == 1
    with pytest.raises(StanceBankError, match="no document"):
        read_gold_rows(EXAMPLES, ("ner",), "test").require_document("row 1", "none")
