"""Workers give results in order, and end with the process that started them."""

from __future__ import annotations

import os
import signal

import pytest

from scsr.corpus.prepare import pool
from scsr.corpus.prepare.pool import Pool
from scsr.errors import ScsrError


def test_one_worker_is_this_process() -> None:
    with Pool(1) as workers:
        assert list(workers.map(lambda _: os.getpid(), [(0, None)])) == [(0, os.getpid())]


@pytest.mark.slow
def test_results_come_in_order_and_a_dead_worker_is_said() -> None:
    with Pool(2) as workers:
        assert list(workers.map(divmod_by_seven, enumerate(range(40)))) == [(n, divmod(n, 7)) for n in range(40)]
        with pytest.raises(ScsrError, match="a worker process ended in the middle"):
            list(workers.map(os._exit, [(0, 1)]))


divmod_by_seven = (7).__rdivmod__


def test_a_worker_follows_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []

    class Parent:
        def join(self) -> None:
            ended.append(0)

    monkeypatch.setattr(pool, "parent_process", Parent)
    monkeypatch.setattr(pool.os, "_exit", ended.append)
    pool.end_with_parent()
    assert ended == [0, 1]  # it waits, and then ends at once
    monkeypatch.setattr(pool, "end_with_parent", lambda: None)
    before = signal.getsignal(signal.SIGINT)
    try:
        pool.follow_parent()
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
