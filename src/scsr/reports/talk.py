"""What the command line says about reports, in words and as JSON lines."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from math import ceil
from pathlib import Path
from statistics import fmean
from typing import Any

from scsr.errors import ScsrError
from scsr.reports import config as listing
from scsr.reports import parameters as typed
from scsr.reports.config import Config
from scsr.reports.index import State, now
from scsr.reports.runner import Planned, Summary

__all__ = ["Left", "Progress", "about", "config", "data_folder", "parameters", "plan", "status"]


def config(out: Path) -> Config:
    """Read the list of reports that belongs to a folder of reports."""
    return listing.read(listing.find(out))


def data_folder(data: Path | None, config: Config) -> Path:
    """Return the folder of processed tables: as given, else found by the store, else the project's own."""
    import os

    from scsr.corpus.store import data_folder as find

    if data is None and "SCSR_DATA" not in os.environ and (config.root / "data" / "processed").is_dir():
        return config.root / "data" / "processed"
    return find(data)


def parameters(config: Config, names: Sequence[str]) -> str:
    """Say which parameters reports (or notebooks, by path) have."""
    parts = []
    for name in names or [report.name for report in config.reports]:
        declared = typed.read(Path(name)) if name.endswith(".ipynb") else config.report(name).declared()
        parts.append(f"{name}\n" + "\n".join(f"  {line}" for line in typed.describe(declared).splitlines()))
    return "\n".join(parts)


def plan(planned: Sequence[Planned]) -> str:
    """Say what a render would do."""
    return "\n".join(
        f"render {one.variant.folder}: {'; '.join(one.reasons)}"
        if one.reasons
        else f"keep   {one.variant.folder}: fresh"
        for one in planned
    )


def status(rows: Sequence[State], as_json: bool) -> str:
    """Say the state of reports."""
    if as_json:
        return json.dumps({"reports": [asdict(row) for row in rows]}, ensure_ascii=False, indent=1)
    width = max((len(f"{row.report}/{row.variant}") for row in rows), default=0)
    lines = []
    for row in rows:
        age = f"  rendered {row.rendered_at}" if row.rendered_at else ""
        lines.append(f"{row.state:<8}{row.report + '/' + row.variant:<{width}}{age}")
        lines += [f"        {reason}" for reason in row.reasons]
    return "\n".join(lines) or "reports.toml lists no report"


class Left:
    """How long a render will still take, from what each report took last time.

    Parameters
    ----------
    took : mapping
        Report to the seconds of its last run, None where there was none: then what others took counts, of the same
        notebook where one is known.
    workers : int
        How many run at a time.

    Examples
    --------
    >>> left = Left({"a/1": 60.0, "a/2": None, "b/all": 10.0}, workers=2)
    >>> left.seconds(now=0.0)
    65.0
    >>> left.start("a/1", now=0.0); left.end("b/all", 20.0); left.seconds(now=30.0)
    60.0
    """

    def __init__(self, took: Mapping[str, float | None], workers: int) -> None:
        self.took, self.workers = dict(took), workers
        self.began: dict[str, float] = {}
        self.ended: set[str] = set()

    def start(self, folder: str, now: float) -> None:
        """Take note that a report was begun."""
        self.began[folder] = now

    def end(self, folder: str, seconds: float) -> None:
        """Take note that a report ended, and how long it took."""
        self.took[folder] = seconds
        self.ended.add(folder)

    def of(self, folder: str) -> float | None:
        """Return how long one report will take in all."""
        if (own := self.took[folder]) is not None:
            return own
        known = {name: seconds for name, seconds in self.took.items() if seconds is not None}
        alike = [seconds for name, seconds in known.items() if name.split("/")[0] == folder.split("/")[0]]
        return fmean(alike or known.values()) if known else None

    def seconds(self, now: float) -> float | None:
        """Return how long all will still take; None where nothing is known to judge it by."""
        rest = []
        for folder in self.took.keys() - self.ended:
            if (whole := self.of(folder)) is None:
                return None
            rest.append(max(0.0, whole - (now - self.began.get(folder, now))))
        return max(max(rest), sum(rest) / self.workers) if rest else 0.0


