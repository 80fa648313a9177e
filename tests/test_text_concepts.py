from __future__ import annotations

import pytest

from scsr.errors import ScsrError
from scsr.text import concepts, tokens


def test_there_are_enough_concepts_and_the_features_name_them() -> None:
    assert len(concepts.concepts()) >= 70
    named = {concept for group in concepts.features().values() for concept in group}
    assert named <= set(concepts.concepts())
    assert list(concepts.features()) == [
        "credibility", "transparency", "openness", "quick_response", "long_term_view",
    ]  # fmt: skip


@pytest.mark.parametrize("lang", concepts.LANGUAGES)
def test_every_concept_has_two_lemmas_that_the_lemmatiser_gives(lang: str) -> None:
    entries = concepts.lexicon(lang)
    for concept in concepts.concepts():
        for word in concepts.words_of(concept, lang):
            assert tokens.lemmas(word, lang) == [tokens.lemma(word, lang)], f"{concept}, {lang}: {word}"
        assert sum(concept in claimed for claimed in entries.values()) >= 2, f"{concept}, {lang}"


@pytest.mark.parametrize("lang", concepts.LANGUAGES)
def test_no_lemma_is_claimed_by_more_than_two_concepts(lang: str) -> None:
    assert {lemma: claimed for lemma, claimed in concepts.lexicon(lang).items() if len(claimed) > 2} == {}


@pytest.mark.parametrize("lang", concepts.LANGUAGES)
def test_words_are_plain_lower_case_and_listed_once(lang: str) -> None:
    for concept in concepts.concepts():
        words = concepts.words_of(concept, lang)
        assert len(set(words)) == len(words), concept
        assert all(word == word.lower().strip() for word in words), concept


@pytest.mark.parametrize(
    ("text", "lang", "concept"),
    [
        ("Väntetiden var en timme", "sv", "waiting_time"),
        ("De beklaget det som hadde skjedd", "nb", "apology"),
        ("Fakturaen var feil", "nb", "invoice"),
        ("Eg tilrår butikken", "nn", "recommendation"),
        ("Ég fékk endurgreiðslu", "is", "refund"),
        ("They refunded the ticket", "en", "refund"),
    ],
)
def test_what_customers_write_is_found(text: str, lang: str, concept: str) -> None:
    assert concepts.count_concepts(tokens.lemmas(text, lang), lang)[concept] >= 1


def test_a_compound_counts_by_its_last_part_only() -> None:
    assert concepts.concepts_of("bilförsäkring", "sv") == ("insurance_claim",)
    assert concepts.concepts_of("försäkringskassan", "sv") == ()


def test_unknown_languages_have_no_entries_and_unknown_concepts_are_refused() -> None:
    assert concepts.lexicon("fi") == {}
    assert concepts.concepts_of("lasku", "fi") == ()
    with pytest.raises(ScsrError, match="no concept 'nothing'"):
        concepts.words_of("nothing", "sv")
    with pytest.raises(ScsrError, match="no words in 'fi'"):
        concepts.words_of("refund", "fi")


def test_the_fingerprint_answers_to_the_languages() -> None:
    assert concepts.fingerprint(["sv"]) == concepts.fingerprint(["sv"])
    assert concepts.fingerprint(["sv"]) != concepts.fingerprint(["nb"])
