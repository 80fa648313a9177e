"""Saved text is split by what comes back in it, whatever its software, theme or language calls things."""

from __future__ import annotations

import pytest

from scsr.corpus.pages import Page, split
from scsr.corpus.pages.blocks import Block, text_blocks
from scsr.corpus.pages.furniture import rule_of
from scsr.corpus.pages.members import before_count
from scsr.corpus.pages.repeated import mark_repeated
from scsr.corpus.pages.writers import tidy_name

SAID = (
    "Bussen kom aldri, og tavlen sa at den hadde gått. Hvem skal jeg tro?",
    "Ring dem. De tror på den som ringer først.",
    "Vi fant bussen. Den sto bak hallen og ventet på deg.",
    "Takk, nå har jeg tatt bilde av både bussen og sjåføren.",
)
NAMES = ("Linjegods", "Rutebok", "Sjåføren", "Linjegods")


def comments(page: Page) -> list[tuple[str | None, str]]:
    return [(comment.author, comment.text) for comment in page.posts[0].comments]


# --- lines that come back ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rank", "place", "button"),
    [("Grünschnabel", "Wohnort", "Merken Weiter"), ("Aloittelija", "Paikka", "Lainaa viesti"), ("Ny", "Ort", "Tumme")],
)
def test_messages_come_apart_where_no_wording_is_known(rank: str, place: str, button: str) -> None:
    messages = "".join(
        f"{name}\n{rank}\n{place}: Bergen\n0{day}.05.2012, 10:3{day}\n{said}\n{button}\n"
        for day, (name, said) in enumerate(zip(NAMES, SAID, strict=True), 1)
    )
    page = split(f"Reiseforum\nForum > Buss > Bussen som sto\nBussen som sto\n{messages}")
    assert [(post.title, post.author, post.text) for post in page.posts] == [("Bussen som sto", NAMES[0], SAID[0])]
    assert comments(page) == list(zip(NAMES[1:], SAID[1:], strict=True))


def test_what_comes_back_before_a_text_is_told_from_what_closes_it() -> None:
    lines = "".join(
        f"Kari\nSted: Bergen\n0{day}.05.2012, 10:30\n{said}\nHusk dette\n" for day, said in enumerate(SAID, 1)
    )
    blocks = list(text_blocks(lines))
    mark_repeated(blocks)
    assert {block.text: block.rule for block in blocks[:5]} == {
        "Kari": "head",
        "Sted: Bergen": "member",
        "01.05.2012, 10:30": "",
        SAID[0]: "",
        "Husk dette": "repeated",
    }


def test_two_dates_are_too_few_to_call_a_line_repeated() -> None:
    blocks = list(text_blocks("".join(f"0{day}.05.2012\n{SAID[day]}\nEnig\n" for day in (1, 2))))
    mark_repeated(blocks)
    assert not any(block.rule for block in blocks)


def test_dates_behind_labels_that_come_back_are_not_when_something_was_written() -> None:
    rows = "".join(
        f"{name}\n{n} kjøp NO\n1{n}. mai 2012\n{title}\n{said}\nHandledato: {n}. april 2012\n"
        for n, (name, title, said) in enumerate(
            zip(NAMES[:3], ("Uten hjul", "Nok en", "Sent men godt"), SAID, strict=False), 1
        )
    )
    page = split(f"Butikken\n{rows}")
    assert [(p.title, p.author, p.published_at.day if p.published_at else 0) for p in page.posts] == [
        ("Uten hjul", "Linjegods", 11),
        ("Nok en", "Rutebok", 12),
        ("Sent men godt", "Sjåføren", 13),
    ]


def test_an_answer_below_a_review_is_its_comment() -> None:
    page = split(
        f"Anna\n3 recensioner SE\n14 okt. 2021\nHylla utan skruv\n{SAID[0]}\nSvar från Hyllbolaget\n15 okt. 2021\n{SAID[1]}\n"
        f"Per\n1 recension SE\n2 okt. 2021\nDyrt\n{SAID[2]}\n"
    )
    assert [(post.title, post.author, len(post.comments)) for post in page.posts] == [
        ("Hylla utan skruv", "Anna", 1),
        ("Dyrt", "Per", 0),
    ]
    assert comments(page) == [("Hyllbolaget", SAID[1])]


# --- feet and heads ---------------------------------------------------------------------------------------------------


def test_dates_below_the_texts_with_writers_on_lines_of_their_own_close_posts() -> None:
    posts = "".join(
        f"{title}\n{said}\nAv\n{name}\n|\n{day}. oktober 2018\n|\nDrift\n|\n{day} kommentarer\nLes mer\n"
        for day, (title, name, said) in enumerate(zip(("Vi svarte", "Hva nå", "Ny buss"), NAMES, SAID, strict=False), 2)
    )
    page = split(f"Hjem\nBlogg\n{posts}1\n2\nNeste\n")
    assert [(post.title, post.author, post.text, post.n_comments_stated) for post in page.posts] == [
        ("Vi svarte", "Linjegods", SAID[0], 2),
        ("Hva nå", "Rutebok", SAID[1], 3),
        ("Ny buss", "Sjåføren", SAID[2], 4),
    ]


