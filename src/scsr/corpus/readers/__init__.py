"""Readers: one function a format, ``Path, Source, str -> Iterator[RawRecord | Reject]``, in one table.

Examples
--------
>>> sorted(READERS)
['atom', 'cascades', 'convokit', 'page', 'table', 'twcs', 'wxr']
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from scsr.corpus.readers.cascades import read_cascades
from scsr.corpus.readers.choose import choose_sources
from scsr.corpus.readers.convokit import read_convokit
from scsr.corpus.readers.feeds import read_atom
from scsr.corpus.readers.files import refused, relative
from scsr.corpus.readers.page import read_page
from scsr.corpus.readers.records import RawRecord, Reject
from scsr.corpus.readers.remote import Nearby
from scsr.corpus.readers.source import STORED, Source, load_sources, matching_files
from scsr.corpus.readers.table import read_table
from scsr.corpus.readers.twcs import read_twcs
from scsr.corpus.readers.wxr import read_wxr

__all__ = [
    "READERS",
    "STORED",
    "RawRecord",
    "Reject",
    "Source",
    "choose_sources",
    "load_sources",
    "matching_files",
    "read",
]

Reader = Callable[[Path, Source, str], Iterator[RawRecord | Reject]]

READERS: dict[str, Reader] = {
    "page": read_page,
    "table": read_table,
    "twcs": read_twcs,
    "cascades": read_cascades,
    "wxr": read_wxr,
    "atom": read_atom,
    "convokit": read_convokit,
}
"""Reader by name. A new format is one more function here."""


def read(
    source: Source, base: Path, files: list[Path] | None = None, near: Nearby | None = None
) -> Iterator[RawRecord | Reject]:
    """Read every file of a source, in a stable order.

    Parameters
    ----------
    source : Source
    base : Path
        Folder of the raw files.
    files : list of Path, optional
        Its files, where they are known already.
    near : Nearby, optional
        Brings the files of a store one by one, as :func:`scsr.corpus.readers.remote.at_hand` gives it.

    Yields
    ------
    RawRecord or Reject
        A link out of `base`, a pipe or a device is a reject that is never opened.

    Raises
    ------
    SourceError
        If the source does not fit its files.
    """
    inside, near = base.resolve(), near or Nearby(base)
    for path in matching_files(source, base) if files is None else files:
        file = relative(path, base)
        if against := refused(path, inside):
            yield Reject(file, "file", *against)
            continue
        nothing = True
        with near.holding(path):
            for found in READERS[source.reader](path, source, file):
                nothing = False
                yield found
        if nothing:
            yield Reject(file, "file", "no records", "holds a header at most")
