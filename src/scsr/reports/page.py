"""Make the page of a report from its executed notebook: one file that asks nobody for anything.

The page states a content policy under which only its own script runs; it reads as well without.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from html import escape
from typing import Any

from scsr.reports import display, sections
from scsr.reports.languages import LANGUAGES, Message, say
from scsr.reports.results import MIME, Results
from scsr.reports.sanitise import clean_html, clean_svg, without_ansi

__all__ = ["Block", "blocks", "fill", "markdown", "report_page", "slug"]


STYLES, SCRIPTS = ("style.css", "explorer.css"), ("script.js", "explorer.js")
#: Tables that are empty where all is well.
GOOD_EMPTY = ("duplicates", "rejects")


@dataclass(frozen=True)
class Block:
    """One piece of the page: ``prose``, ``code`` or ``output``, as safe HTML."""

    kind: str
    html: str


@dataclass(frozen=True)
class Heading:
    """An entry of the contents list."""

    level: int
    anchor: str
    text: str


def slug(text: str, taken: set[str]) -> str:
    """Return an anchor for a heading, unique in the page.

    Examples
    --------
    >>> slug("Hur länge?", {"s-hur-länge"})
    's-hur-länge-2'
    """
    base = "s-" + (re.sub(r"[^\w]+", "-", text.lower()).strip("-") or "section")
    anchor, n = base, 1
    while anchor in taken:
        n += 1
        anchor = f"{base}-{n}"
    taken.add(anchor)
    return anchor


def markdown(text: str, headings: list[Heading] | None = None, taken: set[str] | None = None) -> str:
    """Turn the prose of a notebook into HTML; markup within it is shown, not obeyed.

    Parameters
    ----------
    text : str
    headings : list, optional
        The headings found are added to it.
    taken : set of str, optional
        Anchors already in the page; new ones are added.

    Examples
    --------
    >>> markdown("Few *complain* <script>").strip()
    '<p>Few <em>complain</em> &lt;script&gt;</p>'
    """
    import mistune

    found: list[Heading] = [] if headings is None else headings
    anchors: set[str] = set() if taken is None else taken

    class Renderer(mistune.HTMLRenderer):
        def heading(self, text: str, level: int, **_: Any) -> str:
            words = re.sub(r"<[^>]+>", "", text)
            if words == "The answer":  # the answer itself stands at the top
                text = words = "How the answer was computed"
            level = min(max(level, 2), 4)
            one = Heading(level, slug(words, anchors), words)
            found.append(one)
            return f'<h{level} id="{escape(one.anchor)}">{text}</h{level}>\n'

        def image(self, text: str, *_: Any, **__: Any) -> str:
            return f"<em>[{text}]</em>"  # the page loads nothing

    render = mistune.create_markdown(renderer=Renderer(escape=True), plugins=["table", "strikethrough", "footnotes"])
    return str(render(text))


def blocks(notebook: Any, headings: list[Heading]) -> tuple[str, list[Block]]:
    """Turn the cells of an executed notebook into the pieces of the page.

    Parameters
    ----------
    notebook : NotebookNode
    headings : list
        Filled with the headings, in order.

    Returns
    -------
    str
        The title: the first heading of the first level; empty where there is none.
    list of Block
    """
    title, made, taken = "", list[Block](), set[str]()
    n_drawing = 0
    pending: list[tuple[str, bool]] = []  # code without output yet: cells that follow each other share one fold

    def unfold() -> None:
        if pending:
            text = "\n\n".join(source for source, _ in pending)
            made.append(Block("code", code(text, all(named for _, named in pending))))
            pending.clear()

    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if "remove-cell" in tags:
            continue
        source = cell.source
        if cell.cell_type == "markdown":
            if not title:
                found = re.match(r"\s*#\s+(.+)\n?", source)
                if found:
                    title, source = found[1].strip(), source[found.end() :]
            if source.strip():
                unfold()
                made.append(Block("prose", markdown(source, headings, taken)))
        elif cell.cell_type == "code":
            if source.strip():
                named = "parameters" in tags or "injected-parameters" in tags
                pending.append((source, named))
            for output in cell.outputs:
                n_drawing += 1
                html = output_html(output, f"d{n_drawing}-")
                if html:
                    unfold()
                    made.append(Block("output", html))
    unfold()
    return title, made


def code(source: str, parameters: bool) -> str:
    """Fold a cell's code away, coloured."""
    from pygments import highlight  # type: ignore[import-untyped]
    from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]
    from pygments.lexers import PythonLexer  # type: ignore[import-untyped]

    coloured = highlight(source, PythonLexer(), HtmlFormatter(nowrap=True)).rstrip("\n")
    name = "Parameters" if parameters else "Code"
    return f'<details class="code"><summary>{name}</summary><pre><code>{coloured}</code></pre></details>'


