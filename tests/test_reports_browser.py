"""Reports in a real browser: they ask nobody for anything, hold their own, and read as well without scripts."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scsr.reports import config, runner
from tests.accessible import VIEWS, invalid, violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
NOTEBOOKS = Path(__file__).parent / "notebooks"
PAGES = ("index.html", "answers/all/index.html", "hostile/all/index.html", "broken/all/failed/index.html")


ATTACK = '</script><script>window.hit = 1</script><img src=x onerror="window.hit = 1">{{ 7 * 7 }}=1+1'


@pytest.fixture(scope="module")
def site(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of reports: a good one, one with hostile text, one that failed."""
    root = tmp_path_factory.mktemp("site")
    shutil.copytree(NOTEBOOKS, root / "notebooks")
    names = {"answers": "answers", "hostile": "shows_hostile_text", "broken": "raises_an_error"}
    (root / "reports").mkdir()
    text = "".join(
        f'[[report]]\nname = "{name}"\nnotebook = "notebooks/{file}.ipynb"\ninputs = ["utterances"]\n'
        + (f"title = '{ATTACK[9:42]}'\nparameters = {{ word = '{ATTACK}' }}\n" if name == "hostile" else "")
        for name, file in names.items()
    )
    claim = "".join(f"{key} = '{ATTACK}'\n" for key in ("statement", "source", "because"))
    (root / "data" / "config").mkdir(parents=True)
    (root / "data" / "config" / "claims.toml").write_text(
        f'[[claim]]\nname = "hostile"\n{claim}report = "hostile"\nresult = "x"\nless_than = 0.05\n', "utf-8"
    )
    (root / "reports" / "reports.toml").write_text(text, "utf-8")
    listing = config.read(root / "reports" / "reports.toml")
    runner.render(listing, tiny, root / "reports", workers=1)
    return root / "reports"


def visit(chromium: Browser, page: Path, **context: Any) -> tuple[Any, list[str], list[str]]:
    """Open a page; return it, the requests that it made beyond itself, and what the console said."""
    tab = chromium.new_context(**context).new_page()
    asked: list[str] = []
    said: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.goto(page.as_uri())
    tab.wait_for_timeout(100)
    return tab, [url for url in asked if url != page.as_uri()], said


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_request_no_complaint_no_sideways_scrolling(chromium: Browser, site: Path, page: str, scheme: str) -> None:
    tab, asked, said = visit(chromium, site / page, color_scheme=scheme, viewport={"width": 320, "height": 700})
    assert (asked, said) == ([], [])
    assert tab.evaluate("document.documentElement.scrollWidth") <= 320
    assert tab.evaluate("document.documentElement.lang") == "en"
    assert tab.evaluate("new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size") == tab.evaluate(
        "document.querySelectorAll('[id]').length"
    )


def test_hostile_text_is_text(chromium: Browser, site: Path) -> None:
    for page in ("index.html", "hostile/all/index.html"):
        tab, asked, said = visit(chromium, site / page)
        for link in tab.query_selector_all("main a"):
            assert not (link.get_attribute("href") or "").startswith("javascript")
        assert tab.evaluate("window.hit") is None
        assert tab.title() != "hit"
        assert tab.locator("script").count() == 1
        assert tab.locator("iframe, main img, object, embed").count() == 0
        assert (asked, said) == ([], [])
        assert "<script>" in tab.inner_text("body")
        assert ATTACK[9:42] in tab.inner_text("h1, h2 >> nth=0" if page != "index.html" else "main"), (
            "a title is its words"
        )
        assert "49=1+1" not in tab.inner_text("body")
    assert ATTACK in chromium_text(chromium, site / "index.html", "section.claims")
    assert ATTACK.replace('"', '\\"') in chromium_text(chromium, site / "hostile/all/index.html", "dl.facts >> nth=-3")


def chromium_text(chromium: Browser, page: Path, selector: str) -> str:
    """What a part of a page says."""
    tab, _, _ = visit(chromium, page)
    return tab.locator(selector).first.inner_text()


def test_the_policy_holds_where_cleaning_would_not(chromium: Browser, site: Path) -> None:
    tab, _, _ = visit(chromium, site / "answers/all/index.html")
    tab.evaluate(
        """() => {
          document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="window.hit = 1">');
          const script = document.createElement('script'); script.text = 'window.hit = 2'; document.body.append(script);
        }"""
    )
    tab.wait_for_timeout(100)
    assert tab.evaluate("window.hit") is None


