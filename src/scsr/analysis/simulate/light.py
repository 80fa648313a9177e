"""Light tables: what one analysis needs, drawn in milliseconds from a :class:`~scsr.analysis.simulate.design.Design`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from scsr import schema
from scsr.analysis.complaints.clusters import month_dispersion
from scsr.analysis.complaints.counts import CountTable
from scsr.analysis.simulate.design import MONTH_DAYS, SEVERITIES, Design, odds_shift
from scsr.analysis.simulate.trees import answered_trees, draw_trees

__all__ = [
    "Cases",
    "Complaints",
    "Counted",
    "complaint_table",
    "complaint_tables",
    "draw_cascades",
    "draw_cases",
    "draw_complaints",
    "draw_counted",
]

START = pd.Timestamp("2022-01-01", tz="UTC")
COUNTRIES = np.array(["SE", "NO"], dtype=object)
URGENT_SHARE = 0.3


@dataclass(frozen=True)
class Complaints:
    """Complaints against known customers, and the rates behind them.

    Parameters
    ----------
    cells : DataFrame
        One row a firm, country and month: ``firm, country, month`` (indices), ``company, sector`` and ``customers``.
    cell, speaker : array of int
        Cell and person of each complaint.
    firm_rate : array
        Complaints per 1,000 customers and month of each firm in the first country, before trend and season.
    rate : float
        The same of all customers together, as they are spread.
    """

    cells: pd.DataFrame
    cell: np.ndarray
    speaker: np.ndarray
    firm_rate: np.ndarray
    rate: float


def firm_names(n: int) -> np.ndarray:
    """Return names that sort in the order of the firms."""
    return np.array([f"Firm {i:02d}" for i in range(n)], dtype=object)


def exposed_cells(design: Design) -> pd.DataFrame:
    """Return the cells of :class:`Complaints`: who could complain, where and when."""
    d = design
    firm, country, month = (
        axis.ravel() for axis in np.meshgrid(range(d.n_firms), range(2), range(d.n_months), indexing="ij")
    )
    size = np.linspace(1 - d.size_spread, 1 + d.size_spread, d.n_firms) if d.n_firms > 1 else np.ones(1)
    # sizes are mixed, so that neither sector has the large firms
    size = size[np.argsort(np.argsort(np.arange(d.n_firms) * 7 % max(d.n_firms, 2), kind="stable"))]
    second = firm >= (d.n_firms + 1) // 2
    abroad = np.where(second, 1 - d.country_share, d.country_share)
    customers = np.maximum(1.0, np.round(d.n_customers * size[firm] * np.where(country == 1, abroad, 1 - abroad)))
    return pd.DataFrame(
        {
            "firm": firm, "country": country, "month": month, "company": firm_names(d.n_firms)[firm],
            "sector": np.where(second, "telecom", "bank"), "customers": customers,
        }
    )  # fmt: skip


def draw_complaints(design: Design, rng: np.random.Generator) -> Complaints:
    """Draw complaints against known customers.

    Who complains again does so in any month of the period: repeats are of people, dispersion is of months.

    Examples
    --------
    >>> drawn = draw_complaints(Design(complaint_rate=2.0), np.random.default_rng(1))
    >>> len(drawn.cells), drawn.rate
    (432, 2.0)
    """
    d, cells = design, exposed_cells(design)
    firm, month, customers = (cells[name].to_numpy() for name in ("firm", "month", "customers"))
    spread = np.ones(d.n_firms)
    if d.firm_spread > 0:
        spread = rng.gamma(1 / d.firm_spread**2, d.firm_spread**2, d.n_firms)
    sector = np.where(np.arange(d.n_firms) >= (d.n_firms + 1) // 2, d.sector_rate_ratio, 1)
    firm_rate = d.complaint_rate * spread * sector
    years = (month - (d.n_months - 1) / 2) / 12
    wave = d.yearly_trend**years * d.season_ratio ** (np.cos(2 * np.pi * month / 12) / 2)
    rate = firm_rate[firm] * d.country_rate_ratio ** cells["country"].to_numpy() * wave
    mean = customers * rate / 1000
    if d.complaint_dispersion > 0:
        mean = mean * rng.gamma(1 / d.complaint_dispersion, d.complaint_dispersion, len(mean))
    people = np.repeat(np.arange(len(mean)), rng.poisson(mean / d.complaints_per_complainer))
    times = rng.geometric(1 / d.complaints_per_complainer, len(people))
    speaker, cell = np.repeat(np.arange(len(people)), times), np.repeat(people, times)
    again = np.flatnonzero(speaker[1:] == speaker[:-1]) + 1 if len(speaker) else np.zeros(0, dtype=int)
    # the months of a firm and country stand next to each other
    cell[again] += rng.integers(d.n_months, size=len(again)) - month[cell[again]]
    return Complaints(cells, cell, speaker, firm_rate, float((customers * rate).sum() / customers.sum()))


def complaint_tables(drawn: Complaints, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return complaints as the tables ``utterances`` and ``exposure`` of the contract."""
    cells, cell = drawn.cells, drawn.cell
    month = cells["month"].to_numpy()
    starts = pd.date_range(START, periods=month.max() + 2, freq="MS")
    where = {"company": cells["company"], "sector": cells["sector"], "country": COUNTRIES[cells["country"]]}
    exposure = pd.DataFrame(
        {
            **where, "period_start": starts[month], "period_end": starts[month + 1], "n_exposed": cells["customers"],
            "exposure_unit": "customers",
        }
    )  # fmt: skip
    days = (starts[1:] - starts[:-1]).days.to_numpy()[month[cell]]
    at = starts[month[cell]] + pd.to_timedelta((rng.random(len(cell)) * days * 86400).astype(np.int64), unit="s")
    said = pd.DataFrame(
        {
            **{name: np.asarray(values, dtype=object)[cell] for name, values in where.items()}, "published_at": at,
            "kind": "complaint", "speaker_id": [f"p{i}" for i in drawn.speaker], "source": "light",
        }
    )  # fmt: skip
    return schema.conform(said, "utterances"), schema.conform(exposure, "exposure")


