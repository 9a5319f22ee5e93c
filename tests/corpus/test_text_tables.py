"""Texts from tables: which columns are understood, and every fault with its line."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Root
from stancebank.corpus.additions import RefusedTextsError, add_texts
from stancebank.corpus.text_tables import read_table
from stancebank.faults import StanceBankError
from workbooks import workbook

TEXT = "The ministers met on Monday in Strelsau. They spoke about the tax on grain."
Write = Callable[..., Path]


@pytest.fixture
def table(tmp_path: Path) -> Write:
    """Write a table from its rows, or its bytes, to a file outside the corpus."""

    def write(content: Sequence[Sequence[object]] | bytes, name: str = "news.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else delimited(content))
        return path

    return write


def delimited(rows: Sequence[Sequence[object]], delimiter: str = ",") -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter).writerows(rows)
    return buffer.getvalue().encode()


def flaws(root: Root, *sources: Path, **options: object) -> list[tuple[str, str]]:
    """Where and what the faults are that keep texts out."""
    with pytest.raises(RefusedTextsError) as refusal:
        add_texts(root.path, sources, **options)
    assert all(flaw.fix for flaw in refusal.value.flaws)
    return [(Path(flaw.place).name, flaw.what) for flaw in refusal.value.flaws]


def documents(root: Root, part: str = "2025-03") -> list[dict[str, object]]:
    return root.corpus().read_part(part)["documents"].to_dicts()


ROWS = (
    ("ID", "Headline", "Body", "Published", "Lang", "Link", "Publisher", "Author", "Topic"),
    ("a", "Grain, again", TEXT, "2025-03-01", "en", "https://example.org/a", "The Post", "Mara Vell; Bo Day", "tax"),
    ("b", "", f"{TEXT}\r\n\r\n\u201cIt ended.\u201d", "2025-03-02", "", "", "", "", ""),
)


def lines(rows: Sequence[Sequence[str]]) -> bytes:
    """The rows as JSON Lines."""
    head, *others = rows
    return "".join(json.dumps(dict(zip(head, row, strict=True))) + "\n" for row in others).encode()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("news.csv", delimited(ROWS), id="CSV"),
        pytest.param("news.CSV", b"\xef\xbb\xbf" + delimited(ROWS, ";"), id="with BOM and semicolons"),
        pytest.param("news.csv", b"\r".join(delimited(ROWS[:2]).split(b"\r\n")) + delimited(ROWS[2:]), id="CR alone"),
        pytest.param("news.tsv", delimited(ROWS, "\t"), id="TSV"),
        pytest.param("news.jsonl", lines(ROWS), id="JSON Lines"),
        pytest.param("news.xlsx", workbook(ROWS), id="Excel"),
    ],
)
def test_a_table_gives_texts_with_what_it_has_of_them(root: Root, table: Write, name: str, content: bytes) -> None:
    outcome = add_texts(root.path, [table(content, name)])
    first, second = documents(root)
    assert [each.doc_id for each in outcome.added] == ["a", "b"]
    assert (first["title"], first["text"], first["date"]) == ("Grain, again", TEXT, "2025-03-01")
    assert (first["url"], first["outlet"]) == ("https://example.org/a", "The Post")
    assert first["authors"] == ["Mara Vell", "Bo Day"]
    assert (second["title"], second["url"], second["outlet"], second["authors"]) == (None, None, None, [])
    assert second["text"] == f"{TEXT}\n\n\u201cIt ended.\u201d"
    assert outcome.not_taken == ("Topic",)
    assert outcome.first["a"]["title"] == "Grain, again"


def test_columns_may_be_named(root: Root, table: Write) -> None:
    rows = [["key", "Schlagzeile", "Inhalt", "Tag"], ["a", "Steuer", TEXT, "2025-03-01"]]
    columns = ["id=key", "title=Schlagzeile", "text=Inhalt", "date=Tag"]
    assert add_texts(root.path, [table(rows)], columns=columns).not_taken == ()
    assert [(each["doc_id"], each["title"]) for each in documents(root)] == [("a", "Steuer")]
    other = table([["id", "text"], ["b", f"{TEXT}!"]], "other.csv")
    assert flaws(root, other, columns=["title=txet"]) == [
        ("other.csv:1", 'there is no column "txet" for the field title; did you mean "text"?')
    ]


@pytest.mark.parametrize("assignment", ["title", "titel=Headline", "=x", "title="])
def test_what_names_no_column_is_refused(root: Root, table: Write, assignment: str) -> None:
    with pytest.raises(StanceBankError, match="does not name a column"):
        add_texts(root.path, [table(ROWS)], columns=[assignment])


def test_files_are_read_beside_the_table(root: Root, table: Write, tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts/a.txt").write_text(f" date 2025-03-01 {TEXT}", "utf-8")
    (tmp_path / "texts/Ein Text.txt").write_text(f"{TEXT}!", "utf-8")
    rows = [["file", "id", "date"], ["texts/a.txt", "", ""], ["texts/Ein Text.txt", "b", "2025-03-02"]]
    assert [each.doc_id for each in add_texts(root.path, [table(rows)]).added] == ["a", "b"]
    assert sorted(each["seed"] for each in documents(root)) == ["a.txt", "b.txt"]
    assert root.findings() == []


def test_parts_rights_and_origin_may_differ_by_row(root: Root, table: Write) -> None:
    key = next(iter(root.corpus().seeds.rights))
    rows = [
        ["id", "text", "part", "rights", "origin"],
        ["a", TEXT, "one", key, "An archive: sent by mail."],
        ["b", f"{TEXT}!", "", "", ""],
    ]
    add_texts(root.path, [table(rows)], part="two", origin="Elsewhere")
    assert [each["rights"] for each in documents(root, "one") + documents(root, "two")] == [key, "unknown"]
    assert root.corpus().seeds.table["origin"].to_list()[-2:] == ["An archive: sent by mail.", "Elsewhere"]
    assert root.findings() == []


def test_all_of_twenty_faults_are_reported_at_once(root: Root, table: Write) -> None:
    head = ["id", "date", "language", "title", "url", "outlet", "authors", "part", "rights", "text"]
    good = ["a", "2025-03-01", "en", "T", "https://example.org", "P", "M V", "p1", "", TEXT]

    def row(doc_id: str, **fields: str) -> list[str]:
        values = dict(zip(head, good, strict=True)) | {"id": doc_id, "text": f"{TEXT} {doc_id}"} | fields
        return [values[name] for name in head]

    planted = [
        (row("a b"), "is not a valid id"),
        (row(""), "the row has no id"),
        (row("f3", date="2025-02-30"), "is no day"),
        (row("f4", date="1 March"), "is no day"),
        (row("f5", language="en_US"), "is not a language tag"),
        (row("f6", language="English"), "is not a language tag"),
        (row("f7", url="example.org"), "url is"),
        (row("f8", title="a\x07b"), "title is"),
        (row("f9", outlet="a\x07b"), "outlet is"),
        (row("f10", authors="M V; a\x07b"), "is no name"),
        (row("f11", part="a/b"), "is not a valid name for a part"),
        (row("f12", rights="publisher-reserve"), "the rights table has no key"),
        (row("f13", text=""), "the row has no text"),
        (row("f14", text=f"{TEXT}\x00"), "control character U+0000"),
        (row("f15", text=f"{TEXT}\n\r\n"), "LF here, CRLF elsewhere"),
        (row("f16", text="<html><body><p>A.</p></body></html>"), "it is HTML"),
        (row("f17", text=" date 2025-03-09 A."), "in its header"),
        (row("f18", date="", part=""), "no part follows from its date"),
        (row("f19", text=good[-1]), "is there already, as"),
        (row("a"), "another text with the id a"),
    ]
    path = table([head, good, *(each for each, _ in planted)])
    found = flaws(root, path)
    assert len(found) == len(planted) == 20
    # a cell of f15 has a line end of its own, so the rows behind it are two lines further on
    numbers = [*range(3, 18), *range(19, 24)]
    numbers = [number if number < 18 else number + 1 for number in numbers]
    assert sorted(int(place.removeprefix("news.csv:")) for place, _ in found) == numbers
    by_line = {int(place.removeprefix("news.csv:")): what for place, what in found}
    for number, (_, expected) in zip(numbers, planted, strict=True):
        assert expected in by_line[number]
    skipped = add_texts(root.path, [path], skip=True)
    assert ([each.doc_id for each in skipped.added], len(skipped.skipped)) == (["a"], 20)
    assert root.findings() == []


def test_two_rows_of_one_id_are_a_fault_of_the_second(root: Root, table: Write) -> None:
    rows = [["id", "text", "date"], ["a", TEXT, "2025-03-01"], ["a", f"{TEXT}!", "2025-03-01"]]
    [(place, what)] = flaws(root, table(rows))
    assert (place, "another text with the id a is there already" in what) == ("news.csv:3", True)


def test_a_table_in_another_encoding_is_refused_with_the_line(root: Root, table: Write) -> None:
    rows = delimited([["id", "text"], ["a", "x"], ["b", "M\u00e4rz"]])
    [(place, what)] = flaws(root, table(rows.decode().encode("cp1252")))
    assert (place, what.startswith("byte 17 (0xe4) is not UTF-8")) == ("news.csv:3", True)
    assert flaws(root, table(rows.decode().encode("utf-16"))) == [("news.csv:1", "the table is in UTF-16")]


def test_rows_behind_a_stray_quote_are_read(root: Root, table: Write) -> None:
    content = f'id,date,text\na,2025-03-01,"He said "no"."\nb,,{TEXT}\nc,2025-03-01,{TEXT}!\nd,2025-03-01,"open\n'
    stray, closed, undated = flaws(root, table(content.encode()))
    assert stray == ("news.csv:2", "the row cannot be read: a quotation mark is stray")
    assert closed == ("news.csv:5", "the row cannot be read: a quotation mark is never closed")
    assert (undated[0], "no part follows from its date" in undated[1]) == ("news.csv:3", True)


def test_a_cell_of_ten_megabytes_is_a_sentence(root: Root, table: Write) -> None:
    [(place, what)] = flaws(root, table([["id", "date", "text"], ["a", "2025-03-01", "word " * 2_000_000]]))
    assert place == "news.csv:2"
    assert "it has 10,000,000 characters, and the longest text may have 5,000,000" in what


@pytest.mark.parametrize(
    ("content", "name", "what"),
    [
        pytest.param(b"", "a.csv", "the table is empty", id="nothing"),
        pytest.param(b"id,title\na,b\n", "a.csv", 'no column has the texts; there are "id", "title"', id="no text"),
        pytest.param(b"id,text,text\na,b,c\n", "a.csv", 'two columns are called "text"', id="a column twice"),
        pytest.param(b"id,Text,body\na,b,c\n", "a.csv", "could all be the field text", id="two for one field"),
        pytest.param(b"id,text\na,b,c\n", "a.csv", "the row has 3 cells, the header has 2", id="a cell too many"),
        pytest.param(b'{"id": "a",}\n', "a.jsonl", "the line is not JSON", id="no JSON"),
        pytest.param(b"[1]\n", "a.jsonl", "the line is not a JSON object", id="no object"),
        pytest.param(b'{"id": "a", "text": ["b"]}\n', "a.jsonl", "text is a list", id="a list"),
        pytest.param(b"no workbook", "a.xlsx", "the workbook cannot be read", id="no workbook"),
        pytest.param(workbook([]), "a.xlsx", "the first sheet is empty", id="an empty sheet"),
        pytest.param(b"id,file\na,gone.txt\n", "a.csv", "cannot be read: No such file", id="a file that is not there"),
    ],
)
def test_what_is_no_table_of_texts_is_refused(root: Root, table: Write, content: bytes, name: str, what: str) -> None:
    assert what in " ".join(each for _, each in flaws(root, table(content, name)))


def test_excel_rows_have_their_numbers(root: Root, table: Write) -> None:
    rows = [["id", "date", "text"], ["a", "2025-03-01", TEXT], [None, None, None], [7, "2025-03-01", None]]
    assert flaws(root, table(workbook(rows), "a.xlsx")) == [("a.xlsx:4", "the row has no text")]


CELLS = st.text(st.sampled_from('ab ,;\t"\n\r\u00e4'), max_size=6)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5), st.sampled_from([(",", "csv"), ("\t", "tsv")]))
def test_what_a_table_was_written_from_is_what_is_read(rows: list[tuple[str, str]], form: tuple[str, str]) -> None:
    delimiter, suffix = form
    found = read_table(delimited([("one", "two"), *rows], delimiter), f"a.{suffix}")
    assert found.flaws == ()
    expected = [{k: v for k, v in zip(("one", "two"), row, strict=True) if v.strip()} for row in rows]
    assert [dict(row) for _, row in found.rows] == [each for each in expected if each]


@given(st.binary(max_size=60), st.sampled_from(["a.csv", "a.tsv", "a.jsonl", "a.xlsx"]))
def test_any_bytes_give_rows_or_flaws(data: bytes, name: str) -> None:
    found = read_table(data, name)
    assert all(flaw.what and flaw.place.startswith(name) for flaw in found.flaws)
    assert all(set(row) <= set(found.columns) for _, row in found.rows)


@pytest.mark.parametrize(("content", "name"), [(b"id,date,text\n", "news.csv"), (b"text\n \n", "news.tsv")])
def test_a_table_without_texts_is_a_fault(root: Root, table: Write, content: bytes, name: str) -> None:
    assert flaws(root, table(content, name)) == [(name, "the table has no texts")]


def test_a_long_row_names_the_separator_of_its_table(root: Root, table: Write) -> None:
    path = table(b"id;date;text\na;2031-03-01;They met; nothing else.\n")
    with pytest.raises(StanceBankError, match="the row has 4 cells, the header has 3") as error:
        add_texts(root.path, [path])
    assert "put cells with a semicolon, a quotation mark" in error.value.fix
