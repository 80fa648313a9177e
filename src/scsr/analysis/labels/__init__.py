"""What is read into text, with its error: a complaint classifier, watch lists, the experience bank."""

from scsr.analysis.labels.classify import ComplaintClassifier, train
from scsr.analysis.labels.prevalence import Accuracy, accuracy_of, corrected_prevalence
from scsr.analysis.labels.watch import WatchResult, experience_bank, watch

__all__ = [
    "Accuracy",
    "ComplaintClassifier",
    "WatchResult",
    "accuracy_of",
    "corrected_prevalence",
    "experience_bank",
    "train",
    "watch",
]
