"""The sentence that opens each report, made from its results: change the data and the sentence changes.

Where an input is missing the sentence says so first, and then what the data can still tell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scsr.analysis.estimates import Estimate
from scsr.reports.display import number, percent
from scsr.reports.results import Answer

__all__ = ["complaint_rates", "corpus", "response_loyalty", "said", "topics", "wom_spread"]


def said(one: Estimate, unit: str | None = None) -> str:
    """Say a number with its interval, shares as percentages.

    Examples
    --------
    >>> said(Estimate("kept", "share kept", "share", .5, .4, .6, 9, "Wilson"))
    '50% (95% interval 40% to 60%)'
    """
    write = percent if one.unit == "share" else number
    name = "" if one.unit == "share" else f" {one.unit if unit is None else unit}".rstrip()
    low, high = write(one.ci_low), write(one.ci_high)
    return f"{write(one.estimate)}{name} ({one.level * 100:g}% interval {low} to {high})"


def duration(hours: float) -> str:
    """Write a time span in the unit that it reads best in.

    Examples
    --------
    >>> duration(0.2139), duration(12.5), duration(400), duration(1)
    ('12.8 minutes', '12.5 hours', '16.7 days', '1 hour')
    """
    if hours < 1:
        return f"{number(60 * hours)} minutes"
    if hours >= 72:
        return f"{number(hours / 24)} days"
    return f"{number(hours)} hour" + ("" if hours == 1 else "s")


def waited(one: Estimate) -> str:
    """Say hours with their interval."""
    low, high = duration(one.ci_low or 0.0), duration(one.ci_high or 0.0)
    return f"{duration(one.estimate or 0.0)} ({one.level * 100:g}% interval {low} to {high})"


def count(n: int, noun: str) -> str:
    """Write a number of things.

    Examples
    --------
    >>> count(1, "firm"), count(1200, "reply")
    ('1 firm', '1,200 replies')
    """
    plural = noun if n == 1 else f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{n:,} {plural}"


def listed(words: Sequence[str]) -> str:
    """Join words with commas and a last *and*.

    Examples
    --------
    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def corpus(utterances: Any, languages: Any, shares: Sequence[Estimate], rejects: Any) -> Answer:
    """Say what the corpus holds: size, languages, repeats, dates, and what could not be read."""
    if not len(utterances):
        return Answer("There is nothing to report: no utterance matches the parameters, or none has been prepared.")
    counts: Mapping[str, int] = dict(languages)
    total = sum(counts.values())
    tongues = listed([f"{name} ({percent(n / total)})" for name, n in counts.items()])
    repeated, dated, sure = shares
    return Answer(
        f"The corpus holds {count(len(utterances), 'utterance')} from "
        f"{count(int(utterances['source'].nunique()), 'source')}, in {tongues}. "
        f"{said(repeated)} of them repeat an earlier one, the day of publication is known for {said(dated)}, and the "
        f"language is sure for {said(sure)}. {unread(len(rejects))}",
        tuple(one.name for one in shares),
    )


def unread(n: int) -> str:
    """Say how many raw records could not be read."""
    if not n:
        return "Every raw record could be read."
    return f"{count(n, 'raw record')} could not be read and {'is' if n == 1 else 'are'} listed with the reason."


def topics(found: Sequence[Any], steady: float = 0.5) -> Answer:
    """Say how many topics each language has, how many come back under resampling, and which is largest."""
    fitted = [one for one in found if one.model is not None]
    missing = [one for one in found if one.model is None]
    gone = "".join(f" {one.language}: no topics, because {one.reason}." for one in missing)
    if not fitted:
        return Answer(f"No topics can be told apart.{gone}" if gone else "There are no documents with content words.")
    parts = []
    for one in fitted:
        back = sum((each.estimate or 0) >= steady for each in one.named("topic_recurrence"))
        largest = max(one.named("topic_share"), key=lambda each: each.estimate or 0)
        terms = one.terms.loc[one.terms["topic"] == dict(largest.by)["topic"], "term"].head(3)
        parts.append(
            f"In {one.language}, {back} of {one.model.n_topics} topics come back in at least half of the refits on "
            f"resampled documents; the largest ({', '.join(terms)}) dominates {said(largest)} of "
            f"{count(one.n_documents, 'document')}."
        )
    return Answer(" ".join(parts) + gone, ("topic_recurrence", "topic_share"))


