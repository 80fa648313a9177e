"""Is a published report still true? It is, as long as all that it was made from is the same.

That is: the hashes of its input tables and other files, its notebook, its parameters, the source of the package and
the lock of its dependencies.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from scsr.reports.config import Config, Variant

__all__ = ["file_hash", "inputs", "made_from", "notebook_hash", "package_hash", "reasons", "results_of", "synthetic"]

RESULTS_VERSION = 1


def file_hash(path: Path) -> str | None:
    """Return the SHA-256 of a file in hex; None where there is no such file."""
    return sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def notebook_hash(path: Path) -> str:
    """Return a hash of what a notebook says and does, whatever it put out when it last ran.

    Parameters
    ----------
    path : Path

    Returns
    -------
    str
        SHA-256 in hex, of types, tags and sources of the cells.
    """
    cells = json.loads(path.read_text("utf-8"))["cells"]
    said = [[c["cell_type"], c.get("metadata", {}).get("tags", []), "".join(c["source"])] for c in cells]
    return sha256(json.dumps(said, ensure_ascii=False).encode("utf-8")).hexdigest()


@cache
def package_hash() -> str:
    """Return a hash of the source of scsr: code, word lists and templates."""
    top = Path(__file__).parent.parent
    total = sha256()
    for path in sorted(top.rglob("*"), key=lambda p: p.relative_to(top).as_posix()):
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith("."):
            total.update(f"{path.relative_to(top).as_posix()}\0{file_hash(path)}\n".encode())
    return total.hexdigest()


def made_from(variant: Variant, config: Config, data: Path) -> dict[str, str | None]:
    """Return the hashes of all that a report is made from beside its tables and parameters."""
    report = variant.report
    hashes = {
        "notebook": notebook_hash(report.notebook),
        "package": package_hash(),
        "lock": file_hash(config.root / "requirements.lock"),
        "observation windows": windows_hash(data),
        "smallest cell": str(report.smallest_cell),
    }
    for path in report.files:
        named, real = path.parent.relative_to(config.root), folder_read(path.parent, config, data)
        # a pattern stands for the files that there are; without any, for itself
        for one in sorted(real.glob(path.name)) or [real / path.name]:
            hashes[(named / one.name).as_posix()] = file_hash(one)
    return hashes


def folder_read(folder: Path, config: Config, data: Path) -> Path:
    """Return the folder that a notebook reads: the user's own inputs stand beside the tables, wherever those are."""
    from scsr.corpus.store import config_folder

    own = config.root / "data" / "config"
    return config_folder(data) / folder.relative_to(own) if folder.is_relative_to(own) else folder


def inputs(tables: Iterable[str], data: Path) -> dict[str, dict[str, Any]]:
    """Return hash and size of tables, by name.

    Parameters
    ----------
    tables : iterable of str
    data : Path
        Folder of processed tables.

    Returns
    -------
    dict
        For each table ``sha256`` and ``n_rows``; None and 0 where the data have no such table.

    Raises
    ------
    ScsrError
        If the folder holds no prepared data.
    """
    known = tables_of(data)
    return {
        name: {"sha256": known.get(name, {}).get("sha256"), "n_rows": int(known.get(name, {}).get("n_rows") or 0)}
        for name in tables
    }


def synthetic(tables: Iterable[str], data: Path) -> bool:
    """Whether any of the tables was made up for the project."""
    known = tables_of(data)
    return any(bool(known.get(name, {}).get("synthetic")) for name in tables)


def tables_of(data: Path) -> Mapping[str, Mapping[str, Any]]:
    """Read the account of the tables in a data folder."""
    from scsr.corpus.store import manifest

    return manifest(data).tables


def windows_hash(data: Path) -> str | None:
    """Return a hash of until when the sources were watched, which decides what is censored; None where none says."""
    from scsr.corpus.store import manifest

    windows = manifest(data).observed_until
    return sha256(json.dumps(windows, sort_keys=True).encode("utf-8")).hexdigest() if windows else None


def results_of(folder: Path) -> dict[str, Any] | None:
    """Read the results of a published report; None where there is no whole one."""
    try:
        data = json.loads((folder / "results.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    whole = data.get("schema_version") == RESULTS_VERSION and (folder / "index.html").is_file()
    return data if whole else None


def reasons(published: Mapping[str, Any] | None, expected: Mapping[str, Any]) -> list[str]:
    """Say why a published report is no longer true; an empty list where it is.

    Parameters
    ----------
    published : mapping or None
        Its ``results.json``.
    expected : mapping
        The same keys ``inputs, parameters, made_from``, ``title`` and ``synthetic``, as they are now.

    Examples
    --------
    >>> old = {"inputs": {}, "parameters": {"year": 2011}, "made_from": {}, "title": "", "synthetic": False}
    >>> reasons(old, old | {"parameters": {"year": 2012}})
    ['parameter year is now 2012 (was 2011)']
    >>> reasons(old, old), reasons(None, old)
    ([], ['never rendered'])
    """
    if published is None:
        return ["never rendered"]
    found = []
    old, new = published["inputs"], expected["inputs"]
    for name in sorted({*old, *new}):
        if name not in old or name not in new:
            found.append(f"table {name} is {'newly' if name in new else 'no longer'} an input")
        elif old[name] != new[name]:
            found.append(f"table {name} changed ({old[name]['n_rows']:,} to {new[name]['n_rows']:,} rows)")
    was, now = published["parameters"], expected["parameters"]
    for name in sorted({*was, *now}):
        if was.get(name) != now.get(name):
            found.append(f"parameter {name} is now {now.get(name)!r} (was {was.get(name)!r})")
    made, make = published["made_from"], expected["made_from"]
    found += [f"{name} changed" for name in sorted({*made, *make}) if made.get(name) != make.get(name)]
    found += [f"{name} changed" for name in ("title", "synthetic") if published[name] != expected[name]]
    return found
