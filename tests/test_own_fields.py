"""Fields of a scheme's own: numbers with decimals, one value for each document, and what Label Studio does not show."""

from __future__ import annotations

import json
import shutil
from io import BytesIO
from pathlib import Path
from typing import Any

import datasets
import pytest
from hypothesis import given
from hypothesis import strategies as st

from own_schemes import ALL, HEAD, PART, Own, new_corpus, put
from stancebank.agreement.agreement_scores import agreement, agreement_of_all
from stancebank.checks.validation import check_corpus
from stancebank.corpus.corpus import Corpus, read_corpus
from stancebank.corpus.given_values import given_value
from stancebank.corpus.jsonl import read_records, write_records
from stancebank.dataset.building import available_views, build
from stancebank.schema.column import Column
from stancebank.schema.layers import DOC_ID, Layer
from stancebank.studio.importing.import_run import Imported, import_annotations
from stancebank.studio.layout.config import labelling_config
from stancebank.studio.layout.tasks import export_tasks

NUMBERS = Layer("numbers", "", "n", (DOC_ID, Column("n", "string", ""), Column("x", "number", "", nullable=True)))
RATED = Own(
    f"{HEAD}entity_types: [{{name: Person}}]\nrelation_types: [{{name: knows}}]\n"
    "fields:\n"
    "  - {layer: classifications, name: tone, kind: number, meaning: From -1 to 1.}\n"
    "  - {layer: classifications, name: urgent, kind: boolean, meaning: Whether it is urgent.}\n"
    "  - {layer: mentions, name: sure, kind: number, meaning: From 0 to 1.}\n"
    "  - {layer: entities, name: born, kind: integer, meaning: The year.}\n"
    "  - {layer: entities, name: party, kind: text, meaning: The party.}\n"
    "  - {layer: relations, name: weight, kind: number, meaning: How strong it is.}\n",
    {
        "entities": [
            {"entity_id": "e1", "type": "Person", "name": "Ada Birk", "born": 1990, "party": "Fishers"},
            {"entity_id": "e2", "type": "Person", "name": "harbour master", "born": None, "party": None},
        ],
        "mentions": [
            {"mention_id": "m1", "entity_id": "e2", "text": "harbour master", "sure": 1},
            {"mention_id": "m2", "entity_id": "e1", "text": "Ada Birk", "sure": 0.25},
        ],
        "relations": [{"relation_id": "r1", "type": "knows", "head": "m1", "tail": "m2", "weight": 0.5}],
        "classifications": [{"classification_id": "c1", "tone": -0.5, "urgent": True}],
    },
    {"actors": []},
)
Record = dict[str, Any]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_corpus(tmp_path_factory.mktemp("own"))


@pytest.fixture
def rated(empty: Path, tmp_path: Path) -> Corpus:
    return put(Path(shutil.copytree(empty, tmp_path / "root")), RATED)


def tasks_of(corpus: Corpus) -> list[Record]:
    """The tasks as the server gives them back."""
    tasks: list[Record] = json.loads(json.dumps(list(export_tasks(corpus))))
    for task in tasks:
        task.setdefault("annotations", [{"result": []}])[0] |= {"id": 1, "completed_by": 1, "was_cancelled": False}
    return tasks


def imported(corpus: Corpus, tasks: list[Record], out: Path, base: Path | None = None) -> Imported:
    return import_annotations(corpus, BytesIO(json.dumps(tasks).encode()), out=out, base=base)


def records(root: Path, layer: str) -> list[Record]:
    return [json.loads(line) for line in (root / f"corpus/{PART}/{layer}.jsonl").open("rb")]


