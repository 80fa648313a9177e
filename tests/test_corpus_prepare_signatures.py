"""Hashes on whole chunks are those of words, 3-grams and passages, one by one."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scsr.corpus.prepare import passages as room
from scsr.corpus.prepare.passages import passages_of, places
from scsr.corpus.prepare.shingled import N_BANDS, alike, bands_of, shingles_of, similarity
from scsr.corpus.prepare.signatures import sign
from scsr.corpus.prepare.words import words_of
from scsr.text.patterns import PLACEHOLDER, QUOTED, URL

WORD = re.compile(r"\w+")
PIECES = [
    "Vi har väntat i tre veckor på svar om vår faktura", "Ingen hör av sig, fast jag har ringt dem sju gånger i dag",
    "Jeg har ventet i tre uker på svar fra dere om regningen min og ingen har ringt tilbake ikke engang da jeg sa det nå",
    "Nej", "Tack", "RT @kari:", "Kalle skrev:", "<user:1a2b3c4d>", "www.exempel.se", "https://example.org/a?b=c", "12,5",
    "www.exempel.se/a…",
]  # fmt: skip
JOINTS = [
    " ",
    ". ",
    "! ",
    "? ",
    "… ",
    "..",
    "…",
    "\n",
    "\n\n",
    "\n> ",
    "> ",
    "| ",
    ' "',
    '" ',
    " ”",
    "” ",
    " «",
    "» ",
    ": ",
    ", ",
]
TEXT = st.lists(st.tuples(st.sampled_from(JOINTS), st.sampled_from(PIECES)), max_size=7).map(
    lambda parts: "".join(joint + piece for joint, piece in parts)
)
ANY = st.lists(st.one_of(TEXT, st.text(max_size=60)), max_size=6)


@settings(deadline=None)
@given(ANY)
@example(["İstanbul ΑΣ", "a_b", "", "x\n"])
def test_words_are_those_of_the_pattern(texts: list[str]) -> None:
    found = words_of(texts)
    words = [word for text in texts for word in WORD.findall(text.replace("İ", "i"))]
    assert found.counts.tolist() == [len(WORD.findall(text)) for text in texts]
    joined = "\n".join(texts)
    assert all(joined[start:].startswith(word) or "İ" in joined for start, word in zip(found.start, words, strict=True))
    same = {}
    lowered = WORD.findall("\n".join(texts).replace("İ", "i").lower())
    for word, key in zip(lowered, found.hashes.tolist(), strict=True):
        assert same.setdefault(word, key) == key
    assert len(set(same.values())) == len(same)


def test_no_other_letter_grows_when_it_is_lowered() -> None:
    assert [chr(code) for code in range(0x110000) if len(chr(code).lower()) != 1] == ["İ"]


def grams(text: str) -> set[str]:
    words = WORD.findall(text.lower())
    return {" ".join(words[k : k + 3]) for k in range(len(words) - 2)} if len(words) >= 5 else set()


@given(st.lists(st.text(alphabet="ab ", max_size=30), max_size=6))
def test_shingles_are_distinct_trigrams(texts: list[str]) -> None:
    hashes, first = shingles_of(words_of(texts))
    keys: dict[str, frozenset[int]] = {}
    for k, text in enumerate(texts):
        own = hashes[first[k] : first[k + 1]].tolist()
        assert own == sorted(set(own))
        assert len(own) == len(grams(text))
        assert keys.setdefault(repr(sorted(grams(text))), frozenset(own)) == frozenset(own)
    for one, other in itertools.pairwise(texts):
        a, b = grams(one), grams(other)
        assert similarity(one, other) == (len(a & b) / len(a | b) if a and b else 0)
        pair = [shingles_of(words_of([text])) for text in (one, other)]
        assert alike(*pair).tolist() == [bool(a & b) and len(a & b) >= 0.8 * len(a | b)]


@pytest.mark.parametrize("share", [0.4, 0.6, 0.8])
def test_bands_agree_as_often_as_texts_are_similar(share: float) -> None:
    rng = np.random.default_rng(1)
    words = [f"o{k}" for k in range(3000)]
    agree, expected = [], []
    for _ in range(150):
        one = rng.choice(words, 40).tolist()
        other = one[: round(40 * (1 + share) / 2)] + rng.choice(words, 40 - round(40 * (1 + share) / 2)).tolist()
        pair = [" ".join(one), " ".join(other)]
        bands = bands_of(shingles_of(words_of(pair)))
        assert bands.shape == (2, N_BANDS)
        agree.append((bands[0] == bands[1]).mean())
        expected.append(similarity(*pair) ** 4)
    error = np.std(agree) / np.sqrt(len(agree))
    assert abs(np.mean(agree) - np.mean(expected)) < 4 * error


def pieces_by_pattern(text: str, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """Cut a paragraph as the definition says it."""
    yield start, end, False
    for quotation in QUOTED.finditer(text, start, end) if room.QUOTE.search(text) else ():
        yield quotation.start() + 1, quotation.end() - (quotation[0][0] != ">"), True
    at = start
    stops = r"(?<=[.!?…:])[\"”’»)\]]*\s+|\n(?=[>|\s]*[A-ZÅÄÖÆØÁÉÍÓÚÝÞÐ])"
    for stop in re.compile(stops).finditer(text, start, end):
        yield at, stop.start(), False
        at = stop.end()
    yield at, end, False


def passages_by_words(text: str) -> list[tuple[tuple[str, ...], bool, int]]:
    """Words, whether cut off, and flags of each passage."""
    bare = URL.sub(room.blanks, PLACEHOLDER.sub(room.blanks, text))
    found: dict[tuple[tuple[str, ...], bool], int] = {}
    for start, end in room.paragraphs(text):
        headed = text[start] in "R@<" or ":" in text[start : start + 101]
        head = room.HEAD.match(text, start, end) if headed else None
        body = head.end() if head else start
        marked = text[start] in ">|" or (head is not None and room.NAMES.search(head[0]) is not None)
        for lo, hi, inner in pieces_by_pattern(text, body, end):
            words = tuple(WORD.findall(bare[lo:hi].lower()))
            cut = room.ENDS_CUT.search(bare, max(lo, hi - 8), hi) is not None
            words = words[:-1] if cut else words
            if len(words) >= 8:
                flags = room.CUT * cut + room.MARKED * (marked or inner) + room.LENGTHY * (len(words) >= 20)
                found.setdefault((words, cut), flags)
    return [(words, cut, flags) for (words, cut), flags in found.items()]


@settings(max_examples=100, deadline=None)
@given(st.lists(TEXT, max_size=4))
def test_passages_are_those_of_the_definition(texts: list[str]) -> None:
    found = passages_of(texts)
    expected = [(at, *one) for at, text in enumerate(texts) for one in passages_by_words(text)]
    assert found.text.tolist() == [at for at, *_ in expected]
    assert found.flags.tolist() == [flags for *_, flags in expected]
    assert (found.whole & 1).tolist() == [cut for _, _, cut, _ in expected]
    heads = [words[:8] for _, words, _, _ in expected]
    wholes = [(words, cut) for _, words, cut, _ in expected]
    for keys, words in ((found.head.tolist(), heads), (found.whole.tolist(), wholes)):
        assert len(set(zip(keys, words, strict=True))) == len(set(keys)) == len(set(words))
    for at, start, end, head, whole in zip(found.text, found.start, found.end, found.head, found.whole, strict=True):
        assert (start, end) in places(texts[at], {(int(head), int(whole))})


@given(st.text(alphabet="ab >|.:…\n@RT<>", max_size=200), st.integers(1, 3))
def test_any_text_has_passages_that_stand_in_it(text: str, times: int) -> None:
    text = text.replace("a", "ord och ord " * times)
    found = passages_of([text])
    for start, end in zip(found.start, found.end, strict=True):
        assert 0 <= start < end <= len(text)
        assert len(WORD.findall(text[start:end])) >= 8


@settings(deadline=None)
@given(ANY)
def test_a_text_is_signed_the_same_in_any_company(texts: list[str]) -> None:
    together = sign(texts).to_pylist()
    assert together == [sign([text]).to_pylist()[0] for text in texts]
    assert len({one["_exact"] for one in together}) == len(set(texts))
    assert all(
        (one["_bands"] is None) == (len(WORD.findall(text)) < 5) for one, text in zip(together, texts, strict=True)
    )


def test_nothing_is_signed() -> None:
    assert sign([]).num_rows == 0
    assert sign([""]).to_pylist()[0]["_ending"] == 0
