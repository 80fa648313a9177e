"""Saved pages come apart into the posts and comments that a reader sees, and no visible character is lost."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scsr.corpus.pages import Page, split
from scsr.corpus.pages.model import visible

ROOT = Path(__file__).parent.parent
GOLD = ROOT / "tests" / "gold"
PAGES = ROOT / "data" / "raw" / "sample" / "pages"


# --- measures ---------------------------------------------------------------------------------------------------------


def tokens(text: str) -> Counter[str]:
    return Counter("".join(c if c.isalnum() else " " for c in text.lower()).split())


def f1(hits: float, found: float, wanted: float) -> float:
    return 1.0 if not found and not wanted else 2 * hits / (found + wanted)


def overlap(left: str, right: str) -> float:
    a, b = tokens(left), tokens(right)
    return f1((a & b).total(), a.total(), b.total())


def same(left: str | None, right: str | None) -> bool:
    return " ".join((left or "").split()).casefold() == " ".join((right or "").split()).casefold()


def stamp(thing: Any) -> tuple[str | None, str]:
    """When something was published, as the gold writes it."""
    if thing.published_at is None:
        return None, "none"
    length = {"month": 7, "day": 10, "minute": 16, "second": 19}[thing.date_precision]
    return thing.published_at.isoformat()[:length], thing.date_precision


def pairs(found: Sequence[Any], wanted: Sequence[dict[str, Any]], fits: Any) -> list[tuple[Any, dict[str, Any]]]:
    """Match in order, each thing once."""
    made, at = [], 0
    for gold in wanted:
        for k in range(at, len(found)):
            if fits(found[k], gold):
                made.append((found[k], gold))
                at = k + 1
                break
    return made


def measure(page: Page, gold: dict[str, Any]) -> Counter[str]:
    """Counts that the bars are made of, for one page."""
    posts = pairs(
        page.posts, gold["posts"], lambda p, g: same(p.title, g["title"]) and overlap(p.text, g["text"]) > 0.6
    )
    n: Counter[str] = Counter(post_hits=len(posts), posts_found=len(page.posts), posts_wanted=len(gold["posts"]))
    n["dates"] = sum(1 + len(post["comments"]) for post in gold["posts"])
    n["stated"] = n["authors"] = len(gold["posts"])
    found_comments = sum(len(post.comments) for post in page.posts)
    n["comments_found"], n["comments_wanted"] = found_comments, n["dates"] - n["stated"]
    for post, wanted in posts:
        n["dates_right"] += stamp(post) == (wanted["published_at"], wanted["date_precision"])
        n["stated_right"] += post.n_comments_stated == wanted["n_comments_stated"]
        n["authors_right"] += same(post.author, wanted["author"])
        for comment, right in pairs(
            post.comments,
            wanted["comments"],
            lambda c, g: overlap(c.text, g["text"]) > 0.8 and same(c.author, g["author"]),
        ):
            n["comment_hits"] += 1
            n["dates_right"] += stamp(comment) == (right["published_at"], right["date_precision"])
    mine = tokens(" ".join(f"{p.title} {p.text} " + " ".join(c.text for c in p.comments) for p in page.posts))
    theirs = tokens(
        " ".join(f"{p['title']} {p['text']} " + " ".join(c["text"] for c in p["comments"]) for p in gold["posts"])
    )
    n["token_hits"], n["tokens_found"], n["tokens_wanted"] = (mine & theirs).total(), mine.total(), theirs.total()
    return n


def figures(n: Counter[str]) -> dict[str, float]:
    return {
        "posts": f1(n["post_hits"], n["posts_found"], n["posts_wanted"]),
        "dates": n["dates_right"] / n["dates"] if n["dates"] else 1.0,
        "comments": f1(n["comment_hits"], n["comments_found"], n["comments_wanted"]),
        "tokens": f1(n["token_hits"], n["tokens_found"], n["tokens_wanted"]),
        "stated": n["stated_right"] / n["stated"] if n["stated"] else 1.0,
        "authors": n["authors_right"] / n["authors"] if n["authors"] else 1.0,
    }


def gold_pages() -> list[tuple[str, dict[str, Any], str]]:
    """Name, gold and decoded text of every labelled page."""
    found = []
    for path in sorted(GOLD.glob("*.json")) + sorted((GOLD / "pages").glob("*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        page = next(
            (folder / gold["page"] for folder in (PAGES, path.parent) if (folder / gold["page"]).is_file()), None
        )
        if page is not None:
            text = page.read_bytes().decode(gold.get("encoding", "utf-8"), errors="replace")
            found.append((path.stem, gold, text))
    return found


LABELLED = gold_pages()


def opened(gold: dict[str, Any], text: str) -> Page:
    saved_at = datetime.fromisoformat(gold["saved_at"]) if gold.get("saved_at") else None
    return split(text, saved_at=saved_at)


def table(groups: dict[str, Counter[str]]) -> str:
    rows = [f"{'':28} posts dates comm. token stated author"]
    for name, counts in groups.items():
        rows.append(f"{name:28} " + " ".join(f"{value:.3f}" for value in figures(counts).values()))
    return "\n".join(rows)


# --- the gold set -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def measured() -> dict[str, tuple[dict[str, Any], Counter[str]]]:
    return {name: (gold, measure(opened(gold, text), gold)) for name, gold, text in LABELLED}


def test_the_gold_set_is_split_as_readers_see_it(measured: dict[str, tuple[dict[str, Any], Counter[str]]]) -> None:
    layouts: dict[str, Counter[str]] = {}
    for gold, counts in measured.values():
        for group in (gold["layout"], "all"):
            layouts.setdefault(group, Counter()).update(counts)
    print(table(dict(sorted(layouts.items()))))
    reached = figures(layouts["all"])
    assert reached["posts"] >= 0.98
    assert reached["dates"] >= 0.98
    assert reached["comments"] >= 0.95
    assert reached["tokens"] >= 0.97
    assert reached["stated"] >= 0.97
    assert reached["authors"] >= 0.97


@pytest.mark.parametrize(("name", "gold", "text"), LABELLED, ids=[name for name, _, _ in LABELLED])
def test_every_character_of_a_gold_page_is_accounted_for(name: str, gold: dict[str, Any], text: str) -> None:
    page = opened(gold, text)
    assert sum(page.account.values()) == page.n_visible
    said = sum(visible(p.title) + visible(p.text) + sum(visible(c.text) for c in p.comments) for p in page.posts)
    # numbers and bullets of list items are counted as text and left out of it
    assert 0 <= page.account["utterances"] - said <= 0.01 * page.n_visible + 20
    assert not any(key.startswith("reject:") for key in page.account), page.account


@pytest.mark.parametrize(("name", "gold", "text"), LABELLED, ids=[name for name, _, _ in LABELLED])
def test_furniture_is_in_no_utterance(name: str, gold: dict[str, Any], text: str) -> None:
    listed = gold.get("furniture") or {}
    lines = listed if isinstance(listed, list) else [*listed.get("top", []), *listed.get("bottom", [])]
    page = opened(gold, text)
    titles = {post["title"] for post in gold["posts"]}
    for line in lines:
        if any(line in title for title in titles):
            continue
        for post in page.posts:
            paragraphs = [*post.text.split("\n\n"), *(part for c in post.comments for part in c.text.split("\n\n"))]
            assert line not in paragraphs, line


def test_text_pages_count_their_own_characters() -> None:
    text = "En rad.\n\nBarn\u00addom och \u200bregn.\n"
    page = split(text, is_html=False)
    assert page.n_visible == len("Enrad.Barndomochregn.")


def test_an_encoding_declared_in_markup_changes_nothing() -> None:
    page = split("<?xml version='1.0' encoding='latin-1'?><html><meta charset=latin-1><h1>Sm\u00f8r</h1><p>Det er godt sm\u00f8r p\u00e5 br\u00f8det i dag.</p>")
    assert page.posts[0].title == "Sm\u00f8r"


# --- real pages -------------------------------------------------------------------------------------------------------


@pytest.mark.real_data
def test_the_norwegian_page_is_one_post_with_two_comments(real_data: Path) -> None:
    page = split((real_data / "pages" / "nb_post_with_comments.txt").read_text(encoding="utf-8"))
    assert [stamp(post) for post in page.posts] == [("2012-09-11", "day")]
    assert len(page.posts[0].comments) == 2
    assert "Slett" not in page.posts[0].comments[0].text + page.posts[0].comments[1].text
    assert sum(page.account.values()) == page.n_visible


@pytest.mark.real_data
def test_the_swedish_page_is_two_posts_without_dates_and_link_lists(real_data: Path) -> None:
    page = split((real_data / "pages" / "sv_two_posts.txt").read_text(encoding="utf-8"))
    assert [stamp(post) for post in page.posts] == [(None, "none")] * 2
    assert all(" , ," not in post.text and "\u00e5sikter om" not in post.text for post in page.posts)
    assert all(post.title and post.title not in post.text for post in page.posts)


# --- any input --------------------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        "<div class='post'>", "</div>", "<h2><a href='/x'>", "</a></h2>", "<p>", "</p>", "<br>", "<ul><li>", "</li></ul>",
        "<li class='comment'>", "<time datetime='2010-02-30'>", "</time>", "<blockquote>", "<table><tr><td>", "</table>",
        "<span class='author'>", "</span>", "<article class='hentry'>", "</article>", "<script>x</script>", "<iframe></iframe>",
        "<!-- ", " -->", "&nbsp;", "&shy;", "&#0;", "<", ">", "\x00", "\ud800", "\n\n\n", "\t", "\u00ad", "SvarSlett",
        "Publisert 3. mai 2010 av Ola", "17/5 2011 kl. 21.14", "5 kommentarer", "Ola sier:", "L\u00e4s \u00e4ven andra bloggares \u00e5sikter om , , ,",
        "Innlegg: 12", "Sv: Den gule permen", "Den gule permen", "Det regner i dag, og det skal det gj\u00f8re i morgen ogs\u00e5.", "1. ", "\u2022 ",
        "Dela detta:", "Bild: a-1024x2.jpg", "99.99.9999", "32 januari 2010", "_____",
    ]
)  # fmt: skip


@settings(max_examples=250, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=40), st.sampled_from([None, True, False]))
def test_anything_is_accounted_for(pieces: list[str], is_html: bool | None) -> None:
    page = split("\n".join(pieces), is_html=is_html, saved_at=datetime(2015, 3, 31, 12))
    assert sum(page.account.values()) == page.n_visible
    assert all(key == "utterances" or key.startswith(("furniture:", "reject:")) for key in page.account)
    for post in page.posts:
        for thing in (post, *post.comments):
            assert (thing.published_at is None) == (thing.date_precision == "none")


@pytest.mark.parametrize(
    "text",
    [
        "<div>" * 100_000 + "Hei der, alle sammen p\u00e5 fjellet." + "</div>" * 100_000,
        "<table><tr><td><li class=comment><b>" * 20_000 + "hei",
        "<div class='comment'><p class=date>1.1.2010 10:10</p>" * 3_000,
        "<p>" + "Det regner. " * 400_000,
        "x" * 5_000_000,
        "SvarSlett" * 100_000,
        "3. mai 2010 " * 50_000,
        "<h2><a href='/x'>Tittel</a></h2><p>3. mai 2010</p><p>Det regner, og det er ikke rart i det hele.</p>" * 1_500,
        "Tittel\n\n3. mai 2010\n\nDet regner, og det er ikke rart i det hele tatt.\n\n" * 1_500,
        ", " * 500_000,
        "<a b='" * 100_000,
        "\0" * 1_000_000 + "Hei",
    ],
    ids=["deep", "nested", "comments", "long-paragraph", "long-line", "buttons", "dates", "posts", "lines", "commas", "open", "nul"],
)
def test_hostile_pages_take_bounded_time(text: str) -> None:
    started = time.monotonic()
    page = split(text)
    assert sum(page.account.values()) == page.n_visible
    assert time.monotonic() - started < 10


def test_deep_nesting_loses_no_text() -> None:
    page = split("<div>" * 5_000 + "Hei der" + "</div>" * 5_000 + "<p>og her</p>")
    assert page.n_visible == len("Heideroghher") - 1


def test_an_empty_page_has_nothing() -> None:
    assert split("") == Page((), {}, 0)
    assert split("<html></html>").posts == ()
