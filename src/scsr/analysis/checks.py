"""Whether a table has what an analysis needs, asked before anything is computed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from scsr.errors import EstimationError

__all__ = ["check_columns", "check_numbers", "check_periods"]


def check_columns(table: pd.DataFrame, columns: Sequence[str], name: str, what_for: str) -> None:
    """Refuse a table without the columns that an analysis rests on.

    Raises
    ------
    EstimationError
        Naming the first that is missing.

    Examples
    --------
    >>> check_columns(pd.DataFrame({"t_h": [0.0]}), ["t_h", "share_id"], "shares", "cascades")
    Traceback (most recent call last):
    scsr.errors.EstimationError: cascades needs column 'share_id' of table 'shares'; it has t_h
    """
    missing = [column for column in columns if column not in table]
    if missing:
        has = ", ".join(map(str, table.columns)) or "none"
        raise EstimationError(f"{what_for} needs column {missing[0]!r} of table {name!r}; it has {has}")


def check_numbers(table: pd.DataFrame, columns: Sequence[str], name: str) -> None:
    """Refuse a number that is missing, infinite or below 0 where it counts something.

    Raises
    ------
    EstimationError
        Naming column, row and value of the first.

    Examples
    --------
    >>> check_numbers(pd.DataFrame({"n_exposed": [10.0, -1.0]}), ["n_exposed"], "exposure")
    Traceback (most recent call last):
    scsr.errors.EstimationError: table 'exposure', column 'n_exposed', row 1: -1.0 is no finite number from 0
    """
    for column in columns:
        values = pd.to_numeric(table[column], errors="coerce").to_numpy(float, na_value=np.nan)
        bad = np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
        if len(bad):
            raise EstimationError(
                f"table {name!r}, column {column!r}, row {table.index[bad[0]]}: {values[bad[0]]} is no finite number from 0"
            )


def check_periods(exposure: pd.DataFrame) -> None:
    """Refuse a period of exposure without a start or an end, or one that does not end after it starts.

    Raises
    ------
    EstimationError
        Naming the row and its period.

    Examples
    --------
    >>> check_periods(pd.DataFrame({"period_start": [pd.Timestamp("2023-02-01")], "period_end": [pd.NaT]}))
    Traceback (most recent call last):
    scsr.errors.EstimationError: table 'exposure', row 0: the period from 2023-02-01 00:00:00 to NaT does not end after
    it starts
    """
    bad = exposure.index[~(exposure["period_end"] > exposure["period_start"]).fillna(False)]
    if len(bad):
        start, end = (exposure.loc[bad[:1], name].iloc[0] for name in ("period_start", "period_end"))
        raise EstimationError(
            f"table 'exposure', row {bad[0]}: the period from {start} to {end} does not end after it starts"
        )
