"""Dates and numbers of a table, read by what a whole column shows and not by what one value may mean."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from scsr.corpus.readers.source import Source
from scsr.errors import SourceError
from scsr.schema import TABLES

__all__ = ["ColumnReader", "Evidence"]

PARTS = re.compile(
    r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})\.?"
    r"(?:[T,\s]\s{0,2}(?:[A-Za-z]{1,3}\.?\s)?(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d{1,9})?)?"
    r"\s?(?:([AaPp])\.?[Mm]\.?)?\s?(Z|[+-]\d{2}:?\d{2})?)?"
)
"""A date of numbers alone, with a time or without."""

SERIAL = re.compile(r"\d{5}(?:[.,]\d{1,12})?")
UNIX = re.compile(r"\d{10}(?:\d{3})?(?:\.\d{1,6})?")
EXCEL = dt.datetime(1899, 12, 30)
EXCEL_YEARS = (25569, 58000)
"""Days of Excel's calendar from 1970 to 2058."""

PLAIN = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
THOUSAND = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")
GROUPED = re.compile(r"([+-]?)(\d[\d.,]*\d|\d)")
BLANKS = re.compile(r"[\s\u00a0\u202f\u2009'\u2019]")

ORDERS = {"day first": (2, 1, 0), "month first": (2, 0, 1), "year first": (0, 1, 2)}
"""Positions of year, month and day among the three numbers."""


@dataclass
class Evidence:
    """What the values of one column show.

    Parameters
    ----------
    orders : dict
        Order of the parts of a date to the place of the first value that rules it out, or ``""``.
    """

    orders: dict[str, str] = field(default_factory=lambda: dict.fromkeys(ORDERS, ""))
    example: str = ""
    n_parts: int = 0
    n_serial: int = 0
    n_unix: int = 0
    n_other: int = 0
    same: bool = True
    comma: str = ""
    point: str = ""
    unclear: str = ""

    def date(self, text: str, locator: str) -> None:
        """Weigh one value of a column of dates."""
        match = PARTS.fullmatch(text)
        if match and len(match[1]) == 4:
            self.n_other += 1  # the year stands first: that says nothing of the others
        elif match:
            readings = {order: day_of(match, order) for order in ORDERS}
            if not any(readings.values()):
                return  # no date in any order: a reject when its turn comes
            self.n_parts += 1
            self.example = self.example or text
            self.same = self.same and len(set(readings.values()) - {None}) == 1
            for order, reading in readings.items():
                if reading is None:
                    self.orders[order] = self.orders[order] or locator
        elif SERIAL.fullmatch(text) and EXCEL_YEARS[0] <= float(text.replace(",", ".")) <= EXCEL_YEARS[1]:
            self.n_serial += 1
        elif UNIX.fullmatch(text):
            self.n_unix += 1
        else:
            self.n_other += 1

    def order(self) -> str | None:
        """Order of the parts that all values allow; None where several do, or none."""
        left = [order for order, against in self.orders.items() if not against]
        return left[0] if len(left) == 1 or (left and self.same) else None

    def number(self, text: str, locator: str) -> None:
        """Weigh one value of a column of numbers: which sign stands before the decimals."""
        match = GROUPED.fullmatch(BLANKS.sub("", text))
        if not match or not re.search("[.,]", match[2]):
            return
        digits = match[2]
        last = max(digits.rfind(","), digits.rfind("."))
        sign, other = digits[last], ".,"[digits[last] == "."]
        after, before = len(digits) - last - 1, len(digits[:last])
        if other in digits:
            shown = sign
        elif digits.count(sign) > 1:
            shown = other  # what stands twice sets thousands apart
        elif after != 3 or before > 3 or digits.startswith("0"):
            shown = sign
        else:
            self.unclear = self.unclear or (text if sign == "," else "")
            return
        if shown == ",":
            self.comma = self.comma or locator
        else:
            self.point = self.point or locator


def day_of(match: re.Match[str], order: str) -> dt.date | None:
    """Read the three numbers of a date in one order; None where they are none."""
    numbers = (match[1], match[3], match[4])
    year, month, day = (numbers[at] for at in ORDERS[order])
    if len(year) not in (2, 4) or len(month) > 2 or len(day) > 2:
        return None
    if order == "year first" and len(year) == 2 and match[2] != "-":
        return None  # nobody writes 98/09/25
    full = int(year) + (0 if len(year) == 4 else 2000 if int(year) < 70 else 1900)
    try:
        return dt.date(full, int(month), int(day)) if 1900 <= full < 2100 else None
    except ValueError:
        return None


def iso(match: re.Match[str], order: str) -> str | None:
    """Write a date of numbers, with its time, as ISO 8601 and no finer than it was."""
    day = day_of(match, order)
    if day is None:
        return None
    if match[5] is None:
        return day.isoformat()
    hour = int(match[5])
    if match[8]:
        hour = hour % 12 + (12 if match[8].lower() == "p" else 0)
    second = f":{match[7]}" if match[7] else ""
    return f"{day.isoformat()}T{hour:02d}:{match[6]}{second}{match[9] or ''}"


def whole(text: str) -> str:
    """Write a whole number without groups: it has no decimals, so threes of digits are thousands.

    Examples
    --------
    >>> whole("1 234"), whole("1.234.567"), whole("12,0"), whole("mange")
    ('1234', '1234567', '12.0', 'mange')
    """
    bare = BLANKS.sub("", text)
    if re.fullmatch(r"[+-]?\d{1,3}(?:\.\d{3})+|[+-]?\d{1,3}(?:,\d{3})+", bare):
        return bare.replace(".", "").replace(",", "")
    bare = bare.replace(",", ".")
    return bare if PLAIN.fullmatch(bare) else text


