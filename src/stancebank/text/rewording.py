"""Where the words of a text are in a corrected version of it, and where a span is that covers them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from itertools import pairwise
from typing import Literal, NamedTuple

from stancebank.text.likeness import alike

_TOKEN = re.compile(r"\w+|[^\w\s]")

_STOPS, _CLOSING = frozenset(".!?…。؟।"), frozenset("\"'\u201d\u2019»)]")
_ISLAND, _SEA = (
    2,
    3,
)  # words that seem kept, and least words that were rewritten on either side, for chance to be likely
_BOOK = 20_000  # tokens; what lies between the first and the last change of a longer text is compared more coarsely
_FIRM = 4  # tokens in a row that bound the surroundings of a change
_NAMED = 4  # characters; shorter words recur by chance

Kind = Literal["same", "corrected", "rewritten"]


class Token(NamedTuple):
    """A word or a mark of punctuation: code points [start, end) of its text."""

    text: str
    start: int
    end: int


class Passage(NamedTuple):
    """Tokens [start, end) of a text, and [other, other_end) of the corrected one, that took their place."""

    kind: Kind
    start: int
    end: int
    other: int
    other_end: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a span is in the corrected text: code points [start, end). kept: whether it covers the same words."""

    start: int
    end: int
    kept: bool


@dataclass(frozen=True)
class Rewording:
    """A text and a corrected version of it, word by word."""

    text: str
    other: str

    @cached_property
    def passages(self) -> Sequence[Passage]:
        """What became of the words, in order, from the first to the last of both texts."""
        return self._without_islands(self._slid(list(self._aligned())))

    @cached_property
    def share_kept(self) -> float:
        """The share of the words of the text, from 0 to 1, that the other has too; 1 for a text without words."""
        count = sum(each.end - each.start for each in self.passages if each.kind != "rewritten")
        return count / len(self.tokens) if self.tokens else 1.0

    @cached_property
    def has_new_words(self) -> bool:
        """Whether the other text has words that are no corrections of words of this one."""
        new = (self.others[each.other : each.other_end] for each in self.passages if each.kind == "rewritten")
        return any(token.text[0].isalnum() for tokens in new for token in tokens)

    def place(self, start: int, end: int) -> Place | None:
        """Where a span is in the other text; None where that is not certain.

        A span of kept words moves with them. One in which words changed has a place where
        the words at its ends are known, and what lies between reads like it; or where its
        words occur once in its line and once in that line as it was rewritten.
        """
        if self.text == self.other:
            return Place(start, end, kept=True)
        first, last = self._index(self._ends, start), self._index(self._starts, end - 1) - 1
        if first > last:
            return None  # blanks alone
        return self._moved(start, end, first, last) or self._changed(start, end) or self._once(start, end)

    def surroundings(self, start: int, end: int) -> tuple[int, int]:
        """Where in the other text to look for a span: code points from the last firm words before to the first behind.

        Firm are a few words in a row that were kept.
        """
        first = min(self._index(self._ends, start), max(len(self.tokens) - 1, 0))
        last = max(self._index(self._starts, end - 1) - 1, first)
        low, high = self._bounds(first, last)
        begin = self.passages[low].other if low < len(self.passages) else 0
        finish = self.passages[high].other_end if high < len(self.passages) else len(self.others)
        if low < high and self._is_firm(low):
            begin = self.passages[low].other_end
        if low < high < len(self.passages):
            finish = self.passages[high].other
        return self._gap(begin, finish)

    @cached_property
    def tokens(self) -> list[Token]:
        """The tokens of the text."""
        return [Token(match[0], match.start(), match.end()) for match in _TOKEN.finditer(self.text)]

    @cached_property
    def others(self) -> list[Token]:
        """The tokens of the other text."""
        return [Token(match[0], match.start(), match.end()) for match in _TOKEN.finditer(self.other)]

    @cached_property
    def _starts(self) -> list[int]:
        return [token.start for token in self.tokens]

    @cached_property
    def _ends(self) -> list[int]:
        return [token.end for token in self.tokens]

    @cached_property
    def _firsts(self) -> list[int]:
        return [passage.start for passage in self.passages]

    @staticmethod
    def _index(places: Sequence[int], at: int) -> int:
        """How many of the places are at or before a code point."""
        return bisect_right(places, at)

    def _passage(self, token: int) -> int:
        """The index of the passage that a token of the text is in."""
        index = bisect_right(self._firsts, token) - 1
        while self.passages[index].end <= token:  # what was only put in has no token here
            index -= 1
        return index

    def _aligned(self) -> Iterator[Passage]:
        words, others = [token.text for token in self.tokens], [token.text for token in self.others]
        head = next((i for i, (a, b) in enumerate(zip(words, others, strict=False)) if a != b), None)
        head = min(len(words), len(others)) if head is None else head
        back = zip(reversed(words[head:]), reversed(others[head:]), strict=False)
        tail = next((i for i, (a, b) in enumerate(back) if a != b), min(len(words), len(others)) - head)
        if head:
            yield Passage("same", 0, head, 0, head)
        middle, other_middle = words[head : len(words) - tail], others[head : len(others) - tail]
        # autojunk begins no run with one of the commonest words, which is far quicker for a long text.
        matcher = SequenceMatcher(None, middle, other_middle, autojunk=len(middle) > _BOOK)
        for kind, i, j, k, m in matcher.get_opcodes():
            passage = Passage("same" if kind == "equal" else "rewritten", head + i, head + j, head + k, head + m)
            yield from self._paired(passage) if kind == "replace" else [passage]
        if tail:
            yield Passage("same", len(words) - tail, len(words), len(others) - tail, len(others))

    def _slid(self, passages: list[Passage]) -> list[Passage]:
        """The passages, with what was put in or taken out between kept words moved to where a sentence or line begins.

        Of "A. B." in the place of "A." either ". B" was put in before the stop, or "B." behind it.
        """
        found = list(passages)
        for index in range(1, len(found) - 1):
            before, change, behind = found[index - 1 : index + 2]
            if not (before.kind == behind.kind == "same" and change.kind == "rewritten"):
                continue
            if change.start == change.end:
                by = _slide(self.others, self.other, change.other, change.other_end, _size(before), _size(behind))
            elif change.other == change.other_end:
                by = _slide(self.tokens, self.text, change.start, change.end, _size(before), _size(behind))
            else:
                continue
            found[index - 1] = before._replace(end=before.end + by, other_end=before.other_end + by)
            moved = change._replace(start=change.start + by, end=change.end + by)
            found[index] = moved._replace(other=change.other + by, other_end=change.other_end + by)
            found[index + 1] = behind._replace(start=behind.start + by, other=behind.other + by)
        return [passage for passage in found if _size(passage)]

    def _without_islands(self, passages: list[Passage]) -> list[Passage]:
        """The passages without a word or two that seem kept amid what was rewritten: two texts share such by chance.

        Words that each text has once are no chance.
        """
        counts = Counter(token.text for token in self.tokens), Counter(token.text for token in self.others)
        found: list[Passage] = []
        for index, passage in enumerate(passages):
            around = (found[-1:], passages[index + 1 : index + 2])
            island = passage.kind == "same" and passage.end - passage.start <= _ISLAND
            if island and all(near and near[0].kind == "rewritten" and _size(near[0]) >= _SEA for near in around):
                words = {token.text for token in self.tokens[passage.start : passage.end]}
                if all(any(count[word] > 1 for count in counts) for word in words):
                    passage = passage._replace(kind="rewritten")
            if found and found[-1].kind == passage.kind != "corrected":
                passage = found.pop()._replace(end=passage.end, other_end=passage.other_end)
            found.append(passage)
        return found

    def _paired(self, passage: Passage) -> Iterator[Passage]:
        """The passage as corrected words, from its two ends as far as words are like each other, and the rest."""
        mine = _words(self.tokens, passage.start, passage.end)
        theirs = _words(self.others, passage.other, passage.other_end)
        if len(mine) != len(theirs) and self._joined_alike(passage[1:3], passage[3:5]):  # "alot", "a lot"
            yield passage._replace(kind="corrected")
            return
        behind: list[Passage] = []
        while mine and theirs and (pair := self._pair(mine[0], theirs[0])):
            yield pair
            mine, theirs = mine[1:], theirs[1:]
        while mine and theirs and (pair := self._pair(mine[-1], theirs[-1])):
            behind.insert(0, pair)
            mine, theirs = mine[:-1], theirs[:-1]
        if mine or theirs:
            start, end = (mine[0][0], mine[-1][1]) if mine else (behind[0].start if behind else passage.end,) * 2
            other, other_end = (
                (theirs[0][0], theirs[-1][1]) if theirs else (behind[0].other if behind else passage.other_end,) * 2
            )
            if mine and theirs and self._joined_alike((start, end), (other, other_end)):
                yield Passage("corrected", start, end, other, other_end)
            else:
                yield Passage("rewritten", start, end, other, other_end)
        yield from behind

    def _pair(self, word: tuple[int, int], other: tuple[int, int]) -> Passage | None:
        """A word and what it was corrected to; None where the two are not alike."""
        one, two = self._read(self.tokens, self.text, word), self._read(self.others, self.other, other)
        if one == two:
            return Passage("same", *word, *other)
        return Passage("corrected", *word, *other) if alike(one, two) else None

    def _joined_alike(self, words: tuple[int, int], others: tuple[int, int]) -> bool:
        """Whether two runs of words differ in hardly more than the blanks between them."""
        pieces = (self._read(self.tokens, self.text, words), self._read(self.others, self.other, others))
        one, two = ("".join(piece.split()) for piece in pieces)
        return one == two or (alike(one, two) and abs(len(one) - len(two)) <= 1)

    @staticmethod
    def _read(tokens: Sequence[Token], text: str, span: tuple[int, int]) -> str:
        return text[tokens[span[0]].start : tokens[span[1] - 1].end]

    def _moved(self, start: int, end: int, first: int, last: int) -> Place | None:
        """Where a span of kept words is; None where one was not kept, or something was put between them."""
        index = self._passage(first)
        passage = self.passages[index]
        while passage.kind == "same" and passage.end <= last:
            index += 1
            following = self.passages[index]
            if following.kind != "same" or following.other != passage.other_end:
                return None
            passage = following
        if passage.kind != "same":
            return None
        begin, finish = self._at(start, first), self._at(end, last)
        return None if begin is None or finish is None else Place(begin, finish, kept=True)

    def _at(self, place: int, token: int) -> int | None:
        """Where a place in, before or behind a kept token is; None where blanks between changed."""
        passage = self.passages[self._passage(token)]
        here, there = self.tokens[token], self.others[passage.other + token - passage.start]
        at = there.start + place - here.start
        if place < here.start:
            same = self.text[place : here.start] == self.other[max(at, 0) : there.start]
        else:
            same = self.text[here.end : place] == self.other[there.end : at] if place > here.end else True
        return at if same else None

    def _changed(self, start: int, end: int) -> Place | None:
        """Where a span is in which words changed, its ends being known; None where they are not."""
        begin, finish = self._begin(start), self._finish(end)
        if begin is None or finish is None or begin >= finish:
            return None
        return Place(begin, finish, kept=False) if alike(self.text[start:end], self.other[begin:finish]) else None

    def _begin(self, start: int) -> int | None:
        token = self._index(self._ends, start)
        while token < len(self.tokens):
            passage = self.passages[self._passage(token)]
            if passage.kind == "same":
                return self._at(start, token) if start >= self.tokens[token].start else self._edge(token)
            if self.tokens[passage.start].start < start:
                return None
            if passage.other < passage.other_end:
                return self.others[passage.other].start
            token = passage.end  # these words have gone
            start = self.tokens[token].start if token < len(self.tokens) else start
        return None

    def _edge(self, token: int) -> int:
        passage = self.passages[self._passage(token)]
        return self.others[passage.other + token - passage.start].start

    def _finish(self, end: int) -> int | None:
        token = self._index(self._starts, end - 1) - 1
        while token >= 0:
            passage = self.passages[self._passage(token)]
            if passage.kind == "same":
                return self._at(min(end, self.tokens[token].end), token)
            if self.tokens[passage.end - 1].end > end:
                return None
            if passage.other < passage.other_end:
                return self.others[passage.other_end - 1].end
            token = passage.start - 1
            end = self.tokens[token].end if token >= 0 else end
        return None

    def _once(self, start: int, end: int) -> Place | None:
        """The one place in the line that reads as the span did, if its words were there once before too."""
        words = self.text[start:end]
        if len(words) < _NAMED:
            return None
        known = _occurrences(words, self.text, *_line(self.text, start, end))
        found = _occurrences(words, self.other, *_line(self.other, *self.surroundings(start, end)))
        return Place(found[0], found[0] + len(words), kept=True) if len(found) == len(known) == 1 else None

    def _bounds(self, first: int, last: int) -> tuple[int, int]:
        """The passages around two tokens: the indexes of the firm ones before and behind what changed there."""
        if not self.passages or not self.tokens:
            return 0, len(self.passages)
        low, high = self._passage(first), self._passage(last)
        while low >= 0 and not self._is_firm(low):
            low -= 1
        while high < len(self.passages) and not self._is_firm(high):
            high += 1
        return max(low, 0), high

    def _is_firm(self, index: int) -> bool:
        passage = self.passages[index]
        return passage.kind == "same" and passage.end - passage.start >= _FIRM

    def _gap(self, other: int, other_end: int) -> tuple[int, int]:
        """The code points of tokens of the other text, or of the place between two where there are none."""
        if other < other_end:
            return self.others[other].start, self.others[other_end - 1].end
        at = self.others[other].start if other < len(self.others) else len(self.other)
        return at, at


