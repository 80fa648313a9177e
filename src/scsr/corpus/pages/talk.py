"""Cut a run of blocks into comments, by who-says lines, dates and buttons."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from scsr.corpus.pages.blocks import Block
from scsr.corpus.pages.dates import find_date
from scsr.corpus.pages.furniture import SENTENCE_END, is_prose, rule_of, word_count
from scsr.corpus.pages.members import member_line
from scsr.corpus.pages.meta import author_of, date_of, is_by_line, rest_name
from scsr.corpus.pages.phrases import alternation, bare, count_stated, glued, named, says_line, starts_with
from scsr.corpus.pages.writers import is_name

__all__ = [
    "announces_quote",
    "can_be_name",
    "cut",
    "dates_header",
    "first_text",
    "header_end",
    "is_button",
    "is_comment_heading",
    "is_text",
    "is_thread",
    "last_end",
    "mark_names",
    "names_beside",
    "reply_prefix",
]

MEMBER_FIELD = re.compile(r"^[^:\s]{2,16}(?:\s[^:\s]{2,12})?:\s\S{1,30}(?:\s\S{1,20})?$")
INITIAL = re.compile(r"\s[A-ZÀ-ÖØ-Þ]\.$")
MOST_ABOVE = 10
TIMED = ("minute", "second")
QUOTED_TITLE = re.compile(
    '["\u201c\u201d\u00ab\u00bb\u2018\u2019\u201e][^"]{2,}["\u201c\u201d\u00ab\u00bb\u2018\u2019\u201e]\\W*$'
)
END_RULES = frozenset((
    "leave_comment", "comment_form", "subscribe", "older", "newer", "recent", "archive", "search",
    "powered_by", "copyright", "category", "tags", "read_also", "menu", "no_comments", "follow",
    "spam_notice", "question_line", "pager",
))  # fmt: skip


@cache
def reply_prefix() -> re.Pattern[str]:
    """Pattern of "Re:" before a subject, with or without a label before it."""
    marks = rf"(?:{alternation('reply_prefix')})\s*(?:\[\d+\])?\s*:\s*"
    return re.compile(rf"^\s*(?:\w{{3,12}}:\s+)?(?:{marks})+", re.IGNORECASE)


def is_thread(titles: Sequence[str]) -> bool:
    """Whether headings are one subject and its replies, as forums write over each message.

    Examples
    --------
    >>> is_thread(["Feil regning", "Sv: Feil regning"]), is_thread(["Feil regning", "Rett regning"])
    (True, False)
    """
    subjects = [bare(reply_prefix().sub("", title)) for title in titles]
    same = sum(
        subject == subjects[0]
        or (len(subject) > 5 and subjects[0].endswith(f": {subject}"))
        or (len(subjects[0]) > 5 and subject.partition(": ")[2] == subjects[0])
        for subject in subjects
    )
    return same >= max(2, 0.8 * len(subjects))


def is_button(block: Block) -> bool:
    """Whether a block is nothing but reply, delete and such."""
    return glued(block.text, "reply", "delete", "edit", "report", "quote")


def is_comment_heading(block: Block) -> bool:
    """Whether a block heads a run of comments: "5 comments to ..." or "Comments"."""
    n = word_count(block.text)
    if block.rule in ("sidebar", "footer", "menu", "form") or n > 40 or member_line(block):
        return False
    if named(block.text, "comments") and (block.heading or not named(block.text, "reply")):
        return True
    if n > 8 and SENTENCE_END.search(block.text) and not QUOTED_TITLE.search(block.text):
        return False
    return count_stated(block.text) is not None and block.linked < 0.9 and not is_meta_of_post(block)


def is_meta_of_post(block: Block) -> bool:
    """Whether a line with a count holds a date or a category too, as lines below titles do."""
    return "|" in block.text or date_of(block) is not None or starts_with(block.text, "category", "tags", "posted_on")


def is_text(block: Block) -> bool:
    """Whether a block may be what somebody wrote, and is no line around it."""
    if block.rule or is_button(block) or member_line(block):
        return False
    if says_line(block.text) is not None and word_count(block.text) <= 10:
        return False
    if "author" in block.roles or "signature" in block.roles or date_of(block) is not None:
        return False
    return is_prose(block.text) or rule_of(block.text, in_body=True) is None


def first_text(blocks: Sequence[Block], where: Sequence[int]) -> int | None:
    """Index of the first block that may be text."""
    return next((at for at in where if is_text(blocks[at])), None)


def header_starts(blocks: Sequence[Block], where: Sequence[int]) -> list[int]:
    """Positions in `where` at which a comment's header starts."""
    says = [
        k for k, at in enumerate(where) if says_line(blocks[at].text) is not None and word_count(blocks[at].text) <= 12
    ] or [k for k, at in enumerate(where) if is_by_line(blocks[at])]
    dates = [k for k, at in enumerate(where) if dates_header(blocks[at])]
    if says and len(says) >= 0.6 * len(dates):
        above = [max((d for d in dates if 0 <= s - d <= 2), default=s) for s in says]
        led = sum(d < s for d, s in zip(above, says, strict=True))
        followed = sum(any(0 < d - s <= 2 for d in dates) for s in says)
        return above if led > followed else says
    own_name = sum(names_beside(blocks[where[k]]) for k in dates)
    if own_name >= 0.5 * len(dates):
        return dates
    reach = [lines_above(blocks, where, k) for k in dates]
    heads_text = [
        above
        for above, k, end in zip(reach, dates, [*dates[1:], len(where)], strict=True)
        if any(word_count(blocks[at].text) > 3 and is_text(blocks[at]) for at in where[k + 1 : end])
    ]
    usual = max(
        (n for n in range(MOST_ABOVE + 1) if sum(above >= n for above in heads_text) >= 0.8 * len(heads_text)),
        default=0,
    )
    closed = [above for above, k in zip(reach, dates, strict=True) if above and is_closed(blocks, where, k - above - 1)]
    if usual and len(closed) >= 0.8 * len(reach):
        # over the first one stands the head of the page
        reach[0] = min(reach[0], usual)
        return [k - above for k, above in zip(dates, reach, strict=True)]
    return [k - usual if above >= usual else k for k, above in zip(dates, reach, strict=True)]


