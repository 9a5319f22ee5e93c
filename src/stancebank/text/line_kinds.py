"""Lines of a text that are no sentences: headings, bylines, datelines and items of lists.

A line has a kind only where its form leaves no doubt; all others are sentences.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from stancebank.text.paragraphs import paragraphs

LineKind = Literal["sentence", "heading", "byline", "dateline", "item"]

_LONGEST_TITLE, _LONGEST_HEADING = 150, 80  # code points: of the first line, of a heading between paragraphs
_BEGINNING, _END = 6, 3  # lines from the start and from the end of a text among which a byline may be
_FINISHED = 0.8  # least share of the other paragraphs that end like sentences where a line that does not is a heading

_CLOSING = "\"'\u2019\u201d\u201c\u00bb\u203a\u300d\u300f)]"
_OPENING = "\"'\u2018\u201c\u201e\u00ab\u2039\u300c\u300e(["
# What a sentence, a clause or a line that goes on in the next one ends with, in many scripts.
_STOPS = ".!?\u2026:;,\u2013\u2014-\u3002\uff01\uff1f\uff1a\uff1b\uff0c\u3001"
_STOPS += "\u061f\u061b\u060c\u06d4\u0964\u0965\u0589\u1362"

_MARKDOWN_HEADING = re.compile(r"\s{0,3}#{1,6}\s+\S")
_BULLET = re.compile(r"\s*[\u2022\u2023\u25aa\u25e6\u25cf]\s*\w")
_LISTED = re.compile(r"\s*[*-]\s+\S*\w")
_NUMBERED = re.compile(r"\s*\(?(\d{1,2})[.)]\s+\S*\w")
_SPEECH_TAG = re.compile(r"[,!?.\u2026]\s+[-\u2013\u2014]\s")

_NAME_WORD = r"[^\W\d_][^\W\d_]*(?:[.'\u2019-][^\W\d_]*)*"
_PARTICLES = "al|bin|da|dal|de|del|den|der|di|do|dos|du|el|ibn|la|le|ten|ter|van|von|zu"
_NAME = rf"{_NAME_WORD}(?:\s(?:(?:{_PARTICLES})\s)*{_NAME_WORD}){{1,4}}"
_AND = {"en": "and", "de": "und", "fr": "et", "es": "y", "it": "e", "pt": "e", "nl": "en", "sv": "och", "da": "og"}
_AND |= {"no": "og", "pl": "i", "uk": "\u0442\u0430|\u0456|\u0439", "ru": "\u0438"}
_BY = {"en": "By|BY", "de": "Von|VON", "fr": "Par|PAR", "es": "Por|POR", "it": "Di|DI", "pt": "Por|POR"}
_BY |= {"nl": "Door|DOOR", "sv": "Av|AV", "da": "Af|AF", "no": "Av|AV"}
_AUTHOR = "Autor|Author|Auteur|Autore|Autorka|Autorin"
_AUTHOR += "|\u0410\u0432\u0442\u043e\u0440|\u0410\u0432\u0442\u043e\u0440\u043a\u0430"
_SIGN_OFF = re.compile(r"\(?(?:Additional reporting|Reporting|Writing|Editing|Compiled) by [^\W\d_]")
_ARABIC_BYLINE = re.compile(r"\u0628\u0642\u0644\u0645\s*:?(?:\s+[^\W\d_]+){1,6}")

_DAY = r"(?=[^\n]*\d)\w+\.?(?:[\s,]+(?:de\s)?\w+\.?){0,4}"
_CAPITALS = r"[^\W\d_a-z]{2,}(?:[ .'\u2019/-]+[^\W\d_a-z]+)*\.?"
_DATELINE = re.compile(rf"({_CAPITALS}),\s+{_DAY}(?:\s*\(\w+\))?\s*[-\u2013\u2014]?")
_FULL_DAY = r"(?:\d{1,2}\.?\s(?:de\s)?\w+|\w+\s\d{1,2},)\s\d{4}"
_PLACE_AND_DAY = re.compile(rf"({_NAME_WORD}(?:\s{_NAME_WORD})?),\s+(?:(?:den|le|el)\s)?{_FULL_DAY}")


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of one paragraph that belong together: code points [start, end), the paragraph's index from 0, the kind."""

    start: int
    end: int
    paragraph: int
    kind: LineKind


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    paragraph: int
    text: str

    @property
    def words(self) -> str:
        return self.text.strip()


def lines_by_kind(text: str, language: str) -> list[Lines]:
    """The lines of a text, in order, those that are together one heading, byline, dateline, item or running text.

    language: BCP 47; it tells the words of bylines. Lines of running text are together up to the
    end of their paragraph or the next line of another kind. What is between Lines is blank.
    """
    lines = list(_lines(text))
    kinds = _kinds(lines, language.lower().split("-")[0])
    found: list[Lines] = []
    for line, kind in zip(lines, kinds, strict=True):
        last = found[-1] if found else None
        goes_on = last is not None and last.paragraph == line.paragraph and last.kind == kind
        if last is not None and goes_on and (kind == "sentence" or (kind == "item" and not _is_item_start(line))):
            found[-1] = Lines(last.start, line.end, last.paragraph, kind)
        else:
            found.append(Lines(line.start, line.end, line.paragraph, kind))
    return found


def _lines(text: str) -> Iterator[_Line]:
    for number, (start, end) in enumerate(paragraphs(text)):
        for line in re.finditer(r"[^\n]+", text[start:end]):
            if line[0].strip():
                yield _Line(start + line.start(), start + line.end(), number, line[0])


