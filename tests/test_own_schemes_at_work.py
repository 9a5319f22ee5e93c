"""Corpora with schemes of somebody else: texts updated, moved and renamed, quoted by a model, sent on, and added."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import orjson
import pytest

from own_schemes import ALL, DOC, HEAD, PART, TEXT, Own, new_corpus, put
from stancebank.checks.validation import check_corpus
from stancebank.corpus.additions import RefusedTextsError, add_texts
from stancebank.corpus.corpus import Corpus, read_corpus
from stancebank.corpus.sentence_corrections import join_sentences, split_sentence
from stancebank.faults import StanceBankError
from stancebank.formats.quotes.answer_import import AnswerImport
from stancebank.formats.quotes.answer_items import INVALID
from stancebank.formats.quotes.answer_reading import parse_answers
from stancebank.formats.quotes.answer_writing import answers_of
from stancebank.formats.quotes.pass_files import ModelRun, pass_files
from stancebank.formats.quotes.prompts import prompts
from stancebank.revisions.document_moves import plan_move, plan_removal, plan_renaming
from stancebank.revisions.draft import Draft
from stancebank.revisions.revision_report import moved_lines, update_lines
from stancebank.revisions.text_update import plan_update
from stancebank.storage.files import write_files
from stancebank.studio.layout.proposals import proposed_documents, sent_part
from stancebank.studio.layout.tasks import Mode, Way, part_tasks

DAY = "2031-05-02"
REGISTER = b"annotators:\n  - {id: ann, kind: person, name: Ann, date: 2031-05-01, instructions: none, note: made up}\n"
DOCUMENT_FIELDS = Own(
    f"{HEAD}mention_levels: [{{name: Name}}]\n"
    "fields:\n"
    "  - {layer: documents, name: desk, kind: label, meaning: The desk., labels: [{name: foreign}, {name: home}]}\n"
    "  - {layer: documents, name: page, kind: integer, meaning: The page.}\n"
    "  - {layer: documents, name: front, kind: boolean, meaning: Whether it was on the front page.}\n"
    "  - {layer: documents, name: remark, kind: text, meaning: A remark.}\n"
    "  - {layer: sentences, name: tone, kind: text, meaning: The tone.}\n",
    {"mentions": [{"mention_id": "m1", "text": "Ada Birk", "level": "Name"}]},
    {},
)
CHOSEN = {name: own for name, own in ALL.items() if name != "attributions alone"}
CHOSEN["fields of documents and sentences"] = DOCUMENT_FIELDS
own_schemes = pytest.mark.parametrize("own", CHOSEN.values(), ids=CHOSEN)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_corpus(tmp_path_factory.mktemp("own"))


def with_pass(empty: Path, folder: Path, own: Own) -> Corpus:
    """A corpus with records that ann's pass has too, and values in own fields of documents and sentences."""
    root = put(Path(shutil.copytree(empty, folder)), own).root
    for layer, name, value in (("documents", b"desk", b"home"), ("sentences", b"tone", b"dry")):
        file = root / f"corpus/{PART}/{layer}.jsonl"
        file.write_bytes(file.read_bytes().replace(b'"%b":null' % name, b'"%b":"%b"' % (name, value)))
    gold, of_pass = root / f"corpus/{PART}", root / f"annotation/passes/ann/{PART}"
    shutil.copytree(gold, of_pass, ignore=shutil.ignore_patterns("documents*", "sentences*"))
    (root / "annotation/annotators.yaml").write_bytes(REGISTER)
    return read_corpus(root).sound()


