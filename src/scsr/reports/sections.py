"""An explorer as HTML: a list of links and one section for each, which stand as they are where no script runs.

The page's script turns the list into a choice and shows the chosen section alone; in a notebook, sections are folded.
The input is plain data, as for :mod:`scsr.reports.display`, and every word of it is escaped here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Any

from scsr.reports.display import column_words, lang_attribute, number, percent

__all__ = ["explorer_html", "explorer_text"]

Payload = Mapping[str, Any]
INTERVAL = ("ci_low", "ci_high")
HEADINGS = {"estimate": "share", "ci_low": "interval", "utterance_id": "utterance_id"}
IDENTIFIER = re.compile(r"[0-9a-f]{16,64}")
PLAIN = re.compile(r"[\w-]+")


@dataclass(frozen=True)
class Sheet:
    """One table of an explorer: its columns by name, which are shares, the largest of each, rows by section."""

    caption: str
    names: tuple[str, ...]
    shares: frozenset[str]
    words: frozenset[str]
    largest: Mapping[str, float]
    rows: Mapping[tuple[Any, ...], Sequence[Mapping[str, Any]]]


def sheets(payload: Payload) -> list[Sheet]:
    """Read the tables of an explorer; their first columns, the explorer's keys, say which section a row is of."""
    n_keys, made = len(payload["keys"]), []
    for table in payload["tables"]:
        names = [column["name"] for column in table["columns"]]
        rows: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
        for row in table["rows"]:
            rows.setdefault(tuple(row[:n_keys]), []).append(dict(zip(names[n_keys:], row[n_keys:], strict=True)))
        shares = frozenset(payload["shares"]) & set(names)
        largest = {name: longest(table, names, name) for name in shares}
        shown = tuple(name for name in names[n_keys:] if name not in payload["unseen"])
        made.append(Sheet(table["caption"], shown, shares, frozenset(payload["words"]), largest, rows))
    return made


def longest(table: Payload, names: Sequence[str], name: str) -> float:
    """Return the largest number of a column, intervals included, at which its bars are full."""
    ends = [name, "ci_high"] if name == "estimate" and "ci_high" in names else [name]
    return max((row[names.index(end)] or 0 for row in table["rows"] for end in ends), default=0)


def anchor(payload: Payload, key: Sequence[Any]) -> str:
    """Return the identifier of a section in its page: its key where that can be one, else its place."""
    words = "-".join([payload["name"], *map(str, key)])
    if PLAIN.fullmatch(words):
        return words
    places = {tuple(one["key"]): place for place, one in enumerate(payload["sections"])}
    return f"{payload['name']}--{places.get(tuple(key), 0)}"


def explorer_html(payload: Payload, *, folded: bool = False, csv: bool = False) -> str:
    """Write an explorer.

    Parameters
    ----------
    payload : mapping
        A recorded explorer.
    folded : bool
        Whether sections are folded away, as in a notebook, where no script of ours runs.
    csv : bool
        Whether to link to the tables as files.

    Returns
    -------
    str
    """
    if not payload["sections"]:
        return '<p class="note">There is nothing to choose from.</p>'
    tables = sheets(payload)
    parts = [section_html(payload, section, tables, folded) for section in payload["sections"]]
    notes = [escape(note) for note in payload["notes"]]
    if csv:
        links = [
            f'<a href="tables/{escape(one["name"])}.csv">{escape(one["caption"])}</a>' for one in payload["tables"]
        ]
        notes.append(f"As CSV: {', '.join(links)}.")
    foot = "".join(f'<p class="note">{note}</p>' for note in notes)
    title = f"<h3>{escape(payload['title'])}</h3>"
    if folded:
        return title + "".join(parts) + foot
    return (
        f'<div class="explorer" id="{escape(payload["name"])}">{title}{choices_html(payload)}'
        f'<div class="sections">{"".join(parts)}</div></div>{foot}'
    )


def choices_html(payload: Payload) -> str:
    """Write the links to the sections, by group."""
    groups = []
    for group, some in groupby(payload["sections"], key=lambda one: one["group"]):
        items = "".join(
            f'<li><a href="#{escape(anchor(payload, one["key"]))}">'
            f"<span{lang_attribute(one['lang'])}>{escape(one['title'])}</span>{bar(one['size'])}</a></li>"
            for one in some
        )
        groups.append(f"<div><p>{escape(group)}</p><ul>{items}</ul></div>")
    label = escape(payload["title"])
    return f'<nav class="choices" aria-label="{label}">{"".join(groups)}</nav>'


