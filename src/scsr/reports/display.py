"""Turn what a notebook recorded into HTML and plain text, for JupyterLab and for the report alike.

The input is the plain data that :func:`scsr.reports.results.record` makes, never an object, so that a
published page can be made again from its notebook. Every word of it is escaped here.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from scsr.numbers import number, percent

__all__ = [
    "estimates_table",
    "figure_html",
    "interval",
    "number",
    "payload_html",
    "payload_text",
    "percent",
    "quantity",
    "table_html",
    "words_html",
    "words_text",
]  # fmt: skip

ROWS_SHOWN = 200
#: Characters of a unit that can stand beside a number in a narrow column.
SHORT = 10
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
#: An instant in a cell of text, of which a reader needs the day.
INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+]00:00)")
COLUMN_WORDS = {"ci_low": "interval from", "ci_high": "interval to", "p_value": "p-value", "n": "n"}
UNIT_SUFFIXES = {"_h": "hours", "_days": "days"}

Payload = Mapping[str, Any]


def quantity(estimate: Payload) -> str:
    """Write the number of an estimate with its unit; ``not estimable`` where there is none.

    Examples
    --------
    >>> quantity({"status": "ok", "estimate": 0.512, "unit": "share"})
    '51.2%'
    """
    if estimate["status"] != "ok":
        return "not estimable"
    if estimate["unit"] == "share":
        return percent(estimate["estimate"])
    if estimate["unit"] == "ratio":
        return number(estimate["estimate"])
    return f"{number(estimate['estimate'])} {estimate['unit']}".strip()


def interval(estimate: Payload) -> str:
    """Write the interval of an estimate; empty where there is none.

    Examples
    --------
    >>> interval({"status": "ok", "ci_low": 0.4, "ci_high": "inf"})
    '0.4 to ∞'
    """
    if estimate["status"] != "ok":
        return ""
    write = percent if estimate.get("unit") == "share" else number
    return f"{write(estimate['ci_low'])} to {write(estimate['ci_high'])}"


def subject(estimate: Payload) -> str:
    """Say what an estimate is of: its estimand and its group."""
    group = ", ".join(estimate["by"].values())
    return f"{estimate['estimand']} ({group})" if group else str(estimate["estimand"])


def cell(value: Any, numeric: bool) -> str:
    """Write one cell of a table, escaped."""
    if numeric or value is None:
        return escape(number(value))
    instant = INSTANT.fullmatch(str(value))
    return escape(instant[1] if instant else str(value))


def column_words(name: str) -> str:
    """Write the name of a column as a reader takes it; the file of the table keeps the name.

    Examples
    --------
    >>> [column_words(name) for name in ("ci_low", "n_answered", "median_wait_h", "p_value")]
    ['interval from', 'answered', 'median wait, hours', 'p-value']
    """
    if name in COLUMN_WORDS:
        return COLUMN_WORDS[name]
    words = name.removeprefix("n_")
    for suffix, unit in UNIT_SUFFIXES.items():
        if words.endswith(suffix):
            return f"{words.removesuffix(suffix)}, {unit}".replace("_", " ")
    return words.replace("_", " ")


def table_html(table: Payload, caption: str = "", csv: str = "") -> str:
    r"""Write a table as HTML.

    Parameters
    ----------
    table : mapping
        ``columns`` (``name`` and ``type``, which is ``number`` or ``text``), ``rows`` and ``withheld``, the number
        of rows left out because they rest on too few people.
    caption : str
        Shown above the table.
    csv : str
        Link to the same table as a file; none where empty.

    Returns
    -------
    str
        A ``div`` that scrolls sideways on a narrow screen; the keyboard reaches it.

    Examples
    --------
    >>> html = table_html({"columns": [{"name": "<b>", "type": "text"}], "rows": [["å"]], "withheld": 0}, "Letters")
    >>> "<b>" in html, "<th scope=\"row\">å</th>" in html
    (False, True)
    """
    numeric = [column["type"] == "number" for column in table["columns"]]
    head = "".join(
        f'<th scope="col"{NUM if n else ""}>{escape(column_words(str(c["name"])))}</th>'
        for c, n in zip(table["columns"], numeric, strict=True)
    )
    spoken = [spoken_in(column.get("lang", ""), table["columns"]) for column in table["columns"]]
    body = "".join(row_html(row, numeric, spoken) for row in table["rows"][:ROWS_SHOWN])
    notes = [] if table["rows"] else ["No rows."]
    if len(table["rows"]) > ROWS_SHOWN:
        notes.append(f"The first {ROWS_SHOWN} of {len(table['rows']):,} rows.")
    if table.get("withheld"):
        notes.append(f"{table['withheld']:,} rows rest on too few people to be shown and are withheld.")
    if csv:
        notes.append(f'<a href="{escape(csv)}">Table as CSV</a>')
    title = f"<caption><span>{escape(caption)}</span></caption>" if caption else ""
    label = escape(caption or "table")
    return (
        f'<div class="scroll" role="group" tabindex="0" aria-label="{label}"><table class="data">{title}'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        + (f'<p class="note">{" ".join(notes)}</p>' if notes else "")
    )


NUM = ' class="num"'


def spoken_in(lang: str, columns: Sequence[Mapping[str, Any]]) -> str | int:
    """Say which language the words of a column are in: its code, or the place of the column that names it."""
    names = [column["name"] for column in columns]
    return names.index(lang) if lang in names else lang


def lang_attribute(code: Any) -> str:
    """Write the language of an element; nothing where it is none."""
    return f' lang="{code}"' if isinstance(code, str) and LANGUAGE.fullmatch(code) else ""


def row_html(row: Sequence[Any], numeric: Sequence[bool], spoken: Sequence[str | int]) -> str:
    """Write one row; a first column of words heads it."""
    cells = []
    for place, (value, is_number, lang) in enumerate(zip(row, numeric, spoken, strict=True)):
        own = lang_attribute(row[lang] if isinstance(lang, int) else lang)
        if place == 0 and not is_number:
            cells.append(f'<th scope="row"{own}>{cell(value, False)}</th>')
        else:
            cells.append(f"<td{NUM if is_number else ''}{own}>{cell(value, is_number)}</td>")
    return f"<tr>{''.join(cells)}</tr>"


def estimates_html(payload: Payload) -> str:
    """Write estimates as a small table, with methods and assumptions folded below it."""
    estimates = payload["estimates"]
    if not estimates:
        return '<p class="note">There is no group to estimate this for.</p>'
    return estimates_table(estimates) + methods_html(estimates)


def estimates_table(estimates: Sequence[Payload], label: str = "Estimates") -> str:
    """Write estimates as a table in which no quantity is named twice.

    Where all are of one quantity, it is the caption; where some that follow each other are, it heads their rows.

    Parameters
    ----------
    estimates : sequence of mapping
    label : str
        What the keyboard meets.

    Returns
    -------
    str
    """
    runs = [list(run) for _, run in itertools.groupby(estimates, lambda one: (one["estimand"], one["unit"]))]
    shared = len(runs) == 1 and grouped(runs[0])
    levels = " / ".join(sorted({f"{one['level'] * 100:g}%" for one in estimates}))
    bodies = []
    for run in runs:
        headed = grouped(run)
        rows = [estimate_row(one, headed) for one in run]
        if headed and not shared:
            rows.insert(0, f'<tr class="quantity"><th scope="rowgroup" colspan="4">{escape(heading(run[0]))}</th></tr>')
        bodies.append(f"<tbody>{''.join(rows)}</tbody>")
    caption = f"<caption><span>{escape(heading(runs[0][0]))}</span></caption>" if shared else ""
    what = escape(" and ".join(next(one["by"] for one in estimates if one["by"]))) if shared else "What"
    return (
        f'<div class="scroll" role="group" tabindex="0" aria-label="{escape(label)}"><table class="estimates">{caption}'
        f'<thead><tr><th scope="col">{what}</th><th scope="col" class="num">Estimate</th>'
        f'<th scope="col" class="num">{escape(levels)} interval</th><th scope="col" class="num">n</th></tr></thead>'
        f"{''.join(bodies)}</table></div>"
    )


def grouped(run: Sequence[Payload]) -> bool:
    """Whether estimates of one quantity are those of its groups, with or without the whole."""
    return len(run) > 1 and sum(not one["by"] for one in run) <= 1


def heading(estimate: Payload) -> str:
    """Name the quantity of an estimate with its unit, unless the name says it."""
    words, unit = str(estimate["estimand"]), estimate["unit"]
    return words if unit in ("", "share", "ratio") or unit in words else f"{words}, in {unit}"


def named(one: Payload) -> str:
    """Name an estimate with its unit, where that is too long to stand beside the number."""
    if len(one["unit"]) <= SHORT or one["status"] != "ok":
        return subject(one)
    group = ", ".join(one["by"].values())
    return heading(one) + (f" ({group})" if group else "")


def estimate_row(one: Payload, headed: bool) -> str:
    """Write one estimate; below the name of its quantity, only its group is named."""
    what = f'<th scope="row">{escape(", ".join(one["by"].values()) or "all" if headed else named(one))}</th>'
    if one["status"] != "ok":
        return f'<tr>{what}<td colspan="3" class="missing">Not estimable: {escape(one["reason"])}</td></tr>'
    with_unit = one["unit"] == "share" or (len(one["unit"]) <= SHORT and not headed)
    value = quantity(one) if with_unit else number(one["estimate"])
    return (
        f'<tr>{what}<td class="num">{escape(value)}</td>'
        f'<td class="num">{escape(interval(one))}</td><td class="num">{number(one["n"])}</td></tr>'
    )


def methods_html(estimates: Sequence[Payload]) -> str:
    """Fold methods and assumptions below the estimates that rest on them, each said once."""
    said: dict[tuple[str, tuple[str, ...]], None] = {}
    for one in estimates:
        if one["method"]:
            said[one["method"], tuple(one["assumptions"])] = None
    items = []
    for method, assumptions in said:
        holds = f" Assumes: {escape('; '.join(assumptions))}." if assumptions else ""
        items.append(f"<li>{escape(method)}.{holds}</li>".replace("..", "."))
    if not items:
        return ""
    return f"<details><summary>Method and assumptions</summary><ul>{''.join(items)}</ul></details>"


def figure_html(payload: Payload, svg: str | None = None, csv: str = "") -> str:
    """Write a figure: the drawing, its title, its description in words and the data behind it.

    Parameters
    ----------
    payload : mapping
        A recorded figure.
    svg : str, optional
        The drawing to show in the place of the recorded one, such as a sanitised copy.
    csv : str
        Link to the data behind the figure.

    Returns
    -------
    str
    """
    name = escape(payload["name"])
    drawing = payload["svg"] if svg is None else svg
    size = ' style="max-width: 31rem"' if svg is None else ""  # a page has a style sheet for it
    return (
        f'<figure class="figure" id="figure-{name}">'
        f'<figcaption id="figure-{name}-title">{escape(payload["title"])}</figcaption>'
        f'<div class="drawing" role="img"{lang_attribute(payload.get("lang"))} aria-labelledby="figure-{name}-title" '
        f'aria-describedby="figure-{name}-words"{size}>{drawing}</div>'
        f"<details><summary>Description in words</summary>"
        f'<p id="figure-{name}-words">{escape(payload["description"])}</p></details>'
        f"<details><summary>Data behind the figure</summary>{table_html(payload['table'], csv=csv)}</details>"
        "</figure>"
    )


def words_html(words: Sequence[str | Mapping[str, str]]) -> str:
    """Write words as HTML, those of another language with the name of it.

    Examples
    --------
    >>> words_html(["the largest (", {"lang": "sv", "text": "ränta & avgift"}, ")"])
    'the largest (<span lang="sv">ränta &amp; avgift</span>)'
    """
    return "".join(
        escape(one, quote=False)
        if isinstance(one, str)
        else f"<span{lang_attribute(one['lang'])}>{escape(one['text'], quote=False)}</span>"
        if lang_attribute(one["lang"])
        else escape(one["text"], quote=False)
        for one in words
    )


def words_text(words: Sequence[str | Mapping[str, str]]) -> str:
    """Write words as plain text."""
    return "".join(one if isinstance(one, str) else one["text"] for one in words)


def payload_html(payload: Payload) -> str:
    """Write any recorded result as HTML.

    Examples
    --------
    >>> payload_html({"kind": "answer", "text": "Few & far.", "estimates": []})
    '<p class="answer">Few &amp; far.</p>'
    """
    kind = payload["kind"]
    if kind == "estimates":
        return estimates_html(payload)
    if kind == "figure":
        return figure_html(payload)
    if kind == "table":
        return table_html(payload, payload["caption"])
    english = payload.get("languages", {}).get("en")
    return f'<p class="answer">{words_html(english["answer"] if english else [payload["text"]])}</p>'


def payload_text(payload: Payload) -> str:
    """Write any recorded result as plain text.

    Examples
    --------
    >>> payload_text({"kind": "answer", "text": "Few.", "estimates": []})
    'Few.'
    """
    kind = payload["kind"]
    if kind == "estimates":
        return "\n".join(
            f"{subject(e)}: {quantity(e)}" + (f" [{interval(e)}]" if e["status"] == "ok" else f", {e['reason']}")
            for e in payload["estimates"]
        )
    if kind == "figure":
        return f"{payload['title']}\n{payload['description']}"
    if kind == "table":
        names = "  ".join(str(c["name"]) for c in payload["columns"])
        lines = ["  ".join(number(v) for v in row) for row in payload["rows"][:ROWS_SHOWN]]
        return "\n".join([payload["caption"], names, *lines])
    return str(payload["text"])
