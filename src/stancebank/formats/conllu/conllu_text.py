"""The text of a document of CoNLL-U: put together from its tokens, and where each word is in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from stancebank.faults import StanceBankError, excerpt
from stancebank.formats.foreign_document import Fragment

NO_SPACE, SPACES_AFTER, SPACES_BEFORE = "SpaceAfter", "SpacesAfter", "SpacesBefore"
PARAGRAPH = "\n\n"
_ESCAPES = {"s": " ", "n": "\n", "t": "\t", "r": "\r", "p": "|", "\\": "\\"}
_ESCAPED = re.compile(r"\\(.)")
_CODES = {char: f"\\{letter}" for letter, char in _ESCAPES.items()}


class Token(NamedTuple):
    """A token of the text with the words that it is made of, and what its misc says of blanks. line: in the file."""

    form: str
    words: tuple[str, ...]
    misc: Mapping[str, str]
    line: int


def spaces(blanks: str) -> str:
    """Blanks as misc has them."""
    return "".join(_CODES.get(each, each) for each in blanks)


def _blanks(written: str) -> str:
    found = _ESCAPED.sub(lambda match: _ESCAPES.get(match[1], match[0]), written)
    return found.replace("\r\n", "\n")


def _after(token: Token) -> str | None:
    """The blanks behind a token; None where it does not say."""
    if SPACES_AFTER in token.misc:
        return _blanks(token.misc[SPACES_AFTER])
    return "" if token.misc.get(NO_SPACE) == "No" else None


@dataclass
class GrowingText:
    """The text of a document, sentence by sentence.

    sentences: their places.
    """

    text: str = ""
    sentences: list[Fragment] = field(default_factory=list)
    _gap: str | None = ""

    def add(self, tokens: Sequence[Token], told: str | None, file: str, *, paragraph: bool) -> list[Fragment]:
        """Add a sentence; gives the places of its tokens. told: its text as a comment has it.

        Raises StanceBankError where the tokens are not those of the text.
        """
        gap = self._gap
        if gap is None or (paragraph and gap == ""):
            gap = PARAGRAPH if paragraph else " "
        start = len(self.text) + len(gap if self.text else "")
        lead = _blanks(tokens[0].misc.get(SPACES_BEFORE, ""))
        surface, places = _surface(tokens)
        if told is not None and told != surface:
            exact = any(SPACES_AFTER in token.misc for token in tokens)
            if not exact or told.split() != surface.split():
                surface, places = told, _aligned(tokens, told, file)
        self.text += (gap if self.text else "") + lead + surface
        start += len(lead)
        self.sentences.append((start, start + len(surface)))
        self._gap = _after(tokens[-1])
        return [(start + first, start + last) for first, last in places]

    def finish(self) -> None:
        """Add the blanks behind the last token, where it says that there are some."""
        self.text += self._gap or ""


def word_places(token: Token, at: Fragment) -> Iterator[Fragment]:
    """The places of the words of a token; all of it for each where it is not its words one after the other."""
    if "".join(token.words) != token.form:
        yield from [at] * len(token.words)
        return
    end = at[0]
    for word in token.words:
        yield end, end + len(word)
        end += len(word)


def _surface(tokens: Sequence[Token]) -> tuple[str, list[Fragment]]:
    """The text of a sentence by its tokens alone, without blanks at its end, and the place of each token."""
    text, places = "", []
    for index, token in enumerate(tokens):
        places.append((len(text), len(text) + len(token.form)))
        text += token.form
        if index + 1 < len(tokens):
            after = _after(token)
            text += " " if after is None else after
    return text, places


def _aligned(tokens: Sequence[Token], text: str, file: str) -> list[Fragment]:
    """The places of tokens in a text in which nothing but blanks is between them."""
    places, at = [], 0
    for token in tokens:
        start = text.find(token.form, at)
        if start < 0 or text[at:start].strip():
            what = f"{file}:{token.line}: the token {excerpt(token.form)} is not next in the text of its sentence"
            raise StanceBankError(what, "correct # text, or the token")
        at = start + len(token.form)
        places.append((start, at))
    if text[at:].strip():
        what = f"{file}:{tokens[-1].line}: the text of the sentence goes on with {excerpt(text[at:].strip())}"
        raise StanceBankError(what, "correct # text, or add the tokens")
    return places
