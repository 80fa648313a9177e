"""Compare two runs of a report: which numbers moved, and what was different in their making.

A cause is named only where exactly one input changed. The previous results of each report are kept, so that the index
can say what moved since the last run, and ``scsr diff`` can say it in full.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scsr.errors import ScsrError
from scsr.reports.display import heading, interval, number, quantity

__all__ = ["Difference", "Moved", "compare", "compare_paths", "read", "summary", "text"]


@dataclass(frozen=True)
class Moved:
    """An estimate that is not the same in both runs.

    Parameters
    ----------
    name : str
    by : dict
        Its group.
    what : {"moved", "appeared", "disappeared"}
    old, new : dict or None
        ``estimate, ci_low, ci_high, n, unit, status, reason, method`` in each run.
    change : float or None
        New less old, where both have a number in the same unit.
    beyond : bool or None
        Whether neither interval holds the other's number: more than the uncertainty of either run.
    """

    name: str
    by: Mapping[str, str]
    what: str
    old: Mapping[str, Any] | None
    new: Mapping[str, Any] | None
    change: float | None = None
    beyond: bool | None = None


@dataclass(frozen=True)
class Difference:
    """What two runs do not share.

    Parameters
    ----------
    report : str
    causes : tuple of str
        Every input that changed: tables, parameters (the seed is one), notebook, program, versions.
    cause : str
        The one cause, where exactly one thing changed and numbers moved; empty otherwise.
    moved : tuple of Moved
    same : int
        How many estimates are equal in both.
    answers : tuple of (str, str)
        The old and the new answer, where they differ.
    methods : tuple of str
        Estimates whose method is another; it follows from an input, so it is no cause of its own.
    tables : tuple of str
        Tables and data of figures that are not the same.
    """

    report: str
    causes: tuple[str, ...]
    cause: str
    moved: tuple[Moved, ...]
    same: int
    answers: tuple[str, str] | None = None
    methods: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()

    @property
    def n_beyond(self) -> int:
        """How many numbers moved by more than the uncertainty of either run."""
        return sum(bool(one.beyond) for one in self.moved)

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return asdict(self)


#: The table that repeats what a report was made from.
PROVENANCE = "provenance"
FACTS = ("estimate", "ci_low", "ci_high", "n", "unit", "status", "reason", "method")


def read(path: Path) -> dict[str, dict[str, Any]]:
    """Read the results at a path: a ``results.json``, the folder of a report, or a folder of reports.

    Returns
    -------
    dict
        Contents of ``results.json`` by ``report/variant``.

    Raises
    ------
    ScsrError
        If there are none.
    """
    if path.is_dir():
        single = path / "results.json"
        files = (
            [single]
            if single.is_file()
            else sorted(path.glob("*/results.json")) + sorted(path.glob("*/*/results.json"))
        )
    else:
        files = [path]
    found = {}
    for file in files:
        try:
            data = json.loads(file.read_text("utf-8"))
            found[f"{data['report']}/{data['variant']}"] = data
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ScsrError(f"{file}: no results that can be read ({type(error).__name__})") from None
    if not found:
        raise ScsrError(f"no results.json in {path}; give one, or the folder of a report")
    return found


def compare_paths(old: Path, new: Path) -> list[Difference]:
    """Compare the results at two paths; two single reports are compared whatever their names.

    Parameters
    ----------
    old, new : Path
        Each a ``results.json``, the folder of a report, or a folder of reports.

    Returns
    -------
    list of Difference
        Of each report in both, then of those in one alone, which have no numbers to compare.

    Raises
    ------
    ScsrError
        If nothing in one is in the other.
    """
    olds, news = read(old), read(new)
    if len(olds) == 1 and len(news) == 1:
        return [compare(*olds.values(), *news.values())]
    shared = [key for key in olds if key in news]
    if not shared:
        raise ScsrError(f"no report is in both {old} and {new}")
    alone = [(key, f"only in {old}") for key in olds if key not in news]
    alone += [(key, f"only in {new}") for key in news if key not in olds]
    return [compare(olds[key], news[key]) for key in shared] + [
        Difference(key, (why,), "", (), 0) for key, why in alone
    ]


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> Difference:
    """Compare the contents of two ``results.json``.

    Parameters
    ----------
    old, new : mapping

    Returns
    -------
    Difference

    Examples
    --------
    >>> base = {"report": "r", "variant": "all", "answer": "", "inputs": {}, "made_from": {}, "versions": {},
    ...         "parameters": {"year": 2011}, "synthetic": False}
    >>> one = {"name": "rate", "by": {}, "estimate": 2.0, "ci_low": 1.5, "ci_high": 2.5, "n": 50, "unit": "share",
    ...        "status": "ok", "reason": "", "method": "Wilson"}
    >>> found = compare(base | {"estimates": [one]},
    ...                 base | {"estimates": [one | {"estimate": 3.0, "ci_low": 2.6, "ci_high": 3.4}],
    ...                         "parameters": {"year": 2012}})
    >>> found.cause, found.moved[0].change, found.moved[0].beyond
    ('parameter year: 2011 to 2012', 1.0, True)
    """
    causes = tuple(causes_of(old, new))
    before, after = by_key(old), by_key(new)
    moved, same = [], 0
    for key in [*before, *(key for key in after if key not in before)]:
        one = moved_of(before.get(key), after.get(key))
        if one is None:
            same += 1
        else:
            moved.append(one)
    answers = (old["answer"], new["answer"]) if old["answer"] != new["answer"] else None
    cause = causes[0] if len(causes) == 1 and moved else ""
    return Difference(
        f"{new['report']}/{new['variant']}", causes, cause, tuple(moved), same, answers,
        tuple(methods_of(moved)), tuple(tables_of(old, new)),
    )  # fmt: skip


def methods_of(moved: Sequence[Moved]) -> list[str]:
    """List estimates that were had by another method, each change said once."""
    found: dict[str, None] = {}
    for one in moved:
        if one.old and one.new and one.old["method"] != one.new["method"]:
            found[f"{one.name}: {one.old['method'] or 'none'} to {one.new['method'] or 'none'}"] = None
    return list(found)


def tables_of(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """List tables and figures whose data are not the same, or that are in one alone."""

    def rows(results: Mapping[str, Any]) -> dict[str, Any]:
        both = [*results.get("tables", []), *results.get("figures", [])]
        return {one["name"]: one.get("table", one)["rows"] for one in both if one["name"] != PROVENANCE}

    before, after = rows(old), rows(new)
    return [name for name in dict.fromkeys([*before, *after]) if before.get(name) != after.get(name)]


def by_key(results: Mapping[str, Any]) -> dict[tuple[Any, ...], Mapping[str, Any]]:
    """Return estimates by name and group."""
    return {(one["name"], *sorted(one["by"].items())): one for one in results["estimates"]}


def causes_of(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """List every input that changed."""
    found = []
    for name in sorted({*old["inputs"], *new["inputs"]}):
        was, now = old["inputs"].get(name), new["inputs"].get(name)
        if was != now:
            rows = [f"{one['n_rows']:,} rows" if one else "no input" for one in (was, now)]
            found.append(
                f"table {name}: {rows[0]} to {rows[1]}" if rows[0] != rows[1] else f"table {name}: other contents"
            )
    for name in sorted({*old["parameters"], *new["parameters"]}):
        was, now = old["parameters"].get(name), new["parameters"].get(name)
        if was != now:
            found.append(f"parameter {name}: {was!r} to {now!r}")
    for name in sorted({*old["made_from"], *new["made_from"]}):
        if old["made_from"].get(name) != new["made_from"].get(name):
            found.append(made_otherwise(name, old["made_from"].get(name), new["made_from"].get(name)))
    for name in sorted({*old["versions"], *new["versions"]}):
        was, now = old["versions"].get(name), new["versions"].get(name)
        if was != now:
            found.append(f"version of {name}: {was} to {now}")
    if old["synthetic"] != new["synthetic"]:
        found.append("synthetic data in one, real data in the other")
    return found


def made_otherwise(name: str, was: str | None, now: str | None) -> str:
    """Say that another input changed: its value if it is a number; a hash tells nobody anything."""
    what = {"package": "program", "lock": "lock of the dependencies"}.get(name, name)
    if was is None or now is None:
        return f"{what}: {'newly there' if was is None else 'no longer there'}"
    return f"{what}: {was} to {now}" if was.isdecimal() and now.isdecimal() else f"{what}: other contents"


def moved_of(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> Moved | None:
    """Compare one estimate; None where it is the same."""
    was, now = ({key: one[key] for key in FACTS} if one else None for one in (old, new))
    if was == now:
        return None
    some = new or old
    assert some is not None
    if old is None or new is None:
        return Moved(some["name"], some["by"], "appeared" if old is None else "disappeared", was, now)
    if old["status"] != "ok" or new["status"] != "ok" or old["unit"] != new["unit"]:
        return Moved(some["name"], some["by"], "moved", was, now)
    apart = not (holds(old, new["estimate"]) or holds(new, old["estimate"]))
    return Moved(some["name"], some["by"], "moved", was, now, new["estimate"] - old["estimate"], apart)


def holds(estimate: Mapping[str, Any], value: float) -> bool:
    """Whether the interval of an estimate holds a value."""
    return float(estimate["ci_low"]) <= value <= float(estimate["ci_high"])


def text(difference: Difference) -> str:
    """Say a difference in words.

    Parameters
    ----------
    difference : Difference

    Returns
    -------
    str
    """
    lines = [difference.report]
    lines += [f"  changed: {cause}" for cause in difference.causes] or ["  nothing changed in what it was made from"]
    lines += [f"  method of {change}" for change in difference.methods]
    if difference.answers:
        lines += [
            f"  answer was: {difference.answers[0] or '(none)'}",
            f"  answer is:  {difference.answers[1] or '(none)'}",
        ]
    for one in difference.moved:
        group = group_of(one)
        mark = "" if one.beyond is None else "; beyond either interval" if one.beyond else "; within an interval"
        lines.append(f"  {one.name}{group} {one.what}: {said(one.old)} to {said(one.new)}{mark}")
    if difference.tables:
        lines.append(f"  other data in the tables and figures {', '.join(difference.tables)}")
    lines.append(f"  {difference.same:,} estimates are the same, {len(difference.moved):,} are not")
    if difference.cause:
        lines.append(f"  because of the one thing that changed: {difference.cause}")
    elif len(difference.causes) > 1 and difference.moved:
        lines.append("  several things changed, so none of them can be named as the cause")
    return "\n".join(lines)


def group_of(one: Moved) -> str:
    """Name the group of an estimate in brackets."""
    return f" ({', '.join(one.by.values())})" if one.by else ""


def said(facts: Mapping[str, Any] | None) -> str:
    """Say one side."""
    if facts is None:
        return "nothing"
    if facts["status"] != "ok":
        return f"not estimable ({facts['reason']})"
    return (
        f"{number(facts['estimate'])} [{number(facts['ci_low'])}, {number(facts['ci_high'])}] {facts['unit']}".strip()
    )


def summary(old: Mapping[str, Any], new: Mapping[str, Any], most: int = 10) -> dict[str, Any]:
    """Say in plain data what moved from one run to the next, for the index and ``status.json``.

    Parameters
    ----------
    old, new : mapping
        Contents of two ``results.json`` of one report.
    most : int
        So many numbers are named, headlines first, then those beyond both intervals.

    Returns
    -------
    dict
        ``n_moved, n_beyond, n_same, cause, causes, methods, tables, answer`` (whether it is another) and ``moved``: a
        list of ``what``, ``was`` and ``is``.
    """
    found = compare(old, new)
    titles = {(one["name"], *sorted(one["by"].items())): heading(one) for one in [*old["estimates"], *new["estimates"]]}
    heads = {(one["name"], *sorted(one["by"].items())) for one in new.get("headline", [])}

    def key(one: Moved) -> tuple[Any, ...]:
        return (one.name, *sorted(one.by.items()))

    ordered = sorted(found.moved, key=lambda one: (key(one) not in heads, not one.beyond))
    return {
        "n_moved": len(found.moved), "n_beyond": found.n_beyond, "n_same": found.same, "cause": found.cause,
        "causes": list(found.causes), "methods": list(found.methods), "tables": list(found.tables),
        "answer": found.answers is not None,
        "moved": [
            {"what": titles[key(one)] + group_of(one), "was": side(one.old), "is": side(one.new), "beyond": one.beyond}
            for one in ordered[:most]
        ],
    }  # fmt: skip


def side(facts: Mapping[str, Any] | None) -> str:
    """Write one side for the index: number and interval, shares as percentages; the unit stands with the name."""
    if facts is None:
        return "–"
    if facts["status"] != "ok":
        return f"not estimable: {facts['reason']}"
    value = quantity(facts) if facts["unit"] == "share" else number(facts["estimate"])
    return f"{value} ({interval(facts)})"
