"""Make ids unique in reading order: equal records are told apart, a repeated one is a reject."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

from scsr.corpus.readers.records import Reject
from scsr.schema import TABLES

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Ids"]

NAMED = {"utterances": "utterance_id", "shares": "share_id"}
POINTING = ("conversation_id", "reply_to")


class Ids:
    """Ids given so far.

    Two records of a source without an id of their own may be equal in title, date and text, such as the
    same page saved twice: the second gets an id from the first one's and its number among equals, so
    neither path nor position enters it. Two records that bear the same id of their own are one record.

    Parameters
    ----------
    key : bytes
        Pseudonym key.
    """

    def __init__(self, key: bytes) -> None:
        self.key = key
        self.seen: set[bytes] = set()
        self.equals: Counter[bytes] = Counter()
        self.file = ""
        self.renamed: dict[str, str] = {}

    def settle(self, rows: pa.Table, table: str) -> tuple[pa.Table, list[Reject], list[int]]:
        """Make the ids of some rows unique.

        Parameters
        ----------
        rows : pyarrow.Table
            As a worker made them.
        table : str

        Returns
        -------
        rows : pyarrow.Table
            Without the repeated records.
        rejects : list of Reject
            One for each of these.
        kept : list of int
            Positions of the rows that are left.
        """
        import pyarrow as pa

        if table in NAMED:
            return self.settle_named(rows, NAMED[table])
        keys = TABLES[table].key
        if not keys:
            return rows, [], list(range(rows.num_rows))
        kept, rejects = [], []
        columns = [rows.column(name).to_pylist() for name in keys]
        places = list(zip(rows.column("_file").to_pylist(), rows.column("_locator").to_pylist(), strict=True))
        for at, values in enumerate(zip(*columns, strict=True)):
            digest = hashlib.blake2b(repr((table, values)).encode(), digest_size=16).digest()
            if digest in self.seen:
                rejects.append(
                    Reject(*places[at], "repeated key", f"a row of the same {', '.join(keys)} stands before")
                )
            else:
                self.seen.add(digest)
                kept.append(at)
        return (rows.take(pa.array(kept, pa.int64())) if rejects else rows), rejects, kept

    def settle_named(self, rows: pa.Table, column: str) -> tuple[pa.Table, list[Reject], list[int]]:
        """Make the ids of utterances or shares unique."""
        import pyarrow as pa

        ids = rows.column(column).to_pylist()
        native = rows.column("_native").to_pylist()
        files, locators = rows.column("_file").to_pylist(), rows.column("_locator").to_pylist()
        pointing = {name: rows.column(name).to_pylist() for name in POINTING if name in rows.column_names}
        kept, rejects, changed = [], [], False
        for at, own in enumerate(ids):
            if files[at] != self.file:
                self.file, self.renamed = files[at], {}
            digest = bytes.fromhex(own)
            if digest not in self.seen:
                self.seen.add(digest)
            elif native[at]:
                rejects.append(Reject(files[at], locators[at], "repeated id", "a record with this id stands before"))
                continue
            else:
                self.equals[digest] += 1
                ids[at] = self.renamed[own] = self.numbered(own, self.equals[digest])
                self.seen.add(bytes.fromhex(ids[at]))
                changed = True
            kept.append(at)
            if self.renamed:
                for values in pointing.values():
                    values[at] = self.renamed.get(values[at], values[at])
        if changed or self.renamed:
            for name, values in {column: ids, **pointing}.items():
                rows = rows.set_column(rows.column_names.index(name), name, pa.array(values, type=pa.string()))
        return (rows.take(pa.array(kept, pa.int64())) if rejects else rows), rejects, kept

    def numbered(self, own: str, number: int) -> str:
        """Id of the n-th repetition of an equal record."""
        from scsr.text.privacy import keyed_id

        return str(keyed_id(self.key, "equal", own, str(number)))
