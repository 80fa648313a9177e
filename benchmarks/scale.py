"""From ten thousand to ten million: `scsr prepare`, the reports, and all of it, in one table and one run.

    python benchmarks/scale.py [--only prepare loop ways pipeline reports] [--folder FOLDER] [--json FILE]

prepare   10^4, 10^5 and 10^6 short utterances, one process: throughput and memory.
loop      beside the plain loop of benchmarks/prepare.py, on one core, on the same 20,000 texts.
ways      10^6 utterances with two processes, on Dask with two workers, again without a change, and with a small one.
pipeline  from raw files to all reports: a simulated market of 10^6 utterances.
reports   complaint rates, response and loyalty, word of mouth on 10^7 cases and 10^7 shares; benchmarks/national.py
          draws them.

Half of the short utterances are simulated messages, half are real texts, cut to the length of a message and repeated
with variation: of each copy one word is left out and two others change places, but for one in ten, which stays what it
was. The real texts are those of the folder named in SCSR_REAL_DATA; without it all are simulated, and the table says so.

Each run is a process of its own with an empty folder to write to; seconds are those of the whole process, imports
included. Memory is the peak of the process itself and, with several, of the largest other one. Dask is a scheduler and
two worker processes of this machine, started before the clock; they share the folder of tables and nothing else.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import psutil

REAL = Path(os.environ.get("SCSR_REAL_DATA", Path(__file__).parents[2] / "shared" / "data"))
BLOCK = 20_000
LENGTH = 200
SOURCE = """
[[source]]
name = "{name}"
path = "{name}.csv"
reader = "table"
licence = "none stated"
synthetic = true
sampling = "complete"
"""
MAIN = "import sys; from scsr.cli import main; sys.argv[0] = 'scsr'; main()"
ROOT = Path(__file__).parents[1]
LOOP_DOCUMENTS = 20_000
MARKET_UTTERANCES = 1_000_000
SIMULATED_AT_SCALE_1 = 11_000
NATIONAL = 10_000_000


def real_texts() -> list[str]:
    """Real texts, cut to the length of a message."""
    texts: list[str] = []
    for name, column in (
        ("sv_reviews.csv", "text"),
        ("is_reviews.csv", None),
        ("tweets_labelled_complaints.csv", None),
    ):
        if (REAL / name).is_file():
            frame = pd.read_csv(REAL / name, encoding="utf-8", encoding_errors="replace", dtype=str)
            longest = max(frame.columns, key=lambda one: frame[one].fillna("").str.len().mean())
            texts += frame[column if column in frame else longest].dropna().tolist()
    for name in ("nb_media_reviews.jsonl", "no_tweets.jsonl"):
        if (REAL / name).is_file():
            texts += pd.read_json(REAL / name, lines=True)["text"].dropna().astype(str).tolist()
    made = []
    for text in texts:
        words = text.split()
        while words:
            piece: list[str] = []
            while words and sum(map(len, piece)) + len(piece) < LENGTH:
                piece.append(words.pop(0))
            if len(piece) >= 4:
                made.append(" ".join(piece))
    return made


def varied(text: str, rng: np.random.Generator) -> str:
    """Leave out one word of a text and exchange two others; one text in ten stays as it is."""
    words = text.split()
    if rng.random() >= 0.1:
        del words[int(rng.integers(len(words)))]
        one, other = rng.integers(len(words), size=2)
        words[one], words[other] = words[other], words[one]
    return " ".join(words)


def blocks(n: int, real: list[str]) -> Iterator[pd.DataFrame]:
    """Draw utterances, some thousands at a time."""
    from scsr.analysis.simulate import simulate

    share = 2 if real else 1
    for seed, start in enumerate(range(0, n, BLOCK)):
        size = min(BLOCK, n - start)
        drawn = simulate(seed=seed + 1, scale=1.1 * size / share / 11_000 + 0.05).utterances
        kept = drawn[["speaker_id", "published_at", "company", "text"]].astype(str).head(size // share)
        if real:
            rng = np.random.default_rng(seed)
            texts = [varied(real[at], rng) for at in rng.integers(len(real), size=size - len(kept))]
            rest = kept.sample(len(texts), replace=True, random_state=seed)
            kept = pd.concat([kept, rest.assign(text=texts)]).sample(frac=1, random_state=seed)
        yield kept.assign(utterance_id=[f"u{start + i}" for i in range(len(kept))])


def write_raw(folder: Path, n: int, real: list[str]) -> int:
    """Write the raw files of a run, nine tenths of them in one source and a tenth in another."""
    folder.mkdir(parents=True)
    names = ("log", "forum")
    (folder / "sources.toml").write_text("".join(SOURCE.format(name=name) for name in names), "utf-8")
    written = 0
    for name, size in zip(names, (n - n // 10, n // 10), strict=True):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            for number, block in enumerate(blocks(size, real)):
                block.to_csv(stream, index=False, header=number == 0, quoting=csv.QUOTE_ALL)
                written += len(block)
    return written


class Watch(threading.Thread):
    """Watches the memory of a process's workers."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.largest, self.ended = pid, 0, threading.Event()

    def run(self) -> None:
        """Look a few times a second, until told to end."""
        while not self.ended.wait(0.2):
            try:
                for child in psutil.Process(self.pid).children(recursive=True):
                    self.largest = max(self.largest, child.memory_info().rss)
            except psutil.Error:
                continue