def complaint_rates(rates: Any, shares: Any, ranked: Any, funnel: Any) -> Answer:
    """Say the rate per exposure and who stands out; without exposure, the share of the corpus instead."""
    overall = rates.overall
    if not overall.ok:
        usable = [one for one in shares.estimates[:2] if one.ok]
        if not usable:
            return Answer(
                f"How often customers complain cannot be said: {overall.reason}, and no source states which of its "
                "texts are complaints or negative."
            )
        parts = listed([f"{one.estimand.split(';')[0]}: {said(one)}" for one in usable])
        return Answer(
            f"A complaint rate cannot be given, because {overall.reason}. What these data give are shares of what was "
            f"collected, not of customers. The {parts}.",
            tuple(one.name for one in usable),
        )
    text = f"Customers made {said(overall)}."
    groups = [one for one in ranked.estimates if one.ok and one.by]
    if len(groups) > 1:
        top, low = max(groups, key=lambda one: one.estimate), min(groups, key=lambda one: one.estimate)
        text += (
            f" {top.group} has most, {said(top, '')}, and {low.group} fewest, {said(low, '')}; both are drawn towards "
        )
        text += "the mean by as much as they are uncertain."
        outside = int((funnel.frame["outside"] > 0).sum())
        text += (
            f" {count(outside, 'firm') if outside else 'None'} of {len(funnel.frame)} "
            f"{'lies' if outside < 2 else 'lie'} further from the common rate than chance and the usual spread between "
            "firms explain."
        )
    return Answer(text, ("complaint_rate", "shrunken_rate"))


def response_loyalty(times: Any, answered: Any, promise: Any, loyalty: Any, hours: float) -> Answer:
    """Say how long customers wait, whether the promise is kept, and how leaving goes with having been answered."""
    median = next((one for one in times.estimates if one.name == "first_response_median_h" and not one.by), None)
    if median is None or (not median.ok and median.n == 0):
        return Answer("There is no customer opening in these data, so no response time can be given.")
    if median.ok:
        whom = "the openings that were answered" if times.conditional else "customers' openings"
        text = f"Half of {whom} have their first answer within {waited(median)}."
    else:
        text = f"The median time to the first answer cannot be given: {median.reason}."
    share, kept = answered.estimates[0], promise.estimates[0]
    if kept.ok:
        text += (
            f" {said(kept)} of {'those answered' if times.conditional else 'them'} have it within {duration(hours)}."
        )
    if share.ok:
        text += f" {said(share)} of the openings are answered at all."
    else:
        text += f" How many are answered at all cannot be said: {share.reason}."
    ratio = next((one for one in loyalty.estimates if one.name == "loyalty_hazard_ratio"), None)
    if ratio is None or not ratio.ok:
        reason = ratio.reason if ratio is not None else "no outcomes were given"
        return Answer(
            f"{text} Whether a faster answer goes with loyalty cannot be said: {reason}.", (median.name, kept.name)
        )
    below, above = ratio.ci_high < 1, ratio.ci_low > 1
    went = "less often" if below else "more often" if above else "neither clearly more nor clearly less often"
    text += (
        f" Customers left {went} once they had been answered: the hazard of leaving is {said(ratio, 'times')} that of "
        "the same time without an answer. This is an association, adjusted for what the data hold."
    )
    return Answer(text, (median.name, kept.name, ratio.name))


def wom_spread(
    cascades: Any, summary: Sequence[Estimate], reproduction: Sequence[Estimate], tail: Any, valence: Any
) -> Answer:
    """Say how many cascades there are, how far they go, how they reproduce and whether bad news goes further."""
    if not len(cascades):
        return Answer("There are no shares in these data, so nothing can be said about how far word of mouth spreads.")
    named = {one.name: one for one in [*summary, *tail.estimates, *valence.estimates] if not one.by}
    mean = named.get("cascade_size_mean")
    text = f"{count(len(cascades), 'cascade')} were seen; the largest has {count(int(cascades['cascade_size'].max()), 'share')}"
    text += f" and the mean is {said(mean, 'shares')}." if mean is not None and mean.ok else "."
    spread = reproduction[0]
    if spread.ok:
        dies = spread.ci_high is not None and spread.ci_high < 1
        text += f" A share brings {said(spread, 'further shares')} on average, so a cascade "
        text += "dies out by itself." if dies else "may go on growing: the interval does not exclude one for each."
    else:
        text += f" How many further shares one brings cannot be said: {spread.reason}."
    ratio = named.get("valence_size_ratio")
    if ratio is not None and ratio.ok:
        way = "larger" if ratio.ci_low > 1 else "smaller" if ratio.ci_high < 1 else "neither clearly larger nor smaller"
        text += f" Negative cascades are {way} than positive ones: {said(ratio, 'times')} the size."
    elif ratio is not None:
        text += f" Negative and positive word of mouth cannot be compared: {ratio.reason}."
    return Answer(text, (spread.name, "cascade_size_mean", "valence_size_ratio"))
