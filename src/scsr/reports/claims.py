"""Claims held against results: what the literature and the corpora say, and what these data say about it.

The claims stand in ``data/config/claims.toml``, which its reader may extend::

    [[claim]]
    name = "negative_larger"
    statement = "Negative word of mouth spreads further than positive."
    source = "Who said it, and where; or: the corpus says"
    report = "wom_spread"              # whose results speak to it
    result = "valence_size_ratio"      # the name of an estimate there
    more_than = 1                      # what the claim says of it: more_than, less_than or between = [low, high]

A number to be held against may itself be a result: ``more_than = { result = "…", by = { … } }``. Optional are
``variant`` (default ``all``), ``by`` (the group of the estimate), ``parameters`` (that the report must have been made
with), ``because`` (why the result speaks to the claim) and ``only_refutes = true``, where the claim could be wrong
although the number is as it says.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scsr.errors import ScsrError
from scsr.reports import display
from scsr.reports.freshness import results_of
from scsr.reports.parameters import nearest

__all__ = ["VERDICTS", "Claim", "Verdict", "find", "judge", "read"]

FILE = Path("config") / "claims.toml"
VERDICTS = ("supports", "contradicts", "cannot tell", "no result")
SIDES = ("more_than", "less_than", "between")
KEYS = (
    "name", "statement", "source", "report", "result", "variant", "by", "parameters", "because", "only_refutes", *SIDES,
)  # fmt: skip
WORDS = ("name", "statement", "source", "report", "result")


@dataclass(frozen=True)
class Claim:
    """What somebody claims, and which result speaks to it.

    Parameters
    ----------
    name, statement, source : str
    report, variant, result : str
        Where the estimate is, and its name.
    side : {"more_than", "less_than", "between"}
        What the claim says of the number.
    value : float, tuple of float or mapping
        The number, the two ends, or the ``result`` and ``by`` of another estimate of the same report.
    by : mapping of str to str
        Group of the estimate.
    parameters : mapping
        What the report must have been made with.
    because : str
        Why the result speaks to the claim.
    only_refutes : bool
        Whether the number can speak against the claim only.
    """

    name: str
    statement: str
    source: str
    report: str
    result: str
    side: str
    value: Any
    variant: str = "all"
    by: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    because: str = ""
    only_refutes: bool = False


@dataclass(frozen=True)
class Verdict:
    """What these data say about a claim.

    Parameters
    ----------
    claim : Claim
    verdict : {"supports", "contradicts", "cannot tell", "no result"}
    words : str
        Why, with the estimate, its interval and its n.
    report : str
        Folder of the report that it rests on; empty where there is none.
    unit : str
        Unit of the estimate.
    """

    claim: Claim
    verdict: str
    words: str
    report: str = ""
    unit: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return plain data for the status file and the index."""
        one = self.claim
        return {
            "name": one.name, "statement": one.statement, "source": one.source, "because": one.because,
            "claimed": claimed(one, self.unit), "verdict": self.verdict, "words": self.words, "report": self.report,
        }  # fmt: skip


def find(data: Path, root: Path) -> Path:
    """Return the file of the claims: ``config/claims.toml`` beside the tables, else that of the project."""
    beside = data.resolve().parent / FILE
    return beside if beside.is_file() else root / "data" / FILE


def read(path: Path) -> tuple[Claim, ...]:
    """Read the claims.

    Parameters
    ----------
    path : Path
        ``claims.toml``; where there is none there are no claims.

    Returns
    -------
    tuple of Claim

    Raises
    ------
    ScsrError
        Naming file, entry, value and remedy.
    """
    if not path.is_file():
        return ()
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ScsrError(f"{path}: {error}") from None
    for key in data:
        if key != "claim":
            raise ScsrError(f"{path.name}: no key {key!r}; write each claim under [[claim]]")
    claims = tuple(build(one, n, path.name) for n, one in enumerate(data.get("claim", []), 1))
    names = [one.name for one in claims]
    for name in names:
        if names.count(name) > 1:
            raise ScsrError(f"{path.name}: claim {name!r} stands twice; give each a name of its own")
    return claims


