"""The typed parameters of a notebook, read without running it and checked before a kernel starts.

A notebook declares them once, as literals in the cell tagged ``parameters``::

    country: str | None = None   # market; one of: SE | NO | IS
    horizon_h: float = 24.0      # promise to check; unit: hours; range: >0, <=720
    start: str | None = None     # first day; format: date

so that plain papermill and a person in JupyterLab read the same line as the command does.
"""

from __future__ import annotations

import ast
import difflib
import io
import json
import math
import re
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from scsr.errors import ParameterError

__all__ = ["Parameter", "check", "describe", "from_text", "nearest", "parse", "read"]

TYPES: dict[str, tuple[type, ...]] = {"str": (str,), "int": (int,), "float": (float, int), "bool": (bool,)}
BOUND = re.compile(r"(>=|<=|>|<)\s*(\S+)")
FIELDS = ("unit", "range", "one of", "format", "secret")


@dataclass(frozen=True)
class Parameter:
    """One parameter of a notebook.

    Parameters
    ----------
    name : str
    kind : str
        ``str``, ``int``, ``float``, ``bool`` or a list of one, such as ``list[str]``.
    optional : bool
        Whether it may be None.
    default : object
    description, unit : str
    bounds : tuple of (str, str)
        Comparisons that a value must meet, such as ``(">", "0")``.
    allowed : tuple of str
        The values that it may take; empty where any.
    is_date : bool
        Whether it is a day, written ``2012-09-11``.
    secret : bool
        Whether its value must never be shown.
    """

    name: str
    kind: str
    default: Any = None
    optional: bool = False
    description: str = ""
    unit: str = ""
    bounds: tuple[tuple[str, str], ...] = ()
    allowed: tuple[str, ...] = ()
    is_date: bool = False
    secret: bool = False

    @property
    def is_list(self) -> bool:
        """Whether it takes several values."""
        return self.kind.startswith("list")

    @property
    def item(self) -> str:
        """Type of the value, or of each of its values."""
        return self.kind[5:-1] if self.is_list else self.kind

    def shown(self, value: Any) -> str:
        """Write a value for people; a secret as stars."""
        return "***" if self.secret and value is not None else json.dumps(value, ensure_ascii=False, default=str)


def read(notebook: Path | str) -> list[Parameter]:
    """Read the parameters of a notebook.

    Parameters
    ----------
    notebook : Path

    Returns
    -------
    list of Parameter
        In the order of the cell; empty where no cell is tagged ``parameters``.

    Raises
    ------
    ParameterError
        If the notebook cannot be read or a line of the cell is no typed literal.
    """
    path = Path(notebook)
    try:
        cells = json.loads(path.read_text("utf-8"))["cells"]
    except (OSError, ValueError, KeyError) as error:
        raise ParameterError(f"{path}: no notebook that can be read ({type(error).__name__})") from None
    for cell in cells:
        if "parameters" in cell.get("metadata", {}).get("tags", []):
            return parse("".join(cell["source"]), path.name)
    return []


def parse(source: str, where: str = "parameters") -> list[Parameter]:
    """Read the parameters in the source of a cell, without running it.

    Raises
    ------
    ParameterError
        Naming the line and what it should be.

    Examples
    --------
    >>> one, = parse("hours: float = 24.0  # promise; unit: h; range: >0, <=720")
    >>> one.description, one.unit, one.bounds
    ('promise', 'h', (('>', '0'), ('<=', '720')))
    """
    try:
        tree = ast.parse(source)
        notes = comments(source)
    except (SyntaxError, tokenize.TokenError) as error:
        raise ParameterError(f"{where}: the parameters cell is no Python: {error}") from None
    found = []
    for line in tree.body:
        if isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant):
            continue
        target = line.target if isinstance(line, ast.AnnAssign) else getattr(line, "targets", [None])[0]
        if not isinstance(line, (ast.Assign, ast.AnnAssign)) or not isinstance(target, ast.Name) or not line.value:
            raise ParameterError(
                f"{where}, parameters cell, line {line.lineno}: {ast.unparse(line)!r} is no 'name: type = literal'"
            )
        try:
            default = ast.literal_eval(line.value)
        except ValueError:
            raise ParameterError(
                f"{where}, parameter {target.id!r}: {ast.unparse(line.value)!r} is no literal that can be set"
            ) from None
        annotation = ast.unparse(line.annotation) if isinstance(line, ast.AnnAssign) else ""
        one = build(target.id, annotation, default, notes.get(line.end_lineno or line.lineno, ""), where)
        found.append(one)
        checked_value(one, default, where)
    return found


