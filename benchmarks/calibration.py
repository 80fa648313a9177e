"""Do the intervals hold the truth? Coverage and bias of the estimates over simulated data sets, and the traps.

    python benchmarks/calibration.py [--n 1000] [--only NAME]... [--workers 1] [--seed 1] [--no-write]

For each setting, data sets are drawn whose truth is known (scsr.analysis.simulate.design), the estimates are made from them
as a report makes them, and their 95% intervals are held against the truth. NAME is a setting, a trap, or an estimate. The
rows measured replace those of the same setting in the table that ships with the package, from which docs/calibration.md
and the reports take theirs; the others are kept.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from types import SimpleNamespace
from typing import Literal

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd

from scsr import schema
from scsr.analysis import complaints, coverage, labels, loyalty, wom
from scsr.analysis.calibration import COLUMNS, TABLE, calibration_rows
from scsr.analysis.estimates import Estimate
from scsr.analysis.simulate import design as truths
from scsr.analysis.simulate.coverage import Calibration, calibrate
from scsr.analysis.simulate.design import Design
from scsr.analysis.simulate.light import (
    Complaints,
    complaint_table,
    draw_cascades,
    draw_cases,
    draw_complaints,
    draw_counted,
)
from scsr.analysis.simulate.traps import ALIKE, TRAPS, paradox_truth
from scsr.analysis.topics.recurrence import recurrence
from scsr.analysis.wom import cascade_table

PAGE = Path(__file__).parents[1] / "docs" / "calibration.md"
BEGIN, END = "<!-- calibration: made by benchmarks/calibration.py -->", "<!-- calibration: end -->"
Pairs = list[tuple[Estimate, float]]
#: Ratios and times to an event, whose estimates err by factors.
LOG = {
    "loyalty_hazard_ratio", "loyalty_hazard_ratio_landmark", "outcome_odds_ratio", "speed_hazard_ratio", "rate_ratio",
    "rate_trend_yearly",
    "seasonal_ratio", "first_response_median_h", "valence_volume_ratio", "valence_size_ratio", "valence_speed_ratio",
    "bass_innovation", "bass_imitation", "bass_market", "time_to_half_median_h", "branching_factor",
    "reshare_delay_median_h", "final_size_covered", "answer_hazard_ratio", "answer_delay_median_h",
}  # fmt: skip
#: Intervals by exact methods, or bounds, which may hold the truth more often than their level says.
EXACT = {
    "complaint_rate", "silent_share", "cascade_size_median", "time_to_half_median_h", "valence_volume_ratio",
    "first_response_median_among_answered_h", "answer_delay_median_h", "valence_speed_ratio", "final_size_covered",
}  # fmt: skip
#: Where an exact interval is that of a count scaled for dependence, and so no longer exact.
SCALED = {"rates-uneven", "trap-repeats"}


@dataclass(frozen=True)
class Setting:
    """What is drawn, in words, and the function that draws a data set and estimates from it."""

    name: str
    words: str
    draw: Callable[[np.random.Generator], Pairs]


def rates(drawn: Complaints) -> Pairs:
    """Hold the overall complaint rate against the truth."""
    return [(complaints.complaint_rates(complaint_table(drawn)).overall, drawn.rate)]


def plain_rates(rng: np.random.Generator) -> Pairs:
    return rates(draw_complaints(Design(), rng))


def uneven_rates(rng: np.random.Generator) -> Pairs:
    return rates(draw_complaints(Design(complaint_dispersion=0.5, complaints_per_complainer=1.5), rng))


def few_complaints(rng: np.random.Generator) -> Pairs:
    return rates(draw_complaints(Design(n_customers=15), rng))


def one_firm(rng: np.random.Generator) -> Pairs:
    return rates(draw_complaints(Design(n_firms=1, n_months=12), rng))


def complainers(rng: np.random.Generator) -> Pairs:
    design = Design(complaint_rate=0.5, complaints_per_complainer=1.5)
    drawn = draw_complaints(design, rng)
    counts = complaint_table(drawn)
    share = complaints.complainer_shares(counts).overall
    truth = drawn.rate * design.n_months / 1000 / design.complaints_per_complainer
    silence = complaints.silent_share(share, (0.2, 0.5)).estimates[0]
    return [(share, truth), (silence, truth / 0.3 - truth)]


def shrunken(n_firms: int) -> Callable[[np.random.Generator], Pairs]:
    def draw(rng: np.random.Generator) -> Pairs:
        drawn = draw_complaints(Design(n_firms=n_firms, firm_spread=0.4, n_customers=300), rng)
        counts = complaint_table(drawn)
        found = complaints.shrunken_rates(counts).estimates
        truth = {f"Firm {i:02d}": rate for i, rate in enumerate(drawn.firm_rate)}
        return [(one, truth[dict(one.by)["company"]] if one.ok else np.nan) for one in found]

    return draw


def ratios(dispersion: float, n_customers: float) -> Callable[[np.random.Generator], Pairs]:
    def draw(rng: np.random.Generator) -> Pairs:
        design = Design(
            complaint_dispersion=dispersion, country_rate_ratio=1.3, sector_rate_ratio=1.5, n_customers=n_customers
        )
        drawn = draw_complaints(design, rng)
        counts = complaint_table(drawn, ("company", "country"), "month")
        truth = {f"Firm {i:02d}": rate for i, rate in enumerate(drawn.firm_rate)} | {"SE": 1.0, "NO": 1.3}
        found = complaints.rate_regression(counts).estimates
        return [
            (one, truth[next(iter(dict(one.by).values()))] / truth[one.extra["reference"]] if one.ok else np.nan)
            for one in found
        ]

    return draw


def trend(rng: np.random.Generator) -> Pairs:
    design = Design(yearly_trend=1.15, season_ratio=1.5, complaint_dispersion=0.3, n_months=36)
    drawn = draw_complaints(design, rng)
    counts = complaint_table(drawn, freq="month")
    yearly, season = complaints.rate_trend(counts).estimates[:2]
    return [(yearly, 1.15), (season, 1.5)]


def corpus_of(rng: np.random.Generator, n: int) -> Pairs:
    """Shares of a corpus: complaints, negative, repeated, dated, of sure language."""
    hit = rng.random((n, 5)) < np.array([0.3, 0.6, 0.05, 0.9, 0.97])
    said = pd.DataFrame(
        {
            "utterance_id": [f"u{i}" for i in range(n)], "speaker_role": "customer", "source": "light",
            "kind": np.where(hit[:, 0], "complaint", "post"), "valence": np.where(hit[:, 1], "negative", "positive"),
            "date_precision": np.where(hit[:, 3], "day", "none"), "language_confidence": np.where(hit[:, 4], 0.99, 0.5),
        }
    )  # fmt: skip
    utterances = schema.conform(said, "utterances")
    repeated = said.loc[hit[:, 2], "utterance_id"]
    twice = schema.conform(pd.DataFrame({"utterance_id": repeated, "duplicate_of": "u0", "how": "exact"}), "duplicates")
    found = [*complaints.complaint_shares(utterances).estimates, *coverage.corpus_shares(utterances, twice)]
    return list(zip(found, (0.3, 0.6, 0.05, 0.9, 0.97), strict=True))


def recurring(rng: np.random.Generator) -> Pairs:
    """Topics that come back: ten of unlike steadiness over ten runs, each run better or worse than the others."""
    steady = np.linspace(-1, 3, 10)
    latent = steady + 0.7 * rng.normal(size=(10, 1)) + rng.logistic(size=(10, 10))  # runs by topics
    mock = SimpleNamespace(overlaps=np.where(latent > 0, 1.0, 0.0), n_runs=10)
    return [(recurrence(mock)[0], recurring_truth())]  # type: ignore[arg-type]


@lru_cache(maxsize=1)
def recurring_truth() -> float:
    shift = 0.7 * np.random.default_rng(0).normal(size=400_000)
    return float(np.mean([(1 / (1 + np.exp(-(s + shift)))).mean() for s in np.linspace(-1, 3, 10)]))


def prevalence(share: float, n_labelled: int, n_texts: int) -> Callable[[np.random.Generator], Pairs]:
    def draw(rng: np.random.Generator) -> Pairs:
        design = Design(prevalence=share, n_labelled=n_labelled, n_texts=n_texts)
        drawn = draw_counted(design, rng)
        accuracy = labels.Accuracy(drawn.n_found, drawn.n_positive, drawn.n_passed, drawn.n_negative)
        found = [(labels.corrected_prevalence(drawn.n_called, drawn.n, accuracy), share)]
        return [*found, *zip(accuracy.estimates(), (design.sensitivity, design.specificity), strict=True)]

    return draw


def waits(n_cases: int) -> Callable[[np.random.Generator], Pairs]:
    def draw(rng: np.random.Generator) -> Pairs:
        design = Design(n_cases=n_cases, open_days=30, end_days=40)
        cases = draw_cases(design, rng).cases
        times = {one.name: one for one in loyalty.first_response(cases).estimates}
        return [
            (times["first_response_median_h"], truths.median_h(design)),
            (loyalty.answered_share(cases).estimates[0], truths.answered_share(design)),
            (loyalty.promise_kept(cases, 24).estimates[0], float(truths.answered_by(design, 24))),
            (loyalty.response_groups(cases, "language").estimates[0], truths.restricted_mean_h(design, 168)),
        ]

    return draw


CONFOUNDED = Design(
    severity_response_ratio=0.8, severity_answered_odds_ratio=1.3, severity_hazard_ratio=1.3,
    first_response_median_h=48.0, answered_after_churn=0.0,
)  # fmt: skip


def hazard(n_cases: int) -> Callable[[np.random.Generator], Pairs]:
    def draw(rng: np.random.Generator) -> Pairs:
        drawn = draw_cases(replace(CONFOUNDED, n_cases=n_cases), rng)
        return [(loyalty.loyalty_on_response(drawn.cases, drawn.outcomes).estimates[0], 0.6)]

    return draw


def landmark(rng: np.random.Generator) -> Pairs:
    # answers come within the week or never, so that the answered of the landmark are the answered for good
    drawn = draw_cases(replace(CONFOUNDED, n_cases=1000, longest_answer_h=168.0, answered_after_churn=1.0), rng)
    found = loyalty.loyalty_on_response(drawn.cases, drawn.outcomes).estimates
    return [(one, 0.6) for one in found if one.name == "loyalty_hazard_ratio_landmark"]


def speed(rng: np.random.Generator) -> Pairs:
    drawn = draw_cases(replace(CONFOUNDED, n_cases=1000, speed_hazard_ratio=1.1), rng)
    return [(loyalty.speed_effect(drawn.cases, drawn.outcomes), 1.1)]


def horizon(rng: np.random.Generator) -> Pairs:
    """Purchases of which it is known that they came, but not when, in odds that an answer within a day multiplies."""
    drawn = draw_cases(replace(CONFOUNDED, n_cases=600, first_response_median_h=24.0), rng)
    table = drawn.drawn
    log_odds = 0.3 * (table["severity"] - 3) + 0.1 * table["firm"] - 0.5 + np.log(1.8) * (table["answer_day"] <= 1)
    bought = rng.random(len(table)) < 1 / (1 + np.exp(-log_odds))
    outcomes = drawn.outcomes.assign(outcome="repurchase", value=bought.astype(float), at=pd.NaT)
    found = loyalty.outcome_by_horizon(drawn.cases, schema.conform(outcomes, "outcomes"), "repurchase")
    return [(found[0], 1.8)]


def recovery(rng: np.random.Generator) -> Pairs:
    design = replace(ALIKE, n_firms=9, firm_hazard_ratio=1.0)
    drawn = draw_cases(design, rng)
    found = loyalty.recovery_paradox(drawn.cases, drawn.outcomes, within_h=24, horizon_days=180).estimates
    return [(one, paradox_truth(design)) for one in found if one.name.startswith("recovery_paradox_difference")]


def reproduction(design: Design, parents: bool = True, method: str = "auto") -> Callable[[np.random.Generator], Pairs]:
    def draw(rng: np.random.Generator) -> Pairs:
        shares = draw_cascades(design, rng)
        if not parents:
            shares["parent_id"] = pd.Series(pd.NA, index=shares.index, dtype="string")
        found = wom.reproduction_number(shares, rng=rng, n_bootstrap=500, method=method)  # type: ignore[arg-type]
        return [(found[0], design.reproduction_number)]

    return draw


COMPLETE = Design(cascade_window_h=1e6)


@lru_cache(maxsize=8)
def shape_truth(reproduction_number: float) -> tuple[float, float, float, float]:
    """Median size, mean depth, mean virality and median time to half, over many cascades."""
    shares = draw_cascades(
        replace(COMPLETE, n_cascades=200_000, reproduction_number=reproduction_number), np.random.default_rng(0)
    )
    table = cascade_table(shares)
    depth = pd.to_numeric(table["cascade_depth"]).mean()
    half = table["time_to_half_h"].median()
    return float(table["cascade_size"].median()), float(depth), float(table["structural_virality"].mean()), float(half)


def shapes(rng: np.random.Generator) -> Pairs:
    table = cascade_table(draw_cascades(COMPLETE, rng))
    median, depth, virality, half = shape_truth(0.6)
    truth = {
        "cascade_size_median": median, "cascade_size_mean": 2.5, "cascade_depth_mean": depth,
        "structural_virality": virality, "time_to_half_median_h": half,
    }  # fmt: skip
    return [(one, truth[one.name]) for one in wom.cascade_summary(table, rng, 500) if one.name in truth]


def mean_followers() -> float:
    """Mean of the whole followers of the light cascades."""
    from scipy import stats

    return float(stats.lognorm(1.0, scale=150).sf(np.arange(1, 300_000)).sum())


def spread(rng: np.random.Generator) -> Pairs:
    bad = draw_cascades(replace(COMPLETE, n_cascades=int(rng.poisson(150))), rng)
    good = draw_cascades(
        replace(COMPLETE, n_cascades=int(rng.poisson(50)), reproduction_number=0.5), rng, valence="positive"
    )
    shares = pd.concat([bad, good], ignore_index=True)
    truth = {
        "valence_volume_ratio": 3.0, "valence_size_ratio": 1.25,
        "valence_speed_ratio": shape_truth(0.6)[3] / shape_truth(0.5)[3],
    }  # fmt: skip
    found = wom.compare_valence(cascade_table(shares), rng, 500).estimates
    reached = wom.reach(bad, rng=rng, n_bootstrap=500)[0]
    return [*((one, truth[one.name]) for one in found if one.name in truth), (reached, mean_followers() * 2.5)]


def tail(n: int, start: int) -> Callable[[np.random.Generator], Pairs]:
    def draw(rng: np.random.Generator) -> Pairs:
        sizes = rng.zipf(2.5, n * (1 if start == 1 else 40))
        if start > 1:  # a body that is no power law, and the tail of one
            sizes = np.concatenate([rng.integers(1, start, n // 2), sizes[sizes >= start][: n - n // 2]])
        return [(wom.size_distribution(sizes, rng, n_bootstrap=200).estimates[0], 2.5)]

    return draw


def process(kind: Literal["exponential", "power law"]) -> Callable[[np.random.Generator], Pairs]:
    """Self-exciting processes, told by their times alone."""
    design = Design(
        n_cascades=100, offspring_dispersion=np.inf, reshare_delay=kind, cascade_window_h=48, staggered=True
    )  # fmt: skip
    truth = {"branching_factor": design.reproduction_number, "reshare_delay_median_h": design.reshare_delay_median_h}

    def draw(rng: np.random.Generator) -> Pairs:
        found = wom.hawkes(draw_cascades(design, rng), kind).estimates
        return [(one, truth[one.name]) for one in found]

    return draw


def ends(rng: np.random.Generator) -> Pairs:
    """Intervals for the final size of cascades, each by rules fitted without it."""
    shares = draw_cascades(Design(n_cascades=200, reproduction_number=0.75, cascade_window_h=72), rng)
    found = wom.final_size(shares, 3, 72, memory="exponential", rng=rng, n_bootstrap=50)
    covered = found.estimates[5]
    made = []
    for row in found.predictions.to_dict("records"):
        low, high = row["self-exciting low"], row["self-exciting high"]
        middle = float(np.clip(row["self-exciting"], low, high))  # the ends are whole
        made.append((replace(covered, estimate=middle, ci_low=low, ci_high=high), float(row["final_size"])))
    return made


def answered(design: Design, parents: bool = True) -> Callable[[np.random.Generator], Pairs]:
    def draw(rng: np.random.Generator) -> Pairs:
        shares = draw_cascades(design, rng)
        if not parents:  # those of the firm's own shares are left, which no estimate takes
            shares["parent_id"] = shares["parent_id"].where(shares["speaker_role"].eq("firm"))
        ratio, delay = wom.early_answer(shares, memory="exponential").estimates
        at_root = design.answer_at_size == 1
        return [(ratio, design.answer_hazard_ratio), *([(delay, design.answer_delay_median_h)] if at_root else [])]

    return draw


ANSWERED = Design(n_cascades=300, cascades_answered=0.5, answer_hazard_ratio=0.6)


def adoption(n_periods: int) -> Callable[[np.random.Generator], Pairs]:
    def draw(rng: np.random.Generator) -> Pairs:
        p, q, m = 0.02, 0.4, 10_000.0
        curve = np.diff(m * wom.bass_share(np.arange(n_periods + 1), p, q))
        seen = np.maximum(0, curve + rng.normal(0, 40, n_periods))
        return list(zip(wom.bass(seen).estimates, (p, q, m), strict=True))

    return draw


SETTINGS = {
    one.name: one
    for one in (
        Setting("rates", "9 firms, about 650 complaints, independent", plain_rates),
        Setting("rates-uneven", "9 firms, about 650 complaints; people repeat, months differ", uneven_rates),
        Setting("rates-few", "9 firms, about 10 complaints", few_complaints),
        Setting("rates-one-firm", "1 firm, 12 months, about 36 complaints", one_firm),
        Setting("complainers", "9 firms, about 70 complainers; 30% of the unhappy complain, 20-50% believed", complainers),
        Setting("shrunken", "9 firms, rates drawn from a gamma, about 20 complaints each", shrunken(9)),
        Setting("shrunken-few", "4 firms, rates drawn from a gamma, about 20 complaints each", shrunken(4)),
        Setting("ratios", "9 firms, 2 markets, 24 months, Poisson", ratios(0.0, 1000)),
        Setting("ratios-uneven", "9 firms, 2 markets, 24 months, over-dispersed", ratios(0.5, 1000)),
        Setting("ratios-few", "9 firms, 2 markets, 24 months, about 16 complaints a firm", ratios(0.0, 180)),
        Setting("trend", "36 months, 9 firms, over-dispersed", trend),
        Setting("corpus", "400 utterances", lambda rng: corpus_of(rng, 400)),
        Setting("corpus-few", "30 utterances", lambda rng: corpus_of(rng, 30)),
        Setting("recurring", "10 topics, 10 refits", recurring),
        Setting("prevalence-02", "true share .02, 300 labelled, 1,000 texts", prevalence(0.02, 300, 1000)),
        Setting("prevalence-10", "true share .1, 300 labelled, 1,000 texts", prevalence(0.1, 300, 1000)),
        Setting("prevalence-30", "true share .3, 300 labelled, 1,000 texts", prevalence(0.3, 300, 1000)),
        Setting("prevalence-60", "true share .6, 300 labelled, 1,000 texts", prevalence(0.6, 300, 1000)),
        Setting("prevalence-few", "true share .3, 60 labelled, 100 texts", prevalence(0.3, 60, 100)),
        Setting("waits", "500 cases, 80% ever answered", waits(500)),
        Setting("waits-few", "30 cases, 80% ever answered", waits(30)),
        Setting("hazard", "9 firms, 1,500 cases, confounded by severity, immortal time", hazard(1500)),
        Setting("hazard-few", "9 firms, 200 cases, confounded by severity, immortal time", hazard(200)),
        Setting("landmark", "9 firms, 1,000 cases, answers within the week or never", landmark),
        Setting("speed", "9 firms, 1,000 cases, hazard ratio 1.1 a doubling", speed),
        Setting("horizon", "9 firms, 600 cases, purchases without a time", horizon),
        Setting("recovery", "9 firms, 800 cases, 800 customers with no failure", recovery),
        Setting("reproduction", "200 cascades, uneven sharers, watched to the end", reproduction(COMPLETE)),
        Setting(
            "reproduction-cut", "200 cascades, uneven sharers, cut off at 0-48 h",
            reproduction(Design(cascade_window_h=48, staggered=True)),
        ),
        Setting(
            "reproduction-poisson", "200 cascades, Poisson reshares, cut off at 0-48 h",
            reproduction(Design(cascade_window_h=48, staggered=True, offspring_dispersion=np.inf)),
        ),
        Setting(
            "reproduction-few", "20 cascades, uneven sharers, cut off at 0-48 h",
            reproduction(Design(n_cascades=20, cascade_window_h=48, staggered=True)),
        ),
        Setting("reproduction-blind", "200 cascades without parents, complete", reproduction(COMPLETE, parents=False)),
        Setting(
            "reproduction-blind-few", "20 cascades without parents, complete",
            reproduction(replace(COMPLETE, n_cascades=20), parents=False),
        ),
        Setting(
            "reproduction-bootstrap", "200 cascades without parents, complete; bootstrap",
            reproduction(COMPLETE, parents=False, method="bootstrap"),
        ),
        Setting("shapes", "200 cascades, uneven sharers, complete", shapes),
        Setting("spread", "about 150 negative and 50 positive cascades, complete", spread),
        Setting("tail", "1,000 cascades, power law from 1", tail(1000, 1)),
        Setting("tail-body", "1,000 cascades, half of them a power law from 5", tail(1000, 5)),
        Setting("hawkes", "100 cascades by their times alone, exponential delays, cut off at 0-48 h", process("exponential")),
        Setting(
            "hawkes-power", "100 cascades by their times alone, power-law delays, cut off at 0-48 h", process("power law")
        ),
        Setting("final-size", "200 cascades, each predicted at 3 h for 72 h; its final size in its interval", ends),
        Setting("answer", "300 cascades, half of them answered at any time, hazard ratio .6", answered(ANSWERED)),
        Setting(
            "answer-few", "150 cascades, half of them answered at any time, hazard ratio .6",
            answered(replace(ANSWERED, n_cascades=150)),
        ),
        Setting(
            "answer-large", "300 cascades, those answered that reach 3 shares, hazard ratio .6",
            answered(replace(ANSWERED, cascades_answered=0.9, answer_at_size=3)),
        ),
        Setting(
            "answer-blind", "300 cascades without parents, half of them answered at any time, sharers alike, hazard ratio .6",
            answered(replace(ANSWERED, offspring_dispersion=np.inf, reshare_delay="exponential"), parents=False),
        ),
        Setting(
            "answer-blind-large", "300 cascades without parents, those answered that reach 3 shares, sharers alike, ratio .6",
            answered(
                replace(
                    ANSWERED, offspring_dispersion=np.inf, reshare_delay="exponential", cascades_answered=0.9, answer_at_size=3
                ),
                parents=False,
            ),
        ),
        Setting(
            "answer-blind-uneven", "300 cascades without parents, half of them answered at any time, uneven sharers, ratio .6",
            answered(replace(ANSWERED, reshare_delay="exponential"), parents=False),
        ),
        Setting("bass", "15 periods, past the peak", adoption(15)),
        Setting("bass-cut", "8 periods, up to the peak (reported as truncated)", adoption(8)),
    )
}  # fmt: skip


def seeded(name: str, seed: int, place: int) -> np.random.Generator:
    """Return the generator of one data set, the same whatever else is run."""
    return np.random.default_rng([seed, zlib.crc32(name.encode()), place])


def one_set(job: tuple[str, int, int]) -> Pairs:
    """Draw and estimate one data set of a setting."""
    name, seed, place = job
    return SETTINGS[name].draw(seeded(name, seed, place))


def one_trap(job: tuple[str, int, int]) -> Pairs:
    """Draw one data set of a trap: the naive estimate, then ours."""
    name, seed, place = job
    sprung = TRAPS[name].draw(TRAPS[name].design, seeded(name, seed, place))
    return [(sprung.naive, sprung.truth), (sprung.ours, sprung.truth)]


def run(work: Callable[[tuple[str, int, int]], Pairs], name: str, n: int, seed: int, workers: int) -> list[Pairs]:
    """Run all data sets of a setting or trap, in order."""
    jobs = [(name, seed, place) for place in range(n)]
    if workers < 2:
        return [work(job) for job in jobs]
    with get_context("fork").Pool(workers) as pool:
        return pool.map(work, jobs, chunksize=max(1, n // (workers * 8)))


def bar(found: Calibration, exact: bool) -> str:
    """Say whether coverage keeps the bar: .93 to .97, exact methods .95 or more."""
    if found.coverage is None or found.coverage_error is None:
        return "no estimate"
    low, high = (0.95, 1.0) if exact else (0.93, 0.97)
    if low <= found.coverage <= high:
        return "held"
    slack = 2 * found.coverage_error
    return "held within error" if low - slack <= found.coverage <= high + slack else "missed"


def row_of(estimate: str, key: str, words: str, n: int, seconds: float, found: Calibration) -> dict[str, object]:
    """Return one row of the table."""
    return {
        "key": key, "estimate": estimate, "setting": words, "n_sets": n, "coverage": found.coverage,
        "coverage_error": found.coverage_error, "bias": found.bias, "bias_error": found.bias_error,
        "not_estimable": found.not_estimable, "bar": bar(found, estimate in EXACT and key not in SCALED), "naive_coverage": None,
        "seconds": seconds,
    }  # fmt: skip


def measure(name: str, n: int, seed: int = 1, workers: int = 1) -> list[dict[str, object]]:
    """Measure one setting: a row for each estimate that it makes."""
    setting, start = SETTINGS[name], time.perf_counter()
    sets = run(one_set, name, n, seed, workers)
    seconds = (time.perf_counter() - start) / n
    every = [pair for pairs in sets for pair in pairs]
    names = dict.fromkeys(one.name for one, _ in every)
    return [
        row_of(
            estimate, name, setting.words, n, seconds,
            calibrate(((one, truth) for one, truth in every if one.name == estimate), "log" if estimate in LOG else "plain"),
        )
        for estimate in names
    ]  # fmt: skip


def measure_trap(name: str, n: int, seed: int = 1, workers: int = 1) -> list[dict[str, object]]:
    """Measure one trap: ours, with the naive coverage beside it."""
    trap, start = TRAPS[name], time.perf_counter()
    sets = run(one_trap, name, n, seed, workers)
    seconds = (time.perf_counter() - start) / n
    naive, ours = (calibrate(pairs[side] for pairs in sets) for side in (0, 1))
    estimate = sets[0][1][0].name
    words = f"trap: {trap.title}; {trap.ours}, against {trap.naive}"
    return [row_of(estimate, f"trap-{name}", words, n, seconds, ours) | {"naive_coverage": naive.coverage}]


def number(value: object, digits: int = 3) -> str:
    """Write a number of the table; a dash where there is none."""
    return "–" if value is None or pd.isna(value) else f"{float(str(value)):.{digits}f}"


def markdown(table: pd.DataFrame) -> str:
    """Return the two tables as Markdown."""
    lines = [
        "| estimate | setting | data sets | coverage | Monte-Carlo error | bias, in SE | not estimable | s | bar |",
        "|---|---|--:|--:|--:|--:|--:|--:|---|",
    ]
    trapped = table["key"].str.startswith("trap-")
    for row in table[~trapped].to_dict("records"):
        lines.append(
            f"| `{row['estimate']}` | {row['setting']} | {row['n_sets']:,} | {number(row['coverage'])} | "
            f"{number(row['coverage_error'])} | {number(row['bias'], 2)} | {number(row['not_estimable'])} | "
            f"{number(row['seconds'], 2)} | {row['bar']} |"
        )
    lines += [
        "", "| trap | naive coverage | ours | bias, in SE | not estimable | data sets |", "|---|--:|--:|--:|--:|--:|",
    ]  # fmt: skip
    for row in table[trapped].to_dict("records"):
        lines.append(
            f"| {row['setting'].removeprefix('trap: ')} | {number(row['naive_coverage'])} | {number(row['coverage'])} | "
            f"{number(row['bias'], 2)} | {number(row['not_estimable'])} | {row['n_sets']:,} |"
        )
    return "\n".join(lines)


def merge(rows: list[dict[str, object]], old: pd.DataFrame) -> pd.DataFrame:
    """Put new rows in the place of those of the same settings, in the order of the settings."""
    fresh = {row["key"] for row in rows}
    order = [*SETTINGS, *(f"trap-{name}" for name in TRAPS)]
    kept = old[~old["key"].isin(fresh) & old["key"].isin(order)]
    table = pd.DataFrame([*kept.to_dict("records"), *rows], columns=COLUMNS)
    place = table["key"].map({name: i for i, name in enumerate(order)})
    return table.iloc[np.argsort(place, kind="stable")].reset_index(drop=True)


def write(table: pd.DataFrame) -> None:
    """Write the packaged table and the page's."""
    table.round(5).to_csv(TABLE, index=False, lineterminator="\n")
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n{markdown(table)}\n{END}{rest.split(END)[1]}", encoding="utf-8")


