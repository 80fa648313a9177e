"""Parts: the Parquet files that a table consists of, named by their content."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

from scsr.corpus.store.checks import in_contract, keep_contract
from scsr.corpus.store.folder import Folder

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["PART_ROWS", "read_part", "write_part"]

PART_ROWS = 50_000
"""Rows of one part file; also of its one row group."""


def write_part(folder: Folder, table: str, source: str, number: int, rows: pa.Table) -> dict[str, Any]:
    """Write a part; it does not count before a manifest names it. Any worker may do so.

    Parameters
    ----------
    folder : Folder
        Of all tables.
    table, source : str
    number : int
        Of the part among those of its source, from 0.
    rows : pyarrow.Table
        With the contract's columns, text where the contract has categories; at most
        :data:`PART_ROWS` rows.

    Returns
    -------
    dict
        ``name``, ``source``, ``n_rows`` and ``sha256``, as the manifest lists it.

    Raises
    ------
    TableError
        If the rows break the contract.
    OSError
        If the folder cannot be written to.

    Examples
    --------
    >>> import pyarrow as pa
    >>> row = {"source": ["log"], "file": ["a.csv"], "locator": ["row 1"], "reason": ["no text"], "detail": [""]}
    >>> part = write_part(Folder("memory://written"), "rejects", "log", 0, pa.table(row))
    >>> part["n_rows"], part["name"] in Folder("memory://written/rejects")
    (1, True)
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = in_contract(rows, table)
    keep_contract(rows, table)
    sink = pa.BufferOutputStream()
    pq.write_table(
        rows, sink, row_group_size=PART_ROWS, compression="zstd", compression_level=3, version="2.6",
        data_page_version="1.0", write_statistics=True, store_schema=True,
    )  # fmt: skip
    contents = sink.getvalue()
    digest = hashlib.sha256(contents).hexdigest()
    name = f"part-{slug(source)}-{number:05d}-{digest[:12]}.parquet"
    folder.put(f"{table}/{name}", contents)
    return {"name": name, "source": source, "n_rows": rows.num_rows, "sha256": digest}


def read_part(folder: Folder, table: str, name: str, columns: list[str] | None = None) -> pa.Table:
    """Read a part, or some of its columns.

    Parameters
    ----------
    folder : Folder
        Of all tables.
    table, name : str
    columns : list of str, optional

    Returns
    -------
    pyarrow.Table
    """
    import pyarrow.parquet as pq

    with folder.open(f"{table}/{name}") as stream:
        return pq.read_table(stream, columns=columns)


def slug(name: str) -> str:
    """File-name form of a source's name.

    Examples
    --------
    >>> slug("Svenska omdömen 2012")
    'svenska-omd-men-2012'
    """
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "source"
