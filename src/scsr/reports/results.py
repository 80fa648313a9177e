"""What a notebook records, and how it is read back from the executed notebook.

:func:`record` is the one way out of a notebook: the result becomes an output of the cell, in the type
``application/vnd.scsr+json`` for programs and in HTML for readers. A kernel writes no file.

Numbers on fewer than :func:`smallest_cell` people are withheld here, before anybody sees them.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from scsr.analysis.disclosure import hidden_estimates, people_columns, smallest_cell, withhold, without_few
from scsr.errors import RenderError, ScsrError
from scsr.reports import display, sections

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MIME", "Answer", "Results", "Table", "collect", "record", "smallest_cell", "table_data", "withhold"]

MIME = "application/vnd.scsr+json"
NAME = re.compile(r"[A-Za-z0-9][\w-]{0,80}", re.ASCII)
WITHHELD = "it rests on fewer than {}, and is withheld to protect them"
TELLS = "it would give away another that rests on fewer than {}, and is withheld to protect them"


@dataclass(frozen=True)
class Answer:
    """The sentence that answers the report's question, made from the results.

    Parameters
    ----------
    text : str
        The sentence.
    estimates : tuple of str
        Names of the estimates that it rests on.
    languages : mapping of str to mapping
        The same in each language: ``question`` and ``answer``, and the lists ``rests`` and ``limits``. A text is a list
        of words in the language, and of mappings (``lang``, ``text``) for words of another.
    """

    text: str
    estimates: tuple[str, ...] = ()
    languages: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A table to publish.

    Parameters
    ----------
    name : str
        File name without ending: ASCII letters, digits, ``-`` and ``_``.
    caption : str
        What the table shows, with its units.
    frame : DataFrame
        The table; its index is not published.
    people : tuple of str, optional
        Columns that count people, or what people did; a row in which one of them is small is withheld, and what would
        give it away. By default every column of whole numbers; ``()`` where a table says nothing of people.
    foreign : mapping of str to str
        Columns that hold words of another language than English: the code of it, or the column that names it.
    """

    name: str
    caption: str
    frame: pd.DataFrame
    people: tuple[str, ...] | None = None
    foreign: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Results:
    """All that one executed notebook recorded, as plain data, in the order of its cells."""

    answers: list[dict[str, Any]] = field(default_factory=list)
    estimates: list[dict[str, Any]] = field(default_factory=list)
    figures: list[dict[str, Any]] = field(default_factory=list)
    tables: list[dict[str, Any]] = field(default_factory=list)

    @property
    def answer(self) -> str:
        """The answer in words; empty where the notebook gave none."""
        return "\n".join(one["text"] for one in self.answers)

    @property
    def answer_in(self) -> dict[str, str]:
        """The answer in every language that it was given in."""
        found: dict[str, list[str]] = {}
        for one in self.answers:
            for language, told in one.get("languages", {}).items():
                found.setdefault(language, []).append(display.words_text(told["answer"]))
        return {language: "\n".join(texts) for language, texts in found.items()}

    @property
    def headline(self) -> list[dict[str, Any]]:
        """The estimates that the index shows."""
        return [one for one in self.estimates if one["headline"]]


def plain(value: Any) -> Any:
    """Turn a cell into JSON: numbers, strings and None; infinity as ``inf``."""
    if hasattr(value, "isoformat"):
        return None if value != value else instant(value)
    if hasattr(value, "item"):
        value = value.item()
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        if math.isnan(value):
            return None
        return value if math.isfinite(value) else ("inf" if value > 0 else "-inf")
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(value, (list, tuple)):
        return ", ".join(str(one) for one in value)
    return str(value)


def instant(value: Any) -> str:
    """Write a time as ISO 8601: midnight as the day, UTC as ``Z``.

    Examples
    --------
    >>> import pandas as pd
    >>> instant(pd.Timestamp("2022-05-09", tz="UTC")), instant(pd.Timestamp("2022-05-09T10:30", tz="UTC"))
    ('2022-05-09', '2022-05-09T10:30:00Z')
    """
    said = str(value.isoformat()).replace("+00:00", "Z")
    return said.removesuffix("Z").removesuffix("T00:00:00") if said.rstrip("Z").endswith("T00:00:00") else said


