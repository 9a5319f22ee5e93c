"""Columns are declared in layers.py alone: with one more in each layer everything works, and no copied word leaks."""

from __future__ import annotations

import importlib
import random
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from conftest import PROJECT

MADE_UP = max((PROJECT / "schemas/migrations").iterdir())
KINDS = ("choice", "words", "number", "list", "quoted", "name")
OF_CONTENT = KINDS[:4]  # what is always the text's own could not be put into content spans again
LAYERS = (
    *("documents", "sentences", "entities", "mentions", "relations", "attributions", "stances"),
    *("targets", "actors"),
)
WITH_CONTROLS = ("mentions", "attributions", "stances")
CONTENT = "content"


@contextmanager
def declared(kinds: Mapping[tuple[str, str], str]) -> Iterator[Any]:
    """StanceBank, imported anew with further columns in its layers; gives the module that tries them.

    kinds: what each column holds, by layer and name; content.NAME is a column of content spans.
    """
    kept = {name: sys.modules.pop(name) for name in [*sys.modules] if _is_imported_anew(name)}
    try:
        layers = importlib.import_module("stancebank.schema.layers")
        for (layer, name), kind in kinds.items():
            _declare(layers, layers.LAYERS[layer], name, kind)
        yield importlib.import_module("further_columns")
    finally:
        for name in [*sys.modules]:
            if _is_imported_anew(name):
                del sys.modules[name]
        sys.modules.update(kept)


def _is_imported_anew(module: str) -> bool:
    return module.partition(".")[0] in ("stancebank", "relabelling", "further_columns", "python_records")


def _declare(layers: Any, layer: Any, name: str, kind: str) -> None:
    outer, _, inner = name.rpartition(".")
    column = layers.Column(
        inner,
        {"number": "integer", "list": layers.ListOf("string")}.get(kind, "string"),
        "What the law has put there.",
        nullable=True,
        vocabulary="commitments" if kind == "choice" else None,
        source={"words": "maybe", "list": "maybe", "quoted": "text", "name": "name"}.get(kind),
        control=f"{outer or layer.name}_{inner}" if layer.name in WITH_CONTROLS else None,
    )
    columns = (*layer.columns, column)
    if outer:
        content = layer[outer]
        spans = layers.ListOf(layers.Record((*content.items, column)))
        columns = tuple(layers.replace(each, kind=spans) if each is content else each for each in layer.columns)
    object.__setattr__(layer, "columns", columns)


def test_a_further_column_needs_its_declaration_alone(seed: int, tmp_path: Path) -> None:
    """A kind of column for each layer, drawn anew in each run."""
    chance = random.Random(seed)
    drawn = {(layer, f"new_{kind}"): kind for layer in LAYERS for kind in [chance.choice(KINDS)]}
    drawn |= {("attributions", f"{CONTENT}.new_{kind}"): kind for kind in [chance.choice(OF_CONTENT)]}
    with declared(drawn) as further:
        further.everything_works(MADE_UP, tmp_path, drawn)


@pytest.mark.deep("inputs")
def test_columns_of_every_kind_in_every_layer_need_their_declarations_alone(tmp_path: Path) -> None:
    all_kinds = {(layer, f"new_{kind}"): kind for layer in LAYERS for kind in KINDS}
    all_kinds |= {("attributions", f"{CONTENT}.new_{kind}"): kind for kind in OF_CONTENT}
    with declared(all_kinds) as further:
        further.everything_works(MADE_UP, tmp_path, all_kinds)


OWN = {
    "choice": "kind: label, vocabulary: commitments",
    "words": "kind: text, source: true",
    "number": "kind: integer",
    "decimal": "kind: number",
    "truth": "kind: boolean",
}
"""What fields of a scheme's own say for each kind of column that the law knows."""


def test_a_field_of_a_schemes_own_needs_its_declaration_alone(seed: int, tmp_path: Path) -> None:
    """As a column does, but declared in scheme.yaml, without importing anything anew."""
    further = importlib.import_module("further_columns")
    chance = random.Random(seed)
    drawn = {(layer, f"own_{kind}"): kind for layer in LAYERS for kind in [chance.choice([*OWN])]}
    fields = (
        f"  - {{layer: {layer}, name: {name}, meaning: What the law has put there., {OWN[kind]}}}\n"
        for (layer, name), kind in drawn.items()
    )
    source = Path(shutil.copytree(MADE_UP, tmp_path / "source"))
    scheme = source / "schemas/scheme.yaml"
    scheme.write_text(f"{scheme.read_text('utf-8')}fields:\n{''.join(fields)}", "utf-8")
    further.everything_works(source, tmp_path, drawn)
