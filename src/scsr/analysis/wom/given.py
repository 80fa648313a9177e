"""What functions on bare numbers are given, looked through before anything is computed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from scsr.errors import EstimationError

__all__ = ["check_resamples", "known_numbers", "row_of_numbers"]


def row_of_numbers(values: Any, what: str, least: float = -np.inf, *, whole: bool = False) -> np.ndarray:
    """Return values as a row of finite numbers.

    Parameters
    ----------
    values : array or sequence
    what : str
        Name of the values, for the error.
    least : float
        Smallest that will do.
    whole : bool
        Whether they must be whole.

    Raises
    ------
    EstimationError
        Naming the first row that is missing, infinite, too small, or no number.

    Examples
    --------
    >>> row_of_numbers([1, None], "sizes", 1)
    Traceback (most recent call last):
    scsr.errors.EstimationError: sizes, row 1: nan is no finite number from 1
    """
    try:
        row = pd.Series(values).to_numpy(float, na_value=np.nan) if np.ndim(values) == 1 else None
    except (TypeError, ValueError):
        row = None
    if row is None:
        raise EstimationError(f"{what} must be one row of numbers")
    bad = np.flatnonzero(~(np.isfinite(row) & (row >= least) & ((row == np.floor(row)) | (not whole))))
    if len(bad):
        kind = "whole" if whole else "finite"
        bound = f" from {least:g}" if np.isfinite(least) else ""
        raise EstimationError(f"{what}, row {bad[0]}: {row[bad[0]]:g} is no {kind} number{bound}")
    return np.asarray(row)


def known_numbers(table: pd.DataFrame, column: str) -> np.ndarray:
    """Return the numbers of a column of cascades that are known.

    Raises
    ------
    EstimationError
        If one is infinite or below 0.

    Examples
    --------
    >>> known_numbers(pd.DataFrame({"time_to_half_h": [1.0, None]}), "time_to_half_h").tolist()
    [1.0]
    """
    return row_of_numbers(pd.to_numeric(table[column]).dropna(), f"column {column!r} of the cascades", 0.0)


def check_resamples(n: int, name: str = "n_bootstrap", least: int = 1) -> None:
    """Refuse a number of resamples that is none.

    Raises
    ------
    EstimationError
        Naming it.

    Examples
    --------
    >>> check_resamples(0)
    Traceback (most recent call last):
    scsr.errors.EstimationError: n_bootstrap=0: give a whole number from 1
    """
    if not (isinstance(n, int | np.integer) and n >= least):
        raise EstimationError(f"{name}={n}: give a whole number from {least}")
