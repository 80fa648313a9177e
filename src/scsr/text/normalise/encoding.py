"""Bytes to text, with how it was decided."""

from __future__ import annotations

import re
from typing import NamedTuple

from scsr.errors import ReadError

__all__ = ["CANDIDATES", "Decoded", "detect_encoding"]

CANDIDATES = ("cp1252", "iso8859_15", "mac_roman", "mac_iceland")
"""The eight-bit encodings that Nordic pages were saved in, likeliest first."""

NAMES = {"cp1252": "windows-1252", "iso8859_15": "iso-8859-15", "mac_roman": "mac_roman", "mac_iceland": "mac_iceland"}
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"),
        (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))  # fmt: skip
# the web reads a declared Latin-1 or ASCII as windows-1252, and so did those who wrote it
ALIASES = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "iso8859-1": "cp1252", "ascii": "cp1252",
           "us-ascii": "cp1252", "windows-1252": "cp1252", "iso-8859-15": "iso8859_15", "latin-9": "iso8859_15",
           "macintosh": "mac_roman", "x-mac-icelandic": "mac_iceland"}  # fmt: skip
LETTERS = re.compile("[åäöæøþðáéíóúýüèêÅÄÖÆØÞÐÁÉÍÓÚÝÜÈ]")
MARKS = re.compile("[“”„‘’«»–—…•·§°½¼£€©®×´¨\u00a0\u00ad]")
OTHER = re.compile("[^\x00-\x7f]")


MOST_OTHER = 0.5
"""No Nordic text has more than this share of letters beyond ASCII; a binary file has."""


class Decoded(NamedTuple):
    """Text, the encoding it was in, and how that was found."""

    text: str
    encoding: str
    how: str


def detect_encoding(data: bytes, declared: str | None = None) -> Decoded:
    """Decode bytes and say how the encoding was found.

    A byte-order mark decides; else strict UTF-8; else what was declared; else UTF-8 with a few single bytes of
    windows-1252 among it; else the eight-bit encoding of :data:`CANDIDATES` that reads best as Nordic text.

    Parameters
    ----------
    data : bytes
        A whole file, or a record.
    declared : str, optional
        What the file or ``sources.toml`` says; taken only if the bytes can be read so.

    Returns
    -------
    Decoded
        ``text``, ``encoding`` (``utf-8``, ``utf-8-sig``, ``utf-16``, ``windows-1252``, …) and ``how`` in words.

    Raises
    ------
    ReadError
        If the bytes are binary or fit no encoding.

    Examples
    --------
    >>> detect_encoding("på svenska är det så".encode("latin-1"))
    Decoded(text='på svenska är det så', encoding='windows-1252', how='letters')
    """
    for mark, name in BOMS:
        if data.startswith(mark):
            return Decoded(decode_marked(data, name), name, "byte-order mark")
    if b"\0" in data:
        return decode_wide(data)
    try:
        return Decoded(data.decode("utf-8"), "utf-8", "strict")
    except UnicodeDecodeError as error:
        # a last byte of Latin-1 looks the same; only UTF-8 before it tells that this is UTF-8 cut off
        cut = error.start >= len(data) - 3 and error.reason == "unexpected end of data"
        if cut and not data[: error.start].isascii():
            return Decoded(data[: error.start].decode("utf-8"), "utf-8", "strict, cut off within the last character")
    if declared and (found := decode_declared(data, declared)):
        return found
    return decode_mixed(data) or decode_by_letters(data)


def decode_marked(data: bytes, name: str) -> str:
    """Decode what a byte-order mark announces; a cut last character is dropped, anything else is an error."""
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 4:
            return data[: error.start].decode(name)
        raise ReadError(
            f"the byte-order mark says {name}, but byte {error.start} does not fit; save it again"
        ) from None


def decode_wide(data: bytes) -> Decoded:
    """Read UTF-16 without a mark by where its zero bytes stand; other zero bytes mean a binary file."""
    even, odd = data[0::2].count(0), data[1::2].count(0)
    half = max(1, len(data) // 2)
    for name, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if zeros > 0.7 * half and others < 0.02 * half:
            try:
                return Decoded(data[: len(data) // 2 * 2].decode(name), name, "zero bytes")
            except UnicodeDecodeError:
                continue
    raise ReadError(f"{even + odd} zero bytes in {len(data)}: a binary file, or text cut in pieces; give it as text")


def decode_declared(data: bytes, declared: str) -> Decoded | None:
    """Decode as declared if the name is known and every byte fits."""
    name = declared.strip().lower().replace("_", "-")
    codec = ALIASES.get(name, name)
    try:
        text = data.decode(codec)
    except (LookupError, UnicodeDecodeError):
        return None
    if not isinstance(text, str) or plausibility(text) < 0:
        return None
    return Decoded(text, NAMES.get(codec, codec), "declared")


def decode_mixed(data: bytes) -> Decoded | None:
    """Read UTF-8 that holds a few single bytes of windows-1252, as pasted-together exports do."""
    pieces, at, wrong = [], 0, 0
    while at < len(data):
        try:
            pieces.append(data[at:].decode("utf-8"))
            break
        except UnicodeDecodeError as error:
            pieces.append(data[at : at + error.start].decode("utf-8"))
            try:
                pieces.append(data[at + error.start : at + error.end].decode("cp1252"))
            except UnicodeDecodeError:
                return None
            at, wrong = at + error.end, wrong + error.end - error.start
            if wrong > 200:
                return None
    text = "".join(pieces)
    right = len(OTHER.findall(text)) - wrong
    if right < 2 or right < 2 * wrong:
        return None
    return Decoded(text, "utf-8", f"strict but for {wrong} bytes of windows-1252")


def decode_by_letters(data: bytes) -> Decoded:
    """Choose among the eight-bit encodings by how well the result reads as Nordic text."""
    readings = []
    for rank, codec in enumerate(CANDIDATES):
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        readings.append((plausibility(text), -rank, codec, text))
    best = max(readings, default=None)
    crowded = len(data) >= 8 and sum(byte > 127 for byte in data) > MOST_OTHER * len(data)
    if best is None or best[0] < 0 or crowded:
        raise ReadError("the bytes read as text in none of utf-8, utf-16, windows-1252, iso-8859-15, mac_roman; "
                        "state the encoding in sources.toml or save the file as UTF-8")  # fmt: skip
    return Decoded(best[3], NAMES[best[2]], "letters")


def plausibility(text: str) -> float:
    """Score a reading: Nordic letters inside words count for it, stray symbols against; 0 for plain ASCII."""
    others = OTHER.findall(text)
    if not others:
        return 0.0
    letters = len(re.findall("(?<=[^\\W\\d_])" + LETTERS.pattern + "|" + LETTERS.pattern + "(?=[^\\W\\d_])", text))
    alone = len(LETTERS.findall(text)) - letters
    marks = len(MARKS.findall(text))
    odd = len(others) - letters - alone - marks
    inside = len(
        re.findall(
            r"(?<=[a-zåäöæøþð])(?:[^\x00-\x7f’´\u00adåäöæøþðáéíóúýüèêïëñçàôû]|[ÅÄÖÆØÞÐÁÉÍÓÚÝ])(?=[a-zåäöæøþð])", text
        )
    )
    control = len(re.findall("[\x80-\x9f\x00-\x08\x0e-\x1f]", text))
    return (letters + 0.5 * alone + 0.5 * marks - 0.75 * odd - 2 * inside - 3 * control) / len(others)
