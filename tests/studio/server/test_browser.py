"""What a person does on the labelling page comes back, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import DOC, Root
from conftest import PART as ARTICLE_PART
from stancebank.checks.selection import ERRORS_ALONE
from stancebank.checks.validation import check_corpus
from stancebank.corpus.remarks import read_remarks

from ..conftest import Studio
from ..exports import ANNOTATED, PART, TEXT, Folder, Record, small_document, span, write_corpus
from ..made_up import TALKS, talks
from .browser import LabellingPage, browser, browser_programs
from .conftest import Session

Report = Callable[[str, object], None]

WRITTEN = ("entities", "mentions", "relations", "stances", "progress")
UNREGISTERED = (
    "annotator is not in annotation/annotators.yaml yet",
    "  fix: say there who that is: id, kind, name, date, instructions, note",
)


@pytest.fixture(scope="module")
def page(studio: Studio, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabellingPage]:
    """A browser in which somebody has logged in."""
    if browser_programs() is None:
        pytest.skip("no chromium and chromedriver on the PATH: apt-get install chromium chromium-driver")
    with browser(tmp_path_factory.mktemp("browser")) as driver:
        page = LabellingPage(driver, studio.url)
        page.log_in(studio.login["user"], studio.login["password"])
        yield page


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """The talks, and a document that nobody opens."""
    return write_corpus(tmp_path / "root", {PART: [small_document("other"), talks("talks")]})


def open_task(studio: Studio, page: LabellingPage, folder: Folder, title: str, document: str) -> tuple[int, int]:
    """Send the corpus and open a document's task; gives the numbers of project and task."""
    from stancebank.studio.server.upload import push

    server = studio.server()
    project = push(folder.corpus(), server, title).project.id
    [task] = [each.number for each in server.documents(project) if each.document == document]
    [sent] = [each for each in folder.tasks() if each["data"]["doc_id"] == document]
    page.open(project, task, sum(each["type"] == "labels" for each in sent["annotations"][0]["result"]))
    return project, task


def run(studio: Studio, command: str, folder: Folder, title: str) -> Any:
    return studio.run(command, "--root", folder.path, "--url", studio.url, "--project", title)


def records(folder: Folder, part: str) -> dict[str, list[Record]]:
    return {layer: folder.records(part, layer) for layer in ANNOTATED}


def files(folder: Folder) -> dict[str, bytes]:
    """Every file of a corpus but what is in .studio, and how annotations came about."""
    beside = (".studio/", "annotation/work.jsonl")
    return {file: data for file, data in folder.tree().items() if not file.startswith(beside)}


def lines(data: bytes) -> set[bytes]:
    return set(data.split(b"\n"))


def of(found: list[Record], **values: object) -> Record:
    """The one record with these values."""
    [record] = [each for each in found if values.items() <= each.items()]
    return record


def require_only(folder: Folder, part: str, before: dict[str, bytes], touched: dict[str, int]) -> None:
    """Files differ in the layers of touched alone, and these in as many lines as are new or changed there."""
    after = files(folder)
    layers = {f"corpus/{part}/{layer}.jsonl": number for layer, number in touched.items()}
    assert {file for file in after if after[file] != before.get(file)} == layers.keys()
    assert before.keys() == after.keys()
    for file, number in layers.items():
        assert len(lines(after[file]) - lines(before[file])) == number
    assert list(check_corpus(folder.corpus(), ERRORS_ALONE)) == []


def require_untouched(studio: Studio, folder: Folder, title: str) -> None:
    before = files(folder)
    again = run(studio, "pull", folder, title)
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout.splitlines()[-1] == "nothing was to be written"
    assert files(folder) == before


