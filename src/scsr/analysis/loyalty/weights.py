"""How soon cases are answered, and the weights that make answers alike for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scsr.analysis.loyalty.design import dense
from scsr.analysis.loyalty.episodes import grid, split
from scsr.analysis.loyalty.fit import covariate_design, covariate_factors, fold_periods, newton

__all__ = ["AnswerModel", "answer_model", "fine_grid", "in_words", "weights"]

#: Ends of the periods within the first day, in days: answers come within hours.
HOURS = np.array([0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 12.0]) / 24
MINUTE = 1 / 1440
#: Days that end the stretches within which rates of answering are proportional: what is fast at first is not for ever.
STRETCHES = (1 / 24, 4 / 24, 0.5, 3.0, 14.0)


@dataclass(frozen=True)
class AnswerModel:
    """How soon each case is answered: rates by period, proportional within a stretch of periods.

    Parameters
    ----------
    ratio : array, episodes × stretches
        Rate of each episode relative to the reference.
    ends : array
        Ends of the periods, days.
    stretch : array of int
        Stretch that each period belongs to.
    rate, plain : array
        Rate of each period: of the reference, and without covariates.
    """

    ratio: np.ndarray
    ends: np.ndarray
    stretch: np.ndarray
    rate: np.ndarray
    plain: np.ndarray

    def cumulative(self, rate: np.ndarray, at: np.ndarray) -> np.ndarray:
        """Return a rate added up until some days."""
        ends = np.concatenate([[0.0], self.ends])
        return np.asarray(np.interp(at, ends, np.concatenate([[0.0], np.cumsum(rate * np.diff(ends))])))

    def hazard(self, row: np.ndarray, at: np.ndarray) -> np.ndarray:
        """Return the cumulative hazard of an answer of some episodes until some days."""
        total = np.zeros(len(row))
        for stretch in range(self.ratio.shape[1]):
            rate = np.where(self.stretch == stretch, self.rate, 0.0)
            total += self.ratio[row, stretch] * self.cumulative(rate, at)
        return total

    def log_weight(self, row: np.ndarray, at: np.ndarray, answered: np.ndarray, answer: np.ndarray) -> np.ndarray:
        """Return the log stabilised weight of pieces: of no answer until ``at``, or of the answer when it came."""
        until = np.where(answered, answer, at)
        log = self.hazard(row, until) - self.cumulative(self.plain, until)
        place = np.minimum(np.searchsorted(self.ends, until, side="left"), len(self.ends) - 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            rates = np.log(self.plain[place]) - np.log(self.rate[place] * self.ratio[row, self.stretch[place]])
        return log + np.where(answered & np.isfinite(rates), rates, 0.0)


def fine_grid(longest: float) -> np.ndarray:
    """Return ends of periods that are short in the first day."""
    return np.concatenate([HOURS[longest > HOURS], grid("month", longest)])


def answer_model(episodes: pd.DataFrame) -> AnswerModel:
    """Fit how soon cases are answered, given severity, urgency, channel and firm."""
    answer, leave = episodes["answer"].to_numpy(), episodes["exit"].to_numpy()
    waiting = episodes.assign(entry=0.0, exit=np.minimum(answer, leave), event=answer <= leave, answer=np.inf)
    ends = fine_grid(float(waiting["exit"].max()))
    pieces = split(waiting, ends)
    row, period = pieces["row"].to_numpy(), pieces["period"].to_numpy()
    event, length = pieces["event"].to_numpy(float), (pieces["stop"] - pieces["start"]).to_numpy()
    stretch = np.searchsorted(STRETCHES, np.concatenate([[0.0], ends[:-1]]), side="right")
    ratio = np.ones((len(episodes), len(STRETCHES) + 1))
    for index in range(ratio.shape[1]):
        mine = stretch[period] == index
        if event[mine].sum():
            ratio[:, index] = rate_ratio(waiting, row[mine], period[mine], event[mine], length[mine])
    n_events, time = np.bincount(period, event, len(ends)), np.bincount(period, length, len(ends))
    weighted = np.bincount(period, length * ratio[row, stretch[period]], len(ends))
    with np.errstate(invalid="ignore"):
        return AnswerModel(ratio, ends, stretch, np.nan_to_num(n_events / weighted), np.nan_to_num(n_events / time))


def rate_ratio(
    waiting: pd.DataFrame, row: np.ndarray, period: np.ndarray, event: np.ndarray, length: np.ndarray
) -> np.ndarray:
    """Return how fast each episode is answered in a stretch of time, relative to the commonest levels."""
    level = dense(fold_periods(period, event))
    n_events = np.bincount(row, event, len(waiting))
    design, names, _ = covariate_design(waiting, row, n_events, [], [], level)
    if not names:
        return np.ones(len(waiting))
    start = np.log(np.maximum(np.bincount(level, event), 0.5) / np.bincount(level, length))
    beta, _ = newton(design, np.concatenate([np.zeros(len(names)), start]), event, np.log(length), row)
    coefficient = dict(zip(names, beta[: len(names)], strict=True))
    factors, words, _ = covariate_factors(waiting, n_events)
    of_indicator = np.array([*(coefficient.get(word, 0.0) for word in words), 0.0])
    return np.asarray(np.exp(np.sum([of_indicator[factor] for factor in factors], axis=0)))


def weights(
    model: AnswerModel, episodes: pd.DataFrame, pieces: pd.DataFrame, truncate: tuple[float, float]
) -> tuple[np.ndarray, dict[str, float]]:
    """Return the truncated weight of each piece, and what the weights are like."""
    row = pieces["row"].to_numpy()
    middle = (pieces["start"] + pieces["stop"]).to_numpy() / 2
    weight = np.exp(
        model.log_weight(row, middle, pieces["answered"].to_numpy(bool), episodes["answer"].to_numpy()[row])
    )
    low, high = np.quantile(weight, truncate)
    kept = np.clip(weight, low, high)
    last = np.flatnonzero(np.append(row[1:] != row[:-1], True))
    final = kept[last]
    return kept, {
        "mean": float(weight.mean()),
        "sd": float(weight.std()),
        "largest": float(weight.max()),
        "largest_kept": float(kept.max()),
        "truncated_share": float(((weight < low) | (weight > high)).mean()),
        "effective_cases": float(final.sum() ** 2 / (final**2).sum()),
    }


def in_words(described: Mapping[str, float], truncate: tuple[float, float]) -> str:
    """Say what the weights are like."""
    return (
        f"weights with mean {described['mean']:.3g} and at most {described['largest']:.3g}, cut at the quantiles "
        f"{truncate[0]:g} and {truncate[1]:g} to at most {described['largest_kept']:.3g}"
    )
