"""Results as figures: result and axes in, axes out; each with a description in words and the table behind it.

Every kind of figure is a module with three functions on the same result: ``draw(result, ax)``, ``describe(result)``
and ``table(result)``, and where whole numbers of the table count no people, the ``PEOPLE`` that its columns count.
:func:`figure` puts them together.

Examples
--------
>>> import pandas as pd
>>> one = figure("bars", pd.Series({"sv": 40, "is": 10}, name="utterances"), name="languages", title="Languages")
>>> one.description
'Bar chart of utterances: sv 40 (80%), is 10 (20%); 50 in all.'
>>> one.svg.startswith("<svg")
True
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pandas as pd

__all__ = ["KINDS", "Figure", "figure"]

#: Kinds of figures, each a module beside this one.
KINDS = (
    "bars", "curves", "funnel", "intervals", "months", "ratio", "scenario", "tail", "topic_map", "topic_periods",
    "topic_stability", "topic_terms",
)  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """A figure that a report can publish.

    Parameters
    ----------
    name : str
        Identifier, unique in the report.
    title : str
        What the figure shows.
    description : str
        What a reader who cannot see it must know, made from the data.
    table : DataFrame
        The numbers that are drawn.
    svg : str
        The drawing, without size, time or random identifiers; the same data give the same text.
    lang : str
        Language of the words in the drawing, and of the columns ``term`` and ``terms`` of the table; empty for English.
    people : tuple of str, optional
        Columns of the table that count people; by default all of whole numbers, ``()`` for none.
    """

    name: str
    title: str
    description: str
    table: pd.DataFrame
    svg: str
    lang: str = ""
    people: tuple[str, ...] | None = None


def figure(
    kind: str, result: Any, *, name: str, title: str, height: float | None = None, lang: str = "", **options: Any
) -> Figure:
    """Draw a result.

    Parameters
    ----------
    kind : str
        One of :data:`KINDS`.
    result : object
        What that kind draws; see its module.
    name, title : str
        Identifier and heading of the figure.
    height : float, optional
        Height in inches; by default what the kind asks for.
    lang : str
        Language of the words that are drawn, where it is not English.
    **options
        Passed on to the kind's ``draw`` (such as ``xlabel``).

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If there is no such kind.
    """
    if kind not in KINDS:
        raise ValueError(f"no figure of kind {kind!r}; choose one of {', '.join(KINDS)}")
    module = import_module(f"scsr.figures.{kind}")
    from scsr.figures import theme

    with theme.axes(height or getattr(module, "height", lambda _: 3.2)(result)) as ax:
        drawing = ax.figure
        module.draw(result, ax, **options)
        svg = theme.to_svg(drawing, name)
    people = getattr(module, "PEOPLE", None)
    return Figure(name, title, module.describe(result), module.table(result), svg, lang, people)