def comments(source: str) -> dict[int, str]:
    """Return the comment of each line that has one."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {token.start[0]: token.string.lstrip("# ") for token in tokens if token.type == tokenize.COMMENT}


def build(name: str, annotation: str, default: Any, note: str, where: str) -> Parameter:
    """Make a parameter of its annotation and its comment."""
    parts = [part.strip() for part in annotation.split("|")]
    optional = "None" in parts
    kinds = [part for part in parts if part not in ("None", "")]
    kind = kinds[0] if kinds else type(default).__name__
    item = kind[5:-1] if kind.startswith("list[") else kind
    if len(kinds) > 1 or item not in TYPES:
        raise ParameterError(
            f"{where}, parameter {name!r}: type {annotation or kind!r} is not known; use str, int, float, bool, "
            "list[...] of one of them, or one of these '| None'"
        )
    stated = {"description": ""}
    for place, piece in enumerate(part.strip() for part in note.split(";")):
        key, colon, value = piece.partition(":")
        if colon and key.strip().lower() in FIELDS:
            stated[key.strip().lower()] = value.strip()
        elif place == 0:
            stated["description"] = piece
        else:
            stated["description"] += "; " + piece
    allowed = tuple(value.strip() for value in stated.get("one of", "").split("|") if value.strip())
    is_date = stated.get("format", stated.get("unit", "")).lower() in ("date", "day", "yyyy-mm-dd")
    return Parameter(
        name, kind, default, optional, stated["description"], stated.get("unit", ""),
        tuple(BOUND.findall(stated.get("range", "").replace(",", " "))), allowed, is_date,
        stated.get("secret", "").lower() in ("yes", "true"),
    )  # fmt: skip


def nearest(name: str, known: list[str]) -> str:
    """Say which known name was probably meant, or which there are.

    Examples
    --------
    >>> nearest("contry", ["country", "year"])
    "did you mean 'country'?"
    """
    close = difflib.get_close_matches(name, known, 1)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"there are: {', '.join(known)}" if known else "there are none"


def check(declared: list[Parameter], given: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Check values against the declared parameters.

    Parameters
    ----------
    declared : list of Parameter
    given : mapping
        Values by name, typed (as from TOML) or, from the command line, through :func:`from_text` first.
    where : str
        Report or notebook, for the error.

    Returns
    -------
    dict
        Values for all declared parameters, defaults included, in the declared order.

    Raises
    ------
    ParameterError
        On an unknown name, with the nearest one, or a value of the wrong type, range or form.

    Examples
    --------
    >>> declared = parse("country: str = 'SE'  # market; one of: SE | NO | IS")
    >>> check(declared, {"contry": "NO"}, "rates")
    Traceback (most recent call last):
    scsr.errors.ParameterError: rates: no parameter 'contry'; did you mean 'country'?
    """
    names = [one.name for one in declared]
    for name in given:
        if name not in names:
            raise ParameterError(f"{where}: no parameter {name!r}; {nearest(name, names)}")
    return {
        one.name: checked_value(one, given[one.name], where) if one.name in given else one.default
        for one in declared
    }  # fmt: skip


def checked_value(one: Parameter, value: Any, where: str) -> Any:
    """Return a value in the declared type, or say what is wrong with it."""

    def wrong(problem: str) -> ParameterError:
        return ParameterError(f"{where}, parameter {one.name!r}: {one.shown(value)} {problem}")

    if value is None:
        if one.optional or one.default is None:
            return None
        raise wrong(f"is not a {one.kind}; it cannot be left out")
    if one.is_list and not isinstance(value, (list, tuple)):
        raise wrong(f"is not a {one.kind}")
    for each in value if one.is_list else [value]:
        if not isinstance(each, TYPES[one.item]) or (isinstance(each, bool) and one.item != "bool"):
            raise wrong(f"is not a {one.kind}")
        if isinstance(each, float) and not math.isfinite(each):
            raise wrong("is not a finite number")
        if one.allowed and str(each) not in one.allowed:
            raise wrong(f"is not one of {' | '.join(one.allowed)}")
        if one.is_date and not is_day(each):
            raise wrong("is not a day, which is written like 2012-09-11")
        for sign, limit in one.bounds:
            if not holds(each, sign, limit):
                raise wrong(f"is not {sign} {limit}" + (f" {one.unit}" if one.unit and not one.is_date else ""))
    return float(value) if one.kind == "float" else list(value) if one.is_list else value


def is_day(value: Any) -> bool:
    """Whether a value is a day of the calendar, written ``2012-09-11``."""
    try:
        return bool(date.fromisoformat(value)) and len(value) == 10
    except ValueError:
        return False


def holds(value: Any, sign: str, limit: str) -> bool:
    """Whether a value meets one bound; days compare as text."""
    other: Any = limit if isinstance(value, str) else float(limit)
    return {">": value > other, ">=": value >= other, "<": value < other, "<=": value <= other}[sign]


def from_text(one: Parameter, text: str, where: str) -> Any:
    """Read a value as written on the command line.

    Raises
    ------
    ParameterError
        If the text is no such value.

    Examples
    --------
    >>> from_text(Parameter("years", "list[int]"), "2011, 2012", "rates")
    [2011, 2012]
    """
    if one.optional and text.lower() in ("none", "null", ""):
        return None
    if one.is_list:
        inner = text.strip().removeprefix("[").removesuffix("]")
        return [item_from_text(one, piece.strip().strip("'\""), where) for piece in inner.split(",") if piece.strip()]
    return item_from_text(one, text, where)


def item_from_text(one: Parameter, text: str, where: str) -> Any:
    """Read one value as written."""
    if one.item == "str":
        return text
    if one.item == "bool":
        words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
        if text.lower() in words:
            return words[text.lower()]
    else:
        try:
            return int(text) if one.item == "int" else float(text)
        except ValueError:
            pass
    raise ParameterError(f"{where}, parameter {one.name!r}: {one.shown(text)} is not a {one.item}")


def describe(declared: list[Parameter]) -> str:
    """Say which parameters a notebook has, one a line.

    Examples
    --------
    >>> print(describe(parse("hours: float = 24.0  # promise; unit: h; range: >0")))
    hours: float = 24.0  promise; unit: h; range: >0
    """
    lines = []
    for one in declared:
        kind = one.kind + (" | None" if one.optional else "")
        facts = [one.description] if one.description else []
        facts += [f"unit: {one.unit}"] if one.unit else []
        facts += ["a day, such as 2012-09-11"] if one.is_date else []
        facts += ["range: " + ", ".join(sign + limit for sign, limit in one.bounds)] if one.bounds else []
        facts += ["one of: " + " | ".join(one.allowed)] if one.allowed else []
        lines.append(f"{one.name}: {kind} = {one.shown(one.default)}  {'; '.join(facts)}".rstrip())
    return "\n".join(lines) or "no parameters"
