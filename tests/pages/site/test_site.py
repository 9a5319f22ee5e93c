"""stancebank site, without a browser: laws of all pages, editions, planted strings, errors."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from site_pages import Page, broken_links, read_pages, tree

from conftest import DOC, PROJECT, Root, examples
from stancebank.checks.findings import UnsoundCorpusError
from stancebank.corpus.corpus import read_corpus
from stancebank.corpus.remarks import Remark, lines_of, remark_order
from stancebank.editions.copies import runs, words
from stancebank.editions.edition import EditionName
from stancebank.editions.preparing import edition_of
from stancebank.faults import StanceBankError
from stancebank.pages.site import lists
from stancebank.pages.site.page_links import CODES
from stancebank.pages.site.page_names import slug
from stancebank.pages.site.search_index import terms
from stancebank.pages.site.site_building import build_site
from stancebank.pages.site.templating import LARGEST
from stancebank.work.engines import in_threads

Run = Callable[..., CompletedProcess[str]]
EXAMPLES = PROJECT / "examples"
IMAGE = "<img src=x onerror=alert(1)>"
SCRIPT = "</script><script>alert(2)</script>"
WORDS = "\n".join(["The words of an article that people wrote go on for a while here, line by line."] * 5)
CONTROLS = "\u202eevil\u2066\x9b31m"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the examples; not to be changed."""
    folder = tmp_path_factory.mktemp("site") / "examples"
    build_site(read_corpus(EXAMPLES), folder)
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Page]:
    return read_pages(site)


def test_every_link_leads_to_a_page_and_every_id_is_one_elements(site: Path, pages: dict[str, Page]) -> None:
    assert broken_links(site, pages) == []
    assert {name: page.ids for name, page in pages.items() if len(page.ids) != len({*page.ids})} == {}
    assert {f"document/{name}.html" for name in ("grain-vote", "klimaabgabe", "hisar-marsa")} <= pages.keys()


