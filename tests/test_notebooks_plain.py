"""The notebooks have the anatomy that the project promises, and plain papermill runs each of them."""

from __future__ import annotations

import ast
import copy
import io
import os
import re
import shutil
import subprocess
import sys
import tokenize
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from scsr.reports import parameters, results

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))
NAMES = {"01_corpus", "02_topics", "03_complaint_rates", "04_response_loyalty", "05_wom_spread"}
LONGEST_CELL = 12

#: Strings that name a place in a file system: an absolute or home path, a folder of the project, a file's ending.
PLACE = re.compile(
    r"(~|\.{1,2})/|/[\w.-]+/|[A-Za-z]:\\|(data|docs|examples|notebooks|reports|src|tests)/"
    r"|\S*\.(csv|tsv|jsonl?|parquet|toml|ya?ml|html?|txt|xlsx?|png|svg|pkl|ipynb)$"
)
READS_OR_WRITES = {
    "open", "Path", "read_csv", "read_json", "read_parquet", "read_excel", "read_text", "read_bytes", "write_text",
    "write_bytes", "to_csv", "to_json", "to_parquet", "to_excel", "savefig",
}  # fmt: skip

# --- what a notebook of the project looks like: each check yields what is wrong ---


def code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def prose(notebook: NotebookNode) -> list[str]:
    return [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]


def tagged_parameters(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]


def is_stripped(notebook: NotebookNode) -> Iterator[str]:
    for cell in code(notebook):
        if cell.outputs or cell.execution_count is not None:
            yield f"an output or count was left in the cell {cell.source[:60]!r}: nbstripout it"
    for cell in notebook.cells:
        left = set(cell.metadata) - {"tags"}
        if left:
            yield f"metadata was left in the cell {cell.source[:60]!r}: {sorted(left)}"


def names_python_alone(notebook: NotebookNode) -> Iterator[str]:
    """The kernel that every environment has, and nothing of the machine on which the notebook was written."""
    if notebook.metadata.get("kernelspec", {}).get("name") != "python3":
        yield "the kernel is not python3"
    if set(notebook.metadata) != {"kernelspec", "language_info"}:
        yield f"the notebook's metadata are {sorted(notebook.metadata)}"
    if notebook.metadata.get("language_info") != {"name": "python"}:
        yield f"language_info says more than the language: {notebook.metadata.get('language_info')}"


def asks_a_question(notebook: NotebookNode) -> Iterator[str]:
    first = notebook.cells[0]
    title = first.source.splitlines()[0] if first.source else ""
    if first.cell_type != "markdown" or not title.startswith("# ") or not title.rstrip().endswith("?"):
        yield f"it opens with {title!r}, not with a title that is a question"


def states_limits_and_references(notebook: NotebookNode) -> Iterator[str]:
    headings = [line.lstrip("# ").lower() for text in prose(notebook) for line in text.splitlines() if line[:1] == "#"]
    for section in ("limit", "reference"):
        if not any(section in heading for heading in headings):
            yield f"no section on {section}s"


def declares_parameters(notebook: NotebookNode) -> Iterator[str]:
    cells = tagged_parameters(notebook)
    if len(cells) != 1 or cells[0].cell_type != "code":
        yield f"{len(cells)} cells are tagged 'parameters', not one of code"
        return
    if not parameters.parse(cells[0].source, "notebook"):
        yield "there is no parameter"
    tokens = tokenize.generate_tokens(io.StringIO(cells[0].source).readline)
    commented = {token.start[0] for token in tokens if token.type == tokenize.COMMENT}
    for line in ast.parse(cells[0].source).body:
        if isinstance(line, ast.Expr):
            continue
        if not isinstance(line, ast.AnnAssign):
            yield f"{ast.unparse(line)!r} has no type"
        if line.end_lineno not in commented:
            yield f"{ast.unparse(line)!r} has no comment that gives its unit and what it may be"


def defines_nothing(notebook: NotebookNode) -> Iterator[str]:
    for cell, node in nodes(notebook):
        named_lambda = isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.value, ast.Lambda)
        if named_lambda or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield f"a definition in the cell {cell.source[:60]!r}: it belongs in the package"


def names_no_file(notebook: NotebookNode) -> Iterator[str]:
    for cell, node in nodes(notebook):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and PLACE.match(node.value):
            yield f"a path: {node.value!r}"
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in READS_OR_WRITES:
                yield f"{name}() in the cell {cell.source[:60]!r}"


