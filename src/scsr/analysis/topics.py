"""What is talked about: topics of one language's documents, their number, their stability.

gensim prunes the dictionary and measures coherence; the engine is chosen by the length of the documents,
because the ranking of engines turns with it: non-negative matrix factorisation of TF-IDF (Lee & Seung 1999,
*Nature* 401) leads on long texts, Gibbs-sampled latent Dirichlet allocation (Blei, Ng & Jordan 2003; Griffiths
& Steyvers 2004) on short ones. A topic model is a reading aid: a topic counts as found when it comes back under
resampling, and each carries the share of refits in which it did.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from scsr.analysis.estimates import Estimate, not_estimable
from scsr.errors import EstimationError
from scsr.text import tokens

if TYPE_CHECKING:
    from gensim.corpora import Dictionary

__all__ = [
    "TopicModel",
    "TopicSearch",
    "choose_n_topics",
    "coherence",
    "fit_topics",
    "recurrence",
    "term_overlap",
    "topic_shares",
    "written_forms",
]

Engine = Literal["auto", "nmf", "lda"]

#: Below this median number of content lemmas a document is short, and LDA is fitted; from it on, NMF.
SHORT_DOCUMENT = 30
#: Fewer documents than this for each topic, and there is no telling a topic from an accident.
DOCUMENTS_PER_TOPIC = 20
TOP_TERMS = 10


@dataclass(frozen=True)
class TopicModel:
    """A fitted topic model.

    Parameters
    ----------
    engine : {"nmf", "lda"}
    seed : int
    vocabulary : tuple of str
        Lemmas, in the order of the columns of `term_weights`.
    term_weights : ndarray, shape (n_topics, n_terms)
        Share of each term in each topic; rows sum to 1.
    doc_topic_matrix : ndarray, shape (n_documents, n_topics)
        Share of each topic in each document; rows sum to 1, or to 0 where no word of the document is in the
        vocabulary.
    """

    engine: str
    seed: int
    vocabulary: tuple[str, ...]
    term_weights: np.ndarray
    doc_topic_matrix: np.ndarray

    @property
    def n_topics(self) -> int:
        """Number of topics."""
        return len(self.term_weights)

    @property
    def dominant(self) -> np.ndarray:
        """Topic with the largest share of each document, -1 where the document has none; shape (n_documents,)."""
        return np.where(self.doc_topic_matrix.sum(axis=1) > 0, self.doc_topic_matrix.argmax(axis=1), -1)

    def top_terms(self, n: int = TOP_TERMS) -> list[list[str]]:
        """Return the heaviest lemmas of each topic, heaviest first."""
        order = np.argsort(-self.term_weights, axis=1, kind="stable")[:, :n]
        return [[self.vocabulary[term] for term in row] for row in order]

    @property
    def diversity(self) -> float:
        """Share of distinct lemmas among all topics' top ten (Dieng, Ruiz & Blei 2020)."""
        terms = self.top_terms()
        return len({term for topic in terms for term in topic}) / max(1, sum(map(len, terms)))


@dataclass(frozen=True)
class TopicSearch:
    """The numbers of topics tried, what each scored, and the one chosen.

    Parameters
    ----------
    table : DataFrame
        One row for each number: ``n_topics, c_npmi, diversity, stability``.
    n_topics : int
        The choice.
    rule : str
        How it was chosen, in words.
    """

    table: pd.DataFrame
    n_topics: int
    rule: str


@contextmanager
def quiet(*names: str) -> Iterator[None]:
    """Keep progress messages of a library out of a notebook's output."""
    loggers = [logging.getLogger(name) for name in names]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def make_dictionary(documents: Sequence[Sequence[str]], min_documents: int = 5, max_share: float = 0.5) -> Dictionary:
    """Return gensim's dictionary without rare lemmas and lemmas that stand in most documents."""
    from gensim.corpora import Dictionary

    with quiet("gensim"):
        dictionary = Dictionary(list(documents))
        dictionary.filter_extremes(no_below=min_documents, no_above=max_share, keep_n=20_000)
        dictionary.compactify()
    return dictionary


def term_order(dictionary: Dictionary) -> list[str]:
    """Lemmas by id: alphabetical, so that the same documents in another order give the same columns."""
    return sorted(dictionary.token2id)


