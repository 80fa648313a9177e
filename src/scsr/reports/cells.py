"""Tables in published files: no cell on too few people, and none that a total gives away.

What a notebook records says which of its columns count people. Any other table, such as a frame that a cell displays,
is held to the plain rule: a column of whole numbers counts people.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scsr.errors import GateError
from scsr.reports.display import column_words
from scsr.reports.published import utf8
from scsr.reports.sections import heading

__all__ = ["Sheet", "check", "check_results", "check_sheet", "sheets_of"]

WHOLE = re.compile(r"\d{1,3}(,\d{3})+|\d+")
SERIES = re.compile(r"dtype: U?[Ii]nt\d+\s*\Z")
GAP = re.compile(r"\s{2,}")
#: What stands in a row of totals in the place of a group.
TOTALS = frozenset({"", "all", "total"})
MIME = "application/vnd.scsr+json"
REMEDY = (
    "record it with scsr.record, which withholds such cells (if its whole numbers count no people, say so by "
    "scsr.Table(..., people=()))"
)

Known = Mapping[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class Sheet:
    """A table in a published file.

    Parameters
    ----------
    place : str
        Where it stands.
    columns : tuple of str
    rows : tuple of tuple
        Cells as numbers or as they are written.
    people : tuple of str or None
        Columns that count people; None where nothing says.
    """

    place: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    people: tuple[str, ...] | None = None


def check(folder: Path, smallest: int) -> None:
    """Check the tables of all files of a report.

    Parameters
    ----------
    folder : Path
        The report, not yet published.
    smallest : int
        The smallest number of people that a cell may rest on.

    Raises
    ------
    GateError
        Naming file, table and row; never the number.
    """
    results = folder / "results.json"
    data = json.loads(results.read_text("utf-8")) if results.is_file() else {}
    known = known_columns(data)
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        where = path.relative_to(folder).as_posix()
        if path == results:
            check_results(data, smallest)
            continue
        for sheet in sheets_of(path, known):
            check_sheet(sheet, smallest, where)


def recorded(results: Mapping[str, Any]) -> Iterator[Sheet]:
    """Go through the recorded tables of ``results.json``, those behind figures included."""
    for kind in ("tables", "figures"):
        for one in results.get(kind, []):
            yield sheet_of(one.get("table", one), repr(one["name"]))


def sheet_of(table: Mapping[str, Any], place: str) -> Sheet:
    """Read the plain data of a recorded table."""
    columns = tuple(str(column["name"]) for column in table["columns"])
    people = table.get("people")
    return Sheet(place, columns, tuple(map(tuple, table["rows"])), None if people is None else tuple(people))


def known_columns(results: Mapping[str, Any]) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Return which columns count people in tables that are shown again: as they are called, and as pages write them."""
    known: dict[tuple[str, ...], tuple[str, ...]] = {}
    for one in recorded(results):
        if one.people is not None:
            for write in (str, column_words, heading):
                names, people = tuple(map(write, one.columns)), tuple(map(write, one.people))
                known[names] = tuple(dict.fromkeys((*known.get(names, ()), *people)))
    return known


def declared(columns: tuple[str, ...], known: Known) -> tuple[str, ...] | None:
    """Return which columns count people, of a table that has those of a recorded one or, in an explorer, some of them."""
    if columns in known:
        return known[columns]
    parts = [people for names, people in known.items() if len(columns) > 1 and set(columns) <= set(names)]
    return tuple(dict.fromkeys(one for people in parts for one in people if one in columns)) if parts else None


def sheets_of(path: Path, known: Known) -> Iterator[Sheet]:
    """Go through the tables of a published file.

    Parameters
    ----------
    path : Path
    known : mapping
        Columns that count people, by the columns of recorded tables.

    Yields
    ------
    Sheet
    """
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as lines:
            rows = [tuple(row) for row in csv.reader(lines)]
        columns = rows[0] if rows else ()
        people = ("n",) if path.name == "estimates.csv" else declared(columns, known)
        yield Sheet("the table", columns, tuple(rows[1:]), people)
    elif path.suffix == ".html":
        yield from html_sheets(path.read_text("utf-8"), known)
    elif path.suffix == ".ipynb":
        yield from notebook_sheets(json.loads(path.read_text("utf-8")))
    elif path.suffix == ".json":
        yield from json_sheets(json.loads(path.read_text("utf-8")))
    elif path.suffix in (".log", ".txt", ".jsonl"):
        yield from text_sheets(path.read_text("utf-8"))


