"""A corpus that goes to Label Studio and comes back is the same corpus, byte for byte."""

from __future__ import annotations

import json
import random
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import Root, examples
from stancebank.schema.layers import LAYERS
from stancebank.studio.importing.import_run import Imported, import_annotations
from stancebank.studio.layout.controls import relation_labels
from stancebank.studio.layout.merge_base import sidecar
from stancebank.studio.layout.task_files import export_file
from stancebank.studio.layout.tasks import Mode
from strategies import SCHEME

from .exports import (
    ANNOTATED,
    PART,
    TEXT,
    Folder,
    Layers,
    Record,
    Task,
    corpora,
    item,
    name_entities,
    new_region,
    plain_document,
    require_guaranteed,
    result,
    saved,
    small_corpus,
    small_document,
    span,
    stream,
    tree,
    with_new_ids,
    without_annotations,
    write_corpus,
    written,
)

# Each example is a corpus on disk.
ON_DISK = settings(max_examples=examples(12))


def export(folder: Folder, mode: Mode = Mode.annotations) -> Path:
    """An export beside the root, with its base."""
    file = folder.path.parent / f"{mode}.json"
    export_file(folder.corpus(), file, mode)
    return file


def bring_back(folder: Folder, file: Path, tasks: Sequence[Task] | None = None, **options: Any) -> Imported:
    """Import a file that was exported, or what became of its tasks, against its base."""
    opened = BytesIO(file.read_bytes()) if tasks is None else stream(tasks)
    return import_annotations(folder.corpus(), opened, base=sidecar(file), **options)


def comes_back(folder: Folder, *, updated: bool = False) -> None:
    """What holds of every sound corpus. updated: somebody has opened each task and saved it as it was."""
    layers, before = folder.layers(), folder.tree()
    file = export(folder)
    tasks = json.loads(file.read_bytes())
    back = [saved(task) for task in tasks] if updated else None
    annotated = {task["data"]["doc_id"] for task in tasks if "annotations" in task}
    parts = {name for name in folder.corpus().part_names for r in folder.records(name, "documents")
             if r["doc_id"] in annotated}  # fmt: skip
    with tempfile.TemporaryDirectory() as out:
        imported = bring_back(folder, file, back, out=Path(out))
        assert imported.notices == ()
        assert [(d.doc_id, d.annotator, d.changes, d.changed) for d in imported.documents] == [
            (task["data"]["doc_id"], None, (), 0) for task in tasks if "annotations" in task
        ]
        assert tree(Path(out)) == {name: data for name, data in layers.items() if name.split("/")[1] in parts}
        assert sorted(imported.written) == sorted(tree(Path(out)))
    base = tree(sidecar(file))
    imported = bring_back(folder, file, back)
    assert (imported.notices, imported.written) == ((), ())
    assert folder.tree() == before
    after = tree(sidecar(file))
    assert {name: after[name] for name in base} == base
    assert base == {name: data for name, data in before.items() if name in base}
    assert all(data == b"" for name, data in after.items() if name not in base), "every region is called as before"


@st.composite
def undecided(draw: st.DrawFn) -> dict[str, list[Layers]]:
    """Corpora in which nobody has decided on some labels, of any column."""
    corpus = draw(corpora())
    for document in (document for found in corpus.values() for document in found):
        for layer in ANNOTATED:
            for column in (column for column in LAYERS[layer].columns if column.decided):
                for record in document[layer]:
                    record[column.name] = draw(st.sampled_from([None, record[column.name]]))
        ends = {(r["head"], r["tail"], r["type"], r["modality"]): r for r in document["relations"]}
        document["relations"] = list(ends.values())
    return corpus


@ON_DISK
@given(undecided())
def test_a_corpus_comes_back_as_it_was(corpus: dict[str, list[Layers]]) -> None:
    with written(corpus) as folder:
        comes_back(folder)


