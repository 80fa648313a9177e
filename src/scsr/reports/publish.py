"""Put reports where readers find them: whole, or not at all.

A report is made in ``reports/.staging`` and takes its place by one exchange of two folders. The index and
``status.json`` are written last, each by one replacement of a file. Only one render at a time writes in a folder.
What a report last said is kept in ``reports/.previous`` until it is made anew.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from scsr.errors import RenderError

__all__ = ["lock", "previous", "put", "read_status", "write_text"]

STAGING = ".staging"
PREVIOUS = ".previous"
EXCHANGE = 2  # RENAME_EXCHANGE of Linux's renameat2
AT_FDCWD = -100


@contextlib.contextmanager
def lock(out: Path) -> Iterator[Path]:
    """Keep others from rendering into a folder, and give an empty folder to stage in.

    Parameters
    ----------
    out : Path
        Folder of the reports.

    Yields
    ------
    Path
        The staging folder, on the same file system.

    Raises
    ------
    RenderError
        If another render is at work there.
    """
    import fcntl

    out.mkdir(parents=True, exist_ok=True)
    with (out / ".lock").open("a+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            held.seek(0)
            raise RenderError(
                f"another render (process {held.read().strip() or 'unknown'}) writes in {out}; wait for it"
            ) from None
        held.truncate(0)
        held.write(str(os.getpid()))
        held.flush()
        staging = out / STAGING
        restore(staging, out)
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir()
        try:
            yield staging
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def restore(staging: Path, out: Path) -> None:
    """Put back a report that was moved away when the last render was killed between two moves."""
    for moved in staging.glob("old/*/*"):
        home = out / moved.parent.name / moved.name
        if not home.exists():
            home.parent.mkdir(parents=True, exist_ok=True)
            moved.rename(home)


def put(made: Path, home: Path, staging: Path) -> None:
    """Put a folder in its place; a reader sees the old one or the new one. The results of the old one are kept.

    Parameters
    ----------
    made : Path
        The new folder.
    home : Path
        Its place.
    staging : Path
        Where the old folder goes to be removed.
    """
    home.parent.mkdir(parents=True, exist_ok=True)
    if not home.exists():
        made.rename(home)
        return
    keep_previous(made, home, staging.parent)
    if exchange(made, home):
        shutil.rmtree(made, ignore_errors=True)
        return
    old = staging / "old" / home.parent.name / home.name
    old.parent.mkdir(parents=True, exist_ok=True)
    home.rename(old)
    made.rename(home)
    shutil.rmtree(old, ignore_errors=True)


def keep_previous(made: Path, home: Path, out: Path) -> None:
    """Keep the results that a report had, together with the hash of those that are about to take their place.

    Until these are in place, the hash is of none that is published, and nothing is said to have moved.
    """
    old, new = home / "results.json", made / "results.json"
    if not (old.is_file() and new.is_file()):
        return
    kept = out / PREVIOUS / home.parent.name / home.name
    kept.mkdir(parents=True, exist_ok=True)
    write_text(kept / "followed_by.txt", sha256(new.read_bytes()).hexdigest() + "\n")
    write_text(kept / "results.json", old.read_text("utf-8"))


def previous(home: Path, out: Path) -> dict[str, Any] | None:
    """Read what a report said in the run before the one that is published; None where that is not known.

    Parameters
    ----------
    home : Path
        Folder of the report.
    out : Path
        Folder of the reports.
    """
    kept = out / PREVIOUS / home.parent.name / home.name
    try:
        follows = (kept / "followed_by.txt").read_text("utf-8").strip()
        if follows != sha256((home / "results.json").read_bytes()).hexdigest():
            return None
        return dict(json.loads((kept / "results.json").read_text("utf-8")))
    except (OSError, ValueError):
        return None


def exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where the system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    return rename(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), EXCHANGE) == 0


def write_text(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old text or the new one."""
    beside = path.with_name(f".{path.name}.new")
    try:
        with beside.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def read_status(out: Path) -> dict[str, dict[str, Any]]:
    """Read when each report was made and how its last run ended, by folder; empty where nothing is known."""
    try:
        rows = json.loads((out / "status.json").read_text("utf-8"))["reports"]
        return {f"{row['report']}/{row['variant']}": row for row in rows}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def read_claims(out: Path) -> list[dict[str, str]]:
    """Read what the index last said of the claims; empty where nothing is known."""
    try:
        return list(json.loads((out / "status.json").read_text("utf-8"))["claims"])
    except (OSError, ValueError, KeyError, TypeError):
        return []


def dumps(data: Mapping[str, Any]) -> str:
    """Write JSON: the same data, the same text."""
    return json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
