"""Rows of a JSON file: one object a line, or one array of objects."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

from scsr.corpus.readers.delimited import Row
from scsr.corpus.readers.files import MAX_LINE, TOO_LONG, bounded_lines, open_text
from scsr.corpus.readers.records import Reject

__all__ = ["flattened", "json_rows", "json_value"]

DEEPEST = 20
SURROGATES = re.compile("[\ud800-\udfff]")
MAX_WHOLE = 32 << 20
STRUCTURE = re.compile(r'[\[\]{},"\\]')
SPACE = " \t\r\n\ufeff"


class RepeatedKeyError(ValueError):
    """An object that names a key twice with two values."""


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of its pairs; a key that stands twice must mean the same."""
    made = dict(pairs)
    if len(made) < len(pairs) and any(repr(made[key]) != repr(value) for key, value in pairs):
        raise RepeatedKeyError
    return made


DECODER = json.JSONDecoder(object_pairs_hook=unique)


def json_value(text: str) -> Any:
    """Read one JSON value.

    Parameters
    ----------
    text : str

    Returns
    -------
    object

    Raises
    ------
    ValueError
        If it is no JSON, nests too deep, holds a number of thousands of digits, or an object that names a
        key twice with two values.
    """
    try:
        return DECODER.decode(text)
    except RecursionError:
        raise ValueError("nests too deep") from None


def json_rows(path: Path, encoding: str | None, file: str, array: bool = False) -> Iterator[Row]:
    """Rows of a JSON file; a nested object's values are named ``outer.inner``.

    Parameters
    ----------
    path : Path
    encoding : str or None
        As the source states it.
    file : str
        Path below the raw folder.
    array : bool
        Whether the file is one array rather than an object a line.

    Yields
    ------
    (str, dict or Reject)
        Place, and values by name.
    """
    if not array and (whole := whole_object(path, encoding)) is not None:
        yield from ((f"element {number}", dict(flattened(row))) for number, row in enumerate(whole, 1))
        return
    with open_text(path, encoding) as stream:
        for locator, text in elements(stream) if array else lines_of(stream):
            if text.startswith(TOO_LONG):
                yield locator, Reject(file, locator, "line too long", "no record is as long as that")
                continue
            try:
                row = json_value(text)
            except RepeatedKeyError:
                yield locator, Reject(file, locator, "broken line", "names a key twice, with two values")
                continue
            except ValueError:
                row = None
            if isinstance(row, dict):
                yield locator, dict(flattened(row))
            else:
                yield locator, Reject(file, locator, "broken line", "is no JSON object")


def whole_object(path: Path, encoding: str | None) -> list[dict[str, Any]] | None:
    """Read the records of a file that is one object laid out over lines: its one list of objects, or else itself."""
    if path.stat().st_size > MAX_WHOLE:
        return None
    with open_text(path, encoding) as stream:
        first = stream.readline(MAX_LINE).strip(SPACE)
        if first.endswith("}") and not stream.read(1):
            rest = ""
        elif first.endswith("}"):
            return None
        else:
            rest = stream.read()
    try:
        made = json_value(first + "\n" + rest)
    except ValueError:
        return None
    if not isinstance(made, dict):
        return None
    lists = [value for value in made.values() if isinstance(value, list) and any(isinstance(v, dict) for v in value)]
    if len(lists) != 1:
        return [made] if rest else None
    return [row if isinstance(row, dict) else {"value": row} for row in lists[0]]


def lines_of(stream: TextIO) -> Iterator[tuple[str, str]]:
    """Lines that hold anything, with their places."""
    for number, line in enumerate(bounded_lines(stream), 1):
        if line.strip(SPACE):
            yield f"line {number}", line


def elements(stream: TextIO) -> Iterator[tuple[str, str]]:
    """Cut an array into its elements by counting brackets outside of strings, however it is laid out."""
    number, depth, size, base, literal = 0, -1, 0, 0, -1
    quoted = False
    parts: list[str] = []
    while chunk := stream.read(1 << 16):
        start = 0
        for mark in STRUCTURE.finditer(chunk):
            at, letter = mark.start(), mark[0]
            if base + at == literal:
                continue
            if letter == "\\":
                literal = base + at + 1  # what a backslash stands before is no mark
            elif letter == '"':
                quoted = not quoted
            elif quoted:
                continue
            elif letter in "[{":
                depth += 1
                start = at + 1 if depth == 0 else start
            elif letter != "," or depth == 0:
                if depth == 0:
                    text = "".join(parts) + chunk[start:at] if size < MAX_LINE else TOO_LONG
                    parts, size, start = [], 0, at + 1
                    if text.strip(SPACE):
                        number += 1
                        yield f"element {number}", text
                depth -= letter != ","
        if size < MAX_LINE:
            parts.append(chunk[start:])
        size += len(chunk) - start
        base += len(chunk)
    text = "".join(parts) if size < MAX_LINE else TOO_LONG
    if text.strip(SPACE) and depth >= 0:  # cut off
        yield f"element {number + 1}", text


def flattened(row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Values of nested objects under dotted names.

    Examples
    --------
    >>> dict(flattened({"user": {"id": 3, "tags": ["a", "b"]}}))
    {'user.id': 3, 'user.tags': ['a', 'b']}
    """
    waiting: list[tuple[str, Any, int]] = [(str(key), value, 0) for key, value in reversed(list(row.items()))]
    while waiting:
        name, value, depth = waiting.pop()
        if isinstance(value, dict) and depth < DEEPEST:
            waiting += [(f"{name}.{key}", inner, depth + 1) for key, inner in reversed(list(value.items()))]
        else:
            yield (name if name.isascii() else SURROGATES.sub("\ufffd", name)), value
