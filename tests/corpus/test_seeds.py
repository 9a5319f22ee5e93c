"""From the bytes of a seed to text and sentences, and back to the bytes."""

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import DOC, PROJECT, examples
from stancebank.corpus.seeds import is_day, read_seed, seed_bytes
from stancebank.faults import StanceBankError
from stancebank.text.sentences import sentences

BOM = "\ufeff"
HEADER = " date 2025-02-17 "
CONTROLS = [chr(code) for code in (*range(32), 127, 0x85) if chr(code) not in "\n\t"]

SPEECH = ["A b. ", "U.S. ", "Mr. ", "1. ", "? ", '"It ended. It did." ', "“x. y” ", "'Do. It' ", "(a. b)", "。"]
SIGNS = ["𐍈", "e\u0301", "\u0301", "한", "שלום. עולם", "مرحبا؟ ", "👨\u200d👩\u200d👧", "🇺🇦", "\u202e", "\u200b", BOM]
BLANKS = ["\n", "\n\n", "\n \t\n", "\t", " ", "\u00a0", "\u2028", "\u2029", "\u3000"]
PIECES = st.sampled_from([*SPEECH, *SIGNS, *BLANKS, HEADER])
CHARACTERS = st.characters(codec="utf-8", exclude_characters=CONTROLS)
TEXTS = st.lists(PIECES | st.text(CHARACTERS, max_size=4), max_size=20).map("".join)
SEEDS = st.builds(
    lambda bom, header, text, line_end: (bom + header + text).replace("\n", line_end).encode(),
    st.sampled_from(["", BOM]),
    st.sampled_from(["", HEADER]),
    TEXTS.map(lambda text: text + "x"),
    st.sampled_from(["\n", "\r\n"]),
)


def split(text: str) -> list[str]:
    return [text[sentence.start : sentence.end] for sentence in sentences(text, "en")]


@pytest.fixture(scope="module")
def seed() -> bytes:
    return (PROJECT / "seeds" / f"{DOC}.txt").read_bytes()


def test_the_projects_seed_has_a_date_header_before_its_text(seed):
    read = read_seed(seed, "seed")
    assert (read.header, read.date, read.newline) == (" date 2025-02-17 ", "2025-02-17", "lf")
    assert read.text.startswith("British Prime Minister Keir Starmer")
    assert len(read.text) == 3372


def test_header_and_text_give_the_projects_seed_back(seed):
    read = read_seed(seed, "seed")
    assert (read.header + read.text).encode() == seed


@pytest.mark.parametrize(
    ("data", "header", "date", "text", "newline"),
    [
        pytest.param(b"A b.\nC.", "", None, "A b.\nC.", "lf", id="no header"),
        pytest.param(b" date 2025-02-17 A.", HEADER, "2025-02-17", "A.", "lf", id="header"),
        pytest.param(b"\xef\xbb\xbfA.", BOM, None, "A.", "lf", id="byte-order mark"),
        pytest.param(b"\xef\xbb\xbf date 2025-02-17 A.", BOM + HEADER, "2025-02-17", "A.", "lf", id="both"),
        pytest.param(b"A.\r\n\r\nB.\r\n", "", None, "A.\n\nB.\n", "crlf", id="CRLF"),
        pytest.param(b"A date 2025-02-17 B.", "", None, "A date 2025-02-17 B.", "lf", id="date in the text"),
        pytest.param(b" date 2025-02-17", "", None, " date 2025-02-17", "lf", id="header that does not end"),
    ],
)
def test_the_recipe_cuts_the_header_and_nothing_else(data, header, date, text, newline):
    read = read_seed(data, "seed")
    assert (read.header, read.date, read.text, read.newline) == (header, date, text, newline)
    assert seed_bytes(header, text, newline) == data


@pytest.mark.parametrize(
    ("data", "what"),
    [
        pytest.param(b"a\r\nbc\nd", "f:2:3: LF here, CRLF elsewhere in the file", id="one LF among CRLF"),
        pytest.param(b"a\n\r\nb", "f:1:2: LF here, CRLF elsewhere in the file", id="CRLF after LF"),
        pytest.param("é\nab\0".encode(), "f:2:3: control character U+0000", id="NUL"),
        pytest.param(b"a\rb", "f:1:2: control character U+000D", id="lone CR"),
        pytest.param(b"a\r\nb\rc\r\n", "f:2:2: control character U+000D", id="lone CR among CRLF"),
        pytest.param("é😀\x1b[31m".encode(), "f:1:3: control character U+001B", id="ESC"),
        pytest.param(b"a\nb\xff", "f:2: byte 3 (0xff) is not UTF-8", id="no UTF-8"),
        pytest.param(b"a\nb\xe2\x82", "f:2: byte 3 (0xe2) is not UTF-8", id="cut UTF-8"),
        pytest.param(b"\xed\xa0\x80", "f:1: byte 0 (0xed) is not UTF-8", id="surrogate"),
        pytest.param("a".encode("utf-16"), "f:1: byte 0 (0xff) is not UTF-8", id="UTF-16"),
        pytest.param(b" date 2025-02-30 A.", "f:1: the header's date 2025-02-30 is no day", id="no such day"),
        pytest.param(b"", "f: there is no text in the file", id="nothing"),
        pytest.param(b" \n\t\n\xc2\xa0", "f: there is no text in the file", id="blanks"),
        pytest.param(b"\xef\xbb\xbf date 2025-02-17 \r\n", "f: there is no text in the file", id="a header alone"),
    ],
)
def test_a_seed_that_gives_no_document_is_refused_with_the_place(data, what):
    with pytest.raises(StanceBankError) as refusal:
        read_seed(data, "f")
    assert refusal.value.what.startswith(what)
    assert refusal.value.fix


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: f"U+{ord(control):04X}")
def test_no_other_control_character_than_lf_and_tab_passes(control):
    with pytest.raises(StanceBankError, match=rf"f:1:2: control character U\+{ord(control):04X}"):
        read_seed(f"a{control}b\tc\n".encode(), "f")


