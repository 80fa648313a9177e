"""Step curves of the share answered by hours since the opening, with their bands.

The result is the ``curve`` of :class:`scsr.analysis.loyalty.ResponseTimes`: group columns, then ``timeline_h,
share_answered, ci_low, ci_high``. ``curve.attrs["y"]`` says what the share is of, where it is not of the answered.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from scsr.figures.theme import INK, MUTED, PALETTE, number, percent

__all__ = ["describe", "draw", "table"]

LINES = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)))
MAX_POINTS = 240
ANSWERED = "share answered"


def tidy(curve: pd.DataFrame) -> pd.DataFrame:
    """Name the groups in one column, and time and share for drawing."""
    groups = list(curve.columns[: list(curve.columns).index("timeline_h")])
    named = pd.DataFrame({name: curve[name].astype(str).replace(yes_or_no(name)) for name in groups})
    label = named.agg(", ".join, axis=1) if groups else pd.Series("all openings", curve.index)
    tidied = curve.rename(columns={"timeline_h": "t", "share_answered": "estimate"}).assign(group=label)
    return tidied[["group", "t", "estimate", "ci_low", "ci_high"]]


def yes_or_no(name: str) -> dict[str, str]:
    """Words for a group that is true or false, such as *urgent* and *not urgent*."""
    return {"True": name, "False": f"not {name}", "not stated": f"{name}: not stated"}


def thin(curve: pd.DataFrame) -> pd.DataFrame:
    """Keep so few points that a page stays small, evenly along the curve, ends included."""
    if len(curve) <= MAX_POINTS:
        return curve
    places = np.unique(np.linspace(0, len(curve) - 1, MAX_POINTS).round().astype(int))
    return curve.iloc[places]


def draw(
    curves: pd.DataFrame, ax: Any, xlabel: str | None = None, ylabel: str | None = None, mark: float | None = None,
    until: float | None = None, log: bool = False,
) -> Any:  # fmt: skip
    """Draw each group's steps and band; `mark` is a moment to point out, `until` the end of the axis in hours."""
    share = curves.attrs.get("y", ANSWERED)
    curves = tidy(curves)
    for place, (group, curve) in enumerate(curves.groupby("group", sort=False, observed=True)):
        line = thin(curve.sort_values("t"))
        colour = PALETTE[place % len(PALETTE)]
        ax.fill_between(line["t"], line["ci_low"], line["ci_high"], step="post", color=colour, alpha=0.18, linewidth=0)
        ax.step(
            line["t"], line["estimate"], where="post", color=colour, label=str(group),
            linestyle=LINES[(place // len(PALETTE) + place) % len(LINES)],
        )  # fmt: skip
    if mark is not None:
        ax.axvline(mark, color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
        ax.annotate(f"{mark:g} h", (mark, 0.02), xytext=(3, 0), textcoords="offset points", color=INK, fontsize=10)
    if log:
        ax.set_xscale("symlog", linthresh=1)
    if until is not None:
        ax.set_xlim(0, until)
    else:
        ax.set_xlim(left=0)
    ax.set_ylim(0, 1)
    ax.grid(axis="y")
    ax.yaxis.set_major_formatter(lambda share, _: f"{100 * share:g}%")
    ax.set_xlabel(xlabel or "hours since the opening")
    ax.set_ylabel(ylabel or share)
    if curves["group"].nunique() > 1:
        ax.legend(loc="lower right", ncols=2)
    return ax


def describe(curves: pd.DataFrame) -> str:
    """Say where each curve stands after a quarter, half and all of its time."""
    if curves.empty:
        return "No curve to draw."
    said = []
    for group, curve in tidy(curves).groupby("group", sort=False, observed=True):
        ordered = curve.sort_values("t")
        crossing = ordered.loc[ordered["estimate"] >= 0.5, "t"]
        half = f"reaches 50% at {number(float(crossing.iloc[0]))} h" if len(crossing) else "does not reach 50%"
        end = ordered.iloc[-1]
        said.append(f"{group} {half} and ends at {percent(float(end['estimate']))} at {number(float(end['t']))} h")
    return (
        f"Step curves of the {curves.attrs.get('y', ANSWERED)} by hours since the opening, with bands for the intervals: "
        f"{'; '.join(said)}."
    )


def table(curves: pd.DataFrame) -> pd.DataFrame:
    """Return at most 24 points a group."""
    kept = []
    for _, curve in tidy(curves).groupby("group", sort=False, observed=True):
        ordered = curve.sort_values("t")
        places = np.unique(np.linspace(0, len(ordered) - 1, min(24, len(ordered))).round().astype(int))
        kept.append(ordered.iloc[places])
    points = pd.concat(kept, ignore_index=True) if kept else tidy(curves)
    return points.rename(columns={"t": "hours", "estimate": "share_answered"})
