"""Reader ``table``: CSV as the world writes it, JSON lines and Parquet, through a column map."""

from __future__ import annotations

import csv
import itertools
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scsr.corpus.readers.files import open_text
from scsr.corpus.readers.records import RawRecord, Reject, conversations
from scsr.corpus.readers.source import NATIVE, Source, nearest
from scsr.errors import ReadError, SourceError
from scsr.schema import TABLES

__all__ = ["column_map", "delimiter_of", "read_table", "rows_of"]

MAX_FIELD = 16 << 20
"""Characters in one cell; beyond it the quoting of the file is broken."""

LONE = "\u2028"
"""Stands for a carriage return inside a line while Python's csv module, which would end the row, reads it."""

Row = tuple[str, dict[str, Any] | Reject]


def read_table(path: Path, source: Source, file: str) -> Iterator[RawRecord | Reject]:
    """Read one table file.

    Parameters
    ----------
    path : Path
    source : Source
        Its ``columns`` say which of the file's columns are which of the contract's; columns that bear a
        contract name are taken as they are.
    file : str
        Path below the raw folder.

    Yields
    ------
    RawRecord or Reject
        In the order of the file, one for each record.

    Raises
    ------
    SourceError
        If the file lacks a column that the source maps.
    """
    mapping: dict[str, str] | None = None
    roots: dict[str, str] = {}
    for locator, row in rows_of(path, source, file):
        if isinstance(row, Reject):
            yield row
            continue
        if mapping is None:
            try:
                mapping = column_map(row, source, file)
            except SourceError:
                if not source.chosen:
                    raise
                yield Reject(file, "file", "no reader", "write a sources.toml that says which column is the text")
                return
            if "reply_to" in mapping and "utterance_id" in mapping and "conversation_id" not in mapping:
                roots = roots_of(path, source, file, mapping)
        values = mapped_values(row, mapping, source)
        if roots and "utterance_id" in values:
            values["conversation_id"] = roots[values["utterance_id"]]
        yield RawRecord(file, locator, values)


def roots_of(path: Path, source: Source, file: str, mapping: Mapping[str, str]) -> dict[str, str]:
    """Read the ids of a file once over, to know each message's root before the first row is yielded."""
    parents: dict[str, str | None] = {}
    for _, row in rows_of(path, source, file):
        if not isinstance(row, Reject):
            values = mapped_values(row, mapping, source)
            if "utterance_id" in values:
                parents.setdefault(values["utterance_id"], values.get("reply_to"))
    return dict(conversations(parents))


def column_map(row: Mapping[str, Any], source: Source, file: str) -> dict[str, str]:
    """Contract column to file column, for the columns that this file has."""
    for column, wanted in source.columns.items():
        if wanted not in row:
            raise SourceError(
                f"source {source.name!r}, file {file}: no column {wanted!r} for {column!r}; "
                f"{nearest(wanted, list(row))}"
            )
    taken = set(source.columns.values())
    own = [name for name in (*TABLES[source.table].names, *NATIVE[source.table]) if name in row and name not in taken]
    made = {name: name for name in own if name not in ("source", "synthetic", "lemmas")} | dict(source.columns)
    if source.table == "utterances" and "text" not in made:
        raise SourceError(
            f"source {source.name!r}, file {file}: no column holds the text; "
            f'add [source.columns] text = "...", one of {", ".join(list(row)[:12])}'
        )
    return made


def mapped_values(row: Mapping[str, Any], mapping: Mapping[str, str], source: Source) -> dict[str, str]:
    """Take the contract's values out of a row, through the value maps."""
    values = {}
    for column, name in mapping.items():
        value = as_text(row.get(name))
        if column in source.values:
            value = source.values[column].get(value, value)
        if value:
            values[column] = value
    return values


def as_text(value: Any) -> str:
    """Word one cell; nothing stays nothing.

    Examples
    --------
    >>> as_text(3.0), as_text(None), as_text(True), as_text("NA")
    ('3', '', 'true', 'NA')
    """
    if value is None or value != value:  # NaN
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))  # ids that a program turned into floats because some were missing
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return value.strip() if isinstance(value, str) else str(value)


