"""Drafts: what chunks become, one file each in reading order, before rows are parts of a table.

A draft is an Arrow file of the rows of its table, with the columns of :data:`scsr.corpus.prepare.work.BESIDE` and, for
utterances, those of their signatures. It is named by what went into it, so that it is made once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scsr.corpus.store.folder import Folder

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Draft", "read_draft", "write_draft"]


@dataclass(frozen=True, slots=True)
class Draft:
    """One draft.

    Parameters
    ----------
    name : str
        Its file.
    source : int
        Number of its source.
    table : str
    n_rows : int
    """

    name: str
    source: int
    table: str
    n_rows: int


def write_draft(folder: Folder, name: str, rows: pa.Table, counts: Mapping[str, str]) -> None:
    """Write a draft.

    Parameters
    ----------
    folder : Folder
    name : str
    rows : pyarrow.Table
    counts : mapping of str to str
        What else is to be known of the chunk.

    Examples
    --------
    >>> import pyarrow as pa
    >>> folder = Folder("memory://drafts")
    >>> write_draft(folder, "a", pa.table({"text": ["Hei"], "_exact": [7]}), {"n_read": "2"})
    >>> read_draft(folder, "a", ["_exact"]).to_pydict(), read_counts(folder, "a")
    ({'_exact': [7]}, {'n_read': '2'})
    """
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    rows = rows.replace_schema_metadata(dict(counts))
    with pa.ipc.new_file(sink, rows.schema, options=options) as writer:
        writer.write_table(rows.combine_chunks())
    folder.put(name, sink.getvalue())


def read_draft(folder: Folder, name: str, columns: Sequence[str] | None = None) -> pa.Table:
    """Read a draft, or some of its columns alone."""
    import pyarrow as pa

    with folder.open(name) as stream:
        opened = pa.ipc.open_file(stream)
        if columns is None:
            return opened.read_all()
        fields = sorted(opened.schema.get_field_index(column) for column in columns)
        stream.seek(0)
        options = pa.ipc.IpcReadOptions(included_fields=fields)
        return pa.ipc.open_file(stream, options=options).read_all().select(list(columns))


def read_counts(folder: Folder, name: str) -> dict[str, str]:
    """Read what else is known of a chunk."""
    import pyarrow as pa

    with folder.open(name) as stream:
        held = pa.ipc.open_file(stream).schema.metadata or {}
    return {key.decode(): value.decode() for key, value in held.items()}
