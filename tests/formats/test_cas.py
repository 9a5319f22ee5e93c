"""UIMA CAS as INCEpTION exports it, what is refused of it, and the layers that an export brings along."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import cassis
import pytest

from conftest import DOC, PROJECT, Root
from formats.inception import ABOUT, ENTITY, RELATION, SENTENCE, TEXT, TOKEN, Made, a_document
from stancebank.checks.validation import check_corpus
from stancebank.corpus.corpus import read_corpus
from stancebank.corpus.part import Part
from stancebank.faults import StanceBankError
from stancebank.formats.cas import write_cas
from stancebank.formats.cas.cas_files import CasFiles
from stancebank.formats.corpus_export import export_foreign
from stancebank.formats.foreign_document import ForeignDocument
from stancebank.formats.ledger import Ledger
from stancebank.pages.new_corpus import make_corpus
from stancebank.schema.paths import SCHEME_FILE

Cli = Callable[..., CompletedProcess[str]]
MAP = {
    "spans": {"nam": "mentions", "Content": "attributions.content"},
    "attributes": {"sure": "leave out"},
}


class Case:
    """A corpus to import into, and a folder for files."""

    def __init__(self, cli: Cli, folder: Path) -> None:
        self._cli, self.root, self.files = cli, folder / "corpus", folder / "files"
        make_corpus(self.root, PROJECT / SCHEME_FILE)
        self.files.mkdir()
        self.map = folder / "map.yaml"
        self.map.write_text(json.dumps(MAP), "utf-8")

    def run(self, *options: object, code: int = 0) -> str:
        arguments = ("import", self.files, "--root", self.root, "--format", "cas", "--part", "p")
        done = self._cli(*arguments, "--labels", self.map, *options)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def part(self, annotator: str | None = None) -> Part:
        corpus = read_corpus(self.root)
        assert [each for each in check_corpus(corpus) if each.severity == "error"] == []
        return corpus.sound().sound_part("p", annotator)


pytestmark = pytest.mark.filterwarnings("ignore:open_binary is deprecated:DeprecationWarning")  # of cassis


@pytest.fixture
def case(cli: Cli, tmp_path: Path) -> Case:
    return Case(cli, tmp_path)


@pytest.mark.parametrize("name", ["a.xmi", "a.json"])
def test_the_layers_of_a_project_become_records(name: str, case: Case) -> None:
    a_document().write(case.files / name)
    told = case.run()
    part = case.part()
    text = part["documents"]["text"][0]
    assert text == TEXT.replace("\r\n", "\n")
    assert part["documents"].select("doc_id", "language", "newline").row(0) == ("a", "en", "crlf")
    sentences = part["sentences"].select("start", "end", "paragraph").rows()
    assert [text[start:end] for start, end, _ in sentences] == [
        "\U0001f600 Ada Birk leads Norland.",
        "She said: We will win.",
        "Norland is small.",
    ]
    assert [paragraph for *_, paragraph in sentences] == [0, 0, 1]
    mentions = {row["text"]: row for row in part["mentions"].iter_rows(named=True)}
    assert sorted(mentions) == ["Ada Birk", "Norland", "She"]
    assert mentions["Ada Birk"]["start"] == 2  # 3 in the file, which counts UTF-16 units
    assert mentions["Ada Birk"]["entity_id"] == mentions["She"]["entity_id"]
    entities = {row["entity_id"]: row for row in part["entities"].iter_rows(named=True)}
    assert entities[mentions["She"]["entity_id"]]["type"] == "PERSON"
    assert entities[mentions["She"]["entity_id"]]["wikidata"] == "Q1"
    (relation,) = part["relations"].to_dicts()
    assert relation["type"] == "leads"
    assert (relation["head"], relation["tail"]) == tuple(
        mentions[each]["mention_id"] for each in ("Ada Birk", "Norland")
    )
    (attribution,) = part["attributions"].to_dicts()
    assert (attribution["text"], attribution["kind"]) == ("said", "direct")
    assert attribution["source"] == mentions["She"]["mention_id"]
    assert [each["text"] for each in attribution["content"]] == ["We will win."]
    assert "notice: duplicate 2" in told  # two links of the chain are at the places of named entities
    assert "left out: 1 notes" in told  # the annotation of the whole document


def test_begin_and_end_of_the_file_count_utf_16_units(case: Case) -> None:
    written = a_document().write(case.files / "a.xmi").read_text("utf-8")
    assert re.search(r'NamedEntity xmi:id="\d+" sofa="\d+" begin="3" end="11"', written)


def test_a_file_called_after_its_annotator_is_of_the_document_that_it_names(case: Case) -> None:
    for owner in ("ann", "bea"):
        a_document(title="talk_1.txt", owner=owner).write(case.files / "talk_1.txt" / f"{owner}.xmi")
    assert "another document" in case.run("--dry-run", code=1)
    case.run("--annotator", "(.+)_([a-z]+)")
    for owner in ("ann", "bea"):
        assert set(case.part(owner)["mentions"]["doc_id"]) == {"talk_1"}


@pytest.mark.parametrize("options", [(), ("--skip-refused",)])
def test_annotations_without_words_are_listed(options: tuple[str, ...], case: Case) -> None:
    made = a_document()
    made.add(ENTITY, "", value="GPE")
    made.write(case.files / "a.xmi")
    told = case.run(*options, code=1 if options else 2)
    assert "a.xmi #" in told
    assert "covers no words" in told


def test_a_relation_between_tokens_makes_spans_of_them(case: Case) -> None:
    made = Made()
    ends = [made.add(TOKEN, each) for each in ("Ada", "Norland")]
    made.add(RELATION, "Norland", Governor=ends[0], Dependent=ends[1], label="leads")
    made.write(case.files / "a.xmi")
    case.map.write_text(json.dumps({"spans": {"Token": "mentions"}}), "utf-8")
    case.run()
    assert case.part()["mentions"]["text"].to_list() == ["Ada", "Norland"]


def test_sentences_that_leave_words_out_are_not_taken(case: Case) -> None:
    made = Made()
    made.add(SENTENCE, "She said:")
    made.add(ENTITY, "Norland", value="GPE")
    made.write(case.files / "a.xmi")
    assert "notice: sentences-not-taken 1" in case.run()
    case.part()


def test_without_its_type_system_a_file_of_custom_layers_is_refused(case: Case) -> None:
    a_document().write(case.files / "a.xmi")
    (case.files / "TypeSystem.xml").unlink()
    told = case.run(code=2)
    assert "webanno.custom" in told
    assert "TypeSystem.xml" in told


def test_without_a_type_system_the_built_in_layers_are_read(case: Case) -> None:
    made = Made()
    made.add(ENTITY, "Ada Birk", value="PERSON")
    made.write(case.files / "a.xmi")
    (case.files / "TypeSystem.xml").unlink()
    case.run()
    assert case.part()["mentions"].height == 1


SECRET = "not to be read"
DOCTYPES = (
    '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///{secret}">]>',
    '<!DOCTYPE x SYSTEM "file:///{secret}">',
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY e "&b;&b;&b;&b;">]>',
    '<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///{secret}"> %p;]>',
)


@pytest.mark.parametrize("doctype", DOCTYPES)
@pytest.mark.parametrize("name", ["a.xmi", "TypeSystem.xml"])
def test_no_entity_is_read(doctype: str, name: str, case: Case, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(SECRET, "utf-8")
    a_document().write(case.files / "a.xmi")
    path = case.files / name
    content = path.read_text("utf-8").partition("?>")[2]
    content = content.replace("Norland", "&e;").replace("<description/>", "<description>&e;</description>")
    path.write_text(doctype.replace("{secret}", f"{tmp_path}/secret") + content, "utf-8")
    told = case.run(code=2)
    assert "DOCTYPE" in told
    assert SECRET not in told


@pytest.mark.parametrize("encoding", ["utf-16", "utf-7", "latin-1", "ebcdic-cp-us"])
def test_no_other_encoding_is_read(encoding: str, case: Case) -> None:
    path = a_document().write(case.files / "a.xmi")
    path.write_text(path.read_text("utf-8").replace("UTF-8", encoding), "utf-8")
    assert "convert it to UTF-8" in case.run(code=2)


@pytest.mark.deep("inputs", quick=4)
@pytest.mark.parametrize("name", ["x=print('{told}')", "def", "__init__", "a b", "a;b"])
@pytest.mark.parametrize("kind", ["a.xmi", "a.json"])
def test_names_of_features_are_no_code(name: str, kind: str, case: Case) -> None:
    told = "ran as code"
    path = a_document().write(case.files / kind)
    path = case.files / "TypeSystem.xml" if kind == "a.xmi" else path
    content = path.read_text("utf-8")
    quoted = (
        f"<name>{each}</name>" if kind == "a.xmi" else json.dumps(each) for each in ("label", name.format(told=told))
    )
    path.write_text(content.replace(*quoted), "utf-8")
    refused = case.run(code=2)
    assert "is no name" in refused
    assert "rename it" in refused


def of_json(change: Callable[[dict], object]) -> Callable[[Path], None]:
    """A change to a file of JSON."""

    def changed(folder: Path) -> None:
        loaded = json.loads(a_document().write(folder / "a.json").read_text("utf-8"))
        change(loaded)
        (folder / "a.json").write_text(json.dumps(loaded), "utf-8")

    return changed


def of_xmi(old: str, new: str) -> Callable[[Path], None]:
    """A change to a file of XMI."""

    def changed(folder: Path) -> None:
        path = a_document().write(folder / "a.xmi")
        content = path.read_text("utf-8")
        assert re.search(old, content)
        path.write_text(re.sub(old, new, content), "utf-8")

    return changed


@pytest.mark.deep("inputs", quick=5)
@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (of_xmi('begin="3" end="11"', 'begin="1" end="11"'), "Not mapping"),  # inside the emoji
        (of_xmi('begin="3" end="11"', 'begin="3" end="999"'), "Not mapping"),
        (of_xmi('begin="3" end="11"', 'begin="3"'), "is at 2..0, which is no place"),
        (of_xmi('begin="3" end="11"', 'begin="x" end="11"'), "no UIMA CAS"),
        (of_xmi(r'Governor="\d+"', 'Governor="9999"'), "no UIMA CAS"),
        (of_xmi("</xmi:XMI>", ""), "no UIMA CAS"),
        (of_xmi(r'sofaString="[^"]*"', ""), "no text"),
        (of_xmi("version=.1.0.", 'version="1.1"'), "XML 1.1"),
        (of_json(lambda it: it.pop("%VIEWS")), "no UIMA CAS"),
        (of_json(lambda it: it.update({"%TYPES": 3})), "no UIMA CAS"),
        (of_json(lambda it: it["%TYPES"].update({ABOUT: {"%SUPER_TYPE": ABOUT}})), "custom.About"),
        (of_json(lambda it: it["%FEATURE_STRUCTURES"].append({"%ID": 7000, "%TYPE": "no.such"})), "no.such"),
        (of_json(lambda it: it["%VIEWS"]["_InitialView"]["%MEMBERS"].append(7000)), "no UIMA CAS"),
    ],
)
def test_a_broken_file_is_refused(broken: Callable[[Path], None], message: str, case: Case) -> None:
    broken(case.files)
    told = case.run(code=2)
    assert message in told, told
    assert "Traceback" not in told
    assert not (case.root / "corpus/p").exists()


@pytest.mark.parametrize("content", ["[" * 100_000, '{"%TYPES":' * 100_000, '{"%TYPES": {}}', "<a", "{}", "[]", "{"])
def test_what_is_no_cas_at_all_is_refused(content: str, case: Case) -> None:
    (case.files / "a.json").write_text(content, "utf-8")
    told = case.run(code=2)
    assert "a.json" in told or "no document" in told
    assert "Traceback" not in told


def test_a_chain_that_leads_back_to_itself_ends(case: Case) -> None:
    made = a_document()
    links = [each for each in made.cas.select_all_fs() if each.type.name.endswith("CoreferenceLink")]
    links[-1].next = links[0]
    made.write(case.files / "a.xmi")
    case.run()
    assert case.part()["mentions"].height == 3


def test_two_texts_in_a_file_are_refused(case: Case) -> None:
    made = a_document()
    made.cas.create_view("other").sofa_string = "Another text."
    made.write(case.files / "a.xmi")
    assert "2 texts" in case.run(code=2)


def test_without_cassis_the_extra_is_named(case: Case, monkeypatch: pytest.MonkeyPatch, root: Root, cli: Cli) -> None:
    a_document().write(case.files / "a.xmi")
    monkeypatch.setitem(sys.modules, "cassis", None)
    assert "pip install 'stancebank[cas]'" in case.run(code=2)
    done = cli("export", "--format", "cas", "--out", "out", "--root", root.path)
    assert "pip install 'stancebank[cas]'" in done.stderr


@pytest.mark.parametrize("dialect", ["xmi", "json"])
def test_the_layers_of_an_export_are_those_of_its_types(dialect: str, root: Root, tmp_path: Path) -> None:
    export_foreign(root.path, "cas", tmp_path / "out", dialect=dialect)
    layers = {each["name"]: each for each in json.loads((tmp_path / "out/layers.json").read_bytes())}
    types = cassis.load_typesystem(tmp_path / "out/TypeSystem.xml")
    own = {each.name: each for each in types.get_types() if each.name.startswith("stancebank.")}
    slots = {each["link_type_name"] for layer in layers.values() for each in layer["features"]} - {None}
    assert own.keys() == layers.keys() | slots
    for name, layer in layers.items():
        assert {each["name"] for each in layer["features"]} == {each.name for each in own[name].features}
        assert (own[name].supertype.name == "uima.cas.AnnotationBase") == (layer["type"] == "document-metadata")
    assert layers["stancebank.Relation"]["attach_type"]["name"] in layers
    strict = CasFiles().read(tmp_path / "out" / f"{DOC}.{dialect}")
    assert len(strict.select("stancebank.Span")) == 150


def test_a_copy_of_an_annotation_is_another_one(case: Case, root: Root, tmp_path: Path) -> None:
    export_foreign(root.path, "cas", case.files)
    path = case.files / f"{DOC}.xmi"
    cas = CasFiles().read(path)
    first = cas.select("stancebank.Span")[0]
    copy = first.type(begin=first.begin, end=first.end, category="LOC", identifier=first.identifier, entity="new")
    cas.add(copy)
    cas.to_xmi(path)
    case.map.write_text("{}", "utf-8")
    case.run()
    part = case.part()
    assert part["mentions"].height == 151
    assert part["mentions"]["mention_id"].n_unique() == 151
    assert "new" in part["entities"]["entity_id"].to_list()


def test_a_text_that_xml_cannot_have_goes_out_as_json() -> None:
    document = ForeignDocument("a", "a", "a", "a \ufffe b")
    with pytest.raises(StanceBankError, match="--dialect json"):
        list(write_cas([document], Ledger()))
    assert dict(write_cas([document], Ledger(), "json")).keys() == {"a.json", "TypeSystem.xml", "layers.json"}
