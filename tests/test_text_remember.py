"""What is remembered of words: each is asked for once, and memory is bounded."""

from __future__ import annotations

from collections import Counter

from scsr.text.remember import LONGEST, Remembered


def counting():
    asked: Counter[str] = Counter()

    def length(word: str) -> int:
        asked[word] += 1
        return len(word)

    return asked, length


def test_a_word_is_worked_out_once():
    asked, length = counting()
    lengths = Remembered(length)
    assert [lengths[word] for word in ("takk", "fyrir", "takk", "")] == [4, 5, 4, 0]
    assert asked == {"takk": 1, "fyrir": 1, "": 1}


def test_words_in_use_outlive_the_others():
    asked, length = counting()
    lengths = Remembered(length, most=10)
    for n in range(100):
        assert lengths["common"] == 6
        assert lengths[f"rare{n}"] == len(f"rare{n}")
        assert len(lengths) + len(lengths.before) <= 20
    assert asked["common"] == 1


def test_words_that_are_no_words_are_not_kept():
    _, length = counting()
    lengths = Remembered(length)
    assert lengths["x" * (LONGEST + 1)] == LONGEST + 1
    assert not lengths
