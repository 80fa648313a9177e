"""Topics of a corpus in several languages: one model a language, with its terms, shares and stability."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import pandas as pd

from scsr.analysis.disclosure import is_small, smallest_cell
from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.topics.choose import SEARCH_COLUMNS, TopicSearch, choose_n_topics
from scsr.analysis.topics.consensus import N_RUNS, ConsensusModel, consensus_topics
from scsr.analysis.topics.drawn import Drawn
from scsr.analysis.topics.measures import coherence
from scsr.analysis.topics.model import TopicModel
from scsr.analysis.topics.prevalence import dominant_by_run, topic_prevalence, topic_shares
from scsr.analysis.topics.recurrence import recurrence
from scsr.analysis.topics.terms import TOP_TERMS
from scsr.errors import EstimationError
from scsr.text import tokens
from scsr.text.light import without_light

__all__ = ["LanguageTopics", "overview", "searches", "topics_by_language", "written_forms"]

TERM_COLUMNS = ["language", "topic", "term", "weight"]


@dataclass(frozen=True)
class LanguageTopics:
    """The topics of one language's documents, or the reason why there are none.

    Parameters
    ----------
    language : str
    n_documents : int
        Documents with content lemmas.
    reason : str
        Why there is no model; empty where there is one.
    model : ConsensusModel or None
    search : TopicSearch or None
        How the number of topics was chosen; None where it was given.
    terms : DataFrame
        ``language, topic, term, weight``: the top ten of each topic in their commonest written form.
    estimates : tuple of Estimate
        ``topic_share`` and ``topic_recurrence`` of each topic, grouped by language and topic.
    coherence : float
        Mean c_npmi of the topics, from -1 to 1.
    rows : DataFrame
        The utterances that the model was fitted to, in the order of its documents.
    dominant : ndarray of int, shape (n_runs, n_documents)
        The topic of each utterance by the runs of the consensus, see :func:`dominant_by_run`.
    """

    language: str
    n_documents: int
    reason: str = ""
    model: ConsensusModel | None = None
    search: TopicSearch | None = None
    terms: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=TERM_COLUMNS))
    estimates: tuple[Estimate, ...] = ()
    coherence: float = float("nan")
    rows: pd.DataFrame = field(default_factory=pd.DataFrame)
    dominant: np.ndarray = field(default_factory=lambda: np.empty((0, 0), dtype=int))

    @property
    def documents(self) -> list[list[str]]:
        """The lemmas of the utterances that the model was fitted to."""
        return [list(lemmas) for lemmas in self.rows["lemmas"]]

    def prevalence(self, by: str, groups: Sequence[str], *, seed: int = 1) -> tuple[Estimate, ...]:
        """Return each topic's share in each group, by :func:`scsr.analysis.topics.topic_prevalence`."""
        assert self.model is not None, f"{self.language} has no topics: {self.reason}"
        level = self.estimates[0].level
        return topic_prevalence(
            self.model, self.documents, groups, by=by, dominant=self.dominant, level=level, seed=seed
        )

    def named(self, name: str) -> tuple[Estimate, ...]:
        """Return the estimates of this name."""
        return tuple(one for one in self.estimates if one.name == name)

    def labelled(self, name: str) -> tuple[Estimate, ...]:
        """Return the estimates of this name, grouped by a label of number and three top terms, for figures."""
        made = []
        for one in self.named(name):
            topic = dict(one.by)["topic"]
            first = self.terms.loc[self.terms["topic"] == topic, "term"].head(3)
            made.append(replace(one, by={"topic": f"{topic}: {', '.join(first)}"}))
        return tuple(made)


def topics_by_language(
    utterances: pd.DataFrame,
    *,
    n_topics: int | None = None,
    languages: Sequence[str] = ("sv", "nb", "nn", "is"),
    n_refits: int = N_RUNS,
    seed: int = 1,
    level: float = 0.95,
    drawn: Drawn | None = None,
) -> tuple[LanguageTopics, ...]:
    """Fit one topic model to each language of a corpus.

    Light words (:mod:`scsr.text.light`) are left out. Exact repeats of the same lemmas are counted once, so that a
    chain letter makes no topic.

    Parameters
    ----------
    utterances : DataFrame
        Table ``utterances`` with ``language, lemmas, text``.
    n_topics : int, optional
        Number of topics; chosen by :func:`choose_n_topics` where not given.
    languages : sequence of str
        Languages to look at; those without any document are left out.
    n_refits : int
        Runs on resampled documents that the topics are the consensus of.
    seed : int
    level : float
    drawn : Drawn, optional
        How the utterances were drawn from a larger corpus, for the assumptions.

    Returns
    -------
    tuple of LanguageTopics
        Largest language first.
    """
    found = []
    for language in languages:
        rows = utterances[utterances["language"].astype(str) == language]
        rows = rows.assign(lemmas=rows["lemmas"].map(partial(without_light, lang=language)))
        rows = rows[rows["lemmas"].map(len).gt(0)]
        rows = rows[~rows["lemmas"].map(tuple).duplicated()]
        if len(rows):
            found.append(topics_of(language, rows, n_topics, n_refits, seed, level, drawn or Drawn()))
    return tuple(sorted(found, key=lambda one: (-one.n_documents, one.language)))


