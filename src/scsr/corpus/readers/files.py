"""Open raw files: find their encoding, refuse what is no text, stay inside the raw folder."""

from __future__ import annotations

import codecs
import io
import re
from pathlib import Path
from typing import TextIO

from scsr.errors import ReadError

__all__ = ["CHUNK", "encoding_of", "looks_binary", "open_text", "read_text", "relative"]

CHUNK = 1 << 20
"""Bytes read at a time."""

MAX_PAGE = 32 << 20
"""A saved page above this size is no page."""

CHARSET = re.compile(rb"<meta[^>]+charset=[\"']?([A-Za-z0-9_.:-]+)", re.IGNORECASE)

MAX_DETECTED = 256 << 20

MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def relative(path: Path, base: Path) -> str:
    """Path below the raw folder, the same on every system.

    Examples
    --------
    >>> relative(Path("raw/sv/a.txt"), Path("raw"))
    'sv/a.txt'
    """
    return path.relative_to(base).as_posix()


def looks_binary(start: bytes) -> bool:
    r"""Whether the start of a file is no text.

    Examples
    --------
    >>> looks_binary(b"Hej"), looks_binary(b"PK\x03\x04\x00"), looks_binary("Hej".encode("utf-16"))
    (False, True, False)
    """
    if any(start.startswith(mark) for mark in MARKS):
        return False
    if start.startswith((b"%PDF", b"\x1f\x8b")):
        return True
    controls = sum(start.count(byte) for byte in range(32) if byte not in (9, 10, 11, 12, 13, 27))
    return b"\0" in start or controls > len(start) // 50 + 4


def encoding_of(path: Path, declared: str | None = None) -> str | None:
    """Find the encoding of a text file without holding the file in memory.

    Parameters
    ----------
    path : Path
    declared : str, optional
        What the source states; taken at its word where the file is no UTF-8.

    Returns
    -------
    str or None
        Name of a Python codec; None where it is not strict UTF-8 or UTF-16 and must be detected.

    Raises
    ------
    ReadError
        If the file is empty or no text.
    """
    with path.open("rb") as stream:
        start = stream.read(CHUNK)
        if not start.strip():
            raise ReadError("empty file")
        for mark, encoding in MARKS.items():
            if start.startswith(mark):
                return encoding
        if declared:
            return declared
        if looks_binary(start[:8192]):
            raise ReadError("not text")
        decoder = codecs.getincrementaldecoder("utf-8")()
        chunk = start
        try:
            while chunk:
                decoder.decode(chunk)
                chunk = stream.read(CHUNK)
        except UnicodeDecodeError:
            return None
    return "utf-8"


def open_text(path: Path, declared: str | None = None) -> TextIO:
    r"""Open a text file, whatever its encoding, with its line ends as they are.

    Parameters
    ----------
    path : Path
    declared : str, optional
        Encoding that the source states.

    Returns
    -------
    file
        Iterating over it gives lines ended by ``\n`` alone.

    Raises
    ------
    ReadError
        If the file is empty, is no text, or no encoding fits.

    Notes
    -----
    UTF-8 is read as a stream. Anything else is detected on the whole file, because the few letters that
    tell two encodings apart may stand anywhere in it; above 256 MB, on its first 64 MB.
    """
    encoding = encoding_of(path, declared)
    if encoding is None:
        from scsr.text.normalise import detect_encoding

        if path.stat().st_size <= MAX_DETECTED:
            return io.StringIO(detect_encoding(path.read_bytes()).text, newline="\n")
        with path.open("rb") as stream:
            encoding = detect_encoding(stream.read(MAX_DETECTED // 4)).encoding
    # a file cut off inside a letter keeps all that stands before it
    return path.open(encoding=encoding, errors="strict" if declared else "replace", newline="\n")


def read_text(path: Path, declared: str | None = None) -> str:
    """Read a whole page.

    Raises
    ------
    ReadError
        If it is empty, no text, too large, or cannot be decoded.
    """
    if path.stat().st_size > MAX_PAGE:
        raise ReadError("too large")
    from scsr.text.normalise import detect_encoding

    data = path.read_bytes()
    if not data.strip():
        raise ReadError("empty file")
    if looks_binary(data[:8192]):
        raise ReadError("not text")
    return detect_encoding(data, declared or charset_in(data))[0]


def charset_in(data: bytes) -> str | None:
    """Find the encoding that an HTML page declares of itself, where Python knows it.

    Examples
    --------
    >>> charset_in(b'<html><meta charset="ISO-8859-1">'), charset_in(b"Hej")
    ('iso-8859-1', None)
    """
    found = CHARSET.search(data[:4096])
    name = found[1].decode("ascii").lower() if found else ""
    try:
        codecs.lookup(name or "utf-8")
    except LookupError:
        return None
    return name or None
