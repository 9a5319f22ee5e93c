"""stancebank preannotate: what a model finds becomes a registered pass of its own, and never the gold."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc

import stancebank
from conftest import DOC, PROJECT, Root
from stancebank.checks.validation import check_corpus
from stancebank.corpus.annotators import read_annotators
from stancebank.corpus.corpus import read_corpus
from stancebank.corpus.part import Part
from stancebank.faults import StanceBankError
from stancebank.formats.preannotation.model_pass import preannotate
from stancebank.formats.preannotation.name_gazetteer import NameGazetteer
from unfinished import tree

Cli = Callable[..., CompletedProcess[str]]
DAY = "2026-11-30"
PERSON = {"label": "PERSON", "pattern": "Keir Starmer", "id": "starmer"}
SHORT = {"label": "PERSON", "pattern": "Starmer", "id": "starmer"}
UKRAINE = {"label": "GPE", "pattern": "Ukraine"}
ACTOR = {"actor_id": "starmer", "name": "Keir Starmer", "type": "PERSON", "wikidata": "Q1"} | dict.fromkeys(
    ("party", "office", "country", "note")
)


def pipeline(folder: Path, *patterns: dict[str, Any], language: str = "en", name: str = "rules") -> str:
    """The folder of a pipeline that finds patterns."""
    nlp = spacy.blank(language)
    nlp.meta["name"], nlp.meta["version"] = name, "1.2.0"
    nlp.add_pipe("entity_ruler").add_patterns(list(patterns))
    nlp.to_disk(folder / name)
    return str(folder / name)


def its_pass(root: Root, annotator: str = "rules") -> Part:
    return read_corpus(root.path).sound().sound_part("2025-02", annotator)


def states(part: Part) -> dict[str, str]:
    return dict(part["progress"].select("layer", "state").iter_rows())


def test_what_a_pipeline_finds_becomes_a_registered_pass(root: Root, cli: Cli, tmp_path: Path) -> None:
    before = tree(root)
    model = pipeline(tmp_path, PERSON, SHORT, UKRAINE)
    command = ("preannotate", "--model", model, "--as", "rules", "--root", root.path)
    assert cli(*command, "--dry-run").returncode == 0
    assert tree(root) == before
    done = cli(*command)
    assert done.returncode == 0, done.stderr
    assert {path: data for path, data in tree(root).items() if path in before} == before
    part = its_pass(root)
    (text,) = part["documents"]["text"]
    mentions = part["mentions"].to_dicts()
    assert len(mentions) == text.count("Starmer") + text.count("Ukraine")
    assert {row["level"] for row in mentions} == {None}
    types = dict(part["entities"].select("entity_id", "type").iter_rows())
    starmer = {row["entity_id"] for row in mentions if "Starmer" in row["text"]}
    ukraine = [row["entity_id"] for row in mentions if row["text"] == "Ukraine"]
    assert len(starmer) == 1  # the rules have one id
    assert len({*ukraine}) == len(ukraine)  # nobody says that they are one
    assert types == dict.fromkeys(starmer, "PERSON") | dict.fromkeys(ukraine, "GPE")
    assert states(part) == {"entities": "open", "mentions": "open"}  # identity, and a level that the scheme requires
    register, _ = read_annotators(root.path)
    assert register is not None
    entry = register.by_id["rules"]
    assert (entry.kind, entry.name, entry.version) == ("program", "en_rules, a pipeline of spaCy", "1.2.0")
    assert f"spaCy {spacy.__version__}; entity_ruler; SHA-256" in (entry.settings or "")
    assert "nobody has reviewed it" in entry.note
    assert [finding for finding in check_corpus(read_corpus(root.path)) if finding.severity == "error"] == []
    command = ("studio", "export", "--as", "predictions", "--pass", "rules", "--passes")
    exported = cli(*command, "--out", tmp_path / "tasks.json", "--root", root.path)
    assert exported.returncode == 0, exported.stderr


def test_a_pass_goes_on_with_documents_that_it_has_not(root: Root, cli: Cli, tmp_path: Path) -> None:
    model = pipeline(tmp_path, UKRAINE)
    command = ("preannotate", "--model", model, "--as", "rules", "--root", root.path)
    assert cli(*command).returncode == 0
    before = tree(root)
    again = cli(*command)
    assert (again.returncode, again.stdout) == (0, "1 document skipped: the pass has them\nnothing to annotate\n")
    assert tree(root) == before
    other = cli(*command[:2], pipeline(tmp_path, UKRAINE, name="other"), *command[3:])
    assert other.returncode == 2
    assert 'registered with the name "en_rules, a pipeline of spaCy", not "en_other' in other.stderr
    assert tree(root) == before


def test_labels_of_a_model_are_mapped(root: Root, cli: Cli, tmp_path: Path) -> None:
    model = pipeline(tmp_path, UKRAINE | {"label": "NORP"}, PERSON)
    command = ("preannotate", "--model", model, "--as", "rules", "--root", root.path)
    unknown = cli(*command)
    assert unknown.returncode == 2
    assert 'does not have these labels: span "NORP"' in unknown.stderr
    assert cli(*command, "--labels", "propose").returncode == 0
    labels = tmp_path / "labels.yaml"
    assert '"NORP": "mentions"' in labels.read_text("utf-8")
    labels.write_text('spans:\n  NORP: "mentions GPE"\n  PERSON: "leave out"\n', "utf-8")
    assert not (root.path / "annotation/passes/rules").exists()
    done = cli(*command, "--labels", "labels.yaml")
    assert done.returncode == 0, done.stderr
    assert set(its_pass(root)["entities"]["type"]) == {"GPE"}


def test_labels_of_a_model_are_added_to_the_scheme(root: Root, tmp_path: Path) -> None:
    model = pipeline(tmp_path, UKRAINE | {"label": "NORP"})
    corpus = stancebank.open(root.path)
    corpus.preannotate(model, "rules", labels="add", dry_run=True)
    assert "NORP" not in read_corpus(root.path).sound().scheme.names("entity_types")
    corpus.preannotate(model, "rules", labels="add")
    assert "NORP" in read_corpus(root.path).sound().scheme.names("entity_types")
    assert set(its_pass(root)["entities"]["type"]) == {"NORP"}


def test_a_model_that_decides_all_that_is_required_is_done(root: Root, tmp_path: Path) -> None:
    root.replace("schemas/scheme.yaml", "  - mentions.level\n", "")
    model = pipeline(tmp_path, PERSON, SHORT, UKRAINE | {"id": "Q212"})
    preannotate(root.path, model, "rules", day=DAY)
    part = its_pass(root)
    assert states(part) == {"entities": "done", "mentions": "done"}
    assert part["entities"]["wikidata"].drop_nulls().to_list() == ["Q212"]
    assert part["progress"]["made_from"].unique().to_list() == ["blank"]


@Language.component("sb_fails")
def _fails(doc: Doc) -> Doc:
    raise RuntimeError("no\x1b[31m memory")


def test_what_has_no_place_is_left_out_and_told(root: Root, cli: Cli, tmp_path: Path) -> None:
    (text,) = root.part()["documents"]["text"]
    sentences = root.part()["sentences"].to_dicts()
    run = next(
        text[one["end"] - 9 : two["start"] + 9].strip()
        for one, two in pairwise(sentences)
        if one["paragraph"] == two["paragraph"]
    )
    nlp = spacy.blank("en")
    doc = nlp(text)
    place = text.find(run)
    span = doc.char_span(place, place + len(run), alignment_mode="expand")
    model = pipeline(tmp_path, UKRAINE, {"label": "EVENT", "pattern": span.text})
    done = cli("preannotate", "--model", model, "--as", "rules", "--root", root.path)
    assert done.returncode == 1, done.stderr
    assert "runs across sentences" in done.stdout
    assert "EVENT" not in set(its_pass(root)["entities"]["type"])
    assert states(its_pass(root)) == {"entities": "open", "mentions": "open"}
    assert its_pass(root)["progress"]["remark"].to_list() == ["1 span of the model left out"] * 2


def test_what_is_wrong_is_told_and_nothing_is_written(root: Root, cli: Cli, tmp_path: Path) -> None:
    failing = spacy.blank("en")
    failing.add_pipe("sb_fails")
    failing.to_disk(tmp_path / "failing")
    (tmp_path / "empty").mkdir()
    before = tree(root)
    for model, annotator, told in (
        ("no_such_package", "m", 'there is no package and no folder "no_such_package"'),
        ("../..", "m", "spaCy cannot load"),
        ("json", "m", "spaCy cannot load"),
        (tmp_path / "empty", "m", "spaCy cannot load"),
        (tmp_path / "failing", "m", r"fails on the document"),
        (pipeline(tmp_path, {"label": "GPE", "pattern": "Ruritania"}), "m", "finds nothing in 1 document"),
        ("gazetteer", "gold", "no pass can be called gold"),
        ("gazetteer", "a b", "cannot be registered"),
    ):
        ended = cli("preannotate", "--model", model, "--as", annotator, "--root", root.path)
        assert ended.returncode == 2, (model, ended.stderr)
        assert told in ended.stderr
        assert "\x1b" not in ended.stderr
    assert tree(root) == before


def test_texts_in_other_languages_are_skipped(root: Root, cli: Cli, tmp_path: Path) -> None:
    model = pipeline(tmp_path, UKRAINE, language="de")
    done = cli("preannotate", "--model", model, "--as", "rules", "--root", root.path)
    assert (done.returncode, done.stdout) == (0, "1 document skipped: in another language\nnothing to annotate\n")


# The gazetteer


def test_a_gazetteer_finds_the_names_of_other_documents_with_what_they_are() -> None:
    corpus = read_corpus(PROJECT / "examples").sound()
    gazetteer = NameGazetteer(corpus)
    found = gazetteer.annotate("new", "Tolmark and Castrel met in Tolmark. Xtolmark, Tolmarkia.")
    assert [(span.label, span.quoted) for span in found.spans] == [
        *[("GPE", "Tolmark")] * 2,
        ("GPE", "Castrel"),
    ]
    assert [(each.target, each.name, each.value) for each in found.attributes if each.target == "e1"] == [
        ("e1", "name", "Tolmark"),
        ("e1", "actor", "tolmark"),
    ]
    assert [each.value for each in found.attributes if each.name == "level"] == ["NAM"] * 3
    assert [len(each.members) for each in found.clusters] == [2, 1]


def test_a_gazetteer_does_not_copy_the_gold_of_the_document_itself(root: Root) -> None:
    with pytest.raises(StanceBankError, match="finds nothing"):
        preannotate(root.path, "gazetteer", "names", day=DAY)


def test_a_gazetteer_knows_actors(root: Root) -> None:
    (root.path / "corpus/actors.jsonl").write_text(json.dumps(ACTOR) + "\n", "utf-8")
    preannotate(root.path, "gazetteer", "names", day=DAY)
    part = its_pass(root, "names")
    assert part["entities"].select("type", "name", "wikidata", "actor").rows() == [
        ("PERSON", "Keir Starmer", "Q1", "starmer")
    ]
    assert states(part) == {"entities": "done", "mentions": "done"}
    assert part["mentions"]["level"].unique().to_list() == ["NAM"]
    assert set(part["documents"]["doc_id"]) == {DOC}
    assert [f for f in check_corpus(read_corpus(root.path)) if f.severity == "error"] == []


def test_the_commands_of_the_page_run(root: Root, cli: Cli, tmp_path: Path) -> None:
    page = (PROJECT / "docs/models.md").read_text("utf-8")
    commands = re.findall(r"^\$ stancebank (preannotate .*)$", page, re.MULTILINE)
    assert len(commands) == 3
    (root.path / "corpus/actors.jsonl").write_text(json.dumps(ACTOR) + "\n", "utf-8")
    model = pipeline(tmp_path, UKRAINE | {"label": "NORP"})
    for command in commands:
        arguments = [model if word == "en_core_web_sm" else word for word in command.split()]
        done = cli(*arguments, "--root", root.path)
        assert done.returncode == 0, command + done.stderr
    assert sorted(path.name for path in (root.path / "annotation/passes").iterdir()) == ["names", "small"]
