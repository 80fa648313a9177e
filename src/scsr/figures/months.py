"""A quantity by month, one line a group.

The result is a DataFrame with the columns ``group, period_start, estimate`` and, where known, ``ci_low, ci_high``.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from scsr.figures.theme import INK, PALETTE, number

__all__ = ["describe", "draw", "table"]


def draw(series: pd.DataFrame, ax: Any, ylabel: str | None = None) -> Any:
    """Draw each group's line, with its band where there is one."""
    import matplotlib.dates as mdates

    if series.empty:
        ax.text(0.5, 0.5, "no month to draw", ha="center", va="center", color=INK, transform=ax.transAxes)
        ax.set_axis_off()
        return ax
    for place, (group, line) in enumerate(series.groupby("group", sort=False, observed=True)):
        ordered = line.sort_values("period_start")
        when = pd.DatetimeIndex(ordered["period_start"]).tz_localize(None)
        colour = PALETTE[place % len(PALETTE)]
        if {"ci_low", "ci_high"} <= set(ordered.columns):
            ax.fill_between(when, ordered["ci_low"], ordered["ci_high"], color=colour, alpha=0.18, linewidth=0)
        ax.plot(when, ordered["estimate"], color=colour, marker="o", markersize=2.5, label=str(group))
    locator = mdates.AutoDateLocator(minticks=3, maxticks=7)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator))
    ax.set_ylim(bottom=0)
    ax.grid(axis="y")
    ax.set_ylabel(ylabel or series.attrs.get("y", ""))
    if series["group"].nunique() > 1:
        ax.legend(ncols=2)
    return ax


def describe(series: pd.DataFrame) -> str:
    """Say first, last, lowest and highest of each line."""
    if series.empty:
        return "No month to draw."
    said = []
    for group, line in series.groupby("group", sort=False, observed=True):
        ordered = line.sort_values("period_start").dropna(subset=["estimate"])
        if ordered.empty:
            continue
        first, last = ordered.iloc[0], ordered.iloc[-1]
        top, low = ordered.iloc[ordered["estimate"].argmax()], ordered.iloc[ordered["estimate"].argmin()]
        said.append(
            f"{group} from {number(first['estimate'])} in {first['period_start']:%Y-%m} to {number(last['estimate'])} in "
            f"{last['period_start']:%Y-%m}, highest {number(top['estimate'])} in {top['period_start']:%Y-%m}, "
            f"lowest {number(low['estimate'])} in {low['period_start']:%Y-%m}"
        )
    return f"Lines of {series.attrs.get('y', 'the quantity')} by month: {'; '.join(said)}."


def table(series: pd.DataFrame) -> pd.DataFrame:
    """Return the lines as a table, months written as year and month."""
    return series.assign(period_start=pd.DatetimeIndex(series["period_start"]).strftime("%Y-%m"))
