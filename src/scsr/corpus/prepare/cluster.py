"""A Dask cluster that somebody else runs: its workers do the tasks, its losses are waited for or said.

Tasks travel as bytes, so that the scheduler passes them on without a look inside. A worker that dies costs the time
of its tasks, which the scheduler gives to others.

References
----------
Rocklin, M. (2015). Dask: Parallel computation with blocked algorithms and task scheduling. *Proceedings of the 14th
Python in Science Conference*, 130-136.
"""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from scsr.corpus.prepare.version import code_digest
from scsr.corpus.store.folder import Folder
from scsr.errors import ScsrError, WorkerError

if TYPE_CHECKING:
    from distributed import Future

__all__ = ["Cluster"]

ANSWER_S = 10
"""Seconds within which a scheduler must answer."""

WORKERS_S = 120.0
"""Seconds without any worker after which a run gives up: as long as a queue of jobs may take to start one."""

TICK_S = 1.0
"""Seconds between two looks at how many workers there are."""

RETRIES = 2
"""How often a task is tried again after an error that time may mend, such as a store that does not answer."""

GOES_ON = "nothing is published; the next run goes on where this one stopped"


@dataclass(frozen=True)
class Failure:
    """An error that trying again does not mend."""

    error: ScsrError


class Cluster:
    """Workers of a Dask scheduler.

    Parameters
    ----------
    address : str

    Raises
    ------
    ScsrError
        Where the scheduler does not answer, or ``scsr[cluster]`` is not installed.
    """

    def __init__(self, address: str) -> None:
        try:
            import dask
            from distributed import Client
        except ImportError:
            raise ScsrError("--dask needs Dask, which is not installed; run pip install 'scsr[cluster]'") from None
        self.address = address
        self.held = contextlib.ExitStack()
        self.held.enter_context(quiet())
        self.held.enter_context(dask.config.set({"distributed.comm.timeouts.connect": f"{ANSWER_S}s"}))
        try:
            knock(address)
            self.client = Client(address, timeout=ANSWER_S, set_as_default=False, name="scsr")
        except (OSError, ValueError, TypeError, ImportError) as error:
            self.held.close()
            raise ScsrError(
                f"no Dask scheduler answers at {address} ({' '.join(str(error).split())}); "
                "start one with `dask scheduler`, or give --dask its address, such as tcp://127.0.0.1:8786"
            ) from None
        self.probe: tuple[Folder, str] | None = None
        self.looked = self.seen = time.monotonic()
        self.n_workers = 0
        self.look()

    def look(self) -> None:
        """Count the workers, and give up where there has been none for long."""
        with self.lost():
            self.n_workers = sum(self.client.nthreads().values())
        self.looked = time.monotonic()
        if self.n_workers:
            self.seen = self.looked
        elif self.looked - self.seen > WORKERS_S:
            raise WorkerError(
                f"the Dask scheduler at {self.address} has had no worker for {WORKERS_S:.0f} s; {GOES_ON}; "
                f"start one with `dask worker {self.address} --nthreads 1`"
            )

    def size(self) -> int:
        """Workers there are now: threads, as a worker with two does two tasks at once."""
        if time.monotonic() - self.looked > TICK_S:
            self.look()
        return max(1, self.n_workers)

    def share(self, folder: Folder) -> None:
        """Have every worker prove, before its first task, that it reaches a folder."""
        self.probe = folder, f".reached-{os.urandom(16).hex()}"
        folder.put(self.probe[1], b"")

    def submit(self, function: Callable[[Any], Any], item: Any) -> Future:
        """Send a task."""
        task = pickle.dumps((function, item), protocol=pickle.HIGHEST_PROTOCOL)
        with self.lost():
            return self.client.submit(call, task, code_digest(), self.probe, pure=False, retries=RETRIES)

    def wait(self, futures: list[Future]) -> None:
        """Wait until one of the futures is done."""
        from distributed import wait

        while True:
            with self.lost(), self.client.as_current():
                try:
                    wait(futures, timeout=TICK_S, return_when="FIRST_COMPLETED")
                    return
                except TimeoutError:
                    pass
            self.look()

    def result(self, future: Future) -> Any:
        """Give the result of a future."""
        from distributed import KilledWorker

        with self.lost():
            try:
                found = future.result()
            except KilledWorker as error:
                raise WorkerError(
                    f"a task ended {error.allowed_failures + 1} workers one after the other, most likely for want of "
                    f"memory; {GOES_ON}; start workers with more memory or fewer threads"
                ) from None
            except ModuleNotFoundError as error:
                raise ScsrError(f"{error} on a worker; install the same scsr there as here") from None
            except RuntimeError as error:
                if "deserialization" not in str(error):
                    raise
                raise ScsrError(
                    f"the Dask scheduler at {self.address} cannot read tasks; install the same scsr there as here"
                ) from None
        if isinstance(found, Failure):
            raise found.error
        return found

    @contextlib.contextmanager
    def lost(self) -> Iterator[None]:
        """Say that the scheduler is gone, where it is."""
        from distributed.comm.core import CommClosedError

        try:
            yield
        except (CancelledError, CommClosedError):
            raise self.gone() from None
        except (OSError, RuntimeError, AttributeError):
            if self.client.status == "running":
                raise
            raise self.gone() from None

    def gone(self) -> WorkerError:
        """Word the loss of the scheduler."""
        return WorkerError(f"the Dask scheduler at {self.address} is gone; {GOES_ON}")

    def close(self, failed: bool) -> None:
        """Let go of the cluster, which goes on without this run."""
        try:
            if self.probe is not None:
                self.probe[0].remove(self.probe[1])
            self.client.close(timeout=ANSWER_S if not failed else 2)
        finally:
            self.held.close()


def knock(address: str) -> None:
    """Fail where nobody listens, before a client tries, which would leave its threads behind.

    Raises
    ------
    OSError, ValueError
        If the address is none, or nobody listens there.
    """
    from distributed.comm.addressing import get_address_host_port, parse_address

    host, port = get_address_host_port(address)
    if not host or not port:
        raise ValueError("a host and a port are needed")
    if parse_address(address)[0] in ("tcp", "tls"):
        socket.create_connection((host, port), timeout=ANSWER_S).close()


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep Dask's log from the terminal: what matters in it is raised."""
    loggers = [logging.getLogger(name) for name in ("distributed", "distributed.client", "distributed.comm", "tornado")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


def call(task: bytes, code: str, probe: tuple[Folder, str] | None = None) -> Any:
    """Do a task on a worker, if it runs the same code and reaches the same folder as the process that sent it."""
    if against := unfit(code, probe):
        from distributed import get_worker

        return Failure(ScsrError(f"the worker {get_worker().address} {against}"))
    try:
        function, item = pickle.loads(task)
        return function(item)
    except ScsrError as error:
        return Failure(error)


@cache
def unfit(code: str, probe: tuple[Folder, str] | None) -> str:
    """Say why this process is not to work for another, if it is not; looked up once for each."""
    if code_digest() != code:
        return (
            "runs another scsr, or other versions of its libraries, than this process; "
            "install the same on both (requirements.lock) and start it again"
        )
    if probe is not None and probe[1] not in probe[0]:
        return (
            f"does not see {probe[0].path}; give an --out that all machines share: a folder at the same path, "
            "or an address in a store such as s3://bucket/processed"
        )
    return ""