def _kinds(lines: Sequence[_Line], language: str) -> list[LineKind]:
    kinds: list[LineKind] = ["sentence"] * len(lines)
    for index in _items(lines):
        kinds[index] = "item"
    for index, line in enumerate(lines):
        if kinds[index] == "sentence" and (index < _BEGINNING or index >= len(lines) - _END):
            if index < _BEGINNING and _is_dateline(line.words):
                kinds[index] = "dateline"
            elif _is_byline(line.words, language):
                kinds[index] = "byline"
    if kinds and kinds[0] == "byline" and "dateline" not in kinds[1:2]:
        kinds[0] = "sentence"  # "By Royal Decree" is as likely the title
    for index in _headings(lines, kinds):
        kinds[index] = "heading"
    return kinds


def _is_item_start(line: _Line) -> bool:
    return bool(_BULLET.match(line.text) or _LISTED.match(line.text) or _NUMBERED.match(line.text))


def _items(lines: Sequence[_Line]) -> Iterator[int]:
    """The lines that are items, or go on with one: indented behind it."""
    index = 0
    while index < len(lines):
        run = _run(lines, index)
        listed = [lines[at] for at in run if _is_item_start(lines[at])]
        introduced = index > 0 and lines[index - 1].words.endswith(":")
        certain = bool(listed) and (len(listed) > 1 or introduced or bool(_BULLET.match(listed[0].text)))
        if certain and not any(_SPEECH_TAG.search(line.text) for line in listed if _LISTED.match(line.text)):
            yield from run
        index = run[-1] + 1 if run else index + 1


def _run(lines: Sequence[_Line], first: int) -> list[int]:
    """The lines from the first on that are items of one kind, numbers going up by one, with the lines inside them."""
    run: list[int] = []
    forms = (_BULLET, _LISTED, _NUMBERED)
    form = next((each for each in forms if each.match(lines[first].text)), None)
    if form is None:
        return run
    number = 0
    for index in range(first, len(lines)):
        match = form.match(lines[index].text)
        if match and (form is not _NUMBERED or not run or int(match[1]) == number + 1):
            number = int(match[1]) if form is _NUMBERED else 0
            run.append(index)
        elif run and lines[index].text[:1].isspace() and lines[index].paragraph == lines[index - 1].paragraph:
            run.append(index)
        else:
            break
    return run


def _is_byline(words: str, language: str) -> bool:
    if len(words) > _LONGEST_HEADING:
        return False
    if language == "ar":
        return bool(_ARABIC_BYLINE.fullmatch(words))
    if language == "en" and _SIGN_OFF.match(words):
        return True
    said = re.fullmatch(rf"(?:(?:{_BY.get(language, '(?!)')})\s|(?:{_AUTHOR})\s?:\s)({_names(language)})", words)
    return said is not None and all(
        token[0].isupper()
        for token in re.split(r"[\s,&]+", said[1])
        if token not in _PARTICLES.split("|") and token not in _AND.get(language, "").split("|")
    )


def _names(language: str) -> str:
    between = rf"(?:,\s|\s&\s|,?\s(?:{_AND.get(language, '(?!)')})\s)"
    return rf"{_NAME}(?:{between}{_NAME}){{0,4}}"


def _is_dateline(words: str) -> bool:
    if len(words) > _LONGEST_HEADING:
        return False
    in_capitals = _DATELINE.fullmatch(words)
    if in_capitals and in_capitals[1].isupper():
        return True
    dated = _PLACE_AND_DAY.fullmatch(words)
    return dated is not None and all(token[0].isupper() for token in dated[1].split())


def _headings(lines: Sequence[_Line], kinds: Sequence[LineKind]) -> Iterator[int]:
    sizes = Counter(line.paragraph for line in lines)
    likely = {
        index
        for index, line in enumerate(lines)
        if _looks_like_heading(lines, kinds, index, sizes[line.paragraph] == 1)
    }
    body = [
        line
        for index, line in enumerate(lines)
        if index not in likely and kinds[index] == "sentence" and _is_last(lines, index)
    ]
    finished = sum(_ends_like_a_sentence(line.words) for line in body)
    for index, line in enumerate(lines):
        if _MARKDOWN_HEADING.match(line.text) or (index in likely and body and finished >= _FINISHED * len(body)):
            yield index


def _looks_like_heading(lines: Sequence[_Line], kinds: Sequence[LineKind], index: int, alone: bool) -> bool:
    line, longest = lines[index], _LONGEST_TITLE if index == 0 else _LONGEST_HEADING
    words = line.words
    letter = next((each for each in words.lstrip(_OPENING) if each.isalnum()), "")
    if kinds[index] != "sentence" or len(words) > longest or not letter or letter.islower():
        return False
    if index + 1 >= len(lines) or _ends_like_a_sentence(words) or words.rstrip(_CLOSING)[-1:] in _STOPS:
        return False
    if re.search(r"[.!?\u3002]\s+\S", words.replace("U.S. ", "")):
        return False
    if not alone:  # a title right above byline or dateline
        return index == 0 and kinds[1] in ("byline", "dateline")
    following = next((each for each in lines[index + 1].words if each.isalpha()), "")
    return not following.islower() and (index == 0 or not _goes_on(lines[index - 1].words))


def _goes_on(words: str) -> bool:
    """Whether a line ends amid a clause, such as with a comma."""
    return words[-1:] in ",;\u060c\uff0c\u3001-\u2013\u2014"


def _ends_like_a_sentence(words: str) -> bool:
    return words.rstrip(_CLOSING)[-1:] in tuple(_STOPS)


def _is_last(lines: Sequence[_Line], index: int) -> bool:
    """Whether a line is the last of its paragraph."""
    return index + 1 == len(lines) or lines[index + 1].paragraph != lines[index].paragraph
