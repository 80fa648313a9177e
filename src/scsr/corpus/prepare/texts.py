"""Signatures of all texts of a run, in the order of reading, and the duplicates that these show."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from scsr.corpus.prepare.duplicates import exact_pairs, near_pairs
from scsr.corpus.prepare.quotes import Passages, Quotations, Writing, quotations
from scsr.corpus.prepare.signed import Signatures
from scsr.corpus.store.publish import PART_ROWS, Publisher

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

__all__ = ["STAFF", "Found", "Texts"]

STAFF = ("firm", "employee")
"""Roles that speak for a firm: their words are the firm's."""


MIN_ENDINGS = 5
MIN_SHARE = 0.05


@dataclass
class Columns:
    """What is known of each text, side by side."""

    ids: Any = field(default_factory=lambda: np.zeros(0, dtype="S32"))
    source: Any = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    exact: Any = field(default_factory=lambda: np.zeros(0, dtype=np.uint64))
    bands: Any = field(default_factory=lambda: np.zeros((0, 0), dtype=np.uint64))
    published: Any = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    speaker: Any = field(default_factory=lambda: np.zeros(0, dtype=np.uint64))
    thread: Any = field(default_factory=lambda: np.zeros(0, dtype=np.uint64))
    ending: Any = field(default_factory=lambda: np.zeros(0, dtype=np.uint64))
    staff: Any = field(default_factory=lambda: np.zeros(0, dtype=bool))


@dataclass(frozen=True)
class Found:
    """Duplicates of a run, as positions of texts.

    Parameters
    ----------
    pairs : list of (int, int, str)
        A later text, the first of its words, and ``exact`` or ``near``.
    alike : array of int, shape (n,)
        Group of exact and near duplicates of each text.
    quoted : Quotations
    """

    pairs: list[tuple[int, int, str]]
    alike: NDArray[np.int64]
    quoted: Quotations


