"""Read prepared tables: only the columns and rows that are asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from scsr.corpus.store.folder import Folder
from scsr.corpus.store.manifest import Manifest, data_folder, manifest
from scsr.corpus.store.parts import PART_ROWS
from scsr.errors import ScsrError, TableError
from scsr.schema import DERIVED, DTYPES, TABLES, Table, cast_column, empty, table_of

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.dataset as ds

__all__ = ["load", "scan"]

AHEAD = 2
"""Batches, and parts, that are read ahead of who takes them."""


def load(
    table: str,
    columns: Sequence[str] | None = None,
    where: Mapping[str, Any] | None = None,
    data: str | Path | None = None,
) -> pd.DataFrame:
    """Load a prepared table.

    Parameters
    ----------
    table : str
        ``utterances``, ``shares``, ``exposure``, ``outcomes``, ``duplicates``, ``rejects`` or
        ``provenance``; or what is derived of the utterances, ``cases`` and ``threads``.
    columns : sequence of str, optional
        Columns to read, in this order; all unless given.
    where : mapping, optional
        Column to a value or a list of values; a row is kept where every one holds. None stands for a
        missing value.
    data : path, optional
        Folder of the tables; else ``SCSR_DATA``; else ``data/processed`` in the nearest ancestor of the
        working folder.

    Returns
    -------
    DataFrame
        With the contract's dtypes and a fresh index; without rows where the table holds none.
        ``frame.attrs["observed_until"]`` maps sources to the end of observation that they state.

    Raises
    ------
    TableError
        On a table or column that the contract does not have.
    ScsrError
        Where there are no prepared data, or a report reads a table that it did not declare.
    """
    description, wanted = asked(table, columns, where)
    folder = data_folder(data)
    found = manifest(folder)
    try:
        arrow = read(folder, found, description, wanted, where)
    except FileNotFoundError:  # another prepare published and tidied up between our two looks
        found = manifest(folder)
        arrow = read(folder, found, description, wanted, where)
    frame = empty(table)[wanted] if arrow is None else to_frame(arrow, description)
    frame.attrs["observed_until"] = found.observed_until
    return frame


def scan(
    table: str,
    columns: Sequence[str] | None = None,
    where: Mapping[str, Any] | None = None,
    data: str | Path | None = None,
) -> Iterator[pa.RecordBatch]:
    """Read a prepared table batch by batch, for what adds up without the whole table in memory.

    Parameters
    ----------
    table, columns, where, data
        As in :func:`load`.

    Returns
    -------
    iterator of pyarrow.RecordBatch
        Rows in the order of the table, at most :data:`~scsr.corpus.store.parts.PART_ROWS` at once; text where the
        contract has categories. At least one batch, which is empty where the table holds no such rows.

    Raises
    ------
    TableError
        On a table or column that the contract does not have.
    ScsrError
        Where there are no prepared data, where a report reads a table that it did not declare, or when the tables
        are prepared again meanwhile.

    Examples
    --------
    Utterances of each language, whatever their number::

        counts = Counter()
        for batch in scsr.scan("utterances", ["language"], where={"country": "SE"}):
            counts.update(batch.column("language").to_pylist())
    """
    description, wanted = asked(table, columns, where)
    chosen = condition(where or {}, description)
    folder = data_folder(data)
    return batches(folder, manifest(folder), description, wanted, chosen)


def batches(
    folder: Path, found: Manifest, table: Table, columns: list[str], chosen: ds.Expression | None
) -> Iterator[pa.RecordBatch]:
    """Read a table batch by batch."""
    any_rows = False
    try:
        whole = dataset(folder, found, table)
        for batch in () if whole is None else whole.to_batches(
            columns=columns, filter=chosen, batch_size=PART_ROWS, batch_readahead=AHEAD, fragment_readahead=AHEAD
        ):  # fmt: skip
            if batch.num_rows:
                any_rows = True
                yield batch
    except FileNotFoundError:
        raise ScsrError(f"{folder} was prepared again while {table.name!r} was read; run this once more") from None
    if not any_rows:
        yield without_rows(plain_schema(table), columns)


def asked(table: str, columns: Sequence[str] | None, where: Mapping[str, Any] | None) -> tuple[Table, list[str]]:
    """Describe what is asked for, or refuse it."""
    description = table_of(table)
    declared(table)
    for column in (*(columns or ()), *(where or ())):
        if column not in description.names:
            raise TableError(table, column, "is no column", remedy=f"choose from {', '.join(description.names)}")
    return description, list(columns) if columns is not None else list(description.names)


def declared(table: str) -> None:
    """Refuse a table that the running report did not declare, because its freshness would not be known."""
    inputs = os.environ.get("SCSR_INPUTS")
    if inputs is None:
        return
    names = [name.strip() for name in inputs.split(",") if name.strip()]
    if table not in names:
        raise ScsrError(
            f"this report reads table {table!r} but declares {', '.join(names) or 'none'}; "
            f"add {table!r} to its inputs in reports.toml"
        )


def plain_schema(table: Table) -> pa.Schema:
    """Arrow schema with text where the files hold dictionaries, so that filters can be pushed down."""
    import pyarrow as pa

    return pa.schema(
        [
            pa.field(field.name, pa.string() if pa.types.is_dictionary(field.type) else field.type)
            for field in table.arrow()
        ]
    )


def dataset(folder: Path, found: Manifest, table: Table) -> ds.Dataset | None:
    """Parts of a table as an Arrow dataset; None where there is no part."""
    import pyarrow.dataset as ds

    if table.name in DERIVED and table.name not in found.tables:
        raise ScsrError(f"{folder} was prepared before {table.name!r} was a table of its own; run `scsr prepare` again")
    parts = found.tables.get(table.name, {}).get("files", [])
    if not parts:
        return None
    files, system = (Folder.of(folder) / table.name).files(part["name"] for part in parts)
    return ds.dataset(files, schema=plain_schema(table), format="parquet", filesystem=system)


def read(
    folder: Path, found: Manifest, table: Table, columns: list[str], where: Mapping[str, Any] | None
) -> pa.Table | None:
    """Read parts as one Arrow table; None where there is no part."""
    whole = dataset(folder, found, table)
    return None if whole is None else whole.to_table(columns=columns, filter=condition(where or {}, table))


def without_rows(schema: pa.Schema, columns: list[str]) -> pa.RecordBatch:
    """Return a batch of some columns that holds nothing."""
    import pyarrow as pa

    fields = [schema.field(name) for name in columns]
    return pa.record_batch([pa.array([], field.type) for field in fields], schema=pa.schema(fields))


def condition(where: Mapping[str, Any], table: Table) -> ds.Expression | None:
    """Make an Arrow filter of ``where``."""
    import pyarrow as pa
    import pyarrow.dataset as ds

    schema = plain_schema(table)
    made = None
    for column, value in where.items():
        values = list(value) if isinstance(value, list | tuple | set | frozenset | pd.Index | pd.Series) else [value]
        present = [v for v in values if not pd.isna(v)]
        try:
            one = ds.field(column).isin(pa.array(present, type=schema.field(column).type))
        except (pa.ArrowException, TypeError):
            raise TableError(
                table.name, column, "cannot be compared with what `where` gives", row="where", value=value,
                remedy=f"give {schema.field(column).type} values",
            ) from None  # fmt: skip
        if len(present) < len(values):
            one = one | ds.field(column).is_null()
        made = one if made is None else made & one
    return made


def to_frame(arrow: pa.Table, table: Table) -> pd.DataFrame:
    """Make a frame with the contract's dtypes."""
    kinds = {column.name: column for column in TABLES[table.name].columns}
    series: dict[str, pd.Series] = {}
    for name in arrow.column_names:
        column, values = kinds[name], arrow.column(name)
        if column.kind == "list":
            series[name] = pd.Series(values.to_pylist(), dtype="object")
        elif column.kind == "category":
            series[name] = cast_column(categories(values), column, table.name)
        else:
            dtypes = {"str": pd.StringDtype(), "int": pd.Int64Dtype(), "bool": pd.BooleanDtype()}
            mapper = dtypes.get(column.kind)
            made = values.to_pandas(types_mapper=(lambda _, m=mapper: m) if mapper is not None else None)
            series[name] = made.astype(DTYPES[column.kind]).rename(name)
    return pd.DataFrame(series)


def categories(values: pa.ChunkedArray) -> pd.Series:
    """Encode once in Arrow, which is far cheaper than once more in pandas."""
    return values.combine_chunks().dictionary_encode().to_pandas()
