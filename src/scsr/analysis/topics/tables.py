"""The tables behind every look at topics: size, place, terms, runs, periods, groups, partners, typical documents.

What rests on few people is left out here, before anything is drawn: a topic, and each share of a topic in a period or
group, of fewer than :func:`scsr.analysis.disclosure.smallest_cell` writers, with as much else as it could be had back from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import chain

import numpy as np
import pandas as pd

from scsr.analysis.disclosure import smallest_cell, withhold
from scsr.analysis.topics.corpora import LanguageTopics
from scsr.analysis.topics.crossing import SharedTopic
from scsr.analysis.topics.model import TopicModel
from scsr.analysis.topics.places import places, word_distances
from scsr.analysis.topics.recurrence import ALIKE
from scsr.analysis.topics.terms import TOP_TERMS
from scsr.errors import EstimationError

__all__ = ["TopicTables", "hidden_cells", "topic_tables"]

#: Of these the shortest is taken of which at most so large a share of cells must be hidden.
PERIODS, MOST_HIDDEN = {"month": "M", "quarter": "Q", "year": "Y"}, 0.25
#: How a period is named after its first day, YYYY-MM-DD.
NAMED: dict[str, Callable[[str], str]] = {
    "month": lambda day: day[:7],
    "quarter": lambda day: f"{day[:4]} quarter {(int(day[5:7]) + 2) // 3}",
    "year": lambda day: day[:4],
}
GROUPS = ("channel", "company")
N_TYPICAL = 5
COLUMNS = {
    "languages": [
        "language", "n_documents", "n_topics", "n_withheld", "axes_keep", "period", "n_cells_withheld", "n_runs", "level",
    ],
    "topics": [
        "language", "topic", "label", "kind", "common_topic", "concepts", "likeness", "share", "ci_low", "ci_high",
        "n_documents", "n_people", "recurrence", "recurrence_low", "recurrence_high", "words_in_common", "x", "y",
    ],
    "terms": ["language", "topic", "term", "weight", "exclusivity"],
    "runs": ["language", "topic", "run", "overlap", "words_in_common", "back"],
    "periods": ["language", "topic", "period", "start", "estimate", "ci_low", "ci_high", "n_documents", "n_people"],
    "groups": ["language", "topic", "by", "group", "estimate", "ci_low", "ci_high", "n_documents", "n_people"],
    "partners": ["language", "topic", "partner_language", "partner", "label", "terms", "likeness"],
    "typical": ["language", "topic", "utterance_id", "share"],
}  # fmt: skip


@dataclass(frozen=True)
class TopicTables:
    """What is shown of the topics of one or more languages.

    Topics have their number within their language, as text. ``n_people`` counts distinct writers of the documents that
    the topic dominates.

    Parameters
    ----------
    languages : DataFrame
        ``language, n_documents, n_topics`` (shown)``, n_withheld`` (topics of too few people)``, axes_keep`` (share of
        squared word distances that the map keeps)``, period`` (month, quarter or year)``, n_cells_withheld, n_runs, level``.
    topics : DataFrame
        ``language, topic, label, kind`` (shared, or of one language)``, common_topic, concepts, likeness, share, ci_low,
        ci_high, n_documents, n_people, recurrence, recurrence_low, recurrence_high, words_in_common`` (of ten, mean over
        runs)``, x, y``.
    terms : DataFrame
        ``language, topic, term, weight, exclusivity``: the top ten; exclusivity is the topic's part of the term's weight in
        all topics.
    runs : DataFrame
        ``language, topic, run, overlap, words_in_common, back``: each topic in each run of the consensus.
    periods : DataFrame
        ``language, topic, period, start, estimate, ci_low, ci_high, n_documents, n_people``: shares over time; start is the
        period's first day.
    groups : DataFrame
        ``language, topic, by, group, estimate, ci_low, ci_high, n_documents, n_people``: shares by channel and company.
    partners : DataFrame
        ``language, topic, partner_language, partner, label, terms, likeness``: the same matter in other languages.
    typical : DataFrame
        ``language, topic, utterance_id, share``: the documents most about the topic, one a writer; ids, never words.
    """

    languages: pd.DataFrame
    topics: pd.DataFrame
    terms: pd.DataFrame
    runs: pd.DataFrame
    periods: pd.DataFrame
    groups: pd.DataFrame
    partners: pd.DataFrame
    typical: pd.DataFrame

    def of(self, language: str) -> TopicTables:
        """Return the tables of one language."""
        frames = {each.name: getattr(self, each.name) for each in fields(self)}
        return TopicTables(
            **{name: frame[frame["language"] == language].reset_index(drop=True) for name, frame in frames.items()}
        )


def hidden_cells(counts: np.ndarray, gone: np.ndarray | None = None) -> np.ndarray:
    """Return which cells of a table of counts of people are to be hidden, so that none can be had back from its total.

    Counts of some people, but too few, are hidden; where a row or column has but one hidden cell, its next smallest
    goes too, until none has.

    Parameters
    ----------
    counts : ndarray of int, shape (n_rows, n_columns)
    gone : ndarray of bool, shape (n_rows, n_columns), optional
        Cells that are not shown anyway.

    Returns
    -------
    ndarray of bool, shape (n_rows, n_columns)

    References
    ----------
    Hundepool et al. (2012), *Statistical Disclosure Control*, ch. 4 (secondary cell suppression).

    Examples
    --------
    >>> hidden_cells(np.array([[3, 9, 20], [9, 8, 30], [40, 50, 60]])).astype(int).tolist()
    [[1, 1, 0], [1, 1, 0], [0, 0, 0]]
    """
    hidden = (counts > 0) & (counts < smallest_cell())
    if gone is not None:
        hidden = hidden | gone
    # the smallest count of somebody goes first; of nobody where there is no other
    order = np.where(counts > 0, counts, counts.max(initial=0) + 1).astype(float)
    while True:
        before = hidden.sum()
        for lines, orders in ((hidden, order), (hidden.T, order.T)):
            for line, numbers in zip(lines, orders, strict=True):
                if line.sum() == 1 and len(line) > 1:
                    line[np.where(line, np.inf, numbers).argmin()] = True
        if hidden.sum() == before:
            return hidden


def topic_tables(found: Sequence[LanguageTopics], space: Sequence[SharedTopic], *, seed: int = 1) -> TopicTables:
    """Make the tables behind figures and explorer.

    Parameters
    ----------
    found : sequence of LanguageTopics
        By :func:`scsr.analysis.topics.topics_by_language`, of utterances with ``utterance_id, speaker_id, published_at``;
        languages without topics are passed over.
    space : sequence of SharedTopic
        By :func:`scsr.analysis.topics.common_space` of the same.
    seed : int
        Of the resampling behind the intervals by period and group.

    Returns
    -------
    TopicTables

    Raises
    ------
    EstimationError
        If the utterances have no ``speaker_id`` to count people by.
    """
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in COLUMNS}
    fitted = {one.language: one for one in found if one.model is not None}
    for one in fitted.values():
        for name, frame in language_tables(one, fitted, space, seed).items():
            parts[name].append(frame)
    return TopicTables(
        **{
            name: pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=COLUMNS[name])
            for name, frames in parts.items()
        }
    )


def language_tables(
    one: LanguageTopics, fitted: dict[str, LanguageTopics], space: Sequence[SharedTopic], seed: int
) -> dict[str, pd.DataFrame]:
    """Make the tables of one language."""
    model = one.model
    assert model is not None
    people = people_of(one)
    where, kept = places(word_distances(model.term_weights))
    rows = [topic_row(one, topic, space, people) | {"x": where[topic][0], "y": where[topic][1]}
            for topic in range(model.n_topics)]  # fmt: skip
    topics, n_withheld = withhold(pd.DataFrame(rows, columns=COLUMNS["topics"]), ["n_people"])
    shown = topics["topic"].tolist()
    period, periods, n_hidden = periods_of(one, people, seed)
    groups, n_more = groups_of(one, people, seed)
    own = {
        "topics": topics, "terms": term_rows(one), "runs": run_rows(one), "periods": periods, "groups": groups,
        "partners": partner_rows(one, fitted, space), "typical": typical_rows(one, people),
    }  # fmt: skip
    about = [
        one.language, one.n_documents, len(topics), n_withheld, kept, period, n_hidden + n_more, model.n_runs,
        one.estimates[0].level,
    ]  # fmt: skip
    return {"languages": pd.DataFrame([about], columns=COLUMNS["languages"])} | {
        name: frame[frame["topic"].isin(shown)].reset_index(drop=True) for name, frame in own.items()
    }


def people_of(one: LanguageTopics) -> np.ndarray:
    """Return a number for the writer of each document; all unknown writers are one."""
    if "speaker_id" not in one.rows:
        raise EstimationError("the utterances have no column 'speaker_id' to count people by; load it with the others")
    return np.asarray(pd.factorize(one.rows["speaker_id"].astype(object).fillna("").astype(str))[0])


def topic_row(one: LanguageTopics, topic: int, space: Sequence[SharedTopic], people: np.ndarray) -> dict[str, object]:
    """Return what is known of one topic as a whole."""
    assert one.model is not None
    name, mine = str(topic + 1), one.model.dominant == topic
    common, group = next((n, each) for n, each in enumerate(space, 1) if (one.language, topic) in each.topics)
    share, back = (
        next(each for each in one.named(which) if dict(each.by)["topic"] == name)
        for which in ("topic_share", "topic_recurrence")
    )
    return {
        "language": one.language, "topic": name, "label": label(one, name),
        "kind": "shared" if group.shared else "of one language", "common_topic": common,
        "concepts": ", ".join(concept.replace("_", " ") for concept in group.concepts), "likeness": group.likeness,
        "share": share.estimate, "ci_low": share.ci_low, "ci_high": share.ci_high, "n_documents": int(mine.sum()),
        "n_people": len(np.unique(people[mine])), "recurrence": back.estimate, "recurrence_low": back.ci_low,
        "recurrence_high": back.ci_high, "words_in_common": in_common(one.model.overlaps[:, topic]).mean(),
    }  # fmt: skip


def terms_of(one: LanguageTopics, topic: str, n: int = TOP_TERMS) -> str:
    """Return a topic's heaviest terms."""
    return ", ".join(one.terms.loc[one.terms["topic"] == topic, "term"].head(n))


