"""One topic space for several languages: topics of each language matched by the concepts that they are about.

Languages share hardly any lemma, so the topics of one cannot be compared with those of another by their terms. The
concept lexicon says what a lemma is about in each language; the concepts by which a topic exceeds the others of its
language are its profile, and topics of different languages with like profiles are one shared topic. A topic with no like
anywhere is specific to its language.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from scsr.analysis.topics.consensus import lift
from scsr.analysis.topics.counts import Documents, doc_term_matrix
from scsr.analysis.topics.model import TopicModel
from scsr.text.concepts import concepts, concepts_of

__all__ = ["SharedTopic", "concept_profiles", "match_topics", "matched_concepts"]

#: Cosine of concept profiles from which topics of two languages are the same.
SAME = 0.3
#: Topics' worth of average documents that a topic's share of a concept is smoothed by.
PRIOR = 0.5


@dataclass(frozen=True)
class SharedTopic:
    """A topic of the common space.

    Parameters
    ----------
    topics : tuple of (str, int)
        Language and topic (from 0) of its members, at most one a language.
    likeness : float
        Mean cosine of the members' concept profiles, NaN where it has one member.
    concepts : tuple of str
        The concepts that it is about, first the foremost.
    """

    topics: tuple[tuple[str, int], ...]
    likeness: float
    concepts: tuple[str, ...]

    @property
    def shared(self) -> bool:
        """Whether it stands in two languages or more."""
        return len(self.topics) > 1


def concept_profiles(
    model: TopicModel, documents: Documents, language: str, left_out: Collection[str] = ()
) -> np.ndarray:
    """Return by which concepts the documents of each topic exceed those of the other topics of its language.

    Parameters
    ----------
    model : TopicModel
    documents : sequence of sequences of str
        The documents that it was fitted to.
    language : str
        The language of their lemmas.
    left_out : collection of str
        Lemmas whose concepts are not looked at; what is held back for a blind check.

    Returns
    -------
    ndarray, shape (n_topics, n_concepts)
        Columns in the order of :func:`scsr.text.concepts.concepts`. Square roots of what exceeds the mean topic's share
        of documents with the concept, so that a topic needs more than one concept to be like another; rows of length
        1, or 0 where no lemma is in the lexicon.
    """
    named = [
        [concept for lemma in document if lemma not in left_out for concept in concepts_of(lemma, language)]
        for document in documents
    ]
    present = doc_term_matrix(named, concepts())
    present.data[:] = 1
    found = np.asarray((present.T @ model.doc_topic_matrix).T)
    sizes = model.doc_topic_matrix.sum(axis=0)[:, None]
    smoothed = (found + PRIOR * found.mean(axis=0)) / np.maximum(sizes + PRIOR * sizes.mean(), 1e-12)
    profiles = np.sqrt(lift(smoothed, smoothed.mean(axis=0)))
    return np.asarray(profiles / np.maximum(np.linalg.norm(profiles, axis=1, keepdims=True), 1e-12))


def matched_concepts(profile: np.ndarray, n: int = 3) -> tuple[str, ...]:
    """Return the foremost concepts of a profile."""
    names = concepts()
    return tuple(names[place] for place in np.argsort(-profile, kind="stable")[:n] if profile[place] > 0)


def match_topics(
    models: Mapping[str, TopicModel],
    documents: Mapping[str, Documents],
    *,
    same: float = SAME,
    left_out: Collection[str] = (),
) -> tuple[SharedTopic, ...]:
    """Bring the topics of several languages into one space.

    Pairs of topics of two languages are joined from the most alike down, as long as no topic of the space gets two of
    one language and its members stay alike on average.

    Parameters
    ----------
    models : mapping of str to TopicModel
        A model for each language.
    documents : mapping of str to sequence of sequences of str
        The documents that each was fitted to.
    same : float
        Mean cosine of concept profiles from which topics are the same, 0 to 1.
    left_out : collection of str
        Lemmas whose concepts are not looked at; what is held back for a blind check.

    Returns
    -------
    tuple of SharedTopic
        Every topic of every model stands in exactly one; those of most languages first.

    Examples
    --------
    >>> from scsr.analysis.topics import fit_topics
    >>> swedish = [["faktura", "avgift", "betala", "inkasso", "pris"], ["paket", "leverans", "post", "frakt", "brev"]]
    >>> norwegian = [["faktura", "gebyr", "betale", "inkasso", "dyr"], ["pakke", "levering", "post", "frakt", "brev"]]
    >>> texts = {"sv": swedish * 40, "nb": norwegian * 40}
    >>> fitted = {language: fit_topics(some, 2) for language, some in texts.items()}
    >>> [len(one.topics) for one in match_topics(fitted, texts)]
    [2, 2]
    """
    profiles = {
        language: concept_profiles(model, documents[language], language, left_out) for language, model in models.items()
    }
    nodes = [(language, topic) for language in models for topic in range(models[language].n_topics)]
    if not nodes:
        return ()
    rows = np.array([profiles[language][topic] for language, topic in nodes])
    likeness = rows @ rows.T
    groups = joined([language for language, _ in nodes], likeness, same)
    found = []
    for members in groups:
        inside = likeness[np.ix_(members, members)]
        n = len(members)
        mean = float((inside.sum() - np.trace(inside)) / (n * (n - 1))) if n > 1 else float("nan")
        found.append(
            SharedTopic(tuple(nodes[member] for member in members), mean, matched_concepts(rows[members].sum(axis=0)))
        )
    return tuple(sorted(found, key=lambda one: (-len(one.topics), one.topics)))


def joined(languages: list[str], likeness: np.ndarray, same: float) -> list[list[int]]:
    """Join nodes of different languages from the most alike down, by average linkage."""
    groups = [[node] for node in range(len(languages))]
    while True:
        best, pair = same, None
        for first, one in enumerate(groups):
            for second, other in enumerate(groups[:first]):
                if {languages[node] for node in one} & {languages[node] for node in other}:
                    continue
                mean = float(likeness[np.ix_(one, other)].mean())
                if mean > best or (mean == best and pair is None):
                    best, pair = mean, (second, first)
        if pair is None:
            return groups
        groups[pair[0]] = sorted(groups[pair[0]] + groups.pop(pair[1]))
