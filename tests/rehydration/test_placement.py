"""Sentences in another copy: what is certain is placed, what is not is not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stancebank.editions.sealing import sentence_digests
from stancebank.rehydration.placement import KnownSentence, Placement, place

LONG = tuple(
    f"The {word} council met in the old hall of {word} on that day." for word in ("north", "south", "west", "river")
)
SHORT = ("He said no.", "Nobody asked.", "Why?")


def original(*sentences: str, gap: str = " ") -> tuple[str, list[KnownSentence]]:
    text, spans = "", []
    for number, sentence in enumerate(sentences, 1):
        text += gap if text else ""
        spans.append((f"n{number}", len(text), len(text) + len(sentence)))
        text += sentence
    digests = sentence_digests(text, spans)
    known = [
        KnownSentence(*span, {each["companion"]: each["sha256"] for each in found})
        for span, found in zip(spans, digests, strict=True)
    ]
    return text, known


def placed(known: list[KnownSentence], copy: str) -> list[str | None]:
    """What each sentence reads in the copy, None where it was not placed."""
    found = place(known, copy, "en")
    return [
        None if start is None else copy[start : start + each.end - each.start]
        for each, start in zip(known, found.starts, strict=True)
    ]


@given(st.lists(st.sampled_from(LONG + SHORT), min_size=1, max_size=9), st.data())
def test_with_one_sentence_changed_all_others_are_placed_and_in_order(
    sentences: list[str], data: st.DataObject
) -> None:
    _, known = original(*sentences)
    changed = data.draw(st.integers(0, len(sentences) - 1))
    copy = [*sentences]
    copy[changed] = copy[changed][:-1] + " twice."
    anchors = [s for s in LONG if sentences.count(s) == 1 and s != sentences[changed]]
    found = placed(known, data.draw(st.sampled_from([" ", "\n\n"])).join(copy))
    assert found[changed] is None
    for index, (sentence, reads) in enumerate(zip(sentences, found, strict=True)):
        assert reads in (None, sentence)
        if len(anchors) >= 2 and sentence in LONG and sentences[changed] != sentence:
            assert reads == sentence, index


def test_short_sentences_are_known_by_either_of_two_companions() -> None:
    _, known = original(LONG[0], SHORT[0], LONG[1], SHORT[1], LONG[2])
    for changed in (LONG[0], LONG[1], LONG[2]):
        copy, _ = original(
            *(
                each.replace("met", "sat") if each == changed else each
                for each in (LONG[0], SHORT[0], LONG[1], SHORT[1], LONG[2])
            )
        )
        reads = placed(known, copy)
        assert reads.count(None) == 1
        assert {SHORT[0], SHORT[1]} <= {*reads}


def test_sentences_that_repeat_are_placed_where_they_stand_as_often_and_nowhere_else() -> None:
    _, known = original(LONG[0], SHORT[0], SHORT[0], LONG[1], LONG[2], LONG[1])
    assert None not in placed(known, original(LONG[0], SHORT[0], SHORT[0], LONG[1], LONG[2], LONG[1])[0])
    fewer = placed(known, original(LONG[0], SHORT[0], LONG[1], LONG[2], LONG[1])[0])
    assert fewer == [LONG[0], None, None, LONG[1], LONG[2], LONG[1]]


def test_sentences_that_changed_places_are_not_certain() -> None:
    _, known = original(LONG[0], LONG[1], LONG[2], LONG[3])
    copy, _ = original(LONG[0], LONG[2], LONG[1], LONG[3])
    assert placed(known, copy) == [LONG[0], None, None, LONG[3]]


def test_a_span_moves_with_its_sentences_and_is_lost_with_any_of_them() -> None:
    text, known = original(LONG[0], LONG[1], LONG[2])
    here = place(known, f"Foreword of the editors, who are new.\n\n{LONG[0]}\n\n{LONG[1]} {LONG[2]}", "en")
    start, end = text.index("council"), text.index("hall")
    moved = here.span(start, end)
    assert moved is not None
    assert here.text[slice(*moved)] == text[start:end]
    both = here.span(start, known[1].end)
    assert both is not None
    assert here.text[slice(*both)] == f"{text[start : known[0].end]}\n\n{LONG[1]}"
    between = place(known, f"{LONG[0]} An added one stands here now. {LONG[1]} {LONG[2]}", "en")
    assert between.span(start, known[1].end) is None
    assert between.span(start, known[0].end) is not None
    assert Placement(text, known, [0, None, None]).span(known[1].start, known[1].end) is None
