"""The contract in pandas: empty tables, dtypes, and the checks that every row passes."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from scsr.errors import TableError
from scsr.schema.tables import DTYPES, Column, Table, table_of

__all__ = ["cast_column", "check_key", "check_spans", "conform", "empty", "pandera_schema", "validate"]


def empty(name: str) -> pd.DataFrame:
    """Return a table without rows that keeps the contract.

    Examples
    --------
    >>> len(empty("outcomes")), list(empty("rejects"))
    (0, ['source', 'file', 'locator', 'reason', 'detail'])
    """
    return pd.DataFrame({c.name: pd.Series(dtype=DTYPES[c.kind]) for c in table_of(name).columns})


def conform(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Give a frame the columns, order and dtypes of a table; missing columns are null.

    Parameters
    ----------
    frame : DataFrame
        Any subset of the table's columns.
    name : str
        Name of the table.

    Returns
    -------
    DataFrame
        A new frame. Call :func:`validate` on it to have its values checked.

    Raises
    ------
    TableError
        On a column that the table does not have, or a value that cannot be read as the column's kind.

    Examples
    --------
    >>> rows = conform(pd.DataFrame({"share_id": ["a"], "cascade_id": ["c"], "t_h": [0]}), "shares")
    >>> rows["t_h"].dtype, rows["parent_id"].isna().item()
    (dtype('float64'), True)
    """
    table = table_of(name)
    unknown = [column for column in frame.columns if column not in table.names]
    if unknown:
        raise TableError(name, str(unknown[0]), "is not a column of the contract", remedy="rename or drop it")
    columns: dict[str, pd.Series] = {}
    for column in table.columns:
        if column.name in frame:
            columns[column.name] = cast_column(frame[column.name], column, name)
        else:
            columns[column.name] = pd.Series(pd.NA, index=frame.index, dtype="object").astype(
                DTYPES[column.kind] if column.kind != "float" else "Float64"
            ).astype(DTYPES[column.kind])  # fmt: skip
    return pd.DataFrame(columns, index=frame.index)


def cast_column(values: pd.Series, column: Column, table: str) -> pd.Series:
    """Read a column as its kind, or say which row cannot be."""
    if column.kind == "list":
        return values.astype("object")
    if column.kind == "category":
        return categories_of(values)
    try:
        if column.kind == "timestamp":
            return pd.to_datetime(values, utc=True).astype(DTYPES["timestamp"])
        return values.astype(DTYPES[column.kind])
    except (TypeError, ValueError) as error:
        for label, value in values.items():
            try:
                one = pd.Series([value], dtype="object")
                _ = pd.to_datetime(one, utc=True) if column.kind == "timestamp" else one.astype(DTYPES[column.kind])
            except (TypeError, ValueError):
                raise TableError(
                    table, column.name, f"is no {column.kind}", row=label, value=value, remedy=column.meaning
                ) from None
        raise TableError(table, column.name, f"cannot be read as {column.kind}: {error}") from error


def categories_of(values: pd.Series) -> pd.Series:
    """Make a category of the texts that stand in a column, in order of the alphabet."""
    if not isinstance(values.dtype, pd.CategoricalDtype):
        strings = values.astype("string")
        return strings.astype(pd.CategoricalDtype(sorted(strings.dropna().unique())))
    # by its codes: a column is long, its categories are few
    codes, texts = values.cat.codes.to_numpy(), values.cat.categories.astype("string")
    seen = np.unique(codes[codes >= 0])
    names = sorted(set(texts[seen]))
    place = np.full(len(texts) + 1, -1)  # the last is that of -1
    place[seen] = np.searchsorted(np.array(names, dtype=object), texts[seen].to_numpy(dtype=object))
    made = pd.Categorical.from_codes(place[codes], dtype=pd.CategoricalDtype(names))  # type: ignore[arg-type]
    return pd.Series(made, index=values.index, name=values.name)


