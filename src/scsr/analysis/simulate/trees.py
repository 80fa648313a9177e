"""Light cascades as trees of numbers: who was shared from whom and when, and which of them the firm answers."""

from __future__ import annotations

import numpy as np

from scsr.analysis.simulate.answers import thinned
from scsr.analysis.simulate.design import Design

__all__ = ["answered_trees", "draw_trees"]


def reshare_delays(design: Design, n: int, rng: np.random.Generator) -> np.ndarray:
    """Draw hours from a share to its reshare."""
    d = design
    if d.reshare_delay == "exponential":
        return rng.exponential(d.reshare_delay_median_h / np.log(2), n)
    if d.reshare_delay == "power law":
        scale = d.reshare_delay_median_h / np.expm1(np.log(2) / d.reshare_delay_exponent)
        return np.asarray(scale * rng.pareto(d.reshare_delay_exponent, n))
    return np.asarray(d.reshare_delay_median_h * np.exp(d.reshare_delay_sigma * rng.normal(size=n)))


def draw_trees(design: Design, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Draw ``cascade, parent, t_h, until_h`` of the shares that come before their cascade's end of observation."""
    d = design
    until = np.full(d.n_cascades, d.cascade_window_h)
    if d.staggered:
        until = until * rng.random(d.n_cascades)
    # where answers fan the sharing, it is drawn at the higher rate and thinned
    reproduction = d.reproduction_number * max(1.0, d.answer_hazard_ratio if d.cascades_answered else 1.0)
    cascade, t = np.arange(d.n_cascades), np.zeros(d.n_cascades)
    parent, first = np.full(d.n_cascades, -1), 0
    parts = []
    while len(cascade):
        parts.append((cascade, parent, t))
        mean = np.full(len(cascade), reproduction)
        if np.isfinite(d.offspring_dispersion):
            mean = mean * rng.gamma(d.offspring_dispersion, 1 / d.offspring_dispersion, len(cascade))
        mother = np.repeat(np.arange(len(cascade)), rng.poisson(mean))
        delay = reshare_delays(d, len(mother), rng)
        cascade, t, parent, first = cascade[mother], t[mother] + delay, mother + first, first + len(cascade)
        seen = t <= until[cascade]  # what comes later has no reshare that is seen
        cascade, t, parent = cascade[seen], t[seen], parent[seen]
    cascade, parent, t = (np.concatenate(column) for column in zip(*parts, strict=True))
    return cascade, parent, t, until


def answered_trees(
    design: Design, cascade: np.ndarray, parent: np.ndarray, t: np.ndarray, until: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, ...]:
    """Let the firm answer: return ``cascade, parent, t_h, firm``, its own shares among them and marked."""
    d = design
    delay = rng.exponential(d.answer_delay_median_h / np.log(2), d.n_cascades)
    delay[rng.random(d.n_cascades) >= d.cascades_answered] = np.inf
    alive, hours = thinned(cascade, parent, t, delay, d.answer_hazard_ratio, rng, d.answer_at_size)
    place = np.cumsum(alive) - 1
    parent = np.where(parent < 0, -1, place[parent])[alive]
    answered = np.flatnonzero(hours <= until)  # the roots stand first, in the order of the cascades
    firm = np.repeat([False, True], [alive.sum(), len(answered)])
    return (
        np.append(cascade[alive], answered), np.append(parent, answered), np.append(t[alive], hours[answered]), firm
    )  # fmt: skip
