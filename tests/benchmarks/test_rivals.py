"""What StanceBank is compared with in benchmarks/ does the work that the comparison says."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import orjson
import pyarrow.parquet as pq
import pytest

from conftest import PROJECT
from overlays import composed
from stancebank.checks.registry import RULES
from stancebank.corpus.corpus import read_corpus
from stancebank.schema.layers import LAYERS
from stancebank.views.docred import docred
from stancebank.views.documents import documents

sys.path.insert(0, str(PROJECT / "benchmarks"))

from rivals import (
    by_hand,
    with_arrow,
    with_bigbio_checks,
    with_check_jsonschema,
    with_docred_reader,
    with_frictionless,
    with_generator,
    with_jsonschema,
    with_msgspec,
    with_pydantic,
    with_udtools,
)

SOUND = composed("sound")
RIVALS = [
    pytest.param(with_msgspec.check, by_hand.CHECKED, id="msgspec"),
    pytest.param(with_pydantic.check, by_hand.CHECKED, id="pydantic"),
    pytest.param(partial(with_jsonschema.check, parts=1), with_jsonschema.CHECKED, id="jsonschema"),
]
# The rivals take the project's scheme, which neither a misspelt type nor a scheme's own fields fit.
OTHER_SCHEMES = {"SB102", "SB618"}


@pytest.mark.deep("packages", quick=1)
@pytest.mark.parametrize(("check", "checked"), RIVALS)
def test_a_rival_finds_what_breaks_the_rules_that_it_checks_and_nothing_else(
    check: Callable[[Path], Iterator[str]], checked: tuple[str, ...]
):
    assert list(check(SOUND)) == []
    found = {rule: list(check(composed(rule))) for rule in RULES}
    assert {rule for rule, complaints in found.items() if complaints} - OTHER_SCHEMES == set(checked)
    for rule in checked:
        named = {complaint.split()[0] for complaint in found[rule] if complaint.startswith("SB")}
        assert not named or rule in named


def test_the_records_of_the_generator_are_those_of_the_documents_view():
    (part,) = read_corpus(SOUND).part_names
    assert (
        list(with_generator.records([SOUND / "corpus" / part]))
        == documents(read_corpus(SOUND).read_part(part)).to_dicts()
    )


def test_arrow_writes_every_layer(tmp_path: Path):
    with_arrow.main(SOUND, tmp_path)
    part = read_corpus(SOUND).read_part("2026-03")
    written = {name: pq.read_table(tmp_path / name).to_pylist() for name in LAYERS}
    frames = {**part.frames, **part.corpus.shared}
    assert written == {name: frame.to_dicts() for name, frame in frames.items()}


def test_checks_of_examples_find_what_breaks_the_rules_that_they_check():
    def complaints(name: str) -> list[str]:
        corpus = read_corpus(composed(name))
        rows = [row for part in corpus.part_names for row in documents(corpus.read_part(part)).to_dicts()]
        return list(with_bigbio_checks.check(rows))

    assert all(complaints(rule) for rule in with_bigbio_checks.CHECKED)
    assert not any(map(complaints, ("sound", "SB304", "SB501", "SB506")))


def test_a_reader_of_docred_refuses_what_refers_to_nothing():
    record = docred(read_corpus(SOUND).read_part("2026-03")).to_dicts()[0]
    made = with_docred_reader.example(record)
    assert len(made.entities) == len(record["vertexSet"])
    (label, *_) = record["labels"]
    assert label["r"] in made.relations[label["h"], label["t"]]
    for changed in ({"t": len(record["vertexSet"])}, {"evidence": [len(record["sents"])]}):
        with pytest.raises(ValueError, match="has no"):
            with_docred_reader.example({**record, "labels": [{**label, **changed}]})


@pytest.mark.deep("processes")
def test_records_are_checked_by_their_schemas_and_files_of_a_broken_corpus_are_named(tmp_path: Path):
    assert list(with_check_jsonschema.check(with_check_jsonschema.prepare(SOUND, tmp_path / "sound"))) == []
    folder = with_check_jsonschema.prepare(composed("SB501"), tmp_path / "broken")
    (complaint,) = with_check_jsonschema.check(folder)
    assert complaint.startswith("mentions.json: ")


def test_tables_have_the_keys_and_labels_of_the_layers(tmp_path: Path):
    package = orjson.loads(with_frictionless.prepare(SOUND, tmp_path / "tables").read_bytes())
    schemas = {each["name"]: each["schema"] for each in package["resources"]}
    assert schemas["mentions"]["primaryKey"] == ["doc_id", "mention_id"]
    keys = {each["fields"][-1]: each["reference"] for each in schemas["mentions"]["foreignKeys"]}
    assert keys["entity_id"] == {"resource": "entities", "fields": ["doc_id", "entity_id"]}
    level = next(field for field in schemas["mentions"]["fields"] if field["name"] == "level")
    assert "required" not in level["constraints"]
    assert "NAM" in level["constraints"]["enum"]
    lines = (tmp_path / "tables/mentions.csv").read_text("utf-8").splitlines()
    assert lines[0] == ",".join(LAYERS["mentions"].names)


def test_the_validator_of_conllu_gets_trees_and_entities_that_it_takes(tmp_path: Path):
    exported = tmp_path / "exported"
    exported.mkdir()
    words = ("1", "It", *"_______", "Entity=(e1-GPE-id:m1)|SpaceAfter=No"), ("2", ".", *"_______", "Entity=e1)")
    lines = ["# global.Entity = eid-etype-other", *map("\t".join, words)]
    (exported / "a-b.conllu").write_text("\n".join(lines), "utf-8")
    (file,) = with_udtools.prepare(exported, tmp_path / "out")
    head, *rows = file.read_text("utf-8").split("\n")
    assert head == "# global.Entity = eid-etype-head-other"
    assert [row.split("\t")[6:] for row in rows] == [
        ["0", "root", "_", "Entity=(abe1--1-id:m1)|SpaceAfter=No"],
        ["1", "dep", "_", "Entity=abe1)"],
    ]
