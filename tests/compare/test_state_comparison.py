"""What differs between two states of a corpus, and the step that it makes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import DOC, PART, PROJECT, Record, Root, examples
from many_parts import add_parts
from stancebank.compare.difference_report import change_lines
from stancebank.compare.differences import Diff, Step
from stancebank.compare.release_digests import compare_states, release_of
from stancebank.compare.snapshots import SCHEME_FORMAT, Snapshot, build_snapshot, corpus_snapshot, pass_snapshot
from stancebank.compare.state_comparison import compare
from stancebank.dataset.building import build, chosen_views
from stancebank.schema.layers import LAYERS, PART_LAYERS
from stancebank.schema.paths import PASSES

Change = Callable[[Root], object]
FLAT = [name for name in LAYERS if name != "documents"]


@pytest.fixture(scope="module")
def before() -> Snapshot:
    """The project's corpus as it is."""
    return corpus_snapshot(PROJECT, "before")


def since(before: Snapshot, root: Root) -> Diff:
    return compare(before, corpus_snapshot(root.path, "after"))


def lines(diff: Diff) -> list[str]:
    return [line for _, found in change_lines(diff) for line in found]


def test_the_same_corpus_in_other_packaging_does_not_differ(before: Snapshot, root: Root, tmp_path: Path) -> None:
    for layer in PART_LAYERS:
        root.change(layer, lambda records: records.reverse())
    (root.path / "corpus" / PART).rename(root.path / "corpus/other-name")
    root.replace("corpus/corpus.yaml", "version: 0.1.0", "version: 0.2.0")
    diff = since(before, root)
    assert diff.same
    assert (diff.step, lines(diff)) == (Step.none, [])


def edit(layer: str, row: int, **values: Any) -> Change:
    return lambda root: root.edit(layer, row, **values)


def drop(layer: str, row: int) -> Change:
    return lambda root: root.change(layer, lambda records: records.pop(row))


def put(file: str, old: str, new: str) -> Change:
    return lambda root: root.replace(file, old, new)


def add_relation(root: Root) -> None:
    new = {"doc_id": DOC, "relation_id": "r900", "type": "consult", "head": "m1", "tail": "m7", "modality": "asserted"}
    root.change("relations", lambda records: records.append(new))


SETTINGS, SEEDS, SCHEME = "corpus/corpus.yaml", "seeds/seeds.yaml", "schemas/scheme.yaml"
LABEL = """  - name: doubtful
    definition: Said with doubt.
    example: It may be.
"""


@pytest.mark.deep("inputs", quick=5)
@pytest.mark.parametrize(
    ("change", "step", "said"),
    [
        (edit("stances", 2, label="favor"), Step.major, ['s3 against to favor ("Europe would not have...")']),
        (edit("attributions", 1, source=None), Step.major, ['a2 lost its source m19 "he" ("announced")']),
        (edit("entities", 0, type="ORG"), Step.major, ['e1 GPE to ORG ("Britain")']),
        (edit("entities", 0, wikidata=None), Step.major, ['e1 lost its wikidata "Q145" ("Britain")']),
        (edit("documents", 0, date="2025-02-18"), Step.major, ['document date "2025-02-17" to "2025-02-18"']),
        (edit("targets", 8, note="New."), Step.major, ['work-with-us note "Wor']),
        (drop("stances", 4), Step.major, ["stance s5 removed ("]),
        (add_relation, Step.minor, ['relation r900 added ("British" consult "Paris")']),
        (put(SETTINGS, "title: StanceBank", "title: Bank"), Step.patch, [f'{SETTINGS}: title "StanceBank" to "Bank"']),
        (put(SEEDS, "redistribution: false", "redistribution: true"), Step.patch, [f"{SEEDS}: rights.publisher-res"]),
        (
            put(SCHEME, "\nmodalities:\n", f"\nmodalities:\n{LABEL}"),
            Step.minor,
            [f"{SCHEME}: modalities.doubtful added"],
        ),
        (
            put(
                SCHEME,
                "\n  - name: possible\n    definition: The text",
                "\n  - name: possible\n    definition: This text",
            ),
            Step.patch,
            [f'{SCHEME}: modalities.possible definition "The text leaves the..." to "This text leaves the..."'],
        ),
        (
            put(SETTINGS, 'train: ["*"]', 'test: ["*"]'),
            Step.major,
            [f"{SETTINGS}: splits.train removed", f"{SETTINGS}: splits.test added", "moved from train to test"],
        ),
    ],
)
def test_one_change_is_one_line_and_a_step(
    before: Snapshot, root: Root, change: Change, step: Step, said: list[str]
) -> None:
    change(root)
    diff = since(before, root)
    found = lines(diff)
    assert [line[: len(start)] for line, start in zip(found, said, strict=True)] == said
    assert (diff.step, diff.same) == (step, False)