def test_edits_behind_emoji_come_back_exactly(
    studio: Studio, page: LabellingPage, folder: Folder, title: str, record_property: Report
) -> None:
    before, expected = files(folder), records(folder, PART)
    open_task(studio, page, folder, title, "talks")
    place = span(TALKS, "Geneva", 2)
    made = page.mark("3", place["start"], place["end"])
    page.select(made)
    page.choose("q", "NAM")
    page.pick("gene", "e4")
    page.select("m5")
    page.choose("3", "GPE")
    page.relate("m8", "m13", "consult: planned")
    page.select("s1")
    page.choose("m", "mixed")
    page.update()
    pulled = run(studio, "pull", folder, title)
    record_property("what somebody did on the labelling page, behind emoji", pulled.stdout)
    assert (pulled.returncode, pulled.stderr) == (0, "")
    *told, findings = pulled.stdout.splitlines()
    assert findings.endswith("in the parts that were written; stancebank validate shows them")
    assert told == [
        "talks",
        '  e2 "Delta Group": type ORG to GPE',
        f'  m14 added: "Geneva" {place["start"]}..{place["end"]}, "Geneva" (e4), NAM',
        '  r4 added: "Cohen" (m8) consult "Council" (m13), planned',
        '  s1 "We support Kyiv": label favor to mixed',
        "progress of 1 document: 1 done",
        "2 annotations read, 4 changed records",
        *(f"wrote corpus/{PART}/{layer}.jsonl" for layer in WRITTEN),
        "wrote annotation/work.jsonl",
        *UNREGISTERED,
    ]
    own = {"doc_id": "talks"}
    of(expected["entities"], entity_id="e2", **own)["type"] = "GPE"
    expected["mentions"].append(own | {"mention_id": "m14", "entity_id": "e4", **place, "level": "NAM"})
    ends = {"head": "m8", "tail": "m13"}
    expected["relations"].append(own | {"relation_id": "r4", "type": "consult", **ends, "modality": "planned"})
    of(expected["stances"], stance_id="s1", **own)["label"] = "mixed"
    assert by_id(records(folder, PART)) == by_id(expected)
    require_only(folder, PART, before, {"entities": 1, "mentions": 1, "relations": 1, "stances": 1, "progress": 4})
    require_untouched(studio, folder, title)


@pytest.mark.deep("servers")
def test_edits_of_the_article_come_back_exactly(
    studio: Studio, page: LabellingPage, root: Root, title: str, record_property: Report
) -> None:
    folder = Folder(root.path)
    before, expected = files(folder), records(folder, ARTICLE_PART)
    text = of(folder.records(ARTICLE_PART, "documents"), doc_id=DOC)["text"]
    place = span(text, "acceleration", 2)
    starmer, putin, reuters = (
        first_mention(expected, words) for words in ("Keir Starmer", "Vladimir Putin", "Reuters")
    )
    stance = expected["stances"][0]
    assert (stance["commitment"], entity_of(expected, reuters)["type"]) == ("unconditional", "ORG")
    open_task(studio, page, folder, title, DOC)
    made = page.mark("6", place["start"], place["end"])
    page.select(made)
    page.choose("w", "NOM")
    page.enter("the acceleration")
    page.select(reuters["mention_id"])
    page.choose("3", "GPE")
    page.relate(starmer["mention_id"], putin["mention_id"], "accuse: possible")
    page.select(stance["stance_id"])
    page.choose("k", "conditional")
    page.update()
    pulled = run(studio, "pull", folder, title)
    record_property("what somebody did on the labelling page, in the article", pulled.stdout)
    assert (pulled.returncode, pulled.stderr) == (0, "")
    entity, mention, relation = (next_id(expected[layer]) for layer in ("entities", "mentions", "relations"))
    ends = {"head": starmer["mention_id"], "tail": putin["mention_id"]}
    *told, findings = pulled.stdout.splitlines()
    assert findings.endswith("in the parts that were written; stancebank validate shows them")
    assert told == [
        DOC,
        f'  {reuters["entity_id"]} "Reuters": type ORG to GPE',
        f'  {entity} added: "the acceleration", EVENT',
        f'  {mention} added: "acceleration" {place["start"]}..{place["end"]}, "the acceleration" ({entity}), NOM',
        f'  {relation} added: "Keir Starmer" ({ends["head"]}) accuse "Vladimir Putin" ({ends["tail"]}), possible',
        f'  {stance["stance_id"]} "{stance["text"]}": commitment unconditional to conditional',
        "progress of 1 document: 1 done",
        "1 annotation read, 5 changed records",
        *(f"wrote corpus/{ARTICLE_PART}/{layer}.jsonl" for layer in WRITTEN),
        "wrote annotation/work.jsonl",
        *UNREGISTERED,
    ]
    own = {"doc_id": DOC}
    entity_of(expected, reuters)["type"] = "GPE"
    named = {"type": "EVENT", "name": "the acceleration", "wikidata": None, "value": None, "actor": None}
    expected["entities"].append(own | {"entity_id": entity, **named})
    expected["mentions"].append(own | {"mention_id": mention, "entity_id": entity, **place, "level": "NOM"})
    expected["relations"].append(own | {"relation_id": relation, "type": "accuse", **ends, "modality": "possible"})
    stance["commitment"] = "conditional"
    assert by_id(records(folder, ARTICLE_PART)) == by_id(expected)
    require_only(
        folder, ARTICLE_PART, before, {"entities": 2, "mentions": 1, "relations": 1, "stances": 1, "progress": 4}
    )


