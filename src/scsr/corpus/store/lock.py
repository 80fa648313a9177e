"""One writer at a time: a lock of the operating system on a disk, a lease in a store."""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scsr.corpus.store.folder import Folder
from scsr.errors import ScsrError

__all__ = ["LOCK", "locked"]

LOCK = ".lock"

LEASE_S = 300.0
"""Seconds for which a lease holds that is not renewed."""


@contextlib.contextmanager
def locked(folder: Folder) -> Iterator[None]:
    """Hold the only right to write to a folder.

    Parameters
    ----------
    folder : Folder

    Raises
    ------
    ScsrError
        If another process holds it.

    Notes
    -----
    On a disk it is a lock that the operating system drops with the process, however that ends. A store has no
    locks: there a file says who writes and is renewed while the run lasts. It keeps two runs apart that start at
    different moments; two that start within the same second are told apart only by a store that refuses to create
    a file twice. Whatever happens, what is published is the whole of one run, as parts are named by their content
    and the manifest is one file.
    """
    local = folder.local
    with held(local / LOCK, folder) if local is not None else leased(folder):
        yield


def busy(folder: Folder, more: str = "") -> ScsrError:
    """Say that somebody else is writing."""
    return ScsrError(f"another prepare or forget is writing to {folder.path}{more}; wait for it, or give another --out")


@contextlib.contextmanager
def held(file: Path, folder: Folder) -> Iterator[None]:
    """Hold a lock of the operating system."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a") as stream:
        try:
            import fcntl
        except ImportError:  # Windows
            import msvcrt

            take = lambda: msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]  # noqa: E731
        else:
            take = lambda: fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)  # noqa: E731
        try:
            take()
        except OSError:
            raise busy(folder) from None
        yield


@contextlib.contextmanager
def leased(folder: Folder) -> Iterator[None]:
    """Hold a lease, renewed in the background."""
    mine = {"host": host(), "pid": os.getpid(), "run": os.urandom(16).hex()}
    if (other := lease(folder)) and alive(other):
        raise busy(folder, f" ({other['host']}, process {other['pid']}; if it has ended, remove {LOCK} there)")
    renew(folder, mine)
    if lease(folder).get("run") != mine["run"]:
        raise busy(folder)
    done = threading.Event()
    renewing = threading.Thread(target=keep, args=(folder, mine, done), daemon=True)
    renewing.start()
    try:
        yield
    finally:
        done.set()
        renewing.join()
        if lease(folder).get("run") == mine["run"]:
            folder.remove(LOCK)


def host() -> str:
    """Name of this machine."""
    import socket

    return socket.gethostname()


def lease(folder: Folder) -> dict[str, Any]:
    """Read who holds the lease; empty where nobody does, or what stands there is no lease."""
    try:
        stated = json.loads(folder.get(LOCK))
    except (OSError, ValueError):
        return {}
    return stated if isinstance(stated, dict) and {"host", "pid", "run", "at"} <= stated.keys() else {}


def alive(stated: dict[str, Any]) -> bool:
    """Whether the holder of a lease may still be writing."""
    if time.time() - stated["at"] > LEASE_S:
        return False
    if stated["host"] != host():
        return True
    if stated["pid"] == os.getpid():
        return True
    import psutil

    return bool(psutil.pid_exists(stated["pid"]))


def renew(folder: Folder, mine: dict[str, Any]) -> None:
    """Write the lease with the time of now."""
    folder.put(LOCK, json.dumps(mine | {"at": time.time()}).encode())


def keep(folder: Folder, mine: dict[str, Any], done: threading.Event) -> None:
    """Renew the lease until the run is done; a store that fails for a moment is asked again."""
    while not done.wait(LEASE_S / 5):
        with contextlib.suppress(OSError):
            renew(folder, mine)