def wanted(only: list[str]) -> tuple[list[str], list[str]]:
    """Return the settings and traps that are asked for; all where none is named."""
    if not only:
        return list(SETTINGS), list(TRAPS)
    old = calibration_rows()
    keys = set(only) | set(old.loc[old["estimate"].isin(only), "key"])
    keys |= {f"trap-{name}" for name in only}
    found = [name for name in SETTINGS if name in keys], [name for name in TRAPS if f"trap-{name}" in keys]
    if not any(found):
        sys.exit(f"nothing is called {', '.join(only)}; choose of {', '.join([*SETTINGS, *TRAPS])}")
    return found


def main() -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=1000)
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-write", action="store_true")
    chosen = parser.parse_args()
    settings, traps = wanted(chosen.only)
    rows: list[dict[str, object]] = []
    for measured, names in ((measure, settings), (measure_trap, traps)):
        for name in names:
            fresh = measured(name, chosen.n, chosen.seed, chosen.workers)
            rows += fresh
            print(
                markdown(pd.DataFrame(fresh)).splitlines()[2 if measured is measure else -1],
                file=sys.stderr,
                flush=True,
            )
            if not chosen.no_write:  # after each, so that a run that is stopped loses nothing
                write(merge(fresh, calibration_rows()))
    print(markdown(pd.DataFrame(rows, columns=COLUMNS)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
