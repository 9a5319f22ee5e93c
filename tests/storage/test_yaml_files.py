"""Settings files: YAML into models, every fault with its line."""

import datetime
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import Field
from ruamel.yaml import YAML

from conftest import PROJECT
from stancebank.corpus.annotators import Annotators
from stancebank.corpus.seeds import SeedList, read_seeds
from stancebank.corpus.settings import CorpusSettings
from stancebank.faults import Fault
from stancebank.schema.paths import SEEDS_FILE
from stancebank.schema.scheme import Scheme
from stancebank.storage.yaml_files import YamlModel, parse_yaml, read_yaml


class Book(YamlModel):
    title: str = Field(min_length=1)
    pages: int


class Shelf(YamlModel):
    name: str = Field(min_length=1)
    bought: datetime.date | None = None
    books: tuple[Book, ...] = ()
    places: dict[str, Book] = Field(default_factory=dict)


SOUND = "# A shelf.\nname: mine\nbooks:\n  - title: One\n    pages: 1\n  - {title: Two, pages: 2}\n"


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    return tmp_path / "shelf.yaml"


def read(path: Path, content: str | bytes | None = None) -> tuple[Shelf | None, list[Fault]]:
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_yaml(path.parent, path.name, Shelf, "settings", titles_twice)


def titles_twice(shelf: Shelf):
    titles = [book.title for book in shelf.books]
    for index, title in enumerate(titles):
        if title in titles[:index]:
            yield ("books", index, "title"), f"{title} stands twice"


@pytest.mark.parametrize("content", [SOUND, "\ufeff" + SOUND, SOUND.replace("\n", "\r\n")], ids=["LF", "BOM", "CRLF"])
def test_a_sound_file_fills_the_model(shelf, content):
    expected = Shelf(name="mine", books=(Book(title="One", pages=1), Book(title="Two", pages=2)))
    assert read(shelf, content) == (expected, [])


# In these files ‸ stands before the place that the fault must name.
@pytest.mark.parametrize(
    ("content", "path"),
    [
        pytest.param("# A shelf.\nname: mine\n‸color: red\n", "$.color", id="unknown key"),
        pytest.param("name: mine\nbooks:\n  - title: One\n    pages: 1\n    ‸x: 1\n", "$.books[0].x", id="nested"),
        pytest.param("# A shelf.\n‸bought: 2025-02-17\n", "$.name", id="missing key"),
        pytest.param("name: mine\nbooks:\n  - ‸title: One\n", "$.books[0].pages", id="missing key in an item"),
        pytest.param("name: mine\nbooks: [{title: One, pages: ‸x}]\n", "$.books[0].pages", id="wrong type"),
        pytest.param("name: mine\nbooks: [{title: ‸'', pages: 1}]\n", "$.books[0].title", id="too short"),
        pytest.param("name: ‸[mine]\n", "$.name", id="a list for a string"),
        pytest.param("‸name:\n", "$.name", id="nothing for a string"),
        pytest.param("name: mine\nbooks: ‸5\n", "$.books", id="a number for a list"),
        pytest.param("name: mine\nbooks:\n- ‸5\n", "$.books[0]", id="a number for an item"),
        pytest.param("name: mine\nplaces:\n  top: {title: One, pages: ‸x}\n", "$.places.top.pages", id="under a key"),
        pytest.param(
            "name: mine\nbooks: [{title: A, pages: 1}, {title: ‸A, pages: 2}]\n", "$.books[1].title", id="contradiction"
        ),
    ],
)
def test_a_fault_in_a_value_has_its_place_and_path(shelf, content, path):
    before = content[: content.index("‸")]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    settings, faults = read(shelf, content.replace("‸", ""))
    assert settings is None
    assert [(fault.line, fault.column, fault.path) for fault in faults] == [(line, column, path)]
    assert path in faults[0].what


def test_all_faults_of_a_file_are_found(shelf):
    _, faults = read(shelf, "color: red\nbooks:\n  - title: ''\n    pages: x\n")
    assert sorted((fault.line, fault.path) for fault in faults) == [
        (1, "$.color"),
        (1, "$.name"),
        (3, "$.books[0].title"),
        (4, "$.books[0].pages"),
    ]


