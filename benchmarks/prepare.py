"""`scsr prepare` beside the plain loop that one would write with the same libraries, in one run.

    python benchmarks/prepare.py [N_DOCUMENTS]

The plain loop reads a table, repairs it with ftfy, identifies the language with py3langid, splits words with nltk,
lemmatises with simplemma and writes Parquet. `scsr prepare` does that and also masks personal identifiers, votes by
sentence, finds near duplicates, keeps ids stable, proves its account and validates the tables. Each runs in a process
of its own; seconds and peak memory are those of the whole process, so that imports count.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

DOCUMENTS = 20_000
SOURCES = """
[[source]]
name = "bench"
path = "cases.csv"
reader = "table"
licence = "MIT"
synthetic = true
sampling = "complete"
"""


def plain_loop(raw: Path, out: Path) -> None:
    """Clean the texts as a notebook would."""
    import ftfy
    import pandas as pd
    import py3langid
    import simplemma
    from nltk.tokenize import RegexpTokenizer

    py3langid.set_languages(["sv", "no", "nn", "is", "da", "en", "fo", "de", "fi"])
    tokenizer = RegexpTokenizer(r"\w+")
    lemmatised_as = {"sv": "sv", "no": "nb", "nn": "nn", "is": "is"}
    rows = []
    for text in pd.read_csv(raw / "cases.csv")["text"].fillna(""):
        text = ftfy.fix_text(text)
        language, _ = py3langid.classify(text)
        words = tokenizer.tokenize(text.lower())
        known = lemmatised_as.get(language)
        lemmas = [simplemma.lemmatize(word, lang=known) for word in words] if known else words
        rows.append({"text": text, "language": language, "lemmas": lemmas})
    pd.DataFrame(rows).to_parquet(out / "plain.parquet")


def one_worker(raw: Path, out: Path) -> None:
    """Prepare in one process."""
    from scsr.corpus.prepare import prepare

    prepare(raw, out, workers=1)


def two_workers(raw: Path, out: Path) -> None:
    """Prepare in two processes."""
    from scsr.corpus.prepare import prepare

    prepare(raw, out, workers=2)


def measured(job: Callable[[Path, Path], None], raw: Path, out: Path, answer: multiprocessing.Queue[float]) -> None:
    """Run a job in this process and send its peak memory, that of its largest child included, in MB."""
    job(raw, out)
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    answer.put(peak / 1024)


def main() -> None:
    """Draw a market of the size asked for, run the three, print the table."""
    from scsr.analysis.simulate import simulate, write

    n = int(sys.argv[1]) if len(sys.argv) > 1 else DOCUMENTS
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "raw"
        drawn = simulate(seed=1, scale=n / 11_500)
        write(drawn, raw)
        (raw / "sources.toml").write_text(SOURCES, encoding="utf-8")
        n = len(drawn.utterances)
        print(f"{n:,} short documents\n{'':14}{'seconds':>9}{'documents/s':>13}{'peak MB':>9}{'against the loop':>18}")
        seconds: dict[str, float] = {}
        for job in (plain_loop, one_worker, two_workers):
            out = Path(folder) / job.__name__
            out.mkdir()
            answer: multiprocessing.Queue[float] = spawn.Queue()
            process = spawn.Process(target=measured, args=(job, raw, out, answer))
            start = time.perf_counter()
            process.start()
            peak = answer.get(timeout=3600)
            process.join()
            seconds[job.__name__] = time.perf_counter() - start
            took = seconds[job.__name__]
            ratio = seconds["plain_loop"] / took
            print(f"{job.__name__:14}{took:9.1f}{n / took:13,.0f}{peak:9,.0f}{ratio:17.2f}x")


if __name__ == "__main__":
    main()
