"""Choose readers by content, where nobody wrote a ``sources.toml``."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scsr.corpus.readers.convokit import looks_like_convokit
from scsr.corpus.readers.files import looks_binary, refused, relative
from scsr.corpus.readers.page import looks_like_html
from scsr.corpus.readers.records import Reject
from scsr.corpus.readers.source import BESIDE, UTTERANCES, Source
from scsr.corpus.readers.table import rows_of
from scsr.corpus.readers.twcs import COLUMNS

__all__ = ["Choice", "choose_sources"]

TEXT_NAMES = ("text", "review", "comment", "message", "body", "content", "tweet", "review_text", "full_text")
"""Names under which exports keep the text itself, tried in this order."""

FEED = re.compile(
    r"(?:(?!<(?:!doctype\s+html|html|head|body|div|p|table)\b)[\s\S]){0,6000}?<(rss|feed|rdf:RDF)[\s>]", re.IGNORECASE
)
"""The start of a feed, before which nothing of a page stands."""

TABLE_NAMES = (".csv.txt", ".tsv.txt", ".jsonl.txt")
TABLE_SUFFIXES = (".csv", ".tsv", ".tab", ".psv", ".json", ".jsonl", ".ndjson")
"""Names under which a page stands only if it starts as one: cells hold markup too."""

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
    inside = raw.resolve()
    for path in data_files(raw):
        if beside_utterances(path):
            continue
        against = refused(path, inside)
        source, why = choose(path, relative(path, raw)) if against is None else (made("unread", "table"), against[0])
        grouped.setdefault(source.name, (source, [], why))[1].append(path)
    return [Choice(source, tuple(files), why) for source, files, why in (grouped[name] for name in sorted(grouped))]


def data_files(raw: Path) -> Iterator[Path]:
    """Files that may be data, and what only bears the name of a file, in a stable order."""
    for path in sorted(raw.rglob("*"), key=lambda p: p.relative_to(raw).parts):
        parts = path.relative_to(raw).parts
        if path.name.lower() in SKIPPED or any(part.startswith(".") for part in parts):
            continue
        if not path.is_dir() or path.is_symlink():
            yield path


def beside_utterances(path: Path) -> bool:
    """Whether a file belongs to a ConvoKit corpus, whose reader finds it by the utterances."""
    if path.name not in BESIDE and path.suffix != ".p":
        return False
    names = {other.name for other in path.parent.iterdir()}
    return bool(names & set(UTTERANCES)) and bool(names & set(BESIDE))


def choose(path: Path, file: str) -> tuple[Source, str]:
    """Choose a reader for one file."""
    try:
        with path.open("rb") as stream:
            start = stream.read(8192)
    except OSError:
        return made("unread", "table"), "cannot be read"
    if not start.startswith(b"PAR1"):
        if looks_binary(start) or not start.strip():
            return made("unread", "table"), "no text"
        text = start.replace(b"\0", b"").decode("latin-1")
        if feed := FEED.match(text):
            if "wordpress.org/export/" in text or "<wp:wxr_version" in text:
                return made("wordpress", "wxr"), "a WordPress export"
            return made("feeds", "atom"), f"a feed ({feed[1]})"
        tabular = path.suffix.lower() in TABLE_SUFFIXES or path.name.lower().endswith(TABLE_NAMES)
        if looks_like_html(text) and (not tabular or text.lstrip("\xef\xbb\xbf\xff\xfe \r\n\t").startswith("<")):
            return made("pages", "page"), "a saved page"
        if path.suffix.lower() in (".html", ".htm", ".xhtml", ".txt") and not tabular:
            return made("pages", "page"), "a saved page"
    row = first_row(path, file)
    columns = sorted(row)
    if looks_like_convokit(row):
        return made("convokit", "convokit"), "utterances of a ConvoKit corpus"
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
    held = next((name for known in TEXT_NAMES for name in columns if name.lower() == known), None)
    if held is None:
        return made("unread", "table"), "no column that holds text"
    digest = hashlib.sha256("\0".join(columns).encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return made(f"table-{digest}", "table", columns={"text": held}), f"a table whose text is in column {held!r}"


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


def first_row(path: Path, file: str) -> dict[str, Any]:
    """First row of a table file; empty where it has none."""
    for _, row in rows_of(path, made("probe", "table"), file):
        if not isinstance(row, Reject):
            return row
    return {}
