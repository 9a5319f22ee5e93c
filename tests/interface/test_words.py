"""Every span is found by its words: with nth, or named ambiguous without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import stancebank
from conftest import PROJECT, examples
from stancebank.corpus.part import Part
from stancebank.interface.document import Document
from stancebank.interface.record_kinds import Attribution
from stancebank.interface.records import SpanRecord
from stancebank.interface.word_places import Span
from stancebank.text.graphemes import inside_characters
from strategies import parts
from unfinished import on_disk_with_seeds

SCRIPTS = {
    "latin": "Ann Lee met Ann Lee again. Ann Lee said no.",
    "cyrillic": "Міністр сказав, що міністр іде. Міністр сказав так.",
    "georgian": "მინისტრმა თქვა, რომ მინისტრი მიდის. მინისტრმა თქვა.",
    "arabic": "قال الوزير إن الوزير ذهب. قال الوزير نعم.",
    "hebrew": "השר אמר שהשר הלך. השר אמר כן.",
    "han": "部长说部长走了。部长说好。",
    "thai": "รัฐมนตรีกล่าวว่ารัฐมนตรีไป รัฐมนตรีกล่าวใช่",
    "devanagari": "मंत्री ने कहा कि मंत्री गए। मंत्री ने कहा हाँ।",
    "emoji": "👩‍👩‍👧 met 👩‍👩‍👧🇺🇦🇺🇦 and 👍🏽👍🏽 said é e\u0301 é.",
}


def require_found(document: Document, span: Span) -> None:
    """A span is found by its words, or they are ambiguous, and nth tells which it is."""
    whole = True
    places = document.find_all(span.text)
    if span not in places:  # it is part of a word
        whole, places = False, document.find_all(span.text, whole_words=False)
    nth = places.index(span) + 1
    found = document.find(span.text, nth=nth, whole_words=whole)
    assert (found.start, found.end, found.foldings) == (span.start, span.end, ())
    if len(places) == 1:
        assert document.find(span.text, whole_words=whole) == found
    else:
        with pytest.raises(stancebank.StanceBankError, match=f"is ambiguous: it fits {len(places):,} places") as error:
            document.find(span.text, whole_words=whole)
        assert all(f"{place.start}..{place.end}" in str(error.value) for place in places[:5])


def spans(document: Document) -> Iterator[Span]:
    for kind in (document.mentions, document.attributions, document.stances):
        yield from (record.span for record in kind if isinstance(record, SpanRecord))
    for attribution in document.all(Attribution):
        yield from attribution.content


@pytest.mark.parametrize("root", [PROJECT, PROJECT / "examples"], ids=["project", "examples"])
def test_every_span_of_the_corpora_is_found_by_its_words(root: Path) -> None:
    corpus = stancebank.open(root)
    found = {span: document for document in corpus.documents for span in spans(document)}
    assert len(found) > 100
    for span, document in found.items():
        require_found(document, span)


@settings(max_examples=examples(60))
@given(parts())
def test_every_span_of_made_up_texts_is_found_by_its_words(part: Part) -> None:
    with on_disk_with_seeds(part) as root:
        for document in stancebank.open(root.path).documents:
            for span in {*spans(document)}:
                require_found(document, span)


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> stancebank.OpenCorpus:
    corpus = stancebank.create(tmp_path_factory.mktemp("scripts") / "corpus")
    for name, text in SCRIPTS.items():
        corpus.add_document(name, text, part="p", language="en")
    return corpus


@pytest.mark.deep("inputs", quick=3)
@pytest.mark.parametrize("name", SCRIPTS)
@settings(max_examples=examples(200))
@given(data=st.data())
def test_any_span_in_any_script_is_found_by_its_words(
    name: str, data: st.DataObject, scripts: stancebank.OpenCorpus
) -> None:
    document = scripts[name]
    whole = [at for at in range(len(document.text) + 1) if at not in inside_characters(document.text)]
    start, end = sorted(data.draw(st.lists(st.sampled_from(whole), min_size=2, max_size=2, unique=True)))
    words = document.text[start:end]
    if words.strip():
        require_found(document, Span(start, end, words))


@given(words=st.text())
def test_any_words_have_one_place_or_an_error_that_a_terminal_can_show(
    words: str, scripts: stancebank.OpenCorpus
) -> None:
    for name in ("latin", "emoji"):
        document = scripts[name]
        found = outcome(document, words)
        if isinstance(found, str):
            assert found.replace("\n", "").isprintable()
        else:
            assert set(document.text[found.start : found.end].split()) or found.foldings


def outcome(document: Document, words: str) -> stancebank.Placed | str:
    try:
        return document.find(words)
    except stancebank.StanceBankError as error:
        return str(error)
