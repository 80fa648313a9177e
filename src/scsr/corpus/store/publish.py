"""Publish table folders whole: what a reader sees is the old data or the new, never a mixture."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from scsr.corpus.store.manifest import MANIFEST, Manifest, manifest
from scsr.errors import ScsrError
from scsr.schema import TABLES

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["PART_ROWS", "Publisher"]

PART_ROWS = 50_000
"""Rows of one part file; also of its one row group."""

STORED = tuple(name for name in TABLES if name != "cases")


class Publisher:
    """Write parts beside the published ones, then switch to them in one step.

    Parts are named by their content, so a part that did not change is the same file, and a part of an
    interrupted run harms nobody. Only the manifest says which parts count; it is replaced last.

    Parameters
    ----------
    out : Path
        Folder of the tables. Made where it does not exist.

    Raises
    ------
    ScsrError
        If another ``prepare`` is writing to the same folder.
    """

    def __init__(self, out: Path) -> None:
        self.out = Path(out)
        self.parts: dict[str, list[dict[str, Any]]] = {name: [] for name in STORED}
        self.lock: contextlib.ExitStack | None = None

    def __enter__(self) -> Self:
        self.out.mkdir(parents=True, exist_ok=True)
        self.lock = contextlib.ExitStack()
        self.lock.enter_context(locked(self.out / ".lock"))
        self.tidy()  # after a run that was killed
        self.staging.mkdir()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.tidy()
        if self.lock is not None:
            self.lock.close()

    def tidy(self) -> None:
        """Remove what is half written, and the parts that the published manifest does not name."""
        shutil.rmtree(self.staging, ignore_errors=True)
        try:
            tables = manifest(self.out).tables
        except ScsrError:
            if (self.out / MANIFEST).exists():  # of another version: what it names is not known
                return
            tables = {}
        for table in STORED:
            current = {part["name"] for part in tables.get(table, {}).get("files", ())}
            for file in sorted((self.out / table).glob("part-*.parquet")):
                if file.name not in current:
                    file.unlink()

    @property
    def staging(self) -> Path:
        """Folder of files that are being written."""
        return self.out / ".staging"

    def add(self, table: str, source: str, rows: pa.Table) -> Path:
        """Write one part.

        Parameters
        ----------
        table, source : str
        rows : pyarrow.Table
            With the contract's columns, text where the contract has categories; at most
            :data:`PART_ROWS` rows.

        Returns
        -------
        Path
            The part, which does not count before :meth:`publish`.

        Raises
        ------
        TableError
            If the rows break the contract.
        """
        number = sum(part["source"] == source for part in self.parts[table])
        part = self.write(table, source, number, rows)
        self.parts[table].append(part)
        return self.out / table / str(part["name"])

    def write(self, table: str, source: str, number: int, rows: pa.Table) -> dict[str, Any]:
        """Write a part of a number, and describe it."""
        import pyarrow.parquet as pq

        from scsr.schema import validate

        rows = in_contract(rows, table)
        validate(rows.to_pandas(), table)
        draft = self.staging / f"{table}.parquet"
        try:
            pq.write_table(
                rows, draft, row_group_size=PART_ROWS, compression="zstd", compression_level=3, version="2.6",
                data_page_version="1.0", write_statistics=True, store_schema=True,
            )  # fmt: skip
            digest = sha256(draft)
            name = f"part-{slug(source)}-{number:05d}-{digest[:12]}.parquet"
            final = self.out / table / name
            final.parent.mkdir(exist_ok=True)
            draft.replace(final)
        except OSError as error:
            why = os.strerror(error.errno) if error.errno else str(error)
            raise OSError(error.errno, f"cannot write to {self.out}: {why}; make room, or give another --out") from None
        return {"name": name, "source": source, "n_rows": rows.num_rows, "sha256": digest}

    def rewrite(self, table: str, change: Callable[[pa.Table, int], pa.Table]) -> None:
        """Change the parts of a table that were added so far.

        Parameters
        ----------
        table : str
        change : callable
            Takes the rows of a part and the number of rows that stand before it; gives the same object
            back where nothing changes. A part without rows goes.
        """
        import pyarrow.parquet as pq

        made, start = [], 0
        for number, part in enumerate(self.parts[table]):
            rows = pq.read_table(self.out / table / part["name"])
            changed = change(rows, start)
            start += part["n_rows"]
            if changed is rows:
                made.append(part)
            elif changed.num_rows:  # the old file may be a published one: tidying up after publishing takes it
                made.append(self.write(table, part["source"], number, changed))
        self.parts[table] = made

    def tables(self, synthetic: bool | None) -> dict[str, dict[str, Any]]:
        """Describe every table for the manifest."""
        made = {}
        for table, parts in self.parts.items():
            n_rows = sum(part["n_rows"] for part in parts)
            digest = hashlib.sha256("\n".join(part["sha256"] for part in parts).encode()).hexdigest()
            made[table] = {
                "n_rows": n_rows,
                "sha256": digest,
                "synthetic": synthetic if n_rows else None,
                "files": parts,
            }
        return made

    def publish(self, contents: Manifest) -> None:
        """Switch to the new parts; those that no longer count go when the publisher is left.

        Parameters
        ----------
        contents : Manifest
            Names the parts that were added.
        """
        draft = self.staging / MANIFEST
        with draft.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(contents.to_json())
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(self.out / MANIFEST)


def in_contract(rows: pa.Table, table: str) -> pa.Table:
    """Give an Arrow table the contract's columns, order and types."""
    import pyarrow as pa

    schema = TABLES[table].arrow()
    columns = []
    for field in schema:
        if field.name not in rows.column_names:
            columns.append(pa.nulls(rows.num_rows, field.type))
            continue
        column = rows.column(field.name)
        if pa.types.is_dictionary(field.type):
            column = column.cast(pa.string()).combine_chunks().dictionary_encode()
        columns.append(column.cast(field.type))
    # whether a column may be null is checked by validate, which can say where; Arrow could not
    return pa.table(columns, schema=schema).combine_chunks()


def sha256(file: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def slug(name: str) -> str:
    """File-name form of a source's name.

    Examples
    --------
    >>> slug("Svenska omdömen 2012")
    'svenska-omd-men-2012'
    """
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "source"


@contextlib.contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold a lock that the operating system drops with the process, however it ends."""
    with file.open("a") as stream:
        try:
            import fcntl
        except ImportError:  # Windows
            import msvcrt

            take = lambda: msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]  # noqa: E731
        else:
            take = lambda: fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)  # noqa: E731
        try:
            take()
        except OSError:
            raise ScsrError(
                f"another prepare or forget is writing to {file.parent}; wait for it, or give another --out"
            ) from None
        yield