@cache
def pandera_schema(name: str) -> Any:
    """Return the pandera schema of a table, built on first use because pandera is slow to import."""
    import pandera.pandas as pandera

    def checks(column: Column) -> list[Any]:
        made = []
        if column.allowed:
            made.append(pandera.Check.isin(column.allowed, error=f"is not one of {', '.join(column.allowed)}"))
        if column.minimum is not None:
            made.append(pandera.Check.ge(column.minimum, error=f"is below {column.minimum:g}"))
        if column.maximum is not None:
            made.append(pandera.Check.le(column.maximum, error=f"is above {column.maximum:g}"))
        if column.kind == "float":
            made.append(pandera.Check(lambda s: ~np.isinf(s), error="is infinite"))
        if column.kind == "list":
            made.append(
                pandera.Check(
                    lambda s: s.map(lambda v: not isinstance(v, str) and all(isinstance(w, str) for w in v)),
                    error="is no list of strings",
                )
            )
        return made

    table = table_of(name)
    columns = {
        c.name: pandera.Column(None, checks(c), nullable=c.nullable or c.kind == "list", coerce=False, required=True)
        for c in table.columns
    }
    return pandera.DataFrameSchema(columns, strict=True, ordered=False, name=name)


def validate(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Check a table against the contract.

    Parameters
    ----------
    frame : DataFrame
        The table, with all of its columns.
    name : str
        Its name in :data:`TABLES`.

    Returns
    -------
    DataFrame
        The same table, with the contract's column order and dtypes.

    Raises
    ------
    TableError
        On the first breach, naming table, column, row, value and remedy.

    Examples
    --------
    >>> bad = pd.DataFrame({"share_id": ["a"], "cascade_id": ["c"], "t_h": [-1.0]})
    >>> bad["source"], bad["synthetic"] = "log", False
    >>> validate(conform(bad, "shares"), "shares")
    Traceback (most recent call last):
    scsr.errors.TableError: table 'shares', column 't_h', row 0: value -1.0 is below 0; hours since the root
    """
    import pandera.errors

    table = table_of(name)
    for column in table.columns:
        if column.name not in frame:
            raise TableError(name, column.name, "is missing", remedy=f"add it: {column.meaning}")
    frame = conform(frame, name)
    for column in table.columns:
        missing = frame[column.name].isna()
        if not column.nullable and missing.any():
            raise TableError(
                name, column.name, "is missing", row=missing.idxmax(), value=None, remedy=f"give it: {column.meaning}"
            )
    try:
        pandera_schema(name).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        first = errors.failure_cases.iloc[0]
        breached = next((c for c in table.columns if c.name == first["column"]), None)
        raise TableError(
            name, str(first["column"]), str(first["check"]), row=first["index"], value=first["failure_case"],
            remedy=breached.meaning if breached else "",
        ) from None  # fmt: skip
    check_key(frame, table)
    check_spans(frame, table)
    return frame


def check_key(frame: pd.DataFrame, table: Table) -> None:
    """Refuse two rows with the same key."""
    if not table.key:
        return
    repeated = frame.duplicated(list(table.key))
    if repeated.any():
        row: Any = repeated.idxmax()
        value = tuple(frame.loc[row, list(table.key)]) if len(table.key) > 1 else frame.loc[row, table.key[0]]
        raise TableError(
            table.name, "+".join(table.key), "stands twice", row=row, value=value, remedy="keys must be unique"
        )


def check_spans(frame: pd.DataFrame, table: Table) -> None:
    """Refuse a period or window that ends before it starts."""
    for start, end in (("period_start", "period_end"), ("observed_from", "observed_until")):
        if start in table.names and end in table.names:
            backward = (frame[end] <= frame[start]) if start == "period_start" else (frame[end] < frame[start])
            if backward.any():
                row: Any = backward.idxmax()
                raise TableError(
                    table.name, end, f"is not after {start}", row=row, value=str(frame.loc[row, end]),
                    remedy="periods are half-open and end after they start",
                )  # fmt: skip
