"""Rows of a CSV file as the world writes it."""

from __future__ import annotations

import csv
import itertools
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scsr.corpus.readers.files import TOO_LONG, bounded_lines, open_text
from scsr.corpus.readers.records import Reject
from scsr.corpus.readers.source import NATIVE, Source
from scsr.errors import SourceError
from scsr.schema import TABLES

__all__ = ["Row", "csv_rows", "delimiter_of"]

MAX_FIELD = 1 << 20
"""Characters in one cell; beyond it the quoting of the file is broken."""

MAX_COLUMNS = 10_000

MAX_SPAN = 5_000
"""Lines of one row; beyond it a quotation mark has no partner."""

EVIDENCE = 1 << 18
"""Characters by which the delimiter is told."""

LONE = "\u2028"
"""Stands for a carriage return inside a line while Python's csv module, which would end the row, reads it."""

SEP = re.compile(r"\ufeff?\"?sep=(.)\"?\s*", re.IGNORECASE)
"""The line by which Excel is told the delimiter."""

Row = tuple[str, dict[str, Any] | Reject]


def physical_lines(path: Path, encoding: str | None) -> Iterator[str]:
    """Lines ended by the file's own line end; a lone carriage return inside them is kept as :data:`LONE`."""
    with open_text(path, encoding) as stream:
        start = stream.read(1 << 16)
    # line ends of a very old Macintosh; a few among other line ends are part of a text
    old = start.count("\r") - start.count("\r\n") > start.count("\n")
    end = "\r" if old else "\n"
    with open_text(path, encoding, newline=end) as stream:
        for line in bounded_lines(stream, end):
            yield line.rstrip("\r\n").replace("\r", LONE).replace("\n", LONE) + "\n"


def announced(line: str) -> str | None:
    r"""Name the delimiter that Excel's own line announces.

    Examples
    --------
    >>> announced("sep=;\n"), announced("separat;text\n")
    (';', None)
    """
    found = SEP.fullmatch(line)
    return found[1] if found else None


def dialect_of(path: Path, encoding: str | None, wanted: set[str]) -> tuple[str, str | None]:
    r"""Choose the delimiter that gives the wanted columns, then the most even rows; and the escape character.

    Quotation marks are doubled inside quotes, or where that reads the rows more evenly, escaped by ``\``.
    """
    lines: list[str] = []
    size = 0
    for line in itertools.islice(physical_lines(path, encoding), 200):
        lines.append(line[:EVIDENCE])
        size += len(line)
        if size > EVIDENCE:
            break
    if lines and (stated := announced(lines[0])):
        return stated, None
    escapes = (None, "\\") if any('\\"' in line for line in lines) else (None,)

    def score(dialect: tuple[str, str | None]) -> tuple[int, float, int]:
        delimiter, escape = dialect
        try:
            rows = [
                row for row in csv.reader(lines, delimiter=delimiter, escapechar=escape, doublequote=not escape) if row
            ]
        except csv.Error:
            return (-1, 0.0, 0)
        if not rows:
            return (0, 0.0, 0)
        width = len(rows[0])
        even = sum(len(row) == width for row in rows) / len(rows)
        return (len(wanted & {name.strip() for name in rows[0]}), even if width > 1 else 0.0, width)

    return max(itertools.product(",;\t|", escapes), key=score)


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
        One of ``, ; tab |``, or what a line ``sep=`` announces.
    """
    return dialect_of(path, encoding, wanted)[0]


def csv_rows(path: Path, source: Source, file: str) -> Iterator[Row]:
    """Rows of a CSV file; a row of another width than its header is a reject.

    Parameters
    ----------
    path : Path
    source : Source
    file : str
        Path below the raw folder.

    Yields
    ------
    (str, dict or Reject)
        Place, and cells by column name.

    Raises
    ------
    SourceError
        If a column that is to be read stands twice in the header.
    """
    csv.field_size_limit(MAX_FIELD)
    wanted = set(source.columns.values()) | {*TABLES[source.table].names, *NATIVE[source.table]}
    delimiter, escape = dialect_of(path, source.encoding, wanted)
    lines = physical_lines(path, source.encoding)
    reader = csv.reader(lines, delimiter=source.delimiter or delimiter, escapechar=escape, doublequote=not escape)
    header: list[str] = []
    number = 0
    while True:
        before = reader.line_num
        locator = f"row {number + 1}"
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield "file", Reject(file, f"after row {number}", "broken quoting", str(error))
            return
        if before == 0 and announced(delimiter.join(cells)):
            continue
        if not any(cells):
            continue
        if any(TOO_LONG in cell for cell in cells):
            number += 1
            yield locator, Reject(file, locator, "line too long", "no record is as long as that")
            continue
        if not header:
            header = [name.strip().lstrip("\ufeff") for name in cells]
            if problem := fault_of(header, wanted):
                if not source.chosen:
                    raise SourceError(f"source {source.name!r}, file {file}: {problem}")
                yield "file", Reject(file, "file", "bad header", problem)
                return
            continue
        number += 1
        if len(cells) < len(header) or any(cells[len(header) :]):
            yield locator, Reject(file, locator, "uneven row", f"has {len(cells)} cells, the header {len(header)}")
        elif reader.line_num - before > MAX_SPAN:
            detail = f"goes on for {reader.line_num - before} lines: a quotation mark has no partner"
            yield locator, Reject(file, locator, "broken quoting", detail)
        else:
            yield locator, {name: cell.replace(LONE, "\n") for name, cell in zip(header, cells, strict=False) if name}


def fault_of(header: list[str], wanted: set[str]) -> str | None:
    """Say what is wrong with a header, if anything is."""
    if len(header) > MAX_COLUMNS:
        return f"has {len(header):,} columns; above {MAX_COLUMNS:,} it is no table of records"
    counts = Counter(header)
    twice = sorted(name for name in wanted if counts[name] > 1)
    if twice:
        return (
            f"column {twice[0]!r} stands {counts[twice[0]]} times in the header; rename all but the one that is meant"
        )
    return None
