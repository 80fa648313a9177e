"""Cards of topics: each topic of the common space with its terms in every language, and its course by month."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from scsr.analysis.topics.corpora import LanguageTopics
from scsr.analysis.topics.crossing import SharedTopic, match_topics

__all__ = ["cards", "common_space"]

CARD_COLUMNS = [
    "common_topic", "kind", "concepts", "likeness", "language", "topic", "terms", "share", "recurrence",
]  # fmt: skip


def common_space(found: Sequence[LanguageTopics]) -> tuple[SharedTopic, ...]:
    """Bring the topics of all languages that have some into one space, by :func:`match_topics`."""
    fitted = [one for one in found if one.model is not None]
    return match_topics(
        {one.language: one.model for one in fitted if one.model is not None},
        {one.language: one.documents for one in fitted},
    )


def cards(found: Sequence[LanguageTopics], space: Sequence[SharedTopic]) -> pd.DataFrame:
    """Return one row for each language of each topic of the space.

    Returns
    -------
    DataFrame
        ``common_topic, kind`` (shared or of one language)``, concepts, likeness`` (mean cosine of concept profiles)``,
        language, topic`` (its number there)``, terms, share, recurrence``.
    """
    languages = {one.language: one for one in found}
    rows = []
    for number, one in enumerate(space, start=1):
        for language, topic in one.topics:
            here, name = languages[language], str(topic + 1)
            rows.append(
                {
                    "common_topic": number,
                    "kind": "shared" if one.shared else "of one language",
                    "concepts": ", ".join(concept.replace("_", " ") for concept in one.concepts) or "none",
                    "likeness": one.likeness,
                    "language": language,
                    "topic": name,
                    "terms": ", ".join(here.terms.loc[here.terms["topic"] == name, "term"]),
                    "share": value(here, "topic_share", name),
                    "recurrence": value(here, "topic_recurrence", name),
                }
            )
    return pd.DataFrame(rows, columns=CARD_COLUMNS)


def value(one: LanguageTopics, name: str, topic: str) -> float:
    """Return the estimate of this name for a topic."""
    found = next(each for each in one.named(name) if dict(each.by)["topic"] == topic)
    return float("nan") if found.estimate is None else found.estimate
