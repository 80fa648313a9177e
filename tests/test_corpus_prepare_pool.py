"""Workers give results in order, few under way, and end with the process that started them."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scsr.corpus.prepare import pool, processes
from scsr.corpus.prepare.pool import Pool
from scsr.corpus.store.folder import Folder
from scsr.errors import ScsrError, TableError, WorkerError
from scsr.schema import table_of


class Late:
    """An engine whose tasks are done in an order of the test's choice."""

    def __init__(self, workers: int, order: Callable[[int], int]) -> None:
        self.workers, self.order = workers, order
        self.open: list[tuple[Future[Any], Any]] = []
        self.most = 0

    def size(self) -> int:
        return self.workers

    def share(self, folder: Folder) -> None: ...

    def submit(self, function: Callable[[Any], Any], item: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.open.append((future, function(item)))
        self.most = max(self.most, len(self.open))
        return future

    def wait(self, futures: list[Future[Any]]) -> None:
        while not any(future.done() for future in futures):
            future, result = self.open.pop(self.order(len(self.open)))
            future.set_result(result)

    def result(self, future: Future[Any]) -> Any:
        return future.result(timeout=0)

    def close(self, failed: bool) -> None:
        self.failed = failed


def test_one_worker_is_this_process() -> None:
    with Pool(1) as workers:
        assert list(workers.map(lambda _: os.getpid(), [None])) == [os.getpid()]


@given(n=st.integers(0, 60), workers=st.integers(1, 3), data=st.data())
def test_results_come_in_order_whichever_is_done_first(n: int, workers: int, data: st.DataObject) -> None:
    engine = Late(workers, lambda waiting: data.draw(st.integers(0, waiting - 1)))
    drawn = [0]

    def items() -> Iterator[int]:
        for item in range(n):
            drawn[0] += 1
            yield item

    with Pool(workers) as one:
        one.engine = engine
        given_out = 0
        for given_out, result in enumerate(one.map(lambda item: -item, items()), 1):
            assert result == 1 - given_out
            assert drawn[0] - given_out < pool.HELD * workers
    assert given_out == n
    assert engine.most <= pool.UNDER_WAY * workers
    assert not engine.failed


def test_what_is_left_when_the_reader_stops_is_cancelled() -> None:
    engine = Late(2, lambda waiting: 0)
    with pytest.raises(KeyError), Pool(2) as one:  # noqa: PT012 - leaving the pool is what is tested
        one.engine = engine
        for _ in one.map(abs, range(100)):
            raise KeyError
    assert engine.failed
    assert engine.open
    assert all(future.cancelled() for future, _ in engine.open)


@pytest.mark.slow
def test_processes_give_results_errors_and_say_when_one_died() -> None:
    with Pool(2) as workers:
        assert list(workers.map(divmod_by_seven, range(40))) == [divmod(n, 7) for n in range(40)]
        with pytest.raises(
            TableError, match="table 'tweets', column '\\*': is no table of the contract; choose"
        ) as told:
            list(workers.map(table_of, ["shares", "tweets"]))
        assert told.value.table == "tweets"
        with pytest.raises(ScsrError, match="memory://here lives in one process; give --workers 1, or another --out"):
            workers.share(Folder("memory://here"))
        with pytest.raises(WorkerError, match="a worker process ended in the middle.*goes on where this one stopped"):
            list(workers.map(os._exit, [1]))
        with pytest.raises(WorkerError, match="a worker process ended in the middle"):
            list(workers.map(abs, [1]))


divmod_by_seven = (7).__rdivmod__


def test_a_worker_follows_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []

    class Parent:
        def join(self) -> None:
            ended.append(0)

    monkeypatch.setattr(processes, "parent_process", Parent)
    monkeypatch.setattr(processes.os, "_exit", ended.append)
    processes.end_with_parent()
    assert ended == [0, 1]  # it waits, and then ends at once
    monkeypatch.setattr(processes, "end_with_parent", lambda: None)
    before = signal.getsignal(signal.SIGINT)
    try:
        processes.follow_parent()
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
