"""Run one notebook and make its report in a folder: everything but publishing."""

from __future__ import annotations

import csv
import json
import logging
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from scsr.errors import GateError, RenderError, ScsrError
from scsr.reports import gate, page
from scsr.reports.freshness import RESULTS_VERSION, inputs, notebook_hash
from scsr.reports.kernels import engine, environment, kernel_manager, limits
from scsr.reports.publish import dumps
from scsr.reports.results import Results, collect
from scsr.reports.sanitise import without_addresses, without_ansi
from scsr.reports.tidy import private_paths, tidy, tidy_output

__all__ = ["Job", "Outcome", "make", "run", "safe_cell", "versions", "write_tables"]

Tell = Callable[[int, int], None]
PACKAGES = (
    "scsr", "gensim", "lifelines", "matplotlib", "numpy", "pandas", "powerlaw", "scikit-learn", "scipy", "seaborn",
    "simplemma", "statsmodels", "tomotopy",
)  # fmt: skip


@dataclass(frozen=True)
class Job:
    """One report to make; plain data, so that it can be sent to a worker.

    Parameters
    ----------
    report, variant, title : str
    notebook, data, root : str
        Paths: the notebook, the processed tables, the project.
    given : dict
        Parameters to set, checked.
    parameters : dict
        All parameters.
    inputs : dict
        Hash and size of each declared table.
    made_from : dict
        Hashes of the rest.
    synthetic : bool
        Whether the data are made up.
    staging : str
        Empty folder to make the report in.
    timeout_s, memory_mb : float
        Limits of the run, in seconds and megabytes.
    smallest_cell : int
    has_good : bool
        Whether an earlier good report stands.
    """

    report: str
    variant: str
    title: str
    notebook: str
    data: str
    root: str
    given: Mapping[str, Any]
    parameters: Mapping[str, Any]
    inputs: Mapping[str, Mapping[str, Any]]
    made_from: Mapping[str, str | None]
    synthetic: bool
    staging: str
    timeout_s: float = 900.0
    memory_mb: float = 8000.0
    smallest_cell: int = 5
    has_good: bool = False


@dataclass
class Outcome:
    """How a run ended.

    Parameters
    ----------
    ok : bool
        Whether there is a report to publish; else a failure page.
    reason : str
        Why not, for readers: it has passed the gate.
    """

    ok: bool
    reason: str = ""


@dataclass
class Run:
    """An executed notebook and, where it failed, how."""

    notebook: Any
    error: str = ""
    source: str = ""
    traceback: list[str] = field(default_factory=list)


def make(job: Job, corpus: Callable[[], Any], tell: Tell | None = None) -> Outcome:
    """Run a notebook and make its report, or its failure page, in the staging folder.

    Parameters
    ----------
    job : Job
    corpus : callable
        Returns the runs of words of the corpus, for the gate.
    tell : callable, optional
        Called with the number of the cell that starts and the number of cells.

    Returns
    -------
    Outcome
    """
    done = run(job, tell)
    tidy(done.notebook, private_paths(job.data, job.root))
    own = own_words(job)
    folder = Path(job.staging)
    try:
        if done.error:
            raise RenderError(done.error)
        refuse_moved(job)
        write_report(job, done.notebook, folder)
        gate.check(folder, corpus(), own_words=own, smallest_cell=job.smallest_cell)
    except ScsrError as error:
        empty(folder)
        return fail(job, done, error, corpus, own)
    return Outcome(True)


def run(job: Job, tell: Tell | None = None) -> Run:
    """Execute a notebook with its parameters through papermill.

    Returns
    -------
    Run
        With the notebook as far as it got.
    """
    import nbformat
    import papermill
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillException
    from papermill.execute import remove_error_markers

    # papermill's own reader of parameters knows no "str | None", and says so; ours has checked them already
    logging.getLogger("papermill").setLevel(logging.ERROR)
    source = nbformat.read(job.notebook, as_version=4)
    held: dict[str, Any] = {"nb": source, "cell": None}
    n_cells = len(source.cells) + bool(job.given)

    def started(cell_index: int, **_: Any) -> None:
        held["cell"] = cell_index + 1
        if tell:
            tell(cell_index + 1, n_cells)

    seen = environment(job.data, job.smallest_cell)
    with seen as kernels, limits(job.timeout_s, job.memory_mb) as watch:
        try:
            papermill.execute_notebook(
                job.notebook, None, parameters=dict(job.given), engine_name=engine(), progress_bar=False,
                kernel_name="python3", cwd=str(Path(job.notebook).parent), request_save_on_cell_execute=False,
                autosave_cell_every=0, kernel_manager_class=kernel_manager(kernels, job.inputs), held=held, on_cell_start=started,
            )  # fmt: skip
        except PapermillException as error:
            named = getattr(error, "ename", type(error).__name__)
            said = without_addresses(without_ansi(str(getattr(error, "evalue", error))))
            trace = [without_ansi(line) for line in getattr(error, "traceback", [])]
            remove_error_markers(held["nb"])
            words = f"Cell {held['cell']} raised {named}: {said}"
            return Run(held["nb"], words, getattr(error, "source", ""), trace)
        except (DeadKernelError, RuntimeError) as error:
            where = f"in cell {held['cell']}" if held["cell"] else "before its first cell"
            why = f"The kernel died {where}, as it does when memory runs out ({type(error).__name__})."
            if watch.reason:
                why = f"It was stopped {where} at {watch.reason}."
            return Run(held["nb"], why, held["nb"].cells[(held["cell"] or 1) - 1].source)
    return Run(held["nb"])


