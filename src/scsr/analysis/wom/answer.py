"""What spreading looks like once the firm has answered: the hazard of a new share after against before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import optimize, stats

from scsr.analysis.checks import check_columns
from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.intervals import check_level
from scsr.analysis.wom.cascades import acts_of_firm, without_answers
from scsr.analysis.wom.events import Events, events_of
from scsr.analysis.wom.frailty import SHAPES, frailty_terms
from scsr.analysis.wom.hawkes import BOUNDS, covariances, excitement, fit_memory, make_memory
from scsr.analysis.wom.ids import MOST_TIMED, plain_ids, some_cascades
from scsr.analysis.wom.offspring import fit_offspring, parents_in
from scsr.analysis.wom.summary import median_interval
from scsr.analysis.wom.trees import parents_of
from scsr.errors import EstimationError

__all__ = ["AnswerEffect", "early_answer"]

NAME, UNIT = "answer_hazard_ratio", "ratio"
WORDS = (
    "hazard of a new share after the firm's first answer in a cascade as a multiple of what the cascade's own earlier "
    "shares let expect without one; an association"
)
ASSUMPTIONS = (
    "what made the firm answer when it did shows in the shares before its answer, or in the valence of the root",
    "a share wanes with age alike whether or not the firm has answered",
    "cascades are independent, and the end of observation has nothing to do with how they go",
)
FRAILTY = "{} catch more or less than others by a gamma-distributed factor"
LEAST = 10


@dataclass(frozen=True)
class AnswerEffect:
    """New shares before and after the firm's answer.

    Parameters
    ----------
    estimates : tuple of Estimate
        ``answer_hazard_ratio``, and ``answer_delay_median_h`` among cascades answered.
    frame : DataFrame
        ``stretch`` (never answered, before the answer, after it)``, n_cascades, n_shares, n_expected`` (shares that
        the model without an answer lets expect)``, ratio``.
    """

    estimates: tuple[Estimate, ...]
    frame: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["stretch", "n_cascades", "n_shares", "n_expected", "ratio"])
    )


def early_answer(
    shares: pd.DataFrame,
    answers: pd.Series | None = None,
    memory: str = "power law",
    until_h: float | None = None,
    level: float = 0.95,
    most: int | None = MOST_TIMED,
    seed: int = 1,
) -> AnswerEffect:
    """Compare the hazard of new shares after the firm's first answer with that before it.

    Every share of a cascade goes on bringing others for a while; how this wanes is fitted to all cascades, so that
    the firm's answer is not credited with the waning that comes with age. Where it is known from whom each share came,
    this is the hazard of direct reshares by the age of a share, on which those of like age are compared; else a
    self-exciting process of all shares of the cascade. The hazard after the answer is compared
    with what the shares until then let expect, cascades not yet and never answered being the comparison at every
    moment; so time before the answer counts as unanswered. What the firm shares, and what is shared from it, is
    neither counted nor taken to bring shares of the complaint.

    Parameters
    ----------
    shares : DataFrame
        Table ``shares``, firm's own acts in the cascade with ``speaker_role`` *firm*.
    answers : Series, optional
        Hours from the root to the firm's first answer by ``cascade_id``, where the answers stand elsewhere; cascades
        not named count as not answered.
    memory : {"power law", "exponential"}
        How a share wanes, where parents are unknown.
    until_h : float, optional
        Hours for which every cascade was followed, where the table does not say.
    level : float
        Confidence of the intervals.
    most, seed : int, optional
        Shares to fit to at most, of cascades drawn by :func:`some_cascades`; None fits to all.

    Returns
    -------
    AnswerEffect
        An association: a firm that answers what is about to blow over will look as if it had stopped it. Not
        estimable where no answers are known, or with fewer than 10 answered cascades or 10 shares before or after.

    Raises
    ------
    EstimationError
        If an answer comes before its root, a level is none, or the memory is unknown.

    References
    ----------
    Andersen, P. K. & Gill, R. D. (1982). Cox's regression model for counting processes. *Annals of Statistics*, 10,
    1100-1120.
    Andersen, P. K., Borgan, Ø., Gill, R. D. & Keiding, N. (1993). *Statistical models based on counting processes*.
    Springer, chapter IX.

    Examples
    --------
    >>> from scsr import schema
    >>> ids = [f"s{i}" for i in range(40)]
    >>> rows = pd.DataFrame({"share_id": ids, "cascade_id": ids[:20] * 2, "t_h": [0.0] * 20 + [1.0] * 20,
    ...                      "observed_until_h": 9.0})
    >>> early_answer(schema.conform(rows, "shares")).estimates[0].reason
    'the firm takes part in no cascade, and no answers were given'
    """
    if memory not in ("power law", "exponential"):
        raise EstimationError(f"memory={memory!r} is none of power law, exponential")
    check_level(level)
    needs = ("share_id", "cascade_id", "parent_id", "t_h", "observed_until_h", "speaker_role")
    check_columns(shares, needs, "shares", "the answer's hazard ratio")
    shares, drawn = some_cascades(shares, most, seed)
    shares = shares.reset_index(drop=True)
    firm = acts_of_firm(shares)
    answered_at = first_answers(shares, firm) if answers is None else checked(answers)
    # a cascade whose root is the firm's own is no complaint that it could answer
    own = shares["cascade_id"].isin(shares.loc[firm & shares["t_h"].eq(0), "cascade_id"])
    kept = without_answers(shares[~own])
    events = events_of(kept, until_h)
    if isinstance(events, str):
        return refused(events, 0, level)
    if not len(answered_at):
        return refused("the firm takes part in no cascade, and no answers were given", events.n_cascades, level)
    hours = answered_at.reindex(events.names).to_numpy(float)
    end = np.zeros(events.n_cascades)
    np.maximum.at(end, events.cascade, events.t + events.ahead)
    hours = np.where(hours < end, hours, np.inf)
    parent, kind = parents_in(events, parents_of(kept)), kinds_of(kept, events)
    return compared(events, hours, parent, kind, memory, level, drawn)


def refused(reason: str, n: int, level: float) -> AnswerEffect:
    """Return the result that says why there is none."""
    delay = not_estimable("answer_delay_median_h", DELAY, "h", reason, n=n, level=level)
    return AnswerEffect((not_estimable(NAME, WORDS, UNIT, reason, n=n, level=level), delay))


DELAY = "median time from the root to the firm's first answer, among cascades answered"


def first_answers(shares: pd.DataFrame, firm: np.ndarray) -> pd.Series:
    """Return hours to the firm's first act in each cascade that it takes part in."""
    found = shares[firm & shares["t_h"].gt(0).to_numpy()]
    return found.groupby(plain_ids(found["cascade_id"]))["t_h"].min().astype(float)


