"""Answers in quotations: there and back, damaged, and as a pass."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import orjson
import pytest
from hypothesis import given, settings

from conftest import DOC, PART, Cli, Root, examples
from stancebank.corpus.annotators import read_annotators
from stancebank.corpus.corpus import read_corpus
from stancebank.corpus.part import Part
from stancebank.formats.quotes.answer_fields import with_referred
from stancebank.formats.quotes.answer_import import AnswerImport, Ledger, placed_answer
from stancebank.formats.quotes.answer_items import PLACED
from stancebank.formats.quotes.answer_placing import records_of
from stancebank.formats.quotes.answer_reading import parse_answers
from stancebank.formats.quotes.answer_schema import answer_schema
from stancebank.formats.quotes.answer_writing import answers_of
from stancebank.schema.layers import ANNOTATED, LAYERS
from stancebank.schema.scheme_layers import ALL_LAYERS
from strategies import parts, records

Answer = dict[str, Any]
DAY = "2026-03-09"


@pytest.fixture(scope="module")
def answer(gold: Part) -> Answer:
    """The gold as an answer; not to be changed."""
    return next(answers_of(gold))


def imported(gold: Part, data: bytes, nearest: float | None = None) -> tuple[Ledger, dict[str, list[Answer]]]:
    """The ledger of answers to the project's document, and their records by layer."""
    work = AnswerImport(gold.corpus, "echo", DAY, nearest=nearest)
    for each in parse_answers(data, "answers.json"):
        work.take(each)
    found = {layer: [row for part in work.parts() for row in part.records[layer]] for layer in ANNOTATED}
    return work.ledger, found


@settings(max_examples=examples(100))
@given(parts(undecided=True))
def test_annotations_written_as_answers_come_back_as_they_were(part: Part) -> None:
    for each in answers_of(part):
        sentences = part["sentences"].filter(doc_id=each["doc_id"])["sentence_id"]
        schema = answer_schema(part.corpus, each["doc_id"], list(sentences), ANNOTATED)
        jsonschema.validate(json.loads(orjson.dumps(each)), schema)
        text, items, _ = placed_answer(part, json.loads(orjson.dumps(each)))
        dropped = [item for of_layer in items.values() for item in of_layer if item.outcome != PLACED]
        assert [(item.layer, item.why) for item in dropped if "says the same" not in item.why] == []
        if not dropped:
            back = records_of(part.layers, each["doc_id"], text, items)
            for layer in ANNOTATED:
                expected = [row for row in records(part, layer) if row["doc_id"] == each["doc_id"]]
                assert back[layer] == [_with_sorted_spans(row) for row in expected]


def _with_sorted_spans(row: Answer) -> Answer:
    return {
        key: sorted(value, key=lambda span: span["start"]) if isinstance(value, list) else value
        for key, value in row.items()
    }


def test_the_gold_as_an_answer_is_an_equal_pass(
    root: Root, gold: Part, answer: Answer, cli: Cli, tmp_path: Path
) -> None:
    (tmp_path / "answers.jsonl").write_bytes(orjson.dumps(answer) + b"\n")
    (tmp_path / "instructions.md").write_text("made up\n")
    arguments = ("import", "answers.jsonl", "--format", "quotes", "--as", "echo", "--root", root.path)
    options = ("--model", "Echo: a model", "--model-version", "1.0", "--settings", "temperature 0", "--date", DAY)
    planned = cli(*arguments, *options, "--prompt", "instructions.md", "--dry-run")
    assert planned.returncode == 0, planned.stderr
    assert not (root.path / "annotation").exists()
    done = cli(*arguments, *options, "--prompt", "instructions.md")
    assert done.returncode == 0, done.stderr
    assert "made up 0; answers 1, refused 0" in done.stdout
    for layer in ANNOTATED:
        there = root.path / f"corpus/{PART}/{layer}.jsonl"
        assert (root.path / f"annotation/passes/echo/{PART}/{layer}.jsonl").read_bytes() == there.read_bytes()
    progress = read_corpus(root.path).sound().sound_part(PART, "echo")["progress"]
    assert set(progress.select("layer", "state", "annotator", "date", "made_from", "remark").iter_rows()) == {
        (layer, "done", "echo", DAY, "blank", None) for layer in ANNOTATED
    }
    register, _ = read_annotators(root.path)
    entry = register.by_id["echo"]
    assert (entry.kind, entry.name, entry.version) == ("language model", "Echo: a model", "1.0")
    assert entry.settings == "temperature 0"
    assert len(entry.prompt) == 64
    assert not (root.path / "annotation/unplaced.jsonl").exists()
    assert [finding for finding in root.findings() if finding.severity == "error"] == []
    again = cli(*arguments)
    assert "the pass has" in again.stdout
    assert again.returncode == 2
    assert cli(*arguments, "--replace").returncode == 0


