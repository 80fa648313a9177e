from __future__ import annotations

import sys
import time
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scsr.errors import ReadError
from scsr.text import normalise as n

NORDIC = "Å ä ö æ ø þ ð é á í ó ú ý Å Ä Ö Æ Ø Þ Ð É Á Í Ó Ú Ý"
PANGRAMS = {
    "sv": "Flygande bäckasiner söka hwila på mjuka tuvor, och det får dröja.",
    "nb": "Vår sære Zulu fra badeøya spilte jo whist og quickstep i min taxi.",
    "nn": "Æ, øve og åre: òg det høyrer til når ein skriv på nynorsk.",
    "is": "Kæmi ný öxi hér, ykist þjófum nú bæði víl og ádrepa; þar er Þórður.",
}

# text that is all letters is not enough: mojibake, joiners and entities are where cleaners go wrong
awkward = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from("\u00ad\u200b\u200d\ufeff\u00a0\r\n\t \u2028\ud83d\ude00Ã¥¤â€œ&;#@.:/()«»\"'’!?ÆØÅæøåäöþð👨👩️"),
    ),
    max_size=60,
)
CLEANERS = [
    n.normalise,
    n.repair,
    n.collapse_whitespace,
    n.strip_urls,
    n.strip_emails,
    n.strip_handles,
    n.strip_hashtags,
    n.strip_emoji,
    n.collapse_elongations,
    n.collapse_punctuation,
    n.straighten_quotes,
    n.unescape_entities,
    n.detokenise,
    n.fix_mojibake,
    n.clean,
]


@pytest.mark.parametrize("cleaner", CLEANERS, ids=lambda c: c.__name__)
@given(text=awkward)
@example(text="\ud83d\ude00 \ud800 Ã\u200b¥")
@example(text="&amp;amp;lt; a , , b ( ( c")
@settings(max_examples=60, deadline=None)
def test_cleaners_are_total_and_idempotent(cleaner, text):
    once = cleaner(text)
    assert isinstance(once, str)
    assert cleaner(once) == once


@pytest.mark.parametrize("text", [NORDIC, *PANGRAMS.values(), NORDIC.replace(" ", "")])
def test_clean_nordic_text_stays_byte_for_byte(text):
    assert n.normalise(text) == text
    assert n.fix_mojibake(text) == text


@given(st.lists(st.sampled_from(" ".join(PANGRAMS.values()).split()), min_size=1, max_size=30).map(" ".join))
@settings(deadline=None)
def test_no_arrangement_of_nordic_words_is_altered(text):
    assert n.normalise(text) == text


WRONG = [
    "latin-1", "cp1252", "iso8859-15", "mac_roman", "mac_iceland", "cp437", "cp850", "cp858", "cp861", "cp865",
    "iso8859-10", "iso8859-2", "cp1250", "sloppy-windows-1252", "sloppy-windows-1250", "sloppy-windows-1257",
]  # fmt: skip


@pytest.mark.parametrize("codec", WRONG)
@pytest.mark.parametrize("lang", PANGRAMS)
def test_wrong_decodings_are_undone(codec, lang):
    import ftfy.bad_codecs  # noqa: F401 - registers the sloppy codecs

    try:
        wrong = PANGRAMS[lang].encode().decode(codec)
    except UnicodeDecodeError:
        pytest.skip("the codec leaves one of the bytes open, so nobody can have read it so")
    assert wrong != PANGRAMS[lang]
    assert n.normalise(wrong) == PANGRAMS[lang]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("Det är sant att lÃ¥ngt borta är så", "Det är sant att långt borta är så"),
        ("PÃ¥ åker’n sa han “nei”", "På åker'n sa han “nei”"),
        ("Takk ðŸ˜€ for sÃ¸t kake", "Takk 😀 for søt kake"),
        ("â€œKanaleneâ€\x9d bÃ¸r tas i bruk â€“ nÃ¥", "“Kanalene” bør tas i bruk – nå"),
        ("Â«JaÂ», sa hun", "«Ja», sa hun"),
        ("&amp;aring;pent &Atilde;&yen;", "åpent å"),
    ],
)
def test_what_is_wrong_in_part_is_mended_in_part(wrong, right):
    assert n.normalise(wrong) == right


@pytest.mark.parametrize(
    "text",
    [
        "f�r l�nge sedan", "f?r l?nge sedan", "« À bientôt », dit-il à Élise", "Grüße aus Köln, „süß“!",
        "Zażółć gęślą jaźń – ŁÓDŹ, ĆMA", "Ţară, ÂÎŞŢ, câine", "Sámi giella: čáhci, đ, ŋ, ŧ, ž", "Føroyar – Tórshavn, í ár",
        "PÅ ÖN: «ÆØÅ» … ÅÅÅ! “SÅ”", "5 € ≈ 50 kr, √2 ≠ 1½", "ÍSLAND ÞÝÐIR „ÝMIR“", "👍🏽 c’est “ça” 10°", "Āda Ćwik Žižka",
        "├──┬ tabell ┼──┤", "Är det ÄÖÅ? ”JÅ” ›så‹", "Ré·sumé ®™ ©",
    ],
)  # fmt: skip
def test_right_text_of_many_languages_is_not_repaired(text):
    assert n.fix_mojibake(text) == text