@pytest.mark.parametrize(
    ("content", "line", "what"),
    [
        pytest.param("name: mine\nname: yours\n", 2, 'the key "name" occurs twice', id="duplicate key"),
        pytest.param("name: mine\nbooks:\n\t- title: One\n", 3, "cannot start any token", id="tab"),
        pytest.param("name: mine\nbooks:\n  - title: One\n   pages: 1\n", 4, "not valid YAML", id="indent"),
        pytest.param("name: mine\n- title: One\n", 2, "not valid YAML", id="a list behind a mapping"),
        pytest.param("name: 'mine\n", 2, "not valid YAML", id="an open quotation"),
        pytest.param("name: *mine\n", 1, "an alias is not allowed", id="an alias of nothing"),
        pytest.param("name: mine\n---\nname: yours\n", 2, "another document", id="two documents"),
        pytest.param("- One\n- Two\n", 1, "expected a mapping", id="a list"),
        pytest.param("One\n", 1, "expected a mapping", id="a string"),
        pytest.param("", 1, "expected a mapping", id="an empty file"),
        pytest.param("# nothing\n", 1, "expected a mapping", id="a comment alone"),
        pytest.param("name: mine\nbought: 2025-02-30\n", 2, "$.bought: expected a day as YYYY-MM-DD", id="no such day"),
        pytest.param("name: a\0b\n", 1, "the character U+0000 is not allowed", id="NUL"),
        pytest.param("name: mine\nx: \x1b[31m\n", 2, "the character U+001B is not allowed", id="ESC"),
        pytest.param(
            "name: mine\nbooks: [{title: A, pages: " + "1" * 5_000 + "}]", 2, "$.books[0].pages", id="5,000 digits"
        ),
    ],
)
def test_what_is_not_yaml_or_no_mapping_has_its_line(shelf, content, line, what):
    settings, faults = read(shelf, content)
    assert settings is None
    assert [fault.line for fault in faults] == [line]
    assert what in faults[0].what


@pytest.mark.parametrize(
    ("content", "what"),
    [
        pytest.param("name: Größe\n".encode("latin-1"), "byte 0xf6 is not UTF-8", id="not UTF-8"),
        pytest.param("name: mine\n".encode("utf-16"), "byte 0xff is not UTF-8", id="UTF-16"),
        pytest.param(b"{a: " * 2_000, "not valid YAML", id="2,000 nested mappings"),
    ],
)
def test_bytes_that_no_reader_takes_are_one_fault(shelf, content, what):
    settings, faults = read(shelf, content)
    assert settings is None
    assert len(faults) == 1
    assert what in faults[0].what
    assert faults[0].what.isprintable()


def test_a_missing_file_is_a_fault(shelf):
    settings, [fault] = read(shelf)
    assert settings is None
    assert (fault.kind, fault.file, fault.line, fault.what) == ("settings", "shelf.yaml", None, "the file is missing")


def test_a_folder_in_the_files_place_is_a_fault(shelf):
    shelf.mkdir()
    settings, [fault] = read(shelf)
    assert settings is None
    assert "not a regular file" in fault.what


def test_a_link_out_of_the_root_is_not_followed(shelf, tmp_path_factory):
    (outside := tmp_path_factory.mktemp("outside") / "shelf.yaml").write_text(SOUND)
    shelf.symlink_to(outside)
    settings, [fault] = read(shelf)
    assert settings is None
    assert "leads out of the corpus root" in fault.what


@pytest.mark.parametrize("key", ["name", "books", "places"])
def test_an_alias_bomb_does_not_hang(shelf, key):
    levels = [f"x{level}: &x{level} [{', '.join([f'*x{level - 1}'] * 10)}]" for level in range(1, 30)]
    settings, faults = read(shelf, "\n".join(["x0: &x0 [0]", *levels, f"{key}: *x29"]) + "\n")
    assert settings is None
    assert [fault.what for fault in faults] == ["not valid YAML: an anchor is not allowed here"]


@pytest.mark.parametrize(
    "content", ["books: &a [*a]\n", "books: &a {a: *a}\n", "places: &a {x: *a}\n", "&a name: mine\nplaces: *a\n"]
)
def test_an_alias_of_what_it_stands_in_does_not_hang(shelf, content):
    settings, faults = read(shelf, content)
    assert settings is None
    assert faults


# On these ruamel.yaml itself raises AttributeError, KeyError, IndexError and TypeError.
@pytest.mark.parametrize(
    "content", ["name: !!omap x\n", "name: !!bool x\n", "name: !!float ate\n", "name: mine\n? {a: {b: c}}\n: x\n"]
)
def test_a_value_of_another_kind_than_its_tag_and_a_key_of_keys_are_faults(shelf, content):
    settings, faults = read(shelf, content)
    assert settings is None
    assert faults


def test_a_tag_makes_no_object(shelf, tmp_path):
    _, faults = read(shelf, f"name: !!python/object/apply:os.mkdir ['{tmp_path}/made']\n")
    assert faults
    assert not (tmp_path / "made").exists()


def test_what_is_said_of_a_fault_is_safe_for_a_terminal(shelf):
    _, faults = read(shelf, 'name: mine\n"\\e[31mred": 1\n')
    assert faults[0].what.isprintable()


@st.composite
def broken(draw):
    """The project's seed register with lines and characters deleted, inserted or repeated."""
    text = (PROJECT / SEEDS_FILE).read_text("utf-8")
    pieces = text.splitlines(keepends=True) if draw(st.booleans()) else list(text)
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(pieces)))
        end = min(len(pieces), start + draw(st.integers(0, 3)))
        new = draw(
            st.sampled_from(["", " ", "\t", "\n", ":", "- ", "&a ", "*a ", "!!x ", "'", '"', "{", "[", "|", "\0", "é"])
        )
        pieces[start:end] = [new] * draw(st.integers(0, 2))
    return "".join(pieces)


