"""New corpora, and new texts in a corpus: all of them or none."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import DOC, PART, PROJECT, Root, places
from stancebank.additions import Addition, add_texts, make_corpus
from stancebank.faults import StanceBankError
from stancebank.scheme import SCHEME_FILE
from stancebank.seeds import SEEDS_FILE, sha256

NEWS = " date 2025-03-01 The talks began. They went on."
SCHEME = PROJECT / "schemas/scheme.yaml"

Texts = Callable[..., Path]


@pytest.fixture
def text(tmp_path: Path) -> Texts:
    """Make a text file outside the corpus."""

    def write(name: str, content: str = NEWS) -> Path:
        (tmp_path / "texts").mkdir(exist_ok=True)
        (tmp_path / "texts" / name).write_bytes(content.encode())
        return tmp_path / "texts" / name

    return write


@pytest.fixture
def empty(tmp_path: Path) -> Root:
    """A corpus that was just made."""
    make_corpus(tmp_path / "news", SCHEME)
    return Root(tmp_path / "news")


def files(root: Root) -> dict[str, str]:
    """The digest of every file under a root."""
    paths = sorted(path for path in root.path.rglob("*") if path.is_file())
    return {path.relative_to(root.path).as_posix(): sha256(path.read_bytes()) for path in paths}


def register(root: Root) -> str:
    return (root.path / SEEDS_FILE).read_text("utf-8")


def documents(root: Root, part: str) -> list[str]:
    return root.corpus().read_part(part)["documents"]["doc_id"].to_list()


def test_a_text_with_a_header_goes_to_the_part_of_its_month(root, text):
    assert add_texts(root.path, [text("talks.txt")]) == [Addition("talks", "2025-03", 2)]
    part = root.corpus().read_part("2025-03")
    [document] = part["documents"].to_dicts()
    assert (document["date"], document["header"]) == ("2025-03-01", " date 2025-03-01 ")
    assert document["text"] == "The talks began. They went on."
    assert part["sentences"].select("sentence_id", "start", "end").rows() == [("n1", 0, 16), ("n2", 17, 30)]
    assert root.findings() == []


def test_the_seed_is_kept_byte_for_byte(root, text):
    file = text("talks.txt", "\ufeff date 2025-03-01 Größe.\r\n\r\nE\u0301nd.\r\n")
    add_texts(root.path, [file])
    assert (root.path / "seeds/talks.txt").read_bytes() == file.read_bytes()
    [document] = root.corpus().read_part("2025-03")["documents"].to_dicts()
    assert (document["header"], document["newline"]) == ("\ufeff date 2025-03-01 ", "crlf")
    assert document["text"] == "Größe.\n\nE\u0301nd.\n"
    assert places(root.findings()) == [("SB208", "documents.jsonl", 1, "text")]


def test_a_text_without_a_header_takes_the_date_that_is_given(root, text):
    assert add_texts(root.path, [text("talks.txt", "They met.")], date="2025-04-30") == [
        Addition("talks", "2025-04", 1)
    ]
    assert root.findings() == []


def test_a_date_that_repeats_the_header_is_no_contradiction(root, text):
    assert add_texts(root.path, [text("talks.txt")], date="2025-03-01") == [Addition("talks", "2025-03", 2)]


def test_the_language_is_english_unless_another_is_given(root, text):
    add_texts(root.path, [text("a.txt")])
    add_texts(root.path, [text("b.txt", "Sie trafen sich.")], date="2025-03-02", language="de")
    assert root.corpus().read_part("2025-03")["documents"]["language"].to_list() == ["en", "de"]
    assert root.findings() == []


def test_texts_sort_into_place_in_a_part_that_exists(root, text):
    before = root.part()
    added = [text("zz.txt"), text("000_1.txt", "A."), text("a10.txt", "B. C."), text("a2.txt", "D.")]
    add_texts(root.path, added[:1], part=PART)
    add_texts(root.path, added[1:], part=PART, date="2025-03-01")
    assert documents(root, PART) == ["000_1", DOC, "a10", "a2", "zz"]
    after = root.part()
    assert after["sentences"].filter(doc_id=DOC).equals(before["sentences"])
    assert all(after[layer].equals(before[layer]) for layer in ("entities", "mentions", "relations", "stances"))
    assert root.findings() == []


def test_texts_of_several_months_go_to_a_part_each(root, text):
    march, april = text("march.txt"), text("april.txt", " date 2025-04-01 It rained.")
    assert add_texts(root.path, [april, march]) == [Addition("april", "2025-04", 1), Addition("march", "2025-03", 2)]
    assert root.corpus().part_names == (PART, "2025-03", "2025-04")
    assert root.findings() == []


def test_a_part_that_is_new_has_a_file_for_every_layer(root, text):
    add_texts(root.path, [text("talks.txt")], part="pilot")
    assert [path.name for path in sorted((root.path / "corpus/pilot").iterdir())] == [
        path.name for path in sorted((root.path / "corpus" / PART).iterdir())
    ]
    assert root.findings() == []


def test_nothing_else_changes(root, text):
    before = files(root)
    add_texts(root.path, [text("talks.txt")])
    after = files(root)
    changed = {file for file in before if after[file] != before[file]}
    assert changed == {SEEDS_FILE}
    assert {file.split("/")[0] for file in set(after) - set(before)} == {"corpus", "seeds"}


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        pytest.param("-x.txt", NEWS, 'gives no id: "-x"', id="a dash in front"),
        pytest.param(".txt", NEWS, 'gives no id: ""', id="no name"),
        pytest.param("..txt", NEWS, 'gives no id: "."', id="a dot"),
        pytest.param("größe.txt", NEWS, 'gives no id: "größe"', id="not ASCII"),
        pytest.param("a b.txt", NEWS, 'gives no id: "a b"', id="a blank"),
        pytest.param("a\nb.txt", NEWS, r'gives no id: "a\nb"', id="a line end"),
        pytest.param("x" * 129 + ".txt", NEWS, "gives no id", id="too long"),
        pytest.param("a.txt", "No header.", "has no date header", id="no date"),
        pytest.param("a.txt", " date 2025-02-30 A.", "2025-02-30 is no day", id="no such day"),
        pytest.param("a.txt", " date 2025-03-01 ", "there is no text", id="no text"),
        pytest.param("a.txt", NEWS + "\0", "control character U+0000", id="NUL"),
        pytest.param("a.txt", NEWS + "\r\n.\n", "LF here, CRLF elsewhere", id="a mix of line ends"),
        pytest.param(f"{DOC}.txt", NEWS, f"another text with the id {DOC}", id="an id that is taken"),
        pytest.param(DOC, NEWS, f"another text with the id {DOC}", id="an id that is taken, without .txt"),
        pytest.param("seeds.yaml", NEWS, "", id="the register's name"),
    ],
)
def test_one_text_that_cannot_be_taken_keeps_all_out(root, text, name, content, what):
    before = files(root)
    with pytest.raises(StanceBankError) as refusal:
        add_texts(root.path, [text("first.txt", NEWS + "?"), text(name, content), text("last.txt", NEWS + "!")])
    assert what in refusal.value.what
    assert refusal.value.fix
    assert files(root) == before


def refused(root: Root, *arguments, **options) -> str:
    """What refuses an addition that changes nothing."""
    before = files(root)
    with pytest.raises(StanceBankError) as refusal:
        add_texts(root.path, *arguments, **options)
    assert files(root) == before
    return refusal.value.what


def test_the_same_text_is_refused_a_second_time_under_any_name(root, text):
    add_texts(root.path, [text("talks.txt")])
    assert "is there already, as seeds/talks.txt" in refused(root, [text("talks.txt")])
    assert "is there already, as seeds/talks.txt" in refused(root, [text("other.txt")])
    assert f"is there already, as seeds/{DOC}.txt" in refused(root, [PROJECT / f"seeds/{DOC}.txt"])


def test_the_same_text_twice_in_one_call_is_refused(root, text):
    assert "is there already" in refused(root, [text("talks.txt"), text("other.txt")])


def test_two_texts_of_one_id_in_one_call_are_refused(root, text):
    assert "another text with the id talks" in refused(root, [text("talks.txt"), text("talks", NEWS + "!")])


def test_a_header_and_a_date_that_disagree_are_refused(root, text):
    said = refused(root, [text("talks.txt")], date="2025-03-02")
    assert 'has the date 2025-03-01 in its header, --date says "2025-03-02"' in said


@pytest.mark.parametrize("date", ["2025-02-30", "2025-3-1", "yesterday", ""])
def test_a_date_that_is_no_day_is_refused(empty, text, date):
    assert "is no day" in refused(empty, [text("talks.txt", "They met.")], date=date)


@pytest.mark.parametrize("language", ["x", "abcd", "en_US", "en-", "en\n"])
def test_what_is_no_language_tag_is_refused(empty, text, language):
    assert "is no language tag" in refused(empty, [text("talks.txt")], language=language)


@pytest.mark.parametrize("part", ["", "..", ".hidden", "a/b", "-x", "größe", "x" * 129])
def test_what_is_no_name_for_a_part_is_refused(empty, text, part):
    assert "is no name for a part" in refused(empty, [text("talks.txt")], part=part)


@pytest.mark.parametrize(
    "part",
    [
        pytest.param("corpus.yaml", id="the settings"),
        pytest.param("targets.jsonl", id="the targets"),
        pytest.param("releases", id="a reserved folder"),
    ],
)
def test_a_name_that_is_something_else_in_a_corpus_is_refused_for_a_part(root, text, part):
    assert refused(root, [text("talks.txt")], part=part)


def test_a_file_that_is_not_there_is_refused(root, tmp_path):
    assert "cannot be read: No such file or directory" in refused(root, [tmp_path / "nothing.txt"])


def test_a_folder_is_refused(root, tmp_path):
    assert "cannot be read: Is a directory" in refused(root, [tmp_path])


def test_a_seed_that_the_register_does_not_know_is_not_written_over(root, text):
    (root.path / "seeds/talks.txt").write_bytes(b"Another text.")
    assert refused(root, [text("talks.txt")])


@pytest.mark.parametrize(
    ("file", "content"),
    [
        pytest.param(f"corpus/{PART}/mentions.jsonl", b"{\n", id="a broken layer"),
        pytest.param("corpus/targets.jsonl", b"{\n", id="broken targets"),
        pytest.param(SEEDS_FILE, b"rights: {}\n", id="a broken register"),
        pytest.param("corpus/corpus.yaml", b"", id="broken settings"),
        pytest.param(f"corpus/{PART}/notes.txt", b"", id="a file that belongs to no layer"),
    ],
)
def test_a_corpus_that_cannot_be_read_takes_no_text(root, text, file, content):
    (root.path / file).write_bytes(content)
    assert "cannot be read" in refused(root, [text("talks.txt")], part=PART)


def is_inside_in_order(lines: Iterator[str], others: Iterator[str]) -> bool:
    return all(line in others for line in lines)


def test_comments_and_entries_of_the_register_stay_as_they_are(root, text):
    root.replace(SEEDS_FILE, "\nseeds:\n", "\n# What there is.\nseeds:  # by hand\n  # first the wire\n")
    root.replace(SEEDS_FILE, "language: en\n", "language: en  # British\n")
    (root.path / SEEDS_FILE).write_text(register(root) + "# The end.\n", "utf-8")
    before = register(root)
    add_texts(root.path, [text("talks.txt")])
    assert is_inside_in_order(iter(before.splitlines()), iter(register(root).splitlines()))
    assert root.findings() == []


def test_names_that_yaml_could_take_for_something_else_stay_names(empty, text):
    names = ["0x1F", "1_0", "1e5", "2025", "2025-02-17", "a.", "no", "null", "true"]
    add_texts(empty.path, [text(name, NEWS + name) for name in names])
    assert empty.corpus().seeds.table["file"].to_list() == names
    assert documents(empty, "2025-03") == names
    assert empty.findings() == []


def test_a_new_corpus_lacks_nothing_but_texts(empty):
    assert places(empty.findings()) == [("SB601", "corpus", None, "")]


def test_a_new_corpus_takes_texts(empty, text):
    assert add_texts(empty.path, [text("talks.txt")]) == [Addition("talks", "2025-03", 2)]
    assert empty.findings() == []


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("news", "news"),
        ("My News!", "my-news"),
        ("2025", "corpus"),
        ("2025-news-", "news"),
        ("größe", "gr-e"),
        ("null", "null"),
        ("true", "true"),
    ],
)
def test_a_new_corpus_is_named_after_its_folder(tmp_path, folder, name):
    make_corpus(tmp_path / folder, SCHEME)
    corpus = Root(tmp_path / folder).corpus()
    assert corpus.faults == ()
    assert corpus.settings.name == name


def test_the_scheme_of_a_new_corpus_is_the_one_that_is_given(empty):
    assert (empty.path / SCHEME_FILE).read_bytes() == SCHEME.read_bytes()


@pytest.mark.parametrize("file", ["corpus/corpus.yaml", "corpus/targets.jsonl", SEEDS_FILE, SCHEME_FILE])
def test_a_folder_that_holds_a_file_of_a_corpus_is_left_as_it_is(tmp_path, file):
    (tmp_path / "x" / file).parent.mkdir(parents=True)
    (tmp_path / "x" / file).write_bytes(b"mine")
    before = files(Root(tmp_path))
    with pytest.raises(StanceBankError, match="already"):
        make_corpus(tmp_path / "x", SCHEME)
    assert files(Root(tmp_path)) == before


def test_a_corpus_cannot_be_made_below_a_file(tmp_path):
    (tmp_path / "file").write_bytes(b"mine")
    with pytest.raises(StanceBankError, match="cannot write"):
        make_corpus(tmp_path / "file", SCHEME)


CHARACTERS = st.characters(codec="utf-8", exclude_categories=["Cc"]) | st.sampled_from("\n\t\u2028")


@given(
    st.lists(st.text(CHARACTERS, min_size=1).filter(str.strip), max_size=3, unique=True), st.sampled_from(["en", "ar"])
)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_corpus_with_added_texts_has_no_errors(tmp_path_factory, articles, language):
    folder = tmp_path_factory.mktemp("added")
    make_corpus(folder / "news", SCHEME)
    for index, article in enumerate(articles):
        (folder / f"a{index}.txt").write_bytes(f" date 2025-03-0{index + 1} {article}".encode())
    root = Root(folder / "news")
    added = add_texts(root.path, sorted(folder.glob("*.txt")), language=language)
    assert [addition.doc_id for addition in added] == [f"a{index}" for index in range(len(articles))]
    expected = {"text-not-nfc"} if articles else {"corpus-empty"}
    assert {finding.name for finding in root.findings()} <= expected
