"""What a render says while it runs: to a person, to a program, and how long it thinks that it will take."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from scsr.errors import ScsrError
from scsr.reports import talk
from scsr.reports.runner import Summary


def begin(**seconds: float | None) -> dict[str, Any]:
    took = {f"{name}/all": value for name, value in seconds.items()}
    return {"event": "begin", "fresh": 1, "workers": 1, "seconds": took}


def test_a_program_reads_the_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "logs" / "render.jsonl"
    for _ in range(2):  # a log is added to
        tell = talk.Progress(as_json=False, log=log)
        tell(begin(r=4.0, s=None))
        tell({"event": "start", "report": "r", "variant": "all"})
        tell({"event": "cell", "report": "r", "variant": "all", "cell": 1, "n_cells": 9})
        tell({"event": "failed", "report": "r", "variant": "all", "seconds": 2.0, "reason": "why å", "log": "secret"})
        tell.end(Summary((), {"r/all": "why å"}, ()), tmp_path)
    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    assert [line["event"] for line in lines] == ["begin", "start", "cell", "failed", "end"] * 2
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", line["at"]) for line in lines)
    assert lines[3]["reason"] == "why å"
    assert lines[4] | {"at": ""} == {"at": "", "event": "end", "made": 0, "failed": 1, "fresh": 0}
    assert "secret" not in log.read_text("utf-8")
    assert "failed  r/all  2.0 s  (1 of 2, a few seconds left)" in capsys.readouterr().err


def test_a_log_that_cannot_be_written_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(ScsrError, match="--log .*name a file that can be written"):
        talk.Progress(as_json=False, log=tmp_path)


def test_a_person_sees_which_cell_how_many_and_how_long(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = [0.0]
    monkeypatch.setattr(talk.time, "monotonic", lambda: clock[0])
    tell = talk.Progress(as_json=False)
    tell.live = True
    tell(begin(a=60.0, b=None, c=300.0))  # b: as long as the others take, 180 s
    tell({"event": "start", "report": "a", "variant": "all"})
    tell({"event": "cell", "report": "a", "variant": "all", "cell": 3, "n_cells": 9})
    assert "0 of 3, about 9 min left  a/all cell 3/9" in capsys.readouterr().err
    clock[0] = 50.0
    tell({"event": "made", "report": "a", "variant": "all", "seconds": 50.0})
    tell({"event": "start", "report": "c", "variant": "all"})
    clock[0] = 320.0
    tell({"event": "cell", "report": "c", "variant": "all", "cell": 8, "n_cells": 9})
    said = capsys.readouterr().err
    assert "made    a/all  50.0 s  (1 of 3, about 8 min left)" in said
    assert "1 of 3, about 4 min left  c/all cell 8/9" in said


def test_nothing_is_said_of_the_time_where_nothing_is_known() -> None:
    left = talk.Left({"a/x": None, "a/y": None, "b/x": None}, workers=2)
    assert left.seconds(0.0) is None
    left.end("a/x", 10.0)
    assert left.seconds(0.0) == 10.0  # two more of ten seconds, side by side
    left.end("a/y", 30.0)
    left.start("b/x", 0.0)
    assert left.seconds(50.0) == 0.0
    left.end("b/x", 50.0)
    assert left.seconds(60.0) == 0.0