class ColumnReader:
    """Writes the dates and numbers of one file in one way; looks the file over once, if a value needs it.

    Parameters
    ----------
    source : Source
        With ``date_format`` its dates are left alone; ``decimal`` says what stands before decimals.
    file : str
        Path below the raw folder, for messages.
    rows : callable
        Gives place and contract values of every record of the file, anew at each call.
    """

    def __init__(self, source: Source, file: str, rows: Callable[[], Iterable[tuple[str, Mapping[str, str]]]]) -> None:
        columns = TABLES[source.table].columns
        self.source, self.file, self.rows = source, file, rows
        self.dates = {c.name for c in columns if c.kind == "timestamp" and not source.date_format}
        self.numbers = {c.name: c.kind == "int" for c in columns if c.kind in ("int", "float")}
        self.evidence: dict[str, Evidence] | None = None

    def settle(self, values: dict[str, str]) -> dict[str, str]:
        """Write the values of one record as ISO dates and plain numbers.

        Parameters
        ----------
        values : dict of str to str
            Contract column to the file's value; changed in place.

        Returns
        -------
        dict of str to str
            The same. What is no date or number in any reading stays as it is.

        Raises
        ------
        SourceError
            If the column does not tell how it is to be read, or tells two ways.
        """
        for column in self.dates & values.keys():
            text = values[column]
            if text[:5].strip("0123456789") == "" or PARTS.fullmatch(text):
                values[column] = self.date(column, text)
        for column in self.numbers.keys() & values.keys():
            text = values[column]
            if self.numbers[column]:
                values[column] = whole(text)
            elif not PLAIN.fullmatch(text) or THOUSAND.fullmatch(text) or self.source.decimal:
                values[column] = self.number(column, text)
        return values

    def learnt(self, column: str) -> Evidence:
        """Evidence of a column, from all of its values."""
        if self.evidence is None:
            self.evidence = {name: Evidence() for name in (*self.dates, *self.numbers)}
            for locator, values in self.rows():
                for name in self.dates & values.keys():
                    self.evidence[name].date(values[name], locator)
                for name in self.numbers.keys() & values.keys():
                    self.evidence[name].number(values[name], locator)
        return self.evidence[column]

    def date(self, column: str, text: str) -> str:
        """Write one date of numbers as ISO 8601."""
        match = PARTS.fullmatch(text)
        if match and len(match[1]) == 4:
            if match[2] == "-" and len(match[3]) == len(match[4]) == 2:
                return text  # ISO 8601 already
            return iso(match, "year first") or text
        if not match and not SERIAL.fullmatch(text) and not UNIX.fullmatch(text):
            return text
        shown = self.learnt(column)
        if not match:
            return self.counted(shown, text)
        order = shown.order()
        if order is None:
            raise SourceError(f"source {self.source.name!r}, file {self.file}: {self.unclear_date(column, shown)}")
        return iso(match, order) or text

    def counted(self, shown: Evidence, text: str) -> str:
        """Write a count of days (Excel) or seconds (Unix), where the whole column is of one kind, as ISO 8601."""
        if SERIAL.fullmatch(text) and shown.n_serial and not shown.n_unix + shown.n_other + shown.n_parts:
            stamp = EXCEL + dt.timedelta(days=float(text.replace(",", ".")))
            stamp = (stamp + dt.timedelta(milliseconds=500)).replace(microsecond=0)
            return stamp.date().isoformat() if text.isdigit() else stamp.isoformat()
        if UNIX.fullmatch(text) and shown.n_unix and not shown.n_serial + shown.n_other + shown.n_parts:
            whole = text.partition(".")[0]
            seconds = float(text) / (1000 if len(whole) == 13 else 1)
            return dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat()
        return text

    def unclear_date(self, column: str, shown: Evidence) -> str:
        """Say why a column of dates cannot be read, and what to do."""
        day, month = shown.orders["day first"], shown.orders["month first"]
        column = self.source.columns.get(column, column)
        remedy = 'state date_format = "%d/%m/%Y", or how else it is written, in sources.toml'
        if day and month:
            return (
                f"column {column!r} holds dates that are day first ({month}) and others that are month first ({day}); "
                "write them in one way, best as 2012-09-11"
            )
        return f"column {column!r} holds dates such as {shown.example!r}, and no value tells the day from the month; {remedy}"

    def number(self, column: str, text: str) -> str:
        """Write one number without groups and with a decimal point."""
        bare = BLANKS.sub("", text)
        if not GROUPED.fullmatch(bare) or not re.search("[.,]", bare):
            return bare if PLAIN.fullmatch(bare) else text
        decimal = self.source.decimal
        if not decimal:
            shown = self.learnt(column)
            named = self.source.columns.get(column, column)
            place = f"source {self.source.name!r}, file {self.file}: column {named!r}"
            if shown.comma and shown.point:
                raise SourceError(
                    f"{place} has a decimal comma ({shown.comma}) and a decimal point ({shown.point}); "
                    "write its numbers in one way"
                )
            if shown.unclear and not shown.comma and not shown.point:
                raise SourceError(
                    f"{place} holds numbers such as {shown.unclear!r}, and no value tells decimals from thousands; "
                    'state decimal = "," or decimal = "." in sources.toml'
                )
            decimal = "," if shown.comma else "."
        group = "." if decimal == "," else ","
        form = rf"[+-]?(?:\d{{1,3}}(?:[{group}]\d{{3}})+|\d+)(?:[{decimal}]\d*)?"
        return bare.replace(group, "").replace(",", ".") if re.fullmatch(form, bare) else text
