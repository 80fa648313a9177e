"""The answer that opens each report, made from its results: change the data and the sentences change.

Where an input is missing the answer says so first, and then what the data can still tell. Every answer is said in
all languages of :mod:`scsr.reports.languages`, together with what it rests on and what limits it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from scsr.analysis.disclosure import smallest_cell, without_few
from scsr.analysis.estimates import Estimate
from scsr.reports.languages import LANGUAGES, Duration, Foreign, Message, Share, names, pieces, plain, reason, say
from scsr.reports.results import WITHHELD, Answer

__all__ = ["complaint_rates", "corpus", "response_loyalty", "said", "topics", "wom_spread"]

UNIT = re.compile(r"complaints per ([\d.,e+]+) (\w+)( and month)?")


def said(one: Estimate, unit: Message | None = None) -> Message:
    """Word a number with its interval, shares as percentages.

    Examples
    --------
    >>> say(said(Estimate("kept", "share kept", "share", .5, .4, .6, 9, "Wilson")))
    '50% (95% interval 40% to 60%)'
    """
    numbers = {"value": one.estimate, "low": one.ci_low, "high": one.ci_high}
    if one.unit == "share":
        numbers = {name: Share(value) for name, value in numbers.items()}  # type: ignore[misc, arg-type]
    elif one.unit == "h":
        numbers = {name: Duration(value or 0.0) for name, value in numbers.items()}  # type: ignore[misc]
    args = numbers | {"level": Share(one.level)}
    return Message("said", args) if unit is None else Message("said-unit", args | {"unit": unit})


def shown(one: Estimate) -> Estimate:
    """Withhold a number that rests on too few people, as everywhere else in the report."""
    limit = smallest_cell()
    if not one.ok:
        return replace(one, reason=without_few(one.reason, limit))
    if one.n >= limit or not one.n:
        return one
    gone = dict.fromkeys(("estimate", "ci_low", "ci_high"))
    return replace(one, **gone, n=0, status="not_estimable", reason=WITHHELD.format(limit), extra={})  # type: ignore[arg-type]


def answer(
    report: str, sentences: Sequence[Message], rests: Sequence[Message] = (), estimates: Sequence[str] = ()
) -> Answer:
    """Say the answer to the question of a report in every language.

    Parameters
    ----------
    report : str
        Its messages are ``<report>-question`` and ``<report>-limit-…``.
    sentences, rests : sequence of Message
        The answer, and what it rests on.
    estimates : sequence of str
        Names of the estimates behind it.
    """
    limits = [Message(name) for name in names() if name.startswith(f"{report}-limit-")]

    def summary(language: str) -> dict[str, Any]:
        return {
            "question": pieces(say(Message(f"{report}-question"), language)),
            "answer": pieces(joined(sentences, language)),
            "rests": [pieces(say(one, language)) for one in rests],
            "limits": [pieces(say(one, language)) for one in limits],
        }

    return Answer(plain(joined(sentences, "en")), tuple(estimates), {one: summary(one) for one in LANGUAGES})


def joined(sentences: Sequence[Message], language: str) -> str:
    """Say sentences one after the other."""
    return " ".join(say(one, language) for one in sentences)


def corpus(utterances: Any, languages: Any, shares: Sequence[Estimate], rejects: Any) -> Answer:
    """Say what the corpus holds: size, languages, repeats, dates, and what could not be read."""
    if not len(utterances):
        return answer("corpus", [Message("corpus-empty")])
    counts: Mapping[str, int] = {str(name): int(n) for name, n in dict(languages).items()}
    total = sum(counts.values())
    tongues = [
        Message("language-share", {"language": [language(one) for one in name.split(", ")], "share": Share(n / total)})
        for name, n in counts.items()
    ]  # fmt: skip
    size = {"utterances": len(utterances), "sources": int(utterances["source"].nunique()), "languages": tongues}
    sentences = [Message("corpus-size", size)]
    kept = [shown(one) for one in shares]
    if all(one.ok for one in kept):
        repeated, dated, sure = map(said, kept)
        sentences.append(Message("corpus-quality", {"repeated": repeated, "dated": dated, "sure": sure}))
    n = len(rejects)
    sentences.append(Message("corpus-unread", {"n": n}) if n else Message("corpus-all-read"))
    rests = [Message("corpus-rests", {"utterances": len(utterances)}), Message("corpus-rests-interval")]
    return answer("corpus", sentences, rests, [one.name for one in shares])


def language(code: str) -> Message:
    """Word the name of a language."""
    return Message("language-name", {"language": code})


def topics(found: Sequence[Any], steady: float = 0.5) -> Answer:
    """Say how many topics each language has, how many come back under resampling, and which is largest."""
    fitted = [one for one in found if one.model is not None]
    missing = [
        Message(
            "topics-missing",
            {
                "language": language(one.language),
                "in-language": Message("language-in", {"language": one.language}),
                "reason": reason(one.reason),
            },
        )
        for one in found
        if one.model is None
    ]
    if not fitted:
        return answer("topics", [Message("topics-none"), *missing] if missing else [Message("topics-empty")])
    sentences, rests = [], []
    for one in fitted:
        recurrence = one.named("topic_recurrence")
        largest = max(one.named("topic_share"), key=lambda each: each.estimate or 0)
        terms = one.terms.loc[one.terms["topic"] == dict(largest.by)["topic"], "term"].head(3)
        args = {
            "language": language(one.language),
            "in-language": Message("language-in", {"language": one.language}),
            "documents": int(one.n_documents),
        }
        about = {
            "back": sum((each.estimate or 0) >= steady for each in recurrence),
            "topics": int(one.model.n_topics),
            "steady": Share(steady),
            "terms": Foreign(", ".join(terms), one.language),
            "share": said(largest),
        }
        sentences.append(Message("topics-found", args | about))
        rests.append(Message("topics-rests", args | {"refits": max((each.n for each in recurrence), default=0)}))
    return answer("topics", [*sentences, *missing], rests, ["topic_recurrence", "topic_share"])


def rate_unit(unit: str) -> Message | Foreign:
    """Word the unit of a rate."""
    known = UNIT.fullmatch(unit)
    if not known:
        return Foreign(unit, "en")
    per = float(known[1].replace(",", ""))
    args = {"per": int(per) if per.is_integer() else per, "unit": known[2], "stock": "yes" if known[3] else "no"}
    return Message("complaint_rates-unit", args)


def complaint_rates(rates: Any, shares: Any, ranked: Any, funnel: Any) -> Answer:
    """Say the rate per exposure and who stands out; without exposure, the share of the corpus instead."""
    overall = shown(rates.overall)
    if not overall.ok:
        return corpus_shares(overall, [shown(one) for one in shares.estimates[:2]])
    sentences = [Message("complaint_rates-overall", {"rate": said(overall, rate_unit(overall.unit))})]  # type: ignore[arg-type]
    groups = [one for one in map(shown, ranked.estimates) if one.ok and one.by]
    rests = [Message("complaint_rates-rests", {"complaints": overall.n})]
    if len(groups) > 1:
        top, low = max(groups, key=lambda one: one.estimate or 0), min(groups, key=lambda one: one.estimate or 0)
        extremes = {"top": top.group, "most": said(top), "low": low.group, "fewest": said(low)}
        sentences.append(Message("complaint_rates-extremes", extremes))
        outside = {"outside": int((funnel.frame["outside"] > 0).sum()), "firms": len(funnel.frame)}
        sentences.append(Message("complaint_rates-outside", outside))
        rests.append(Message("complaint_rates-rests-firms", {"firms": len(funnel.frame)}))
    return answer("complaint_rates", sentences, rests, ["complaint_rate", "shrunken_rate"])


def corpus_shares(overall: Estimate, shares: Sequence[Estimate]) -> Answer:
    """Say shares of what was collected, where there is no rate."""
    why = reason(overall.reason)
    usable = [one for one in shares if one.ok]
    if not usable:
        return answer("complaint_rates", [Message("complaint_rates-nothing", {"reason": why})])
    parts = [
        Message("named", {"what": Message(f"complaint_rates-{one.name}"), "said": said(one)})
        for one in usable
    ]  # fmt: skip
    rests = [Message("complaint_rates-rests-shares", {"n": max(one.n for one in usable)})]
    sentence = Message("complaint_rates-shares", {"reason": why, "parts": parts})
    return answer("complaint_rates", [sentence], rests, [one.name for one in usable])


def response_loyalty(times: Any, answered: Any, promise: Any, loyalty: Any, hours: float) -> Answer:
    """Say how long customers wait, whether the promise is kept, and how leaving goes with having been answered."""
    found = [one for one in times.estimates if one.name == "first_response_median_h" and not one.by]
    if not found or (not found[0].ok and found[0].n == 0):
        return answer("response_loyalty", [Message("response_loyalty-no-cases")])
    median, kept, share = shown(found[0]), shown(promise.estimates[0]), shown(answered.estimates[0])
    conditional = {"conditional": "yes" if times.conditional else "no"}
    used = [median.name, kept.name]
    if median.ok:
        sentences = [Message("response_loyalty-median", conditional | {"median": said(median)})]
        rests = [Message("response_loyalty-rests" + ("-answered" if times.conditional else ""), {"openings": median.n})]
    else:
        sentences, rests = [Message("response_loyalty-no-median", {"reason": reason(median.reason)})], []
    if kept.ok:
        args = conditional | {"kept": said(kept), "promise": Duration(hours)}
        sentences.append(Message("response_loyalty-kept", args))
    if share.ok:
        sentences.append(Message("response_loyalty-answered", {"answered": said(share)}))
    else:
        sentences.append(Message("response_loyalty-not-answered", {"reason": reason(share.reason)}))
    ratio = next((shown(one) for one in loyalty.estimates if one.name == "loyalty_hazard_ratio"), None)
    if ratio is None or not ratio.ok:
        why = reason(ratio.reason if ratio is not None else "no outcomes were given")
        sentences.append(Message("response_loyalty-no-ratio", {"reason": why}))
        return answer("response_loyalty", sentences, rests, used)
    event = re.search(r"hazard of (\w+)", ratio.estimand)
    args = {
        "outcome": event[1] if event else "churn",
        "way": side(ratio, "less", "more"),
        "ratio": said(ratio, Message("unit-times")),
    }
    sentences.append(Message("response_loyalty-ratio", args))
    rests.append(Message("response_loyalty-rests-followed", {"followed": ratio.n}))
    return answer("response_loyalty", sentences, rests, [*used, ratio.name])


def side(ratio: Estimate, below: str, above: str) -> str:
    """Say on which side of one the interval of a ratio lies."""
    return below if (ratio.ci_high or 0) < 1 else above if (ratio.ci_low or 0) > 1 else "neither"


def wom_spread(
    cascades: Any, summary: Sequence[Estimate], reproduction: Sequence[Estimate], tail: Any, valence: Any
) -> Answer:
    """Say how many cascades there are, how far they go, how they reproduce and whether bad news goes further."""
    if not len(cascades):
        return answer("wom_spread", [Message("wom_spread-none")])
    named = {one.name: shown(one) for one in [*summary, *tail.estimates, *valence.estimates] if not one.by}
    sizes = cascades["cascade_size"]
    counts = {"cascades": len(cascades), "largest": int(sizes.max())}
    mean = named.get("cascade_size_mean")
    if mean is not None and mean.ok:
        average = {"mean": said(mean, Message("unit-shares"))}
        sentences = [Message("wom_spread-size-mean", counts | average)]
    else:
        sentences = [Message("wom_spread-size", counts)]
    spread = shown(reproduction[0])
    if spread.ok:
        dies = spread.ci_high is not None and spread.ci_high < 1
        further = {"spread": said(spread, Message("unit-further-shares"))}
        sentences.append(Message("wom_spread-dies" if dies else "wom_spread-grows", further))
    else:
        sentences.append(Message("wom_spread-unknown", {"reason": reason(spread.reason)}))
    rests = [Message("wom_spread-rests", {"cascades": len(cascades), "shares": int(sizes.sum())})]
    ratio = named.get("valence_size_ratio")
    if ratio is not None and ratio.ok:
        args = {"way": side(ratio, "smaller", "larger"), "ratio": said(ratio, Message("unit-times"))}
        sentences.append(Message("wom_spread-valence", args))
        rests.append(Message("wom_spread-rests-valence", {"n": ratio.n}))
    elif ratio is not None:
        sentences.append(Message("wom_spread-no-valence", {"reason": reason(ratio.reason)}))
    return answer("wom_spread", sentences, rests, [spread.name, "cascade_size_mean", "valence_size_ratio"])
