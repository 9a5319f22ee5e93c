"""Layers' files: strict JSON Lines, read fast where they are sound and line by line where they are not."""

import json
import re
import subprocess
import sys
import tracemalloc

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import examples
from stancebank.corpus.jsonl import read_carefully, read_records, write_records
from stancebank.schema.column import Column, Kind, ListOf, Record
from stancebank.schema.layers import LAYERS

TARGETS, ATTRIBUTIONS, SENTENCES = LAYERS["targets"], LAYERS["attributions"], LAYERS["sentences"]


def written(fields: dict[str, str], changes: dict[str, str | None]) -> str:
    """A record whose values are written out as JSON; None leaves a key out."""
    return "{" + ",".join(f'"{key}":{value}' for key, value in (fields | changes).items() if value is not None) + "}"


def target(**changes: str | None) -> str:
    return written({"target_id": '"t1"', "proposition": '"Peace."', "wikidata": "null", "note": "null"}, changes)


def attribution(**changes: str | None) -> str:
    cue = {"doc_id": '"d"', "attribution_id": '"a1"', "source": "null", "start": "0", "end": "4", "text": '"said"'}
    return written(cue | {"content": '[{"start":5,"end":7,"text":"so"}]', "kind": '"direct"'}, changes)


def faults(data: str | bytes, layer=TARGETS) -> list[tuple[str, int | None, int | None, str, str | None]]:
    """Kind, line, column, path and record of each fault."""
    frame, found = read_records(data if isinstance(data, bytes) else data.encode(), layer, "f")
    assert (frame is None) == bool(found)
    assert all(fault.file == "f" and fault.what and fault.fix for fault in found)
    return [(fault.kind, fault.line, fault.column, fault.path, fault.record) for fault in found]


