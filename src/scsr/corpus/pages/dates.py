"""Dates as Nordic pages write them, with the precision that they have."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache

from scsr.text.resources import LANGUAGES, load

__all__ = ["Found", "find_date", "find_dates", "find_relative", "read_stamp"]

YEARS = (1990, 2099)
MAX_LENGTH = 400
ISO = re.compile(
    r"(?<![\w-])(?P<year>\d{4})-(?P<month>\d{2})(?:-(?P<day>\d{2}))?(?!\d)"
    r"(?:[T,.]?\s{0,2}(?:[a-z]{2,8}\.?\s)?(?:(?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?(?:[.,]\d+)?)"
    r"\s?(?:Z|[+-]\d{2}:?\d{2})?(?!\d))?"
)
PRECISION = {"second": 0, "minute": 1, "day": 2, "month": 3, "none": 4}


@dataclass(frozen=True, slots=True)
class Found:
    """A date found in a text.

    Parameters
    ----------
    start, end : int
        Where it stands.
    value : datetime
        Without a zone; 00:00, and the first of the month, where it is coarser.
    precision : str
        ``second``, ``minute``, ``day``, ``month``; ``none`` for "3 days ago" on a page that does not say
        when it was saved: a line about a date, without a date.
    """

    start: int
    end: int
    value: datetime
    precision: str


def words(table: str, key: str | None = None) -> str:
    """Alternation of one kind of word over all languages, longest first."""
    found: set[str] = set()
    for lang in LANGUAGES:
        entries = load(lang)[table]
        for forms in entries.values() if key is None else [entries[key]]:
            found.update(forms)
    return "|".join(re.escape(word) for word in sorted(found, key=lambda word: (-len(word), word)))


@cache
def month_numbers() -> dict[str, int]:
    """Month number by written form, lower case, over all languages."""
    return {form: int(number) for lang in LANGUAGES for number, forms in load(lang)["months"].items() for form in forms}


@cache
def patterns() -> tuple[re.Pattern[str], ...]:
    """Return the patterns of written dates, the most exact first."""
    months, weekdays, clock = words("months"), words("weekdays"), words("clock", "words")
    time = (
        rf"(?:[\s,;|@\u2013\u2014-]{{1,4}}(?:(?:at|{clock})\b\.?\s?)?"
        r"(?P<hour>[01]?\d|2[0-3])[:.](?P<minute>[0-5]\d)(?:[:.](?P<second>[0-5]\d))?(?!\d)(?![.:]\d)"
        r"(?:\s?(?P<half>[ap])\.?m\b\.?)?)?"
    )
    weekday = rf"(?:\b(?:{weekdays})\b\.?,?\s{{1,2}})?(?:\bden\s|\bþann\s|\bthe\s)?"
    day = r"(?P<day>3[01]|[12]\d|0?[1-9])"
    ordinal = r"(?:\.|:[ae]|st|nd|rd|th)?"
    year = r"(?P<year>(?:19|20)\d{2})(?!\d)"
    flags = re.IGNORECASE
    return (
        re.compile(rf"{weekday}{day}{ordinal}\s?(?:of\s)?(?P<name>{months})\b\.?,?\s{{1,2}}{year}{time}", flags),
        re.compile(rf"{weekday}\b(?P<name>{months})\b\.?\s{day}{ordinal},?\s{{1,2}}{year}{time}", flags),
        re.compile(rf"{weekday}(?<![\d./]){day}[./]\s?(?P<month>1[0-2]|0?[1-9])[./\s-]\s?{year}{time}", flags),
        re.compile(rf"{weekday}(?<![\d./-]){day}-(?P<month>1[0-2]|0?[1-9])-{year}{time}", flags),
        re.compile(
            rf"{weekday}(?<![\d./]){day}[./]\s?(?P<month>1[0-2]|0?[1-9])(?:[./]|\s?[\u2013-])(?P<short>\d{{2}})(?![\d.:]\d|\d){time}",
            flags,
        ),
        re.compile(rf"(?<![\w.:/-])\b(?P<name>{months})\b\.?,?\s{{1,2}}{year}", flags),
    )  # fmt: skip


@cache
def yearless() -> re.Pattern[str]:
    """Return the pattern of a day and month without a year."""
    clock = words("clock", "words")
    return re.compile(
        rf"(?P<day>3[01]|[12]\d|0?[1-9])\.?\s?(?P<name>{words('months')})\b\.?"
        rf"(?:[\s,]{{1,2}}(?:(?:{clock})\b\.?\s?)?(?P<hour>[01]?\d|2[0-3])[:.](?P<minute>[0-5]\d)(?!\d))?",
        re.IGNORECASE,
    )


@cache
def relative() -> tuple[tuple[re.Pattern[str], dict[str, int], dict[str, str]], ...]:
    """Patterns of "3 days ago" by language, with their numbers and units."""
    made = []
    for lang in LANGUAGES:
        entries = load(lang)["relative_time"]
        units = {form: unit for unit, forms in entries["units"].items() for form in forms}
        numbers = dict(entries.get("numbers", {}))

        def join(forms: object) -> str:
            return "|".join(re.escape(form) for form in sorted(forms, key=lambda form: (-len(form), form)))  # type: ignore[call-overload]

        count = rf"(?P<count>\d{{1,4}}|{join(numbers)})\s(?P<unit>{join(units)})\b\.?"
        before, after = join(entries["before"]), join(entries["after"])
        # Icelandic says "fyrir 3 dögum" and English "3 days ago": one side is enough
        one_side = lang in ("is", "en")
        text = (
            rf"\b(?:{before})\s{count}(?:\s(?:{after})\b)?"
            if lang == "is"
            else rf"(?:\b(?:{before})\s)?\b{count}\s(?:{after})\b"
        )
        if not one_side:
            text = rf"\b(?:{before})\s{count}\s(?:{after})\b"
        made.append((re.compile(text, re.IGNORECASE), numbers, units))
    return tuple(made)


def made(match: re.Match[str]) -> Found | None:
    """Read the groups of a match; None where they are no date of the calendar."""
    groups = match.groupdict()
    month = month_numbers()[groups["name"].lower()] if groups.get("name") else int(groups.get("month") or 1)
    year = int(groups["year"]) if groups.get("year") else 2000 + int(groups["short"])
    if not YEARS[0] <= year <= YEARS[1]:
        return None
    precision = "day" if groups.get("day") else "month"
    hour = minute = second = 0
    if groups.get("hour") and precision == "day":
        hour, minute, precision = int(groups["hour"]), int(groups["minute"]), "minute"
        if groups.get("second"):
            second, precision = int(groups["second"]), "second"
        if groups.get("half"):
            hour = hour % 12 + (12 if groups["half"].lower() == "p" else 0)
    try:
        value = datetime(year, month, int(groups.get("day") or 1), hour, minute, second)
    except ValueError:
        return None
    return Found(match.start(), match.end(), value, precision)


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
        for pattern in (ISO, *patterns()):
            for match in pattern.finditer(text):
                if any(match.start() < end and start < match.end() for start, end in taken):
                    continue
                # what looks like a date and is none, such as 30 February, is not read as a part of it either
                taken.append(match.span())
                date = made(match)
                if date is not None:
                    found.append(date)
    if not found and saved_at is not None:
        found = counted_back(text, saved_at)
    return tuple(sorted(found, key=lambda date: date.start))


def counted_back(text: str, saved_at: datetime) -> list[Found]:
    """Read a relative date, or one without a year, from the day of saving."""
    saved_at = saved_at.replace(tzinfo=None)
    for pattern, numbers, units in relative():
        match = pattern.search(text)
        if match:
            count = match["count"].lower()
            number = int(count) if count.isdigit() else numbers[count]
            return [ago(match, number, units[match["unit"].lower()], saved_at)]
    for lang in LANGUAGES:
        entries = load(lang)["relative_time"]
        for days, key in enumerate(("today", "yesterday", "day_before")):
            for phrase in entries[key]:
                match = re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", text, re.IGNORECASE)
                if match and len(text) - len(phrase) <= 24:
                    at = match.start()
                    day = (saved_at - timedelta(days=days)).replace(hour=0, minute=0, second=0, microsecond=0)
                    return [Found(at, at + len(phrase), day, "day")]
    match = yearless().search(text)
    if match:
        for year in (saved_at.year, saved_at.year - 1):
            try:
                value = datetime(
                    year, month_numbers()[match["name"].lower()], int(match["day"]),
                    int(match["hour"] or 0), int(match["minute"] or 0),
                )  # fmt: skip
            except ValueError:
                continue
            if value <= saved_at:
                return [Found(match.start(), match.end(), value, "minute" if match["hour"] else "day")]
    return []


def find_relative(text: str) -> Found | None:
    """Find a count back from an unknown day, such as "3 days ago".

    Examples
    --------
    >>> find_relative("for 3 dager siden").precision
    'none'
    """
    for pattern, _, _ in relative():
        match = pattern.search(text[:MAX_LENGTH])
        if match:
            return Found(match.start(), match.end(), datetime.min, "none")
    return None


def ago(match: re.Match[str], number: int, unit: str, saved_at: datetime) -> Found:
    """Count back from the day of saving, no finer than the unit that was written."""
    midnight = saved_at.replace(hour=0, minute=0, second=0, microsecond=0)
    if unit in ("second", "minute"):
        value, precision = (saved_at - timedelta(**{unit + "s": number})).replace(second=0, microsecond=0), "minute"
    elif unit == "hour":
        value = (saved_at - timedelta(hours=number)).replace(hour=0, minute=0, second=0, microsecond=0)
        precision = "day"
    elif unit in ("day", "week"):
        value, precision = midnight - timedelta(days=number * (7 if unit == "week" else 1)), "day"
    else:
        months = saved_at.year * 12 + saved_at.month - 1 - number * (12 if unit == "year" else 1)
        value, precision = datetime(max(1, months // 12), months % 12 + 1, 1), "month"
    return Found(match.start(), match.end(), value, precision)


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
    match = ISO.match(stamp.strip()[:40])
    date = made(match) if match else None
    if date is None or date.precision not in ("second", "minute"):
        return date
    # readers are shown minutes at most; midnight to the second is a day without a time
    value = date.value.replace(second=0)
    return Found(date.start, date.end, value, "minute" if value.hour or value.minute else "day")
