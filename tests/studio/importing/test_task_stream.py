"""Tasks out of a file: arrays and lines, however they are laid out, and a clear word where a file is broken."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import examples
from stancebank.faults import StanceBankError
from stancebank.studio.importing import task_stream
from stancebank.studio.importing.task_stream import raw_tasks

# Strings that look like structure, and ends of strings that do not look like it.
ODD = ("}", "{", '"', "\\", '\\"', "\\\\", '{"a":[1]}', "],[", "\n", "\r\n", "😀", "\u2028", "\x7f", "[{", '"}', "")
BOM = b"\xef\xbb\xbf"


def tasks(data: bytes) -> list[Any]:
    return [json.loads(raw) for raw in raw_tasks(BytesIO(data))]


def as_lines(objects: list[Any]) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in objects)


LAYOUTS = {
    "array": lambda objects: json.dumps(objects).encode(),
    "array, not escaped": lambda objects: json.dumps(objects, ensure_ascii=False).encode(),
    "pretty array": lambda objects: json.dumps(objects, indent=4).encode(),
    "array with line ends of Windows": lambda objects: json.dumps(objects, indent=1).encode().replace(b"\n", b"\r\n"),
    "array after a byte order mark": lambda objects: BOM + json.dumps(objects).encode() + b"\n\n",
    "lines": as_lines,
    "lines after a byte order mark": lambda objects: BOM + as_lines(objects),
    "lines with line ends of Windows": lambda objects: as_lines(objects).replace(b"\n", b"\r\n"),
    "lines without the last line end": lambda objects: as_lines(objects).rstrip(b"\n"),
    "pretty objects": lambda objects: b"\n\n".join(json.dumps(each, indent="\t").encode() for each in objects),
}

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(ODD) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(ODD), inner, max_size=3),
    max_leaves=8,
)
objects = st.lists(st.dictionaries(st.sampled_from(ODD), values, max_size=3), min_size=1, max_size=5)


@pytest.mark.parametrize("layout", LAYOUTS)
@settings(max_examples=examples(30))
@given(objects=objects, block=st.integers(1, 40))
def test_every_object_comes_out_as_it_is(layout: str, objects: list[Any], block: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(task_stream, "_BLOCK", block)
        assert tasks(LAYOUTS[layout](objects)) == objects


@pytest.mark.parametrize("array", ["[]", "[ ]", " [\n]\n", "\ufeff[]"])
def test_an_empty_array_has_no_tasks(array: str) -> None:
    assert tasks(array.encode()) == []


@pytest.mark.parametrize("empty", ["", "\n", " \r\n\t", "\ufeff"])
def test_an_empty_file_is_no_export(empty: str) -> None:
    with pytest.raises(StanceBankError, match="export"):
        tasks(empty.encode())


def test_an_object_larger_than_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(task_stream, "_BLOCK", 7)
    large = {"text": 'a "quoted" {brace} \\ ' * 500}
    assert tasks(json.dumps([{"id": 1}, large, {"id": 2}]).encode()) == [{"id": 1}, large, {"id": 2}]


def test_the_bytes_are_those_of_the_file() -> None:
    assert list(raw_tasks(BytesIO(b'[ {"a" :1.50},\n\t{ } ]'))) == [b'{"a" :1.50}', b"{ }"]


SMALL = [{"id": 1, "text": 'a } " \\ ['}, {"id": 2, "more": {"inner": ["]", {}]}}, {}]


@pytest.mark.parametrize("block", [1, 3, 1 << 22])
@pytest.mark.parametrize("layout", ["array", "pretty array"])
def test_an_array_that_is_cut_anywhere_is_refused(layout: str, block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(task_stream, "_BLOCK", block)
    data = LAYOUTS[layout](SMALL)
    for end in range(1, len(data)):
        with pytest.raises(StanceBankError) as raised:
            tasks(data[:end])
        assert raised.value.fix
        assert "nothing was imported" in str(raised.value)


@pytest.mark.parametrize("layout", ["lines", "lines with line ends of Windows", "pretty objects"])
def test_lines_that_are_cut_are_refused_but_between_two_tasks(layout: str) -> None:
    data = LAYOUTS[layout](SMALL)
    for end in range(1, len(data)):
        wanted = _whole(data[:end])
        if wanted is None:
            with pytest.raises(StanceBankError, match="nothing was imported"):
                tasks(data[:end])
        else:
            assert tasks(data[:end]) == wanted


def _whole(data: bytes) -> list[Any] | None:
    """The objects of a text, one after the other, by Python's own reader; None where one is not whole."""
    text, found = data.decode().strip(), []
    while text:
        try:
            value, end = json.JSONDecoder().raw_decode(text)
        except ValueError:
            return None
        found.append(value)
        text = text[end:].lstrip()
    return found


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b'[{"a": 1} {"b": 2}]', id="no comma in an array"),
        pytest.param(b'[{"a": 1},, {"b": 2}]', id="two commas"),
        pytest.param(b'[{"a": 1},]', id="a comma at the end"),
        pytest.param(b'[,{"a": 1}]', id="a comma at the start"),
        pytest.param(b'{"a": 1},\n{"b": 2}', id="commas without an array"),
        pytest.param(b'{"a": 1}\n{"b": 2}]', id="an array's end alone"),
        pytest.param(b'[{"a": 1}]\n[{"b": 2}]', id="two arrays"),
        pytest.param(b'[[{"a": 1}]]', id="an array in an array"),
        pytest.param(b'[{"a": 1}, null, {"b": 2}]', id="something else between"),
        pytest.param(b'[{"a": 1}, "b"]', id="something else at the end"),
        pytest.param(b'[1, {"a": 1}]', id="something else at the start"),
        pytest.param(b'x{"a": 1}', id="garbage in front"),
        pytest.param(b'{"a": 1}x', id="garbage behind"),
        pytest.param(b'[{"a": 1}]x', id="garbage behind an array"),
        pytest.param(b'{"a": 1}}', id="a brace too many"),
        pytest.param(b'}{"a": 1}', id="a brace too early"),
        pytest.param(b'{"a": 1}"', id="a quote behind"),
        pytest.param(b'"{"a": 1}', id="a quote in front"),
        pytest.param(b'\xef\xbb\xbf\xef\xbb\xbf[{"a": 1}]', id="two byte order marks"),
        pytest.param(b'[{"a": 1},\xef\xbb\xbf{"b": 2}]', id="a byte order mark between"),
        pytest.param(b'[{"a": 1}\x00]', id="a NUL"),
        pytest.param("[{}]".encode("utf-16"), id="UTF-16"),
        pytest.param(b"PK\x03\x04\x14\x00\x00\x00", id="a zip archive"),
        pytest.param(bytes(range(256)), id="all bytes"),
        pytest.param(b"null", id="null"),
        pytest.param(b'"text"', id="a string"),
        pytest.param(b"id,text\n1,a\n", id="CSV"),
    ],
)
def test_what_is_no_export_is_refused(data: bytes) -> None:
    with pytest.raises(StanceBankError) as raised:
        tasks(data)
    assert raised.value.fix
    assert str(raised.value).replace("\n", "").isprintable()


@given(st.binary(max_size=40) | st.text(st.sampled_from('[]{}",\\ \n1a'), max_size=30).map(str.encode))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(task_stream, "_BLOCK", 4)
        try:
            found = list(raw_tasks(BytesIO(data)))
        except StanceBankError:
            return
    assert all(raw.startswith(b"{") and raw.endswith(b"}") for raw in found)