def test_several_posts_share_the_date_of_their_day() -> None:
    foot = "Kategori: Jobb | Permalenke | Kommentarer ({})\n"
    page = split(
        f"Mandag 7. mars 2011\nBussen\n{SAID[0]}\n{foot.format(4)}Rettelse\n{SAID[2]}\n{foot.format(0)}"
        f"Søndag 6. mars 2011\nTavlen\n{SAID[3]}\n{foot.format(1)}"
    )
    assert [(p.title, p.published_at and p.published_at.day, p.n_comments_stated) for p in page.posts] == [
        ("Bussen", 7, 4),
        ("Rettelse", 7, 0),
        ("Tavlen", 6, 1),
    ]


def test_texts_that_alone_end_in_reply_buttons_are_comments_of_the_first() -> None:
    page = split(
        f"Kvitteringen\nIndsendt af Kirsten d. 3. november 2010 - 10:17\n{SAID[0]}\n2142 visninger\n"
        f"Preben her\nIndsendt af Preben (ikke efterprøvet) d. 3. november 2010 - 13:45\n{SAID[1]}\nsvar\n"
        f"Re: Preben her\nIndsendt af Kirsten d. 4. november 2010 - 08:02\n{SAID[2]}\nsvar\n"
    )
    assert [post.title for post in page.posts] == ["Kvitteringen"]
    assert comments(page) == [("Preben", SAID[1]), ("Kirsten", SAID[2])]


def test_a_standfirst_stands_between_title_and_writer() -> None:
    page = split(
        "Logga in\nJag var ett nummer i kön\nOm att heta 8841 i elva veckor\nSamira Holm · Följ\n14 nov. 2019 · 3 min\n"
        f"{SAID[0]}\n\n{SAID[2]}\n\nSkriven av Samira Holm\n\n12 följare\n\nSkriver om system och folk under dem.\n"
    )
    post = page.posts[0]
    assert (post.title, post.author) == ("Jag var ett nummer i kön", "Samira Holm")
    assert post.text == f"Om att heta 8841 i elva veckor\n\n{SAID[0]}\n\n{SAID[2]}"


def test_a_bar_of_tools_between_title_and_text_is_no_text() -> None:
    tools = "* skriftgrad\n* Skriv ut\n* E-post\nVurder saken\n1\n2\n3\n(3 stemmer)\n"
    page = split(f"onsdag 12. september 2012 14:05\nPosten kom\nSkrevet av Turid\n{tools}{SAID[0]}\n\n{SAID[2]}\n")
    assert page.posts[0].text == f"{SAID[0]}\n\n{SAID[2]}"


def test_labels_for_screen_readers_are_glued_to_names_and_dates() -> None:
    page = split(
        "".join(
            f"{title}\n\nInnleggsforfatterAv {name}\nPubliseringsdato{day}. februar 2021\n\n{said}\n\n"
            for day, (title, name, said) in enumerate(zip(("Tonen", "Køen"), NAMES, SAID, strict=False), 2)
        )
    )
    assert [(post.title, post.author) for post in page.posts] == [("Tonen", "Linjegods"), ("Køen", "Rutebok")]


# --- small parts ------------------------------------------------------------------------------------------------------


def test_the_day_of_a_date_is_no_number_of_a_list() -> None:
    found = list(text_blocks("12. september 2018 i Bestilling\n2. Ring dem først\n"))
    assert [block.listed for block in found] == [False, True]


def test_an_invitation_to_read_on_is_cut_off_its_excerpt() -> None:
    assert [block.text for block in text_blocks("Gudrun husker hva du heter … Fortsett å lese →")] == [
        "Gudrun husker hva du heter …",
        "Fortsett å lese →",
    ]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Forrige 1 2 … 21 Neste side", "pager"),
        ("0 ¹ ² ³", None),
        ("(3 stemmer)", "number"),
        ("Kommentar: jo, nå gjør hun det.", None),
        ("Kommentar:", "comment_form"),
    ],
)
def test_lines_are_furniture_by_their_shape(text: str, rule: str | None) -> None:
    assert rule_of(text, in_body=True) == rule


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Havgapet Frakoblet", "Havgapet"),
        ("Preben (ikke efterprøvet)", "Preben"),
        ("Ingvild (student)", "Ingvild (student)"),
        ("Kirsten d.", "Kirsten"),
    ],
)
def test_names_lose_what_software_says_behind_them(text: str, name: str) -> None:
    assert tidy_name(text) == name


def test_a_rank_glued_to_a_name_before_its_counter_is_cut_off() -> None:
    assert before_count("BakpokinnFélagi Innlegg: 77") == "Bakpokinn"
    assert before_count("Innlegg: 77") is None
    assert Block("BakpokinnFélagi Innlegg: 77").rule == ""


def test_a_name_is_looked_for_in_no_more_than_a_line() -> None:
    from scsr.corpus.pages.writers import tidy_name

    # took minutes when every pattern could look at all of it
    assert tidy_name("Kari Nordby" + " ," * 100_000 + " x") == "Kari Nordby"
