"""Workers: this process, processes of this machine, or a Dask cluster; results in order, few under way.

What a worker does must be importable by name and bear being done twice, because a cluster starts the tasks of a lost
worker again. Items and results should be small: what is heavy goes through the store.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from scsr.corpus.store.folder import Folder

__all__ = ["Pool"]

Item = TypeVar("Item")
Result = TypeVar("Result")

UNDER_WAY = 3
"""Tasks for each worker that are sent and not done: one at work, and the next ones at hand."""

HELD = 12
"""Tasks for each worker that may be done and wait for an earlier one."""


class Engine(Protocol):
    """What runs tasks elsewhere: :class:`scsr.corpus.prepare.processes.Processes`, or a cluster."""

    def size(self) -> int:
        """Workers there are now."""
        ...

    def share(self, folder: Folder) -> None:
        """See to it that workers reach a folder."""
        ...

    def submit(self, function: Callable[[Any], Any], item: Any) -> Any:
        """Send a task; gives its future."""
        ...

    def wait(self, futures: list[Any]) -> None:
        """Wait until one of the futures is done."""
        ...

    def result(self, future: Any) -> Any:
        """Give the result of a future; waits for it."""
        ...

    def close(self, failed: bool) -> None:
        """Let go of all tasks and workers."""
        ...


class Pool:
    """Workers that apply a function to items.

    Parameters
    ----------
    workers : int
        Processes of this machine; with one, this process works itself.
    dask : str, optional
        Address of a Dask scheduler, such as ``tcp://10.0.0.5:8786``, whose workers work instead.

    Raises
    ------
    ScsrError
        On entering, where the scheduler does not answer or ``scsr[cluster]`` is not installed.

    Examples
    --------
    >>> with Pool(1) as pool:
    ...     list(pool.map(abs, [-3, 4]))
    [3, 4]
    """

    def __init__(self, workers: int = 1, dask: str | None = None) -> None:
        self.workers, self.dask = workers, dask
        self.engine: Engine | None = None

    def __enter__(self) -> Self:
        if self.dask is not None:
            from scsr.corpus.prepare.cluster import Cluster

            self.engine = Cluster(self.dask)
        elif self.workers > 1:
            from scsr.corpus.prepare.processes import Processes

            self.engine = Processes(self.workers)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.engine is not None:
            self.engine.close(failed=kind is not None)

    def share(self, folder: Folder) -> None:
        """See to it that every worker reaches a folder: items and results name files in it.

        Parameters
        ----------
        folder : Folder

        Raises
        ------
        ScsrError
            Here or by :meth:`map`, where a worker does not.
        """
        if self.engine is not None:
            self.engine.share(folder)

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Apply a function to items.

        Parameters
        ----------
        function : callable
            Importable by name; repeatable without harm.
        items : iterable
            Drawn as they are needed.

        Yields
        ------
        object
            Results in the order of the items, whichever is done first.

        Raises
        ------
        WorkerError
            If a worker process ends before its work does, or the cluster is lost.
        ScsrError
            If a worker of the cluster runs other code, or does not reach the folder of :meth:`share`.
        """
        if self.engine is None:
            yield from map(function, items)
            return
        engine = self.engine
        under_way: deque[Any] = deque()
        try:
            for item in items:
                under_way.append(engine.submit(function, item))
                del item  # it may be large, and lives in its task now
                yield from relieved(engine, under_way)
            while under_way:
                engine.wait([under_way[0]])
                yield engine.result(under_way.popleft())
        finally:
            for future in under_way:
                future.cancel()


def relieved(engine: Engine, under_way: deque[Any]) -> Iterator[Any]:
    """Give the results that are due, and wait while as much is under way as the workers can use."""
    while True:
        while under_way and under_way[0].done():
            yield engine.result(under_way.popleft())
        workers = engine.size()
        waiting = [future for future in under_way if not future.done()]
        if len(under_way) >= HELD * workers:
            engine.wait([under_way[0]])
        elif len(waiting) >= UNDER_WAY * workers:
            engine.wait(waiting)
        else:
            return
