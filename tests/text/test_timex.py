"""TIMEX3: which values are in its form, and what English words lead one to expect.

The tables follow the TimeML 1.2.1 specification (TIMEX3, attribute value: Duration,
Date, Time, WeekDate, WeekTime, Season, PartOfYear, PaPrFu) and ISO 8601.
"""

from __future__ import annotations

import calendar
import datetime
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancebank.text.timex import expected_values, is_timex3

VALID = {
    "days": "2025-02-16 2024-02-29 2000-02-29 1999-12-31 XXXX-12-25 XXXX-02-29 2025-XX-XX 2025-02-XX 19XX-11-11",
    "months and years": "2025-02 2025-XX XXXX-03 2025 1914 XXXX 20XX 199X",
    "decades and centuries": "199 20 19 19X XX",
    "weeks": "2025-W07 2025-W01 2025-W52 2020-W53 2026-W53 2015-W53 2025-WXX XXXX-WXX",
    "days of weeks and weekends": "2025-W07-1 2025-W07-7 XXXX-WXX-2 2025-W07-WE XXXX-WXX-WE",
    "times in weeks": "2025-W07-5TAF XXXX-WXX-5TEV XXXX-WXX-7TMO 2025-W07-6T20:00",
    "seasons and parts of years": "2025-SP 2025-SU 1969-FA 1988-WI XXXX-WI 2025-Q1 2025-Q4 2025-QX 2025-H1 2025-HX",
    "parts of days": "2025-02-16TMO 2025-02-16TMI 2025-02-16TAF 2025-02-16TEV 2025-02-16TNI 2025-02-16TDT TNI",
    "times": "2025-02-16T09 2025-02-16T09:30 2025-02-16T23:59:59 2025-02-16T00:00 2025-02-16T24:00 T09:30 T24:00:00",
    "times with zones": "2025-02-16T09:30Z 2025-02-16T09:30:00+01:00 2025-02-16T09:30-05 T09:30+0545 T09:30Z",
    "durations": "P3Y P27M P2W P10D P1Y6M P3Y6M4D P60D P0D P05Y P1.5D P2WE P1DE P3DE P1CE P4Q PXD PXXY P1M",
    "durations in hours": "PT2H PT24H PT30M PT45S PT1H30M PT0.5H P1DT12H P3Y6M4DT12H30M5S PTXM",
    "references": "PAST_REF PRESENT_REF FUTURE_REF",
}
INVALID = {
    "no days": "2025-02-30 2025-02-29 1900-02-29 2025-04-31 2025-02-00 2025-02-32 XXXX-02-30 XXXX-04-31 202X-06-31",
    "no months": "2025-13 2025-00 XXXX-13",
    "no weeks": "2025-W53 2024-W53 2021-W53 2020-W54 2025-W00 2025-W7 2025-W07-0 2025-W07-8 2025-W53-1 2025-W53-WE",
    "no parts": "2025-Q0 2025-Q5 2025-H0 2025-H3 2025-AU 2025-sp 2025-02-16TXX 2025-02-16TEVE TAM",
    "no times": "2025-02-16T 2025-02-16T9:30 2025-02-16T25:00 2025-02-16T09:60 2025-02-16T09:30:60 T24:01 T24:30",
    "no zones": "T09:30+ T09:30+99:99 T09:30z T09:30+01:60 2025-02-16Z",
    "no durations": "P PT P3 3Y PY P3YT P3Z p3y P-3Y -P3Y P3H PT3Y PT3D P1Y2Y P1M2Y PT1S1H P1D1D P3.Y P.5Y P3y",
    "other forms of dates": "20250216 02-16 16.02.2025 2025/02/16 2025-2-1 25-02-16 2 20255 2025- -2025 +2025 2025-02-",
    "words": "past_ref PASTREF PAST_REF. PAST REF yesterday Sunday last_week x xx \u0662\u0660\u0662\u0665",
}


def table(values: dict[str, str]) -> list[object]:
    return [pytest.param(value, id=f"{kind}: {value}") for kind, line in values.items() for value in line.split()]


@pytest.mark.parametrize("value", table(VALID))
def test_a_value_of_timeml_is_one(value: str) -> None:
    assert is_timex3(value)


@pytest.mark.parametrize("value", table(INVALID))
def test_what_timeml_does_not_have_is_none(value: str) -> None:
    assert not is_timex3(value)


@pytest.mark.parametrize("value", ["", " ", "\n", "last week", "2025-02-16 TNI", "\0"])
def test_blanks_and_phrases_are_none(value: str) -> None:
    assert not is_timex3(value)


@pytest.mark.parametrize("value", ["2025-02-16", "P3Y", "2025-W07", "PAST_REF", "T09:30"])
@pytest.mark.parametrize("around", ["{} ", " {}", "{}\n", "{}.", "({})", "{0}/{0}"])
def test_a_value_stands_alone(value: str, around: str) -> None:
    assert not is_timex3(around.format(value))


