"""How the estimates do on simulated data whose truth is known: the table that ships with the package.

``benchmarks/calibration.py`` makes it.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pandas as pd

from scsr.errors import EstimationError

__all__ = ["COLUMNS", "TABLE", "calibration_rows", "calibration_table"]

COLUMNS = [
    "key", "estimate", "setting", "n_sets", "coverage", "coverage_error", "bias", "bias_error", "not_estimable", "bar",
    "naive_coverage", "seconds",
]  # fmt: skip
TABLE = Path(str(files("scsr.analysis") / "resources" / "calibration.csv"))
SHOWN = {
    "estimate": "estimate",
    "setting": "simulated data",
    "n_sets": "data sets",
    "coverage": "coverage of the 95% interval",
    "coverage_error": "Monte-Carlo error",
    "bias": "bias in standard errors",
    "not_estimable": "share not estimable",
}


def read() -> pd.DataFrame:
    """Read the packaged table."""
    if not TABLE.is_file():
        return pd.DataFrame(columns=COLUMNS)
    return pd.read_csv(TABLE, keep_default_na=False, na_values=[""])


def calibration_rows(*names: str) -> pd.DataFrame:
    """Return what was measured of some estimates; of all where none is named.

    Parameters
    ----------
    *names : str
        Names of estimates, such as ``complaint_rate``.

    Returns
    -------
    DataFrame
        ``key`` (of the setting), ``estimate, setting`` (what was simulated, in words), ``n_sets, coverage`` (of the 95%
        interval), ``coverage_error, bias_error`` (Monte-Carlo), ``bias`` (in standard deviations of the estimate),
        ``not_estimable`` (share of data sets), ``bar``, ``naive_coverage`` (traps only) and ``seconds``.

    Raises
    ------
    EstimationError
        If an estimate was never measured.

    Examples
    --------
    >>> rows = calibration_rows("complaint_rate")
    >>> set(rows["estimate"]), bool(rows["coverage"].between(0.9, 1).all())
    ({'complaint_rate'}, True)
    """
    table = read()
    missing = [name for name in names if not table["estimate"].eq(name).any()]
    if missing:
        known = ", ".join(sorted(table["estimate"].unique()))
        raise EstimationError(f"estimate {missing[0]!r} has not been calibrated; these have: {known}")
    return (table[table["estimate"].isin(names)] if names else table).reset_index(drop=True)


def calibration_table(*names: str) -> pd.DataFrame:
    """Return the rows of some estimates as a report shows them, traps left out.

    Examples
    --------
    >>> calibration_table("complaint_rate").columns.tolist()[:2]
    ['estimate', 'simulated data']
    """
    rows = calibration_rows(*names)
    rows = rows[~rows["key"].str.startswith("trap-")].reset_index(drop=True)
    return rows[list(SHOWN)].rename(columns=SHOWN)