def label(one: LanguageTopics, topic: str) -> str:
    """Name a topic by its number and three terms."""
    return f"{topic}: {terms_of(one, topic, 3)}"


def in_common(overlap: np.ndarray) -> np.ndarray:
    """Return how many of ten terms two lists share, from their Jaccard similarity.

    Examples
    --------
    >>> in_common(np.array([0, 0.25, 1])).tolist()
    [0.0, 4.0, 10.0]
    """
    return np.asarray(np.round(2 * TOP_TERMS * overlap / (1 + overlap)))


def term_rows(one: LanguageTopics) -> pd.DataFrame:
    """Return each topic's terms with the topic's part of their weight in all topics."""
    assert one.model is not None
    own = part_of_term(one.model)
    exclusivity: list[float] = []
    for topic, weights in enumerate(one.model.term_weights):
        listed = one.model.listed[topic, :TOP_TERMS]
        exclusivity += own[topic, listed[np.argsort(-weights[listed], kind="stable")]].tolist()
    return one.terms.assign(exclusivity=exclusivity)[COLUMNS["terms"]]


def part_of_term(model: TopicModel) -> np.ndarray:
    """Return each topic's part of each term's weight in all topics, shape (n_topics, n_terms)."""
    return np.asarray(model.term_weights / np.maximum(model.term_weights.sum(axis=0), 1e-300))


