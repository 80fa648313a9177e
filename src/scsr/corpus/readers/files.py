"""Open raw files: find their encoding, refuse what is no text, stay inside the raw folder."""

from __future__ import annotations

import codecs
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from scsr.errors import ReadError

__all__ = [
    "CHUNK", "MAX_LINE", "REMEDIES", "TOO_LONG", "bounded_lines", "encoding_of", "known_encoding", "looks_binary",
    "looks_compressed", "open_text", "printable", "read_text", "refusal", "refused", "relative",
]  # fmt: skip

CHUNK = 1 << 20
"""Bytes read at a time."""

MAX_PAGE = 8 << 20
"""A saved page above this size, embedded images aside, is no page."""

MAX_LINE = 4 << 20
"""Characters of one line of a table; above it, it is no record."""

MAX_EVIDENCE = 4 << 20
"""Bytes of lines beyond ASCII by which an encoding is told."""

TOO_LONG = "\ufdd0line too long"
"""Stands for a line above :data:`MAX_LINE`."""

CHARSET = re.compile(rb"<meta[^>]+charset=[\"']?([A-Za-z0-9_.:-]+)", re.IGNORECASE)

EMBEDDED = re.compile(rb"data:[\w.+-]+/[\w.+-]+(?:;[\w=.-]+)*;base64,[A-Za-z0-9+/=%\s]*")

WEB_ARCHIVE = re.compile(
    rb"(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){1,30}?content-type:\s*multipart/related", re.IGNORECASE
)

MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2}")

MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}

COMPRESSED = (
    b"\x1f\x8b",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"BZh",
    b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd",
    b"7z\xbc\xaf",
    b"Rar!",
)

NO_TEXT = {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "unicode-escape",
           "raw-unicode-escape", "utf-7"}  # fmt: skip
"""Codecs of Python that no page or table is written in."""

REMEDIES = {
    "compressed": "unpack it; a spreadsheet is to be saved as CSV",
    "empty file": "get the file again",
    "not text": "give the text, saved as UTF-8",
    "too large": "split the file",
    "broken Parquet file": "write it again",
}
"""What to do about the reasons for which a file is refused."""


def refusal(error: ReadError) -> tuple[str, str]:
    """Reason and remedy of a file that cannot be read.

    Examples
    --------
    >>> refusal(ReadError("empty file"))
    ('empty file', 'get the file again')
    """
    reason = str(error)
    return (reason, REMEDIES[reason]) if reason in REMEDIES else ("undecodable", reason)


def relative(path: Path, base: Path) -> str:
    """Path below the raw folder, the same on every system, and fit to be printed.

    Examples
    --------
    >>> relative(Path("raw/sv/a.txt"), Path("raw"))
    'sv/a.txt'
    """
    return printable(path.relative_to(base).as_posix())


def printable(name: str) -> str:
    r"""Write out what a file name may hold and a terminal or table may not: bytes that are no text, controls.

    Examples
    --------
    >>> printable("blåbær.csv"), printable("a\nb\udcff.csv")
    ('blåbær.csv', 'a\\nb\\udcff.csv')
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in name)


def refused(path: Path, inside: Path) -> tuple[str, str] | None:
    """Say why a path is not to be opened at all, if it is not.

    Parameters
    ----------
    path : Path
    inside : Path
        The raw folder, resolved.

    Returns
    -------
    (str, str) or None
        Reason and remedy.
    """
    try:
        if not path.resolve(strict=True).is_relative_to(inside):
            return "outside the raw folder", "copy the file instead of linking to it"
        # opening a pipe would wait for ever
        if not stat.S_ISREG(path.stat().st_mode):
            return "not a file", "remove the folder, pipe or device that has a file's name"
    except (OSError, RuntimeError):  # a link in a ring
        return "unreadable", "a broken link, or no permission"
    return None


def looks_compressed(start: bytes) -> bool:
    r"""Whether the start of a file is that of an archive, of which spreadsheets are a kind.

    Examples
    --------
    >>> looks_compressed(b"PK\x03\x04\x14"), looks_compressed(b"PKK er et parti")
    (True, False)
    """
    return start.startswith(COMPRESSED)


def looks_binary(start: bytes) -> bool:
    r"""Whether the start of a file is no text.

    Examples
    --------
    >>> looks_binary(b"Hej"), looks_binary(b"PK\x03\x04\x00"), looks_binary("Hej".encode("utf-16"))
    (False, True, False)
    """
    if any(start.startswith(mark) for mark in MARKS) or wide(start):
        return False
    if start.startswith(b"%PDF") or looks_compressed(start):
        return True
    controls = sum(start.count(byte) for byte in range(32) if byte not in (9, 10, 11, 12, 13, 27))
    return b"\0" in start or controls > len(start) // 50 + 4


def wide(start: bytes) -> str | None:
    """Name UTF-16 without a mark by where its zero bytes stand.

    Examples
    --------
    >>> wide("text;tal".encode("utf-16-le")), wide(b"text")
    ('utf-16-le', None)
    """
    half = len(start) // 2
    even, odd = start[0 : 2 * half : 2].count(0), start[1 : 2 * half : 2].count(0)
    if half >= 4 and odd > 0.7 * half and even < 0.02 * half:
        return "utf-16-le"
    if half >= 4 and even > 0.7 * half and odd < 0.02 * half:
        return "utf-16-be"
    return None


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
        if looks_compressed(start):
            raise ReadError("compressed")
        if declared:
            return declared
        if looks_binary(start[:8192]):
            raise ReadError("not text")
        if found := wide(start[:8192]):
            return found
        decoder = codecs.getincrementaldecoder("utf-8")()
        chunk = start
        try:
            while chunk:
                decoder.decode(chunk)
                chunk = stream.read(CHUNK)
        except UnicodeDecodeError:
            return None
    return "utf-8"


def detected(path: Path, fallback: str | None) -> str:
    """Tell an encoding by the lines that hold bytes beyond ASCII, from anywhere in the file."""
    from scsr.text.normalise import detect_encoding

    evidence: list[bytes] = []
    size = 0
    with path.open("rb") as stream:
        while size < MAX_EVIDENCE and (line := stream.readline(CHUNK)):
            if not line.isascii():
                evidence.append(line)
                size += len(line)
    data = b"".join(evidence)
    several = MULTIBYTE.findall(data)
    high = sum(data.count(byte) for byte in range(128, 256))
    # eight-bit text hardly ever reads as UTF-8 by chance: then lines of both stand in one file
    if len(several) >= 2 and 5 * len(several) >= high - sum(map(len, several)):
        return "utf-8"
    return detect_encoding(data, fallback).encoding


def by_windows(error: UnicodeError) -> tuple[str, int]:
    """Read a byte that is no UTF-8 as windows-1252, as pasted-together exports need it."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("scsr-windows", by_windows)