def build(data: Mapping[str, Any], n: int, file: str) -> Claim:
    """Make a claim of its entry."""
    where = f"{file}, claim {data.get('name', f'number {n}')!r}"
    for key in data:
        if key not in KEYS:
            raise ScsrError(f"{where}: no key {key!r}; {nearest(key, list(KEYS))}")
    for key in WORDS:
        if not isinstance(data.get(key), str) or not data[key].strip():
            raise ScsrError(f"{where}: {key} is {data.get(key)!r}; give it in words")
    for key, kind, remedy in (
        ("by", dict, 'write by = { company = "…" }'),
        ("parameters", dict, "write parameters = { name = value }"),
        ("variant", str, "give the folder of the variant, such as country=SE"),
        ("because", str, "give it in words"),
        ("only_refutes", bool, "write true or false"),
    ):
        if not isinstance(data.get(key, kind()), kind):
            raise ScsrError(f"{where}: {key} is {data[key]!r}; {remedy}")
    sides = [key for key in SIDES if key in data]
    if len(sides) != 1:
        raise ScsrError(f"{where}: gives {' and '.join(sides) or 'no number'}; give one of {', '.join(SIDES)}")
    rest = {key: data[key] for key in ("variant", "parameters", "because", "only_refutes") if key in data}
    by = {str(key): str(value) for key, value in data.get("by", {}).items()}
    value = checked_value(sides[0], data[sides[0]], where)
    given = {key: data[key] for key in WORDS}
    return Claim(**given, side=sides[0], value=value, by=by, **rest)


def checked_value(side: str, value: Any, where: str) -> Any:
    """Refuse what is no number, no pair of numbers in order, and no other result."""
    if side == "between":
        if not (isinstance(value, list) and len(value) == 2 and all(map(is_number, value)) and value[0] <= value[1]):
            raise ScsrError(f"{where}: between is {value!r}; write [low, high], the lower number first")
        return (float(value[0]), float(value[1]))
    if isinstance(value, dict):
        if not isinstance(value.get("result"), str) or set(value) - {"result", "by"}:
            raise ScsrError(f'{where}: {side} is {value!r}; write {{ result = "name", by = {{ … }} }}')
        return {"result": value["result"], "by": {str(k): str(v) for k, v in value.get("by", {}).items()}}
    if not is_number(value):
        raise ScsrError(f"{where}: {side} is {value!r}; give a number, or the result that it is held against")
    return float(value)


