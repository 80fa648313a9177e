"""Reader ``twcs``: exports with the columns of *Customer Support on Twitter* (Thought Vector, 2017)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scsr.corpus.readers.records import RawRecord, Reject, conversations
from scsr.corpus.readers.source import Source
from scsr.corpus.readers.table import as_text, rows_of
from scsr.errors import SourceError

__all__ = ["COLUMNS", "read_twcs"]

COLUMNS = (
    "tweet_id",
    "author_id",
    "inbound",
    "created_at",
    "text",
    "response_tweet_id",
    "in_response_to_tweet_id",
)

INBOUND = {"true": True, "1": True, "false": False, "0": False}


def read_twcs(path: Path, source: Source, file: str) -> Iterator[RawRecord | Reject]:
    """Read a Customer Support on Twitter file.

    Parameters
    ----------
    path : Path
    source : Source
        ``sampling`` is ``replies`` unless it says otherwise: the public files hold what brands answered.
    file : str
        Path below the raw folder.

    Yields
    ------
    RawRecord or Reject
        A tweet that answers another is of kind ``reply``, also where the other is not in the file; then
        ``reply_to`` is null, and the lost tweet's id still names the conversation. The company of a
        customer's tweet is the brand that answers in the conversation, where there is exactly one.

    Raises
    ------
    SourceError
        If the file lacks one of the columns.
    """
    plain = dataclasses.replace(source, columns={}, values={})
    parents: dict[str, str | None] = {}
    brands: dict[str, str] = {}
    for _, row in rows_of(path, plain, file):
        if isinstance(row, Reject):
            continue
        check_columns(row, source, file)
        tweet = as_text(row["tweet_id"])
        parents[tweet] = tweet_id(row["in_response_to_tweet_id"]) or None
        if INBOUND.get(as_text(row["inbound"]).lower()) is False:
            brands[tweet] = as_text(row["author_id"])
    roots = dict(conversations(parents))
    brand_of = one_brand(roots, brands)
    for locator, row in rows_of(path, plain, file):
        if isinstance(row, Reject):
            yield row
        else:
            record = tweet_record(row, file, locator, parents, roots, brand_of)
            if isinstance(record, RawRecord) and "sampling" not in source.defaults:
                record = dataclasses.replace(record, values={**record.values, "sampling": "replies"})
            yield record


def check_columns(row: dict[str, Any], source: Source, file: str) -> None:
    """Refuse a file that lacks one of the seven columns."""
    missing = [column for column in COLUMNS if column not in row]
    if missing:
        raise SourceError(
            f"source {source.name!r}, file {file}: no column {missing[0]!r}; use reader 'table' with a column map"
        )


def tweet_id(value: object) -> str:
    """Read the id of a tweet, which spreadsheets and pandas write as ``3.0`` where some are missing.

    Examples
    --------
    >>> tweet_id("3.0"), tweet_id(""), tweet_id("119237")
    ('3', '', '119237')
    """
    text = as_text(value)
    return text[:-2] if text.endswith(".0") else text


def one_brand(roots: dict[str, str], brands: dict[str, str]) -> dict[str, str]:
    """Conversation to its brand, for the conversations in which one brand alone speaks."""
    found: dict[str, str] = {}
    several = set()
    for tweet, brand in brands.items():
        if found.setdefault(roots[tweet], brand) != brand:
            several.add(roots[tweet])
    return {root: brand for root, brand in found.items() if root not in several}


def tweet_record(
    row: dict[str, Any],
    file: str,
    locator: str,
    parents: dict[str, str | None],
    roots: dict[str, str],
    brand_of: dict[str, str],
) -> RawRecord | Reject:
    """Make a record of one tweet."""
    tweet, author = as_text(row["tweet_id"]), as_text(row["author_id"])
    inbound = INBOUND.get(as_text(row["inbound"]).lower())
    if not tweet or inbound is None:
        return Reject(file, locator, "bad value", "tweet_id must be given, inbound must be True or False")
    parent = parents.get(tweet)
    company = brand_of.get(roots[tweet]) if inbound else author
    values = {
        "utterance_id": tweet,
        "conversation_id": roots[tweet],
        "reply_to": parent if parent in parents else None,
        "kind": "reply" if parent else None,
        "speaker_id": author,
        "speaker_role": "customer" if inbound else "firm",
        "company": company,
        "channel": "twitter",
        "published_at": as_text(row["created_at"]),
        "text": as_text(row["text"]),
    }
    return RawRecord(file, locator, {name: value for name, value in values.items() if value})