@pytest.mark.parametrize(("version", "step"), [("1.9", Step.minor), ("2.0", Step.major)])
def test_a_scheme_of_another_version_is_a_step(before: Snapshot, version: str, step: Step) -> None:
    now = before.metadata[SCHEME_FORMAT]
    diff = compare(before, replace(before, metadata={**before.metadata, SCHEME_FORMAT: version}))
    assert (lines(diff), diff.step) == ([f'{SCHEME}: format "{now}" to "{version}"'], step)


def renumbered(root: Root, layer: str, rename: Callable[[str], str]) -> None:
    """Give a layer other ids, and write them wherever it is referred to."""
    for name, each in PART_LAYERS.items():
        columns = [column.name for column in each.columns if column.refers_to == layer]
        columns += [each.id_column] if name == layer else []

        def change(records: list[Record], columns: list[str] = columns) -> None:
            for record in records:
                record |= {column: rename(record[column]) for column in columns if record[column] is not None}

        if columns:
            root.change(name, change)


@pytest.mark.parametrize("layer", ["entities", "mentions", "attributions", "stances", "sentences", "relations"])
def test_ids_that_all_moved_up_by_one_are_matched_by_content(before: Snapshot, root: Root, layer: str) -> None:
    renumbered(root, layer, lambda name: f"{name[0]}{int(name[1:]) + 1}")
    diff = since(before, root)
    assert {change.kind for change in diff.records} == {"renamed"}
    assert {change.layer for change in diff.records} == {layer}
    assert len(diff.records) == before.layers[layer].height
    assert diff.step is Step.major


def test_a_document_with_another_id_is_known_by_its_text(before: Snapshot, root: Root) -> None:
    for layer in PART_LAYERS:
        root.change(layer, lambda records: [record.update(doc_id="new-name") for record in records])
    diff = since(before, root)
    assert (diff.records, [(each.doc_id, each.before, each.kind) for each in diff.documents]) == (
        (),
        [("new-name", DOC, "renamed")],
    )


def edited(root: Root, at: int, cut: int, put: str) -> str:
    """Edit the document's text and move every span along with it; gives the new text."""
    (document,) = root.records("documents")
    text = document["text"][:at] + put + document["text"][at + cut :]
    root.edit("documents", 0, text=text)

    def moved(place: int) -> int:
        return place if place <= at else place + len(put) - cut

    def move(span: dict[str, Any]) -> None:
        span["start"], span["end"] = moved(span["start"]) if span["start"] != at else at + len(put), moved(span["end"])
        if "text" in span:
            span["text"] = text[span["start"] : span["end"]]

    for layer in ("sentences", "mentions", "attributions", "stances"):
        root.change(layer, lambda records: [move(span) for r in records for span in (r, *r.get("content", ()))])
    return text


def test_spans_that_moved_with_the_text_are_no_changes(before: Snapshot, root: Root) -> None:
    edited(root, 0, 0, "Yesterday, ")
    diff = since(before, root)
    (change,) = diff.documents
    assert change.text is not None
    assert (change.text.cut, change.text.put, change.text.lost) == (0, 11, 0)
    spans = [layer for layer in PART_LAYERS if PART_LAYERS[layer].spans]
    assert change.text.reanchored == sum(before.layers[layer].height for layer in spans)
    assert diff.records == ()
    assert diff.step is Step.major