@given(st.lists(st.none() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)))
def test_numbers_keep_their_values_and_what_is_written_is_written_again(values: list[float | None]) -> None:
    lines = (json.dumps({"doc_id": "d", "n": f"n{row}", "x": value}) + "\n" for row, value in enumerate(values))
    frame, faults = read_records("".join(lines).encode(), NUMBERS, "f")
    assert (faults, frame is None) == ([], False)
    assert frame is not None
    assert frame["x"].to_list() == values
    written = write_records(frame, NUMBERS)
    again, _ = read_records(written, NUMBERS, "f")
    assert again is not None
    assert write_records(again, NUMBERS) == written
    whole = [value for value in values if value is not None and float(value).is_integer() and abs(value) <= 2**53]
    assert all(f'"x":{int(value)}}}'.encode() in written for value in whole)
    assert not any(f'"x":{int(value)}.0}}'.encode() in written for value in whole)


@pytest.mark.parametrize("value", ['"3"', "true", "[]", "1e999", "-1e999", "9007199254740993", str(10**30)])
def test_what_is_no_number_or_loses_digits_is_a_fault(value: str) -> None:
    _, faults = read_records(f'{{"doc_id":"d","n":"n1","x":{value}}}\n'.encode(), NUMBERS, "f")
    assert [(fault.kind, fault.path) for fault in faults] == [("type", "$.x")]
    assert "expected a number or null" in faults[0].what


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("3", 3),
        ("3.0", 3),
        ("-0.25", -0.25),
        ("+2.5e3", 2500),
        ("0,5", None),
        ("1e999", None),
        ("nan", None),
        ("", None),
    ],
)
def test_a_cell_of_a_table_is_a_number_or_none(rated: Corpus, words: str, value: float | None) -> None:
    given, wrong = given_value(NUMBERS["x"], words, rated.scheme)
    assert (given, type(given)) == (value, type(value))
    assert value is not None or (wrong is not None and "expected a number, such as" in wrong[0])


def test_decimals_are_shown_compared_and_built(rated: Corpus, tmp_path: Path) -> None:
    """What Label Studio gives back is the same to the byte; alpha is of intervals; the dataset has floats."""
    assert '<Number step="any" name="classifications_tone"' in labelling_config(rated.scheme)
    tasks = tasks_of(rated)
    for item in tasks[0]["annotations"][0]["result"]:
        if item.get("from_name") == "mentions_sure" and item["value"]["number"] == 1:
            item["value"]["number"] = 1.0
    same = imported(rated, tasks, tmp_path / "same")
    assert (same.notices, [document.changed for document in same.documents]) == ((), [0])
    for item in tasks[0]["annotations"][0]["result"]:
        if item.get("from_name") == "classifications_tone":
            item["value"]["number"] = 0.75
    assert imported(rated, tasks, tmp_path / "back").notices == ()
    assert [row["tone"] for row in records(tmp_path / "back", "classifications")] == [0.75]
    part = rated.sound_part(PART)
    scores = {score.name: score.value for score in agreement(part, part) if score.layer == "mentions"}
    assert (scores["sure"], scores["sure, interval alpha"]) == (1, 1)
    assert {"tone, interval alpha", "urgent, alpha"} <= {score.name for score in agreement_of_all([part, part])}
    build(rated, tmp_path / "built", available_views(rated.scheme))
    rows = datasets.load_dataset(str(tmp_path / "built"), "mentions", cache_dir=str(tmp_path / "cache"))["train"]
    assert rows.features["sure"].dtype == "float64"
    assert rows["sure"][:] == [1.0, 0.25]


def test_fields_of_entities_and_relations_survive_label_studio(rated: Corpus, tmp_path: Path) -> None:
    """No control shows them; they stay with their records, whatever annotators change about these."""
    tasks = tasks_of(rated)
    result = tasks[0]["annotations"][0]["result"]
    assert not any("party" in item.get("from_name", "") or "weight" in item.get("from_name", "") for item in result)
    assert imported(rated, tasks, tmp_path / "same").notices == ()
    for layer in ("entities", "relations"):
        file = f"corpus/{PART}/{layer}.jsonl"
        assert (tmp_path / "same" / file).read_bytes() == (rated.root / file).read_bytes()
    for item in result:
        if item.get("id") == "m2" and item["from_name"] == "label":
            item["value"] |= {"labels": ["(undecided)"]}
        if item["type"] == "relation":
            item["labels"] = ["(undecided)"]
    assert imported(rated, tasks, tmp_path / "changed").notices == ()
    [first, _] = records(tmp_path / "changed", "entities")
    assert first == records(rated.root, "entities")[0] | {"type": None}
    assert records(tmp_path / "changed", "relations") == [records(rated.root, "relations")[0] | {"type": None}]


