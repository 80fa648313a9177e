from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scsr.text import language as lang
from scsr.text.language.codes import UNKNOWN
from scsr.text.language.model import unpacked
from scsr.text.language.words import FOLDS

SENTENCES = {
    "sv": "Jag har väntat i tre veckor på ett svar från er, men det kommer ingenting.",
    "nb": "Jeg har ventet i tre uker på et svar fra dere, men det kommer ingenting.",
    "nn": "Eg har venta i tre veker på eit svar frå dykk, men det kjem ikkje noko.",
    "is": "Ég hef beðið í þrjár vikur eftir svari frá ykkur en það kemur ekkert.",
    "da": "Jeg har ventet i tre uger på et svar fra jer, men der kommer ikke noget af det.",
    "en": "I have been waiting three weeks for an answer from you, but nothing comes.",
    "fo": "Eg havi bíðað í tríggjar vikur eftir einum svari frá tykkum, men einki kemur.",
    "de": "Ich warte seit drei Wochen auf eine Antwort von Ihnen, aber es kommt nichts.",
    "fi": "Olen odottanut vastausta teiltä kolme viikkoa, mutta mitään ei ole tullut.",
}


@pytest.mark.parametrize("code", SENTENCES)
def test_each_language_is_named(code):
    found = lang.identify(SENTENCES[code])
    assert found.detail == code
    assert found.code == (code if code in lang.CODES else "other")
    assert found.confidence > lang.CERTAIN


@pytest.mark.parametrize("text", ["", "   ", "12 345", "!!! :-)", "http://example.com/jeg/har/ventet @kundeservice"])
def test_what_has_no_language_has_none(text):
    assert lang.identify(text) == lang.Language("other", "und", 0.0)
    assert lang.identify_parts(text) == lang.Language("other", "und", 0.0)


@pytest.mark.parametrize("text", ["ok", "takk", "bra service", "hei!", "super"])
def test_short_text_gives_a_low_confidence(text):
    assert lang.identify(text).confidence < lang.CERTAIN


def test_addresses_and_placeholders_have_no_say():
    plain = lang.identify("Vi venter fortsatt på svar fra dere")
    assert lang.identify("Vi venter fortsatt på svar fra dere https://example.com/the/customer/is/always") == plain
    assert lang.identify("Vi venter fortsatt på svar fra dere <email:0123abcd>") == plain


@pytest.mark.parametrize("code", ["sv", "nb", "nn", "is", "da", "en"])
def test_shouting_and_missing_letters_change_nothing(code):
    text = SENTENCES[code]
    shouted = " ".join(word.upper() if at % 2 else word for at, word in enumerate(text.split()))
    for variant in (text.upper(), shouted, text.lower(), *(text.lower().translate(fold) for fold in FOLDS)):
        assert lang.identify(variant).detail == code, variant


@pytest.mark.parametrize("code", ["sv", "nb", "nn", "is"])
def test_what_surrounds_the_words_changes_nothing(code):
    around = f"@fjelltel {SENTENCES[code]} 😡😡 https://www.example.com/help/the/customer #fail <name:0123abcd>"
    spaced = SENTENCES[code].replace(",", " ,").replace(".", " .")
    assert lang.identify(around).detail == lang.identify(spaced).detail == code


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("ru", "Мы ждали ответа три недели, но никто так и не написал нам."),
        ("pl", "Czekałem trzy tygodnie na odpowiedź, ale nikt się do mnie nie odezwał."),
        ("fr", "J'attends une réponse depuis trois semaines et personne ne me répond."),
        ("nl", "Ik wacht al drie weken op een antwoord, maar er komt helemaal niets."),
        ("et", "Olen oodanud vastust kolm nädalat, aga keegi ei ole midagi kirjutanud."),
    ],
)
def test_foreign_languages_are_called_by_their_names(code, text):
    found = lang.identify(text)
    assert (found.code, found.detail) == ("other", code)
    assert found.confidence > lang.CERTAIN


def test_an_english_quotation_does_not_turn_a_post():
    post = (
        "Jag läste en intervju med chefen för ett stort flygbolag. “We have always put the customer first and we will "
        "never stop doing so. Every complaint is a gift to us and to everyone who works here. We believe in that.” "
        "Så sade han. Men den som ringde fick ändå vänta i två timmar."
    )
    assert lang.identify_parts(post).code == "sv"


def test_a_quoted_mail_does_not_turn_the_answer():
    quoted = "\n".join(f"> {line}" for line in [SENTENCES["en"]] * 3)
    answer = lang.identify_parts(f"{quoted}\n\n{SENTENCES['nb']}")
    assert answer.code == "nb"
    assert answer.confidence < lang.identify_parts(SENTENCES["nb"]).confidence


def test_a_mixed_text_is_less_sure_than_a_pure_one():
    mixed = " ".join([SENTENCES["sv"]] * 3 + [SENTENCES["en"]] * 2)
    found = lang.identify_parts(mixed)
    assert found.code == "sv"
    assert found.confidence < 0.95 < lang.identify_parts(" ".join([SENTENCES["sv"]] * 3)).confidence