def fit_topics(
    documents: Sequence[Sequence[str]], n_topics: int, *, engine: Engine = "auto", seed: int = 1, min_documents: int = 5
) -> TopicModel:
    """Fit topics to documents of one language.

    Parameters
    ----------
    documents : sequence of sequences of str
        Content lemmas of each document.
    n_topics : int
        Number of topics, 2 or more.
    engine : {"auto", "nmf", "lda"}
        ``auto`` takes LDA where the median document has fewer than 30 content lemmas, else NMF.
    seed : int
        The same seed and documents give the same model on every run.
    min_documents : int
        A lemma in fewer documents is left out.

    Returns
    -------
    TopicModel

    Raises
    ------
    EstimationError
        If there are fewer than 20 documents a topic, or no lemma common enough to tell topics by.

    References
    ----------
    Blei, Ng & Jordan (2003), *Journal of Machine Learning Research* 3. Lee & Seung (1999), *Nature* 401.

    Examples
    --------
    >>> texts = [["refund", "money", "bill"], ["train", "late", "wait"]] * 40
    >>> model = fit_topics(texts, 2, seed=3)
    >>> sorted(sorted(terms) for terms in model.top_terms(3))
    [['bill', 'money', 'refund'], ['late', 'train', 'wait']]
    """
    if n_topics < 2:
        raise EstimationError(f"n_topics is {n_topics}: a topic model needs 2 or more")
    enough = sum(1 for document in documents if document)
    if enough < DOCUMENTS_PER_TOPIC * n_topics:
        raise EstimationError(
            f"{enough} documents with content are too few for {n_topics} topics: "
            f"{DOCUMENTS_PER_TOPIC} for each are needed; ask for fewer topics or give more documents"
        )
    vocabulary = term_order(make_dictionary(documents, min_documents))
    if len(vocabulary) < TOP_TERMS and len(vocabulary) < 2 * n_topics:
        raise EstimationError(
            f"only {len(vocabulary)} lemmas stand in {min_documents} documents or more and in at most half of them: "
            "too few to tell topics by; give more or longer documents"
        )
    if engine == "auto":
        engine = choose_engine(documents)
    fit = fit_lda if engine == "lda" else fit_nmf
    term_weights, doc_topic_matrix = fit(documents, vocabulary, n_topics, seed)
    return TopicModel(engine, seed, tuple(vocabulary), term_weights, doc_topic_matrix)


def choose_engine(documents: Sequence[Sequence[str]]) -> Literal["nmf", "lda"]:
    """Return the engine for documents of this length.

    Examples
    --------
    >>> choose_engine([["late", "train"]]), choose_engine([["word"] * 80])
    ('lda', 'nmf')
    """
    lengths = [len(document) for document in documents if document]
    return "lda" if np.median(lengths) < SHORT_DOCUMENT else "nmf"


def shares(matrix: np.ndarray) -> np.ndarray:
    """Divide each row by its sum; rows of zeros stay."""
    totals = matrix.sum(axis=1, keepdims=True)
    return np.divide(matrix, totals, out=np.zeros_like(matrix, dtype=float), where=totals > 0)


