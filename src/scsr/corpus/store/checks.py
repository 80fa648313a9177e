"""The contract checked in Arrow: what holds is known in milliseconds; only a breach is worded in pandas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scsr.schema import TABLES
from scsr.schema.tables import Column, Table

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["in_contract", "keep_contract"]

SPANS = (("period_start", "period_end", "less"), ("observed_from", "observed_until", "less_equal"))
"""Starts and ends, and how a start must stand to its end."""


def in_contract(rows: pa.Table, table: str) -> pa.Table:
    """Give an Arrow table the contract's columns, order and types.

    Parameters
    ----------
    rows : pyarrow.Table
        Text where the contract has categories; a missing column is null.
    table : str

    Returns
    -------
    pyarrow.Table
    """
    import pyarrow as pa

    schema = TABLES[table].arrow()
    columns = []
    for field in schema:
        if field.name not in rows.column_names:
            columns.append(pa.nulls(rows.num_rows, field.type))
            continue
        column = rows.column(field.name)
        if pa.types.is_dictionary(field.type):
            column = column.cast(pa.string()).combine_chunks().dictionary_encode()
        columns.append(column.cast(field.type))
    # whether a column may be null is for keep_contract, which can say where; Arrow could not
    return pa.table(columns, schema=schema).combine_chunks()


def keep_contract(rows: pa.Table, table: str) -> None:
    """Refuse rows that break the contract.

    Parameters
    ----------
    rows : pyarrow.Table
        As :func:`in_contract` gives them.
    table : str

    Raises
    ------
    TableError
        On the first breach, as :func:`scsr.schema.validate` words it.

    Examples
    --------
    >>> import pyarrow as pa
    >>> row = {"share_id": ["a"], "cascade_id": ["c"], "t_h": [-1.0], "source": ["log"], "synthetic": [True]}
    >>> keep_contract(in_contract(pa.table(row), "shares"), "shares")
    Traceback (most recent call last):
    scsr.errors.TableError: table 'shares', column 't_h', row 0: value -1.0 is below 0; hours since the root
    """
    if not sound(rows, TABLES[table]):
        from scsr.schema import validate

        validate(rows.to_pandas(), table)


def sound(rows: pa.Table, table: Table) -> bool:
    """Whether rows surely keep the contract; where not, :func:`scsr.schema.validate` is to judge."""
    return (
        all(sound_column(rows.column(column.name), column) for column in table.columns)
        and sound_key(rows, table.key)
        and sound_spans(rows)
    )


def sound_column(values: pa.ChunkedArray, column: Column) -> bool:
    """Whether nothing is missing that must be there, and every value is one that may be."""
    import pyarrow.compute as pc

    if values.null_count and not column.nullable:
        return False
    if column.kind == "list":
        return not pc.list_flatten(values).null_count
    if column.allowed:
        known = set(column.allowed)
        return all(known.issuperset(chunk.dictionary.to_pylist()) for chunk in values.chunks)
    if column.kind == "float" and not pc.all(pc.is_finite(values), min_count=0).as_py():
        return False
    bounds = pc.min_max(values).as_py() if column.minimum is not None or column.maximum is not None else None
    if bounds is None or bounds["min"] is None:
        return True
    low, high = column.minimum, column.maximum
    return (low is None or bounds["min"] >= low) and (high is None or bounds["max"] <= high)


def sound_key(rows: pa.Table, key: tuple[str, ...]) -> bool:
    """Whether no two rows have the same key."""
    import pyarrow.compute as pc

    if not key:
        return True
    if len(key) == 1:
        return bool(pc.count_distinct(rows.column(key[0]), mode="all").as_py() == rows.num_rows)
    return bool(rows.select(list(key)).group_by(list(key)).aggregate([]).num_rows == rows.num_rows)


def sound_spans(rows: pa.Table) -> bool:
    """Whether every period and window ends after it starts."""
    import pyarrow.compute as pc

    for start, end, order in SPANS:
        if start in rows.column_names and end in rows.column_names:
            follows = pc.call_function(order, [rows.column(start), rows.column(end)])
            if not pc.all(follows, min_count=0).as_py():
                return False
    return True
