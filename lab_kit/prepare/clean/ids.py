"""Ids written several ways, brought to one form."""

import re

import pandas as pd

from lab_kit.errors import LabKitError
from lab_kit.prepare.clean.unread import read_step
from lab_kit.prepare.clean.values import distinct, spread, written
from lab_kit.prepare.columns import require_column
from lab_kit.prepare.ledger import Step


def normalise_ids(
    frame: pd.DataFrame, column: str, *, prefix: str = "", width: int = 1
) -> tuple[pd.DataFrame, Step]:
    """Write every id as the prefix and a number of at least so many digits.

    With `prefix="U", width=5`, each of 123, "123.0" (a spreadsheet's doing), " u123", "U-123" and
    "U00123" becomes "U00123". An id with another prefix or with no number is not read.

    Args:
        frame: Any frame.
        column: The column of ids.
        prefix: What each id begins with; may be empty.
        width: Digits after it, at least; shorter numbers get zeros in front.

    Returns:
        The frame with one form of ids, missing where an id was blank or unreadable; and the step.

    Raises:
        LabKitError: If the column is missing, or if two different ids that both look finished
            (the prefix and at least `width` digits) would become one: they may be two people.
    """
    form = re.compile(rf"(?:{re.escape(prefix)}[-_ #]?)?(\d+)(?:\.0+)?", re.IGNORECASE | re.ASCII)
    values = require_column(frame, column)
    codes, texts = distinct(values)
    results = [_canonical(text, form, prefix, width) for text in texts]
    _refuse_collisions(texts, results, column, prefix, width)

    ids = pd.Series(spread(codes, results, dtype="str"), frame.index)
    blank = ~written(values.astype("str"))
    return read_step(
        f"normalise {column}",
        frame,
        column,
        ids,
        {"unreadable": ids.isna().to_numpy() & ~blank},
        why=f"One form for everyone: {prefix}{'0' * (width - 1)}1",
        counts={"blank": int(blank.sum())} if blank.any() else {},
        changed=(ids.notna() & (ids != values.astype("str"))).to_numpy(),
    )


def _canonical(text: str, form: re.Pattern[str], prefix: str, width: int) -> str | None:
    match = form.fullmatch(text.strip())
    if match is None:
        return None
    return prefix + match[1].lstrip("0").rjust(width, "0")


def _refuse_collisions(
    texts: list[str], results: list[str | None], column: str, prefix: str, width: int
) -> None:
    finished = re.compile(rf"{re.escape(prefix)}\d{{{width},}}")
    owner: dict[str, str] = {}
    for text, result in zip(texts, results, strict=True):
        if result is None or not finished.fullmatch(text):
            continue
        other = owner.setdefault(result, text)
        if other != text:
            raise LabKitError(
                f'"{other}" and "{text}" would both become "{result}"',
                where=f'column "{column}"',
                next_step="find out whether they are the same; if so, rewrite one of them first",
            )