@ON_DISK
@given(undecided())
def test_saving_without_a_change_changes_nothing(corpus: dict[str, list[Layers]]) -> None:
    with written(corpus) as folder:
        comes_back(folder, updated=True)


@pytest.mark.parametrize("updated", [False, True])
def test_the_projects_corpus_comes_back_as_it_was(root: Root, updated: bool) -> None:
    comes_back(Folder(root.path), updated=updated)


@pytest.mark.parametrize("updated", [False, True])
def test_every_label_of_the_scheme_comes_back(tmp_path: Path, updated: bool) -> None:
    folder = write_corpus(tmp_path / "root", {PART: [document_with_every_label()]})
    require_guaranteed(folder)
    labels = {label for i in result(folder.tasks()[0]) if i["type"] == "relation" for label in i["labels"]}
    assert labels >= set(relation_labels(SCHEME))
    comes_back(folder, updated=updated)


def document_with_every_label() -> Layers:
    """Every type, level, relation, modality, kind, label, basis, commitment and expression, and none of each."""
    types = SCHEME.names("entity_types")
    levels = (*SCHEME.names("mention_levels"), None)
    labels = [(*SCHEME.names(v), None) for v in ("stance_labels", "stance_bases", "commitments")]
    stances = list(product(*labels, (None, *SCHEME.names("stance_expressions"))))
    words = [f"{each}{nth}" for nth in (1, 2) for each in types] + [f"stance{n}" for n, _ in enumerate(stances)]
    text = "\U0001f600 " + " ".join(words)
    own = {"doc_id": "a"}
    entities, mentions = [], []
    ends: dict[tuple[str, int], str] = {}
    for number, (nth, kind) in enumerate(product((1, 2), types), start=1):
        value = "2025-02-17" if kind == "DATE" else None
        name = {"type": kind, "name": f"{kind} {nth}", "wikidata": None, "value": value, "actor": None}
        entities.append(own | {"entity_id": f"e{number}", **name})
        level = levels[number % len(levels)]
        place = span(text, f"{kind}{nth}")
        mentions.append(own | {"mention_id": f"m{number}", "entity_id": f"e{number}", **place, "level": level})
        ends[kind, nth] = f"m{number}"
    relations = [
        own
        | {
            "relation_id": f"r{number}",
            "type": kind and kind.name,
            "head": ends[kind.domain[0] if kind else types[0], 1],
        }
        | {"tail": ends[kind.range[0] if kind else types[0], 2], "modality": modality}
        for number, (kind, modality) in enumerate(
            product((*SCHEME.relation_types, None), (*SCHEME.names("modalities"), None)), start=1
        )
    ]
    entities[-1] |= {"type": None}
    attributions = [
        own
        | {"attribution_id": f"a{number}", "source": "m1", **span(text, f"{types[number]}1")}
        | {"content": [span(text, f"stance{number}")], "kind": kind}
        for number, kind in enumerate((*SCHEME.names("attribution_kinds"), None), start=1)
    ]
    held = [
        own
        | {"stance_id": f"s{number}", "holder": "m1", "target": "t1", "label": label, "basis": basis}
        | {"commitment": commitment, **span(text, f"stance{number - 1}"), "expression": expression}
        for number, (label, basis, commitment, expression) in enumerate(stances, start=1)
    ]
    layers = {"entities": entities, "mentions": mentions, "relations": relations}
    return plain_document("a", text) | layers | {"attributions": attributions, "stances": held}


