"""TIMEX3 values: what a DATE of the corpus may say, and what its words lead one to expect (TimeML 1.2.1)."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable
from functools import lru_cache, partial

# Calendar points, weeks, seasons and parts of years, decades and centuries; times; durations;
# and the three references without a date. Values follow ISO 8601; X stands for what is not known.
_ZONE = r"(?:Z|[+-](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?)"
_CLOCK = rf"(?:(?:[01][0-9]|2[0-3])(?::[0-5][0-9]){{0,2}}|24(?::00){{0,2}}){_ZONE}?"
_TIME = rf"T(?:MO|MI|AF|EV|NI|DT|{_CLOCK})"
_AMOUNT = r"(?:[0-9]+(?:\.[0-9]+)?|X+)"
_DATE_PART = "".join(f"(?:{_AMOUNT}{unit})?" for unit in ("CE", "DE", "Y", "Q", "M", "W", "WE", "D"))
_TIME_PART = "".join(f"(?:{_AMOUNT}{unit})?" for unit in "HMS")
TIMEX3 = (
    r"(?:PAST_REF|PRESENT_REF|FUTURE_REF"
    rf"|P(?=[0-9XT]){_DATE_PART}(?:T(?=[0-9X]){_TIME_PART})?"
    r"|[0-9X]{2}|[0-9X]{3}"
    r"|[0-9X]{4}(?:-(?:SP|SU|FA|WI|H[12X]|Q[1-4X]))?"
    rf"|[0-9X]{{4}}-W(?:0[1-9]|[1-4][0-9]|5[0-3]|XX)(?:-(?:[1-7]|WE)(?:{_TIME})?)?"
    r"|[0-9X]{4}-(?:0[1-9]|1[0-2]|XX)"
    rf"|[0-9X]{{4}}-(?:0[1-9]|1[0-2]|XX)-(?:0[1-9]|[12][0-9]|3[01]|XX)(?:{_TIME})?"
    rf"|{_TIME})"
)
_TIMEX3 = re.compile(TIMEX3)
_DAY = re.compile(r"([0-9X]{4})-([0-9]{2})-([0-9]{2})(?:T.*)?")
_LEAP_YEAR = 2024
_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})(?:-.*)?")

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NEAR = {"yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1}
_STEPS = {"last": -1, "this": 0, "next": 1}
_DURATION = re.compile(rf"([0-9]+|{'|'.join(_NUMBERS)})[ -](day|week|month|year|decade|century)s?")
_YEARS = {"decade": 10, "century": 100}
_VAGUE = "P[0-9X]*X[0-9X]*(?:Y|DE|CE)"
_RELATIVE = re.compile(r"(last|this|next) (week|month|year)")
_YEAR = re.compile(r"\b(1[0-9]{3}|20[0-9]{2})\b")
_UNIT = re.compile(r"\b(?:day|week|month|year|decade|centur)")
_MONTH = re.compile(rf"\b({'|'.join(_MONTHS)})\b")


@lru_cache(maxsize=1 << 14)
def is_timex3(value: str) -> bool:
    """Whether a value has the form of TimeML's TIMEX3 and, where it names a day or a week, the calendar has it."""
    if not _TIMEX3.fullmatch(value):
        return False
    day, week = _DAY.fullmatch(value), _WEEK.fullmatch(value)
    try:
        if day:
            datetime.date(int(day[1]) if day[1].isdigit() else _LEAP_YEAR, int(day[2]), int(day[3]))
        if week:
            datetime.date.fromisocalendar(int(week[1]), int(week[2]), 1)
    except ValueError:
        return False
    return True


def expected_values(text: str, date: str) -> str | None:
    """What the value of an English time expression should look like, as a regular expression for all of it.

    text: the words. date: day of publication, YYYY-MM-DD. None where the words
    leave it open. It understands weekdays, yesterday, today and tomorrow, last, this and
    next week, month and year, months and years by name, and durations; decades and centuries count in years.
    """
    expected = _expected(text.lower())
    if expected is None or isinstance(expected, str):
        return expected
    try:
        return expected(datetime.date.fromisoformat(date))
    except OverflowError:  # a day before the first year or behind the last
        return None


@lru_cache(maxsize=4096)
def _expected(words: str) -> str | Callable[[datetime.date], str] | None:
    """What is expected of words, given the day of publication where it depends on it."""
    if words in WEEKDAYS:
        return partial(_weekday, WEEKDAYS.index(words))
    if words in _NEAR:
        return partial(_near, _NEAR[words])
    duration, relative = _DURATION.fullmatch(words), _RELATIVE.fullmatch(words)
    if words in ("decades", "centuries"):
        return f"(?:{_VAGUE}|[^P].*|P[AR].*)"
    if duration or words in _YEARS:
        number, unit = duration.groups() if duration else ("one", words)
        return f"(?:{_amount(int(number) if number.isdigit() else _NUMBERS.index(number) + 1, unit)}|[^P].*|P[AR].*)"
    if relative:
        return partial(_relative, _STEPS[relative[1]], relative[2])
    years, months = _YEAR.findall(words), _MONTH.findall(words)
    if _UNIT.search(words) or len(years) > 1 or len(months) > 1 or not (years or months):
        return None
    day = f"(?:-(?:{_MONTHS.index(months[0]) + 1:02}|XX).*)?" if months else ".*"
    return (years[0] if years else "[0-9X]{4}") + day


@lru_cache(maxsize=1 << 14)
def _weekday(index: int, published: datetime.date) -> str:
    ahead = (index - published.weekday()) % 7
    near = (-7, 0, 7) if ahead == 0 else (ahead - 7, ahead)
    return _any_of(published + datetime.timedelta(days) for days in near)


@lru_cache(maxsize=1 << 14)
def _near(days: int, published: datetime.date) -> str:
    return _any_of([published + datetime.timedelta(days)])


def _amount(number: int, unit: str) -> str:
    """A duration in its unit; a decade or century in years too."""
    years = _YEARS.get(unit)
    return f"P0*{number}{unit[:2].upper()}|P0*{number * years}Y" if years else f"P0*{number}{unit[0].upper()}"


def _any_of(days: Iterable[datetime.date]) -> str:
    """One of the days, as a date or in its week; or a reference without a date, as in "today's politics"."""
    return f"(?:(?:{'|'.join(map(_forms, days))}).*|[A-Z]+_REF)"


def _forms(day: datetime.date) -> str:
    """A day as a date or in its week."""
    year, week, weekday = day.isocalendar()
    return f"{day.isoformat()}|{year:04}-W{week:02}-{weekday}"


@lru_cache(maxsize=1 << 14)
def _relative(step: int, unit: str, published: datetime.date) -> str:
    if unit == "week":
        year, week, _ = (published + datetime.timedelta(weeks=step)).isocalendar()
        return f"{year:04}-W{week:02}.*"
    if unit == "month":
        months = published.year * 12 + published.month - 1 + step
        return f"{months // 12:04}-{months % 12 + 1:02}.*"
    return f"{published.year + step:04}.*"
