from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scsr.text.language import parts as cut
from scsr.text.language.codes import UNKNOWN, Language

SENTENCES = [
    "Jag har väntat i tre veckor på ett svar från er, men det kommer ingenting.",
    "Jeg har ventet i tre uker på et svar fra dere, men det kommer ingenting.",
    "Ég hef beðið í þrjár vikur eftir svari frá ykkur en það kemur ekkert.",
    "I have been waiting three weeks for an answer from you, but nothing comes.",
]


def test_parts_are_whole_sentences_and_lose_nothing():
    text = "\n".join(" ".join(SENTENCES * 2) for _ in range(3))
    found = list(cut.in_parts(text))
    assert 3 < len(found) <= cut.MOST_PARTS
    assert "".join(found).replace(" ", "") == "".join(text.split())
    assert list(cut.in_parts("Kort. Text.")) == ["Kort. Text."]


def test_sentences_end_where_they_end():
    text = "Det kostar bl.a. 300 kr. per år. Varför? Jag vet inte… Den 3. maj kom J. Berg hit! ok"
    assert list(cut.split_sentences(text)) == [
        "Det kostar bl.a. 300 kr. per år.", "Varför?", "Jag vet inte…", "Den 3. maj kom J. Berg hit!", "ok",
    ]  # fmt: skip
    assert list(cut.split_sentences("én linje\nannen linje\n\n")) == ["én linje", "annen linje"]


def test_a_vote_weighs_by_length_and_confidence():
    sv, en = Language("sv", "sv", 0.9), Language("other", "en", 0.9)
    assert cut.vote([(sv, 10), (en, 30)]).detail == "en"
    assert cut.vote([(sv, 10), (en, 30)]).confidence < 0.9
    assert cut.vote([(sv, 10)]).confidence == pytest.approx(0.9)
    assert cut.vote([]) == UNKNOWN
    assert cut.vote([(UNKNOWN, 5)]) == UNKNOWN


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("ABCÅÄÖÞÆØabcåäö   ."))))
def test_a_text_is_shouted_when_it_has_many_capitals(text):
    assert cut.is_shouted(text) == (sum(map(str.isupper, text)) > cut.SHOUTED * len(text))


@given(st.text(alphabet="w.:/sedcom xſ,-@"))
def test_no_address_is_left(text):
    assert cut.bare(text) == " ".join(cut.URL.sub(" ", cut.HANDLE.sub(" ", cut.EMAIL.sub(" ", text))).split())
