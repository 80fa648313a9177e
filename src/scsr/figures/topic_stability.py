"""How much of each topic every run brought back: runs from most to least alike as one bar a topic.

The result is a :class:`scsr.analysis.topics.TopicTables` of one language. The bar is the share of runs, its shade the
number of the topic's ten terms that came back; its end is the recurrence, with its interval.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from scsr.figures.panels import WIDTH, fitted, sheet, text
from scsr.figures.theme import INK, MUTED, PALETTE, number, percent

__all__ = ["describe", "draw", "height", "table"]

#: No column of the table counts people.
PEOPLE = ()

LEFT, RIGHT, ROW, HEAD, FOOT = 128.0, 40.0, 23.0, 46.0, 26.0
BAR = WIDTH - LEFT - RIGHT
#: Faintest and strongest shade, of the fewest terms that count as come back and of all ten.
FEWEST, ALL, FAINT = 4, 10, 0.32


def height(tables: Any) -> float:
    """Room for one line a topic, in inches."""
    return (HEAD + FOOT + ROW * max(1, len(tables.topics))) / 72


def shade(words: int) -> tuple[float, ...]:
    """Return the colour for a number of terms in common."""
    from matplotlib.colors import to_rgba

    return to_rgba(PALETTE[0], FAINT + (1 - FAINT) * (words - FEWEST) / (ALL - FEWEST))


def draw(tables: Any, ax: Any) -> Any:
    """Draw one bar a topic."""
    tall = sheet(ax)
    if tables.topics.empty:
        text(ax, WIDTH / 2, tall / 2, "no topic to draw", ha="center")
        return ax
    legend(ax)
    floor = HEAD + ROW * len(tables.topics)
    ax.vlines([LEFT + BAR * share for share in (0, 0.5, 1)], HEAD - 2, floor, color=MUTED, linewidth=0.6)
    for place, topic in enumerate(tables.topics.itertuples()):
        y = HEAD + ROW * (place + 0.5)
        text(ax, 0, y, fitted(topic.label, LEFT - 8))
        strip(ax, tables.runs[tables.runs["topic"] == topic.topic], y - 2)
        low, high = (LEFT + BAR * end for end in (topic.recurrence_low, topic.recurrence_high))
        ax.plot([low, high], [y + 7.5] * 2, color=INK, linewidth=1.1)
        ax.plot([LEFT + BAR * topic.recurrence] * 2, [y + 5, y + 10], color=INK, linewidth=1.6)
        text(ax, WIDTH, y, percent(topic.recurrence), ha="right")
    for share, side in ((0, "left"), (0.5, "center"), (1, "right")):
        text(ax, LEFT + BAR * share, floor + 12, percent(share), ha=side, muted=True)
    return ax


def strip(ax: Any, runs: pd.DataFrame, y: float) -> None:
    """Draw the runs that brought a topic back, those with most terms in common first."""
    start = 0.0
    back = runs.loc[runs["back"], "words_in_common"].value_counts().sort_index(ascending=False)
    for words, n in back.items():
        wide = BAR * n / len(runs)
        ax.barh([y], [wide], height=11, left=LEFT + start, color=shade(int(words)), linewidth=0)
        start += wide


def legend(ax: Any) -> None:
    """Say what shade and line mean."""
    text(ax, 0, 9, "Words of ten in common:")
    x = 142.0
    for words in (4, 6, 8, 10):
        ax.barh([9], [14], height=11, left=x, color=shade(words), linewidth=0)
        text(ax, x + 18, 9, str(words))
        x += 42
    ax.plot([0, 14], [28, 28], color=INK, linewidth=1.1)
    ax.plot([7, 7], [25.5, 30.5], color=INK, linewidth=1.6)
    text(ax, 20, 28, "share of runs with four or more, with its interval")


def describe(tables: Any) -> str:
    """Say how often each topic came back, and how much of it, steadiest first."""
    if tables.topics.empty:
        return "No topic to draw."
    rows = tables.topics.sort_values("recurrence", ascending=False, kind="stable")
    said = []
    for row in rows.itertuples():
        words = tables.runs.loc[tables.runs["topic"] == row.topic, "words_in_common"]
        said.append(
            f"{row.label} {percent(row.recurrence)} ({percent(row.recurrence_low)} to {percent(row.recurrence_high)}), "
            f"{number(words.median())} words in common in the middle run, {words.min()} to {words.max()} in all"
        )
    n_runs, level = tables.languages[["n_runs", "level"]].iloc[0]
    return (
        f"Share of {n_runs:.0f} runs on resampled documents that bring each topic back with {FEWEST} or more of its ten "
        f"words, with {level * 100:g}% interval, steadiest first: {'; '.join(said)}."
    )


def table(tables: Any) -> pd.DataFrame:
    """Return one row a topic: recurrence, and in how many runs so many words came back."""
    counts = pd.crosstab(tables.runs["topic"], tables.runs["words_in_common"]).reindex(
        columns=range(ALL + 1), fill_value=0
    )
    counts = counts.add_prefix("runs_with_").reset_index()
    kept = ["topic", "label", "recurrence", "recurrence_low", "recurrence_high", "words_in_common"]
    return pd.DataFrame(tables.topics[kept].merge(counts, on="topic", how="left"))
