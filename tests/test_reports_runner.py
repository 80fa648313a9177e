"""Reports from notebook to page: what is published, what is kept, what is said."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from scsr.errors import RenderError
from scsr.reports import config, execute, freshness, gate, index, pool, publish, runner, tidy, worker

NOTEBOOKS = Path(__file__).parent / "notebooks"
LIST = """
[defaults]
timeout_s = 60

[[report]]
name = "answers"
notebook = "notebooks/answers.ipynb"
inputs = ["utterances", "exposure"]
matrix = { country = ["SE"] }
include = [{}]

[[report]]
name = "hostile"
notebook = "notebooks/shows_hostile_text.ipynb"
"""
ANOTHER_DAY = """
import time
clock, clock_ns, shift = time.time, time.time_ns, 3653 * 86400
time.time, time.time_ns = (lambda: clock() + shift), (lambda: clock_ns() + shift * 10**9)
"""
FAILING = {
    "raises_an_error": "raised ValueError: the level does not fit",
    "kills_its_kernel": "The kernel died in cell 3",
    "quotes_a_customer": "quotes more than 7 words",
}


@dataclass
class Project:
    """A folder with notebooks and a list, and the data beside it."""

    root: Path
    data: Path

    @property
    def out(self) -> Path:
        return self.root / "reports"

    @property
    def config(self) -> config.Config:
        return config.read(self.out / "reports.toml")

    def render(self, *names: str, **given: Any) -> runner.Summary:
        return runner.render(self.config, self.data, self.out, names, **{"workers": 1} | given)

    def states(self) -> dict[str, index.State]:
        return {f"{one.report}/{one.variant}": one for one in runner.status(self.config, self.data, self.out)}


def project(root: Path, tiny: Path, text: str) -> Project:
    shutil.copytree(NOTEBOOKS, root / "notebooks")
    shutil.copytree(tiny, root / "processed")
    (root / "reports").mkdir()
    (root / "reports" / "reports.toml").write_text(text, "utf-8")
    return Project(root, root / "processed")


@pytest.fixture(scope="module")
def good(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Three reports, rendered."""
    made = project(tmp_path_factory.mktemp("good"), tiny, LIST)
    summary = made.render(workers=2)
    assert dict(summary.failed) == {}
    assert set(summary.made) == {"answers/country=SE", "answers/all", "hostile/all"}
    return made


@pytest.fixture(scope="module")
def bad(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, runner.Summary]:
    """One report of each way to fail, rendered once, and one that works."""
    text = LIST.split("[[report]]")[0]
    text += (
        '[[report]]\nname = "answers"\nnotebook = "notebooks/answers.ipynb"\ninputs = ["utterances"]\ntimeout_s = 60\n'
    )
    for name in FAILING:
        text += f'[[report]]\nname = "{name}"\nnotebook = "notebooks/{name}.ipynb"\ninputs = ["utterances"]\n'
    made = project(tmp_path_factory.mktemp("bad"), tiny, text)
    return made, made.render()