def _set(layer: str, index: int, **values: object) -> Callable[[Answer], None]:
    return lambda answer: answer[layer][index].update(values)


def _quote(layer: str, index: int, **values: object) -> Callable[[Answer], None]:
    return lambda answer: answer[layer][index]["quotation"].update(values)


def _layer(layer: str, value: object) -> Callable[[Answer], None]:
    return lambda answer: answer.update({layer: value})


DAMAGES: dict[str, Callable[[Answer], None]] = {
    "markup": _quote("mentions", 2, words="**Keir Starmer**"),
    "tags": _quote("mentions", 2, words="<b>Keir Starmer</b>"),
    "an ellipsis": _quote("stances", 0, words="readiness ... in Ukraine"),
    "a letter for a mark": _quote("stances", 0, words="readiness \u2026 in Ukraine"),
    "100 kB": _quote("mentions", 2, words="Keir Starmer " * 8000),
    "100 kB before": _quote("mentions", 2, before="Keir Starmer " * 8000),
    "empty words": _quote("mentions", 2, words=""),
    "blank words": _quote("mentions", 2, words=" \u00a0\n"),
    "another language": _quote(
        "mentions", 2, words="\u043f\u0440\u0435\u043c'\u0454\u0440-\u043c\u0456\u043d\u0456\u0441\u0442\u0440"
    ),
    "part of a word": _quote("mentions", 2, words="tarme"),
    "another sentence": _quote("mentions", 2, sentence="n9"),
    "a made-up sentence": _quote("mentions", 2, sentence="n999"),
    "a sentence that is a path": _quote("mentions", 2, sentence="../../etc/passwd"),
    "a number for words": _quote("mentions", 2, words=7),
    "no words": lambda answer: answer["mentions"][2]["quotation"].pop("words"),
    "a further key in a quotation": _quote("mentions", 2, start=0),
    "text for a quotation": _set("mentions", 2, quotation="Keir Starmer"),
    "offsets": _set("mentions", 2, start=23, end=35),
    "a made-up label": _set("mentions", 2, level="TITLE"),
    "a label in small letters": _set("mentions", 2, level="nam"),
    "a label that is a list": _set("mentions", 2, level=["NAM"]),
    "a made-up relation": _set("relations", 0, type="adores"),
    "a made-up reference": _set("relations", 0, head="m9999"),
    "a reference to another layer": _set("relations", 0, head="e1"),
    "a reference that is a number": _set("relations", 0, head=1),
    "a made-up target": _set("stances", 0, target="world-peace"),
    "a made-up holder": _set("stances", 0, holder="Starmer"),
    "a made-up Wikidata item": _set("entities", 0, wikidata="https://www.wikidata.org/wiki/Q145"),
    "a name on two lines": _set("entities", 0, name="Britain\nand more"),
    "controls in a name": _set("entities", 0, name="\u001b[31mBritain"),
    "an id that is taken": _set("mentions", 2, mention_id="m4"),
    "no id": _set("mentions", 2, mention_id=None),
    "content that is text": _set("attributions", 0, content="readiness"),
    "no content": _set("attributions", 0, content=[]),
    "content that is not there": _set("attributions", 0, content=[{"words": "we will win"}]),
    "an item that is text": lambda answer: answer["mentions"].__setitem__(2, "Keir Starmer"),
    "an item that is null": lambda answer: answer["stances"].__setitem__(0, None),
    "an item twice": lambda answer: answer["relations"].append({**answer["relations"][0], "relation_id": "r999"}),
    "an entity without mention": lambda answer: answer["entities"].append(
        {**answer["entities"][0], "entity_id": "e999"}
    ),
    "a layer that is text": _layer("stances", "none"),
    "a layer that is null": _layer("relations", None),
    "an unknown layer": _layer("emotions", []),
    "another document": _layer("doc_id", "000_00000000000000000"),
    "a document that is a path": _layer("doc_id", "../../../etc/passwd"),
    "a document that is a number": _layer("doc_id", 1),
    "no document": lambda answer: answer.pop("doc_id"),
    "a false order": lambda answer: (answer.update(in_order=True), answer["mentions"].reverse()),
    "a surrogate": _quote("mentions", 2, before="\ud800"),
}


