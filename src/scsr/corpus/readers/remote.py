"""Raw files of a store: each lies on this machine for as long as it is read."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from scsr.corpus.readers.source import BESIDE
from scsr.corpus.store.folder import Folder
from scsr.errors import SourceError

__all__ = ["Nearby", "at_hand"]

SOURCES = "sources.toml"


@dataclass(frozen=True)
class Nearby:
    """A folder of raw files as readers see it.

    Parameters
    ----------
    folder : Path
        The folder itself, or one of empty files in the place of those of a store.
    origin : Folder or None
        Where they come from, if they are in a store.
    """

    folder: Path
    origin: Folder | None = None

    @contextlib.contextmanager
    def holding(self, path: Path) -> Iterator[None]:
        """Have a file here, with those that a ConvoKit corpus has beside it.

        Parameters
        ----------
        path : Path
            Below `folder`.

        Raises
        ------
        OSError
            If the store does not give it.
        """
        if self.origin is None or not path.is_file():
            yield
            return
        files = [path, *(path.with_name(name) for name in BESIDE if path.with_name(name).is_file())]
        try:
            for file in files:
                self.fetch(file)
            yield
        finally:
            for file in files:
                file.write_bytes(b"")

    def fetch(self, path: Path) -> None:
        """Bring the contents of a file."""
        if self.origin is not None:
            with self.origin.open(path.relative_to(self.folder).as_posix()) as there, path.open("wb") as here:
                shutil.copyfileobj(there, here, 1 << 20)


@contextlib.contextmanager
def at_hand(raw: str | Path, stated: bool = False) -> Iterator[Nearby]:
    """Make a folder of raw files one that readers can read, wherever it is.

    Parameters
    ----------
    raw : str or Path
        A folder of this machine, or the address of one in a store.
    stated : bool
        Whether a sources file elsewhere says what the files are.

    Yields
    ------
    Nearby

    Raises
    ------
    SourceError
        If the store has no such folder, or nothing there says what the files are: choosing readers by content would
        mean to bring every file twice.
    """
    origin = Folder.of(raw)
    if origin.local is not None:
        yield Nearby(Path(raw))
        return
    names = listed(origin)
    if not stated and not {SOURCES, f"sample/{SOURCES}"} & set(names):
        raise SourceError(f"{origin.path} has no {SOURCES}; write one there, or give --sources a file")
    with tempfile.TemporaryDirectory(prefix="scsr-raw-") as top:
        near = Nearby(Path(top).resolve() / origin.path.rsplit("/", 1)[-1], origin)
        for name in names:
            place = near.folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.touch()
            if place.name == SOURCES:
                near.fetch(place)
        yield near


def listed(folder: Folder) -> list[str]:
    """Paths of all files of a store's folder, below it."""
    system, root = folder.store
    system.invalidate_cache()
    names = sorted(str(found)[len(root) :].lstrip("/") for found in system.find(root))
    if not names:
        raise SourceError(f"{folder.path} is no folder that holds files; give the one that holds the raw files")
    for name in names:
        if ".." in PurePosixPath(name).parts:
            raise SourceError(f"{folder.path}: file {name!r} lies outside the folder by its name; rename it")
    return names