def is_number(value: Any) -> bool:
    """Whether a value is a finite number."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def claimed(claim: Claim, unit: str = "") -> str:
    """Say what a claim says of its number, shares in per cent.

    Examples
    --------
    >>> claimed(Claim("n", "s", "s", "r", "x", "between", (8.0, 10.0))), claimed(Claim("n", "s", "s", "r", "x", "more_than", 1.0))
    ('between 8 and 10', 'more than 1')
    """
    write = display.percent if unit == "share" else display.number
    if claim.side == "between":
        return f"between {write(claim.value[0])} and {write(claim.value[1])}"
    side = claim.side.replace("_", " ")
    if isinstance(claim.value, Mapping):
        group = ", ".join(claim.value["by"].values())
        if claim.value["result"] == claim.result and group:
            return f"{side} that of {group}"
        return f"{side} {claim.value['result'].replace('_', ' ')}{f' of {group}' if group else ''}"
    return f"{side} {write(claim.value)}"


def judge(claims: Iterable[Claim], out: Path) -> list[Verdict]:
    """Hold claims against the results that were published.

    Parameters
    ----------
    claims : iterable of Claim
    out : Path
        Folder of the reports.

    Returns
    -------
    list of Verdict
    """
    found: dict[str, dict[str, Any] | None] = {}
    made = []
    for claim in claims:
        folder = f"{claim.report}/{claim.variant}"
        if folder not in found:
            found[folder] = results_of(out / folder)
        made.append(judge_one(claim, found[folder], folder))
    return made


def judge_one(claim: Claim, results: Mapping[str, Any] | None, folder: str) -> Verdict:
    """Hold one claim against the results of its report."""
    if results is None:
        return Verdict(claim, "no result", f"there is no report {folder}")
    for name, value in claim.parameters.items():
        made_with = results["parameters"].get(name)
        if made_with != value:
            words = f"the report was made with {name} = {made_with!r}, the claim is about {value!r}"
            return Verdict(claim, "no result", words, folder)
    found = []
    for name, by in wanted(claim):
        one = next((one for one in results["estimates"] if one["name"] == name and one["by"] == dict(by)), None)
        if one is None:
            of = f" for {', '.join(by.values())}" if by else ""
            return Verdict(claim, "no result", f"the report records no {name}{of}", folder)
        if one["status"] != "ok":
            return Verdict(claim, "cannot tell", f"{display.subject(one)}: {one['reason']}", folder)
        found.append(one)
    if found[0]["unit"] == "share" and not within_shares(claim.value):
        words = f"the report gives a share from 0 to 1, the claim {claim.value!r}; write 0.95 for 95%"
        return Verdict(claim, "no result", words, folder)
    verdict = compared(claim, *map(ends, found))
    words = "; ".join(map(said, found))
    if claim.only_refutes and verdict == "supports":
        verdict = "cannot tell"
        words += "; the number could be so, which does not make the claim true"
    if results.get("synthetic"):
        would = {"supports": "support", "contradicts": "contradict"}.get(verdict)
        words += f". The data are made up; they would {would} it" if would else ". The data are made up"
        verdict = "cannot tell"
    return Verdict(claim, verdict, words, folder, found[0]["unit"])


def within_shares(value: Any) -> bool:
    """Whether what is claimed can be a share, or a difference of shares.

    Examples
    --------
    >>> within_shares(0.95), within_shares(95.0), within_shares((0.08, 12.0))
    (True, False, False)
    """
    numbers = value if isinstance(value, tuple) else () if isinstance(value, Mapping) else (value,)
    return all(abs(number) <= 1 for number in numbers)


def wanted(claim: Claim) -> list[tuple[str, Mapping[str, str]]]:
    """Return name and group of the estimates that a claim is about."""
    other = [(claim.value["result"], claim.value["by"])] if isinstance(claim.value, Mapping) else []
    return [(claim.result, claim.by), *other]


def ends(estimate: Mapping[str, Any]) -> tuple[float, float]:
    """Return the interval of an estimate."""
    return float(estimate["ci_low"]), float(estimate["ci_high"])


def compared(claim: Claim, interval: tuple[float, float], other: tuple[float, float] | None = None) -> str:
    """Say on which side of what is claimed the whole interval lies.

    Examples
    --------
    >>> one = Claim("n", "s", "s", "r", "x", "more_than", 1.0)
    >>> [compared(one, interval) for interval in ((1.2, 1.9), (0.4, 0.9), (0.9, 1.1))]
    ['supports', 'contradicts', 'cannot tell']
    """
    low, high = interval
    if claim.side == "between":
        under, over = claim.value
        within, outside = under <= low and high <= over, high < under or low > over
    else:
        under, over = other or (claim.value, claim.value)
        above, below = low > over, high < under
        within, outside = (above, below) if claim.side == "more_than" else (below, above)
    return "supports" if within else "contradicts" if outside else "cannot tell"


def said(estimate: Mapping[str, Any]) -> str:
    """Say an estimate with its interval and n."""
    level = f"{estimate['level'] * 100:g}%"
    return (
        f"{display.subject(estimate)}: {display.quantity(estimate)} ({level} interval {display.interval(estimate)}; "
        f"n = {display.number(estimate['n'])})"
    )
