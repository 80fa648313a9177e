"""The state of all reports: ``status.json`` for programs, ``index.html`` for people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from scsr.errors import ScsrError
from scsr.reports import diff, freshness, parameters
from scsr.reports.claims import VERDICTS, Claim, judge
from scsr.reports.config import Config, Report, Variant, variants
from scsr.reports.languages import LANGUAGES, Message, say
from scsr.reports.publish import dumps, previous, read_status, write_text

__all__ = ["State", "expected", "expected_key", "now", "states", "write"]

STATUS_VERSION = 1


@dataclass(frozen=True)
class State:
    """State of one report.

    Parameters
    ----------
    report, variant, title : str
    state : {"fresh", "stale", "failed", "missing"}
        ``failed``: its run failed and there is no earlier good report; ``stale``: there is one, but it is not what
        a run would make now.
    reasons : tuple of str
        Why it is not fresh.
    rendered_at : str or None
        When the published report was made, UTC.
    seconds : float or None
        How long that took.
    failure : bool
        Whether its last run failed.
    listed : bool
        Whether ``reports.toml`` asks for it; else somebody made it with parameters of their own.
    """

    report: str
    variant: str
    title: str
    state: str
    reasons: tuple[str, ...] = ()
    rendered_at: str | None = None
    seconds: float | None = None
    failure: bool = False
    listed: bool = True


def now() -> str:
    """Return the time in UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def expected(variant: Variant, config: Config, data: Path) -> dict[str, Any]:
    """Return what the ``results.json`` of a fresh report says of its making."""
    report = variant.report
    return {
        "inputs": freshness.inputs(report.inputs, data),
        "parameters": dict(variant.parameters),
        "made_from": freshness.made_from(variant, config, data),
        "synthetic": freshness.synthetic(report.inputs, data),
    }


def expected_key(wanted: Mapping[str, Any]) -> str:
    """Return a hash of what a report is to be made from."""
    return sha256(json.dumps(wanted, sort_keys=True, ensure_ascii=False, default=str).encode("utf-8")).hexdigest()


def states(config: Config, data: Path, out: Path, timed: Mapping[str, Mapping[str, Any]] | None = None) -> list[State]:
    """Return the state of every report, as it is in this moment.

    Parameters
    ----------
    config : Config
    data, out : Path
        Processed tables; published reports.
    timed : mapping, optional
        ``rendered_at`` and ``seconds`` by folder, which only the last render knew; ``status.json`` by default.

    Returns
    -------
    list of State
    """
    known = read_status(out) if timed is None else timed
    found = []
    for report in config.reports:
        listed = variants(report)
        for variant in listed:
            found.append(state(variant, config, data, out, known))
        labels = {variant.label for variant in listed}
        for path in sorted((out / report.name).glob("*/results.json")):
            if path.parent.name not in labels:
                found.append(own_state(report, path.parent, config, data, out, known))
    return found


def state(
    variant: Variant, config: Config, data: Path, out: Path, known: Mapping[str, Mapping[str, Any]], listed: bool = True
) -> State:  # fmt: skip
    """Return the state of one report."""
    home = out / variant.folder
    wanted = expected(variant, config, data)
    published = freshness.results_of(home)
    wanted["title"] = variant.report.heading()
    why = freshness.reasons(published, wanted)
    failure = read_failure(home)
    if failure and published and not why and failure.get("key") != expected_key(expected(variant, config, data)):
        failure = None  # it failed on other data; these are the data of the good report
    if failure:
        why = [f"the last run failed: {failure['reason']}", *(one for one in why if one != "never rendered")]
    name = "missing" if published is None else "stale" if why else "fresh"
    if failure and published is None:
        name = "failed"
    row = known.get(variant.folder, {}) if published else {}
    return State(
        variant.report.name, variant.label, wanted["title"], name, tuple(why),
        row.get("rendered_at"), row.get("seconds"), bool(failure), listed,
    )  # fmt: skip


def own_state(
    report: Report, home: Path, config: Config, data: Path, out: Path, known: Mapping[str, Mapping[str, Any]]
) -> State:  # fmt: skip
    """Return the state of a report that somebody made with parameters of their own."""
    published = freshness.results_of(home)
    try:
        given = (published or {}).get("parameters", {})
        checked = parameters.check(report.declared(), given, report.name)
    except ScsrError as error:
        return State(report.name, home.name, report.heading(), "stale", (str(error),), listed=False)
    return state(Variant(report, home.name, given, checked), config, data, out, known, listed=False)