def output_html(output: Mapping[str, Any], prefix: str) -> str:
    """Turn one output of a cell into safe HTML; the richest type that is safe is taken."""
    kind = output["output_type"]
    if kind == "stream":
        if output["name"] == "stderr":
            return f'<details class="warnings"><summary>Warnings</summary>{pre(output["text"])}</details>'
        return pre(output["text"])
    if kind == "error":
        return f'<div class="error" role="note">{pre(chr(10).join(output["traceback"]) or output["ename"])}</div>'
    data = output["data"]
    if MIME in data:
        return recorded_html(data[MIME], prefix)
    if "image/svg+xml" in data:
        svg = clean_svg(data["image/svg+xml"], prefix)
        return f'<div class="drawing" role="img" aria-label="Drawing without a description">{svg}</div>'
    if "image/png" in data:
        picture = re.sub(r"[^A-Za-z0-9+/=]", "", data["image/png"])
        return f'<img alt="Picture without a description" src="data:image/png;base64,{picture}">'
    if "text/html" in data:
        return (
            f'<div class="scroll" role="group" tabindex="0" aria-label="Output">{clean_html(data["text/html"])}</div>'
        )
    if "text/markdown" in data:
        return markdown(data["text/markdown"])
    return pre(data.get("text/plain", ""))


def recorded_html(payload: Mapping[str, Any], prefix: str) -> str:
    """Turn a recorded result into HTML, with links to its files; the answer stands at the top already."""
    kind = payload["kind"]
    if kind == "answer":
        return ""
    if kind == "figure":
        return display.figure_html(payload, clean_svg(payload["svg"], prefix), f"tables/{payload['name']}.csv")
    if kind == "table":
        return display.table_html(payload, payload["caption"], f"tables/{payload['name']}.csv")
    if kind == "explorer":
        return sections.explorer_html(payload, csv=True)
    return display.payload_html(payload)


def pre(text: str) -> str:
    """Show plain text as it is."""
    text = without_ansi(text).rstrip()
    return f'<pre tabindex="0" role="group" aria-label="Output">{escape(text, quote=False)}</pre>' if text else ""


@cache
def environment() -> Any:
    """Return the templates; everything put into them is escaped unless it was made safe here."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    made = Environment(
        loader=PackageLoader("scsr.reports", "templates"),
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.filters |= {"number": display.number, "quantity": display.quantity, "interval": display.interval}
    made.filters["as_table"] = lambda estimates: Markup(display.estimates_table(estimates, "Main results"))
    made.filters["worded"] = lambda words: Markup(display.words_html(words))
    made.filters["shown"] = lambda value: json.dumps(value, ensure_ascii=False)
    return made


def fill(template: str, **values: Any) -> str:
    """Fill a template with values, the style, the script and the policy that lets only that script run.

    Parameters
    ----------
    template : str
        File name in ``templates``.
    **values
        What the template needs.

    Returns
    -------
    str
        The page.
    """
    from markupsafe import Markup

    loader = environment().loader
    style, script = (
        "\n".join(loader.get_source(environment(), name)[0].strip() for name in names) for names in (STYLES, SCRIPTS)
    )
    digest = base64.b64encode(sha256(script.encode("utf-8")).digest()).decode()
    policy = (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    text = environment().get_template(template).render(
        style=Markup(style), script=Markup(script), policy=policy, **values
    )  # fmt: skip
    return str(text).rstrip() + "\n"


def summaries(results: Results) -> list[dict[str, Any]]:
    """Word the answers of a report in every language that they were given in, English first.

    Returns
    -------
    list of dict
        ``code, name, label, question, answers, rests, limits``; empty where there is no answer.
    """
    given = {code for one in results.answers for code in one.get("languages", {})}
    found = []
    for code in LANGUAGES:
        if not results.answers or (code != "en" and code not in given):
            continue
        told = [one.get("languages", {}).get(code, {}) for one in results.answers]
        foreign = [[one["text"] if code == "en" else {"lang": "en", "text": one["text"]}] for one in results.answers]
        found.append({
            "code": code, "name": say(Message("language"), code),
            "label": {part: say(Message(f"label-{part}"), code) for part in ("answer", "rests", "limits", "choose")},
            "synthetic": say(Message("synthetic"), code),
            "question": next((one["question"] for one in told if one.get("question")), []),
            "answers": [one.get("answer", other) for one, other in zip(told, foreign, strict=True)],
            "rests": [line for one in told for line in one.get("rests", [])],
            "limits": [line for one in told for line in one.get("limits", [])],
        })  # fmt: skip
    return found


def report_page(notebook: Any, results: Results, about: Mapping[str, Any]) -> str:
    """Make the page of a report.

    Parameters
    ----------
    notebook : NotebookNode
        Executed and tidied.
    results : Results
        What it recorded.
    about : mapping
        The contents of ``results.json``: ``report, variant, title, parameters, inputs, synthetic, versions``.

    Returns
    -------
    str
        HTML.
    """
    from markupsafe import Markup

    headings: list[Heading] = []
    title, pieces = blocks(notebook, headings)
    return fill(
        "report.html.j2",
        title=about["title"] or title or about["report"],
        question=title if title and title != about["title"] else "",
        about=about,
        summaries=summaries(results),
        headline=results.headline,
        n_estimates=len(results.estimates),
        headings=[one for one in headings if one.level <= 3],
        blocks=[{"kind": one.kind, "html": Markup(one.html)} for one in pieces],
        empty=[name for name, table in about["inputs"].items() if not table["n_rows"] and name not in GOOD_EMPTY],
    )
