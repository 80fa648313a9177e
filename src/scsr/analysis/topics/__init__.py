"""What is talked about: topics, their number, their stability, their shares."""

from scsr.analysis.topics.assign import SavedTopics, assign_topics, load_topics, save_topics
from scsr.analysis.topics.cards import cards, common_space
from scsr.analysis.topics.choose import TopicSearch, choose_n_topics
from scsr.analysis.topics.consensus import ConsensusModel, consensus_topics
from scsr.analysis.topics.content import code_replies, reply_features
from scsr.analysis.topics.corpora import (
    LanguageTopics,
    overview,
    searches,
    topics_by_language,
    written_forms,
)
from scsr.analysis.topics.counts import join_phrases
from scsr.analysis.topics.crossing import SharedTopic, concept_profiles, match_topics
from scsr.analysis.topics.drawn import Drawn, draw_documents
from scsr.analysis.topics.engines import choose_engine
from scsr.analysis.topics.measures import coherence, exclusivity, held_out_gain, term_overlap
from scsr.analysis.topics.model import TopicModel, fit_topics
from scsr.analysis.topics.prevalence import topic_prevalence, topic_shares
from scsr.analysis.topics.recurrence import recurrence
from scsr.analysis.topics.tables import TopicTables, topic_tables

__all__ = [
    "ConsensusModel",
    "Drawn",
    "LanguageTopics",
    "SavedTopics",
    "SharedTopic",
    "TopicModel",
    "TopicSearch",
    "TopicTables",
    "assign_topics",
    "cards",
    "choose_engine",
    "choose_n_topics",
    "code_replies",
    "coherence",
    "common_space",
    "concept_profiles",
    "consensus_topics",
    "draw_documents",
    "exclusivity",
    "fit_topics",
    "held_out_gain",
    "join_phrases",
    "load_topics",
    "match_topics",
    "overview",
    "recurrence",
    "reply_features",
    "save_topics",
    "searches",
    "term_overlap",
    "topic_prevalence",
    "topic_shares",
    "topic_tables",
    "topics_by_language",
    "written_forms",
]
