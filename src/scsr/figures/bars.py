"""Counts by category as bars: a Series whose index is the category and whose name says what is counted."""

from __future__ import annotations

from typing import Any

import pandas as pd

from scsr.analysis.disclosure import withhold
from scsr.figures.theme import INK, PALETTE, number, percent, wrap

__all__ = ["describe", "draw", "height", "table"]


def shown(counts: pd.Series) -> pd.Series:
    """Keep the bars that do not rest on too few people, nor give others away that do; a count of people or what they did.

    Counts are whole numbers; bars of anything else are all kept.
    """
    if not pd.api.types.is_integer_dtype(counts):
        return counts
    kept, _ = withhold(pd.DataFrame({"n": counts.to_numpy()}))
    return counts.iloc[kept.index]


def height(counts: pd.Series) -> float:
    """Room for one line a bar, in inches."""
    return 0.7 + 0.28 * max(1, len(shown(counts)))


def draw(counts: pd.Series, ax: Any, xlabel: str | None = None) -> Any:
    """Draw horizontal bars, in the order of the Series, each with its number."""
    counts = shown(counts)
    if counts.empty:
        words = f"no {counts.name or 'count'} to draw"
        ax.text(0.5, 0.5, words, ha="center", va="center", color=INK, transform=ax.transAxes)
        ax.set_axis_off()
        return ax
    labels = [wrap(str(label), 28) for label in counts.index]
    ax.barh(range(len(counts)), counts.to_numpy(dtype=float), color=PALETTE[0], height=0.7, linewidth=0)
    ax.set_yticks(range(len(counts)), labels)
    for place, value in enumerate(counts):
        ax.annotate(
            number(float(value)),
            (value, place),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            color=INK,
            fontsize=10,
        )
    ax.invert_yaxis()
    ax.margins(x=0.16)
    ax.spines["left"].set_visible(False)
    ax.tick_params(left=False)
    ax.set_xlabel(xlabel or str(counts.name or "count"))
    return ax


def describe(counts: pd.Series) -> str:
    """Say the bars in words."""
    n_bars, counts = len(counts), shown(counts)
    total = float(counts.sum())
    few = f"Bars left out, to protect the few people behind one of them: {n_bars - len(counts)}."
    if not len(counts) or total == 0:
        return f"No {counts.name or 'count'} to draw." + (f" {few}" if n_bars > len(counts) else "")
    said = ", ".join(f"{label} {number(float(value))} ({percent(value / total)})" for label, value in counts.items())
    words = f"Bar chart of {counts.name or 'counts'}: {said}; {number(total)} in all."
    return f"{words} {few}" if n_bars > len(counts) else words


def table(counts: pd.Series) -> pd.DataFrame:
    """Return the bars as a table."""
    frame = (
        shown(counts)
        .rename(str(counts.name or "count"))
        .rename_axis(str(counts.index.name or "category"))
        .reset_index()
    )
    frame.iloc[:, 0] = frame.iloc[:, 0].astype(str)
    return frame
