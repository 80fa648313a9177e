"""Complaints found in text by a model that anyone can read: words and a lexicon with weights, its error measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

import numpy as np
import pandas as pd

from scsr.analysis.estimates import Estimate
from scsr.analysis.labels.lexicon import entries_of, entry_names, language_of
from scsr.analysis.labels.prevalence import (
    Accuracy,
    accuracy_of,
    bayesian_prevalence,
    corrected_prevalence,
    repeats_of,
)
from scsr.errors import EstimationError
from scsr.text import tokens

__all__ = ["ComplaintClassifier", "train"]

LEAST = 20  # labelled texts of each kind


@dataclass(frozen=True)
class ComplaintClassifier:
    """A trained classifier and its error.

    Parameters
    ----------
    pipeline : object
        scikit-learn pipeline: TF-IDF of words, of parts of words and of the lexicon's entries; logistic regression.
    calibration : tuple of float
        Slope and intercept that turn the pipeline's score into a probability (Platt).
    accuracy : Accuracy
        By cross-validation, at the threshold that ``predict`` uses.
    n_texts : int
        Labelled texts that it learned from.
    folds : tuple of object
        The pipelines of the cross-validation, whose error is what ``accuracy`` measures.
    held_out : mapping of str to int
        For what each labelled text says, the place of the pipeline that did not learn from it.
    language : str
        Of the lexicon.
    """

    pipeline: Any
    calibration: tuple[float, float]
    accuracy: Accuracy
    n_texts: int
    folds: tuple[Any, ...] = ()
    held_out: Mapping[str, int] = field(default_factory=dict, repr=False)
    language: str = "und"

    @property
    def features(self) -> str:
        """What the model reads in a text, in words."""
        n = len(entry_names(self.language))
        lexicon = (
            f", and the lexicon of {self.language} ({n} entries)" if n else f" alone: no lexicon of {self.language}"
        )
        return f"TF-IDF of words and parts of words{lexicon}"

    @property
    def estimates(self) -> tuple[Estimate, ...]:
        """``sensitivity`` and ``specificity``."""
        return self.accuracy.estimates()

    def predict(self, texts: Sequence[str] | pd.Series) -> pd.DataFrame:
        """Say which texts are complaints.

        Returns
        -------
        DataFrame
            ``complaint`` (bool, at the threshold whose error is in ``accuracy``) and ``complaint_probability``
            (among texts with as many complaints as the labelled ones), with the texts' own index.
        """
        index = texts.index if isinstance(texts, pd.Series) else None
        given = checked_texts(texts)
        score = self.pipeline.decision_function(given) if given else np.array([])
        slope, intercept = self.calibration
        return pd.DataFrame(
            {"complaint": score > 0, "complaint_probability": 1 / (1 + np.exp(-(slope * score + intercept)))},
            index=index,
        )

    def prevalence(
        self,
        texts: Sequence[str] | pd.Series,
        level: float = 0.95,
        method: Literal["rogan-gladen", "bayesian"] = "rogan-gladen",
    ) -> Estimate:
        """Estimate the share of complaints among texts, corrected for the classifier's error.

        The pipelines of the cross-validation do the counting, and their mean is corrected: their error is the one that
        was measured. The final pipeline learned from more texts and errs otherwise. A text that says the same as a
        labelled one is judged only by the pipeline that did not learn from that one, and texts that say the same as
        each other count as less evidence than their number.

        Parameters
        ----------
        texts : sequence of str
            Of the language that was learned.
        level : float
            Confidence, or credibility, of the interval.
        method : {"rogan-gladen", "bayesian"}
            :func:`corrected_prevalence` or :func:`bayesian_prevalence`.

        Raises
        ------
        EstimationError
            As :meth:`count`, or if the method is unknown.
        """
        if method not in ("rogan-gladen", "bayesian"):
            raise EstimationError(f"method={method!r} is none of 'rogan-gladen', 'bayesian'")
        n_called, n, repeats = self.count(texts)
        estimate = corrected_prevalence if method == "rogan-gladen" else bayesian_prevalence
        return estimate(n_called, n, self.accuracy, level, repeats)

    def count(self, texts: Sequence[str] | pd.Series) -> tuple[float, int, float]:
        """Count what the pipelines of the cross-validation call complaints.

        Returns
        -------
        tuple of float, int, float
            Texts called complaints (the mean of the pipelines), texts in all, and how many of them say the same as one
            of them on average: what :func:`corrected_prevalence` and :func:`bayesian_prevalence` correct.

        Raises
        ------
        EstimationError
            If there are no texts, or one is no str.
        """
        share, said = self.judged(texts)
        if not len(share):
            raise EstimationError("there are no texts to classify")
        return float(share.sum()), len(share), repeats_of(said)

    def judged(self, texts: Sequence[str] | pd.Series) -> tuple[np.ndarray, np.ndarray]:
        """Let the pipelines of the cross-validation judge each text.

        Returns
        -------
        tuple of ndarray
            The share of the pipelines that call each text a complaint, and what it says (:func:`wording`).
        """
        places, distinct = pd.factorize(np.array(checked_texts(texts), dtype=object))
        said = np.array([wording(text) for text in distinct], dtype=object)
        if not len(distinct):
            return np.empty(0), said
        votes = np.array([fold.decision_function(list(distinct)) > 0 for fold in self.folds])
        seen = np.array([self.held_out.get(one, -1) for one in said])
        share = np.where(seen >= 0, votes[seen, np.arange(len(distinct))], votes.mean(axis=0))
        return share[places], said[places]

    def words(self, n: int = 20) -> pd.DataFrame:
        """Return what speaks most for and against a complaint.

        Parameters
        ----------
        n : int
            Rows of each kind for a complaint, and as many against.

        Returns
        -------
        DataFrame
            ``kind`` (``lexicon`` for cues and concepts of customer service, ``word`` for words and pairs of words of the
            labelled texts)``, word, weight``, the lexicon first, each from most for to most against. What the parts of
            words weigh, which nobody can read, is left out.

        Raises
        ------
        EstimationError
            If ``n`` is below 1.
        """
        return most_telling(self.weights(), n)

    def weights(self) -> pd.DataFrame:
        """Return what every readable feature weighs: ``column`` (its place in the model)``, kind, word, weight``."""
        names = pd.Series(self.pipeline[0].get_feature_names_out()).str.split("__", n=1, expand=True)
        table = pd.DataFrame({"kind": names[0], "word": names[1], "weight": self.pipeline[-1].coef_[0]})
        return table[table["kind"].ne("part")].rename_axis("column").reset_index()


def most_telling(weights: pd.DataFrame, n: int) -> pd.DataFrame:
    """Return the rows of each kind that weigh most for and against a complaint."""
    if n < 1:
        raise EstimationError(f"n={n} must be at least 1")
    ordered = weights[weights["weight"].ne(0)].sort_values(["kind", "weight", "word"], ascending=[True, False, True])
    kinds = ordered.groupby("kind")
    kept = ordered[(kinds.cumcount() < n) | (kinds.cumcount(ascending=False) < n)]
    return kept.drop(columns="column").reset_index(drop=True)


def checked_texts(texts: Sequence[str] | pd.Series) -> list[str]:
    """Return texts as a list of str, or say which is none."""
    if isinstance(texts, str):
        raise EstimationError(f"texts={texts[:40]!r} is one str; give a list of them")
    given = list(texts)
    for row, text in enumerate(given):
        if not isinstance(text, str):
            raise EstimationError(f"text at row {row} is {text!r}, not a str; drop it or give ''")
    return given


def checked_labels(labels: Sequence[bool] | pd.Series) -> np.ndarray:
    """Return labels as truth values, or say which is none."""
    given = list(labels)
    for row, label in enumerate(given):
        if pd.isna(label):
            raise EstimationError(f"the label at row {row} is missing; drop the text or label it")
        if label not in (True, False):
            raise EstimationError(f"label at row {row} is {label!r}; give True for a complaint, False for none")
    return np.array(given, dtype=bool)


def fitted(seed: int, language: str, texts: Sequence[str], truth: np.ndarray) -> Any:
    """Return the model, trained."""
    try:
        return pipeline(seed, language).fit(texts, truth)
    except ValueError as error:
        if "vocabulary" not in str(error) and "no terms" not in str(error):
            raise
        raise EstimationError(
            "no word stands in two of the labelled texts; label more, or texts that hold words"
        ) from None


def wording(text: str) -> str:
    """Return what a text says, whoever it is said to and whatever it links to: its words and numbers in lower case.

    Examples
    --------
    >>> wording("@Ekonet Tack! https://ekonet.example/1"), wording("TACK"), wording("?!")
    ('tack', 'tack', '?!')
    """
    return " ".join(word.lower() for word in tokens.words(text) if word[0].isalnum() and "://" not in word) or text


def pipeline(seed: int, language: str) -> Any:
    """Return the untrained model."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import FeatureUnion, make_pipeline

    # accents are never folded: å, ä, ö, æ, ø, þ and ð are letters
    read = [
        ("word", TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)),
        ("part", TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), min_df=3, sublinear_tf=True)),
    ]
    if names := entry_names(language):
        listed = partial(entries_of, lang=language)
        read.append(("lexicon", TfidfVectorizer(analyzer=listed, vocabulary=names, sublinear_tf=True)))
    # balanced weights keep the threshold at 0 useful when complaints are rare
    model = LogisticRegression(C=3.0, class_weight="balanced", solver="liblinear", max_iter=1000, random_state=seed)
    return make_pipeline(FeatureUnion(read), model)


