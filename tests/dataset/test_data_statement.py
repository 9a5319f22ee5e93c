"""What the card says of the data: what the corpus records, and no more."""

from __future__ import annotations

import re
from dataclasses import replace

import polars as pl
import pytest

from conftest import Root
from stancebank.corpus.annotators import Annotator, Annotators
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.statistics import corpus_statistics
from stancebank.dataset.data_statement import data_statement
from stancebank.dataset.manifest import Manifest, page
from stancebank.schema.paths import DATASHEET

PROGRAM = Annotator(
    id="x", kind="program", name="<b>X</b> [1](y)", date="2026-01-02", instructions="rules", note="Fast."
)
PERSON = PROGRAM.model_copy(update={"id": "ann", "kind": "person"})


def said(corpus: Corpus, *annotators: Annotator, datasheet: str | None = None) -> str:
    corpus = replace(corpus, register=Annotators(annotators=annotators))
    pages = () if datasheet is None else (page(DATASHEET, datasheet.encode()),)
    manifest = Manifest("n", "0.1.0", "labels", "1.0", "s", {}, (), pages=pages)
    return "\n".join(data_statement(corpus, manifest, corpus_statistics(corpus)))


@pytest.fixture
def corpus(root: Root) -> Corpus:
    return root.corpus()


def test_every_field_of_a_data_statement_is_there(corpus: Corpus) -> None:
    assert re.findall(r"^- \*\*(.*?)\.\*\*", said(corpus), re.MULTILINE) == [
        "Curation rationale",
        "Language variety",
        "Speaker demographic",
        "Annotator demographic",
        "Speech situation",
        "Text characteristics",
        "Progress",
        "Recording quality",
        "Provenance",
    ]


def test_it_counts_what_the_corpus_has(corpus: Corpus, root: Root) -> None:
    text = said(corpus)
    assert "`en` (BCP 47): 1 document." in text
    counts = [f"{layer} {len(root.records(layer))}" for layer in ("stances", "progress", "targets")]
    assert f"{', '.join(counts)}, actors 0." in text
    assert "- **Progress.** All layers are done in the document. Task views show the documents" in text
    assert "published on 2025-02-17." in text
    assert "Report of an international news agency" in text


def test_without_a_register_nothing_is_claimed_of_annotators(corpus: Corpus) -> None:
    text = said(corpus)
    assert "Not recorded: no annotator is registered." in text
    assert "does not record who or what annotated it" in text
    assert "No registered annotator is a person" not in text


def test_each_annotator_is_named_as_what_it_is(corpus: Corpus) -> None:
    text = said(corpus, PROGRAM)
    assert r"- `x`, program: &lt;b&gt;X&lt;/b&gt; \[1\](y), 2026-01-02. Made from: rules. Fast." in text
    assert "No registered annotator is a person, and no review by a person is recorded." in text


def test_of_people_it_is_not_said_that_there_are_none(corpus: Corpus) -> None:
    text = said(corpus, PERSON, PROGRAM)
    assert "1 of 2 registered annotators are people" in text
    assert "no review by a person" not in text


def test_a_datasheet_is_linked_where_the_build_carries_one(corpus: Corpus) -> None:
    assert "DATASHEET" not in said(corpus)
    assert "[DATASHEET.md](DATASHEET.md)" in said(corpus, datasheet="0" * 64)


def test_of_many_origins_some_are_named_and_the_rest_counted(corpus: Corpus) -> None:
    many = pl.concat(corpus.seeds.table.with_columns(origin=pl.lit(f"Origin {n}.")) for n in range(30))
    text = said(replace(corpus, seeds=replace(corpus.seeds, table=many)))
    assert text.count("Origin ") == 20
    assert "and 10 more" in text
