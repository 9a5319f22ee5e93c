"""Control characters in texts: those that a text may not hold, and those that a wrong encoding left in it."""

from __future__ import annotations

import re

from stancebank.faults import counted, excerpt

FORBIDDEN = r"\x00-\x08\x0b-\x1f\x7f\x85"
"""For a character class: the control characters that a text may not hold: C0 but LF and TAB, DEL, and U+0085, which
XML reads as a line end."""
MISREAD = r"\x80-\x84\x86-\x9f"
"""For a character class: the control characters that a text may hold, and mostly has since its encoding was misread."""

_FORBIDDEN = re.compile(f"[{FORBIDDEN}]")
_MISREAD = re.compile(f"[{MISREAD}]")
_BYTES = re.compile(r"[\x80-\xff]+")


def forbidden_character(text: str) -> re.Match[str] | None:
    """The first control character that a text may not hold: C0 other than LF and TAB, DEL or U+0085."""
    return _FORBIDDEN.search(text)


def misread_characters(text: str) -> str | None:
    """What the characters U+0080 to U+009F in a text probably were, in a sentence about the first; None without any.

    It names the place in code points, the character that Windows-1252 has for the byte, and,
    where the characters around it are the bytes of UTF-8, what these read. Nothing is converted.
    """
    found = _MISREAD.search(text)
    if found is None:
        return None
    more = len(_MISREAD.findall(text)) - 1
    others = f" (and {counted(more, 'more such character')})" if more else ""
    return f"the text holds the control character U+{ord(found[0]):04X} at {found.start()}{others}; {_readings(found)}"


def byte_in_windows_1252(character: str) -> str:
    """What Windows-1252 makes of a control character U+0080 to U+009F that is taken for a byte."""
    byte = character.encode("latin-1")
    try:
        return f"the byte 0x{byte.hex()} is {excerpt(byte.decode('cp1252'))} in Windows-1252"
    except UnicodeDecodeError:
        return f"the byte 0x{byte.hex()} is no character in Windows-1252"


def _readings(found: re.Match[str]) -> str:
    around = next(run for run in _BYTES.finditer(found.string) if run.end() > found.start())[0].encode("latin-1")
    readings = [byte_in_windows_1252(found[0])]
    try:
        shown = " ".join(f"0x{byte:02x}" for byte in around[:8])
        readings.append(f"the bytes {shown} are {excerpt(around.decode())} in UTF-8")
    except UnicodeDecodeError:
        pass
    return ", and ".join(readings)
