"""Telephone numbers of people; toll-free and other service numbers are firms' and stay."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache, lru_cache

from scsr.text.patterns import alternation
from scsr.text.privacy.identifiers import Candidate
from scsr.text.resources import privacy

__all__ = ["mask_phones"]

Put = Callable[[str, str], str]

RUN = re.compile(r"(?<![\w#<=$€£])(?<!\d[.,/:–])(?<!\w-)[+(]{0,2}\d[\d ()./–-]{4,60}(?<=\d)(?![\w]|[.,:]\d|[ ]?%)")
"""Digits and what stands between the digits of a number."""

PIECE = re.compile(r"\S*\d\S*")
JOINT = re.compile(r"[ ]?(?:[-–./][ ]?)?(?:\(0\)[ ]?)?\(?|\)[ ]?[-–]?[ ]?")
DATE = re.compile(
    r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|(?:19|20)\d{2}[./-]\d{1,2}[./-]\d{1,2}"
    r"|(?:19|20)\d{2}[ ]?[-–/]?[ ]?(?:19|20)\d{2}|(?:19|20)\d{2}[01]\d[0-3]\d"
    r"|\d{1,2}[.:]\d{2}[ ]?[-–][ ]?\d{1,2}[.:]\d{2}|(?:[01]\d|2[0-4])[0-5]\d[ ]?[-–][ ]?(?:[01]\d|2[0-4])[0-5]\d"
)
"""Dates, years and hours, which are grouped as numbers are."""

REGIONS = {"sv": ("SE", "FI"), "nb": ("NO",), "nn": ("NO",), "is": ("IS",), "da": ("DK",), "fi": ("FI",)}
ALL_REGIONS = ("SE", "NO", "IS", "DK", "FI")
STAYS = "stays"
AREA = re.compile(r"(?:\+|00)?(?:\d{1,3}[ ]?)?\((?:\+|00)?\d{1,4}\)|\(\+?\d{1,3}[ ]?\(0\)")
"""A part in brackets is the country's or the area's code, and stands at the beginning."""


@cache
def money() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of a currency right before a number and of a unit right after it."""
    words = privacy()["numbers"]
    before, after = alternation(words["currencies"]), alternation(words["units"])
    return (
        re.compile(rf"(?<![^\W_])(?:{before})[ ]?$", re.IGNORECASE),
        re.compile(rf"[ ]?(?:{after})(?![^\W_])", re.IGNORECASE),
    )


def is_amount(one: Candidate) -> bool:
    """Whether a number is an amount of something."""
    before, after = money()
    return before.search(one.before) is not None or after.match(one.after) is not None


@lru_cache(maxsize=20_000)
def phone(number: str, region: str | None, called: bool = False) -> str | None:
    """Return a number in its international form if it is one in use in the region.

    Parameters
    ----------
    number : str
        As written.
    region : str or None
        ISO code of a country; None for a number with its country's code.
    called : bool
        Whether a word says that it is a telephone number: then its length is enough.

    Returns
    -------
    str or None
        E.164; :data:`STAYS` for toll-free and other service numbers, which nobody has at home.
    """
    import phonenumbers
    from phonenumbers import PhoneNumberType as Kind

    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
    valid = phonenumbers.is_valid_number(parsed)
    if not valid and not (called and phonenumbers.is_possible_number(parsed)):
        return None
    if phonenumbers.number_type(parsed) in (Kind.TOLL_FREE, Kind.PREMIUM_RATE, Kind.SHARED_COST, Kind.UAN):
        return STAYS
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def mask_phones(text: str, lang: str | None, put: Put) -> str:
    """Replace telephone numbers.

    Parameters
    ----------
    text : str
        Running text without placeholders and addresses.
    lang : str or None
        Language of the text: whose numbers to expect without a country's code.
    put : callable
        Kind and value to placeholder.

    Returns
    -------
    str
        The text with placeholders.

    Examples
    --------
    >>> mask_phones("Ring 070-123 45 67, inte 020-12 34 56", "sv", lambda kind, value: f"<{kind}>")
    'Ring <phone>, inte 020-12 34 56'
    """
    pieces, at = [], 0
    for run in RUN.finditer(text):
        if found := find(run, lang):
            start, end, value = found
            pieces += [text[at:start], put("phone", value)]
            at = end
    return "".join([*pieces, text[at:]]) if pieces else text


