"""Hostile input to every public function of the analyses: an answer, a reason, or an error that says what to mend.

Never a silent NaN, a warning (the suite turns them into errors) or an exception of numpy or pandas.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import is_dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scsr import schema
from scsr.analysis import complaints, labels, loyalty, wom
from scsr.analysis.complaints import CountTable, summary
from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.simulate.design import Design
from scsr.analysis.simulate.light import complaint_table, complaint_tables, draw_cascades, draw_cases, draw_complaints
from scsr.errors import ScsrError

DESIGN = Design(n_cases=40, n_without_case=20, n_cascades=30, n_customers=60, n_months=6, n_firms=3)
CASES = draw_cases(DESIGN, np.random.default_rng(1))
SHARES = draw_cascades(DESIGN, np.random.default_rng(1))
COMPLAINTS = draw_complaints(DESIGN, np.random.default_rng(1))
UTTERANCES, EXPOSURE = complaint_tables(COMPLAINTS, np.random.default_rng(1))
GROUPS, MONTHS = complaint_table(COMPLAINTS), complaint_table(COMPLAINTS, freq="month")
CASCADES = wom.cascade_table(SHARES)
SAID = schema.conform(
    pd.DataFrame(
        {
            "utterance_id": [f"u{i:02}" for i in range(90)], "speaker_id": [f"s{i}" for i in range(90)], "language": "sv",
            "text": [f"{what} nummer {i}" for i in range(30) for what in ("jag klagar", "stort tack", "fakturan kom")],
            "speaker_role": "customer", "kind": "question", "source": "light", "synthetic": True,
        }
    ),
    "utterances",
)  # fmt: skip
CODES = pd.DataFrame({"utterance_id": SAID["utterance_id"][:60], "coder": "ida", "label": [True, False, False] * 20})
SHARE = Estimate("complainer_share", "", "share", 0.02, 0.01, 0.03, 900, "Wilson", {"company": "A"})
ANSWERS = pd.Series(1.0, index=SHARES["cascade_id"].unique())
FEW = 20  # resamples, where a function takes a number of them
Call = Callable[[Any], Any]

OF_CASES: dict[str, Call] = {
    "first_response": loyalty.first_response,
    "first_response by": lambda t: loyalty.first_response(t, by=("company", "urgent")),
    "answered_share": lambda t: loyalty.answered_share(t, by="company"),
    "promise_kept": lambda t: loyalty.promise_kept(t, by="company"),
    "response_groups": lambda t: loyalty.response_groups(t, "company"),
    "surges": loyalty.surges,
    "came_back": loyalty.came_back,
    "opening_hours": loyalty.opening_hours,
    "loyalty_on_response": lambda t: loyalty.loyalty_on_response(t, CASES.outcomes),
    "speed_effect": lambda t: loyalty.speed_effect(t, CASES.outcomes),
    "speed_by_urgency": lambda t: loyalty.speed_by_urgency(t, CASES.outcomes),
    "loyalty_by_answerer": lambda t: loyalty.loyalty_by_answerer(t, CASES.outcomes),
    "answer_or_leaving": lambda t: loyalty.answer_or_leaving(t, CASES.outcomes),
    "recovery_paradox": lambda t: loyalty.recovery_paradox(t, CASES.outcomes),
    "score_on_response": lambda t: loyalty.score_on_response(t, CASES.outcomes),
    "wait_by_load": lambda t: loyalty.wait_by_load(t, UTTERANCES),
    "sensitivity": lambda t: loyalty.sensitivity(t, CASES.outcomes),
    "outcome_by_horizon": lambda t: loyalty.outcome_by_horizon(t, CASES.outcomes, "churn"),
}
OF_OUTCOMES: dict[str, Call] = {
    "loyalty_on_response": lambda t: loyalty.loyalty_on_response(CASES.cases, t),
    "speed_effect": lambda t: loyalty.speed_effect(CASES.cases, t),
    "answer_or_leaving": lambda t: loyalty.answer_or_leaving(CASES.cases, t),
    "recovery_paradox": lambda t: loyalty.recovery_paradox(CASES.cases, t),
    "score_on_response": lambda t: loyalty.score_on_response(CASES.cases, t),
    "outcome_by_horizon": lambda t: loyalty.outcome_by_horizon(CASES.cases, t, "churn"),
    "recovery_paradox csat": lambda t: loyalty.recovery_paradox(CASES.cases, scored(t), outcome="csat"),
    "score_on_response csat": lambda t: loyalty.score_on_response(CASES.cases, scored(t)),
}
OF_SHARES: dict[str, Call] = {
    "cascade_table": wom.cascade_table,
    "reproduction_number": lambda t: wom.reproduction_number(t, by=["valence"], n_bootstrap=FEW),
    "reproduction_number chains": lambda t: wom.reproduction_number(t, method="chains"),
    "reproduction_number bootstrap": lambda t: wom.reproduction_number(t, method="bootstrap", n_bootstrap=FEW),
    "mean_cumulative": wom.mean_cumulative,
    "reach": lambda t: wom.reach(t, n_bootstrap=FEW),
    "cascade_summary": lambda t: wom.cascade_summary(wom.cascade_table(t), n_bootstrap=FEW),
    "compare_valence": lambda t: wom.compare_valence(wom.cascade_table(t), n_bootstrap=FEW),
    "size_distribution": lambda t: wom.size_distribution(wom.cascade_table(t)["cascade_size"], 1, n_bootstrap=FEW),
    "common_window": wom.common_window,
    "within": lambda t: wom.within(t, 5.0),
    "observed_network": wom.observed_network,
    "early_answer": wom.early_answer,
    "early_answer given": lambda t: wom.early_answer(t, ANSWERS, "exponential"),
    "final_size": lambda t: wom.final_size(t, 2.0, 100.0, memory="exponential", n_bootstrap=FEW),
    "hawkes": wom.hawkes,
    "hawkes followers": lambda t: wom.hawkes(t, "exponential", followers=True),
    "without_answers": wom.without_answers,
}
OF_UTTERANCES: dict[str, Call] = {
    "complaint_counts": lambda t: rates_of(complaints.complaint_counts(t, EXPOSURE)),
    "complaint_counts by month": lambda t: complaints.complaint_counts(
        t, EXPOSURE, ("company", "country"), freq="month"
    ),
    "complaint_shares": lambda t: complaints.complaint_shares(t, by=("language",)),
    "channel_table": summary.channel_table,
    "watch": lambda t: labels.watch(t, {"sv": ["faktura"]}),
    "experience_bank": labels.experience_bank,
    "draw_sheet": labels.draw_sheet,
    "classifiable": labels.classifiable,
}
OF_SAID: dict[str, Call] = {
    "experience_bank": labels.experience_bank,
    "draw_sheet": labels.draw_sheet,
    "watch_lists": lambda t: labels.watch_lists(t, {"bills": {"sv": ["faktura"], "nb": ["faktura"]}}),
    "reaction_times": lambda t: labels.reaction_times(t, labels.watch(t, {"sv": ["faktura"]})),
    "text_complaints": lambda t: labels.text_complaints(t, CODES).estimates,
}
OF_CODES: dict[str, Call] = {
    "coder_agreement": lambda t: labels.coder_agreement(t, n_resamples=100),
    "describe_labels": labels.describe_labels,
    "settled": labels.settled,
    "text_complaints": lambda t: labels.text_complaints(SAID, t).estimates,
}
OF_TEXTS: dict[str, Call] = {
    "train": lambda g: labels.train(*g, language="sv").estimates,
    "accuracy_of": lambda g: labels.accuracy_of(np.asarray(g[1]), np.asarray(g[1])).estimates(),
}
OF_CALLS: dict[str, Call] = {
    "corrected_prevalence": lambda g: labels.corrected_prevalence(*g, labels.Accuracy(80, 100, 180, 200)),
    "bayesian_prevalence": lambda g: labels.bayesian_prevalence(*g, labels.Accuracy(80, 100, 180, 200)),
    "corrected_prevalence by chance": lambda g: labels.corrected_prevalence(*g, labels.Accuracy(1, 2, 1, 2)),
    "corrected_prevalence without error": lambda g: labels.corrected_prevalence(*g, labels.Accuracy(50, 50, 50, 50)),
    "accuracy": lambda g: labels.Accuracy(*g, 5, 10).estimates(),
}
OF_TERMS: dict[str, Call] = {
    "watch": lambda g: labels.watch(SAID, g).estimates,
    "watch_lists": lambda g: labels.watch_lists(SAID, {"one": g})[0],
}
OF_ESTIMATES: dict[str, Call] = {
    "silent_share": lambda one: complaints.silent_share(one, (0.05, 0.8)).estimates,
    "turning_share": lambda one: complaints.turning_share(one, 0.1),
    "turning_readiness": lambda one: complaints.turning_readiness(one, SHARE),
    "turning_values": lambda one: complaints.turning_values([one, SHARE]),
}
OF_BELIEFS: dict[str, Call] = {
    "silent_share": lambda g: complaints.silent_share(SHARE, g).estimates,
    "turning_share": lambda g: complaints.turning_share(SHARE, g[0]),
}
OF_EXPOSURE: dict[str, Call] = {
    "complaint_counts": lambda t: rates_of(complaints.complaint_counts(UTTERANCES, t)),
    "complaint_counts by month": lambda t: complaints.complaint_counts(UTTERANCES, t, ("company",), freq="month"),
}
OF_COUNTS: dict[str, Call] = {
    "complaint_rates": complaints.complaint_rates,
    "complainer_shares": complaints.complainer_shares,
    "shrunken_rates": complaints.shrunken_rates,
    "funnel": lambda c: complaints.funnel(c, overdispersion="additive"),
    "rate_regression": lambda c: complaints.rate_regression(c, ("company",)),
    "account": summary.account,
}
OF_MONTHS: dict[str, Call] = {
    "rate_trend": complaints.rate_trend,
    "rate_changes": lambda c: complaints.rate_changes(c, n_draws=FEW),
    "rate_months": summary.rate_months,
}
OF_NUMBERS: dict[str, Call] = {
    "bass": wom.bass,
    "size_distribution": lambda a: wom.size_distribution(a, 1, n_bootstrap=FEW),
    "median_interval": wom.median_interval,
    "structural_virality": wom.structural_virality,
    "bass_share": lambda a: [wom.bass_share(a, 0.1, 0.4)],
    "chain_likelihood": lambda a: [wom.chain_likelihood(a, np.ones(len(a)), 0.5, 1.0)],
    "chain_likelihood counts": lambda a: [wom.chain_likelihood(np.ones(len(a)), a, 0.5, 1.0)],
    "marshall": lambda a: finite(complaints.marshall(a, np.ones(len(a)))),
    "marshall by exposure": lambda a: finite(complaints.marshall(np.ones(len(a)), a)),
    "exact_limits": lambda a: finite(complaints.exact_limits(a, 0.95)),
    "interpolated_limits": lambda a: finite(complaints.interpolated_limits(a, 0.95)),
    "dispersion_test": lambda a: finite(complaints.dispersion_test(a, np.full(len(a), 2.0), len(a) - 1)),
    "repeats_of": lambda a: finite([labels.repeats_of(a)]),
    "cohen_kappa": lambda a: labels.cohen_kappa(*[pd.Series(np.ravel(a))] * 2, n_resamples=100),
    "krippendorff_alpha": lambda a: labels.krippendorff_alpha(
        pd.DataFrame({"x": np.ravel(a), "y": np.ravel(a)}), n_resamples=100
    ),
}


def finite(found: Any) -> Any:
    """What came back, with every number in it looked at."""
    assert all(np.isfinite(part).all() for part in found)
    return found


def rates_of(counts: CountTable) -> list[Any]:
    """What report 03 makes of counts."""
    return [complaints.complaint_rates(counts), complaints.complainer_shares(counts), complaints.shrunken_rates(counts)]


def scored(outcomes: pd.DataFrame) -> pd.DataFrame:
    """The outcomes as satisfaction scores."""
    return outcomes.assign(outcome="csat") if "outcome" in outcomes else outcomes


def nothing_stated(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """A table whose nullable columns are all null."""
    kept = {c.name: table[c.name] for c in schema.TABLES[name].columns if not c.nullable and c.name in table}
    return schema.conform(pd.DataFrame(kept), name)


def common(table: pd.DataFrame, name: str) -> dict[str, pd.DataFrame]:
    """What may befall any table."""
    return {
        "no columns": pd.DataFrame(),
        "no rows": schema.empty(name),
        "one row": table.head(1),
        "nothing stated": nothing_stated(table, name),
        "one row many times": pd.concat([table.head(1)] * 30, ignore_index=True),
        "labels of rows that repeat": table.set_axis([7] * len(table)),
    }


def hostile_cases() -> dict[str, pd.DataFrame]:
    cases = CASES.cases
    early = cases["opened_at"] - pd.Timedelta(days=1)
    return common(cases, "cases") | {
        "answered before the opening": cases.assign(
            first_response_at=early.where(cases["answered"]), first_response_h=-24.0
        ),
        "never answered": cases.assign(
            answered=pd.array([False] * len(cases), dtype="boolean"), first_response_h=np.nan,
            first_response_at=cases["first_response_at"].where(cases["case_id"].eq("")),
        ),
        "answered at once": cases.assign(
            answered=pd.array([True] * len(cases), dtype="boolean"), first_response_h=0.0,
            first_response_at=cases["opened_at"],
        ),
        "hours missing": cases.assign(first_response_h=np.nan),
        "hours infinite": cases.assign(first_response_h=np.inf),
        "observation ended before": cases.assign(observed_until=early),
        "dates only": cases.assign(date_precision="day"),
        "sampled on replies": cases.assign(sampling="replies"),
    }  # fmt: skip


def hostile_outcomes() -> dict[str, pd.DataFrame]:
    outcomes = CASES.outcomes
    none = outcomes["at"].where(outcomes["speaker_id"].eq(""))
    return common(outcomes, "outcomes") | {
        "nobody left": outcomes.assign(value=0.0, at=none),
        "all left at once": outcomes.assign(value=1.0, at=outcomes["observed_from"]),
        "windows that end before": outcomes.assign(observed_until=outcomes["observed_from"] - pd.Timedelta(days=9)),
        "values missing": outcomes.assign(value=np.nan),
        "values infinite": outcomes.assign(value=np.inf),
        "values alike": outcomes.assign(value=3.0),
        "other people": outcomes.assign(speaker_id="x" + outcomes["speaker_id"]),
    }


def hostile_shares() -> dict[str, pd.DataFrame]:
    shares = SHARES
    unknown = pd.Series(pd.NA, index=shares.index, dtype="string")
    return common(shares, "shares") | {
        "parents unknown": shares.assign(parent_id=unknown),
        "no end": shares.assign(observed_until_h=np.nan),
        "all at once": shares.assign(t_h=0.0),
        "seen after the end": shares.assign(t_h=1e9),
        "hours missing": shares.assign(t_h=np.nan),
        "hours infinite": shares.assign(t_h=np.inf, observed_until_h=np.inf),
        "hours negative": shares.assign(t_h=-1.0),
        "its own parent": shares.assign(parent_id=shares["share_id"]),
        "one id": shares.assign(share_id="s"),
        "one cascade": shares.assign(cascade_id="k"),
        "roots only": shares[shares["parent_id"].isna()],
        "huge followers": shares.assign(n_followers=pd.array([10**15] * len(shares), dtype="Int64")),
    }


def hostile_exposure() -> dict[str, pd.DataFrame]:
    return common(EXPOSURE, "exposure") | {
        "nobody exposed": EXPOSURE.assign(n_exposed=0.0),
        "exposure missing": EXPOSURE.assign(n_exposed=np.nan),
        "exposure negative": EXPOSURE.assign(n_exposed=-5.0),
        "exposure infinite": EXPOSURE.assign(n_exposed=np.inf),
        "exposure huge": EXPOSURE.assign(n_exposed=1e15),
        "periods of no length": EXPOSURE.assign(period_end=EXPOSURE["period_start"]),
        "periods that overlap": EXPOSURE.assign(period_end=EXPOSURE["period_end"].max()),
    }


def hostile_counts(counts: CountTable) -> dict[str, Callable[[], CountTable]]:
    """Counts that are made, or refused, in the test."""
    changes: dict[str, dict[str, float]] = {
        "nobody exposed": {"exposure": 0.0, "n_exposed": 0.0},
        "exposure missing": {"exposure": np.nan, "n_exposed": np.nan},
        "exposure negative": {"exposure": -1.0, "n_exposed": -1.0},
        "exposure infinite": {"exposure": np.inf, "n_exposed": np.inf},
        "no complaints": {"n_complaints": 0, "n_complainers": 0, "n_squared": 0, "n_squared_month": 0},
        "complaints missing": {"n_complaints": np.nan, "n_complainers": np.nan},
        "complaints negative": {"n_complaints": -3, "n_complainers": -3},
        "complaints huge": {"n_complaints": 10**12, "exposure": 1e13, "n_exposed": 1e13},
        "alike": {"n_complaints": 7, "exposure": 1e4, "n_exposed": 1e4},
    }

    def change(some: dict[str, float]) -> Callable[[], CountTable]:
        return lambda: replace(counts, frame=counts.frame.assign(**some), total={**counts.total, **some})

    return {what: change(some) for what, some in changes.items()} | {
        "one group": lambda: replace(counts, frame=counts.frame.head(1)),
        "no groups": lambda: replace(counts, frame=counts.frame.head(0)),
        "no counts": lambda: complaints.complaint_counts(UTTERANCES.head(0), EXPOSURE, counts.by, freq=counts.freq),
    }


def hostile_codes() -> dict[str, pd.DataFrame]:
    return {
        "no columns": pd.DataFrame(),
        "no rows": CODES.head(0),
        "one row": CODES.head(1),
        "labels missing": CODES.assign(label=None),
        "labels in words": CODES.assign(label="maybe"),
        "labels in numbers": CODES.assign(label=[0.0, 1.0, 2.0] * (len(CODES) // 3)),
        "one label": CODES.assign(label=True),
        "two labels": pd.concat([CODES, CODES.assign(label=~CODES["label"])]),
        "coders missing": CODES.assign(coder=None),
        "ids missing": CODES.assign(utterance_id=None),
        "ids unknown": CODES.assign(utterance_id="x"),
        "many coders": pd.concat([CODES.assign(coder=f"c{i}") for i in range(4)]),
        "labels of rows that repeat": CODES.set_axis([7] * len(CODES)),
    }


TEXTS: dict[str, tuple[Any, Any]] = {
    "none": ([], []),
    "one": (["jag klagar"], [True]),
    "one str": ("jag klagar", [True] * 10),
    "missing": (["jag klagar", None] * 30, [True, False] * 30),
    "numbers": ([1.0] * 60, [True, False] * 30),
    "no words": (["?!"] * 60, [True, False] * 30),
    "empty": ([""] * 60, [True, False] * 30),
    "nothing shared": ([f"{chr(97 + i % 26)}x{i}" for i in range(60)], [True, False] * 30),
    "one kind": (["jag klagar"] * 60, [True] * 60),
    "labels missing": (["jag klagar", "tack"] * 30, [True, None] * 30),
    "labels in words": (["jag klagar", "tack"] * 30, ["yes", "no"] * 30),
    "labels in numbers": (["jag klagar", "tack"] * 30, [1, 2] * 30),
    "too few labels": (["jag klagar", "tack"] * 30, [True, False]),
}
CALLS = {
    "none": (0, 0), "nobody": (0, 50), "all": (50, 50), "more than there are": (60, 50), "negative": (-1, 50),
    "missing": (np.nan, 50), "infinite": (np.inf, np.inf), "parts": (12.5, 50), "huge": (2 * 10**11, 10**12),
}  # fmt: skip
TERMS: dict[str, Any] = {
    "none": {}, "no terms": {"sv": []}, "one str": {"sv": "faktura"}, "nothing": {"sv": [""]}, "star": {"sv": ["*"]},
    "no str": {"sv": [None]}, "unknown language": {"xx": ["faktura"]}, "twice": {"sv": ["faktura", "faktura"]},
}  # fmt: skip
BELIEFS = {
    "zero": (0.0, 0.5), "upside down": (0.6, 0.5), "above 1": (0.5, 1.5), "missing": (np.nan, 0.5), "one": (0.5,),
    "three": (0.1, 0.2, 0.3), "certain": (1.0, 1.0), "tiny": (1e-300, 1e-300), "infinite": (0.5, np.inf),
}  # fmt: skip


def hostile_estimates() -> dict[str, Estimate]:
    def made(estimate: float, low: float, high: float) -> Estimate:
        return Estimate("complainer_share", "", "share", estimate, low, high, 90, "", {"company": "B"})

    return {
        "not estimable": not_estimable("complainer_share", "", "share", "nobody asked", by={"company": "B"}),
        "nobody": made(0, 0, 0.04), "everybody": made(1, 0.96, 1), "a point": made(0.02, 0.02, 0.02),
        "nearly nobody": made(1e-300, 0, 1e-299), "wide": made(0.02, 0, 1),
        "another level": replace(made(0.02, 0.01, 0.03), level=0.9),
    }  # fmt: skip


NUMBERS = {
    "none": [], "one": [5.0], "missing": [1.0, np.nan] * 40, "negative": [-1.0] * 80, "alike": [3.0] * 80,
    "zero": [0.0] * 80, "huge": [1e15] * 80, "infinite": [np.inf] * 80, "parts": [1.5] * 80, "two axes": np.ones((60, 2)),
}  # fmt: skip
SLOW = {
    "sensitivity", "score_on_response", "score_on_response csat", "wait_by_load", "early_answer", "hawkes",
    "hawkes followers", "final_size", "surges",
    "speed_by_urgency", "loyalty_by_answerer", "speed_effect",
}  # fmt: skip
COMMON = {"no columns", "no rows", "one row", "nothing stated", "never answered", "nobody left", "hours missing"}
SWEEPS: list[tuple[str, dict[str, Call], dict[str, Any]]] = [
    ("cases", OF_CASES, hostile_cases()),
    ("outcomes", OF_OUTCOMES, hostile_outcomes()),
    ("shares", OF_SHARES, hostile_shares()),
    ("utterances", OF_UTTERANCES, common(UTTERANCES.assign(source="light", synthetic=True), "utterances")),
    (
        "said",
        OF_SAID,
        common(SAID, "utterances") | {"one text": SAID.assign(text="Hej"), "no text": SAID.assign(text="")},
    ),
    ("codes", OF_CODES, hostile_codes()),
    ("texts", OF_TEXTS, TEXTS),
    ("calls", OF_CALLS, CALLS),
    ("terms", OF_TERMS, TERMS),
    ("estimates", OF_ESTIMATES, hostile_estimates()),
    ("beliefs", OF_BELIEFS, BELIEFS),
    ("exposure", OF_EXPOSURE, hostile_exposure()),
    ("counts", OF_COUNTS, hostile_counts(GROUPS)),
    ("months", OF_MONTHS, hostile_counts(MONTHS)),
    ("numbers", OF_NUMBERS, {what: np.asarray(some) for what, some in NUMBERS.items()}),
]


def estimates(found: Any) -> Iterator[Estimate]:
    """All estimates in a result."""
    if isinstance(found, Estimate):
        yield found
    elif isinstance(found, tuple | list):
        for one in found:
            yield from estimates(one)
    elif is_dataclass(found):
        for one in vars(found).values():
            yield from estimates(one)


def check(call: Call, given: Any) -> None:
    """Call, and look through what comes back."""
    try:
        found = call(given() if callable(given) else given)
    except ScsrError:
        return
    for one in estimates(found):
        assert one.ok or one.reason
        if one.ok:
            assert np.isfinite(one.estimate)
            assert one.ci_low <= one.estimate <= one.ci_high


def grid() -> Iterator[Any]:
    """Every function with what it is given; the slow ones with the commonest mishaps only."""
    for name, functions, hostile in SWEEPS:
        for function, call in functions.items():
            for what, given in hostile.items():
                if function in SLOW and what not in COMMON:
                    continue
                yield pytest.param(call, given, id=f"{name}-{function}-{what}".replace(" ", "_"))


@pytest.mark.parametrize(("call", "given"), list(grid()))
def test_hostile_input_is_answered_or_refused(call: Call, given: Any) -> None:
    check(call, given)
