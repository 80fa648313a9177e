"""From the blocks of a comment to its text and writer; what it quotes of others is left out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scsr.corpus.pages.blocks import Block
from scsr.corpus.pages.furniture import is_prose, rule_of, word_count
from scsr.corpus.pages.lines import BULLET
from scsr.corpus.pages.members import member_line
from scsr.corpus.pages.meta import date_of, is_by_line, read_meta
from scsr.corpus.pages.model import Comment
from scsr.corpus.pages.phrases import bare, forms, named, says_line, starts_with
from scsr.corpus.pages.talk import announces_quote, can_be_name, header_end, is_button, names_beside

__all__ = ["UTTERANCES", "assemble_comment", "joined", "label", "repeats", "role_of"]

UTTERANCES = "utterances"
NUMBERED = re.compile(r"^\W*\d{1,4}[.)]?\s+\w")


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
    headed = header > 1 and any(can_be_name(blocks[at]) for at in record[: header - 1])
    for k, at in enumerate(record):
        block = blocks[at]
        if k < header:
            lines.append(at)
            continue
        rule = (
            "quote"
            if announces_quote(block)
            or quotes_dated(block)
            or leads_quote(blocks, record, k)
            or (headed and not text and block.text.endswith(":") and says_line(block.text) is not None)
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
        if (rule in ("member", "repeated") or (rule == "buttons" and block.node < 0)) and text:
            closed = True
            if can_be_name(blocks[text[-1]]) and len(text) > 1:
                blocks[text[-1]].label = "furniture:member"
                lines.append(text.pop())
        if rule in ("", "signs", "comment_meta") and set(block.text) <= {"_", "-"}:
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
    if rule_of(block.text) == "edited" and (date_of(block) is not None or not marked):
        return "edited"
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
    if marked:
        return rule_of(block.text) or "comment_meta"
    if is_prose(block.text):
        return ""
    if word_count(block.text) <= 6 and rule_of(block.text) == "question_line":
        return ""
    return rule_of(block.text, in_body=True) or ""


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


def repeats(block: Block, title: str) -> bool:
    """Whether a block over a message repeats the subject of its thread."""
    subject = bare(title)
    return bool(subject) and bare(block.text).endswith(subject) and word_count(block.text) <= word_count(title) + 4


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
    return announces and any(near is not None and near.roles & {"blockquote", "quote"} for near in (block, following))


def quotes_dated(block: Block) -> bool:
    """Whether a line names whom the next one quotes, with the date of what they wrote."""
    return starts_with(block.text, "quote") and date_of(block) is not None


def leads_quote(blocks: Sequence[Block], record: Sequence[int], k: int) -> bool:
    """Whether a line says who says what the next element quotes."""
    following = blocks[record[k + 1]] if k + 1 < len(record) else None
    return following is not None and "quote" in following.roles and says_line(blocks[record[k]].text) is not None


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


def joined(blocks: Sequence[Block], where: Sequence[int]) -> str:
    """Text of blocks: paragraphs a blank line apart, broken lines below each other, list marks left out."""
    text = ""
    for k, at in enumerate(where):
        block = blocks[at]
        words = BULLET.sub("", block.text, count=1) if block.listed and block.node < 0 else block.text
        close = k > 0 and block.gap == 0 and where[k - 1] == at - 1 and block.node >= 0
        text += words if not text else ("\n" if close else "\n\n") + words
    return text
