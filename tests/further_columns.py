"""A corpus whose layers have more columns than ours, and what becomes of them wherever a corpus goes.

This module is imported anew, with all of StanceBank, after the columns have been declared.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl

import stancebank
from editions.five_words import found_runs
from python_records import removed_and_added, touch
from relabelling import link, outputs, relabelled, same_names
from stancebank.agreement.adjudication import adjudicate
from stancebank.agreement.agreement_scores import agreement
from stancebank.agreement.decisions import Decision
from stancebank.agreement.disagreements import disagreements
from stancebank.checks.validation import check_corpus
from stancebank.compare.difference_report import report
from stancebank.compare.snapshots import corpus_snapshot
from stancebank.compare.state_comparison import compare
from stancebank.corpus.corpus import read_corpus
from stancebank.corpus.statistics import corpus_statistics
from stancebank.dataset.building import available_views, build
from stancebank.editions.edition import EditionName
from stancebank.rehydration.edition_folder import read_edition
from stancebank.rehydration.restored_edition import rehydrate
from stancebank.schema.column import Column
from stancebank.schema.layers import ANNOTATED, SHARED_LAYERS
from stancebank.schema.scheme_layers import Layers
from stancebank.schema.scheme_reading import read_scheme
from stancebank.studio.importing.import_run import Imported, import_annotations
from stancebank.studio.layout.controls import Control, controls_of
from stancebank.studio.layout.tasks import export_tasks

Record = dict[str, Any]
Place = tuple[str, str]
"""A layer and a column of it; content.NAME for one of the spans in the column content."""
NEW: Mapping[str, Any] = {
    "choice": "conditional",
    "words": 'a new "note"',
    "number": 77,
    "decimal": -0.75,
    "truth": True,
    "list": ["one", "two"],
    "quoted": "other words",
    "name": "another name",
}
"""What an annotator puts in place of a value, by kind of column."""


@dataclass(frozen=True)
class Copy:
    """A corpus with values in the further columns, by layer and name of the column; kinds: what each holds."""

    root: Path
    kinds: Mapping[Place, str]

    @property
    def layers(self) -> Layers:
        scheme, faults = read_scheme(self.root)
        assert scheme is not None, faults
        return scheme.layers

    def place(self, control: Control) -> Place:
        """The column that a control shows."""
        return next(place for place in self.kinds if self._column(place) == control.column)

    def kind(self, control: Control) -> str:
        return self.kinds[self.place(control)]

    def _column(self, place: Place) -> Column:
        layer, name = place
        outer, _, inner = name.rpartition(".")
        columns = self.layers[layer][outer].items if outer else self.layers[layer].columns
        return next(column for column in columns if column.name == inner)

    def paths(self, layer: str) -> list[Path]:
        return sorted(self.root.glob(f"*/**/{layer}.jsonl"))

    def holders(self, record: Record, name: str) -> list[tuple[Record, str]]:
        """Where a record has the values of a column: in itself, or in each of its content spans."""
        if name.startswith("content."):
            return [(span, name.removeprefix("content.")) for span in record["content"]]
        return [(record, name)]


def read(path: Path) -> list[Record]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


def write(path: Path, records: list[Record]) -> None:
    lines = (json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n" for record in records)
    path.write_text("".join(lines), "utf-8", newline="\n")


def filled(source: Path, folder: Path, kinds: Mapping[Place, str]) -> Copy:
    """A copy of a corpus with values in all further columns: some null, some the annotators' own, some copied."""
    copy = Copy(relabelled(source, folder, same_names).path, kinds)
    link(copy.root)
    (text,) = (row["text"] for path in copy.paths("documents") for row in read(path))
    words = text.split()
    for (layer, name), kind in kinds.items():
        for path in copy.paths(layer):
            records = read(path)
            for index, record in enumerate(records):
                for holder, key in copy.holders(record, name):
                    copied = " ".join(words[index : index + 8])
                    holder[key] = _value(kind, index, copied)
            write(path, records)
    return copy


def _value(kind: str, index: int, copied: str) -> object:
    """The first record of a layer may be its only one, and copies."""
    own = "not in the text"
    values = {
        "choice": ["unconditional", "conditional", None],
        "words": [f"see: {copied}", copied.upper(), own, None],
        "number": [2**40, 0, None],
        "decimal": [2.5, 3, None, 0.1],
        "truth": [False, None],
        "list": [[own, copied], None, [], [copied, copied]],
        "quoted": [copied, None],
        "name": [copied, copied.split()[0], own, None],
    }[kind]
    return values[index % len(values)]


def everything_works(source: Path, folder: Path, kinds: Mapping[Place, str]) -> None:
    """Take a corpus with the further columns wherever a corpus goes."""
    copy = filled(source, folder / "copy", kinds)
    for check in (_validated, _counted, _described, _built, _compared, _agreed, _annotated, _in_python):
        (folder / check.__name__).mkdir()
        check(copy, folder / check.__name__)


