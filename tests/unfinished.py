"""Corpora at different stages: documents of which some layers are done, and labels that nobody has decided."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import polars as pl
from hypothesis import strategies as st

from conftest import NOT_COPIED, PART, PROJECT, Record, Root
from stancebank.corpus import seeds
from stancebank.corpus.jsonl import write_records
from stancebank.corpus.part import Part
from stancebank.corpus.seeds import SeedList
from stancebank.schema.frames import polars_schema
from stancebank.schema.layers import ACTORS, ANNOTATED, PART_LAYERS, PROGRESS, STATES, TARGETS
from strategies import parts

ANNOTATOR = "ann"
LABELS = [(name, c.name) for name in ANNOTATED for c in PART_LAYERS[name].columns if c.vocabulary]
"""Layer and column of each label that an annotator decides."""


@st.composite
def progress(draw: st.DrawFn, part: Part) -> Part:
    """The part with any progress of its documents."""
    unknown = dict.fromkeys(("annotator", "date", "made_from", "remark"))
    rows = [
        {"doc_id": doc_id, "layer": layer, "state": state, **unknown}
        for doc_id in part["documents"]["doc_id"]
        for layer in sorted(ANNOTATED)
        if (state := draw(st.sampled_from([STATES[0], STATES[0], *STATES, None])))
    ]
    frame = pl.DataFrame(rows, schema=polars_schema(PROGRESS.columns))
    return replace(part, frames={**part.frames, PROGRESS.name: frame})


@st.composite
def undecided(draw: st.DrawFn, part: Part) -> Part:
    """The part with some of its labels null."""
    frames = dict(part.frames)
    for layer, column in LABELS:
        kept = pl.Series([draw(st.integers(0, 4)) > 0 for _ in range(frames[layer].height)], dtype=pl.Boolean)
        frames[layer] = frames[layer].with_columns(pl.when(kept).then(column).alias(column))
    return replace(part, frames=frames)


unfinished_parts = parts().flatmap(undecided).flatmap(progress)


def only(part: Part, documents: Collection[str]) -> Part:
    """The part as if it had these documents alone, row by row."""
    frames = {
        name: pl.DataFrame(
            [row for row in rows.iter_rows(named=True) if row["doc_id"] in documents], schema=rows.schema
        )
        for name, rows in part.frames.items()
    }
    return replace(part, frames=frames)


def done_in(part: Part, layers: Sequence[str]) -> list[str]:
    """The documents in which all of the layers are done."""
    states = {(row["doc_id"], row["layer"]): row["state"] for row in part["progress"].iter_rows(named=True)}
    return [id for id in part["documents"]["doc_id"] if all(states.get((id, layer)) == "done" for layer in layers)]


@contextmanager
def on_disk(part: Part, annotation: Part | None = None) -> Iterator[Root]:
    """A part in memory as the one part of a corpus on disk; annotation: what a pass over it has."""
    with tempfile.TemporaryDirectory() as folder:
        root = Root(Path(folder))
        for name in (f"corpus/{PART}", "seeds", f"annotation/passes/{ANNOTATOR}/{PART}"):
            (root.path / name).mkdir(parents=True)
        shutil.copytree(PROJECT / "schemas", root.path / "schemas", ignore=NOT_COPIED)
        shutil.copy(PROJECT / "corpus/corpus.yaml", root.path / "corpus/corpus.yaml")
        register = SeedList(rights=part.corpus.seeds.rights, seeds=part.corpus.seeds.table.to_dicts())
        (root.path / "seeds/seeds.yaml").write_text(register.model_dump_json(), "utf-8")
        for name, layer in PART_LAYERS.items():
            root.layer_path(name).write_bytes(write_records(part[name], layer))
            if layer.in_passes:
                rows = (annotation or part)[name]
                root.of(ANNOTATOR).layer_path(name).write_bytes(write_records(rows, layer))
        root.layer_path("targets").write_bytes(write_records(part.corpus.targets, TARGETS))
        yield root


REGISTER = """\
annotators:
  - id: ann
    kind: person
    name: Ann
    date: 2026-03-01
    instructions: none
    note: made up
"""


@contextmanager
def on_disk_with_seeds(part: Part, annotation: Part | None = None) -> Iterator[Root]:
    """A sound corpus of one part, with a pass of ann over it, its seeds and its register of annotators."""
    with on_disk(part, annotation) as root:
        for row in part["documents"].iter_rows(named=True):
            data = seeds.seed_bytes(row["header"], row["text"], row["newline"])
            (root.path / "seeds" / row["seed"]).write_bytes(data)
        (root.path / "annotation/annotators.yaml").write_text(REGISTER, "utf-8")
        (root.path / "corpus/corpus.yaml").write_text(
            "name: made-up\ntitle: Made up\ndescription: Made up.\nversion: 0.1.0\n"
            'annotation_license: none\nsplits:\n  train: ["*"]\n',
            "utf-8",
        )
        root.layer_path("actors").write_bytes(write_records(part.corpus.actors, ACTORS))
        yield root


def tree(root: Root) -> dict[str, bytes]:
    """All files below a root, by their paths."""
    return {
        path.relative_to(root.path).as_posix(): path.read_bytes() for path in root.path.rglob("*") if path.is_file()
    }


def reopen(root: Root, *layers: str) -> None:
    """Set these layers open in all documents."""

    def change(records: list[Record]) -> None:
        for record in records:
            if record["layer"] in layers:
                record["state"] = "open"

    root.change("progress", change)
