"""Kernels: this very Python, over sockets of their own, in an environment that is the same for every user."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

__all__ = ["deadline", "end_kernels", "engine", "environment", "kernel_manager"]

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


def kernel_manager(kernels: list[Any]) -> type:
    """Return a manager that starts this very Python, over sockets in a folder of its own."""
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    class Manager(AsyncKernelManager):
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            folder = os.environ["JUPYTER_RUNTIME_DIR"]
            if os.name == "posix" and len(folder) < 80:  # a socket's path has at most 107 characters
                self.transport, self.ip = "ipc", str(Path(folder) / "k")
            kernels.append(self)

        @property
        def kernel_spec(self) -> KernelSpec:
            argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
            return KernelSpec(argv=argv, display_name="Python 3", language="python")

    return Manager


@contextmanager
def environment(data: str, tables: Iterable[str], smallest_cell: int) -> Iterator[list[Any]]:
    """Set what a kernel sees: data, declared inputs, and nothing that differs between users."""
    matplotlib = find_spec("matplotlib")
    with tempfile.TemporaryDirectory(prefix="scsr-") as folder:
        own = {
            "SCSR_DATA": data,
            "SCSR_INPUTS": ",".join(tables),
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


@contextmanager
def deadline(seconds: float) -> Iterator[Any]:
    """End the kernels after a time; the event tells whether it came to that."""
    import threading

    late = threading.Event()

    def stop() -> None:
        late.set()
        end_kernels()

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()
