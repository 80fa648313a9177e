"""What is talked about: topics, their number, their stability, their shares."""

from scsr.analysis.topics.choose import TopicSearch, choose_n_topics
from scsr.analysis.topics.consensus import ConsensusModel, consensus_topics
from scsr.analysis.topics.corpora import (
    LanguageTopics,
    overview,
    searches,
    topic_shares,
    topics_by_language,
    written_forms,
)
from scsr.analysis.topics.counts import join_phrases
from scsr.analysis.topics.engines import choose_engine
from scsr.analysis.topics.measures import coherence, exclusivity, held_out_gain, term_overlap
from scsr.analysis.topics.model import TopicModel, fit_topics
from scsr.analysis.topics.recurrence import recurrence

__all__ = [
    "ConsensusModel",
    "LanguageTopics",
    "TopicModel",
    "TopicSearch",
    "choose_engine",
    "choose_n_topics",
    "coherence",
    "consensus_topics",
    "exclusivity",
    "fit_topics",
    "held_out_gain",
    "join_phrases",
    "overview",
    "recurrence",
    "searches",
    "term_overlap",
    "topic_shares",
    "topics_by_language",
    "written_forms",
]
