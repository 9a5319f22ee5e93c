"""Pages in which some parts are generated: what stands between two markers, and nothing else, is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import PROJECT
from stancebank.faults import StanceBankError
from stancebank.pages.generated_blocks import filled, label_table
from stancebank.schema.scheme import VOCABULARIES, Scheme
from strategies import SCHEME

PAGE = "# Head\n\n<!-- labels:modalities -->\nold\n<!-- end of labels:modalities -->\nAfter.\n"
prose = st.text().filter(lambda text: "<!--" not in text)


def fill(page: str) -> str:
    return filled(page, "page.md", lambda name: f"new {name}")


def test_a_part_is_written_between_its_markers() -> None:
    assert fill(PAGE) == (
        "# Head\n\n<!-- labels:modalities -->\n\nnew labels:modalities\n\n<!-- end of labels:modalities -->\nAfter.\n"
    )


def test_what_was_filled_stays_as_it_is() -> None:
    assert fill(fill(PAGE)) == fill(PAGE)


def test_a_part_that_was_empty_is_filled_like_one_that_was_not() -> None:
    assert fill(PAGE.replace("old\n", "")) == fill(PAGE)


def test_each_part_gets_its_own() -> None:
    page = fill(PAGE + PAGE.replace("modalities", "commitments"))
    assert page.count("new labels:modalities") == page.count("new labels:commitments") == 1


@given(prose, prose)
def test_all_else_on_a_page_is_kept(before: str, after: str) -> None:
    page = f"{before}\n<!-- a -->\n<!-- end of a -->\n{after}"
    assert fill(page) == f"{before}\n<!-- a -->\n\nnew a\n\n<!-- end of a -->\n{after}"
    assert fill(before) == before


def test_a_comment_that_marks_nothing_is_left() -> None:
    page = "<!-- a note for editors -->\nText.\n"
    assert fill(page) == page


@pytest.mark.parametrize(
    "page", ["One.\n\n<!-- a -->\n<!-- end of b -->\n", "One.\n\n<!-- nothing -->\n<!-- end of nothing -->\n"]
)
def test_a_marker_that_means_nothing_is_refused_with_its_line(page: str) -> None:
    with pytest.raises(StanceBankError, match=r"page\.md:3: nothing is generated for the marker (a|nothing)"):
        filled(page, "page.md", lambda name: None if name == "nothing" else "")


@pytest.mark.parametrize("marker", ["labels:nouns", "labels", "counts:modalities", ""])
def test_no_table_is_made_for_another_marker(marker: str) -> None:
    assert label_table(SCHEME, marker) is None


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_a_table_has_a_row_for_each_label_with_its_definition(vocabulary: str) -> None:
    head, line, *rows = label_table(SCHEME, f"labels:{vocabulary}").split("\n")
    assert [row.split("`")[1] for row in rows] == list(SCHEME.names(vocabulary))
    assert len({row.count(" | ") for row in (head, line, *rows)}) == 1
    if vocabulary == "relation_types":
        assert head == "| label | head | tail | definition |"
        assert rows[0].startswith("| `leads` | PERSON | GPE or ORG | ")


def test_a_definition_stays_text_in_its_cell() -> None:
    hostile = "a | b <!-- end of labels:modalities --> *c* `d` <script>"
    labels = (SCHEME.modalities[0].model_copy(update={"definition": hostile}), *SCHEME.modalities[1:])
    scheme = Scheme.model_validate(SCHEME.model_dump() | {"modalities": [label.model_dump() for label in labels]})
    page = filled(PAGE, "page.md", lambda name: label_table(scheme, name))
    assert r"a \| b \<!-- end of labels:modalities --\> \*c\* \`d\` \<script\>" in page
    assert filled(page, "page.md", lambda name: label_table(scheme, name)) == page


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_the_guidelines_have_a_table_of_every_vocabulary(vocabulary: str) -> None:
    pages = [path.read_text("utf-8") for path in (PROJECT / "annotation/guidelines").glob("*.md")]
    assert sum(f"<!-- labels:{vocabulary} -->\n" in page for page in pages) == 1


@pytest.mark.parametrize("marker", ["<!-- labels:modalities -->", "<!-- end of labels:modalities -->"])
def test_a_marker_without_the_other_is_refused_at_its_line(marker: str) -> None:
    with pytest.raises(StanceBankError, match=r"page\.md:3: the marker labels:modalities has no counterpart"):
        filled(f"# A page\n\n{marker}\nwords\n", "page.md", lambda _: "x")
