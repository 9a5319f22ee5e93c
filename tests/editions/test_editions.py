"""Editions: what is in them, and that nothing of a text is where it must not be."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from built_views import VIEWS
from built_views import words as shown_rows
from conftest import DOC, PROJECT, Root, examples, offline
from editions.five_words import found_runs, words
from many_parts import add_parts, tree
from processes import QUIT
from stancebank.corpus.part import Part
from stancebank.dataset.building import available_views, build, chosen_views
from stancebank.editions.columns import without_digests, without_text
from stancebank.editions.copies import CASES, WITHHELD, Copies, Place, first_runs, runs_of
from stancebank.editions.edition import Edition, EditionName
from stancebank.editions.masking import masked
from stancebank.editions.preparing import edition_of
from stancebank.editions.sealing import SHORT, sentence_digests
from stancebank.faults import StanceBankError
from stancebank.schema.column import Column, ListOf, Record
from stancebank.text.tokens import tokens_available
from stancebank.work.engines import engine
from strategies import parts

SEED = (PROJECT / f"seeds/{DOC}.txt").read_text("utf-8")
GONE = {"ner", "ner_names", "spans", "docred", "coref", "attribution_tags", "stance_detection", "quotes"}
"""What the stand-off edition has not, since it is nothing without words."""
BOTH: tuple[EditionName, ...] = ("standoff", "masked")
ANY_TEXT = st.text(
    st.characters(exclude_categories=["Cs"])
    | st.sampled_from("aA1\u0301\u05e9\u05bc\u0915\u093f\U0001d518\U00010400\u24b6\u00bd\u6f22"),
    max_size=80,
)


@pytest.mark.parametrize("name", BOTH)
def test_no_edition_holds_five_words_of_the_text(editions: dict[str, Path], name: str) -> None:
    assert found_runs(editions[name], [SEED]) == []


def test_the_search_finds_the_text_in_every_view_that_has_it(editions: dict[str, Path]) -> None:
    found = {place.split("/")[1] for place, _ in found_runs(editions["full"], [SEED]) if place.startswith("data/")}
    with_text = {name for name, view in VIEWS.items() if without_text(view.columns) != view.columns}
    assert found >= with_text - {"mentions"}  # of which none has five words but names of events
    assert len(found_runs(editions["full"], [SEED])) > 1000


def test_the_search_sees_a_run_in_a_page_a_name_and_a_manifest(tmp_path: Path) -> None:
    for place in ("README.md", "manifest.json", "data/one two three four five.txt"):
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).write_text("" if "five" in place else '"One, two; THREE\u2014four (five)"')
    assert [place for place, _ in found_runs(tmp_path, ["zero one two three four five"])] == [
        "README.md",
        "data/one two three four five.txt",
        "manifest.json",
    ]


def test_the_stand_off_edition_has_no_longer_word_of_the_text_that_only_the_text_has(editions: dict[str, Path]) -> None:
    own = {word for word in words(SEED) if len(word) > 5}
    own -= set(words(re.sub("example: .*", "", (PROJECT / "schemas/scheme.yaml").read_text("utf-8"))))
    for file in (
        "corpus/targets.jsonl",
        "corpus/corpus.yaml",
        "DATASHEET.md",
        "seeds/seeds.yaml",
        "annotation/annotators.yaml",
    ):
        own -= set(words((PROJECT / file).read_text("utf-8")))
    for path in sorted((PROJECT / "annotation").glob("passes/*/2025-02/entities.jsonl")):
        names = [json.loads(line)["name"] for line in path.read_text("utf-8").splitlines()]
        own -= {word for each in names if each not in SEED for word in words(each)}
    gold = [
        json.loads(line)["name"] for line in (PROJECT / "corpus/2025-02/entities.jsonl").read_text("utf-8").splitlines()
    ]
    own -= {word for each in gold if each not in SEED for word in words(each)}
    assert len(own) > 50
    for path in (each for each in editions["standoff"].rglob("*") if each.suffix in (".jsonl", ".json")):
        assert own & set(words(path.read_text("utf-8"))) == set(), path
    for path in editions["standoff"].rglob("*.parquet"):
        assert own & set(words(json.dumps(pl.read_parquet(path).to_dicts(), ensure_ascii=False))) == set(), path


@pytest.mark.parametrize("name", BOTH)
def test_two_builds_of_an_edition_are_the_same_and_the_next_one_takes_them_over(
    root: Root, tmp_path: Path, name: Any
) -> None:
    root.add_passes()
    build(root.corpus(), tmp_path / "one", available_views(), edition=name)
    build(root.corpus(), tmp_path / "two/deeper", available_views(), edition=name)
    build(root.corpus(), tmp_path / "one", available_views(), edition=name)
    assert tree(tmp_path / "one") == tree(tmp_path / "two/deeper")
    assert json.loads((tmp_path / "one/manifest.json").read_bytes())["edition"] == name


def test_every_config_of_an_edition_loads(editions: dict[str, Path], tmp_path: Path) -> None:
    code = """
