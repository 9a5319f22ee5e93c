"""The places of a text whose words differ least from given ones, by edit distance."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

MOST = 1000
"""Code points of words that are looked for by their nearest place; longer ones are not, since it takes too long."""

_LISTED = 50


def nearest_places(text: str, words: str, start: int, end: int, most: int) -> tuple[int, list[tuple[int, int]]]:
    """The least number of edits that turns words into a passage of text[start:end], and the passages.

    An edit inserts, removes or replaces a code point. Passages may overlap.
    None is listed if the least number is above most. Takes time
    proportional to the two lengths multiplied (Sellers 1980).
    """
    codes = np.frombuffer(text[start:end].encode("utf-32-le"), np.uint32)
    if not words or len(words) > MOST or not len(codes):
        return most, []
    pattern = np.frombuffer(words.encode("utf-32-le"), np.uint32)
    distances = _distances(codes, pattern, np.zeros(len(codes) + 1, np.int64))
    least = int(distances.min())
    if least > most:
        return least, []
    found = []
    for last in np.flatnonzero(distances == least)[:_LISTED].tolist():
        if last:
            first = max(0, last - len(words) - least)
            backwards = _distances(codes[first:last][::-1], pattern[::-1], np.arange(last - first + 1))
            lengths = np.flatnonzero(backwards == least).tolist()
            found += [(start + last - length, start + last) for length in lengths if length]
    return least, found


def _distances(
    text: npt.NDArray[np.uint32], words: npt.NDArray[np.uint32], row: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """For each end in the text the least number of edits from the words to a passage that ends there.

    row: the number of edits that it costs to begin a passage at each place.
    """
    steps = np.arange(len(text) + 1)
    for character in words.tolist():
        below = np.empty_like(row)
        below[0] = row[0] + 1
        np.minimum(row[:-1] + (text != character), row[1:] + 1, out=below[1:])
        row = np.minimum.accumulate(below - steps) + steps  # a passage may have further characters
    return row