def own_words(job: Job) -> list[str]:
    """Return the author's texts: the cells of the notebook as it stands, the title and the parameters."""
    cells = json.loads(Path(job.notebook).read_text("utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells] + [job.title, *map(str, job.parameters.values())]


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that make numbers.

    Examples
    --------
    >>> "numpy" in versions()
    True
    """
    found = {"python": ".".join(map(str, sys.version_info[:3]))}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def about(job: Job, title: str, results: Results) -> dict[str, Any]:
    """Return the contents of ``results.json``."""
    return {
        "schema_version": RESULTS_VERSION,
        "report": job.report, "variant": job.variant, "title": title,
        "parameters": dict(job.parameters), "inputs": dict(job.inputs), "synthetic": job.synthetic,
        "answer": results.answer,
        "answer_in": results.answer_in,
        "headline": [{"name": one["name"], "by": one["by"]} for one in results.headline],
        "estimates": results.estimates,
        "figures": [{key: one[key] for key in ("name", "title", "description", "table")} for one in results.figures],
        "tables": [{key: value for key, value in one.items() if key != "kind"} for one in results.tables],
        "made_from": dict(job.made_from), "versions": versions(),
    }  # fmt: skip


def write_report(job: Job, notebook: Any, folder: Path) -> None:
    """Write the files of a report."""
    import nbformat

    results = collect(notebook)
    data = about(job, job.title or page.blocks(notebook, [])[0] or job.report, results)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(page.report_page(notebook, results, data), "utf-8")
    (folder / "results.json").write_text(dumps(data), "utf-8")
    nbformat.write(notebook, folder / "notebook.ipynb")
    write_tables(results, folder / "tables")


def write_tables(results: Results, folder: Path) -> None:
    """Write every table, the data of every figure and the estimates as CSV.

    Parameters
    ----------
    results : Results
    folder : Path
        Made if there is something to write.
    """
    sheets = {one["name"]: one for one in results.tables}
    sheets |= {one["name"]: one["table"] for one in results.figures}
    if results.estimates:
        groups = sorted({key for one in results.estimates for key in one["by"]})
        facts = [
            "name",
            "estimand",
            "estimate",
            "ci_low",
            "ci_high",
            "level",
            "unit",
            "n",
            "status",
            "reason",
            "method",
        ]
        rows = [[one["by"].get(key) for key in groups] + [one[key] for key in facts] for one in results.estimates]
        sheets["estimates"] = {"columns": [{"name": name} for name in [*groups, *facts]], "rows": rows}
    for name, sheet in sorted(sheets.items()):
        folder.mkdir(exist_ok=True)
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([safe_cell(column["name"]) for column in sheet["columns"]])
            writer.writerows([safe_cell(value) for value in row] for row in sheet["rows"])


def safe_cell(value: Any) -> Any:
    """Keep a cell from being a formula when a spreadsheet opens it.

    See OWASP, *CSV Injection*: a text that starts like a formula gets an apostrophe before it.

    Examples
    --------
    >>> [safe_cell(v) for v in ("=1+1", "@x", "-5", -5, "å", None)]
    ["'=1+1", "'@x", "'-5", -5, 'å', '']
    """
    if value is None:
        return ""
    if (
        isinstance(value, str)
        and value not in ("inf", "-inf")
        and value.lstrip()[:1] in ("=", "+", "-", "@", "＝", "＋", "－", "＠")
    ):
        return "'" + value
    if isinstance(value, str) and value[:1] in ("\t", "\r", "\n"):
        return "'" + value
    return value


def refuse_moved(job: Job) -> None:
    """Refuse a report whose data or notebook changed while it ran: it would not be what it says it is."""
    if inputs(job.inputs, Path(job.data)) != job.inputs:
        raise RenderError("The data changed while the report ran: render again.")
    if notebook_hash(Path(job.notebook)) != job.made_from["notebook"]:
        raise RenderError("The notebook changed while the report ran: render again.")


def empty(folder: Path) -> None:
    """Remove what is in a folder."""
    import shutil

    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def fail(job: Job, done: Run, error: ScsrError, corpus: Callable[[], Any], own: list[str]) -> Outcome:
    """Make the page of a failed run: all that the gate lets through, and where it does not, less and less."""
    import nbformat

    folder = Path(job.staging)
    blocked = isinstance(error, GateError)
    plain = str(error) if blocked else re.sub(r":.*", ".", str(error), count=1, flags=re.DOTALL)
    withheld = "What it put out is withheld: it held what must not be published."
    paths = private_paths(job.data, job.root)
    traceback = tidy_output({"output_type": "error", "evalue": "", "traceback": done.traceback}, paths)["traceback"]
    attempts = [] if blocked else [(str(error), done.source, "\n".join(traceback), True, "")]
    attempts += [(plain, done.source, "", False, withheld), (plain, "", "", False, withheld)]
    for reason, source, trace, whole, note in attempts:
        empty(folder)
        text = page.fill(
            "failed.html.j2", title=job.title or job.report, report=job.report, variant=job.variant, reason=reason,
            source=source, traceback=trace, notebook=whole, withheld=note, good=job.has_good,
        )  # fmt: skip
        (folder / "index.html").write_text(text, "utf-8")
        if whole:
            nbformat.write(done.notebook, folder / "notebook.ipynb")
        try:
            gate.check(folder, corpus(), own_words=own, smallest_cell=job.smallest_cell)
        except ScsrError:
            continue
        return Outcome(False, reason)
    empty(folder)
    return Outcome(False, "It failed, and what it said must not be published.")
