"""Worker processes: results in order, few under way, and none that outlives the process that started it."""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from types import TracebackType
from typing import Self, TypeVar

from scsr.errors import ScsrError

__all__ = ["Pool"]

Item = TypeVar("Item")
Result = TypeVar("Result")


class Pool:
    """Processes that work on chunks; with one worker, this process does.

    Parameters
    ----------
    workers : int

    Examples
    --------
    >>> with Pool(1) as pool:
    ...     list(pool.map(abs, [(0, -3), (1, 4)]))
    [(0, 3), (1, 4)]
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self.executor: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        if self.workers > 1:
            # spawned, not forked: a fork of a process with threads may hang
            self.executor = ProcessPoolExecutor(
                self.workers, mp_context=get_context("spawn"), initializer=follow_parent
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.executor is not None:
            self.executor.shutdown(cancel_futures=True)

    def map(
        self, function: Callable[[Item], Result], items: Iterable[tuple[int, Item]]
    ) -> Iterator[tuple[int, Result]]:
        """Apply a function to numbered items.

        Parameters
        ----------
        function : callable
            Importable by name.
        items : iterable of (int, item)
            Drawn as they are needed: no more than three for each worker are held.

        Yields
        ------
        (int, result)
            In the order of the items, whichever is done first.

        Raises
        ------
        ScsrError
            If a worker process ends before its work does.
        """
        if self.executor is None:
            for number, item in items:
                yield number, function(item)
            return
        under_way: deque[tuple[int, Future[Result]]] = deque()
        try:
            for number, item in items:
                under_way.append((number, self.executor.submit(function, item)))
                if len(under_way) > 2 * self.workers:
                    done, future = under_way.popleft()
                    yield done, future.result()
            while under_way:
                done, future = under_way.popleft()
                yield done, future.result()
        except BrokenProcessPool:
            raise ScsrError(
                "a worker process ended in the middle, most likely for want of memory; nothing is published; "
                "run again with fewer workers"
            ) from None


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