def first_mention(found: dict[str, list[Record]], words: str) -> Record:
    return next(mention for mention in found["mentions"] if mention["text"] == words)


def entity_of(found: dict[str, list[Record]], mention: Record) -> Record:
    return of(found["entities"], entity_id=mention["entity_id"])


def next_id(found: list[Record]) -> str:
    """The id that a new record gets: the letter of the others, and the number after theirs."""
    ids = [list(record.values())[1] for record in found]
    return f"{ids[0][0]}{max(int(id[1:]) for id in ids) + 1}"


def by_id(found: dict[str, list[Record]]) -> dict[str, list[Record]]:
    return {layer: sorted(each, key=lambda record: list(record.values())[:2]) for layer, each in found.items()}


@pytest.mark.deep("servers")
def test_a_stray_key_is_seen(studio: Studio, page: LabellingPage, folder: Folder, title: str) -> None:
    """A label's key relabels what is selected; a date that became a person lost its value with it."""
    open_task(studio, page, folder, title, "talks")
    page.select("m2")
    page.choose("1", "PERSON")
    page.update()
    pulled = run(studio, "pull", folder, title)
    assert (pulled.returncode, pulled.stderr) == (0, "")
    assert pulled.stdout.splitlines()[:3] == [
        "talks",
        '  e5 "Monday": type DATE to PERSON',
        '  e5 "Monday": lost its value: 2025-02-17',
    ]


@pytest.mark.deep("servers")
def test_what_was_not_submitted_is_told(studio: Studio, page: LabellingPage, folder: Folder, title: str) -> None:
    before = files(folder)
    _, task = open_task(studio, page, folder, title, "talks")
    page.select("s1")
    page.choose("k", "conditional")
    sdk = studio.sdk()
    page.wait(lambda: sdk.tasks.get(task).drafts)
    pulled = run(studio, "pull", folder, title)
    assert pulled.returncode == 0
    [told, what, fix, total] = pulled.stderr.splitlines()
    assert told.startswith(f"task {task}, talks: reported: draft-not-submitted  $[")
    assert what.startswith(f"  a draft by {studio.login['user']} with ")
    assert what.endswith(" items was never submitted, and is not imported")
    assert (fix, total) == ("  fix: open the document and update, submit or discard it", "1 reported")
    assert pulled.stdout.splitlines() == ["2 annotations read, 0 changed records", "nothing was to be written"]
    assert files(folder) == before
    status = run(studio, "status", folder, title)
    assert status.returncode == 0, status.stderr
    [row] = [line.split() for line in status.stdout.splitlines() if line.startswith("talks ")]
    assert studio.login["user"] in row
    assert "1 with drafts not submitted, 0 changed since the push" in status.stdout
    page.update()
    pulled = run(studio, "pull", folder, title)
    assert (pulled.returncode, pulled.stderr) == (0, "")
    assert pulled.stdout.splitlines()[:2] == [
        "talks",
        '  s1 "We support Kyiv": commitment unconditional to conditional',
    ]


