"""Cascades of shares: a branching process on followers, seeded by cases; the firm answers some of the negative ones."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scsr.analysis.simulate.answers import thinned
from scsr.analysis.simulate.openings import PUBLIC, choose
from scsr.analysis.simulate.parameters import FIRMS, Parameters

__all__ = ["draw_shares"]

FIRM_FOLLOWERS = 10_000  # of the account of a firm of size 1


def draw_roots(p: Parameters, cases: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Draw the cases that start a cascade: ``case, minute, valence, role``."""
    public = cases["channel"].isin(PUBLIC)
    negative = np.flatnonzero(public & (cases["valence"] == "negative"))
    positive = np.flatnonzero(public & (cases["valence"] == "positive"))
    n_negative = rng.poisson(p.cascade_seeds_per_complaint * (cases["kind"] == "complaint").sum())
    n_positive = rng.poisson(n_negative / p.negative_positive_ratio) if p.negative_positive_ratio > 0 else 0
    case = np.concatenate(
        [
            rng.choice(negative, n_negative if len(negative) else 0) if len(negative) else np.array([], dtype=np.int64),
            rng.choice(positive, n_positive if len(positive) else 0) if len(positive) else np.array([], dtype=np.int64),
        ]
    )
    roots = pd.DataFrame({"case": case, "valence": cases["valence"].to_numpy()[case]})
    # a case that seeds twice is shared by others from elsewhere, hours later
    roots["minute"] = cases["minute"].to_numpy()[case] + np.floor(rng.exponential(360, len(case))).astype(np.int64)
    role = choose(list(p.share_roles), list(p.share_roles.values()), len(case), rng)
    roots["role"] = np.where(roots["valence"] == "negative", "customer", role)
    return roots.sort_values(["minute", "case"], kind="stable", ignore_index=True)


def draw_followers(p: Parameters, n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw followers and the fertility that they give, whose mean is 1."""
    raw = p.followers_median * np.exp(p.followers_sigma * rng.normal(size=n))
    gamma = p.follower_exponent
    mean = np.exp(gamma * np.log(p.followers_median) + (gamma * p.followers_sigma) ** 2 / 2)
    return np.floor(raw).astype(np.int64), raw**gamma / mean


def draw_answer_delays(p: Parameters, valence: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw the hours from the root to the firm's answer, for each cascade; infinite where none comes."""
    hours = p.cascade_answer_median_h * np.exp(p.cascade_answer_sigma * rng.normal(size=len(valence)))
    answers = (valence == "negative") & (rng.random(len(valence)) < p.cascade_answered_share)
    return np.where(answers, hours, np.inf)


def add_answers(
    p: Parameters, every: pd.DataFrame, roots: pd.DataFrame, cases: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Let the firm answer: leave out what was then not shared, and add the firm's own shares."""
    cascade = every["cascade"].to_numpy()
    delay = draw_answer_delays(p, roots["valence"].to_numpy(), rng)
    alive, hours = thinned(
        cascade, every["parent"].to_numpy(), every["t_h"].to_numpy(), delay, p.answer_hazard_ratio, rng
    )  # fmt: skip
    answered = np.flatnonzero(np.isfinite(hours))
    # the roots stand first, in the order of the cascades
    place = np.cumsum(alive) - 1
    parent = np.where(every["parent"] < 0, -1, place[every["parent"]])
    size = np.array([firm.size for firm in FIRMS])[cases["firm"].to_numpy()[roots["case"].to_numpy()[answered]]]
    own = pd.DataFrame(
        {
            "cascade": answered, "parent": answered, "t_h": hours[answered],
            "n_followers": np.round(FIRM_FOLLOWERS * size).astype(np.int64), "speaker_role": "firm",
        }
    )  # fmt: skip
    return pd.concat([every.assign(parent=parent)[alive], own], ignore_index=True)


def draw_shares(
    p: Parameters, cases: pd.DataFrame, end: float, rng: np.random.Generator, answers: np.random.Generator
) -> tuple[pd.DataFrame, dict[str, float]]:
    """Draw the shares that are seen, and count those that fall after the end of collection.

    Parameters
    ----------
    end : float
        End of observation, minutes since the start.
    rng, answers : Generator
        Source of randomness of the sharing, and of the firm's answers to it.

    Returns
    -------
    DataFrame
        ``share, cascade, parent`` (indices; -1 for none), ``t_h, root_minute, observed_until_h, n_followers,
        speaker_role, valence, case`` (of a root)``, about`` (case that the cascade is about).
    dict
        Realised ``n_shares, n_shares_unseen``, cascades answered, and mean direct reshares by valence, unseen ones
        included and the firm's own left out.
    """
    roots = draw_roots(p, cases, rng)
    roots = roots[roots["minute"] < end].reset_index(drop=True)
    # where answers fan the sharing, it is drawn at the higher rate and thinned
    reproduction = np.array([p.reproduction_number[v] for v in roots["valence"]]) * max(1.0, p.answer_hazard_ratio)
    cascade, parent = np.arange(len(roots)), np.full(len(roots), -1)
    t_h, role = np.zeros(len(roots)), roots["role"].to_numpy(object)
    generations: list[pd.DataFrame] = []
    offset = 0
    while len(cascade) or not generations:
        followers, fertility = draw_followers(p, len(cascade), rng)
        generations.append(
            pd.DataFrame(
                {
                    "cascade": cascade,
                    "parent": parent,
                    "t_h": t_h,
                    "n_followers": followers,
                    "speaker_role": role,
                }
            )
        )
        k = p.offspring_dispersion
        offspring = rng.poisson(reproduction[cascade] * fertility * rng.gamma(k, 1 / k, len(cascade)))
        mother = np.repeat(np.arange(len(cascade)), offspring)
        parent, cascade = mother + offset, cascade[mother]
        offset += len(offspring)
        delay = p.reshare_delay_median_h * np.exp(p.reshare_delay_sigma * rng.normal(size=len(mother)))
        t_h = t_h[mother] + delay
        role = choose(list(p.share_roles), list(p.share_roles.values()), len(mother), rng)
    every = add_answers(p, pd.concat(generations, ignore_index=True), roots, cases, answers)
    every["valence"] = roots["valence"].to_numpy()[every["cascade"]]
    every["root_minute"] = roots["minute"].to_numpy()[every["cascade"]]
    every["about"] = roots["case"].to_numpy()[every["cascade"]]
    every["case"] = np.where(every["parent"] < 0, every["about"], -1)
    every["observed_until_h"] = np.minimum(p.cascade_window_h, (end - every["root_minute"]) / 60)
    # a child is later than its parent, so no seen share has an unseen parent
    seen = every[every["t_h"] <= every["observed_until_h"]]
    counts: dict[str, float] = {
        "n_shares": len(seen),
        "n_shares_unseen": len(every) - len(seen),
        "n_cascades": len(roots),
        "n_cascades_answered": int((seen["speaker_role"] == "firm").sum()),
    }
    people = every[every["speaker_role"] != "firm"]
    for valence in sorted(p.reproduction_number):
        mine = people[people["valence"] == valence]
        if len(mine):
            counts[f"reproduction_number_{valence}"] = float((mine["parent"] >= 0).mean())
    return seen.rename_axis("share").reset_index(), counts
