"""A render that is killed, stopped, starved or meets another leaves whole reports and an index that is true.

``SCSR_KILLS=30`` kills thirty times instead of a few times.
"""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from scsr.reports import config, publish, runner

KILLS = int(os.environ.get("SCSR_KILLS", "2"))
NOTEBOOKS = Path(__file__).parent / "notebooks"
LIST = """
[[report]]
name = "{name}"
notebook = "notebooks/{name}.ipynb"
inputs = ["utterances"]
matrix = {{ country = ["SE", "NO"] }}
"""
RUN = "import sys; from scsr.cli import main; sys.argv[0] = 'scsr'; main()"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to see what is left running"),
]


@dataclass
class Project:
    """A folder with one notebook of which two reports are made."""

    root: Path

    @property
    def out(self) -> Path:
        return self.root / "reports"

    def edit(self, word: str) -> None:
        """Make the reports stale."""
        path = self.root / "notebooks" / "answers.ipynb"
        text = path.read_text("utf-8")
        path.write_text(re.sub("A small( \\w+)? report", f"A small {word} report", text), "utf-8")

    def start(self, out: Path | None = None, **options: object) -> subprocess.Popen[bytes]:
        arguments = ["render", "--data", str(self.root / "processed"), "--out", str(out or self.out)]
        return subprocess.Popen(
            [sys.executable, "-c", RUN, *arguments, "--workers", "2", "--log", str(self.root / "log.jsonl")],
            cwd=self.root, start_new_session=True, stderr=subprocess.PIPE, **options,  # type: ignore[call-overload]
        )  # fmt: skip

    def states(self) -> set[str]:
        listing = config.read(self.out / "reports.toml")
        return {one.state for one in runner.status(listing, self.root / "processed", self.out)}


def project(root: Path, tiny: Path, name: str) -> Project:
    (root / "notebooks").mkdir(parents=True)
    book = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text("utf-8"))
    if name == "never_ends":
        source = "country: str | None = None  # market; one of: SE | NO"
        cell = {"cell_type": "code", "execution_count": None, "id": "p", "metadata": {"tags": ["parameters"]},
                "outputs": [], "source": source}  # fmt: skip
        book["cells"].insert(0, cell)
    (root / "notebooks" / f"{name}.ipynb").write_text(json.dumps(book), "utf-8")
    shutil.copytree(tiny, root / "processed")
    (root / "reports").mkdir()
    (root / "reports" / "reports.toml").write_text(LIST.format(name=name), "utf-8")
    return Project(root)


