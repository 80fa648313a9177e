"""Run one notebook and make its report in a folder: everything but publishing.

The kernel is the Python that runs this, whatever kernels are installed; it speaks over sockets of its own, so that
kernels side by side never want the same port. What differs between two runs of the same thing is taken out:
identifiers of cells, times, paths, addresses.
"""

from __future__ import annotations

import csv
import json
import logging
import os
import re
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from scsr.errors import GateError, RenderError, ScsrError
from scsr.reports import gate, page
from scsr.reports.freshness import RESULTS_VERSION, inputs, notebook_hash
from scsr.reports.publish import dumps
from scsr.reports.results import Results, collect
from scsr.reports.sanitise import without_addresses, without_ansi

__all__ = ["Job", "Outcome", "end_kernels", "make", "run", "safe_cell", "tidy", "versions", "write_tables"]

Tell = Callable[[int, int], None]
PACKAGES = (
    "scsr", "gensim", "lifelines", "matplotlib", "numpy", "pandas", "powerlaw", "scikit-learn", "scipy", "seaborn",
    "simplemma", "statsmodels", "tomotopy",
)  # fmt: skip
KEPT_TAGS = ("tags",)
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


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
    timeout_s : float
    smallest_cell : int
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
    tidy(done.notebook, private_paths(job))
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

    with environment(job) as kernels, deadline(job.timeout_s) as late:
        try:
            papermill.execute_notebook(
                job.notebook, None, parameters=dict(job.given), engine_name=engine(), progress_bar=False,
                kernel_name="python3", cwd=str(Path(job.notebook).parent), request_save_on_cell_execute=False,
                autosave_cell_every=0, kernel_manager_class=kernel_manager(kernels), held=held, on_cell_start=started,
            )  # fmt: skip
        except PapermillException as error:
            named = getattr(error, "ename", type(error).__name__)
            said = without_addresses(without_ansi(str(getattr(error, "evalue", error))))
            trace = [without_ansi(line) for line in getattr(error, "traceback", [])]
            remove_error_markers(held["nb"])
            words = f"Cell {held['cell']} raised {named}: {said}"
            return Run(held["nb"], words, getattr(error, "source", ""), trace)
        except (DeadKernelError, RuntimeError) as error:
            if late.is_set():
                why = f"It was stopped at its time limit of {job.timeout_s:g} s, in cell {held['cell']}."
            else:
                why = (
                    f"The kernel died in cell {held['cell']}, as it does when memory runs out ({type(error).__name__})."
                )
            return Run(held["nb"], why, held["nb"].cells[(held["cell"] or 1) - 1].source)
    return Run(held["nb"])


def engine() -> str:
    """Register the engine that keeps hold of the notebook, so that a dead kernel leaves what ran."""
    from papermill.engines import NBClientEngine, papermill_engines

    class Engine(NBClientEngine):
        @classmethod
        def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **kwargs: Any) -> Any:
            kwargs.pop("held")["nb"] = nb_man.nb
            return super().execute_managed_notebook(nb_man, kernel_name, **kwargs)

    papermill_engines.register("scsr", Engine)
    return "scsr"


def kernel_manager(kernels: list[Any]) -> type:
    """Return a manager that starts this very Python, over sockets in a folder of its own."""
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    class Manager(AsyncKernelManager):
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            folder = os.environ["JUPYTER_RUNTIME_DIR"]
            if os.name == "posix" and len(folder) < 80:  # a socket's path has at most 107 characters
                self.transport, self.ip = "ipc", str(Path(folder) / "k")
            kernels.append(self)

        @property
        def kernel_spec(self) -> KernelSpec:
            argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
            return KernelSpec(argv=argv, display_name="Python 3", language="python")

    return Manager


@contextmanager
def environment(job: Job) -> Iterator[list[Any]]:
    """Set what a kernel sees: data, declared inputs, and nothing that differs between users."""
    matplotlib = find_spec("matplotlib")
    with tempfile.TemporaryDirectory(prefix="scsr-") as folder:
        own = {
            "SCSR_DATA": job.data,
            "SCSR_INPUTS": ",".join(job.inputs),
            "SCSR_SMALLEST_CELL": str(job.smallest_cell),
            "PYTHONHASHSEED": "0",
            "PYTHONNOUSERSITE": "1",
            "IPYKERNEL_CELL_NAME": "<cell>",
            "IPYTHONDIR": f"{folder}/ipython",
            "JUPYTER_RUNTIME_DIR": folder,
            "MPLBACKEND": "agg",
            "TZ": "UTC",
        } | dict.fromkeys(ONE_THREAD, "1")
        if matplotlib and matplotlib.origin:
            own["MATPLOTLIBRC"] = str(Path(matplotlib.origin).parent / "mpl-data" / "matplotlibrc")
        before = {name: os.environ.get(name) for name in own}
        os.environ.update(own)
        kernels = LIVE
        try:
            yield kernels
        finally:
            end_kernels()
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


#: The managers of the kernels that run now, so that whoever ends this process can end them first.
LIVE: list[Any] = []


def end_kernels() -> None:
    """End all kernels of this process at once."""
    while LIVE:
        kill(LIVE.pop())


def kill(manager: Any) -> None:
    """End a kernel and what it started, at once."""
    process = getattr(getattr(manager, "provisioner", None), "process", None)
    if process is not None and process.poll() is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            process.kill()


@contextmanager
def deadline(seconds: float) -> Iterator[Any]:
    """End the kernels after a time; the event tells whether it came to that."""
    import threading

    late = threading.Event()

    def stop() -> None:
        late.set()
        end_kernels()

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()


def private_paths(job: Job) -> dict[str, str]:
    """Return the paths that say who ran this where, and what to write in their place."""
    site = find_spec("numpy")
    packages = str(Path(site.origin).parent.parent) if site and site.origin else ""
    paths = {
        packages: "site-packages", str(Path(__file__).parent.parent.parent): "scsr", str(Path(sys.prefix)): "python",
        str(Path(sys.base_prefix) / "lib"): "python", job.data: "data", job.root: ".",
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
    paths = private_paths(job)
    traceback = tidy_output({"output_type": "error", "evalue": "", "traceback": done.traceback}, paths)["traceback"]
    attempts = [] if blocked else [(str(error), "\n".join(traceback), True, "")]
    for reason, trace, whole, note in [*attempts, (plain, "", False, withheld)]:
        empty(folder)
        text = page.fill(
            "failed.html.j2", title=job.title or job.report, report=job.report, variant=job.variant, reason=reason,
            source=done.source, traceback=trace, notebook=whole, withheld=note, good=job.has_good,
        )  # fmt: skip
        (folder / "index.html").write_text(text, "utf-8")
        if whole:
            nbformat.write(done.notebook, folder / "notebook.ipynb")
        try:
            gate.check(folder, corpus(), own_words=[*own, done.source], smallest_cell=job.smallest_cell)
        except ScsrError:
            continue
        return Outcome(False, reason)
    empty(folder)
    return Outcome(False, "It failed, and what it said must not be published.")
