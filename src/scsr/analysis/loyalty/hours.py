"""When customers write: the local hour and whether the office was open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from scsr.analysis.loyalty.common import EXACT, NOT_STATED, among, instants, labels_of, need, tidy
from scsr.errors import EstimationError

__all__ = ["TIME_ZONES", "opening_hours"]

#: Time of each country's capital, ISO 3166 code to IANA name.
TIME_ZONES = {
    "SE": "Europe/Stockholm",
    "NO": "Europe/Oslo",
    "IS": "Atlantic/Reykjavik",
    "DK": "Europe/Copenhagen",
    "FI": "Europe/Helsinki",
    "FO": "Atlantic/Faroe",
}
BANDS = ("00–06", "06–12", "12–18", "18–24")
OPEN, CLOSED = "office hours", "outside office hours"


def opening_hours(
    cases: pd.DataFrame,
    timezones: Mapping[str, str] | None = None,
    office: tuple[int, int] = (8, 17),
) -> pd.DataFrame:
    """Add when each case was opened, by the clock of the place.

    Parameters
    ----------
    cases : DataFrame
        Table ``cases`` of the contract.
    timezones : mapping of str to str, optional
        Source or country to IANA time zone; a source goes before its country. Countries of :data:`TIME_ZONES` are
        known without.
    office : tuple of int
        First hour of the office and the hour at which it closes, Monday to Friday; public holidays are not known.

    Returns
    -------
    DataFrame
        The cases with ``opened_hour`` (0 to 23, local), ``opened_band`` (of six hours) and ``opened_in`` (office
        hours or outside); null, *not stated* and *not stated* where time or place is unknown.

    Raises
    ------
    EstimationError
        On a missing column, an unknown time zone, or office hours that are none.

    Examples
    --------
    >>> rows = pd.DataFrame({"opened_at": pd.to_datetime(["2024-07-01T06:30Z"]), "country": ["SE"]})
    >>> opening_hours(rows)[["opened_hour", "opened_band", "opened_in"]].values.tolist()
    [[8, '06–12', 'office hours']]
    """
    need(cases, ("opened_at",), "cases", "opening hours")
    index, cases = cases.index, tidy(cases, "cases")
    start, close = office
    if not 0 <= start < close <= 24:
        raise EstimationError(f"office {office!r} is no pair of hours such as (8, 17)")
    known = TIME_ZONES | dict(timezones or {})
    zone = np.full(len(cases), -1)
    zones = sorted(set(known.values()))
    for column in ("country", "source"):
        if column in cases:
            code, words = labels_of(cases[column])
            stated = np.array([zones.index(known[word]) if word in known else -1 for word in words], dtype=int)[code]
            zone = np.where(stated >= 0, stated, zone)
    opened = instants(cases["opened_at"])
    exact = ~np.isnat(opened)
    if "date_precision" in cases:
        exact &= among(cases["date_precision"], EXACT)
    hour, weekday = np.full(len(cases), -1, dtype=np.int8), np.full(len(cases), -1, dtype=np.int8)
    for place, name in enumerate(zones):
        mine = exact & (zone == place)
        if mine.any():
            hour[mine], weekday[mine] = local_clock(opened[mine], name)
    told = hour >= 0
    office_now = (hour >= start) & (hour < close) & (weekday < 5)
    made: dict[Any, Any] = {column: cases[column].array for column in cases}
    made["opened_hour"] = pd.arrays.IntegerArray(hour.astype(np.int64), ~told)
    made["opened_band"] = named(np.where(told, hour // 6, len(BANDS)), [*BANDS, NOT_STATED])
    made["opened_in"] = named(np.where(told, np.where(office_now, 0, 1), 2), [OPEN, CLOSED, NOT_STATED])
    table = pd.DataFrame(made, index=index, copy=False)
    table.attrs = dict(cases.attrs)
    return table


def named(code: Any, words: Any) -> pd.Categorical:
    """Return codes as the words that they stand for."""
    return pd.Categorical.from_codes(code, words)


def local_clock(opened: np.ndarray, zone: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the hour and the day of the week (Monday is 0) of instants of UTC by the clock of a zone."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    # clocks have differed from UTC by whole quarters since 1972 at least; each quarter is looked up once
    quarter, place = np.unique(opened.astype("datetime64[m]").astype(np.int64) // 15, return_inverse=True)
    times = pd.DatetimeIndex((quarter * 15).astype("datetime64[m]").astype("datetime64[s]"), tz="UTC")
    try:
        local = times.tz_convert(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise EstimationError(f"time zone {zone!r} is unknown; give an IANA name such as 'Europe/Oslo'") from error
    return local.hour.to_numpy(np.int8)[place], local.dayofweek.to_numpy(np.int8)[place]
