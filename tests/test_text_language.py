from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scsr.text import language as lang

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
    for variant in (text.upper(), shouted, text.lower(), *(text.lower().translate(fold) for fold in lang.FOLDS)):
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


def test_dictionaries_tell_close_languages_apart():
    doubt = np.array([0.0 if code in lang.UNLISTED_NATS else -1.0 for code in lang.DETAILS])
    for code, text in (("da", "kunderne spørger hvornår"), ("nb", "kundene spør når"), ("nn", "kundane spør kva tid")):
        assert lang.DETAILS[int(lang.told_apart(doubt, text.split()).argmax())] == code
    sure = np.arange(0.0, 90.0, 10.0)
    assert lang.told_apart(sure, ["kunderne"]) is sure
    assert lang.listed("kunderne", "da")
    assert not lang.listed("kunderne", "nb")


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


def test_parts_are_whole_sentences_and_lose_nothing():
    text = "\n".join(" ".join(SENTENCES.values()) for _ in range(3))
    found = list(lang.parts(text))
    assert 3 < len(found) <= lang.MOST_PARTS
    assert "".join(found).replace(" ", "") == "".join(text.split())
    assert list(lang.parts("Kort. Text.")) == ["Kort. Text."]


def test_most_of_the_sentences_decide_when_nothing_is_quoted():
    post = SENTENCES["is"] + " " + SENTENCES["en"] + " " + "Þetta er alveg ótrúlegt og ég er mjög reið."
    assert lang.identify_parts(post).code == "is"


def test_a_vote_weighs_by_length_and_confidence():
    sv, en = lang.Language("sv", "sv", 0.9), lang.Language("other", "en", 0.9)
    assert lang.vote([(sv, 10), (en, 30)]).detail == "en"
    assert lang.vote([(sv, 10), (en, 30)]).confidence < 0.9
    assert lang.vote([(sv, 10)]).confidence == pytest.approx(0.9)
    assert lang.vote([]) == lang.UNKNOWN
    assert lang.vote([(lang.UNKNOWN, 5)]) == lang.UNKNOWN


@given(st.text(max_size=80))
@settings(deadline=None, max_examples=150)
def test_any_string_has_a_language_and_a_confidence(text):
    for found in (lang.identify(text), lang.identify_parts(text)):
        assert found.code in (*lang.CODES, "other")
        assert 0.0 <= found.confidence <= 1.0


def test_many_threads_agree():
    lang.named.cache_clear()
    lang.identifier.cache_clear()
    texts = [f"{text} {i}" for i in range(40) for text in SENTENCES.values()]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lang.identify, texts))
    assert [f.detail for f in found] == list(SENTENCES) * 40


def test_the_bundled_model_of_others_stays_unrestricted():
    from py3langid.langid import LanguageIdentifier

    lang.identify(SENTENCES["sv"])
    other = LanguageIdentifier.from_model_file("data/model.npz.xz")
    assert "fr" in other.labels


def test_sentences_end_where_they_end():
    text = "Det kostar bl.a. 300 kr. per år. Varför? Jag vet inte… Den 3. maj kom J. Berg hit! ok"
    assert list(lang.split_sentences(text)) == [
        "Det kostar bl.a. 300 kr. per år.", "Varför?", "Jag vet inte…", "Den 3. maj kom J. Berg hit!", "ok",
    ]  # fmt: skip
    assert list(lang.split_sentences("én linje\nannen linje\n\n")) == ["én linje", "annen linje"]


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


def test_the_model_would_not_have_decided_otherwise_where_it_is_not_asked(monkeypatch):
    texts = [
        "Jag väntade i kö i tre kvart och när jag till sist kom fram visste de inte vad jag pratade om.",
        "Jeg har ringt dem hver dag i to uker, og ingen kan si meg når pakken kommer fram til oss.",
        "Eg har venta på svar i tre veker no, og dei seier berre at dei ikkje veit kvifor det tek så lang tid.",
        "Ég er búin að bíða eftir svari í þrjár vikur og það er enginn sem veit hvað varð um pöntunina mína.",
        "I have been waiting for an answer for three weeks now and nobody there seems to know what happened to it.",
    ]
    alone = [lang.identify(text) for text in texts]
    asked = []
    monkeypatch.setattr(lang, "is_clear", lambda *_: asked.append(1))
    lang.named.cache_clear()
    both = [lang.identify(text) for text in texts]
    lang.named.cache_clear()
    assert len(asked) == len(texts)
    assert [found.detail for found in alone] == [found.detail for found in both] == ["sv", "nb", "nn", "is", "en"]
    assert min(found.confidence for found in alone) > lang.CERTAIN


@pytest.mark.parametrize("code", ["sv", "nb", "nn", "is", "en"])
def test_a_glance_names_only_what_the_votes_would_name(code, monkeypatch):
    text = " ".join([SENTENCES[code]] * 8)
    glance = lang.identify_parts(text)
    monkeypatch.setattr(lang, "at_a_glance", lambda _: None)
    assert lang.identify_parts(text).detail == glance.detail
    assert lang.identify_parts(text).confidence == pytest.approx(glance.confidence, abs=0.1)


def test_a_glance_leaves_a_mixed_or_short_text_to_the_votes():
    assert lang.at_a_glance(SENTENCES["sv"]) is None
    assert lang.at_a_glance(" ".join([SENTENCES["sv"]] * 6 + [SENTENCES["en"]] * 6)) is None
