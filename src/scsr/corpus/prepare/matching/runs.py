"""Runs: sorted records in a file each, of which a task reads the slice that belongs to its share.

A search over a corpus that fits into no memory goes in two hops. A task for each group of drafts sorts what it found
and writes it as one run; a task for each share of the keys reads its slice of every run.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scsr.corpus.store.folder import Folder

__all__ = ["Run", "Slices", "read_slices", "share_bounds", "slices", "write_run"]

Slices = tuple[tuple[str, int, int], ...]
"""Files, first records and records after the last."""


@dataclass(frozen=True)
class Run:
    """A run.

    Parameters
    ----------
    name : str
    bounds : array of int64, shape (n_shares + 1,)
        Record at which each share begins.
    """

    name: str
    bounds: NDArray[np.int64]


def write_run(folder: Folder, name: str, records: NDArray[Any], bounds: NDArray[np.int64]) -> Run:
    """Write a run; nothing is written where there is nothing to write.

    Parameters
    ----------
    folder : Folder
    name : str
    records : array, shape (n,)
        Sorted by their shares.
    bounds : array of int64, shape (n_shares + 1,)

    Returns
    -------
    Run

    Examples
    --------
    >>> folder = Folder("memory://runs")
    >>> two = [write_run(folder, name, np.array([3, 5, 9]), np.array([0, 2, 3])) for name in "ab"]
    >>> read_slices(folder, slices(two, 0), np.dtype("<i8")).tolist(), slices(two, 1)
    ([3, 5, 3, 5], (('a', 2, 3), ('b', 2, 3)))
    """
    if len(records):
        folder.put(name, np.ascontiguousarray(records).tobytes())
    return Run(name, np.asarray(bounds, dtype=np.int64))


def slices(runs: Iterable[Run], share: int) -> Slices:
    """Slices of one share, in the order of the runs."""
    bounds = ((run.name, int(run.bounds[share]), int(run.bounds[share + 1])) for run in runs)
    return tuple((name, start, stop) for name, start, stop in bounds if stop > start)


def read_slices(folder: Folder, wanted: Slices, kind: np.dtype[Any]) -> NDArray[Any]:
    """Read slices, one behind the other."""
    read = bytearray()
    for name, start, stop in wanted:
        with folder.open(name) as stream:
            stream.seek(start * kind.itemsize)
            read += stream.read((stop - start) * kind.itemsize)
    return np.frombuffer(read, dtype=kind)


def share_bounds(keys: NDArray[np.uint64], n_shares: int) -> NDArray[np.int64]:
    """Cut sorted keys into shares of the same width.

    Examples
    --------
    >>> share_bounds(np.array([1, 2**62, 2**63, 2**63 + 1], dtype=np.uint64), 2).tolist()
    [0, 2, 4]
    """
    edges = np.array([(share << 64) // n_shares for share in range(1, n_shares)], dtype=np.uint64)
    return np.concatenate([[0], np.searchsorted(keys, edges), [len(keys)]]).astype(np.int64)