import json, sys
from datasets import get_dataset_config_names, load_dataset
found = {}
for folder in sys.argv[1:]:
    for name in get_dataset_config_names(folder):
        found[f"{folder} {name}"] = load_dataset(folder, name, split="train").to_list()
print(json.dumps(found))
"""
    folders = [str(editions[name]) for name in BOTH]
    command = [sys.executable, "-c", code + QUIT, *folders]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", env=offline(tmp_path), check=True)
    loaded = json.loads(done.stdout)
    assert len(loaded) == len(VIEWS) + len(VIEWS.keys() - GONE)
    for name, folder in zip(BOTH, folders, strict=True):
        assert loaded[f"{folder} documents"] == _rows(editions[name], "documents")
        assert loaded[f"{folder} stances"] == _rows(editions[name], "stances")


def test_an_edition_of_views_that_it_has_not_is_refused(root: Root, tmp_path: Path) -> None:
    with pytest.raises(StanceBankError, match=r"the standoff edition has no quotes"):
        build(root.corpus(), tmp_path / "out", chosen_views(["quotes"]), edition="standoff")
    assert not (tmp_path / "out").exists()


@pytest.mark.deep("processes")
def test_two_workers_give_the_same_manifest_of_each_edition(root: Root, tmp_path: Path) -> None:
    add_parts(root)
    views = chosen_views(["documents", "targets"])
    for name in BOTH:
        alone = build(root.corpus(), tmp_path / "alone", views, edition=name)
        with engine(2) as two:
            assert build(root.corpus(), tmp_path / "two", views, two, edition=name) == alone
        assert tree(tmp_path / "alone") == tree(tmp_path / "two")


def test_a_folder_of_one_edition_becomes_another_without_a_trace(root: Root, tmp_path: Path) -> None:
    for name in ("full", "standoff"):
        build(root.corpus(), tmp_path / "out", available_views(), edition=name)
    build(root.corpus(), tmp_path / "alone", available_views(), edition="standoff")
    assert tree(tmp_path / "out") == tree(tmp_path / "alone")


def test_the_stand_off_edition_leaves_out_tasks_whose_input_is_text_and_the_card_says_so(
    editions: dict[str, Path],
) -> None:
    there = {path.name for path in (editions["standoff"] / "data").iterdir()}
    assert there == set(VIEWS) - GONE
    card = (editions["standoff"] / "README.md").read_text("utf-8")
    said = next(line for line in card.split("\n") if "left out: " in line)
    assert set(re.findall("`(.*?)`", said)) == GONE
    for column in ("text", "title", "header", "text_sha256"):
        section = card.split("### documents\n")[1].split("### ")[0]
        assert f"| `{column}` |" not in section


def test_the_masked_edition_has_every_view_and_its_spans_read_what_the_masked_text_does(
    editions: dict[str, Path],
) -> None:
    assert {path.name for path in (editions["masked"] / "data").iterdir()} == set(VIEWS)
    row = _rows(editions["masked"], "documents")[0]
    assert row["text"] == masked(_rows(editions["full"], "documents")[0]["text"])
    spans = [
        *row["mentions"],
        *row["stances"],
        *row["attributions"],
        *(c for a in row["attributions"] for c in a["content"]),
    ]
    assert len(spans) > 200
    assert all(row["text"][span["start"] : span["end"]] == span["text"] for span in spans)


@pytest.mark.skipif(not tokens_available(), reason="needs spaCy")
def test_masked_columns_are_masked_one_to_one_and_all_others_are_as_they_were(editions: dict[str, Path]) -> None:
    for name, view in VIEWS.items():
        for full, shown in zip(_rows(editions["full"], name), _rows(editions["masked"], name), strict=True):
            assert shown == _expected(full, shown, view.columns), name


def _expected(full: Any, shown: Any, columns: tuple[Column, ...]) -> Any:
    """The row as the flags of its columns say that it is masked."""
    found = {}
    for column in without_digests(columns):
        value, kind = full[column.name], column.kind
        if column.source == "text":
            value = _each(value, masked)
        elif column.may_copy:
            assert _shape(value) == _shape(shown[column.name])
            value = shown[column.name]
        elif isinstance(kind, ListOf) and isinstance(kind.item, Record):
            inner = zip(value, shown[column.name], strict=True)
            value = [_expected(a, b, kind.item.columns) for a, b in inner]
        elif name_of_nested(kind):
            value = [
                [_expected(a, b, kind.item.item.columns) for a, b in zip(x, y, strict=True)]  # type: ignore[union-attr]
                for x, y in zip(value, shown[column.name], strict=True)
            ]
        found[column.name] = value
    return found


def name_of_nested(kind: Any) -> bool:
    return isinstance(kind, ListOf) and isinstance(kind.item, ListOf) and isinstance(kind.item.item, Record)


def _each(value: Any, change: Any) -> Any:
    return [_each(item, change) for item in value] if isinstance(value, list) else value and change(value)


def _shape(value: Any) -> Any:
    return _each(value, lambda text: masked(text))


def _rows(folder: Path, view: str) -> list[dict[str, Any]]:
    return shown_rows((folder / "data" / view).glob("*.parquet"))


@given(ANY_TEXT)
def test_masking_keeps_each_place_and_no_letter(text: str) -> None:
    shape = masked(text)
    assert len(shape) == len(text)
    assert masked(shape) == shape
    for before, after in zip(text, shape, strict=True):
        assert before.isspace() == after.isspace()
        if before.isalnum():
            assert after in "Xx0"
            assert (after == "X") == before.isupper() or before.istitle()


@given(parts())
@settings(max_examples=examples(25))
def test_spans_hold_in_masked_parts_and_stand_off_parts_have_no_text(part: Part) -> None:
    shown = Edition("masked").part(part)
    texts = dict(shown["documents"].select("doc_id", "text").iter_rows())
    for doc_id, start, end, text in (
        shown.spans.filter(pl.col("text").is_not_null()).select("doc_id", "start", "end", "text").iter_rows()
    ):
        assert texts[doc_id][start:end] == text
    bare = Edition("standoff").part(part)
    held = json.dumps({name: frame.to_dicts() for name, frame in bare.frames.items()}, ensure_ascii=False)
    for word in {word for text in part["documents"]["text"] for word in words(text) if not word.isascii()}:
        assert word not in held


PLAIN = st.lists(
    st.sampled_from(
        ["Kyiv", "said", "the", "talks", "\u0633\u0644\u0627\u0645", "\U0001d518n", "e\u0301te\u0301", "end"]
    ),
    max_size=14,
)


@given(PLAIN, PLAIN, st.lists(st.sampled_from([" ", ", ", " \u2014 ", "\n"]), min_size=28, max_size=28))
def test_what_is_withheld_leaves_no_run_and_its_pieces_give_it_back(
    source: list[str], own: list[str], marks: list[str]
) -> None:
    text = "".join(word + mark for word, mark in zip(source, marks, strict=False))
    value = "".join(word + mark for word, mark in zip([*own, *source[2:9], *own], marks, strict=False))
    copies = Copies(first_runs("d", text, runs_of([value])))
    # Words on both sides of what is withheld do not stand in succession.
    assert not runs_of(copies.elided(value).split(WITHHELD)) & runs_of([text])
    assert len(copies.masked(value)) == len(value)
    pieces = copies.pieces(value, "d", text)
    assert not runs_of(piece.text for piece in pieces) & runs_of([text])
    given_back = "".join(p.text or CASES[p.case](text[p.starts[0] : p.starts[0] + p.length]) for p in pieces)
    assert given_back == (value if copies.stretches(value) else "")


def test_a_run_in_other_case_comes_back_as_it_was_written_and_one_that_cannot_is_refused() -> None:
    copies = Copies(
        {"\0".join(["the", "end", "of", "the", "stra\u00dfe".casefold()]): Place("d", 0, "The end of the STRASSE")}
    )
    assert [piece.case for piece in copies.pieces("THE end OF the Strasse", "", "") if piece.length] == [
        "upper",
        "",
        "upper",
        "",
        "capitalize",
    ]
    with pytest.raises(StanceBankError, match="spells"):
        copies.pieces("the end of the Stra\u00dfe", "", "")


def test_letters_of_scripts_without_blanks_count_as_words() -> None:
    text = "\u6771\u4eac\u3067\u4f1a\u8b70\u304c\u958b\u304b\u308c\u305f"
    copies = Copies(first_runs("d", text, runs_of([text])))
    assert copies.elided(f"on {text[2:8]} alone") == "on [...] alone"


def test_names_that_the_text_has_are_withheld_and_others_stay_unless_runs_alone_count(root: Root) -> None:
    own = "a body of another name"
    root.edit("entities", 1, name=own)
    for withhold in ("copied", "runs"):
        if withhold == "runs":
            root.replace("corpus/corpus.yaml", "splits:", "editions:\n  withhold: runs\nsplits:")
        corpus = root.corpus()
        edition = edition_of(corpus, "standoff")
        names = edition.part(root.part())["entities"]["name"]
        assert names[1] == own
        assert names[0] == ("[e1]" if withhold == "copied" else "Britain")
        assert names[2] == "[e3]"  # "emergency European leaders' meeting in Paris": six words
        assert (
            edition.part(root.part())["entities"].filter(pl.col("name").str.contains("leaders'"))["name"].to_list()
            == []
        )


def test_a_note_a_page_and_a_line_of_settings_lose_what_they_quote(root: Root, tmp_path: Path) -> None:
    quoted = "We believe that, as a RESULT of the acceleration"
    root.edit("targets", 0, note=f"Said so: {quoted}, he said.")
    root.replace("corpus/corpus.yaml", "title: StanceBank", f"title: 'On {quoted}'")
    root.replace("seeds/seeds.yaml", "Report of an", f"Report ({quoted}) of an")
    root.replace("schemas/scheme.yaml", "definition: A person, or", f"definition: {quoted} A person, or")
    (root.path / "DATASHEET.md").write_text(f"# Mine\n\n> {quoted}\n", "utf-8")
    for name in BOTH:
        build(root.corpus(), tmp_path / name, available_views(), edition=name)
        assert found_runs(tmp_path / name, [SEED]) == []
        assert (tmp_path / name / "DATASHEET.md").read_text("utf-8") == "# Mine\n\n> [...]\n"
    assert "Said so: [...], he said." in str(_rows(tmp_path / "standoff", "targets"))


@pytest.mark.parametrize("column", ["doc_id", "seed"])
def test_an_id_that_repeats_the_text_is_refused(root: Root, tmp_path: Path, column: str) -> None:
    name = "the-first-European-leader-to-pledge"
    for layer in ("documents", "sentences", "entities", "mentions", "relations", "attributions", "stances", "progress"):
        root.change(
            layer, lambda records: [r.update({column: r[column].replace(DOC, name)}) for r in records if column in r]
        )
    if column == "seed":
        (root.path / f"seeds/{DOC}.txt").rename(root.path / f"seeds/{name}.txt")
        root.replace("seeds/seeds.yaml", f"{DOC}.txt", f"{name}.txt")
    with pytest.raises(StanceBankError, match=r"first-European.* repeats 5 words of a text"):
        build(root.corpus(), tmp_path / "out", available_views(), edition="masked")
    assert not (tmp_path / "out").exists()
    build(root.corpus(), tmp_path / "out", available_views())


@given(st.lists(st.integers(1, 60), min_size=1, max_size=8))
def test_a_short_sentence_has_no_digest_of_its_own(lengths: list[int]) -> None:
    text, spans = "", []
    for number, length in enumerate(lengths):
        spans.append((f"n{number}", len(text), len(text) + length))
        text += chr(97 + number) * length + " "
    for (_, start, end), digests in zip(spans, sentence_digests(text, spans), strict=True):
        companions = [digest["companion"] for digest in digests]
        long = [name for name, first, last in spans if last - first >= SHORT]
        assert (
            companions == [""]
            if end - start >= SHORT
            else (len(companions) == min(2, len(long)) and set(companions) <= set(long))
        )
