"""One chunk of records to Arrow rows: the unit of work, the same in this process and in any other."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scsr.corpus.prepare.pagerows import page_rows
from scsr.corpus.prepare.rows import Cleaner, Row
from scsr.corpus.prepare.signed import Signatures, sign
from scsr.corpus.readers.records import RawRecord, Reject
from scsr.corpus.readers.source import Source
from scsr.schema import TABLES

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["BESIDE", "Chunk", "Worked", "work"]

BESIDE = ("_native", "_url", "_file", "_locator")
"""What travels with the rows of a table to become ids, provenance and rejects."""


@dataclass(frozen=True)
class Chunk:
    """Records of one source, in order; rejects of the reader travel along to keep their place.

    Parameters
    ----------
    source : Source
    key : bytes
    records : tuple of RawRecord or Reject
    forgotten : frozenset of str
        Speakers who asked to be forgotten.
    repeated : frozenset of int
        Furniture learnt from the source's pages.
    """

    source: Source
    key: bytes
    records: tuple[RawRecord | Reject, ...]
    forgotten: frozenset[str] = frozenset()
    repeated: frozenset[int] = frozenset()


@dataclass
class Worked:
    """What a chunk became.

    Parameters
    ----------
    rows : pyarrow.Table
        Columns of the source's table, text where the contract has categories, and :data:`BESIDE`.
    n_read : int
        Rows and rejects, counted before they are told apart.
    signed : Signatures or None
        Of the texts, for utterances.
    marks : set of str
        Placeholders by which texts may speak of people who are to be forgotten.
    """

    rows: pa.Table
    rejects: list[Reject]
    n_records: int
    n_read: int
    masked: Counter[str]
    characters: Counter[str] = field(default_factory=Counter)
    n_visible: int = 0
    signed: Signatures | None = None
    marks: set[str] = field(default_factory=set)


def work(chunk: Chunk) -> Worked:
    """Clean one chunk.

    Parameters
    ----------
    chunk : Chunk

    Returns
    -------
    Worked

    Raises
    ------
    SourceError
        Where a statement in ``sources.toml`` is at fault.
    """
    cleaner = Cleaner(chunk.source, chunk.key, forgotten=chunk.forgotten, repeated=chunk.repeated)
    made: list[Row | Reject] = []
    characters: Counter[str] = Counter()
    n_visible = 0
    for record in chunk.records:
        if isinstance(record, Reject):
            made.append(record)
        elif record.markup is None:
            made.append(cleaner.row(record))
        else:
            parts, counted, visible = page_rows(record, cleaner)
            made += parts
            characters.update(counted)
            n_visible += visible
    if moved := min(cleaner.n_repeated, characters["utterances"]):
        characters["utterances"] -= moved
        characters["furniture:repeated"] += moved
    rows = [row for row in made if isinstance(row, Row)]
    done = Worked(
        to_arrow(rows, chunk.source.table),
        [reject for reject in made if isinstance(reject, Reject)],
        n_records=len(chunk.records),
        n_read=len(made),
        masked=cleaner.masked,
        characters=characters,
        n_visible=n_visible,
        marks=cleaner.marks,
    )
    if chunk.source.table == "utterances":
        done.signed = sign([row.values["text"] for row in rows])
    return done


def to_arrow(rows: list[Row], table: str) -> pa.Table:
    """Put rows side by side, column by column."""
    import pyarrow as pa

    columns: dict[str, Any] = {}
    for field_ in TABLES[table].arrow():
        kind = pa.string() if pa.types.is_dictionary(field_.type) else field_.type
        columns[field_.name] = pa.array([row.values.get(field_.name) for row in rows], type=kind)
    columns["_native"] = pa.array([row.native for row in rows], type=pa.bool_())
    for name in ("url", "file", "locator"):
        columns[f"_{name}"] = pa.array([getattr(row, name) for row in rows], type=pa.string())
    return pa.table(columns)
