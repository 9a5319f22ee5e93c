"""Labels are in scheme.yaml alone: no code knows one by name, and under other names everything is the same."""

from __future__ import annotations

import ast
import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema import Draft202012Validator

import stancebank
from conftest import PROJECT, Root, examples
from overlays import composed
from relabelling import (
    Outputs,
    Relabelled,
    built,
    findings_of_part,
    link,
    named_back,
    new_names,
    outputs,
    outputs_of_part,
    relabelled,
    relabelled_part,
    same_names,
    without_roles,
)
from stancebank.agreement.agreement_scores import agreement
from stancebank.checks.validation import check_corpus
from stancebank.corpus.corpus import read_corpus
from stancebank.corpus.part import Part
from stancebank.dataset.building import build
from stancebank.pages.json_schemas import record_schema
from stancebank.pages.pictures import stance_matrix
from stancebank.schema.layers import LAYERS
from stancebank.schema.paths import SCHEME_FILE
from stancebank.schema.scheme import VOCABULARIES, Scheme, roles
from stancebank.schema.scheme_reading import read_scheme
from stancebank.views.positions import positions
from stancebank.views.registry import VIEWS
from strategies import parts, unsound_parts

SOURCES = Path(stancebank.__file__).parent
MADE_UP = max((PROJECT / "schemas/migrations").iterdir())
SCHEME, _ = read_scheme(PROJECT)
assert SCHEME is not None
LABELS = {name for vocabulary in VOCABULARIES for name in SCHEME.names(vocabulary)}


# Under other names everything is the same


def copies(root: Path, folder: Path, seed: int) -> tuple[Relabelled, Relabelled]:
    """A corpus under its own labels and under new ones."""
    new = relabelled(root, folder / "new", lambda scheme: new_names(scheme, seed))
    return relabelled(root, folder / "old", same_names), new


def assert_same(mine: Outputs, theirs: Outputs) -> None:
    assert mine.keys() == theirs.keys()
    for name, text in mine.items():
        assert text == theirs[name], name


@pytest.mark.parametrize(
    "root", [pytest.param(PROJECT, id="ours", marks=pytest.mark.deep("inputs")), pytest.param(MADE_UP, id="made up")]
)
def test_under_other_labels_everything_is_the_same_but_for_the_labels(root: Path, tmp_path: Path) -> None:
    if root is MADE_UP:
        root = Path(shutil.copytree(root, tmp_path / "linked"))
        link(root)
    old, new = copies(root, tmp_path, seed=2)
    assert_same(outputs(old), outputs(new))
    assert_same(built(old, tmp_path / "built old"), built(new, tmp_path / "built new"))


