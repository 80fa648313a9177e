"""How results look when they end a cell: their estimates with intervals, their tables, what else they hold.

IPython asks :func:`html` and :func:`text` for the results named in :data:`RESULTS`; ``import scsr`` in a notebook tells it
to. The same small people are withheld as in a report, since notebooks are passed on as well.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import fields
from html import escape
from typing import Any

from scsr.numbers import number

__all__ = ["RESULTS", "html", "register", "text"]

#: What is shown so: modules of the package, and their classes.
RESULTS = {
    "analysis.complaints.changes": ("RateChanges",),
    "analysis.complaints.counts": ("CountTable",),
    "analysis.complaints.ranking": ("Funnel", "Shrunken"),
    "analysis.complaints.rates": ("Rates",),
    "analysis.complaints.regression": ("RateModel",),
    "analysis.complaints.silent": ("Silence",),
    "analysis.complaints.trend": ("RateTrend",),
    "analysis.estimates": ("Estimate",),
    "analysis.labels.found": ("TextComplaints",),
    "analysis.labels.watch": ("WatchResult",),
    "analysis.loyalty.common": ("Waits",),
    "analysis.loyalty.compare": ("GroupComparison",),
    "analysis.loyalty.competing": ("CompetingEnds",),
    "analysis.loyalty.episodes": ("Link",),
    "analysis.loyalty.hazard": ("LoyaltyModel",),
    "analysis.loyalty.load": ("LoadEffect",),
    "analysis.loyalty.recovery": ("RecoveryComparison",),
    "analysis.loyalty.response": ("ResponseTimes",),
    "analysis.loyalty.scores": ("ScoreModel",),
    "analysis.loyalty.sensitivity": ("Sensitivity",),
    "analysis.loyalty.shares": ("ResponseShares",),
    "analysis.loyalty.speed": ("SpeedCurve",),
    "analysis.loyalty.surge": ("Surges",),
    "analysis.simulate": ("Simulated",),
    "analysis.topics.choose": ("TopicSearch",),
    "analysis.topics.corpora": ("LanguageTopics",),
    "analysis.topics.tables": ("TopicTables",),
    "analysis.wom.answer": ("AnswerEffect",),
    "analysis.wom.bass": ("BassFit",),
    "analysis.wom.final_size": ("FinalSize",),
    "analysis.wom.hawkes": ("HawkesFit",),
    "analysis.wom.scenario": ("Scenario",),
    "analysis.wom.summary": ("Valence",),
    "analysis.wom.tails": ("TailFit",),
    "figures": ("Figure",),
    "reports.explorer": ("Explorer",),
    "reports.results": ("Answer", "Table"),
}
ROWS = 10


def register(shell: Any) -> None:
    """Tell IPython how results are shown.

    Parameters
    ----------
    shell : IPython.InteractiveShell
    """
    ways: dict[str, Callable[..., Any]] = {"text/html": html, "text/plain": plain}
    for mime, way in ways.items():
        formatter = shell.display_formatter.formatters[mime]
        for module, names in RESULTS.items():
            for name in names:
                formatter.for_type_by_name(f"scsr.{module}", name, way)


def plain(result: Any, printer: Any, _: bool) -> None:
    """Print a result as IPython's printer asks for it."""
    printer.text(text(result))


def html(result: Any) -> str:
    """Write a result as HTML.

    Parameters
    ----------
    result : Estimate, Figure, Table, Answer, Explorer or a result of an analysis

    Returns
    -------
    str
        A sentence for an estimate; for a result of an analysis its estimates, then its tables, their first rows.

    Examples
    --------
    >>> from scsr.analysis.estimates import Estimate
    >>> html(Estimate("kept", "share kept", "share", .5, .4, .6, 100, "Wilson"))
    '<p title="Wilson">share kept: 50% (95% interval 40% to 60%; n = 100)</p>'
    """
    from scsr.reports import display, results, sections

    kind = type(result).__name__
    if kind == "Estimate":
        return f'<p title="{escape(result.method)}">{escape(sentence(result))}</p>'
    if kind in ("Figure", "Table", "Answer"):
        return display.payload_html(results.payload(result, False))
    if kind == "Explorer":
        return sections.explorer_html(results.payload(result, False), folded=True)
    parts = [f"<p><strong>{escape(kind)}</strong>: {escape(about(result))}</p>"]
    estimates = estimates_of(result)
    if estimates:
        parts.append(display.payload_html(results.payload(estimates, False)))
    said = facts(result)
    if said:
        parts.append(f"<p>{escape('; '.join(said))}</p>")
    for name, table in tables_of(result).items():
        body = display.table_html(results.table_data(table.head(ROWS)))
        state = "" if estimates else " open"
        parts.append(f"<details{state}><summary>{escape(name)}: {shape(table)}</summary>{body}</details>")
    return "".join(parts)


def text(result: Any) -> str:
    """Write a result as plain text.

    Examples
    --------
    >>> from scsr.analysis.estimates import not_estimable
    >>> text(not_estimable("rate", "complaints per customer", "", "no exposure was given"))
    'complaints per customer: not estimable, because no exposure was given'
    """
    from scsr.reports import display, results, sections

    kind = type(result).__name__
    if kind == "Estimate":
        return sentence(result)
    if kind in ("Figure", "Table", "Answer"):
        return display.payload_text(results.payload(result, False))
    if kind == "Explorer":
        return sections.explorer_text(results.payload(result, False))
    lines = [f"{kind}: {about(result)}", *(f"  {sentence(one)}" for one in estimates_of(result)), *facts(result)]
    return "\n".join([*lines, *(f"{name}: {shape(table)}" for name, table in tables_of(result).items())])


def sentence(estimate: Any) -> str:
    """Say an estimate with its interval; a number on too few people is withheld."""
    from scsr.reports.display import subject
    from scsr.reports.results import estimate_data

    data = estimate_data(estimate, False)
    return estimate.sentence() if data["status"] == estimate.status else f"{subject(data)}: {data['reason']}"


def about(result: Any) -> str:
    """Say what a result is: the first sentence of its description."""
    return (inspect.getdoc(type(result)) or "").split("\n\n")[0].replace("\n", " ").rstrip(".") + "."


def estimates_of(result: Any) -> list[Any]:
    """Return the estimates that a result holds, each once."""
    found = []
    for one in held(result).values():
        several = one if isinstance(one, (list, tuple)) else [one]
        found += [each for each in several if type(each).__name__ == "Estimate"]
    return list(dict.fromkeys(found))


def tables_of(result: Any) -> dict[str, Any]:
    """Return the tables that a result holds, by name."""
    return {name: one for name, one in held(result).items() if type(one).__name__ == "DataFrame"}


def facts(result: Any) -> list[str]:
    """Say numbers and words that a result holds beside."""
    return [
        f"{name.replace('_', ' ')} {number(one)}"
        for name, one in held(result).items()
        if isinstance(one, (bool, int, float, str)) and one != ""
    ]


def held(result: Any) -> dict[str, Any]:
    """Return what a result holds, by name."""
    return {one.name: getattr(result, one.name) for one in fields(result) if not one.name.startswith("_")}


def shape(table: Any) -> str:
    """Say how long a table is, and how much of it is shown."""
    return f"{len(table):,} rows" + (f", the first {ROWS} shown" if len(table) > ROWS else "")