def test_a_document_of_600000_characters_comes_back(tmp_path: Path) -> None:
    text = "\U0001f600\u05e9\u05dc " * 150_000
    assert len(text.rstrip()) == 599_999
    document = plain_document("a", text.rstrip() + "!")
    entity = {
        "doc_id": "a",
        "entity_id": "e1",
        "type": "PERSON",
        "name": "\u05e9",
        "wikidata": None,
        "value": None,
        "actor": None,
    }
    places = [0, 1, 300_001, 599_997]
    document["entities"] = [entity]
    document["mentions"] = [
        {"doc_id": "a", "mention_id": f"m{number}", "entity_id": "e1"}
        | {"start": start, "end": start + 2, "text": text[start : start + 2].strip(), "level": "PRO"}
        for number, start in enumerate(places, start=1)
        if text[start : start + 2].strip() == text[start : start + 2]
    ]
    whole = document["documents"][0]["text"]
    document["stances"] = [
        {"doc_id": "a", "stance_id": "s1", "holder": None, "target": "t1", "label": "favor", "basis": "narration"}
        | {"commitment": "conditional", "start": 0, "end": len(whole), "text": whole, "expression": "expressed"}
    ]
    folder = write_corpus(tmp_path / "root", {PART: [document]})
    assert len(folder.records(PART, "mentions")) > 2
    require_guaranteed(folder)
    comes_back(folder)


def test_predictions_do_not_become_annotations(tmp_path: Path) -> None:
    folder = small_corpus(tmp_path / "root")
    before = folder.tree()
    file = export(folder, Mode.predictions)
    imported = bring_back(folder, file)
    assert [notice.kind for notice in imported.notices] == ["prediction-left"] * 2
    assert (imported.documents, imported.written, imported.refused) == ((), (), 0)
    assert folder.tree() == before


def test_predictions_that_were_submitted_are_annotations(tmp_path: Path) -> None:
    folder = small_corpus(tmp_path / "root")
    before = folder.tree()
    file = export(folder, Mode.predictions)
    tasks = json.loads(file.read_bytes())
    for number, task in enumerate(tasks):
        proposal = dict(task["predictions"][0], id=number)
        items = [each if each["type"] == "relation" else each | {"origin": "prediction"} for each in proposal["result"]]
        task["annotations"] = [{"result": items, "prediction": proposal, "parent_prediction": number}]
    imported = bring_back(folder, file, tasks)
    assert imported.notices == ()
    assert imported.written == ("annotation/work.jsonl",), "it says from which prediction"
    assert {file: data for file, data in folder.tree().items() if file in before} == before


# From the text alone


def annotate(tasks: Sequence[Task], by: Folder, rng: random.Random) -> None:
    """Put what a corpus says of each document into tasks of its text, as somebody would who starts from nothing."""
    entities = {
        (r["doc_id"], r["entity_id"]): r for name in by.corpus().part_names for r in by.records(name, "entities")
    }
    made = {task["data"]["doc_id"]: task for task in by.tasks()}
    for task in tasks:
        doc_id = task["data"]["doc_id"]
        assert task["data"]["entities"] == []
        if "annotations" not in made[doc_id]:
            continue
        with_new_ids(made[doc_id], rng)
        name_entities(result(made[doc_id]), {id: record for (of, id), record in entities.items() if of == doc_id})
        task["annotations"] = made[doc_id]["annotations"]


def meaning(folder: Folder, part: str) -> dict[str, Counter[Any]]:
    """What the layers of a part say, without ids."""
    entities = {(r["doc_id"], r["entity_id"]): r for r in folder.records(part, "entities")}
    mentions = {(r["doc_id"], r["mention_id"]): r for r in folder.records(part, "mentions")}

    def plain(record: Record, *without: str) -> tuple[Any, ...]:
        kept = {name: value for name, value in record.items() if name not in without}
        return tuple((name, json.dumps(value)) for name, value in kept.items())

    def entity(doc_id: str, id: str) -> tuple[Any, ...]:
        return plain(entities[doc_id, id], "entity_id")

    def mention(doc_id: str, id: str | None) -> Any:
        if id is None:
            return None
        record = mentions[doc_id, id]
        return plain(record, "mention_id", "entity_id"), entity(doc_id, record["entity_id"])

    found: dict[str, Counter[Any]] = {}
    for layer in ANNOTATED:
        references = ("head", "tail", "source", "holder")
        id_column = LAYERS[layer].id_column
        found[layer] = Counter(
            (
                plain(record, id_column, "entity_id", *references),
                tuple(mention(record["doc_id"], record.get(name)) for name in references),
                entity(record["doc_id"], record["entity_id"]) if "entity_id" in record else None,
            )
            for record in folder.records(part, layer)
        )
    return found


