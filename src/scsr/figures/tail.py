"""The tail of cascade sizes: the share of cascades at least as large, with the fitted power law beside it.

The result is a :class:`scsr.analysis.wom.TailFit`. The axes are logarithmic so that the tail can be seen; nothing is
fitted to the line that it makes there (Clauset, Shalizi & Newman 2009, *SIAM Review* 51).
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from scsr.figures.theme import INK, PALETTE, number, percent

__all__ = ["describe", "draw", "table"]

#: No column of the table counts people.
PEOPLE = ()


def draw(result: Any, ax: Any) -> Any:
    """Draw sizes as points and the fit as a line from where the tail starts."""
    if result.frame.empty:
        ax.text(0.5, 0.5, "no cascades", ha="center", va="center", color=INK, transform=ax.transAxes)
        ax.set_axis_off()
        return ax
    ax.loglog(result.frame["size"], result.frame["survival"], "o", color=PALETTE[0], markersize=4, label="observed")
    fitted = result.frame.dropna(subset=["fitted"])
    if len(fitted):
        words = f"power law from {number(float(result.xmin))} on"
        ax.loglog(fitted["size"], fitted["fitted"], color=PALETTE[1], linestyle=(0, (5, 2)), label=words)
        ax.legend(loc="upper right")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(lambda value, _: f"{value:g}")
    ax.minorticks_off()
    ax.set_xlabel("shares in the cascade")
    ax.set_ylabel("share of cascades at least as large")
    ax.grid()
    return ax


def describe(result: Any) -> str:
    """Say how many cascades stay alone, how many reach ten and a hundred, the largest, and the fit."""
    if result.frame.empty:
        return "There are no cascades to draw."
    frame = result.frame.sort_values("size")
    said = []
    for size in (2, 10, 100):
        reached = frame.loc[frame["size"] >= size, "survival"]
        said.append(f"{size} or more: {percent(float(reached.iloc[0]) if len(reached) else 0.0)}")
    fit = (
        f"A power law with exponent {number(result.alpha)} is drawn from size {number(float(result.xmin))} on."
        if result.alpha is not None
        else "No tail could be fitted."
    )
    return (
        f"Share of cascades by size on logarithmic axes. {'; '.join(said)}; the largest has "
        f"{number(float(frame['size'].max()))} shares. {fit}"
    )


def table(result: Any) -> pd.DataFrame:
    """Return the points as a table."""
    return result.frame
