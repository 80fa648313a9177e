"""``prepare.json``: what a folder of tables holds, and how every raw record became a part of it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from scsr.corpus.store.folder import Folder
from scsr.errors import ScsrError
from scsr.schema import SCHEMA_VERSION

__all__ = ["MANIFEST", "Manifest", "config_folder", "data_folder", "manifest"]

MANIFEST = "prepare.json"
DATA = Path("data") / "processed"


@dataclass(frozen=True)
class Manifest:
    """Contents of ``prepare.json``.

    Parameters
    ----------
    tables : mapping
        Table to ``{"n_rows", "sha256", "synthetic", "files"}``; ``files`` lists parts in order, each
        ``{"name", "source", "n_rows", "sha256"}``; ``synthetic`` is None for a table without rows.
    sources : tuple of dict
        One account for each source, in the order of ``sources.toml``: what was read, what became rows,
        what was rejected and why, what was masked.
    key_fingerprint : str
        Tells keys apart without giving one away.
    synthetic : bool or None
        Whether the data were written or drawn for a project; None where there are none.
    notes : tuple of str
        What the person who ran ``prepare`` should know, such as readers chosen by content.
    schema_version : int
    """

    tables: Mapping[str, Mapping[str, Any]]
    sources: tuple[Mapping[str, Any], ...] = ()
    key_fingerprint: str = ""
    synthetic: bool | None = None
    notes: tuple[str, ...] = ()
    schema_version: int = SCHEMA_VERSION
    totals: Mapping[str, Any] = field(default_factory=dict)
    made_of: str = ""

    def to_json(self) -> str:
        """Word the manifest: the same text for the same contents, with no clock and no absolute path."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        """Read what :meth:`to_json` wrote.

        Examples
        --------
        >>> Manifest.from_json(Manifest({}, key_fingerprint="ab").to_json()).key_fingerprint
        'ab'
        """
        stated = json.loads(text)
        stated["sources"], stated["notes"] = tuple(stated["sources"]), tuple(stated["notes"])
        return cls(**stated)

    @property
    def observed_until(self) -> dict[str, str]:
        """Source to the instant until which it was watched, where its owner states one."""
        return {s["name"]: s["observed_until"] for s in self.sources if s.get("observed_until")}


def config_folder(folder: str | Path) -> Path:
    """Return the folder of the user's own inputs, ``config`` beside a folder of tables or of raw files.

    Examples
    --------
    >>> config_folder("/home/ina/data/raw/../processed").as_posix()
    '/home/ina/data/config'
    """
    return Path(Folder.of(folder).parent.path) / "config"


def data_folder(data: str | Path | None = None) -> Path:
    """Find the folder of prepared tables.

    Parameters
    ----------
    data : path, optional
        The folder itself, or its address in a store; else ``SCSR_DATA``; else ``data/processed`` in the nearest
        ancestor of the working folder that has one.

    Returns
    -------
    Path

    Raises
    ------
    ScsrError
        If there is none.
    """
    stated = data if data is not None else os.environ.get("SCSR_DATA")
    if stated:
        return Path(stated)
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / DATA).is_dir():
            return folder / DATA
    raise ScsrError(f"no {DATA.as_posix()} in {here} or above it; run `scsr prepare`, or set SCSR_DATA")


def manifest(data: str | Path | Folder | None = None) -> Manifest:
    """Read the manifest of a folder of prepared tables.

    Parameters
    ----------
    data : path, address or Folder, optional
        As in :func:`data_folder`.

    Returns
    -------
    Manifest

    Raises
    ------
    ScsrError
        If the folder holds no manifest, or one of another version of the contract.
    """
    folder = data if isinstance(data, Folder) else Folder.of(data_folder(data))
    try:
        found = Manifest.from_json(folder.get(MANIFEST).decode("utf-8"))
    except OSError:
        raise ScsrError(f"no {MANIFEST} in {folder.path}; run `scsr prepare` with --out {folder.path}") from None
    except (ValueError, TypeError, KeyError):
        raise ScsrError(
            f"{folder.path}/{MANIFEST} is damaged or of another version; run `scsr prepare` again"
        ) from None
    if found.schema_version != SCHEMA_VERSION:
        raise ScsrError(
            f"{folder.path}/{MANIFEST} keeps version {found.schema_version} of the data contract, this is version "
            f"{SCHEMA_VERSION}; run `scsr prepare` again"
        )
    return found