def find(run: re.Match[str], lang: str | None) -> tuple[int, int, str] | None:
    """Find a telephone number in a run of digits: where it starts and ends, and its international form."""
    text = run.string
    whole = Candidate(run[0], text[max(0, run.start() - 48) : run.start()], text[run.end() : run.end() + 8], lang)
    if whole.called("desk"):
        return None
    other = whole.called("order") or whole.called("firm")
    other = other or is_amount(whole)
    for start, end in spans(run[0], whole.called("phone")):
        number = run[0][start:end]
        if other and not re.match(r"\+|00|\(\+", number) and (start == 0 or number[0] != "0"):
            continue
        value = judge(Candidate(number, whole.before + run[0][:start], run[0][end:] + whole.after, lang))
        if value == STAYS:
            return None
        if value:
            return run.start() + start, run.start() + end, value
    return None


def spans(run: str, called: bool) -> Iterator[tuple[int, int]]:
    """Yield the parts of a run that may be one number: first the whole, then what comes last or, if called, first."""
    pieces = [found.span() for found in PIECE.finditer(run)]
    n = len(pieces)
    if n > 16 and len(run) < 3 * n:
        return  # a row of single digits, too long for a number
    pairs = [(i, j) for i in range(n) for j in range(i + 1, min(n, i + 12) + 1)]
    for i, j in sorted(pairs, key=(lambda p: (p[0], -p[1])) if called else (lambda p: (-p[1], p[0]))):
        start, end = pieces[i][0], pieces[j - 1][1]
        if run[start] == "(" and run.count("(", start, end) > run.count(")", start, end):
            start += 1
        while end > start and not run[end - 1].isdigit():
            end -= 1
        n_digits = sum(map(str.isdigit, run[start:end]))
        if 7 <= n_digits <= 16 and well_joined(run[start:end]):
            yield start, end


def well_joined(number: str) -> bool:
    """Whether no more stands between two digits than people write within one number."""
    gaps = re.split(r"\d", number)[1:-1]
    if "(" in number and not AREA.match(number):
        return False
    return all(len(gap) <= 5 and JOINT.fullmatch(gap) for gap in gaps if gap)


def judge(one: Candidate) -> str | None:
    """Return the international form of a telephone number: valid in a country, and written as one writes there."""
    number, lang = one.number, one.lang
    digits = one.digits
    if DATE.fullmatch(number):
        return None
    called = one.called("phone")
    if re.match(r"\(?\+|00[1-9]", number):
        bare = re.sub(r"\(0\)", "", number)
        bare = "+" + re.sub(r"\D", "", bare).removeprefix("00")
        return phone(bare, None, called or number != digits)
    if lang not in REGIONS and any(phone(digits, region) == STAYS for region in ("US", "GB")):
        return STAYS
    if len(digits) == 10 and digits.startswith("123"):
        return STAYS  # Swish numbers of firms
    coded = called and re.fullmatch(r"(?:46|47|45|354|358)[ -]?\d.*", number)
    if coded and len(digits) > 9 and (value := phone("+" + digits, None)):
        return value
    for region in REGIONS.get(lang or "", ()) or (ALL_REGIONS if called else ("SE",)):
        if (called or looks_dialled(number, digits, region, lang)) and (value := phone(digits, region, called)):
            return value
    if called or looks_dialled(number, digits, "SE", lang):
        for region in ALL_REGIONS if called else ("SE",):
            if value := phone(digits, region):
                return value
    return None


def looks_dialled(number: str, digits: str, region: str, lang: str | None) -> bool:
    """Whether a number without a word before it is grouped as the country groups its telephone numbers."""
    if region in ("SE", "FI"):
        # the leading zero makes a number plain at home; elsewhere only a mobile's is
        return (
            bool(re.match(r"0[1-9]", digits)) if lang in ("sv", "fi") else bool(re.fullmatch(r"07[02369]\d{7}", digits))
        )
    if lang is None:
        return False
    if region == "IS":
        return bool(re.fullmatch(r"[4-8]\d{2}[ ]?[-–.]?[ ]?\d{4}", number)) and not digits.endswith("0000")
    return bool(
        re.fullmatch(r"\d{8}|\d{2}([ .-]?)\d{2}\1\d{2}\1\d{2}|\d{3}([ .-]?)\d{2}\2\d{3}|\d{4}[ -]\d{4}", number)
    )
