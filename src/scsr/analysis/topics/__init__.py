"""What is talked about: topics, their number, their stability, their shares."""

from scsr.analysis.topics.choose import TopicSearch, choose_n_topics, coherence, recurrence, term_overlap
from scsr.analysis.topics.corpora import (
    LanguageTopics,
    overview,
    searches,
    topic_shares,
    topics_by_language,
    written_forms,
)
from scsr.analysis.topics.model import TopicModel, choose_engine, fit_topics

__all__ = [
    "LanguageTopics",
    "TopicModel",
    "TopicSearch",
    "choose_engine",
    "choose_n_topics",
    "coherence",
    "fit_topics",
    "overview",
    "recurrence",
    "searches",
    "term_overlap",
    "topic_shares",
    "topics_by_language",
    "written_forms",
]
