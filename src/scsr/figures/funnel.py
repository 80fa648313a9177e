"""A funnel plot: each group's complaints over what the common rate expects, with limits that narrow as more is expected.

The result is a :class:`scsr.analysis.complaints.Funnel` (Spiegelhalter 2005, *Statistics in Medicine* 24).
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from scsr.analysis.disclosure import withhold
from scsr.figures.theme import INK, MUTED, PALETTE, number

__all__ = ["describe", "draw", "table"]


def labels(frame: pd.DataFrame) -> pd.Series:
    """Name each group by its columns."""
    groups = list(frame.columns[: list(frame.columns).index("n_complaints")])
    return frame[groups].astype(str).agg(", ".join, axis=1)


def shown(result: Any) -> Any:
    """Keep the groups whose complaints are not of too few people, nor give others away that are."""
    return withhold(result.frame, ["n_complaints"] if "n_complaints" in result.frame else [])[0]


def draw(result: Any, ax: Any) -> Any:
    """Draw groups as points and limits as lines; groups outside the inner limits are named."""
    frame = shown(result)
    if frame.empty:
        ax.text(0.5, 0.5, "not estimable", ha="center", va="center", color=INK, transform=ax.transAxes)
        ax.set_axis_off()
        return ax
    for place, (level, limit) in enumerate(result.limits.groupby("level", sort=True)):
        for end in ("low", "high"):
            ax.plot(
                limit["expected"], limit[end], color=MUTED, linewidth=1.2, linestyle=("-", (0, (5, 3)))[place % 2],
                label=f"{100 * level:g}% limits" if end == "low" else None,
            )  # fmt: skip
    ax.axhline(1, color=MUTED, linewidth=0.8)
    outside = frame["outside"] > 0
    for mark, chosen, colour, words in (
        ("o", ~outside, PALETTE[0], "within limits"), ("D", outside, PALETTE[1], "outside"),
    ):  # fmt: skip
        rows = frame[chosen]
        if len(rows):
            ax.plot(rows["expected"], rows["ratio"], mark, color=colour, markersize=5.5, label=words)
    name_points(frame[outside], ax)
    ax.set_ylim(bottom=0, top=1.12 * max(frame["ratio"].max(), 1.4))
    ax.set_xlim(result.limits["expected"].min(), result.limits["expected"].max())
    ax.set_xlabel("complaints expected at the common rate")
    ax.set_ylabel("observed / expected")
    ax.figure.legend(loc="outside lower center", ncols=2)
    return ax


def name_points(rows: pd.DataFrame, ax: Any) -> None:
    """Write the names of groups beside their points, from the top down, each a line below one that is near."""
    if rows.empty:
        return
    line = max(rows["ratio"].max() / 14, 0.08)
    wide = rows["expected"].max() / 3
    taken: list[tuple[float, float]] = []
    for name, x, y in sorted(zip(labels(rows), rows["expected"], rows["ratio"], strict=True), key=lambda one: -one[2]):
        at = min([y, *(other - line for place, other in taken if abs(place - x) < wide and other - line < y)])
        taken.append((x, at))
        ax.annotate(name, (x, at), xytext=(6, -3), textcoords="offset points", fontsize=10)


def describe(result: Any) -> str:
    """Say the groups outside of the limits, highest first, and how many are inside."""
    frame = shown(result)
    if result.frame.empty:
        return f"Nothing is drawn: {result.estimates[0].reason if result.estimates else 'there is no group'}."
    if frame.empty:
        return "Nothing is drawn: all groups rest on too few people to be shown, or would tell of one that does."
    named = frame.assign(label=labels(frame)).sort_values("ratio", ascending=False)
    outside = named[named["outside"] > 0]
    said = "; ".join(
        f"{row.label} {number(row.ratio)} times expected (outside {100 * row.outside:g}%)"
        for row in outside.itertuples()
    )
    inside = len(named) - len(outside)
    return (
        f"Funnel plot of observed over expected complaints for {len(named)} groups, {result.drawn}: "
        f"{said or 'none lies outside'}; {inside} within the limits."
    )


def table(result: Any) -> pd.DataFrame:
    """Return the groups as a table."""
    return pd.DataFrame(shown(result))