@given(st.integers(1, 9998), st.integers(1, 60))
def test_a_year_has_the_weeks_that_its_last_thursday_counts(year: int, week: int) -> None:
    """ISO 8601: the last week of a year is the one that 28 December lies in."""
    last = datetime.date(year, 12, 28).isocalendar().week
    assert is_timex3(f"{year:04}-W{week:02}") == (week <= last)


@given(st.integers(1, 9999), st.integers(0, 14), st.integers(0, 33))
def test_a_day_is_one_where_its_month_has_it(year: int, month: int, day: int) -> None:
    exists = 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]
    assert is_timex3(f"{year:04}-{month:02}-{day:02}") == exists


# What the words lead one to expect

PUBLISHED = "2025-02-17"  # a Monday, in week 8


def fits(words: str, value: str, date: str = PUBLISHED) -> bool | None:
    """Whether a value fits; None where the words leave it open."""
    expected = expected_values(words, date)
    return None if expected is None else re.fullmatch(expected, value) is not None


@pytest.mark.parametrize(
    ("words", "value", "date"),
    [
        ("Sunday", "2025-02-16", PUBLISHED),
        ("Sunday", "2025-02-23", PUBLISHED),
        ("sunday", "2025-02-16TNI", PUBLISHED),
        ("Sunday", "2025-W07-7", PUBLISHED),
        ("Monday", "2025-02-10", PUBLISHED),
        ("Monday", "2025-02-17", PUBLISHED),
        ("Monday", "2025-02-24", PUBLISHED),
        ("today", "2025-02-17", PUBLISHED),
        ("today", "PRESENT_REF", PUBLISHED),
        ("Tonight", "2025-02-17TNI", PUBLISHED),
        ("yesterday", "2025-02-16", PUBLISHED),
        ("yesterday", "2024-02-29", "2024-03-01"),
        ("yesterday", "2025-02-28", "2025-03-01"),
        ("yesterday", "2024-12-31", "2025-01-01"),
        ("tomorrow", "2025-01-01", "2024-12-31"),
        ("tomorrow", "FUTURE_REF", PUBLISHED),
        ("last week", "2025-W07", PUBLISHED),
        ("this week", "2025-W08", PUBLISHED),
        ("Next week", "2025-W09", PUBLISHED),
        ("next week", "2025-W09-WE", PUBLISHED),
        ("last week", "2020-W53", "2021-01-04"),
        ("this week", "2020-W53", "2021-01-03"),
        ("next week", "2025-W01", "2024-12-27"),
        ("this week", "2025-W01", "2024-12-30"),
        ("last month", "2024-12", "2025-01-31"),
        ("this month", "2025-02", PUBLISHED),
        ("next month", "2026-01", "2025-12-05"),
        ("next month", "2025-02", "2025-01-31"),
        ("last year", "2024", PUBLISHED),
        ("last year", "2024-SU", PUBLISHED),
        ("this year", "2025", PUBLISHED),
        ("next year", "2026", "2025-12-31"),
        ("three-year", "P3Y", PUBLISHED),
        ("decade", "P10Y", PUBLISHED),
        ("two decades", "P20Y", PUBLISHED),
        ("two decades", "P2DE", PUBLISHED),
        ("decades", "PXY", PUBLISHED),
        ("century", "P100Y", PUBLISHED),
        ("three years", "P3Y", PUBLISHED),
        ("Twelve months", "P12M", PUBLISHED),
        ("12 months", "P12M", PUBLISHED),
        ("one day", "P1D", PUBLISHED),
        ("100 days", "P100D", PUBLISHED),
        ("two weeks", "P2W", PUBLISHED),
        ("three years", "PAST_REF", PUBLISHED),
        ("three years", "2022-02", PUBLISHED),
        ("early March", "2025-03", PUBLISHED),
        ("early March", "2026-03-05", PUBLISHED),
        ("March", "XXXX-03", PUBLISHED),
        ("May", "2025-05", PUBLISHED),
        ("late May 2024", "2024-05", PUBLISHED),
        ("5 March 2014", "2014-03-05", PUBLISHED),
        ("June 6, 1944", "1944-06-06", PUBLISHED),
        ("2014", "2014", PUBLISHED),
        ("summer 2014", "2014-SU", PUBLISHED),
        ("the end of 2014", "2014-Q4", PUBLISHED),
    ],
)
def test_a_value_worked_out_rightly_fits(words: str, value: str, date: str) -> None:
    assert is_timex3(value)
    assert fits(words, value, date)


