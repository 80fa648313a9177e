"""The hazard of direct reshares by the age of a share, before and after an answer, where parents are known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import optimize

from scsr.analysis.wom.events import Events
from scsr.analysis.wom.frailty import SHAPES, frailty_terms
from scsr.errors import EstimationError

__all__ = ["OffspringFit", "fit_offspring", "parents_in"]

RATES = (-6.0, 6.0)  # bounds of log rates, on a clock on which they are near 0, and of the log ratio
SPAN = 25  # reshares behind each rate


@dataclass(frozen=True)
class OffspringFit:
    """A fitted hazard of direct reshares.

    Parameters
    ----------
    x : ndarray
        Logs: rates by age, ratios of kinds of cascades to the first kind, shape of the frailty, hazard ratio.
    bounds : list of tuple
        Of all but the last.
    likelihoods : callable
        Log likelihood of each cascade as a function of these.
    due : list of ndarray
        Reshares that each cascade lets expect before and after the answer, for a ratio of 1.
    alike : str
        What shares a frailty: ``shares`` (their direct reshares) or ``cascades``.
    """

    x: np.ndarray
    bounds: list[tuple[float, float]]
    likelihoods: Callable[[np.ndarray], np.ndarray]
    due: list[np.ndarray]
    alike: str


def parents_in(events: Events, parent: np.ndarray) -> np.ndarray | None:
    """Return the position of each event's parent among the events; None where a share but the first has none.

    Parameters
    ----------
    events : Events
    parent : ndarray of int
        Position of each share's parent in the table that the events came from; -1 at roots and where unknown.

    Raises
    ------
    EstimationError
        If a share comes before its parent.
    """
    place = np.full(len(parent), -1)
    place[events.rows] = np.arange(len(events.rows))
    above = parent[events.rows]
    found = np.where(above >= 0, place[above], -1)
    if ((found < 0) != events.first).any():
        return None
    early = np.flatnonzero((found >= 0) & (events.t < events.t[found]))
    if len(early):
        name = events.names[events.cascade[early[0]]]
        raise EstimationError(f"a share of cascade {name} comes before its parent; correct t_h")
    return found


def clock(ages: np.ndarray, ahead: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Return the mean cumulative number of reshares by age, as a function (Nelson & Aalen)."""
    ordered = np.sort(ages)
    at_risk = len(ahead) - np.searchsorted(np.sort(ahead), ordered - 1e-9, side="left")
    total = np.append(0.0, np.cumsum(1 / np.maximum(at_risk, 1)))
    return lambda age: total[np.searchsorted(ordered, age + 1e-9, side="right")]


def fit_offspring(
    events: Events, parent: np.ndarray, hours: np.ndarray, after: np.ndarray, kind: np.ndarray
) -> OffspringFit:
    """Fit rates by age, gamma frailty and hazard ratio together, by maximum likelihood.

    Ages are told on the clock of all reshares, on which the hazard is near one at every age, so that a few constant
    rates describe what is left. Frailty is of shares or of cascades, whichever is more likely.

    Parameters
    ----------
    events : Events
    parent : ndarray of int
        From :func:`parents_in`.
    hours : ndarray
        Hours from the root of each cascade to the answer; infinite for none.
    after : ndarray of bool
        Which shares come after it.
    kind : ndarray of int
        Kind of each cascade, from 0: kinds may catch more or less than others.

    References
    ----------
    Nielsen, G. G., Gill, R. D., Andersen, P. K. & Sørensen, T. I. A. (1992). A counting process approach to maximum
    likelihood estimation in frailty models. *Scandinavian Journal of Statistics*, 19, 25-43.
    """
    child = np.flatnonzero(parent >= 0)
    ages = events.t[child] - events.t[parent[child]]
    told = clock(ages, events.ahead)
    n_rates = int(np.clip(len(child) // SPAN, 1, 4))
    edges = np.append(0.0, np.quantile(told(ages), np.arange(1, n_rates + 1) / n_rates))
    until = np.clip(hours[events.cascade] - events.t, 0.0, events.ahead)
    # an answer before a share leaves no age of it unanswered, reshares at the same instant included
    by_answer = np.where(hours[events.cascade] < events.t, 0.0, told(until))

    def spans(to: np.ndarray) -> np.ndarray:
        return np.clip(to[:, None] - edges[None, :-1], 0.0, np.diff(edges)[None, :])

    before, whole = spans(by_answer), spans(told(events.ahead))
    rank = np.clip(np.searchsorted(edges, told(ages), side="left") - 1, 0, n_rates - 1)
    n_of_rate = np.zeros((events.n_cascades, n_rates))
    np.add.at(n_of_rate, (events.cascade[child], rank), 1)
    n_after = np.bincount(events.cascade, after, minlength=events.n_cascades)
    n_child = np.bincount(events.cascade[child], minlength=events.n_cascades)
    n_kinds = int(kind.max()) + 1
    reshares = np.bincount(parent[child], minlength=len(events.t))
    bounds = [RATES] * (n_rates + n_kinds - 1) + [SHAPES]

    def expected(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        factor = np.exp(np.append(0.0, x[n_rates:-2]))[kind][events.cascade]
        return factor * (before @ np.exp(x[:n_rates])), factor * (whole @ np.exp(x[:n_rates]))

    fits = []
    for alike in ("shares", "cascades"):
        own = np.arange(len(events.t)) if alike == "shares" else events.cascade
        counts = np.bincount(own, reshares)

        def likelihoods(x: np.ndarray, own: np.ndarray = own, counts: np.ndarray = counts) -> np.ndarray:
            first, both = expected(x)
            due = np.bincount(own, first + np.exp(x[-1]) * (both - first))
            terms = frailty_terms(counts, due, 0.0, x[-2])
            if len(terms) != events.n_cascades:
                terms = np.bincount(events.cascade, terms)
            kinds = np.append(0.0, x[n_rates:-2])[kind]
            return np.asarray(terms + n_of_rate @ x[:n_rates] + n_child * kinds + n_after * x[-1])

        start = np.append(np.zeros(n_rates + n_kinds - 1), [np.log(2.0), 0.0])
        found = optimize.minimize(
            lambda x, of: -of(x).sum() / len(child), start, args=(likelihoods,), bounds=[*bounds, RATES],
            method="L-BFGS-B", options={"ftol": 1e-11, "gtol": 1e-6},
        )  # fmt: skip
        first, both = expected(found.x)
        due = [np.bincount(events.cascade, part) for part in (first, both - first)]
        fits.append((found.fun, OffspringFit(found.x, bounds, likelihoods, due, alike)))
    return min(fits, key=lambda fit: fit[0])[1]
