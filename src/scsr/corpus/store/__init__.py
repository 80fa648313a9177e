"""Table folders: read by :func:`load`, published whole by :class:`Publisher`."""

from __future__ import annotations

from scsr.corpus.store.manifest import MANIFEST, Manifest, data_folder, manifest
from scsr.corpus.store.publish import Publisher
from scsr.corpus.store.read import load

__all__ = ["MANIFEST", "Manifest", "Publisher", "data_folder", "load", "manifest"]
