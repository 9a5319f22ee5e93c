"""Where a text must not be cut: inside a character as readers see it, and inside a word."""

from __future__ import annotations

import re
import unicodedata

_LINE_ENDS = re.compile("\r\n")
_NOT_ASCII = re.compile("[^\x00-\x7f]")
_FLAG_LETTERS = re.compile("[\U0001f1e6-\U0001f1ff]{2,}")
_JOINER = "\u200d"
_EXTENDING = frozenset("\u200c\u200d\u0e33\u0eb3\uff9e\uff9f")
"""Joiners, and letters of Thai, Lao and Japanese that are written onto the one before."""


def inside_characters(text: str) -> frozenset[int]:
    """Where a cut would leave half of what readers see as one character: the code points behind such cuts.

    After Unicode's extended grapheme clusters (UAX 29), but for conjuncts of Indic scripts.
    """
    found = {match.start() + 1 for match in _LINE_ENDS.finditer(text)}
    for match in _NOT_ASCII.finditer(text):
        at = match.start()
        if at and _joined(text[at - 1], text[at]):
            found.add(at)
    for flags in _FLAG_LETTERS.finditer(text):
        found.update(range(flags.start() + 1, flags.end(), 2))
    return frozenset(found)


def _joined(last: str, after: str) -> bool:
    if _extends(after):
        return last not in "\r\n"
    if last == _JOINER:
        return unicodedata.category(after) in ("So", "Sm", "Po") or after > "\uffff"
    return _joins_in_hangul(last, after)


def _extends(character: str) -> bool:
    """Whether a character belongs to the one before it: combining marks, joiners, skin tones, tags."""
    if character in _EXTENDING or "\U0001f3fb" <= character <= "\U0001f3ff":
        return True
    return "\U000e0020" <= character <= "\U000e007f" or unicodedata.category(character)[0] == "M"


def _joins_in_hangul(last: str, after: str) -> bool:
    """Whether two characters are parts of one Korean syllable: an initial, a vowel, a final, in that order."""
    initial, vowel, final = "\u1100" <= last <= "\u115f", "\u1160" <= last <= "\u11a7", "\u11a8" <= last <= "\u11ff"
    whole = "\uac00" <= last <= "\ud7a3"
    open_syllable = whole and (ord(last) - 0xAC00) % 28 == 0
    if "\u1160" <= after <= "\u11a7":
        return initial or vowel or open_syllable
    if "\u11a8" <= after <= "\u11ff":
        return vowel or final or whole
    return initial and ("\u1100" <= after <= "\u115f" or "\uac00" <= after <= "\ud7a3")


_SPACED = (
    *((0x30, 0x39), (0x41, 0x5A), (0x61, 0x7A), (0xAA, 0x58F), (0x10A0, 0x10FF), (0x1C80, 0x1CBF)),
    *((0x1D00, 0x1FFF), (0x2C00, 0x2DFF), (0xA640, 0xA69F), (0xA720, 0xA7FF), (0xAB30, 0xAB6F)),
)
"""Digits and Latin, Greek, Cyrillic, Armenian and Georgian letters, which are written with blanks between words."""


def cuts_word(text: str, at: int) -> bool:
    """Whether a cut in front of a code point would be inside a word or a number.

    Only in alphabets in which a blank or a mark ends each word. In others particles are
    written onto the word (Arabic, Hebrew, Korean), or words follow without a blank.
    """
    return 0 < at < len(text) and _in_spaced_word(text[at - 1]) and _in_spaced_word(text[at])


def _in_spaced_word(character: str) -> bool:
    code = ord(character)
    spaced = any(first <= code <= last for first, last in _SPACED)
    return spaced and (character.isalnum() or unicodedata.combining(character) != 0)
