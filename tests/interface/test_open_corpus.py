"""A corpus opened from Python: what is refused, what is left alone, and what is written together."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import fsspec
import pytest

import stancebank
from conftest import DOC, PART, PROJECT, Root, offline
from own_schemes import DOC as OWN_DOC
from own_schemes import ENTITIES, MENTIONS, new_corpus, put
from stancebank.checks.validation import check_corpus
from stancebank.corpus.corpus import read_corpus
from stancebank.interface.part_records import PartRecords
from stancebank.migrations.migration import STEPS
from stancebank.schema.scheme_reading import FORMAT_VERSION
from stancebank.storage.journal import changing
from unfinished import tree

HOSTILE = "\x1b[31m\u202eKellogg</script>"


@pytest.fixture
def corpus(root: Root) -> stancebank.OpenCorpus:
    """The project's corpus, copied, opened."""
    root.add_passes()
    return stancebank.open(root.path)


@pytest.fixture(scope="module")
def unchanged() -> stancebank.OpenCorpus:
    """The project's corpus, opened once; what changes it is refused."""
    return stancebank.open(PROJECT)


# Loading


def test_importing_the_package_loads_nothing_heavy(tmp_path: Path) -> None:
    code = "import sys, stancebank; dir(stancebank); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", env=offline(tmp_path), check=True
    )
    assert not {"polars", "pandera", "datasets", "pyarrow", "label_studio_sdk", "pydantic"} & {*done.stdout.split()}


def test_a_corpus_that_cannot_be_read_is_refused_with_its_findings(root: Root) -> None:
    root.layer_path("targets").write_bytes(b"{\n")
    with pytest.raises(stancebank.UnsoundCorpusError, match=r"corpus/targets\.jsonl:1") as error:
        stancebank.open(root.path)
    assert [finding.rule for finding in error.value.findings] == ["SB113"]


def test_a_corpus_in_an_older_format_is_to_be_migrated(root: Root) -> None:
    root.replace("schemas/scheme.yaml", f'\nformat: "{FORMAT_VERSION}"', f'\nformat: "{STEPS[-1].before}"')
    with pytest.raises(stancebank.UnsoundCorpusError, match="fix: run stancebank migrate"):
        stancebank.open(root.path)


def test_a_part_with_errors_is_refused_when_it_is_loaded(root: Root) -> None:
    root.edit("mentions", 0, start=1)
    corpus = stancebank.open(root.path)
    with pytest.raises(stancebank.UnsoundCorpusError) as error:
        corpus[DOC].mentions  # noqa: B018
    assert ("SB301", 1) in [(finding.rule, finding.line) for finding in error.value.findings]
    lenient = stancebank.open(root.path, strict=False)
    mention = lenient[DOC].record("mentions", "m1")
    assert isinstance(mention, stancebank.Mention)
    mention.place((0, 7))
    lenient.save()
    assert root.findings() == []


def test_ids_that_are_used_twice_are_never_opened(root: Root) -> None:
    root.change("entities", lambda records: records.insert(1, records[0]))
    with pytest.raises(stancebank.UnsoundCorpusError):
        stancebank.open(root.path, strict=False)[DOC].entities  # noqa: B018


def test_a_folder_without_a_corpus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(stancebank.StanceBankError, match="is not a corpus root"):
        stancebank.open(tmp_path)


