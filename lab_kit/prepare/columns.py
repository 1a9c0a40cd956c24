"""Find a column, or say which ones come near it."""

import difflib
from collections.abc import Iterable, Sequence

import pandas as pd

from lab_kit.errors import LabKitError


def require_columns(
    there: Iterable[object], needed: Sequence[str], *, where: str | None = None
) -> None:
    """Make sure that columns are there.

    Args:
        there: The names that exist.
        needed: The names that must exist.
        where: The file or table, for the message.

    Raises:
        LabKitError: Naming every column that is missing and the nearest names there are.
    """
    names = [str(name) for name in there]
    missing = [name for name in needed if name not in names]
    if missing:
        listed = ", ".join(f'"{name}"' for name in missing)
        raise LabKitError(
            f"Column {listed} is missing" if len(missing) == 1 else f"Columns {listed} are missing",
            where=where,
            next_step=_advice(missing, names),
        )


def require_column(frame: pd.DataFrame, column: str) -> pd.Series:
    """The column of that name, or a `LabKitError` that names the nearest."""
    require_columns(frame.columns, [column])
    return frame[column]


def nearest(name: str, names: Iterable[str], *, most: int = 3) -> list[str]:
    """The names spelt most like this one, best first; capitals, spaces and signs do not count."""
    by_bare: dict[str, str] = {}
    for candidate in names:
        by_bare.setdefault(_bare(candidate), candidate)
    close = difflib.get_close_matches(_bare(name), by_bare, n=most, cutoff=0.6)
    return [by_bare[bare] for bare in close]


def _advice(missing: Sequence[str], names: Sequence[str]) -> str:
    close = dict.fromkeys(other for name in missing for other in nearest(name, names))
    there = ", ".join(f'"{name}"' for name in names) or "none"
    if close:
        offered = " or ".join(f'"{name}"' for name in close)
        return f"did you mean {offered}? The columns are {there}"
    return f"use one of the columns {there}"


def _bare(name: str) -> str:
    return "".join(char for char in name.casefold() if char.isalnum())
