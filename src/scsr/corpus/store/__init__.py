"""Table folders: read by :func:`load` and :func:`scan`, published whole by :class:`Publisher`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scsr.corpus.store.manifest import MANIFEST, Manifest, config_folder, data_folder, manifest
from scsr.corpus.store.publish import Publisher

if TYPE_CHECKING:
    from scsr.corpus.store.read import load, scan

__all__ = ["MANIFEST", "Manifest", "Publisher", "config_folder", "data_folder", "load", "manifest", "scan"]


def __getattr__(name: str) -> Any:
    """Bring in pandas when a table is first loaded."""
    if name not in ("load", "scan"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from scsr.corpus.store import read

    return getattr(read, name)