def files(folder: Path) -> dict[str, bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_what_is_published(good: Project) -> None:
    home = good.out / "answers" / "all"
    assert set(files(home)) == {
        "index.html", "results.json", "notebook.ipynb", "tables/estimates.csv", "tables/firms.csv",
        "tables/by_firm.csv",
    }  # fmt: skip
    results = json.loads((home / "results.json").read_text("utf-8"))
    assert results["answer"] == "Customers wrote 75% of 40 utterances."
    assert results["synthetic"] is True
    assert results["parameters"] == {"country": None, "promise_h": 24.0}
    assert results["inputs"]["utterances"]["n_rows"] == 40
    assert results["inputs"]["exposure"]["n_rows"] == 0
    assert results["headline"] == [{"name": "by_customers", "by": {}}]
    assert [one["name"] for one in results["estimates"]] == ["by_customers", "silent"]
    assert json.loads((good.out / "answers/country=SE/results.json").read_text("utf-8"))["inputs"] == results["inputs"]


def test_tables_hold_no_formula_and_no_row_on_few(good: Project) -> None:
    with (good.out / "answers/all/tables/firms.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    assert rows == [["company", "n", "rate"], ["Lyngbanken", "40", "0.5"], ["Ekonet", "12", "0.25"]]
    text = (good.out / "hostile/all/tables/bad.csv").read_text("utf-8")
    assert "'=HYPERLINK(1)" in text


def test_the_page_says_all_that_it_must(good: Project) -> None:
    page = (good.out / "answers/all/index.html").read_text("utf-8")
    for words in ("Synthetic data.", "There are no rows in exposure", "Customers wrote 75% of 40 utterances.",
                  "no survey was given", "Bars: Lyngbanken 0.5", "2 rows rest on too few people",
                  "&lt;b&gt;markup", "seen: 40"):  # fmt: skip
        assert words in page, words
    assert page.index("Customers wrote") < page.index("A figure and a table")
    assert "0x7" not in page
    assert str(good.root) not in page
    for name in ("results.json", "notebook.ipynb"):
        assert str(good.root) not in (good.out / "answers/all" / name).read_text("utf-8")


def test_nothing_stale_runs_nothing(good: Project) -> None:
    before = files(good.out)
    began = time.monotonic()
    summary = good.render()
    assert time.monotonic() - began < 1
    assert (summary.made, len(summary.fresh)) == ((), 3)
    assert files(good.out) == before
    assert {one.state for one in good.states().values()} == {"fresh"}


def test_the_same_bytes_elsewhere(good: Project, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    single = LIST.replace('matrix = { country = ["SE"] }\n', "")
    other = project(tmp_path / "some where", tiny, single)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USER", "somebody-else")
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "sitecustomize.py").write_text(ANOTHER_DAY, "utf-8")
    paths = [str(tmp_path / "later"), *filter(None, [os.environ.get("PYTHONPATH")])]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    say = "import time; print(time.time())"
    told = subprocess.run([sys.executable, "-c", say], capture_output=True, text=True, check=True).stdout
    assert float(told) > time.time() + 3600 * 86400
    other.render("hostile", "answers")
    for name in ("answers/all", "hostile/all"):
        mine, its = files(good.out / name), files(other.out / name)
        assert mine.keys() == its.keys()
        for file in mine:
            assert mine[file] == its[file], f"{name}/{file}"


def test_only_what_changed_runs(good: Project, tmp_path: Path) -> None:
    copy = Project(tmp_path / "copy", good.data)
    shutil.copytree(good.root, copy.root)
    path = copy.out / "reports.toml"
    path.write_text(path.read_text("utf-8").replace('["SE"]', '["NO"]'), "utf-8")
    planned = {one.variant.folder: one.reasons for one in runner.plan(copy.config, copy.data, copy.out)}
    assert planned == {"answers/country=NO": ("never rendered",), "answers/all": (), "hostile/all": ()}
    assert not copy.states()["answers/country=SE"].listed
    notebook = copy.root / "notebooks" / "shows_hostile_text.ipynb"
    notebook.write_text(notebook.read_text("utf-8").replace("safe words", "other words"), "utf-8")
    manifest = copy.root / "processed" / "prepare.json"
    data = json.loads(manifest.read_text("utf-8"))
    data["tables"]["utterances"]["sha256"] = "0" * 64
    manifest.write_text(json.dumps(data), "utf-8")
    moved = Project(copy.root, copy.root / "processed").states()
    assert moved["hostile/all"].reasons == ("notebook changed",)
    assert moved["answers/all"].reasons == ("table utterances changed (40 to 40 rows)",)
    assert moved["answers/country=NO"].state == "missing"


def test_a_setting_makes_a_report_of_its_own(good: Project, tmp_path: Path) -> None:
    before = files(good.out / "answers" / "all")
    planned = runner.plan(good.config, good.data, good.out, ["answers"], ["promise_h=48"])
    assert [one.variant.folder for one in planned] == ["answers/country=SE,promise_h=48.0", "answers/promise_h=48.0"]
    assert files(good.out / "answers" / "all") == before
    forced = runner.plan(good.config, good.data, good.out, ["hostile"], force=True)
    assert [one.reasons for one in forced] == [("forced",)]


def test_one_failure_stops_no_other(bad: tuple[Project, runner.Summary]) -> None:
    _, summary = bad
    assert summary.made == ("answers/all",)
    assert set(summary.failed) == {f"{name}/all" for name in FAILING}


@pytest.mark.parametrize("name", FAILING)
def test_each_failure_is_kept_and_said(bad: tuple[Project, runner.Summary], name: str) -> None:
    made, summary = bad
    assert FAILING[name] in summary.failed[f"{name}/all"]
    home = made.out / name / "all"
    assert [path.name for path in home.iterdir()] == ["failed"]
    page = (home / "failed" / "index.html").read_text("utf-8")
    assert "This run failed." in page
    state = made.states()[f"{name}/all"]
    assert state.state == "failed"
    assert FAILING[name] in state.reasons[0]
    everything = b"".join(files(made.out).values()).decode("utf-8")
    assert "elva långa dagar" not in everything
    if name == "raises_an_error":
        assert "raise ValueError(&#34;the level does not fit&#34;)" in page
        assert (home / "failed" / "notebook.ipynb").is_file()
    assert name in (made.out / "index.html").read_text("utf-8")


def test_the_last_good_report_stays(good: Project, tmp_path: Path) -> None:
    copy = Project(tmp_path / "copy", good.data)
    shutil.copytree(good.root, copy.root)
    before = files(copy.out / "hostile" / "all")
    notebook = copy.root / "notebooks" / "shows_hostile_text.ipynb"
    text = notebook.read_text("utf-8")
    shutil.copy(NOTEBOOKS / "raises_an_error.ipynb", notebook)
    assert "hostile/all" in copy.render("hostile").failed
    after = files(copy.out / "hostile" / "all")
    assert {name: after[name] for name in before} == before
    state = copy.states()["hostile/all"]
    assert (state.state, state.failure) == ("stale", True)
    assert state.reasons[0].startswith("the last run failed")
    assert "notebook changed" in state.reasons
    assert state.rendered_at == good.states()["hostile/all"].rendered_at
    notebook.write_text(text, "utf-8")  # what failed is undone: the good report is true again
    assert copy.states()["hostile/all"].state == "fresh"
    copy.render("hostile")
    assert files(copy.out / "hostile" / "all") == before


def test_two_renders_at_once(good: Project) -> None:
    with publish.lock(good.out), pytest.raises(RenderError, match="another render"):
        good.render()


def descendants(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == pid:
            child = int(stat.parent.name)
            found += [child, *descendants(child)]
    return found


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


def job(made: Project, name: str, staging: Path, **given: Any) -> execute.Job:
    (variant,) = config.variants(config.Report(name, made.root / "notebooks" / f"{name}.ipynb", inputs=("utterances",)))
    wanted = index.expected(variant, made.config, made.data)
    one = runner.job_of(variant, wanted, made.config, made.data, made.out, staging)
    return execute.Job(**(vars(one) | given))


def test_a_report_made_in_this_process(good: Project, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    one = job(good, "answers", tmp_path / "a", given={"country": "NO"}, parameters={"country": "NO", "promise_h": 24.0})
    outcome = execute.make(one, lambda: gate.phrases(good.data), lambda cell, n: told.append((cell, n)))
    assert (outcome.ok, outcome.reason) == (True, "")
    assert told[-1] == (11, 11)
    assert "50% of 20 utterances" in (tmp_path / "a" / "index.html").read_text("utf-8")
    assert "SCSR_INPUTS" not in os.environ
    failed = execute.make(job(good, "fails_with_a_quotation", tmp_path / "b"), lambda: gate.phrases(good.data))
    assert failed.reason == "Cell 3 raised ValueError."


def test_declared_inputs_bind_the_kernel_alone(good: Project, tmp_path: Path) -> None:
    none = {"shares": {"sha256": None, "n_rows": 0}}
    one = job(good, "answers", tmp_path / "a", inputs=none)
    # the corpus is read beside the kernel, for the gate, whatever the report may read
    failed = execute.make(one, lambda: gate.phrases(good.data), lambda *_: gate.phrases(good.data).parts)
    assert "reads table 'utterances' but declares shares" in failed.reason


def test_limits_of_time_and_memory(good: Project, tmp_path: Path) -> None:
    late = execute.make(job(good, "never_ends", tmp_path / "b", timeout_s=3.0), lambda: gate.phrases(good.data))
    assert late.reason.endswith("at its time limit of 3 s (timeout_s in reports.toml raises it).")
    large = execute.make(job(good, "never_ends", tmp_path / "c", memory_mb=10.0), lambda: gate.phrases(good.data))
    assert large.reason.endswith("at its memory limit of 10 MB (memory_mb in reports.toml raises it).")
    assert "memory limit of 10 MB" in (tmp_path / "c" / "index.html").read_text("utf-8")


def test_a_report_whose_data_move_is_not_published(good: Project, tmp_path: Path) -> None:
    stale = job(good, "answers", tmp_path / "a")
    with pytest.raises(RenderError, match="The data changed"):
        execute.refuse_moved(execute.Job(**(vars(stale) | {"inputs": {"utterances": {"sha256": "x", "n_rows": 1}}})))
    with pytest.raises(RenderError, match="The notebook changed"):
        execute.refuse_moved(execute.Job(**(vars(stale) | {"made_from": {"notebook": "x"}})))


def test_a_mistake_of_ours_is_a_failed_report(good: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("secret words")

    monkeypatch.setattr(execute, "make", broken)
    outcome = worker.one(job(good, "answers", tmp_path / "a"), {}, print)
    assert not outcome.ok
    assert "KeyError" in outcome.reason
    assert "secret" not in outcome.reason
    ended = pool.Ended(job(good, "answers", tmp_path / "b"), False, outcome.reason, 1.0)
    runner.keep_failure(ended, "key", tmp_path / "home", tmp_path)
    assert "scsr itself failed" in (tmp_path / "home" / "failed" / "index.html").read_text("utf-8")
    (tmp_path / "worker-0.log").write_text("the traceback", "utf-8")
    assert runner.log_of(tmp_path, outcome.reason, good.data) == "the traceback"
    assert runner.log_of(tmp_path, "other", good.data) == ""
    assert "cannot be read" in runner.log_of(tmp_path, outcome.reason, tmp_path / "none")


def test_a_worker_answers_line_by_line(good: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = json.dumps(vars(job(good, "answers", tmp_path / "a")))
    answered, left = threading.Event(), threading.Event()

    def make(job: object, corpora: object, say: Any) -> execute.Outcome:
        say({"event": "cell", "cell": 1, "n_cells": 2})
        return execute.Outcome(True)

    def lines() -> Iterator[str]:
        yield line
        answered.wait(10)

    class Out(io.StringIO):
        def write(self, text: str) -> int:
            if "done" in text:
                answered.set()
            return super().write(text)

    monkeypatch.setattr(worker, "one", make)
    worker.serve(lines(), out := Out(), left.set)
    events = [json.loads(one)["event"] for one in out.getvalue().splitlines()]
    assert events == ["cell", "done"]
    assert not left.is_set()

    def slow(job: object, corpora: object, say: Any) -> execute.Outcome:
        left.wait(10)
        return execute.Outcome(True)

    monkeypatch.setattr(worker, "one", slow)
    worker.serve([line], Out(), left.set)
    assert left.is_set(), "nobody waits for the report any more"


def test_a_worker_minds_its_signals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handlers: dict[int, Any] = {}
    ended: list[int] = []
    monkeypatch.setattr(os, "dup", lambda _: os.open(tmp_path / "out", os.O_WRONLY | os.O_CREAT))
    monkeypatch.setattr(os, "dup2", lambda *_: None)
    monkeypatch.setattr(os, "_exit", ended.append)
    monkeypatch.setattr(signal, "signal", handlers.__setitem__)
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    worker.main()
    assert handlers[signal.SIGINT] is signal.SIG_IGN
    handlers[signal.SIGTERM](signal.SIGTERM, None)
    assert ended == [1]


def test_a_worker_that_dies_is_replaced(good: Project, tmp_path: Path) -> None:
    jobs = [job(good, name, tmp_path / name) for name in ("never_ends", "raises_an_error")]
    killed: list[int] = []

    def kill_first(event: dict[str, Any]) -> None:
        if event["event"] == "cell" and event["report"] == "never_ends" and not killed:
            # the process may have other children, left by other tests
            killed.extend(pid for pid in descendants(os.getpid()) if "scsr.reports.worker" in command(pid))
            os.kill(killed[0], signal.SIGKILL)

    ended = {one.job.report: one.reason for one in pool.run(jobs, 1, kill_first, tmp_path)}
    assert "ended early" in ended["never_ends"]
    assert "the level does not fit" in ended["raises_an_error"]


def test_leaving_ends_the_workers(good: Project, tmp_path: Path) -> None:
    others = descendants(os.getpid())  # such as the resource tracker of another test's processes
    started: list[dict[str, Any]] = []
    running = pool.run(
        [job(good, name, tmp_path / name) for name in ("never_ends", "raises_an_error")], 2, started.append, tmp_path
    )
    next(running)
    running.close()  # type: ignore[attr-defined]
    assert not [pid for pid in descendants(os.getpid()) if pid not in others and alive(pid)]


def test_ones_own_watch_lists_count_wherever_the_data_are(good: Project, tmp_path: Path) -> None:
    lists = tmp_path / "mine" / "config" / "watchlists.toml"
    data = lists.parent.parent / "processed"
    shutil.copytree(good.data, data)
    own = good.root / "data" / "config" / "watchlists.toml"
    report = config.Report("a", good.root / "notebooks" / "answers.ipynb", files=(own, own.parent / "labels" / "*.csv"))
    (variant,) = config.variants(report)

    def made_from() -> dict[str, str | None]:
        return freshness.made_from(variant, good.config, data)

    none = made_from()
    assert none["data/config/watchlists.toml"] is None
    (lists.parent / "labels").mkdir(parents=True)
    lists.write_text("one", "utf-8")
    (lists.parent / "labels" / "kari.csv").write_text("", "utf-8")
    one = made_from()
    assert one["data/config/watchlists.toml"] != none["data/config/watchlists.toml"]
    assert "data/config/labels/kari.csv" in one
    own.parent.mkdir(parents=True)
    own.write_text("not what these reports read", "utf-8")
    assert made_from() == one


def test_reasons_name_what_changed() -> None:
    old = {
        "inputs": {"a": {"sha256": "1", "n_rows": 1}},
        "parameters": {},
        "made_from": {},
        "title": "",
        "synthetic": False,
    }
    new = old | {"inputs": {"b": {"sha256": "1", "n_rows": 1}}, "title": "x"}
    assert freshness.reasons(old, new) == [
        "table a is no longer an input",
        "table b is newly an input",
        "title changed",
    ]


def test_damaged_results_count_as_none(tmp_path: Path) -> None:
    assert freshness.results_of(tmp_path) is None
    (tmp_path / "results.json").write_text('{"schema_version": 1}')
    assert freshness.results_of(tmp_path) is None
    (tmp_path / "index.html").write_text("")
    assert freshness.results_of(tmp_path) == {"schema_version": 1}


def test_a_report_of_ones_own_whose_parameters_are_gone(good: Project, tmp_path: Path) -> None:
    copy = Project(tmp_path / "copy", good.data)
    shutil.copytree(good.root, copy.root)
    path = copy.out / "answers" / "country=SE" / "results.json"
    results = json.loads(path.read_text("utf-8"))
    own = copy.out / "answers" / "contry=SE"
    shutil.copytree(path.parent, own)
    (own / "results.json").write_text(json.dumps(results | {"parameters": {"contry": "SE"}}), "utf-8")
    state = copy.states()["answers/contry=SE"]
    assert (state.state, state.listed) == ("stale", False)
    assert "did you mean 'country'" in state.reasons[0]
    copy.render()
    assert "contry" in (copy.out / "index.html").read_text("utf-8")


def tidied(*outputs: dict[str, Any]) -> list[dict[str, Any]]:
    import nbformat

    cell = nbformat.v4.new_code_cell("x", outputs=[nbformat.from_dict(one) for one in outputs])
    book = nbformat.v4.new_notebook(cells=[cell])
    tidy.tidy(book, {"/home/kari": "~"})
    return book.cells[0].outputs  # type: ignore[no-any-return]


def test_what_differs_between_runs_is_taken_out() -> None:
    def said(name: str, text: str) -> dict[str, Any]:
        return {"output_type": "stream", "name": name, "text": text}

    widget = {"output_type": "display_data", "metadata": {}, "data": {"application/vnd.jupyter.widget-view+json": {}}}
    html = {
        "output_type": "display_data",
        "metadata": {"x": 1},
        "data": {"text/html": "T_a1b2c", "text/plain": "<S at 0x7f00aa11bb22>"},
    }
    error = {"output_type": "error", "ename": "E", "evalue": "/home/kari/x", "traceback": ["\x1b[31m/home/kari/x"]}
    found = tidied(said("stdout", "a /home/kari/b\n"), said("stderr", "w"), widget, said("stdout", "c\n"), html, error)
    assert [one["output_type"] for one in found] == ["stream", "stream", "display_data", "error"]
    assert found[0]["text"] == "a ~/b\nc\n"
    assert found[2]["data"] == {"text/html": "T_1", "text/plain": "<S at 0x…>"}
    assert found[2]["metadata"] == {}
    assert (found[3]["evalue"], found[3]["traceback"]) == ("~/x", ["~/x"])
