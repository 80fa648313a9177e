"""Dates that count from the day of saving: "3 days ago", "yesterday at 14:05", "14 March"."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import cache

from scsr.corpus.pages.datewords import Found, month_numbers, words
from scsr.text.resources import LANGUAGES, load

__all__ = ["counted_back", "find_relative"]

MAX_LENGTH = 400


@cache
def yearless() -> re.Pattern[str]:
    """Return the pattern of a day and month without a year."""
    return re.compile(
        rf"(?P<day>3[01]|[12]\d|0?[1-9])(?:\.|:[ae])?\s?(?P<name>{words('months')})\b\.?{time_behind()}", re.IGNORECASE
    )


def time_behind() -> str:
    """Return the pattern of a time of day behind a day."""
    return rf"(?:[\s,]{{1,2}}(?:(?:{words('clock', 'words')}|at)\b\.?\s?)?(?P<hour>[01]?\d|2[0-3])[:.](?P<minute>[0-5]\d)(?!\d))?"


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

        count = rf"(?P<count>\d{{1,4}}|{join(numbers)})\s?(?P<unit>{join(units)})\b\.?"
        before, after = join(entries["before"]), join(entries["after"])
        # Icelandic says "fyrir 3 dögum"; the others "3 days ago", with or without a word before it
        text = (
            rf"\b(?:{before})\s{count}(?:\s(?:{after})\b)?"
            if lang == "is"
            else rf"(?:\b(?:{before})\s)?\b{count}\s(?:{after})\b"
        )
        made.append((re.compile(text, re.IGNORECASE), numbers, units))
    return tuple(made)


@cache
def named_days() -> tuple[tuple[re.Pattern[str], int], ...]:
    """Patterns of "today" and "yesterday", with or without a time, and how many days ago they were."""
    made = []
    for days, key in enumerate(("today", "yesterday", "day_before")):
        phrases = {phrase for lang in LANGUAGES for phrase in load(lang)["relative_time"][key]}
        joined = "|".join(map(re.escape, sorted(phrases, key=lambda phrase: (-len(phrase), phrase))))
        made.append((re.compile(rf"(?<!\w)(?:{joined})(?!\w){time_behind()}", re.IGNORECASE), days))
    return tuple(made)


def counted_back(text: str, saved_at: datetime) -> list[Found]:
    """Read a relative date, or one without a year, from the day of saving."""
    saved_at = saved_at.replace(tzinfo=None)
    for pattern, numbers, units in relative():
        match = pattern.search(text)
        if match:
            count = match["count"].lower()
            number = int(count) if count.isdigit() else numbers[count]
            return [ago(match, number, units[match["unit"].lower()], saved_at)]
    for pattern, days in named_days():
        match = pattern.search(text)
        if match and len(text) - (match.end() - match.start()) <= 24:
            return [on_day(match, saved_at - timedelta(days=days))]
    match = yearless().search(text)
    if match:
        for year in (saved_at.year, saved_at.year - 1):
            try:
                day = datetime(year, month_numbers()[match["name"].lower()], int(match["day"]))
            except ValueError:
                continue
            date = on_day(match, day)
            if date.value <= saved_at:
                return [date]
    return []


def on_day(match: re.Match[str], day: datetime) -> Found:
    """Date of a day that is known, with the time that the match has."""
    hour, minute = int(match["hour"] or 0), int(match["minute"] or 0)
    value = day.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return Found(match.start(), match.end(), value, "minute" if match["hour"] else "day")


def find_relative(text: str) -> Found | None:
    """Find a count back from an unknown day, such as "3 days ago", or "yesterday" as a line of its own.

    Examples
    --------
    >>> find_relative("for 3 dager siden").precision, find_relative("I går kl. 14.05").precision
    ('none', 'none')
    >>> find_relative("I går ringte de meg igjen.") is None
    True
    """
    for pattern, _, _ in relative():
        match = pattern.search(text[:MAX_LENGTH])
        if match:
            return Found(match.start(), match.end(), datetime.min, "none")
    for pattern, _ in named_days():
        match = pattern.fullmatch(text.strip(" .,·|-–#"))
        if match:
            return Found(0, len(text), datetime.min, "none")
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
