"""Tables of texts as people have them: CSV, TSV, JSON Lines and Excel, row by row with its line."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson

from stancebank.faults import StanceBankError, counted, excerpt

if TYPE_CHECKING:
    import pyarrow as pa

Value = str | tuple[str, ...]
"""What a cell holds: a text, or a list of them."""

DELIMITED = {".csv": None, ".tsv": "\t", ".tab": "\t"}
JSON_LINES = (".jsonl", ".ndjson")
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
TABLES = (*DELIMITED, *JSON_LINES, *WORKBOOKS)
"""Ends of the names of files that are tables."""

_DELIMITERS = ",;\t"
_NO_UTF_8 = "save the table as UTF-8 (Excel: file type CSV UTF-8); StanceBank never guesses an encoding"


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a text or a table, or worth a look.

    place: the file, and in a table its line or row, such as news.csv:14. fix: how to correct it, or empty.
    """

    place: str
    what: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table as it was read.

    columns: their names in order. rows: the line that each begins on, counted from 1, and what it
    has by column; cells that are empty are left out. flaws: what could not be read.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, Value]], ...]
    flaws: tuple[Flaw, ...]


def read_table(data: bytes, name: str) -> TextTable:
    """The table in a file's bytes; the end of its name tells the format.

    name: how flaws name the file. Raises StanceBankError for a workbook without fastexcel.
    """
    suffix = name[name.rfind(".") :].lower()
    if suffix in WORKBOOKS:
        return _read_workbook(data, name)
    text, flaw = _decoded(data, name)
    if flaw:
        return TextTable((), (), (flaw,))
    if suffix in JSON_LINES:
        return _read_json_lines(text, name)
    return _read_delimited(text, name, DELIMITED[suffix])


def _decoded(data: bytes, name: str) -> tuple[str, Flaw | None]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "", Flaw(f"{name}:1", "the table is in UTF-16", _NO_UTF_8)
    try:
        return data.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return "", Flaw(f"{name}:{line}", f"byte {error.start} (0x{data[error.start]:02x}) is not UTF-8", _NO_UTF_8)


def _read_delimited(text: str, name: str, delimiter: str | None) -> TextTable:
    flaws: list[Flaw] = []
    lines = io.StringIO(text, newline="").readlines()
    header = lines[0] if lines else ""
    delimiter = delimiter or max(_DELIMITERS, key=header.count)
    columns: list[str] = []
    rows: list[tuple[int, Mapping[str, Value]]] = []
    for line, cells in _cells(lines, delimiter, name, flaws):
        if not columns:
            columns = [cell.strip() for cell in cells]
            flaws += _repeated(columns, f"{name}:{line}")
        elif any(cell.strip() for cell in cells):
            if len(cells) != len(columns):
                what = f"the row has {counted(len(cells), 'cell')}, the header has {len(columns)}"
                separator = {",": "comma", ";": "semicolon", "\t": "tab"}.get(delimiter, delimiter)
                fix = f"put cells with a {separator}, a quotation mark or a line end in double quotes"
                flaws.append(Flaw(f"{name}:{line}", what, fix))
            else:
                given = zip(columns, cells, strict=True)
                rows.append((line, {column: cell for column, cell in given if cell.strip()}))
    if not columns:
        flaws.append(Flaw(name, "the table is empty", "give it a header row and a row for each text"))
    return TextTable(tuple(columns), tuple(rows), tuple(flaws))


def _cells(lines: list[str], delimiter: str, name: str, flaws: list[Flaw]) -> Iterator[tuple[int, list[str]]]:
    """The rows, each with the line that it begins on. Behind a row that cannot be read, reading goes on."""
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    first = 0
    while first < len(lines):
        reader = csv.reader((lines[at] for at in range(first, len(lines))), delimiter=delimiter, strict=True)
        line = first
        try:
            for cells in reader:
                if cells:
                    yield line + 1, cells
                line = first + reader.line_num
            return
        except csv.Error as error:
            what = "a quotation mark is never closed" if "end of data" in str(error) else "a quotation mark is stray"
            fix = 'put the whole cell in double quotes, and write a double quote in it twice ("")'
            flaws.append(Flaw(f"{name}:{line + 1}", f"the row cannot be read: {what}", fix))
            first = line + 1


def _read_json_lines(text: str, name: str) -> TextTable:
    columns: dict[str, None] = {}
    rows: list[tuple[int, Mapping[str, Value]]] = []
    flaws: list[Flaw] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        place = f"{name}:{number}"
        try:
            record = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            flaws.append(Flaw(place, f"the line is not JSON: {error.msg}, at column {error.colno}", "correct the line"))
            continue
        if not isinstance(record, dict):
            flaws.append(Flaw(place, "the line is not a JSON object", "write one object on each line"))
            continue
        columns |= dict.fromkeys(record)
        values = {key: _json_value(value) for key, value in record.items() if value not in (None, "", [])}
        rows.append((number, {key: value for key, value in values.items() if value}))
    return TextTable(tuple(columns), tuple(rows), tuple(flaws))


def _json_value(value: object) -> Value:
    if isinstance(value, str):
        return value if value.strip() else ""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(item for item in value if item.strip())
    return json.dumps(value, ensure_ascii=False)


def _read_workbook(data: bytes, name: str) -> TextTable:
    try:
        import fastexcel
    except ModuleNotFoundError:
        what = f"fastexcel is needed to read {name}, and is not installed"
        raise StanceBankError(what, "pip install 'stancebank[excel]', or save the table as CSV UTF-8") from None
    try:
        sheet: pa.RecordBatch = fastexcel.read_excel(data).load_sheet(0, header_row=None, dtypes="string").to_arrow()
    except fastexcel.FastExcelError as error:
        what = f"the workbook cannot be read: {str(error).partition(chr(10))[0]}"
        return TextTable((), (), (Flaw(name, what, "save it again as .xlsx, or as CSV UTF-8"),))
    cells = [column.to_pylist() for column in sheet.columns]
    lines = list(zip(*cells, strict=True))
    if not lines:
        return TextTable((), (), (Flaw(name, "the first sheet is empty", "put the table on the first sheet"),))
    columns = tuple((cell or "").strip() for cell in lines[0])
    rows = [
        (number, {column: cell for column, cell in zip(columns, line, strict=True) if cell and cell.strip()})
        for number, line in enumerate(lines[1:], 2)
    ]
    flaws = tuple(_repeated(list(columns), f"{name}:1"))
    return TextTable(columns, tuple(row for row in rows if row[1]), flaws)


def _repeated(columns: list[str], place: str) -> Iterator[Flaw]:
    for column in sorted({column for column in columns if column and columns.count(column) > 1}):
        yield Flaw(place, f"two columns are called {excerpt(column)}", "give each column a name of its own")