def train(
    texts: Sequence[str] | pd.Series,
    labels: Sequence[bool] | pd.Series,
    seed: int = 1,
    n_folds: int = 5,
    language: str | None = None,
) -> ComplaintClassifier:
    """Train a classifier on labelled texts of one language, and measure its error by cross-validation.

    Parameters
    ----------
    texts : sequence of str
        One language; texts that say the same are kept in one fold, so that the error is not flattered.
    labels : sequence of bool
        Whether each text is a complaint.
    seed : int
        Of the folds.
    n_folds : int
        Folds of the cross-validation.
    language : str, optional
        Of the lexicon that is read beside the words (``sv nb nn is da en``; another has none); by default the language
        that most texts are in.

    Returns
    -------
    ComplaintClassifier

    Raises
    ------
    EstimationError
        With fewer than 20 texts of either kind, or fewer than ``n_folds`` that say something of their own, or that share
        no word; a missing label, or one that is not true or false; unequal lengths.

    References
    ----------
    Joachims, T. (1998). Text categorization with support vector machines: learning with many relevant features.
    *ECML* (sparse linear models of TF-IDF).
    Platt, J. (1999). Probabilistic outputs for support vector machines. *Advances in Large Margin Classifiers*.

    Examples
    --------
    >>> said = [f"jag klagar på räkning {i}" for i in range(30)] + [f"tack för hjälpen {i}" for i in range(30)]
    >>> model = train(said, [True] * 30 + [False] * 30)
    >>> model.predict(["jag klagar igen", "stort tack"])["complaint"].tolist()
    [True, False]
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedGroupKFold

    given, truth = checked_texts(texts), checked_labels(labels)
    if len(given) != len(truth):
        raise EstimationError(f"{len(given)} texts and {len(truth)} labels; give one label a text")
    fewest = int(min(truth.sum(), (~truth).sum()))
    if fewest < LEAST:
        raise EstimationError(f"{fewest} texts of the rarer kind are too few; label at least {LEAST} of each")
    said = np.array([wording(text) for text in given], dtype=object)
    distinct = min(len(set(said[truth])), len(set(said[~truth])))
    if n_folds < 2 or distinct < n_folds:
        raise EstimationError(
            f"{distinct} texts of one kind say something of their own, too few for {n_folds} folds; label more, "
            "or give 2 folds or more"
        )
    language = language_of(given) if language is None else language
    score, fold_of, models = np.empty(len(given)), np.empty(len(given), dtype=int), []
    folds = StratifiedGroupKFold(n_folds, shuffle=True, random_state=seed)
    for place, (learn, test) in enumerate(folds.split(given, truth, pd.factorize(said)[0])):
        models.append(fitted(seed, language, [given[row] for row in learn], truth[learn]))
        score[test], fold_of[test] = models[-1].decision_function([given[row] for row in test]), place
    platt = LogisticRegression(C=1e6).fit(score[:, None], truth)
    calibration = float(platt.coef_[0, 0]), float(platt.intercept_[0])
    final = fitted(seed, language, given, truth)
    held_out = {str(one): int(place) for one, place in zip(said, fold_of, strict=True)}
    accuracy = accuracy_of(truth, score > 0, said)
    return ComplaintClassifier(final, calibration, accuracy, len(given), tuple(models), held_out, language)