def has_short_cells(notebook: NotebookNode) -> Iterator[str]:
    for cell in notebook.cells:
        if not cell.source.strip():
            yield "an empty cell"
    for cell in code(notebook):
        n_lines = len(cell.source.strip().splitlines())
        if n_lines > LONGEST_CELL:
            yield f"{n_lines} lines in the cell {cell.source[:60]!r}"


def types_no_number_into_prose(notebook: NotebookNode) -> Iterator[str]:
    """Prose that holds a number is untrue as soon as data or parameters change."""
    section = ""
    for text in prose(notebook):
        for line in re.sub(r"```.*?```", "", text, flags=re.DOTALL).splitlines():
            if line.startswith("#"):
                section = line.lstrip("# ").lower()
            if "reference" not in section:
                number = re.search(r"\S*\d\S*", without_allowed_digits(line))
                if number:
                    yield f"{number.group()!r} in the prose {line[:80]!r}"


def without_allowed_digits(line: str) -> str:
    """Take out inline code, links, and the numbers of headings and list items."""
    line = re.sub(r"`[^`]*`", "", line)
    line = re.sub(r"!?\[[^\]]*\]\([^)]*\)|<https?://[^>]*>|https?://\S+", "", line)
    return re.sub(r"^(\s*|#+ +)\d+(\.\d+)*[.)]? ", "", line)


def answers_first(notebook: NotebookNode) -> Iterator[str]:
    """After what was read, and before anything else, stands the answer."""
    section, headings = "", []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            found = re.findall(r"^## +(.*)", cell.source, re.MULTILINE)
            headings += found
            section = found[-1] if found else section
        elif re.search(r"\bAnswer\(|\banswers\.\w+\(", cell.source):
            if "answer" not in section.lower() or len(headings) > 2:
                yield f"the answer is given under {section!r}, section number {len(headings)}"
            return
    yield "no answer is recorded"


def ends_with_provenance(notebook: NotebookNode) -> Iterator[str]:
    if "provenance" not in notebook.cells[-1].source:
        yield "the last cell does not record the provenance"


def nodes(notebook: NotebookNode) -> Iterator[tuple[NotebookNode, ast.AST]]:
    """Every node of the syntax of every code cell; a magic or a shell line is a syntax error here, as it should be."""
    for cell in code(notebook):
        for node in ast.walk(ast.parse(cell.source)):
            yield cell, node


CHECKS: list[Callable[[NotebookNode], Iterator[str]]] = [
    is_stripped, names_python_alone, asks_a_question, states_limits_and_references, declares_parameters,
    defines_nothing, names_no_file, has_short_cells, types_no_number_into_prose, answers_first,
    ends_with_provenance,
]  # fmt: skip


def test_the_five_notebooks_are_there() -> None:
    assert {path.stem for path in NOTEBOOKS} >= NAMES


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_anatomy(path: Path, check: Callable[[NotebookNode], Iterator[str]]) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert list(check(notebook)) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_a_valid_notebook_whose_parameters_scsr_reads(path: Path) -> None:
    nbformat.validate(nbformat.read(path, as_version=nbformat.NO_CONVERT))
    assert parameters.read(path)


# --- the checks themselves: a good notebook passes, each fault is found ---


def good() -> NotebookNode:
    metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python"},
    }
    cells = [
        new_markdown_cell("# How many complain?\n\nA claim has [a source of 2012](https://example.org/2012)."),
        new_code_cell("level: float = 0.95  # of intervals; range: >0, <1", metadata={"tags": ["parameters"]}),
        new_code_cell("import scsr\nrows = scsr.load('utterances')\nby = sorted(rows, key=lambda row: row.n)"),
        new_markdown_cell("## The answer"),
        new_code_cell("scsr.record(scsr.Answer(f'{len(rows)} do/did.'))"),
        new_markdown_cell("## 1.2 Limits\n\n1. Rows of `x1` only.\n\n```\n12\n```"),
        new_markdown_cell("## References\n\n- Wilson (1927)."),
        new_code_cell("scsr.record(scsr.provenance('utterances'))"),
    ]
    return new_notebook(cells=cells, metadata=metadata)


def test_a_good_notebook_passes_every_check() -> None:
    assert [fault for check in CHECKS for fault in check(good())] == []


def put(place: int, source: str) -> Callable[[NotebookNode], None]:
    """A change that gives a cell another source."""
    return lambda notebook: notebook.cells[place].update(source=source)