def test_only_the_part_of_a_document_is_loaded_and_once(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(root.path / "corpus" / PART, root.path / "corpus/2025-03")
    (root.path / "corpus/2025-03/mentions.jsonl").write_bytes(b"broken")
    loaded = []
    load = PartRecords.load.__func__  # type: ignore[attr-defined]

    def counted(cls: type[PartRecords], *arguments: object, **options: object) -> PartRecords:
        loaded.append(arguments[1])
        found: PartRecords = load(cls, *arguments, **options)
        return found

    monkeypatch.setattr(PartRecords, "load", classmethod(counted))
    corpus = stancebank.open(root.path)
    document = corpus[DOC]
    assert document.mentions[0].entity is not None
    assert corpus[DOC].stances
    assert corpus.parts[PART].documents.ids == [DOC]
    assert loaded == [PART]


# Reading


def test_records_lead_to_each_other(unchanged: stancebank.OpenCorpus) -> None:
    document = unchanged[DOC]
    assert [sentence.index for sentence in document.sentences] == [*range(len(document.sentences))]
    in_sentences = [mention for sentence in document.sentences for mention in sentence.mentions]
    assert in_sentences == document.mentions
    for mention in document.mentions:
        assert mention.entity is not None
        assert mention in mention.entity.mentions
        assert mention.sentence in document.sentences
        assert mention.text == document.text[mention.start : mention.end] == mention["text"]
    for relation in document.relations:
        assert relation in relation.head.relations
        assert relation.tail.entity is not None
        assert relation in relation.tail.entity.relations
    for stance in document.stances:
        assert stance.target == unchanged.targets[stance["target"]]
        assert stance.holder is None or stance in stance.holder.stances
    for attribution in document.attributions:
        assert all(document.text[span.start : span.end] == span.text for span in attribution.content)


def test_frames_are_the_layers_and_views(corpus: stancebank.OpenCorpus, root: Root) -> None:
    for layer in ("entities", "mentions", "stances", "targets"):
        assert corpus.frame(layer).to_dicts() == root.records(layer)
    assert corpus.as_annotator("pass-a").frame("mentions").to_dicts() == root.of("pass-a").records("mentions")
    assert corpus.frame("stance_detection").height == 23
    mention = corpus[DOC].mentions[0]
    mention.level = None
    assert corpus.frame("mentions")["level"][0] is None
    assert next(corpus.records("mentions"))["level"] is None
    corpus.add_target("new", "Something new.")
    assert "new" in corpus.frame("targets")["target_id"].to_list()


def test_texts_are_escaped_where_they_are_shown(corpus: stancebank.OpenCorpus) -> None:
    document = corpus[DOC]
    entity = document.add_entity("PERSON", name="Kellogg</script>")
    assert "\x1b" not in repr(entity)
    with pytest.raises(stancebank.StanceBankError) as error:
        entity.name = HOSTILE
    assert "\x1b" not in str(error.value)
    assert "\u202e" not in str(error.value)
    with pytest.raises(stancebank.StanceBankError) as error:
        document.find(HOSTILE)
    assert "\x1b" not in str(error.value)


# Changing


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda d: d.add_entity("PERSN", name="x"), 'did you mean "PERSON"?'),
        (lambda d: d.add_entity("PERSON", name=""), "name of an entity cannot be"),
        (lambda d: d.add_entity("PERSON", name="half \ud83d"), "name of an entity cannot be"),
        (lambda d: d.add_entity("PERSON", name="x", nam="y"), 'did you mean "name"?'),
        (lambda d: d.add_entity("PERSON", name="x", id="m1"), 'has the id "m1" already, in mentions'),
        (lambda d: d.add_entity("PERSON", name="x", id="../x"), "entity_id of an entity cannot be"),
        (lambda d: d.add_entity("PERSON", name="x", actor="nobody"), "actor of an entity cannot be"),
        (lambda d: d.add_mention("Keith Kellogg"), "entity_id of a mention is missing"),
        (lambda d: d.add_mention("Keith Kellogg", entity="e999"), 'has no entity "e999"'),
        (lambda d: d.add_mention("Ukraine", entity="e1"), "is ambiguous: it fits"),
        (lambda d: d.add_mention("Ukraine", entity="e1", nth=99), "times, not 99"),
        (lambda d: d.add_mention((5, 5), entity="e1"), "5..5 is no span"),
        (lambda d: d.add_mention((0, 10**9), entity="e1"), "is no span"),
        (lambda d: d.add_mention("", entity="e1"), "has no words"),
        (lambda d: d.add_mention("x" * 100_000, entity="e1"), "is not in the text"),
        (lambda d: d.add_mention(re.search("b", "abc"), entity="e1"), "is not one in the text"),
        (lambda d: d.add_mention(None, entity="e1"), "a mention has a span"),
        (lambda d: d.add_mention(7, entity="e1"), "names no place"),
        (lambda d: d.add_mention((0, 7), entity="e1", nth=2), "go with words"),
        (lambda d: d.add_stance(target="europe-at-talk", evidence="Kellogg"), 'did you mean "europe-at-talks"?'),
        (lambda d: d.add_attribution("pledge", source=d.entities[0], content=(0, 7)), "source cannot be <Entity"),
        (lambda d: d.entities[0].remove(), "would refer to nothing"),
        (lambda d: d.mentions[0].update(level="nam"), 'did you mean "NAM"?'),
        (lambda d: d.mentions[0].update(entity=None), "entity_id of a mention is missing"),
        (lambda d: d.mentions[0].update(start=3), "is no field of a mention that can be set"),
        (lambda d: d.update(text="x"), "follows from its seed"),
        (lambda d: d.sentences[0].update(kind="item"), "only read here"),
        (lambda d: d.classify(topic="x"), 'does not use "classifications"'),
        (lambda d: d.mark_done("mention"), "does not use the layer"),
        (lambda d: d.record("mentions", "m999"), 'has no mention "m999"'),
    ],
)
def test_what_is_not_allowed_is_refused_and_changes_nothing(
    change: Callable[[stancebank.Document], object], told: str, unchanged: stancebank.OpenCorpus
) -> None:
    with pytest.raises(stancebank.StanceBankError) as error:
        change(unchanged[DOC])
    assert told in str(error.value)
    assert unchanged.changes() == {}


