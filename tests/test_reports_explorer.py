"""The explorer: data in, sections out, a choice by keyboard in a browser, all of it where no script runs."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import lxml.html
import pandas as pd
import pytest

from scsr.errors import ScsrError
from scsr.reports import cells, explorer, gate, page, results, sections
from scsr.reports.explorer import Explorer, Section
from scsr.reports.results import Table
from tests.accessible import invalid
from tests.topic_tables import made_up, none_at_all

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

N_TOPICS, LANGUAGES = 4, ("sv", "is")


def payload(made: Explorer | None = None) -> dict[str, Any]:
    return results.payload(made or explorer.topics(made_up(N_TOPICS, LANGUAGES)), False)


def tree(**how: bool) -> Any:
    return lxml.html.fragment_fromstring(sections.explorer_html(payload(), **how), create_parent="div")


# --- data ---


def test_every_topic_is_a_section_with_its_facts() -> None:
    made = payload()
    assert [tuple(one["key"]) for one in made["sections"]] == [
        (code, str(n + 1)) for code in LANGUAGES for n in range(N_TOPICS)
    ]
    assert all(0 < one["size"] <= 1 for one in made["sections"])
    said = dict(made["sections"][0]["facts"])
    assert re.fullmatch(r"[\d.]+% \(95% interval [\d.]+% to [\d.]+%\)", said["Share of documents"])
    assert "of 8 runs" in said["Comes back in"]
    assert said["Concepts"] == "refund, reply"
    assert dict(made["sections"][1]["facts"])["Across languages"] == "of this language alone"
    assert [one["key"] for one in made["sections"][0]["links"]] == [("is", "1")]


def test_its_tables_are_published_like_any_other() -> None:
    cell = SimpleNamespace(cell_type="code", outputs=[{"data": {results.MIME: payload()}}])
    found = results.collect(SimpleNamespace(cells=[cell]))
    assert [one["name"] for one in found.tables] == [
        "topic-terms",
        "topic-periods",
        "topic-by-channel",
        "topic-typical",
    ]
    assert {one["columns"][0]["name"] for one in found.tables} == {"language"}
    counted = {one["name"]: one["people"] for one in found.tables}
    assert counted["topic-periods"] == counted["topic-by-channel"] == ["n_people"]


def test_a_cell_of_few_people_gets_no_further() -> None:
    """The tables come without such cells; one that had any would be kept back when recorded."""
    tables = made_up(N_TOPICS, LANGUAGES)
    tables.periods.loc[0, "n_people"] = 2
    made = payload(explorer.topics(tables))
    rows = next(one for one in made["tables"] if one["name"] == "topic-periods")
    assert rows["withheld"] >= 2  # with it, what would give it away
    cells.check_results({"tables": made["tables"]}, 5)


def test_what_is_left_out_is_said() -> None:
    assert "Swedish 1 shares; Icelandic 1 shares" in payload()["notes"][0]
    tables = made_up(2, ("sv",))
    tables = replace(tables, languages=tables.languages.assign(n_cells_withheld=0, n_withheld=2))
    assert "and 2 topics" in explorer.topics(tables).notes[0]
    assert explorer.topics(replace(tables, languages=tables.languages.assign(n_withheld=0))).notes == ()


def test_without_topics_there_is_nothing_to_choose() -> None:
    made = payload(explorer.topics(none_at_all()))
    assert made["sections"] == ()
    assert "nothing to choose from" in sections.explorer_html(made)


def test_any_tables_can_be_explored() -> None:
    frame = pd.DataFrame({"firm": ["A", "B"], "n": [9, 7], "rate": [0.5, None], "said": ["x", "y"]})
    made = Explorer("firms", "Choose a firm", ("firm",), (Section(("A",), "", "A", ()), Section(("B",), "", "B", ())),
                    (Table("firms", "Rates", frame),))  # fmt: skip
    html = sections.explorer_html(payload(made))
    assert '<th scope="col">said</th>' in html
    assert ">0.5<" in html
    with pytest.raises(ScsrError, match="a name has ASCII"):
        results.payload(replace(made, name="å"), False)


# --- markup ---


def test_sections_hold_their_own_rows() -> None:
    page_ = tree()
    assert len(page_.findall(".//section")) == N_TOPICS * len(LANGUAGES)
    first = page_.get_element_by_id("topic-sv-1")
    captions = [caption.text_content() for caption in first.iter("caption")]
    assert captions == ["Words: weight in the topic, and the part of the word that is the topic's",
                        "Share of documents over time", "Share of documents by channel",
                        "Documents most about the topic, and the part of each that is"]  # fmt: skip
    rows = [len(table.findall(".//tbody/tr")) for table in first.iter("table")]
    assert rows == [10, 6, 2, 3]
    heads = [th.text_content() for th in list(first.iter("thead"))[1].iter("th")]
    assert heads == ["period", "share", "interval", "documents"]


def test_every_link_leads_to_a_section_and_every_id_is_its_own() -> None:
    page_ = tree()
    ids = [node.get("id") for node in page_.iter() if node.get("id")]
    assert len(ids) == len(set(ids))
    assert {link.get("href")[1:] for link in page_.iter("a")} <= set(ids)


def test_words_say_their_language_and_are_words() -> None:
    page_ = tree()
    terms = page_.xpath("(.//section[@id='topic-is-2']//table)[1]//tbody//th")
    assert {term.get("lang") for term in terms} == {"is"}
    assert "<b>&" in {term.text for term in page_.xpath(".//tbody//th")}
    assert not page_.xpath(".//b")


def test_a_notebook_folds_the_sections() -> None:
    page_ = tree(folded=True)
    assert len(page_.findall(".//details")) == N_TOPICS * len(LANGUAGES)
    assert not page_.xpath(".//section | .//*[@class='choices']")
    text = sections.explorer_text(payload())
    assert "Swedish 1: " in text
    assert "Share of documents: " in text


def test_the_page_links_to_the_tables() -> None:
    html = page.recorded_html(payload(), "d1-")
    assert 'href="tables/topic-terms.csv"' in html


def test_the_gate_lets_ids_pass_and_stops_what_it_stops(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(sections.explorer_html(payload()), "utf-8")
    gate.check(tmp_path, gate.word_runs(["ingen av dessa ord står i någon tabell som visas här"]))


# --- in a browser ---


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with an explorer."""
    body = page.recorded_html(payload(), "d1-")
    html = page.fill("base.html.j2", title="Topics").replace(
        '<div class="page">', f'<div class="page"><main id="content"><h2>Each</h2>{body}</main>'
    )
    path = tmp_path_factory.mktemp("explorer") / "index.html"
    path.write_text(html, "utf-8")
    return path


