"""A scenario: how many people each group of carriers reaches for the same money, marked as a scenario.

The result is a :class:`scsr.analysis.wom.Scenario`. The bars are what follows from assumptions, and the figure says so.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from scsr.figures.theme import INK, PALETTE, number, wrap

__all__ = ["describe", "draw", "height", "table"]

#: No column of the table counts people.
PEOPLE = ()


def height(result: Any) -> float:
    """Room for one line a group and the banner, in inches."""
    return 1.45 + 0.38 * max(1, len(result.frame))


def draw(result: Any, ax: Any) -> Any:
    """Draw who hears it as an outline, who passes it on as a filled bar with the range of 90% of runs."""
    frame = result.frame
    places = list(range(len(frame)))
    ax.barh(places, frame["heard"], height=0.62, facecolor=PALETTE[7], alpha=0.4, edgecolor="none", label="hear it")
    ax.barh(places, frame["passed_on"], height=0.3, facecolor=PALETTE[1], edgecolor="none", label="pass it on")
    for place, row in zip(places, frame.itertuples(), strict=True):
        ax.plot([row.low, row.high], [place, place], color=INK, linewidth=1.2)
    names = [wrap(f"{row.carriers} ({row.n_carriers:,})") for row in frame.itertuples()]
    ax.set_yticks(places, names)
    ax.set_ylim(len(frame) - 0.4, -0.6)
    ax.xaxis.set_major_formatter(lambda value, _: number(value))
    ax.set_xlabel("people in the scenario")
    words = {"color": PALETTE[6], "fontweight": "bold", "fontsize": 10.5}
    ax.figure.suptitle(result.banner.upper(), x=0.01, ha="left", **words)
    ax.tick_params(left=False)
    ax.grid(axis="x")
    ax.figure.legend(loc="outside lower center", ncols=2)
    return ax


def describe(result: Any) -> str:
    """Say the scenario and its numbers, banner first."""
    said = "; ".join(
        f"{row.carriers}: {row.n_carriers:,} of them at a cost of {number(row.cost)}, passed on by "
        f"{number(row.passed_on)} ({number(row.low)} to {number(row.high)} in 90% of runs), heard by {number(row.heard)}"
        for row in result.frame.itertuples()
    )
    return f"{result.banner}. Mean of {result.n_runs:,} runs. {said}. Assumed: {'; '.join(result.assumptions)}."


def table(result: Any) -> pd.DataFrame:
    """Return the numbers, each row marked as a scenario."""
    return result.frame.assign(banner=result.banner)