def test_records_of_another_document_are_refused(corpus: stancebank.OpenCorpus) -> None:
    other = corpus.as_annotator("pass-a")[DOC]
    with pytest.raises(stancebank.StanceBankError, match="is not of"):
        corpus[DOC].mentions[0].update(entity=other.entities[0])


def test_a_record_that_was_removed_says_so(corpus: stancebank.OpenCorpus) -> None:
    stance = corpus[DOC].stances[0]
    stance.remove()
    assert "removed" in repr(stance)
    with pytest.raises(stancebank.StanceBankError, match="has no stance"):
        stance.label  # noqa: B018
    assert corpus[DOC].add_stance(target=stance_target(corpus), evidence=(0, 7)).id == "s24"


def stance_target(corpus: stancebank.OpenCorpus) -> stancebank.Target:
    return corpus.targets["europe-at-talks"]


def test_what_is_left_out_is_undecided_and_progress_stays(corpus: stancebank.OpenCorpus, root: Root) -> None:
    before = root.records("progress")
    stance = corpus[DOC].add_stance(target="europe-at-talks", evidence=(0, 7))
    assert [stance.holder, stance.label, stance.basis, stance.commitment] == [None] * 4
    corpus.save()
    assert root.records("progress") == before
    assert root.records("stances")[0] == dict(stance.values)


def test_saving_leaves_all_else_to_the_byte(corpus: stancebank.OpenCorpus, root: Root) -> None:
    before = tree(root)
    mention = corpus[DOC].mentions[3]
    mention.level = None
    assert corpus.save() == [f"corpus/{PART}/mentions.jsonl"]
    after = tree(root)
    [changed] = [file for file in after if after[file] != before.get(file)]
    lines = zip(before[changed].splitlines(), after[changed].splitlines(), strict=True)
    assert [number for number, (one, other) in enumerate(lines) if one != other] == [3]


@pytest.mark.parametrize("file", [f"corpus/{PART}/relations.jsonl", "corpus/targets.jsonl", "schemas/scheme.yaml"])
def test_what_was_changed_on_disk_is_not_overwritten(file: str, corpus: stancebank.OpenCorpus, root: Root) -> None:
    corpus[DOC].mentions[0].level = None
    with (root.path / file).open("ab") as stream:
        stream.write(b"\n")
    before = tree(root)
    with pytest.raises(stancebank.StanceBankError, match=f"{file} was changed since it was read"):
        corpus.save()
    assert tree(root) == before


def test_findings_are_those_of_the_files_once_they_are_saved(tmp_path: Path) -> None:
    corpus = stancebank.open(new_corpus(tmp_path))
    document = corpus[OWN_DOC]
    document.add_entity("PERSON", name="Nobody")
    document.add_mention("harbour master", entity=document.add_entity("PERSON", name="harbour master"))
    corpus.add_document("new", "A new text. It has two sentences.", date="2025-04-01", language="en")
    corpus.add_target("unused", "Something.")
    with corpus.as_annotator("matcher") as matched:
        matched["new"].add_entity("PERSON", name="Nobody")
    before = corpus.validate()
    assert {"SB405", "SB611"} <= {finding.rule for finding in before}
    corpus.save()
    assert before == [*check_corpus(read_corpus(corpus.root))] == corpus.validate()


# Texts and passes


