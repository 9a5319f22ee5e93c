"""The register of seeds: what is written plainly is read fast, and as it would be read with care."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import PROJECT, examples
from stancebank.corpus import seeds
from stancebank.corpus.additions import add_texts
from stancebank.corpus.seeds import SeedList, Seeds, read_seeds
from stancebank.pages.new_corpus import make_corpus
from stancebank.schema.paths import SEEDS_FILE
from stancebank.storage.yaml_files import parse_yaml

HEAD = """\
# A comment.
rights:
  made-up:
    statement: >-
      Nobody's: made
      up.
    redistribution: true
  unknown: {statement: "Not known: yet", redistribution: false}
seeds:
"""
DIGEST = "0" * 64


def entry(indent="  ", **values):
    said = {"file": "a.txt", "sha256": DIGEST, "date": "2025-03-01", "language": "en", "origin": "not stated"}
    said |= {"rights": "unknown"} | values
    lines = [f"{key}: {value}" for key, value in said.items()]
    return f"{indent}- " + f"\n{indent}  ".join(lines) + "\n"


def read_with_care(data):
    register, faults = parse_yaml(data, SEEDS_FILE, SeedList, "seeds-file", seeds._contradictions)
    return Seeds.of(register) if register else None, faults


def assert_same(found, expected):
    assert (found is None) == (expected is None)
    if found is not None:
        assert found.rights == expected.rights
        assert found.table.equals(expected.table)
        assert found.earlier == expected.earlier


@pytest.mark.parametrize("indent", ["", "  ", "     "])
def test_entries_as_add_writes_them_are_read_without_a_yaml_reader(indent):
    second = {"file": "'2.txt'", "date": "'2025-03-02'", "origin": "Zeitung für Łódź, S. 3 (Abend)"}
    states = "".join(
        f"{indent}    - sha256: {digit * 64}\n{indent}      until: 2025-03-0{digit}\n" for digit in ("1", "2")
    )
    third = entry(indent, file="3.txt") + f"{indent}  earlier:\n{states}"
    data = (HEAD + entry(indent) + third + entry(indent, **second)).encode()
    found = seeds._read_plain(data)
    assert found is not None
    assert found.table["file"].to_list() == ["a.txt", "3.txt", "2.txt"]
    assert [(each.sha256[0], each.until) for each in found.earlier["3.txt"]] == [
        ("1", "2025-03-01"),
        ("2", "2025-03-02"),
    ]
    assert_same(found, read_with_care(data)[0])


@pytest.mark.parametrize("null", ["null", "'null'"])
def test_a_date_that_nobody_knows_is_null(null):
    data = (HEAD + entry(date=null) + entry(file="b.txt")).encode()
    found = seeds._read_plain(data)
    assert found is not None
    assert found.table["date"].to_list() == [None, "2025-03-01"]
    assert_same(found, read_with_care(data)[0])


@pytest.mark.parametrize("date", ["", "none", "unknown", "{}", "[]"])
def test_a_date_that_is_none_is_a_fault(date):
    found, faults = read_with_care((HEAD + entry(date=date)).encode())
    assert found is None
    assert [fault.path for fault in faults] == ["$.seeds[0].date"]


@pytest.mark.parametrize(
    "entries",
    [
        entry(origin=">-\n      folded\n      text"),
        entry(origin="'it''s quoted'"),
        entry(origin="'quoted"),
        entry(origin='"quoted"'),
        entry(origin="a # comment"),
        entry(origin="a: b"),
        entry(origin="[a]"),
        entry(file="&a b"),
        entry(date="2025-02-30"),
        entry(sha256="0" * 63),
        entry(rights="nobodys"),
        entry(rights=""),
        entry() + entry(),
        entry() + entry(indent="   ", file="b.txt"),
        entry() + "notes: none\n",
        entry() + "  # the end\n",
        entry().rstrip("\n"),
        entry().replace("\n", "\r\n"),
        entry(file="x\n    more: y"),
        "  []\n",
        "",
    ],
)
def test_whatever_else_stands_there_is_left_to_the_yaml_reader(tmp_path, entries):
    data = (HEAD + entries).encode()
    assert seeds._read_plain(data) is None
    (tmp_path / "seeds").mkdir()
    (tmp_path / SEEDS_FILE).write_bytes(data)
    found, faults = read_seeds(tmp_path)
    expected, expected_faults = read_with_care(data)
    assert_same(found, expected)
    assert faults == expected_faults


VALUES = st.text(st.sampled_from("ab0-_.,:;#'\"&*!|>%@` \t\nł\u2028\x85\U0001d518é[]{}~/()"), max_size=8)


@settings(max_examples=examples(400))
@given(st.data())
def test_what_is_read_fast_is_what_is_read_with_care(data):
    made = []
    for index in range(data.draw(st.integers(1, 3))):
        origin = data.draw(VALUES)
        name = data.draw(st.one_of(st.just(f"{index}.txt"), VALUES))
        made.append(entry(file=name, origin=origin))
    content = (HEAD + "".join(made)).encode()
    found = seeds._read_plain(content)
    if found is not None:
        expected, faults = read_with_care(content)
        assert faults == []
        assert_same(found, expected)


@pytest.mark.parametrize("value", ["null", "true", "1e5", "0x1F", "2025-02-17", "no", "12", "a.b+c-d_e"])
def test_a_value_that_yaml_could_take_for_something_else_stays_a_string(value):
    data = (HEAD + entry(file=value, origin="1e5")).encode()
    found = seeds._read_plain(data)
    assert found is not None
    assert found.table.row(0, named=True)["file"] == value
    assert_same(found, read_with_care(data)[0])


def test_what_add_writes_is_read_fast(tmp_path):
    make_corpus(tmp_path, PROJECT / "schemas/scheme.yaml")
    for name in ("2025.txt", "talks.txt", "1e5"):
        (tmp_path / name).write_text(f"The talks of {name} failed.\n", "utf-8")
    add_texts(tmp_path, [tmp_path / name for name in ("2025.txt", "talks.txt", "1e5")], date="2025-03-01")
    found = seeds._read_plain((tmp_path / SEEDS_FILE).read_bytes())
    assert found is not None
    assert found.table["file"].to_list() == ["2025.txt", "talks.txt", "1e5"]