def test_nothing_is_loaded_from_elsewhere_and_no_script_or_style_is_in_a_page(pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        assert [each for each in page.loads if ":" in each or each.startswith("/")] == [], name
        assert page.tags["script"] == 1
        assert page.tags["style"] == 0
        assert {each for each in page.attributes if each.startswith("on") or each == "style"} == set()
        assert "default-src 'none'" in page.text


def test_the_same_corpus_gives_the_same_bytes_on_any_engine(site: Path, tmp_path: Path) -> None:
    build_site(read_corpus(EXAMPLES), tmp_path / "again", engine=in_threads)
    assert tree(tmp_path / "again") == tree(site)


def test_a_text_on_its_page_is_the_documents_own(site: Path) -> None:
    for name in ("train", "validation", "test"):
        for doc_id, text in read_corpus(EXAMPLES).read_part(name)["documents"].select("doc_id", "text").iter_rows():
            page = (site / f"document/{slug(doc_id)}.html").read_text("utf-8")
            shown = page[page.index('<div class="text"') : page.index("</div>", page.index('<div class="text"'))]
            shown = re.sub(r'<a class="badge.*?</a>', "", shown)
            lines = [re.sub(r"<[^>]+>", "", line) for line in re.findall(r"<p[^>]*>(.*?)</p>", shown)]
            assert [html.unescape(line) for line in lines] == [line for line in text.split("\n") if line]


def test_records_are_listed_and_decisions_are_told(pages: dict[str, Page]) -> None:
    text = " ".join(pages["document/grain-vote.html"].text.split())
    assert "s11 Dorothea Lisk: against “Ardelvia should hold early parliamentary elections.”" in text
    decisions = [
        json.loads(line) for line in (EXAMPLES / "annotation/adjudication.jsonl").read_text("utf-8").splitlines()
    ]
    beside = {name: page.text for name, page in pages.items() if name.startswith("passes/")}
    for each in decisions:
        assert each["reason"] in beside[f"passes/{slug(each['doc_id'])}.html"]


# Editions


def shown_strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (each for item in value.values() for each in shown_strings(item))
    elif isinstance(value, list | tuple):
        yield from (each for item in value for each in shown_strings(item))


def frame_words(frames: Any) -> set[str]:
    rows = (row for frame in frames for row in frame.iter_rows() if isinstance(frame, pl.DataFrame))
    return {word for row in rows for each in shown_strings(list(row)) for word in re.findall(r"\w+", each.casefold())}


@pytest.mark.parametrize("root", [PROJECT, pytest.param(EXAMPLES, marks=pytest.mark.deep("inputs"))])
@pytest.mark.parametrize("name", ["standoff", "masked"])
def test_an_edition_shows_no_word_of_the_texts(root: Path, name: EditionName, tmp_path: Path) -> None:
    """No five words in a row of any text, and no word of a text that the edition itself does not show."""
    corpus = read_corpus(root)
    edition = edition_of(corpus, name)
    build_site(corpus, tmp_path / "site", name)
    public = edition.corpus(corpus)
    own = (PROJECT / "src/stancebank/pages").rglob("*")
    allowed = {
        word
        for path in own
        if path.suffix in (".html", ".js", ".css", ".py")
        for word in re.findall(r"\w+", path.read_text("utf-8").casefold())
    }
    allowed |= frame_words(public.shared.values())
    said = (public.settings, *public.seeds.rights.values(), public.register)
    allowed |= {w for each in said for w in re.findall(r"\w+", str(each.model_dump()).casefold())}
    allowed |= {*re.findall(r"\w+", public.scheme.model_dump_json().casefold())}
    secret_runs: set[str] = set()
    secret: set[str] = set()
    for part_name in corpus.part_names:
        part = corpus.read_part(part_name)
        for each in (part, *part.passes):
            allowed |= frame_words(edition.part(each, public).frames.values())
        for text in part["documents"]["text"]:
            secret_runs |= {*runs(words(text))}
            secret |= {word for word in re.findall(r"\w+", text.casefold()) if not word.isdecimal()}
    allowed |= {part for word in allowed for part in (word, *word.split("_"))}
    shown = read_pages(tmp_path / "site")
    for page, content in shown.items():
        assert secret_runs.isdisjoint(runs(words(content.text))), page
        assert {*re.findall(r"\w+", content.text.casefold())} & secret - allowed == set(), page
    allowed |= {term for word in allowed for term in terms(word)}  # the search knows letters without accents
    for file in (tmp_path / "site/search").iterdir():
        found = str(json.loads(f"[{file.read_text('utf-8').split('(', 1)[1][:-3]}]"))
        assert {*re.findall(r"[^\W_]+", found)} & secret - allowed == set()
    assert not (tmp_path / "site/guideline").exists()
    assert broken_links(tmp_path / "site", shown) == []


def test_an_edition_is_not_written_of_a_corpus_with_errors(root: Root, tmp_path: Path) -> None:
    root.edit("mentions", 2, text="other words")
    with pytest.raises(UnsoundCorpusError):
        build_site(root.corpus(), tmp_path / "site", "standoff")
    assert not (tmp_path / "site").exists()


# Bad input


def remark(root: Root, text: str) -> None:
    """Let somebody whom the register does not have leave a remark."""
    left = Remark(DOC, None, "mentions", "m1", "note", text, by="nobody-known")
    (root.path / "annotation").mkdir(exist_ok=True)
    (root.path / "annotation/remarks.jsonl").write_bytes(lines_of([left], remark_order))


@pytest.mark.deep("inputs")
@pytest.mark.parametrize("edition", ["standoff", "masked"])
def test_an_edition_shows_no_remark(root: Root, tmp_path: Path, edition: EditionName) -> None:
    remark(root, "quotes-the-text")
    build_site(root.corpus(), tmp_path / "site", edition)
    assert not any(b"quotes-the-text" in data for data in tree(tmp_path / "site").values())


def planted(root: Root) -> None:
    """Put markup, scripts and controls wherever people write words."""
    root.edit("documents", 0, authors=[IMAGE, CONTROLS], outlet=SCRIPT)
    root.edit("entities", 0, name=f"{IMAGE} name")
    root.edit("entities", 1, name=f"{SCRIPT} name")
    root.change("targets", lambda rows: [row.update(proposition=f"{SCRIPT} {IMAGE}", note=IMAGE) for row in rows[:2]])
    root.replace("schemas/scheme.yaml", "- name: LOC\n", "- name: <img src=y>\n")
    scheme = (root.path / "schemas/scheme.yaml").read_text("utf-8").replace("LOC, ", "<img src=y>, ")
    (root.path / "schemas/scheme.yaml").write_text(scheme, "utf-8")
    settings = (root.path / "corpus/corpus.yaml").read_text("utf-8")
    settings = re.sub(r"^title: .*$", f"title: '{IMAGE}{SCRIPT}'", settings, flags=re.MULTILINE)
    (root.path / "corpus/corpus.yaml").write_text(settings, "utf-8")
    for layer, column in (("entities", "type"), ("actors", "type")):
        if root.layer_path(layer).is_file():
            root.change(layer, lambda rows, c=column: [r.update({c: "<img src=y>"}) for r in rows if r[c] == "LOC"])
    remark(root, f"{SCRIPT} planted remark {CONTROLS}")
    guidelines = root.path / "annotation/guidelines"
    guidelines.mkdir(parents=True)
    text = f"# {IMAGE}\n\n{SCRIPT}\n\n[a](javascript:alert(1)) [b](nowhere.md) ![c](http://x/y.png) <b>{CONTROLS}</b>\n"
    (guidelines / "README.md").write_text(text, "utf-8")


def test_no_page_holds_a_planted_string_as_markup(root: Root, tmp_path: Path) -> None:
    planted(root)
    built = build_site(root.corpus(), tmp_path / "site")
    assert built.problems == ()
    pages = read_pages(tmp_path / "site")
    assert IMAGE in pages["index.html"].text
    assert any("alert(2)" in page.text for page in pages.values())
    assert "planted remark" in pages[f"document/{slug(DOC)}.html"].text
    assert not any("nobody-known" in page.text for page in pages.values())
    for name, page in pages.items():
        assert (page.tags["img"], page.tags["script"], page.tags["b"] >= 0) == (0, 1, True), name
        assert {each for each in page.attributes if each.startswith("on")} == set()
        assert [each for each in page.links if each.startswith("javascript")] == []
    for name, data in tree(tmp_path / "site").items():
        assert b"<img" not in data, name
        if name.startswith("search/"):
            assert b"<" not in data
        assert not re.search("[\u202a-\u202e\u2066-\u2069\x80-\x9f]", data.decode()), name
    assert broken_links(tmp_path / "site", pages) == []


def test_controls_in_a_text_are_made_visible(cli: Run, tmp_path: Path) -> None:
    cli("init", "mine")
    (tmp_path / "a.txt").write_text(f"It {CONTROLS} {IMAGE} {SCRIPT} \u202e turns.\n{WORDS}", "utf-8")
    assert cli("add", "a.txt", "--root", "mine", "--part", "p").returncode == 0
    done = cli("site", "--root", "mine", "--out", "site")
    assert done.returncode == 0
    page = (tmp_path / "site/document/a.html").read_text("utf-8")
    assert "\\u202eevil\\u2066\\u009b31m &lt;img src=x onerror=alert(1)&gt; &lt;/script&gt;" in page
    assert "not cleared for redistribution" in done.stderr
    assert "Not annotated yet." in page


def test_a_corpus_with_errors_says_so_and_shows_what_is_sound(cli: Run, root: Root, tmp_path: Path) -> None:
    root.edit("mentions", 2, start=1_000_000, end=1_000_009)
    root.edit("stances", 0, label="nonsense")
    done = cli("site", "--root", root.path, "--out", "site")
    assert done.returncode == 0
    assert "what they are about is left out here" in done.stderr
    pages = read_pages(tmp_path / "site")
    assert "This corpus has errors." in pages["index.html"].text
    assert broken_links(tmp_path / "site", pages) == []
    root.change_lines("attributions", lambda lines: lines.insert(0, b"{\n"))
    (root.path / "annotation").mkdir(exist_ok=True)
    (root.path / "annotation/adjudication.jsonl").write_text("no decision\n", "utf-8")
    assert cli("site", "--root", root.path, "--out", "site").returncode == 0
    assert broken_links(tmp_path / "site", read_pages(tmp_path / "site")) == []


def test_a_folder_that_is_no_site_is_not_replaced(cli: Run, root: Root, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.txt").write_text("words", "utf-8")
    done = cli("site", "--root", root.path, "--out", "mine")
    assert done.returncode == 2
    assert "holds other files than an earlier result" in done.stderr
    assert [path.name for path in tmp_path.glob("mine/*")] == ["thesis.txt"]
    with pytest.raises(StanceBankError):
        build_site(root.corpus(), root.path / "corpus")


# Large corpora


def test_lists_go_on_to_other_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, site: Path) -> None:
    monkeypatch.setattr(lists, "ROWS", 2)
    build_site(read_corpus(EXAMPLES), tmp_path / "site")
    pages = read_pages(tmp_path / "site")
    assert {"documents.html", "documents~2.html", "documents~3.html", "documents~4.html"} <= pages.keys()
    assert "documents~5.html" not in pages, "seven documents"
    assert broken_links(tmp_path / "site", pages) == []
    assert max(path.stat().st_size for path in site.rglob("*") if path.is_file()) < LARGEST


IDS = st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=3).map(tuple)


@given(IDS, IDS)
@settings(max_examples=examples(200))
def test_a_name_of_a_file_is_one_things_alone_and_no_path(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    for ids in (one, other, ("..",), ("a/b",), ("Grain-Vote",)):
        assert re.fullmatch(r"[a-z0-9-]+(\.[0-9a-f]{12})?|[a-z0-9][a-z0-9_-]{0,79}", slug(*ids))
    assert (slug(*one) == slug(*other)) == (one == other)
    assert slug("Grain-Vote").lower() != slug("grain-vote")


@given(st.text(max_size=60), st.text(max_size=60))
@settings(max_examples=examples(200))
def test_terms_of_a_text_are_those_of_its_words(one: str, other: str) -> None:
    assert [*terms(f"{one} {other}")] == [*terms(one), *terms(other)]
    assert all(" " not in term for term in terms(one))


def test_every_layer_has_a_letter_of_its_own() -> None:
    assert len({*CODES.values()}) == len(CODES)