def watched(*command: str, cwd: Path | None = None) -> dict[str, float]:
    """Run a command and say what it took: seconds, and MB of itself and of its largest child."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", *command], stdout=subprocess.DEVNULL, cwd=cwd,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    watch = Watch(process.pid)
    watch.start()
    _, status, used = os.wait4(process.pid, 0)
    took = time.perf_counter() - start
    watch.ended.set()
    if status:
        raise SystemExit(f"failed: {' '.join(command)}")
    return {"seconds": took, "cpu": used.ru_utime + used.ru_stime, "own_mb": used.ru_maxrss / 1024,
            "worker_mb": watch.largest / 2**20}  # fmt: skip


def scsr(*arguments: str | Path) -> dict[str, float]:
    """Run the command line of scsr."""
    return watched("-c", MAIN, *map(str, arguments), cwd=ROOT)


@contextmanager
def cluster(folder: Path, n_workers: int = 2) -> Iterator[str]:
    """Start a scheduler and workers, each in a folder of its own."""
    folder.mkdir(parents=True)
    file = folder / "scheduler.json"
    dask = [sys.executable, "-W", "ignore", "-m", "dask"]
    options = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL,
               "env": {**os.environ, "OMP_NUM_THREADS": "1"}}  # fmt: skip
    scheduler = [
        *dask,
        "scheduler",
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--no-dashboard",
        "--scheduler-file",
        str(file),
    ]
    started = [subprocess.Popen(scheduler, cwd=folder, **options)]  # type: ignore[call-overload]
    try:
        while not file.exists():
            time.sleep(0.1)
        for number in range(n_workers):
            own = folder / f"worker{number}"
            own.mkdir()
            command = [*dask, "worker", "--scheduler-file", str(file), "--nthreads", "1", "--no-nanny",
                       "--no-dashboard", "--local-directory", str(own), "--memory-limit", "0"]  # fmt: skip
            started.append(subprocess.Popen(command, cwd=own, **options))  # type: ignore[call-overload]
        time.sleep(5)
        yield json.loads(file.read_text())["address"]
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()


class Table:
    """The table: printed line by line, kept for the ratios and for a file."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, float]] = {}
        print(f"{'':40}{'n':>11}{'seconds':>9}{'per s':>9}{'own MB':>8}{'child MB':>9}")

    def add(self, what: str, n: int, took: dict[str, float], beside: str = "") -> None:
        """Print one line, with the ratio of its speed to that of another."""
        self.rows[what] = {"n": n, **took}
        ratio = ""
        if beside:
            other = self.rows[beside]
            ratio = f"{n / took['seconds'] / (other['n'] / other['seconds']):.2f} x {beside}"
        child = f"{took['worker_mb']:9,.0f}" if took["worker_mb"] else f"{'':9}"
        print(f"{what:40}{n:11,}{took['seconds']:9.1f}{n / took['seconds']:9,.0f}{took['own_mb']:8,.0f}{child}  {ratio}",
              flush=True)  # fmt: skip


