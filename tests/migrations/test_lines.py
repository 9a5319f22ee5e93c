"""Records are changed line by line, and every byte that need not change stays."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancebank.faults import StanceBankError
from stancebank.migrations.migration import changed_lines
from stancebank.migrations.v1_0_to_v1_1 import STEP

ADD = [STEP.records["stances"]]
Record = dict[str, Any]
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab{}\"' "), inner, max_size=3),
    max_leaves=6,
)
objects = st.dictionaries(st.text(st.characters(codec="utf-8")).filter(lambda key: key != "expression"), values)


@given(st.lists(st.tuples(objects, st.booleans(), st.sampled_from(["", " ", "\t", "\r"]), st.booleans()), min_size=1))
def test_a_key_is_added_and_every_other_byte_stays(rows: list[tuple[Record, bool, str, bool]]) -> None:
    lines = [
        json.dumps(record, ensure_ascii=ascii, separators=(", ", ": ") if wide else (",", ":")) + end
        for record, ascii, end, wide in rows
    ]
    found = changed_lines("\n".join(lines).encode(), ADD, "f")
    assert (found.records, found.changed) == (len(lines), len(lines))
    for old, new in zip(lines, found.data.decode().split("\n"), strict=True):
        assert json.loads(new) == json.loads(old) | {"expression": None}
        assert list(json.loads(new)) == [*json.loads(old), "expression"]
        before, _, after = new.rpartition('"expression":null')
        assert (before.removesuffix(",") if json.loads(old) else before) + after == old


@given(st.lists(objects))
def test_changing_again_changes_nothing(records: list[Record]) -> None:
    once = changed_lines("".join(json.dumps(each) + "\n" for each in records).encode(), ADD, "f")
    again = changed_lines(once.data, ADD, "f")
    assert (again.data, again.records, again.changed) == (once.data, len(records), 0)


def test_changes_follow_one_another() -> None:
    changes = [lambda record: {**record, "b": 1}, lambda record: {**record, "c": record["b"] + 1}]
    assert changed_lines(b'{"a": 0}\n', changes, "f").data == b'{"a": 0,"b":1,"c":2}\n'


def test_a_value_that_changes_is_written_and_other_lines_stay() -> None:
    def rename(record: Record) -> Record:
        return record | {"label": "favour"} if record["label"] == "favor" else record

    data = b'{ "label": "favor", "x": "\\u00e9" }\n{ "label": "against" }\n'
    assert changed_lines(data, [rename], "f").data == '{"label":"favour","x":"é"}\n{ "label": "against" }\n'.encode()


@pytest.mark.parametrize("data", [b"", b"\n", b" \r\n\n"])
def test_a_file_without_records_stays(data: bytes) -> None:
    assert changed_lines(data, ADD, "f") == (data, 0, 0)


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_the_end_of_the_file_stays(end: bytes) -> None:
    assert changed_lines(b"{}" + end, ADD, "f").data == b'{"expression":null}' + end


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (b"[1]", "expected one object on the line"),
        (b"1", "expected one object on the line"),
        (b'{"a":1', "not valid JSON"),
        (b'{"a":"\xff"}', "not valid JSON"),
        (b'{"a":NaN}', "not valid JSON"),
        (b'\xef\xbb\xbf{"a":1}', "not valid JSON"),
        (b"[" * 5000 + b"]" * 5000, "not valid JSON"),
    ],
)
def test_a_line_that_is_no_record_is_refused_with_its_place(line: bytes, what: str) -> None:
    with pytest.raises(StanceBankError, match=rf"^a\\x1b\.jsonl:3: {what}"):
        changed_lines(b'{"a":1}\n\n' + line + b"\n", ADD, "a\x1b.jsonl")