def _validated(copy: Copy, folder: Path) -> None:
    corpus = read_corpus(copy.root)
    assert [finding for finding in check_corpus(corpus) if finding.severity == "error"] == []
    for (layer, name), kind in copy.kinds.items():
        path = copy.root / ("corpus" if layer in SHARED_LAYERS else "corpus/2026-03") / f"{layer}.jsonl"
        before = path.read_bytes()
        records = read(path)
        holder, key = copy.holders(records[0], name)[0]
        wrong = {"choice": "no label", "words": 3, "number": 3.5, "decimal": "3", "truth": 1, "list": ["one", None]}
        holder[key] = (wrong | {"quoted": 4, "name": []})[kind]
        write(path, records)
        found = [f.path.rpartition(".")[2].partition("[")[0] for f in check_corpus(read_corpus(copy.root))]
        assert key in found, (layer, name)
        path.write_bytes(before)


def _counted(copy: Copy, folder: Path) -> None:
    corpus = read_corpus(copy.root)
    statistics = corpus_statistics(corpus)
    assert corpus.scheme is not None
    for (layer, name), kind in copy.kinds.items():
        if kind == "choice" and layer not in SHARED_LAYERS and "." not in name:
            values = read(copy.root / f"corpus/2026-03/{layer}.jsonl")
            counts = statistics.by_label(corpus.scheme, layer, name)
            assert counts["unconditional"] == sum(record[name] == "unconditional" for record in values) > 0


def _in_python(copy: Copy, folder: Path) -> None:
    corpus = stancebank.open(copy.root)
    for each in (corpus, *map(corpus.as_annotator, corpus.annotators)):
        touch(each)
        removed_and_added(each)
    assert corpus.changes() == {}


def _described(copy: Copy, folder: Path) -> None:
    """Everything that a corpus is made into, none of which may stumble over a column."""
    found = outputs(relabelled(copy.root, folder / "again", same_names))
    for layer, name in copy.kinds:
        name = name.removeprefix("content.")
        assert f'"{name}"' in found[f"schemas/{layer}.schema.json"]
        if layer not in SHARED_LAYERS:
            view = "documents" if layer == "documents" else layer
            assert f'"{name}":' in found[f"{view} of 2026-03"]
            assert f'"{name}":' in found["documents of 2026-03"]


def _built(copy: Copy, folder: Path) -> None:
    """The editions have the columns and none of the words that values of them copy; all come back with the texts."""
    corpus = read_corpus(copy.root)
    texts = [row["text"] for path in copy.paths("documents") for row in read(path)]
    names: tuple[EditionName, ...] = ("full", "standoff", "masked")
    for name in names:
        build(corpus, folder / name, available_views(corpus.scheme), edition=name)
        assert (found_runs(folder / name, texts) == []) == (name != "full")
    for layer, name in map(_outer, copy.kinds):
        for edition in names:
            shard = pl.read_parquet(folder / edition / f"data/{layer}/*.parquet")
            if copy.kinds.get((layer, name)) == "quoted" and edition == "standoff":
                assert name not in shard.columns
            else:
                assert shard[name].drop_nulls().len() > 0
            if copy.kinds.get((layer, name)) == "name" and layer not in SHARED_LAYERS and edition != "full":
                assert not any(value and value in text for value in shard[name] for text in texts)
    seeds = sorted((copy.root / "seeds").glob("*.txt"))
    for name in ("standoff", "masked"):
        again = rehydrate(read_edition(folder / name), seeds, folder / f"{name} whole")
        assert again.lost == ()
        assert again.manifest is not None
        mine, theirs = (_contents(folder / each) for each in ("full", f"{name} whole"))
        assert mine == theirs
    (folder / "texts").mkdir()
    for seed in seeds:  # another copy of the text, in which the last sentence ends otherwise
        text = seed.read_text("utf-8").rstrip()
        (folder / "texts" / seed.name).write_text(f"{text[:-1]} again.", "utf-8", newline="")
    others = sorted((folder / "texts").iterdir())
    partial = rehydrate(read_edition(folder / "standoff"), others, folder / "partial", allow_partial=True)
    assert partial.lost
    assert partial.manifest is not None


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _edited(copy: Copy, folder: Path, part: str, places: Iterable[Place]) -> None:
    """A copy of the corpus in which a record has another value in each of these columns."""
    relabelled(copy.root, folder, same_names)
    for layer, name in places:
        path = folder / ("corpus" if layer in SHARED_LAYERS else part) / f"{layer}.jsonl"
        records = read(path)
        holder, key = copy.holders(records[0], name)[0]
        assert holder[key] != NEW[copy.kinds[layer, name]]
        holder[key] = NEW[copy.kinds[layer, name]]
        write(path, records)


