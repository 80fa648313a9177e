"""What the command line says about reports, in words and as JSON lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from scsr.reports import config as listing
from scsr.reports import parameters as typed
from scsr.reports.config import Config
from scsr.reports.index import State
from scsr.reports.runner import Planned, Summary

__all__ = ["Progress", "config", "data_folder", "parameters", "plan", "status"]


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


class Progress:
    """Say how a render goes: on a terminal one line that moves, else a line for each report, or JSON lines."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.live = sys.stderr.isatty() and not as_json
        self.cells: dict[str, str] = {}

    def __call__(self, event: dict[str, Any]) -> None:
        """Take one event of :func:`scsr.reports.runner.render`."""
        if self.as_json:
            print(
                json.dumps({key: value for key, value in event.items() if key != "log"}, ensure_ascii=False), flush=True
            )
            return
        name = f"{event['report']}/{event['variant']}"
        kind = event["event"]
        if kind == "cell":
            self.cells[name] = f"{event['cell']}/{event['n_cells']}"
        elif kind in ("made", "failed"):
            self.cells.pop(name, None)
            self.line(
                f"{kind:<7} {name}  {event['seconds']:.1f} s"
                + (f"\n        {event['reason']}" if kind == "failed" else "")
            )
            if event.get("log"):
                self.line(event["log"])
        if self.live:
            running = "  ".join(f"{one} cell {cell}" for one, cell in self.cells.items())
            print(f"\r\x1b[K{running[:110]}", end="", file=sys.stderr, flush=True)

    def line(self, words: str) -> None:
        """Write one line that stays."""
        print(("\r\x1b[K" if self.live else "") + words, file=sys.stderr, flush=True)

    def end(self, summary: Summary, out: Path) -> None:
        """Say how it ended."""
        counts = {"made": len(summary.made), "failed": len(summary.failed), "fresh": len(summary.fresh)}
        if self.as_json:
            print(json.dumps({"event": "end", **counts}))
        else:
            self.line(
                f"{counts['made']} made, {counts['failed']} failed, {counts['fresh']} were fresh: {out / 'index.html'}"
            )
