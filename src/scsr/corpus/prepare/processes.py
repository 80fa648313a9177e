"""Worker processes of this machine; none outlives the process that started it."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from typing import Any

from scsr.corpus.store.folder import Folder
from scsr.errors import ScsrError, WorkerError

__all__ = ["Processes"]


class Processes:
    """Processes of this machine.

    Parameters
    ----------
    workers : int
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers
        # spawned, not forked: a fork of a process with threads may hang
        self.executor = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=follow_parent)

    def size(self) -> int:
        """Workers there are."""
        return self.workers

    def share(self, folder: Folder) -> None:
        """Refuse a folder that lives in one process."""
        if folder.path.startswith("memory:"):
            raise ScsrError(f"{folder.path} lives in one process; give --workers 1, or another --out")

    def submit(self, function: Callable[[Any], Any], item: Any) -> Future[Any]:
        """Send a task."""
        try:
            return self.executor.submit(function, item)
        except BrokenProcessPool:
            raise ended() from None

    def wait(self, futures: list[Future[Any]]) -> None:
        """Wait until one of the futures is done."""
        wait(futures, return_when=FIRST_COMPLETED)

    def result(self, future: Future[Any]) -> Any:
        """Give the result of a future."""
        try:
            return future.result()
        except BrokenProcessPool:
            raise ended() from None

    def close(self, failed: bool) -> None:
        """End the workers."""
        self.executor.shutdown(cancel_futures=failed)


def ended() -> WorkerError:
    """Say that a worker is gone."""
    return WorkerError(
        "a worker process ended in the middle, most likely for want of memory; nothing is published; "
        "run again with fewer workers: the next run goes on where this one stopped. "
        'A script of your own that has more than one worker needs `if __name__ == "__main__":`'
    )


def follow_parent() -> None:
    """Set up a worker: it ends with its parent, however that ends, and leaves ctrl-C to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=end_with_parent, daemon=True).start()


def end_with_parent() -> None:
    """Wait for the end of the process that started this one; a killed one cannot say goodbye."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
