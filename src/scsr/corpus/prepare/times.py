"""Read stamps without inventing what they do not say."""

from __future__ import annotations

import datetime as dt
import email.utils
import re
import zoneinfo
from functools import lru_cache

from scsr.corpus.readers.source import Source
from scsr.errors import SourceError

__all__ = ["COARSE", "in_utc", "read_stamp"]

MONTH = re.compile(r"(\d{4})-(\d{2})")
DAY = re.compile(r"\d{4}-?\d{2}-?\d{2}")
TO_MINUTE = re.compile(r"(?:\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}|\d{8}T\d{4})(?:Z|[+-]\d{2}:?\d{2})?")
LETTERS = re.compile(r"[^\W\d_]{3}")
MAIL = re.compile(
    r"(?:[A-Z][a-z]{2},\s{1,2})?\d{1,2}\s[A-Z][a-z]{2}\s\d{4}\s\d\d:\d\d(?::\d\d)?\s(?:[+-]\d{4}|GMT|UTC?|Z)"
)
NUMBERS = re.compile(r"\d{1,2}\s?[./-]\s?\d{1,2}[\s./-]{1,2}\d{2}")
"""Day and month as numbers: which is which, one value does not tell."""

SHORT = re.compile(r"^(\d{1,2})[-/]([^\W\d_]{3,9})\.?[-/](\d{4})\b")
TWITTER = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d\d) (\d\d):(\d\d):(\d\d) ([+-]\d\d)(\d\d) (\d{4})")
NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONTHS = {name: number for number, name in enumerate(NAMES, 1)}

COARSE = ("day", "month", "none")
"""Precisions at which a stamp is a date of the page and no instant."""


@lru_cache(maxsize=64)
def zone(name: str) -> zoneinfo.ZoneInfo:
    """Time zone by its IANA name."""
    return zoneinfo.ZoneInfo(name)


def in_utc(stamp: dt.datetime | dt.date, precision: str, source: Source) -> tuple[dt.datetime, str]:
    """Turn a page's or record's own time into what the contract keeps.

    Parameters
    ----------
    stamp : datetime or date
        As stated; without offset it is local to the source's ``timezone``.
    precision : str
        ``second``, ``minute``, ``day`` or ``month``.
    source : Source

    Returns
    -------
    (datetime, str)
        An instant in UTC; or, where the precision is coarser than a minute, the stated date at 00:00,
        unconverted. And the precision.

    Raises
    ------
    SourceError
        If a time of day has no offset and the source states no timezone.
    """
    if precision in COARSE or not isinstance(stamp, dt.datetime):
        day = 1 if precision == "month" else stamp.day
        kept = precision if precision in COARSE else "day"
        return dt.datetime(stamp.year, stamp.month, day, tzinfo=dt.UTC), kept
    if stamp.tzinfo is None:
        if source.timezone is None:
            if source.chosen:  # nobody has stated anything: the date is all that is sure
                return dt.datetime(stamp.year, stamp.month, stamp.day, tzinfo=dt.UTC), "day"
            raise SourceError(
                f"source {source.name!r}: its times have no offset; "
                'add timezone = "Europe/Stockholm", or where else its clocks stand'
            )
        stamp = stamp.replace(tzinfo=zone(source.timezone))
    return stamp.astimezone(dt.UTC), precision


def read_stamp(text: str, source: Source) -> tuple[dt.datetime, str]:
    """Read a stamp of a table.

    Parameters
    ----------
    text : str
        ISO 8601, or as Twitter or e-mail writes it, or with the month in words of a Nordic language or
        English, or in the source's ``date_format``.
    source : Source

    Returns
    -------
    (datetime, str)
        As :func:`in_utc`.

    Raises
    ------
    ValueError
        If it cannot be read. Forms such as ``3/4/2012`` are not guessed at.
    SourceError
        If it has no offset and the source states no timezone.

    Examples
    --------
    >>> source = Source("log", "log.csv", "table", timezone="Europe/Oslo")
    >>> instant, precision = read_stamp("2012-09-11 13:05", source)
    >>> instant.isoformat(), precision
    ('2012-09-11T11:05:00+00:00', 'minute')
    >>> read_stamp("2012-09", source)[1]
    'month'
    """
    if source.date_format:
        return formatted(text, source)
    twitter = TWITTER.fullmatch(text)
    if twitter and twitter[1] in MONTHS:
        _, day, hour, minute, second, offset, offset_minutes, year = twitter.groups()
        away = dt.timedelta(hours=int(offset), minutes=int(offset[0] + offset_minutes))
        stamp = dt.datetime(int(year), MONTHS[twitter[1]], int(day), int(hour), int(minute), int(second))
        return (stamp - away).replace(tzinfo=dt.UTC), "second"
    if MAIL.fullmatch(text):
        stamp = email.utils.parsedate_to_datetime(text)
        stamp = stamp if stamp.tzinfo else stamp.replace(tzinfo=dt.UTC)
        return stamp.astimezone(dt.UTC), "second" if text.count(":") == 2 else "minute"
    month = MONTH.fullmatch(text)
    if month:
        return dt.datetime(int(month[1]), int(month[2]), 1, tzinfo=dt.UTC), "month"
    if text[4:].lstrip("-").startswith("W"):
        raise ValueError(text)  # a week is no date
    if text[:4].isdigit() or not LETTERS.search(text):
        stamp = dt.datetime.fromisoformat(text)
    else:
        stamp, precision = written(text)
        return in_utc(stamp, precision, source)
    precision = "day" if DAY.fullmatch(text) else "minute" if TO_MINUTE.fullmatch(text) else "second"
    return in_utc(stamp, precision, source)


def written(text: str) -> tuple[dt.datetime, str]:
    """Read a date with its month in words, such as ``tirsdag 11. september 2012 kl. 13.05``.

    Raises
    ------
    ValueError
        If it is none, or more than a date.

    Examples
    --------
    >>> written("11. sept. 2012 kl. 13.05")
    (datetime.datetime(2012, 9, 11, 13, 5), 'minute')
    """
    from scsr.corpus.pages.dates import find_dates

    # as Excel and databases write it
    text = SHORT.sub(r"\1 \2 \3", text.strip())
    found = find_dates(text) if len(text) <= 80 else []
    rest = text[: found[0].start] + text[found[0].end :] if len(found) == 1 else "x"
    if rest.strip(" .,") or NUMBERS.search(text[: found[0].start + 24]):
        raise ValueError(text)
    return found[0].value, found[0].precision


def formatted(text: str, source: Source) -> tuple[dt.datetime, str]:
    """Read a stamp in the form that the source states."""
    form = source.date_format or ""
    if form == "unix":
        try:
            return dt.datetime.fromtimestamp(float(text), dt.UTC), "second"
        except (OverflowError, OSError):
            raise ValueError(text) from None
    stamp = dt.datetime.strptime(text, form)  # the offset is seen to by in_utc
    precision = next(
        (name for signs, name in (("STXc", "second"), ("M", "minute"), ("dxj", "day"))
         if any("%" + sign in form for sign in signs)),
        "month",
    )  # fmt: skip
    return in_utc(stamp, precision, source)
