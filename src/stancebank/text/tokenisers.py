"""spaCy's tokenisers over many texts at once. Needs the extra ``tokens``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import count, islice, pairwise, product
from threading import Lock

import numpy as np
import numpy.typing as npt
import polars as pl
from spacy.attrs import ORTH
from spacy.tokenizer import Tokenizer

_BLANKS = np.array([chr(point).isspace() for point in range(0x3002)])  # no character above U+3000 is a blank
_MANY_WORDS = 1 << 15


class TextTokeniser:
    """A tokeniser that is called for each text."""

    def __init__(self, tokeniser: Tokenizer) -> None:
        self._tokeniser = tokeniser

    def __call__(self, texts: Sequence[str]) -> pl.DataFrame:
        """The tokens of the texts, blanks left out.

        place: index of the text; first: code point in it; length, in code points; text: what the token reads.
        """
        found = [self._spans(text) for text in texts]
        first, length = np.concatenate([np.empty((0, 2), np.int64), *found]).T
        place = np.repeat(np.arange(len(texts)), [len(spans) for spans in found])
        reads = [text[a : a + n] for text, spans in zip(texts, found, strict=True) for a, n in spans.tolist()]
        return pl.DataFrame(
            {"place": place, "first": first, "length": length, "text": pl.Series(reads, dtype=pl.String)}
        )

    @property
    def full(self) -> bool:
        """Whether a new one should take its place: never, since it holds nothing."""
        return False

    def _spans(self, text: str) -> npt.NDArray[np.int64]:
        """First code point and length of each token that is no blank, as an array of two columns."""
        array: npt.NDArray[np.int64] = self._tokeniser(text).to_array(["IDX", "LENGTH", "IS_SPACE"]).astype(np.int64)
        return array[array[:, 2] == 0, :2]


class WordTokeniser(TextTokeniser):
    """spaCy's tokeniser by rules, called once for each different word: the same tokens in a fraction of the time.

    That tokeniser cuts a text at blanks, as str.split does, and then each word without a
    look at the others. Only special cases are looked for in all tokens at the end; so a
    text is tokenised as a whole where two tokens of a special case stand side by side
    with a blank between them. (Where special cases overlap inside of one word, as in
    "):')", spaCy keeps one of them by chance; then it may be another one here.)
    """

    def __init__(self, tokeniser: Tokenizer) -> None:
        super().__init__(tokeniser)
        rules = ("prefix_search", "suffix_search", "infix_finditer", "token_match", "url_match")
        plain = Tokenizer(tokeniser.vocab, **{rule: getattr(tokeniser, rule) for rule in rules})
        # How each special case is cut without it, and with it: a word that is one shows spaCy its parts as well.
        parts = [[token.text for token in plain(case) if not token.is_space] for case in tokeniser.rules]
        wholes = [[token[ORTH] for token in case] for case in tokeniser.rules.values()]
        ends, begins = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
        for part, whole in zip(parts, wholes, strict=True):
            for edges, at in ((begins, 0), (ends, -1)):
                if part:
                    edges[part[at]] |= {part[at], whole[at]}
        pairs = {pair for part in parts for pair in pairwise(part)}
        self._neighbours = {
            both for left, right in pairs for both in product({left} | ends[left], {right} | begins[right])
        }
        self._lock = Lock()
        # The words in the order in which they came, and of each the number of its tokens; then the tokens of all.
        self._words = defaultdict[str, int](count().__next__)
        self._counts: npt.NDArray[np.int64] = np.empty(0, np.int64)
        self._tokens = super().__call__([])

    @property
    def full(self) -> bool:
        """Whether it holds enough words to be replaced by a new one."""
        return len(self._words) > _MANY_WORDS

    def __call__(self, texts: Sequence[str]) -> pl.DataFrame:
        """The tokens of the texts; columns as in TextTokeniser."""
        joined = "\n".join(texts)
        words = joined.split()
        with self._lock:
            numbers = np.fromiter(map(self._words.__getitem__, words), np.int64, len(words))
            self._learn(list(islice(self._words, len(self._counts), None)))
            counts, tokens = self._counts, self._tokens
        points = np.frombuffer(joined.encode("utf-32-le"), "<u4")
        blank = _BLANKS[np.minimum(points, len(_BLANKS) - 1)]
        starts = np.flatnonzero(np.diff(blank, prepend=True))[::2]  # of words
        bounds = np.cumsum([0, *(len(text) + 1 for text in texts)])
        places = np.repeat(np.arange(len(texts)), np.diff(np.searchsorted(starts, bounds)))

        ends = np.cumsum(counts)
        per_word = counts[numbers]
        index = np.arange(per_word.sum()) + np.repeat(ends[numbers] - np.cumsum(per_word), per_word)
        found = pl.DataFrame(
            {
                "place": np.repeat(places, per_word),
                "first": np.repeat(starts - bounds[places], per_word) + tokens["first"].to_numpy()[index],
                "length": tokens["length"].to_numpy()[index],
                "text": tokens["text"].gather(index),
            }
        )
        odd = self._across_blanks(
            numbers, places, tokens["text"].gather(ends - counts), tokens["text"].gather(ends - 1)
        )
        if odd:
            whole = super().__call__([texts[place] for place in odd])
            whole = whole.with_columns(place=pl.Series(odd, dtype=pl.Int64).gather(whole["place"]))
            found = pl.concat([found.filter(~pl.col("place").is_in(odd)), whole]).sort("place", maintain_order=True)
        return found

    def _learn(self, words: Sequence[str]) -> None:
        """Tokenise words that were not there before."""
        # No special case has a line end, so that none reaches from one word to the next.
        found = TextTokeniser(self._tokeniser)(["\n".join(words)])
        starts = np.cumsum([0, *(len(word) + 1 for word in words)])
        word = np.searchsorted(starts, found["first"].to_numpy(), "right") - 1
        found = found.with_columns(first=pl.col("first") - pl.Series(starts[word]))
        self._counts = np.append(self._counts, np.bincount(word, minlength=len(words)))
        self._tokens = pl.concat([self._tokens, found], rechunk=True)

    def _across_blanks(
        self, numbers: npt.NDArray[np.int64], places: npt.NDArray[np.int64], first: pl.Series, last: pl.Series
    ) -> list[int]:
        """The texts in which a special case could reach from a word to the next.

        numbers: of all words of all texts; places: the text of each; first, last:
        what the first and the last token read of the word with each number.
        """
        before, after = ({pair[side] for pair in self._neighbours} for side in (0, 1))
        ends, begins = last.is_in(before).to_numpy(), first.is_in(after).to_numpy()
        at = np.flatnonzero(ends[numbers[:-1]] & begins[numbers[1:]] & (places[:-1] == places[1:]))
        pairs = zip(last.gather(numbers[at]), first.gather(numbers[at + 1]), strict=True)
        return sorted(
            {place for place, pair in zip(places[at].tolist(), pairs, strict=True) if pair in self._neighbours}
        )
