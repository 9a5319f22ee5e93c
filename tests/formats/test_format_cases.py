"""Inputs on which other tools lose data or guess, each with the right result."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from conftest import PROJECT
from stancebank.checks.validation import check_corpus
from stancebank.corpus.corpus import read_corpus
from stancebank.corpus.part import Part
from stancebank.pages.new_corpus import make_corpus
from stancebank.schema.paths import SCHEME_FILE

Cli = Callable[..., CompletedProcess[str]]
Files = Mapping[str, str]
IMPORTED = "imported"


class Case:
    """A corpus to import into, and the files of a case."""

    def __init__(self, cli: Cli, folder: Path) -> None:
        self._cli, self.folder = cli, folder
        self.root = folder / "corpus"
        make_corpus(self.root, PROJECT / SCHEME_FILE)

    def put(self, files: Files) -> Path:
        for name, content in files.items():
            path = self.folder / "files" / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content.encode())
        return self.folder / "files"

    def run(self, files: Files, format: str, *options: object, code: int = 0) -> str:
        """What the command printed; files: all of them, of which it takes those of the format."""
        done = self._cli("import", self.put(files), "--root", self.root, "--format", format, *options)
        assert done.returncode == code, done.stdout + done.stderr
        assert "made up 0" in done.stdout or code == 2
        return done.stdout + done.stderr

    def export(self, format: str, *options: object, code: int = 0) -> str:
        out = self.folder / "out"
        done = self._cli("export", "--root", self.root, "--format", format, "--out", out, *options)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def part(self, annotator: str | None = None) -> Part:
        return read_corpus(self.root).sound().sound_part(IMPORTED, annotator)

    @property
    def mentions(self) -> list[tuple[int, int, str]]:
        self.require_sound()
        return self.part()["mentions"].select("start", "end", "text").rows()

    @property
    def is_untouched(self) -> bool:
        return not (self.root / f"corpus/{IMPORTED}").exists()

    def require_sound(self) -> None:
        findings = check_corpus(read_corpus(self.root))
        assert [finding for finding in findings if finding.severity == "error"] == []


@pytest.fixture
def case(cli: Cli, tmp_path: Path) -> Case:
    return Case(cli, tmp_path)


def a_map(case: Case, **sections: Mapping[str, str]) -> Path:
    path = case.folder / "map.yaml"
    path.write_text(json.dumps(sections), "utf-8")
    return path


NEWLINE = {"a.txt": "The Foreign \n  Minister spoke.\n"}


@pytest.mark.parametrize(
    ("record", "notices"),
    [
        ("T1\tPERSON 4 11;15 23\tForeign Minister\n", ("span-joined",)),
        ("T1\tPERSON 4 12;13 23\tForeign    Minister\n", ("span-joined", "span-trimmed")),
    ],
)
def test_fragments_that_a_line_end_parts_are_one_mention(case: Case, record: str, notices: tuple[str, ...]) -> None:
    told = case.run({**NEWLINE, "a.ann": record}, "brat")
    assert case.mentions == [(4, 23, "Foreign \n  Minister")]
    assert all(f"notice: {notice} 1" in told for notice in notices)
    case.export("brat")
    written = (case.folder / "out/a.ann").read_text("utf-8")
    assert written.startswith("T1\tPERSON 4 11;15 23\tForeign Minister\n")


def test_sentences_that_a_mention_runs_across_are_merged(case: Case) -> None:
    files = {"a.txt": "He met Dr. Foo. Bar spoke. They left.", "a.ann": "T1\tPERSON 7 19\tDr. Foo. Bar\n"}
    told = case.run(files, "brat")
    assert case.mentions == [(7, 19, "Dr. Foo. Bar")]
    assert "notice: sentences-merged 1" in told


BROKEN = (
    "T1\tContent 10 22\tWe will win.\nT2\tCue 3 7\tsaid\n"
    "T3\tContent 3 22\tsaid:\n\nWe will win.\nE1\tCue:T2 Content:T1\n"
)


def test_a_record_that_a_line_break_in_its_text_cuts_goes_on(case: Case) -> None:
    told = case.run({"b.txt": "He said:\n\nWe will win. He left.\n", "b.ann": BROKEN}, "brat")
    assert "notice: record-continued 1" in told
    assert "b.ann:3: the record goes on in the next 2 lines" in told
    (attribution,) = case.part()["attributions"].to_dicts()
    assert (attribution["start"], attribution["end"], attribution["source"]) == (3, 7, None)
    assert attribution["content"] == [{"start": 10, "end": 22, "text": "We will win."}]
    assert attribution["kind"] is None


def test_a_record_whose_further_lines_are_not_its_text_is_refused(case: Case) -> None:
    wrong = BROKEN.replace("\n\nWe will win.\nE1", "\n\nWe will lose.\nE1")
    told = case.run({"b.txt": "He said:\n\nWe will win. He left.\n", "b.ann": wrong}, "brat", code=2)
    assert "b.ann:3" in told
    assert case.is_untouched


GAPS = {
    "c.txt": '"We are ready," she said, "and able."\n',
    "c.ann": 'T1\tContent 26 37;0 15\t"and able." "We are ready,"\nT2\tCue 20 24\tsaid\nT3\tSource 16 19\tshe\n'
    "E1\tCue:T2 Source:T3 Content:T1\nT4\tPERSON 1 3;16 19\tWe she\n",
}


def test_content_in_the_order_of_reading_is_put_into_that_of_the_text(case: Case) -> None:
    told = case.run(GAPS, "brat", code=1)
    (attribution,) = case.part()["attributions"].to_dicts()
    assert [(span["start"], span["end"]) for span in attribution["content"]] == [(0, 15), (26, 37)]
    assert case.mentions == [(16, 19, "she")]
    assert case.part()["entities"]["type"].to_list() == [None]
    assert "notice: content-reordered 1" in told
    assert 'c.ann:5: "We she" has other words in a gap' in told


@pytest.mark.parametrize(("way", "place"), [("first", (1, 3, "We")), ("cover", (1, 19, 'We are ready," she'))])
def test_a_mention_with_a_gap_is_left_out_unless_it_is_told_what_to_do(
    way: str, place: tuple[int, int, str], case: Case
) -> None:
    told = case.run(GAPS, "brat", "--discontinuous", way)
    assert case.mentions == sorted([place, (16, 19, "she")])
    assert f"notice: span-{way} 1" in told


def test_a_source_with_a_gap_refuses_its_file(case: Case) -> None:
    files = {**GAPS, "c.ann": GAPS["c.ann"].replace("Source:T3", "Source:T4")}
    assert "which is no mention" in case.run(files, "brat", code=2)
    assert case.is_untouched


@pytest.mark.parametrize(("start", "notice"), [(18, True), (17, False)])
def test_what_the_records_repeat_tells_whether_cr_counts(case: Case, start: int, notice: bool) -> None:
    records = f"T1\tCue 3 7\tsaid\nT2\tCue {start} {start + 4}\tsaid\n"
    map_file = a_map(case, spans={"Cue": "mentions"})
    told = case.run({"d.txt": "He said yes.\r\nShe said no.\r\n", "d.ann": records}, "brat", "--labels", map_file)
    assert case.mentions == [(3, 7, "said"), (17, 21, "said")]
    assert case.part()["documents"]["newline"].to_list() == ["crlf"]
    assert ("offsets-with-cr" in told) == notice


def test_a_cue_in_no_event_is_left_out_alone_and_its_text_taken(case: Case) -> None:
    records = "T1\tCue 3 7\tsaid\nT2\tCue 18 22\tsaid\n"
    told = case.run({"d.txt": "He said yes.\r\nShe said no.\r\n", "d.ann": records}, "brat", code=1)
    assert 'left out: d.ann:2: "said" at 17..21 has no content' in told
    assert "spans                  2         0         2" in told
    assert case.part()["documents"].select("newline", "text").row(0) == ("crlf", "He said yes.\nShe said no.\n")
    assert case.part()["progress"]["state"].to_list() == ["open"]
    event = {"d.ann": records + "E1\tCue:T2\n"}
    assert '"said" at 17..21 has no content' in case.run(event, "brat", "--as", "x", code=2)


def test_without_repeated_words_cr_must_be_told(case: Case) -> None:
    files = {"d.jsonl": json.dumps({"text": "He said yes.\r\nShe said no.", "label": [[18, 21, "PERSON"]]})}
    told = case.run(files, "jsonl", code=2)
    assert "--offsets raw" in told
    assert "--offsets lf" in told
    case.run(files, "jsonl", "--offsets", "raw")
    assert case.mentions == [(17, 20, "sai")]


@pytest.mark.parametrize("start", [0, 1])
def test_a_byte_order_mark_counts_or_not_as_the_records_say(case: Case, start: int) -> None:
    files = {"e.txt": "\ufeffKyiv fell silent.\n", "e.ann": f"\ufeffT1\tGPE {start} {start + 4}\tKyiv\n"}
    told = case.run(files, "brat")
    assert case.mentions == [(0, 4, "Kyiv")]
    assert case.part()["documents"]["header"].to_list() == ["\ufeff"]
    assert "notice: bom-skipped 1" in told


HELLO = "\U0001f60a Hello, my name is John."


def test_utf_16_is_found_by_repeated_words(case: Case) -> None:
    spans = [{"start": 21, "end": 25, "label": "PERSON", "text": "John"}]
    told = case.run({"q.jsonl": json.dumps({"text": HELLO, "spans": spans})}, "jsonl")
    start = HELLO.index("John")
    assert case.mentions == [(start, start + 4, "John")]
    assert "notice: offsets-utf-16 1" in told


@pytest.mark.parametrize(("unit", "start"), [("code-points", 20), ("utf-16", 21)])
def test_units_that_nothing_tells_apart_must_be_told(case: Case, unit: str, start: int) -> None:
    files = {"u.jsonl": json.dumps({"text": HELLO, "label": [[start, start + 4, "PERSON"]]})}
    assert "--offsets code-points or --offsets utf-16" in case.run(files, "jsonl", code=2)
    assert case.is_untouched
    case.run(files, "jsonl", "--offsets", unit)
    assert [text for *_, text in case.mentions] == ["John"]


def test_bytes_are_named_and_taken_where_they_are_asked_for(case: Case) -> None:
    files = {"f.txt": "« Château » said Zoé.", "f.ann": "T1\tPERSON 20 24\tZoé\n"}
    told = case.run(files, "brat", code=2)
    assert "the offsets fit if they count UTF-8 bytes: --offsets bytes" in told
    assert case.is_untouched
    case.run(files, "brat", "--offsets", "bytes")
    assert case.mentions == [(17, 20, "Zoé")]


def test_inclusive_ends_are_found_by_repeated_words(case: Case) -> None:
    told = case.run({"i.txt": "Rome and Oslo.", "i.ann": "T1\tGPE 0 3\tRome\nT2\tGPE 9 12\tOslo\n"}, "brat")
    assert case.mentions == [(0, 4, "Rome"), (9, 13, "Oslo")]
    assert "notice: ends-inclusive 1" in told


@pytest.mark.parametrize("format", ["iob", "votes", "brat", "webanno", "WebAnno-TSV"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_webanno_is_told_the_way(format: str, mark: str, case: Case) -> None:
    told = case.run({"g.tsv": f"{mark}#FORMAT=WebAnno TSV 3.3\n#T_SP=custom.Entity|value\n"}, format, code=2)
    assert "WebAnno TSV" in told
    assert "UIMA CAS (XMI or JSON)" in told


ENGLISH = (
    "-DOCSTART- -X- -X- O\n\nEU NNP B-NP B-ORG\nrejects VBZ B-VP O\n\n-DOCSTART- -X- -X- O\n\n"
    "Peter NNP B-NP B-PER\nBlackburn NNP I-NP I-PER\n"
)
DUTCH = "-DOCSTART- -DOCSTART- O\nDe Art O\nHaag N B-LOC\n. Punc O\n\nVrede N O\n"


def test_docstart_begins_a_document_and_is_no_token(case: Case) -> None:
    map_file = a_map(case, spans={"PER": "mentions PERSON"})
    case.run({"english.conll": ENGLISH, "dutch.conll": DUTCH}, "iob", "--labels", map_file)
    part = case.part()
    texts = dict(part["documents"].select("doc_id", "text").iter_rows())
    assert texts == {"dutch": "De Haag . Vrede", "english-1": "EU rejects", "english-2": "Peter Blackburn"}
    sentences = [texts[doc][start:end] for doc, start, end in part["sentences"].select("doc_id", "start", "end").rows()]
    assert sentences == ["De Haag .", "Vrede", "EU rejects", "Peter Blackburn"]
    assert [text for *_, text in case.mentions] == ["Haag", "EU", "Peter Blackburn"]
    assert part["documents"]["recipe"].unique().to_list() == ["tokens/1"]


@pytest.mark.parametrize(
    ("way", "texts"), [("blank-lines", ["a b", "c", "d"]), ("blank-lines 2", ["a b c", "d"]), (None, ["a b c d"])]
)
def test_blank_lines_part_the_texts_of_a_file_that_has_no_names(way: str | None, texts: list[str], case: Case) -> None:
    options = () if way is None else ("--documents", way)
    told = case.run({"t.conll": "a B-PERSON\nb O\n\nc O\n\n\n\nd O\n"}, "iob", *options)
    assert case.part()["documents"]["text"].to_list() == texts
    assert ("documents-by-blank-lines" in told) == (way is not None)
    assert ("one-document-per-file" in told) == (way is None)


def test_blank_lines_part_nothing_where_the_file_says_where_texts_begin(case: Case) -> None:
    map_file = a_map(case, spans={"PER": "mentions PERSON"})
    case.run({"english.conll": ENGLISH}, "iob", "--labels", map_file, "--documents", "blank-lines")
    assert case.part()["documents"]["text"].to_list() == ["EU rejects", "Peter Blackburn"]


COLUMNS = '" O\nNo O\n" O\n, O\nsaid O\nU.S. B-GPE\nofficials O\n( O\nTrump B-PERSON\n\'s O\n) O\n. O\n'


def test_tokens_alone_make_a_text_and_it_is_told(case: Case) -> None:
    told = case.run({"i.conll": COLUMNS}, "iob")
    assert case.part()["documents"]["text"].to_list() == ['" No " , said U.S. officials ( Trump \'s ) .']
    assert "notice: text-made-from-tokens 1" in told
    assert "notice: one-document-per-file 1" in told


def test_tokens_are_found_in_the_real_text(case: Case) -> None:
    text = case.folder / "i.txt"
    text.write_text('"No", said U.S. officials (Trump\'s).\n', "utf-8")
    case.run({"i.conll": COLUMNS}, "iob", "--text", text)
    assert case.mentions == [(11, 15, "U.S."), (27, 32, "Trump")]
    text.write_text('"No", said American officials (Trump\'s).\n', "utf-8")
    case.root.rename(case.folder / "first")
    make_corpus(case.root, PROJECT / SCHEME_FILE)
    assert "i.conll:6" in case.run({"i.conll": COLUMNS}, "iob", "--text", text, code=2)


def test_crossing_spans_are_refused_and_nested_ones_kept(case: Case) -> None:
    label = [[4, 8, "GPE"], [4, 28, "ORG"], [4, 28, "ORG"], [9, 34, "ORG"]]
    files = {"j.jsonl": json.dumps({"text": "The U.S. Treasury Department spoke.", "label": label})}
    told = case.run(files, "jsonl", code=2)
    assert '"Treasury Department spoke" at 9..34 crosses "U.S. Treasury Department" at 4..28' in told
    told = case.run(files, "jsonl", "--skip-refused", code=1)
    assert case.mentions == [(4, 8, "U.S."), (4, 28, "U.S. Treasury Department")]
    assert "notice: duplicate 1" in told
    assert "they are inside another one" in case.export("iob")
    assert "nothing was written" in case.export("iob", "--strict", code=2)


def test_a_span_that_cuts_a_word_is_kept_and_widened_on_the_way_out(case: Case) -> None:
    case.run({"k.jsonl": json.dumps({"text": "Hello from India", "entities": [[11, 15, "GPE"]]})}, "jsonl")
    assert case.mentions == [(11, 15, "Indi")]
    assert "SB702" in {finding.rule for finding in check_corpus(read_corpus(case.root))}
    for format in ("iob", "docbin"):
        assert "notice: span-widened 1" in case.export(format)
        assert "nothing was written" in case.export(format, "--strict", code=2)


PAGE: dict[str, Any] = {
    "text": "Larry Page founded Google.",
    "entities": [
        {"id": 0, "start_offset": 0, "end_offset": 10, "label": "PERSON"},
        {"id": 1, "start_offset": 19, "end_offset": 25, "label": "ORG"},
    ],
    "relations": [{"id": 0, "from_id": 0, "to_id": 1, "type": "leads"}],
}


def test_relations_come_in_and_are_counted_where_they_are_lost(case: Case) -> None:
    case.run({"m.jsonl": json.dumps(PAGE)}, "jsonl")
    part = case.part()
    assert [part[layer].height for layer in ("mentions", "entities", "relations")] == [2, 2, 1]
    assert part["relations"].select("type", "modality").row(0) == ("leads", None)
    assert "1 relations have no place in this format" in case.export("iob")


def test_a_relation_to_nothing_is_refused(case: Case) -> None:
    relations = [{"id": 0, "from_id": 0, "to_id": 7, "type": "leads"}]
    told = case.run({"m.jsonl": json.dumps({**PAGE, "relations": relations})}, "jsonl", code=2)
    assert "relation 0 names the entity 7" in told
    assert case.is_untouched


def test_drifting_offsets_are_refused_with_how_they_drift(case: Case) -> None:
    records = "T1\tGPE 4 8\tRome\nT2\tGPE 15 19\tOslo\nT3\tGPE 28 32\tBern\n"
    told = case.run({"o.txt": "One Rome.\nTwo Oslo.\nThree Bern.\n", "o.ann": records}, "brat", code=2)
    assert '"Rome" fits' in told
    assert '"Oslo" is found 1 further left' in told
    assert '"Bern" is found 2 further left' in told
    assert "one for each line break" in told
    assert case.is_untouched


DRIFT = "One Rome.\nTwo Oslo.\nThree Bern.\n"


def test_drifting_spans_move_to_their_words_where_that_is_asked_for(case: Case) -> None:
    records = "T1\tGPE 4 8\tRome\nT2\tGPE 15 19\tOslo\nT3\tGPE 28 32\tBern\n"
    told = case.run({"o.txt": DRIFT, "o.ann": records}, "brat", "--reanchor")
    assert case.mentions == [(4, 8, "Rome"), (14, 18, "Oslo"), (26, 30, "Bern")]
    assert "notice: span-moved 2" in told
    assert 'o.ann:2 "Oslo" moved from 15..19 to 14..18' in told
    assert 'o.ann:3 "Bern" moved from 28..32 to 26..30' in told


def test_spans_beyond_the_text_and_with_gaps_move_too(case: Case) -> None:
    text = "Zoé met\tIvo.\nThen the Labour and the Green Party left"
    records = "T1\tPERSON 0 3\tZoé\nT2\tORG 24 30;45 50\tLabour Party\nT3\tEVENT 55 59\tleft\nT4\tPERSON 9 12\tIvo\n"
    told = case.run({"g.txt": text, "g.ann": records}, "brat", "--reanchor", "--discontinuous", "first")
    assert case.mentions == [(0, 3, "Zoé"), (8, 11, "Ivo"), (22, 28, "Labour"), (49, 53, "left")]
    assert 'g.ann:2 "Labour Party" moved from 24..30;45..50 to 22..28;43..48' in told
    assert "notice: span-moved 3" in told


@pytest.mark.parametrize(
    ("text", "record"),
    [
        ("Oslo, then Oslo.\n", "T1\tGPE 6 10\tOslo\n"),  # twice in its line
        ("A Rome and Rome.\nB Oslo.\n", "T1\tGPE 16 20\tRome\n"),  # twice in the line of the nearest
        ("A Oslo.\n", "T1\tGPE 1 5\tRome\n"),
        ("Oslo.\n\n\nOslo.\n", "T1\tGPE 4 8\tOslo\n"),  # as near in two lines
        ("A Oslo.\n", "T1\tGPE 3 7\tOslo\nT2\tGPE 2 6\n"),  # one repeats no words
    ],
)
def test_a_span_that_may_be_in_two_places_is_never_moved(text: str, record: str, case: Case) -> None:
    told = case.run({"o.txt": text, "o.ann": record}, "brat", "--reanchor", code=2)
    assert "not all spans can be moved: o.ann:" in told
    assert case.is_untouched


def test_characters_of_a_misread_encoding_are_told_and_kept(case: Case) -> None:
    told = case.run({"r.txt": "It\u00e2\u0080\u0099s a hoax.\n", "r.ann": "T1\tEVENT 9 13\thoax\n"}, "brat")
    assert case.mentions == [(9, 13, "hoax")]
    assert "U+0080" in told


def test_where_the_text_of_a_file_may_be_is_told(case: Case) -> None:
    told = case.run({"s.txt": "No.\n", "t.txt": "Yes.\n", "s_4b22.ann": ""}, "brat", code=2)
    assert "--annotator '(.+)_(.+)'" in told
    for name in ("t.txt", "s_4b22.ann"):
        (case.folder / "files" / name).unlink()
    told = case.run({"a.ann": ""}, "brat", code=2)
    assert 'no text "a.txt"' in told
    assert 'which has "s.txt" alone' in told
    assert "--text PATH" in told


def test_annotators_in_names_of_files_become_passes_over_what_each_has_seen(case: Case, cli: Cli) -> None:
    files = {
        "s.txt": "He said no.\n",
        "s_4b22.ann": "T1\tCue 3 7\tsaid\nT2\tContent 8 10\tno\nE1\tCue:T1 Content:T2\n",
        "s_d473.ann": "T1\tCue 3 7\tsaid\nT2\tContent 8 11\tno.\nE1\tCue:T1 Content:T2\n",
        "u.txt": "She left.\n",
        "u_4b22.ann": "",
    }
    case.run(files, "brat", "--annotator", "(.+)_([0-9a-f]{4})")
    assert case.part()["documents"]["doc_id"].to_list() == ["s", "u"]
    assert case.part()["attributions"].is_empty()
    seen = {who: case.part(who)["progress"].select("doc_id", "layer", "state").rows() for who in ("4b22", "d473")}
    assert seen["4b22"] == [("s", "attributions", "done"), ("u", "attributions", "done")]
    assert seen["d473"] == [("s", "attributions", "done")]
    case.require_sound()
    agreed = cli("agree", "4b22", "d473", "--layer", "attributions", "--root", case.root)
    assert agreed.returncode == 0, agreed.stderr
    assert "documents that both have done: 1" in agreed.stdout