class Texts:
    """Signatures of utterances so far.

    Parameters
    ----------
    publisher : Publisher
        Holds the texts themselves, but for hidden ones, which are kept here.
    """

    def __init__(self, publisher: Publisher) -> None:
        self.publisher = publisher
        self.chunks: list[Columns] = []
        self.passages: list[Passages] = []
        self.hidden: dict[int, str] = {}
        self.n = 0

    def sign(self, rows: pa.Table, signed: Signatures, source: int, hidden: NDArray[np.bool_]) -> None:
        """Add some utterances.

        Parameters
        ----------
        rows : pyarrow.Table
        signed : Signatures
            Of the same rows.
        source : int
            Number of their source.
        hidden : array of bool
            Rows that are not written, and whose texts must be known all the same.
        """
        made = Columns(
            ids=np.array([i.encode() for i in rows.column("utterance_id").to_pylist()], dtype="S32"),
            source=np.full(rows.num_rows, source, dtype=np.int32),
            exact=signed.exact,
            bands=signed.bands,
            published=times(rows),
            speaker=speakers(rows),
            thread=threads(rows),
            ending=signed.endings,
            staff=np.isin(np.array(rows.column("speaker_role").to_pylist(), dtype=object), STAFF),
        )
        found = signed.passages
        everything = np.ones(len(found.text), dtype=bool)
        self.passages.append(found.take(everything, np.arange(self.n, self.n + rows.num_rows, dtype=np.int32)))
        self.chunks.append(made)
        texts = rows.column("text")
        self.hidden.update((self.n + at, texts[at].as_py()) for at in np.flatnonzero(hidden).tolist())
        self.n += rows.num_rows

    def columns(self) -> Columns:
        """All columns, put together once more pieces have come."""
        if len(self.chunks) != 1:
            joined = {
                one.name: np.concatenate([getattr(chunk, one.name) for chunk in self.chunks])
                for one in fields(Columns) if self.chunks
            }  # fmt: skip
            self.chunks = [Columns(**joined)]
        return self.chunks[0]

    def keys(self) -> Passages:
        """All passages."""
        if len(self.passages) != 1:
            self.passages = [Passages.join(self.passages)]
        return self.passages[0]

    def written(self) -> NDArray[np.int64]:
        """Positions of the texts that stand in the parts, in their order."""
        shown = np.ones(self.n, dtype=bool)
        shown[list(self.hidden)] = False
        return np.flatnonzero(shown)

    def at(self, positions: NDArray[np.int64]) -> dict[int, str]:
        """Texts at sorted positions, read back from the parts."""
        import pyarrow.parquet as pq

        written = self.written()
        texts = {at: self.hidden[at] for at in positions.tolist() if at in self.hidden}
        start = 0
        for part in self.publisher.parts["utterances"]:
            here = written[start : start + part["n_rows"]]
            rows = np.flatnonzero(np.isin(here, positions))
            if len(rows):
                column = pq.read_table(self.publisher.out / "utterances" / part["name"], columns=["text"]).column(0)
                texts.update(zip(here[rows].tolist(), column.take(rows).to_pylist(), strict=True))
            start += part["n_rows"]
        return texts

    def find(self) -> Found:
        """Find duplicates of every kind, each text against everything before it in any source."""
        known = self.columns()
        later, first = exact_pairs(known.exact)
        pairs = [(a, b, "exact") for a, b in zip(later.tolist(), first.tolist(), strict=True)]
        pairs += [(a, b, "near") for a, b in near_pairs(known.bands, later, self.at)]
        pairs.sort()
        alike = np.arange(self.n)
        for a, b, _ in pairs:  # a first one may itself be a later one of another, which stands before it
            alike[a] = alike[b]
        writing = Writing(known.published, known.speaker, known.thread, known.staff, alike)
        return Found(pairs, alike, quotations(self.keys(), writing))

    def keep(self, kept: NDArray[np.bool_]) -> None:
        """Forget all texts but some."""
        known, keys = self.columns(), self.keys()
        to = (np.cumsum(kept) - 1).astype(np.int32)
        self.chunks = [Columns(**{one.name: getattr(known, one.name)[kept] for one in fields(Columns)})]
        self.passages = [keys.take(kept[keys.text], to)]
        self.hidden = {int(to[at]): text for at, text in self.hidden.items() if kept[at]}
        self.n = int(kept.sum())

    def change(self, at: NDArray[np.int64], signed: Signatures) -> None:
        """Sign texts anew that were changed."""
        known, keys = self.columns(), self.keys()
        known.exact[at], known.bands[at], known.ending[at] = signed.exact, signed.bands, signed.endings
        same = np.arange(self.n, dtype=np.int32)
        new = signed.passages
        self.passages = [
            Passages.join(
                [
                    keys.take(~np.isin(keys.text, at), same),
                    new.take(np.ones(len(new.text), dtype=bool), at.astype(np.int32)),
                ]
            )
        ]

    def sign_offs(self) -> dict[int, tuple[int, int]]:
        """Count what ends many texts of a source: number of the source to different endings and texts with one.

        An ending counts where it ends :data:`MIN_ENDINGS` texts or more of one source and side (firm or not), and
        a twentieth or more of these.
        """
        known = self.columns()
        made: dict[int, tuple[int, int]] = {}
        for number in np.unique(known.source).tolist():
            n_endings = n_texts = 0
            for side in (False, True):
                here = known.ending[(known.source == number) & (known.staff == side)]
                _, counts = np.unique(here[here != 0], return_counts=True)
                often = counts[(counts >= MIN_ENDINGS) & (counts >= MIN_SHARE * len(here))]
                n_endings, n_texts = n_endings + len(often), n_texts + int(often.sum())
            made[number] = (n_endings, n_texts)
        return made

    def duplicates(self) -> Iterator[tuple[int, pa.Table]]:
        """Rows of the table of duplicates, with the number of their source."""
        import pyarrow as pa

        if not self.n:
            return
        known, found = self.columns(), self.find()
        quoted = np.unique(np.stack([found.quoted.later, found.quoted.earlier], axis=1), axis=0)
        pairs = sorted(found.pairs + [(a, b, "quoted") for a, b in quoted.tolist()])
        for number, group in itertools.groupby(pairs, key=lambda pair: int(known.source[pair[0]])):
            listed = list(group)
            columns: dict[str, Any] = {
                "utterance_id": [known.ids[a].decode() for a, _, _ in listed],
                "duplicate_of": [known.ids[b].decode() for _, b, _ in listed],
                "how": [how for _, _, how in listed],
            }
            table = pa.table(columns)
            for start in range(0, table.num_rows, PART_ROWS):
                yield number, table.slice(start, PART_ROWS)


def times(rows: pa.Table) -> NDArray[np.int64]:
    """Time of each row in microseconds; the smallest integer where no day is known."""
    import pyarrow as pa
    import pyarrow.compute as pc

    unknown = pc.is_in(rows.column("date_precision"), value_set=pa.array(["month", "none"]))
    stamps = pc.if_else(unknown, None, rows.column("published_at").cast(pa.int64()))
    return np.asarray(pc.fill_null(stamps, np.iinfo(np.int64).min).to_numpy(), dtype=np.int64)


def speakers(rows: pa.Table) -> NDArray[np.uint64]:
    """Return a number for each row's speaker; the nameless of one source are one."""
    names = zip(rows.column("speaker_id").to_pylist(), rows.column("source").to_pylist(), strict=True)
    return np.array([int(who[:16], 16) if who else nameless(source) for who, source in names], dtype=np.uint64)


def threads(rows: pa.Table) -> NDArray[np.uint64]:
    """Return a number for each row's conversation; one that stands alone is its own."""
    ids = zip(rows.column("conversation_id").to_pylist(), rows.column("utterance_id").to_pylist(), strict=True)
    return np.array([int((thread or own)[:16], 16) for thread, own in ids], dtype=np.uint64)


def nameless(source: str) -> int:
    """Return the number that stands for the nameless of a source."""
    return int.from_bytes(hashlib.blake2b(source.encode(), digest_size=8).digest(), "big")