def test_a_text_that_is_added_is_as_the_command_would_add_it(root: Root, tmp_path: Path) -> None:
    from stancebank.corpus.additions import add_texts

    other = Root(shutil.copytree(root.path, tmp_path / "other"))
    text = "Ada Birk spoke.\r\n\r\nThe harbour is open."
    (tmp_path / "harbour.txt").write_bytes(text.encode())
    add_texts(other.path, [tmp_path / "harbour.txt"], date="2025-04-01", language="en", origin="made up")
    corpus = stancebank.open(root.path)
    document = corpus.add_document("harbour", text, date="2025-04-01", language="en", origin="made up")
    assert (document.part, len(document.sentences)) == ("2025-04", 2)
    corpus.save()
    assert tree(root) == tree(other)
    with pytest.raises(stancebank.StanceBankError, match="another text with the id"):
        corpus.add_document("harbour", "Else.", date="2025-04-01")


@pytest.mark.parametrize("id", ["../x", "", "a b", "x" * 200])
def test_an_id_that_is_a_path_is_refused(id: str, unchanged: stancebank.OpenCorpus) -> None:
    with pytest.raises(stancebank.StanceBankError, match="is no id"):
        unchanged.add_document(id, "A text.", part="p")
    with pytest.raises(stancebank.StanceBankError, match="is no id of a pass"):
        unchanged.as_annotator(id)


def test_a_pass_that_ends_with_an_error_is_dropped(corpus: stancebank.OpenCorpus) -> None:
    def annotate() -> None:
        with corpus.as_annotator("matcher") as matched:
            matched[DOC].add_entity("PERSON", name="x")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        annotate()
    assert corpus.changes() == {}
    assert "matcher" not in corpus.annotators


def test_a_pass_is_registered_for_what_it_is(corpus: stancebank.OpenCorpus, root: Root) -> None:
    with pytest.raises(stancebank.StanceBankError, match='registered with the kind "language model"'):
        corpus.as_annotator("pass-a", kind="person")
    with pytest.raises(stancebank.StanceBankError, match="cannot be registered"):
        corpus.as_annotator("ann", kind="robot")  # type: ignore[arg-type]
    with corpus.as_annotator("ann", kind="person", name="Ann Lee", date="2026-01-02") as ann:
        ann[DOC].mark_done("entities")
    corpus.save()
    entry = stancebank.open(root.path).annotators["ann"]
    assert (entry.kind, entry.name, str(entry.date)) == ("person", "Ann Lee", "2026-01-02")
    assert [row["annotator"] for row in root.of("ann").records("progress")] == ["ann"]
    assert not [finding for finding in corpus.validate() if finding.severity == "error"]


def test_a_pass_and_its_corpus_are_saved_together(corpus: stancebank.OpenCorpus, root: Root) -> None:
    with corpus.as_annotator("matcher") as matched:
        entity = matched[DOC].add_entity("PERSON", name="x")
    corpus[DOC].title = "A title"
    assert len(corpus.save()) == 8
    assert entity.name == "x"
    assert root.records("documents")[0]["title"] == "A title"
    entity.name = "y"
    assert corpus.save() == [f"annotation/passes/matcher/{PART}/entities.jsonl"]


def test_targets_are_added_changed_and_removed(tmp_path: Path) -> None:
    corpus = stancebank.open(new_corpus(tmp_path))
    corpus.save()
    file = corpus.root / "corpus/targets.jsonl"
    one, two = corpus.add_target("one", "One."), corpus.add_target("two", "Two.", note="The second.")
    corpus.save()
    before = file.read_bytes()
    one["note"] = "The first."
    two.remove()
    assert repr(two) == "<Target two: removed>"
    corpus.save()
    assert [*corpus.targets] == ["one"]
    assert file.read_bytes() == before.splitlines(keepends=True)[0].replace(b'"note":null', b'"note":"The first."')
    with corpus.as_annotator("matcher") as matched:
        stance = matched[OWN_DOC].add_stance(target=one, evidence="harbour master")
    with pytest.raises(stancebank.StanceBankError, match='"harbour" names it in stances, in "s1"'):
        one.remove()
    stance.remove()
    one.remove()
    corpus.add_target("one", "One.")
    corpus.targets["one"]["note"] = "The first."
    assert corpus.changes() == {}
    with pytest.raises(stancebank.StanceBankError, match="already"):
        corpus.add_target("one", "One.")
    with pytest.raises(stancebank.StanceBankError, match="target_id of a target cannot be"):
        corpus.add_target("../one", "One.")


