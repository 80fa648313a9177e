"""How soon somebody of the firm reacted to what a watch list found: Kaplan-Meier, those still waiting censored."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pandas as pd

from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.intervals import check_level, wilson
from scsr.analysis.labels.sample import sample_note
from scsr.analysis.labels.watch import STAFF, WatchResult, speaker_repeats
from scsr.errors import EstimationError

__all__ = ["reaction_times", "waits"]

LEAST = 10
MEDIAN_WORDS = (
    "hours from a customer's posting with a term of the watch list to the first later posting by the firm there"
)
SHARE_WORDS = "share of customers' postings with a term of the watch list that the firm had reacted to within {:g} h"
ASSUMPTIONS = (
    "who is still waiting when observation ends would have been answered as the others were",
    "the postings are independent",
    "reactions elsewhere, such as by phone, are not seen",
)


def waits(utterances: pd.DataFrame, found: WatchResult) -> pd.DataFrame:
    """Return how long each customer's hit waited for the firm.

    Parameters
    ----------
    utterances : DataFrame
        Table ``utterances``; ``attrs["observed_until"]`` may say until when each source was watched, else until its
        last posting.
    found : WatchResult
        Of the same table.

    Returns
    -------
    DataFrame
        ``utterance_id, duration_h, event_observed``: hours to the first reaction or to the end of observation. Postings
        by the firm, and those whose time is not known to the minute, are left out.

    Raises
    ------
    EstimationError
        If a hit is not among the utterances.
    """
    utterances = utterances.reset_index(drop=True)  # what follows aligns rows by their index
    hits = found.hits["utterance_id"].drop_duplicates()
    unknown = hits[~hits.isin(utterances["utterance_id"])]
    if len(unknown):
        raise EstimationError(f"hit {unknown.iloc[0]!r} is none of the utterances; give the table that was watched")
    precise = utterances["date_precision"].astype("string").isin(["second", "minute"])
    asked = ~utterances["speaker_role"].astype("string").isin(STAFF) & precise & utterances["published_at"].notna()
    rows = utterances[utterances["utterance_id"].isin(hits) & asked & utterances["conversation_id"].notna()]
    source = utterances["source"].astype("string").fillna("")
    last = utterances["published_at"].groupby(source).max()
    stated = {str(k): pd.Timestamp(v) for k, v in utterances.attrs.get("observed_until", {}).items() if pd.notna(v)}
    ends = {str(name): in_utc(stated.get(str(name), at)) for name, at in last.dropna().items()}
    until = pd.to_datetime(source[rows.index].map(ends), utc=True)
    open_h = (until - rows["published_at"]).dt.total_seconds() / 3600
    first = found.hits.drop_duplicates("utterance_id").set_index("utterance_id")["first_reaction_h"]
    reacted = rows["utterance_id"].map(first).astype(float)
    # a reaction after the stated end of observation is none that was to be seen
    seen = reacted.notna() & (reacted <= open_h)
    duration = reacted.where(seen, open_h)
    table = pd.DataFrame({"utterance_id": rows["utterance_id"], "duration_h": duration, "event_observed": seen})
    return table[table["duration_h"] >= 0].reset_index(drop=True)


def in_utc(at: pd.Timestamp) -> pd.Timestamp:
    """Return an instant in UTC; one without an offset is taken for UTC."""
    return at.tz_localize("UTC") if at.tzinfo is None else at.tz_convert("UTC")


def reaction_times(
    utterances: pd.DataFrame, found: WatchResult, within_h: float = 24, level: float = 0.95
) -> tuple[Estimate, ...]:
    """Estimate how soon the firm reacts to what a watch list finds.

    Parameters
    ----------
    utterances : DataFrame
        Table ``utterances``.
    found : WatchResult
        What :func:`watch` found in it.
    within_h : float
        Hours of the share.
    level : float
        Confidence of the intervals.

    Returns
    -------
    tuple of Estimate
        ``watch_reaction_median_h`` and ``watch_reaction_share`` (within ``within_h``). Not estimable with fewer than 10
        customers' hits whose time is known to the minute, without a reaction, or past the end of observation.

    Raises
    ------
    EstimationError
        If ``within_h`` is not above 0, or a hit is not among the utterances.

    References
    ----------
    Kaplan, E. L. & Meier, P. (1958). Nonparametric estimation from incomplete observations. *Journal of the American
    Statistical Association*, 53, 457-481.
    Brookmeyer, R. & Crowley, J. (1982). A confidence interval for the median survival time. *Biometrics*, 38, 29-41.

    Examples
    --------
    >>> from scsr import schema
    >>> from scsr.analysis.labels.watch import watch
    >>> times = pd.date_range("2023-01-02 09:00", periods=24, freq="h", tz="UTC")
    >>> said = pd.DataFrame({"utterance_id": [f"u{i}" for i in range(24)], "published_at": times, "language": "sv",
    ...                      "conversation_id": [f"c{i // 2}" for i in range(24)], "text": ["Fakturan är fel", "Hej"] * 12,
    ...                      "speaker_role": ["customer", "firm"] * 12, "date_precision": "minute", "source": "log"})
    >>> said = schema.conform(said, "utterances")
    >>> [one.estimate for one in reaction_times(said, watch(said, {"sv": ["faktura"]}))]
    [1.0, 1.0]
    """
    check_level(level)
    if not within_h > 0:
        raise EstimationError(f"within_h={within_h} must be above 0")
    table = waits(utterances, found)
    n, n_seen = len(table), int(table["event_observed"].sum())
    names = (
        ("watch_reaction_median_h", MEDIAN_WORDS, "h"),
        ("watch_reaction_share", SHARE_WORDS.format(within_h), "share"),
    )
    reason = ""
    if n < LEAST:
        reason = f"{n} customers' hits have a time known to the minute; it takes {LEAST}"
    elif not n_seen:
        reason = "no reaction by the firm was seen"
    if reason:
        return tuple(not_estimable(*name, reason, n=n, level=level) for name in names)
    note = sample_note(utterances, "counted ")
    repeats = 1.0
    if note:
        home = utterances.drop_duplicates("utterance_id").set_index("utterance_id")["conversation_id"].astype("string")
        repeats = speaker_repeats(home.reindex(table["utterance_id"]))
        note += f"; hits of one conversation tell no more than one of them, {repeats:.3g} on average"
    made = median_wait(table, names[0], level, repeats), share_within(table, names[1], within_h, level, repeats)
    return tuple(replace(one, assumptions=(*one.assumptions, note)) for one in made) if note else made


def fitted(table: pd.DataFrame, level: float, repeats: float) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the curve of those still waiting with its limits, and its times."""
    from lifelines import KaplanMeierFitter
    from lifelines.exceptions import StatisticalWarning

    weights = None if repeats == 1 else np.full(len(table), 1 / repeats)
    with warnings.catch_warnings():
        # lifelines warns that weights which are no whole numbers are taken for sampling weights; these are shares of a hit
        warnings.simplefilter("ignore", StatisticalWarning)
        fit = KaplanMeierFitter(alpha=1 - level).fit(table["duration_h"], table["event_observed"], weights=weights)
    curve = fit.survival_function_.join(fit.confidence_interval_survival_function_)
    curve.columns = pd.Index(["waiting", "low", "high"])
    # the log-log interval has no number where nobody or everybody waits
    return curve.assign(low=curve["low"].fillna(curve["waiting"]), high=curve["high"].fillna(curve["waiting"])), (
        curve.index.to_numpy(float)
    )


