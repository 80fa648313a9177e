"""Publish table folders whole: what a reader sees is the old data or the new, never a mixture."""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from scsr.corpus.store.folder import Folder
from scsr.corpus.store.lock import locked
from scsr.corpus.store.manifest import MANIFEST, Manifest, manifest
from scsr.corpus.store.parts import PART_ROWS, write_part
from scsr.corpus.store.wording import FOLDER, name_of
from scsr.errors import ScsrError
from scsr.schema import TABLES

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["PART_ROWS", "Publisher"]

STORED = tuple(TABLES)


class Publisher:
    """Write parts beside the published ones, then switch to them in one step.

    Parts are named by their content, so a part that did not change is the same file, and a part of an
    interrupted run harms nobody. Only the manifest says which parts count; it is replaced last.

    Parameters
    ----------
    out : str, Path or Folder
        Folder of the tables, or its address in a store. Made where it does not exist.

    Raises
    ------
    ScsrError
        If another ``prepare`` is writing to the same folder.
    """

    def __init__(self, out: str | Path | Folder) -> None:
        self.folder = Folder.of(out)
        self.parts: dict[str, list[dict[str, Any]]] = {name: [] for name in STORED}
        self.lock: contextlib.ExitStack | None = None

    def __enter__(self) -> Self:
        self.lock = contextlib.ExitStack()
        self.lock.enter_context(locked(self.folder))
        self.tidy()  # after a run that was killed
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.tidy()
        finally:
            if self.lock is not None:
                self.lock.close()

    @property
    def out(self) -> Path:
        """The folder as a path."""
        return Path(self.folder.path)

    def tidy(self) -> None:
        """Remove what is half written, and the parts that the published manifest does not name."""
        try:
            tables = manifest(self.folder).tables
        except ScsrError:
            if MANIFEST in self.folder:  # of another version: what it names is not known
                return
            tables = {}
        for name in self.folder.names():
            if name.startswith(f".{MANIFEST}."):
                self.folder.remove(name)
        named = {name_of(part["name"]) for part in tables.get("utterances", {}).get("files", ())}
        for name in (self.folder / FOLDER).names():
            if name not in named:
                (self.folder / FOLDER).remove(name)
        for table in STORED:
            current = {part["name"] for part in tables.get(table, {}).get("files", ())}
            inside = self.folder / table
            for name in inside.names():
                if name.startswith(("part-", ".part-")) and name not in current:
                    inside.remove(name)

    def add(self, table: str, source: str, rows: pa.Table) -> None:
        """Write the next part of a source, which does not count before :meth:`publish`.

        Parameters
        ----------
        table, source : str
        rows : pyarrow.Table
            As :func:`scsr.corpus.store.parts.write_part` takes them.

        Raises
        ------
        TableError
            If the rows break the contract.
        """
        number = sum(part["source"] == source for part in self.parts[table])
        self.take(table, write_part(self.folder, table, source, number, rows))

    def take(self, table: str, part: dict[str, Any]) -> None:
        """Count in a part that a worker wrote, after those that were taken before.

        Parameters
        ----------
        table : str
        part : dict
            As :func:`scsr.corpus.store.parts.write_part` describes it.
        """
        self.parts[table].append(part)

    def stands(self, contents: Manifest) -> bool:
        """Whether every part that a manifest names is there."""
        for table, described in contents.tables.items():
            if not {part["name"] for part in described["files"]} <= set((self.folder / table).names()):
                return False
        return True

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
        self.folder.put(MANIFEST, contents.to_json().encode("utf-8"), last=True)
