"""Tables of topics like those that an analysis makes, for tests of what draws and shows them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scsr.analysis.topics import TopicTables
from scsr.analysis.topics.places import places, word_distances
from scsr.analysis.topics.tables import COLUMNS, NAMED

WORDS = (
    "faktura",
    "leverans",
    "svar",
    "pris",
    "telefonkundtjänst",
    "löfte",
    "ursäkt",
    "kö",
    "bud",
    "retur",
    "<b>&",
    "å",
)
N_RUNS = 8


def made_up(
    n_topics: int = 5, languages: tuple[str, ...] = ("sv", "is"), *, period: str = "month", seed: int = 1
) -> TopicTables:
    """Return tables of random numbers; the first topic of each language is the same matter."""
    rng = np.random.default_rng(seed)
    parts: dict[str, list[dict[str, object]]] = {name: [] for name in COLUMNS}
    starts = pd.date_range("2021-11-01", periods=6, freq={"month": "MS", "quarter": "QS", "year": "YS"}[period])
    for language in languages:
        weights = rng.dirichlet(np.full(len(WORDS), 0.4), n_topics)
        where, kept = places(word_distances(weights))
        shares = np.sort(rng.dirichlet(np.full(n_topics, 4.0)))[::-1]
        parts["languages"].append(
            {"language": language, "n_documents": 1000, "n_topics": n_topics, "n_withheld": 0, "axes_keep": kept,
             "period": period, "n_cells_withheld": 1, "n_runs": N_RUNS, "level": 0.95}
        )  # fmt: skip
        for topic in range(n_topics):
            key = {"language": language, "topic": str(topic + 1)}
            shared = topic == 0 and len(languages) > 1
            order = np.argsort(-weights[topic])[:10]
            label = f"{topic + 1}: {', '.join(WORDS[term] for term in order[:3])}"
            overlap = rng.choice([1 / 9, 0.25, 3 / 7, 2 / 3, 1.0], N_RUNS)
            back = overlap >= 0.25
            share = float(shares[topic])
            parts["topics"].append(
                key | {"label": label, "kind": "shared" if shared else "of one language", "common_topic": topic + 1,
                "concepts": "refund, reply" if shared else "", "likeness": 0.5 if shared else float("nan"),
                "share": share, "ci_low": share * 0.9, "ci_high": share * 1.1, "n_documents": round(1000 * share),
                "n_people": round(500 * share), "recurrence": back.mean(), "recurrence_low": back.mean() * 0.8,
                "recurrence_high": min(1.0, back.mean() * 1.1), "words_in_common": 5.0,
                "x": where[topic, 0], "y": where[topic, 1]}
            )  # fmt: skip
            parts["terms"] += [
                key | {"term": WORDS[term], "weight": weights[topic, term],
                       "exclusivity": weights[topic, term] / weights[:, term].sum()} for term in order
            ]  # fmt: skip
            parts["runs"] += [
                key
                | {"run": run + 1, "overlap": one, "words_in_common": round(20 * one / (1 + one)), "back": one >= 0.25}
                for run, one in enumerate(overlap)
            ]
            cells = {
                "estimate": share,
                "ci_low": share * 0.7,
                "ci_high": share * 1.2,
                "n_documents": 90,
                "n_people": 20,
            }
            parts["periods"] += [
                key | {"period": NAMED[period](f"{start:%Y-%m-%d}"), "start": start} | cells | {"estimate": share * (1 + n / 100)}
                for n, start in enumerate(starts) if not (topic == 1 and n in (1, 3))
            ]  # fmt: skip
            parts["groups"] += [key | {"by": "channel", "group": group} | cells for group in ("email", "phone")]
            if shared:
                parts["partners"] += [
                    key | {"partner_language": other, "partner": "1", "label": "1: svar, pris, kö", "terms": "svar, pris",
                           "likeness": 0.5} for other in languages if other != language
                ]  # fmt: skip
            parts["typical"] += [
                key | {"utterance_id": f"{seed:04x}{topic:08x}{n:020x}", "share": 0.9 - n / 100} for n in range(3)
            ]
    return TopicTables(**{name: pd.DataFrame(rows, columns=COLUMNS[name]) for name, rows in parts.items()})


def none_at_all() -> TopicTables:
    """Return tables in which there is nothing."""
    full = made_up(2)
    return TopicTables(**{name: frame.iloc[:0] for name, frame in vars(full).items()})