def is_closed(blocks: Sequence[Block], where: Sequence[int], k: int) -> bool:
    """Whether a line closes what stands above a header: buttons, a rule, a count; or there is none."""
    if k < 0 or blocks[where[k]].rule == "repeated":
        return True
    return rule_of(blocks[where[k]].text) is not None and not is_prose(blocks[where[k]].text)


def announces_quote(block: Block) -> bool:
    """Whether a line says who wrote something and when, with what they wrote below it."""
    if not has_verb().search(block.text[:200]):
        return False
    if block.text.rstrip().endswith(":") and date_of(block) is not None:
        return True
    date = find_date(block.text[:40]) if block.text[:1] in "([" else None
    return (
        date is not None
        and date.start <= 1
        and says_line(block.text[date.end :].split(":")[0].lstrip(" )]") + ":") is not None
    )


@cache
def has_verb() -> re.Pattern[str]:
    """Pattern of a verb of saying."""
    return re.compile(rf"(?<!\w)(?:{alternation('says')})(?!\w)", re.IGNORECASE)


def is_header_button(blocks: Sequence[Block], where: Sequence[int], k: int) -> bool:
    """Whether a button stands between the subject of a message and its date."""
    above = blocks[where[k - 1]] if k else None
    if above is None or not is_button(blocks[where[k]]) or is_prose(above.text):
        return False
    return reply_prefix().match(above.text) is not None or any(
        member_line(blocks[at]) for at in where[max(0, k - 3) : k]
    )


def dates_header(block: Block) -> bool:
    """Whether a line dates what somebody wrote: not when they joined, what they changed or whom they quote."""
    date = date_of(block)
    if (
        date is None
        or member_line(block)
        or block.rule == "field"
        or (date.precision == "month" and "date" not in block.roles)
    ):
        return False
    if block.listed and block.node < 0 and not names_writer(block):
        return False
    if announces_quote(block):
        return False
    return not starts_with(block.text, "edited", "quote") and rule_of(block.text) != "edited"


