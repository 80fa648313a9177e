"""Cases as they were derived before the rules worked on codes: slow, and the measure of what is faster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scsr.errors import TableError
from scsr.schema import DATE_PRECISIONS, ROLES, conform, empty

__all__ = ["cases"]

NEEDED = (
    "utterance_id", "conversation_id", "reply_to", "speaker_id", "speaker_role", "kind", "published_at",
    "date_precision", "source",
)  # fmt: skip
COPIED = (
    "conversation_id", "speaker_id", "company", "sector", "country", "channel", "language", "topic", "severity",
    "urgent", "sampling", "source", "synthetic",
)  # fmt: skip

Positions = NDArray[np.int64]


def cases(
    utterances: pd.DataFrame,
    responders: Sequence[str] = ("firm", "employee"),
    observed_until: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Derive cases from utterances, as :func:`scsr.cases`."""
    for column in NEEDED:
        if column not in utterances:
            raise TableError("utterances", column, "is missing", remedy="load it: cases need it")
    for role in responders:
        if role not in ROLES:
            raise TableError(
                "utterances", "speaker_role", f"cannot be {role!r}", remedy=f"choose responders from {', '.join(ROLES)}"
            )
    stated = observed_until if observed_until is not None else utterances.attrs.get("observed_until", {})
    rows = utterances.reset_index(drop=True)
    thread = in_threads(rows)
    opening = openings(rows, thread)
    if not opening.any():
        return empty("cases")
    owner = owners(thread, opening)
    made = rows.loc[opening, [c for c in COPIED if c in rows]].copy()
    made["case_id"] = rows.loc[opening, "utterance_id"]
    made["opened_at"] = rows.loc[opening, "published_at"]
    made = made.join(answers(rows, thread, owner, opening, responders)).join(extent(rows, owner))
    made["observed_until"] = ends(rows, stated).reindex(made.index)
    # a case that is seen to go on was watched at least that long
    made["observed_until"] = made[["observed_until", "closed_at"]].max(axis=1)
    made["answered"] = made["first_row"].notna()
    return conform(made.drop(columns=["first_row"]).reset_index(drop=True), "cases")


def in_threads(rows: pd.DataFrame) -> pd.DataFrame:
    """Order of utterances within their conversations, and the position of each one's parent.

    Returns
    -------
    DataFrame
        ``conversation`` (int code; an utterance without one is its own), ``parent`` (position or -1),
        ``rank`` (order in conversation, by time where it is known and else by place in the table).
    """
    n = len(rows)
    code, _ = pd.factorize(rows["conversation_id"])
    code = np.where(code < 0, code.max(initial=-1) + 1 + np.arange(n), code)
    at = pd.Series(np.arange(n), index=rows["utterance_id"].to_numpy())
    parent = rows["reply_to"].map(at).fillna(-1).astype("int64").to_numpy()
    clock = seconds(rows)
    # an utterance without a time stands where the table has it, after the last one with a time before it
    filled = pd.Series(clock).groupby(code).ffill().fillna(-np.inf).to_numpy()
    order = np.lexsort((np.arange(n), filled, code))
    rank = np.empty(n, dtype="int64")
    rank[order] = np.arange(n)
    return pd.DataFrame({"conversation": code, "parent": parent, "rank": rank, "clock": clock})


def seconds(rows: pd.DataFrame) -> NDArray[np.float64]:
    """Instants as seconds; NaN where there is none."""
    stamps = rows["published_at"]
    value = stamps.astype("datetime64[us, UTC]").astype("int64").to_numpy() / 1e6
    return np.where(stamps.isna().to_numpy(), np.nan, value)


def openings(rows: pd.DataFrame, thread: pd.DataFrame) -> pd.Series:
    """Mark the openings."""
    customer = rows["speaker_role"].astype("string").eq("customer").fillna(False).to_numpy(dtype=bool)
    kind = rows["kind"].astype("string")
    starts = (rows["reply_to"].isna() & ~kind.isin(["reply", "comment"])).to_numpy(dtype=bool)
    asks = kind.isin(["complaint", "question"]).to_numpy(dtype=bool)
    able = pd.Series(customer & (starts | asks), index=rows.index)
    # one case for each customer in a conversation: the first; a nameless customer is one by himself
    speaker, _ = pd.factorize(rows["speaker_id"])
    speaker = np.where(speaker < 0, speaker.max(initial=-1) + 1 + np.arange(len(rows)), speaker)
    candidates = thread.assign(speaker=speaker)[able.to_numpy()].sort_values("rank")
    first = ~candidates.duplicated(["conversation", "speaker"])
    return pd.Series(False, index=rows.index).where(~rows.index.isin(candidates.index[first]), True)


