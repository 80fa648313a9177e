from __future__ import annotations

import pytest

from scsr.text import tokens
from scsr.text.concepts import concepts_of
from scsr.text.light import light_lemmas, without_light


@pytest.mark.parametrize("lang", ["sv", "nb", "nn", "is"])
def test_light_lemmas_are_many_and_none_of_them_is_a_matter_of_customer_service(lang: str) -> None:
    light = light_lemmas(lang)
    assert len(light) > 100
    assert not {lemma for lemma in light if concepts_of(lemma, lang)}


@pytest.mark.parametrize(
    ("lang", "text", "left"),
    [
        ("sv", "Vi gick två dagar och hittade fakturan på måndagen", ["faktura"]),
        ("nb", "Det tok fem uker før regningen kom på mandag", ["regning"]),
        ("nn", "Det tok tre veker før rekninga kom", ["rekning"]),
        ("is", "Reikningurinn kom á mánudaginn eftir þrjár vikur", ["reikningur"]),
    ],
)
def test_what_is_left_of_a_sentence_is_its_matter(lang: str, text: str, left: list[str]) -> None:
    assert [lemma for lemma in without_light(tokens.lemmas(text, lang), lang) if concepts_of(lemma, lang)] == left
    assert len(without_light(tokens.lemmas(text, lang), lang)) <= 2
