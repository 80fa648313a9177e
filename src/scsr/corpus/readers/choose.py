"""Choose readers by content, where nobody wrote a ``sources.toml``."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scsr.corpus.readers.files import looks_binary, relative
from scsr.corpus.readers.page import looks_like_html
from scsr.corpus.readers.records import Reject
from scsr.corpus.readers.source import Source
from scsr.corpus.readers.table import rows_of
from scsr.corpus.readers.twcs import COLUMNS

__all__ = ["Choice", "choose_sources"]

TEXT_NAMES = ("text", "review", "comment", "message", "body", "content", "tweet", "review_text", "full_text")
"""Names under which exports keep the text itself, tried in this order."""

SKIPPED = {"sources.toml", "readme.md", "readme", "readme.txt", "licence", "license", "license.txt"}


@dataclass(frozen=True)
class Choice:
    """A source that was made up from content, and its files."""

    source: Source
    files: tuple[Path, ...]
    why: str


def choose_sources(raw: Path) -> list[Choice]:
    """Group the files of a folder into sources by what is in them.

    Parameters
    ----------
    raw : Path
        Folder of raw files. Hidden files, read-me files and licences are not data.

    Returns
    -------
    list of Choice
        Named by reader and columns, never by path, so that ids survive a file's moving. Files with no
        usable content are given to reader ``table``, which rejects them with the reason.
    """
    grouped: dict[str, tuple[Source, list[Path], str]] = {}
    for path in data_files(raw):
        source, why = choose(path, relative(path, raw))
        grouped.setdefault(source.name, (source, [], why))[1].append(path)
    return [Choice(source, tuple(files), why) for source, files, why in (grouped[name] for name in sorted(grouped))]


def data_files(raw: Path) -> Iterator[Path]:
    """Files that may be data, in a stable order."""
    for path in sorted(raw.rglob("*"), key=lambda p: p.relative_to(raw).parts):
        parts = path.relative_to(raw).parts
        if path.is_file() and path.name.lower() not in SKIPPED and not any(part.startswith(".") for part in parts):
            yield path


def choose(path: Path, file: str) -> tuple[Source, str]:
    """Choose a reader for one file."""
    with path.open("rb") as stream:
        start = stream.read(8192)
    if not start.startswith(b"PAR1"):
        if looks_binary(start) or not start.strip():
            return made("unread", "table"), "no text"
        if path.suffix.lower() in (".html", ".htm", ".xhtml", ".txt") or looks_like_html(start.decode("latin-1")):
            return made("pages", "page"), "a saved page"
    columns = first_columns(path, file)
    if set(COLUMNS) <= set(columns):
        return made("twcs", "twcs", sampling="replies"), "has the columns of Customer Support on Twitter"
    if {"cascade", "time", "magnitude"} <= set(columns):
        return made("cascades", "cascades", table="shares"), "has the columns of a cascade log"
    for table, needed in (
        ("outcomes", {"outcome", "observed_from", "observed_until"}),
        ("shares", {"cascade_id", "t_h"}),
        ("exposure", {"n_exposed", "period_start", "period_end"}),
    ):
        if needed <= set(columns):
            return made(table, "table", table=table), f"has the columns of {table}"
    text = next((name for known in TEXT_NAMES for name in columns if name.lower() == known), None)
    if text is None:
        return made("unread", "table"), "no column that holds text"
    digest = hashlib.sha256("\0".join(columns).encode()).hexdigest()[:8]
    return made(f"table-{digest}", "table", columns={"text": text}), f"a table whose text is in column {text!r}"


def made(
    name: str, reader: str, table: str = "utterances", columns: dict[str, str] | None = None, **defaults: str
) -> Source:
    """Make a Source that nobody stated."""
    return Source(
        name=name,
        path="**/*",
        reader=reader,
        table=table,
        columns=columns or {},
        defaults=defaults,
        chosen=True,
    )


def first_columns(path: Path, file: str) -> list[str]:
    """Column names of a table file; none where it has no row."""
    for _, row in rows_of(path, made("probe", "table"), file):
        if not isinstance(row, Reject):
            return sorted(row)
    return []