def rows_of(path: Path, source: Source, file: str) -> Iterator[Row]:
    """Rows of a table file with their places, whatever its format; the content decides, not the name."""
    try:
        with path.open("rb") as stream:
            start = stream.read(64)
        if start.startswith(b"PAR1"):
            yield from parquet_rows(path)
            return
        if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
            yield from json_rows(path, source, file)
        else:
            yield from csv_rows(path, source, file)
    except ReadError as error:
        yield "file", Reject(file, "file", str(error), "give a CSV, JSON lines or Parquet file")
    except UnicodeDecodeError as error:
        yield "file", Reject(file, "rest of file", "undecodable", f"no {error.encoding}; state its encoding")
    except OSError as error:
        yield "file", Reject(file, "file", "unreadable", str(error.strerror or type(error).__name__))


def parquet_rows(path: Path) -> Iterator[Row]:
    """Rows of a Parquet file, a batch at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    try:
        with pq.ParquetFile(path) as opened:
            for batch in opened.iter_batches(batch_size=4096):
                for row in batch.to_pylist():
                    number += 1
                    yield f"row {number}", row
    except (pa.ArrowException, OSError):
        raise ReadError("broken Parquet file") from None


def json_rows(path: Path, source: Source, file: str) -> Iterator[Row]:
    """Rows of a JSON lines file; a nested object's values are named ``outer.inner``."""
    with open_text(path, source.encoding) as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            locator = f"line {number}"
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                row = None
            if isinstance(row, dict):
                yield locator, dict(flattened(row))
            else:
                yield locator, Reject(file, locator, "broken line", "is no JSON object")


def flattened(row: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Values of nested objects under dotted names."""
    for key, value in row.items():
        if isinstance(value, dict):
            yield from flattened(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def physical_lines(path: Path, encoding: str | None) -> Iterator[str]:
    """Lines ended by the file's own line end; a lone carriage return inside them is kept as :data:`LONE`."""
    with open_text(path, encoding) as lines:
        start = lines.read(1 << 16)
        lines.seek(0)
        # line ends of a very old Macintosh; a few among other line ends are part of a text
        old = start.count("\r") - start.count("\r\n") > start.count("\n")
        for line in lines:
            if old:
                *whole, rest = line.split("\r")
                yield from (piece + "\n" for piece in whole)
                if rest:
                    yield rest
            else:
                yield line.rstrip("\r\n").replace("\r", LONE) + "\n"


def delimiter_of(path: Path, encoding: str | None, wanted: set[str]) -> str:
    """Choose the delimiter that gives the wanted columns, then the most even rows.

    Parameters
    ----------
    path : Path
    encoding : str or None
        As the source states it.
    wanted : set of str
        Column names that should be in the header.

    Returns
    -------
    str
        One of ``, ; tab |``.
    """
    lines = list(itertools.islice(physical_lines(path, encoding), 200))

    def score(delimiter: str) -> tuple[int, float, int]:
        try:
            rows = [row for row in csv.reader(lines, delimiter=delimiter) if row]
        except csv.Error:
            return (-1, 0.0, 0)
        width = len(rows[0]) if rows else 0
        even = sum(len(row) == width for row in rows) / max(len(rows), 1)
        return (
            len(wanted & {name.strip() for name in rows[0]}) if rows else 0,
            even if width > 1 else 0.0,
            width,
        )

    return max(",;\t|", key=score)


def csv_rows(path: Path, source: Source, file: str) -> Iterator[Row]:
    """Rows of a CSV file; a row of another width than its header is a reject."""
    csv.field_size_limit(MAX_FIELD)
    wanted = set(source.columns.values()) | set(TABLES[source.table].names)
    delimiter = source.delimiter or delimiter_of(path, source.encoding, wanted)
    rows = csv.reader(physical_lines(path, source.encoding), delimiter=delimiter)
    header: list[str] = []
    number = 0
    while True:
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield "file", Reject(file, f"after row {number}", "broken quoting", str(error))
            return
        if not any(cells):
            continue
        if not header:
            header = [name.strip().lstrip("\ufeff") for name in cells]
            continue
        number += 1
        locator = f"row {number}"
        if len(cells) < len(header) or any(cells[len(header) :]):
            detail = f"has {len(cells)} cells, the header {len(header)}"
            yield locator, Reject(file, locator, "uneven row", detail)
            continue
        # the first of two columns with one name counts
        yield (
            locator,
            {name: cell.replace(LONE, "\n") for name, cell in reversed(list(zip(header, cells, strict=False)))},
        )
