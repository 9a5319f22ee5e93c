"""Who entities are across documents: links to actors, wherever a corpus goes, and what groups holders."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import polars as pl
import pytest
from hypothesis import given, settings

from conftest import examples
from overlays import SOUND, compose
from stancebank.checks.repairs import repair
from stancebank.checks.validation import check_corpus
from stancebank.compare.difference_report import report
from stancebank.compare.release_digests import compare_states, release_of, write_release
from stancebank.compare.snapshots import build_snapshot, corpus_snapshot
from stancebank.compare.state_comparison import compare
from stancebank.corpus.corpus import Corpus, read_corpus
from stancebank.corpus.part import Part
from stancebank.corpus.statistics import corpus_statistics
from stancebank.dataset.building import build, chosen_views
from stancebank.dataset.verification import differences, read_manifest
from stancebank.editions.edition import EditionName
from stancebank.faults import StanceBankError
from stancebank.pages.pictures import stance_matrix
from stancebank.rehydration.edition_folder import read_edition
from stancebank.rehydration.restored_edition import rehydrate
from stancebank.schema.layers import ACTORS, ENTITIES
from stancebank.storage.files import sha256
from stancebank.studio.importing.import_run import import_annotations
from stancebank.studio.layout.tasks import export_tasks
from stancebank.views.identities import IDENTITY, identities
from strategies import parts

Record = dict[str, Any]
PARTS: Mapping[str, str] = {"2026-03": "river-tolls", "2026-04": "later"}
"""The two parts, and the document of each."""
ACTORS_FILE = "corpus/actors.jsonl"
NOBODY: Record = {column.name: None for column in ACTORS.columns}
VIEWS = ("documents", "entities", "stances", "actors", "stance_votes")


@dataclass(frozen=True)
class Folder:
    """The sound corpus of tests/invalid with a second part, which has a copy of its document."""

    path: Path

    def file(self, layer: str, part: str = "") -> Path:
        return self.path / "corpus" / part / f"{layer}.jsonl"

    def records(self, layer: str, part: str = "") -> list[Record]:
        return [json.loads(line) for line in self.file(layer, part).read_text("utf-8").splitlines()]

    def write(self, layer: str, records: list[Record], part: str = "") -> None:
        lines = (json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n" for record in records)
        self.file(layer, part).write_text("".join(lines), "utf-8", newline="\n")

    def edit(self, layer: str, row: int, part: str = "", **values: Any) -> None:
        records = self.records(layer, part)
        records[row] |= values
        self.write(layer, records, part)

    def president(self, part: str, **values: Any) -> None:
        """Set values in the entity that holds the second stance of a part."""
        self.edit(ENTITIES.name, 6, part, **values)

    def declare(self, **names: str) -> None:
        """The actors, each id with a name."""
        self.write(ACTORS.name, [NOBODY | {"actor_id": id, "name": name} for id, name in sorted(names.items())])

    def corpus(self) -> Corpus:
        return read_corpus(self.path).sound()

    def found(self) -> list[tuple[str, str, int | None, str]]:
        return [(each.rule, each.file, each.line, each.path) for each in check_corpus(read_corpus(self.path))]

    def columns(self) -> list[str]:
        """The holders that the picture of stances has columns for."""
        picture = ElementTree.fromstring(stance_matrix(self.corpus()) or "")
        turned = [e for e in picture.iter() if e.get("transform", "").startswith("rotate")]
        return [title.text or "" for element in turned for title in element]

    def built(self, folder: Path, edition: EditionName = "full") -> Path:
        build(self.corpus(), folder, chosen_views(VIEWS), edition=edition)
        return folder


@pytest.fixture
def two(tmp_path: Path) -> Folder:
    root = compose(SOUND, tmp_path / "two")
    (first, of_first), (second, of_second) = PARTS.items()
    (root / "corpus" / second).mkdir()
    for path in (root / "corpus" / first).iterdir():
        content = path.read_text("utf-8").replace(of_first, of_second)
        (root / "corpus" / second / path.name).write_text(content, "utf-8", newline="\n")
    seed = (root / f"seeds/{of_first}.txt").read_bytes()
    other = seed.replace(b"Hal\xc3\xa1sz said.", b"Hal\xc3\xa1sz said!")  # since no text may be there twice
    (root / f"seeds/{of_second}.txt").write_bytes(other)
    register = root / "seeds/seeds.yaml"
    _, _, entry = register.read_text("utf-8").partition("seeds:\n")
    with register.open("a", encoding="utf-8", newline="\n") as file:
        file.write(entry.replace(of_first, of_second).replace(sha256(seed), sha256(other)))
    two = Folder(root)
    text = two.records("documents", second)[0]["text"].replace("Halász said.", "Halász said!")
    digests = {"text_sha256": sha256(text.encode()), "seed_sha256": sha256(other)}
    two.edit("documents", 0, second, text=text, **digests)
    return two


@pytest.fixture
def presidents(two: Folder) -> Folder:
    """Two presidents, of whom one rejects what the other backs; nobody has linked them."""
    for part in PARTS:
        two.president(part, name="the president", actor=None)
    two.edit("stances", 1, "2026-04", label="favor")
    return two


# Who is one over documents


def test_two_of_one_name_stay_two_told_apart_by_document(presidents: Folder) -> None:
    named = [column for column in presidents.columns() if "president" in column]
    assert named == ["the president (river-tolls)", "the president (later)"]
    picture = ElementTree.fromstring(stance_matrix(presidents.corpus()) or "")
    signs = [element.text for element in picture.iter() if element.get("font-weight") == "bold"]
    legend = 1
    assert (signs.count("+"), signs.count("\N{MINUS SIGN}")) == (3 + legend, 1 + legend)


def test_those_that_are_linked_go_by_the_names_of_their_actors(presidents: Folder) -> None:
    presidents.declare(danescu="Milo J. Dănescu", rassendyll="Rudolf Rassendyll")
    presidents.president("2026-03", actor="danescu")
    presidents.president("2026-04", actor="rassendyll")
    columns = presidents.columns()
    assert {"Milo J. Dănescu", "Rudolf Rassendyll"} <= set(columns)
    assert not [column for column in columns if "president" in column]


@pytest.mark.parametrize(
    "link",
    [
        pytest.param(lambda part: {"wikidata": "Q900000001"}, id="the item of both"),
        pytest.param(lambda part: {"actor": "danescu"}, id="the actor of both"),
        pytest.param(
            lambda part: {"actor": "danescu"} if part == "2026-03" else {"wikidata": "Q900000002"},
            id="the item of one, and of the actor of the other",
        ),
    ],
)
def test_those_of_one_identity_are_one_column(presidents: Folder, link: Callable[[str], Record]) -> None:
    presidents.declare(danescu="the president")
    presidents.edit(ACTORS.name, 0, wikidata="Q900000002")
    for part in PARTS:
        presidents.president(part, **link(part))
    assert presidents.columns().count("the president") == 1
    assert len([column for column in presidents.columns() if "president" in column]) == 1


def test_two_of_one_name_in_one_document_are_told_apart_too(presidents: Folder) -> None:
    presidents.edit("entities", 1, "2026-03", name="the president")
    assert "the president (river-tolls/e2)" in presidents.columns()
    assert "the president (river-tolls/e7)" in presidents.columns()


def test_the_writer_is_a_documents(two: Folder) -> None:
    assert "the writer" not in two.columns()
    two.edit("stances", 0, "2026-03", holder=None)
    assert two.columns().count("the writer") == 1
    two.edit("stances", 0, "2026-04", holder=None)
    assert {"the writer (river-tolls)", "the writer (later)"} <= set(two.columns())


@given(parts())
@settings(max_examples=examples(50))
def test_an_identity_is_the_item_else_the_actor_else_the_documents_own(part: Part) -> None:
    entities = part["entities"].to_dicts()
    items = dict(part.corpus.actors.select("actor_id", "wikidata").iter_rows())
    expected = []
    for each in entities:
        item = each["wikidata"] or items.get(each["actor"])
        own = ("actor", each["actor"]) if each["actor"] else ("document", f"{each['doc_id']}/{each['entity_id']}")
        expected.append(("wikidata", item) if item else own)
    found = identities(part)
    assert found.select("doc_id", "entity_id").equals(part["entities"].select("doc_id", "entity_id"))
    assert list(found.select(IDENTITY).iter_rows()) == expected


# Checked


def test_an_actor_that_no_entity_links_is_sound(two: Folder) -> None:
    assert "halasz" not in {record["actor"] for part in PARTS for record in two.records("entities", part)}
    assert two.found() == []


def test_a_dangling_actor_is_found_at_its_place(two: Folder) -> None:
    two.edit("entities", 3, "2026-04", actor="danesku")
    assert two.found() == [("SB404", "corpus/2026-04/entities.jsonl", 4, "$.actor")]
    [finding] = check_corpus(two.corpus())
    assert finding.what == 'actor names "danesku", which corpus/actors.jsonl does not have; did you mean "danescu"?'


@pytest.mark.deep("inputs", quick=2)
@pytest.mark.parametrize(
    ("change", "rule", "path"),
    [
        (lambda records: [records[0] | {"type": "WHALE"}, records[1]], "SB501", "$.type"),
        (lambda records: [records[0] | {"wikidata": "q1"}, records[1]], "SB502", "$.wikidata"),
        (lambda records: [records[0], records[1] | {"actor_id": "danescu"}], "SB401", "$.actor_id"),
        (lambda records: [records[1], records[0]], "SB603", ""),
        (lambda records: [records[0], {**records[1], "age": 3}], "SB116", "$.age"),
    ],
)
def test_a_wrong_record_is_found_where_it_is(
    two: Folder, change: Callable[[list[Record]], list[Record]], rule: str, path: str
) -> None:
    two.write(ACTORS.name, change(two.records(ACTORS.name)))
    found = two.found()
    assert [(each[0], each[1], each[3]) for each in found] == [(rule, ACTORS_FILE, path)]


def test_rows_out_of_order_are_put_in_order(two: Folder) -> None:
    before = two.file(ACTORS.name).read_bytes()
    two.write(ACTORS.name, two.records(ACTORS.name)[::-1])
    assert [each.file for each in repair(two.corpus()).changes] == [ACTORS_FILE]
    assert two.file(ACTORS.name).read_bytes() == before


def test_a_missing_file_says_as_much_as_an_empty_one(two: Folder, tmp_path: Path) -> None:
    for part in PARTS:
        two.president(part, actor=None)
    two.write(ACTORS.name, [])
    empty = two.built(tmp_path / "empty")
    assert "actors" not in read_manifest(empty)[0].views  # datasets loads no config without rows
    with pytest.raises(StanceBankError, match="the corpus has no actors"):
        build(two.corpus(), tmp_path / "none", chosen_views(["actors"]))
    two.file(ACTORS.name).unlink()
    assert two.found() == []
    assert corpus_statistics(two.corpus()).records["actors"] == 0
    assert read_manifest(two.built(tmp_path / "missing"))[1] == read_manifest(empty)[1]


# Wherever a corpus goes


def test_actors_are_built_verified_and_loaded(two: Folder, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    built = two.built(tmp_path / "built")
    assert list(differences(built, *read_manifest(built))) == []
    loaded = datasets.load_dataset(str(built), "actors", split="train", cache_dir=str(tmp_path / "cache"))
    assert loaded.to_list() == two.records(ACTORS.name)
    links = pl.read_parquet(built / "data/entities/*.parquet").drop_nulls("actor")
    assert list(links.select("entity_id", "actor").iter_rows()) == [("e7", "danescu")] * len(PARTS)
    assert corpus_statistics(two.corpus()).records["actors"] == 2


def test_a_build_of_other_actors_is_another(two: Folder, tmp_path: Path) -> None:
    """Parts that were built before are built again, since views of them may show what an actor is called."""
    before = read_manifest(two.built(tmp_path / "built"))[0]
    two.edit(ACTORS.name, 0, party="None")
    after = read_manifest(two.built(tmp_path / "built"))[0]
    assert after.layer_digests()["actors"] != before.layer_digests()["actors"]
    assert list(differences(tmp_path / "built", *read_manifest(tmp_path / "built"))) == []


@pytest.mark.parametrize("edition", ["standoff", "masked"])
def test_editions_withhold_what_actors_copy_and_give_it_back_with_the_texts(
    two: Folder, edition: EditionName, tmp_path: Path
) -> None:
    two.edit(ACTORS.name, 0, note="Said: I will not accept lower tolls, and meant it.")
    full = two.built(tmp_path / "full")
    shown = two.built(tmp_path / edition, edition)
    notes = pl.read_parquet(shown / "data/actors/*.parquet")["note"]
    assert "accept lower tolls" not in "".join(path.read_text("utf-8") for path in shown.rglob("*.jsonl"))
    assert not notes.str.contains("accept").any()
    assert pl.read_parquet(shown / "data/actors/*.parquet")["name"].to_list() == ["Milo J. Dănescu", "Zoé Halász"]
    seeds = sorted((two.path / "seeds").glob("*.txt"))
    restored = rehydrate(read_edition(shown), seeds, tmp_path / "whole")
    assert restored.lost == ()
    assert read_manifest(tmp_path / "whole")[1] == read_manifest(full)[1]


def test_a_difference_names_the_actor_and_the_link(two: Folder, tmp_path: Path) -> None:
    before = corpus_snapshot(two.path, "before")
    released = release_of(before, "before")
    two.edit(ACTORS.name, 0, office="president")
    two.president("2026-04", actor=None)
    two.edit("entities", 1, "2026-04", actor="halasz")
    after = corpus_snapshot(two.path, "after")
    lines = "\n".join(report(compare(before, after), "text"))
    assert 'danescu office "finance minister" to "president" ("Milo J. Dănescu")' in lines
    assert 'e7 lost its actor danescu "Milo J. Dănescu" ("Milo J. Dănescu")' in lines
    assert 'e2 gained the actor halasz "Zoé Halász" ("Zoé Halász")' in lines
    found = [(each.layer, each.doc_id, each.b_id) for each in compare_states(released, after).records]
    assert found == [("actors", None, "danescu"), ("entities", "later", "e2"), ("entities", "later", "e7")]
    assert compare(after, build_snapshot(two.built(tmp_path / "built"), "built")).records == ()
    assert b'"actors":{"danescu":' in write_release(released)


def test_an_actor_under_another_id_is_no_other_actor(two: Folder) -> None:
    before = corpus_snapshot(two.path, "before")
    two.edit(ACTORS.name, 0, actor_id="dan")
    for part in PARTS:
        two.president(part, actor="dan")
    found = compare(before, corpus_snapshot(two.path, "after")).records
    assert [(each.kind, each.layer, each.a_id, each.b_id) for each in found] == [
        ("renamed", "actors", "danescu", "dan")
    ]


def tasks_of(corpus: Corpus) -> list[Record]:
    """The tasks as they come back."""
    tasks = json.loads(json.dumps(list(export_tasks(corpus))))
    for number, task in enumerate(tasks):
        task["annotations"][0] |= {"id": number, "completed_by": 1, "was_cancelled": False}
    return tasks


def test_links_come_back_from_label_studio_as_they_were_sent(two: Folder, tmp_path: Path) -> None:
    corpus = two.corpus()
    imported = import_annotations(corpus, BytesIO(json.dumps(tasks_of(corpus)).encode()), out=tmp_path / "out")
    assert imported.notices == ()
    for part in PARTS:
        file = f"corpus/{part}/entities.jsonl"
        assert (tmp_path / "out" / file).read_bytes() == (two.path / file).read_bytes()


def test_a_link_made_meanwhile_is_merged_with_what_the_annotator_changed(two: Folder, tmp_path: Path) -> None:
    sent = Folder(Path(shutil.copytree(two.path, tmp_path / "sent")))
    tasks = tasks_of(sent.corpus())
    for item in tasks[0]["annotations"][0]["result"]:
        if item.get("from_name") == "level" and item["id"] == "m10":
            item["value"]["choices"] = ["NOM"]
    two.edit("entities", 1, "2026-03", actor="halasz")
    base = tmp_path / "base"
    shutil.copytree(sent.path / "corpus", base / "corpus")
    (base / "corpus/corpus.yaml").unlink()
    data = BytesIO(json.dumps(tasks).encode())
    imported = import_annotations(two.corpus(), data, base=base, out=tmp_path / "out")
    assert [notice.kind for notice in imported.notices if notice.outcome == "refused"] == []
    out = Folder(tmp_path / "out")
    assert out.records("entities", "2026-03") == two.records("entities", "2026-03")
    assert [each["level"] for each in out.records("mentions", "2026-03") if each["mention_id"] == "m10"] == ["NOM"]