# In these lines ‸ stands before the place that the fault must name.
TARGET_FAULTS = [
    pytest.param("unknown-key", "$.extra", "t1", target(extra="‸5"), id="unknown key"),
    pytest.param("missing-key", "$.proposition", "t1", "‸" + target(proposition=None), id="missing key"),
    pytest.param("missing-key", "$.note", "t1", "‸" + target(note=None), id="missing key that may be null"),
    pytest.param("missing-key", "$.target_id", None, " ‸" + target(target_id=None), id="missing id, after a blank"),
    pytest.param("duplicate-key", "", "t1", target(note='null,‸"note":null'), id="duplicate key"),
    pytest.param("duplicate-key", "", "t1", target(note='null,‸"\\u006eote":null'), id="duplicate key, as an escape"),
    pytest.param("type", "$.proposition", "t1", target(proposition="‸5"), id="a number for a string"),
    pytest.param("type", "$.proposition", "t1", target(proposition="‸null"), id="null where none is allowed"),
    pytest.param("type", "$.proposition", "t1", target(proposition="‸true"), id="true for a string"),
    pytest.param("type", "$.note", "t1", target(note="‸[]"), id="a list for a string"),
    pytest.param("type", "$.note", "t1", target(note="‸{}"), id="an object for a string"),
    pytest.param("type", "$.note", "t1", target(proposition='"Größe 😀"', note="‸5"), id="code points are counted"),
    pytest.param("type", "$.note", "t1", target(note='‸"\\ud83d"'), id="half a surrogate pair"),
    pytest.param("type", "$.note", "t1", target(note='‸"\\ude00\\ud83d"'), id="surrogates in the wrong order"),
    pytest.param("json", "", None, target() + "‸" + target(), id="two objects on a line"),
    pytest.param("json", "", None, target(note='"‸\x01"'), id="a control character in a string"),
    pytest.param("json", "", None, target(note='"a‸\\x"'), id="no such escape"),
    pytest.param("json", "", None, target(note="‸'a'"), id="single quotes"),
    pytest.param("json", "", None, target(note="‸+1"), id="a sign that JSON has not"),
    pytest.param("json", "", None, "‸" + target(note="NaN"), id="NaN"),
    pytest.param("json", "", None, "‸" + target(note="[-Infinity]"), id="infinity"),
    pytest.param("json", "", None, "‸" + "[" * 10_000 + "]" * 10_000, id="10,000 nested arrays"),
    pytest.param("json", "", None, "‸" + target(note="[" * 10_000), id="10,000 nested arrays, open"),
    pytest.param("not-an-object", "", None, '‸["t1","Peace.",null,null]', id="a list for an object"),
    pytest.param("not-an-object", "", None, '‸"t1"', id="a string for an object"),
    pytest.param("not-an-object", "", None, "‸null", id="null for an object"),
    pytest.param("empty-line", "", None, "‸", id="empty line"),
    pytest.param("empty-line", "", None, "‸ \t", id="blank line"),
    pytest.param("carriage-return", "", None, target() + "‸\r", id="CRLF"),
]
ATTRIBUTION_FAULTS = [
    pytest.param("type", "$.start", "a1", attribution(start="‸1.0"), id="1.0 for 1"),
    pytest.param("type", "$.start", "a1", attribution(start="‸1e2"), id="1e2 for 100"),
    pytest.param("type", "$.start", "a1", attribution(start="‸1e999"), id="a float beyond all bounds"),
    pytest.param("type", "$.start", "a1", attribution(start='‸"5"'), id="'5' for 5"),
    pytest.param("type", "$.start", "a1", attribution(start="‸true"), id="true for 1"),
    pytest.param("type", "$.start", "a1", attribution(start="‸null"), id="null for a number"),
    pytest.param("type", "$.start", "a1", attribution(start="‸" + str(2**63)), id="beyond 64 bits"),
    pytest.param("type", "$.start", "a1", attribution(start="‸" + str(-(2**63) - 1)), id="beyond 64 bits below zero"),
    pytest.param("type", "$.start", "a1", attribution(start="‸" + "9" * 400), id="400 digits"),
    pytest.param("json", "", None, "‸" + attribution(start="9" * 5000), id="5,000 digits"),
    pytest.param("json", "", None, attribution(start="0‸1"), id="a leading zero"),
    pytest.param("type", "$.content", "a1", attribution(content="‸null"), id="null for a list"),
    pytest.param("type", "$.content", "a1", attribution(content="‸{}"), id="an object for a list"),
    pytest.param("type", "$.content[0]", "a1", attribution(content="[‸null]"), id="null for an item"),
    pytest.param("type", "$.content[0]", "a1", attribution(content="[‸[]]"), id="a list for an item"),
    pytest.param(
        "type", "$.content[0].end", "a1", attribution(content='[{"start":5,"end":‸7.0,"text":"so"}]'), id="nested type"
    ),
    pytest.param(
        "type", "$.content[0].text", "a1", attribution(content='[{"start":5,"end":7,"text":‸null}]'), id="nested null"
    ),
    pytest.param(
        "missing-key", "$.content[0].text", "a1", attribution(content='[‸{"start":5,"end":7}]'), id="nested missing"
    ),
    pytest.param(
        "unknown-key",
        "$.content[0].x",
        "a1",
        attribution(content='[{"x":‸1,"start":5,"end":7,"text":"so"}]'),
        id="nested unknown key",
    ),
    pytest.param(
        "duplicate-key",
        "",
        "a1",
        attribution(content='[{"start":5,"end":7,‸"end":7,"text":"so"}]'),
        id="nested duplicate key",
    ),
]


@pytest.mark.parametrize(("kind", "path", "record", "line"), TARGET_FAULTS)
def test_a_fault_is_found_where_it_stands(kind, path, record, line):
    data = f"{target()}\n{line.replace('‸', '')}\n{target()}\n"
    assert faults(data) == [(kind, 2, line.index("‸") + 1, path, record)]