@pytest.mark.deep("servers")
def test_two_people_correct_three_documents_and_every_edit_and_remark_comes_back_once(
    studio: Studio, tmp_path: Path, title: str, people: dict[str, Session]
) -> None:
    """Twelve kinds of edit and notes, each by who made it; a second pull finds nothing.

    Label Studio has comments in its Enterprise edition alone; exports with them are among the cases of remarks.
    """
    if browser_programs() is None:
        pytest.skip("no chromium and chromedriver on the PATH: apt-get install chromium chromium-driver")
    documents = [talks("talks"), small_document("a"), small_document("b"), small_document("unopened")]
    folder = write_corpus(tmp_path / "root", {PART: documents})
    from stancebank.studio.server.upload import push

    server = studio.server()
    project = push(folder.corpus(), server, title).project.id
    tasks = {each.document: each.number for each in server.documents(project)}
    sent = {each["data"]["doc_id"]: each["annotations"][0]["result"] for each in folder.tasks()}
    number = {doc: sum(each["type"] == "labels" for each in result) for doc, result in sent.items()}
    place, kyiv = span(TALKS, "Geneva", 2), span(TEXT, "Kyiv", 2)

    def correct_talks(page: LabellingPage) -> None:
        made = page.mark("3", place["start"], place["end"])
        page.select(made)
        page.choose("q", "NAM")
        page.pick("gene", "e4")
        page.note("the same Geneva?")
        page.select("m5")
        page.choose("3", "GPE")
        page.relate("m8", "m13", "consult: planned")
        page.select("s1")
        page.choose("m", "mixed")
        page.note("who holds this? ask")

    def correct_a(page: LabellingPage) -> None:
        page.select("s2")
        page.choose("m", "mixed")
        page.note("ben's own note")
        page.select("s1")
        page.pick("lee", "m5", field="holder")
        page.select("m3")
        page.choose("w", "NOM")
        page.unrelate("m4", "m5")

    def correct_b(page: LabellingPage) -> None:
        page.select("m6")
        page.delete()
        page.select("m4")
        page.clear("entity")
        page.enter("Bob Stone")
        page.select("a1")
        page.pick("bob", "m4", field="source")
        page.select("a2")
        page.choose("d", "direct")
        page.select("s1")
        page.choose("k", "conditional")
        page.choose("g", "writer")
        page.undo()

    for name, work in (("ann", {"talks": correct_talks, "b": correct_b}), ("ben", {"a": correct_a})):
        (tmp_path / name).mkdir()
        with browser(tmp_path / name) as driver:
            page = LabellingPage(driver, studio.url)
            page.log_in(f"{name}@example.org", f"not-Secret-{name}-9")
            for document, correct in work.items():
                page.open(project, tasks[document], number[document])
                correct(page)
                page.update()
    pulled = run(studio, "pull", folder, title)
    assert pulled.returncode == 0, pulled.stderr
    remarks = [(each.doc_id, each.id, each.text, each.by) for each in read_remarks(folder.path)]
    assert remarks == [
        ("a", "s2", "ben's own note", "ben"),
        ("talks", "m14", "the same Geneva?", "ann"),
        ("talks", "s1", "who holds this? ask", "ann"),
    ]
    told = pulled.stdout.splitlines()
    changes = told[: next(index for index, line in enumerate(told) if line.startswith("progress of"))]
    assert changes == [
        "a",
        '  m3 "Sunday": level NAM to NOM',
        '  r2 removed: "Bob" (m4) support "Ann Lee" (m5), asserted',
        '  r3 removed: "Bob" (m4) agree "Ann Lee" (m5), possible',
        '  s2 "peace is near": label neutral to mixed',
        '  s1 "Bob backs it": holder "Bob" (m4) to "Ann Lee" (m5)',
        "b",
        '  e4 removed: "Bob", PERSON',
        '  e5 added: "Bob Stone", PERSON',
        f'  m6 removed: "Kyiv" {kyiv["start"]}..{kyiv["end"]}, "Kyiv" (e2), NAM',
        '  m4 "Bob": entity "Bob" (e4) to "Bob Stone" (e5)',
        '  r1 removed: "Ann Lee" (m5) aid "Kyiv" (m6), asserted',
        '  a1 "told": source "Ann Lee" (m1) to "Bob" (m4)',
        '  a2 "backs": kind indirect to direct',
        '  s1 "Bob backs it": commitment unconditional to conditional',
        "talks",
        '  e2 "Delta Group": type ORG to GPE',
        f'  m14 added: "Geneva" {place["start"]}..{place["end"]}, "Geneva" (e4), NAM',
        '  r4 added: "Cohen" (m8) consult "Council" (m13), planned',
        '  s1 "We support Kyiv": label favor to mixed',
    ]
    repaired = [line for line in pulled.stderr.splitlines() if ": repaired: " in line]
    assert ["ends-differ" in line for line in repaired] == [True, True]
    assert "3 new remarks, 0 unresolved; stancebank show DOC shows them" in told
    before = files(folder)
    again = run(studio, "pull", folder, title)
    assert again.stdout.splitlines()[-1] == "nothing was to be written"
    assert files(folder) == before
