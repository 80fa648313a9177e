"""The house stands: imports point downwards, the lists of dependencies agree, the project names no address."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

SRC = Path(__file__).parent.parent / "src" / "scsr"

#: Rooms from the ground up. A room may import rooms that stand before it; those of one tuple are a row without order.
FLOORS = [
    "errors",
    "numbers",
    "schema",
    "text.resources",
    "text.patterns",
    "text.remember",
    "text.runs",
    "text.dictionaries",
    "text.normalise",
    "text.language",
    "text.tokens",
    "text.concepts",
    "text.light",
    "text.privacy",
    "corpus.store",
    "corpus.inputs",
    "corpus.convokit",
    "corpus.readers",
    "corpus.pages",
    "corpus.threads",
    "corpus.prepare",
    "analysis.compact",
    "analysis.disclosure",
    "analysis.estimates",
    "analysis.calibration",
    "analysis.checks",
    "analysis.intervals",
    "analysis.coverage",
    "analysis.labels",
    "analysis.topics",
    "analysis.complaints",
    "analysis.loyalty",
    "analysis.wom",
    "analysis.simulate",
    "figures",
    "reports.languages",
    "reports.display",
    "reports.sections",
    "reports.results",
    "reports.explorer",
    "reports.shown",
    "reports.widgets",
    "reports.answers",
    "reports.parameters",
    "reports.sanitise",
    "reports.published",
    "reports.cells",
    "reports.gate",
    "reports.page",
    "reports.config",
    "reports.freshness",
    "reports.provenance",
    "reports.publish",
    "reports.kernels",
    "reports.tidy",
    "reports.execute",
    "reports.worker",
    "reports.pool",
    "reports.claims",
    "reports.diff",
    "reports.index",
    "reports.runner",
    "reports.talk",
    "cli",
]


def room(module: str) -> str:
    """The room that a dotted module below scsr belongs to."""
    parts = module.split(".")
    for length in (2, 1):
        if ".".join(parts[:length]) in FLOORS:
            return ".".join(parts[:length])
    return module


def modules() -> dict[str, Path]:
    found = {}
    for path in sorted(SRC.rglob("*.py")):
        parts = list(path.relative_to(SRC).with_suffix("").parts)
        if parts[-1] == "__init__":
            parts.pop()
        found[".".join(parts)] = path
    return found


def imports(path: Path) -> set[str]:
    """Modules below scsr that a file imports, at its top or inside a function."""
    wanted: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: relative import; name the module in full"
            if node.module == "scsr":
                wanted.update(alias.name for alias in node.names)
            elif node.module and node.module.startswith("scsr."):
                base = node.module.removeprefix("scsr.")
                wanted.update(
                    f"{base}.{alias.name}" if f"{base}.{alias.name}" in modules() else base for alias in node.names
                )
        elif isinstance(node, ast.Import):
            wanted.update(alias.name.removeprefix("scsr.") for alias in node.names if alias.name.startswith("scsr."))
    return wanted


def test_every_module_has_a_room() -> None:
    packages = {"", "text", "corpus", "analysis", "reports"}
    for module in modules():
        assert module in packages or room(module) in FLOORS, f"{module} is in no room of the house"


@pytest.mark.parametrize("module", [m for m in modules() if m not in {"", "text", "corpus", "analysis", "reports"}])
def test_imports_point_downwards(module: str) -> None:
    here = FLOORS.index(room(module))
    for wanted in imports(modules()[module]):
        if room(wanted) in FLOORS:
            assert FLOORS.index(room(wanted)) <= here, f"scsr.{module} imports scsr.{wanted}, which stands above it"


def test_the_text_floor_knows_no_pandas() -> None:
    for path in (SRC / "text").rglob("*.py"):
        assert not re.search(r"^\s*(import|from) pandas", path.read_text(encoding="utf-8"), re.MULTILINE), path


def test_the_lists_of_dependencies_agree(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    lock = (root / "requirements.lock").read_text(encoding="utf-8")
    locked = set(re.findall(r"^([a-z0-9._-]+)==", lock, re.MULTILINE))
    declared = list(project["project"]["dependencies"])
    for group in (
        *project["project"]["optional-dependencies"].values(),
        *project["dependency-groups"].values(),
    ):
        declared += group
    for requirement in declared:
        name = re.match(r"[A-Za-z0-9._-]+", requirement)
        assert name
        assert name.group().lower().replace("_", "-") in locked, (
            f"{name.group()} is not in requirements.lock: make lock"
        )
    assert all(
        line.startswith(("    --hash=sha256:", "#")) or "==" in line for line in lock.splitlines() if line.strip()
    )
    environment = (root / "environment.yml").read_text(encoding="utf-8")
    assert "-r requirements.lock" in environment
    assert f"python {project['project']['requires-python']}" in environment


def test_no_lock_records_an_address(root: Path) -> None:
    for name in ("requirements.lock", "pyproject.toml", "environment.yml", "tests/browser/package-lock.json"):
        assert "://" not in (root / name).read_text(encoding="utf-8"), name


def test_importing_scsr_imports_next_to_nothing() -> None:
    heavy = "{'pandas', 'numpy', 'matplotlib', 'papermill', 'gensim', 'pandera'}"
    code = f"import sys, scsr; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