@pytest.mark.parametrize(
    ("words", "value", "date"),
    [
        ("Sunday", "2025-02-15", PUBLISHED),
        ("Sunday", "2025-02-09", PUBLISHED),
        ("Sunday", "2025-03-02", PUBLISHED),
        ("Sunday", "2025-W08", PUBLISHED),
        ("Sunday", "P1D", PUBLISHED),
        ("today", "2025-02-16", PUBLISHED),
        ("today", "2025-02", PUBLISHED),
        ("yesterday", "2025-02-17", PUBLISHED),
        ("yesterday", "2024-02-28", "2024-03-01"),
        ("tomorrow", "2024-01-01", "2024-12-31"),
        ("last week", "2025-W08", PUBLISHED),
        ("last week", "2021-W53", "2021-01-04"),
        ("last week", "2025-02-10", PUBLISHED),
        ("next week", "2024-W53", "2024-12-27"),
        ("next week", "2025-W08", PUBLISHED),
        ("last month", "2025-12", "2025-01-31"),
        ("next month", "2025-13", "2025-12-05"),
        ("last year", "2023", PUBLISHED),
        ("this year", "2024", PUBLISHED),
        ("three years", "P3M", PUBLISHED),
        ("three-year", "P2Y", PUBLISHED),
        ("decade", "P5Y", PUBLISHED),
        ("decades", "P10Y", PUBLISHED),
        ("two decades", "P2Y", PUBLISHED),
        ("10 days", "P1D", PUBLISHED),
        ("10 days", "P100D", PUBLISHED),
        ("March", "2025-02", PUBLISHED),
        ("March", "2025-04-03", PUBLISHED),
        ("5 March 2014", "2015-03-05", PUBLISHED),
        ("5 March 2014", "2014-05-03", PUBLISHED),
        ("2014", "2015", PUBLISHED),
        ("2014", "P1Y", PUBLISHED),
    ],
)
def test_a_value_worked_out_wrongly_does_not_fit(words: str, value: str, date: str) -> None:
    assert fits(words, value, date) is False


@pytest.mark.parametrize(
    "words",
    [
        *(
            "",
            "week",
            "past",
            "now",
            "May Day",
            "Monday morning",
            "next Monday",
            "last Sunday",
            "Sundays",
            "Christmas",
            "weekend",
        ),
        *("three years ago", "a year", "several years", "three or four years", "thirteen years", "the last two weeks"),
        *("1990s", "the mid-1990s", "19th century", "last decade", "2,014", "20255", "3014", "x2014"),
        *("three years since 2014", "six months to March 2025", "the first 100 days of 2025"),
        *("2014-2015", "between 2014 and 2022", "March to May", "March and April 2015"),
        *("marching", "mayor", "Decembrist", "last  week", "last\nweek", "2014/15 and 2015/16"),
    ],
)
def test_words_that_leave_it_open_lead_to_nothing(words: str) -> None:
    assert expected_values(words, PUBLISHED) is None


@pytest.mark.parametrize("words", ["Sunday", "Monday", "today", "yesterday", "tomorrow", "last week", "next week"])
@pytest.mark.parametrize("words_of", ["{}", "last {}", "{} 2014", "12 {}s"])
@pytest.mark.parametrize("date", ["0001-01-01", "0001-01-07", "9999-12-31", "9999-12-25"])
def test_the_ends_of_the_calendar_are_no_trouble(words: str, words_of: str, date: str) -> None:
    expected = expected_values(words_of.format(words), date)
    assert expected is None or re.compile(expected)


WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
DAYS = st.dates(datetime.date(1001, 1, 31), datetime.date(9998, 12, 1))


@given(DAYS, st.sampled_from(WEEKDAYS), st.integers(-30, 30))
def test_a_weekday_is_the_nearest_one_before_or_after(published: datetime.date, weekday: str, days: int) -> None:
    """Calendar days by strftime as the oracle: within a week of publication and of that name."""
    day = published + datetime.timedelta(days)
    near = abs(days) <= 7 and calendar.day_name[day.weekday()] == weekday
    assert fits(weekday, day.isoformat(), published.isoformat()) == near
    assert fits(weekday, day.strftime("%G-W%V-%u"), published.isoformat()) == near


@given(DAYS, st.sampled_from([("last", -7), ("this", 0), ("next", 7)]), st.integers(-30, 30))
def test_a_week_is_that_of_the_day_seven_days_away(published: datetime.date, step: tuple[str, int], days: int) -> None:
    words, away = step
    expected = (published + datetime.timedelta(away)).strftime("%G-W%V")
    value = (published + datetime.timedelta(days)).strftime("%G-W%V")
    assert fits(f"{words} week", value, published.isoformat()) == (value == expected)


@given(DAYS, st.sampled_from(["last", "this", "next"]), st.integers(-70, 70))
def test_a_month_is_the_one_beside_that_of_publication(published: datetime.date, step: str, days: int) -> None:
    first = published.replace(day=1)
    within = {"last": first - datetime.timedelta(1), "this": first, "next": first + datetime.timedelta(31)}[step]
    day = published + datetime.timedelta(days)
    expected = (day.year, day.month) == (within.year, within.month)
    assert fits(f"{step} month", f"{day:%Y-%m}", published.isoformat()) == expected


@given(DAYS, st.sampled_from([("yesterday", -1), ("today", 0), ("tomorrow", 1)]), st.integers(-3, 3))
def test_a_neighbour_of_today_is_one_day_away(published: datetime.date, near: tuple[str, int], days: int) -> None:
    day = published + datetime.timedelta(days)
    assert fits(near[0], day.isoformat(), published.isoformat()) == (days == near[1])


@given(st.text(max_size=30), st.dates())
def test_any_words_lead_to_a_regular_expression_or_to_nothing(words: str, day: datetime.date) -> None:
    expected = expected_values(words, day.isoformat())
    assert expected is None or re.compile(expected)
