"""Each notebook runs from top to bottom in a real JupyterLab, driven in a browser as a person drives it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib import request
from urllib.parse import quote

import pytest

from scsr.reports.results import MIME

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))
TOKEN = "a-token-of-the-tests"  # the server listens to this machine alone, for a minute
WIDGET = "application/vnd.jupyter.widget-view+json"
NO_PROXY = request.build_opener(request.ProxyHandler({}))

SETTINGS: dict[str, dict[str, Any]] = {
    # cells out of sight would leave the page, and with them what "run all" has to do
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
    # no question over the notebook, no request to another machine
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}


# --- the server ---


@dataclass
class Lab:
    """A running JupyterLab."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def get(self, path: str) -> Any:
        asked = request.Request(f"{self.url}{path}", headers={"Authorization": f"token {TOKEN}"})
        with NO_PROXY.open(asked, timeout=20) as answer:
            return json.load(answer)

    def notebook(self, name: str) -> dict[str, Any]:
        """The notebook as saved."""
        return self.get(f"api/contents/{quote(name)}?type=notebook")["content"]

    def kernel(self, name: str) -> dict[str, Any]:
        """The kernel of a notebook: its state and how many pages are connected; empty where it has none yet."""
        return next((one["kernel"] for one in self.get("api/sessions") if one["path"] == name), {})