def complaint_table(
    drawn: Complaints, by: tuple[str, ...] = ("company",), freq: Literal["month"] | None = None
) -> CountTable:
    """Return the counts that :func:`~scsr.analysis.complaints.complaint_counts` makes of the tables, at once."""
    months = [pd.Timestamp(at) for at in pd.date_range(START, periods=int(drawn.cells["month"].max()) + 1, freq="MS")]
    cells = drawn.cells.assign(
        country=COUNTRIES[drawn.cells["country"]], period=np.array(months, dtype=object)[drawn.cells["month"]]
    )
    keys = [*by, *(["period"] if freq else [])]
    total = tally(drawn, cells.assign(all=""), ["all"])
    frame = tally(drawn, cells, keys) if keys else total
    counted = {str(name): float(value) for name, value in total.drop(columns="all").iloc[0].items()}
    return CountTable(frame, counted, by, "customers", True, freq, n_months=len(months))


def tally(drawn: Complaints, cells: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Count complaints, people and exposure by group."""
    group, index = pd.factorize(pd.MultiIndex.from_frame(cells[keys]), sort=True)
    n = len(index)
    mine = group[drawn.cell]
    people, times = np.unique(np.column_stack([mine, drawn.speaker]), axis=0, return_counts=True)
    month = np.column_stack([mine, drawn.speaker, drawn.cell])
    monthly, within = np.unique(month, axis=0, return_counts=True)
    exposure = np.bincount(group, cells["customers"], n)
    n_months = cells.groupby(group)["month"].nunique().to_numpy()
    table = pd.DataFrame(index.to_frame(index=False).to_numpy(), columns=keys)
    table = table.assign(
        n_complaints=np.bincount(mine, minlength=n), n_complainers=np.bincount(people[:, 0], minlength=n),
        n_without_speaker=0, n_squared=np.bincount(people[:, 0], times**2, n).astype(int),
        n_squared_month=np.bincount(monthly[:, 0], within**2, n).astype(int),
        n_person_months=np.bincount(monthly[:, 0], minlength=n), month_dispersion=np.nan,
        n_exposed=exposure / n_months, exposure=exposure,
    )  # fmt: skip
    if "period" not in keys:
        where = cells["company"] + cells["country"]
        matched = pd.DataFrame({"cell": where.to_numpy()[drawn.cell], "period": cells["month"].to_numpy()[drawn.cell]})
        pieces = pd.DataFrame({"cell": where, "period": cells["month"], "exposure": cells["customers"], "group": group})
        table["month_dispersion"] = month_dispersion(matched, pieces, ["group"]).to_numpy()
    return table


@dataclass(frozen=True)
class Counted:
    """What a classifier called complaints, and the labelled texts behind its error."""

    n_called: int
    n: int
    n_found: int
    n_positive: int
    n_passed: int
    n_negative: int


def draw_counted(design: Design, rng: np.random.Generator) -> Counted:
    """Draw the counts of a classifier that errs at known rates.

    Examples
    --------
    >>> draw_counted(Design(sensitivity=1, specificity=1, prevalence=0), np.random.default_rng(1)).n_called
    0
    """
    d = design
    positive = d.n_labelled // 2
    negative = d.n_labelled - positive
    complaints = rng.binomial(d.n_texts, d.prevalence)
    called = rng.binomial(complaints, d.sensitivity) + rng.binomial(d.n_texts - complaints, 1 - d.specificity)
    return Counted(
        int(called), d.n_texts, int(rng.binomial(positive, d.sensitivity)), positive,
        int(rng.binomial(negative, d.specificity)), negative,
    )  # fmt: skip


@dataclass(frozen=True)
class Cases:
    """Cases, the outcomes of their customers, and what was drawn.

    Parameters
    ----------
    cases, outcomes : DataFrame
        Tables of the contract; outcomes are churn, of customers without a case too.
    drawn : DataFrame
        One row a case: ``firm, severity, urgent, opened_day, answer_day`` (since the opening; infinite where none
        comes), ``churn_day`` (since the opening).
    """

    cases: pd.DataFrame
    outcomes: pd.DataFrame
    drawn: pd.DataFrame


def firm_hazard(design: Design, firm: np.ndarray) -> np.ndarray:
    """Return the hazard of leaving a day, without a failure, of the customers of each firm."""
    place = firm / (design.n_firms - 1) - 0.5 if design.n_firms > 1 else np.zeros(len(firm))
    return np.asarray(design.churn_hazard_month / MONTH_DAYS * design.firm_hazard_ratio**place)


def draw_follow_up(design: Design, rng: np.random.Generator) -> pd.DataFrame:
    """Draw covariates, answers and leaving, in days since the opening; see :class:`Cases`."""
    d, n = design, design.n_cases
    firm = np.arange(n) % d.n_firms
    severity = rng.choice(SEVERITIES, n)
    urgent = rng.random(n) < URGENT_SHARE
    step = severity - 3.0
    u = rng.random(n)
    doublings = np.log2(u / (1 - u)) / d.response_shape
    hours = d.first_response_median_h * d.severity_response_ratio**step * 2**doublings
    ever = rng.random(n) < odds_shift(d.ever_answered, d.severity_answered_odds_ratio**step)
    answer = np.where(ever & (hours <= d.longest_answer_h), hours / 24, np.inf)
    hazard = firm_hazard(d, firm) * d.severity_hazard_ratio**step * d.failure_hazard_ratio
    after = d.loyalty_hazard_ratio * d.speed_hazard_ratio**doublings * np.where(urgent, d.urgent_interaction, 1.0)
    goal = rng.exponential(size=n) / hazard
    churn = np.where(goal <= answer, goal, answer + (goal - np.where(np.isfinite(answer), answer, 0)) / after)
    lost = (answer > churn) & (rng.random(n) >= d.answered_after_churn)
    return pd.DataFrame(
        {
            "firm": firm, "severity": severity, "urgent": urgent, "opened_day": rng.random(n) * d.open_days,
            "answer_day": np.where(lost, np.inf, answer), "churn_day": churn,
        }
    )  # fmt: skip


def instants(day: np.ndarray) -> pd.Series:
    """Return days since the start as instants to the second; null where not finite."""
    span = np.full(len(day), np.timedelta64("NaT"), dtype="timedelta64[s]")
    known = np.isfinite(day)
    span[known] = np.round(day[known] * 86400).astype("timedelta64[s]")
    return START + pd.Series(span.astype("timedelta64[us]"))


def draw_cases(design: Design, rng: np.random.Generator) -> Cases:
    """Draw cases and the leaving of their customers, one case each.

    Examples
    --------
    >>> drawn = draw_cases(Design(n_cases=50, n_without_case=10), np.random.default_rng(1))
    >>> len(drawn.cases), len(drawn.outcomes)
    (50, 60)
    """
    d, drawn = design, draw_follow_up(design, rng)
    n, names = d.n_cases, firm_names(design.n_firms)
    opened = drawn["opened_day"].to_numpy()
    answer, churn = opened + drawn["answer_day"].to_numpy(), opened + drawn["churn_day"].to_numpy()
    answer, churn = np.where(answer <= d.end_days, answer, np.inf), np.where(churn <= d.end_days, churn, np.inf)
    answered, opened_at, answer_at = np.isfinite(answer), instants(opened), instants(answer)
    ids = [f"c{i}" for i in range(n)]
    cases = pd.DataFrame(
        {
            "case_id": ids, "conversation_id": ids, "speaker_id": ids, "company": names[drawn["firm"]],
            "channel": "email", "language": "sv", "opened_at": opened_at, "date_precision": "second",
            "first_response_at": answer_at,
            "first_response_h": (answer_at - opened_at).dt.total_seconds() / 3600,
            "answered": answered, "answered_by": pd.Series("firm", index=range(n)).where(answered), "n_turns": 1,
            "observed_until": instants(np.full(n, d.end_days)), "severity": drawn["severity"],
            "urgent": drawn["urgent"], "sampling": "complete", "source": "light", "synthetic": True,
        }
    )  # fmt: skip
    m = d.n_without_case
    firm = np.arange(m) % d.n_firms
    since = rng.random(m) * d.open_days
    gone = since + rng.exponential(size=m) / firm_hazard(d, firm)
    gone = np.where(gone <= d.end_days, gone, np.inf)
    at = np.concatenate([churn, gone])
    outcomes = pd.DataFrame(
        {
            "speaker_id": ids + [f"q{i}" for i in range(m)], "company": names[np.concatenate([drawn["firm"], firm])],
            "at": instants(at), "outcome": "churn", "value": np.isfinite(at).astype(float),
            "observed_from": instants(np.concatenate([opened, since])), "observed_until": instants(np.full(n + m, d.end_days)),
            "source": "light", "synthetic": True,
        }
    )  # fmt: skip
    return Cases(schema.conform(cases, "cases"), schema.conform(outcomes, "outcomes"), drawn)


def draw_cascades(design: Design, rng: np.random.Generator, valence: str = "negative") -> pd.DataFrame:
    """Draw cascades of sharing: each share has negative binomial reshares, each after a random delay.

    Where the design says so, the firm answers some of them: with a share of its own, after which the hazard of new
    shares is another.

    Returns
    -------
    DataFrame
        Table ``shares``: the shares that come before their cascade's end of observation.

    Examples
    --------
    >>> drawn = draw_cascades(Design(n_cascades=30), np.random.default_rng(1))
    >>> drawn["cascade_id"].nunique(), int(drawn["parent_id"].isna().sum())
    (30, 30)
    """
    cascade, parent, t, until = draw_trees(design, rng)
    firm = np.zeros(len(t), dtype=bool)
    if design.cascades_answered > 0:
        cascade, parent, t, firm = answered_trees(design, cascade, parent, t, until, rng)
    followers = np.floor(150 * np.exp(rng.normal(size=len(t)))).astype(np.int64)
    table = pd.DataFrame(
        {
            "share_id": [f"{valence[0]}{i}" for i in range(len(t))],
            "cascade_id": [f"{valence[0]}k{k}" for k in cascade],
            "parent_id": [f"{valence[0]}{i}" if i >= 0 else None for i in parent],
            "t_h": t, "observed_until_h": until[cascade], "n_followers": followers,
            "speaker_id": [f"{valence[0]}s{i}" for i in range(len(t))],
            "speaker_role": np.where(firm, "firm", "customer"), "valence": valence,
            "source": "light", "synthetic": True,
        }
    )  # fmt: skip
    return schema.conform(table, "shares")
