from __future__ import annotations

import sys
from collections import Counter, defaultdict
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scsr.text import tokens
from scsr.text.tokens import icelandic


def test_words_of_every_sort():
    text = "Hei, @fjelltel! Se http://a.no/x?y=1, t.d. 2,5 GB for 1.299 kr :-) #treigt 😀 <email:0123abcd> it's <3"
    assert tokens.words(text) == [
        "Hei", ",", "@fjelltel", "!", "Se", "http://a.no/x?y=1", ",", "t.d.", "2,5", "GB", "for", "1.299", "kr", ":-)",
        "#treigt", "😀", "<email:0123abcd>", "it's", "<3",
    ]  # fmt: skip


def test_abbreviations_keep_their_points():
    for abbreviation in ("t.ex.", "bl.a.", "f.eks.", "t.d.", "m.a.", "o.s.v.", "þ.e.", "kl.", "ca."):
        assert tokens.words(f"ord {abbreviation} ord") == ["ord", abbreviation, "ord"]


@given(st.text(max_size=80))
@settings(deadline=None, max_examples=200)
def test_no_visible_character_is_lost(text):
    kept = Counter("".join(tokens.words(text)))
    assert kept == Counter("".join(text.split()))


def test_the_nltk_tokenizer_finds_the_same_words():
    text = "Hei @fjelltel, t.d. 2,5 GB til 199 kr :-) <name:0123abcd>"
    assert tokens.tokenizer().tokenize(text) == tokens.words(text)


def test_sentences_take_any_language():
    assert tokens.sentences("Ett. Två!", "sv") == ["Ett.", "Två!"]
    assert tokens.sentences("Ett. Två!") == ["Ett.", "Två!"]
    assert tokens.sentences("") == []


@pytest.mark.parametrize(
    ("lang", "word", "expected"),
    [
        ("sv", "klagomålen", "klagomål"), ("sv", "Väntade", "vänta"), ("nb", "kundene", "kunde"),
        ("nb", "regjeringssammenbruddets", "regjeringssammenbrudd"), ("nn", "tenestene", "teneste"),
        ("nn", "kundar", "kunde"), ("is", "pöntunina", "pöntun"), ("is", "vikur", "vika"), ("da", "svarene", "svar"),
        ("en", "complaints", "complaint"), ("fo", "Teldurnar", "teldurnar"), ("und", "XYZ", "xyz"),
    ],
)  # fmt: skip
def test_lemma(lang, word, expected):
    assert tokens.lemma(word, lang) == expected


def test_unknown_words_stay_words():
    assert tokens.lemma("qwxzvk", "sv") == "qwxzvk"
    assert tokens.lemma("qwxzvks", "nb") in {"qwxzvks", "qwxzvk"}


def test_inflections_of_one_word_fall_together():
    assert len({tokens.lemma(w, "is") for w in ("svar", "svari", "svarið", "svarinu", "svörum")}) == 1
    assert len({tokens.lemma(w, "sv") for w in ("kund", "kunden", "kunder", "kunderna", "kundernas")}) == 1
    assert len({tokens.lemma(w, "nb") for w in ("feil", "feilen", "feilene", "feilens")}) == 1


def test_icelandic_without_the_database(monkeypatch):
    icelandic.database.cache_clear()
    monkeypatch.setitem(sys.modules, "islenska", None)
    assert icelandic.database() is None
    assert icelandic.icelandic_lemma("vikur") == "vika"
    icelandic.database.cache_clear()


def test_icelandic_word_that_nobody_knows():
    assert icelandic.icelandic_lemma("qwxzvk") == "qwxzvk"


def test_a_word_of_thousands_of_letters_ends_no_process():
    word = "mjög" * 50_000
    assert icelandic.icelandic_lemma(word)


@pytest.mark.parametrize(
    ("word", "expected"),
    [("á", "eiga"), ("útgerðin", "útgerð"), ("eins", "eins"), ("þjónustufulltrúanum", "þjónustufulltrúi")],
)
def test_icelandic_word_is_taken_for_a_content_word_in_use(word, expected):
    pytest.importorskip("islenska", reason="needs BÍN: install scsr[icelandic]")
    assert icelandic.icelandic_lemma(word) == expected


def test_lemmas_are_of_content_words_only():
    text = "Hei @fjelltel! Jeg har ventet i 3 uker på svar, se http://a.no. Mvh <name:0123abcd> x #skuffet"
    assert tokens.lemmas(text, "nb") == ["vente", "uke", "svar", "se", "skuffe"]
    assert tokens.lemmas("", "nb") == []


def test_lemmas_in_a_language_without_resources_are_lower_case_words():
    assert tokens.lemmas("Eg Bíðaði", "fo") == ["eg", "bíðaði"]
    assert tokens.stop_words("fo") == frozenset()
    assert tokens.furniture("fo") == frozenset()


@pytest.mark.parametrize("lang", ["sv", "nb", "nn", "is"])
def test_stop_words(lang):
    assert {"sv": "och", "nb": "ikke", "nn": "ikkje", "is": "ekki"}[lang] in tokens.stop_words(lang)


def grouping_f1(forms, predicted):
    """F1 over pairs of word forms that are put together."""

    def pairs(lemma_of):
        groups = defaultdict(list)
        for form, lemma in lemma_of.items():
            groups[lemma].append(form)
        return {pair for group in groups.values() for pair in combinations(sorted(group), 2)}

    gold, found = pairs(forms), pairs(predicted)
    return 2 * len(gold & found) / (len(gold) + len(found))


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("lang", "name", "bar"),
    [("sv", "sv_talbanken", 0.91), ("nb", "no_bokmaal", 0.92), ("nn", "no_nynorsk", 0.87), ("is", "is_modern", 0.91)],
)
def test_lemma_grouping_on_gold_lemmas(real_data, lang, name, bar):
    if lang == "is":
        pytest.importorskip("islenska", reason="the Icelandic bar is for BÍN: install scsr[icelandic]")
    counts = defaultdict(Counter)
    for line in (real_data / "ud" / f"{name}-ud-dev.conllu").read_text("utf-8").splitlines():
        cells = line.split("\t")
        if len(cells) == 10 and cells[3] in {"NOUN", "VERB", "ADJ", "ADV"} and cells[1].isalpha():
            counts[cells[1].lower()][cells[2].lower()] += 1
    gold = {form: count.most_common(1)[0][0] for form, count in counts.items()}
    assert grouping_f1(gold, {form: tokens.lemma(form, lang) for form in gold}) >= bar


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("lang", "name"), [("sv", "sv_talbanken"), ("nb", "no_bokmaal"), ("nn", "no_nynorsk"), ("is", "is_modern")]
)
def test_stop_words_take_function_words_and_leave_content(real_data, lang, name):
    closed, content = Counter(), Counter()
    for line in (real_data / "ud" / f"{name}-ud-dev.conllu").read_text("utf-8").splitlines()[:15_000]:
        cells = line.split("\t")
        if len(cells) == 10 and cells[1].isalpha():
            dropped = tokens.content_lemma(cells[1], lang) is None
            if cells[3] in {"ADP", "AUX", "CCONJ", "SCONJ", "DET", "PRON", "PART"}:
                closed[dropped] += 1
            elif cells[3] in {"NOUN", "VERB", "ADJ", "PROPN"}:
                content[dropped] += 1
    assert closed[True] / closed.total() >= 0.95
    assert content[True] / content.total() <= 0.08
