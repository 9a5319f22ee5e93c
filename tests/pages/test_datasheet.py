"""The datasheet: every number in it is generated, and the rest holds for the corpus as it is."""

from __future__ import annotations

import re

import pytest

from conftest import PROJECT, PROJECT_VERSION, VERSION, Root
from stancebank.agreement.main_scores import MAIN_SCORES, PairOfPasses, pairs_of_passes
from stancebank.corpus.corpus import read_corpus
from stancebank.corpus.statistics import corpus_statistics
from stancebank.faults import StanceBankError
from stancebank.pages.datasheet import datasheet_block
from stancebank.pages.generated import drifted, generated_files

PAGE = (PROJECT / "DATASHEET.md").read_text("utf-8")
PART = re.compile(r"<!-- (figures:\S+) -->\n(.*?)<!-- end of \1 -->\n", re.DOTALL)
SECTIONS = (
    "Motivation",
    "Composition",
    "Collection process",
    "Preprocessing, cleaning, labeling",
    "Uses",
    "Distribution",
    "Maintenance",
)
# What may hold digits without being a count: headings, dates, years, releases, licences, algorithms.
NO_COUNTS = r"^#.*$|\b\d{4}-\d\d-\d\d\b|\b(19|20)\d\d\b|\brelease \d+\.\d+\.\d+\b|\bCC BY \d\.\d\b|\bSHA-256\b"


def test_the_seven_sections_stand_in_their_order() -> None:
    assert tuple(re.findall(r"^## (.*)$", PAGE, re.MULTILINE)) == SECTIONS


def test_no_number_is_written_by_hand() -> None:
    prose = re.sub(NO_COUNTS, "", PART.sub("", PAGE), flags=re.MULTILINE)
    assert re.findall(r".*\d.*", prose) == []


def test_every_kind_of_number_is_on_the_page() -> None:
    kinds = ("version", "counts", "labels", "annotators", "agreement")
    assert [marker for marker, _ in PART.findall(PAGE)] == [f"figures:{kind}" for kind in kinds]


def test_what_it_says_of_text_and_annotators_in_words_holds() -> None:
    corpus = read_corpus(PROJECT)
    assert corpus_statistics(corpus).records["documents"] == 1
    assert {each.kind for each in corpus.register.annotators} == {"language model"}
    assert len({each.name for each in corpus.register.annotators}) == 1
    assert list(corpus.settings.splits) == ["train"]
    assert corpus.settings.annotation_license in PAGE
    assert not any(rights.redistribution for rights in corpus.seeds.rights.values())


def test_its_numbers_follow_the_corpus(root: Root) -> None:
    page = PAGE.replace(f"Corpus version {PROJECT_VERSION}", f"Corpus version {VERSION}")
    (root.path / "DATASHEET.md").write_text(page, "utf-8")
    root.add_passes()
    assert "DATASHEET.md" not in drifted(root.path, generated_files(root.corpus()))
    root.change("relations", list.pop)
    root.replace("corpus/corpus.yaml", "version: 0.1.0", "version: 0.2.0")
    page = generated_files(root.corpus())["DATASHEET.md"].decode()
    assert f"| `relations` | {len(root.records('relations'))} |" in page
    assert "Corpus version 0.2.0" in page


def test_a_corpus_without_a_datasheet_gets_none(root: Root) -> None:
    assert "DATASHEET.md" not in generated_files(root.corpus())


def test_a_datasheet_without_markers_is_left_as_it_is(root: Root) -> None:
    (root.path / "DATASHEET.md").write_bytes(b"# Mine, with 3 texts\r\n")
    assert generated_files(root.corpus())["DATASHEET.md"] == b"# Mine, with 3 texts\r\n"


def test_an_unknown_marker_is_refused_with_its_line(root: Root) -> None:
    (root.path / "DATASHEET.md").write_text("# A\n<!-- figures:x -->\n<!-- end of figures:x -->\n", "utf-8")
    with pytest.raises(StanceBankError, match=r"DATASHEET\.md:2: nothing is generated for the marker figures:x"):
        generated_files(root.corpus())


def test_a_datasheet_that_is_not_utf_8_is_refused_and_kept(root: Root) -> None:
    (root.path / "DATASHEET.md").write_bytes(b"\xff")
    with pytest.raises(StanceBankError, match=r"DATASHEET\.md is not UTF-8"):
        generated_files(root.corpus())


def written(root: Root, marker: str, *pairs: PairOfPasses) -> str:
    corpus = root.corpus()
    return datasheet_block(corpus, corpus_statistics(corpus), pairs, f"figures:{marker}") or ""


def test_without_passes_it_says_so(root: Root) -> None:
    assert written(root, "agreement") == "There are no two registered passes to compare."
    assert written(root, "annotators") == "No annotator is registered."


def test_agreement_has_a_row_for_each_main_figure_with_what_is_asked_and_what_others_reached(root: Root) -> None:
    values = (None, *(0.5 for _ in MAIN_SCORES[1:]))
    text = written(root, "agreement", PairOfPasses("x", "y", values, (2,) * len(MAIN_SCORES)))
    assert "| `entities` | CoNLL average | 2 | undefined | 0.85 |  |" in text
    assert "| `mentions` | span, exact | 2 | 0.500 | 0.90 |  |" in text
    assert "| `attributions` | token role, alpha | 2 | 0.500 |  | PolNeAR 0.754 |" in text
    assert "| `stances` | label, nominal alpha, per document | 2 | 0.500 |  | GWSD 0.33 |" in text


def test_no_published_figure_stands_beside_passes_that_are_not_independent(root: Root) -> None:
    values = (0.5,) * len(MAIN_SCORES)
    text = written(root, "agreement", PairOfPasses("x", "y", values, (2,) * len(MAIN_SCORES), ("predictions", "gold")))
    assert "`x` and `y`, which are not independent: made from predictions, gold:" in text
    assert "| `attributions` | token role, alpha | 2 | 0.500 |  |  |" in text
    assert not any(name in text for name in ("PolNeAR", "GWSD", "Published"))


def test_what_annotators_are_called_is_no_markup(root: Root) -> None:
    root.add_passes()
    root.replace(
        "annotation/annotators.yaml",
        "instructions: annotation/guidelines, read for the first time, and the text\n    note: >-\n      Saw",
        "instructions: <b>|x|</b>\n    note: >-\n      Saw",
    )
    assert r"\<b\>\|x\|\</b\>" in written(root, "annotators")


def test_only_registered_passes_with_a_part_in_common_are_compared(root: Root) -> None:
    root.add_passes()
    (pair,) = pairs_of_passes(root.corpus())
    assert (pair.a, pair.b, len(pair.values)) == ("pass-a", "pass-b", len(MAIN_SCORES))
    (root.path / "annotation/annotators.yaml").write_text("annotators: []\n", "utf-8")
    assert pairs_of_passes(root.corpus()) == ()
