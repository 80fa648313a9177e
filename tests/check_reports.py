"""Check every page of a folder of reports as the tests check theirs: ``python -m tests.check_reports [FOLDER]``.

Each page is opened light and dark, wide and 320 pixels narrow, with scripts and without.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from tests.accessible import ALL_VIEWS, faults, invalid, without_scripts


def check(folder: Path) -> int:
    """Say what is wrong with the pages of a folder, page by page; return how many faults there are."""
    from playwright.sync_api import sync_playwright

    pages = sorted(folder.glob("**/index.html"))
    if not pages:
        raise SystemExit(f"no page in {folder}: render the reports first")
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    n_faults = 0
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as scratch:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=quiet)
        for page in pages:
            found = []
            for scheme, width in ALL_VIEWS:
                found += [f"{scheme}, {width}: {one}" for one in faults(browser, page, scheme, width)]
                bare = without_scripts(page, Path(scratch))
                found += [f"{scheme}, {width}, no scripts: {one}" for one in faults(browser, bare, scheme, width)]
            print(f"{len(found)} faults  {page.stat().st_size / 1e3:6.0f} kB  {page.relative_to(folder)}", flush=True)
            print("".join(f"    {one}\n" for one in found), end="", flush=True)
            n_faults += len(found)
        marks = invalid(pages, Path(scratch))
    print("".join(f"    {one}\n" for one in marks), end="")
    print(f"{len(pages)} pages in {2 * len(ALL_VIEWS)} views: {n_faults} faults, {len(marks)} by html-validate")
    return n_faults + len(marks)


if __name__ == "__main__":
    sys.exit(min(check(Path(sys.argv[1] if len(sys.argv) > 1 else "reports").resolve()), 1))