@pytest.mark.parametrize("code", [code for code in range(0x80, 0xA0) if code != 0x85], ids=hex)
def test_a_character_of_a_misread_encoding_is_kept(code):
    assert read_seed(f"a{chr(code)}b".encode(), "f").text == f"a{chr(code)}b"


def test_what_windows_1252_has_for_u_0085_is_told():
    with pytest.raises(StanceBankError, match=r'U\+0085; .*; the byte 0x85 is "…" in Windows-1252'):
        read_seed("a\x85b".encode(), "f")


@given(SEEDS)
def test_every_seed_can_be_given_back_byte_for_byte(data):
    read = read_seed(data, "seed")
    assert seed_bytes(read.header, read.text, read.newline) == data


@given(TEXTS, st.sampled_from(["en", "de", "pt-BR", "ar", "hi", "zh", "xx"]))
@settings(max_examples=examples(200))
def test_sentences_cover_the_text_in_order_without_blanks_around_them(text, language):
    edges = [0, *(edge for s in sentences(text, language) for edge in (s.start, s.end)), len(text)]
    pieces = [text[start:end] for start, end in pairwise(edges)]
    assert edges == sorted(edges)
    assert all(piece and piece == piece.strip() for piece in pieces[1::2])
    assert not any(gap.strip() for gap in pieces[::2])


@given(TEXTS)
def test_a_new_paragraph_begins_behind_each_blank_line_and_nowhere_else(text):
    found = sentences(text, "en")
    blank_line_before = [bool(re.search(r"\n\s*\n", text[a.end : b.start])) for a, b in pairwise(found)]
    assert [b.paragraph - a.paragraph for a, b in pairwise(found)] == blank_line_before
    assert [s.paragraph for s in found[:1]] in ([], [0])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("One came. Two left.", ["One came.", "Two left."], id="full stop"),
        pytest.param("U.S. President Donald Trump left.", ["U.S. President Donald Trump left."], id="abbreviation"),
        pytest.param(
            'He wrote: "It ended. It did." Then he left.', ['He wrote: "It ended.', 'It did."', "Then he left."]
        ),
        pytest.param("A stop.\n\n'Do more, better'\n\nAn end.", ["A stop.", "'Do more, better'", "An end."], id="head"),
        pytest.param(" \n\n ", [], id="blanks"),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text, expected):
    assert split(text) == expected


def test_the_sentences_of_the_projects_text_are_those_of_its_corpus(gold):
    stored = gold["sentences"].select("start", "end", "paragraph").rows()
    found = sentences(gold["documents"]["text"][0], "en")
    assert len(stored) == 21
    assert [(s.start, s.end, s.paragraph) for s in found] == stored


@pytest.mark.parametrize("date", ["2025-02-17", "2024-02-29", "0001-01-01", "9999-12-31"])
def test_a_day_of_the_calendar_is_a_day(date):
    assert is_day(date)


NO_SUCH_DAY = ["2025-02-30", "2023-02-29", "2025-13-01", "2025-00-10", "0000-01-01"]
OTHER_FORM = [
    "2025-2-7",
    "20250217",
    "2025-W07-1",
    "2025-02-17T00:00",
    "\u0662025-02-17",
    "2025-02-17\n",
    " 2025-02-17",
    "",
]


@pytest.mark.parametrize("date", [*NO_SUCH_DAY, *OTHER_FORM])
def test_a_day_that_does_not_exist_or_is_written_otherwise_is_none(date):
    assert not is_day(date)


WIDE_BLANKS = [chr(c) for c in range(0x80, 0x3100) if chr(c).isspace()]


@pytest.mark.parametrize("blank", WIDE_BLANKS, ids=lambda c: f"U+{ord(c):04X}")
def test_a_blank_that_is_not_ascii_may_stand_anywhere(blank: str) -> None:
    text = f"He met T{blank}.\nThen A{blank}left.{blank}All agreed{blank}.{blank}"
    found = [text[sentence.start : sentence.end] for sentence in sentences(text, "en")]
    assert "".join("".join(found).split()) == "".join(text.split())
    assert all(sentence == sentence.strip() for sentence in found)
    assert found[0] == f"He met T{blank}."


def test_a_paragraph_on_which_the_segmenter_fails_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    class PanicException(BaseException):
        pass

    def segment(_: str, text: str) -> list[str]:
        if "!" in text:
            raise PanicException
        return [text]

    monkeypatch.setattr("sentencex.segment", segment)
    found = sentences("One.\n\nTwo! Three.\n\nFour.", "en")
    assert [(sentence.start, sentence.end, sentence.paragraph) for sentence in found] == [
        (0, 4, 0),
        (6, 17, 1),
        (19, 24, 2),
    ]
