"""A folder on a disk, or in a store that fsspec knows: its files are written whole or not at all."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from scsr.errors import ScsrError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

__all__ = ["Folder"]

ADDRESS = re.compile(r"(?P<scheme>[a-z][a-z0-9+.:-]+):/+(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
"""An address, also where a Path swallowed a slash of it; one letter is a drive of Windows."""


@dataclass(frozen=True)
class Folder:
    """A folder by its path or address; small enough to be sent to a worker.

    Parameters
    ----------
    path : str
        A path of this machine, or an address such as ``s3://bucket/processed``; see :meth:`of`.

    Examples
    --------
    >>> folder = Folder("memory://folder")
    >>> folder.put("one", b"1"), folder.put("two", b"2")
    (None, None)
    >>> folder.names(), folder.get("two"), "three" in folder
    (['one', 'two'], b'2', False)
    """

    path: str

    @classmethod
    def of(cls, stated: str | Path | Folder) -> Folder:
        """Take a path or an address as a user states it.

        Parameters
        ----------
        stated : str, Path or Folder
            A path becomes absolute, so that it means the same to a worker that stands elsewhere. An address may
            have gone through a Path. ``file://`` is a path.

        Returns
        -------
        Folder

        Examples
        --------
        >>> Folder.of(Path("s3://bucket/processed")), Folder.of("file:///srv/data/")
        (Folder(path='s3://bucket/processed'), Folder(path='/srv/data'))
        """
        if isinstance(stated, Folder):
            return stated
        found = ADDRESS.fullmatch(str(stated))
        if found is None:
            return cls(os.path.abspath(stated))  # noqa: PTH100 - a linked folder keeps its own place
        scheme, rest = found["scheme"].lower(), found["rest"].rstrip("/")
        if scheme == "file":
            return cls(os.path.abspath(f"/{rest}"))  # noqa: PTH100
        return cls(f"{scheme}:///{rest}" if scheme == "local" else f"{scheme}://{rest}")

    @property
    def parent(self) -> Folder:
        """The folder that it lies in; the whole of a store lies in itself.

        Examples
        --------
        >>> Folder("s3://bucket/data/raw").parent, Folder("s3://bucket").parent, Folder("/srv/data").parent
        (Folder(path='s3://bucket/data'), Folder(path='s3://bucket'), Folder(path='/srv'))
        """
        if (local := self.local) is not None:
            return Folder(str(local.parent))
        scheme, _, rest = self.path.partition("://")
        above, cut, _ = rest.rpartition("/")
        return Folder(f"{scheme}://{above}") if cut and above else self

    @property
    def local(self) -> Path | None:
        """The folder as a path, where it lies on a disk of this machine."""
        return None if "://" in self.path else Path(self.path)

    @property
    def store(self) -> tuple[AbstractFileSystem, str]:
        """The file system, and the folder's path in it.

        Raises
        ------
        ScsrError
            Where the kind of store is not known, or what reaches it is not installed.
        """
        from fsspec.core import url_to_fs

        try:
            made: tuple[AbstractFileSystem, str] = url_to_fs(self.path)
        except (ImportError, ValueError) as error:
            raise ScsrError(
                f"cannot reach {self.path}: {error}; give a path, or an address that fsspec knows"
            ) from None
        return made

    def __contains__(self, name: str) -> bool:
        """Whether it holds a file."""
        if (local := self.local) is not None:
            return (local / name).is_file()
        system, root = self.store
        system.invalidate_cache()  # others write here too
        return bool(system.isfile(f"{root}/{name}"))

    def __truediv__(self, name: str) -> Folder:
        """Return a folder in this one."""
        return Folder(f"{self.path.rstrip('/')}/{name}")

    def names(self) -> list[str]:
        """Names of its files, sorted; none where there is no such folder."""
        if (local := self.local) is not None:
            return sorted(one.name for one in os.scandir(local) if one.is_file()) if local.is_dir() else []
        system, root = self.store
        system.invalidate_cache()
        try:
            found = system.ls(root, detail=True)
        except FileNotFoundError:
            return []
        return sorted(one["name"].rsplit("/", 1)[-1] for one in found if one["type"] == "file")

    def files(self, names: Iterable[str]) -> tuple[list[str], AbstractFileSystem | None]:
        """Paths of files for :func:`pyarrow.dataset.dataset`, and the file system that they are in."""
        if (local := self.local) is not None:
            return [str(local / name) for name in names], None
        system, root = self.store
        return [f"{root}/{name}" for name in names], system

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

    def put(self, name: str, contents: bytes | memoryview | Any, last: bool = False) -> None:
        """Write a file: whole, or not at all. Two who write the same at the same time do no harm.

        Parameters
        ----------
        name : str
            Of the file, or its path in this folder.
        contents : bytes-like
        last : bool
            Whether it is to be on the disk, not on its way there, before anything else happens.

        Raises
        ------
        OSError
            Where the folder cannot be written to, with what to do about it.
        """
        try:
            self.write(name, contents, last)
        except OSError as error:
            why = os.strerror(error.errno) if error.errno else str(error)
            raise OSError(
                error.errno, f"cannot write to {self.path}: {why}; make room, or give another --out"
            ) from None

    def write(self, name: str, contents: bytes | memoryview | Any, last: bool = False) -> None:
        """Write a file beside its place, then move it there; a store takes a file whole."""
        if (local := self.local) is None:
            self.upload(name, bytes(contents))
            return
        place = local / name
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = place.with_name(f".{place.name}.{os.urandom(6).hex()}")
        try:
            with draft.open("wb") as stream:
                stream.write(contents)
                if last:
                    stream.flush()
                    os.fsync(stream.fileno())
            draft.replace(place)
        finally:
            draft.unlink(missing_ok=True)

    def upload(self, name: str, contents: bytes) -> None:
        """Write a file of a store; most stores need no folder made first."""
        system, root = self.store
        place = f"{root}/{name}"
        try:
            system.pipe_file(place, contents)
        except FileNotFoundError:
            system.makedirs(place.rsplit("/", 1)[0], exist_ok=True)
            system.pipe_file(place, contents)

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
        if (local := self.local) is not None:
            shutil.rmtree(local, ignore_errors=True)
            return
        system, root = self.store
        if system.exists(root):
            system.rm(root, recursive=True)