def test_all_can_be_read_without_scripts(chromium: Browser, site: Path) -> None:
    tab, _, _ = visit(chromium, site / "answers/all/index.html", java_script_enabled=False)
    for words in (
        "Customers wrote 75% of 40 utterances.",
        "Synthetic data.",
        "A figure and a table",
    ):
        assert tab.get_by_text(words).first.is_visible(), words
    assert "no survey was given" in tab.locator(".missing").first.inner_text()
    assert tab.locator("details.code").count() >= 3
    tab.locator("details.code summary").first.click()
    assert tab.locator("details.code pre").first.is_visible()


def test_figures_are_described(chromium: Browser, site: Path) -> None:
    tab, _, _ = visit(chromium, site / "answers/all/index.html")
    assert tab.get_by_role("img", name="Rate by firm").count() == 1
    assert tab.locator("[role=img]").evaluate(
        "e => document.getElementById(e.getAttribute('aria-describedby')).textContent"
    ).startswith("Bars: Lyngbanken")  # fmt: skip


def test_code_unfolds_and_tables_sort(chromium: Browser, site: Path) -> None:
    tab, _, _ = visit(chromium, site / "hostile/all/index.html")
    tab.get_by_role("button", name="Show all code").click()
    assert tab.locator("details.code:not([open])").count() == 0
    tab.get_by_role("button", name="Hide all code").click()
    assert tab.locator("details.code[open]").count() == 0
    table = tab.locator("table.data").first
    head = table.get_by_role("button", name="text")
    head.focus()
    tab.keyboard.press("Enter")
    first = table.locator("tbody tr th").all_inner_texts()
    tab.keyboard.press("Enter")
    assert table.locator("tbody tr th").all_inner_texts() == first[::-1]
    assert table.locator("th[aria-sort=descending]").count() == 1


def test_the_index_leads_to_every_report(chromium: Browser, site: Path) -> None:
    tab, _, _ = visit(chromium, site / "index.html")
    for link in tab.query_selector_all("a"):
        href = link.get_attribute("href") or ""
        if not href.startswith("#"):
            assert (site / href).is_file(), href
    assert tab.locator(".chip").all_inner_texts() == ["fresh", "fresh", "failed", "no result"]
    assert "today" in tab.inner_text("main")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(("scheme", "width"), VIEWS)
def test_everybody_can_use_it(chromium: Browser, site: Path, page: str, scheme: str, width: int) -> None:
    tab, _, said = visit(chromium, site / page, color_scheme=scheme, viewport={"width": width, "height": 800})
    assert violations(tab) == []
    assert said == []


def test_it_is_valid_html(site: Path, tmp_path: Path) -> None:
    assert invalid([site / page for page in PAGES], tmp_path) == []


SHOWN = "[...document.querySelectorAll('.summary')].filter(e => e.checkVisibility()).map(e => e.lang)"


@pytest.mark.parametrize("scripts", [True, False])
def test_the_answer_is_read_in_the_language_chosen(chromium: Browser, site: Path, scripts: bool) -> None:
    tab, _, _ = visit(chromium, site / "answers/all/index.html", java_script_enabled=scripts, locale="fi-FI")
    assert tab.get_by_text("Customers wrote 75%").is_visible()
    assert not tab.get_by_text("Kunder skrev 75%").is_visible()
    tab.get_by_role("radio", name="English").focus()
    tab.keyboard.press("ArrowRight")
    assert tab.get_by_text("Kunder skrev 75%").is_visible()
    assert not tab.get_by_text("Customers wrote 75%").is_visible()
    assert tab.get_by_role("radio", name="Svenska").is_checked()
    assert tab.get_by_role("heading", name="Svaret").is_visible()
    assert tab.locator("[lang=sv] .answer").evaluate("e => e.closest('[lang]').lang") == "sv"


@pytest.mark.parametrize(("locale", "shown"), [("sv-SE", "sv"), ("en-GB", "en"), ("is-IS", "en")])
def test_the_reader_meets_the_language_of_the_browser(chromium: Browser, site: Path, locale: str, shown: str) -> None:
    tab, _, _ = visit(chromium, site / "answers/all/index.html", locale=locale)
    assert tab.evaluate(SHOWN) == [shown]
    assert tab.evaluate("document.documentElement.lang") == "en"