def is_mark(block: Block) -> bool:
    """Whether a line is stars or a number, as forums print over a message, and no rule under one."""
    rule = rule_of(block.text)
    return rule == "number" or (rule == "signs" and not set(block.text) <= set("_-=~\u2014 "))


def names_writer(block: Block) -> bool:
    """Whether a dated line says by whom, as headers in lists of comments do and dated items of a text do not."""
    return author_of(block) is not None and word_count(block.text) <= 14


def lines_above(blocks: Sequence[Block], where: Sequence[int], k: int) -> int:
    """Count the short lines directly above a date that can be a name, a subject and lines about a member."""
    above = 0
    for n in range(1, min(MOST_ABOVE, k) + 1):
        block = blocks[where[k - n]]
        if is_mark(block) and (n > 1 or "#" in block.text):
            continue  # counts only below a line of the header
        if not member_line(block) and not (n == 1 and is_header_button(blocks, where, k - n)):
            if block.rule == "repeated" or rule_of(block.text) is not None or is_prose(block.text):
                break
            if block.text.endswith((".", "!", ":")) or word_count(block.text) > 20 or date_of(block) is not None:
                break
        above = n
    return above


def can_be_name(block: Block) -> bool:
    """Whether a block can be the writer's name on a line of its own."""
    return (
        word_count(block.text) <= 5
        and is_name(block.text)
        and rule_of(block.text) is None
        and (not block.text.endswith((".", "!", "?")) or INITIAL.search(block.text) is not None)
    )


def merged(starts: Sequence[int], blocks: Sequence[Block], where: Sequence[int]) -> list[int]:
    """Leave out starts that follow another one with no text between them."""
    kept: list[int] = []
    begin = 0
    for k in starts:
        whole = bool(kept) and names_beside(blocks[where[kept[-1]]])
        if not kept or any(
            is_text(blocks[where[j]]) and (whole or not can_be_header(blocks, where, j)) for j in range(begin, k)
        ):
            kept.append(k)
        begin = k + 1  # what stands before has been looked at
    return kept


def can_be_header(blocks: Sequence[Block], where: Sequence[int], k: int) -> bool:
    """Whether a short block stands directly below another header line and above a third."""
    block = blocks[where[k]]
    return word_count(block.text) <= 3 and block.gap == 0 and not block.text.endswith((".", "!", "?"))


def names_beside(block: Block) -> bool:
    """Whether a line holds a date and the name of who wrote."""
    date = date_of(block)
    return date is not None and (rest_name(block, date) or author_of(block)) is not None


def cut(blocks: Sequence[Block], where: Sequence[int], *, signed_below: bool = True) -> list[list[int]]:
    """Cut blocks into comments.

    Parameters
    ----------
    blocks : sequence of Block
        All blocks of the page.
    where : sequence of int
        Indices of those that hold the comments, without their heading.
    signed_below : bool
        Whether names and dates may stand below their texts.

    Returns
    -------
    list of list of int
        Indices of each comment's blocks, headers and buttons among them. What stands before the first and
        behind the last comment is in none.
    """
    where = where[: end_of_talk(blocks, where)]
    starts = merged(header_starts(blocks, where), blocks, where)
    if not starts:
        return cut_at_buttons(blocks, where)
    before = [k for k in range(starts[0]) if is_text(blocks[where[k]])]
    behind = [k for k in range(starts[-1] + 1, len(where)) if is_text(blocks[where[k]])]
    if (
        signed_below
        and any(is_prose(blocks[where[k]].text) for k in before)
        and not (behind and says_line(blocks[where[starts[0]]].text))
    ):
        return cut_behind(blocks, where, starts)
    records = []
    for k, start in enumerate(starts):
        end = starts[k + 1] if k + 1 < len(starts) else last_end(blocks, where, start)
        records.append(list(where[start:end]))
    found = [record for record in records if first_text(blocks, record) is not None]
    mark_names(blocks, found)
    return found


