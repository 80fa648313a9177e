"""Numbers that name a person, told from order numbers by their checksums and by the words before them."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import NamedTuple

from scsr.text.patterns import alternation
from scsr.text.resources import phrases

__all__ = ["DIGITS", "mask_numbers"]

DIGITS = re.compile(r"\d(?:[ .()/-]{0,2}\d){5}")
"""At least six digits close together: less is no identifier."""

Put = Callable[[str, str], str]

START, END = r"(?<![\w.,/-])", r"(?![\w]|[-/.]\d)"
IBAN = re.compile(r"(?<![\w])[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,3})?(?!\w)")
CARD = re.compile(
    r"(?<![\w.,-])(?:\d{4}(?P<gap>[ -]?)\d{4}(?P=gap)\d{4}(?P=gap)\d{1,7}"
    r"|3[47]\d{2}(?P<amex>[ -]?)\d{6}(?P=amex)\d{5})(?!\w)"
)
SWEDISH = re.compile(START + r"(?:(?:18|19|20)\d{2}|\d{2})(?:0\d|1[0-2])(?:[0-8]\d|9[01])[ ]?[-+–]?[ ]?\d{4}" + END)
NORWEGIAN = re.compile(START + r"[0-7]\d[0-9]\d\d{2}[ -]?\d{3}[ ]?\d{2}" + END)
ICELANDIC = re.compile(START + r"[0-3]\d[01]\d\d{2}[ ]?[-–]?[ ]?\d{3}[890]" + END)
DANISH = re.compile(START + r"[0-3]\d[01]\d\d{2}-\d{4}" + END)
FINNISH = re.compile(START + r"[0-3]\d[01]\d\d{2}[-+A]\d{3}[0-9A-Y](?!\w)")
NORWEGIAN_ACCOUNT = re.compile(START + r"(?:\d{4}[. ]\d{2}[. ]\d{5}|\d{11})" + END)
ICELANDIC_ACCOUNT = re.compile(START + r"\d{4}-\d{2}-\d{4,6}" + END)
BETWEEN = r"(?:[ ]?[-–./][ ]?|[ ])?"
PHONE = re.compile(
    r"(?<![\w.,/#<:=-])(?:(?:\+|00)[ ]?\d{1,3}[ -]?)?(?:\(0?\d{0,3}\)[ ]?)?"
    rf"\d{BETWEEN}(?:\d{BETWEEN}){{4,12}}\d(?![\w]|[-/.,:]\d|[ ]?%)"
)
UNITS = (
    r"kr|kronor|kroner|krónur|króna|:-|,-|sek|nok|isk|dkk|euro|eur|€|\$|usd|stk|st|kg|km|mil|m2|kvm|poeng|poäng|stig|%"
)
MONEY_AFTER = re.compile(rf"\s?(?:{UNITS})(?!\w)", re.IGNORECASE)
MONEY_BEFORE = re.compile(r"(?:kr|kr\.|sek|nok|isk|€|\$|£)\s?$", re.IGNORECASE)
DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|(?:19|20)\d{2}[./-]\d{1,2}[./-]\d{1,2}")
REGIONS = {"sv": ("SE",), "nb": ("NO",), "nn": ("NO",), "is": ("IS",), "da": ("DK",), "fi": ("FI",)}
ALL_REGIONS = ("SE", "NO", "IS", "DK")
CUE_TAIL = r"[\s:.#–-]*(?:(?:er|är|var|nr|nummer|på|til|till|i|í|á|no)\b[\s:.#–-]*){0,2}$"


@cache
def cue(kind: str) -> re.Pattern[str]:
    """Return the pattern of a cue word right before a number."""
    return re.compile(rf"(?<![^\W_])(?:{alternation(phrases('cues', kind))})(?![^\W_]){CUE_TAIL}", re.IGNORECASE)


@lru_cache(maxsize=10_000)
def is_swedish_id(digits: str) -> bool:
    """Swedish personnummer or samordningsnummer: date and Luhn digit. Organisation numbers have no such date."""
    from personnummer import personnummer

    forms = [digits] if len(digits) == 12 else ["19" + digits, "20" + digits]
    return any(personnummer.valid(form) for form in forms)


@lru_cache(maxsize=10_000)
def is_norwegian_id(digits: str) -> bool:
    """Norwegian fødselsnummer or D-number: date and two check digits."""
    from stdnum.no import fodselsnummer

    return bool(fodselsnummer.is_valid(digits))


@lru_cache(maxsize=10_000)
def is_icelandic_id(digits: str) -> bool:
    """Icelandic kennitala of a person: a company's, with 40 added to the day, stays."""
    from stdnum.is_ import kennitala

    return int(digits[:2]) <= 31 and bool(kennitala.is_valid(digits))


@lru_cache(maxsize=10_000)
def is_date(digits: str) -> bool:
    """Whether six digits are day, month, year."""
    day, month = int(digits[:2]), int(digits[2:4])
    return 1 <= day <= 31 and 1 <= month <= 12


def is_card(digits: str) -> bool:
    """Payment card: an issuer's first digits, their length, and the Luhn digit."""
    from stdnum import luhn

    issuer = re.match(r"4|5[0-8]|2[2-7]|3[47]|6(?:011|[2-9])", digits)
    return 13 <= len(digits) <= 19 and issuer is not None and bool(luhn.is_valid(digits))


