"""Saved pages come apart into the posts and comments that a reader sees, and no visible character is lost."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scsr.corpus.pages import Page, split
from scsr.corpus.pages.model import visible

ROOT = Path(__file__).parent.parent
GOLD = ROOT / "tests" / "gold"
PAGES = ROOT / "data" / "raw" / "sample" / "pages"


# --- measures ---------------------------------------------------------------------------------------------------------


def tokens(text: str) -> Counter[str]:
    return Counter("".join(c if c.isalnum() else " " for c in text.lower()).split())


def f1(hits: float, found: float, wanted: float) -> float:
    return 1.0 if not found and not wanted else 2 * hits / (found + wanted)


def overlap(left: str, right: str) -> float:
    a, b = tokens(left), tokens(right)
    return f1((a & b).total(), a.total(), b.total())


def same(left: str | None, right: str | None) -> bool:
    return " ".join((left or "").split()).casefold() == " ".join((right or "").split()).casefold()


def stamp(thing: Any) -> tuple[str | None, str]:
    """When something was published, as the gold writes it."""
    if thing.published_at is None:
        return None, "none"
    length = {"month": 7, "day": 10, "minute": 16, "second": 19}[thing.date_precision]
    return thing.published_at.isoformat()[:length], thing.date_precision


def pairs(found: Sequence[Any], wanted: Sequence[dict[str, Any]], fits: Any) -> list[tuple[Any, dict[str, Any]]]:
    """Match in order, each thing once."""
    made, at = [], 0
    for gold in wanted:
        for k in range(at, len(found)):
            if fits(found[k], gold):
                made.append((found[k], gold))
                at = k + 1
                break
    return made


def measure(page: Page, gold: dict[str, Any]) -> Counter[str]:
    """Counts that the bars are made of, for one page."""
    posts = pairs(page.posts, gold["posts"], lambda p, g: same(p.title, g["title"]) and overlap(p.text, g["text"]) > 0.6)
    n: Counter[str] = Counter(post_hits=len(posts), posts_found=len(page.posts), posts_wanted=len(gold["posts"]))
    n["dates"] = sum(1 + len(post["comments"]) for post in gold["posts"])
    n["stated"] = n["authors"] = len(gold["posts"])
    found_comments = sum(len(post.comments) for post in page.posts)
    n["comments_found"], n["comments_wanted"] = found_comments, n["dates"] - n["stated"]
    for post, wanted in posts:
        n["dates_right"] += stamp(post) == (wanted["published_at"], wanted["date_precision"])
        n["stated_right"] += post.n_comments_stated == wanted["n_comments_stated"]
        n["authors_right"] += same(post.author, wanted["author"])
        for comment, right in pairs(
            post.comments, wanted["comments"], lambda c, g: overlap(c.text, g["text"]) > 0.8 and same(c.author, g["author"])
        ):
            n["comment_hits"] += 1
            n["dates_right"] += stamp(comment) == (right["published_at"], right["date_precision"])
    mine = tokens(" ".join(f"{p.title} {p.text} " + " ".join(c.text for c in p.comments) for p in page.posts))
    theirs = tokens(" ".join(f"{p['title']} {p['text']} " + " ".join(c["text"] for c in p["comments"]) for p in gold["posts"]))
    n["token_hits"], n["tokens_found"], n["tokens_wanted"] = (mine & theirs).total(), mine.total(), theirs.total()
    return n


def figures(n: Counter[str]) -> dict[str, float]:
    return {
        "posts": f1(n["post_hits"], n["posts_found"], n["posts_wanted"]),
        "dates": n["dates_right"] / n["dates"] if n["dates"] else 1.0,
        "comments": f1(n["comment_hits"], n["comments_found"], n["comments_wanted"]),
        "tokens": f1(n["token_hits"], n["tokens_found"], n["tokens_wanted"]),
        "stated": n["stated_right"] / n["stated"] if n["stated"] else 1.0,
        "authors": n["authors_right"] / n["authors"] if n["authors"] else 1.0,
    }


def gold_pages() -> list[tuple[str, dict[str, Any], str]]:
    """Name, gold and decoded text of every labelled page."""
    found = []
    for path in sorted(GOLD.glob("*.json")) + sorted((GOLD / "pages").glob("*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        page = next((folder / gold["page"] for folder in (PAGES, path.parent) if (folder / gold["page"]).is_file()), None)
        if page is not None:
            text = page.read_bytes().decode(gold.get("encoding", "utf-8"), errors="replace")
            found.append((path.stem, gold, text))
    return found


LABELLED = gold_pages()


def opened(gold: dict[str, Any], text: str) -> Page:
    saved_at = datetime.fromisoformat(gold["saved_at"]) if gold.get("saved_at") else None
    return split(text, saved_at=saved_at)


def table(groups: dict[str, Counter[str]]) -> str:
    rows = [f"{'':28} posts dates comm. token stated author"]
    for name, counts in groups.items():
        rows.append(f"{name:28} " + " ".join(f"{value:.3f}" for value in figures(counts).values()))
    return "\n".join(rows)
