"""Numbers that name a person, told from order numbers by their checksums and by the words before them."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import NamedTuple

from scsr.text.patterns import trie
from scsr.text.resources import phrases

__all__ = ["DIGITS", "Candidate", "mask_numbers", "mask_plates"]

DIGITS = re.compile(r"\d(?:[ .()/–-]{0,3}\d){5}")
"""At least six digits close together: less is no identifier."""

SIX = re.compile(r"\d(?:\D{0,4}\d){5}")
"""What every pattern below has: looked for in each piece before all of them."""

Put = Callable[[str, str], str]

START, END = r"(?<!\w)(?<!\d[.,/–])(?<!\w-)", r"(?!\w|[-/.]\d)"
IBAN = re.compile(
    r"(?<!\w)(?:SE\d{2}(?:[ -]?\d){20}|NO\d{2}(?:[ -]?\d){11}|IS\d{2}(?:[ -]?\d){22}|(?:DK|FI|FO)\d{2}(?:[ -]?\d){14}"
    r"|(?:EE|LT)\d{2}(?:[ -]?\d){16}|DE\d{2}(?:[ -]?\d){18}|PL\d{2}(?:[ -]?\d){24}|LV\d{2}[ -]?[A-Z]{4}(?:[ -]?\d){13}"
    r"|GB\d{2}[ -]?[A-Z]{4}(?:[ -]?\d){14}|NL\d{2}[ -]?[A-Z]{4}(?:[ -]?\d){10})(?!\w)",
    re.IGNORECASE,
)
CARD = re.compile(
    START + r"(?:\d{4}(?P<gap>[ .-]?)\d{4}(?P=gap)\d{4}(?P=gap)\d{1,4}"
    r"|\d{4}(?P<amex>[ .-]?)\d{6}(?P=amex)\d{4,5})" + END
)
NAMED_CARD = re.compile(START + r"\d(?:[ .-]?\d){11,18}" + END)
SWEDISH = re.compile(START + r"(?:(?:18|19|20)\d{2}|\d{2})(?:0\d|1[0-2])(?:[0-8]\d|9[01])[ ]?[-+–]?[ ]?\d{4}" + END)
SPACED = re.compile(START + r"(?:\d{2})?\d{2}[ .-]\d{2}[ .-]\d{2}[ ]?[-+–]?[ ]?\d{4}" + END)
NORWEGIAN = re.compile(START + r"\d{2}[ .]?\d{2}[ .]?\d{2}[ -]?\d{3}[ ]?\d{2}" + END)
ICELANDIC = re.compile(START + r"[0-3]\d[ .]?[01]\d[ .]?\d{2}[ ]?[-–]?[ ]?\d{3}[890]" + END)
DANISH = re.compile(START + r"[0-3]\d[01]\d\d{2}[ ]?-[ ]?\d{4}" + END)
FINNISH = re.compile(START + r"[0-3]\d[01]\d\d{2}[-+A-FU-Y]\d{3}[0-9A-Y](?!\w)")
NORWEGIAN_ACCOUNT = re.compile(START + r"(?:\d{4}(?P<gap>[. ])\d{2}(?P=gap)\d{5}|\d{11})" + END)
ICELANDIC_ACCOUNT = re.compile(START + r"\d{3,4}[ ]?-[ ]?\d{2}[ ]?-[ ]?\d{3,6}" + END)
NAMED_ACCOUNT = re.compile(START + r"\d(?:[ ,.-]{0,2}\d){5,15}" + END)
PLATE = re.compile(
    r"(?<!\w)(?:[A-ZÅÄÖ]{3}[ -]?\d{2}[\dA-Z]|[A-Z]{2}[ -]?\d{4,5}|[A-Z]{2}[ -]?[A-Z]?\d{2,3}|[A-Z]{3}[ -]?\d{3})(?!\w)"
)
SMALL = r"(?:er|är|var|nr|nummer|på|til|till|i|í|á|no|mitt|min|mín|is|on|at|tel|tlf|telefon|síma)"
CUE_TAIL = rf"[\s:.#=(–-]*(?:{SMALL}\b[\s:.#(–-]*){{0,2}}$"


@cache
def cue(kind: str) -> re.Pattern[str]:
    """Return the pattern of a cue word right before a number."""
    return re.compile(rf"(?<![^\W_])(?:{trie(phrases('cues', kind))})(?![^\W_]){CUE_TAIL}", re.IGNORECASE)


class Candidate(NamedTuple):
    """A number that may name somebody: as written, what stands around it, and the language of the text."""

    number: str
    before: str
    after: str
    lang: str | None

    @property
    def digits(self) -> str:
        """The digits only."""
        return re.sub(r"\D", "", self.number)

    def called(self, kind: str) -> bool:
        """Whether the words right before say that it is of this kind."""
        return cue(kind).search(self.before) is not None


Verdict = tuple[str, str] | None


def mask_numbers(text: str, lang: str | None, put: Put) -> str:
    """Replace the numbers that name a person, a card or an account.

    Parameters
    ----------
    text : str
        Running text without placeholders and addresses.
    lang : str or None
        Language of the text, for the numbers that its country alone knows.
    put : callable
        Kind and value to placeholder.

    Returns
    -------
    str
        The text with placeholders.

    Examples
    --------
    >>> mask_numbers("Order 20391847, pnr 19121212-1212", "sv", lambda kind, value: f"<{kind}>")
    'Order 20391847, pnr <id>'
    """
    if not SIX.search(text):
        return text
    for pattern, judge in STEPS:
        text = step(text, lang, put, pattern, judge)
    return text


def step(text: str, lang: str | None, put: Put, pattern: re.Pattern[str], judge: Callable[[Candidate], Verdict]) -> str:
    """Replace what one pattern finds and its judge takes for a kind and a value."""

    def one(found: re.Match[str]) -> str:
        start, end = found.span()
        verdict = judge(Candidate(found[0], text[max(0, start - 48) : start], text[end : end + 8], lang))
        return found[0] if verdict is None else put(*verdict)

    return pattern.sub(one, text)


@lru_cache(maxsize=10_000)
def is_swedish_id(digits: str) -> bool:
    """Swedish personnummer or samordningsnummer: date and Luhn digit. Organisation numbers have no such date."""
    from personnummer import personnummer

    forms = [digits] if len(digits) == 12 else ["19" + digits, "20" + digits]
    return any(personnummer.valid(form) for form in forms)


@lru_cache(maxsize=10_000)
def is_norwegian_id(digits: str) -> bool:
    """Norwegian fødselsnummer: day, month and two check digits; 40 on the day is a D-number, on the month an H-number.

    Test numbers, with 80 on the month, count too.
    """
    from stdnum.no import fodselsnummer

    day, month = int(digits[:2]), int(digits[2:4])
    dated = 1 <= day % 40 <= 31 and day <= 71 and 1 <= month % 40 <= 12 and month <= 92
    checked = fodselsnummer.calc_check_digit1(digits) + fodselsnummer.calc_check_digit2(digits)
    return dated and digits[9:] == checked


@lru_cache(maxsize=10_000)
def is_icelandic_id(digits: str) -> bool:
    """Icelandic kennitala of a person: a company's, with 40 added to the day, stays."""
    from stdnum.is_ import kennitala

    return int(digits[:2]) <= 31 and bool(kennitala.is_valid(digits))


