from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scsr.text.language import words
from scsr.text.language.codes import DETAILS

SPOKEN = ["jag", "har", "inte", "fått", "något", "svar", "eg", "ikkje", "fått", "noko", "frå", "jeg", "ikke", "ég", "hef",
          "ekki", "svar", "have", "not", "any", "kundarna", "vörunnar", "butikken", "xyz", "don't", "½"]  # fmt: skip


def slowly(some: list[str], folded: bool) -> tuple[np.ndarray, bool]:
    """Weigh the words of one text."""
    rows = [row for word in some if (row := words.rows_of(folded)[word]) >= 0]
    against = words.evidence(folded)[2][np.array(rows, dtype=int)]
    nats = -against.sum(axis=0)
    second, best = np.argpartition(nats, -2)[-2:]
    hits = (against[:, best] == 0).sum()
    return nats, nats[best] - nats[second] >= words.CLEAR_LEAD and hits >= words.CLEAR_SHARE * len(some)


@given(st.lists(st.lists(st.sampled_from(SPOKEN), min_size=1, max_size=40), min_size=1, max_size=8), st.booleans())
@settings(deadline=None, max_examples=80)
def test_texts_weigh_together_as_they_do_alone(texts, folded):
    nats, clear = words.weighed(texts, folded)
    for at, some in enumerate(texts):
        own_nats, own_clear = slowly(some, folded)
        assert nats[at].tolist() == own_nats.tolist()  # to the last bit
        assert clear[at] == own_clear


def test_words_are_runs_of_letters():
    assert words.found_in("Hur's gick DET? 3½ x_y don’t 12a") == ["hur's", "gick", "det", "½", "x", "y", "don’t", "a"]
    assert words.found_in("12 !") == []


@given(st.text(alphabet=st.characters(max_codepoint=0xFF)))
@example("".join(map(chr, range(256))))
@example(" ".join(map(chr, range(256))))
@example("'".join(map(chr, range(256))))
def test_letters_of_latin_are_letters(text):
    small = text.lower()
    assert words.found_in(text) == words.LETTERS.findall(small)
    assert words.found_in(f"{text} –") == words.LETTERS.findall(f"{small} –")


def test_a_listed_word_comes_before_its_ending():
    listed, endings, matrix = words.evidence(False)
    row = words.rows_of(False)
    assert row["jag"] == listed["jag"]
    assert row["qqq"] == -1
    ending = max((ending for ending in endings if len(ending) <= 6), key=len)
    assert row["qqq" + ending] == endings[ending]
    assert matrix.shape == (len(listed) + len(endings), len(DETAILS))


def test_dictionaries_tell_close_languages_apart():
    doubt = np.array([[0.0 if code in words.UNLISTED_NATS else -1.0 for code in DETAILS]])
    for code, text in (("da", "kunderne spørger hvornår"), ("nb", "kundene spør når"), ("nn", "kundane spør kva tid")):
        assert DETAILS[int(words.told_apart(doubt, [text.split()]).argmax())] == code
    sure = np.arange(0.0, 90.0, 10.0)[None]
    assert (words.told_apart(sure, [["kunderne"]]) == sure).all()
    assert words.unlisted("nb")["kunderne"]
    assert not words.unlisted("da")["kunderne"]


def test_texts_in_doubt_between_different_languages_are_told_apart_together():
    rng = np.random.default_rng(4)
    nats = rng.uniform(-5, 0, (40, len(DETAILS)))
    some = [rng.choice(SPOKEN, 6).tolist() for _ in nats]
    together = words.told_apart(nats, some)
    for at, row in enumerate(together):
        assert row.tolist() == words.told_apart(nats[[at]], [some[at]])[0].tolist()
        close = [code for code in words.CLOSE if nats[at].max() - nats[at, code] < words.DOUBT]
        changed = (row != nats[at]).nonzero()[0].tolist()
        assert set(changed) < set(close) or not changed
        assert row.max() <= nats[at].max()


@pytest.mark.parametrize("text", ["", "12"])
def test_no_words_say_nothing(text):
    nats, clear = words.weighed([words.found_in(text)], True)
    assert not nats.any()
    assert not clear.any()
