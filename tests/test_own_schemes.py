"""A scheme of one's own, from an empty folder to a loaded dataset, and through Label Studio's tasks and back."""

from __future__ import annotations

import json
import re
import shutil
from io import BytesIO
from pathlib import Path

import datasets
import pytest

from conftest import PROJECT
from own_schemes import ALL, DOC, ENTITIES, HEAD, PART, STANCES, TEXT, Own, new_corpus, put
from stancebank.agreement.adjudication import adjudicate
from stancebank.agreement.agreement_scores import agreement
from stancebank.agreement.decisions import Decision
from stancebank.agreement.disagreements import disagreements
from stancebank.checks.validation import check_corpus
from stancebank.compare.snapshots import corpus_snapshot
from stancebank.compare.state_comparison import compare
from stancebank.corpus.additions import add_texts
from stancebank.corpus.corpus import Corpus, read_corpus
from stancebank.corpus.statistics import corpus_statistics
from stancebank.dataset.building import available_views, build
from stancebank.dataset.verification import differences, read_manifest
from stancebank.faults import StanceBankError
from stancebank.migrations.scheme_fitting import fitting_files
from stancebank.pages.generated import generated_files
from stancebank.pages.new_corpus import make_corpus, template_file
from stancebank.pages.placeholders import placeholders
from stancebank.pages.statistics_report import report_json, report_text
from stancebank.release.completeness import require_described
from stancebank.schema.paths import CORPUS_FILE, SCHEME_FILE, TEMPLATES
from stancebank.schema.scheme_reading import parse_scheme
from stancebank.storage.files import write_files
from stancebank.studio.importing.import_run import import_annotations
from stancebank.studio.layout.tasks import export_tasks

own_schemes = pytest.mark.parametrize("own", ALL.values(), ids=ALL)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new corpus with one text, in StanceBank's own scheme."""
    return new_corpus(tmp_path_factory.mktemp("own"))


def copied(empty: Path, folder: Path, own: Own) -> Corpus:
    return put(Path(shutil.copytree(empty, folder)), own)


@pytest.mark.deep("inputs", quick=2)
@own_schemes
def test_it_goes_from_an_empty_folder_to_a_loaded_dataset(empty: Path, tmp_path: Path, own: Own) -> None:
    corpus = copied(empty, tmp_path / "root", own)
    assert [str(finding) for finding in check_corpus(corpus) if finding.severity == "error"] == []
    generated_files(corpus)
    statistics = corpus_statistics(corpus)
    assert json.loads(report_json(corpus, statistics))["records"].keys() == corpus.layers.all.keys()
    report_text(corpus, statistics, width=80)
    manifest = build(corpus, tmp_path / "built", available_views(corpus.scheme))
    assert list(differences(tmp_path / "built", *read_manifest(tmp_path / "built"))) == []
    for view in manifest.views:
        rows = datasets.load_dataset(str(tmp_path / "built"), view, cache_dir=str(tmp_path / "cache"))["train"]
        assert rows.num_rows == sum(shard.rows for shard in manifest.of(view))


@own_schemes
def test_it_goes_through_the_tasks_of_label_studio_and_back(empty: Path, tmp_path: Path, own: Own) -> None:
    corpus = copied(empty, tmp_path / "root", own)
    tasks = json.loads(json.dumps(list(export_tasks(corpus))))
    for task in tasks:
        task["annotations"][0] |= {"id": 1, "completed_by": 1, "was_cancelled": False}
    imported = import_annotations(corpus, BytesIO(json.dumps(tasks).encode()), out=tmp_path / "back")
    assert imported.notices == ()
    assert [document.changed for document in imported.documents] == [0]
    for layer in corpus.layers.annotated:
        file = f"corpus/{PART}/{layer}.jsonl"
        assert (tmp_path / "back" / file).read_bytes() == (corpus.root / file).read_bytes()


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_new_corpus_of_every_template_is_sound_and_asks_for_what_is_missing(tmp_path: Path, template: str) -> None:
    make_corpus(tmp_path / "corpus", template_file(PROJECT, template))
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    add_texts(tmp_path / "corpus", [tmp_path / "a.txt"], part=PART)
    corpus = read_corpus(tmp_path / "corpus").sound()
    assert [str(finding) for finding in check_corpus(corpus)] == []
    files = generated_files(corpus)
    assert all((corpus.root / file).read_bytes() == data for file, data in files.items())
    found = [*placeholders(corpus.root)]
    assert (CORPUS_FILE, 4) in found
    assert any(file.endswith("guidelines/README.md") for file, _ in found)
    with pytest.raises(StanceBankError, match=r"corpus/corpus\.yaml:4 still has the sentence that it was made with"):
        require_described(corpus.root)


