"""Limits of a run: what came to one is ended, and it is said which and how to raise it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from scsr.reports import kernels

HOLD = "import time; held = bytearray(150_000_000); time.sleep(60)"
NEST = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {HOLD!r}])"


@pytest.fixture
def started() -> Iterator[Any]:
    """Start a program as if it were a kernel; nothing of it is left over."""
    processes = []

    def start(code: str) -> Any:
        process = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
        processes.append(process)
        manager = SimpleNamespace(provisioner=SimpleNamespace(process=process))
        kernels.LIVE.append(manager)
        return manager

    yield start
    kernels.end_kernels()
    for process in processes:
        process.kill()
        process.wait()


@pytest.mark.parametrize("code", [HOLD, NEST], ids=["itself", "what it started"])
def test_too_much_memory_ends_a_kernel(started: Any, code: str) -> None:
    process = started(code).provisioner.process
    with kernels.limits(60, 100) as watch:
        assert process.wait(20) < 0
    assert watch.reason == "its memory limit of 100 MB (memory_mb in reports.toml raises it)"


def test_within_its_limits_a_kernel_stays(started: Any) -> None:
    process = started(HOLD).provisioner.process
    with kernels.limits(60, 1000) as watch:
        until = time.monotonic() + 20
        while kernels.held_mb() < 150:
            assert time.monotonic() < until
        time.sleep(2 * kernels.TICK_S)
        assert process.poll() is None
    assert watch.reason == ""
    process.kill()
    process.wait()
    assert kernels.held_mb() == 0


def test_a_kernel_that_is_only_just_starting_does_not_escape(started: Any) -> None:
    late = SimpleNamespace(provisioner=None)
    kernels.LIVE.append(late)
    with kernels.limits(0, 1000) as watch:
        time.sleep(2 * kernels.TICK_S)
        late.provisioner = started(HOLD).provisioner
        assert late.provisioner.process.wait(20) < 0
    assert watch.reason == "its time limit of 0 s (timeout_s in reports.toml raises it)"


def test_a_kernel_that_ended_is_none_to_kill(started: Any) -> None:
    manager = started("pass")
    manager.provisioner.process.wait(20)
    kernels.end_kernels()
    assert kernels.LIVE == []
