"""A folder on a disk, or in a store that fsspec knows: its files are written whole or not at all."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

__all__ = ["Folder"]


@dataclass(frozen=True)
class Folder:
    """A folder by its path or address; small enough to be sent to a worker.

    Parameters
    ----------
    path : str
        A path of this machine, or an address such as ``s3://bucket/processed``.

    Examples
    --------
    >>> folder = Folder("memory://folder")
    >>> folder.put("one", b"1"), folder.put("two", b"2")
    (None, None)
    >>> folder.names(), folder.get("two"), "three" in folder
    (['one', 'two'], b'2', False)
    """

    path: str

    @property
    def local(self) -> Path | None:
        """The folder as a path, where it lies on a disk of this machine."""
        return None if "://" in self.path else Path(self.path)

    @property
    def store(self) -> tuple[AbstractFileSystem, str]:
        """The file system, and the folder's path in it."""
        from fsspec.core import url_to_fs

        made: tuple[AbstractFileSystem, str] = url_to_fs(self.path)
        return made

    def __contains__(self, name: str) -> bool:
        """Whether it holds a file."""
        if (local := self.local) is not None:
            return (local / name).is_file()
        system, root = self.store
        return bool(system.isfile(f"{root}/{name}"))

    def __truediv__(self, name: str) -> Folder:
        """Return a folder in this one."""
        return Folder(f"{self.path.rstrip('/')}/{name}")

    def names(self) -> list[str]:
        """Names of its files, sorted; none where there is no such folder."""
        if (local := self.local) is not None:
            return sorted(one.name for one in os.scandir(local) if one.is_file()) if local.is_dir() else []
        system, root = self.store
        try:
            found = system.ls(root, detail=True, refresh=True)
        except FileNotFoundError:
            return []
        return sorted(one["name"].rsplit("/", 1)[-1] for one in found if one["type"] == "file")

    def open(self, name: str) -> IO[bytes]:
        """Open a file for reading."""
        if (local := self.local) is not None:
            return (local / name).open("rb")
        system, root = self.store
        opened: IO[bytes] = system.open(f"{root}/{name}", "rb")
        return opened

    def get(self, name: str) -> bytes:
        """Bytes of a file."""
        with self.open(name) as stream:
            return stream.read()

    def put(self, name: str, contents: bytes | memoryview | Any) -> None:
        """Write a file: whole, or not at all. Two who write the same at the same time do no harm.

        Raises
        ------
        OSError
            Where the folder cannot be written to, with what to do about it.
        """
        try:
            self.write(name, contents)
        except OSError as error:
            why = os.strerror(error.errno) if error.errno else str(error)
            raise OSError(
                error.errno, f"cannot write to {self.path}: {why}; make room, or give another --out"
            ) from None

    def write(self, name: str, contents: bytes | memoryview | Any) -> None:
        """Write a file beside its place, then move it there."""
        if (local := self.local) is None:
            system, root = self.store
            system.pipe_file(f"{root}/{name}", bytes(contents))
            return
        local.mkdir(parents=True, exist_ok=True)
        draft = local / f".{name}.{os.getpid()}"
        try:
            draft.write_bytes(contents)
            draft.replace(local / name)
        finally:
            draft.unlink(missing_ok=True)

    def remove(self, name: str) -> None:
        """Remove a file; nothing happens where there is none."""
        if (local := self.local) is not None:
            (local / name).unlink(missing_ok=True)
            return
        system, root = self.store
        if system.isfile(f"{root}/{name}"):
            system.rm_file(f"{root}/{name}")

    def clear(self) -> None:
        """Remove the folder and all in it."""
        import shutil

        if (local := self.local) is not None:
            shutil.rmtree(local, ignore_errors=True)
            return
        system, root = self.store
        if system.exists(root):
            system.rm(root, recursive=True)