FAULTS = {
    "an equal label but for case": ("- name: low", "- name: HIGH", "HIGH is high|high is HIGH"),
    "an equal label but for its coding": ("- name: low", "- name: ﬁnal\n      - name: final", "but for case"),
    "a field that is there already": ("name: confidence", "name: label", "has a field label already"),
    "a field of an unknown layer": ("layer: stances", "layer: stance", 'did you mean "stances"'),
    "a field of a layer that is not used": ("layer: stances", "layer: mentions", "does not use the layer mentions"),
    "a field without labels": ("kind: label", "kind: number", "has no labels; expected kind: label"),
    "labels of relations without relations": ("fields:", "modalities: [{name: x}]\nfields:", "no relation_types"),
    "a list that is not there": ("[stances.label]", "[stances.basis]", "nothing to decide"),
    "a misspelt key": ("meaning:", "meanings:", 'did you mean "meaning"'),
}


@pytest.mark.parametrize(("old", "new", "message"), FAULTS.values(), ids=FAULTS)
def test_a_fault_names_what_is_allowed(old: str, new: str, message: str) -> None:
    text = template_file(PROJECT, "stance").read_text("utf-8")
    text = text.replace(text[text.index("    labels:") :], f"    {_LABELS}\n")
    assert old in text
    scheme, faults = parse_scheme(text.replace(old, new, 1).encode())
    assert scheme is None
    assert any(re.search(message, fault.what) for fault in faults), faults
    assert all(fault.line for fault in faults)


_LABELS = "labels:\n      - name: low\n      - name: high"


def test_own_fields_are_checked_counted_classed_and_compared(empty: Path, tmp_path: Path) -> None:
    corpus = copied(empty, tmp_path / "root", STANCES)
    path = corpus.root / f"corpus/{PART}/stances.jsonl"
    sound = path.read_text("utf-8")
    path.write_text(sound.replace('"confidence":"high"', '"confidence":"hihg"'), "utf-8")
    [finding] = [each for each in check_corpus(read_corpus(corpus.root)) if each.severity == "error"]
    assert (finding.rule, finding.path) == ("SB501", "$.confidence")
    assert 'did you mean "high"' in finding.what
    path.write_text(sound, "utf-8")
    counts = corpus_statistics(corpus).by_label(corpus.scheme, "stances", "confidence")
    assert counts == {"low": 0, "high": 1}
    build(corpus, tmp_path / "built", available_views(corpus.scheme))
    rows = datasets.load_dataset(str(tmp_path / "built"), "stance_detection", cache_dir=str(tmp_path / "cache"))[
        "train"
    ]
    assert rows.features["confidence"].names == ["low", "high"]
    assert {"holder", "basis", "source_chain"}.isdisjoint(rows.features)
    other = Path(shutil.copytree(corpus.root, tmp_path / "other"))
    (other / f"corpus/{PART}/stances.jsonl").write_text(sound.replace('"high"', '"low"'), "utf-8")
    diff = compare(corpus_snapshot(corpus.root, "a"), corpus_snapshot(other, "b"))
    [change] = diff.records
    assert [(field.name, field.a, field.b) for field in change.fields] == [("confidence", "high", "low")]


def test_two_annotators_of_own_fields_are_compared_and_adjudicated(empty: Path, tmp_path: Path) -> None:
    corpus = copied(empty, tmp_path / "root", ENTITIES)
    for who, topic in (("ann", "Zoll"), ("ben", "Fischerei")):
        folder = corpus.root / f"annotation/passes/{who}/{PART}"
        shutil.copytree(corpus.root / f"corpus/{PART}", folder, ignore=shutil.ignore_patterns("documents*", "sent*"))
        records = folder / "classifications.jsonl"
        records.write_text(records.read_text("utf-8").replace('"Zoll"', f'"{topic}"'), "utf-8")
    corpus = read_corpus(corpus.root).sound()
    a, b = (corpus.sound_part(PART, who) for who in ("ann", "ben"))
    scores = {score.name: score.value for score in agreement(a, b) if score.layer == "classifications"}
    assert scores["topic"] == 0
    assert "topic, alpha" in scores
    [each] = disagreements(a, b)
    assert each.fields == ("topic",)
    decision = Decision(
        doc_id=DOC,
        layer="classifications",
        a="c1",
        b="c1",
        fields=("topic",),
        decision="b",
        rule="r",
        reason="It says so.",
    )
    [result] = adjudicate(corpus, ("ann", "ben"), [decision])
    assert result.open == ()
    assert result.frames["classifications"]["topic"].to_list() == ["Fischerei"]


