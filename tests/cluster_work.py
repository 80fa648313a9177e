"""Tasks for workers that stand elsewhere: importable there by name."""

from __future__ import annotations

import time
from pathlib import Path


def half(n: int) -> float:
    time.sleep(0.05)
    return n / 2


def folder_of_worker(_: int) -> str:
    time.sleep(0.05)
    return str(Path.cwd())


def fails_once(mark: str) -> str:
    """Fail as a store does that does not answer for a moment."""
    try:
        Path(mark).touch(exist_ok=False)
    except FileExistsError:
        return "done"
    raise ConnectionResetError("try again")
