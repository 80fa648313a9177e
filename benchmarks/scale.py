"""`scsr prepare` from ten thousand to a million short utterances: throughput, memory, processes and Dask, in one run.

    python benchmarks/scale.py [--sizes 10000 100000 1000000] [--ways 100000] [--folder FOLDER] [--json FILE]

Half of the utterances are simulated messages, half are real texts, cut to the length of a message and repeated with
variation: of each copy one word is left out and two others change places, but for one in ten, which stays what it was.
The real texts are those of the folder named in SCSR_REAL_DATA; without it all are simulated, and the table says so.

Each run is a process of its own with an empty folder to write to; seconds are those of the whole process, imports
included. Memory is the peak of the process itself and, with several, of the largest worker. Dask is a scheduler and two
worker processes of this machine, started before the clock; they share the folder of tables and nothing else.
`after` is the same command again when nothing has changed, and after one source of two has.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
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
PREPARE = "import sys; from scsr.cli import main; sys.argv[0] = 'scsr'; main()"


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


def run(raw: Path, out: Path, *options: str) -> dict[str, float]:
    """Run `scsr prepare` and say what it took: seconds, and MB of itself and of its largest worker."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", PREPARE, "prepare", str(raw), "--out", str(out), *options],
        stdout=subprocess.DEVNULL, env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    watch = Watch(process.pid)
    watch.start()
    _, status, used = os.wait4(process.pid, 0)
    took = time.perf_counter() - start
    watch.ended.set()
    if status:
        raise SystemExit(f"prepare failed on {raw}")
    return {"seconds": took, "cpu": used.ru_utime + used.ru_stime, "own_mb": used.ru_maxrss / 1024,
            "worker_mb": watch.largest / 2**20}  # fmt: skip


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


def line(what: str, n: int, took: dict[str, float], ratio: str = "") -> None:
    """Print one line of the table."""
    print(
        f"{what:34}{n:>11,}{took['seconds']:9.1f}{n / took['seconds']:9,.0f}{took['own_mb']:9,.0f}"
        f"{took['worker_mb'] or float('nan'):9,.0f}  {ratio}",
        flush=True,
    )


def main() -> None:
    """Measure, and print one table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--ways", type=int, default=100_000, help="utterances for processes, Dask and reruns")
    parser.add_argument("--folder", type=Path, help="keeps the raw files here for the next time")
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    real = real_texts()
    kind = f"half simulated, half of {len(real):,} real texts with variation" if real else "all simulated"
    print(f"short utterances, {kind}")
    print(f"{'':34}{'utterances':>11}{'seconds':>9}{'per s':>9}{'own MB':>9}{'worker':>9}")
    results: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        kept = chosen.folder or Path(scratch) / "raw"

        def raw_of(n: int) -> Path:
            folder = kept / f"{n}{'' if real else '-simulated'}"
            if not folder.exists():
                write_raw(folder, n, real)
            return folder

        def measured(what: str, n: int, *options: str, out: Path | None = None, ratio_to: str | None = None) -> None:
            target = out or Path(scratch) / "out"
            took = results[what] = run(raw_of(n), target, *options)
            if out is None:
                shutil.rmtree(target)
            least = results.get(ratio_to or "")
            line(what, n, took, f"{least['seconds'] / took['seconds']:.2f}x {ratio_to}" if least else "")

        for n in chosen.sizes:
            raw_of(n)
        for n in chosen.sizes:
            measured(f"one process, {n:,}", n)
        for small, large in zip(chosen.sizes, chosen.sizes[1:], strict=False):
            one, other = results[f"one process, {small:,}"], results[f"one process, {large:,}"]
            print(
                f"  {large:,} beside {small:,}: throughput {large / other['seconds'] / (small / one['seconds']):.2f}, "
                f"memory {other['own_mb'] / one['own_mb']:.2f}"
            )
        n = chosen.ways
        base = f"one process, {n:,}"
        if base not in results:
            measured(base, n)
        measured("two processes", n, "--workers", "2", ratio_to=base)
        with cluster(Path(scratch) / "cluster") as address:
            measured("dask, two workers", n, "--dask", address, ratio_to="two processes")
        out = Path(scratch) / "again"
        run(raw_of(n), out)
        measured("after: nothing changed", n, out=out, ratio_to=base)
        other = Path(scratch) / "changed"
        shutil.copytree(raw_of(n), other)
        with (other / "forum.csv").open("a", encoding="utf-8") as stream:
            stream.write('"someone","2012-09-11T12:00:00Z","","Hva skjer med fakturaen min?","extra"\n')
        took = results["after: the smaller source changed"] = run(other, out)
        line("after: the smaller source changed", n, took, f"{results[base]['seconds'] / took['seconds']:.2f}x {base}")
    if chosen.json:
        chosen.json.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