def about(seconds: float | None) -> str:
    """Say roughly how long.

    Examples
    --------
    >>> about(3), about(42), about(150), about(None)
    ('a few seconds left', 'about 45 s left', 'about 3 min left', '')
    """
    if seconds is None:
        return ""
    if seconds < 5:
        return "a few seconds left"
    return f"about {ceil(seconds / 5) * 5} s left" if seconds <= 90 else f"about {ceil(seconds / 60)} min left"


class Progress:
    """Say how a render goes: on a terminal one line that moves, else a line for each report, or JSON lines.

    Parameters
    ----------
    as_json : bool
        Whether to write JSON lines to standard output, for programs, instead of words to standard error.
    log : Path, optional
        File to add JSON lines to as well, each with the time in UTC.

    Raises
    ------
    ScsrError
        If nothing can be written to the log.
    """

    def __init__(self, as_json: bool, log: Path | None = None) -> None:
        self.as_json = as_json
        self.live = sys.stderr.isatty() and not as_json
        self.cells: dict[str, str] = {}
        self.left = Left({}, 1)
        self.log = log
        self.turn = threading.RLock()  # events come from as many threads as there are workers
        if log is not None:
            try:
                log.parent.mkdir(parents=True, exist_ok=True)
                log.open("a").close()
            except OSError as error:
                raise ScsrError(f"--log {log}: {error.strerror}; name a file that can be written") from None

    def __call__(self, event: dict[str, Any]) -> None:
        """Take one event of :func:`scsr.reports.runner.render`."""
        with self.turn:
            self.keep(event)
            if event["event"] == "begin":
                self.left = Left(event["seconds"], event["workers"])
            else:
                self.show(event["event"], event)

    def show(self, kind: str, event: Mapping[str, Any]) -> None:
        """Show the event of one report to a person."""
        name = f"{event['report']}/{event['variant']}"
        if kind == "start":
            self.left.start(name, time.monotonic())
        elif kind == "cell":
            self.cells[name] = f"{event['cell']}/{event['n_cells']}"
        else:
            self.cells.pop(name, None)
            self.left.end(name, event["seconds"])
        if self.as_json:
            return
        if kind in ("made", "failed"):
            self.line(f"{kind:<7} {name}  {event['seconds']:.1f} s  ({self.how_far()})")
            for words in (event.get("reason"), event.get("log")):
                if words:
                    self.line(f"        {words}")
        if self.live:
            running = "  ".join(f"{one} cell {cell}" for one, cell in self.cells.items())
            print(f"\r\x1b[K{f'{self.how_far()}  {running}'[:110]}", end="", file=sys.stderr, flush=True)

    def how_far(self) -> str:
        """Say how many reports are done, of how many, and how long the rest will take."""
        done, left = f"{len(self.left.ended)} of {len(self.left.took)}", about(self.left.seconds(time.monotonic()))
        return ", ".join([done, left] if left and len(self.left.ended) < len(self.left.took) else [done])

    def keep(self, event: Mapping[str, Any]) -> None:
        """Write an event for programs; what a mistake of scsr itself left is for the terminal alone."""
        facts = {key: value for key, value in event.items() if key != "log"}
        if self.as_json:
            print(json.dumps(facts, ensure_ascii=False), flush=True)
        if self.log is not None:
            with self.log.open("a", encoding="utf-8") as file:  # one write a line: two renders may share a log
                file.write(json.dumps({"at": now()} | facts, ensure_ascii=False) + "\n")

    def line(self, words: str) -> None:
        """Write one line that stays."""
        print(("\r\x1b[K" if self.live else "") + words, file=sys.stderr, flush=True)

    def end(self, summary: Summary, out: Path) -> None:
        """Say how it ended."""
        counts = {"made": len(summary.made), "failed": len(summary.failed), "fresh": len(summary.fresh)}
        self.keep({"event": "end", **counts})
        if not self.as_json:
            self.line(
                f"{counts['made']} made, {counts['failed']} failed, {counts['fresh']} were fresh: {out / 'index.html'}"
            )
