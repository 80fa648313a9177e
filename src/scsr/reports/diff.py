"""Compare two runs of a report: which numbers moved, and what was different in their making."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scsr.errors import ScsrError
from scsr.reports.display import number

__all__ = ["Difference", "Moved", "compare", "compare_paths", "read", "text"]


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
        Every input that changed: data, parameters, program.
    cause : str
        The one cause, where exactly one thing changed and numbers moved; empty otherwise.
    moved : tuple of Moved
    same : int
        How many estimates are equal in both.
    answers : tuple of (str, str)
        The old and the new answer, where they differ.
    """

    report: str
    causes: tuple[str, ...]
    cause: str
    moved: tuple[Moved, ...]
    same: int
    answers: tuple[str, str] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return asdict(self)


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
    return [compare(olds[key], news[key]) for key in shared]


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
    return Difference(f"{new['report']}/{new['variant']}", causes, cause, tuple(moved), same, answers)


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
            found.append(f"{name}: other contents")
    for name in sorted({*old["versions"], *new["versions"]}):
        was, now = old["versions"].get(name), new["versions"].get(name)
        if was != now:
            found.append(f"version of {name}: {was} to {now}")
    if old["synthetic"] != new["synthetic"]:
        found.append("synthetic data in one, real data in the other")
    return found


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
    if difference.answers:
        lines += [
            f"  answer was: {difference.answers[0] or '(none)'}",
            f"  answer is:  {difference.answers[1] or '(none)'}",
        ]
    for one in difference.moved:
        group = f" ({', '.join(one.by.values())})" if one.by else ""
        mark = "" if one.beyond is None else "; beyond either interval" if one.beyond else "; within an interval"
        lines.append(f"  {one.name}{group} {one.what}: {said(one.old)} to {said(one.new)}{mark}")
    lines.append(f"  {difference.same:,} estimates are the same, {len(difference.moved):,} are not")
    if difference.cause:
        lines.append(f"  because of the one thing that changed: {difference.cause}")
    elif len(difference.causes) > 1 and difference.moved:
        lines.append("  several things changed, so none of them can be named as the cause")
    return "\n".join(lines)


def said(facts: Mapping[str, Any] | None) -> str:
    """Say one side."""
    if facts is None:
        return "nothing"
    if facts["status"] != "ok":
        return f"not estimable ({facts['reason']})"
    return (
        f"{number(facts['estimate'])} [{number(facts['ci_low'])}, {number(facts['ci_high'])}] {facts['unit']}".strip()
    )
