"""A smooth curve of a hazard ratio by hours waited, both axes logarithmic, with its band.

The result is the ``curve`` of :class:`scsr.analysis.loyalty.SpeedCurve`: ``hours, hazard_ratio, ci_low, ci_high``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from scsr.figures.intervals import ratio_ticks
from scsr.figures.theme import INK, MUTED, PALETTE, number

__all__ = ["describe", "draw", "table"]

HOURS = {1 / 60: "1 min", 0.1: "6 min", 1.0: "1 h", 4.0: "4 h", 24.0: "1 day", 168.0: "1 week", 720.0: "30 days"}


def draw(
    curve: pd.DataFrame, ax: Any, mark: float | None = None, xlabel: str | None = None, ylabel: str | None = None
) -> Any:
    """Draw the curve with its band and a line at 1; `mark` is a number of hours to point out."""
    if curve.empty:
        ax.text(0.5, 0.5, "not estimable", ha="center", va="center", color=INK, transform=ax.transAxes)
        ax.set_axis_off()
        return ax
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.axhline(1, color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
    ax.fill_between(curve["hours"], curve["ci_low"], curve["ci_high"], color=PALETTE[0], alpha=0.18, linewidth=0)
    ax.plot(curve["hours"], curve["hazard_ratio"], color=PALETTE[0])
    first, last = float(curve["hours"].iloc[0]), float(curve["hours"].iloc[-1])
    ax.set_xlim(first, last)
    shown = {hours: name for hours, name in HOURS.items() if first <= hours <= last}
    if shown:
        ax.set_xticks(list(shown), list(shown.values()))
    ticks = ratio_ticks(float(curve["ci_low"].min()), float(curve["ci_high"].max()))
    ax.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.minorticks_off()
    if mark is not None and first <= mark <= last:
        ax.axvline(mark, color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
    ax.grid(axis="y")
    ax.set_xlabel(xlabel or "hours waited for the answer")
    ax.set_ylabel(ylabel or "hazard ratio")
    return ax


def describe(curve: pd.DataFrame) -> str:
    """Say the ratio at both ends of the curve and in the middle."""
    if curve.empty:
        return "Nothing is drawn: the curve is not estimable."
    rows = curve.iloc[np.array([0, len(curve) // 2, len(curve) - 1])]
    said = "; ".join(
        f"{number(ratio)} ({number(low)} to {number(high)}) after {number(hours)} h"
        for hours, ratio, low, high in rows[["hours", "hazard_ratio", "ci_low", "ci_high"]].to_numpy(float)
    )
    return f"Smooth curve of the hazard ratio by hours waited, against the median wait, with a band: {said}."


def table(curve: pd.DataFrame) -> pd.DataFrame:
    """Return a dozen points of the curve."""
    places = np.unique(np.linspace(0, max(0, len(curve) - 1), min(12, len(curve))).round().astype(int))
    return curve.iloc[places].reset_index(drop=True)
