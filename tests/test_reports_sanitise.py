from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scsr.reports.sanitise import clean_html, clean_svg, without_addresses, without_ansi

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">{}</svg>'
ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href=" javascript:alert(1)">x</a>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
    '<p style="background: url(//evil.example)">x</p>',
    "<form action=//evil.example><input name=x></form>",
    "<!--<img src=x onerror=alert(1)>-->",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<b onmouseover=alert(1)>x</b",
]  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_html_that_runs_is_taken_out(attack: str) -> None:
    clean = clean_html(f"<p>before</p>{attack}<p>after</p>")
    assert "before" in clean
    assert not re.search(r"<(script|img|svg|iframe|style|form|input|math)|\son\w+=|javascript:|url\(", clean)


def test_html_of_tables_stays() -> None:
    table = '<table class="dataframe"><thead><tr><th scope="col">å &amp; b</th></tr></thead></table>'
    assert clean_html(table) == table
    assert clean_html('<a href="https://example.com/?a=1&amp;b=2">x</a><br>y') == (
        '<a href="https://example.com/?a=1&amp;b=2">x</a><br>y'
    )
    assert clean_html("  ") == ""
    assert clean_html("a < b <blink>c</blink>") == "a &lt; b c"


@given(st.text(alphabet="<>/\"'= abscriptonklg&;:!-", max_size=80))
def test_html_cleaned_twice_is_html_cleaned_once(text: str) -> None:
    once = clean_html(text)
    assert not re.search(r"<(script|img|svg|iframe)\b", once)
    assert clean_html(once) == once


@pytest.mark.parametrize(
    "inner",
    [
        "<script>alert(1)</script>",
        "<foreignObject><b xmlns='http://www.w3.org/1999/xhtml'>x</b></foreignObject>",
        "<a xlink:href='javascript:alert(1)'><text>x</text></a>",
        "<path onclick='alert(1)' d='M0 0'/>",
        "<image xlink:href='https://evil.example/x.png'/>",
        "<use xlink:href='https://evil.example/x.svg#a'/>",
        "<path style='fill: url(https://evil.example)'/>",
        "<style>* { background: url(https://evil.example) }</style>",
        "<animate attributeName='href' values='javascript:alert(1)'/>",
        "<!-- hidden -->",
        "<?xml-stylesheet href='evil.css'?>",
    ],
)
def test_drawings_that_run_or_load_are_taken_apart(inner: str) -> None:
    clean = clean_svg(SVG.format(inner + "<text>kept</text>"))
    assert "kept" in clean
    assert not re.search(r"script|evil|alert|foreignObject|hidden|<style", clean)


def test_drawings_keep_what_they_need() -> None:
    inner = (
        '<defs><clipPath id="c"><rect width="1" height="1"/></clipPath></defs><g clip-path="url(#c)">'
        '<use xlink:href="#m" style="stroke: var(--muted, #666)"/><text>å &lt; b</text></g>'
        '<image xlink:href="data:image/png;base64,iVBO"/>'
    )
    clean = clean_svg(SVG.format(inner), "f1-")
    assert 'id="f1-c"' in clean
    assert 'clip-path="url(#f1-c)"' in clean
    assert 'href="#f1-m"' in clean
    assert "var(--muted, #666)" in clean
    assert "å &lt; b" in clean
    assert 'href="data:image/png;base64,iVBO"' in clean


@pytest.mark.parametrize("text", ["<p/>", "no xml", "<svg>", '<!DOCTYPE x [<!ENTITY a "b">]><svg>&a;</svg>'])
def test_what_is_no_drawing_gives_nothing_that_runs(text: str) -> None:
    assert "<p" not in clean_svg(text)
    assert ">b<" not in clean_svg(text)


def test_terminal_colours_and_addresses_go() -> None:
    assert without_ansi("\x1b[0;31mKeyError\x1b[0m") == "KeyError"
    assert without_addresses("<object object at 0x7f00aa11bb22> 0x1") == "<object object at 0x…> 0x1"
