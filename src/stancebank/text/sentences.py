"""The sentences of a text, as half-open spans of code points."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate, pairwise

from stancebank.faults import StanceBankError
from stancebank.text.line_kinds import LineKind, lines_by_kind
from stancebank.text.quotations import quotations

# English words before a name or a number, after which sentencex (1.0) ends a sentence.
_TITLES = (
    *("Mr", "Mrs", "Ms", "Mx", "Messrs", "Dr", "Drs", "Prof", "Rev", "Hon", "Pres", "Sr", "Fr", "Msgr"),
    *("Sen", "Sens", "Rep", "Reps", "Gov", "Govs", "Del", "Amb", "Sec", "Supt", "Atty", "Asst", "Assn"),
    *("Gen", "Gens", "Lt", "Col", "Maj", "Capt", "Cmdr", "Adm", "Sgt", "Cpl", "Pvt", "Brig", "Insp", "Det"),
    *("St", "Ft", "Mt"),
)
_BEFORE_A_NAME = re.compile(rf"(?<![^\W_])(?:{'|'.join(_TITLES)})\.\s*$")
_INSIDE_AN_ABBREVIATION = re.compile(r"(?<![^\W\d_])[A-Z]\.$")
_WIDE_BLANK = re.compile(r"[^\S\x00-\x7f]")
# Two initials before what may be the rest of a name: those that are something else end a sentence before such a word.
_INITIALS = re.compile(r"(?<![\w.])((?:[A-Z]\.){2,3})\s*$")
_NO_NAMES = frozenset(
    (
        *("U.S.", "U.N.", "U.K.", "E.U.", "D.C.", "N.Y.", "N.J.", "L.A.", "B.C.", "A.D.", "A.M.", "P.M."),
        *("U.A.E.", "D.A.", "P.S."),
    )
)
_NAME = re.compile(r"[A-Z][a-z]+\b")
_STARTERS = frozenset(
    (
        *("A", "An", "And", "As", "At", "But", "By", "For", "From", "He", "Her", "His", "How", "I", "If", "In", "It"),
        *("Its", "No", "Not", "On", "Or", "Our", "She", "So", "That", "The", "Their", "Then", "There", "These"),
        *("They", "This", "Those", "To", "We", "What", "When", "Where", "Who", "Why", "With", "You"),
    )
)
_BLANKS = re.compile(r"\s*")
_SPEECH_TAG = re.compile(r"[\u2014\u2013-]\s*[^\W\d_]")
_WORD, _LETTER = re.compile(r"[^\W_]"), re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: code points [start, end) of the text, its paragraph's index from 0, and what its line is."""

    start: int
    end: int
    paragraph: int
    kind: LineKind = "sentence"


def sentences(text: str, language: str) -> list[Sentence]:
    """The sentences of a text, in order, without the blanks around them.

    Headings, bylines, datelines and items of a list are sentences of their own. Paragraphs end
    at blank lines; inside one the boundaries are those of sentencex (Wikimedia's segmenter),
    which knows the language's abbreviations, with these differences: the sentences inside a
    quotation are sentences too; a dash and a small letter, and what has no letter or digit,
    belong to the sentence before; and in English none ends with a title such as "Ms.", after
    initials such as "J.D." or amid an abbreviation such as "R-S.C.". A paragraph on which
    sentencex fails is one sentence.
    """
    plain = _WIDE_BLANK.sub(" ", text)  # sentencex 1.0 fails on "T", such a blank, and a full stop
    found = []
    for lines in lines_by_kind(text, language):
        words = plain[lines.start : lines.end]
        inner = _boundaries(words, language) if lines.kind in ("sentence", "item") else []
        if lines.kind == "item":  # its number is no sentence
            inner = [at for at in inner if _LETTER.search(words, 0, at)]
        for first, last in pairwise([0, *inner, len(words)]):
            piece = text[lines.start + first : lines.start + last]
            if piece.strip():
                at = lines.start + first + len(piece) - len(piece.lstrip())
                found.append(Sentence(at, at + len(piece.strip()), lines.paragraph, lines.kind))
    return found


def _boundaries(paragraph: str, language: str) -> list[int]:
    """Where sentences of a paragraph begin, but for the first."""
    found = set(_ends(paragraph, language))
    for start, end in quotations(paragraph):
        inside = (start + 1, end - 1) if end - start > 2 else (start, start)
        if not any(start < at < end for at in found):
            found |= {inside[0] + at for at in _ends(paragraph[slice(*inside)], language)}
    if language.lower().split("-")[0] == "en":
        found = {at for at in found if not _goes_on(paragraph, at)}
    return _with_words(paragraph, sorted(at for at in found if not _is_speech_tag(paragraph, at)))


def _is_speech_tag(paragraph: str, at: int) -> bool:
    """Whether a dash with a small letter follows on the same line, as in: "Yes!" \u2014 he said."""
    begin = _after_blanks(paragraph, at)
    tag = _SPEECH_TAG.match(paragraph, begin)
    if tag is None or not tag[0][-1].islower():
        return False
    before = paragraph[max(at - 20, 0) : begin]
    return "\n" not in before[len(before.rstrip()) :]


def _with_words(paragraph: str, boundaries: list[int]) -> list[int]:
    """The boundaries without those that leave no letter or digit on one side, up to the next boundary."""
    kept: list[int] = []
    for at, following in pairwise([*boundaries, len(paragraph)]):
        has_words = _WORD.search(paragraph, at, following)
        if has_words and _WORD.search(paragraph, kept[-1] if kept else 0, at):
            kept.append(at)
    return kept


def _after_blanks(paragraph: str, at: int) -> int:
    blanks = _BLANKS.match(paragraph, at)
    return blanks.end() if blanks else at


def _goes_on(paragraph: str, at: int) -> bool:
    """Whether an English sentence cannot end there."""
    before = paragraph[max(0, at - 20) : at]
    if _BEFORE_A_NAME.search(before):
        return True
    initials, name = _INITIALS.search(before), _NAME.match(paragraph, _after_blanks(paragraph, at))
    if initials and name and initials[1] not in _NO_NAMES and name[0] not in _STARTERS:
        return True
    return bool(_INSIDE_AN_ABBREVIATION.search(before)) and paragraph[at : at + 1].isalpha()


def _ends(paragraph: str, language: str) -> list[int]:
    """The boundaries that sentencex finds inside a text: its code points, without those at its ends."""
    segments = _segments(paragraph, language)
    if "".join(segments) != paragraph:
        raise AssertionError(f"sentencex changed the text {paragraph[:40]!r}")
    return [at for at in accumulate(map(len, segments)) if 0 < at < len(paragraph)]


def _segments(paragraph: str, language: str) -> list[str]:
    try:
        import sentencex
    except ModuleNotFoundError:
        what = "sentencex is needed to find the sentences of a text, and is not installed"
        raise StanceBankError(what, "pip install 'stancebank[texts]'") from None
    try:
        return list(sentencex.segment(language, paragraph))
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # what Rust raises in Python has no class to import
            raise
        return [paragraph]
