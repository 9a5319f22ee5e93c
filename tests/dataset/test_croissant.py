"""croissant.json: MLCommons' own library finds it valid and reads the rows of every view back."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from built_views import VIEWS
from conftest import PROJECT, VERSION, Root
from many_parts import NAMES, add_parts
from stancebank.corpus.corpus import read_corpus
from stancebank.dataset.building import available_views, build, chosen_views
from stancebank.dataset.croissant import unread_columns
from stancebank.dataset.manifest import Manifest
from stancebank.schema.column import Column, ListOf, Record

mlcroissant = pytest.importorskip("mlcroissant", reason="needs mlcroissant")

NO_DATE = '[Metadata(StanceBank)] Property "https://schema.org/datePublished" is recommended, but does not exist.'


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Manifest]:
    folder = tmp_path_factory.mktemp("croissant") / "dataset"
    return folder, build(read_corpus(PROJECT), folder, available_views())


def content(folder: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads((folder / "croissant.json").read_bytes())
    return said


def read_back(value: Any, prefix: str) -> Any:
    """A value as Parquet has it: mlcroissant gives text as bytes, and fields their whole path for a name."""
    match value:
        case bytes():
            return value.decode()
        case list():
            return [read_back(item, prefix) for item in value]
        case dict():
            return {key.removeprefix(f"{prefix}/"): read_back(item, key) for key, item in value.items()}
        case _:
            return value


def records(dataset: Any, view: str) -> list[dict[str, Any]]:
    return [read_back(record, view) for record in dataset.records(view)]


def without(row: dict[str, Any], columns: list[str]) -> dict[str, Any]:
    """A row without columns, of which a nested one is named by its path."""
    kept = {key: value for key, value in row.items() if key not in columns}
    for name, _, inner in (column.partition(".") for column in columns if "." in column):
        kept[name] = [{key: value for key, value in item.items() if key != inner} for item in row[name]]
    return kept


def rows(folder: Path, manifest: Manifest, view: str) -> list[dict[str, Any]]:
    """The rows that Parquet has, with their split, without what Croissant does not describe."""
    left_out = unread_columns(VIEWS[view].columns)
    return [
        without({"split": shard.split, **row}, left_out)
        for shard in sorted(manifest.of(view), key=lambda shard: shard.path)
        for row in pl.read_parquet(folder / shard.path).to_dicts()
    ]


def issues(folder: Path) -> tuple[set[str], set[str]]:
    found = mlcroissant.Dataset(str(folder / "croissant.json")).metadata.ctx.issues
    return found.errors, found.warnings


def test_mlcroissant_finds_the_corpus_valid_but_for_the_date_of_a_version_to_come(
    project: tuple[Path, Manifest],
) -> None:
    dated = "datePublished" in content(project[0])
    assert issues(project[0]) == (set(), set() if dated else {NO_DATE})


def test_mlcroissant_reads_the_rows_of_every_view_back(project: tuple[Path, Manifest]) -> None:
    folder, manifest = project
    dataset = mlcroissant.Dataset(str(folder / "croissant.json"))
    sets = {each.uuid for each in dataset.metadata.record_sets if not each.uuid.startswith("labels/")}
    assert sets == {*VIEWS, "splits"}
    for view in VIEWS:
        assert records(dataset, view) == rows(folder, manifest, view), view


def test_all_but_three_columns_are_described(project: tuple[Path, Manifest]) -> None:
    unread = {name: unread_columns(view.columns) for name, view in VIEWS.items()}
    assert {name: columns for name, columns in unread.items() if columns} == {
        "documents": ["attributions.content"],
        "docred": ["vertexSet"],
        "coref": ["clusters"],
    }
    sets = {each["@id"]: each for each in content(project[0])["recordSet"]}
    assert sets["docred"]["description"].endswith("since it lies two lists deep: vertexSet.")
    for name, view in VIEWS.items():
        described = {field["name"] for field in sets[name]["field"]}
        assert described == {"split", *(column.name for column in view.columns)} - {*unread[name]}


def test_views_of_many_parts_and_splits_are_read_back(root: Root, tmp_path: Path) -> None:
    root.add_passes()
    add_parts(root)
    root.change("stances", list.clear)  # an empty shard among others
    views = chosen_views(["documents", "stances", "stance_votes", "targets"])
    manifest = build(root.corpus(), tmp_path / "out", views)
    dataset = mlcroissant.Dataset(str(tmp_path / "out/croissant.json"))
    assert [record["splits/name"] for record in dataset.records("splits")] == ["train", "test"]
    for view in views:
        assert records(dataset, view.name) == rows(tmp_path / "out", manifest, view.name)
    assert len(NAMES) == len([*dataset.records("documents")])


def test_filtering_by_a_split_gives_its_rows_and_no_other(root: Root, tmp_path: Path) -> None:
    add_parts(root)
    manifest = build(root.corpus(), tmp_path / "out", chosen_views(["documents", "stances", "targets"]))
    for view in ("documents", "stances", "targets"):
        for split in ("train", "test"):
            dataset = mlcroissant.Dataset(str(tmp_path / "out/croissant.json"))
            found = [*dataset.records(view, filters={f"{view}/split": split})]
            assert len(found) == sum(shard.rows for shard in manifest.of(view, split))


def test_closed_vocabularies_are_enumerations_with_definitions(project: tuple[Path, Manifest]) -> None:
    said = {each["@id"]: each for each in content(project[0])["recordSet"]}
    scheme = read_corpus(PROJECT).scheme
    for vocabulary, labels in scheme.vocabularies.items():
        listed = said[f"labels/{vocabulary}"]
        assert listed["dataType"] == "sc:Enumeration"
        assert [tuple(row.values()) for row in listed["data"]] == [
            (code, label.name, label.definition) for code, label in enumerate(labels)
        ]
    dataset = mlcroissant.Dataset(str(project[0] / "croissant.json"))
    names = [row["labels/stance_pairs.label/name"] for row in dataset.records("labels/stance_pairs.label")]
    assert names == [*scheme.names("stance_labels"), "none"]
    labels = next(field for field in said["stance_detection"]["field"] if field["name"] == "label")
    assert labels["description"].endswith("Code of a label of labels/stance_labels.")


def test_each_shard_stands_there_with_its_digest_and_no_path_of_the_machine(project: tuple[Path, Manifest]) -> None:
    folder, manifest = project
    said = content(folder)
    listed = {f["contentUrl"]: f["sha256"] for f in said["distribution"] if f["@type"] == "cr:FileObject"}
    assert listed == {shard.path: shard.sha256 for shard in manifest.shards}
    assert str(folder.parent) not in (folder / "croissant.json").read_text("utf-8")
    assert said["conformsTo"] == ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"]
    assert (said["isLiveDataset"], said["version"]) == (False, manifest.version)


def test_annotators_are_called_what_they_are(project: tuple[Path, Manifest], root: Root, tmp_path: Path) -> None:
    said = content(project[0])
    assert said["rai:annotatorDemographics"] == "Does not apply: none of the registered annotators is a person."
    assert said["rai:annotationsPerItem"] == "over 1 document: passes by people 0, by others 2"
    assert len(said["rai:machineAnnotationTools"]) == 2
    assert "No registered annotator is a person" in said["rai:dataAnnotationProtocol"]
    root.add_passes()
    root.replace(
        "annotation/annotators.yaml", "- id: pass-b\n    kind: language model", "- id: pass-b\n    kind: person"
    )
    build(root.corpus(), tmp_path / "out", chosen_views(["stances"]))
    said = content(tmp_path / "out")
    assert said["rai:annotationsPerItem"] == "over 1 document: passes by people 1, by others 1"
    assert len(said["rai:machineAnnotationTools"]) == 1
    assert "rai:dataAnnotationAnalysis" not in said  # no decisions are on record
    assert "creator" not in said


def test_what_the_rights_are_is_a_licence_of_its_own(project: tuple[Path, Manifest]) -> None:
    annotations, texts = content(project[0])["license"]
    assert annotations["name"] == "CC BY 4.0"
    assert texts["name"] == "publisher-reserved"
    assert texts["description"].endswith("Texts under this key: not cleared for redistribution.")


def test_the_citation_gives_authors_address_and_date_of_this_version_alone(root: Root, tmp_path: Path) -> None:
    citation = root.path / "CITATION.cff"
    shutil.copy(PROJECT / "CITATION.cff", citation)
    page = re.sub(r"^(version|date-released): .*\n", "", citation.read_text("utf-8"), flags=re.MULTILINE)
    authors = "authors:\n  - family-names: Ng\n    given-names: Ann {A.}\n  - name: The Bank\n"
    said = page.replace("authors:\n  - name: The StanceBank authors\n", authors)
    dated = f"version: {VERSION}\ndate-released: 2026-12-01\nurl: https://example.org/bank\n"
    citation.write_text(f"{said}{dated}", "utf-8")
    build(root.corpus(), tmp_path / "out", chosen_views(["targets"]))
    released = content(tmp_path / "out")
    assert released["creator"] == [
        {"@type": "sc:Person", "name": "Ann {A.} Ng"},
        {"@type": "sc:Organization", "name": "The Bank"},
    ]
    assert (released["datePublished"], released["url"]) == ("2026-12-01", "https://example.org/bank")
    assert released["citeAs"] == (
        "@misc{stancebank, title = {StanceBank}, author = {Ann {A.} Ng and {The Bank}}, version = {0.1.0},"
        " year = {2026}, url = {https://example.org/bank}}"
    )
    assert issues(tmp_path / "out") == (set(), set())
    root.replace("corpus/corpus.yaml", "version: 0.1.0", "version: 0.2.0")
    build(root.corpus(), tmp_path / "out", chosen_views(["targets"]))
    assert "datePublished" not in content(tmp_path / "out")
    assert issues(tmp_path / "out") == (set(), {NO_DATE})


def test_what_lies_two_lists_deep_is_found() -> None:
    span = Record((Column("start", "integer", "."),))
    inner = Record((Column("spans", ListOf(span), "."), Column("ids", ListOf(ListOf("integer")), ".")))
    columns = (Column("a", ListOf(inner), "."), Column("b", ListOf(ListOf(span)), "."), Column("c", "string", "."))
    assert unread_columns(columns) == ["a.spans", "b"]