@pytest.fixture(scope="module")
def made(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Two reports, rendered."""
    one = project(tmp_path_factory.mktemp("killed") / "made", tiny, "answers")
    one.edit("first")
    assert finished(one.start())[0] == 0
    return one


def copy_of(made: Project, folder: Path) -> Project:
    shutil.copytree(made.root, folder / "copy")
    return Project(folder / "copy")


def finished(process: subprocess.Popen[bytes]) -> tuple[int, str]:
    _, said = process.communicate(timeout=120)
    return process.returncode, said.decode()


def running_below(folder: Path) -> list[str]:
    """Commands that run in a folder: renders, their workers and their kernels."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "cwd").resolve().is_relative_to(folder) and (entry / "cmdline").read_bytes():
                found.append((entry / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


def all_end(folder: Path) -> bool:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if not running_below(folder):
            return True
        time.sleep(0.05)
    return False


def whole(out: Path) -> set[str]:
    """Check that every published file is whole and that the index is true; return the words of the editions."""
    words = set()
    for home in sorted(out.glob("answers/*")):
        page = (home / "index.html").read_text("utf-8")
        assert page.rstrip().endswith("</html>")
        results = json.loads((home / "results.json").read_text("utf-8"))
        assert results["answer"] in page
        editions = {re.findall(r"A small (\w+) report", text)[0] for text in
                    (page, (home / "notebook.ipynb").read_text("utf-8"))}  # fmt: skip
        assert len(editions) == 1, "page and notebook are of one run"
        words |= editions
        assert {path.name for path in home.iterdir()} == {"index.html", "results.json", "notebook.ipynb", "tables"}
        for path in (home / "tables").iterdir():
            assert path.read_bytes().endswith(b"\n")
    page = (out / "index.html").read_text("utf-8")
    assert page.rstrip().endswith("</html>")
    for link in re.findall(r'href="(answers/[^"#]+)"', page):
        assert (out / link.replace("%3D", "=").replace("%2C", ",")).exists(), link
    rows = publish.read_status(out)
    assert len(rows) == 2
    for folder, row in rows.items():
        assert row["state"] in ("fresh", "stale")
        assert (out / folder / "results.json").is_file()
    return words


def left_over(out: Path) -> set[str]:
    kept = {"answers", "index.html", "status.json", "reports.toml", ".lock", ".previous"}
    stray = {path.name for path in (out / ".previous").rglob("*") if path.is_file()} - {
        "results.json",
        "followed_by.txt",
    }
    return ({path.name for path in out.iterdir()} - kept) | stray


@pytest.mark.timeout(1800)
def test_killed_at_any_moment_every_report_is_whole(made: Project, tmp_path: Path) -> None:
    copy = copy_of(made, tmp_path)
    lasts = 4.0
    if KILLS > 2:
        copy.edit("timed")
        began = time.monotonic()
        assert finished(copy.start())[0] == 0
        lasts = time.monotonic() - began
    rng = np.random.default_rng(20120911)
    old = whole(copy.out)
    # one moment in each of as many equal spans, so that they are spread over the whole run
    for k, within in enumerate(rng.random(KILLS)):
        copy.edit(new := f"edition{k}")
        process = copy.start()
        time.sleep((k + within) / KILLS * lasts)
        process.kill()
        process.communicate()
        assert all_end(copy.root)
        found = whole(copy.out)
        assert found <= old | {new}
        old = found
        if k % 4 == 3 or k == KILLS - 1:  # the next completes, over what several left
            both = [finished(process) for process in [copy.start(), copy.start()]]
            # of two at once one is told to wait, or comes when the other is done
            assert sorted(code for code, _ in both) in ([0, 1], [0, 0])
            assert all(code == 0 or "another render" in said for code, said in both)
            assert whole(copy.out) == {new}
            assert copy.states() == {"fresh"}
            assert left_over(copy.out) == set()
            old = {new}


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)] if KILLS > 2 else [(signal.SIGINT, 130)]
)
def test_stopped_by_a_signal_it_tidies_up(tiny: Path, tmp_path: Path, number: int, code: int) -> None:
    one = project(tmp_path / "p", tiny, "never_ends")
    # where the tests run in the background, ctrl-C is ignored, which a program inherits
    process = one.start(preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
    until = time.monotonic() + 60
    while not (one.root / "log.jsonl").exists() or (one.root / "log.jsonl").read_text().count('"cell": 2,') < 2:
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.02)
    assert len(running_below(one.root)) >= 5  # render, two workers, two kernels
    os.killpg(process.pid, number)  # as a terminal does: to every process of the group
    ended, said = finished(process)
    assert ended == code
    assert "Traceback" not in said
    assert all_end(one.root)
    assert left_over(one.out) == set()


def small_disk(copy: Project, shown: Path) -> tuple[int, str]:
    """Render into a file system of its own that has hardly any room left, and copy out what it then holds."""
    room = sum(4 * (1 + path.stat().st_size // 4096) for path in copy.out.rglob("*") if path.is_file()) + 30
    script = (
        'cp -a "$1/." "$2" && mount -t tmpfs -o size="$3"k scsr "$1" && cp -a "$2/." "$1" || exit 77\n'
        'shift 3; "$0" "$@"; code=$?; rm -rf "$OUT_SHOWN"/*; cp -a "$OUT/." "$OUT_SHOWN"; exit $code'
    )
    arguments = ["render", "--data", str(copy.root / "processed"), "--out", str(copy.out), "--workers", "2"]
    shown.mkdir()
    ran = subprocess.run(
        ["unshare", "--mount", "--map-root-user", "sh", "-c", script, sys.executable, str(copy.out), str(shown),
         str(room), "-c", RUN, *arguments],
        cwd=copy.root, capture_output=True, text=True, timeout=120, check=False,
        env=os.environ | {"OUT": str(copy.out), "OUT_SHOWN": str(shown)},
    )  # fmt: skip
    return ran.returncode, ran.stderr


def test_a_full_disk_leaves_the_last_good_reports(made: Project, tmp_path: Path) -> None:
    copy, shown = copy_of(made, tmp_path), tmp_path / "shown"
    copy.edit("second")
    code, said = small_disk(copy, shown) if shutil.which("unshare") else (77, "")
    if "made" not in said and "failed" not in said and "scsr:" not in said:  # no file system of one's own to be had

        def starve() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

        code, said = finished(copy.start(preexec_fn=starve))
        shown = copy.out
    assert code == 1
    assert "Traceback" not in said
    assert re.search("No space left on device|File too large", said)
    for home in sorted((shown / "answers").iterdir()):  # what a failed run left may stand beside the good report
        shutil.rmtree(home / "failed", ignore_errors=True)
    assert whole(shown) == {"first"}
    assert finished(copy.start())[0] == 0
    assert whole(copy.out) == {"second"}
