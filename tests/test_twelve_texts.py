"""A newcomer's corpus of twelve texts: its labels change in six ways, and everything that is made of it follows."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import datasets
import polars as pl
import pytest

from relabelling import Outputs, Relabelled, content, new_names, outputs, same_names
from stancebank.agreement.adjudication import adjudicate
from stancebank.agreement.decisions import read_decisions
from stancebank.checks.validation import check_corpus
from stancebank.compare.difference_report import report
from stancebank.compare.snapshots import corpus_snapshot
from stancebank.compare.state_comparison import compare
from stancebank.corpus.corpus import Corpus, read_corpus
from stancebank.dataset.building import available_views, build
from stancebank.migrations.label_changes import merged, renamed, write_change
from stancebank.migrations.scheme_fitting import fitting_files
from stancebank.schema.paths import SCHEME_FILE, layer_file
from stancebank.schema.scheme_reading import read_scheme
from stancebank.storage.files import write_files
from stancebank.studio.layout.config import labelling_config
from twelve import SAMPLE, SAMPLED_PART, twelve_texts

RENAMED = {
    "stance_labels": {"pro": "support", "contra": "oppose", "evenly": "für beide", "torn": "ambivalent"},
    "modalities": {"factual": "stated"},
    "commitments": {"uncond": "firm", "cond": "hedged"},
    "classifications.topic": {"tax": "мито"},
}
GONE = ("owns_it", "adjoins", "CROWD", *(old for names in RENAMED.values() for old in names if old != "tax"))
"""Labels that are not there any more; tax is a word of the texts, too."""


def change_labels(root: Path) -> None:
    """Six changes: a type more, a relation more, relations taken out, labels renamed, one merged, a kind more."""
    file = root / SCHEME_FILE
    text = file.read_text("utf-8")
    for behind, line in (
        ("{name: DATE, ", "  - {name: VEHICLE, definition: A ship or a bus., example: a ferry}"),
        (
            "{name: opposes, ",
            "  - {name: criticizes, definition: The head finds fault with the tail., domain: [PERSON]}",
        ),
        ("{name: indirect, ", "  - {name: free_indirect, definition: Thought of somebody without a cue.}"),
    ):
        text = re.sub(rf"(?m)^(.*{behind}.*\n)", lambda found, line=line: f"{found[0]}{line}\n", text)
    file.write_text(re.sub(r"(?m)^.*\{name: (?:owns_it|adjoins), .*\n", "", text), "utf-8")
    write_files(root, fitting_files(root))
    for vocabulary, names in RENAMED.items():
        for old, new in names.items():
            write_change(root, renamed(root, old, new, vocabulary))
    write_change(root, merged(root, "CROWD", "ORG"))


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return twelve_texts(tmp_path_factory.mktemp("twelve") / "before")


@pytest.fixture(scope="module")
def after(before: Corpus) -> Corpus:
    root = Path(shutil.copytree(before.root, before.root.with_name("after")))
    change_labels(root)
    return read_corpus(root).sound()


@pytest.fixture(scope="module")
def made(after: Corpus) -> Outputs:
    """Everything that is made of the changed corpus but what it is built into."""
    return outputs(Relabelled(after.root, {}))


@pytest.fixture(scope="module")
def built(after: Corpus) -> Path:
    folder = after.root.with_name("built")
    build(after, folder, available_views(after.scheme))
    return folder


def rows(built: Path, view: str) -> datasets.DatasetDict:
    return datasets.load_dataset(str(built), view, cache_dir=str(built.with_name("cache")))


def values(built: Path, view: str, column: str) -> set[str | None]:
    """The names of the labels that a view has in a column, in all splits."""
    return {
        None if value is None else split.features[column].int2str(value)
        for split in rows(built, view).values()
        for value in split[column]
    }


def test_both_states_are_sound(before: Corpus, after: Corpus) -> None:
    """With the exception of a name that ends in a quotation mark, which holds on."""
    assert [str(finding) for corpus in (before, after) for finding in check_corpus(corpus)] == []
    [exception] = after.settings.validation.exceptions
    assert exception.rule == "SB704"


def test_no_output_has_a_label_that_is_gone(made: Outputs) -> None:
    gone = re.compile(rf"(?<![\w-])(?:{'|'.join(GONE)})(?![\w-])")
    assert {name: sorted(set(gone.findall(text))) for name, text in made.items() if gone.search(text)} == {}


def test_the_outputs_have_the_new_labels(made: Outputs, after: Corpus) -> None:
    schema = json.loads(made["schemas/stances.schema.json"])
    assert schema["properties"]["label"]["enum"] == ["support", "für beide", "oppose", "ambivalent", None]
    assert "VEHICLE" in json.loads(made["schemas/entities.schema.json"])["properties"]["type"]["enum"]
    assert json.loads(made["counts as JSON"])["labels"]["entities"]["type"]["VEHICLE"] == 0
    config = labelling_config(after.scheme)
    for label in ("VEHICLE", "criticizes", "criticizes: refuted", "free_indirect", "support", "мито"):
        assert f'value="{label}"' in config, label
    colours = re.findall(r'<Label value="[^"]*" background="([^"]*)"', config)
    assert len(set(colours)) == len(colours) > 9
    assert "für beide" in made["docs/stances.svg"]
    assert "?" not in re.findall(r">([^<]*)<", made["docs/stances.svg"])
    assert re.search(r"label, ordinal alpha, per document +0\.833", made["agreement as text"])


def test_the_dataset_has_the_new_labels_with_their_definitions(built: Path) -> None:
    stances = rows(built, "stance_detection")["train"].features
    assert stances["label"].names == ["support", "für beide", "oppose", "ambivalent"]
    assert stances["confidence"].names == ["low", "high"]
    assert rows(built, "document_labels")["train"].features["topic"].names == ["мито", "work", "trade"]
    assert any("VEHICLE" in name for name in rows(built, "ner")["train"].features["ner_tags"].feature.names)
    card = (built / "README.md").read_text("utf-8")
    assert "A ship or a bus." in card
    assert re.search(rf"(?<![\w-])(?:{'|'.join(GONE)})(?![\w-])", card) is None


def test_what_hangs_on_a_role_hangs_on_the_new_label(before: Corpus, after: Corpus, built: Path) -> None:
    """Facts stay facts, a hedged stance stays hedged, and only documents that are done are in the data."""
    build(before, before.root.with_name("built before"), available_views(before.scheme))
    old, new = (
        pl.read_parquet(folder / "data/docred/*.parquet")["labels"].list.len().sum()
        for folder in (before.root.with_name("built before"), built)
    )
    assert old == new == 4
    assert values(built, "stance_votes", "gold") <= {"support", "oppose", "für beide", "ambivalent", None}
    for view in ("ner", "quotes", "stance_detection"):
        ids = {id for split in rows(built, view).values() for id in split["doc_id"]}
        assert not ids & {"en4-vote", "en5-ferry", "en6-letter", "de2-brot", "de3-schiff", "uk2-mist"}, view


def test_a_difference_lists_each_change_of_a_label(before: Corpus, after: Corpus) -> None:
    diff = compare(corpus_snapshot(before.root, "before"), corpus_snapshot(after.root, "after"))
    shown = "\n".join(report(diff, "text"))
    for change in ("contra to oppose", "uncond to firm", "factual to stated", "CROWD to ORG", 'topic "tax" to "мито"'):
        assert change in shown, change
    assert "entity_types.VEHICLE added" in shown
    assert "relation_types.adjoins removed" in shown


def test_passes_and_decisions_follow(after: Corpus) -> None:
    labels = [
        [json.loads(line)["label"] for line in (after.root / layer_file(SAMPLED_PART, "stances", who)).open("rb")]
        for who in ("ann", "ben")
    ]
    assert labels == [["oppose", "support"], ["für beide", "support"]]
    [decision] = read_decisions(after.root)
    assert decision.values == {"label": "oppose"}
    gold = {result.part: result for result in adjudicate(after, ("ann", "ben"), [decision])}[SAMPLED_PART]
    assert gold.open == ()
    stances = gold.frames["stances"].filter(doc_id=SAMPLE)
    assert stances["label"].to_list() == ["oppose", "support"]


def test_a_misspelt_new_label_names_the_nearest(after: Corpus, tmp_path: Path) -> None:
    root = Path(shutil.copytree(after.root, tmp_path / "root"))
    file = root / layer_file("train-uk", "stances")
    file.write_text(file.read_text("utf-8").replace('"support"', '"suport"'), "utf-8")
    [finding] = [each for each in check_corpus(read_corpus(root)) if each.severity == "error"]
    assert finding.what.endswith('the scheme has support, für beide, oppose, ambivalent; did you mean "support"?')


def all_names(corpus: Corpus, seed: int) -> dict[tuple[str, str], str]:
    """A new name of the same length for every label, those of own fields too."""
    names = dict(new_names(corpus.scheme, seed))
    own = (name for name in corpus.scheme.vocabularies if "." in name)
    return names | {(of, old): f"{old[:-1]}Q" for of in own for old in corpus.scheme.names(of)}


def dataset_of(copy: Relabelled, folder: Path) -> Outputs:
    """What the dataset that is built of a corpus says, labels named back."""
    corpus = read_corpus(copy.path)
    build(corpus, folder, available_views(corpus.scheme))
    files = {str(path.relative_to(folder)): content(path) for path in folder.rglob("*") if path.is_file()}
    return {copy.named_back(name): copy.named_back(text) for name, text in files.items()}


@pytest.mark.deep("inputs")
def test_renaming_every_label_by_the_command_changes_no_output_but_for_the_names(
    before: Corpus, tmp_path: Path
) -> None:
    """The law of renamed labels, for scheme rename: passes, decisions, an exception and own fields follow."""
    scheme, _ = read_scheme(before.root)
    assert scheme is not None
    root = Path(shutil.copytree(before.root, tmp_path / "new"))
    names = all_names(before, seed=11)
    for (vocabulary, old), new in names.items():
        write_change(root, renamed(root, old, new, vocabulary))
    old_root = Relabelled(Path(shutil.copytree(before.root, tmp_path / "old")), same_names(scheme))
    new_root = Relabelled(root, names)
    mine = outputs(old_root) | dataset_of(old_root, tmp_path / "built old")
    theirs = outputs(new_root) | dataset_of(new_root, tmp_path / "built new")
    assert mine.keys() == theirs.keys()
    for name, text in mine.items():
        assert text == theirs[name], name