def _compared(copy: Copy, folder: Path) -> None:
    """A difference names the field, before and after; nothing else differs."""
    _edited(copy, folder / "edited", "corpus/2026-03", copy.kinds)
    diff = compare(corpus_snapshot(copy.root, "a"), corpus_snapshot(folder / "edited", "b"))
    found = {(record.layer, field.name): field for record in diff.records for field in record.fields}
    assert found.keys() == set(map(_outer, copy.kinds))
    text = "\n".join(report(diff, "text"))
    for (layer, name), kind in copy.kinds.items():
        if "." not in name:
            assert found[layer, name].b == NEW[kind]
        assert {"words": "a new", "list": '"one", "two"', "truth": "true"}.get(kind, str(NEW[kind])) in text


def _outer(place: Place) -> Place:
    """The column of the layer that a column is in, or is."""
    layer, name = place
    return layer, name.partition(".")[0]


def _agreed(copy: Copy, folder: Path) -> None:
    """Two passes that differ in the columns too: each difference is reported, and can be decided."""
    places = [place for place in copy.kinds if place[0] in ANNOTATED]
    _edited(copy, folder / "edited", "annotation/passes/ben/2026-03", places)
    corpus, before = read_corpus(folder / "edited"), read_corpus(copy.root)
    a, b = (corpus.read_part("2026-03", each) for each in ("ann", "ben"))
    known = {each.what for each in disagreements(*(before.read_part("2026-03", each) for each in ("ann", "ben")))}
    found = list(disagreements(a, b))
    new = {(each.layer, *each.fields) for each in found if each.kind == "differs" and each.fields != ("label",)}
    assert new == set(map(_outer, places))
    assert len(found) == len(new) + len(known)
    decisions = [
        Decision(
            doc_id=each.doc_id,
            layer=each.layer,
            a=each.a_id,
            b=each.b_id,
            fields=each.fields,
            decision="b",
            rule="a rule",
            reason="A reason.",
        )
        for each in found
    ]
    (gold,) = adjudicate(corpus, ("ann", "ben"), decisions)
    assert gold.open == ()
    scores = {(score.layer, word.rstrip(",")) for score in agreement(a, b) for word in score.name.split()}
    for layer, name in places:
        records = gold.frames[layer].to_dicts()
        values = [holder[key] for record in records for holder, key in copy.holders(record, name)]
        assert NEW[copy.kinds[layer, name]] in values
        assert copy.kinds[layer, name] != "choice" or "." in name or (layer, name) in scores


def _annotated(copy: Copy, folder: Path) -> None:
    """There and back is the same; what annotators put into the controls comes back and is reported."""
    corpus = read_corpus(copy.root)
    tasks = json.loads(json.dumps(list(export_tasks(corpus))))
    annotation = tasks[0]["annotations"][0]
    annotation |= {"id": 1, "completed_by": 1, "was_cancelled": False}
    same = _imported(copy, tasks, folder / "same")
    assert same.notices == ()
    assert [document.changed for document in same.documents] == [0]
    for layer in ANNOTATED:
        assert read(folder / f"same/corpus/2026-03/{layer}.jsonl") == read(copy.root / f"corpus/2026-03/{layer}.jsonl")
    edits = set()
    for control in _controls(copy):
        new = NEW[copy.kind(control)]
        new = "yes" if new is True else new
        new = new if control.several or control.tag == "number" else [new]
        items = (item for item in annotation["result"] if item.get("from_name") == control.name)
        item = next(item for item in items if item["value"][control.key] != new)
        item["value"][control.key] = new
        edits.add(item["id"].partition(":")[0] if control.group == "content" else control.name)
    edited = _imported(copy, tasks, folder / "edited")
    assert edited.notices == ()
    lines = [line for document in edited.documents for line in document.changes]
    assert len(lines) == len(edits)
    for control in _controls(copy):
        assert control.column is not None
        assert any(control.column.name in line for line in lines)
        records = read(folder / f"edited/corpus/2026-03/{copy.place(control)[0]}.jsonl")
        values = [holder[key] for record in records for holder, key in copy.holders(record, copy.place(control)[1])]
        assert NEW[copy.kind(control)] in values
    for control in _controls(copy):
        annotation["result"] = [item for item in annotation["result"] if item.get("from_name") != control.name]
    emptied = _imported(copy, tasks, folder / "emptied")
    assert emptied.notices == ()
    for control in _controls(copy):
        layer, name = copy.place(control)
        records = read(folder / f"emptied/corpus/2026-03/{layer}.jsonl")
        assert not any(holder[key] for record in records for holder, key in copy.holders(record, name))


def _controls(copy: Copy) -> list[Control]:
    """The controls of the further columns."""
    names = [name.rpartition(".")[2] for _, name in copy.kinds]
    controls = [each for of_group in controls_of(copy.layers).of_columns.values() for each in of_group]
    return [control for control, column in controls if column.name in names]


def _imported(copy: Copy, tasks: list[Record], out: Path) -> Imported:
    return import_annotations(read_corpus(copy.root), BytesIO(json.dumps(tasks).encode()), out=out)
