"""The pseudonym key: where it comes from, and that two keys never meet in one folder."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from scsr.corpus.store.manifest import Manifest
from scsr.errors import ScsrError

__all__ = ["KEY_FILE", "find_key", "refuse_other_key"]

KEY_FILE = ".scsr-key"
MIN_BYTES = 16


def find_key(synthetic: bool, key: bytes | None = None, folder: Path | None = None) -> bytes:
    """Find the key that turns identities into ids.

    Parameters
    ----------
    synthetic : bool
        Synthetic data use a public key, so that everybody's sample is the same.
    key : bytes, optional
        Taken as it is where given.
    folder : Path, optional
        Where to look for the key file, upwards; the working folder unless given.

    Returns
    -------
    bytes

    Raises
    ------
    ScsrError
        If ``SCSR_KEY`` or the key file holds fewer than 16 bytes.

    Notes
    -----
    In this order: `key`; the environment's ``SCSR_KEY``; the file ``.scsr-key`` in the nearest folder that
    has one, else beside the nearest ``.git`` or ``pyproject.toml``, else in the folder itself, where it is
    made once, readable by its owner alone.
    """
    if synthetic:
        from scsr.text.privacy import SYNTHETIC_KEY

        return SYNTHETIC_KEY
    if key is not None:
        return long_enough(key, "the key given")
    stated = os.environ.get("SCSR_KEY")
    if stated:
        return long_enough(stated.encode(), "SCSR_KEY")
    here = (folder or Path.cwd()).resolve()
    for above in (here, *here.parents):
        if (above / KEY_FILE).is_file():
            return long_enough((above / KEY_FILE).read_bytes().strip(), str(above / KEY_FILE))
    home = next((a for a in (here, *here.parents) if (a / ".git").exists() or (a / "pyproject.toml").is_file()), here)
    return make_key(home / KEY_FILE)


def make_key(file: Path) -> bytes:
    """Make a key file once; of two that try at the same time, one makes it and the other reads it."""
    key = secrets.token_hex(32).encode()
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "wb") as stream:
            stream.write(key + b"\n")
        try:
            os.link(draft, file)  # fails where the file exists, and never shows a half-written one
        except FileExistsError:
            return long_enough(file.read_bytes().strip(), str(file))
        finally:
            draft.unlink()
    except OSError as error:
        raise ScsrError(f"cannot make the key file {file} ({error.strerror}); set SCSR_KEY instead") from None
    return key


def long_enough(key: bytes, where: str) -> bytes:
    """Refuse a key that could be guessed."""
    if len(key) < MIN_BYTES:
        raise ScsrError(f"{where} holds {len(key)} bytes; a pseudonym key needs at least {MIN_BYTES}")
    return key


def refuse_other_key(old: Manifest | None, fingerprint: str, synthetic: bool, names: set[str], out: Path) -> None:
    """Refuse to re-key sources that a folder holds under another key.

    Parameters
    ----------
    old : Manifest or None
        What the folder holds now.
    fingerprint : str
        Of the key of this run.
    synthetic : bool
        Whether this run is of synthetic sources, whose key is always the same.
    names : set of str
        Sources of this run.
    out : Path
        The folder, for the message.

    Raises
    ------
    ScsrError
        If the ids of a source would silently change.
    """
    if old is None or synthetic or old.synthetic or old.key_fingerprint == fingerprint:
        return
    kept = sorted(names & {source["name"] for source in old.sources})
    if kept:
        raise ScsrError(
            f"{out} holds source {kept[0]!r} under the key {old.key_fingerprint}, this run has {fingerprint}: "
            "every id would change; set SCSR_KEY to the earlier key, or give another --out"
        )
