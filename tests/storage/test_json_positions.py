"""The position of a value in a line of JSON."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import examples
from stancebank.storage.json_positions import json_path, repeated_keys, value_position, value_positions

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(
    SCALARS, lambda v: st.lists(v, max_size=4) | st.dictionaries(st.text(), v, max_size=4), max_leaves=12
)
BLANKS = st.text(" \t", max_size=2)


@st.composite
def lines(draw, value):
    """A value as JSON with any blanks that are allowed, escaped or not."""
    comma, colon = (draw(BLANKS) + mark + draw(BLANKS) for mark in ",:")
    return draw(BLANKS) + json.dumps(value, separators=(comma, colon), ensure_ascii=draw(st.booleans())) + draw(BLANKS)


def members(value, path=()):
    """Every path of a value, with what stands there."""
    yield path, value
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, member in steps:
        yield from members(member, (*path, step))


def read_at(line: str, position: int):
    return json.JSONDecoder().raw_decode(line, position)[0]


@given(st.data(), VALUES)
@settings(max_examples=examples(200))
def test_the_value_at_a_position_is_the_one_at_its_path(data, value):
    line = data.draw(lines(value))
    for path, member in members(value):
        assert repr(read_at(line, value_position(line, path))) == repr(member)


@given(st.data(), VALUES)
def test_all_positions_at_once_are_those_found_one_by_one(data, value):
    line = data.draw(lines(value))
    assert value_positions(line) == {path: value_position(line, path) for path, _ in members(value)}


@given(st.data(), VALUES)
def test_no_two_paths_share_a_position(data, value):
    line = data.draw(lines(value))
    positions = [value_position(line, path) for path, _ in members(value)]
    assert len(set(positions)) == len(positions)


@pytest.mark.parametrize(
    ("line", "path"),
    [
        pytest.param('‸{"a":1}', (), id="whole line"),
        pytest.param('  ‸{"a":1}', (), id="after blanks"),
        pytest.param('{"a":‸1}', ("a",), id="key"),
        pytest.param('{"é😀" : ‸1}', ("é😀",), id="code points are counted"),
        pytest.param('{"a":[1, ‸[2]]}', ("a", 1), id="index"),
        pytest.param('{"content":[{"text":"x"},{"text":‸"y"}]}', ("content", 1, "text"), id="nested"),
        pytest.param('{"b":"\\"a\\":1","a":‸2}', ("a",), id="a key inside a string"),
        pytest.param('{"\\u0061":‸1}', ("a",), id="a key written as an escape"),
        pytest.param('{"a":1,"a":‸2}', ("a",), id="the last of two, which readers keep"),
    ],
)
def test_a_value_is_found_by_its_path(line, path):
    assert value_position(line.replace("‸", ""), path) == line.index("‸")


def test_of_a_key_that_stands_twice_the_last_value_counts():
    assert value_positions('{"a":1,"a":2}') == {(): 0, ("a",): 11}


@pytest.mark.parametrize(
    ("line", "path"),
    [
        pytest.param('‸{"a":1}', ("b",), id="no such key"),
        pytest.param('{"a":‸{"b":1}}', ("a", "c"), id="no such key below"),
        pytest.param('{"a":‸[1]}', ("a", 1), id="no such index"),
        pytest.param('{"a":‸1}', ("a", "b", 0), id="below a number"),
        pytest.param('{"a":‸[1]}', ("a", "0"), id="a key where an index is needed"),
    ],
)
def test_a_path_that_leads_nowhere_stops_at_the_deepest_value_it_reaches(line, path):
    assert value_position(line.replace("‸", ""), path) == line.index("‸")


@given(st.data(), st.lists(st.tuples(st.sampled_from(["a", "b", "é", '"', ""]), VALUES), max_size=6))
def test_each_key_that_stands_again_is_found_at_its_place(data, pairs):
    keys = [key for key, _ in pairs]
    again = [key for index, key in enumerate(keys) if key in keys[:index]]
    line = "{" + ", ".join(f"{json.dumps(key)} : {data.draw(lines(value))}" for key, value in pairs) + "}"
    found = repeated_keys(line)
    assert [key for key, _ in found] == again
    assert [read_at(line, position) for _, position in found] == again


@pytest.mark.parametrize(
    "line",
    [
        pytest.param('{"a":1,‸"a":2}', id="in the record"),
        pytest.param('{"content":[{"a":1},{"a":1, ‸"a":1}]}', id="in a nested object"),
        pytest.param('{"a":1,‸"\\u0061":2}', id="once as an escape"),
        pytest.param('[[{"b":{},"a":{"b":1},‸"a":{}}]]', id="in a list of lists"),
    ],
)
def test_a_key_that_stands_twice_is_found_at_any_depth(line):
    assert repeated_keys(line.replace("‸", "")) == [("a", line.index("‸"))]


@given(st.data(), VALUES)
def test_a_value_without_repeated_keys_has_none(data, value):
    assert repeated_keys(data.draw(lines(value))) == []


@pytest.mark.parametrize(
    ("path", "written"),
    [((), "$"), (("text",), "$.text"), (("content", 1, "text"), "$.content[1].text"), ((0, 2), "$[0][2]")],
)
def test_a_path_is_written_as_people_write_it(path, written):
    assert json_path(path) == written


@pytest.mark.parametrize(
    ("line", "name", "at"),
    [
        ('{"b":"\\"]}",\n"b"\t:\n[]\n,"a":0 }', "b", 19),
        ('{"a\\"b":1}', "b", 0),
        ('{"a":"b","b":2}', "b", 13),
        ('{"a":"\\"b","c":2}', "b", 0),
    ],
)
def test_a_key_is_told_from_what_looks_like_it(line: str, name: str, at: int) -> None:
    json.loads(line)
    assert value_position(line, (name,)) == at