def html_sheets(html: str, known: Known) -> Iterator[Sheet]:
    """Go through the tables of a page."""
    from lxml.html import document_fromstring

    if "<table" not in html:
        return
    root = document_fromstring(html.encode("utf-8"), parser=utf8())
    for n, table in enumerate(root.iter("table"), 1):
        rows = [[text_of(cell) for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
        heads = [row.getparent().tag == "thead" or all(cell.tag == "th" for cell in row) for row in table.iter("tr")]
        body = [tuple(row) for row, head in zip(rows, heads, strict=True) if not head]
        width = max(map(len, body), default=0)
        titles = [row for row, head in zip(rows, heads, strict=True) if head and len(row) == width]
        columns = tuple(titles[-1]) if titles else tuple(f"column {place + 1}" for place in range(width))
        of_estimates = "estimates" in (table.get("class") or "").split() and columns[-1:] == ("n",)
        people = ("n",) if of_estimates else declared(columns, known)
        yield Sheet(f"table {n}", columns, tuple(row for row in body if len(row) == width), people)


def text_of(cell: Any) -> str:
    """Return the words of a cell."""
    return " ".join("".join(cell.itertext()).split())


def notebook_sheets(notebook: Mapping[str, Any]) -> Iterator[Sheet]:
    """Go through the tables that the cells of a notebook put out: recorded, displayed or printed."""
    outputs = [one for cell in notebook.get("cells", []) for one in cell.get("outputs", [])]
    payloads = [one["data"][MIME] for one in outputs if MIME in one.get("data", {})]
    known = known_columns({"tables": [table for one in payloads for table in tables_in(one)]})
    for n, cell in enumerate(notebook.get("cells", []), 1):
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            found: list[Sheet] = []
            for table in tables_in(data.get(MIME, {})):
                found.append(sheet_of(table, repr(table.get("name", "figure"))))
            found += html_sheets("".join(data.get("text/html", "")), known)
            if MIME not in data:
                found += text_sheets("".join(data.get("text/plain", output.get("text", ""))))
            for one in found:
                yield Sheet(f"cell {n}, {one.place}", one.columns, one.rows, one.people)


def tables_in(payload: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the tables of a recorded result."""
    if payload.get("kind") == "estimates":
        rows = [[one["n"]] for one in payload["estimates"]]
        return [{"name": "estimates", "columns": [{"name": "n"}], "rows": rows, "people": ["n"]}]
    if payload.get("kind") == "figure":
        return [payload["table"] | {"name": payload["name"]}]
    return [payload] if payload.get("kind") == "table" else list(payload.get("tables", []))


def json_sheets(value: Any, place: str = "the data") -> Iterator[Sheet]:
    """Go through the tables of JSON data: lists of records, and columns by name."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from json_sheets(inner, str(key))
        lists = [one for one in value.values() if isinstance(one, list)]
        if len(lists) == len(value) > 1 and len({len(one) for one in lists}) == 1:
            yield Sheet(place, tuple(map(str, value)), tuple(zip(*lists, strict=True)))
    elif isinstance(value, list):
        for inner in value:
            yield from json_sheets(inner, place)
        records = [one for one in value if isinstance(one, dict)]
        columns = tuple(dict.fromkeys(str(key) for one in records for key in one))
        yield Sheet(place, columns, tuple(tuple(one.get(name) for name in columns) for one in records))


def text_sheets(text: str) -> Iterator[Sheet]:
    """Go through what a printed Series or frame shows, as pandas writes them, and through lines of JSON."""
    lines = text.rstrip().splitlines()
    if SERIES.search(text):
        pairs = [tuple(line.rsplit(None, 1)) for line in lines[:-1]]
        yield Sheet("printed counts", ("", "count"), tuple(pair for pair in pairs if len(pair) == 2))
    block: list[list[str]] = []
    for line in [*lines, ""]:
        if line.startswith("{"):
            try:
                yield from json_sheets([json.loads(line)], "line")
            except ValueError:
                continue
        cells = GAP.split(line.strip())
        if block and len(cells) in (len(block[0]), len(block[0]) + 1) and len(cells) > 1:
            block.append(cells)
        else:
            yield from printed_frame(block)
            block = [cells] if len(cells) > 1 or line.strip() else []


def printed_frame(block: Sequence[Sequence[str]]) -> Iterator[Sheet]:
    """Read lines as a frame: names of columns, then rows that begin with a running number."""
    body = [tuple(row) for row in block[1:]]
    if body and all(len(row) == len(block[0]) + 1 and row[0].isdecimal() for row in body):
        yield Sheet("printed table", ("", *block[0]), tuple(body))


def count(value: Any) -> int | None:
    """Return a cell as a whole number; None where it is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return int(value) if float(value).is_integer() else None
    if isinstance(value, str) and WHOLE.fullmatch(value):
        return int(value.replace(",", ""))
    return None


def counted(sheet: Sheet) -> list[int]:
    """Return the places of the columns that count people."""
    if sheet.people is not None:
        return [place for place, name in enumerate(sheet.columns) if name in sheet.people]
    found = []
    for place, name in enumerate(sheet.columns):
        cells = [row[place] for row in sheet.rows if place < len(row) and row[place] not in (None, "", "–")]
        if name and cells and all(count(one) is not None and not isinstance(one, float) for one in cells):
            found.append(place)
    return found


def check_sheet(sheet: Sheet, smallest: int, where: str, *, withheld: bool = False) -> None:
    """Check one table.

    Parameters
    ----------
    sheet : Sheet
    smallest : int
    where : str
        The file.
    withheld : bool
        Whether rows of it are withheld, so that any row without a group may be their total.

    Raises
    ------
    GateError
        Naming file, table and row.
    """
    for place in counted(sheet):
        for n, row in enumerate(sheet.rows, 1):
            number = count(row[place]) if place < len(row) else None
            if number is not None and 0 < number < smallest:
                raise GateError(
                    f"{where}, {sheet.place}, row {n}, column {sheet.columns[place]!r}: rests on fewer than {smallest} "
                    f"people; {REMEDY}"
                )
        total = given_away(sheet, place, smallest, withheld or sheet.people is None)
        if total is not None:
            raise GateError(
                f"{where}, {sheet.place}, row {total}, column {sheet.columns[place]!r}: what it is the total of leaves fewer "
                f"than {smallest} people, who are not shown; {REMEDY}"
            )


def given_away(sheet: Sheet, place: int, smallest: int, unnamed: bool) -> int | None:
    """Return the number of a row of totals less whose parts few people are left; None where there is none."""
    keys = [n for n in range(len(sheet.columns)) if n != place and any(is_key(row, n) for row in sheet.rows)]
    whole = [n for n, row in enumerate(sheet.rows) if total_keys(row, keys, unnamed)]
    for n in whole:
        row = sheet.rows[n]
        free = total_keys(row, keys, unnamed)
        fixed = [key for key in keys if key not in free]
        parts = [
            one for one in sheet.rows
            if not total_keys(one, free, True) and all(one[key] == row[key] for key in fixed)
        ]  # fmt: skip
        numbers = [count(one[place]) for one in [row, *parts]]
        if parts and all(number is not None for number in numbers):
            left = numbers[0] - sum(numbers[1:])  # type: ignore[arg-type, operator]
            if 0 < left < smallest:
                return n + 1
    return None


def is_key(row: Sequence[Any], place: int) -> bool:
    """Whether a cell names a group."""
    return (
        place < len(row) and isinstance(row[place], str) and bool(row[place]) and not re.match(r"[\d.,–−-]", row[place])
    )


def total_keys(row: Sequence[Any], keys: Iterable[int], unnamed: bool) -> list[int]:
    """Return by which groups a row is a total: where it says so or, if asked for, names none."""
    said = TOTALS if unnamed else TOTALS - {""}
    return [n for n in keys if n < len(row) and str("" if row[n] is None else row[n]).casefold() in said]


def check_results(results: Mapping[str, Any], smallest: int) -> None:
    """Check what is recorded: tables, the data of figures, and estimates.

    Raises
    ------
    GateError
        Naming table and row, or the estimate.
    """
    withheld = {repr(one["name"]): one.get("table", one).get("withheld", 0)
                for kind in ("tables", "figures") for one in results.get(kind, [])}  # fmt: skip
    for sheet in recorded(results):
        check_sheet(sheet, smallest, "results.json", withheld=bool(withheld[sheet.place]))
    estimates = results.get("estimates", [])
    for one in estimates:
        if 0 < one["n"] < smallest:
            raise GateError(
                f"results.json, estimate {one['name']!r}: rests on fewer than {smallest} people; record it with scsr.record"
            )
    for name in dict.fromkeys(one["name"] for one in estimates if one.get("withheld")):
        check_family([one for one in estimates if one["name"] == name], smallest)


def check_family(estimates: Sequence[Mapping[str, Any]], smallest: int) -> None:
    """Check that the estimates shown do not tell, by the number they rest on, of those of their name that are withheld."""
    families: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for one in estimates:
        families.setdefault(tuple(one["by"]), []).append(one)
    for keys, family in families.items():
        if not any(one.get("withheld") for one in family):
            continue
        for whole in estimates:
            of = whole["by"]
            if whole["status"] != "ok" or not set(of) < set(keys):
                continue
            parts = [one for one in family if all(one["by"][key] == value for key, value in of.items())]
            hidden = [one for one in parts if one.get("withheld")]
            left = whole["n"] - sum(one["n"] for one in parts if one["status"] == "ok")
            if hidden and 0 < left < smallest:
                raise GateError(
                    f"results.json, estimate {whole['name']!r}: less its groups it leaves fewer than {smallest} people, "
                    "whose group is withheld; record all groups in one call of scsr.record"
                )
