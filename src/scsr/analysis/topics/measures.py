"""How good topics are: coherence, exclusivity, held-out fit, and whether two models have the same."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Literal

import numpy as np

from scsr.analysis.topics.counts import Documents, doc_term_matrix, make_dictionary, quiet
from scsr.analysis.topics.engines import fold_in
from scsr.analysis.topics.model import TopicModel
from scsr.analysis.topics.terms import TOP_TERMS

__all__ = ["coherence", "exclusivity", "held_out_gain", "list_overlap", "term_overlap"]

#: Weight of the words' usual shares in the held-out fit, so that no word is impossible.
BACKGROUND = 0.1


def coherence(model: TopicModel, documents: Documents, measure: Literal["c_npmi", "c_v"] = "c_npmi") -> np.ndarray:
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


def exclusivity(model: TopicModel) -> np.ndarray:
    """Return how much of its top ten terms' weight each topic has to itself.

    Returns
    -------
    ndarray, shape (n_topics,)
        Mean over the terms of the topic's share in the sum of the term's weights in all topics: from about 1 / n_topics
        to 1.

    References
    ----------
    Bischof & Airoldi (2012), *Summarizing topical content with word frequency and exclusivity*, ICML.
    """
    own = model.term_weights / np.maximum(model.term_weights.sum(axis=0), 1e-300)
    return np.asarray(np.take_along_axis(own, model.listed[:, :TOP_TERMS], axis=1).mean(axis=1))


def held_out_gain(model: TopicModel, documents: Documents, *, seed: int = 1) -> float:
    """Return how much better the topics foretell the other half of unseen documents than the words' usual shares do.

    Every second word of a document, in random order, tells its topics; the rest is foretold.

    Parameters
    ----------
    model : TopicModel
        Fitted to other documents.
    documents : sequence of sequences of str
    seed : int

    Returns
    -------
    float
        Mean gain in log-likelihood, nats a word; 0 where the topics tell nothing, NaN where no word is known.

    References
    ----------
    Wallach, Murray, Salakhutdinov & Mimno (2009), *Evaluation methods for topic models*, ICML (document completion).
    """
    rng = np.random.default_rng(seed)
    known = set(model.vocabulary)
    shuffled = [rng.permutation([lemma for lemma in document if lemma in known]) for document in documents]
    shuffled = [document for document in shuffled if len(document) > 1]
    if not shuffled:
        return float("nan")
    seen = doc_term_matrix([document[::2].tolist() for document in shuffled], model.vocabulary)
    unseen = doc_term_matrix([document[1::2].tolist() for document in shuffled], model.vocabulary)
    usual = (np.asarray(seen.sum(axis=0)).ravel() + 1) / (seen.sum() + seen.shape[1])
    mixed = fold_in(seen, model.term_weights, "lda")
    rows = np.repeat(np.arange(unseen.shape[0]), np.diff(unseen.indptr))
    told = np.einsum("ij,ji->i", mixed[rows], model.term_weights[:, unseen.indices])
    chance = usual[unseen.indices]
    gain = np.log((1 - BACKGROUND) * told + BACKGROUND * chance) - np.log(chance)
    return float((gain * unseen.data).sum() / unseen.data.sum())


def list_overlap(mine: Sequence[Sequence[Hashable]], theirs: Sequence[Sequence[Hashable]]) -> np.ndarray:
    """Return the Jaccard similarity of each list of terms with its partner, 0 where there is none.

    Lists are paired one to one so that the sum of similarities is largest.

    Examples
    --------
    >>> list_overlap([["a", "b"], ["c", "d"]], [["c", "e"], ["a", "b"]]).round(2).tolist()
    [1.0, 0.33]
    """
    from scipy.optimize import linear_sum_assignment

    ours, others = [set(terms) for terms in mine], [set(terms) for terms in theirs]
    similarity = np.array([[len(a & b) / len(a | b) for b in others] for a in ours])
    rows, columns = linear_sum_assignment(-similarity)
    found = np.zeros(len(ours))
    found[rows] = similarity[rows, columns]
    return found


def term_overlap(one: TopicModel, other: TopicModel) -> np.ndarray:
    """Return how alike the topics of `one` are to their best partners in `other`.

    Topics are paired one to one so that the Jaccard similarity of top-ten terms is largest in all (Greene,
    O'Callaghan & Cunningham 2014, *How many topics?*, ECML PKDD).

    Returns
    -------
    ndarray, shape (one.n_topics,)
        Jaccard similarity with the partner, 0 to 1; 0 where there is no partner.
    """
    return list_overlap(one.top_terms(), other.top_terms())