def assert_sound(ledger: Ledger, found: dict[str, list[Answer]], gold: Part) -> None:
    """Nothing is made up or misplaced, and all that is given is counted."""
    for layer in ANNOTATED:
        known = {orjson.dumps(row) for row in gold[layer].to_dicts()}
        assert {orjson.dumps(row) for row in found[layer]} <= known
        assert len(found[layer]) == ledger.counts.get(layer, {}).get(PLACED, 0)
    assert list(ledger.lines())


@pytest.mark.deep("inputs", quick=12)
@pytest.mark.parametrize("name", DAMAGES)
def test_what_is_damaged_is_counted_and_the_rest_is_placed_right(gold: Part, answer: Answer, name: str) -> None:
    damaged = copy.deepcopy(answer)
    DAMAGES[name](damaged)
    ledger, found = imported(gold, json.dumps(damaged).encode())
    assert_sound(ledger, found, gold)
    if name == "a surrogate":
        return  # no JSON
    assert not ledger.complete or name == "a false order"
    for layer in ANNOTATED:
        given = damaged.get(layer)
        count = len(given) if isinstance(given, list) else 1
        assert ledger.counts[layer].total() == count if isinstance(damaged.get("doc_id"), str) or given else True


@pytest.mark.parametrize(
    "data",
    [
        *(
            b"",
            b" \n",
            b"\xff\xfe",
            b"null",
            b"[]",
            b"[[]]",
            b"{}",
            b"7",
            b'"text"',
            b"[null]",
            b"I cannot help with that.",
        ),
        *(b"[" * 100_000, b'{"a":' * 10_000, b'{"doc_id":NaN}', b"\x00", b"{}\n{", b"<html></html>"),
    ],
)
def test_what_is_no_answer_is_refused_with_a_reason(gold: Part, data: bytes) -> None:
    ledger, found = imported(gold, data)
    assert ledger.refused
    assert all(why for _, why in ledger.refused)
    assert not any(found.values())


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_an_answer_that_is_cut_off_is_refused(gold: Part, answer: Answer, share: float) -> None:
    data = orjson.dumps(answer)
    ledger, found = imported(gold, data[: int(len(data) * share)])
    assert len(ledger.refused) == 1
    assert not any(found.values())


def test_fences_lists_and_lines_are_read(gold: Part, answer: Answer) -> None:
    data = orjson.dumps(answer)
    twice = data + b"\n" + data + b"\n"
    for wrapped in (b"```json\n" + data + b"\n```\n", b"[" + data + b"]", twice):
        ledger, found = imported(gold, wrapped)
        assert sum(map(len, found.values())) == sum(len(answer[layer]) for layer in ANNOTATED)
        assert len(ledger.refused) == (wrapped == twice)


def test_what_has_no_place_is_kept_for_a_person_and_other_documents_stay(
    root: Root, answer: Answer, cli: Cli, tmp_path: Path
) -> None:
    damaged = copy.deepcopy(answer)
    damaged["mentions"][2]["quotation"] |= {"words": "Starmer", "sentence": None}
    folder = tmp_path / "answers"
    folder.mkdir()
    (folder / "one.json").write_bytes(orjson.dumps(damaged))
    (folder / "two.json").write_bytes(b"{")
    (root.path / "annotation").mkdir()
    (root.path / "annotation/unplaced.jsonl").write_bytes(b'{"doc_id":"another","annotator":null}\n')
    done = cli("import", folder, "--as", "echo", "--root", root.path, "--model", "Echo")
    assert done.returncode == 1
    assert f"{DOC} mentions m3: ambiguous: fits" in done.stdout
    assert "two.json: refused: no JSON" in done.stdout
    kept = (root.path / "annotation/unplaced.jsonl").read_bytes().splitlines()
    assert kept[0] == b'{"doc_id":"another","annotator":null}'
    first = json.loads(kept[1])
    assert (first["annotator"], first["layer"], first["id"]) == ("echo", "mentions", "m3")
    assert "[Starmer]" in first["after"]
    assert first["record"]["quotation"]["words"] == "Starmer"
    assert [json.loads(line)["why"].split(":")[0] for line in kept[2:]].count("dependent") == len(kept) - 2
    assert [finding.rule for finding in root.findings() if finding.severity == "error"] == []
    progress = (root.path / f"annotation/passes/echo/{PART}/progress.jsonl").read_text()
    assert "1 of 150 items have no place" in progress


