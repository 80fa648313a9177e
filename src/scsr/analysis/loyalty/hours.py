"""When customers write: the local hour and whether the office was open."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from scsr.analysis.loyalty.common import EXACT, NOT_STATED, need, tidy
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
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    need(cases, ("opened_at",), "cases", "opening hours")
    index, cases = cases.index, tidy(cases, "cases")
    start, close = office
    if not 0 <= start < close <= 24:
        raise EstimationError(f"office {office!r} is no pair of hours such as (8, 17)")
    known = TIME_ZONES | dict(timezones or {})
    zone = pd.Series(pd.NA, index=cases.index, dtype="string")
    for column in ("country", "source"):
        if column in cases:
            zone = cases[column].astype("string").map(known).astype("string").fillna(zone)
    exact = cases["opened_at"].notna()
    if "date_precision" in cases:
        exact &= cases["date_precision"].astype("string").isin(EXACT)
    hour = pd.Series(pd.NA, index=cases.index, dtype="Int64")
    weekday = pd.Series(pd.NA, index=cases.index, dtype="Int64")
    for name in sorted(zone[exact].dropna().unique()):
        try:
            local = cases["opened_at"][exact & zone.eq(name).fillna(False)].dt.tz_convert(ZoneInfo(name))
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise EstimationError(f"time zone {name!r} is unknown; give an IANA name such as 'Europe/Oslo'") from error
        hour[local.index], weekday[local.index] = local.dt.hour, local.dt.dayofweek
    band = hour.map(lambda h: BANDS[int(h) // 6], na_action="ignore").astype("string")
    inside = hour.ge(start) & hour.lt(close) & weekday.lt(5)
    opened_in = inside.map({True: OPEN, False: CLOSED}).astype("string")
    told = cases.assign(opened_hour=hour, opened_band=band.fillna(NOT_STATED), opened_in=opened_in.fillna(NOT_STATED))
    return told.set_axis(index)
