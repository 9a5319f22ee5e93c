"""There and back: what a corpus gives a format comes back equal, or is counted as left out."""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from pathlib import Path

import pytest
from hypothesis import given, settings

import own_schemes
from conftest import PROJECT, Root, examples
from stancebank.checks.validation import check_corpus
from stancebank.corpus.corpus import Corpus, read_corpus
from stancebank.corpus.new_documents import Defaults
from stancebank.corpus.part import Part
from stancebank.formats.corpus_export import export_foreign
from stancebank.formats.corpus_import import import_foreign
from stancebank.formats.foreign_import import Choices
from stancebank.formats.given_files import Given
from stancebank.pages.new_corpus import make_corpus
from stancebank.schema.paths import SCHEME_FILE, shared_file
from stancebank.storage.files import write_files
from strategies import parts
from unfinished import on_disk_with_seeds, undecided

LOSSLESS = ("brat", "jsonl", "docbin", "cas", "cas:json")
DAY = "2026-03-01"


def empty_like(corpus: Corpus, folder: Path) -> Path:
    """The root of a corpus without documents, with the scheme, targets and actors of another."""
    make_corpus(folder, corpus.root / SCHEME_FILE)
    files = {
        shared_file(name): (corpus.root / shared_file(name)).read_bytes()
        for name in corpus.layers.shared
        if (corpus.root / shared_file(name)).exists()
    }
    write_files(folder, files)
    return folder


def there_and_back(root: Path, format: str, folder: Path) -> Corpus:
    """A corpus that was exported and imported into an empty one; what the format has no place for is counted.

    format: with its dialect behind a colon.
    """
    source = read_corpus(root).sound()
    format, _, dialect = format.partition(":")
    out = export_foreign(root, format, folder / "out", dialect=dialect or None)
    assert not out.left_out or format not in {name.partition(":")[0] for name in LOSSLESS}
    target = empty_like(source, folder / "target")
    choices = Choices(defaults=Defaults(part="back", language="en"), offsets=("code-points",))
    outcome = import_foreign(target, Given((folder / "out",)), format, choices, day=DAY)
    assert (outcome.refused, outcome.listed) == ((), ())
    assert not outcome.ledger.left_out
    events = () if format == "jsonl" else ("links", "events")  # there events are links too
    entities = ("clusters",) if "entities" in source.layers else ()  # a mention of CoNLL-U is always of an entity
    for kind in ("documents", "spans", *events, *entities, "attributes"):
        assert outcome.ledger.held[kind] == out.held[kind], kind
    return read_corpus(target).sound()


def require_equal(source: Part, back: Part, format: str, layers: Collection[str] | None = None) -> None:
    """The texts and all annotated layers, or those named, are equal, and of a CAS the places of sentences."""
    columns = ("doc_id", "text", "language")
    assert back["documents"].select(columns).rows() == source["documents"].select(columns).rows()
    for layer in source.layers.annotated if layers is None else layers:
        assert back[layer].rows() == source[layer].rows(), layer
    if format.startswith("cas"):
        places = ("doc_id", "start", "end", "paragraph")
        assert back["sentences"].select(places).rows() == source["sentences"].select(places).rows()


@pytest.mark.parametrize("format", LOSSLESS)
def test_the_gold_comes_back_equal(format: str, gold: Part, tmp_path: Path) -> None:
    back = there_and_back(PROJECT, format, tmp_path)
    require_equal(gold, back.sound_part("back"), format)
    states = back.sound_part("back")["progress"].select("layer", "state").rows()
    assert sorted(states) == sorted((layer, "done") for layer in gold.layers.annotated)


@pytest.mark.parametrize("format", LOSSLESS)
@settings(max_examples=examples(30))
@given(part=parts(undecided=True).flatmap(undecided))
def test_any_corpus_comes_back_equal(format: str, part: Part) -> None:
    with on_disk_with_seeds(part) as root, tempfile.TemporaryDirectory() as folder:
        back = there_and_back(root.path, format, Path(folder))
        require_equal(read_corpus(root.path).sound().sound_part(root.part().name), back.sound_part("back"), format)
        errors = [each for each in check_corpus(back) if each.severity == "error"]
        assert errors == []


@pytest.mark.deep("inputs", quick=6)
@pytest.mark.parametrize("format", LOSSLESS)
@pytest.mark.parametrize("name", [name for name in own_schemes.ALL if "fourteen" not in name])
def test_schemes_of_others_come_back_equal(format: str, name: str, tmp_path: Path) -> None:
    corpus = own_schemes.put(own_schemes.new_corpus(tmp_path / "source"), own_schemes.ALL[name])
    back = there_and_back(corpus.root, format, tmp_path)
    require_equal(corpus.sound_part(own_schemes.PART), back.sound_part("back"), format)


def require_mentions_equal(source: Part, back: Part) -> None:
    """What CoNLL-U holds is equal: texts, sentences, mentions and entities."""
    require_equal(
        source, back, "conllu", [layer for layer in ("entities", "mentions") if layer in source.layers.annotated]
    )
    columns = ("doc_id", "start", "end", "paragraph")
    assert back["sentences"].select(columns).rows() == source["sentences"].select(columns).rows()