def test_a_span_whose_words_were_cut_is_lost_and_one_that_was_only_dropped_is_not(before: Snapshot, root: Root) -> None:
    mention = next(each for each in root.records("mentions") if each["text"] == "questionnaire")
    root.change("mentions", lambda records: records.remove(mention))
    assert [change.lost for change in since(before, root).records if change.layer == "mentions"] == [False]
    edited(root, mention["start"], len("questionnaire"), "form")
    diff = since(before, root)
    (gone,) = [change for change in diff.records if change.layer == "mentions"]
    assert (gone.kind, gone.lost, gone.a_id) == ("removed", True, mention["mention_id"])
    (document,) = diff.documents
    assert document.text is not None
    assert (document.text.cut, document.text.put, document.text.lost) == (13, 4, 1)
    assert document.text.edited >= 1  # the sentence around it


def test_a_span_whose_words_were_edited_is_a_changed_one(before: Snapshot, root: Root) -> None:
    mention = next(each for each in root.records("mentions") if each["text"] == "Kyiv")
    edited(root, mention["start"] + 1, 1, "i")
    diff = since(before, root)
    line = next(line for line in lines(diff) if line.startswith(f"{mention['mention_id']} "))
    place = f"{mention['start']}..{mention['end']}"
    assert line == f'{mention["mention_id"]} from "Kyiv" {place} to "Kiiv" {place} ("Kyiv")'
    assert not [each for each in diff.records if each.kind in ("added", "removed")]


def split_europe(root: Root) -> None:
    of_europe = [row for row, each in enumerate(root.records("mentions")) if each["entity_id"] == "e4"]
    for row in of_europe[:3]:
        root.edit("mentions", row, entity_id="e900")
    new = {
        "doc_id": DOC,
        "entity_id": "e900",
        "type": "GPE",
        "name": "EU",
        "wikidata": None,
        "value": None,
        "actor": None,
    }
    root.change("entities", lambda records: records.append(new))


def test_an_entity_that_was_split_is_told_by_its_mentions_and_so_is_the_way_back(before: Snapshot, root: Root) -> None:
    split_europe(root)
    after = corpus_snapshot(root.path, "after")
    (split,) = compare(before, after).entities
    (merged,) = compare(after, before).entities
    number = before.layers["mentions"].filter(entity_id="e4").height
    assert (split.kind, split.entity[0]) == ("split", "e4")
    assert [(id, count) for id, _, count in split.others] == [("e4", number - 3), ("e900", 3)]
    assert (merged.kind, merged.entity[0], merged.others) == ("merged", "e4", split.others)


def test_documents_that_are_new_are_an_addition_and_told_with_their_records(root: Root) -> None:
    before = corpus_snapshot(root.path, "before")
    add_parts(root)
    after = corpus_snapshot(root.path, "after")
    diff = compare(before, after)
    assert [(each.kind, each.doc_id) for each in diff.documents][:1] == [("added", "copy-2025-03")]
    assert (diff.counts["documents"].added, diff.counts["mentions"].added) == (4, 4 * 150)
    assert diff.step is Step.minor
    back = compare(after, before)
    assert (back.counts["documents"].removed, back.step) == (4, Step.major)


@settings(max_examples=examples(5))
@given(st.sets(st.integers(0, 149), max_size=6), st.sets(st.integers(0, 22), max_size=6))
def test_the_way_back_is_the_mirror_image(before: Snapshot, mentions: set[int], stances: set[int]) -> None:
    layers = dict(before.layers)
    for name, rows in (("mentions", mentions), ("stances", stances)):
        frame = layers[name].with_row_index("row")
        layers[name] = frame.filter(~frame["row"].is_in(list(rows))).drop("row")
    after = Snapshot("after", None, layers, splits=before.splits, metadata=before.metadata)
    there, back = compare(before, after), compare(after, before)
    assert {each.a_id for each in there.records if each.kind == "removed"} == {
        each.b_id for each in back.records if each.kind == "added"
    }
    assert (there.counts["mentions"].removed, there.counts["stances"].removed) == (len(mentions), len(stances))
    assert there.step is (Step.major if mentions or stances else Step.none)
    assert back.step <= Step.major


