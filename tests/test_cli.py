from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scsr import cli
from scsr.reports import runner, talk
from scsr.reports.runner import Planned, Summary

NOTEBOOKS = Path(__file__).parent / "notebooks"


@pytest.fixture
def here(tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project to work in."""
    shutil.copytree(NOTEBOOKS, tmp_path / "notebooks")
    shutil.copytree(tiny, tmp_path / "data" / "processed")
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "reports.toml").write_text(
        '[[report]]\nname = "answers"\nnotebook = "notebooks/answers.ipynb"\ninputs = ["utterances"]\n'
        '[[report]]\nname = "wrong"\nnotebook = "notebooks/raises_an_error.ipynb"\n'
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SCSR_DATA", raising=False)
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["scsr", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def test_render_status_and_diff(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "render", "--dry-run") == 0
    assert "render answers/all: never rendered" in capsys.readouterr().out
    assert run(monkeypatch, "render", "--workers", "1", "--log", "log.jsonl") == 1
    said = capsys.readouterr().err
    assert "made    answers/all" in said
    assert "failed  wrong/all" in said
    assert "1 made, 1 failed, 0 were fresh" in said
    events = [json.loads(line)["event"] for line in (here / "log.jsonl").read_text("utf-8").splitlines()]
    assert (events[0], events[-1]) == ("begin", "end")
    assert {"start", "cell", "made", "failed"} <= set(events)
    assert run(monkeypatch, "status") == 0
    said = capsys.readouterr().out
    assert "fresh   answers/all" in said
    assert "the last run failed" in said
    assert run(monkeypatch, "status", "--json") == 0
    assert json.loads(capsys.readouterr().out)["reports"][0]["state"] == "fresh"
    assert run(monkeypatch, "render", "answers", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"event": "end", "made": 0, "failed": 0, "fresh": 1}
    assert run(monkeypatch, "render", "answers", "--dry-run") == 0
    assert "keep   answers/all" in capsys.readouterr().out
    assert run(monkeypatch, "diff", "reports/answers/all", "reports/answers/all") == 0
    assert "2 estimates are the same" in capsys.readouterr().out
    assert run(monkeypatch, "diff", "reports", "reports", "--json") == 0
    assert json.loads(capsys.readouterr().out)["differences"][0]["same"] == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["render", "anwers"], "did you mean 'answers'"),
        (["render", "answers", "--set", "contry=SE"], "did you mean 'country'"),
        (["render", "answers", "--set", "country=DK"], "is not one of"),
        (["render", "--log", "reports"], "name a file that can be written"),
        (["status", "--data", "nowhere"], "scsr prepare"),
        (["diff", "nowhere", "reports"], "nowhere"),
        (["prepare", "nowhere"], "nowhere"),
    ],
)
def test_bad_input_is_one_message(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert run(monkeypatch, *arguments) == 2
    err = capsys.readouterr().err
    assert said in err
    assert "Traceback" not in err
    assert not (here / "reports" / "index.html").exists()


def test_parameters_are_shown(here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "render", "answers", "--parameters") == 0
    assert "country: str | None = null  market; one of: SE | NO | IS" in capsys.readouterr().out
    assert run(monkeypatch, "render", "notebooks/never_ends.ipynb", "--parameters") == 0
    assert "no parameters" in capsys.readouterr().out
    assert run(monkeypatch, "render", "--parameters") == 0
    assert "wrong\n  level" in capsys.readouterr().out


def test_prepare_says_its_account(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(tiny.parent / "messages.csv", tmp_path)
    shutil.copy(tiny.parent / "sources.toml", tmp_path)
    assert run(monkeypatch, "prepare", str(tmp_path), "--out", str(tmp_path / "out")) == 0
    assert "40 records read = 40 rows" in capsys.readouterr().out


@pytest.mark.slow
def test_reports_are_stale_once_a_person_is_forgotten(
    here: Path, tiny: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from scsr import load

    raw = here / "data" / "raw"
    raw.mkdir()
    for name in ("messages.csv", "sources.toml"):
        shutil.copy(tiny.parent / name, raw)
    assert run(monkeypatch, "render", "answers", "--workers", "1") == 0
    assert run(monkeypatch, "prepare") == 0  # the same data: what is fresh stays so
    assert run(monkeypatch, "status") == 0
    assert "fresh   answers/all" in capsys.readouterr().out
    assert run(monkeypatch, "forget", load("utterances")["speaker_id"].iloc[0]) == 0
    assert run(monkeypatch, "prepare") == 0
    assert "forgotten 5" in capsys.readouterr().out
    assert len(load("utterances")) == 35
    assert run(monkeypatch, "status") == 0
    said = capsys.readouterr().out
    assert "stale   answers/all" in said
    assert "utterances" in said


def test_simulate_writes_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "simulate", str(tmp_path / "made"), "--seed", "3", "--scale", "0.1") == 0
    assert (tmp_path / "made" / "truth.json").is_file()
    assert "truth.json" in capsys.readouterr().out


@pytest.mark.parametrize(("error", "code"), [(OSError(28, "No space left on device"), 1), (KeyError("ours"), None)])
def test_what_the_user_cannot_mend(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception, code: int | None
) -> None:
    def broken() -> None:
        raise error

    monkeypatch.setattr(cli, "app", broken)
    if code is None:
        with pytest.raises(KeyError):
            cli.main()
    else:
        assert run(monkeypatch) == code
        assert "No space left" in capsys.readouterr().err


def test_another_render_is_a_failure(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from scsr.reports import publish

    with publish.lock(here / "reports"):
        assert run(monkeypatch, "render") == 1
    assert "another render" in capsys.readouterr().err


def test_progress_on_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    tell = talk.Progress(as_json=False)
    tell.live = True
    one = {"report": "r", "variant": "all"}
    tell({"event": "begin", "fresh": 0, "workers": 1, "seconds": {"r/all": None}})
    for event in ({"event": "start"}, {"event": "cell", "cell": 3, "n_cells": 9},
                  {"event": "failed", "seconds": 2.0, "reason": "why", "log": "the log"}):  # fmt: skip
        tell(one | event)
    tell.end(Summary((), {"r/all": "why"}, ()), Path("reports"))
    said = capsys.readouterr().err
    for part in ("r/all cell 3/9", "failed  r/all  2.0 s  (1 of 1)", "why", "the log", "0 made, 1 failed"):
        assert part in said
    as_json = talk.Progress(as_json=True)
    as_json({"event": "begin", "fresh": 0, "workers": 1, "seconds": {"r/all": None}})
    as_json(one | {"event": "failed", "seconds": 2.0, "reason": "why", "log": "the log"})
    said = capsys.readouterr().out.splitlines()[-1]
    assert json.loads(said) == one | {"event": "failed", "seconds": 2.0, "reason": "why"}


def test_status_without_reports() -> None:
    assert talk.status([], as_json=False) == "reports.toml lists no report"
    assert talk.plan(list[Planned]()) == ""
    assert runner.__all__


@pytest.mark.parametrize(
    ("code", "limit"),
    [("import scsr", 0.3), ("import sys; sys.argv = ['scsr', '--help']; from scsr.cli import main; main()", 0.4)],
)
def test_starting_costs_little(code: str, limit: float) -> None:
    def once() -> float:
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
        return time.perf_counter() - began

    assert min(once() for _ in range(5)) < limit


def test_the_package_offers_what_notebooks_use() -> None:
    import scsr

    for name in dir(scsr):
        assert getattr(scsr, name)
    assert set(scsr.__all__) < set(dir(scsr))
    with pytest.raises(AttributeError, match="no attribute 'lode'"):
        _ = scsr.lode
