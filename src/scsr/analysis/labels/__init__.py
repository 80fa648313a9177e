"""What is read into text, with its error: a complaint classifier, watch lists, the experience bank, labels by hand."""

from scsr.analysis.labels.agreement import coder_agreement, cohen_kappa, describe_labels, krippendorff_alpha, settled
from scsr.analysis.labels.bank import experience_bank
from scsr.analysis.labels.classify import ComplaintClassifier, train
from scsr.analysis.labels.found import TextComplaints, text_complaints
from scsr.analysis.labels.lists import watch_lists
from scsr.analysis.labels.prevalence import (
    Accuracy,
    accuracy_of,
    bayesian_prevalence,
    corrected_prevalence,
    repeats_of,
)
from scsr.analysis.labels.reaction import reaction_times, waits
from scsr.analysis.labels.sample import READ, sample_note, sampled
from scsr.analysis.labels.sheet import classifiable, describe_sheet, draw_sheet
from scsr.analysis.labels.watch import WatchResult, watch

__all__ = [
    "READ",
    "Accuracy",
    "ComplaintClassifier",
    "TextComplaints",
    "WatchResult",
    "accuracy_of",
    "bayesian_prevalence",
    "classifiable",
    "coder_agreement",
    "cohen_kappa",
    "corrected_prevalence",
    "describe_labels",
    "describe_sheet",
    "draw_sheet",
    "experience_bank",
    "krippendorff_alpha",
    "reaction_times",
    "repeats_of",
    "sample_note",
    "sampled",
    "settled",
    "text_complaints",
    "train",
    "waits",
    "watch",
    "watch_lists",
]
