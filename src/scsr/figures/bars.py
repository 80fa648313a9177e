"""Counts by category as bars: a Series whose index is the category and whose name says what is counted."""

from __future__ import annotations

from typing import Any

import pandas as pd

from scsr.figures.theme import INK, PALETTE, number, percent, wrap

__all__ = ["describe", "draw", "height", "table"]


def height(counts: pd.Series) -> float:
    """Room for one line a bar, in inches."""
    return 0.7 + 0.28 * max(1, len(counts))


def draw(counts: pd.Series, ax: Any, xlabel: str | None = None) -> Any:
    """Draw horizontal bars, in the order of the Series, each with its number."""
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
    ax.margins(x=0.12)
    ax.spines["left"].set_visible(False)
    ax.tick_params(left=False)
    ax.set_xlabel(xlabel or str(counts.name or "count"))
    return ax


def describe(counts: pd.Series) -> str:
    """Say the bars in words."""
    total = float(counts.sum())
    if not len(counts) or total == 0:
        return f"No {counts.name or 'count'} to draw."
    said = ", ".join(f"{label} {number(float(value))} ({percent(value / total)})" for label, value in counts.items())
    return f"Bar chart of {counts.name or 'counts'}: {said}; {number(total)} in all."


def table(counts: pd.Series) -> pd.DataFrame:
    """Return the bars as a table."""
    frame = counts.rename(str(counts.name or "count")).rename_axis(str(counts.index.name or "category")).reset_index()
    frame.iloc[:, 0] = frame.iloc[:, 0].astype(str)
    return frame