def fit_nmf(
    documents: Sequence[Sequence[str]], vocabulary: list[str], n_topics: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Factorise the TF-IDF matrix; the start by singular vectors makes the seed matter little."""
    from sklearn.decomposition import NMF
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer=list, vocabulary=vocabulary, sublinear_tf=True)
    doc_term_matrix = vectorizer.fit_transform(documents)
    model = NMF(n_topics, init="nndsvda", random_state=seed, max_iter=400, tol=1e-3)
    weights = model.fit_transform(doc_term_matrix)
    return shares(model.components_), shares(weights * model.components_.sum(axis=1))


def fit_lda(
    documents: Sequence[Sequence[str]], vocabulary: list[str], n_topics: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Sample LDA; one worker, because several give results that differ between processors."""
    import tomotopy

    known = set(vocabulary)
    model = tomotopy.LDAModel(k=n_topics, seed=seed, alpha=0.1, eta=0.01)
    places = []
    for place, document in enumerate(documents):
        kept = [lemma for lemma in document if lemma in known]
        if kept:
            model.add_doc(kept)
            places.append(place)
    model.train(500, workers=1, show_progress=False)
    column = {term: index for index, term in enumerate(model.used_vocabs)}
    order = [column[term] for term in vocabulary]
    term_weights = np.array([model.get_topic_word_dist(topic) for topic in range(n_topics)], dtype=float)[:, order]
    doc_topic_matrix = np.zeros((len(documents), n_topics))
    doc_topic_matrix[places] = [document.get_topic_dist() for document in model.docs]
    return shares(term_weights), shares(doc_topic_matrix)


def coherence(
    model: TopicModel, documents: Sequence[Sequence[str]], measure: Literal["c_npmi", "c_v"] = "c_npmi"
) -> np.ndarray:
    """Return the coherence of each topic's ten top terms, by gensim.

    Parameters
    ----------
    model : TopicModel
    documents : sequence of sequences of str
        The documents that the co-occurrences are counted in.
    measure : {"c_npmi", "c_v"}
        Normalised pointwise mutual information in windows of 10 words, from -1 to 1, or c_v in windows of 110.

    Returns
    -------
    ndarray, shape (n_topics,)

    References
    ----------
    Röder, Both & Hinneburg (2015), *Exploring the space of topic coherence measures*, WSDM.
    """
    from gensim.models import CoherenceModel

    with quiet("gensim"):
        scored = CoherenceModel(
            topics=model.top_terms(), texts=list(documents), dictionary=make_dictionary(documents, 1, 1.0),
            coherence=measure, topn=TOP_TERMS, processes=1,
        )  # fmt: skip
        return np.nan_to_num(np.array(scored.get_coherence_per_topic(), dtype=float), nan=0.0)


def term_overlap(one: TopicModel, other: TopicModel) -> np.ndarray:
    """Return how alike the topics of `one` are to their best partners in `other`.

    Topics are paired one to one so that the Jaccard similarity of top-ten terms is largest in all (Greene,
    O'Callaghan & Cunningham 2014, *How many topics?*, ECML PKDD).

    Returns
    -------
    ndarray, shape (one.n_topics,)
        Jaccard similarity with the partner, 0 to 1; 0 where there is no partner.
    """
    from scipy.optimize import linear_sum_assignment

    mine, theirs = ([set(terms) for terms in model.top_terms()] for model in (one, other))
    similarity = np.array([[len(a & b) / len(a | b) for b in theirs] for a in mine])
    rows, columns = linear_sum_assignment(-similarity)
    found = np.zeros(len(mine))
    found[rows] = similarity[rows, columns]
    return found


def resample(documents: Sequence[Sequence[str]], rng: np.random.Generator) -> list[Sequence[str]]:
    """Draw as many documents with replacement."""
    return [documents[place] for place in rng.integers(0, len(documents), len(documents))]


def recurrence(
    model: TopicModel,
    documents: Sequence[Sequence[str]],
    *,
    n_refits: int = 10,
    alike: float = 0.25,
    seed: int = 1,
    level: float = 0.95,
) -> tuple[Estimate, ...]:
    """Refit on resampled documents and count how often each topic comes back.

    Parameters
    ----------
    model : TopicModel
    documents : sequence of sequences of str
        The documents that it was fitted to.
    n_refits : int
        Bootstrap resamples of the documents, each refitted with a seed of its own.
    alike : float
        Jaccard similarity of top-ten terms from which a topic counts as come back; .25 is 4 of 10 terms in common.
    seed : int
    level : float

    Returns
    -------
    tuple of Estimate
        ``topic_recurrence`` for each topic: the share of refits, with a Wilson interval for their number.
    """
    from statsmodels.stats.proportion import proportion_confint

    rng = np.random.default_rng(seed)
    overlaps = []
    for _ in range(n_refits):
        engine: Engine = "lda" if model.engine == "lda" else "nmf"
        refit = fit_topics(
            resample(documents, rng), model.n_topics, engine=engine, seed=int(rng.integers(1, 2**31 - 1))
        )
        overlaps.append(term_overlap(model, refit))
    back = (np.array(overlaps) >= alike).sum(axis=0)
    estimates = []
    for topic, count in enumerate(back):
        low, high = proportion_confint(count, n_refits, alpha=1 - level, method="wilson")
        estimates.append(
            Estimate(
                "topic_recurrence",
                "share of refits on resampled documents in which the topic comes back",
                "share", count / n_refits, min(low, count / n_refits), max(high, count / n_refits), n_refits,
                f"bootstrap of documents, topics matched by top-ten terms (Jaccard of {alike:g} or more); "
                "Wilson interval for the number of refits",
                {"topic": str(topic + 1)}, ("documents are exchangeable",), level,
            )
        )  # fmt: skip
    return tuple(estimates)


def choose_n_topics(
    documents: Sequence[Sequence[str]], candidates: Sequence[int] = (4, 6, 8, 10, 12, 16), *, seed: int = 1
) -> TopicSearch:
    """Choose the number of topics by coherence and stability.

    Each number is fitted to all documents and to one bootstrap resample. Stability is the mean Jaccard overlap of
    the two; coherence is c_npmi. The rule: the largest sum of the two measures' ranks, the smaller number on a tie.

    Parameters
    ----------
    documents : sequence of sequences of str
    candidates : sequence of int
        Numbers to try; those that the corpus is too small for are left out.
    seed : int

    Returns
    -------
    TopicSearch

    Raises
    ------
    EstimationError
        If the corpus is too small for the smallest candidate.
    """
    enough = sum(1 for document in documents if document)
    tried = sorted({n for n in candidates if DOCUMENTS_PER_TOPIC * n <= enough})
    if not tried:
        raise EstimationError(
            f"{enough} documents with content are too few for topics: {DOCUMENTS_PER_TOPIC * min(candidates)} are "
            f"needed for {min(candidates)}"
        )
    drawn = resample(documents, np.random.default_rng(seed))
    rows = []
    for n_topics in tried:
        model = fit_topics(documents, n_topics, seed=seed)
        again = fit_topics(drawn, n_topics, engine="lda" if model.engine == "lda" else "nmf", seed=seed + 1)
        rows.append(
            {
                "n_topics": n_topics,
                "c_npmi": float(coherence(model, documents).mean()),
                "diversity": model.diversity,
                "stability": float(term_overlap(model, again).mean()),
            }
        )
    table = pd.DataFrame(rows)
    score = table["c_npmi"].rank() + table["stability"].rank()
    best = int(table.loc[score.idxmax(), "n_topics"])
    return TopicSearch(
        table, best, "the largest sum of the ranks of coherence (c_npmi) and stability; the smaller number on a tie"
    )


def topic_shares(model: TopicModel, *, level: float = 0.95, groups: Sequence[str] | None = None) -> tuple[Estimate, ...]:
    """Return the share of documents in which each topic dominates.

    Parameters
    ----------
    model : TopicModel
    level : float
    groups : sequence of str, optional
        A group for each document, such as its country; shares are then within groups.

    Returns
    -------
    tuple of Estimate
        ``topic_share`` by topic, and by group where given; Wilson intervals, conditional on the fitted topics.
    """
    from statsmodels.stats.proportion import proportion_confint

    dominant = model.dominant
    labels = np.array(["all"] * len(dominant) if groups is None else list(groups), dtype=object)
    if len(labels) != len(dominant):
        raise EstimationError(f"{len(labels)} groups for {len(dominant)} documents; give one for each document")
    estimates = []
    for label in sorted(set(labels)):
        members = dominant[(labels == label) & (dominant >= 0)]
        for topic in range(model.n_topics):
            by = {"topic": str(topic + 1)} | ({} if groups is None else {"group": label})
            estimand = "share of documents in which the topic dominates"
            if not len(members):
                estimates.append(
                    not_estimable(
                        "topic_share", estimand, "share", "no document has a word of the vocabulary", by=by, level=level
                    )
                )
                continue
            count = int((members == topic).sum())
            low, high = proportion_confint(count, len(members), alpha=1 - level, method="wilson")
            share = count / len(members)
            estimates.append(
                Estimate(
                    "topic_share", estimand, "share", share, min(low, share), max(high, share), len(members),
                    "Wilson score interval (Wilson 1927) given the fitted topics", by,
                    ("documents are independent", "the topics are as fitted: their own uncertainty is shown apart"), level,
                )
            )  # fmt: skip
    return tuple(estimates)


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
