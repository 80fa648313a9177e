"""Estimates with their intervals as points and lines, one row a group."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from scsr.analysis.disclosure import hidden_estimates, without_few
from scsr.analysis.estimates import Estimate, frame
from scsr.figures.theme import INK, MUTED, PALETTE, number, percent, wrap

__all__ = ["describe", "draw", "height", "table"]


MOST = 24


def public(estimates: Sequence[Estimate]) -> list[Estimate]:
    """Keep those that do not rest on too few people, nor give others away that do."""
    return [one for one, hidden in zip(estimates, hidden_estimates(estimates), strict=True) if not hidden]


def drawable(estimates: Sequence[Estimate]) -> list[Estimate]:
    """Keep those that are estimable and may be shown; of more than 24, those with the largest n."""
    shown = [one for one in public(estimates) if one.ok]
    least = sorted((one.n for one in shown), reverse=True)[MOST - 1] if len(shown) > MOST else 0
    return [one for one in shown if one.n >= least][:MOST]


def labels(estimates: Sequence[Estimate]) -> list[str]:
    """Name the rows by their groups, or by what they estimate where the groups do not tell them apart."""
    groups = [one.group for one in estimates]
    if len(set(groups)) == len(groups):
        return groups
    names = [one.name for one in estimates]
    # where one name is the beginning of all, as of a model and its variants, the others are told apart by their ends
    stem = min(names, key=len)
    if all(name == stem or name.startswith(f"{stem}_") for name in names):
        names = [name.removeprefix(f"{stem}_") for name in names]
    return [
        name.replace("_", " ") + (f", {one.group}" if one.by else "")
        for name, one in zip(names, estimates, strict=True)
    ]


def ratio_ticks(low: float, high: float) -> list[float]:
    """Choose round ratios between two ends: few where they lie far apart, more where they are close.

    Examples
    --------
    >>> ratio_ticks(0.55, 0.9), ratio_ticks(0.1, 12)
    ([0.6, 0.7, 0.8, 0.9], [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0])
    """
    for choice in (
        (1,),
        (1, 2, 5),
        (1, 1.5, 2, 3, 5, 7),
        tuple(range(1, 10)),
        tuple(n / 10 for n in range(10, 100)),
    ):
        ticks = [round(one * 10.0**power, 4) for power in range(-4, 6) for one in choice]
        inside = [tick for tick in ticks if low * 0.98 <= tick <= high * 1.02]
        if len(inside) >= 4:
            return inside
    return inside or [1.0]


def height(estimates: Sequence[Estimate]) -> float:
    """Room for one line a group, in inches."""
    return 0.9 + 0.3 * max(1, len(drawable(estimates)))


def draw(estimates: Sequence[Estimate], ax: Any, xlabel: str | None = None, reference: float | None = None) -> Any:
    """Draw each estimate as a point with its interval; `reference` is a vertical line such as a ratio of 1.

    An interval that is endless runs to the edge. Ratios are drawn on a logarithmic axis.
    """
    shown = drawable(estimates)
    if not shown:
        ax.text(0.5, 0.5, "not estimable", ha="center", va="center", color=INK, transform=ax.transAxes)
        ax.set_axis_off()
        return ax
    ends: list[Any] = [end for one in shown for end in (one.estimate, one.ci_low, one.ci_high)]
    finite = [float(end) for end in ends if math.isfinite(end)]
    low, high = min(finite), max(finite)
    if reference is not None:
        low, high = min(low, reference), max(high, reference)
    if shown[0].unit == "ratio" and low > 0:
        ax.set_xscale("log")
        ticks = ratio_ticks(low, high)
        ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        ax.minorticks_off()
    if shown[0].unit == "share":
        ax.xaxis.set_major_formatter(lambda share, _: f"{100 * share:g}%")
    if reference is not None:
        ax.axvline(reference, color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
    for place, one in enumerate(shown):
        ends = [min(max(end, low), high) for end in (one.ci_low, one.ci_high)]  # type: ignore[type-var]
        ax.plot(ends, [place, place], color=PALETTE[0], linewidth=2, solid_capstyle="round")
        ax.plot([one.estimate], [place], "o", color=PALETTE[0], markersize=5.5)
    ax.set_yticks(range(len(shown)), [wrap(label) for label in labels(shown)])
    ax.set_ylim(len(shown) - 0.5, -0.5)
    ax.grid(axis="x")
    ax.spines["left"].set_visible(False)
    ax.tick_params(left=False)
    ax.set_xlabel(xlabel or shown[0].unit)
    return ax


def describe(estimates: Sequence[Estimate]) -> str:
    """Say every point and interval in words, highest first."""
    shown = sorted(drawable(estimates), key=lambda one: -one.estimate)  # type: ignore[operator]
    missing = [one for one in public(estimates) if not one.ok]
    if not shown:
        reasons = sorted({without_few(one.reason) for one in missing}) or ["there is no estimate that may be shown"]
        return f"Nothing is drawn: {'; '.join(reasons)}."
    first = shown[0]
    write = percent if first.unit == "share" else number
    said = "; ".join(
        f"{label} {write(one.estimate)} ({write(one.ci_low)} to {write(one.ci_high)})"
        for label, one in zip(labels(shown), shown, strict=True)
    )
    n_left_out = sum(one.ok for one in estimates) - len(shown)
    few = f" {n_left_out} with fewer data are left out of the drawing." if n_left_out else ""
    gone = f" Not estimable: {', '.join(labels(missing))}." if missing else ""
    return f"Estimates with {first.level * 100:g}% intervals, in {first.unit}, highest first: {said}.{few}{gone}"


def table(estimates: Sequence[Estimate]) -> pd.DataFrame:
    """Return the points and intervals as a table."""
    rows = frame(public(estimates)).drop(columns=["name", "status"])
    return rows.assign(reason=rows["reason"].map(without_few)) if "reason" in rows else rows