def test_the_mentions_and_entities_of_examples_come_back_equal_by_conll_u(tmp_path: Path) -> None:
    source = read_corpus(PROJECT / "examples").sound()
    back = there_and_back(source.root, "conllu", tmp_path).sound_part("back")
    for layer in ("entities", "mentions"):
        there = [row for name in source.part_names for row in source.sound_part(name)[layer].iter_rows()]
        assert sorted(back[layer].rows(), key=repr) == sorted(there, key=repr)


def test_the_mentions_and_entities_of_the_gold_come_back_equal_by_conll_u(gold: Part, tmp_path: Path) -> None:
    back = there_and_back(PROJECT, "conllu", tmp_path).sound_part("back")
    require_mentions_equal(gold, back)
    assert sorted(back["progress"].select("layer", "state").rows()) == [("entities", "done"), ("mentions", "done")]


@settings(max_examples=examples(20))
@given(part=parts(undecided=True).flatmap(undecided))
def test_mentions_and_entities_of_any_corpus_come_back_equal_by_conll_u(part: Part) -> None:
    with on_disk_with_seeds(part) as root, tempfile.TemporaryDirectory() as folder:
        back = there_and_back(root.path, "conllu", Path(folder))
        require_mentions_equal(read_corpus(root.path).sound().sound_part(root.part().name), back.sound_part("back"))
        export_foreign(back.root, "conllu", Path(folder) / "again")
        for written in (Path(folder) / "out").iterdir():
            assert (Path(folder) / "again" / written.name).read_bytes() == written.read_bytes()
        assert [each for each in check_corpus(back) if each.severity == "error"] == []


@pytest.mark.parametrize("name", [name for name in own_schemes.ALL if "fourteen" not in name])
def test_mentions_of_schemes_of_others_come_back_equal_by_conll_u(name: str, tmp_path: Path) -> None:
    corpus = own_schemes.put(own_schemes.new_corpus(tmp_path / "source"), own_schemes.ALL[name])
    back = there_and_back(corpus.root, "conllu", tmp_path)
    require_mentions_equal(corpus.sound_part(own_schemes.PART), back.sound_part("back"))


def test_classifications_are_counted_where_no_format_holds_them(tmp_path: Path) -> None:
    corpus = own_schemes.put(own_schemes.new_corpus(tmp_path / "source"), own_schemes.ENTITIES)
    ledger = export_foreign(corpus.root, "brat", tmp_path / "out")
    assert ledger.out("classifications") == 1
    assert ledger.held["spans"] == 1


def test_what_columns_and_records_cannot_hold_is_counted(tmp_path: Path, gold: Part) -> None:
    iob = export_foreign(PROJECT, "iob", tmp_path / "iob")
    cues = gold["attributions"].height + gold["attributions"]["content"].list.len().sum() + gold["stances"].height
    assert iob.counts["spans"] == (gold["mentions"].height + cues, 123, 27 + cues)
    assert "75 relations have no place in this format" in list(iob.lines())
    docred = export_foreign(PROJECT, "docred", tmp_path / "docred")
    assert docred.counts["relations"] == (75, 43, 32)


@pytest.mark.parametrize("dialect", ["iob2", "iob1", "conll2003"])
def test_token_columns_give_the_outermost_mentions_back(dialect: str, gold: Part, root: Root, tmp_path: Path) -> None:
    ledger = export_foreign(root.path, "iob", tmp_path / "out", dialect=dialect)
    texts = tmp_path / "texts"
    texts.mkdir()
    document = gold["documents"].row(0, named=True)
    (texts / f"{document['doc_id']}.txt").write_text(document["text"], "utf-8")
    target = empty_like(root.corpus().sound(), tmp_path / "target")
    given = Given((tmp_path / "out",), texts)
    outcome = import_foreign(target, given, "iob", Choices(defaults=Defaults(part="back")), day=DAY)
    assert outcome.ledger.held["spans"] == ledger.held["spans"] == 123
    back = read_corpus(target).sound().sound_part("back")
    there = set(gold.entity_mentions.select("start", "end", "entity_type").iter_rows())
    assert set(back.entity_mentions.select("start", "end", "entity_type").iter_rows()) <= there
    assert back["mentions"]["level"].null_count() == 123
    assert dict(back["progress"].select("layer", "state").iter_rows()) == {"entities": "open", "mentions": "done"}


def test_docred_records_give_entities_and_facts_back(root: Root, tmp_path: Path) -> None:
    export_foreign(root.path, "docred", tmp_path / "out")
    target = empty_like(root.corpus().sound(), tmp_path / "target")
    outcome = import_foreign(target, Given((tmp_path / "out",)), "docred", Choices(), day=DAY)
    assert (outcome.refused, outcome.listed) == ((), ())
    back = read_corpus(target).sound()
    part = back.sound_part("imported")
    assert (part["entities"].height, part["mentions"].height, part["relations"].height) == (58, 150, 43)
    assert part["relations"]["modality"].null_count() == 43
    again = export_foreign(target, "docred", tmp_path / "again")
    assert again.counts["entities"] == (58, 58, 0)
    assert [each for each in check_corpus(back) if each.severity == "error"] == []
