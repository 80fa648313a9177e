"""How well the share of complaints is told by a classifier that errs, over random halves of labelled texts.

    python benchmarks/labels.py [HALVES] [--folder FOLDER] [--language LANGUAGE]

One half trains the classifier and measures its error; the other, its share of complaints shifted to .1 to .6 by drawing
with replacement from each kind, is counted. For each share the table gives the coverage of the 95% interval and the mean
absolute error of counting what the classifier calls complaints, of Rogan & Gladen's correction and of the Bayesian one.
The last line gives the share of the other half, as it is, that the classifier is right on; ``--language und`` takes its
lexicon away.

The texts are the labelled airline tweets in SCSR_REAL_DATA, else ../shared/data; where they are absent nothing is measured.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

import numpy as np
import pandas as pd

from scsr.analysis.labels import bayesian_prevalence, corrected_prevalence, repeats_of, train

SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
FILE = "tweets_labelled_complaints.csv"
METHODS = {"RG": corrected_prevalence, "Bayes": bayesian_prevalence}


def read(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Read texts and whether they complain."""
    data = pd.read_csv(folder / FILE, encoding="latin-1").dropna(subset=["finalLabel"])
    return data["text"].to_numpy(dtype=object), data["finalLabel"].to_numpy() > 0


def shifted(labels: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """Draw as many places as there are labels, with replacement, so that a given share are true."""
    n_true = round(share * len(labels))
    drawn = [
        rng.choice(np.flatnonzero(labels), n_true),
        rng.choice(np.flatnonzero(~labels), len(labels) - n_true),
    ]
    return np.concatenate(drawn)


def one_half(texts: np.ndarray, labels: np.ndarray, seed: int, language: str | None) -> list[dict]:
    """Train on a random half and count the other under each share; one row a share and method."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(texts))
    learn, test = order[: len(order) // 2], order[len(order) // 2 :]
    model = train(list(texts[learn]), labels[learn], language=language)
    voted, said = model.judged(list(texts[test]))
    called = model.predict(list(texts[test]))["complaint"].to_numpy()
    rows = [{"method": "right", "right": (called == labels[test]).mean(), "features": model.features}]
    for share in SHARES:
        some = shifted(labels[test], share, rng)
        truth = labels[test][some].mean()
        rows.append({"share": share, "method": "counting", "error": abs(called[some].mean() - truth)})
        repeats = repeats_of(said[some])
        for method, estimate in METHODS.items():
            one = estimate(voted[some].sum(), len(some), model.accuracy, repeats=repeats)
            error = abs(one.estimate - truth) if one.ok else np.nan
            covered = one.ok and one.ci_low <= truth <= one.ci_high
            rows.append({"share": share, "method": method, "error": error, "covered": covered, "ok": one.ok})
    return rows


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("halves", nargs="?", type=int, default=200)
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--language", default=None)
    given = parser.parse_args()
    beside = Path(__file__).parent.parent.parent / "shared" / "data"
    folder = given.folder or Path(os.environ.get("SCSR_REAL_DATA", beside))
    if not (folder / FILE).is_file():
        raise SystemExit(f"no {FILE} in {folder}; set SCSR_REAL_DATA")
    start = time.perf_counter()
    texts, labels = read(folder)
    rows = pd.DataFrame([row for seed in range(given.halves) for row in one_half(texts, labels, seed, given.language)])
    rows["covered"] = rows["covered"].astype(float)
    print("| share | cover RG | cover Bayes | error counting | error RG | error Bayes |")
    print("|---|---|---|---|---|---|")
    for name, some in [*rows.groupby("share"), ("all", rows[rows["share"].notna()])]:
        means = some.groupby("method")[["covered", "error"]].mean()
        cells = [
            *(means.loc[one, "covered"] for one in METHODS),
            *(means.loc[one, "error"] for one in ("counting", *METHODS)),
        ]
        print(f"| {name} | " + " | ".join(f"{cell:.3f}" for cell in cells) + " |")
    print(f"{given.halves} halves of {len(texts):,} texts, {labels.mean():.3f} complaints; ", end="")
    print(f"{int(rows['ok'].eq(False).sum())} not estimable; {time.perf_counter() - start:.0f} s")
    print(f"right on {rows['right'].mean():.3f} of the other halves; {rows['features'].dropna().iloc[0]}")


if __name__ == "__main__":
    main()
