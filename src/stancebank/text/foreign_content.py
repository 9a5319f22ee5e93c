"""Content that is no text to annotate: programs, pages with markup, tables, packed files."""

from __future__ import annotations

import json
import re

_LONGEST = 5_000_000
"""Code points of the longest text: a few novels."""

_MAGIC = {
    b"%PDF-": "a PDF file",
    b"PK\x03\x04": "a packed file, such as a Word or Excel document",
    b"\xd0\xcf\x11\xe0": "an old Word or Excel document",
    b"\x1f\x8b": "a packed file (gzip)",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x7fELF": "a program",
    b"{\\rtf": "an RTF document",
    b"\xff\xfe": "in UTF-16",
    b"\xfe\xff": "in UTF-16",
}
_MARKUP_START = re.compile(r"\ufeff?\s*<(?:!doctype\b|html\b|\?xml\b|rss\b|svg\b|body\b|div\b)", re.IGNORECASE)
_LATEX = re.compile(r"\s*\\documentclass\b")
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,300}>")
_CODE = re.compile(
    r"""\s*(?:
        (?:import|from)\s[\w.]+(?:\s(?:import|as)\s.+)?
        | (?:async\s)?(?:def|class|function|func|fn|sub|public|private|protected|static|struct|interface)\s.*[:({;]
        | (?:if|for|while|elif|else|try|except|catch|switch|case|with|return|raise|throw|yield)\b[^.?!]*[:;{})\]]
        | (?:const|let|var|val|int|float|double|char|void|auto|final)\s[\w<>\[\]*]+.*[;={(]
        | \#\s?(?:include|define|ifdef|endif|pragma)\b.*
        | \#!.* | @\w+(?:\(.*\))?
        | [\w.\[\]"']+\s*(?:[+*/|&-]?=|:=)\s*\S.*
        | [\w.]+\(.*\)\s*[;:{]?
        | .*[{}] | .*[)\]"'];
        | [)\]}]+[,;)]*
        | (?://|/\*|\*/|"{3}).*
    )\s*""",
    re.VERBOSE,
)
_SEVERAL = 5  # lines from which on their form tells a program
_MOST_CODE = 0.6  # share of the lines of a program that have the form of code; the others are comments
_PROGRAM = re.compile(r"\.(?:py|js|ts|jsx|tsx|c|h|cc|cpp|java|go|rs|rb|php|sh|r|sql|css|lua|pl|swift|kt|scala|cs)$")
_SOME_CODE = 0.2  # share that is enough where the name of the file is that of a program
_MOST_MARKUP = 0.3  # share of the characters in tags, from which on a text is markup
_ENOUGH = 200  # characters other than blanks, from which on their kinds tell what it is
_FEWEST_LETTERS = 0.4  # share of letters below which something is no text


def why_no_text(data: bytes) -> str | None:
    """Why bytes are plainly no text to annotate, as what they are; None where they may be one."""
    return next((f"it is {what}" for magic, what in _MAGIC.items() if data.startswith(magic)), None)


def why_too_long(text: str) -> str | None:
    """Why a text is longer than one may be; None where it is not."""
    if len(text) > _LONGEST:
        return f"it has {len(text):,} characters, and the longest text may have {_LONGEST:,}"
    return None


def why_no_article(text: str, name: str = "") -> str | None:
    """Why a text is plainly none to annotate, as what it is; None where it may be one.

    name: of its file. Only what is certain: a text that quotes some code or tags is a text.
    """
    too_long = why_too_long(text)
    if too_long is not None:
        return too_long
    if _MARKUP_START.match(text):
        return "it is HTML or XML, not plain text"
    if _LATEX.match(text):
        return "it is LaTeX, not plain text"
    if _is_json(text):
        return "it is JSON, not plain text"
    marks = len("".join(text.split()))
    tags = sum(len(tag) for tag in _TAG.findall(text))
    if tags >= _MOST_MARKUP * max(marks, 1) and text.count(">") > 1:
        return f"{tags / max(marks, 1):.0%} of it is markup"
    lines = [line for line in text.splitlines() if line.strip()]
    code = sum(bool(_CODE.fullmatch(line)) for line in lines if len(line) <= _ENOUGH)
    enough = _SOME_CODE if _PROGRAM.search(name.lower()) else _MOST_CODE
    if len(lines) >= _SEVERAL and code >= enough * len(lines):
        return f"{code} of its {len(lines)} lines are code"
    letters = sum(map(str.isalpha, text))
    if marks >= _ENOUGH and letters < _FEWEST_LETTERS * marks and not _has_marks(text, marks, letters):
        return f"only {letters / marks:.0%} of its characters are letters"
    return None


def _has_marks(text: str, marks: int, letters: int) -> bool:
    """Whether signs that belong to letters, as in Indic scripts, make up what lacks."""
    import unicodedata

    signs = sum(unicodedata.category(each).startswith("M") for each in text)
    return letters + signs >= _FEWEST_LETTERS * marks


def _is_json(text: str) -> bool:
    stripped = text.strip().removeprefix("\ufeff")
    if stripped[:1] + stripped[-1:] not in ("{}", "[]") or len(stripped) < _SEVERAL:
        return False
    try:
        return isinstance(json.loads(stripped), dict | list)
    except (ValueError, RecursionError):
        first = stripped.split("\n", 1)[0]
        try:
            return first != stripped and isinstance(json.loads(first), dict)
        except (ValueError, RecursionError):
            return False
