"""Kernels: this very Python, over sockets of their own, in an environment that is the same for every user."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

__all__ = ["Watch", "end_kernels", "engine", "environment", "held_mb", "kernel_manager", "limits"]

#: Seconds between two looks at what a kernel holds; at the few gigabytes a second that memory fills with, soon enough.
TICK_S = 0.1
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


#: The managers of the kernels that run now, so that whoever ends this process can end them first.
LIVE: list[Any] = []


def engine() -> str:
    """Register the engine that keeps hold of the notebook, so that a dead kernel leaves what ran."""
    from papermill.engines import NBClientEngine, papermill_engines

    class Engine(NBClientEngine):
        @classmethod
        def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **kwargs: Any) -> Any:
            kwargs.pop("held")["nb"] = nb_man.nb
            return super().execute_managed_notebook(nb_man, kernel_name, **kwargs)

    papermill_engines.register("scsr", Engine)
    return "scsr"


def kernel_manager(kernels: list[Any], tables: Iterable[str] = ()) -> type:
    """Return a manager that starts this very Python, over sockets in a folder of its own.

    Parameters
    ----------
    kernels : list
        Where the manager is kept.
    tables : iterable of str
        The declared inputs, which bind the kernel alone: beside it, this process reads what the gate needs.
    """
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    class Manager(AsyncKernelManager):
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            folder = os.environ["JUPYTER_RUNTIME_DIR"]
            if os.name == "posix" and len(folder) < 80:  # a socket's path has at most 107 characters
                self.transport, self.ip = "ipc", str(Path(folder) / "k")
            kernels.append(self)

        async def _async_start_kernel(self, **kwargs: Any) -> None:
            await super()._async_start_kernel(env=os.environ | {"SCSR_INPUTS": ",".join(tables)}, **kwargs)

        start_kernel = _async_start_kernel

        @property
        def kernel_spec(self) -> KernelSpec:
            argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
            return KernelSpec(argv=argv, display_name="Python 3", language="python")

    return Manager


@contextmanager
def environment(data: str, smallest_cell: int) -> Iterator[list[Any]]:
    """Set what a kernel sees: data, and nothing that differs between users."""
    matplotlib = find_spec("matplotlib")
    with tempfile.TemporaryDirectory(prefix="scsr-") as folder:
        own = {
            "SCSR_DATA": data,
            "SCSR_SMALLEST_CELL": str(smallest_cell),
            "PYTHONHASHSEED": "0",
            "PYTHONNOUSERSITE": "1",
            "IPYKERNEL_CELL_NAME": "<cell>",
            "IPYTHONDIR": f"{folder}/ipython",
            "JUPYTER_RUNTIME_DIR": folder,
            "MPLBACKEND": "agg",
            "TZ": "UTC",
        } | dict.fromkeys(ONE_THREAD, "1")
        if matplotlib and matplotlib.origin:
            own["MATPLOTLIBRC"] = str(Path(matplotlib.origin).parent / "mpl-data" / "matplotlibrc")
        before = {name: os.environ.get(name) for name in own}
        os.environ.update(own)
        kernels = LIVE
        try:
            yield kernels
        finally:
            end_kernels()
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


def end_kernels() -> None:
    """End all kernels of this process at once."""
    while LIVE:
        kill(LIVE.pop())


def kill(manager: Any) -> None:
    """End a kernel and what it started, at once."""
    process = getattr(getattr(manager, "provisioner", None), "process", None)
    if process is not None and process.poll() is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            process.kill()


@dataclass
class Watch:
    """Which limit a run came to, in words; empty while it keeps within them."""

    reason: str = ""


@contextmanager
def limits(seconds: float, memory_mb: float) -> Iterator[Watch]:
    """End the kernels when they have run too long or hold too much memory.

    Parameters
    ----------
    seconds : float
        From now.
    memory_mb : float
        Megabytes resident in the kernels and all that they started.

    Yields
    ------
    Watch
        Says which limit it came to and how to raise it.
    """
    watch, over = Watch(), threading.Event()
    ends = time.monotonic() + seconds

    def look() -> None:
        ticks = 0
        while not over.wait(TICK_S):
            ticks += 1
            if not watch.reason and time.monotonic() >= ends:
                watch.reason = f"its time limit of {seconds:g} s (timeout_s in reports.toml raises it)"
            elif not watch.reason and held_mb(with_children=ticks % 8 == 0) > memory_mb:
                watch.reason = f"its memory limit of {memory_mb:g} MB (memory_mb in reports.toml raises it)"
            if watch.reason:  # again at each look: a kernel may only just be starting
                for manager in list(LIVE):
                    kill(manager)

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    try:
        yield watch
    finally:
        over.set()
        looking.join()


def held_mb(with_children: bool = True) -> float:
    """Return how much memory the kernels of this process hold, with all that they started or by themselves."""
    import psutil

    total = 0
    for manager in list(LIVE):
        pid = getattr(getattr(getattr(manager, "provisioner", None), "process", None), "pid", None)
        try:
            top = psutil.Process(pid) if pid else None
            for one in [top, *(top.children(recursive=True) if with_children else ())] if top else ():
                total += one.memory_info().rss
        except psutil.Error:  # it ended while we looked
            continue
    return total / 1e6
