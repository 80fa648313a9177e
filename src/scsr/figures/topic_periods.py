"""The share of each topic of one language over time, one small panel a topic, all on one scale.

The result is a :class:`scsr.analysis.topics.TopicTables` of one language. A period that is not shown, since too few
documents or people stand behind it, is a gap in the line.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from scsr.figures.panels import WIDTH, fitted, sheet, text
from scsr.figures.theme import MUTED, PALETTE, percent

__all__ = ["describe", "draw", "height", "table"]

COLUMNS, LEFT, GUTTER, TITLE, PLOT, GAP, FOOT = 2, 34.0, 14.0, 18.0, 46.0, 10.0, 22.0
FREQUENCIES = {"month": "MS", "quarter": "QS", "year": "YS"}
WIDE = (WIDTH - LEFT - GUTTER * (COLUMNS - 1) - 4) / COLUMNS


def height(tables: Any) -> float:
    """Room for two columns of panels, in inches."""
    return (-(-max(1, len(tables.topics)) // COLUMNS) * (TITLE + PLOT + GAP) + FOOT) / 72


def top_of(highest: float) -> float:
    """Return a round share at or above the highest.

    Examples
    --------
    >>> top_of(0.23), top_of(0.031), top_of(0)
    (0.3, 0.04, 0.01)
    """
    steps = (0.01, 0.02, 0.03, 0.04, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
    return next((step for step in steps if step >= highest - 1e-9), 1.0)


def draw(tables: Any, ax: Any) -> Any:
    """Draw a line with its band a topic; years are marked below."""
    tall = sheet(ax)
    rows = tables.periods
    if rows.empty:
        text(ax, WIDTH / 2, tall / 2, "no period to draw", ha="center")
        return ax
    when = pd.date_range(rows["start"].min(), rows["start"].max(), freq=FREQUENCIES[tables.languages["period"].iloc[0]])
    top = top_of(float(rows["ci_high"].max()))
    for place, topic in enumerate(tables.topics.itertuples()):
        left = LEFT + (place % COLUMNS) * (WIDE + GUTTER)
        upper = (place // COLUMNS) * (TITLE + PLOT + GAP)
        text(ax, left, upper + TITLE / 2, fitted(topic.label, WIDE))
        frame(ax, left, upper + TITLE, top, place % COLUMNS == 0)
        line = rows[rows["topic"] == topic.topic].set_index("start").reindex(when)
        course(ax, line, left, upper + TITLE + PLOT, top)
    below = -(-len(tables.topics) // COLUMNS) * (TITLE + PLOT + GAP) - GAP
    for column in range(min(COLUMNS, len(tables.topics))):
        years(ax, when, LEFT + column * (WIDE + GUTTER), below)
    return ax


def frame(ax: Any, left: float, top: float, highest: float, labelled: bool) -> None:
    """Draw the floor and the ceiling of a panel, their shares beside the first column."""
    for y, share in ((top, highest), (top + PLOT, 0.0)):
        ax.plot([left, left + WIDE], [y, y], color=MUTED, linewidth=0.6 if share else 0.9, alpha=1)
        if labelled:
            text(ax, left - 4, y, percent(share), ha="right", muted=True)


def across(n: int, left: float) -> np.ndarray:
    """Return where periods stand in a panel, from left to right."""
    return left + WIDE * (np.arange(n) + 0.5) / n


def course(ax: Any, line: pd.DataFrame, left: float, floor: float, top: float) -> None:
    """Draw a topic's shares; where its neighbours are missing, a period is a dot with a bar."""
    x = across(len(line), left)
    middle, low, high = (floor - PLOT * line[name].to_numpy(float) / top for name in ("estimate", "ci_low", "ci_high"))
    known = np.isfinite(middle)
    ax.fill_between(x, low, high, where=known, color=PALETTE[0], alpha=0.32, linewidth=0)
    ax.plot(x, middle, color=PALETTE[0], linewidth=1.4)
    beside = np.concatenate([[False], known[:-1]]) | np.concatenate([known[1:], [False]])
    alone = known & ~beside
    ax.vlines(x[alone], high[alone], low[alone], color=PALETTE[0], alpha=0.5, linewidth=1.6)
    ax.plot(x[alone], middle[alone], "o", color=PALETTE[0], markersize=3.5)


def years(ax: Any, when: pd.DatetimeIndex, left: float, floor: float) -> None:
    """Mark the years below a column, as many as there is room for."""
    x = across(len(when), left)
    starts = [place for place, one in enumerate(when) if one.month == 1 or place == 0]
    edge = -1e9
    for place in starts:
        if x[place] - edge >= 36 and x[place] <= left + WIDE - 14:
            ax.plot([x[place]] * 2, [floor, floor + 3], color=MUTED, linewidth=0.8)
            text(ax, x[place], floor + 11, str(when[place].year), ha="center" if place else "left", muted=True)
            edge = x[place]


def describe(tables: Any) -> str:
    """Say lowest and highest of each topic, and first and last."""
    rows = tables.periods
    if rows.empty:
        return "No period has enough documents and people to draw a share for."
    names = dict(zip(tables.topics["topic"], tables.topics["label"], strict=True))
    said = []
    for topic, some in rows.groupby("topic", sort=False):
        line = some.sort_values("start")
        top, low = line.loc[line["estimate"].idxmax()], line.loc[line["estimate"].idxmin()]
        first, last = line.iloc[0], line.iloc[-1]
        said.append(
            f"{names[topic]} from {percent(first['estimate'])} in {first['period']} to {percent(last['estimate'])} in "
            f"{last['period']}, highest {percent(top['estimate'])} in {top['period']}, lowest {percent(low['estimate'])} in "
            f"{low['period']}"
        )
    return f"Lines of each topic's share of documents by {tables.languages['period'].iloc[0]}, with intervals: {'; '.join(said)}."


def table(tables: Any) -> pd.DataFrame:
    """Return the lines as a table."""
    kept = ["topic", "period", "estimate", "ci_low", "ci_high", "n_documents", "n_people"]
    return pd.DataFrame(tables.periods[kept])
