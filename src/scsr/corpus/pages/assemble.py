"""From plans to posts: what is text, what is furniture, and the account of both."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from scsr.corpus.pages.blocks import Block
from scsr.corpus.pages.furniture import is_prose, rule_of, word_count
from scsr.corpus.pages.lines import BULLET
from scsr.corpus.pages.members import member_line
from scsr.corpus.pages.meta import date_of, is_by_line, is_meta, is_notice, read_meta
from scsr.corpus.pages.model import Comment, Plan, Post, visible
from scsr.corpus.pages.phrases import bare, forms, named, says_line, starts_with
from scsr.corpus.pages.talk import announces_quote, can_be_name, header_end, is_button, names_beside

__all__ = ["account", "assemble", "label_rest"]

UTTERANCES = "utterances"
ADDRESS = re.compile(r"https?://[^/\s]+/[^\s#]*[^/\s#]", re.IGNORECASE)
NUMBERED = re.compile(r"^\W*\d{1,4}[.)]?\s+\w")
TAIL_RULES = frozenset((
    "share", "like", "read_also", "link_list", "category", "tags", "buttons", "comment_count", "permalink",
    "subscribe", "older", "newer", "related", "pager", "spam_notice", "recent", "archive",
))  # fmt: skip
END_RULES = frozenset((
    "search", "recent", "archive", "older", "newer", "powered_by", "comment_form", "subscribe", "copyright",
    "follow",
))  # fmt: skip


def assemble(blocks: Sequence[Block], plan: Plan, captions: set[str]) -> Post:
    """Make one post of a plan, labelling its blocks.

    Parameters
    ----------
    blocks : sequence of Block
        All blocks of the page.
    plan : Plan
    captions : set of str
        Alternative texts and titles of the page's images.

    Returns
    -------
    Post
    """
    for at in plan.title:
        blocks[at].label = UTTERANCES
    title = " ".join(blocks[at].text for at in plan.title)
    text_at, lines = part_body(blocks, plan.body, captions, title, careful=plan.marked)
    meta = read_meta([blocks[at] for at in sorted({*plan.head, *lines})])
    if meta.author is None and plan.header:
        meta.author = read_meta([blocks[at] for at in plan.header], comment=True).author
    text = joined(blocks, text_at)
    comments: list[Comment] = []
    for record, reply_to in zip(plan.comments, [*plan.replies, *[None] * len(plan.comments)], strict=False):
        said = " ".join([text, *(comment.text for comment in comments[-50:])])
        comments.append(assemble_comment(blocks, record, title, said, reply_to))
    comments = without_empty(comments)
    label(blocks, plan.head, "post_meta")
    label(blocks, lines, "after_post")
    return Post(
        title=title,
        text=text,
        author=meta.author,
        published_at=meta.published_at,
        date_precision=meta.precision,
        n_comments_stated=meta.n_comments,
        url=address(blocks, plan.title),
        comments=tuple(comments),
        role=role_of(blocks, [*plan.head, *lines]),
    )


def without_empty(comments: Sequence[Comment]) -> list[Comment]:
    """Leave out comments of which nothing is left to read, and count the ones that are answered anew."""
    kept = [k for k, comment in enumerate(comments) if comment.text]
    place = {k: n for n, k in enumerate(kept)}
    return [replace(comments[k], reply_to=place.get(-1 if (to := comments[k].reply_to) is None else to)) for k in kept]


def address(blocks: Sequence[Block], title: Sequence[int]) -> str | None:
    """Address that a title links to."""
    for at in title:
        for run in blocks[at].runs:
            # a relative address, or that of a whole site, tells no post from another one's
            if run.href and ADDRESS.match(run.href.strip()):
                return run.href.strip()
    return None


def joined(blocks: Sequence[Block], where: Sequence[int]) -> str:
    """Text of blocks: paragraphs a blank line apart, broken lines below each other, list marks left out."""
    text = ""
    for k, at in enumerate(where):
        block = blocks[at]
        words = BULLET.sub("", block.text, count=1) if block.listed and block.node < 0 else block.text
        close = k > 0 and block.gap == 0 and where[k - 1] == at - 1 and block.node >= 0
        text += words if not text else ("\n" if close else "\n\n") + words
    return text


def part_body(
    blocks: Sequence[Block], where: Sequence[int], captions: set[str], title: str, *, careful: bool
) -> tuple[list[int], list[int]]:
    """Tell the text of a post from the furniture in and behind it: (text, lines about it)."""
    rules: dict[int, str] = {}
    for k, at in enumerate(where):
        rule = body_rule(blocks, where, k, captions)
        if not rule and repeats(blocks[at], title) and len(rules) == k:
            rule = "subject"
        if rule:
            rules[at] = rule
    for at, following in pairwise(where):
        if at not in rules and rules.get(following) == "member" and can_be_name(blocks[at]):
            rules[at] = "member"
    end = tail_start(blocks, where, rules, careful=careful)
    text = [at for at in where[:end] if at not in rules]
    for at in where:
        if at in rules:
            blocks[at].label = f"furniture:{rules[at]}"
    for at in text:
        blocks[at].label = UTTERANCES
    kept = set(text)
    return text, [at for at in where if at not in kept]


def body_rule(blocks: Sequence[Block], where: Sequence[int], k: int, captions: set[str]) -> str:
    """Furniture rule of a block inside a text; "" for text."""
    block = blocks[where[k]]
    if block.rule:
        return block.rule
    if "caption" in block.roles or (block.text in captions and word_count(block.text) <= 40):
        return "caption"
    if "signature" in block.roles:
        return "signature"
    if word_count(block.text) <= 30 and not is_quoted(block):
        near = [blocks[at].text for at in where[max(0, k - 2) : k + 3] if at != where[k]]
        if block.text in near:
            return "caption"
    if block.after_embed and block.linked > 0.9 and word_count(block.text) <= 10:
        return "video"
    if (
        block.linked > 0.9
        and word_count(block.text) <= 10
        and any(word in block.text.lower().split() for word in forms("video"))
    ):
        return "video"
    early = not any(is_prose(blocks[at].text) for at in where[:k])
    if (
        is_meta(block)
        and (early or block.linked > 0 or not is_prose(block.text) or is_notice(block.text))
        and not block.heading
        and not is_quoted(block)
    ):
        return "post_meta"
    if is_prose(block.text) and word_count(block.text) > 40:
        return ""
    return rule_of(block.text, in_body=True) or ""


def is_quoted(block: Block) -> bool:
    return "blockquote" in block.roles


def tail_start(blocks: Sequence[Block], where: Sequence[int], rules: dict[int, str], *, careful: bool) -> int:
    """Position in `where` behind which only furniture follows."""
    last = -1
    closed = after = False
    for k, at in enumerate(where):
        if rules.get(at) in END_RULES and last >= 0 and not careful:
            closed = True
        if at in rules:
            after = after or (rules[at] in TAIL_RULES and last >= 0 and not careful)
            continue
        block = blocks[at]
        if is_prose(block.text) and not closed and block.linked < 0.7 and (not after or word_count(block.text) >= 14):
            last, after = k, False
    if last < 0:
        last = next((k for k, at in enumerate(where) if at not in rules), -1)
    if careful:
        return len(where)
    # what follows the last running text is still text, up to the first line of furniture
    for k in range(last + 1, len(where)):
        if where[k] in rules and rules[where[k]] not in ("caption", "video", "image_credit", "signs", "post_meta"):
            return k
    return len(where)


def assemble_comment(
    blocks: Sequence[Block], record: Sequence[int], title: str, said: str, reply_to: int | None
) -> Comment:
    """Make one comment of its blocks; what it repeats of what was `said` before is a quotation."""
    text: list[int] = []
    lines: list[int] = []
    quoted = closed = False
    marked = any("body" in blocks[at].roles and not blocks[at].rule for at in record)
    header = 0 if marked else header_end(blocks, record)
    # some forums put whole messages into quotation elements
    whole = all("blockquote" in blocks[at].roles for at in record if "body" in blocks[at].roles)
    for k, at in enumerate(record):
        block = blocks[at]
        if k < header:
            lines.append(at)
            continue
        rule = (
            "quote"
            if announces_quote(block) or quotes_dated(block)
            else comment_rule(block, marked=marked, begun=bool(text))
        )
        quoted = quoted or rule == "quote"
        if not rule and not text and repeats(block, title):
            rule = "subject"
        if not rule and (
            opens_quote(blocks, at) or is_repeated(block, said) or leads_repeated(blocks, record, k, said)
        ):
            rule, quoted = "quote", True
        elif (
            not rule and k and blocks[record[k - 1]].label == "furniture:quote" and is_repeated(block, said, least=3)
        ) or (not rule and quoted and "blockquote" in block.roles and not (marked and whole)):
            rule = "quote"
        if (rule == "member" or (rule == "buttons" and block.node < 0)) and text:
            closed = True
            if can_be_name(blocks[text[-1]]) and len(text) > 1:
                blocks[text[-1]].label = "furniture:member"
                lines.append(text.pop())
        if not rule and "caption" not in block.roles and set(block.text) <= {"_", "-"}:
            closed = True
        if closed and not rule:
            rule = "signature"
        if rule:
            block.label = f"furniture:{rule}"
            if rule != "quote":  # who is quoted has not written this
                lines.append(at)
        else:
            text.append(at)
    name = header_name(blocks, record, text, lines)
    if name is not None:
        text.remove(name)
        lines = sorted([*lines, name])
    meta = read_meta([blocks[at] for at in lines], comment=True)
    label(blocks, lines, "comment_meta")
    for at in text:
        blocks[at].label = UTTERANCES
    return Comment(
        text=joined(blocks, text),
        author=meta.author,
        published_at=meta.published_at,
        date_precision=meta.precision,
        reply_to=reply_to,
        role=role_of(blocks, lines),
    )


def repeats(block: Block, title: str) -> bool:
    """Whether a block over a message repeats the subject of its thread."""
    subject = bare(title)
    return bool(subject) and bare(block.text).endswith(subject) and word_count(block.text) <= word_count(title) + 4


def header_name(
    blocks: Sequence[Block], record: Sequence[int], text: Sequence[int], lines: Sequence[int]
) -> int | None:
    """Block of a comment's text that is really its writer's name: short, before the date, with text behind it."""
    if len(text) < 2 or text[0] != record[0]:
        return None
    first = blocks[text[0]]
    if NUMBERED.match(first.text) and word_count(first.text) <= 6 and not is_prose(first.text):
        return text[0]
    dated = [at for at in lines if date_of(blocks[at]) is not None]
    if word_count(first.text) > 5 or is_prose(first.text) or not dated or dated[0] > text[1]:
        return None
    return text[0]


def comment_rule(block: Block, *, marked: bool, begun: bool) -> str:
    """Furniture rule of a block inside a comment; "" for text."""
    if block.rule:
        return block.rule
    if "signature" in block.roles:
        return "signature"
    if "quote" in block.roles:
        return "quote"
    if is_button(block) or (begun and names_reply(block)):
        return "buttons"
    if marked and "body" in block.roles and not (block.linked > 0.9 and word_count(block.text) <= 3):
        return "" if not ("date" in block.roles or "author" in block.roles) else "comment_meta"
    if member_line(block) and word_count(block.text) <= 6:
        return "member"
    if "blockquote" in block.roles and says_line(block.text) is not None and not begun:
        return "quote"
    if "author" in block.roles or (says_line(block.text) is not None and word_count(block.text) <= 10 and not begun):
        return "comment_meta"
    if date_of(block) is not None and (
        not begun or "date" in block.roles or word_count(block.text) <= 8 or names_beside(block)
    ):
        return "comment_meta"
    if is_by_line(block) and not begun:
        return "comment_meta"
    if "title" in block.roles and not begun:
        return "subject"
    if is_prose(block.text):
        return ""
    if marked and word_count(block.text) <= 12:
        return rule_of(block.text) or "comment_meta"
    if word_count(block.text) <= 6 and rule_of(block.text) == "question_line":
        return ""
    return rule_of(block.text, in_body=True) or ""


def quotes_dated(block: Block) -> bool:
    """Whether a line names whom the next one quotes, with the date of what they wrote."""
    return starts_with(block.text, "quote") and date_of(block) is not None


def leads_repeated(blocks: Sequence[Block], record: Sequence[int], k: int, said: str) -> bool:
    """Whether a line is the name of somebody whose words are repeated on the next line."""
    block = blocks[record[k]]
    if not block.text.endswith(":") or word_count(block.text) > 4 or k + 1 >= len(record):
        return False
    return is_repeated(blocks[record[k + 1]], said, least=3)


def is_repeated(block: Block, said: str, *, least: int = 5) -> bool:
    """Whether a block is nothing but what somebody has said before, with or without the name of who."""
    words = re.sub(r"^[^:]{1,60}:\s*", "", block.text) if "blockquote" in block.roles else block.text
    words = words.strip(' "\u201d\u201c\u00ab\u00bb>\u2026')
    return word_count(words) >= least and words in said


def names_reply(block: Block) -> bool:
    """Whether a block is a button that names whom one answers, such as "Reply to Anna"."""
    words = block.text.split()
    if not 2 <= len(words) <= 5 or block.text.endswith((".", "!", "?")):
        return False
    return bare(words[0]) in forms("reply") and words[-1][:1].isupper() and (block.linked > 0.9 or block.node < 0)


def opens_quote(blocks: Sequence[Block], at: int) -> bool:
    """Whether a short line announces a quotation of somebody else."""
    block = blocks[at]
    if announces_quote(block):
        return True
    if word_count(block.text) <= 16 and starts_with(block.text, "quote"):
        return True
    if word_count(block.text) > 8:
        return False
    following = blocks[at + 1] if at + 1 < len(blocks) else None
    announces = any(block.text.lower().rstrip().endswith(phrase) for phrase in forms("quote") if phrase.endswith(":"))
    announces = announces or (block.text.rstrip().endswith(":") and says_line(block.text) is not None)
    return announces and ("blockquote" in block.roles or (following is not None and "blockquote" in following.roles))


def role_of(blocks: Sequence[Block], lines: Sequence[int]) -> str | None:
    """``employee`` where the page marks a writer as staff."""
    for at in lines:
        block = blocks[at]
        if "staff" in block.roles:
            return "employee"
        words = block.text.lower()
        if len(block.parts) > 1 and any(named(part, "staff") and not named(part, "moderator") for part in block.parts):
            return "employee"
        if word_count(words) <= 5 and (block.rule == "member" or member_line(block) or "author" in block.roles):
            first = words.replace(",", " ").split()
            titles = forms("staff").keys() - forms("moderator").keys()
            if first and any(first[: len(title.split())] == title.split() for title in titles):
                return "employee"
    return None


def label(blocks: Sequence[Block], where: Sequence[int], default: str) -> None:
    """Label lines that are no text by the rule that they fall under."""
    for at in where:
        block = blocks[at]
        if not block.label:
            block.label = "furniture:" + (
                block.rule or ("date" if date_of(block) is not None else rule_of(block.text)) or default
            )


def label_rest(blocks: Sequence[Block], plans: Sequence[Plan]) -> None:
    """Label what is in no post: furniture before, between and behind them."""
    used = [at for plan in plans for at in (*plan.title, *plan.body)]
    first, last = (min(used), max(used)) if used else (len(blocks), -1)
    for at, block in enumerate(blocks):
        if block.label:
            continue
        rule = block.rule or rule_of(block.text)
        if rule is None:
            if not used:
                block.label = "reject:no post found"
                continue
            rule = "header" if at < first else "end_of_page" if at > last else "between_posts"
        block.label = f"furniture:{rule}"


def account(blocks: Sequence[Block]) -> Counter[str]:
    """Sum the visible characters of blocks by label."""
    found: Counter[str] = Counter()
    for block in blocks:
        found[block.label] += visible(block.text)
    return found
