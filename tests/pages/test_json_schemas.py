"""The JSON Schemas of the layers, as any validator of draft 2020-12 reads them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from conftest import PROJECT, Root
from overlays import INVALID, SOUND
from stancebank.checks.catalogue import RULES
from stancebank.pages.json_schemas import record_schema
from stancebank.schema.column import Column, ListOf, Record
from stancebank.schema.layers import ACTORS, ATTRIBUTIONS, ENTITIES, LAYERS, Layer
from stancebank.schema.paths import shared_file
from stancebank.schema.scheme import Scheme
from stancebank.schema.scheme_reading import read_scheme

jsonschema = pytest.importorskip("jsonschema", reason="comes with check-jsonschema")
pytest.importorskip("check_jsonschema")

EACH_LAYER = pytest.mark.parametrize("layer", LAYERS.values(), ids=lambda layer: layer.name)
COLUMNS = [(layer, column) for layer in LAYERS.values() for column in layer.columns]
CONTENT = ATTRIBUTIONS["content"].kind
assert isinstance(CONTENT, ListOf)
assert isinstance(CONTENT.item, Record)
EACH_CONTENT_COLUMN = pytest.mark.parametrize("column", CONTENT.item.columns, ids=lambda column: column.name)


def each_column_with(attribute: str) -> pytest.MarkDecorator:
    """Parametrise by each layer and column whose definition has this attribute."""
    chosen = [(layer, column) for layer, column in COLUMNS if getattr(column, attribute)]
    ids = [f"{layer.name}.{column.name}" for layer, column in chosen]
    return pytest.mark.parametrize(("layer", "column"), chosen, ids=ids)


@cache
def scheme() -> Scheme:
    found, _ = read_scheme(PROJECT)
    assert found is not None
    return found


@cache
def validator(layer: Layer) -> Any:
    return jsonschema.Draft202012Validator(record_schema(layer, scheme()))


def records(layer: Layer) -> list[dict[str, Any]]:
    if layer is ACTORS:  # of which the project's corpus has none
        lines = (INVALID / SOUND / shared_file(layer.name)).read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines]
    return Root(PROJECT).records(layer.name)


def accepted(layer: Layer, record: Any) -> bool:
    valid: bool = validator(layer).is_valid(record)
    return valid


def with_value(layer: Layer, column: Column, value: Any) -> dict[str, Any]:
    """The layer's first record with another value in a column."""
    return records(layer)[0] | {column.name: value}


def with_content(**values: Any) -> dict[str, Any]:
    """The first attribution with other values in its content span."""
    record = records(ATTRIBUTIONS)[0]
    return record | {"content": [record["content"][0] | values]}


@EACH_LAYER
def test_a_schema_is_valid_under_draft_2020_12(layer: Layer) -> None:
    schema = record_schema(layer, scheme())
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(schema)


@EACH_LAYER
def test_a_schema_accepts_the_records_of_the_project(layer: Layer) -> None:
    assert all(accepted(layer, record) for record in records(layer))


@EACH_LAYER
def test_the_schema_in_the_folder_is_the_same(layer: Layer) -> None:
    file = PROJECT / "schemas" / f"{layer.name}.schema.json"
    assert json.loads(file.read_text("utf-8")) == record_schema(layer, scheme())


@EACH_LAYER
def test_every_column_is_explained(layer: Layer) -> None:
    properties = record_schema(layer, scheme())["properties"]
    assert {name: properties[name]["description"] for name in layer.names} == {c.name: c.meaning for c in layer.columns}


@EACH_LAYER
def test_a_record_is_an_object(layer: Layer) -> None:
    assert not any(accepted(layer, value) for value in (None, [], [records(layer)[0]], "", 1))


@EACH_LAYER
def test_an_unknown_key_is_refused(layer: Layer) -> None:
    assert not accepted(layer, records(layer)[0] | {"confidence": 1})


@each_column_with("name")
def test_a_missing_key_is_refused(layer: Layer, column: Column) -> None:
    record = records(layer)[0]
    del record[column.name]
    assert not accepted(layer, record)


@each_column_with("name")
def test_a_value_of_another_type_is_refused(layer: Layer, column: Column) -> None:
    others = {"string": [1, True, ["e1"], {}], "integer": ["1", 1.5, True, [1]]}
    lists = ["e1", 1, {}, [1], [None], *([] if column.kind == ListOf("string") else [["e1"]])]
    wrong = lists if isinstance(column.kind, ListOf) else others[str(column.kind)]
    assert [value for value in wrong if accepted(layer, with_value(layer, column, value))] == []


@each_column_with("name")
def test_a_null_is_accepted_just_where_the_layer_allows_it(layer: Layer, column: Column) -> None:
    assert accepted(layer, with_value(layer, column, None)) == column.nullable


@each_column_with("vocabulary")
def test_an_unknown_label_is_refused(layer: Layer, column: Column) -> None:
    assert column.vocabulary is not None
    labels = scheme().names(column.vocabulary)
    dated = {"DATE": {"value": "2025"}} if layer is ENTITIES else {}  # the one type that must have a value
    assert all(accepted(layer, with_value(layer, column, label) | dated.get(label, {})) for label in labels)
    assert not any(accepted(layer, with_value(layer, column, label)) for label in ("", "Favor", labels[0] + " "))