@contextmanager
def jupyterlab(folder: Path, home: Path, processed: Path) -> Iterator[Lab]:
    """Start JupyterLab on a folder, with no setting of this user; end it and its kernels."""
    write_settings(home / "settings")
    log = home / "server.log"
    options = [
        "--no-browser",
        f"--port={free_port()}",  # where another program is faster, the server takes the next free one and says so
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.root_dir={folder}",
        "--ServerApp.allow_root=True",
        "--ServerApp.terminals_enabled=False",
        "--LabApp.extension_manager=readonly",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyter", "lab", *options],
            cwd=folder,
            env=surroundings(home, processed),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Lab(address(process, home / "runtime", log), process, log)
    finally:
        process.terminate()  # takes its kernels along
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def write_settings(folder: Path) -> None:
    for plugin, settings in SETTINGS.items():
        path = folder / f"{plugin}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings), encoding="utf-8")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def surroundings(home: Path, processed: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SCSR_", "JUPYTER", "COV_"))}
    own = {f"JUPYTER_{name}_DIR": str(home / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    lab = {f"JUPYTERLAB_{name}_DIR": str(home / name.lower()) for name in ("SETTINGS", "WORKSPACES")}
    rest = {"JUPYTER_TOKEN": TOKEN, "IPYTHONDIR": str(home / "ipython"), "SCSR_DATA": str(processed)}
    return kept | own | lab | rest


def address(process: subprocess.Popen[bytes], runtime: Path, log: Path) -> str:
    """Wait until the server has written down its address, and answers there."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        for note in runtime.glob("jpserver-*.json"):
            try:
                url = json.loads(note.read_text(encoding="utf-8"))["url"]
                with NO_PROXY.open(f"{url}api?token={TOKEN}", timeout=5):
                    return url
            except (OSError, json.JSONDecodeError):
                continue  # half written, or not listening yet
        time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not start; its log:\n{tail(log)}")


def tail(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-6000:]


# --- the person ---


def wait_until(page: Page, seconds: float, what: str, holds: Callable[[], bool]) -> None:
    """Ask again and again; the page lives on in between."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"after {seconds:.0f} s still waiting until {what}")
        page.wait_for_timeout(250)


def open_notebook(lab: Lab, context: BrowserContext, name: str) -> Page:
    """Open a notebook in a workspace of its own: two pages in one workspace fight for it."""
    page = context.new_page()
    page.goto(
        f"{lab.url}lab/workspaces/{Path(name).stem}/tree/{quote(name)}?token={TOKEN}",
        wait_until="commit",
        timeout=60_000,
    )
    return page


def run_all(lab: Lab, page: Page, name: str) -> None:
    """Choose "Run All Cells", once the kernel listens: chosen before, it is lost.

    A page that asks for the kernels while the server writes down a new one gets no answer and does not ask again:
    then it is loaded again, as a person would.
    """

    def listens() -> bool:
        kernel = lab.kernel(name)
        return kernel.get("execution_state") == "idle" and kernel.get("connections", 0) > 0

    for attempt in range(3):
        page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=90_000)
        try:
            wait_until(page, 45, f"the kernel of {name} listens", listens)
            break
        except TimeoutError:
            if attempt == 2:
                raise
            page.reload(wait_until="commit", timeout=60_000)
    choose(page, "Run", "Run All Cells")


def choose(page: Page, menu: str, item: str) -> None:
    page.bring_to_front()
    page.get_by_role("menuitem", name=menu, exact=True).click()
    page.locator(".lm-Menu-itemLabel", has_text=item).get_by_text(item, exact=True).click()


def waits_for_nothing(lab: Lab, page: Page, name: str) -> bool:
    """Whether a run has begun and ended: a cell has its number, none its star, and the kernel rests."""
    prompts = page.locator(".jp-InputPrompt").all_inner_texts()
    begun = any(prompt.strip("[]: ").isdigit() for prompt in prompts)
    return begun and "[*]:" not in prompts and lab.kernel(name).get("execution_state") == "idle"


def save(lab: Lab, page: Page, name: str) -> dict[str, Any]:
    """Save, and return what was saved; a choice that a busy page lost is made again."""
    unsaved = page.locator(".lm-DockPanel .jp-mod-dirty")
    for _ in range(4):
        choose(page, "File", "Save Notebook")
        with suppress(TimeoutError):
            wait_until(page, 15, f"{name} is saved", lambda: unsaved.count() == 0)
            return lab.notebook(name)
    raise TimeoutError(f"{name} could not be saved")


# --- the judgement, on the saved file: the screen is a view of it ---


def code(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def was_run(cell: dict[str, Any]) -> bool:
    return cell["execution_count"] is not None


def faults(notebook: dict[str, Any]) -> list[str]:
    """What went wrong in a run; empty where nothing did."""
    cells = code(notebook)
    outputs = [output for cell in cells for output in cell["outputs"]]
    found = [f"{one['ename']}: {one['evalue']}" for one in outputs if one["output_type"] == "error"]
    skipped = [source(cell)[:60] for cell in cells if not was_run(cell)]
    if skipped:
        found.append(f"{len(skipped)} of {len(cells)} cells did not run, the first of them {skipped[0]!r}")
    knobs = sum(WIDGET in output.get("data", {}) for output in outputs)
    if knobs != sum(source(cell).startswith("scsr.explore(") for cell in cells):
        found.append(f"{knobs} explorations show their knobs")
    if not any(one.get("data", {}).get(MIME, {}).get("kind") == "answer" for one in outputs):
        found.append("no answer was recorded")
    return found


def source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def ran(lab: Lab, browser: Browser, names: list[str], seconds: float) -> dict[str, list[str]]:
    """Run notebooks side by side, as a person does who has them all open; return what went wrong in each."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    try:
        pages = {name: open_notebook(lab, context, name) for name in names}
        for name, page in pages.items():
            run_all(lab, page, name)
        deadline = time.monotonic() + seconds
        found = {}
        for name, page in pages.items():
            left = max(1.0, deadline - time.monotonic())
            wait_until(page, left, f"{name} has run", lambda page=page, name=name: waits_for_nothing(lab, page, name))
            found[name] = faults(save(lab, page, name))
        return found
    except Exception as error:
        for page in context.pages:
            error.add_note(f"{page.url} says: {asked(page)}")
        raise
    finally:
        context.close()


def asked(page: Page) -> str:
    """What a page asks or reports over its notebook, and how far the notebook came."""
    dialogs = page.locator(".jp-Dialog, .Toastify__toast").all_inner_texts()
    return f"dialogs {dialogs}, prompts {page.locator('.jp-InputPrompt').all_inner_texts()}"


def cell(count: int | None, *outputs: dict[str, Any]) -> dict[str, Any]:
    return {"cell_type": "code", "source": ["x"], "execution_count": count, "outputs": list(outputs)}


def test_the_judgement_sees_errors_cells_not_run_and_missing_answers() -> None:
    answer = {"output_type": "display_data", "data": {MIME: {"kind": "answer"}}}
    error = {"output_type": "error", "ename": "ZeroDivisionError", "evalue": "division by zero"}
    assert faults({"cells": [cell(1, answer), {"cell_type": "markdown", "source": ["x"]}]}) == []
    assert faults({"cells": [cell(1)]}) == ["no answer was recorded"]
    assert faults({"cells": [cell(1, answer), cell(2, error), cell(None)]}) == [
        "ZeroDivisionError: division by zero",
        "1 of 3 cells did not run, the first of them 'x'",
    ]
    turned = cell(1, answer) | {"source": ["scsr.explore(make)"]}
    assert faults({"cells": [turned]}) == ["0 explorations show their knobs"]
    turned["outputs"].append({"output_type": "display_data", "data": {WIDGET: {}}})
    assert faults({"cells": [turned]}) == []


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_all_cells_run_in_jupyterlab(chromium: Browser, quarter: Path, tmp_path: Path) -> None:
    folder, home = tmp_path / "notebooks", tmp_path / "home"
    home.mkdir()
    folder.mkdir()
    for path in NOTEBOOKS:
        shutil.copy(path, folder)
    with jupyterlab(folder, home, quarter) as lab:
        try:
            found = ran(lab, chromium, [path.name for path in NOTEBOOKS], seconds=420)
        except Exception as error:
            error.add_note(f"the log of JupyterLab:\n{tail(lab.log)}")
            raise
        log = tail(lab.log)
    assert found == {path.name: [] for path in NOTEBOOKS}, f"the log of JupyterLab:\n{log}"