FAULTS: list[tuple[Callable[[NotebookNode], Iterator[str]], Callable[[NotebookNode], object]]] = [
    (is_stripped, lambda nb: nb.cells[2].update(execution_count=1)),
    (is_stripped, lambda nb: nb.cells[2].outputs.append(nbformat.v4.new_output("stream", text="x"))),
    (is_stripped, lambda nb: nb.cells[2].metadata.update(execution={"iopub.status.busy": "2020"})),
    (names_python_alone, lambda nb: nb.metadata.kernelspec.update(name="conda-env-mine")),
    (names_python_alone, lambda nb: nb.metadata.language_info.update(version="3.11.2")),
    (names_python_alone, lambda nb: nb.metadata.update(papermill={})),
    (asks_a_question, put(0, "# Complaints")),
    (asks_a_question, put(0, "How many complain?")),
    (asks_a_question, lambda nb: nb.cells.pop(0)),
    (states_limits_and_references, lambda nb: nb.cells.pop(5)),
    (states_limits_and_references, lambda nb: nb.cells.pop(6)),
    (declares_parameters, lambda nb: nb.cells.pop(1)),
    (declares_parameters, lambda nb: nb.cells.append(copy.deepcopy(nb.cells[1]))),
    (declares_parameters, put(1, "level = 0.95  # of intervals")),
    (declares_parameters, put(1, "level: float = 0.95")),
    (declares_parameters, put(1, "# none")),
    (defines_nothing, put(2, "def rate(n):\n    return n")),
    (defines_nothing, put(2, "class Rate: pass")),
    (defines_nothing, put(2, "rate = lambda n: n")),
    (names_no_file, put(2, "rows = load('/home/me/rows')")),
    (names_no_file, put(2, "rows = load('data/processed')")),
    (names_no_file, put(2, "rows = load(f'{name}.csv')")),
    (names_no_file, put(2, "rows = open(name)")),
    (names_no_file, put(2, "rows.to_csv(name)")),
    (has_short_cells, put(2, "x\n" * 13)),
    (has_short_cells, put(5, " ")),
    (types_no_number_into_prose, put(0, "# How many complain?\n\nOf 100 customers")),
    (types_no_number_into_prose, put(5, "## Limits of 12 rows")),
    (answers_first, lambda nb: nb.cells.pop(3)),
    (answers_first, lambda nb: nb.cells.pop(4)),
    (answers_first, lambda nb: nb.cells.insert(3, new_markdown_cell("## Figures\n\n## Tables"))),
    (ends_with_provenance, lambda nb: nb.cells.pop()),
]  # fmt: skip


@pytest.mark.parametrize(("check", "spoil"), FAULTS)
def test_every_fault_is_found(
    check: Callable[[NotebookNode], Iterator[str]], spoil: Callable[[NotebookNode], object]
) -> None:
    notebook = good()
    spoil(notebook)
    assert list(check(notebook))


def test_magics_are_refused() -> None:
    notebook = good()
    notebook.cells[2].source = "!ls"
    with pytest.raises(SyntaxError):
        list(defines_nothing(notebook))


# --- and it runs as a person runs it who has never heard of scsr render ---


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_plain_papermill_runs_it(path: Path, quarter: Path, tmp_path: Path) -> None:
    place = tmp_path / "project"
    (place / "notebooks").mkdir(parents=True)
    shutil.copy(path, place / "notebooks")
    command = [sys.executable, "-m", "papermill", f"notebooks/{path.name}", "out.ipynb", "--no-progress-bar"]
    done = subprocess.run(
        command,
        cwd=place,
        env=surroundings(quarter, tmp_path),
        capture_output=True,
        encoding="utf-8",
        timeout=540,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    notebook = nbformat.read(place / "out.ipynb", as_version=4)
    outputs = [output for cell in code(notebook) for output in cell.outputs]
    assert [output for output in outputs if output.output_type == "error"] == []
    assert [output.text for output in outputs if output.get("name") == "stderr"] == [], "a warning among the results"
    assert results.collect(notebook).answer
    assert sorted(one.name for one in place.iterdir()) == ["notebooks", "out.ipynb"], "a kernel wrote a file"


def surroundings(processed: Path, tmp_path: Path) -> dict[str, str]:
    """Environment in which Jupyter knows no kernel and no setting of this user, and scsr knows the data."""
    own = {f"JUPYTER_{name}_DIR": str(tmp_path / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SCSR_", "JUPYTER", "COV_"))}
    return kept | own | {"SCSR_DATA": str(processed), "IPYTHONDIR": str(tmp_path / "ipython")}