def median_wait(table: pd.DataFrame, name: tuple[str, str, str], level: float, repeats: float) -> Estimate:
    """Estimate the median wait: where the curve, and its limits, first reach one half."""
    curve, at = fitted(table, level, repeats)
    first = {part: at[(curve[part] <= 0.5).to_numpy()] for part in ("waiting", "low", "high")}
    n = len(table)
    if not len(first["waiting"]):
        reason = "fewer than half had been reacted to when observation ended"
        return not_estimable(*name, reason, n=n, level=level)
    middle = first["waiting"][0]
    low = first["low"][0] if len(first["low"]) else middle
    high = first["high"][0] if len(first["high"]) else np.inf
    method = "Kaplan-Meier median, interval by Brookmeyer & Crowley (1982) on the log-log scale"
    return Estimate(*name, middle, min(low, middle), max(high, middle), n, method, (), ASSUMPTIONS, level)


def share_within(
    table: pd.DataFrame, name: tuple[str, str, str], within_h: float, level: float, repeats: float
) -> Estimate:
    """Estimate the share reacted to within some hours."""
    n, n_seen = len(table), int(table["event_observed"].sum())
    curve, at = fitted(table, level, repeats)
    if table["duration_h"].max() < within_h and curve["waiting"].iloc[-1] > 0:
        reason = f"nobody was observed for {within_h:g} h"
        return not_estimable(*name, reason, n=n, level=level)
    here = curve.iloc[int(np.searchsorted(at, within_h, side="right")) - 1]
    method = f"Kaplan-Meier with log-log interval (Kaplan & Meier 1958); {n_seen} reactions seen"
    middle, low, high = 1 - here["waiting"], 1 - here["high"], 1 - here["low"]
    if middle in (0, 1):  # the log-log interval has no width there
        low, high = wilson(middle * n / repeats, n / repeats, level)
        method = (
            "Kaplan-Meier (Kaplan & Meier 1958), Wilson score interval because nobody, or everybody, was reacted to"
        )
    return Estimate(*name, middle, min(low, middle), max(high, middle), n, method, (), ASSUMPTIONS, level)