def is_date(digits: str) -> bool:
    """Whether six digits are day, month, year."""
    day, month = int(digits[:2]), int(digits[2:4])
    return 1 <= day <= 31 and 1 <= month <= 12


ISSUERS = (
    (re.compile(r"4"), (16,), (13, 19)),
    (re.compile(r"5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)"), (16,), ()),
    (re.compile(r"3[47]"), (15,), ()),
    (re.compile(r"3(?:0[0-5]|[689])"), (), (14, 16)),
    (re.compile(r"35(?:2[89]|[3-8])"), (16,), ()),
    (re.compile(r"6(?:011|4[4-9]|5)"), (16,), ()),
    (re.compile(r"62|5019|4571"), (16,), (17, 18, 19)),
    (re.compile(r"5[0678]|6"), (), (12, 13, 14, 15, 16, 17, 18, 19)),
)
"""First digits of an issuer, the lengths of its numbers, and lengths so rare that a word must speak for them."""


def is_card(digits: str, called: bool) -> bool:
    """Payment card: an issuer's first digits, its length, and the Luhn digit.

    References
    ----------
    ISO/IEC 7812-1.
    """
    from stdnum import luhn

    n = len(digits)
    issued = any(pattern.match(digits) and (n in usual or (called and n in rare)) for pattern, usual, rare in ISSUERS)
    return issued and bool(luhn.is_valid(digits))


def judge_iban(one: Candidate) -> Verdict:
    """Account if the IBAN's check digits are right."""
    from stdnum import iban

    number = re.sub(r"[ -]", "", one.number).upper()
    return ("account", number) if iban.is_valid(number, check_country=False) else None


def judge_card(one: Candidate) -> Verdict:
    """Card unless, written as one number, the words before say order number."""
    called = one.called("card")
    if one.number == one.digits and one.called("order") and not called:
        return None
    return ("card", one.digits) if is_card(one.digits, called) else None


def judge_named_card(one: Candidate) -> Verdict:
    """Card of any length and grouping after a word for it."""
    return ("card", one.digits) if one.called("card") and is_card(one.digits, called=True) else None