@pytest.mark.parametrize(("kind", "path", "record", "line"), ATTRIBUTION_FAULTS)
def test_a_fault_in_numbers_and_lists_is_found_where_it_stands(kind, path, record, line):
    data = f"{attribution()}\n{line.replace('‸', '')}\n{attribution()}\n"
    assert faults(data, ATTRIBUTIONS) == [(kind, 2, line.index("‸") + 1, path, record)]


def test_bytes_that_are_not_utf_8_are_found_by_code_points():
    line = target(note='"Größe \udcff"').encode(errors="surrogateescape")
    assert faults(line + b"\n") == [
        ("encoding", 1, len(line.decode(errors="replace").split("\ufffd")[0]) + 1, "", None)
    ]


@pytest.mark.parametrize(
    "raw",
    [b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82"],
    ids=["overlong", "surrogate", "high", "cut"],
)
def test_bytes_that_only_resemble_utf_8_are_refused(raw):
    assert [fault[0] for fault in faults(target(note='"?"').encode().replace(b"?", raw))] == ["encoding"]


def test_of_a_file_that_is_not_utf_8_only_the_first_place_is_named():
    assert [fault[:2] for fault in faults(b"{\n\xff\n{\n\xfe")] == [("encoding", 2)]


def test_a_byte_order_mark_is_found_and_the_rest_is_read_on():
    data = f"\ufeff{target()}\n{target(note='5')}\n"
    assert [fault[:2] for fault in faults(data)] == [("byte-order-mark", 1), ("type", 2)]


def test_a_last_line_without_newline_may_be_cut():
    assert faults(target() + "\n" + target()) == [("final-newline", 2, None, "", "t1")]


def test_a_last_line_that_is_cut_is_named_at_its_end():
    cut = target()[:-1]
    assert faults(target() + "\n" + cut) == [("json", 2, len(cut) + 1, "", None)]


def test_every_fault_of_a_file_is_found():
    data = "\n".join([target(note="5", wikidata="6"), "", target(x="1"), "{", target(note=None)]) + "\n"
    kinds = [("type", 1), ("type", 1), ("empty-line", 2), ("unknown-key", 3), ("json", 4), ("missing-key", 5)]
    assert [fault[:2] for fault in faults(data)] == kinds


@pytest.mark.parametrize("data", ["", target() + "\n"], ids=["no rows", "one row"])
def test_a_sound_file_has_no_faults(data):
    assert faults(data) == []


def test_row_i_stands_on_line_i_plus_1_also_in_large_files():
    data = "".join(target(target_id=f'"t{i}"', note=json.dumps("é" * 90)) + "\n" for i in range(60_000))
    frame, _ = read_records(data.encode(), TARGETS, "f")
    assert len(data.encode()) > 3 * 2**22
    assert frame["target_id"].to_list() == [f"t{i}" for i in range(60_000)]


# Counting rows and lines over the whole file is not enough: a line with two objects makes up for one without.
@pytest.mark.parametrize(
    ("data", "kinds"),
    [
        pytest.param(target() + target() + "\n \n", [("json", 1), ("empty-line", 2)], id="a blank line behind"),
        pytest.param("\t\n" + target() + target() + "\n", [("empty-line", 1), ("json", 2)], id="a blank line before"),
        pytest.param(
            target().replace(":", ":\n", 1) + target() + "\n", [("json", 1), ("json", 2)], id="an object over two lines"
        ),
    ],
)
def test_two_objects_on_a_line_are_found_though_there_are_as_many_lines_as_objects(data, kinds):
    assert [fault[:2] for fault in faults(data)] == kinds


# Arrow's JSON reader dereferences a null pointer where a block starts with null (apache/arrow issue 47409).
@pytest.mark.parametrize("data", [b"null\n", b'null{"doc_id":"d"}\n', b"null\n{}\n"])
def test_a_file_that_starts_with_null_does_not_end_the_process(data):
    program = (
        "from stancebank.corpus.jsonl import read_records; from stancebank.schema.layers import SENTENCES\n"
        f"print(read_records({data!r}, SENTENCES, 'f')[1][0].line)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=False)
    assert (ran.returncode, ran.stdout) == (0, "1\n")


# These would not end within the limit of a test if the reader looked at a line again and again.


def test_ten_megabytes_on_a_line_are_read():
    assert faults(target(note='"' + "é" * 5_000_000 + '"') + "\n") == []


@pytest.mark.deep("inputs", quick=3)
@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"x" * 10_000_000, id="letters"),
        pytest.param(b'"' + b"\\" * 10_000_000, id="backslashes"),
        pytest.param(b"9" * 10_000_000, id="digits"),
        pytest.param(b"\xff" * 10_000_000, id="no UTF-8"),
        pytest.param(b" " * 10_000_000, id="blanks"),
        pytest.param(b"[" * 10_000_000, id="brackets"),
        pytest.param(b'{"a":' * 2_000_000, id="objects"),
    ],
)
def test_ten_megabytes_of_garbage_on_a_line_are_refused(line):
    assert [fault[1] for fault in faults(line + b"\n")] == [1]


