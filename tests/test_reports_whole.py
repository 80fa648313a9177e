"""The five reports themselves: on a quarter of the sample, and on data that lack nearly everything."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scsr.corpus.prepare import prepare
from scsr.reports import config, runner
from scsr.reports.languages import LANGUAGES
from tests.accessible import VIEWS, faults, invalid, without_scripts

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

REPORTS = ("corpus", "topics", "complaint_rates", "response_loyalty", "wom_spread")
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def rendered(root: Path, data: Path, out: Path, without: tuple[str, ...] = ()) -> dict[str, dict[str, Any]]:
    """Render each report once for all data; return their results."""
    listing = config.read(root / "reports" / "reports.toml")
    once = tuple(replace(one, matrix={}, include=()) for one in listing.reports if one.name not in without)
    done = runner.render(replace(listing, reports=once), data, out, workers=2)
    assert done.failed == {}
    return {one.name: json.loads((out / one.name / "all" / "results.json").read_text("utf-8")) for one in once}


ATTACKS = (
    "<script>window.hit = 1</script>",
    '"><img src=x onerror="window.hit = 1">',
    "</script><svg onload='window.hit = 1'/>",
    "</style><style>body { display: none }</style>",
    "{{ 7 * 7 }}{% raw %} $\\frac{1}{",
    "=HYPERLINK(1)",
    "javascript:window.hit=1",
)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Processed tables of forty messages that hold an attack wherever their source may write words."""
    raw = tmp_path_factory.mktemp("hostile")
    fields = ("id", "who", "speaker_role", "company", "country", "sector", "topic", "published_at", "title", "text")
    with (raw / "messages.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(fields)
        for n in range(40):
            attack, role = ATTACKS[n % len(ATTACKS)], ("customer", "firm")[n % 4 == 3]
            words = f"{attack} Jag väntade på svar om faktura {n} i elva långa dagar och fick aldrig något besked alls"
            when = f"2012-09-{1 + n % 28:02d}T10:00:00Z"
            rows.writerow(
                (n, f"person {n % 9}", role, attack, ("SE", "NO")[n % 2], attack, attack, when, attack, words)
            )
    (raw / "sources.toml").write_text(
        '[[source]]\nname = "<script>hit</script>"\npath = "messages.csv"\nreader = "table"\nlicence = "MIT"\n'
        'synthetic = true\nlanguage = "sv"\n[source.columns]\nutterance_id = "id"\nspeaker_id = "who"\n',
        "utf-8",
    )
    prepare(raw, raw / "processed")
    return raw / "processed"


@pytest.fixture(scope="module")
def bare(root: Path, hostile: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, dict[str, Any]]]:
    """Reports on forty hostile messages: no exposure, no outcomes, no shares, no stated kind or valence."""
    out = tmp_path_factory.mktemp("bare")
    return out, rendered(root, hostile, out)


def test_missing_inputs_are_said_first_and_nothing_is_filled_in(bare: tuple[Path, dict[str, dict[str, Any]]]) -> None:
    _, found = bare
    assert set(found) == set(REPORTS)
    said = {name: results["answer"] for name, results in found.items()}
    assert said["corpus"].startswith("The corpus holds 40 utterances")
    assert "No topics can be told apart" in said["topics"]
    assert said["complaint_rates"].startswith("How often customers complain cannot be said: no exposure was given")
    assert (
        "Whether a faster answer goes with loyalty cannot be said: these data hold no outcome"
        in said["response_loyalty"]
    )
    assert said["wom_spread"].startswith("There are no shares in these data")
    for name, results in found.items():
        assert len(set(results["answer_in"].values())) == 5, name
    assert "Det finns inga delningar i dessa data" in found["wom_spread"]["answer_in"]["sv"]
    ok = {one["name"] for one in found["complaint_rates"]["estimates"] if one["status"] == "ok"}
    assert ok <= {"watch_hits"}, "what needs no more than utterances"
    assert not any(one["status"] == "ok" for one in found["wom_spread"]["estimates"])
    for results in found.values():
        assert all(one["reason"] for one in results["estimates"] if one["status"] != "ok")


def test_what_is_missing_stands_in_a_banner(bare: tuple[Path, dict[str, dict[str, Any]]]) -> None:
    out, _ = bare
    page = (out / "complaint_rates" / "all" / "index.html").read_text("utf-8")
    assert "There are no rows in exposure" in page
    assert page.index("There are no rows in exposure") < page.index("<main")


def summaries(tab: Page) -> dict[str, int]:
    """How many parts each language's summary has: question, answer, what it rests on, limits."""
    return {
        one.get_attribute("lang") or "": sum(
            [
                one.get_attribute("lang") == "en" or one.locator(".question").count() == 1,
                one.locator(".answer").count() >= 1,
                *(one.locator(".grounds ul").nth(n).locator("li").count() >= 1 for n in (0, 1)),
            ]
        )
        for one in tab.locator(".lead .summary").all()
    }


@pytest.mark.browser
def test_the_reports_ask_nobody_for_anything(
    chromium: Browser, root: Path, quarter: Path, tmp_path: Path, bare: tuple[Path, dict[str, dict[str, Any]]]
) -> None:
    found = rendered(root, quarter, tmp_path, without=("topics",))
    assert all(results["synthetic"] for results in found.values())
    headlines = [one for results in found.values() for one in results["estimates"] if one["headline"]]
    assert len(headlines) >= 6
    assert all(one["status"] == "ok" for one in headlines)
    pages = [*sorted(tmp_path.glob("**/index.html")), *sorted(bare[0].glob("**/index.html"))]
    assert len(pages) == 5 + 6
    tab = chromium.new_page()
    for page in pages:
        made = page.is_relative_to(tmp_path)
        for scheme, width in VIEWS if made else VIEWS[:1]:
            assert faults(chromium, page, scheme, width) == [], page
        if made:
            assert faults(chromium, without_scripts(page, tmp_path), "dark", 320) == [], page
        tab.goto(page.as_uri())
        values = tab.locator(".lead .value").all_inner_texts()
        assert not [value for value in values if re.fullmatch(r"[\d.]+\s+share", value)], "a share is said in per cent"
        if made:
            assert "Synthetic data" in tab.inner_text("body")
        assert tab.evaluate("window.hit") is None
        assert tab.locator("script:not([type]), iframe, main img").count() == 1
        if made and page.parent.name == "all":
            assert summaries(tab) == dict.fromkeys(LANGUAGES, 4), page
    tab.close()
    assert invalid(pages, tmp_path) == []


def test_tables_of_hostile_text_hold_no_live_formula(bare: tuple[Path, dict[str, dict[str, Any]]]) -> None:
    files = sorted(bare[0].glob("*/*/tables/*.csv"))
    assert files
    for path in files:
        with path.open(encoding="utf-8", newline="") as lines:
            cells = [cell for row in csv.reader(lines) for cell in row]
        assert not [cell for cell in cells if cell[:1] in ("=", "+", "@", "\t", "\r")], path
        assert not [cell for cell in cells if cell[:1] == "-" and not re.fullmatch(r"-[\d.]+(e-?\d+)?|-inf", cell)], (
            path
        )
