"""The one family of exceptions: what a user can mend, said so that it can be mended.

Every message names the place (file, table, row), the value received and the remedy.
"""

from __future__ import annotations

from functools import partial

__all__ = [
    "EstimationError",
    "GateError",
    "ParameterError",
    "ReadError",
    "RenderError",
    "ScsrError",
    "SourceError",
    "TableError",
    "WorkerError",
]


class ScsrError(Exception):
    """Root of every error that scsr raises on purpose."""


class SourceError(ScsrError):
    """A mistake in ``sources.toml`` or in what it points at."""


class ReadError(ScsrError):
    """A raw file or record that a reader cannot take; ``prepare`` turns it into a reject."""


class TableError(ScsrError):
    """A table that breaks the data contract.

    Parameters
    ----------
    table, column : str
        Where the contract is broken.
    problem : str
        What is wrong, in words.
    row : object, optional
        Index label of the first offending row.
    value : object, optional
        The offending value.
    remedy : str, optional
        What the user can do about it.

    Examples
    --------
    >>> print(TableError("shares", "t_h", "is below 0", row=3, value=-1.5, remedy="give hours since the root"))
    table 'shares', column 't_h', row 3: value -1.5 is below 0; give hours since the root
    """

    def __init__(
        self, table: str, column: str, problem: str, *, row: object = None, value: object = None, remedy: str = ""
    ) -> None:
        if hasattr(value, "item"):
            value = value.item()
        self.table, self.column, self.problem = table, column, problem
        self.row, self.value, self.remedy = row, value, remedy
        place = f"table {table!r}, column {column!r}" + ("" if row is None else f", row {row}")
        what = problem if row is None else f"value {value!r} {problem}"
        super().__init__(f"{place}: {what}" + (f"; {remedy}" if remedy else ""))

    def __reduce__(self) -> tuple[partial[TableError], tuple[()]]:
        """Travel whole from a worker process: by itself an exception is made anew of its message alone."""
        stated = {name: getattr(self, name) for name in ("table", "column", "problem", "row", "value", "remedy")}
        return partial(TableError, **stated), ()


class ParameterError(ScsrError):
    """A report parameter that is unknown, ill-typed or out of range."""


class EstimationError(ScsrError):
    """An analysis called with what it cannot use, such as negative durations."""


class RenderError(ScsrError):
    """A report that could not be run or published."""


class GateError(RenderError):
    """A report that holds what must not be published."""


class WorkerError(ScsrError):
    """Worker processes, or the cluster that they belong to, were lost in the middle."""