# Each example takes a second, and a smaller one tells no more than the output that differs.
@settings(max_examples=examples(8), derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(parts())
def test_under_other_labels_a_generated_part_is_the_same(part: Part) -> None:
    old, new = same_names(SCHEME), new_names(SCHEME, seed=4)
    assert_same(outputs_of_part(part, old), outputs_of_part(relabelled_part(part, new), new))


@settings(max_examples=examples(30), derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(unsound_parts())
def test_under_other_labels_an_unsound_part_has_the_same_findings(part: Part) -> None:
    new = new_names(SCHEME, seed=5)
    assert findings_of_part(part, {}) == findings_of_part(relabelled_part(part, new), new)


def test_under_other_labels_names_and_times_begin_as_they_do(gold: Part) -> None:
    """A name may begin with "The" and a time with "this"; other mentions may not."""
    text = pl.when(pl.col("entity_type") == "DATE").then(pl.lit("this week"))
    text = text.when(pl.col("level") == "NAM").then(pl.lit("The Hague")).otherwise("text")
    mentions = gold.entity_mentions.with_columns(text=text).select(gold["mentions"].columns)
    part, new = replace(gold, frames={**gold.frames, "mentions": mentions}), new_names(SCHEME, seed=6)
    assert "SB703" not in findings_of_part(part, {})
    assert findings_of_part(part, {}) == findings_of_part(relabelled_part(part, new), new)


@pytest.mark.parametrize(
    ("layer", "change"),
    [
        pytest.param("relations", lambda rows: rows.with_columns(modality=pl.lit("negated")), id="only denials"),
        pytest.param("mentions", lambda rows: rows.gather_every(2), id="every second mention"),
        pytest.param("mentions", lambda rows: rows.filter(~pl.col("text").is_duplicated()), id="no word twice"),
        pytest.param("mentions", lambda rows: rows.unique("text", maintain_order=True), id="each word once"),
    ],
)
def test_under_other_labels_a_changed_gold_has_the_same_findings(
    gold: Part, layer: str, change: Callable[[pl.DataFrame], pl.DataFrame]
) -> None:
    part, new = replace(gold, frames={**gold.frames, layer: change(gold[layer])}), new_names(SCHEME, seed=7)
    assert findings_of_part(part, {}) == findings_of_part(relabelled_part(part, new), new)


@pytest.mark.parametrize("rows", [VIEWS["docred"].rows, positions], ids=["docred", "positions"])
def test_under_other_labels_a_view_of_the_gold_is_the_same(gold: Part, rows: Callable[[Part], pl.DataFrame]) -> None:
    for seed in range(3):
        new = new_names(SCHEME, seed)
        assert rows(gold).write_ndjson() == named_back(rows(relabelled_part(gold, new)).write_ndjson(), new)


def test_records_under_other_labels_fit_the_json_schemas_of_their_scheme(tmp_path: Path) -> None:
    """What a literal writes into a file is the same under any labels; here it would not fit."""
    _, new = copies(MADE_UP, tmp_path, seed=8)
    scheme = read_corpus(new.path).scheme
    for path in new.path.glob("corpus/*/*.jsonl"):
        schema = Draft202012Validator(record_schema(LAYERS[path.stem], scheme))
        assert all(schema.is_valid(json.loads(line)) for line in path.read_text("utf-8").splitlines()), path.stem


# The rules that ask for roles; each has a corpus in which it finds something.
ROLE_RULES = (
    *("SB504", "SB505", "SB506", "SB507", "SB703", "SB705", "SB706", "SB707"),
    *("SB711", "SB712", "SB713", "SB714", "SB715", "SB724", "SB725"),
)


@pytest.mark.deep("inputs", quick=6)
@pytest.mark.parametrize("rule", ROLE_RULES)
def test_under_other_labels_a_rule_finds_the_same(rule: str, tmp_path: Path) -> None:
    old, new = copies(composed(rule), tmp_path, seed=3)
    mine, theirs = (list(check_corpus(read_corpus(copy.path))) for copy in (old, new))
    assert [finding.rule for finding in mine] == [rule]
    assert [old.named_back(repr(finding)) for finding in mine] == [new.named_back(repr(finding)) for finding in theirs]


# A scheme without roles


@pytest.fixture
def bare(root: Root) -> Root:
    """The project's corpus without any role in its scheme, times without values, and a holder who is of two minds."""
    (root.path / SCHEME_FILE).write_text(without_roles((root.path / SCHEME_FILE).read_bytes()), "utf-8")
    root.change("entities", lambda records: [record.update(value=None) for record in records])
    entity = {record["mention_id"]: record["entity_id"] for record in root.records("mentions")}
    records = root.records("stances")
    positions = [(entity.get(record["holder"]), record["target"]) for record in records]
    row = next(row for row, position in enumerate(positions) if positions.count(position) > 1)
    root.edit("stances", row, label="against" if records[row]["label"] == "favor" else "favor")
    return root


def test_without_roles_the_rules_that_need_them_are_silent(bare: Root) -> None:
    needing = {"SB504", "SB505", "SB705", "SB706", "SB707", "SB711", "SB712", "SB713", "SB714", "SB724"}
    bare.change("entities", lambda records: [record.update(type="DATE") for record in records[::2]])
    bare.change("mentions", lambda records: [record.update(level="PRO") for record in records[::2]])
    bare.change("stances", lambda records: [record.update(basis="narration") for record in records])
    bare.change("attributions", lambda records: [record.update(kind="direct") for record in records])
    assert not needing & {finding.rule for finding in bare.findings()}


def test_without_roles_no_relation_is_a_fact_and_a_conflict_has_no_label(bare: Root, tmp_path: Path) -> None:
    part = bare.part()
    assert set(VIEWS["docred"].rows(part)["labels"].list.len()) == {0}
    assert positions(part)["label"].null_count() == 1
    assert not positions(part)["under_condition"].any()
    build(bare.corpus(), tmp_path / "built", [VIEWS["stance_votes"]])
    [shard] = (tmp_path / "built/data/stance_votes").iterdir()
    assert pl.read_parquet(shard)["gold"].null_count() == 1


def test_without_roles_pictures_number_the_labels_and_mark_what_has_none(bare: Root) -> None:
    marks = set(re.findall(r'font-weight="bold" fill="#ffffff">([^<]*)<', stance_matrix(bare.corpus()) or ""))
    assert marks == {"1", "2", "3", "4", "?"}


def test_without_roles_agreement_has_no_times_and_no_ordinal_alpha(bare: Root) -> None:
    part = bare.part()
    found = {score.name: score for score in agreement(part, part)}
    assert found["time value"].count == 0
    assert found["label, ordinal alpha, per document"].value is None
    assert found["holder and target, per document"].value == 1
    assert found["holder, target and label, per document"].value < 1  # the conflict equals nothing


def test_without_roles_every_value_is_null(bare: Root) -> None:
    schema = record_schema(LAYERS["entities"], bare.corpus().scheme)
    entity = bare.records("entities")[0]
    assert Draft202012Validator(schema).is_valid(entity)
    assert not Draft202012Validator(schema).is_valid(entity | {"value": "2025-02-16"})
    bare.edit("entities", 0, value="2025-02-16")
    [finding] = [finding for finding in bare.findings() if finding.rule == "SB505"]
    assert finding.what.startswith("no type of the scheme has a value; this is ")


def test_a_scheme_in_json_has_the_roles_that_labels_have_and_no_others() -> None:
    written = json.loads(SCHEME.model_dump_json())
    for vocabulary in VOCABULARIES:
        for label in written[vocabulary]:
            assert None not in [label.get(role.name, "") for role in roles() if role.vocabulary == vocabulary]
    assert Scheme.model_validate(written) == SCHEME
    assert {role.name for role in roles() if any(role.name in label for label in written[role.vocabulary])} == {
        role.name for role in roles()
    }


# No code knows a label by name


def literals(path: Path) -> Iterator[tuple[int, str]]:
    """Line and value of each string in a module, without docstrings."""
    tree = ast.parse(path.read_text("utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    bodies = [node.body for node in ast.walk(tree) if isinstance(node, documented) and ast.get_docstring(node)]
    docstrings = {id(body[0].value) for body in bodies if isinstance(body[0], ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


def test_no_label_is_a_literal_in_the_code() -> None:
    """Migrations alone speak of labels, those that given versions had; labels in capitals are in no message either.

    A command may be called like a label: the registry of commands lists commands.
    """
    capitals = re.compile(rf"\b(?:{'|'.join(label for label in LABELS if label.isupper())})\b")
    found = [
        f"{path.relative_to(SOURCES)}:{line}: {value!r}"
        for path in sorted(SOURCES.rglob("*.py"))
        if "migrations" not in path.relative_to(SOURCES).parts and path != SOURCES / "commands/registry.py"
        for line, value in literals(path)
        if value in LABELS or capitals.search(value)
    ]
    assert found == []