def test_annotators_of_a_document_as_a_whole_choose_in_label_studio(empty: Path, tmp_path: Path) -> None:
    corpus = copied(empty, tmp_path / "root", ENTITIES)
    [task] = json.loads(json.dumps(list(export_tasks(corpus))))
    result = task["annotations"][0]["result"]
    for item in result:
        if item["from_name"] == "classifications_topic":
            item["value"]["choices"] = ["Fischerei"]
        if item["from_name"] == "classifications_urgent":
            item["value"]["choices"] = ["yes"]
    task["annotations"][0] |= {"id": 1, "completed_by": 1, "was_cancelled": False}
    imported = import_annotations(corpus, BytesIO(json.dumps([task]).encode()), out=tmp_path / "back")
    assert imported.notices == ()
    [record] = [json.loads(line) for line in (tmp_path / f"back/corpus/{PART}/classifications.jsonl").open("rb")]
    assert (record["topic"], record["urgent"], record["classification_id"]) == ("Fischerei", True, "c1")


def test_after_an_edit_of_the_scheme_a_corpus_with_texts_is_made_to_fit(empty: Path, tmp_path: Path) -> None:
    """A layer that is new gets an empty file, a record null in a field that is new; nothing else changes."""
    corpus = copied(empty, tmp_path / "root", STANCES)
    scheme = corpus.root / SCHEME_FILE
    field = "  - {layer: documents, name: desk, kind: text, meaning: The desk.}\n"
    scheme.write_text(f"{scheme.read_text('utf-8')}{field}attribution_kinds: [{{name: direkt}}]\n", "utf-8")
    before = {path: path.read_bytes() for path in corpus.root.rglob("*.jsonl")}
    files = fitting_files(corpus.root)
    assert files.keys() == {f"corpus/{PART}/documents.jsonl", f"corpus/{PART}/attributions.jsonl"}
    write_files(corpus.root, files)
    assert fitting_files(corpus.root) == {}
    assert {finding.rule for finding in check_corpus(read_corpus(corpus.root))} == {"SB509"}
    changed = {path for path, data in before.items() if path.read_bytes() != data}
    assert [path.name for path in changed] == ["documents.jsonl"]
    (corpus.root / f"corpus/{PART}/stances.jsonl").unlink()
    assert fitting_files(corpus.root) == {}  # it was done, and is lost


@pytest.mark.parametrize("file", ["corpus/targets.jsonl", f"corpus/{PART}/stances.jsonl"])
def test_the_file_of_a_layer_that_is_not_used_any_more_says_which_list_is_missing(
    empty: Path, tmp_path: Path, file: str
) -> None:
    corpus = copied(empty, tmp_path / "root", ENTITIES)
    (corpus.root / file).write_bytes(b"")
    [finding] = [each for each in check_corpus(read_corpus(corpus.root)) if each.rule == "SB105"]
    layer = Path(file).stem
    assert finding.what == f"the scheme does not use the layer {layer}: it has no stance_labels"
    assert finding.fix == "remove the file, or give the scheme stance_labels"


@pytest.mark.deep("inputs")
def test_a_list_of_ten_thousand_labels_and_names_from_right_to_left_work(empty: Path, tmp_path: Path) -> None:
    names = ["حزب", "مدينة", *(f"label {number}" for number in range(10_000))]
    own = Own(
        f"{HEAD}mention_levels: [{', '.join(f'{{name: {name}, definition: x}}' for name in names)}]\n",
        {"mentions": [{"mention_id": "m1", "text": "Ada Birk", "level": "حزب"}]},
        {},
    )
    corpus = copied(empty, tmp_path / "root", own)
    assert [str(finding) for finding in check_corpus(corpus)] == []
    [task] = export_tasks(corpus)
    assert [item["value"]["choices"] for item in task["annotations"][0]["result"][1:]] == [["حزب"]]
    build(corpus, tmp_path / "built", available_views(corpus.scheme))
    path = corpus.root / f"corpus/{PART}/mentions.jsonl"
    path.write_text(path.read_text("utf-8").replace("حزب", "lable 7"), "utf-8")
    [finding] = check_corpus(read_corpus(corpus.root))
    assert "and 9,972 others" in finding.what
    assert 'did you mean "label 7"' in finding.what