def tree(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def records(root: Path) -> dict[str, list[dict[str, Any]]]:
    """The records of gold and pass by file, without what a new text changes in every one."""
    found = {}
    for file, data in tree(root).items():
        if file.endswith(".jsonl") and f"/{PART}/" in file and not file.endswith(("progress.jsonl", "sentences.jsonl")):
            rows = [json.loads(line) for line in data.splitlines()]
            found[file] = [{k: v for k, v in row.items() if k not in _PLACES} for row in rows]
    return found


_PLACES = ("start", "end", "content", "text", "text_sha256", "seed_sha256", "date")


def errors(root: Path) -> list[str]:
    return [str(finding) for finding in check_corpus(read_corpus(root)) if finding.severity == "error"]


@pytest.mark.deep("inputs", quick=2)
@own_schemes
def test_an_update_keeps_every_value_and_the_way_back_every_byte(empty: Path, tmp_path: Path, own: Own) -> None:
    root = with_pass(empty, tmp_path / "root", own).root
    before, said = tree(root), records(root)
    for text in (TEXT.replace("The harbour", "In May the harbour", 1), TEXT):
        draft = Draft(read_corpus(root).sound())
        update = plan_update(draft, DOC, text.encode(), "new.txt", DAY)
        assert update.unplaced == ()
        assert [*update_lines(update)]
        draft.write()
        assert records(root) == said
    assert errors(root) == []
    annotated = [file for file in said if not file.endswith("documents.jsonl")]
    assert {file: tree(root)[file] for file in annotated} == {file: before[file] for file in annotated}


@pytest.mark.deep("inputs", quick=2)
@own_schemes
def test_what_loses_its_place_is_kept_with_its_own_fields(empty: Path, tmp_path: Path, own: Own) -> None:
    root = with_pass(empty, tmp_path / "root", own).root
    draft = Draft(read_corpus(root).sound())
    update = plan_update(draft, DOC, b"The weather was fair on Tuesday, and the new toll.\n", "new.txt", DAY)
    draft.write()
    assert errors(root) == []
    kept = [json.loads(line)["record"] for line in (root / "annotation/unplaced.jsonl").open("rb")]
    assert len(kept) == len(update.unplaced)
    for layer, rows in own.records.items():
        if layer != "classifications":
            for row in rows:
                values = {name: value for name, value in row.items() if name not in ("text", "content")}
                assert sum(values.items() <= record.items() for record in kept) == 2  # gold and pass


@pytest.mark.deep("inputs", quick=2)
@own_schemes
def test_documents_are_renamed_moved_and_removed(empty: Path, tmp_path: Path, own: Own) -> None:
    root = with_pass(empty, tmp_path / "root", own).root
    before = tree(root)
    for new, old in (("other", DOC), (DOC, "other")):
        draft = Draft(read_corpus(root).sound())
        assert [*moved_lines(plan_renaming(draft, old, new), "renamed")]
        draft.write()
    assert tree(root) == before
    for part in ("pilot", PART):
        draft = Draft(read_corpus(root).sound())
        plan_move(draft, [DOC], part)
        draft.write()
        assert errors(root) == [] or part == PART
    assert tree(root) == before
    draft = Draft(read_corpus(root).sound())
    plan_removal(draft, [DOC])
    draft.write()
    assert not [file for file in tree(root) if f"/{PART}/" in file]


@own_schemes
def test_sentences_are_split_and_joined(empty: Path, tmp_path: Path, own: Own) -> None:
    root = with_pass(empty, tmp_path / "root", own).root
    before = tree(root)
    split = split_sentence(read_corpus(root).sound(), DOC, "n1", "the new")
    assert errors(root) == []
    join_sentences(read_corpus(root).sound(), DOC, *split.after)
    assert tree(root) == before


@pytest.mark.deep("inputs", quick=2)
@own_schemes
def test_the_gold_as_an_answer_fits_the_prompt_and_is_an_equal_pass(empty: Path, tmp_path: Path, own: Own) -> None:
    corpus = with_pass(empty, tmp_path / "root", own)
    [prompt] = prompts(corpus, [DOC])
    [answer] = json.loads(orjson.dumps([*answers_of(corpus.sound_part(PART))]))
    jsonschema.validate(answer, prompt.answer_schema)
    for field in corpus.scheme.fields:
        if field.layer in corpus.layers.annotated:
            asked = prompt.answer_schema["properties"][field.layer]["items"]["properties"][field.name]
            assert asked["description"] == field.meaning
            assert field.kind != "label" or f"{field.layer}, {field.name}" in prompt.instructions
            assert asked.get("enum", [None])[:-1] == [*corpus.scheme.names(field.labels_of or "")]
    work = AnswerImport(corpus, "echo", DAY)
    work.take(next(iter(parse_answers(orjson.dumps(answer), "answer.json"))))
    assert work.ledger.complete, work.ledger
    assert [*work.ledger.lines()]
    write_files(corpus.root, pass_files(corpus, "echo", DAY, ModelRun("Echo"), work.parts()))
    for layer in corpus.layers.annotated:
        made = corpus.root / f"annotation/passes/echo/{PART}/{layer}.jsonl"
        assert made.read_bytes() == (corpus.root / f"corpus/{PART}/{layer}.jsonl").read_bytes()
    assert errors(corpus.root) == []


def test_a_layer_that_the_scheme_does_not_use_is_not_asked_for(empty: Path, tmp_path: Path) -> None:
    corpus = with_pass(empty, tmp_path / "root", ALL["mentions alone"])
    with pytest.raises(StanceBankError, match="does not use the layer stances; it uses mentions"):
        [*prompts(corpus, [DOC], layers=["stances"])]


def test_answers_have_one_classification_and_values_that_fit(empty: Path, tmp_path: Path) -> None:
    corpus = with_pass(empty, tmp_path / "root", ALL["entities, fourteen types and six fields"])
    [answer] = json.loads(orjson.dumps([*answers_of(corpus.sound_part(PART))]))
    [one] = answer["classifications"]
    answer["classifications"].append(one | {"classification_id": "c2"})
    answer["mentions"][0]["sure"] = "very"
    work = AnswerImport(corpus, "echo", DAY)
    work.take(next(iter(parse_answers(orjson.dumps(answer), "answer.json"))))
    assert {item.name: item.why for _, item in work.ledger.items if item.outcome == INVALID} == {
        "c2": "a document has one classification",
        "m1": 'sure "very" is not allowed: How sure in per cent.',
    }


@own_schemes
def test_a_pass_is_sent_as_predictions(empty: Path, tmp_path: Path, own: Own) -> None:
    corpus = with_pass(empty, tmp_path / "root", own)
    assert proposed_documents(corpus, "ann", None, Way.passes) == {DOC}
    with pytest.raises(StanceBankError, match="the gold has annotations of 1 document already"):
        proposed_documents(corpus, "ann", None, Way.gold)
    part = sent_part(corpus, PART, "ann")
    assert part is not None
    [task] = part_tasks(part, Mode.predictions, None, Way.passes)
    [sent] = task["predictions"]
    assert sent["model_version"] == "ann"


def test_columns_with_the_names_of_own_fields_are_taken(empty: Path, tmp_path: Path) -> None:
    root = put(Path(shutil.copytree(empty, tmp_path / "root")), DOCUMENT_FIELDS).root
    before = (root / f"corpus/{PART}/documents.jsonl").read_bytes()
    table = tmp_path / "news.csv"
    table.write_text(
        "id,text,Desk,page,front,Bemerkung,topic\n"
        'a,The ministers met on Monday in Strelsau.,home,3,TRUE,"seen, twice",x\n'
        "b,The tolls fall in May in all of the towns.,,,,,\n",
        "utf-8",
    )
    outcome = add_texts(root, [table], part=PART, columns=["remark=Bemerkung"])
    assert outcome.not_taken == ("topic",)
    assert {"desk": "home", "page": "3", "front": "true", "remark": "seen, twice"}.items() <= outcome.first["a"].items()
    assert errors(root) == []
    rows = {row["doc_id"]: row for row in map(json.loads, (root / f"corpus/{PART}/documents.jsonl").open("rb"))}
    own = ("desk", "page", "front", "remark")
    assert [rows["a"][name] for name in own] == ["home", 3, True, "seen, twice"]
    assert [rows["b"][name] for name in own] == [None] * 4
    assert before in (root / f"corpus/{PART}/documents.jsonl").read_bytes()


def test_values_of_own_fields_that_do_not_fit_are_faults_with_their_lines(empty: Path, tmp_path: Path) -> None:
    root = put(Path(shutil.copytree(empty, tmp_path / "root")), DOCUMENT_FIELDS).root
    before = tree(root)
    text = "The ministers met on Monday in Strelsau."
    lines = [
        {"id": "a", "text": text, "desk": "hom", "page": 3.5, "front": 1, "remark": "a\tb"},
        {"id": "b", "text": text, "desk": True, "page": 10**30, "front": "yes", "remark": ["a"]},
        {"id": "c", "text": f"{text} ", "page": "", "front": False, "desk": None},
    ]
    table = tmp_path / "news.jsonl"
    table.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    with pytest.raises(RefusedTextsError) as refusal:
        add_texts(root, [table], part=PART)
    assert tree(root) == before
    assert [(flaw.place.rpartition(":")[2], flaw.what) for flaw in refusal.value.flaws] == [
        ("2", "remark is a list"),
        ("1", 'desk is "hom", which is not one of its labels; did you mean "home"?'),
        ("1", 'page is "3.5", expected a whole number'),
        ("1", 'front is "1", expected true or false'),
        ("1", 'remark is "a\\tb", expected text without tabs and other control characters'),
    ]
    assert refusal.value.flaws[1].fix == "use one of foreign, home"
    with pytest.raises(StanceBankError, match=r"fields: text, .*, desk, page, front, remark"):
        add_texts(root, [table], part=PART, columns=["dsk=Desk"])