@given(st.text(alphabet="åäöæøþðáíóúýÅÄÖÆØÞÐÁÍÓÚÝ .\n", max_size=60))
@example("ÄÆäÆØ")
@settings(deadline=None)
def test_nordic_letters_survive_every_cleaner(text):
    for cleaner in CLEANERS:
        kept = cleaner(text)
        if cleaner in (n.collapse_elongations, n.clean):  # these shorten runs on purpose
            assert set(kept) <= set(text)
        else:
            assert "".join(kept.split()) == "".join(text.split()), cleaner


def test_wrong_decoding_done_thrice_is_undone():
    wrong = PANGRAMS["is"]
    for _ in range(3):
        wrong = wrong.encode().decode("sloppy-windows-1252")
    assert n.fix_mojibake(wrong) == PANGRAMS["is"]


@pytest.mark.parametrize(
    "piece", ["Ã¥ och ", "ÅÄÖ»", "&amp;", "amp;", "\ud800", "a@", "Ã", "👨\u200d👩", '" ', "a.", "å"]
)
def test_long_text_takes_time_in_proportion(piece):
    text = piece * (100_000 // len(piece))
    start = time.process_time()
    n.clean("&" + text)
    assert time.process_time() - start < 3


def test_wrong_decoding_done_twice_is_undone():
    wrong = PANGRAMS["sv"].encode().decode("latin-1").encode().decode("latin-1")
    assert n.fix_mojibake(wrong) == PANGRAMS["sv"]


def test_a_broken_line_does_not_touch_a_right_one():
    assert n.normalise("Åse går hjem.\nFÃ¶r lÃ¥ngt borta") == "Åse går hjem.\nFör långt borta"


def test_what_no_reader_sees_is_dropped():
    assert n.normalise("út\u00adflutn\u00ading\u200bur\ufeff \x07ok\ue001") == "útflutningur ok"
    assert n.normalise("sam\u00ad\n  setning") == "samsetning"
    assert n.normalise("a\ud800b") == "ab"
    assert n.normalise("\ud83d\ude00") == "😀"


def test_joiners_stay_within_emoji_only():
    family = "👨\u200d👩\u200d👧"
    assert n.normalise(f"{family} hu\u200ds") == f"{family} hus"


def test_blanks_and_paragraphs():
    assert n.normalise("a\u00a0\u2009b\tc  \r\n\r\n\r\n\r\nd\u2029e\u2028f") == "a b c\n\nd\n\ne\nf"
    assert n.repair("a\n\n\n\nb") == "a\n\n\n\nb"


def test_composed_and_decomposed_letters_become_one():
    assert n.normalise(unicodedata.normalize("NFD", NORDIC)) == NORDIC


def test_quotes_stay_and_apostrophes_within_words_are_plain():
    assert n.normalise("”Nej”, »jo« og «vel»: it’s") == "”Nej”, »jo« og «vel»: it's"
    assert n.straighten_quotes("”Nej” og «vel»") == '"Nej" og "vel"'


def test_single_cleaners_take_what_they_name():
    text = "Se https://example.com/a_(b)?x=1, skriv til ola@example.com eller @fjelltel #sint 😡 www.example.no!"
    assert "example.com/" not in n.strip_urls(text)
    assert "ola@example.com" in n.strip_urls(text)
    assert "ola@" not in n.strip_emails(text)
    assert "@fjelltel" not in n.strip_handles(text)
    assert "ola@example.com" in n.strip_handles(text)
    assert " sint " in n.strip_hashtags(text)
    assert "😡" not in n.strip_emoji(text)
    assert n.clean(text, emoji=False, hashtags=False) == "Se, skriv til eller sint!" or "sint" in n.clean(text)


def test_elongations_keep_addresses_and_roman_numbers():
    assert n.collapse_elongations("heeeelt NEEEEI III www.example.com aaa") == "heelt NEEI III www.example.com aaa"
    assert n.collapse_punctuation("Hva??? Nei!!!!......") == "Hva? Nei!..."


def test_detokenise():
    assert n.detokenise("Hei , du ! Er det ( ja ) « bra » ?") == "Hei, du! Er det (ja) «bra»?"
    assert n.detokenise('Han sa " nei takk " og gikk .') == 'Han sa "nei takk" og gikk.'
    assert n.detokenise("Fint :) ja") == "Fint :) ja"


def test_entities():
    assert n.unescape_entities("&amp;amp; &Aring;se &#229;") == "& Åse å"
    assert n.clean("Sm&oslash;r @a http://b.no", handles=True, urls=True) == "Smør @a http://b.no"


# --- encodings

LONG = "\n".join(PANGRAMS.values())


@pytest.mark.parametrize(
    ("codec", "name", "how"),
    [
        ("utf-8", "utf-8", "strict"),
        ("utf-8-sig", "utf-8-sig", "byte-order mark"),
        ("utf-16", "utf-16", "byte-order mark"),
        ("utf-16-le", "utf-16-le", "zero bytes"),
        ("utf-16-be", "utf-16-be", "zero bytes"),
        ("latin-1", "windows-1252", "letters"),
        ("cp1252", "windows-1252", "letters"),
        ("mac_iceland", "mac_iceland", "letters"),
    ],
)
def test_encodings_are_found_and_said(codec, name, how):
    assert n.detect_encoding(LONG.encode(codec)) == n.Decoded(LONG, name, how)


def test_mac_roman_is_found():
    text = PANGRAMS["sv"] + PANGRAMS["nb"]
    assert n.detect_encoding(text.encode("mac_roman")).text == text


def test_typographic_marks_of_windows_are_read():
    text = "Han sa “nei” – og gikk… på dør"
    assert n.detect_encoding(text.encode("cp1252")) == n.Decoded(text, "windows-1252", "letters")


def test_a_declared_encoding_counts_only_where_it_fits():
    assert (
        n.detect_encoding("å 5¤".encode("iso8859-15", "replace").replace(b"?", b"\xa4"), "ISO-8859-15").text == "å 5€"
    )
    assert n.detect_encoding("på".encode("latin-1"), "iso-8859-1") == n.Decoded("på", "windows-1252", "declared")
    assert n.detect_encoding("på".encode(), "iso-8859-1").encoding == "utf-8"
    assert n.detect_encoding("på tå".encode("latin-1"), "utf-8").text == "på tå"
    assert n.detect_encoding("på tå".encode("latin-1"), "no-such-codec").text == "på tå"


def test_utf8_with_a_few_single_bytes_is_read_and_said():
    data = "på svenska är det så, ".encode() * 5 + "å".encode("latin-1") + b" slut"
    found = n.detect_encoding(data)
    assert found.text.endswith("å slut")
    assert found.how == "strict but for 1 bytes of windows-1252"


def test_a_file_cut_within_a_character_is_read_up_to_it():
    found = n.detect_encoding("då så".encode()[:-1])
    assert found.text == "då s"
    assert "cut off" in found.how
    assert n.detect_encoding("så".encode("utf-16")[:-1]).text == "s"


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 4,
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        b"\x81\x8d\x8f\x90\x9d" * 9,
        b"\xef\xbb\xbf\xff\xfe\xfd abc def",
    ],
)
def test_binary_is_an_error(data):
    with pytest.raises(ReadError):
        n.detect_encoding(data)


