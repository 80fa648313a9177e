"""Numbers as a reader meets them in English: in tables, figures, descriptions and sentences alike.

:mod:`scsr.reports.languages` writes the same numbers for readers of other languages, by the same rules of rounding.
"""

from __future__ import annotations

import math
from typing import Any

__all__ = ["HUGE", "RAISED", "number", "percent"]

#: From here on a float is written with a power of ten.
HUGE = 1e15
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: Any) -> str:
    """Write a number for reading: three significant digits, whole numbers in full, thousands separated.

    Parameters
    ----------
    value : number, str or None
        A string is taken as it is, but for ``inf`` and ``-inf``.

    Returns
    -------
    str
        A dash where nothing is known.

    Examples
    --------
    >>> [number(x) for x in (0.012345, 12.345, 1234567, 3.0, 0, None, "inf", 2e-7, float("nan"))]
    ['0.0123', '12.3', '1,234,567', '3', '0', '–', '∞', '2 × 10⁻⁷', '–']
    """
    if value is None or value == "" or value != value:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return {"inf": "∞", "-inf": "−∞"}.get(value, value)
    if isinstance(value, int):
        return f"{value:,}".replace("-", "−")
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return real(value).replace("-", "−")


def real(value: float) -> str:
    """Write a float to three significant digits, without trailing noughts."""
    size = abs(value)
    if 999.5 <= size < HUGE:
        return f"{value:,.0f}"
    if size and not 1e-4 <= size < HUGE:
        mantissa, exponent = f"{value:.2e}".split("e")
        return f"{float(mantissa):g} × 10{str(int(exponent)).translate(RAISED)}"
    return f"{value:.3g}"


def percent(share: Any) -> str:
    """Write a share as a percentage, to three significant digits, or as many as tell it from 100%.

    Examples
    --------
    >>> percent(0.8), percent(0.0123), percent(1), percent(0.99997), percent(-0.031), percent(None)
    ('80%', '1.23%', '100%', '99.997%', '−3.1%', '–')
    """
    if not isinstance(share, (bool, str)) and share is not None and math.isfinite(share):
        points = 100 * share
        if 0 < abs(points) < 1e-4:
            return f"{real(points)}%".replace("-", "−")
        return f"{points:.{5 if 99.5 < points < 100 else 3}g}%".replace("-", "−")
    return number(share)
