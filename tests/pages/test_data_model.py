"""The page of the data model follows the layers, and its examples are records of a sound corpus."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from conftest import PROJECT
from stancebank.faults import StanceBankError
from stancebank.pages import data_model
from stancebank.pages.data_model import data_model_page, example_records
from stancebank.schema.column import Column
from stancebank.schema.layers import KNOWN_LAYERS, LAYERS
from stancebank.schema.paths import MIGRATIONS
from stancebank.schema.scheme_reading import read_scheme


def version() -> str:
    scheme, _ = read_scheme(PROJECT)
    assert scheme is not None
    return scheme.format


def sections(page: str) -> dict[str, str]:
    """What the page has on each layer, by the layer's name."""
    parts = re.split(r"^## (\w+)$", page, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_each_column_has_a_row_in_its_layers_table() -> None:
    by_layer = sections(data_model_page({}))
    assert list(by_layer) == list(KNOWN_LAYERS)
    for layer in KNOWN_LAYERS.values():
        rows = re.findall(r"^\| `([^`]+)` \|", by_layer[layer.name], re.MULTILINE)
        assert [name for name in rows if "." not in name] == list(layer.names)


def test_the_fields_of_nested_records_have_rows_too() -> None:
    assert "| `content[].start` | integer |" in sections(data_model_page({}))["attributions"]


def test_a_new_column_is_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    mentions = LAYERS["mentions"]
    extra = Column("certainty", "integer", "How certain the annotator is.", nullable=True)
    layers = dict(KNOWN_LAYERS) | {"mentions": replace(mentions, columns=(*mentions.columns, extra))}
    monkeypatch.setattr(data_model, "KNOWN_LAYERS", layers)
    page = sections(data_model_page({}))["mentions"]
    assert "| `certainty` | integer or null | How certain the annotator is. |" in page


def test_each_layer_that_must_be_there_has_an_example_with_all_its_columns() -> None:
    examples = example_records(PROJECT, version())
    needed = {name: layer.names for name, layer in LAYERS.items() if not layer.optional}
    assert needed.items() <= {layer: tuple(record) for layer, record in examples.items()}.items()


def test_the_page_shows_each_example_as_json() -> None:
    examples = example_records(PROJECT, version())
    found = sections(data_model_page(examples))
    for layer in examples:
        section = found[layer]
        assert json.loads(section.split("```json\n")[1].split("```")[0]) == examples[layer]


def test_without_a_made_up_corpus_there_are_no_examples(tmp_path: Path) -> None:
    assert example_records(tmp_path, version()) == {}


def test_a_broken_example_is_an_error_that_names_its_file(tmp_path: Path) -> None:
    shutil.copytree(PROJECT / MIGRATIONS, tmp_path / MIGRATIONS)
    file = next((tmp_path / MIGRATIONS / version()).glob("corpus/*/mentions.jsonl"))
    file.write_text("{", "utf-8")
    with pytest.raises(StanceBankError, match=r"mentions\.jsonl is not JSON Lines"):
        example_records(tmp_path, version())
