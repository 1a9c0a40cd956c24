"""Numbers as shops write them: "12,900원", "₩ 1 200", "1 234,5"."""

import re
import unicodedata
from collections.abc import Sequence

import pandas as pd

from lab_kit.errors import LabKitError
from lab_kit.prepare.clean.unread import read_step
from lab_kit.prepare.clean.values import distinct, spread, true_of, written
from lab_kit.prepare.columns import require_column
from lab_kit.prepare.ledger import Step

UNITS = ("원", "₩", "KRW", "$", "USD", "€", "EUR", "£", "GBP")
"""Signs and words of money that may stand before or after a number."""

PLAIN = re.compile(r"-?\d+(\.\d+)?")


def parse_numbers(
    frame: pd.DataFrame,
    column: str,
    *,
    decimal: str = ".",
    thousands: str = ",",
    units: Sequence[str] = UNITS,
    whole: bool = False,
    into: str | None = None,
) -> tuple[pd.DataFrame, Step]:
    """Read a column of numbers written with units and thousands separators.

    A separator must stand before every three digits, so that "12,9" is not taken for 129. A
    blank separates thousands too. What cannot be read is missing afterwards; its text is kept in
    `<into>_unread`.

    Args:
        frame: Any frame.
        column: The column to read.
        decimal: The sign before the fraction: "." in Korea and America, "," in much of Europe.
        thousands: The sign between groups of three digits.
        units: What may stand before or after the number.
        whole: Whether only whole numbers make sense; a fraction is then unreadable.
        into: Where the numbers go; the same column by default.

    Returns:
        The frame with numbers (float64; Int64 if `whole`); and the step, in which the rows count
        as changed whose text was more than digits.

    Raises:
        LabKitError: If the column is missing, or both signs are the same.
    """
    if decimal == thousands:
        raise LabKitError(
            f"{decimal!r} cannot separate both thousands and the fraction",
            next_step='look at a few values and say which sign is which, such as decimal=","',
        )
    values = require_column(frame, column)
    form = _pattern(decimal, thousands, units)
    codes, texts = distinct(values)
    results = [_number(text, form, whole) for text in texts]
    blank = ~written(values.astype("str"))
    numbers = pd.Series(spread(codes, results, dtype="Int64" if whole else "float64"), frame.index)
    read = numbers.notna().to_numpy()
    return read_step(
        f"read numbers of {column}",
        frame,
        column,
        numbers,
        {"unreadable": ~read & ~blank},
        into=into,
        why="Money signs and thousands separators are for people",
        counts={"blank": int(blank.sum())} if blank.any() else {},
        changed=read & ~true_of(values, _is_plain),
    )


def _pattern(decimal: str, thousands: str, units: Sequence[str]) -> re.Pattern[str]:
    unit = "|".join(re.escape(unicodedata.normalize("NFKC", name)) for name in units)
    unit = rf"(?:{unit})?" if unit else ""
    sign = re.escape(thousands)
    return re.compile(
        rf"(?P<minus>[+-]?)\s*{unit}\s*"
        rf"(?P<whole>\d+|\d{{1,3}}(?:(?P<gap>{sign}|\ )\d{{3}})(?:(?P=gap)\d{{3}})*)"
        rf"(?:{re.escape(decimal)}(?P<fraction>\d+))?\s*{unit}",
        re.IGNORECASE | re.ASCII,
    )


def _is_plain(text: str) -> bool:
    return PLAIN.fullmatch(text) is not None


def _number(text: str, form: re.Pattern[str], whole: bool) -> float | int | None:
    # NFKC turns full-width digits and narrow or unbreakable blanks into the plain ones.
    match = form.fullmatch(unicodedata.normalize("NFKC", text).replace("−", "-").strip())
    if match is None:
        return None
    digits = "".join(filter(str.isdigit, match["whole"]))
    fraction = match["fraction"] or ""
    minus = "-" if match["minus"] == "-" else ""
    if not whole:
        return float(f"{minus}{digits}.{fraction}")
    if fraction.strip("0") or len(digits) > 18:  # more digits do not fit into 64 bits
        return None
    return int(minus + digits)
