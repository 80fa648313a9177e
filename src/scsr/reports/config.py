"""What to render: ``reports.toml``, and the variants that its matrices make.

::

    [defaults]
    timeout_s = 900
    memory_mb = 8000

    [[report]]
    name = "complaint_rates"
    notebook = "notebooks/03_complaint_rates.ipynb"
    title = "How often do customers complain?"
    inputs = ["utterances", "exposure"]
    files = ["data/config/claims.toml"]           # other files that it reads
    parameters = { min_n = 5 }
    matrix = { country = ["SE", "NO", "IS"] }     # one variant for each combination
    exclude = [{ country = "IS" }]                # ... but these
    include = [{}]                                # ... and these: here one for all data
"""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scsr.errors import ParameterError, ScsrError
from scsr.reports import parameters
from scsr.reports.parameters import Parameter, nearest

__all__ = ["Config", "Report", "Variant", "find", "label", "read", "variants"]

NAME = re.compile(r"[A-Za-z0-9][\w-]*")
KEYS = frozenset({
    "name", "notebook", "title", "inputs", "files", "parameters", "matrix", "exclude", "include", "timeout_s",
    "memory_mb", "smallest_cell",
})  # fmt: skip
DEFAULTS = {"timeout_s": 900.0, "memory_mb": 8000.0, "smallest_cell": 5}


@dataclass(frozen=True)
class Report:
    """One report of the list.

    Parameters
    ----------
    name : str
        Name of its folder.
    notebook : Path
    title : str
        Empty: the first heading of the notebook.
    inputs : tuple of str
        The tables that it may read.
    files : tuple of Path
        Other files that it reads.
    parameters : dict
    matrix : dict of list
    exclude, include : tuple of dict
    timeout_s : float
        Seconds after which its run is stopped.
    memory_mb : float
        Megabytes of memory at which its run is stopped.
    smallest_cell : int
        The smallest number of people that a row of a table may rest on.
    """

    name: str
    notebook: Path
    title: str = ""
    inputs: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    matrix: Mapping[str, list[Any]] = field(default_factory=dict)
    exclude: tuple[Mapping[str, Any], ...] = ()
    include: tuple[Mapping[str, Any], ...] = ()
    timeout_s: float = 900.0
    memory_mb: float = 8000.0
    smallest_cell: int = 5

    def heading(self) -> str:
        """Return its title, else the first heading of its notebook, else its name."""
        if self.title:
            return self.title
        import json

        for cell in json.loads(self.notebook.read_text("utf-8"))["cells"]:
            found = re.match(r"\s*#\s+(.+)", "".join(cell["source"]))
            if cell["cell_type"] == "markdown" and found:
                return found[1].strip()
        return self.name

    def declared(self) -> list[Parameter]:
        """Read the parameters that its notebook declares."""
        return parameters.read(self.notebook)


@dataclass(frozen=True)
class Config:
    """The list of reports and the folder that its paths start from."""

    root: Path
    reports: tuple[Report, ...]

    def report(self, name: str) -> Report:
        """Return the report of a name.

        Raises
        ------
        ScsrError
            If there is none, with the nearest name.
        """
        for one in self.reports:
            if one.name == name:
                return one
        raise ScsrError(f"no report {name!r}; {nearest(name, [one.name for one in self.reports])}")


@dataclass(frozen=True)
class Variant:
    """One report with one set of parameters.

    Parameters
    ----------
    report : Report
    label : str
        Name of its folder, such as ``country=SE,year=2012``; ``all`` without parameters of its own.
    given : dict
        The parameters that are not left at the notebook's defaults, checked.
    parameters : dict
        All parameters, checked.
    """

    report: Report
    label: str
    given: Mapping[str, Any]
    parameters: Mapping[str, Any]

    @property
    def folder(self) -> str:
        """Path of its folder below ``reports``."""
        return f"{self.report.name}/{self.label}"


def find(out: Path, start: Path | None = None) -> Path:
    """Find ``reports.toml``: in the folder of the reports, else in ``reports/`` of the nearest ancestor.

    Raises
    ------
    ScsrError
        If there is none.
    """
    here = (start or Path.cwd()).resolve()
    for path in [out / "reports.toml", *(folder / "reports" / "reports.toml" for folder in [here, *here.parents])]:
        if path.is_file():
            return path
    raise ScsrError(f"no reports.toml in {out} nor in reports/ of {here} or a folder above it; run from the project")