@pytest.mark.parametrize("id", ["../gold", "gold", "", "a/b", "a\\b", ".hidden", "x" * 200])
def test_a_pass_has_an_id(root: Root, answer: Answer, cli: Cli, tmp_path: Path, id: str) -> None:
    (tmp_path / "a.json").write_bytes(orjson.dumps(answer))
    done = cli("import", "a.json", "--as", id, "--root", root.path, "--model", "Echo")
    assert done.returncode == 2
    assert not (root.path / "annotation").exists()


def test_a_person_has_no_answers_of_a_model(root: Root, answer: Answer, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(orjson.dumps(answer))
    assert "is not registered" in cli("import", "a.json", "--as", "ann", "--root", root.path).stderr
    (root.path / "annotation").mkdir()
    (root.path / "annotation/annotators.yaml").write_text(
        "annotators:\n  - id: ann\n    kind: person\n    name: Ann\n    date: 2026-01-01\n"
        "    instructions: none\n    note: none\n"
    )
    done = cli("import", "a.json", "--as", "ann", "--root", root.path, "--model", "Echo")
    assert done.returncode == 2
    assert "is a person, not a language model" in done.stderr
    assert not (root.path / "annotation/passes").exists()
    for missing in ("nothing.json", "annotation"):
        assert cli("import", missing, "--as", "x", "--root", root.path, "--model", "Echo").returncode == 2


def test_a_prompt_has_all_that_a_model_needs(root: Root, cli: Cli, tmp_path: Path, gold: Part) -> None:
    done = cli("prompt", DOC, "--root", root.path)
    assert done.returncode == 0, done.stderr
    prompt = json.loads(done.stdout)
    scheme = gold.corpus.scheme
    for relation in scheme.relation_types:
        assert relation.definition in prompt["instructions"]
    for proposition in gold.corpus.targets["proposition"]:
        assert proposition in prompt["instructions"]
    sentences = gold["sentences"]["sentence_id"]
    assert all(f"[{sentence}] " in prompt["document"] for sentence in sentences)
    written = cli("prompt", "--part", PART, "--layer", "mentions", "--out", "out", "--root", root.path)
    assert written.returncode == 0
    schema = json.loads((tmp_path / f"out/documents/{DOC}.schema.json").read_bytes())
    assert [key for key in schema["properties"] if key in ANNOTATED] == ["entities", "mentions"]
    assert all(_is_strict(each) for each in (prompt["answer_schema"], schema))
    assert cli("prompt", "--root", root.path).returncode == 2
    assert cli("prompt", "../x", "--root", root.path).returncode == 2
    assert cli("prompt", "--part", "none", "--root", root.path).returncode == 2


def _is_strict(schema: Any) -> bool:
    """Whether every object requires all of its keys and allows no others."""
    if isinstance(schema, list):
        return all(map(_is_strict, schema))
    if not isinstance(schema, dict):
        return True
    if schema.get("type") == "object" and not (
        schema["additionalProperties"] is False and schema["required"] == list(schema["properties"])
    ):
        return False
    return all(map(_is_strict, schema.values()))


def test_layers_come_with_what_they_refer_to() -> None:
    assert with_referred(ALL_LAYERS, ["relations"]) == ("entities", "mentions", "relations")
    assert with_referred(ALL_LAYERS, ["entities"]) == ("entities",)
    assert with_referred(ALL_LAYERS, None) == ANNOTATED
    assert set(with_referred(ALL_LAYERS, ["stances"])) <= LAYERS.keys()
