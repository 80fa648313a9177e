"""Reader ``cascades``: retweet logs ``cascade,time,magnitude,user`` as *evently* writes them.

References
----------
Kong, Ram & Rizoiu (2021), *Evently: Modeling and Analyzing Reshare Cascades with Hawkes Processes*, WSDM.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

from scsr.corpus.readers.records import RawRecord, Reject
from scsr.corpus.readers.source import Source
from scsr.corpus.readers.table import as_text, rows_of
from scsr.errors import SourceError

__all__ = ["read_cascades"]


def read_cascades(path: Path, source: Source, file: str) -> Iterator[RawRecord | Reject]:
    """Read a cascade log: seconds since the first event, followers of the user, user, cascade.

    Parameters
    ----------
    path : Path
    source : Source
    file : str
        Path below the raw folder.

    Yields
    ------
    RawRecord or Reject
        Of table ``shares``: parent, root time and end of observation are unknown and stay null.

    Raises
    ------
    SourceError
        If the file lacks ``cascade`` or ``time``, or the source feeds another table than shares.
    """
    if source.table != "shares":
        raise SourceError(f"source {source.name!r}: reader 'cascades' feeds table 'shares', not {source.table!r}")
    plain = dataclasses.replace(source, columns={}, values={})
    for locator, row in rows_of(path, plain, file):
        if isinstance(row, Reject):
            yield row
            continue
        for column in ("cascade", "time"):
            if column not in row:
                raise SourceError(f"source {source.name!r}, file {file}: no column {column!r}; rename it in the file")
        try:
            hours = repr(float(as_text(row["time"])) / 3600)
        except ValueError:
            yield Reject(file, locator, "bad value", "time must be a number of seconds")
            continue
        values = {
            "cascade_id": as_text(row["cascade"]),
            "t_h": hours,
            "n_followers": as_text(row.get("magnitude")),
            "speaker_id": as_text(row.get("user")),
        }
        yield RawRecord(file, locator, {name: value for name, value in values.items() if value})