def run_rows(one: LanguageTopics) -> pd.DataFrame:
    """Return how much of each topic each run of the consensus brought back."""
    assert one.model is not None
    n_runs, n_topics = one.model.overlaps.shape
    overlap = one.model.overlaps.T.ravel()
    return pd.DataFrame(
        {
            "language": one.language, "topic": np.repeat(np.arange(1, n_topics + 1), n_runs).astype(str),
            "run": np.tile(np.arange(1, n_runs + 1), n_topics), "overlap": overlap,
            "words_in_common": in_common(overlap).astype(int), "back": overlap >= ALIKE,
        }
    )  # fmt: skip


def periods_of(one: LanguageTopics, people: np.ndarray, seed: int) -> tuple[str, pd.DataFrame, int]:
    """Return the period, the shares in each, and how many of these are hidden.

    The period is the shortest of month, quarter and year of which at most a quarter of the shares must be hidden.
    """
    when = pd.to_datetime(one.rows["published_at"], utc=True).dt.tz_localize(None)
    for name, frequency in PERIODS.items():
        start = when.dt.to_period(frequency).dt.start_time.dt.strftime("%Y-%m-%d")
        cells, n_hidden = shares_by(one, people, start, name, seed)
        if len(cells) and n_hidden <= MOST_HIDDEN * (len(cells) + n_hidden):
            break
    cells = cells.assign(start=pd.to_datetime(cells["group"]), period=cells["group"].map(NAMED[name]))
    return name, cells[COLUMNS["periods"]], n_hidden


