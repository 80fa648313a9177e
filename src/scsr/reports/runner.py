"""Render what is not fresh: plan, run side by side, publish each report when it is whole, then the index."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scsr.errors import ParameterError, ScsrError
from scsr.reports import claims, index, parameters, pool
from scsr.reports.config import Config, Report, Variant, variants
from scsr.reports.index import State, expected, expected_key
from scsr.reports.publish import dumps, lock, put, read_claims, read_status

__all__ = ["Planned", "Summary", "overrides", "plan", "render", "status"]

Tell = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Planned:
    """A report to render and why; without reasons it is fresh and stays."""

    variant: Variant
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Summary:
    """How a render ended: folders of reports made, failed (with the reason) and left as they were."""

    made: tuple[str, ...]
    failed: Mapping[str, str]
    fresh: tuple[str, ...]


def overrides(reports: Sequence[Report], settings: Sequence[str], named: bool) -> dict[str, dict[str, Any]]:
    """Read ``NAME=VALUE`` settings for each report that has the parameter.

    Parameters
    ----------
    reports : sequence of Report
    settings : sequence of str
    named : bool
        Whether the user named the reports: then each must have each parameter.

    Returns
    -------
    dict
        Report to parameter to value; reports that have none of the parameters are left out.

    Raises
    ------
    ParameterError
        If a setting is no ``NAME=VALUE``, or no report has the parameter.
    """
    found: dict[str, dict[str, Any]] = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals:
            raise ParameterError(f"--set {setting!r}: write NAME=VALUE")
        homes, known = [], dict[str, None]()
        for report in reports:
            declared = {one.name: one for one in report.declared()}
            known |= dict.fromkeys(declared)
            if name in declared:
                found.setdefault(report.name, {})[name] = parameters.from_text(declared[name], text, report.name)
                homes.append(report.name)
            elif named:
                raise ParameterError(
                    f"{report.name}: no parameter {name!r}; {parameters.nearest(name, list(declared))}"
                )
        if not homes:
            raise ParameterError(f"no report has a parameter {name!r}; {parameters.nearest(name, list(known))}")
    if settings:
        short = [name for name in found if len(found[name]) < len({one.partition("=")[0] for one in settings})]
        for name in short:
            del found[name]
        if not found:
            raise ParameterError("no report has all of the parameters that were set; set them in runs of their own")
    return found


def plan(
    config: Config, data: Path, out: Path, names: Sequence[str] = (), settings: Sequence[str] = (), force: bool = False
) -> list[Planned]:  # fmt: skip
    """Say what a render would do.

    Parameters
    ----------
    config : Config
    data, out : Path
        Processed tables; published reports.
    names : sequence of str
        Reports; all by default.
    settings : sequence of str
        ``NAME=VALUE`` parameters.
    force : bool
        Whether to render what is fresh, too.

    Returns
    -------
    list of Planned
        Every report asked for.

    Raises
    ------
    ScsrError
        If a report or parameter does not exist or a value is not allowed: before anything runs.
    """
    reports = [config.report(name) for name in dict.fromkeys(names)] or list(config.reports)
    given = overrides(reports, settings, bool(names))
    chosen = [report for report in reports if not settings or report.name in given]
    known = read_status(out)
    found = []
    for report in chosen:
        for variant in variants(report, given.get(report.name)):
            reasons = index.state(variant, config, data, out, known).reasons
            found.append(Planned(variant, reasons or (("forced",) if force else ())))
    return found


def status(config: Config, data: Path, out: Path) -> list[State]:
    """Return the state of every report, and why it is not fresh."""
    return index.states(config, data, out)


def render(
    config: Config,
    data: Path,
    out: Path,
    names: Sequence[str] = (),
    settings: Sequence[str] = (),
    *,
    workers: int | None = None,
    force: bool = False,
    tell: Tell | None = None,
) -> Summary:
    """Render what is not fresh and publish it.

    Parameters
    ----------
    config : Config
    data, out : Path
        Processed tables; folder to publish in.
    names, settings, force
        As in :func:`plan`.
    workers : int, optional
        How many notebooks run at a time; as many as there are processors by default.
    tell : callable, optional
        Called with events: ``begin`` (``workers``, and how many ``seconds`` each report took last time), then,
        each with ``report`` and ``variant``, ``start, cell, made, failed``.

    Returns
    -------
    Summary

    Raises
    ------
    RenderError
        If another render writes in the folder.
    """
    say = tell or (lambda _: None)
    data, out = data.resolve(), out.resolve()
    planned = plan(config, data, out, names, settings, force)
    stated = claims.read(claims.find(data, config.root))
    todo = [one for one in planned if one.reasons]
    fresh = tuple(one.variant.folder for one in planned if not one.reasons)
    made: list[str] = []
    failed: dict[str, str] = {}
    with lock(out) as staging:
        timed: dict[str, dict[str, Any]] = dict(read_status(out))
        # what took longest last time starts first, and what never ran before that, so that no worker ends up alone
        todo.sort(key=lambda one: -(timed.get(one.variant.folder, {}).get("seconds") or float("inf")))
        wanted = {one.variant.folder: expected(one.variant, config, data) for one in todo}
        jobs = [job_of(one.variant, wanted[one.variant.folder], config, data, out, staging / str(n))
                for n, one in enumerate(todo)]  # fmt: skip
        n_workers = max(1, min(workers or os.cpu_count() or 1, len(jobs)))
        if jobs:
            took = {folder: timed.get(folder, {}).get("seconds") for folder in wanted}
            say({"event": "begin", "fresh": len(fresh), "workers": n_workers, "seconds": took})
        # closed before the staging folder goes, also where an interrupt comes between two reports
        with contextlib.closing(pool.run(jobs, n_workers, say, staging)) as running:
            for ended in running:
                folder = f"{ended.job.report}/{ended.job.variant}"
                say(publish_ended(ended, expected_key(wanted[folder]), out / folder, staging))
                if ended.ok:
                    timed[folder] = {"rendered_at": index.now(), "seconds": round(ended.seconds, 1)}
                    made.append(folder)
                else:
                    failed[folder] = ended.reason
                index.write(out, index.states(config, data, out, timed), stated)
        drop_old_failures(config, data, out)
        if not jobs:
            write_if_moved(config, data, out, stated)
    return Summary(tuple(made), failed, fresh)


def publish_ended(ended: pool.Ended, key: str, home: Path, staging: Path) -> dict[str, Any]:
    """Put a report, or what its failed run left, in its place; return the event that says so."""
    about = {"report": ended.job.report, "variant": ended.job.variant, "seconds": round(ended.seconds, 1)}
    if ended.ok:
        put(Path(ended.job.staging), home, staging)
        return {"event": "made", **about}
    keep_failure(ended, key, home, staging)
    return {
        "event": "failed",
        **about,
        "reason": ended.reason,
        "log": log_of(staging, ended.reason, Path(ended.job.data)),
    }


def job_of(variant: Variant, wanted: Mapping[str, Any], config: Config, data: Path, out: Path, staging: Path) -> Any:
    """Word the job of making one report."""
    from scsr.reports.execute import Job

    staging.mkdir()
    report = variant.report
    return Job(
        report.name, variant.label, report.heading(), str(report.notebook), str(data), str(config.root),
        dict(variant.given),
        wanted["parameters"], wanted["inputs"], wanted["made_from"], wanted["synthetic"], str(staging),
        report.timeout_s, report.memory_mb, report.smallest_cell, (out / variant.folder / "index.html").is_file(),
    )  # fmt: skip


def keep_failure(ended: pool.Ended, key: str, home: Path, staging: Path) -> None:
    """Keep what a failed run left beside the last good report."""
    folder = Path(ended.job.staging)
    if not (folder / "index.html").is_file():
        from scsr.reports.page import fill

        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        text = fill(
            "failed.html.j2", title=ended.job.title or ended.job.report, report=ended.job.report,
            variant=ended.job.variant, reason=ended.reason, source="", traceback="", notebook=False, withheld="",
            good=ended.job.has_good,
        )  # fmt: skip
        (folder / "index.html").write_text(text, "utf-8")
    failure = {"report": ended.job.report, "variant": ended.job.variant, "reason": ended.reason, "key": key}
    (folder / "failure.json").write_text(dumps(failure), "utf-8")
    put(folder, home / "failed", staging)


def log_of(staging: Path, reason: str, data: Path) -> str:
    """Return the end of what the workers said, for the terminal, where scsr itself failed: what the gate lets through."""
    if "scsr itself" not in reason and "worker process" not in reason:
        return ""
    from scsr.reports import gate

    said = "\n".join(path.read_text("utf-8", "replace")[-2000:] for path in sorted(staging.glob("worker-*.log")))
    try:
        return gate.cleared(said, gate.phrases(data))
    except (ScsrError, OSError):
        return "what the workers said is withheld, since the data that it is held against cannot be read"


def drop_old_failures(config: Config, data: Path, out: Path) -> None:
    """Remove the page of a failed run where the good report is what a run would make now."""
    for one in index.states(config, data, out):
        folder = out / one.report / one.variant / "failed"
        if one.state == "fresh" and folder.exists():
            shutil.rmtree(folder, ignore_errors=True)


def write_if_moved(config: Config, data: Path, out: Path, stated: Sequence[claims.Claim] = ()) -> None:
    """Write index and status where they do not say what is, and leave them alone where they do."""
    rows = index.states(config, data, out)
    known = read_status(out)
    said = [known.get(f"{row.report}/{row.variant}") for row in rows]
    is_so = [asdict(row) | {"reasons": list(row.reasons)} for row in rows]
    judged = [one.as_dict() for one in claims.judge(stated, out)]
    if judged != read_claims(out) or said != is_so or len(known) != len(rows) or not (out / "index.html").is_file():
        index.write(out, rows, stated)
