"""When a page was saved or printed, where it says so itself."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache

from scsr.corpus.pages.dates import find_dates
from scsr.corpus.pages.datewords import PRECISION
from scsr.corpus.pages.phrases import alternation

__all__ = ["find_saved"]

REACH = 20_000
STAMPS = (
    # SingleFile and ScrapBook write a comment at the top, HTTrack and the Wayback Machine one at the end
    re.compile(r"saved date:\s*\w{3} (?P<date>\w{3} \d{1,2} \d{4} \d{2}:\d{2})", re.IGNORECASE),
    re.compile(r"by HTTrack[^\n]{0,80}?, \w{3}, (?P<date>\d{1,2} \w{3} \d{4} \d{2}:\d{2})"),
    re.compile(r"FILE ARCHIVED ON (?P<date>\d{2}:\d{2}:\d{2} \w{3} \d{1,2}, \d{4})"),
)
WAYBACK = re.compile(r"web\.archive\.org/web/(\d{4})(\d{2})(\d{2})(\d{2})?(\d{2})?")


@cache
def printed() -> re.Pattern[str]:
    """Pattern of a line that says when a page was printed or saved."""
    lead = alternation("printed")
    return re.compile(rf"^[^\w\n]{{0,20}}(?:{lead})\b:?\s*(?P<date>[^\n]{{6,60}})$", re.IGNORECASE | re.MULTILINE)


def find_saved(text: str) -> datetime | None:
    r"""Find when a page says that it was saved.

    Parameters
    ----------
    text : str
        The whole page, markup or text; its first and last 20,000 characters are looked at.

    Returns
    -------
    datetime or None
        Local time as written.

    Examples
    --------
    >>> find_saved("<!-- Page saved with SingleFile\n saved date: Wed Sep 12 2012 14:05:33 GMT+0200 -->")
    datetime.datetime(2012, 9, 12, 14, 5)
    >>> find_saved("Skrevet ut 12.09.2012\nTittel") is None, find_saved("Skrevet 12.09.2012") is None
    (False, True)
    """
    ends = text[:REACH] + ("\n" + text[-REACH:] if len(text) > REACH else "")
    for pattern in (*STAMPS, printed()):
        match = pattern.search(ends)
        dates = [date for date in find_dates(match["date"]) if PRECISION[date.precision] <= 2] if match else []
        if dates:
            return dates[0].value
    found = WAYBACK.search(ends)
    if found is None:
        return None
    try:
        return datetime(int(found[1]), int(found[2]), int(found[3]), int(found[4] or 0), int(found[5] or 0))
    except ValueError:
        return None