def section_html(payload: Payload, section: Payload, tables: Sequence[Sheet], folded: bool) -> str:
    """Write one section: what is known of it, then its rows of each table."""
    name = anchor(payload, section["key"])
    facts = "".join(f"<dt>{escape(what)}</dt><dd>{escape(said)}</dd>" for what, said in section["facts"])
    if section["links"]:
        links = ", ".join(
            f'<a href="#{escape(anchor(payload, one["key"]))}">{escape(one["group"])} '
            f"<span{lang_attribute(one['lang'])}>{escape(one['title'])}</span></a>"
            for one in section["links"]
        )
        facts += f"<dt>{escape(payload['links'])}</dt><dd>{links}</dd>"
    title = f"{escape(section['group'])} <span{lang_attribute(section['lang'])}>{escape(section['title'])}</span>"
    body = f'<dl class="facts">{facts}</dl>' + "".join(
        rows_html(table, table.rows.get(tuple(section["key"]), []), section["lang"]) for table in tables
    )
    if folded:
        return f"<details><summary>{title}</summary>{body}</details>"
    return (
        f'<section class="one" id="{escape(name)}" aria-labelledby="{escape(name)}-title">'
        f'<h4 id="{escape(name)}-title">{title}</h4>{body}</section>'
    )


def rows_html(table: Sheet, rows: Sequence[Mapping[str, Any]], language: str) -> str:
    """Write a section's rows of one table; shares are percentages with a bar, estimates have their interval."""
    caption = f"<caption><span>{escape(table.caption)}</span></caption>"
    if not rows:
        nothing = '<tbody><tr><td class="missing">Nothing that could be shown.</td></tr></tbody>'
        return f'<table class="plain">{caption}{nothing}</table>'
    names = [name for name in table.names if name != "ci_high" and any(row[name] is not None for row in rows)]
    numeric = {name: any(isinstance(row[name], (int, float)) for row in rows) for name in names}
    head = "".join(f'<th scope="col"{NUM if numeric[name] else ""}>{escape(heading(name))}</th>' for name in names)
    body = "".join(
        "<tr>" + "".join(cell_html(table, row, name, place, language) for place, name in enumerate(names)) + "</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll" role="group" tabindex="0" aria-label="{escape(table.caption)}"><table class="plain">{caption}'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


NUM = ' class="num"'


def heading(name: str) -> str:
    """Return what a column is called.

    Examples
    --------
    >>> heading("n_documents"), heading("ci_low")
    ('documents', 'interval')
    """
    return HEADINGS.get(name, column_words(name))


def cell_html(table: Sheet, row: Mapping[str, Any], name: str, place: int, language: str) -> str:
    """Write one cell; the first of a row heads it."""
    value = row[name]
    if isinstance(value, (int, float)):
        return number_html(table, row, name)
    words = escape(number(value))
    if isinstance(value, str) and IDENTIFIER.fullmatch(value):
        words = f"<code>{words}</code>"
    spoken = lang_attribute(language) if name in table.words else ""
    return f'<th scope="row"{spoken}>{words}</th>' if place == 0 else f"<td{spoken}>{words}</td>"


def number_html(table: Sheet, row: Mapping[str, Any], name: str) -> str:
    """Write a number; a share stands over its bar, which is full at the largest of its table."""
    if name == INTERVAL[0]:
        low, high = (percent(row[end]) for end in INTERVAL)
        return f"<td{NUM}>{low.removesuffix('%')} to {high}</td>"
    if name not in table.shares:
        return f"<td{NUM}>{escape(number(row[name]))}</td>"
    full = table.largest[name] or 1
    ends = [row[end] for end in INTERVAL if row.get(end) is not None] if name == "estimate" else []
    between = [end / full for end in ends] if len(ends) == 2 else []
    return f'<td class="num bar">{bar(row[name] / full, *between)}{percent(row[name])}</td>'


def bar(part: float, *between: float) -> str:
    """Draw a share of the width, and a line between two of them; it has no size but that of the page's style sheet.

    Examples
    --------
    >>> bar(0.25)
    '<svg class="part" width="0" height="0" aria-hidden="true"><rect width="25%" height="100%"/></svg>'
    """
    line = ""
    if between:
        low, high = between
        line = f'<rect class="line" x="{100 * low:.3g}%" width="{100 * (high - low):.3g}%" y="100%" height="2"/>'
    bars = f'<rect width="{100 * part:.3g}%" height="100%"/>{line}'
    return f'<svg class="part" width="0" height="0" aria-hidden="true">{bars}</svg>'


def explorer_text(payload: Payload) -> str:
    """Write an explorer as plain text: what is known of each section."""
    lines = [payload["title"]]
    for section in payload["sections"]:
        lines.append(f"{section['group']} {section['title']}")
        lines += [f"  {what}: {said}" for what, said in section["facts"]]
    return "\n".join([*lines, *payload["notes"]])
