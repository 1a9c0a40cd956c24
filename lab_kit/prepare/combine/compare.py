"""What each way of putting two tables together would give."""

from dataclasses import dataclass
from html import escape
from typing import get_args

import pandas as pd

from lab_kit.errors import LabKitError
from lab_kit.prepare.combine.join import AT_MOST, How, join
from lab_kit.prepare.combine.keys import On
from lab_kit.prepare.combine.words import quoted
from lab_kit.prepare.tables import html_table, text_table

HEADER = ("way", "rows", "missing cells", "total", "off by")


@dataclass(frozen=True, eq=False)
class Comparison:
    """One row a way: concat, the four joins, a join on the wrong key, and every pair of rows."""

    table: pd.DataFrame
    """way, rows, missing (cells), total (of the column asked for; missing where the table was not
    built) and error (total less truth, as a share of it)."""
    total: str
    """Which column was added up."""
    truth: float

    def __repr__(self) -> str:
        return f"{self._title()}\n{text_table(HEADER, self._rows())}"

    def _repr_html_(self) -> str:
        return html_table(escape(self._title()), HEADER, self._rows())

    def _title(self) -> str:
        return f"The same two tables, put together in each way; true {self.total} {self.truth:,.0f}"

    def _rows(self) -> list[tuple[str, str, str, str, str]]:
        def shown(number: float, form: str) -> str:
            return "not built" if pd.isna(number) else format(number, form)

        return [
            (
                row.way,
                f"{row.rows:,}",
                shown(row.missing, ",.0f"),
                shown(row.total, ",.0f"),
                "exact" if abs(row.error) < 5e-5 else shown(row.error, "+.1%"),
            )
            for row in self.table.itertuples()
        ]


def compare(
    left: pd.DataFrame,
    right: pd.DataFrame,
    on: On,
    *,
    total: str,
    truth: float | None = None,
    wrong_on: tuple[str, str] | None = None,
    names: tuple[str, str] = ("left", "right"),
) -> Comparison:
    """Put two tables together in every way, and add up one column of the left each time.

    Args:
        left: A table that has the column `total`.
        right: Another.
        on: The right key.
        total: A numeric column of the left table.
        truth: What its sum should be; its sum in the left table by default.
        wrong_on: A column of each table that somebody might take for the key.
        names: What the tables are called.

    Raises:
        LabKitError: As `join` does; and if `total` is not in the left table or adds up to nothing.
    """
    if total not in left or not pd.api.types.is_numeric_dtype(left[total].dtype):
        raise LabKitError(
            f"{names[0]} has no column of numbers {quoted(total)}",
            where=names[0],
            next_step="name one whose sum you care about, such as a revenue",
        )
    true = float(left[total].sum()) if truth is None else truth
    if not true:
        raise LabKitError(
            f"The true sum of {quoted(total)} is 0, so no error can be a share of it",
            where=names[0],
            next_step="name another column",
        )
    rows = [_row("concat", pd.concat([left, right], ignore_index=True), total, true)]
    for how in get_args(How):
        frame, _ = join(left, right, on, how=how, cardinality="many-to-many", names=names)
        rows.append(_row(f"{how} join", frame, total, true))
    if wrong_on is not None:
        way = f"{wrong_on[0]} = {wrong_on[1]}, the wrong key"
        rows.append(_wrong(way, left, right, wrong_on, total, true, names))
    rows.append(("every pair of rows", len(left) * len(right), None, None, None))
    columns = ["way", "rows", "missing", "total", "error"]
    table = pd.DataFrame(rows, columns=columns)
    return Comparison(table.astype(dict.fromkeys(columns[2:], "float64")), total, true)


def _wrong(
    way: str,
    left: pd.DataFrame,
    right: pd.DataFrame,
    wrong_on: tuple[str, str],
    total: str,
    true: float,
    names: tuple[str, str],
) -> tuple[object, ...]:
    """A join on another column; where it would be too large, only its number of rows."""
    ours, theirs = (
        table[column].astype("str") for table, column in zip((left, right), wrong_on, strict=True)
    )
    times = ours.map(theirs.value_counts()).fillna(0)
    rows = int(times.sum())
    if rows > AT_MOST:
        return way, rows, None, None, None
    marked = left.assign(**{wrong_on[0]: ours}), right.assign(**{wrong_on[1]: theirs})
    frame, _ = join(
        *marked,
        wrong_on[0],
        right_on=wrong_on[1],
        how="inner",
        cardinality="many-to-many",
        names=names,
    )
    return _row(way, frame, total, true)


def _row(way: str, frame: pd.DataFrame, total: str, true: float) -> tuple[object, ...]:
    summed = float(frame[total].sum())
    return way, len(frame), int(frame.isna().sum().sum()), summed, summed / true - 1
