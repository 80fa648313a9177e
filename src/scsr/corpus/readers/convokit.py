"""Reader ``convokit``: corpus folders of ConvoKit, of its present and its older make."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scsr.corpus.readers.files import open_text, refusal
from scsr.corpus.readers.jsonrows import flattened, json_rows
from scsr.corpus.readers.records import MAX_TEXT, RawRecord, Reject, conversations
from scsr.corpus.readers.source import NATIVE, Source, nearest
from scsr.corpus.readers.table import as_text
from scsr.errors import ReadError, SourceError
from scsr.schema import TABLES

__all__ = ["looks_like_convokit", "read_convokit"]

MAX_BESIDE = 256 << 20
"""Bytes of the file of speakers or conversations that are held at once."""

INSTANTS = (10**8, 4_102_444_800)
"""Seconds since 1970 from 1973 to 2100; a smaller number counts turns, or seconds of a recording."""

OWN = {"utterance_id", "conversation_id", "reply_to", "speaker_id", "text", "source", "synthetic", "lemmas"}
NAMES = {
    "utterance_id": ("id",),
    "conversation_id": ("conversation_id", "root"),
    "reply_to": ("reply_to", "reply-to"),
    "speaker_id": ("speaker", "user", "speaker.id", "user.id"),
    "text": ("text",),
}
"""Contract column to ConvoKit's names for it, the present one first."""


def looks_like_convokit(row: Mapping[str, Any]) -> bool:
    """Whether the first line of a JSON file is an utterance of ConvoKit.

    Examples
    --------
    >>> looks_like_convokit({"id": "1", "speaker": "a", "conversation_id": "1", "text": "Hei"})
    True
    """
    return all(any(name in row for name in NAMES[column]) for column in NAMES if column != "reply_to")


def read_convokit(path: Path, source: Source, file: str) -> Iterator[RawRecord | Reject]:
    """Read the utterances of a ConvoKit corpus.

    Parameters
    ----------
    path : Path
        ``utterances.jsonl`` (or the older ``utterances.json``); what speakers and conversations are is read
        from the files beside it. The source's ``path`` may name the folder.
    source : Source
        ``[source.columns]`` may name ``meta.x``, ``speaker.x`` and ``conversation.x``; metadata that bear
        the name of a contract column are taken as they are, an utterance's own before its speaker's before
        its conversation's.
    file : str
        Path below the raw folder.

    Yields
    ------
    RawRecord or Reject
        One for each utterance. Binary metadata (pickles) are never opened.

    Raises
    ------
    SourceError
        If no utterance has a column that the source maps.

    References
    ----------
    Chang et al. (2020), *ConvoKit: A Toolkit for the Analysis of Conversations*, SIGDIAL.
    """
    if source.table != "utterances":
        raise SourceError(f"source {source.name!r}: reader 'convokit' feeds table 'utterances', not {source.table!r}")
    beside: dict[str, dict[str, dict[str, Any]]] = {}
    for kind, names in (("speaker", ("speakers.json", "users.json")), ("conversation", ("conversations.json",))):
        found = next((path.with_name(name) for name in names if path.with_name(name).is_file()), None)
        beside[kind] = {}
        if found is not None:
            try:
                beside[kind] = metadata(found, source.encoding)
            except (ReadError, OSError, ValueError) as error:
                where = (Path(file).parent / found.name).as_posix()
                detail = str(error) if isinstance(error, ReadError) else "is no JSON object of objects"
                yield Reject(where, "file", "broken metadata", detail)
    parents: dict[str, str | None] = {}
    for _, row in rows_of(path, source, file):
        if not isinstance(row, Reject):
            parents.setdefault(first(row, "utterance_id"), first(row, "reply_to") or None)
    roots = dict(conversations(parents))
    unseen = dict(source.columns)
    for locator, row in rows_of(path, source, file):
        if isinstance(row, Reject):
            yield row
            continue
        values = utterance(row, beside, roots, source, unseen)
        if isinstance(values, str):
            yield Reject(file, locator, "bad value", values)
        elif len(values.get("text", "")) > MAX_TEXT:
            yield Reject(file, locator, "too large", f"its text is longer than {MAX_TEXT:,} characters")
        else:
            yield RawRecord(file, locator, values)
    if unseen and parents:
        column, name = next(iter(unseen.items()))
        known = sorted({key for _, row in rows_of(path, source, file) if not isinstance(row, Reject) for key in row})
        raise SourceError(
            f"source {source.name!r}, file {file}: no utterance has {name!r} for {column!r}; {nearest(name, known[:40])}"
        )


