"""Topics beside gensim, tomotopy and scikit-learn on real reviews, in one run.

    python benchmarks/topics.py [RESAMPLES] [--only sv|nb] [--scale] [--shared]

For long Norwegian and short Swedish reviews, K = 10 and 25, each library fits bootstrap resamples of the documents (three
of them for the consensus), all on one dictionary. The table gives the mean over resamples of coherence (c_v and c_npmi by
gensim, counted in all documents), diversity, seconds of a fit, and stability: the mean matched Jaccard overlap of top-ten
terms of fits to all documents under three seeds (three pairs), and of a fit to all documents with those to resamples. Fits
of the consensus are disjoint groups of runs. gensim, tomotopy and the consensus may use two workers; our single fit uses one.

`--scale` measures time and memory of 10,000 and 100,000 simulated documents of 60 words instead.

`--shared` matches the topics of Swedish, Norwegian and Icelandic reviews by half of the concept lexicon and judges them by
the other half.

The reviews are read from SCSR_REAL_DATA, else ../shared/data; where they are absent nothing is measured.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

RESAMPLES = 5
CONSENSUS_RESAMPLES = 3
N_TOPICS = (10, 25)
SEEDS = (101, 102, 103)
TOP = 10
Fit = Callable[[list[list[str]], int, int], list[list[str]]]


def read(language: str, folder: Path) -> list[list[str]]:
    """Read one corpus as lemmas."""
    from scsr.text.tokens import lemmas

    if language == "sv":
        texts = pd.read_csv(folder / "sv_reviews.csv")["text"].astype(str).tolist()
    else:
        lines = (folder / "nb_media_reviews.jsonl").read_text(encoding="utf-8").splitlines()
        texts = [json.loads(line)["text"] for line in lines]
    return [found for text in texts if (found := lemmas(text, language))]


def heaviest(weights: np.ndarray, vocabulary: tuple[str, ...]) -> list[list[str]]:
    """Return the ten heaviest terms of each topic."""
    return [[vocabulary[term] for term in row] for row in np.argsort(-weights, axis=1, kind="stable")[:, :TOP]]


def methods(vocabulary: tuple[str, ...]) -> dict[str, Fit]:
    """Return the libraries, each from documents, number of topics and seed to lists of terms."""
    known = set(vocabulary)

    def gensim_lda(documents: list[list[str]], n_topics: int, seed: int) -> list[list[str]]:
        from gensim.corpora import Dictionary
        from gensim.models import LdaMulticore

        dictionary = Dictionary([list(vocabulary)])
        corpus = [dictionary.doc2bow(document) for document in documents]
        model = LdaMulticore(corpus, n_topics, dictionary, workers=2, passes=10, random_state=seed)
        return [[term for term, _ in model.show_topic(topic, TOP)] for topic in range(n_topics)]

    def tomotopy_lda(documents: list[list[str]], n_topics: int, seed: int) -> list[list[str]]:
        import tomotopy

        model = tomotopy.LDAModel(k=n_topics, seed=seed)
        for document in documents:
            if kept := [lemma for lemma in document if lemma in known]:
                model.add_doc(kept)
        model.train(200, workers=2, show_progress=False)
        return [[term for term, _ in model.get_topic_words(topic, TOP)] for topic in range(n_topics)]

    def sklearn_nmf(documents: list[list[str]], n_topics: int, seed: int) -> list[list[str]]:
        from sklearn.decomposition import NMF
        from sklearn.feature_extraction.text import TfidfVectorizer

        matrix = TfidfVectorizer(analyzer=list, vocabulary=list(vocabulary)).fit_transform(documents)
        model = NMF(n_topics, random_state=seed, max_iter=400).fit(matrix)
        return heaviest(model.components_, vocabulary)

    def scsr_fit(documents: list[list[str]], n_topics: int, seed: int) -> list[list[str]]:
        from scsr.analysis.topics import fit_topics

        return fit_topics(documents, n_topics, seed=seed, vocabulary=vocabulary).top_terms()

    def scsr_consensus(documents: list[list[str]], n_topics: int, seed: int) -> list[list[str]]:
        from scsr.analysis.topics import consensus_topics

        return consensus_topics(documents, n_topics, seed=seed, vocabulary=vocabulary, workers=2).top_terms()

    return {
        "gensim LDA": gensim_lda,
        "tomotopy LDA": tomotopy_lda,
        "sklearn NMF": sklearn_nmf,
        "scsr": scsr_fit,
        "scsr consensus": scsr_consensus,
    }


def diversity(lists: list[list[str]]) -> float:
    """Return the share of distinct terms."""
    return len({term for terms in lists for term in terms}) / sum(map(len, lists))


def coherences(lists: list[list[list[str]]], documents: list[list[str]]) -> dict[str, list[float]]:
    """Score many models in one pass over the documents; returns a mean over topics for each model."""
    from gensim.corpora import Dictionary
    from gensim.models import CoherenceModel

    flat = [terms for model in lists for terms in model]
    ends = np.cumsum([len(model) for model in lists])[:-1]
    dictionary = Dictionary(documents)
    found = {}
    for measure in ("c_v", "c_npmi"):
        scored = CoherenceModel(
            topics=flat, texts=documents, dictionary=dictionary, coherence=measure, topn=TOP, processes=1
        )
        each = np.nan_to_num(np.array(scored.get_coherence_per_topic(), dtype=float))
        found[measure] = [float(part.mean()) for part in np.split(each, ends)]
    return found


def measure(language: str, documents: list[list[str]], n_topics: int, resamples: int) -> pd.DataFrame:
    """Fit everything, return one row a library."""
    from scsr.analysis.topics.measures import list_overlap
    from scsr.analysis.topics.model import known_terms

    vocabulary = known_terms(documents, n_topics)
    drawn = []
    for seed in range(resamples):
        places = np.random.default_rng(seed).integers(0, len(documents), len(documents))
        drawn.append([documents[place] for place in places])
    rows, lists = [], []
    for name, fit in methods(vocabulary).items():
        seconds, found = [], []
        for seed, some in enumerate(drawn if name != "scsr consensus" else drawn[:CONSENSUS_RESAMPLES]):
            start = time.perf_counter()
            found.append(fit(some, n_topics, seed + 1))
            seconds.append(time.perf_counter() - start)
        whole = [fit(documents, n_topics, seed) for seed in SEEDS]
        lists.append(found)
        rows.append(
            {
                "corpus": language, "K": n_topics, "method": name, "topics": min(map(len, found)),
                "diversity": np.mean([diversity(model) for model in found]),
                "seconds": np.median(seconds),
                "seeds": np.mean([list_overlap(one, other).mean() for one, other in combinations(whole, 2)]),
                "bootstrap": np.mean([list_overlap(whole[0], model).mean() for model in found]),
            }
        )  # fmt: skip
    table = pd.DataFrame(rows)
    ends = np.cumsum([len(found) for found in lists])[:-1]
    for measured, values in coherences([model for found in lists for model in found], documents).items():
        table[measured] = [part.mean() for part in np.split(np.array(values), ends)]
    return table


def verdict(table: pd.DataFrame) -> str:
    """Say how the single fit stands beside the best of the three."""
    peers, ours = table.iloc[:3], table.iloc[3]
    winner = peers.loc[(peers["c_v"].rank() + peers["c_npmi"].rank()).idxmax()]
    ratio = ours["seconds"] / winner["seconds"]
    held = {
        f"c_v {ours['c_v']:.3f} beside {peers['c_v'].max():.3f}": ours["c_v"] >= peers["c_v"].max() - 0.01,
        f"c_npmi {ours['c_npmi']:.3f} beside {peers['c_npmi'].max():.3f}": (
            ours["c_npmi"] >= peers["c_npmi"].max() - 0.01
        ),
        f"diversity {ours['diversity']:.2f}": ours["diversity"] >= 0.7,
        f"{ratio:.2f} times the seconds of {winner['method']}": ratio <= 1.2,
    }
    return "; ".join(f"{what} ({'holds' if holds else 'MISSED'})" for what, holds in held.items())


def scale_up(n: int, answer: multiprocessing.Queue[tuple[float, float, float]]) -> None:
    """Fit n simulated documents in this process; send the seconds of a fit and of a consensus, and the peak in GB."""
    from scsr.analysis.topics import consensus_topics, fit_topics

    rng = np.random.default_rng(1)
    words = np.array([f"w{term:05d}" for term in range(8_000)])
    topics = rng.dirichlet(np.full(len(words), 0.02), 20)
    cumulated = topics.cumsum(axis=1)
    documents = []
    for _ in range(n):
        drawn = rng.random(60)
        topic = cumulated[rng.integers(20)]
        documents.append(words[np.minimum(np.searchsorted(topic, drawn), len(words) - 1)].tolist())
    start = time.perf_counter()
    fit_topics(documents, 20)
    one = time.perf_counter() - start
    start = time.perf_counter()
    consensus_topics(documents, 20, n_runs=3)
    answer.put((one, time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2))


def scale() -> None:
    """Print time and memory of 10,000 and of 100,000 documents."""
    spawn = multiprocessing.get_context("spawn")
    print(f"{'documents':>10}{'fit, s':>10}{'consensus of 3 runs, s':>26}{'peak, GB':>10}")
    for n in (10_000, 100_000):
        answer: multiprocessing.Queue[tuple[float, float, float]] = spawn.Queue()
        process = spawn.Process(target=scale_up, args=(n, answer))
        process.start()
        one, many, peak = answer.get(timeout=3600)
        process.join()
        print(f"{n:10,}{one:10.1f}{many:26.1f}{peak:10.2f}", flush=True)


def blind_check(folder: Path, n_topics: int = 10, splits: int = 10) -> None:
    """Print how many shared topics of three languages are judged shared by what the matching did not see.

    A random half of the lexicon's lemmas is held back, topics are matched by the other half, and a pair of topics is
    alike when its likeness by the lemmas held back is in the upper quarter of all pairs of topics of two languages. A
    shared topic is judged shared when half of its pairs or more are alike; the same is asked of random topics.
    """
    from scsr.analysis.topics import concept_profiles, consensus_topics, match_topics
    from scsr.text.concepts import concepts_of
    from scsr.text.tokens import lemmas

    texts = pd.read_csv(folder / "is_reviews.csv")["review"].astype(str)
    documents = {language: read(language, folder) for language in ("sv", "nb")}
    documents["is"] = [found for text in texts if (found := lemmas(text, "is"))]
    models = {language: consensus_topics(some, n_topics) for language, some in documents.items()}
    listed = sorted(
        {lemma for language, model in models.items() for lemma in model.vocabulary if concepts_of(lemma, language)}
    )
    names, n_shared = list(models), []
    verdicts: dict[str, list[bool]] = {"matched": [], "matched at random": []}
    for split in range(splits):
        rng = np.random.default_rng(split)
        order = rng.permutation(listed)
        held, seen = set(order[: len(order) // 2]), set(order[len(order) // 2 :])
        unseen = {name: concept_profiles(models[name], documents[name], name, seen) for name in names}
        pairs = [unseen[a] @ unseen[b].T for place, a in enumerate(names) for b in names[:place]]
        bound = float(np.quantile(np.concatenate([pair.ravel() for pair in pairs]), 0.75))
        shared = [one.topics for one in match_topics(models, documents, left_out=held) if one.shared]
        n_shared.append(len(shared))
        for members in shared:
            verdicts["matched"].append(alike(members, unseen, bound))
            for _ in range(20):
                drawn = tuple((name, int(rng.integers(n_topics))) for name, _ in members)
                verdicts["matched at random"].append(alike(drawn, unseen, bound))
    print(f"sv, nb, is; {n_topics} topics each; {splits} random halves of the lexicon held back")
    print(f"topics called shared: {np.mean(n_shared):.1f} on average")
    for name, found in verdicts.items():
        print(f"judged shared where {name}: {np.mean(found):.2f}")


def alike(members: tuple[tuple[str, int], ...], profiles: dict[str, np.ndarray], bound: float) -> bool:
    """Whether half of the pairs of members or more are more alike than the bound."""
    pairs = [
        profiles[a][i] @ profiles[b][j] > bound for place, (a, i) in enumerate(members) for b, j in members[:place]
    ]
    return bool(np.mean(pairs) >= 0.5)


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("resamples", nargs="?", type=int, default=RESAMPLES)
    parser.add_argument("--only", choices=["sv", "nb"])
    parser.add_argument("--scale", action="store_true")
    parser.add_argument("--shared", action="store_true")
    chosen = parser.parse_args()
    if chosen.scale:
        scale()
        return 0
    folder = Path(os.environ.get("SCSR_REAL_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not folder.is_dir():
        print(f"skipped: no real data at {folder}; set SCSR_REAL_DATA")
        return 0
    if chosen.shared:
        blind_check(folder)
        return 0
    for language in ("nb", "sv"):
        if chosen.only in (None, language):
            documents = read(language, folder)
            median = np.median([len(document) for document in documents])
            print(f"{language}: {len(documents):,} reviews of {median:.0f} content lemmas (median)")
            for n_topics in N_TOPICS:
                table = measure(language, documents, n_topics, chosen.resamples)
                print(table.round(3).to_string(index=False))
                print(verdict(table), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