def test_its_page_is_valid(written: Path, tmp_path: Path) -> None:
    assert invalid([written], tmp_path) == []


def visit(chromium: Browser, path: Path, hash_: str = "", **context: Any) -> tuple[Page, list[str]]:
    """Open the page; return it with what it asked for or said."""
    tab = chromium.new_context(**context).new_page()
    noise: list[str] = []
    tab.on("request", lambda request: noise.append(request.url))
    tab.on("console", lambda message: noise.append(message.text))
    tab.on("pageerror", lambda error: noise.append(str(error)))
    tab.goto(path.as_uri() + hash_)
    return tab, [one for one in noise if not one.startswith(path.as_uri())]


def shown(tab: Page) -> list[str]:
    return tab.locator("section.one:visible").evaluate_all("all => all.map(one => one.id)")


@pytest.mark.browser
def test_the_arrow_keys_choose_a_topic(chromium: Browser, written: Path) -> None:
    tab, noise = visit(chromium, written)
    assert shown(tab) == ["topic-sv-1"]
    tab.get_by_role("listbox", name="Choose a topic").focus()
    for key, wanted in (("ArrowDown", "sv-2"), ("ArrowDown", "sv-3"), ("ArrowUp", "sv-2"), ("End", "is-4"),
                        ("ArrowDown", "is-4"), ("Home", "sv-1"), ("ArrowUp", "sv-1")):  # fmt: skip
        tab.keyboard.press(key)
        assert shown(tab) == [f"topic-{wanted}"], key
        active = tab.get_by_role("listbox").get_attribute("aria-activedescendant")
        assert active == f"topic-{wanted}-option"
        assert tab.locator("[role=option][aria-selected=true]").evaluate("one => one.id") == active
    assert tab.get_by_role("group", name="is").get_by_role("option").count() == N_TOPICS
    assert noise == []


@pytest.mark.browser
def test_the_keyboard_reaches_the_list_and_leaves_it(chromium: Browser, written: Path) -> None:
    tab, _ = visit(chromium, written)
    for _ in range(2):  # the way to the text comes first
        tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.getAttribute('role')") == "listbox"
    tab.locator(".choices").evaluate("list => { list.style.maxHeight = '5rem' }")
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "Home", "End"):
        tab.keyboard.press(key)
        assert tab.locator("[aria-selected=true]").evaluate(
            "one => { const [a, b] = [one, one.closest('.choices')].map(e => e.getBoundingClientRect());"
            " return a.top >= b.top && a.bottom <= b.bottom + 1 }"
        ), key
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.closest('section.one').id") == "topic-is-4"


@pytest.mark.browser
def test_a_click_and_a_link_choose_too(chromium: Browser, written: Path) -> None:
    tab, _ = visit(chromium, written)
    tab.get_by_role("option").nth(2).click()
    assert shown(tab) == ["topic-sv-3"]
    tab.get_by_role("option").nth(0).click()
    tab.locator("section.one:visible dd a").first.click()
    assert shown(tab) == ["topic-is-1"]
    tab.go_back()
    tab.wait_for_function("!location.hash")
    tab, noise = visit(chromium, written, "#topic-is-3")
    assert shown(tab) == ["topic-is-3"]
    assert noise == []


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_runs_over_the_edge(chromium: Browser, written: Path, width: int, scheme: str) -> None:
    tab, noise = visit(chromium, written, viewport={"width": width, "height": 700}, color_scheme=scheme)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    small = "all => all.filter(one => one.getBoundingClientRect().height < 24).length"
    assert tab.locator("[role=option]").evaluate_all(small) == 0
    assert noise == []


@pytest.mark.browser
def test_without_scripts_and_in_print_every_section_stands(chromium: Browser, written: Path) -> None:
    tab, _ = visit(chromium, written, java_script_enabled=False)
    everything = N_TOPICS * len(LANGUAGES)
    assert tab.locator("section.one:visible").count() == everything
    assert tab.locator(".choices a:visible").count() == everything
    assert tab.locator("section.one table:visible").count() == 4 * everything
    tab, _ = visit(chromium, written)
    tab.emulate_media(media="print")
    assert len(shown(tab)) == everything
