"""`scsr prepare` beside the plain loop that one would write with the same libraries, in one run.

    python benchmarks/prepare.py [N_DOCUMENTS]

The plain loop reads a table, preprocesses its texts with clean-text (which repairs them by ftfy and replaces addresses,
e-mails and phone numbers), identifies the language with py3langid, splits words with nltk, lemmatises with simplemma, in
Icelandic with islenska and simplemma, and writes Parquet. `scsr prepare` does that and also masks every other personal
identifier, votes by parts, takes apart compounds, finds exact, near and quoted duplicates, keeps ids stable, proves its
account and validates the tables. Both must find out the language themselves.

Each runs in a process of its own; seconds and peak memory are those of the whole process, so that imports count. The
documents are simulated: short ones are the messages of the sample's market, long ones are made of several messages of
one language each, as long as a blog post. Memory of two workers is that of the largest process.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

DOCUMENTS = 20_000
MESSAGES = {"short": 1, "long": 6}
SOURCES = """
[[source]]
name = "bench"
path = "documents.csv"
reader = "table"
licence = "MIT"
synthetic = true
sampling = "complete"
"""


def plain_loop(raw: Path, out: Path) -> None:
    """Clean the texts as a notebook would."""
    import islenska
    import py3langid
    import simplemma
    from cleantext import clean
    from nltk.tokenize import RegexpTokenizer

    py3langid.set_languages(["sv", "no", "nn", "is", "da", "en", "fo", "de", "fi"])
    tokenizer = RegexpTokenizer(r"\w+")
    lemmatised_as = {"sv": "sv", "no": "nb", "nn": "nn", "is": "is"}
    bin_ = islenska.Bin()

    def lemma(word: str, lang: str) -> str:
        own = simplemma.lemmatize(word, lang=lang)
        candidates = {found for found, _ in bin_.lookup_lemmas_and_cats(word)} if lang == "is" else ()
        return own if not candidates or own in candidates else min(candidates)

    rows = []
    for text in pd.read_csv(raw / "documents.csv")["text"].fillna(""):
        text = clean(text, to_ascii=False, lower=False, no_urls=True, no_emails=True, no_phone_numbers=True)
        language, _ = py3langid.classify(text)
        words = tokenizer.tokenize(text.lower())
        known = lemmatised_as.get(language)
        lemmas = [lemma(word, known) for word in words] if known else words
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
    """Run a job in this process and send its peak memory, or that of its largest child, in MB."""
    job(raw, out)
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    answer.put(peak / 1024)


def documents(n: int, messages: int) -> pd.DataFrame:
    """Draw a market and join its messages, some of one language to a document."""
    from scsr.analysis.simulate import simulate

    drawn = simulate(seed=1, scale=n * messages / 11_000).utterances
    kept = drawn[["utterance_id", "speaker_id", "published_at", "company", "language", "text"]].astype(str)
    if messages > 1:
        group = kept.groupby("language").cumcount() // messages
        joined = kept.groupby(["language", group])
        kept = joined.first().assign(text=joined["text"].agg("\n\n".join))
    return kept.reset_index(drop=True).drop(columns="language", errors="ignore").head(n)


def side_by_side(kind: str, n: int, folder: Path) -> None:
    """Run the three on the same documents, print the table."""
    raw = folder / "raw"
    raw.mkdir()
    drawn = documents(n, MESSAGES[kind])
    drawn.to_csv(raw / "documents.csv", index=False)
    (raw / "sources.toml").write_text(SOURCES, encoding="utf-8")
    n, length = len(drawn), drawn["text"].str.len().mean()
    print(f"{n:,} {kind} documents of {length:,.0f} characters")
    print(f"{'':14}{'seconds':>9}{'documents/s':>13}{'peak MB':>9}{'against the loop':>18}{'against one':>13}")
    spawn = multiprocessing.get_context("spawn")
    seconds: dict[str, float] = {}
    for job in (plain_loop, one_worker, two_workers):
        out = folder / job.__name__
        out.mkdir()
        answer: multiprocessing.Queue[float] = spawn.Queue()
        process = spawn.Process(target=measured, args=(job, raw, out, answer))
        start = time.perf_counter()
        process.start()
        peak = answer.get(timeout=3600)
        process.join()
        took = seconds[job.__name__] = time.perf_counter() - start
        ratio = seconds["plain_loop"] / took
        print(f"{job.__name__:14}{took:9.1f}{n / took:13,.0f}{peak:9,.0f}{ratio:17.2f}x", end="")
        print(f"{seconds['one_worker'] / took:12.2f}x" if job is two_workers else "", flush=True)


def main() -> None:
    """Measure on short and on long documents."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else DOCUMENTS
    for kind in MESSAGES:
        with tempfile.TemporaryDirectory() as folder:
            side_by_side(kind, n, Path(folder))


if __name__ == "__main__":
    main()
