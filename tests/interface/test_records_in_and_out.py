"""Records of a layer in and out one by one, and frames of a user's held to the models of the layers."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from pandera.errors import SchemaError

import stancebank
from conftest import DOC, PROJECT, Root, examples
from stancebank.corpus.part import Part
from stancebank.interface import schemas
from stancebank.schema.layers import ANNOTATED, KNOWN_LAYERS, PART_LAYERS
from strategies import parts
from unfinished import on_disk_with_seeds


@settings(max_examples=examples(30))
@given(parts(undecided=True))
def test_records_that_go_out_come_in_as_they_were(part: Part) -> None:
    with on_disk_with_seeds(part) as root:
        corpus = stancebank.open(root.path)
        copy = corpus.as_annotator("copy")
        for layer in ANNOTATED:
            file = root.path / f"{layer}.jsonl.out"
            assert corpus.write_jsonl(layer, file) == part[layer].height
            assert copy.read_jsonl(layer, file) == part[layer].height
            assert [*copy.records(layer)] == [*corpus.records(layer)] == root.records(layer)
        corpus.save()
        for layer in ANNOTATED if any(part[layer].height for layer in ANNOTATED) else ():
            assert root.of("copy").layer_path(layer).read_bytes() == root.layer_path(layer).read_bytes()


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> stancebank.OpenCorpus:
    root = tmp_path_factory.mktemp("copied") / "root"
    for folder in ("corpus", "schemas", "seeds"):
        shutil.copytree(PROJECT / folder, root / folder)
    return stancebank.open(root)


GOOD = {"doc_id": DOC, "target": "europe-at-talks", "start": 0, "end": 7}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("[]", ":2: not a JSON object"),
        ("{", ":2: not a JSON object"),
        ("", ":2: not a JSON object"),
        ("{}", ":2: doc_id is missing"),
        (json.dumps({**GOOD, "doc_id": "nowhere"}), ':2: there is no document "nowhere"'),
        (json.dumps({**GOOD, "text": "other"}), ':2: "000_22079654af0f9918" does not read "other" at 0..7'),
        (json.dumps({**GOOD, "start": "x"}), ":2: "),
        (json.dumps({**GOOD, "start": None}), ":2: "),
        (json.dumps({**GOOD, "start": "x", "text": "y"}), ":2: "),
        (json.dumps({**GOOD, "stance_id": ["x"]}), ":2: stance_id of a stance cannot be"),
        (json.dumps({**GOOD, "holder": {"x": 1}}), ":2: holder of a stance cannot be"),
        (json.dumps({**GOOD, "doc_id": [1]}), ":2: doc_id is missing"),
        (json.dumps({**GOOD, "label": "favour"}), ':2: label of a stance cannot be "favour"; did you mean "favor"?'),
        (json.dumps({**GOOD, "labels": "favor"}), ':2: "labels" is no field of a stance'),
    ],
)
def test_a_line_that_is_no_record_is_named_and_nothing_is_added(
    line: str, told: str, corpus: stancebank.OpenCorpus, tmp_path: Path
) -> None:
    (tmp_path / "in.jsonl").write_text(f"{json.dumps(GOOD)}\n{line}\n", "utf-8")
    with pytest.raises(stancebank.StanceBankError) as error:
        corpus.read_jsonl("stances", tmp_path / "in.jsonl")
    assert told in str(error.value)
    assert "nothing was added" in str(error.value)
    assert corpus.changes() == {}


@pytest.mark.parametrize("record", [None, 7, "text", ["doc_id"], {1: 2}])
def test_what_is_no_record_is_refused(record: Any, corpus: stancebank.OpenCorpus) -> None:
    with pytest.raises(stancebank.StanceBankError, match="is no record"):
        corpus.add_records("stances", [record])


def test_all_layers_go_out(corpus: stancebank.OpenCorpus, root: Root) -> None:
    for layer in (*PART_LAYERS, "targets"):
        assert [*corpus.records(layer)] == root.records(layer)


def test_a_file_that_is_not_there_is_refused(corpus: stancebank.OpenCorpus, root: Root, tmp_path: Path) -> None:
    with pytest.raises(stancebank.StanceBankError, match="cannot be read"):
        corpus.read_jsonl("stances", tmp_path / "nowhere.jsonl")
    with pytest.raises(stancebank.StanceBankError, match="not a layer that annotators fill"):
        corpus.read_jsonl("documents", root.layer_path("documents"))


def test_each_layer_has_a_model_that_takes_its_records(corpus: stancebank.OpenCorpus, root: Root) -> None:
    models = schemas.of(corpus)
    for name in KNOWN_LAYERS:
        assert isinstance(getattr(stancebank.schemas, name.capitalize()).name, str)
    part = root.part()
    for name in part.layers.parts:
        rows = part.frames[name]
        assert getattr(stancebank.schemas, name.capitalize()).validate(rows).equals(rows)
        assert models[name].validate(rows).equals(rows)


def test_a_frame_that_is_no_layer_is_refused(corpus: stancebank.OpenCorpus) -> None:
    mentions = corpus.frame("mentions")
    damaged = [
        mentions.drop("level"),
        mentions.with_columns(more=pl.lit(1)),
        mentions.with_columns(start=pl.lit(-1)),
        mentions.with_columns(pl.col("start").cast(pl.String)),
        mentions.with_columns(text=pl.lit(None, pl.String)),
    ]
    for frame in damaged:
        with pytest.raises(SchemaError):
            stancebank.schemas.Mentions.validate(frame)
    other = mentions.with_columns(level=pl.lit("another label"))
    assert stancebank.schemas.Mentions.validate(other).equals(other)
    with pytest.raises(SchemaError):
        schemas.of(corpus)["mentions"].validate(other)
    with pytest.raises(AttributeError):
        stancebank.schemas.Mention  # noqa: B018