def owners(thread: pd.DataFrame, opening: pd.Series) -> Positions:
    """Find the opening that each utterance belongs to; -1 where there is none.

    Notes
    -----
    Chains of answers are followed by pointer doubling: each round halves what is left of every chain, so
    a thread of a million answers takes twenty rounds.
    """
    n = len(thread)
    own = np.arange(n)
    opens = opening.to_numpy()
    step = np.where(opens | (thread["parent"].to_numpy() < 0), own, thread["parent"].to_numpy())
    for _ in range(int(n).bit_length() + 1):
        further = step[step]
        if np.array_equal(further, step):
            break
        step = further
    # what ends at no opening belongs to the last opening before it in its conversation
    ordered = thread.assign(own=np.where(opens, own, -1)).sort_values("rank")
    last = ordered["own"].where(ordered["own"] >= 0).groupby(ordered["conversation"]).ffill().fillna(-1)
    before = last.reindex(thread.index).astype("int64").to_numpy()
    end = step
    return np.where(opens[end], end, before[end])


def answers(
    rows: pd.DataFrame, thread: pd.DataFrame, owner: Positions, opening: pd.Series, responders: Sequence[str]
) -> pd.DataFrame:
    """Find the first response of each case."""
    role = rows["speaker_role"].astype("string")
    speaker = rows["speaker_id"].astype("string")
    of = pd.Series(owner, index=rows.index)
    has = (of >= 0) & ~opening
    customer = speaker.reindex(of.where(of >= 0, 0)).set_axis(rows.index)
    counts = has & role.isin(list(responders)) & ~(speaker == customer).fillna(False)
    parent = thread["parent"].to_numpy()
    known = parent >= 0
    above = np.where(known, parent, 0)
    to_customer = known & (
        (above == owner) | (speaker.take(above).set_axis(rows.index) == customer).fillna(False).to_numpy(dtype=bool)
    )
    to_responder = known & role.take(above).isin(list(responders)).to_numpy(dtype=bool)
    counts &= ~known | to_customer | to_responder
    later = thread["rank"].to_numpy() > thread["rank"].to_numpy()[np.where(owner >= 0, owner, 0)]
    found = thread.assign(owner=owner, row=np.arange(len(rows)))[counts.to_numpy(dtype=bool) & later]
    # an answer without a time is an answer still, but the earliest timed one comes first
    found = found.sort_values(["clock", "rank"], na_position="last").drop_duplicates("owner").set_index("owner")
    at = found["row"].to_numpy()
    made = pd.DataFrame(index=pd.Index(found.index, dtype="int64"))
    made["first_row"] = at.astype("float64")
    made["first_response_at"] = rows["published_at"].take(at).to_numpy(dtype="datetime64[us]")
    made["first_response_at"] = made["first_response_at"].dt.tz_localize("UTC")
    made["answered_by"] = role.take(at).to_numpy()
    opened = found.index.to_numpy()
    hours = (thread["clock"].to_numpy()[at] - thread["clock"].to_numpy()[opened]) / 3600
    made["first_response_h"] = hours
    places = rows["date_precision"].astype("string").map({name: i for i, name in enumerate(DATE_PRECISIONS)})
    coarser = np.maximum(places.to_numpy(dtype="int64")[opened], places.to_numpy(dtype="int64")[at])
    precision = rows["date_precision"].astype("string").where(opening).dropna()
    whole = made.reindex(precision.index)
    whole["date_precision"] = precision
    whole.loc[opened, "date_precision"] = np.array(DATE_PRECISIONS, dtype=object)[coarser]
    return whole


def extent(rows: pd.DataFrame, owner: Positions) -> pd.DataFrame:
    """Count the utterances of each case, and find its last instant."""
    belongs = rows.assign(owner=owner)[owner >= 0].groupby("owner")
    return pd.DataFrame({"n_turns": belongs.size(), "closed_at": belongs["published_at"].max()})


def ends(rows: pd.DataFrame, stated: Mapping[str, str]) -> pd.Series:
    """End of observation of each row's source."""
    source = rows["source"].astype("string")
    last = rows.groupby(source)["published_at"].max()
    for name, instant in stated.items():
        if name in last.index:
            stamp = pd.Timestamp(instant)
            stamp = stamp.tz_localize("UTC") if stamp.tzinfo is None else stamp.tz_convert("UTC")
            last[name] = stamp if pd.isna(last[name]) else max(stamp, last[name])
    return source.map(last)