@lru_cache(maxsize=10_000)
def phone(number: str, region: str | None) -> str | None:
    """Return a telephone number in its international form if it is one in use in the region."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


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
        return cue(kind).search(self.before[-48:]) is not None


Verdict = tuple[str, str] | None


def mask_numbers(text: str, lang: str | None, put: Put) -> str:
    """Replace the numbers that name a person, a card, an account or a telephone.

    Parameters
    ----------
    text : str
        Running text without placeholders and addresses.
    lang : str or None
        Language of the text, for its national telephone numbers.
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
    if not DIGITS.search(text):
        return text
    for pattern, judge in STEPS:
        text = replace(text, pattern, judge, lang, put)
        if not DIGITS.search(text):
            break
    return text


def replace(
    text: str, pattern: re.Pattern[str], judge: Callable[[Candidate], Verdict], lang: str | None, put: Put
) -> str:
    """Replace those matches that the judge gives a kind and a value."""

    def one(found: re.Match[str]) -> str:
        whole = found.string
        verdict = judge(Candidate(found[0], whole[: found.start()], whole[found.end() :], lang))
        return found[0] if verdict is None else put(*verdict)

    return pattern.sub(one, text)


def judge_iban(one: Candidate) -> Verdict:
    """Account if the IBAN's check digits are right."""
    from stdnum import iban

    return ("account", one.number.replace(" ", "")) if iban.is_valid(one.number, check_country=False) else None


def judge_card(one: Candidate) -> Verdict:
    """Card unless the words before say order one.number."""
    digits = one.digits
    return ("card", digits) if is_card(digits) and not one.called("order") else None


def judge_swedish(one: Candidate) -> Verdict:
    """Swedish personal number; without century and hyphen it needs a Swedish text or a word for it."""
    digits = one.digits
    if len(digits) not in (10, 12) or not is_swedish_id(digits):
        return None
    if len(digits) == 10 and not re.search("[-+–]", one.number) and one.called("order"):
        return None
    return "id", digits[-10:]


def judge_norwegian(one: Candidate) -> Verdict:
    """Norwegian birth or D-one.number."""
    digits = one.digits
    return ("id", digits) if len(digits) == 11 and is_norwegian_id(digits) else None


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
    """Danish CPR one.number, which has no check digit to rely on: only in Danish, or after a word for it."""
    digits = one.digits
    return ("id", digits) if is_date(digits) and (one.lang == "da" or one.called("identity")) else None


def judge_finnish(one: Candidate) -> Verdict:
    """Finnish personal identity code."""
    from stdnum.fi import hetu

    return ("id", one.number) if hetu.is_valid(one.number) else None


def judge_account(one: Candidate) -> Verdict:
    """Norwegian account number: eleven digits, mod 11; written without points it needs a word for it."""
    from stdnum.no import kontonr

    digits = one.digits
    if not kontonr.is_valid(digits):
        return None
    return ("account", digits) if "." in one.number or one.called("account") else None


def judge_icelandic_account(one: Candidate) -> Verdict:
    """Icelandic bank, ledger and account one.number, told from a date by its form."""
    if re.fullmatch(r"(?:19|20)\d{2}-(?:0\d|1[0-2])-\d{4}", one.number):
        return None
    return ("account", one.digits) if one.lang == "is" or one.called("account") else None


def judge_phone(one: Candidate) -> Verdict:
    """Telephone number: valid in a country, written as one writes numbers there, and not called something else."""
    number, lang = one.number, one.lang
    digits = one.digits
    if (
        len(digits) < 7
        or DATE.fullmatch(number)
        or one.called("order")
        or MONEY_BEFORE.search(one.before)
        or MONEY_AFTER.match(one.after)
    ):
        return None
    if re.match(r"\+|00[1-9]", number):
        e164 = phone("+" + digits.removeprefix("00") if number.startswith("00") else number, None)
        return ("phone", e164) if e164 else None
    called = one.called("phone")
    for region in REGIONS.get(lang or "", ()) or ALL_REGIONS:
        e164 = phone(number, region)
        if e164 and (called or looks_dialled(number, digits, region, lang)):
            return "phone", e164
    if called or looks_dialled(number, digits, "SE", lang):
        # the leading zero makes a Swedish number plain in any text; a word for it makes any
        for region in ALL_REGIONS if called else ("SE",):
            if e164 := phone(number, region):
                return "phone", e164
    return None


def looks_dialled(number: str, digits: str, region: str, lang: str | None) -> bool:
    """Whether a number without a word before it is grouped as the country groups its telephone numbers."""
    if region == "SE":
        return digits.startswith("0") and "." not in number and "/" not in number
    if lang is None:
        return False
    if region == "IS":
        return bool(re.fullmatch(r"[4-8]\d{2}[ ]?[-–]?[ ]?\d{4}", number)) and not re.search("0000$", digits)
    if re.fullmatch(r"(?:19|20)\d{2}[ ]?[-–/]?[ ]?(?:19|20)\d{2}", number) or re.fullmatch(
        r"(?:19|20)\d{2}[01]\d[0-3]\d", number
    ):
        return False
    return bool(re.fullmatch(r"\d{8}|\d{2}[ -]?\d{2}[ -]?\d{2}[ -]?\d{2}|\d{3}[ -]?\d{2}[ -]?\d{3}", number))


STEPS: tuple[tuple[re.Pattern[str], Callable[[Candidate], Verdict]], ...] = (
    (IBAN, judge_iban),
    (SWEDISH, judge_swedish),
    (NORWEGIAN, judge_norwegian),
    (ICELANDIC, judge_icelandic),
    (DANISH, judge_danish),
    (FINNISH, judge_finnish),
    (CARD, judge_card),
    (NORWEGIAN_ACCOUNT, judge_account),
    (ICELANDIC_ACCOUNT, judge_icelandic_account),
    (PHONE, judge_phone),
)
