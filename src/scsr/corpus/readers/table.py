"""Reader ``table``: CSV as the world writes it, JSON lines and Parquet, through a column map."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scsr.corpus.readers.columns import ColumnReader
from scsr.corpus.readers.delimited import Row, csv_rows, delimiter_of
from scsr.corpus.readers.files import refusal
from scsr.corpus.readers.jsonrows import SURROGATES, flattened, json_rows
from scsr.corpus.readers.records import MAX_TEXT, RawRecord, Reject, conversations
from scsr.corpus.readers.source import NATIVE, Source, nearest
from scsr.errors import ReadError, SourceError
from scsr.schema import TABLES

__all__ = ["column_map", "delimiter_of", "read_table", "rows_of"]

JSON_ARRAY = re.compile(rb"[\xef\xbb\xbf\xff\xfe\s]*\[\s*(?:\{|\]|$)")

DATUM = re.compile(r"[\d\s.,:/+-]*\d[\d\s.,:/TZ+-]*|https?://.*|\S+@\S+\.\S+|.*[.!?]", re.DOTALL)
"""What stands in records and is no name of a column."""

MAX_GROUP = 512 << 20
"""Bytes of one row group of a Parquet file, unpacked."""


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

    def again() -> Iterator[tuple[str, dict[str, str]]]:
        for place, row in rows_of(path, source, file):
            if not isinstance(row, Reject) and mapping is not None:
                yield place, mapped_values(row, mapping, source)

    columns = ColumnReader(source, file, again)
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
        try:
            values = columns.settle(mapped_values(row, mapping, source))
        except SourceError as error:
            if not source.chosen:
                raise
            yield Reject(file, "file", "unclear column", str(error).partition(": ")[2])
            return
        if roots and "utterance_id" in values:
            values["conversation_id"] = roots[values["utterance_id"]]
        if len(values.get("text", "")) > MAX_TEXT:
            yield Reject(file, locator, "too large", f"its text is longer than {MAX_TEXT:,} characters")
            continue
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
            refuse_headless(row, source, file)
            raise SourceError(
                f"source {source.name!r}, file {file}: no column {wanted!r} for {column!r}; "
                f"{nearest(wanted, list(row))}"
            )
    taken = set(source.columns.values())
    own = [name for name in (*TABLES[source.table].names, *NATIVE[source.table]) if name in row and name not in taken]
    made = {name: name for name in own if name not in ("source", "synthetic", "lemmas")} | dict(source.columns)
    if source.table == "utterances" and "text" not in made:
        refuse_headless(row, source, file)
        raise SourceError(
            f"source {source.name!r}, file {file}: no column holds the text; "
            f'add [source.columns] text = "...", one of {", ".join(list(row)[:12])}'
        )
    return made


def refuse_headless(row: Mapping[str, Any], source: Source, file: str) -> None:
    """Refuse a table whose first line is a record and no header; the words of a record are not to be shown."""
    if any(len(name) > 60 or DATUM.fullmatch(name) for name in row):
        raise SourceError(
            f"source {source.name!r}, file {file}: has no header, its first line looks like a record; "
            "add a line above it that names the columns"
        )


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
    if value is None or (isinstance(value, float) and value != value):  # NaN
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))  # ids that a program turned into floats because some were missing
    if isinstance(value, str):
        text = value
    elif hasattr(value, "isoformat"):
        text = str(value.isoformat())
        text = "" if text == "NaT" else text
    elif isinstance(value, bytes):
        text = value.decode("utf-8", "replace")
    elif isinstance(value, list) and all(isinstance(one, str) for one in value):
        text = "\n".join(value)
    elif isinstance(value, int) and abs(value) >= 10**300:
        text = ""  # a number of hundreds of digits counts nothing
    else:
        text = str(value)
    return text.strip() if text.isascii() else SURROGATES.sub("\ufffd", text).strip()


def rows_of(path: Path, source: Source, file: str) -> Iterator[Row]:
    """Rows of a table file with their places, whatever its format; the content decides, not the name.

    Parameters
    ----------
    path : Path
    source : Source
    file : str
        Path below the raw folder.

    Yields
    ------
    (str, dict or Reject)
        Place, and values by the file's own column names.

    Raises
    ------
    SourceError
        If the header of a CSV file cannot be used.
    """
    try:
        with path.open("rb") as stream:
            start = stream.read(4096)
        if start.startswith(b"PAR1"):
            yield from parquet_rows(path, file)
            return
        first = start.translate(None, b"\0").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:1]
        if first == b"{" or (first == b"[" and JSON_ARRAY.match(start.translate(None, b"\0"))):
            yield from json_rows(path, source.encoding, file, array=first == b"[")
        else:
            yield from csv_rows(path, source, file)
    except ReadError as error:
        reason, remedy = refusal(error)
        yield "file", Reject(file, "rest of file" if reason.startswith("broken") else "file", reason, remedy)
    except UnicodeError as error:
        name = getattr(error, "encoding", "text")
        yield "file", Reject(file, "rest of file", "undecodable", f"no {name}; state its encoding")
    except OSError as error:
        yield "file", Reject(file, "file", "unreadable", str(error.strerror or type(error).__name__))


def parquet_rows(path: Path, file: str) -> Iterator[Row]:
    """Rows of a Parquet file, a batch at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    try:
        with pq.ParquetFile(path) as opened:
            size = sum(opened.metadata.row_group(at).total_byte_size for at in range(opened.num_row_groups))
            if opened.num_row_groups and size / opened.num_row_groups > MAX_GROUP:
                raise ReadError("too large")
            for batch in opened.iter_batches(batch_size=1024):
                for row in batch_rows(batch):
                    number += 1
                    locator = f"row {number}"
                    if row is None:
                        yield locator, Reject(file, locator, "bad value", "holds a value that Python has no type for")
                    else:
                        yield locator, dict(flattened(row))
    except (pa.ArrowException, OSError, MemoryError, OverflowError, ValueError, RuntimeError, KeyError):
        raise ReadError("broken Parquet file") from None


def batch_rows(batch: Any) -> Iterator[dict[str, Any] | None]:
    """Rows of a batch; None for one with a value that cannot be read, such as a date beyond the calendar."""
    import pyarrow as pa

    bad = (ValueError, OverflowError, TypeError, pa.ArrowException)
    try:
        yield from batch.to_pylist()
    except bad:
        for at in range(batch.num_rows):
            try:
                yield batch.slice(at, 1).to_pylist()[0]
            except bad:
                yield None