@pytest.mark.parametrize(
    ("layer", "line"),
    [
        pytest.param(TARGETS, target(**{f"x{i}": "1" for i in range(20_000)}), id="unknown keys"),
        pytest.param(ATTRIBUTIONS, attribution(content="[1" + ",1" * 20_000 + "]"), id="wrong items"),
        pytest.param(ATTRIBUTIONS, attribution(content="[{}" + ",{}" * 10_000 + "]"), id="missing keys"),
    ],
)
def test_thousands_of_faults_on_a_line_are_found(layer, line):
    assert len(faults(line + "\n", layer)) >= 20_000


def test_a_string_that_does_not_end_is_refused():
    assert [fault[0] for fault in faults(b"[" * 17 + b'"' + b'\\"' * 10_000 + b"\n")] == ["json"]


def test_a_megabyte_takes_no_hundred_of_memory():
    line = target(proposition='"' + "a" * 1_000_000 + "[" * 20 + '"', note=" null")
    tracemalloc.start()
    assert faults(line + "\n") == faults(line + " \n") == []
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 30_000_000


@pytest.mark.parametrize("line", [target(**{"\\ud800": "1"}), target(target_id='"\\udc00"')], ids=["key", "id"])
def test_what_is_said_of_a_fault_can_be_written(line):
    assert orjson.dumps(read_records(line.encode() + b"\n", TARGETS, "f")[1])


def values(kind: Kind) -> st.SearchStrategy:
    if isinstance(kind, ListOf):
        return st.lists(values(kind.item), max_size=3)
    if isinstance(kind, Record):
        return records(kind.columns)
    awkward = st.sampled_from(['"', "\\", '"note":', 'x"source":', "}\n{", "\u2028", "\ufeff", "null", "\0"])
    return st.integers(-(2**63), 2**63 - 1) if kind == "integer" else st.text(max_size=8) | awkward


def records(columns: tuple[Column, ...]) -> st.SearchStrategy:
    """Valid records, their keys in any order."""
    return st.permutations(columns).flatmap(
        lambda shuffled: st.fixed_dictionaries(
            {c.name: values(c.kind) | st.none() if c.nullable else values(c.kind) for c in shuffled}
        )
    )


BLANKS, NOTHING = st.text(" \t", max_size=2), st.just("")


@st.composite
def files(draw, layer, blanks=BLANKS, fewest=0):
    """A valid file of a layer, in any form that JSON allows."""
    rows = draw(st.lists(records(layer.columns), min_size=fewest, max_size=4))
    lines = []
    for row in rows:
        separators = (draw(blanks) + "," + draw(blanks), draw(blanks) + ":" + draw(blanks))
        line = json.dumps(row, separators=separators, ensure_ascii=draw(st.booleans()))
        lines.append(draw(blanks) + line + draw(blanks) + "\n")
    return "".join(lines).encode()


