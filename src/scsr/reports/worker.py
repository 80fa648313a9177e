"""A process that makes reports, one after another: jobs come in on stdin, events go out on stdout, a line each.

It ends its kernel and itself when it is told to, and when whoever started it is gone.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TextIO

__all__ = ["main", "serve"]


def main() -> None:
    """Make reports until stdin closes."""
    from scsr.reports import kernels

    out = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)  # what a library prints must not stand among the events

    def leave(*_: object) -> None:
        kernels.end_kernels()
        os._exit(1)

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends it to all; the parent decides
    signal.signal(signal.SIGTERM, leave)
    with out:
        serve(sys.stdin, out, leave)


def serve(lines: Iterable[str], out: TextIO, leave: Callable[[], None]) -> None:
    """Make the reports that are asked for, a line each.

    Parameters
    ----------
    lines : iterable of str
        Jobs as JSON.
    out : file
        Where events go, a line each.
    leave : callable
        Called when the lines end while a report is being made: whoever asked for it is gone.
    """
    from scsr.reports import execute

    jobs: queue.Queue[str] = queue.Queue()
    n_open = 0

    def listen() -> None:
        nonlocal n_open
        for line in lines:
            n_open += 1
            jobs.put(line)
        if n_open:
            leave()
        jobs.put("")

    threading.Thread(target=listen, daemon=True).start()
    corpora: dict[str, Any] = {}
    while line := jobs.get():
        job = execute.Job(**json.loads(line))
        outcome = one(job, corpora, lambda event: print(json.dumps(event), file=out, flush=True))
        n_open -= 1
        print(json.dumps({"event": "done", **vars(outcome)}), file=out, flush=True)


def one(job: Any, corpora: dict[str, Any], say: Any) -> Any:
    """Make one report; a mistake in scsr itself is a failed report too, with its traceback in the worker's log."""
    from concurrent.futures import ThreadPoolExecutor

    from scsr.reports import execute, gate

    with ThreadPoolExecutor(1) as beside:  # read the corpus while the kernel computes
        if job.data not in corpora or (corpora[job.data].done() and corpora[job.data].exception()):
            corpora[job.data] = beside.submit(gate.phrases, Path(job.data))
        try:
            return execute.make(
                job, corpora[job.data].result, lambda cell, n: say({"event": "cell", "cell": cell, "n_cells": n})
            )
        except OSError as error:
            return execute.Outcome(False, f"It could not be written: {error.strerror or type(error).__name__}.")
        except Exception as error:
            traceback.print_tb(error.__traceback__)  # without what it says, which may be somebody's words
            return execute.Outcome(False, f"scsr itself failed ({type(error).__name__}); see the log of the render.")


if __name__ == "__main__":
    # on import, jsonschema would build a grammar of web addresses for a second, which no check of a notebook asks for
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    main()