def test_a_build_is_compared_with_the_corpus_that_it_was_made_of(before: Snapshot, root: Root, tmp_path: Path) -> None:
    root.edit("stances", 0, label="mixed")
    build(root.corpus(), tmp_path / "out", chosen_views(["documents", *FLAT]))
    build(root.corpus(), tmp_path / "few", chosen_views(["stances"]))
    built, few = build_snapshot(tmp_path / "out", "out"), build_snapshot(tmp_path / "few", "few")
    assert compare(built, corpus_snapshot(root.path, "root")).same
    for one in (built, few):
        diff = compare(before, one)
        assert [(each.layer, each.kind) for each in diff.records] == [("stances", "changed")]
    assert compare(built, few).layers == ("stances",)


def test_two_annotators_ids_mean_nothing_to_each_other(root: Root) -> None:
    root.add_passes()
    shutil.rmtree(root.path / PASSES / "pass-b")
    shutil.copytree(root.path / PASSES / "pass-a", root.path / PASSES / "pass-b")
    folder = root.path / PASSES / "pass-b" / PART
    for file, key in (("mentions", "mention_id"), ("relations", "head"), ("relations", "tail")):
        path = folder / f"{file}.jsonl"
        path.write_text(path.read_text("utf-8").replace(f'"{key}":"m', f'"{key}":"x'), "utf-8")
    for file, key in (("attributions", "source"), ("stances", "holder")):
        path = folder / f"{file}.jsonl"
        path.write_text(path.read_text("utf-8").replace(f'"{key}":"m', f'"{key}":"x'), "utf-8")
    a, b = (pass_snapshot(root.path, name, name) for name in ("pass-a", "pass-b"))
    diff = compare(a, b)
    assert diff.same
    assert diff.layers == tuple(name for name, layer in LAYERS.items() if layer.in_passes)


# Progress


def progress(state: str | None, layer: str = "stances") -> Change:
    """Set a layer of the document to a state, or forget it."""

    def change(records: list[Record]) -> None:
        (record,) = [each for each in records if each["layer"] == layer]
        if state is None:
            records.remove(record)
        else:
            record["state"] = state

    return lambda root: root.change("progress", change)


@pytest.mark.parametrize(
    ("before_", "after", "line", "step"),
    [
        (None, "done", "progress of stances: not begun to done", Step.minor),
        ("open", "done", "progress of stances: open to done", Step.minor),
        ("done", "open", "progress of stances: done to open", Step.major),
        ("done", None, "progress of stances: done to not begun", Step.major),
        ("open", "skipped", "progress of stances: open to skipped", Step.patch),
        (None, "open", "progress of stances: not begun to open", Step.patch),
    ],
)
def test_how_far_a_layer_is_reads_in_plain_words_and_makes_its_step(
    root: Root, before_: str | None, after: str | None, line: str, step: Step
) -> None:
    first = root.records("progress")
    progress(before_)(root)
    a = corpus_snapshot(root.path, "a")
    root.write("progress", first)
    progress(after)(root)
    b = corpus_snapshot(root.path, "b")
    diff = compare(a, b)
    assert (lines(diff), diff.step) == ([line], step)
    released = compare_states(release_of(a, "stancebank"), b)
    assert (lines(released), released.step) == ([line], step)


def test_who_made_a_layer_and_why_reads_in_plain_words(before: Snapshot, root: Root) -> None:
    root.edit("progress", 0, annotator="ann", remark="in a hurry")
    diff = since(before, root)
    assert lines(diff) == ['progress of attributions: annotator none to ann, remark none to "in a hurry"']
    assert diff.step == Step.patch
