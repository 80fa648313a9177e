"""What firms' replies show of the expectation factors: credibility, transparency, openness, quick response, long-term view.

Each factor is a set of concepts of the lexicon; a reply shows it when one of its lemmas belongs to one of them. Replies
are counted, never quoted.
"""

from __future__ import annotations

import pandas as pd

from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.intervals import wilson
from scsr.text.concepts import LANGUAGES, count_concepts, features

__all__ = ["code_replies", "reply_features"]

ROLES = ("firm", "employee")
ESTIMAND = "share of firms' replies with a word of {}"


def code_replies(utterances: pd.DataFrame) -> pd.DataFrame:
    """Return which factors each reply of a firm shows.

    Parameters
    ----------
    utterances : DataFrame
        Table ``utterances`` with ``speaker_role, language, lemmas`` and what else is to be kept.

    Returns
    -------
    DataFrame
        The rows of firms and their employees in a language of the lexicon, with a column of bool for each factor.

    Examples
    --------
    >>> rows = pd.DataFrame({"speaker_role": ["firm", "customer"], "language": "sv",
    ...                      "lemmas": [["lova", "svar"], ["lova"]]})
    >>> code_replies(rows)[["credibility", "openness"]].to_dict("records")
    [{'credibility': True, 'openness': False}]
    """
    chosen = utterances["speaker_role"].astype(str).isin(ROLES) & utterances["language"].astype(str).isin(LANGUAGES)
    rows = utterances[chosen].copy()
    named = [
        set(count_concepts(lemmas, language))
        for lemmas, language in zip(rows["lemmas"], rows["language"].astype(str), strict=True)
    ]
    for feature, wanted in features().items():
        rows[feature] = [not found.isdisjoint(wanted) for found in named]
    return rows


def reply_features(utterances: pd.DataFrame, *, by: str | None = None, level: float = 0.95) -> tuple[Estimate, ...]:
    """Return the share of firms' replies that shows each factor.

    Parameters
    ----------
    utterances : DataFrame
        Table ``utterances`` with ``speaker_role, language, lemmas`` and the column `by`.
    by : str, optional
        A column to group by, such as ``company``.
    level : float

    Returns
    -------
    tuple of Estimate
        ``reply_feature`` by feature, and by group where asked for; Wilson intervals.
    """
    rows = code_replies(utterances)
    parts = (
        [((), rows)] if by is None else [(((by, str(name)),), part) for name, part in rows.groupby(by, observed=True)]
    )
    estimates = []
    for group, part in parts:
        for feature in features():
            words = feature.replace("_", " ")
            key = {"feature": words} | dict(group)
            if not len(part):
                reason = "there are no replies of firms in a language of the lexicon"
                estimates.append(
                    not_estimable("reply_feature", ESTIMAND.format("the feature"), "share", reason, by=key, level=level)
                )
                continue
            count = int(part[feature].sum())
            low, high = wilson(count, len(part), level)
            estimates.append(
                Estimate(
                    "reply_feature", ESTIMAND.format("the feature"), "share", count / len(part), low, high, len(part),
                    "concept lexicon; Wilson score interval (Wilson 1927)", key,
                    ("replies are independent", "a word of the lexicon means what it mostly means"), level,
                )
            )  # fmt: skip
    return tuple(estimates)
