"""What axe-core and html-validate say of a page; both come from npm and are used by tests alone."""

from __future__ import annotations

import json
import os
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
