"""Fixtures that every test may use."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

# Read when numpy is first imported: tests run side by side, and threads of one would take the cores of the others.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import pytest  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parent.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start what takes longest first, so that no worker ends up alone with it."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session")
def root() -> Path:
    """Top of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def sample() -> Path:
    """Folder of the sample data."""
    return ROOT / "data" / "raw" / "sample"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of the real data, which is never part of the project."""
    folder = Path(os.environ.get("SCSR_REAL_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}; set SCSR_REAL_DATA")
    return folder


def prepared_once(name: str, factory: pytest.TempPathFactory, raw: Callable[[Path], Path]) -> Path:
    """Prepare raw data once a session, however many workers pytest-xdist has."""
    from scsr.corpus.prepare import prepare

    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent  # each worker has a folder of its own in the session's
    out = base / name
    with (base / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # let go by the system, also where a worker dies
        if not (out / "prepare.json").exists():  # written last
            prepare(raw(base), out)
    return out


@pytest.fixture(scope="session")
def processed(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Processed sample data."""
    return prepared_once("processed", tmp_path_factory, lambda _: sample)


@pytest.fixture(scope="session")
def quarter(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Processed data like the sample's, with a market of a quarter of its size: for what runs whole notebooks."""

    def raw(base: Path) -> Path:
        from scsr.analysis.simulate import simulate, write

        folder = base / "quarter-raw"
        shutil.copytree(sample / "pages", folder / "pages")
        shutil.copy(sample / "sources.toml", folder)
        write(simulate(seed=2, scale=0.25), folder / "simulated")
        return folder

    return prepared_once("quarter", tmp_path_factory, raw)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Processed tables of forty made-up messages, for tests of what stands above the corpus."""
    from scsr.corpus.prepare import prepare

    raw = tmp_path_factory.mktemp("tiny")
    lines = ["id,who,speaker_role,company,country,published_at,text"]
    for n in range(40):
        role, country = ("customer", "firm")[n % 4 == 3], ("SE", "NO")[n % 2]
        words = f"Jag väntade på svar om faktura {n} i elva långa dagar och fick aldrig något besked alls"
        lines.append(f"{n},person {n % 9},{role},Lyngbanken,{country},2012-09-{1 + n % 28:02d}T10:00:00Z,{words}")
    (raw / "messages.csv").write_text("\n".join(lines) + "\n", "utf-8")
    (raw / "sources.toml").write_text(
        '[[source]]\nname = "tiny"\npath = "messages.csv"\nreader = "table"\nlicence = "MIT"\nsynthetic = true\n'
        'language = "sv"\n[source.columns]\nutterance_id = "id"\nspeaker_id = "who"\n',
        "utf-8",
    )
    prepare(raw, raw / "processed")
    return raw / "processed"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Headless Chromium through Playwright, for as long as the tests of one module run.

    No longer than that: Playwright's loop counts as running in this thread, and other tests run their own.
    """
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        missing = "no Chromium on PATH; install it (Debian: apt install chromium)"
        if os.environ.get("SCSR_REQUIRE_BROWSER"):
            pytest.fail(missing)
        pytest.skip(missing)
    from playwright.sync_api import sync_playwright

    quiet = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu", "--disable-quic", *quiet]
        )
        yield browser
        browser.close()