def read_failure(home: Path) -> dict[str, Any] | None:
    """Read why the last run of a report failed; None where it did not."""
    try:
        data = json.loads((home / "failed" / "failure.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return data if "reason" in data else None


def write(out: Path, rows: Sequence[State], claims: Sequence[Claim] = ()) -> None:
    """Write ``status.json`` and the index, each by one replacement.

    Parameters
    ----------
    out : Path
    rows : sequence of State
    claims : sequence of Claim
        What the index holds against the results.
    """
    written_at = now()
    judged = [one.as_dict() for one in judge(claims, out)]
    moved = {f"{row.report}/{row.variant}": movement(out, row) for row in rows}
    status = {
        "schema_version": STATUS_VERSION, "written_at": written_at, "reports": [asdict(row) for row in rows],
        "movement": {folder: one for folder, one in moved.items() if one is not None}, "claims": judged,
    }  # fmt: skip
    write_text(out / "index.html", page_of(out, rows, written_at, judged, moved))
    write_text(out / "status.json", dumps(status))


def movement(out: Path, row: State) -> dict[str, Any] | None:
    """Return what moved in a report since its last run; None where there was none that is known."""
    home = out / row.report / row.variant
    old, new = previous(home, out), freshness.results_of(home)
    if old is None or new is None or old.get("schema_version") != new["schema_version"]:
        return None
    return diff.summary(old, new)


def page_of(
    out: Path, rows: Sequence[State], written_at: str, claims: Sequence[Mapping[str, str]] = (),
    moved: Mapping[str, Mapping[str, Any] | None] | None = None,
) -> str:  # fmt: skip
    """Make the index."""
    import scsr
    from scsr.reports.page import fill

    grouped: dict[str, dict[str, Any]] = {}
    made_up = []
    for row in rows:
        entry = entry_of(out, row) | {"movement": (moved or {}).get(f"{row.report}/{row.variant}")}
        made_up.append(entry["synthetic"])
        grouped.setdefault(row.report, {"title": row.title, "variants": []})["variants"].append(entry)
    note = ""
    if any(made_up):
        note = "All reports below rest on made-up data." if all(made_up) else "Some reports below rest on made-up data."
    given = {"en"} | {code for report in grouped.values() for one in report["variants"] for code in one["answer_in"]}
    languages = {code: say(Message("language"), code) for code in LANGUAGES if code in given}
    return fill(
        "index.html.j2", languages=languages, title="Reports", reports=list(grouped.values()), synthetic=note,
        written_at=written_at, tally=tally(rows, claims),
        claims=[dict(one) | {"link": quoted(one["report"])} for one in claims], version=scsr.__version__,
    )  # fmt: skip


def tally(rows: Sequence[State], claims: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Say how many reports and claims there are of each kind."""

    def said(what: str, kinds: Sequence[str], order: Sequence[str]) -> str:
        parts = [f"{kinds.count(kind)} {kind}" for kind in order if kind in kinds]
        return f"{len(kinds)} {what}{'' if len(kinds) == 1 else 's'}" + (f": {', '.join(parts)}" if parts else "")

    return {
        "reports": said("report", [row.state for row in rows], ("fresh", "stale", "failed", "missing")),
        "claims": said("claim", [one["verdict"] for one in claims], VERDICTS),
    }


def quoted(folder: str) -> str:
    """Write the path of a report as a link."""
    from urllib.parse import quote

    return "/".join(map(quote, folder.split("/"))) if folder else ""


def entry_of(out: Path, row: State) -> dict[str, Any]:
    """Return what the index says of one report."""
    published = freshness.results_of(out / row.report / row.variant) or {}
    headline = {(one["name"], tuple(sorted(one["by"].items()))) for one in published.get("headline", [])}
    return asdict(row) | {
        "label": "all data" if row.variant == "all" else row.variant.replace(",", ", ").replace("=", " "),
        "link": quoted(f"{row.report}/{row.variant}"),
        "published": bool(published),
        "synthetic": bool(published.get("synthetic")),
        "answer": published["answer"].split("\n") if published.get("answer") else [],
        "answer_in": {code: text.split("\n") for code, text in published.get("answer_in", {}).items()},
        "headline": [
            one for one in published.get("estimates", [])
            if (one["name"], tuple(sorted(one["by"].items()))) in headline
        ],
    }  # fmt: skip