def in_text_order(folder: Folder, part: str) -> Iterator[tuple[list[str], str]]:
    """The ids of each layer of each document in the order of the text, with their letter."""
    for [doc_id] in {(r["doc_id"],) for r in folder.records(part, "documents")}:
        own = {layer: [r for r in folder.records(part, layer) if r["doc_id"] == doc_id] for layer in ANNOTATED}
        places = sorted(own["mentions"], key=lambda r: (r["start"], r["end"], int(r["mention_id"][1:])))
        yield [r["mention_id"] for r in places], "m"
        yield list(dict.fromkeys(r["entity_id"] for r in places)), "e"
        for layer, name in (("attributions", "attribution_id"), ("stances", "stance_id")):
            key = lambda r, name=name: (r["start"], r["end"], int(r[name][1:]))  # noqa: E731
            yield [r[name] for r in sorted(own[layer], key=key)], layer[0]
        yield [r["relation_id"] for r in own["relations"]], "r"


@ON_DISK
@given(corpora(), st.randoms(use_true_random=False))
def test_annotations_from_scratch_are_equal_up_to_ids(corpus: dict[str, list[Layers]], rng: random.Random) -> None:
    for entity in (each for found in corpus.values() for document in found for each in document["entities"]):
        entity["actor"] = None  # no field of Label Studio has it
    bare = {part: [without_annotations(document) for document in found] for part, found in corpus.items()}
    with written(corpus) as wanted, written(bare) as folder:
        file = export(folder, Mode.texts)
        tasks = json.loads(file.read_bytes())
        annotate(tasks, wanted, rng)
        imported = bring_back(folder, file, tasks)
        assert imported.notices == ()
        require_guaranteed(folder)
        for part in corpus:
            assert meaning(folder, part) == meaning(wanted, part)
            for ids, letter in in_text_order(folder, part):
                assert ids == [f"{letter}{number}" for number, _ in enumerate(ids, start=1)]
        once, base = folder.tree(), tree(sidecar(file))
        again = bring_back(folder, file, tasks)
        assert (again.notices, again.written) == ((), ())
        assert [document.changed for document in again.documents] == [0] * len(again.documents)
        assert folder.tree() == once
        assert tree(sidecar(file)) == base


@ON_DISK
@given(corpora(), st.randoms(use_true_random=False))
def test_annotations_from_scratch_without_a_base_change_nothing_the_second_time(
    corpus: dict[str, list[Layers]], rng: random.Random
) -> None:
    bare = {part: [without_annotations(document) for document in found] for part, found in corpus.items()}
    with written(corpus) as wanted, written(bare) as folder:
        tasks = folder.tasks(Mode.texts)
        annotate(tasks, wanted, rng)
        assert folder.take(tasks).notices == ()
        require_guaranteed(folder)
        once = {part: meaning(folder, part) for part in corpus}
        folder.take(tasks)
        assert {part: meaning(folder, part) for part in corpus} == once


# New regions


def with_carol(task: Task, id: str = "-x_Y012345", typed: str = "Carol") -> None:
    """Somebody marks "peace" as a person who is not in the list."""
    result(task).extend(new_region(id, span(TEXT, "peace"), "PERSON", level="NAM", new_entity=typed))


