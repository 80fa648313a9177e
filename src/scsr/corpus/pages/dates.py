"""Dates as Nordic pages write them, with the precision that they have."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from functools import cache, lru_cache

from scsr.corpus.pages.datewords import PRECISION, Found, month_numbers, weekday_numbers, words
from scsr.corpus.pages.relative import MAX_LENGTH, counted_back, find_relative

__all__ = ["PRECISION", "Found", "find_date", "find_dates", "find_relative", "read_stamp"]

YEARS = (1990, 2099)
STAMP = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d{2})(?:-(?P<day>\d{2}))?(?!\d)"
    r"(?:[T\s]\s?(?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?(?!\d))?"
)


@cache
def clock() -> str:
    """Return the pattern of a time of day, in 24 or 12 hours."""
    return (
        r"(?P<hour>[01]?\d|2[0-3])[:.](?P<minute>[0-5]\d)(?:[:.](?P<second>[0-5]\d))?(?!\d(?!\d{0,2}$))(?![.:]\d)"
        r"(?:\s?(?P<half>[ap]\.?m\b|[fe]\.?[mh]\b)\.?)?"
    )


@cache
def patterns() -> tuple[re.Pattern[str], ...]:
    """Return the patterns of written dates, the most exact first."""
    months, weekdays, at = words("months"), words("weekdays"), words("clock", "words")
    time = rf"(?:(?:[\s,;|@(\u00b7\u2022\u2013\u2014-]{{1,4}}|\s[|:\u00b7\u2022]\s{{1,2}})(?:(?:at|{at})\b\.?\s?)?{clock()})?"
    weekday = rf"(?:\b(?P<weekday>{weekdays})\b\.?,?\s{{1,2}})?(?:\bden\s|\bþann\s|\bthe\s)?"
    day = r"(?P<day>3[01]|[12]\d|0?[1-9])"
    ordinal = r"(?:\.|:[ae]|st|nd|rd|th)?"
    # a name that ends in digits may be glued to the day
    alone = r"(?:(?<!\d)|(?<=[^\W\d]\d)(?=[0-3]\d)|(?<=[^\W\d]\d\d)|(?<=[^\W\d]\d{4}))"
    year = r"(?P<year>(?:19|20)\d{2})(?!\d)"
    short = r"(?:'|\u2019|-)?(?P<short>[0-3]\d)(?![\d.:]\d|\d)"
    flags = re.IGNORECASE
    return tuple(
        re.compile(pattern, flags)
        for pattern in (
            r"(?<![\w-])(?P<year>\d{4})-(?P<month>\d{2})(?:-(?P<day>\d{2}))?(?!\d)"
            r"(?:T(?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?(?:[.,]\d+)?(?:Z|[+-]\d{2}:?\d{2})?(?!\d))",
            rf"(?<![\w-])(?P<year>\d{{4}})-(?P<month>\d{{2}})(?:-(?P<day>\d{{2}}))?(?!\d){time}",
            rf"(?<![\w./])(?P<year>(?:19|20)\d{{2}})(?P<sign>[./])(?P<month>\d{{2}})(?P=sign)(?P<day>\d{{2}})(?!\d){time}",
            rf"{weekday}{alone}{day}{ordinal}[\s-]?(?:of\s)?(?P<name>{months})\b\.?(?:,?\s{{1,2}}|-)?{year}{time}",
            rf"{weekday}\b(?P<name>{months})\b\.?\s{day}{ordinal},?\s{{1,2}}{year}{time}",
            rf"{weekday}(?<![\d./]){day}[./]\s?(?P<month>1[0-2]|0?[1-9])[./\s-]\s?{year}{time}",
            rf"{weekday}(?<![\d./])(?P<month>1[0-2]|0?[1-9])/(?P<day>3[01]|2\d|1[3-9])/{year}{time}",
            rf"{weekday}(?<![\d./-]){day}-(?P<month>1[0-2]|0?[1-9])-{year}{time}",
            rf"{weekday}(?<![\d./]){day}[./]\s?(?P<month>1[0-2]|0?[1-9])(?:[./]|\s?[\u2013-])(?P<short>\d{{2}})(?![\d.:]\d|\d){time}",
            rf"{weekday}(?<!\d){day}{ordinal}\s?(?P<name>{months})\b\.?\s{{1,2}}{short}(?:$|(?=\s*[,|)(])){time}",
            rf"(?<![\w.:/-])\b(?P<name>{months})\b\.?,?\s{{1,2}}{year}",
        )
    )


@cache
def time_before() -> re.Pattern[str]:
    """Return the pattern of a time of day at the end of what stands before a date."""
    between = (
        rf"(?:\s?[,|\u00b7\u2022\u2013\u2014-]\s?|\s)(?:(?:{words('weekdays')})\b\.?,?\s?)?(?:(?:den|þann|on|d\.)\s)?"
    )
    return re.compile(
        rf"(?:^|(?<=[\s(|,]))(?:(?:{words('clock', 'words')})\b\.?\s?)?{clock()}{between}$", re.IGNORECASE
    )


def made(match: re.Match[str]) -> Found | None:
    """Read the groups of a match; None where they are no date of the calendar."""
    groups = match.groupdict()
    month = month_numbers()[groups["name"].lower()] if groups.get("name") else int(groups.get("month") or 1)
    year = int(groups["year"]) if groups.get("year") else 2000 + int(groups["short"])
    if not YEARS[0] <= year <= YEARS[1]:
        return None
    try:
        value = datetime(year, month, int(groups.get("day") or 1))
    except ValueError:
        return None
    if groups.get("month") and "/" in match[0] and groups.get("weekday"):
        value = fitting(value, groups["weekday"])
    if not groups.get("day"):
        return Found(match.start(), match.end(), value, "month")
    return timed(Found(match.start(), match.end(), value, "day"), groups)


def fitting(value: datetime, weekday: str) -> datetime:
    """Month before day, as American software writes it, where only that agrees with the weekday beside it."""
    if value.day > 12:
        return value
    turned = value.replace(month=value.day, day=value.month)
    days = weekday_numbers()[weekday.lower()]
    return turned if turned.isoweekday() in days and value.isoweekday() not in days else value


def timed(date: Found, groups: dict[str, str | None]) -> Found:
    """Add the time of day of a match to a date."""
    hour, minute, second = (int(groups.get(name) or 0) for name in ("hour", "minute", "second"))
    if not groups.get("hour") or hour > 23 or minute > 59 or second > 59:
        return date
    half = (groups.get("half") or "").lower().replace(".", "")
    if half and hour <= 12:
        hour = hour % 12 + (12 if half in ("pm", "em", "eh") else 0)
    value = date.value.replace(hour=hour, minute=minute, second=second)
    return replace(date, value=value, precision="second" if groups.get("second") else "minute")


def find_dates(text: str, saved_at: datetime | None = None) -> list[Found]:
    """Find the written dates of a short text, in any of the languages.

    Parameters
    ----------
    text : str
        A line; of longer texts only the first 400 characters are looked at.
    saved_at : datetime, optional
        When the page was saved. Only then "3 days ago", and dates without a year, can be read.

    Returns
    -------
    list of Found
        In order, without overlaps.

    Examples
    --------
    >>> [(found.value.isoformat(), found.precision) for found in find_dates("tisdagen den 9 juni 2009 kl. 20.11")]
    [('2009-06-09T20:11:00', 'minute')]
    >>> find_dates("for 3 dager siden")
    []
    """
    return list(dates_in(text[:MAX_LENGTH], saved_at))


@lru_cache(maxsize=8192)
def dates_in(text: str, saved_at: datetime | None) -> tuple[Found, ...]:
    """Find dates; remembered, because a line is asked about more than once."""
    found: list[Found] = []
    taken: list[tuple[int, int]] = []
    if any(character.isdigit() for character in text):
        for pattern in patterns():
            for match in pattern.finditer(text):
                if any(match.start() < end and start < match.end() for start, end in taken):
                    continue
                # what looks like a date and is none, such as 30 February, is not read as a part of it either
                taken.append(match.span())
                date = made(match)
                if date is not None:
                    found.append(with_time_before(date, text))
    if not found and saved_at is not None:
        found = counted_back(text, saved_at)
    return tuple(sorted(found, key=lambda date: date.start))


def with_time_before(date: Found, text: str) -> Found:
    """Add the time of day that stands directly before a date: "14:05, 12 September 2012"."""
    if date.precision != "day":
        return date
    match = time_before().search(text[: date.start])
    return timed(replace(date, start=match.start()), match.groupdict()) if match else date


def find_date(text: str, saved_at: datetime | None = None) -> Found | None:
    """Return the most exact date of a short text; the first among equals, None without one.

    Examples
    --------
    >>> find_date("17/5 2011 · Ulrika").value.date().isoformat()
    '2011-05-17'
    """
    found = find_dates(text, saved_at)
    return min(found, key=lambda date: (PRECISION[date.precision], date.start)) if found else None


def read_stamp(stamp: str) -> Found | None:
    """Read a machine-readable date (``datetime`` attribute) as the wall clock that it writes.

    Examples
    --------
    >>> read_stamp("2011-11-28T09:14:00+01:00").precision
    'minute'
    """
    match = STAMP.match(stamp.strip()[:40])
    date = made(match) if match else None
    if date is None or date.precision not in ("second", "minute"):
        return date
    # readers are shown minutes at most; midnight to the second is a day without a time
    value = date.value.replace(second=0)
    return Found(date.start, date.end, value, "minute" if value.hour or value.minute else "day")