def topics_of(
    language: str,
    rows: pd.DataFrame,
    n_topics: int | None,
    n_refits: int,
    seed: int,
    level: float,
    drawn: Drawn,
) -> LanguageTopics:
    """Fit the topics of one language, or say why not."""
    documents = [list(lemmas) for lemmas in rows["lemmas"]]
    try:
        search = None if n_topics else choose_n_topics(documents, seed=seed)
        chosen = search.n_topics if search else int(n_topics or 0)
        model = consensus_topics(documents, chosen, n_runs=n_refits, seed=seed)
    except EstimationError as error:
        return LanguageTopics(language, len(documents), str(error))
    dominant = dominant_by_run(model, documents)
    shares = topic_shares(model, documents, dominant=dominant, level=level, seed=seed)
    made = drawn.stated((*known_writers(shares, model, rows), *recurrence(model, level=level)), language)
    return LanguageTopics(
        language,
        len(documents),
        "",
        model,
        search,
        term_table(model, language, written_forms(rows["text"].tolist(), language)),
        tuple(replace(one, by=dict(one.by) | {"language": language}) for one in made),
        float(coherence(model, documents).mean()),
        rows,
        dominant,
    )


def known_writers(estimates: tuple[Estimate, ...], model: TopicModel, rows: pd.DataFrame) -> tuple[Estimate, ...]:
    """Withhold the share of a topic that fewer people write about than may be shown, where writers are stated."""
    if "speaker_id" not in rows:
        return estimates
    people = rows["speaker_id"].groupby(model.dominant).nunique()
    reason = f"fewer than {smallest_cell()} people write about it"
    return tuple(
        not_estimable(one.name, one.estimand, one.unit, reason, by=one.by, level=one.level)
        if is_small(int(people.get(topic, 0)))
        else one
        for topic, one in enumerate(estimates)
    )


def term_table(model: TopicModel, language: str, forms: dict[str, str]) -> pd.DataFrame:
    """Return the ten terms that stand for each topic, in their commonest written form, heaviest first."""
    rows = []
    for topic, listed in enumerate(model.listed[:, :TOP_TERMS]):
        for term in sorted(listed, key=lambda place, topic=topic: -model.term_weights[topic, place]):  # type: ignore[misc]
            lemma = model.vocabulary[term]
            weight = float(model.term_weights[topic, term])
            rows.append(
                {"language": language, "topic": str(topic + 1), "term": forms.get(lemma, lemma), "weight": weight}
            )
    return pd.DataFrame(rows, columns=TERM_COLUMNS)


def written_forms(texts: Sequence[str], language: str) -> dict[str, str]:
    """Return the commonest written form of each lemma of these texts.

    Readers read words, not lemmas: a term list shows *fakturan* where the corpus mostly writes so.

    Parameters
    ----------
    texts : sequence of str
    language : {"sv", "nb", "nn", "is"}

    Returns
    -------
    dict
        Lemma to written form in lower case; of equally common forms the alphabetically first.

    Examples
    --------
    >>> forms = written_forms(["Fakturan kom sent.", "Var är fakturan?", "En faktura saknas."], "sv")
    >>> forms["faktura"]
    'fakturan'
    """
    counts = Counter(word.lower() for text in texts for word in tokens.words(text))
    best: dict[str, tuple[int, str]] = {}
    for word, count in sorted(counts.items()):
        for lemma in tokens.lemmas(word, language):
            if lemma not in best or count > best[lemma][0]:
                best[lemma] = (count, word)
    return {lemma: word for lemma, (_, word) in best.items()}


def searches(found: Sequence[LanguageTopics]) -> pd.DataFrame:
    """Return what each number of topics scored in each language, and which was chosen.

    Returns
    -------
    DataFrame
        ``language, n_topics, chosen`` (yes, or empty)``, c_npmi, c_v, diversity, exclusivity, held_out_gain, stability``.
    """
    tables = [
        one.search.table.assign(
            language=one.language,
            chosen=["yes" if n == one.search.n_topics else "" for n in one.search.table["n_topics"]],
        )
        for one in found
        if one.search is not None and one.model is not None
    ]
    columns = ["language", "n_topics", "chosen", *SEARCH_COLUMNS[1:]]
    return pd.concat(tables, ignore_index=True)[columns] if tables else pd.DataFrame(columns=columns)


def overview(found: Sequence[LanguageTopics]) -> pd.DataFrame:
    """Return one row a language: documents, topics, engine, coherence, or the reason why there are no topics.

    Returns
    -------
    DataFrame
        ``language, documents, topics, engine, c_npmi, reason``.
    """
    rows = [
        {
            "language": one.language,
            "documents": one.n_documents,
            "topics": one.model.n_topics if one.model else 0,
            "engine": one.model.engine.upper() if one.model else "",
            "c_npmi": one.coherence,
            "reason": one.reason,
        }
        for one in found
    ]
    return pd.DataFrame(rows, columns=["language", "documents", "topics", "engine", "c_npmi", "reason"])
