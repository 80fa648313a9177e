"""Hand jobs to worker processes, several at a time, and give back how each ended."""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scsr.reports.execute import Job

__all__ = ["Ended", "run"]

GRACE_S = 120.0
Tell = Callable[[dict[str, Any]], None]


class Ended:
    """How a job ended: ``ok``, ``reason`` and how many seconds it took."""

    def __init__(self, job: Job, ok: bool, reason: str, seconds: float) -> None:
        self.job, self.ok, self.reason, self.seconds = job, ok, reason, seconds


class Worker:
    """One worker process, started when first needed and again when it has died."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.process: subprocess.Popen[str] | None = None
        self.closed = False

    def start(self) -> subprocess.Popen[str]:
        """Return the process, alive."""
        if self.process is not None and self.process.poll() is not None:
            self.close()
        if self.process is None:
            with self.log.open("a", encoding="utf-8") as log:
                self.process = subprocess.Popen(
                    [sys.executable, "-m", "scsr.reports.worker"],
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, encoding="utf-8",
                )  # fmt: skip
        return self.process

    def make(self, job: Job, tell: Tell) -> Ended:
        """Make one report and wait for it."""
        begun = time.monotonic()
        process = self.start()
        backstop = threading.Timer(job.timeout_s + GRACE_S, process.kill)
        backstop.daemon = True
        backstop.start()
        last: dict[str, Any] = {}
        try:
            pipe: IO[str] | None = process.stdin
            assert pipe is not None
            assert process.stdout is not None
            pipe.write(json.dumps(asdict(job)) + "\n")
            pipe.flush()
            for line in process.stdout:
                last = json.loads(line)
                if last["event"] == "done":
                    break
                tell(last | {"report": job.report, "variant": job.variant})
        except BrokenPipeError:
            pass
        finally:
            backstop.cancel()
        seconds = time.monotonic() - begun
        if last.get("event") != "done":
            return Ended(job, False, f"The worker process ended early (code {process.wait()}).", seconds)
        return Ended(job, last["ok"], last["reason"], seconds)

    def stop(self) -> None:
        """End the process and its kernel: an idle one ends when its stdin does, a busy one kills its kernel first."""
        self.closed = True
        if self.process is not None and self.process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self.process.stdin.close()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def close(self) -> None:
        """Close the pipes to a process that has ended."""
        if self.process is not None:
            for pipe in (self.process.stdin, self.process.stdout):
                if pipe is not None:
                    with contextlib.suppress(BrokenPipeError):
                        pipe.close()
            self.process = None


def run(jobs: Sequence[Job], n_workers: int, tell: Tell, logs: Path) -> Generator[Ended, None, None]:
    """Make reports side by side.

    Parameters
    ----------
    jobs : sequence of Job
    n_workers : int
        How many at a time.
    tell : callable
        Called with events: ``start`` and ``cell``, each with ``report`` and ``variant``.
    logs : Path
        Folder for what the workers say.

    Yields
    ------
    Ended
        In the order in which they end. Leaving the loop ends all workers.
    """
    waiting: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
    ended: queue.Queue[Ended] = queue.Queue()
    for job in jobs:
        waiting.put(job)
    workers = [Worker(logs / f"worker-{n}.log") for n in range(min(n_workers, len(jobs)))]
    for _ in workers:
        waiting.put(None)

    def work(worker: Worker) -> None:
        while not worker.closed and (job := waiting.get()) is not None:
            tell({"event": "start", "report": job.report, "variant": job.variant})
            try:
                ended.put(worker.make(job, tell))
            except (OSError, ValueError) as error:
                ended.put(Ended(job, False, f"The worker process could not be used ({type(error).__name__}).", 0.0))

    threads = [threading.Thread(target=work, args=(worker,), daemon=True) for worker in workers]
    try:
        for thread in threads:
            thread.start()
        for _ in jobs:
            yield ended.get()
    finally:
        for worker in workers:
            worker.stop()
        for thread in threads:
            thread.join(5)
        for worker in workers:
            worker.close()