def open_text(path: Path, declared: str | None = None, *, fallback: str | None = None, newline: str = "\n") -> TextIO:
    r"""Open a text file as a stream, whatever its encoding, with its line ends as they are.

    Parameters
    ----------
    path : Path
    declared : str, optional
        Encoding that the source states.
    fallback : str, optional
        Encoding that the file says of itself, which counts where it is no UTF-8.
    newline : str
        What ends a line when the file is iterated over.

    Returns
    -------
    file

    Raises
    ------
    ReadError
        If the file is empty, is no text, or no encoding fits.
    """
    encoding = encoding_of(path, declared) or detected(path, fallback)
    # a file cut off inside a letter keeps all that stands before it
    loose = "scsr-windows" if encoding == "utf-8" else "replace"
    return path.open(encoding=encoding, errors="strict" if declared else loose, newline=newline)


def bounded_lines(stream: TextIO, end: str = "\n") -> Iterator[str]:
    """Iterate over lines without ever holding a longer one than :data:`MAX_LINE`.

    Yields
    ------
    str
        The line with its end, or :data:`TOO_LONG` and an end in its place.
    """
    while line := stream.readline(MAX_LINE):
        if len(line) < MAX_LINE or line.endswith(end):
            yield line
            continue
        while line and not line.endswith(end):
            line = stream.readline(MAX_LINE)
        yield TOO_LONG + end


def read_text(path: Path, declared: str | None = None) -> str:
    """Read a whole page, without the images that are embedded in it.

    Raises
    ------
    ReadError
        If it is empty, no text, too large, or cannot be decoded.
    """
    from scsr.text.normalise import detect_encoding

    if path.stat().st_size > 8 * MAX_PAGE:
        raise ReadError("too large")
    data = path.read_bytes()
    if not data.strip():
        raise ReadError("empty file")
    if looks_compressed(data):
        raise ReadError("compressed")
    if looks_binary(data[:8192]):
        raise ReadError("not text")
    declared_inside = None
    if WEB_ARCHIVE.match(data[:4096]):
        data, declared_inside = page_inside(data)
    if len(data) > MAX_PAGE:
        data = EMBEDDED.sub(b"data:,", data)
    if len(data) > MAX_PAGE:
        raise ReadError("too large")
    return detect_encoding(data, declared or declared_inside or charset_in(data))[0]


def page_inside(data: bytes) -> tuple[bytes, str | None]:
    """Take the page out of a web archive (MHTML, as browsers save a page in one file), with its stated encoding.

    References
    ----------
    RFC 2557.
    """
    import email
    import email.policy

    archive = email.message_from_bytes(data, policy=email.policy.compat32)
    for part in archive.walk():
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            content = part.get_payload(decode=True)
            if isinstance(content, bytes) and content.strip():
                charset = part.get_content_charset()
                return content, known_encoding(charset) if charset else None
    return data, None


def charset_in(data: bytes) -> str | None:
    """Find the encoding that an HTML page declares of itself, where Python knows it.

    Examples
    --------
    >>> charset_in(b'<html><meta charset="ISO-8859-1">'), charset_in(b"Hej")
    ('iso-8859-1', None)
    """
    found = CHARSET.search(data[:4096])
    return known_encoding(found[1].decode("ascii")) if found else None


def known_encoding(name: str) -> str | None:
    """Name of an encoding that text is written in, lower case; None for any other.

    Examples
    --------
    >>> known_encoding("ISO-8859-1"), known_encoding("zlib"), known_encoding("idna"), known_encoding("x-none")
    ('iso-8859-1', None, None, None)
    """
    try:
        b"a".decode(name)
    except (LookupError, ValueError):
        return None
    return None if codecs.lookup(name).name in NO_TEXT else name.lower()