def kinds_of(shares: pd.DataFrame, events: Events) -> np.ndarray:
    """Return the kind of each cascade by the valence of its root, as far as the source states it."""
    if "valence" not in shares:
        return np.zeros(events.n_cascades, dtype=int)
    valence = shares["valence"].astype("string").fillna("").to_numpy(object)[events.rows[events.first]]
    return np.asarray(pd.factorize(valence, sort=True)[0])


def checked(answers: pd.Series) -> pd.Series:
    """Refuse answers that are none."""
    if not isinstance(answers, pd.Series):
        raise EstimationError("answers must be a Series of hours by cascade_id")
    hours = pd.to_numeric(answers, errors="coerce").where(answers.notna(), np.nan).astype(float)
    strange = answers.notna() & hours.isna()
    if strange.any():
        raise EstimationError(
            f"answer to cascade {answers.index[strange][0]} at {answers[strange].iloc[0]!r}: give hours"
        )
    hours = hours.dropna()
    bad = hours[~(np.isfinite(hours) & hours.ge(0))]
    if len(bad):
        raise EstimationError(f"answer to cascade {bad.index[0]} at {bad.iloc[0]} h: give hours of 0 or more")
    if not hours.index.is_unique:
        raise EstimationError("a cascade stands twice in answers; give the first answer of each")
    return hours if pd.api.types.is_integer_dtype(hours.index.dtype) else hours.set_axis(hours.index.astype(str))


def compared(
    events: Events, hours: np.ndarray, parent: np.ndarray | None, kind: np.ndarray, memory: str, level: float,
    drawn: tuple[str, ...],
) -> AnswerEffect:  # fmt: skip
    """Fit how shares wane, then the hazard after the answer; by direct reshares where all parents are known."""
    reshare = ~events.first
    after = reshare & (events.t > hours[events.cascade])
    answered = np.isfinite(hours)
    n_before = int((reshare & ~after).sum())
    if answered.sum() < LEAST or n_before < LEAST or after.sum() < LEAST:
        reason = (
            f"{int(answered.sum())} answered cascades, {n_before} shares without an answer and {int(after.sum())} after "
            f"one are too few; it takes {LEAST} of each"
        )
        return refused(reason, int(answered.sum()), level)
    if parent is None:
        x, likelihoods, due = fit_answer(events, hours, after, memory)
        bounds, alike = [*BOUNDS[memory], (np.log(1e-3), np.log(10)), SHAPES], "cascades"
        model = f"Hawkes process with {memory} memory"
    else:
        fit = fit_offspring(events, parent, hours, after, kind)
        x, likelihoods, due, bounds, alike = fit.x, fit.likelihoods, fit.due, fit.bounds, fit.alike
        model = "direct reshares by the age of a share"
        if kind.any():
            model += " and the root's valence"
    (ratio, low, high) = ratio_interval(x, likelihoods, bounds, events.n_cascades, level)
    seen = [np.bincount(events.cascade, part, minlength=events.n_cascades) for part in (reshare & ~after, after)]
    n = int(answered.sum())
    method = (
        f"{model}, the hazard multiplied from the answer on (Andersen & Gill 1982), gamma frailty of {alike}; interval "
        "robust to likeness within cascades"
    )
    delay = median_interval(hours[answered], level)
    estimates = (
        Estimate(NAME, WORDS, UNIT, ratio, low, high, n, method, (), (*ASSUMPTIONS, FRAILTY.format(alike), *drawn), level),
        Estimate(
            "answer_delay_median_h", DELAY, "h", delay[0], max(delay[1], 0.0), delay[2], n,
            "median, exact interval by order statistics", (), (*ASSUMPTIONS[-1:], *drawn), level,
        ),
    )  # fmt: skip
    return AnswerEffect(estimates, stretches(seen, due, answered))


