from __future__ import annotations

import re

import pytest

from scsr.errors import ScsrError
from scsr.text.resources import LANGUAGES, load, neighbours, phrases


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_has_the_same_tables(lang):
    mine, model = load(lang), load("sv")
    assert mine["language"]["code"] == lang
    assert set(mine) == set(model)
    for table in model:
        assert set(mine[table]) >= set(model[table]) - {"numbers", "awaiting"}, table


@pytest.mark.parametrize("lang", LANGUAGES)
def test_months_and_weekdays_are_whole_and_distinct(lang):
    for table, size in (("months", 12), ("weekdays", 7)):
        forms = load(lang)[table]
        assert list(forms) == [str(i + 1) for i in range(size)]
        every = [form for names in forms.values() for form in names]
        assert all(every)
        assert len(every) == len(set(every)), table
        assert all(form == form.lower() for form in every)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_stop_words_are_of_like_size_and_single_words(lang):
    words = load(lang)["stop_words"]["words"]
    assert 110 <= len(words) <= 190
    assert len(words) == len(set(words))
    assert not any(re.search(r"\s", word) for word in words)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_list_repeats_itself_and_page_phrases_are_lower_case(lang):
    for key, entries in load(lang)["page"].items():
        assert len(entries) == len(set(entries)), key
        assert all(entry == entry.lower().strip() and entry for entry in entries), key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_furniture_is_apart_from_stop_words(lang):
    assert not set(load(lang)["furniture"]["words"]) & set(load(lang)["stop_words"]["words"])


def test_stop_words_hold_no_cue():
    for lang in LANGUAGES:
        cues = load(lang)["cues"]
        lost = set(load(lang)["stop_words"]["words"]) & {*cues["complaint"], *cues["praise"]}
        # "never" is both a function word and a cue: classifiers read it from the text, not from the lemmas
        assert lost <= {"aldrig", "aldri", "aldrei", "never", "very", "just"}, (lang, lost)


def test_an_unknown_language_is_an_error_that_names_the_known_ones():
    with pytest.raises(ScsrError, match="'xx'.*sv, nb"):
        load("xx")


def test_phrases_are_longest_first():
    found = phrases("page", "comments")
    assert list(found) == sorted(set(found), key=lambda p: (-len(p), p))
    assert {"kommentarer", "ummæli", "kommentarar", "comments"} <= set(found)


def test_neighbours():
    assert {"fo", "de", "fi"} <= set(neighbours())