def read(path: Path) -> Config:
    """Read the list of reports.

    Parameters
    ----------
    path : Path
        ``reports.toml``; its paths start from the folder above its own.

    Returns
    -------
    Config

    Raises
    ------
    ScsrError
        Naming report, key and remedy.
    """
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ScsrError(f"{path}: {error}") from None
    refuse_unknown(data, {"report", "defaults"}, path.name)
    defaults = data.get("defaults", {})
    refuse_unknown(defaults, set(DEFAULTS), f"{path.name}, [defaults]")
    root = path.resolve().parent.parent
    reports = tuple(build(one, DEFAULTS | defaults, root, path.name) for one in data.get("report", []))
    names = [one.name for one in reports]
    for name in names:
        if names.count(name) > 1:
            raise ScsrError(f"{path.name}: report {name!r} stands twice; give each a name of its own")
    return Config(root, reports)


def refuse_unknown(given: Mapping[str, Any], known: set[str] | frozenset[str], where: str) -> None:
    """Refuse a key that nobody reads."""
    for key in given:
        if key not in known:
            raise ScsrError(f"{where}: no key {key!r}; {nearest(key, sorted(known))}")


def build(data: Mapping[str, Any], defaults: Mapping[str, Any], root: Path, file: str) -> Report:
    """Make a report of its entry."""
    from scsr.schema import TABLES

    name = data.get("name", "")
    where = f"{file}, report {name!r}"
    refuse_unknown(data, KEYS, where)
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise ScsrError(f"{where}: give each report a 'name' of letters, digits, '-' and '_'; it names a folder")
    if "notebook" not in data:
        raise ScsrError(f"{where}: give its 'notebook'")
    notebook = root / data["notebook"]
    if not notebook.is_file():
        raise ScsrError(f"{where}: no notebook {data['notebook']!r} in {root}")
    for table in data.get("inputs", []):
        if table not in TABLES:
            raise ScsrError(f"{where}: no table {table!r}; {nearest(table, list(TABLES))}")
    for key, values in data.get("matrix", {}).items():
        if not isinstance(values, list) or not values:
            raise ScsrError(f"{where}: matrix.{key} is no list of values")
    limits = {key: limit(data.get(key, defaults[key]), key, where) for key in DEFAULTS}
    return Report(
        name, notebook, data.get("title", ""), tuple(data.get("inputs", ())),
        tuple(root / file for file in data.get("files", ())), data.get("parameters", {}), data.get("matrix", {}),
        tuple(data.get("exclude", ())), tuple(data.get("include", ())),
        limits["timeout_s"], limits["memory_mb"], int(limits["smallest_cell"]),
    )  # fmt: skip


def limit(value: Any, key: str, where: str) -> float:
    """Return a limit, or say that it is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0:
        raise ScsrError(f"{where}: {key} is {value!r}; give a number above 0")
    return float(value)


def label(values: Mapping[str, Any]) -> str:
    """Return the folder name of a variant.

    Examples
    --------
    >>> label({"country": "SE", "year": 2012}), label({}), label({"topic": "a/b, c"})
    ('country=SE,year=2012', 'all', 'topic=a%2Fb%2C%20c')
    """
    from urllib.parse import quote

    def safe(value: Any) -> str:
        words = value if isinstance(value, (list, tuple)) else [value]
        text = "+".join(str(word) for word in words)
        return "".join(c if c.isalnum() or c in "._-+" else quote(c, safe="") for c in text)[:80]

    return ",".join(f"{name}={safe(value)}" for name, value in values.items()) or "all"


def variants(report: Report, overrides: Mapping[str, Any] | None = None) -> list[Variant]:
    """Return the variants of a report: the product of its matrix, less ``exclude``, and ``include``.

    Parameters
    ----------
    report : Report
    overrides : mapping, optional
        Values that replace those of the list, from the command line; they name the variant too, so that a
        trial never takes the place of the report proper.

    Returns
    -------
    list of Variant
        Parameters checked against the notebook.

    Raises
    ------
    ParameterError
        If a parameter does not exist or a value is not allowed.
    """
    overrides = overrides or {}
    declared = report.declared()
    if report.matrix:
        rows = [dict(zip(report.matrix, row, strict=True)) for row in itertools.product(*report.matrix.values())]
    else:
        rows = [{}]
    for one in report.exclude:
        if not one:
            raise ParameterError(f"{report.name}: an empty 'exclude' would leave nothing out; name its values")
        rows = [row for row in rows if any(row.get(key) != value for key, value in one.items())]
    found: dict[str, Variant] = {}
    for own in [*rows, *(dict(one) for one in report.include)]:
        own = own | dict(overrides)
        given = dict(report.parameters) | own
        checked = parameters.check(declared, given, report.name)
        made = Variant(report, label(own), {key: checked[key] for key in given}, checked)
        found.setdefault(made.label, made)
    return list(found.values())
