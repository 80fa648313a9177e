"""What a date found on a page is, and the words that dates are written with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from scsr.text.resources import LANGUAGES, load

__all__ = ["PRECISION", "Found", "month_numbers", "weekday_numbers", "words"]

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
def weekday_numbers() -> dict[str, frozenset[int]]:
    """ISO weekday numbers by written form, lower case; a short form can be two days in two languages."""
    found: dict[str, set[int]] = {}
    for lang in LANGUAGES:
        for number, forms in load(lang)["weekdays"].items():
            for form in forms:
                found.setdefault(form.lower(), set()).add(int(number))
    return {form: frozenset(numbers) for form, numbers in found.items()}
