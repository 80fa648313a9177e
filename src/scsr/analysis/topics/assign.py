"""New documents and a saved model: assigned to its topics, or refused where they do not belong together."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from scsr.analysis.topics.counts import Documents, corpus_hash, doc_term_matrix
from scsr.analysis.topics.engines import fold_in, weighted
from scsr.analysis.topics.model import TopicModel
from scsr.errors import EstimationError
from scsr.text import concepts

__all__ = ["SavedTopics", "assign_topics", "load_topics", "save_topics"]

FORMAT = 1
ARRAYS = ("term_weights", "doc_topic_matrix", "listed", "idf")


@dataclass(frozen=True)
class SavedTopics:
    """A model and what it was made from.

    Parameters
    ----------
    model : TopicModel
    language : str
    corpus : str
        Hash of the documents that it was fitted to.
    lexicon : str
        Fingerprint of the concept lexicon of its language.
    parameters : mapping of str to object
        What it was fitted with.
    """

    model: TopicModel
    language: str
    corpus: str
    lexicon: str
    parameters: Mapping[str, Any]


def assign_topics(model: TopicModel, documents: Documents) -> np.ndarray:
    """Return the shares of a model's topics in documents that it has not seen.

    Parameters
    ----------
    model : TopicModel
    documents : sequence of sequences of str
        Content lemmas in the model's language; lemmas that it does not know are passed over.

    Returns
    -------
    ndarray, shape (n_documents, n_topics)
        Rows sum to 1, or to 0 where no lemma is known.

    Examples
    --------
    >>> from scsr.analysis.topics import fit_topics
    >>> matters = [["refund", "money", "bill", "fee", "price"], ["train", "late", "wait", "seat", "delay"]]
    >>> model = fit_topics(matters * 40, 2)
    >>> assign_topics(model, [["refund", "fee"], ["unheard"]]).max(axis=1).round(1).tolist()
    [1.0, 0.0]
    """
    counts = doc_term_matrix(documents, model.vocabulary)
    return fold_in(weighted(counts, model.idf) if model.engine == "nmf" else counts, model.term_weights, model.engine)


def save_topics(
    model: TopicModel, path: Path, *, documents: Documents, language: str, parameters: Mapping[str, Any] | None = None
) -> None:
    """Save a model with the hash of its documents, the fingerprint of the lexicon and its parameters.

    The documents themselves, and the runs behind a consensus, are not saved. The same model gives the same bytes.

    Parameters
    ----------
    model : TopicModel
    path : Path
        A file that ends in ``.npz``.
    documents : sequence of sequences of str
        The documents that it was fitted to.
    language : str
    parameters : mapping, optional
        What it was fitted with, as JSON can hold it.

    Raises
    ------
    EstimationError
        If the documents are not those of the model, or the file's name does not end in ``.npz``.
    """
    if path.suffix != ".npz":
        raise EstimationError(f"{path}: a topic model is saved under a name that ends in .npz")
    if len(documents) != len(model.doc_topic_matrix):
        raise EstimationError(
            f"the model was fitted to {len(model.doc_topic_matrix)} documents, not {len(documents)}; give those"
        )
    about = {
        "format": FORMAT, "engine": model.engine, "seed": model.seed, "vocabulary": list(model.vocabulary),
        "language": language, "corpus": corpus_hash(documents), "lexicon": concepts.fingerprint([language]),
        "parameters": dict(parameters or {}), "arrays": digest(model),
    }  # fmt: skip
    text = json.dumps(about, ensure_ascii=False, sort_keys=True)
    np.savez_compressed(path, about=np.array(text), **{name: getattr(model, name) for name in ARRAYS})


def digest(model: TopicModel) -> str:
    """Return a hash of a model's arrays."""
    seen = sha256()
    for name in ARRAYS:
        seen.update(np.ascontiguousarray(getattr(model, name)).tobytes())
    return seen.hexdigest()[:16]


def load_topics(path: Path, *, language: str | None = None, documents: Documents | None = None) -> SavedTopics:
    """Read a saved model, or say why it must not be used.

    Parameters
    ----------
    path : Path
    language : str, optional
        The language of the documents that it is wanted for.
    documents : sequence of sequences of str, optional
        The documents that it must have been fitted to.

    Raises
    ------
    EstimationError
        If the file is not a whole model of this format, or language, lexicon or documents are not those of the model.
    """
    try:
        with np.load(path, allow_pickle=False) as stored:
            about = json.loads(str(stored["about"]))
            arrays = {name: stored[name] for name in ARRAYS}
    except (OSError, KeyError, ValueError, BadZipFile) as error:
        raise EstimationError(f"{path}: not a saved topic model ({error}); fit and save it again") from error
    if about["format"] != FORMAT:
        raise EstimationError(f"{path}: format {about['format']}, this version reads {FORMAT}; fit and save it again")
    model = TopicModel(about["engine"], about["seed"], tuple(about["vocabulary"]), **arrays)
    wanted = {
        "arrays": (digest(model), "its numbers are not those that were saved"),
        "lexicon": (concepts.fingerprint([about["language"]]), "the concept lexicon or the lemmatiser has changed"),
        "language": (language or about["language"], "the language of the documents is another"),
        "corpus": (about["corpus"] if documents is None else corpus_hash(documents), "the documents are others"),
    }
    for name, (value, what) in wanted.items():
        if about[name] != value:
            raise EstimationError(
                f"{path}: {what} ({name} {about[name]!r}, now {value!r}); fit and save the model again"
            )
    return SavedTopics(model, about["language"], about["corpus"], about["lexicon"], about["parameters"])