def test_most_of_the_sentences_decide_when_nothing_is_quoted():
    post = SENTENCES["is"] + " " + SENTENCES["en"] + " " + "Þetta er alveg ótrúlegt og ég er mjög reið."
    assert lang.identify_parts(post).code == "is"


@given(st.text(max_size=80))
@settings(deadline=None, max_examples=150)
def test_any_string_has_a_language_and_a_confidence(text):
    for found in (lang.identify(text), lang.identify_parts(text)):
        assert found.code in (*lang.CODES, "other")
        assert 0.0 <= found.confidence <= 1.0


def test_many_threads_agree():
    unpacked.cache_clear()
    texts = [f"{text} {i}" for i in range(40) for text in SENTENCES.values()]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lang.identify, texts))
    assert [f.detail for f in found] == list(SENTENCES) * 40


@pytest.mark.real_data
def test_accuracy_on_real_sentences(real_data):
    files = {"sv": "sv_talbanken", "nb": "no_bokmaal", "nn": "no_nynorsk", "is": "is_modern", "da": "da_ddt",
             "fo": "fo_farpahc"}  # fmt: skip
    right, found = {}, {}
    for code, name in files.items():
        lines = (real_data / "ud" / f"{name}-ud-dev.conllu").read_text("utf-8").splitlines()
        texts = (line[9:] for line in lines if line.startswith("# text = ") and len(line) >= 49)
        found[code] = Counter(lang.identify(text).detail for text in islice(texts, 600))
        right[code] = found[code][code] / found[code].total()
    assert sum(right[code] for code in lang.CODES) / 4 >= 0.98
    assert (found["da"]["nb"] + found["da"]["nn"]) / found["da"].total() <= 0.01
    assert found["fo"]["is"] / found["fo"].total() <= 0.03


@pytest.mark.real_data
def test_confidence_is_the_share_of_right_answers(real_data):
    answers = []
    for code, name in (("nb", "no_bokmaal"), ("nn", "no_nynorsk"), ("da", "da_ddt")):
        lines = (real_data / "ud" / f"{name}-ud-dev.conllu").read_text("utf-8").splitlines()
        texts = (line[9:] for line in lines if line.startswith("# text = "))
        found = [lang.identify(text) for text in islice(texts, 500)]
        answers += [(answer.confidence, answer.detail == code) for answer in found]
    for low, high in ((0.0, 0.5), (0.5, 0.8), (0.8, 0.95), (0.95, 1.01)):
        inside = [(sure, right) for sure, right in answers if low <= sure < high]
        stated = sum(sure for sure, _ in inside) / len(inside)
        assert abs(stated - sum(right for _, right in inside) / len(inside)) < 0.12, (low, high)


SPOKEN = st.sampled_from([*SENTENCES.values()])
WORDS = st.sampled_from([*" ".join(SENTENCES.values()).split(), "100", "TAKK", ":-)", "\n", "@x", "www.example.com"])
TEXTS = st.one_of(
    st.text(max_size=60),
    SPOKEN,
    st.lists(WORDS, max_size=90).map(" ".join),
    st.lists(SPOKEN, min_size=5, max_size=9).map(" ".join),
    st.builds('{}\n"{}" {}'.format, SPOKEN, SPOKEN, SPOKEN),
    st.builds("> {}\n\n{}".format, SPOKEN, SPOKEN),
)


@given(st.lists(TEXTS, max_size=10))
@settings(deadline=None, max_examples=60)
def test_no_answer_hangs_on_the_other_texts(texts):
    assert lang.identify_all(texts) == [lang.identify_parts(text) for text in texts]
    assert lang.identify_all(texts[::-1]) == lang.identify_all(texts)[::-1]


def test_no_texts_have_no_languages():
    assert lang.identify_all([]) == []
    assert lang.identify_all(["", "1"]) == [UNKNOWN] * 2


def test_a_single_part_beside_a_quotation_votes_with_it():
    alone, both = lang.identify_all([SENTENCES["sv"], f'{SENTENCES["sv"]} "{SENTENCES["en"]}"'])
    assert both.code == alone.code == "sv"
    assert both.confidence < alone.confidence


@pytest.mark.real_data
def test_real_texts_have_the_same_languages_together_and_alone(real_data):
    reviews = (real_data / "nb_media_reviews.jsonl").read_text("utf-8").splitlines()[:40]
    texts = [json.loads(line)["text"] for line in reviews]
    for name in ("sv_talbanken", "no_nynorsk", "da_ddt", "fo_farpahc"):
        lines = (real_data / "ud" / f"{name}-ud-dev.conllu").read_text("utf-8").splitlines()
        texts += islice((line[9:] for line in lines if line.startswith("# text = ")), 100)
    assert lang.identify_all(texts) == [lang.identify_parts(text) for text in texts]