def test_saving_waits_for_whoever_changes_the_corpus(tmp_path: Path) -> None:
    corpus = stancebank.open(new_corpus(tmp_path))
    corpus.add_target("one", "One.")
    held, free = threading.Event(), threading.Event()

    def hold() -> None:
        with changing(corpus.root):
            held.set()
            free.wait(60)

    threads = [threading.Thread(target=hold), threading.Thread(target=corpus.save)]
    threads[0].start()
    assert held.wait(60)
    threads[1].start()
    threads[1].join(0.2)
    assert threads[1].is_alive()
    assert (corpus.root / "corpus/targets.jsonl").read_bytes() == b""
    free.set()
    for thread in threads:
        thread.join(60)
    assert (corpus.root / "corpus/targets.jsonl").read_bytes() != b""


def test_what_the_register_of_seeds_has_too_changes_in_both(tmp_path: Path) -> None:
    corpus = stancebank.open(new_corpus(tmp_path))
    document = corpus[OWN_DOC]
    new = corpus.add_document("new", " date 2025-04-01 A new text.", language="en")
    document.update(date="2031-05-02", language="en-GB", title="Harbour")
    new.language = "en-US"
    assert not [finding for finding in corpus.validate() if finding.severity == "error"]
    corpus.save()
    seeds = read_corpus(corpus.root).sound().seeds.table
    assert seeds.select("date", "language").rows() == [("2031-05-02", "en-GB"), ("2025-04-01", "en-US")]
    document.date = None
    assert corpus.save() == ["corpus/2031-05/documents.jsonl", "seeds/seeds.yaml"]
    with pytest.raises(stancebank.StanceBankError, match="has the date 2025-04-01 in its header"):
        new.date = "2025-04-02"
    with pytest.raises(stancebank.StanceBankError, match='no key "none-such"'):
        new.rights = "none-such"
    assert corpus.changes() == {}


def test_a_corpus_elsewhere_is_read_and_not_written() -> None:
    place = fsspec.filesystem("memory")
    for path in (PROJECT / "examples").rglob("*"):
        if path.is_file():
            place.pipe_file(f"/open-corpus/{path.relative_to(PROJECT / 'examples').as_posix()}", path.read_bytes())
    corpus = stancebank.open("memory://open-corpus")
    here = stancebank.open(PROJECT / "examples")
    document = next(iter(corpus.documents))
    assert [mention.text for mention in document.mentions] == [mention.text for mention in here[document.id].mentions]
    assert corpus.frame("stances").equals(here.frame("stances"))
    document.title = "Another"
    with pytest.raises(stancebank.StanceBankError, match="needs a folder on this machine"):
        corpus.save()


# Schemes of one's own


def test_own_fields_are_set_by_name(tmp_path: Path) -> None:
    put(new_corpus(tmp_path), ENTITIES)
    corpus = stancebank.open(tmp_path / "corpus")
    document = corpus[OWN_DOC]
    document["desk"] = "home"
    document.classify(topic="Fischerei", urgent=True)
    mention = document.add_mention("harbour", entity=document.add_entity("Ort", name="harbour", party="none"), sure=50)
    assert mention.level is None
    corpus.save()
    document = stancebank.open(tmp_path / "corpus")[OWN_DOC]
    assert document.classification is not None
    assert (document["desk"], document.classification["topic"], mention["sure"]) == ("home", "Fischerei", 50)
    with pytest.raises(stancebank.StanceBankError, match="is no field of a mention"):
        mention.update(level="NAM")
    with pytest.raises(stancebank.StanceBankError, match='does not use "stances"'):
        document.add_stance(target="x", evidence="harbour")
    with pytest.raises(stancebank.StanceBankError, match="urgent of a classification cannot be"):
        document.classify(urgent="yes")


def test_layers_that_are_not_used_have_no_records(tmp_path: Path) -> None:
    put(new_corpus(tmp_path), MENTIONS)
    corpus = stancebank.open(tmp_path / "corpus")
    document = corpus[OWN_DOC]
    assert (document.entities, document.stances, document.classification, corpus.targets) == ([], [], None, {})
    assert (document.mentions[0].entity, document.mentions[0].relations) == (None, [])


# What commands do


@pytest.mark.deep("inputs")
def test_passes_are_adjudicated_and_states_compared(tmp_path: Path) -> None:
    root = shutil.copytree(PROJECT / "examples", tmp_path / "examples")
    corpus = stancebank.open(root)
    assert corpus.adjudicate(*corpus.annotators) == []
    next(iter(corpus.documents)).title = "Another"
    with pytest.raises(stancebank.StanceBankError, match="changes that are not saved"):
        corpus.build(tmp_path / "out")
    corpus.save()
    assert not corpus.diff(str(PROJECT / "examples"), str(root)).same
    assert corpus.diff(str(root), str(root)).same
