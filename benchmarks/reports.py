"""Time 24 reports: `scsr render` on one worker and on two, beside a plain loop of papermill and nbconvert.

The loop is what one would write instead: for each set of parameters `papermill.execute_notebook`, then nbconvert's HTML
exporter, all in one process. `scsr render` runs the same notebooks with the same parameters, and also checks them,
makes accessible pages, SVG, CSV and results, holds every file against the gate, and publishes whole reports and an
index. Data are small, a tenth of the sample's market, so that what is measured is rendering. Afterwards: what a render
costs when nothing is stale, and which reports run when one parameter is changed.

`--reports 4` tries it on few, one of each notebook.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
COMMAND = "import sys; from scsr.cli import main; sys.argv[0] = 'scsr'; main()"
COUNTRIES = ["SE", "NO", "IS"]
MATRIX = {
    "corpus": ("01_corpus", ["utterances", "duplicates", "rejects"], {"country": COUNTRIES, "level": [0.9, 0.95]}),
    "complaint_rates": (
        "03_complaint_rates", ["utterances", "exposure"], {"country": COUNTRIES, "target": [0.1, 0.2]},
    ),
    "response_loyalty": (
        "04_response_loyalty", ["utterances", "cases", "threads", "outcomes"], {"country": COUNTRIES, "promise_h": [24.0, 48.0]},
    ),
    "wom_spread": ("05_wom_spread", ["shares"], {"early_h": [3.0, 6.0, 12.0], "cost_employee": [2.0, 3.0]}),
}  # fmt: skip


def small_data(folder: Path) -> Path:
    """Prepare data like the sample's, with a market of a tenth of its size."""
    from scsr.analysis.simulate import simulate, write
    from scsr.corpus.prepare import prepare

    raw = folder / "raw"
    sample = ROOT / "data" / "raw" / "sample"
    shutil.copytree(sample / "pages", raw / "pages")
    shutil.copy(sample / "sources.toml", raw)
    write(simulate(seed=2, scale=0.1), raw / "simulated")
    prepare(raw, folder / "processed")
    return folder / "processed"


def matrix(n: int) -> str:
    """Write the list of reports: as many of each notebook."""
    entries = []
    for name, (notebook, tables, values) in MATRIX.items():
        keys = list(values)
        rows = [{keys[0]: a, keys[1]: b} for b in values[keys[1]] for a in values[keys[0]]][: n // len(MATRIX)]
        variants = ", ".join("{ " + ", ".join(f"{k} = {v!r}" for k, v in row.items()) + " }" for row in rows)
        entries.append(
            f'[[report]]\nname = "{name}"\nnotebook = "notebooks/{notebook}.ipynb"\ninputs = {tables}\n'
            f"matrix = {{ {keys[0]} = [{rows[0][keys[0]]!r}], {keys[1]} = [{rows[0][keys[1]]!r}] }}\n"
            f"include = [{variants}]\n"
        )
    return "\n".join(entries)


def loop(project: Path) -> None:
    """Make the same reports as a script would."""
    import papermill
    from nbconvert import HTMLExporter

    from scsr.reports import config

    for report in config.read(project / "reports" / "reports.toml").reports:
        for n, variant in enumerate(config.variants(report)):
            out = project / "loop" / f"{report.name}-{n}.ipynb"
            out.parent.mkdir(exist_ok=True)
            papermill.execute_notebook(
                str(report.notebook), str(out), parameters=dict(variant.given), kernel_name="python3",
                progress_bar=False, cwd=str(report.notebook.parent),
            )  # fmt: skip
            page, _ = HTMLExporter().from_filename(str(out))
            out.with_suffix(".html").write_text(page, "utf-8")


def timed(project: Path, *command: str) -> tuple[float, float]:
    """Run a command; return its seconds by the clock, and those of the processors."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    with (project / "said").open("w") as said:
        ended = subprocess.run([sys.executable, "-W", "ignore", *command], cwd=project, stdout=said, stderr=said)
    seconds = time.perf_counter() - began
    if ended.returncode:
        raise SystemExit((project / "said").read_text()[-2000:])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def compare(project: Path, n: int) -> None:
    """Measure and print the table."""
    scsr = ["-c", COMMAND]
    print(f"{n} reports of {len(MATRIX)} notebooks")
    print(f"{'':34}{'seconds':>9}{'CPU s':>9}{'against the loop':>18}{'against one worker':>20}", flush=True)
    clock: dict[str, float] = {}
    for name, command in {
        "papermill and nbconvert in a loop": [__file__, "--loop", str(project)],
        "scsr render --workers 1": [*scsr, "render", "--workers", "1"],
        "scsr render --workers 2": [*scsr, "render", "--workers", "2", "--force"],
    }.items():
        clock[name], cpu = timed(project, *command)
        first, *others = clock.values()
        against = f"{first / clock[name]:17.2f}x" if others else ""
        one = f"{others[0] / clock[name]:19.2f}x" if len(others) > 1 else ""
        print(f"{name:34}{clock[name]:9.1f}{cpu:9.1f}{against}{one}", flush=True)
    for name in ("render", "status"):
        runs = [timed(project, *scsr, name)[0] for _ in range(5)]
        print(
            f"{f'nothing stale: scsr {name}':34}{statistics.median(runs):9.2f}   (median of 5; worst {max(runs):.2f})"
        )
    listing = project / "reports" / "reports.toml"
    listing.write_text(listing.read_text("utf-8") + "parameters = { budget = 300.0 }\n", "utf-8")
    seconds, _ = timed(project, *scsr, "render", "--workers", "2")
    ended = (project / "said").read_text().splitlines()[-1].partition(":")[0]
    print(f"{'one changed parameter':34}{seconds:9.1f}   ({ended})")


def main() -> None:
    """Measure in a folder of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=24, help="how many; a multiple of 4, at most 24")
    parser.add_argument("--loop", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.loop:
        loop(given.loop)
        return
    with tempfile.TemporaryDirectory() as name:
        project = Path(name)
        shutil.copytree(ROOT / "notebooks", project / "notebooks")
        (project / "reports").mkdir()
        (project / "reports" / "reports.toml").write_text(matrix(given.reports), "utf-8")
        os.environ |= {"SCSR_DATA": str(small_data(project)), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        compare(project, given.reports)


if __name__ == "__main__":
    main()
