from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from scsr.reports import display, page
from scsr.reports.results import Results, collect, record

ABOUT: dict[str, Any] = {
    "report": "r", "variant": "country=SE", "title": "", "parameters": {"word": "å<b>"}, "synthetic": False,
    "inputs": {"utterances": {"sha256": "ab", "n_rows": 3}}, "versions": {"numpy": "2.0"}, "made_from": {"lock": None},
}  # fmt: skip


def book(*cells: Any) -> Any:
    return nbformat.v4.new_notebook(cells=list(cells))


def code(source: str, *outputs: Any, tags: tuple[str, ...] = ()) -> Any:
    return nbformat.v4.new_code_cell(source, outputs=list(outputs), metadata={"tags": list(tags)})


def shows(**data: str) -> Any:
    return nbformat.v4.new_output("display_data", data={kind.replace("__", "/"): value for kind, value in data.items()})


def prose(text: str) -> Any:
    return nbformat.v4.new_markdown_cell(text)


def test_the_title_the_contents_and_the_order() -> None:
    cells = book(prose("# Who *writes*?\n\nContext."), code("x = 1"), prose("## One & two\n\n### Two\n\n## One & two"))
    html = page.report_page(cells, Results(), ABOUT)
    assert "<h1>Who *writes*?</h1>" in html
    assert 'href="#s-one-amp-two"' in html
    assert 'id="s-one-amp-two-2"' in html
    assert html.count("<h1") == 1
    assert html.index("Context.") < html.index('class="k">') if 'class="k">' in html else True
    assert "&#34;å&lt;b&gt;&#34;" in html
    assert "made-up" not in html
    assert "Synthetic data" not in html


def test_neighbouring_code_shares_a_fold() -> None:
    stream = nbformat.v4.new_output("stream", name="stdout", text="said\n")
    _, blocks = page.blocks(book(code("a = 1"), code("b = 2"), code("c = 3", stream), code("d = 4"), prose("x")), [])
    assert [one.kind for one in blocks] == ["code", "output", "code", "prose"]
    assert "unseen" not in page.report_page(book(code("unseen", tags=("remove-cell",))), Results(), ABOUT)


def test_each_kind_of_output() -> None:
    warning = nbformat.v4.new_output("stream", name="stderr", text="careful")
    error = nbformat.v4.new_output("error", ename="E", evalue="v", traceback=["\x1b[31mtrace <b>"])
    made = [
        page.output_html(one, "d1-")
        for one in (
            warning, error, shows(text__markdown="*a* <i>"), shows(text__plain="<p>"),
            shows(text__html="<p onclick=x>y</p>"),
            nbformat.v4.new_output("display_data", data={"image/png": "iVBO\"><script>"}),
            nbformat.v4.new_output("display_data", data={"image/svg+xml": "<svg><text>t</text><script/></svg>"}),
        )
    ]  # fmt: skip
    assert "<summary>Warnings</summary>" in made[0]
    assert "trace &lt;b&gt;" in made[1]
    assert "<em>a</em> &lt;i&gt;" in made[2]
    assert "&lt;p&gt;" in made[3]
    assert "<p>y</p>" in made[4]
    assert 'src="data:image/png;base64,iVBOscript"' in made[5]
    assert "<text>t</text>" in made[6]
    assert not any("<script" in one for one in made)


def test_prose_obeys_no_markup_and_loads_nothing() -> None:
    html = page.markdown("<script>x</script> [a](javascript:x) ![b](https://evil.example/x.png)\n\n|a|b|\n|-|-|\n|1|2|")
    assert "<script" not in html
    assert not re.search(r"<img|<a ", html)
    assert "<table>" in html


def test_the_policy_lets_only_our_script_run() -> None:
    html = page.report_page(book(), Results(), ABOUT)
    assert html.count("<script>") == 1
    assert "default-src &#39;none&#39;; script-src &#39;sha256-" in html
    assert "http" not in html.replace("http-equiv", "")


@pytest.mark.parametrize("known", [True, False])
def test_missing_and_made_up_data_are_said_first(known: bool) -> None:
    about = ABOUT | {"synthetic": True, "inputs": {"exposure": {"sha256": None, "n_rows": 0}}}
    html = page.report_page(book(prose("## First")), Results(), about)
    assert html.index("Synthetic data.") < html.index("There are no rows in exposure") < html.index("First</h2>")


def test_results_stand_with_their_files(tmp_path: Path) -> None:
    import pandas as pd

    import scsr
    from scsr.reports.results import MIME

    made = [record(scsr.Answer("Yes.")), record(scsr.Table("t", "Caption", pd.DataFrame({"x": [1]})))]
    notebook = book(code("x", *(nbformat.v4.new_output("display_data", data={MIME: one}) for one in made)))
    html = page.report_page(notebook, collect(notebook), ABOUT | {"title": "Given"})
    assert "<h1>Given</h1>" in html
    assert html.count("Yes.") == 1
    assert '<a href="tables/t.csv">' in html


def test_a_table_speaks_in_words_and_days() -> None:
    columns = [{"name": "first_seen", "type": "text"}, {"name": "n_answered", "type": "number"}]
    html = display.table_html(
        {"columns": columns, "rows": [["2023-01-06T11:54:00Z", 5], ["about 2023", 7]], "withheld": 0}
    )
    assert "first seen" in html
    assert ">answered<" in html
    assert '<th scope="row">2023-01-06</th>' in html
    assert "about 2023" in html
