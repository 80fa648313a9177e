from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scsr.text import language as lang
from scsr.text.language import naming
from scsr.text.language.codes import DETAILS, FOREIGN, UNKNOWN, Language, as_language
from scsr.text.language.model import model, shares
from scsr.text.language.words import found_in, told_apart, weighed

SENTENCES = {
    "sv": "Jag har väntat i tre veckor på ett svar från er, men det kommer ingenting.",
    "nb": "Jeg har ventet i tre uker på et svar fra dere, men det kommer ingenting.",
    "nn": "Eg har venta i tre veker på eit svar frå dykk, men det kjem ikkje noko.",
    "is": "Ég hef beðið í þrjár vikur eftir svari frá ykkur en það kemur ekkert.",
    "en": "I have been waiting three weeks for an answer from you, but nothing comes.",
}
OTHERS = ["kunderne spørger hvornår", "hei takk ok", "Мы ждали ответа три недели", "ik wacht al drie weken op antwoord"]


def slowly(text: str) -> Language:
    """Name the language of one text, step by step."""
    if not any(map(str.isalpha, text)):
        return UNKNOWN
    words = [found_in(text)]
    nats, clear = weighed(words, text.isascii())
    if not clear[0]:
        found = dict(zip(reversed(model().classes.tolist()), reversed(shares([text])[0].tolist()), strict=True))
        prior = np.log(np.maximum([found["no" if code == "nb" else code] for code in DETAILS], naming.TINY))
        first = max(found, key=lambda code: found[code])
        lead = math.log(found[first]) - prior.max() - naming.FOREIGN_LEAD_SHORT / len(text)
        if first in FOREIGN and lead > naming.FOREIGN_LEAD:
            return as_language(first, 1 / (1 + math.exp(-lead * naming.SHARPNESS)))
        nats = told_apart(prior + nats, words)
    weights = np.exp((nats[0] - nats[0].max()) * naming.SHARPNESS)
    ranked = dict(zip(DETAILS, (weights / weights.sum()).tolist(), strict=True))
    best = max(ranked, key=lambda code: ranked[code])
    return as_language(best, ranked[best])


TEXTS = st.one_of(
    st.text(min_size=1, max_size=50),
    st.sampled_from([*SENTENCES.values(), *OTHERS]),
    st.lists(st.sampled_from(" ".join([*SENTENCES.values(), *OTHERS]).split()), min_size=1, max_size=25).map(" ".join),
)


@given(st.lists(TEXTS, max_size=10))
@settings(deadline=None, max_examples=80)
def test_texts_are_named_together_as_they_are_alone(texts):
    assert naming.named(texts) == [slowly(text) for text in texts]


def test_the_size_of_chunks_changes_nothing(monkeypatch):
    texts = [f"{text} {number}" for number in range(4) for text in [*SENTENCES.values(), *OTHERS, "12"]]
    whole = naming.named(texts)
    monkeypatch.setattr(naming, "TOGETHER", 100)
    assert [text for some in naming.chunks(texts) for text in some] == texts
    assert len(list(naming.chunks(texts))) > 5
    assert naming.named(texts) == whole


def test_the_model_would_not_have_decided_otherwise_where_it_is_not_asked(monkeypatch):
    texts = [
        "Jag väntade i kö i tre kvart och när jag till sist kom fram visste de inte vad jag pratade om.",
        "Jeg har ringt dem hver dag i to uker, og ingen kan si meg når pakken kommer fram til oss.",
        "Eg har venta på svar i tre veker no, og dei seier berre at dei ikkje veit kvifor det tek så lang tid.",
        "Ég er búin að bíða eftir svari í þrjár vikur og það er enginn sem veit hvað varð um pöntunina mína.",
        "I have been waiting for an answer for three weeks now and nobody there seems to know what happened to it.",
    ]
    alone = naming.named(texts)
    asked = []

    def doubt(words, folded):
        asked.extend(words)
        return weighed(words, folded)[0], np.zeros(len(words), dtype=bool)

    monkeypatch.setattr(naming, "weighed", doubt)
    both = naming.named(texts)
    assert len(asked) == len(texts)
    assert [found.detail for found in alone] == [found.detail for found in both] == ["sv", "nb", "nn", "is", "en"]
    assert min(found.confidence for found in alone) > lang.CERTAIN


@pytest.mark.parametrize("code", SENTENCES)
def test_a_glance_names_only_what_the_votes_would_name(code, monkeypatch):
    text = " ".join([SENTENCES[code]] * 8)
    glance = lang.identify_parts(text)
    assert glance == naming.at_a_glance(text)
    monkeypatch.setattr(lang, "at_a_glance", lambda _: None)
    assert lang.identify_parts(text).detail == glance.detail
    assert lang.identify_parts(text).confidence == pytest.approx(glance.confidence, abs=0.1)


def test_a_glance_leaves_a_mixed_or_short_text_to_the_votes():
    assert naming.at_a_glance(SENTENCES["sv"]) is None
    assert naming.at_a_glance(" ".join([SENTENCES["sv"]] * 6 + [SENTENCES["en"]] * 6)) is None
