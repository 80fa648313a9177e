"""From cases to utterances: the opening, answers, follow-ups and what peers say."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scsr.analysis.simulate.compose import Composer
from scsr.analysis.simulate.parameters import COUNTRIES, FIRMS

__all__ = ["base36", "draw_turns", "write_texts"]

FOLLOW_UP_SHARE = 0.4
SECOND_REPLY_SHARE = 0.45
UNHAPPY_SHARE = 0.45
REMINDER_SHARE = 0.25
PEER_SHARE = {"forum": 0.8, "facebook": 0.25, "twitter": 0.15}
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def base36(number: int) -> str:
    """Write a number in few letters.

    Examples
    --------
    >>> base36(0), base36(1296)
    ('0', '100')
    """
    digits = ""
    while True:
        number, rest = divmod(number, 36)
        digits = DIGITS[rest] + digits
        if not number:
            return digits


def draw_turns(cases: pd.DataFrame, end: float, rng: np.random.Generator) -> pd.DataFrame:
    """Draw all utterances that are seen before the end, in order of time.

    Returns
    -------
    DataFrame
        ``case`` (index), ``minute, role, speaker, plan`` (what is said), ``parent`` (row of what it answers;
        -1 for the opening).
    """
    n = len(cases)
    firm, country, opened = (cases[name].to_numpy() for name in ("firm", "country", "minute"))
    desk = np.array([f"f{f}{COUNTRIES[c]}" for f, c in zip(firm, country, strict=True)], dtype=object)
    writer = np.array([f"c{c}" for c in cases["customer"]], dtype=object)
    staff = cases["answered_by"].to_numpy(object)
    number = rng.integers(1, 9, n)
    helper = np.where(
        staff == "employee",
        np.array([f"e{d}{i}" for d, i in zip(desk, number, strict=True)], dtype=object),
        desk,
    )
    answer = opened + cases["response_minutes"].to_numpy()
    complaint = (cases["valence"] == "negative").to_numpy()
    follow = answer + np.ceil(rng.lognormal(4.5, 1.2, n))
    unhappy = rng.random(n) < UNHAPPY_SHARE
    again = follow + np.ceil(rng.lognormal(5.0, 1.2, n))
    remind = opened + 2880 + np.ceil(rng.lognormal(7.0, 0.8, n))
    peer = opened + np.ceil(rng.lognormal(5.0, 1.5, n))
    has_follow = rng.random(n) < FOLLOW_UP_SHARE
    has_again = has_follow & (rng.random(n) < SECOND_REPLY_SHARE)
    has_reminder = (rng.random(n) < REMINDER_SHARE) & (remind < answer)
    has_peer = rng.random(n) < cases["channel"].map(PEER_SHARE).fillna(0.0).to_numpy()
    friend = np.array([f"p{i}" for i in rng.integers(0, max(1, n // 3), n)], dtype=object)
    kind = cases["kind"].to_numpy(object)
    first = np.where(kind == "review", "review." + cases["valence"].astype(str).to_numpy(object), kind)
    # the customer who has left does not write any more
    stays = np.minimum(end, cases["churn_minute"].to_numpy())

    def block(
        minute: np.ndarray,
        keep: np.ndarray,
        role: object,
        speaker: np.ndarray,
        plan: object,
        to: str,
        me: str,
    ) -> pd.DataFrame:
        rows = np.flatnonzero(keep & (minute <= end))
        made = {"case": rows, "minute": minute[rows], "role": pick(role, rows), "speaker": speaker[rows]}
        return pd.DataFrame(made | {"plan": pick(plan, rows), "to": to, "turn": me})

    everyone = np.ones(n, dtype=bool)
    reply = np.where(complaint, "reply.complaint", "reply.other")
    thanks = np.where(unhappy, "followup.unhappy", "followup.thanks")
    turns = pd.concat(
        [
            block(opened.astype(float), everyone, "customer", writer, first, "", "opening"),
            block(peer, has_peer, "other", friend, "peer", "opening", "peer"),
            block(remind, has_reminder & (remind < stays), "customer", writer, "bump", "opening", "reminder"),
            block(answer, everyone, staff, helper, reply, "opening", "answer"),
            block(follow, has_follow & (follow < stays), "customer", writer, thanks, "answer", "follow"),
            block(
                again,
                has_again & (follow < stays) & (follow <= end),
                "firm",
                desk,
                "reply.other",
                "follow",
                "again",
            ),
        ],
        ignore_index=True,
    )
    turns["order"] = turns["turn"].map(
        {t: i for i, t in enumerate(("opening", "peer", "reminder", "answer", "follow", "again"))}
    )
    turns = turns.sort_values(["minute", "case", "order"], kind="stable", ignore_index=True)
    place = {turn: np.full(n, -1) for turn in ("", "opening", "answer", "follow")}
    for turn in ("opening", "answer", "follow"):
        mine = np.flatnonzero(turns["turn"] == turn)
        place[turn][turns["case"].to_numpy()[mine]] = mine
    parent = np.full(len(turns), -1)
    for to, where in place.items():
        mine = np.flatnonzero(turns["to"] == to)
        parent[mine] = where[turns["case"].to_numpy()[mine]]
    turns["parent"] = parent
    return turns.drop(columns=["to", "order"])


def pick(values: object, rows: np.ndarray) -> object:
    """Take rows of an array; a single value stands for all."""
    return values[rows] if isinstance(values, np.ndarray) else values


def write_texts(turns: pd.DataFrame, cases: pd.DataFrame, rng: np.random.Generator) -> list[str]:
    """Compose the text of every utterance."""
    composer = Composer(rng)
    language, firm = cases["language"].to_numpy(object), cases["firm"].to_numpy()
    topic = cases["topic"].fillna("staff").to_numpy(object)
    names = [f.name for f in FIRMS]
    return [
        composer.text(plan, language[case], names[firm[case]], topic[case])
        for case, plan in zip(turns["case"].to_numpy(), turns["plan"].to_numpy(), strict=True)
    ]
