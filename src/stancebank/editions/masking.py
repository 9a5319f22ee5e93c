"""Text of which only the shape is left."""

from __future__ import annotations

import unicodedata

_MARK = "\u0301"  # stands for every combining mark; x and X have no composed form with it


class _Masks(dict[int, str]):
    """The replacement of each code point, computed when it is first needed."""

    def __missing__(self, code: int) -> str:
        self[code] = found = _mask(chr(code))
        return found


def _mask(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Lu", "Lt") or (category == "So" and character.isupper()):
        return "X"
    if category.startswith("M"):
        return _MARK
    if category.startswith("N"):
        return "0"
    if category.startswith("L") or category in ("Co", "Cn"):
        return "x"
    # Symbols that are letters in a frame or of another size.
    return "x" if any(c.isalnum() for c in unicodedata.normalize("NFKC", character)) else character


_MASKS = _Masks()


def masked(text: str) -> str:
    """The text with another character for each letter, digit and combining mark; blanks and punctuation stay.

    A capital becomes X, any other letter x, a digit 0, a mark U+0301: one code point for
    one code point, so that every offset holds.
    """
    return text.translate(_MASKS)