def header_end(blocks: Sequence[Block], record: Sequence[int]) -> int:
    """Position in a record behind the lines about it: name, subject, date, rank, number of posts.

    0 where the date stands below the text, or nowhere.
    """
    dated = next(
        (k for k, at in enumerate(record) if date_of(blocks[at]) is not None and not member_line(blocks[at])), None
    )
    if dated is None or not any(is_text(blocks[at]) for at in record[dated + 1 :]):
        return 0
    before = record[:dated]
    if any(is_prose(blocks[at].text) for at in before) and any(word_count(blocks[at].text) > 14 for at in before):
        return 0
    end = dated + 1
    for k in range(dated + 1, len(record)):
        block = blocks[record[k]]
        if member_line(block) or (k == end and end > dated + 1 and MEMBER_FIELD.match(block.text)):
            end = k + 1
        elif is_prose(block.text) or word_count(block.text) > 5:
            break
    return end if any(is_text(blocks[at]) for at in record[end:]) else dated + 1


def mark_names(blocks: Sequence[Block], records: Sequence[Sequence[int]]) -> None:
    """Mark the lines below the dates as names of writers, where nearly all comments have one and no other name."""
    found = []
    for record in records:
        dated = next((k for k, at in enumerate(record) if dates_header(blocks[at])), None)
        if dated is None or names_beside(blocks[record[dated]]) or any(author_of(blocks[at]) for at in record[:8]):
            continue
        if any(can_be_name(blocks[at]) for at in record[:dated]):
            continue
        below = record[dated + 1 : dated + 2]
        if below and can_be_name(blocks[below[0]]) and any(is_text(blocks[at]) for at in record[dated + 2 :]):
            found.append(below[0])
    if len(found) >= max(2, 0.8 * len(records)):
        for at in found:
            blocks[at].roles |= {"author"}


def end_of_talk(blocks: Sequence[Block], where: Sequence[int]) -> int:
    """Position of the first line of the page's end: one behind which nobody says anything at a time of day."""
    end = len(where)
    for k in range(len(where) - 1, -1, -1):
        block = blocks[where[k]]
        date = date_of(block)
        timed = date is not None and date.precision in TIMED
        if timed or is_button(block) or says_line(block.text) is not None or block.rule in ("member", "repeated"):
            break
        if not is_prose(block.text) and rule_of(block.text, in_body=True) in END_RULES:
            end = k
    return end


def cut_behind(blocks: Sequence[Block], where: Sequence[int], starts: Sequence[int]) -> list[list[int]]:
    """Cut where author and date stand below the text."""
    records, begin = [], 0
    for start in starts:
        end = start + 1
        while end < len(where) and (is_button(blocks[where[end]]) or date_of(blocks[where[end]]) is not None):
            end += 1
        records.append(list(where[begin:end]))
        begin = end
    return [record for record in records if first_text(blocks, record) is not None]


def cut_at_buttons(blocks: Sequence[Block], where: Sequence[int]) -> list[list[int]]:
    """Cut where nothing is left of the headers and buttons stand below each text."""
    if not any(is_button(blocks[at]) for at in where):
        return []
    records: list[list[int]] = [[]]
    for at in where:
        if is_button(blocks[at]):
            records[-1].append(at)
            if first_text(blocks, records[-1]) is not None:
                records.append([])
        elif records[-1] or is_text(blocks[at]):
            records[-1].append(at)
    rest = records[-1]
    if rest and first_text(blocks, rest) is not None and len(records) > 1:
        records.pop()  # what follows the last button is no comment
    return [record for record in records if record and first_text(blocks, record) is not None]


def last_end(blocks: Sequence[Block], where: Sequence[int], start: int) -> int:
    """End of the last comment: its buttons, or the first line of the page's end."""
    seen = False
    # ranks below a date may read as text
    header = header_end(blocks, where[start : start + 12])
    for k in range(start + max(1, header), len(where)):
        block = blocks[where[k]]
        if is_button(block) and any(says_line(blocks[at].text) for at in where[max(start + 1, k - 3) : k]):
            seen = False  # opens the whole of a quotation
        if seen and (is_button(block) or block.rule == "repeated"):
            return k + 1
        rule = block.rule or rule_of(block.text, in_body=True)
        if seen and not is_prose(block.text) and rule in END_RULES:
            return k
        if block.rule in ("form", "sidebar", "footer", "pager"):
            return k
        seen = seen or is_text(block)
    return len(where)
