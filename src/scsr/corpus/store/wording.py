"""The wording of a corpus: runs of words of all its utterances, kept beside the parts, to hold reports against.

A file of hashes stands in ``.wording`` for each part of the utterances, about 120 bytes a message. What reads them needs
no text, and never more than one part's. A file that is missing is made from its part.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scsr.corpus.store.folder import Folder
from scsr.corpus.store.parts import read_part
from scsr.text.runs import word_runs

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["FOLDER", "Wording", "write_wording"]

FOLDER = ".wording"
KIND = np.dtype("<u8")
BATCH = 2_048


def name_of(part: str) -> str:
    """Name of the file of a part, which is named by its content.

    Examples
    --------
    >>> name_of("part-log-00000-0123456789ab.parquet")
    'part-log-00000-0123456789ab.runs'
    """
    return part.removesuffix(".parquet") + ".runs"


def texts_of(rows: pa.Table) -> Iterator[str]:
    """Titles and texts of some rows, a few at a time."""
    for batch in rows.select(["title", "text"]).to_batches(max_chunksize=BATCH):
        for column in batch.columns:
            yield from filter(None, column.to_pylist())


def write_wording(folder: Folder, part: str, rows: pa.Table) -> NDArray[np.uint64]:
    """Write the runs of words of a part's titles and texts.

    Parameters
    ----------
    folder : Folder
        Of all tables.
    part : str
        Name of a part of the utterances.
    rows : pyarrow.Table
        Its rows, with ``title`` and ``text``.

    Returns
    -------
    array of uint64
        Sorted and unique.
    """
    runs = word_runs(texts_of(rows))
    folder.put(f"{FOLDER}/{name_of(part)}", runs.astype(KIND).tobytes())
    return runs


@dataclass(frozen=True)
class Wording:
    """Runs of words of a corpus.

    Parameters
    ----------
    folder : Folder
        Of the tables.
    parts : sequence of str
        Parts of the utterances.
    """

    folder: Folder
    parts: Sequence[str]

    def complete(self) -> Wording:
        """Make the files that are missing; where the folder cannot be written to, they are made when asked for."""
        there = set((self.folder / FOLDER).names())
        for part in self.parts:
            if name_of(part) not in there:
                with contextlib.suppress(OSError):
                    write_wording(self.folder, part, read_part(self.folder, "utterances", part, ["title", "text"]))
        return self

    def runs_of(self, part: str) -> NDArray[np.uint64]:
        """Return the runs of one part, sorted and unique."""
        try:
            return np.frombuffer((self.folder / FOLDER).get(name_of(part)), dtype=KIND)
        except OSError:
            rows = read_part(self.folder, "utterances", part, ["title", "text"])
            return word_runs(texts_of(rows))

    def holding(self, runs: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Say which runs of words stand in the corpus.

        Parameters
        ----------
        runs : array of uint64, shape (n,)

        Returns
        -------
        array of bool, shape (n,)
        """
        found = np.zeros(len(runs), dtype=bool)
        for part in self.parts if len(runs) else ():
            known = self.runs_of(part)
            if len(known):
                found |= known[np.minimum(np.searchsorted(known, runs), len(known) - 1)] == runs
        return found