def rows_of(path: Path, source: Source, file: str) -> Iterator[tuple[str, dict[str, Any] | Reject]]:
    """Utterances, a line each or, in the older make, in one array."""
    try:
        with path.open("rb") as stream:
            array = stream.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[")
        yield from json_rows(path, source.encoding, file, array)
    except ReadError as error:
        yield "file", Reject(file, "file", *refusal(error))
    except (OSError, UnicodeError) as error:
        yield "file", Reject(file, "file", "unreadable", type(error).__name__)


def metadata(path: Path, encoding: str | None) -> dict[str, dict[str, Any]]:
    """Metadata by id, with or without the ``meta`` and ``vectors`` that the later makes put around them."""
    if path.stat().st_size > MAX_BESIDE:
        raise ReadError("too large")
    with open_text(path, encoding) as stream:
        try:
            made = json.load(stream)
        except RecursionError:
            raise ValueError("nests too deep") from None
    if not isinstance(made, dict):
        raise ValueError("no object")
    found = {}
    for key, value in made.items():
        inner = value.get("meta", value) if isinstance(value, dict) else {}
        found[key] = inner if isinstance(inner, dict) else {}
    return found


def first(row: Mapping[str, Any], column: str) -> str:
    """Value of a column under the first of its names that the row has."""
    return next((as_text(row[name]) for name in NAMES[column] if name in row and as_text(row[name])), "")


def utterance(
    row: Mapping[str, Any],
    beside: Mapping[str, Mapping[str, Mapping[str, Any]]],
    roots: Mapping[str, str],
    source: Source,
    unseen: dict[str, str],
) -> dict[str, str] | str:
    """Contract values of one utterance; or what is wrong with it, in words."""
    values = {column: first(row, column) for column in NAMES}
    if not values["utterance_id"]:
        return "id is missing"
    values["conversation_id"] = values["conversation_id"] or roots[values["utterance_id"]]
    if values["reply_to"] == values["utterance_id"]:
        return "answers itself"
    around = {
        f"{kind}.{name}": value
        for kind, column in (("conversation", "conversation_id"), ("speaker", "speaker_id"))
        for name, value in flattened(beside[kind].get(values[column], {}))
    }
    everything = {**around, **row}
    for column in (*TABLES["utterances"].names, *NATIVE["utterances"]):
        if column in OWN:
            continue
        for name in (f"meta.{column}", f"speaker.{column}", f"conversation.{column}"):
            if name in everything and as_text(everything[name]):
                values[column] = as_text(everything[name])
                break
    if "published_at" not in values:
        values["published_at"] = stamp(row.get("timestamp"))
    for column, name in source.columns.items():
        if name in everything:
            unseen.pop(column, None)
            values[column] = as_text(everything[name])
    for column, meant in source.values.items():
        if column in values:
            values[column] = meant.get(values[column], values[column])
    return {column: value for column, value in values.items() if value}


def stamp(value: Any) -> str:
    """Time of an utterance: seconds since 1970, as a number or in words, or a written date.

    Examples
    --------
    >>> stamp(1347361500), stamp("1347361500.0"), stamp("2012-09-11"), stamp(3)
    ('2012-09-11T11:05:00+00:00', '2012-09-11T11:05:00+00:00', '2012-09-11', '')
    """
    text = as_text(value)
    try:
        seconds = float(text)
    except ValueError:
        return text
    if not INSTANTS[0] <= seconds < INSTANTS[1]:
        return ""
    return dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat()