def judge_swedish(one: Candidate) -> Verdict:
    """Swedish personal number; written as one number after a word for an order it stays."""
    digits = one.digits
    if len(digits) not in (10, 12) or not is_swedish_id(digits):
        return None
    if one.lang == "is" and len(digits) == 10 and is_kennitala(digits):
        return None
    if len(digits) == 10 and not re.search("[-+–]", one.number) and one.called("order"):
        return None
    return "id", digits[-10:]


@lru_cache(maxsize=10_000)
def is_kennitala(digits: str) -> bool:
    """Icelandic kennitala of a person or a company."""
    from stdnum.is_ import kennitala

    return bool(kennitala.is_valid(digits))


def judge_spaced(one: Candidate) -> Verdict:
    """Swedish or Icelandic personal number with gaps in its date, which needs a word for it: times look alike."""
    digits = one.digits
    if not one.called("identity"):
        return None
    if len(digits) == 10 and is_icelandic_id(digits):
        return "id", digits
    return judge_swedish(one)


def judge_norwegian(one: Candidate) -> Verdict:
    """Norwegian birth, D- or H-number."""
    digits = one.digits
    plain = one.number == digits
    if len(digits) != 11 or not is_norwegian_id(digits) or (plain and one.called("order")):
        return None
    return ("account" if one.called("account") else "id"), digits


def judge_icelandic(one: Candidate) -> Verdict:
    """Icelandic personal number; unhyphenated it needs an Icelandic text or a word for it."""
    digits = one.digits
    if len(digits) != 10 or not is_icelandic_id(digits):
        return None
    plain = not re.search("[-–]", one.number)
    if plain and one.lang != "is" and not one.called("identity"):
        return None
    return "id", digits


def judge_danish(one: Candidate) -> Verdict:
    """Danish CPR number, which has no check digit to rely on: only in Danish, or after a word for it."""
    digits = one.digits
    return ("id", digits) if is_date(digits) and (one.lang == "da" or one.called("identity")) else None


def judge_finnish(one: Candidate) -> Verdict:
    """Finnish personal identity code."""
    from stdnum.fi import hetu

    number = re.sub("[B-F]", "A", one.number[:7]) + one.number[7:]
    return ("id", one.number) if hetu.is_valid(re.sub("[U-Y]", "-", number[:7]) + number[7:]) else None


def judge_account(one: Candidate) -> Verdict:
    """Norwegian account number: eleven digits, mod 11; written as one number it needs a word for it."""
    from stdnum.no import kontonr

    digits = one.digits
    grouped = one.number != digits
    return ("account", digits) if (grouped or one.called("account")) and kontonr.is_valid(digits) else None


def judge_icelandic_account(one: Candidate) -> Verdict:
    """Icelandic bank, ledger and account number, told from a date by its form."""
    if re.fullmatch(r"(?:19|20)\d{2}-(?:0\d|1[0-2])-\d{4}", one.number):
        return None
    parts = [part.zfill(size) for part, size in zip(re.findall(r"\d+", one.number), (4, 2, 6), strict=True)]
    return ("account", "".join(parts)) if one.lang == "is" or one.called("account") else None


def judge_named_account(one: Candidate) -> Verdict:
    """Any number that is called an account: Swedish ones have no form of their own. Giro numbers are firms'."""
    called = one.called("account") and not one.called("order") and not one.called("firm")
    return ("account", one.digits) if called else None


def judge_plate(one: Candidate) -> Verdict:
    """Vehicle registration after a word for it; without one, models and flights look alike."""
    return ("plate", re.sub(r"[ -]", "", one.number)) if one.called("plate") else None


STEPS: tuple[tuple[re.Pattern[str], Callable[[Candidate], Verdict]], ...] = (
    (IBAN, judge_iban),
    (SWEDISH, judge_swedish),
    (SPACED, judge_spaced),
    (NORWEGIAN, judge_norwegian),
    (ICELANDIC, judge_icelandic),
    (DANISH, judge_danish),
    (FINNISH, judge_finnish),
    (NAMED_CARD, judge_named_card),
    (CARD, judge_card),
    (NORWEGIAN_ACCOUNT, judge_account),
    (ICELANDIC_ACCOUNT, judge_icelandic_account),
    (NAMED_ACCOUNT, judge_named_account),
)


def mask_plates(text: str, put: Put) -> str:
    """Replace vehicle registrations that are called so.

    Examples
    --------
    >>> mask_plates("Min bil, regnr ABC 123, och en KLM 123", lambda kind, value: f"<{kind}>")
    'Min bil, regnr <plate>, och en KLM 123'
    """
    return step(text, None, put, PLATE, judge_plate)