def table_data(
    frame: pd.DataFrame, people: Sequence[str] | None = None, foreign: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Turn a frame into plain data, rows on too few people withheld.

    Returns
    -------
    dict
        ``columns`` (``name``, ``type``, ``lang`` where its words are foreign), ``rows``, ``people`` and ``withheld``.

    Examples
    --------
    >>> import pandas as pd
    >>> data = table_data(pd.DataFrame({"country": ["SE", "NO"], "n": [9, 7], "rate": [.5, float("nan")]}))
    >>> data["rows"], data["columns"][1]
    ([['SE', 9, 0.5], ['NO', 7, None]], {'name': 'n', 'type': 'number'})
    """
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    frame = frame.reset_index(drop=True).rename(columns=str)
    if people is None:
        people = people_columns(frame)
    kept, withheld = withhold(frame, people)
    columns = [
        {"name": str(name), "type": "number" if is_numeric_dtype(data) and not is_bool_dtype(data) else "text"}
        for name, data in kept.items()
    ]  # fmt: skip
    for column in columns:
        if foreign and column["name"] in foreign:
            column["lang"] = foreign[column["name"]]
    rows = [[plain(value) for value in row] for row in zip(*(kept[name] for name in kept.columns), strict=True)]
    return {"columns": columns, "rows": rows, "people": list(people), "withheld": withheld}


def estimate_data(estimate: Any, headline: bool, hidden: bool = False) -> dict[str, Any]:
    """Turn an estimate into plain data; a number on too few units is withheld, with the reason."""
    limit = smallest_cell()
    data = estimate.as_dict() | {"headline": headline}
    data["extra"] = {key: plain(value) for key, value in data.get("extra", {}).items()}
    small = 0 < data["n"] < limit
    if small or hidden:
        if data["status"] == "ok":
            data |= {"estimate": None, "ci_low": None, "ci_high": None, "status": "not_estimable"}
            data["reason"] = (WITHHELD if small else TELLS).format(limit)
        data |= {"n": 0, "extra": {}, "withheld": True}
    data["reason"] = without_few(data["reason"], limit)
    return data


def checked_name(kind: str, name: str) -> str:
    """Refuse a name that cannot be a file name."""
    if not NAME.fullmatch(name):
        raise ScsrError(f"{kind} {name!r}: a name has ASCII letters, digits, '-' and '_' only; it names a file")
    return name


def payload(thing: Any, headline: bool) -> dict[str, Any]:
    """Turn one result into the plain data that the notebook carries."""
    if isinstance(thing, Answer):
        told = {"languages": dict(thing.languages)} if thing.languages else {}
        return {"kind": "answer", "text": thing.text, "estimates": list(thing.estimates)} | told
    if isinstance(thing, Table):
        name = checked_name("table", thing.name)
        return {"kind": "table", "name": name, "caption": thing.caption} | table_data(
            thing.frame, thing.people, thing.foreign
        )
    if all(hasattr(thing, part) for part in ("name", "title", "description", "table", "svg")):
        lang = getattr(thing, "lang", "")
        people = getattr(thing, "people", None)
        table = table_data(thing.table, people, dict.fromkeys(("term", "terms"), lang) if lang else None)
        if table["withheld"] and hasattr(thing, "people"):  # drawn by us, from these very rows
            raise ScsrError(
                f"figure {thing.name!r} draws {table['withheld']} rows that rest on fewer than {smallest_cell()} people or "
                "give them away; draw what scsr.withhold keeps"
            )
        return {
            "kind": "figure", "name": checked_name("figure", thing.name), "title": thing.title,
            "description": thing.description, "table": table, "svg": thing.svg, **({"lang": lang} if lang else {}),
        }  # fmt: skip
    if all(hasattr(thing, part) for part in ("keys", "sections", "tables")):
        checked_name("explorer", thing.name)
        data = {name: value for name, value in asdict(thing).items() if name != "tables"}
        return {"kind": "explorer"} | data | {"tables": [payload(table, False) for table in thing.tables]}
    estimates = list(thing) if isinstance(thing, (list, tuple)) else [thing]
    for one in estimates:
        if not (hasattr(one, "as_dict") and hasattr(one, "estimand")):
            raise ScsrError(
                f"record takes an Estimate, a list of them, a Figure, a Table, an Explorer or an Answer, not {type(one).__name__}"
            )
    hidden = hidden_estimates(estimates)
    made = [estimate_data(one, headline, gone) for one, gone in zip(estimates, hidden, strict=True)]
    return {"kind": "estimates", "estimates": made}


def record(*things: Any, headline: bool = False) -> dict[str, Any] | list[dict[str, Any]] | None:
    """Record results: show them in the notebook and hand them to the report.

    Parameters
    ----------
    *things : Estimate, list of Estimate, Figure, Table, Explorer or Answer
        What to record, in order.
    headline : bool
        Whether the index of all reports shows these estimates.

    Returns
    -------
    dict, list of dict or None
        What was recorded, as plain data; None inside IPython, which shows it instead.

    Raises
    ------
    ScsrError
        If a thing is none of these, or its name cannot name a file.

    Examples
    --------
    >>> record(Answer("One in ten complains.", ("complaint_rate",)))["kind"]
    'answer'
    """
    made = [payload(thing, headline) for thing in things]
    if in_ipython():
        for one in made:
            show(one)
        return None
    return made[0] if len(made) == 1 else made


def in_ipython() -> bool:
    """Whether the caller is a notebook."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and ipython.get_ipython() is not None


def show(data: dict[str, Any]) -> None:
    """Display a recorded result in the types that JupyterLab, the report and programs read."""
    from IPython.display import display as show_in_notebook

    explores = data["kind"] == "explorer"
    html = sections.explorer_html(data, folded=True) if explores else display.payload_html(data)
    text = sections.explorer_text(data) if explores else display.payload_text(data)
    bundle = {MIME: data, "text/html": html, "text/plain": text}
    if data["kind"] == "figure":
        bundle["image/svg+xml"] = data["svg"]
    show_in_notebook(bundle, raw=True)


def collect(notebook: Any) -> Results:
    """Read back all that an executed notebook recorded.

    Parameters
    ----------
    notebook : NotebookNode

    Returns
    -------
    Results

    Raises
    ------
    RenderError
        If two estimates share name and group, or two tables or figures share a name.

    Examples
    --------
    >>> from types import SimpleNamespace as N
    >>> said = {"data": {MIME: {"kind": "answer", "text": "Yes.", "estimates": []}}}
    >>> collect(N(cells=[N(cell_type="code", outputs=[said])])).answer
    'Yes.'
    """
    found = Results()
    for one in payloads(notebook):
        kind = one.get("kind")
        if kind == "estimates":
            found.estimates.extend(one["estimates"])
        elif kind == "explorer":
            found.tables.extend(one["tables"])
        elif kind in ("answer", "figure", "table"):
            {"answer": found.answers, "figure": found.figures, "table": found.tables}[kind].append(one)
        else:
            raise RenderError(f"the notebook recorded a result of the unknown kind {kind!r}")
    refuse_twice("estimate", ((one["name"], tuple(sorted(one["by"].items()))) for one in found.estimates))
    refuse_twice("table or figure", (one["name"] for one in [*found.figures, *found.tables]))
    return found


def payloads(notebook: Any) -> Iterable[dict[str, Any]]:
    """Go through the recorded results of a notebook."""
    for one in notebook.cells:
        if one.cell_type == "code":
            for output in one.outputs:
                if MIME in output.get("data", {}):
                    yield output["data"][MIME]


def refuse_twice(kind: str, keys: Iterable[Any]) -> None:
    """Refuse two results of one name."""
    seen = set()
    for key in keys:
        if key in seen:
            raise RenderError(f"{kind} {key!r} was recorded twice; give each a name of its own")
        seen.add(key)
