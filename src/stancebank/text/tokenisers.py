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
from spacy.vocab import Vocab

from stancebank.text.code_points import CodePoints, Positions

_BLANKS = np.array([chr(point).isspace() for point in range(0x3002)])  # no character above U+3000 is a blank
_MANY_WORDS = 1 << 15
_AFFIXES = ("prefix_search", "suffix_search", "infix_finditer", "token_match", "url_match")


class TextTokeniser:
    """A tokeniser that is called for each text."""

    def __init__(self, tokeniser: Tokenizer) -> None:
        self._tokeniser = tokeniser

    def __call__(self, texts: pl.Series) -> pl.DataFrame:
        """The tokens of the texts, blanks left out.

        place: index of the text; first: code point in it; length, in code points; text: what the token reads.
        """
        found = [self._spans(text) for text in texts]
        first, length = np.concatenate([np.empty((0, 2), np.int64), *found]).T
        place = np.repeat(np.arange(len(texts)), [len(spans) for spans in found])
        reads = CodePoints(texts).read(place, first, first + length)
        return pl.DataFrame({"place": place, "first": first, "length": length, "text": reads})

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
        plain = _with_rules_of(tokeniser, *_AFFIXES)
        # How each special case is cut without it, and with it: a word that is one shows spaCy its parts as well.
        parts = [[token.text for token in plain(case) if not token.text.isspace()] for case in tokeniser.rules]
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
        self._before, self._after = (
            pl.Series([*{pair[side] for pair in self._neighbours}], dtype=pl.String) for side in (0, 1)
        )
        self._lock = Lock()
        self._forget()

    def __call__(self, texts: pl.Series) -> pl.DataFrame:
        """The tokens of the texts; columns as in TextTokeniser."""
        places, starts, stops = _words(texts)
        words = CodePoints(texts).read(places, starts, stops).to_frame("word")
        different = words.unique(maintain_order=True)
        with self._lock:
            different = different.with_columns(number=self._learnt(different["word"].to_list()))
            known, tokens = self._known, self._tokens
        numbers = words.join(different, on="word", how="left", maintain_order="left")["number"]
        words = known.select(pl.all().gather(numbers))

        per_word = words["count"].to_numpy()
        index = np.arange(per_word.sum()) + np.repeat(words["end"].to_numpy() - np.cumsum(per_word), per_word)
        found = pl.DataFrame(
            {
                "place": np.repeat(places, per_word),
                "first": np.repeat(starts, per_word) + tokens["first"].to_numpy()[index],
                "length": tokens["length"].to_numpy()[index],
                "text": tokens["text"].gather(index),
            }
        )
        odd = self._across_blanks(words, places, tokens["text"])
        if odd:
            whole = super().__call__(texts.gather(odd))
            whole = whole.with_columns(place=pl.Series(odd, dtype=pl.Int64).gather(whole["place"]))
            found = pl.concat([found.filter(~pl.col("place").is_in(odd)), whole]).sort("place", maintain_order=True)
        return found

    def _forget(self) -> None:
        # A vocabulary of its own, which works out nothing about words that no rule asks for.
        self._plain = _with_rules_of(self._tokeniser, "rules", *_AFFIXES)
        # The words in the order in which they came; of each, how many tokens it has, where they end among those of
        # all, and whether a special case could reach over the blank before it or behind it.
        self._words = defaultdict[str, int](count().__next__)
        columns = {"count": pl.Int64, "end": pl.Int64, "after": pl.Boolean, "before": pl.Boolean}
        self._known = pl.DataFrame(schema=columns)
        self._tokens = pl.DataFrame(schema={"first": pl.Int64, "length": pl.Int64, "text": pl.String})

    def _learnt(self, words: Sequence[str]) -> npt.NDArray[np.int64]:
        """The numbers of words; those that were not there before are tokenised."""
        if len(self._words) > _MANY_WORDS:
            self._forget()
        numbers = np.fromiter(map(self._words.__getitem__, words), np.int64, len(words))
        new = pl.Series([*islice(self._words, self._known.height, None)], dtype=pl.String)
        if new.is_empty():
            return numbers
        # No special case has a line end, so that none reaches from one word to the next.
        found = self._plain("\n".join(new)).to_array(["IDX", "LENGTH"]).astype(np.int64)
        texts = CodePoints(new)
        starts = _starts_of_lines(texts.lengths)
        word = np.searchsorted(starts, found[:, 0], "right") - 1
        first, length = found[:, 0] - starts[word], found[:, 1]
        inside = first < texts.lengths[word]
        word, first, length = word[inside], first[inside], length[inside]
        tokens = pl.DataFrame({"first": first, "length": length, "text": texts.read(word, first, first + length)})
        counts = np.bincount(word, minlength=len(new))
        ends = np.cumsum(counts)
        known = {
            "count": counts,
            "end": self._tokens.height + ends,
            "after": tokens["text"].gather(ends - counts).is_in(self._after),
            "before": tokens["text"].gather(ends - 1).is_in(self._before),
        }
        self._known = pl.concat([self._known, pl.DataFrame(known)], rechunk=True)
        self._tokens = pl.concat([self._tokens, tokens], rechunk=True)
        return numbers

    def _across_blanks(self, words: pl.DataFrame, places: Positions, reads: pl.Series) -> list[int]:
        """The texts in which a special case could reach from a word to the next.

        words: what is known of all words of all texts; places: the text of each; reads: what the tokens read.
        """
        before, after = (words[side].to_numpy() for side in ("before", "after"))
        at = np.flatnonzero(before[:-1] & after[1:] & (places[:-1] == places[1:]))
        last, first = reads.gather(words["end"][at] - 1), reads.gather((words["end"] - words["count"])[at + 1])
        found = zip(places[at].tolist(), zip(last, first, strict=True), strict=True)
        return sorted({place for place, pair in found if pair in self._neighbours})


def _with_rules_of(tokeniser: Tokenizer, *rules: str) -> Tokenizer:
    """A tokeniser with some of the rules of another one, and no word yet."""
    return Tokenizer(Vocab(), **{rule: getattr(tokeniser, rule) for rule in rules})


def _words(texts: pl.Series) -> tuple[Positions, Positions, Positions]:
    """The words of texts, cut at blanks as str.split does: the text of each, and its start and end there."""
    points = np.frombuffer("\n".join(texts.to_list()).encode("utf-32-le"), "<u4")
    blank = _BLANKS[np.minimum(points, len(_BLANKS) - 1)]
    edges = np.flatnonzero(np.diff(blank, prepend=True, append=True))
    lines = _starts_of_lines(texts.str.len_chars().cast(pl.Int64).to_numpy())
    places = np.repeat(np.arange(len(texts)), np.diff(np.searchsorted(edges[::2], lines)))
    return places, edges[::2] - lines[places], edges[1::2] - lines[places]


def _starts_of_lines(lengths: Positions) -> Positions:
    """Where texts start that stand on lines of their own, and where one after them would."""
    return np.cumsum([0, *(lengths + 1)])
