"""New corpora, and new texts in a corpus: all of them or none."""

import os
import pickle
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import DOC, PART, PROJECT, Root, examples, places
from stancebank.corpus import additions
from stancebank.corpus.additions import Addition, RefusedTextsError, add_texts, seed_list
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.new_documents import NewDocument
from stancebank.faults import StanceBankError
from stancebank.pages.new_corpus import make_corpus
from stancebank.schema.paths import SCHEME_FILE, SEEDS_FILE
from stancebank.storage.files import sha256

NEWS = " date 2025-03-01 The talks began. They went on."
DAY = " date 2025-03-01 "
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


def test_the_register_is_written_as_ruamel_writes_it(empty: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("1.txt", "a b.txt", "-.txt", "0x1.txt", "null.txt", "1e5.txt", "\u00e9.txt", "#.txt", "a:.txt", "z.txt")
    digests = ("0" * 64, "1e" + "0" * 62, "9" * 63 + "e", "0x" + "1" * 62, "a" * 64, *map(sha256, (b"1", b"2", b"3")))
    origins = (
        "yes",
        "2025-01-01",
        "a: b",
        "# no",
        "x y" * 2000,
        "- a",
        " a",
        "a\nb",
        "'",
        "nobody knows",
        "12345678",
        "on",
    )
    values = {"rights": "unknown", "date": None, "language": "no"}
    documents = [
        NewDocument("", b"", "p", origin, {**values, "seed": name, "seed_sha256": digest}, (), [], "given", ())
        for origin, name, digest in zip(origins, cycle(names), cycle(digests), strict=False)
    ]
    plain = [each for each in documents if len(each.origin) < 100 and "\n" not in each.origin]
    written = [seed_list(empty.corpus(), each) for each in (documents, plain)]
    monkeypatch.setattr(additions, "_lines", lambda _: iter(()))
    assert [seed_list(empty.corpus(), each) for each in (documents, plain)] == written


def test_a_text_with_a_header_goes_to_the_part_of_its_month(root, text):
    assert add_texts(root.path, [text("talks.txt")]).added == (Addition("talks", "2025-03", 2),)
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
    added = add_texts(root.path, [text("talks.txt", "They met.")], date="2025-04-30").added
    assert added == (Addition("talks", "2025-04", 1),)
    assert root.findings() == []


def test_a_date_that_repeats_the_header_is_no_contradiction(root, text):
    assert add_texts(root.path, [text("talks.txt")], date="2025-03-01").added == (Addition("talks", "2025-03", 2),)


def test_the_language_is_the_one_that_is_given_or_detected_or_english_and_told(root, text):
    files = {"a.txt": NEWS, "b.txt": " date 2025-03-01 Die Minister trafen sich am Montag.", "c.txt": f"{DAY}Hm."}
    outcome = add_texts(root.path, [text(name, content) for name, content in files.items()])
    told = [(each.language, each.language_from) for each in outcome.added]
    assert told == [("en", "detected"), ("de", "detected"), ("en", "assumed")]
    assert [notice.place.endswith("c.txt") for notice in outcome.notices] == [True]
    given = add_texts(root.path, [text("d.txt", f"{DAY}Sie trafen sich.")], language="deu")
    assert (given.added[0].language, given.added[0].language_from) == ("de", "given")
    assert "its language deu is written as de" in given.notices[0].what
    assert root.corpus().read_part("2025-03")["documents"]["language"].to_list() == ["en", "de", "en", "de"]
    assert root.findings() == []


def test_a_language_that_the_text_contradicts_is_reported(root, text):
    german = f"{DAY}Die Minister trafen sich am Montag in Wien, um über die Steuer zu sprechen."
    [notice] = add_texts(root.path, [text("a.txt", german)], language="en").notices
    assert notice.what == "its language is given as en, and the text looks like de"
    assert add_texts(root.path, [text("b.txt", f"{german}!")], language="de-AT").notices == ()


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
    added = add_texts(root.path, [april, march]).added
    assert added == (Addition("april", "2025-04", 1), Addition("march", "2025-03", 2))
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
        pytest.param(".txt", NEWS, 'gives no id: ""', id="no name"),
        pytest.param("..txt", NEWS, 'gives no id: "."', id="a dot"),
        pytest.param("\u0422\u0430\u043a.txt", NEWS, "gives no id", id="no Latin letter"),
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


def test_a_date_in_a_header_comes_before_the_one_for_all(root, text):
    outcome = add_texts(root.path, [text("talks.txt"), text("b.txt", "They met.")], date="2025-04-02")
    assert [(each.doc_id, each.part) for each in outcome.added] == [("talks", "2025-03"), ("b", "2025-04")]
    assert "its date is 2025-03-01, of its header" in [notice.what for notice in outcome.notices]


@pytest.mark.parametrize(
    ("name", "doc_id"),
    [
        ("-x.txt", "x"),
        ("Grain tax (copy) Überblick.txt", "Grain-tax-copy-Uberblick"),
        ("größe.txt", "grosse"),
        ("a\nb.txt", "a-b"),
        ("x" * 129 + ".txt", "x" * 128),
    ],
)
def test_a_name_that_is_no_id_gives_one_that_is_told(root, text, name, doc_id):
    outcome = add_texts(root.path, [text(name)])
    assert [each.doc_id for each in outcome.added] == [doc_id]
    assert f"its id is {doc_id}, since the name" in outcome.notices[0].what
    assert (root.path / f"seeds/{doc_id}.txt").read_bytes() == NEWS.encode()
    assert root.findings() == []


@pytest.mark.parametrize("date", ["2025-02-30", "2025-3-1", "yesterday", ""])
def test_a_date_that_is_no_day_is_refused(empty, text, date):
    assert "is no day" in refused(empty, [text("talks.txt", "They met.")], date=date)


@pytest.mark.parametrize("language", ["x", "abcd", "en_US", "en-", "en\n"])
def test_what_is_no_language_tag_is_refused(empty, text, language):
    assert "is not a language tag" in refused(empty, [text("talks.txt")], language=language)


@pytest.mark.parametrize("part", ["", "..", ".hidden", "a/b", "-x", "größe", "x" * 129])
def test_what_is_no_name_for_a_part_is_refused(empty, text, part):
    assert "is not a valid name for a part" in refused(empty, [text("talks.txt")], part=part)


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


def test_a_folder_gives_its_texts_at_any_depth(root, text, tmp_path):
    text("a.txt"), text("notes.md", "x"), text(".hidden.txt", "x")
    (tmp_path / "texts/more").mkdir()
    (tmp_path / "texts/more/b.TXT").write_text(f"{NEWS}!", "utf-8")
    assert [each.doc_id for each in add_texts(root.path, [tmp_path / "texts"]).added] == ["a", "b.TXT"]
    (tmp_path / "empty").mkdir()
    assert "the folder has no file that ends in .txt" in refused(root, [tmp_path / "empty"])


def test_a_pattern_gives_the_files_that_it_matches(root, text, tmp_path):
    text("a1.txt"), text("a2.txt", f"{NEWS}!"), text("b.txt", f"{NEWS}?")
    outcome = add_texts(root.path, [str(tmp_path / "texts/a*.txt"), tmp_path / "texts/a1.txt"])
    assert [each.doc_id for each in outcome.added] == ["a1", "a2"]
    assert "no file matches the pattern" in refused(root, [str(tmp_path / "texts/z*.txt")])


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(root, text):
    assert [each.doc_id for each in add_texts(root.path, [text("a[1].txt")]).added] == ["a-1"]


@pytest.mark.parametrize("kind", ["a pipe", "a device"])
def test_what_is_no_regular_file_is_refused_unopened(root, tmp_path, kind):
    os.mkfifo(tmp_path / "pipe")
    source = tmp_path / "pipe" if kind == "a pipe" else Path("/dev/zero")
    assert f"is not a regular file, but {kind}" in refused(root, [source])


def test_all_faults_are_reported_at_once(root, text):
    files = [text("a.txt", f"{NEWS}\0"), text("b.txt", "No header."), text("c.txt")]
    with pytest.raises(RefusedTextsError) as refusal:
        add_texts(root.path, [*files, files[0].with_name("nothing.txt")])
    assert [Path(flaw.place).name for flaw in refusal.value.flaws] == ["nothing.txt", "a.txt", "b.txt"]
    assert all(flaw.fix for flaw in refusal.value.flaws)
    assert str(pickle.loads(pickle.dumps(refusal.value))) == str(refusal.value)


def test_with_skip_the_rest_is_added(root, text):
    outcome = add_texts(root.path, [text("a.txt", f"{NEWS}\0"), text("b.txt")], skip=True)
    assert [each.doc_id for each in outcome.added] == ["b"]
    assert [Path(flaw.place).name for flaw in outcome.skipped] == ["a.txt"]
    assert root.findings() == []


def test_a_dry_run_tells_the_same_and_changes_nothing(root, text):
    before = files(root)
    outcome = add_texts(root.path, [text("talks.txt")], dry_run=True)
    assert files(root) == before
    assert add_texts(root.path, [text("talks.txt")]) == outcome


@pytest.mark.parametrize(
    "content", [f"{NEWS}\n", f"\ufeff{NEWS}", " date 2025-03-01 The talks began. They went on.\r\n"]
)
def test_the_same_text_with_other_ends_is_reported(root, text, content):
    add_texts(root.path, [text("talks.txt")])
    [notice] = add_texts(root.path, [text("again.txt", content)]).notices
    assert notice.what.startswith("its text is that of talks, but for line ends")


def test_ids_that_differ_in_case_alone_are_refused(root, text):
    add_texts(root.path, [text("Talks.txt")])
    assert "another text with the id talks is there already, up to case: Talks" in refused(
        root, [text("talks.txt", f"{NEWS}!")]
    )


def test_rights_and_origin_are_stated_once(root, text):
    key = next(iter(root.corpus().seeds.rights))
    add_texts(root.path, [text("a.txt"), text("b.txt", f"{NEWS}!")], rights=key, origin="The archive.")
    assert root.corpus().seeds.table.filter(origin="The archive.")["rights"].to_list() == [key, key]
    assert "unknown" not in root.corpus().seeds.rights
    assert root.findings() == []
    assert f'no key "{key[:-1]}"; did you mean "{key}"?' in refused(root, [text("c.txt", f"{NEWS}?")], rights=key[:-1])


def test_the_first_line_gives_the_title(root, text):
    first = text("a.txt", f"{DAY}Grain tax  rises\n\n{NEWS}")
    long = text("b.txt", f"{DAY}{'a long sentence ' * 30}")
    outcome = add_texts(root.path, [first, long], title="first-line")
    assert root.corpus().read_part("2025-03")["documents"]["title"].to_list() == ["Grain tax rises", None]
    assert "too long for a title" in " ".join(notice.what for notice in outcome.notices)


def test_lines_of_a_part_that_exists_stay_as_they_are(root, text):
    lines = (root.path / f"corpus/{PART}/sentences.jsonl").read_bytes().replace(b'{"doc_id":', b'{ "doc_id" : ')
    (root.path / f"corpus/{PART}/sentences.jsonl").write_bytes(lines)
    add_texts(root.path, [text("talks.txt")], part=PART)
    assert (root.path / f"corpus/{PART}/sentences.jsonl").read_bytes().startswith(lines)


def test_a_misread_character_is_a_warning_and_no_refusal(root, text):
    [notice] = add_texts(root.path, [text("talks.txt", f"{NEWS} It\xe2\x80\x99s a hoax.")]).notices
    assert 'the bytes 0xe2 0x80 0x99 are "\u2019" in UTF-8' in notice.what
    assert places(root.findings()) == [("SB213", "documents.jsonl", 1, "text")]


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
    assert add_texts(empty.path, [text("talks.txt")]).added == (Addition("talks", "2025-03", 2),)
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
    assert isinstance(corpus, Corpus), corpus.faults
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
@settings(max_examples=examples(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_corpus_with_added_texts_has_no_errors(tmp_path_factory, articles, language):
    folder = tmp_path_factory.mktemp("added")
    make_corpus(folder / "news", SCHEME)
    for index, article in enumerate(articles):
        (folder / f"a{index}.txt").write_bytes(f" date 2025-03-0{index + 1} {article}".encode())
    root = Root(folder / "news")
    added = add_texts(root.path, sorted(folder.glob("*.txt")), language=language).added
    assert [addition.doc_id for addition in added] == [f"a{index}" for index in range(len(articles))]
    expected = {"text-not-nfc"} if articles else {"corpus-empty"}
    assert {finding.name for finding in root.findings()} <= expected