@given(st.binary(max_size=200), st.sampled_from([None, "utf-8", "latin-1", "rot13", "hex", ""]))
@settings(deadline=None)
def test_any_bytes_give_text_or_a_read_error(data, declared):
    try:
        found = n.detect_encoding(data, declared)
    except ReadError:
        return
    assert isinstance(found.text, str)
    assert found.how


def test_nothing_is_empty_text():
    assert n.detect_encoding(b"").text == ""


# --- real text


@pytest.mark.real_data
def test_real_sentences_survive_and_come_back(real_data):
    import itertools

    changed = total = back = 0
    for path in sorted((real_data / "ud").glob("*.conllu")):
        lines = (line[9:] for line in path.read_text("utf-8").splitlines() if line.startswith("# text = "))
        for text in itertools.islice(lines, 250):
            changed += n.fix_mojibake(text) != text
            if not text.isascii():
                for codec in ("latin-1", "iso8859-15", "mac_roman", "cp850", "iso8859-10", "sloppy-windows-1250"):
                    total += 1
                    back += n.fix_mojibake(text.encode().decode(codec)) == text
    assert changed == 0
    assert back / total >= 0.995


@given(
    st.text(
        alphabet=st.one_of(
            st.sampled_from(n.PLAIN.replace("-", "") + n.LONE + n.LONE),
            st.sampled_from("&`’é\u0301Ã¥\u00a0 \n\t\u00ad"),
            st.characters(),
        ),
        max_size=40,
    )
)
@example("Å æ")
@example("Åæ")
@example("ÄÖ “Å”")
@settings(deadline=None, max_examples=500)
def test_one_look_and_every_step_say_the_same(text):
    assert n.normalise(text) == n.normalise_thoroughly(text)
    assert n.repair(text) == n.repair_thoroughly(text)


def test_no_pair_of_plain_characters_is_read_otherwise():
    letters = [char for char in n.PLAIN.replace("-", "") + n.LONE if not char.isascii()]
    for text in (one + other + third for one in letters for other in letters for third in letters):
        assert not n.is_plain(text) or n.fix_mojibake(text) == text


def test_blanks_of_every_sort_are_known():
    blanks = [chr(code) for code in range(sys.maxunicode + 1) if chr(code).isspace() and chr(code) not in " \n"]
    assert [char for char in map(chr, range(sys.maxunicode + 1)) if n.OTHER_BLANK.match(char)] == blanks
