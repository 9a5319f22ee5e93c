"""Names that nobody bears, and words for the days around a document's own."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

# No name of anybody is made of these; two of them are no word. Some letters lie outside the Basic Multilingual Plane.
SYLLABLES = (
    *("vor", "quel", "zyv", "drax", "mør", "thiv", "ßel", "xul", "örr", "pliz", "guð", "ñar", "łek", "şuv", "khy"),
    *("bzu", "ghom", "jyt", "wrol", "cneg", "fjul", "dhak", "hvem", "rzyb", "skrø", "tvup", "uvlo", "yzik", "ækt"),
    *("gőv", "ķum", "lwaz", "mbir", "nkof", "ogdu", "pfeb", "qim", "rhuz", "snyv", "ţorb", "ůlz", "vlam", "xhod"),
    *("zdik", "čvu", "đogh", "ębz", "iwxu", "ĺub", "ŋam", "őkh", "řezv", "ťulg", "žwab", "𐐨rv", "\U0001d51fym", "ðvol"),
)
_LENGTHS = (2, 2, 3)  # of a stem, in syllables
_NAMES = {
    "PERSON": ("{}",),
    "GPE": ("{}",),
    "ORG": ("{} Council", "{} Grain Board", "Bank of {}", "{} Front", "{} Guard"),
    "LOC": ("{} Valley", "{} Hills", "Lake {}", "Cape {}"),
    "FAC": ("Fort {}", "{} Bridge", "{} Hall", "Port {}"),
    "EVENT": ("{} Conference", "{} Congress", "{} Games"),
    "WORK": ("{} Charter", "{} Memorandum", "{} Almanac"),
}
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine")
_UNITS = ("day", "week", "month", "year")


class Referent(NamedTuple):
    """An entity with the words for it.

    key: the same for the same entity. name: what it is called. words: what the text says at first, again, and as an
    adjective. level: of a mention in these words. voice: which of two pronouns. value: TIMEX3 value of a time.
    """

    key: str
    type: str
    name: str
    words: tuple[str, str, str]
    level: str
    voice: int
    value: str | None


def stems(chance: random.Random) -> Iterator[str]:
    """Words to make names of, without end, all different."""
    seen = set()
    while True:
        word = "".join(chance.choices(SYLLABLES, k=chance.choice(_LENGTHS))).capitalize()
        if word not in seen:
            seen.add(word)
            yield word


def named(type: str, stems: Iterator[str], chance: random.Random) -> Referent:
    """An entity of that type with a name of the next stems."""
    stem = next(stems)
    name = chance.choice(_NAMES[type]).format(stem)
    full = f"{next(stems)} {stem}" if type == "PERSON" else name
    return Referent(stem, type, full, (full, name, f"{stem}ian"), "NAM", chance.randrange(2), None)


@cache
def times(date: datetime.date) -> dict[str, tuple[Referent, ...]]:
    """What can be said of times in a text of that day, by the kinds that templates know."""

    def day(step: int) -> datetime.date:
        return date + datetime.timedelta(step)

    def week(step: int) -> str:
        return "{}-W{:02}".format(*day(7 * step).isocalendar())

    def month(step: int) -> tuple[int, int]:
        year, month = divmod(date.year * 12 + date.month - 1 + step, 12)
        return year, month + 1

    weekdays = {step: _time(_WEEKDAYS[day(step).weekday()], day(step).isoformat(), "NAM") for step in range(-3, 4)}
    months = (month(-step) for step in range(2, 30))
    return {
        "day": tuple(weekdays[step] for step in (-3, -2, -1)),
        "nextday": tuple(weekdays[step] for step in (1, 2, 3)),
        "past": (
            _time("yesterday", day(-1).isoformat()),
            _time("last week", week(-1)),
            _time("last month", "{}-{:02}".format(*month(-1))),
            _time("last year", f"{date.year - 1}"),
            _time("months ago", "PAST_REF"),
        ),
        "next": (
            _time("tomorrow", day(1).isoformat()),
            _time("next week", week(1)),
            _time("next month", "{}-{:02}".format(*month(1))),
            _time("next year", f"{date.year + 1}"),
            _time("one day", "FUTURE_REF"),
        ),
        "month": tuple(_time(f"{_MONTHS[month - 1]} {year}", f"{year}-{month:02}", "NAM") for year, month in months),
        "span": tuple(
            _time(f"{number}-{unit}", f"P{value}{unit[0].upper()}")
            for unit in _UNITS
            for value, number in enumerate(_NUMBERS, 2)
        ),
    }


def _time(words: str, value: str, level: str = "NOM") -> Referent:
    return Referent(value, "DATE", words, (words, words, words), level, 0, value)