def test_two_values_of_a_document_are_refused_and_the_one_that_is_there_stays(rated: Corpus, tmp_path: Path) -> None:
    tasks = tasks_of(rated)
    result = tasks[0]["annotations"][0]["result"]
    [tone] = [item for item in result if item.get("from_name") == "classifications_tone"]
    result.append(tone | {"id": "other", "value": {"number": 0.75}})
    back = imported(rated, tasks, tmp_path / "back")
    [notice] = back.notices
    assert (notice.kind, notice.outcome) == ("value-twice", "refused")
    assert notice.what == "classifications_tone is [0.75] and -0.5, expected one"
    assert back.written == ()


def test_a_classification_that_somebody_else_wrote_meanwhile_does_not_become_a_second_one(
    rated: Corpus, tmp_path: Path
) -> None:
    file = rated.root / f"corpus/{PART}/classifications.jsonl"
    line = file.read_bytes()
    file.write_bytes(b"")
    sent = Path(shutil.copytree(rated.root, tmp_path / "sent"))
    tasks = tasks_of(read_corpus(sent))
    value = {"number": 0.75}
    tone = {"id": "x", "from_name": "classifications_tone", "to_name": "text", "type": "number", "value": value}
    tasks[0]["annotations"][0]["result"].append(tone)
    file.write_bytes(line.replace(b'"c1"', b'"mine"'))
    result = imported(read_corpus(rated.root), tasks, tmp_path / "back", base=sent)
    assert [notice.kind for notice in result.notices] == ["changed-on-both-sides"]
    assert result.written == ()


def test_two_classifications_of_a_document_are_an_error(rated: Corpus) -> None:
    file = rated.root / f"corpus/{PART}/classifications.jsonl"
    file.write_bytes(file.read_bytes() + file.read_bytes().replace(b'"c1"', b'"c2"'))
    [finding] = [each for each in check_corpus(read_corpus(rated.root)) if each.severity == "error"]
    assert (finding.rule, finding.line, finding.record) == ("SB618", 2, "c2")


def test_a_list_of_labels_without_definitions_is_one_warning(empty: Path, tmp_path: Path) -> None:
    corpus = put(Path(shutil.copytree(empty, tmp_path / "root")), ALL["entities, fourteen types and six fields"])
    found = [finding for finding in check_corpus(corpus) if finding.rule == "SB509"]
    assert [finding.path for finding in found] == [
        "$.entity_types[0].name", "$.fields[0].labels[0].name", "$.fields[5].labels[0].name",
    ]  # fmt: skip
    assert found[0].what.startswith("14 of 14 labels in entity_types have no definition: Person, Behörde")
    assert found[0].what.endswith("and 4 others")


def test_a_document_that_is_done_has_the_classification_that_is_required(empty: Path, tmp_path: Path) -> None:
    corpus = put(Path(shutil.copytree(empty, tmp_path / "root")), ALL["entities, fourteen types and six fields"])
    (corpus.root / f"corpus/{PART}/classifications.jsonl").write_bytes(b"")
    [finding] = [each for each in check_corpus(read_corpus(corpus.root)) if each.rule == "SB508"]
    assert (finding.file, finding.path) == (f"corpus/{PART}/progress.jsonl", "$.state")
    assert finding.what == 'topic of "harbour" is undecided, and its classifications are done'