def fit_answer(
    events: Events, hours: np.ndarray, after: np.ndarray, memory: str
) -> tuple[np.ndarray, Callable[[np.ndarray], np.ndarray], list[np.ndarray]]:
    """Fit memory, branching factor, frailty and hazard ratio together.

    Returns
    -------
    tuple
        Parameters (logs: memory, branching factor, shape of the frailty, hazard ratio), the log likelihood of each
        cascade as a function of them, and the shares due before and after the answer for a branching factor of 1.
    """
    longest_h = float((events.t + events.ahead).max())
    until = np.maximum(hours[events.cascade] - events.t, 0.0)
    ones, total = np.ones(len(events.t)), np.bincount(events.cascade, ~events.first)
    n_after = np.bincount(events.cascade, after)

    def parts(x: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
        delays = make_memory(memory, x, longest_h)
        density, whole = excitement(events, delays, ones)
        early = delays.share_by(np.minimum(until, events.ahead))
        return density, [np.bincount(events.cascade, part) for part in (early, whole - early)]

    def likelihoods(x: np.ndarray) -> np.ndarray:
        density, due = parts(x)
        counts = frailty_terms(total, due[0] + np.exp(x[-1]) * due[1], x[-3], x[-2])
        return np.asarray(np.bincount(events.cascade, np.log(density)) + n_after * x[-1] + counts)

    start, branching, _ = fit_memory(events, memory)
    bounds = [*BOUNDS[memory], (np.log(1e-3), np.log(10)), SHAPES, (-6.0, 6.0)]
    first = np.array([*start, np.log(branching), np.log(2.0), 0.0])
    n = total.sum()
    best = optimize.minimize(lambda x: -likelihoods(x).sum() / n, first, bounds=bounds, method="L-BFGS-B",
                             options={"ftol": 1e-10, "gtol": 1e-6}).x  # fmt: skip
    return best, likelihoods, parts(best)[1]


def ratio_interval(
    x: np.ndarray,
    likelihoods: Callable[[np.ndarray], np.ndarray],
    bounds: list[tuple[float, float]],
    n: int,
    level: float,
) -> tuple[float, float, float]:
    """Return the hazard ratio and its interval, robust to likeness within cascades."""
    # a parameter at its bound is taken as known
    inside = [low + 2e-3 < value < high - 2e-3 for value, (low, high) in zip(x, bounds, strict=False)]
    free = [*np.flatnonzero(inside), len(x) - 1]

    def at(part: np.ndarray) -> np.ndarray:
        full = x.copy()
        full[free] = part
        return likelihoods(full)

    variance = max(one[-1, -1] for one in covariances(at, x[free]))
    half = stats.t.isf((1 - level) / 2, n - 1) * np.sqrt(max(variance, 0.0))
    return float(np.exp(x[-1])), float(np.exp(x[-1] - half)), float(np.exp(x[-1] + half))


def stretches(seen: list[np.ndarray], due: list[np.ndarray], answered: np.ndarray) -> pd.DataFrame:
    """Return shares seen and expected in cascades never answered, before an answer and after it."""
    rate = seen[0].sum() / due[0].sum()
    rows = [
        ("never answered", ~answered, 0), ("before the answer", answered, 0), ("after the answer", answered, 1)
    ]  # fmt: skip
    made = [
        (name, int(which.sum()), int(seen[part][which].sum()), float(rate * due[part][which].sum()))
        for name, which, part in rows
    ]
    frame = pd.DataFrame(made, columns=["stretch", "n_cascades", "n_shares", "n_expected"])
    return frame.assign(ratio=frame["n_shares"] / frame["n_expected"].where(frame["n_expected"] > 0))
