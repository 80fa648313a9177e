"""Chunks: some records of one source, in order, packed so that they travel well and are known by their content."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

from scsr.corpus.readers.records import RawRecord, Reject
from scsr.corpus.readers.source import Source

__all__ = ["Chunk", "Setup", "chunks", "pack", "unpack"]

Records = tuple[RawRecord | Reject, ...]

VALUE = "="
"""What the name of a column of values begins with."""

ASIDE = ("path", "exclude", "licence", "collected_at", "observed_until")
"""Statements about a source that no row of it rests on."""


@dataclass(frozen=True)
class Setup:
    """What all chunks of a source have in common.

    Parameters
    ----------
    number : int
        Place of the source among all.
    source : Source
    key : bytes
        Pseudonym key.
    code : str
        Digest of the code, as :func:`scsr.corpus.prepare.version.code_digest` makes it.
    speakers, utterances : frozenset of str
        Who asked to be forgotten.
    repeated : frozenset of int
        Furniture learnt from the source's pages.
    """

    number: int
    source: Source
    key: bytes = field(repr=False)
    code: str = ""
    speakers: frozenset[str] = frozenset()
    utterances: frozenset[str] = frozenset()
    repeated: frozenset[int] = frozenset()

    @cached_property
    def digest(self) -> bytes:
        """Digest of all but the place."""
        total = hashlib.blake2b(self.code.encode(), key=hashlib.blake2b(self.key).digest(), digest_size=16)
        stated = [
            (one.name, ordered(getattr(self.source, one.name))) for one in fields(Source) if one.name not in ASIDE
        ]
        people = [sorted(self.speakers), sorted(self.utterances), sorted(self.repeated)]
        total.update(repr([stated, people]).encode("utf-8", "surrogatepass"))
        return total.digest()


def ordered(value: object) -> str:
    """Word a value the same way whatever the order of its members."""
    if isinstance(value, dict):
        return repr(sorted((str(key), ordered(one)) for key, one in value.items()))
    return repr(sorted(value)) if isinstance(value, set | frozenset) else repr(value)


@dataclass(frozen=True)
class Chunk:
    """Records of one source, in order; rejects of the reader travel along to keep their place.

    Parameters
    ----------
    setup : Setup
    packed : bytes
        As :func:`pack` makes them.
    """

    setup: Setup
    packed: bytes

    @property
    def records(self) -> Records:
        """The records."""
        return unpack(self.packed)

    def digest(self, kind: str) -> str:
        """Name of what is made of the chunk: the same for the same records and setup."""
        total = hashlib.blake2b(kind.encode(), key=self.setup.digest, digest_size=16)
        total.update(self.packed)
        return f"{kind}-{total.hexdigest()}"


def chunks(setup: Setup, records: Iterable[RawRecord | Reject], size: int) -> Iterator[Chunk]:
    """Cut records into chunks.

    Parameters
    ----------
    setup : Setup
    records : iterable of RawRecord or Reject
    size : int
        Records of a chunk.

    Yields
    ------
    Chunk
    """
    records = iter(records)
    while batch := tuple(itertools.islice(records, size)):
        yield Chunk(setup, pack(batch))


def pack(records: Records) -> bytes:
    """Put records side by side in an Arrow stream.

    Examples
    --------
    >>> two = (RawRecord("a.csv", "row 1", {"text": "Hei"}, names=("Kari",)), Reject("a.csv", "row 2", "no text", ""))
    >>> unpack(pack(two)) == two
    True
    """
    import pyarrow as pa

    values = [one.values if isinstance(one, RawRecord) else {} for one in records]
    pages = [one if isinstance(one, RawRecord) else RawRecord("", "", {}) for one in records]
    rejects = [one if isinstance(one, Reject) else None for one in records]
    columns = {
        "file": strings([one.file for one in records]),
        "locator": strings([one.locator for one in records]),
        "reason": strings([one.reason if one else None for one in rejects]),
        "detail": strings([one.detail if one else None for one in rejects]),
    }
    if any(page.markup is not None for page in pages):
        columns["markup"] = strings([page.markup for page in pages])
        columns["is_html"] = pa.array([page.is_html for page in pages], type=pa.bool_())
    if any(page.names for page in pages):
        columns["names"] = pa.array([list(page.names) for page in pages], type=pa.list_(pa.string()))
    for name in sorted(set[str]().union(*values)):
        columns[VALUE + name] = strings([one.get(name) for one in values])
    batch = pa.record_batch(columns)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    packed: bytes = sink.getvalue().to_pybytes()
    return packed


def strings(values: list[str | None]) -> Any:
    """Arrow column of strings; half a character, which no encoding has, becomes U+FFFD, as cleaning would make it."""
    import pyarrow as pa

    try:
        return pa.array(values, type=pa.large_string())
    except UnicodeEncodeError:
        whole = [v if v is None else v.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for v in values]
        return pa.array(whole, type=pa.large_string())


def unpack(packed: bytes) -> Records:
    """Take records out of an Arrow stream."""
    import pyarrow as pa

    batch = pa.ipc.open_stream(packed).read_next_batch()
    n = batch.num_rows
    columns = dict(zip(batch.schema.names, (column.to_pylist() for column in batch.columns), strict=True))
    values: list[dict[str, str]] = [{} for _ in range(n)]
    for name, column in columns.items():
        if name.startswith(VALUE):
            own = name.removeprefix(VALUE)
            for into, value in zip(values, column, strict=True):
                if value is not None:
                    into[own] = value
    nothing: list[None] = [None] * n
    told = [columns[name] for name in ("file", "locator", "reason", "detail")]
    rest = [columns.get(name, nothing) for name in ("markup", "is_html", "names")]
    made: list[RawRecord | Reject] = []
    for held, file, locator, reason, detail, markup, is_html, names in zip(values, *told, *rest, strict=True):
        if reason is not None:
            made.append(Reject(file, locator, reason, detail))
        else:
            made.append(RawRecord(file, locator, held, markup, is_html, tuple(names or ())))
    return tuple(made)
