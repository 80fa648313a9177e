"""Take out of an executed notebook what differs between two runs of the same thing."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from scsr.reports.sanitise import without_addresses, without_ansi

__all__ = ["private_paths", "steady_ids", "tidy", "tidy_output"]

KEPT_TAGS = ("tags",)


def private_paths(data: str, root: str) -> dict[str, str]:
    """Return the paths that say who ran this where, and what to write in their place."""
    site = find_spec("numpy")
    packages = str(Path(site.origin).parent.parent) if site and site.origin else ""
    paths = {
        packages: "site-packages", str(Path(__file__).parent.parent.parent): "scsr", str(Path(sys.prefix)): "python",
        str(Path(sys.base_prefix) / "lib"): "python", data: "data", root: ".",
        str(Path.home()): "~", tempfile.gettempdir(): "tmp",
    }  # fmt: skip
    return {path: word for path, word in paths.items() if len(path) > 3}


def tidy(notebook: Any, paths: Mapping[str, str] | None = None) -> None:
    """Take out of an executed notebook what differs between two runs.

    Parameters
    ----------
    notebook : NotebookNode
        Changed in place.
    paths : mapping, optional
        Paths to replace in texts, and by what.
    """
    language = notebook.metadata.get("language_info", {})
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {key: language[key] for key in sorted(language) if key in ("name", "version", "mimetype")},
    }
    for place, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{place + 1}"
        cell.metadata = {key: cell.metadata[key] for key in KEPT_TAGS if key in cell.metadata}
        if cell.cell_type == "code":
            cell.outputs = [tidy_output(one, paths or {}) for one in merged(cell.outputs)]


def merged(outputs: list[Any]) -> list[Any]:
    """Put what a cell wrote into one output for each stream, where the stream began; leave widgets out."""
    kept: list[Any] = []
    streams: dict[str, Any] = {}
    for one in outputs:
        if one["output_type"] == "stream" and one["name"] in streams:
            streams[one["name"]]["text"] += one["text"]
            continue
        if "application/vnd.jupyter.widget-view+json" in one.get("data", {}):
            continue
        if one["output_type"] == "stream":
            streams[one["name"]] = one
        kept.append(one)
    return kept


def tidy_output(output: Any, paths: Mapping[str, str]) -> Any:
    """Take addresses, private paths and random names out of one output."""

    def scrub(text: str) -> str:
        for path in sorted(paths, key=len, reverse=True):
            text = text.replace(path, paths[path])
        return without_addresses(text)

    if output["output_type"] == "stream":
        output["text"] = scrub(output["text"])
    elif output["output_type"] == "error":
        output["evalue"] = scrub(output["evalue"])
        output["traceback"] = [scrub(without_ansi(line)) for line in output["traceback"]]
    else:
        output["metadata"] = {}
        for kind in ("text/plain", "text/html", "text/markdown"):
            if kind in output["data"]:
                output["data"][kind] = steady_ids(scrub(output["data"][kind]))
    return output


def steady_ids(html: str) -> str:
    """Give the random identifiers of pandas' Styler steady names.

    Examples
    --------
    >>> steady_ids('<table id="T_a1b2c"><style>#T_a1b2c td {}</style>')
    '<table id="T_1"><style>#T_1 td {}</style>'
    """
    names: dict[str, str] = {}
    return re.sub(r"\bT_[0-9a-f]{5}(?![0-9a-f])", lambda hit: names.setdefault(hit[0], f"T_{len(names) + 1}"), html)