class Corpora:
    """Raw folders of short utterances, drawn when they are first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.real = folder, real_texts()

    def __call__(self, n: int) -> Path:
        folder = self.folder / f"{n}{'' if self.real else '-simulated'}"
        if not folder.exists():
            write_raw(folder, n, self.real)
        return folder


def prepare(table: Table, corpora: Corpora, scratch: Path, sizes: list[int]) -> None:
    """Measure one process on more and more utterances."""
    for n in sizes:
        corpora(n)
    before = ""
    for n in sizes:
        name = f"prepare, one process, {n:,}"
        table.add(name, n, scsr("prepare", corpora(n), "--out", scratch / "out"), before)
        if before:
            print(f"{'':40}memory {table.rows[name]['own_mb'] / table.rows[before]['own_mb']:.2f} x {before}")
        before = name
        shutil.rmtree(scratch / "out")


def loop(table: Table, corpora: Corpora, scratch: Path) -> None:
    """Measure the plain loop and `scsr prepare` on the same texts of one table."""
    folder = scratch / "loop"
    folder.mkdir()
    whole = pd.read_csv(corpora(LOOP_DOCUMENTS) / "log.csv", dtype=str)
    whole.to_csv(folder / "documents.csv", index=False)
    (folder / "sources.toml").write_text(SOURCE.format(name="documents"), "utf-8")
    code = "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path; import prepare; "
    code += "prepare.plain_loop(Path(sys.argv[2]), Path(sys.argv[3]))"
    table.add("plain loop", len(whole), watched("-c", code, str(Path(__file__).parent), str(folder), str(scratch)))
    took = scsr("prepare", folder, "--out", scratch / "looped")
    table.add("prepare on the same texts", len(whole), took, "plain loop")


def ways(table: Table, corpora: Corpora, scratch: Path, n: int) -> None:
    """Measure processes, Dask and second runs."""
    raw = corpora(n)
    one = f"prepare, one process, {n:,}"
    if one not in table.rows:
        table.add(one, n, scsr("prepare", raw, "--out", scratch / "one"))
    table.add("two processes", n, scsr("prepare", raw, "--out", scratch / "two", "--workers", "2"), one)
    with cluster(scratch / "cluster") as address:
        took = scsr("prepare", raw, "--out", scratch / "dask", "--dask", address)
    table.add("Dask, two workers", n, took, "two processes")
    contents = {(scratch / name / "prepare.json").read_bytes() for name in ("two", "dask")}
    print(f"{'':40}the same manifest: {'yes' if len(contents) == 1 else 'NO'}")
    table.add("again, nothing changed", n, scsr("prepare", raw, "--out", scratch / "two"), one)
    changed = scratch / "changed"
    shutil.copytree(raw, changed)
    with (changed / "forum.csv").open("a", encoding="utf-8") as stream:
        stream.write('"someone","2012-09-11T12:00:00Z","","Hva skjer med fakturaen min?","extra"\n')
    table.add("again, one row more in a source", n, scsr("prepare", changed, "--out", scratch / "two"), one)


def pipeline(table: Table, scratch: Path) -> None:
    """Measure all of it on a simulated market: raw files to reports, two processes."""
    raw, out = scratch / "market", scratch / "processed"
    scsr("simulate", raw, "--scale", str(MARKET_UTTERANCES / SIMULATED_AT_SCALE_1))
    table.add("pipeline: prepare", MARKET_UTTERANCES, scsr("prepare", raw, "--out", out, "--workers", "2"))
    n = int(json.loads((out / "prepare.json").read_text())["tables"]["utterances"]["n_rows"])
    print(f"{'':40}{n:,} utterances")
    for report in ("corpus", "topics", "complaint_rates", "response_loyalty", "wom_spread"):
        took = scsr("render", report, "--data", out, "--out", scratch / "reports", "--workers", "2")
        table.add(f"pipeline: {report}", n, took)


def reports(table: Table, folder: Path, scratch: Path) -> None:
    """Measure each report on a national number of cases."""
    data = folder / f"national-{NATIONAL}"
    if not (data / "prepare.json").exists():
        watched(str(Path(__file__).with_name("national.py")), str(data), "--cases", str(NATIONAL), "--shares",
                str(NATIONAL), "--workers", "2")  # fmt: skip
    home = scratch / "national"
    (home / "reports").mkdir(parents=True)
    (home / "notebooks").symlink_to(ROOT / "notebooks")
    listed = (ROOT / "reports" / "reports.toml").read_text("utf-8")  # all countries together: no matrix
    (home / "reports" / "reports.toml").write_text(re.sub(r"(?m)^(matrix|include) .*\n", "", listed), "utf-8")
    for report in ("complaint_rates", "response_loyalty", "wom_spread"):
        took = scsr("render", report, "--data", data, "--out", home / "reports", "--workers", "1")
        table.add(f"report {report}", NATIONAL, took)


def main() -> None:
    """Measure, and print one table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", nargs="+", default=["prepare", "loop", "ways", "pipeline", "reports"])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--ways", type=int, default=1_000_000, help="utterances for processes, Dask and second runs")
    parser.add_argument("--folder", type=Path, help="keeps what is drawn here for the next time")
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        scratch = Path(temporary)
        folder = (chosen.folder or scratch / "drawn").absolute()
        corpora = Corpora(folder)
        real = corpora.real
        kind = f"half simulated, half of {len(real):,} real texts with variation" if real else "all simulated"
        print(f"short utterances: {kind}")
        table = Table()
        if "prepare" in chosen.only:
            prepare(table, corpora, scratch, chosen.sizes)
        if "loop" in chosen.only:
            loop(table, corpora, scratch)
        if "ways" in chosen.only:
            ways(table, corpora, scratch, chosen.ways)
        if "pipeline" in chosen.only:
            pipeline(table, scratch)
        if "reports" in chosen.only:
            reports(table, folder, scratch)
    if chosen.json:
        chosen.json.write_text(json.dumps(table.rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