@pytest.mark.parametrize("layer", LAYERS.values(), ids=lambda layer: layer.name)
@given(data=st.data())
@settings(max_examples=examples(30))
def test_valid_records_are_read_as_json_means_them(layer, data):
    content = data.draw(files(layer))
    frame, found = read_records(content, layer, "f")
    assert found == []
    assert frame.to_dicts() == [json.loads(line) for line in content.split(b"\n")[:-1]]


@pytest.mark.parametrize("layer", LAYERS.values(), ids=lambda layer: layer.name)
@given(data=st.data())
@settings(max_examples=examples(30))
def test_what_was_written_is_read_and_written_the_same(layer, data):
    frame, _ = read_records(data.draw(files(layer)), layer, "f")
    content = write_records(frame, layer)
    again, found = read_records(content, layer, "f")
    assert found == []
    assert again.equals(frame)
    assert write_records(again, layer) == content


def test_records_are_written_one_per_line_in_the_layers_order_without_blanks():
    record = {"note": "ä\n", "wikidata": None, "target_id": "t1", "proposition": "P."}
    frame, _ = read_records(json.dumps(record).encode() + b"\n", TARGETS, "f")
    expected = '{"target_id":"t1","proposition":"P.","wikidata":null,"note":"ä\\n"}\n'
    assert write_records(frame, TARGETS).decode() == expected


@pytest.mark.parametrize(
    "layer", ["documents", "sentences", "entities", "mentions", "relations", "attributions", "stances"]
)
def test_the_projects_files_are_written_as_they_are_stored(gold, layer):
    assert write_records(gold[layer], LAYERS[layer]) == (gold.corpus.root / gold.file(layer)).read_bytes()


TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|.', re.DOTALL)
STRUCTURE = b'{ } [ ] , : " \\ \n \t \r 0 1 - . e null true {} [] \xff \x00 \xef\xbb\xbf'.split(b" ")


@st.composite
def broken(draw, layer):
    """A valid file in which tokens or bytes were changed, deleted, inserted, repeated or moved."""
    content = draw(files(layer, NOTHING, 2))
    pieces = TOKEN.findall(content) if draw(st.booleans()) else [bytes([byte]) for byte in content]
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(pieces)))
        end = min(len(pieces), start + draw(st.integers(0, 3)))
        taken, there = pieces[start:end], draw(st.integers(0, len(pieces)))
        match draw(st.sampled_from(["change", "delete", "insert", "repeat", "move", "wrap"])):
            case "change":
                pieces[start:end] = [draw(st.binary(min_size=1, max_size=1)) for _ in taken]
            case "delete":
                del pieces[start:end]
            case "insert":
                pieces[start:start] = [draw(st.sampled_from(STRUCTURE))]
            case "repeat":
                pieces[there:there] = taken
            case "move":
                del pieces[start:end]
                pieces[there:there] = taken
            case "wrap" if b"\n" in pieces:
                pieces.remove(b"\n")
                pieces.insert(there, b"\n")
    return b"".join(pieces)


@pytest.mark.parametrize("layer", [TARGETS, ATTRIBUTIONS, SENTENCES], ids=lambda layer: layer.name)
@given(data=st.data())
@settings(max_examples=examples(150))
def test_the_fast_path_accepts_nothing_that_the_careful_one_refuses(layer, data):
    content = data.draw(broken(layer))
    frame, found = read_records(content, layer, "f")
    rows, careful = read_carefully(content, layer, "f")
    assert found == careful
    assert frame is None or frame.rows() == rows


@given(content=st.binary(max_size=60) | st.lists(st.sampled_from(STRUCTURE), max_size=30).map(b"".join))
@settings(max_examples=examples(150))
def test_no_bytes_at_all_raise_an_error(content):
    frame, found = read_records(content, TARGETS, "f")
    assert (frame is None) == bool(found)