def _words(tokens: Sequence[Token], start: int, end: int) -> list[tuple[int, int]]:
    """Tokens [start, end) as words: runs without a blank between."""
    cuts = [i for i in range(start + 1, end) if tokens[i - 1].end < tokens[i].start]
    return list(pairwise([start, *cuts, end])) if start < end else []


def _slide(tokens: Sequence[Token], text: str, start: int, end: int, before: int, behind: int) -> int:
    """How many tokens to move tokens [start, end) by, which read the same there, to begin at the strongest boundary.

    before, behind: how far they may move.
    """
    first = last = 0
    while first > -before and tokens[start + first - 1].text == tokens[end + first - 1].text:
        first -= 1
    while last < behind and tokens[start + last].text == tokens[end + last].text:
        last += 1
    return max(range(first, last + 1), key=lambda by: (_boundary(tokens, text, start + by), -abs(by)))


def _boundary(tokens: Sequence[Token], text: str, token: int) -> int:
    """How strong a boundary is in front of a token: of paragraphs, lines, sentences, words, or none."""
    if token == 0:
        return 4
    if token == len(tokens):
        return 3
    before = tokens[token - 1]
    blanks = text[before.end : tokens[token].start]
    if "\n" in blanks:
        return 4 if blanks.count("\n") > 1 else 3
    stop = tokens[token - 1 if before.text not in _CLOSING or token == 1 else token - 2].text in _STOPS
    return (2 if stop else 1) if blanks else 0


def _size(passage: Passage) -> int:
    return max(passage.end - passage.start, passage.other_end - passage.other)


def _line(text: str, start: int, end: int) -> tuple[int, int]:
    """The lines of a text that a span touches."""
    behind = text.find("\n", end)
    return text.rfind("\n", 0, start) + 1, len(text) if behind < 0 else behind


def _occurrences(words: str, text: str, start: int, end: int) -> list[int]:
    """Where whole words occur in text[start:end]."""
    opening, closing = r"(?<!\w)" * words[0].isalnum(), r"(?!\w)" * words[-1].isalnum()
    pattern = re.compile(f"(?={opening}{re.escape(words)}{closing})")
    return [match.start() for match in pattern.finditer(text, start) if match.start() + len(words) <= end]
