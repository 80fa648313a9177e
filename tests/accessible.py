"""What axe-core and html-validate say of a page; both come from npm and are used by tests alone."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

BROWSER = Path(__file__).parent / "browser"
#: WCAG 2.2 at levels A and AA, and what axe-core holds to be good practice: headings in order among others.
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice")
#: Both colour schemes and both widths; every rule sees each of them once.
VIEWS = (("light", 320), ("dark", 1280))
ALL_VIEWS = (("light", 320), ("dark", 320), ("light", 1280), ("dark", 1280))
LARGEST = 2_000_000
#: What is wrong with an open page that axe-core does not look for.
WRONG = """() => {
  const found = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  let last = 0;
  for (const head of all("h1, h2, h3, h4, h5, h6")) {
    const level = Number(head.tagName[1]);
    if (head.checkVisibility()) {
      if (level > last + 1) found.push(`heading ${head.textContent} of level ${level} after one of level ${last}`);
      last = level;
    }
  }
  for (const one of all("[role=img]")) {
    const words = document.getElementById(one.getAttribute("aria-describedby"));
    if (!words || words.textContent.trim().length < 15) found.push(`a figure without a description: ${one.id}`);
  }
  for (const name of all("caption span"))
    if (name.getBoundingClientRect().right > innerWidth) found.push(`the name of a table leaves the window: ${name.textContent}`);
  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) found.push(`${wide} pixels wide in a window of ${innerWidth}`);
  for (const link of all("a[href^='#']"))
    if (!document.getElementById(decodeURIComponent(link.hash.slice(1)))) found.push(`a link to nowhere: ${link.hash}`);
  return found;
}"""


def package(name: str, file: str) -> Path:
    """Find a file of an npm package, or skip the test with the reason."""
    path = BROWSER / "node_modules" / name / file
    if not path.is_file() or not shutil.which("node"):
        missing = f"no {name}: install Node.js and run 'npm ci --ignore-scripts' in tests/browser; make test does so"
        if os.environ.get("SCSR_REQUIRE_BROWSER"):
            pytest.fail(missing)
        pytest.skip(missing)
    return path


@cache
def axe() -> str:
    """Return the source of axe-core."""
    return package("axe-core", "axe.min.js").read_text("utf-8")


def violations(tab: Any) -> list[str]:
    """Return what axe-core finds wrong in an open page; the content policy lets only ``evaluate`` put it in."""
    tab.evaluate(axe())
    options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    found = tab.evaluate("options => axe.run(document, options)", options)
    return [f"{one['id']}: {node['html'][:200]}" for one in found["violations"] for node in one["nodes"]]


def without_scripts(page: Path, into: Path) -> Path:
    """Write a page as it is where no script runs, so that axe-core, a script itself, can still look at it."""
    copy = into / "without-scripts.html"
    copy.write_text(re.sub(r"<script>.*?</script>", "", page.read_text("utf-8"), flags=re.DOTALL), "utf-8")
    return copy


def faults(browser: Any, page: Path, scheme: str, width: int, axe_core: bool = True) -> list[str]:
    """Open a page; return whatever is wrong with it: requests, messages, width, headings, figures, what axe-core finds."""
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800})
    tab = context.new_page()
    found: list[str] = []
    tab.on("request", lambda one: None if one.url == page.as_uri() else found.append(f"asks for {one.url}"))
    tab.on("console", lambda message: found.append(f"says {message.text}"))
    tab.on("pageerror", lambda error: found.append(f"fails with {error}"))
    tab.goto(page.as_uri())
    tab.wait_for_timeout(50)
    found += tab.evaluate(WRONG)
    if axe_core:
        found += violations(tab)
    if page.stat().st_size >= LARGEST:
        found.append(f"{page.stat().st_size:,} bytes")
    context.close()
    return found


def invalid(pages: Sequence[Path], into: Path) -> list[str]:
    """Return what html-validate finds wrong in files, by its recommended rules."""
    program = package("html-validate", "bin/html-validate.mjs")
    told = into / "html-validate.json"  # not the standard output: it is cut short where it is a pipe
    done = subprocess.run(
        ["node", program, "--config", BROWSER / ".htmlvalidate.json", "-f", f"json={told}", *pages],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    return [
        f"{Path(file['filePath']).name}:{one['line']}: {one['ruleId']}: {one['message']}"
        for file in json.loads(told.read_text("utf-8"))
        for one in file["messages"]
    ]