def groups_of(one: LanguageTopics, people: np.ndarray, seed: int) -> tuple[pd.DataFrame, int]:
    """Return the shares by channel and by company, where there is more than one, and how many are hidden."""
    parts, n_hidden = [pd.DataFrame(columns=COLUMNS["groups"])], 0
    for column in GROUPS:
        if column in one.rows and one.rows[column].nunique() > 1:
            cells, hidden = shares_by(one, people, one.rows[column].astype(object), column, seed)
            parts.append(cells.assign(by=column)[COLUMNS["groups"]])
            n_hidden += hidden
    whole = [part for part in parts if len(part)] or parts[:1]
    return pd.concat(whole, ignore_index=True), n_hidden


def shares_by(
    one: LanguageTopics, people: np.ndarray, groups: pd.Series, by: str, seed: int
) -> tuple[pd.DataFrame, int]:
    """Return each topic's share in each group of enough documents, cells of few people left out, and their number.

    Documents of no group are in none.
    """
    assert one.model is not None
    stated = groups.notna().to_numpy()
    labels = groups.astype(object).fillna("not stated").astype(str).to_numpy()
    estimates = one.prevalence(by, labels.tolist(), seed=seed)
    names = sorted(set(labels[stated]))
    column = {name: place for place, name in enumerate(names)}
    cells = pd.DataFrame({"topic": one.model.dominant, "group": labels, "who": people})[stated]
    writers = cells.pivot_table(index="topic", columns="group", values="who", aggfunc="nunique", fill_value=0)
    counts = writers.reindex(index=range(one.model.n_topics), columns=names, fill_value=0).to_numpy(dtype=int)
    few = cells.groupby("group")["who"].nunique().reindex(names).lt(smallest_cell()).to_numpy()
    gone = np.ones(counts.shape, dtype=bool)
    shown = [each for each in estimates if each.ok and dict(each.by)[by] in column]
    spots = [(int(dict(each.by)["topic"]) - 1, column[dict(each.by)[by]]) for each in shown]
    for spot in spots:
        gone[spot] = False
    hidden = hidden_cells(counts, gone | few)
    rows = [
        {
            "language": one.language, "topic": str(spot[0] + 1), "group": names[spot[1]], "estimate": each.estimate,
            "ci_low": each.ci_low, "ci_high": each.ci_high, "n_documents": each.n, "n_people": int(counts[spot]),
        }
        for spot, each in sorted(zip(spots, shown, strict=True), key=lambda pair: pair[0])
        if not hidden[spot]
    ]  # fmt: skip
    names_of = ["language", "topic", "group", "estimate", "ci_low", "ci_high", "n_documents", "n_people"]
    return pd.DataFrame(rows, columns=names_of), int((hidden & ~gone).sum())


def partner_rows(one: LanguageTopics, fitted: dict[str, LanguageTopics], space: Sequence[SharedTopic]) -> pd.DataFrame:
    """Return the topics of other languages that are one shared topic with each."""
    return pd.DataFrame(
        [
            {
                "language": one.language, "topic": str(topic + 1), "partner_language": language, "partner": str(other + 1),
                "label": label(fitted[language], str(other + 1)), "terms": terms_of(fitted[language], str(other + 1)),
                "likeness": group.likeness,
            }
            for group in space
            for topic in (mine for its, mine in group.topics if its == one.language)
            for language, other in group.topics
            if language != one.language
        ],
        columns=COLUMNS["partners"],
    )  # fmt: skip


def typical_rows(one: LanguageTopics, people: np.ndarray) -> pd.DataFrame:
    """Return the documents that are most about each topic, of each writer one."""
    return pd.DataFrame(chain.from_iterable(typical_of(one, people)), columns=COLUMNS["typical"])


def typical_of(one: LanguageTopics, people: np.ndarray) -> Iterator[list[dict[str, object]]]:
    """Go through the topics; of documents equally about one, those of more known terms come first."""
    assert one.model is not None
    terms, ids = set(one.model.vocabulary), one.rows["utterance_id"].astype(str).to_numpy()
    known = np.array([sum(lemma in terms for lemma in lemmas) for lemmas in one.rows["lemmas"]])
    for topic in range(one.model.n_topics):
        share = one.model.doc_topic_matrix[:, topic].round(2)
        mine = np.flatnonzero(one.model.dominant == topic)
        order = mine[np.lexsort((ids[mine], -known[mine], -share[mine]))]
        first = order[np.sort(np.unique(people[order], return_index=True)[1])][:N_TYPICAL]
        yield [
            {
                "language": one.language,
                "topic": str(topic + 1),
                "utterance_id": ids[place],
                "share": float(share[place]),
            }
            for place in first
        ]