def test_a_new_region_keeps_its_id_and_its_entity_at_the_second_import(tmp_path: Path) -> None:
    folder = small_corpus(tmp_path / "root")
    file = export(folder)
    tasks = json.loads(file.read_bytes())
    with_carol(tasks[0])
    assert bring_back(folder, file, tasks).notices == ()
    [new] = [r for r in folder.records(PART, "mentions") if r["text"] == "peace"]
    assert (new["mention_id"], new["entity_id"]) == ("m7", "e5")
    once = folder.tree()
    assert bring_back(folder, file, tasks).written == ()
    assert folder.tree() == once
    folder.edit(PART, "entities", "e5", name="Carol Smith", wikidata="Q5")
    item(tasks[0], "m1", "level")["value"]["choices"] = ["PRO"]
    imported = bring_back(folder, file, tasks)
    assert imported.notices == ()
    assert imported.documents[0].changes == ('m1 "Ann Lee": level NAM to PRO',)
    [carol] = [r for r in folder.records(PART, "entities") if r["entity_id"] == "e5"]
    assert (carol["name"], carol["wikidata"]) == ("Carol Smith", "Q5")
    assert [r["mention_id"] for r in folder.records(PART, "mentions") if r["text"] == "peace"] == ["m7"]


def test_a_region_that_is_drawn_anew_gets_a_fresh_id(tmp_path: Path) -> None:
    folder = small_corpus(tmp_path / "root")
    file = export(folder)
    tasks = json.loads(file.read_bytes())
    with_carol(tasks[0], id="0000000001")
    bring_back(folder, file, tasks)
    again = json.loads(file.read_bytes())
    with_carol(again[0], id="0000000002")
    assert bring_back(folder, file, again).notices == ()
    [new] = [r for r in folder.records(PART, "mentions") if r["text"] == "peace"]
    assert (new["mention_id"], new["entity_id"]) == ("m8", "e5")


def test_what_is_exported_after_an_import_comes_back_too(tmp_path: Path) -> None:
    folder = small_corpus(tmp_path / "root")
    file = export(folder)
    tasks = json.loads(file.read_bytes())
    with_carol(tasks[0])
    bring_back(folder, file, tasks)
    comes_back(folder)


def test_mentions_with_the_same_words_are_of_one_new_entity(tmp_path: Path) -> None:
    folder = small_corpus(tmp_path / "root")
    tasks = folder.tasks()
    with_carol(tasks[0], typed="Carol")
    place = span(TEXT, "near")
    result(tasks[0]).extend(new_region("aaaaaaaaaa", place, "PERSON", level="NAM", new_entity=" Carol "))
    result(tasks[0]).extend(new_region("bbbbbbbbbb", span(TEXT, "and"), "ORG", level="NAM", new_entity="Carol"))
    assert folder.take(tasks).notices == ()
    found = {r["text"]: (r["mention_id"], r["entity_id"]) for r in folder.records(PART, "mentions")}
    assert [found[each] for each in ("peace", "near", "and")] == [("m7", "e5"), ("m8", "e5"), ("m9", "e6")]
    types = {r["entity_id"]: (r["type"], r["name"]) for r in folder.records(PART, "entities")}
    assert (types["e5"], types["e6"]) == (("PERSON", "Carol"), ("ORG", "Carol"))


def test_a_new_date_brings_its_value(tmp_path: Path) -> None:
    folder = small_corpus(tmp_path / "root")
    tasks = folder.tasks()
    typed = "the day of peace | 2025-02-20"
    result(tasks[0]).extend(new_region("aaaaaaaaaa", span(TEXT, "peace"), "DATE", level="NOM", new_entity=typed))
    assert folder.take(tasks).notices == ()
    [new] = [r for r in folder.records(PART, "entities") if r["name"] == "the day of peace"]
    assert (new["type"], new["value"]) == ("DATE", "2025-02-20")


def test_small_documents_are_those_of_the_tests(tmp_path: Path) -> None:
    """The small corpus, from which the other tests start, is sound and comes back."""
    folder = write_corpus(tmp_path / "root", {"2025-02": [small_document("a")], "2025-03": [small_document("b")]})
    require_guaranteed(folder)
    comes_back(folder)
