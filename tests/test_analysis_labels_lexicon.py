"""The lexicon beside TF-IDF: what it finds, and in which languages."""

from __future__ import annotations

import pandas as pd
import pytest

from scsr.analysis.labels import lexicon


@pytest.mark.parametrize(
    ("lang", "text", "cue"),
    [
        ("sv", "Vi är så missnöjda!", "cues: complaint"),
        ("nb", "Jeg er veldig skuffet", "cues: complaint"),
        ("nn", "Eg er så misnøgd", "cues: complaint"),
        ("is", "Hræðileg þjónusta", "cues: complaint"),
        ("da", "Vi blev skuffet over jer", "cues: complaint"),
        ("en", "WORST airline #fail", "cues: complaint"),
        ("is", "Alveg til fyrirmyndar", "cues: praise"),
        ("sv", "Fakturorna var fel", "concept: invoice"),
        ("nb", "Dere må refundere pengene", "concept: refund"),
    ],
)
def test_what_is_found(lang, text, cue):
    assert cue in lexicon.entries_of(text, lang)
    assert cue in lexicon.entry_names(lang)


def test_a_language_without_lists_has_no_entries():
    assert lexicon.entry_names("fo") == ()
    assert lexicon.entries_of("Eg eri misnøgdur", "fo") == ()
    assert lexicon.entries_of("", "sv") == lexicon.entries_of("# !", "sv") == ()


def test_an_entry_stands_as_often_as_it_is_said():
    assert lexicon.entries_of("fel, fel och fel", "sv").count("cues: complaint") == 3


def test_the_language_of_texts():
    assert lexicon.language_of(["My flight was delayed again and nobody would help me."] * 3) == "en"
    assert lexicon.language_of([]) == "und"


def test_other_languages_go_by_their_own_code():
    table = pd.DataFrame({"language": ["nb", "other", "other", None], "language_detail": [None, "da", None, "en"]})
    assert lexicon.own_language(table).fillna("?").tolist() == ["nb", "da", "?", "?"]