@each_column_with("pattern")
def test_a_value_that_does_not_match_its_pattern_is_refused(layer: Layer, column: Column) -> None:
    assert not any(accepted(layer, with_value(layer, column, value)) for value in ("\0", "\u00e9 / \x1b", "a\nb/"))


@each_column_with("minimum")
def test_a_negative_number_is_refused(layer: Layer, column: Column) -> None:
    assert not accepted(layer, with_value(layer, column, -1))


@each_column_with("shortest")
def test_an_empty_text_or_list_is_refused(layer: Layer, column: Column) -> None:
    assert not accepted(layer, with_value(layer, column, [] if isinstance(column.kind, ListOf) else ""))


@EACH_CONTENT_COLUMN
def test_a_missing_key_of_a_content_span_is_refused(column: Column) -> None:
    record = with_content()
    del record["content"][0][column.name]
    assert not accepted(ATTRIBUTIONS, record)


@EACH_CONTENT_COLUMN
def test_a_wrong_value_of_a_content_span_is_refused(column: Column) -> None:
    wrong = ["", 1, None] if column.kind == "string" else ["1", 1.5, -1, None]
    assert [value for value in wrong if accepted(ATTRIBUTIONS, with_content(**{column.name: value}))] == []


def test_an_unknown_key_of_a_content_span_is_refused() -> None:
    assert accepted(ATTRIBUTIONS, with_content())
    assert not accepted(ATTRIBUTIONS, with_content(kind="direct"))


def check_jsonschema(layer: Layer, *files: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line of check-jsonschema on files, with the schema from the project's folder."""
    schema = PROJECT / "schemas" / f"{layer.name}.schema.json"
    command = [sys.executable, "-m", "check_jsonschema", "--schemafile", str(schema), *map(str, files)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=60)


@pytest.mark.deep("packages", quick=2)
@EACH_LAYER
def test_the_schemas_work_without_stancebank(tmp_path: Path, layer: Layer) -> None:
    """With check-jsonschema alone: records of the corpus pass, and one without its id does not."""
    files = []
    for number, record in enumerate(records(layer)):
        files.append(tmp_path / f"{number}.json")
        files[-1].write_text(json.dumps(record), "utf-8")
    sound = check_jsonschema(layer, *files)
    assert sound.returncode == 0, sound.stdout
    files[0].write_text(json.dumps({**records(layer)[0], layer.id_column: "no id"}), "utf-8")
    broken = check_jsonschema(layer, *files)
    assert broken.returncode == 1
    assert str(files[0]) in broken.stdout


# What a validator of JSON Schema finds by itself in the corpora of tests/invalid. Most other rules are
# about several records, the text or the form of a file; of single records, JSON Schema cannot compare
# two numbers (SB302 where start is not before end, SB309) and knows no order of keys.
COVERED = {
    **{"SB114": "not-an-object", "SB116": "key-unknown", "SB117": "key-missing", "SB118": "type-wrong"},
    **{"SB202": "text-control-character", "SB206": "recipe-unknown", "SB501": "label-unknown"},
    **{"SB502": "value-malformed", "SB503": "date-impossible", "SB504": "timex-malformed"},
    **{"SB505": "value-and-type-disagree"},
}


def new_lines(layer: Layer) -> dict[str, list[str]]:
    """By rule, the lines of the layer's files that the sound corpus does not have and that are JSON.

    A corpus with a scheme of its own has schemas of its own.
    """
    found: dict[str, list[str]] = {}
    for folder in sorted(INVALID.iterdir()):
        if folder.name != SOUND and (folder / "schemas").is_dir():
            continue
        for file in folder.glob(f"corpus/**/{layer.file_name}"):
            if file.is_file() and not file.is_symlink():
                lines = file.read_bytes().decode("utf-8", "replace").splitlines()
                found.setdefault(folder.name, []).extend(line for line in lines if is_json(line))
    known = set(found.pop(SOUND, []))
    return {rule: [line for line in lines if line not in known] for rule, lines in found.items()}


def is_json(line: str) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


@pytest.mark.deep("packages")
def test_the_schemas_alone_find_every_fault_of_a_single_record(tmp_path: Path, record_property: Any) -> None:
    refused = set()
    for layer in LAYERS.values():
        files = []
        for rule, lines in new_lines(layer).items():
            for number, line in enumerate(lines):
                files.append(tmp_path / f"{rule}.{layer.name}.{number}.json")
                files[-1].write_text(line, "utf-8")
        done = check_jsonschema(layer, *files) if files else None
        refused |= {
            Path(found).name.split(".")[0] for found in re.findall(r"(\S+\.json)::", done.stdout if done else "")
        }
    record_property("found by the JSON Schemas alone", ", ".join(sorted(refused)))
    assert refused == COVERED.keys()
    assert {rule: RULES[rule].name for rule in COVERED} == COVERED