@pytest.mark.filterwarnings("ignore::ruamel.yaml.error.ReusedAnchorWarning")
@given(content=broken())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_change_to_a_file_raises_an_error(tmp_path, content):
    (tmp_path / "seeds").mkdir(exist_ok=True)
    (tmp_path / SEEDS_FILE).write_text(content, "utf-8")
    seeds, faults = read_seeds(tmp_path)
    assert (seeds is None) == bool(faults)


FILES = {
    "corpus/corpus.yaml": CorpusSettings,
    "schemas/scheme.yaml": Scheme,
    "seeds/seeds.yaml": SeedList,
    "annotation/annotators.yaml": Annotators,
}
KEY = "the key, in place of the value"
WRONG = (["x"], {"x": "y"}, "", "x", [["x"]], "\x1b[2J")


def places(content: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The place of every value, of lists the first alone."""
    yield place
    inner = (
        content.items() if isinstance(content, dict) else enumerate(content[:1]) if isinstance(content, list) else ()
    )
    for key, value in inner:
        yield from places(value, (*place, key))


@pytest.mark.deep("inputs", quick=1)
@pytest.mark.parametrize(("file", "model"), FILES.items(), ids=FILES)
def test_no_wrong_value_is_told_in_words_of_a_library(file: str, model: type[YamlModel]) -> None:
    content = YAML(typ="safe", pure=True).load((PROJECT / file).read_text("utf-8"))
    told = set()
    for number, place in enumerate(places(content)):
        for wrong in (*WRONG[number % 2 :: 2], KEY):
            changed = json.loads(json.dumps(content, default=str))
            holder = changed
            for key in place[:-1]:
                holder = holder[key]
            if place:
                if wrong is KEY and isinstance(holder, dict):
                    holder["A key: 1"] = holder.pop(place[-1])
                else:
                    holder[place[-1]] = wrong
                _, faults = parse_yaml(json.dumps(changed).encode(), file, model, "settings")
                told |= {fault.what for fault in faults}
    assert len(told) > len(FILES)
    assert [what for what in told if re.search(r"[Ii]nput|should|tuple|Value error|\x1b", what)] == []


def test_an_unknown_key_is_told_with_those_that_there_are(tmp_path: Path) -> None:
    text = (PROJECT / "corpus/corpus.yaml").read_text("utf-8").replace("title:", "titel:")
    _, (fault, missing) = parse_yaml(text.encode(), "corpus.yaml", CorpusSettings, "settings")
    assert {fault.path, missing.path} == {"$.titel", "$.title"}
    unknown = next(each for each in (fault, missing) if each.path == "$.titel")
    assert unknown.what.startswith("$.titel: the key is unknown; expected name, title, ")
    assert unknown.what.endswith('; did you mean "title"?')


REFUSED = {
    "an alias": ("title: &t x\nauthor: *t\n", "an anchor is not allowed here"),
    "an anchor that nothing uses": ("title: &t x\n", "an anchor is not allowed here"),
    "an alias of nothing": ("title: *t\n", "an alias is not allowed here"),
    "a merge key": ("<<: {title: x}\n", "a merge key is not allowed here"),
    "an anchor in a list": ("books:\n  - &b {title: x}\n", "an anchor is not allowed here"),
    "depth": (f"title: {'[' * 60}{']' * 60}\n", "more than 50 levels inside each other"),
}


@pytest.mark.parametrize(("content", "what"), REFUSED.values(), ids=REFUSED)
def test_what_lets_a_small_file_stand_for_much_is_refused_with_its_place(shelf, content, what):
    model, [fault] = read(shelf, content)
    assert model is None
    assert fault.what == f"not valid YAML: {what}"
    assert fault.fix
    assert (fault.line or 0) > 0


def test_a_quoted_key_that_looks_like_a_merge_is_a_key(shelf):
    _, [fault, *_] = read(shelf, '"<<": x\n')
    assert "the key is unknown" in fault.what or "missing" in fault.what


@pytest.mark.parametrize("levels", range(1, 12))
def test_a_duplicate_key_with_a_huge_value_is_told_in_a_short_line(shelf, levels):
    bomb = "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10) if i else 'x'}]\n" for i in range(levels))
    for content in (f"{bomb}k: *a{levels - 1}\nk: 1\n", f"k: {['x' * 9] * 9 * levels}\nk: 1\n"):
        _, faults = read(shelf, content)
        assert all(len(fault.what) < 500 for fault in faults)
        assert faults


def test_a_file_that_is_too_large_is_refused_unread(shelf):
    model, [fault] = read(shelf, "# " + "x" * 2**22 + "\ntitle: x\n")
    assert model is None
    assert "expected 4,194,304 or fewer" in fault.what
