"""The examples of scheduling run as they stand: what cron starts, and the steps of the workflow."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples" / "schedule"
NOTEBOOKS = Path(__file__).parent / "notebooks"
GOOD = '[[report]]\nname = "answers"\nnotebook = "notebooks/answers.ipynb"\ninputs = ["utterances"]\n'
BAD = '[[report]]\nname = "wrong"\nnotebook = "notebooks/raises_an_error.ipynb"\n'
pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("flock") is None, reason="needs flock of util-linux")]


@pytest.fixture(scope="module")
def project(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with raw data, one report that works, one that fails, and the command where make puts it."""
    home = tmp_path_factory.mktemp("scheduled") / "a project"
    shutil.copytree(NOTEBOOKS, home / "notebooks")
    shutil.copytree(EXAMPLES, home / "examples" / "schedule")
    for folder in ("data/raw", "reports", ".venv/bin"):
        (home / folder).mkdir(parents=True)
    for name in ("messages.csv", "sources.toml"):
        shutil.copy(tiny.parent / name, home / "data" / "raw")
    (home / "reports" / "reports.toml").write_text(GOOD + BAD, "utf-8")
    command = home / ".venv" / "bin" / "scsr"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m scsr.cli "$@"\n', "utf-8")
    command.chmod(0o755)
    return home


def as_cron_does(project: Path, **given: str) -> int:
    """Run the line of the example's crontab, in a home of its own and with next to no environment."""
    line = (EXAMPLES / "crontab").read_text("utf-8").splitlines()[-1]
    command = re.sub(r"^(\S+\s+){5}", "", line).replace("/srv/scsr", f"'{project}'")
    kept = {name: os.environ[name] for name in ("PYTHONPATH", "OMP_NUM_THREADS") if name in os.environ}
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(project.parent), "SHELL": "/bin/sh"} | kept | given
    ran = subprocess.run(
        ["/bin/sh", "-c", command], cwd=project.parent, env=environment, capture_output=True, check=False
    )
    assert (ran.stdout, ran.stderr) == (b"", b""), "cron would mail it"
    return ran.returncode


def test_what_cron_starts(project: Path) -> None:
    told, logs = project / "told", project / "logs"
    assert as_cron_does(project, NOTIFY="/usr/bin/dd of=told status=none") == 1
    assert "exit code 1" in told.read_text("utf-8")
    assert "1 made, 1 failed" in (logs / "FAILED").read_text("utf-8")
    events = [json.loads(line) for line in (logs / "render.jsonl").read_text("utf-8").splitlines()]
    assert {k: v for k, v in events[-1].items() if k != "at"} == {"event": "end", "made": 1, "failed": 1, "fresh": 0}
    assert "failed  wrong/all" in (logs / "render.log").read_text("utf-8")

    (project / "reports" / "reports.toml").write_text(GOOD, "utf-8")
    with (logs / ".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert as_cron_does(project) == 0
    assert "still at work" in (logs / "render.log").read_text("utf-8")
    assert (logs / "FAILED").exists()

    (logs / "render.log").write_text("x" * 1_000_001, "utf-8")
    assert as_cron_does(project) == 0
    assert not (logs / "FAILED").exists()
    assert (logs / "render.log.1").stat().st_size == 1_000_001
    assert "1 were fresh" in (logs / "render.log").read_text("utf-8")

    assert as_cron_does(project, RAW="nowhere") == 2
    assert "exit code 2" in (logs / "FAILED").read_text("utf-8")


def test_the_steps_of_the_workflow(project: Path, root: Path) -> None:
    yaml = pytest.importorskip("yaml")
    (project / "reports" / "reports.toml").write_text(GOOD, "utf-8")
    workflow = yaml.safe_load((EXAMPLES / "github-actions.yml").read_text("utf-8"))
    assert workflow[True]["schedule"][0]["cron"] == "15 5 * * 1-5"  # YAML 1.1 reads "on" as true
    steps = [step for step in workflow["jobs"]["reports"]["steps"] if "run" in step]
    summary = project / "summary.md"
    for step in steps:
        if step["run"].startswith("make "):
            subprocess.run([*step["run"].split(), "--dry-run"], cwd=root, check=True, capture_output=True)
            continue
        environment = os.environ | {"GITHUB_STEP_SUMMARY": str(summary)}
        environment.pop("SCSR_DATA", None)
        ran = subprocess.run(
            ["bash", "-e", "-c", step["run"]], cwd=project, env=environment, capture_output=True, check=False
        )
        assert ran.returncode == 0, (step["run"], ran.stderr)
    assert "fresh   answers/all" in summary.read_text("utf-8")
    assert '"event": "end"' in (project / "render.jsonl").read_text("utf-8")
    uploaded = workflow["jobs"]["reports"]["steps"][-1]["with"]["path"].split()
    assert all((project / path).exists() for path in uploaded)
