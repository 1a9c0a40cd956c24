"""The fields of items, users or actions as arrays that comparisons run over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from lab_kit.personalize.filters.values import number_of

MOST_BYTES = 4_000_000
"""Of answers a table keeps, as the same conditions come again with each request."""


class Column(Protocol):
    """One field of all rows. A row may have no value, or several."""

    def holds(self, operator: str, values: Sequence[str]) -> np.ndarray:
        """(rows,) bool: where a comparison holds; `NOT IN` and `!=` are not asked for."""

    def at(self, row: int) -> tuple[str, ...]:
        """The values of a row."""


class TextColumn:
    """Text, as rows in the order of their values.

    Args:
        cells: The values of each row; none where it is empty, several in a categorical field.
    """

    def __init__(self, cells: Sequence[tuple[str, ...]]) -> None:
        self._cells = cells
        self._rows = len(cells)
        code: dict[str, int] = {}
        codes = [code.setdefault(value, len(code)) for cell in cells for value in cell]
        row = np.repeat(np.arange(self._rows), [len(cell) for cell in cells])
        order = np.argsort(np.array(codes, np.int64), kind="stable")
        self._code, self._row = code, row[order].astype(np.int32)
        self._start = np.concatenate([[0], np.cumsum(np.bincount(codes, minlength=len(code)))])

    def holds(self, operator: str, values: Sequence[str]) -> np.ndarray:
        """Equality with any of the values; text is neither less nor greater."""
        found = np.zeros(self._rows, bool)
        if operator in ("IN", "="):
            for value in values:
                code = self._code.get(value)
                if code is not None:
                    found[self._row[self._start[code] : self._start[code + 1]]] = True
        return found

    def at(self, row: int) -> tuple[str, ...]:
        """The values of a row."""
        return self._cells[row]


class NumberColumn:
    """Numbers; NaN where there is none, which compares with nothing.

    Args:
        numbers: (rows,) float64.
    """

    def __init__(self, numbers: np.ndarray) -> None:
        self._numbers = numbers

    def holds(self, operator: str, values: Sequence[str]) -> np.ndarray:
        """The comparison with the value, or equality with any; what is no number equals none."""
        wanted = [number for number in map(number_of, values) if number is not None]
        if operator in ("IN", "="):
            return np.isin(self._numbers, wanted)
        if not wanted:
            return np.zeros(len(self._numbers), bool)
        compare = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}
        found: np.ndarray = compare[operator](self._numbers, wanted[0])
        return found

    def at(self, row: int) -> tuple[str, ...]:
        """The number of a row, as text."""
        number = self._numbers[row]
        return () if np.isnan(number) else (repr(float(number)),)


@dataclass
class Table:
    """The columns of one dataset, by their names in capitals."""

    rows: int
    columns: Mapping[str, Column]
    _masks: dict[tuple[str, str, tuple[str, ...]], np.ndarray] = field(default_factory=dict)

    def holds(self, name: str, operator: str, values: tuple[str, ...]) -> np.ndarray:
        """(rows,) bool, not to be written to: where a comparison holds; nowhere without a column.

        Args:
            name: The field.
            operator: Any of a condition.
            values: What is compared with. Of several, a row equals any.
        """
        key = name, operator, values
        found = self._masks.get(key)
        if found is None:
            found = self._compared(name, operator, values)
            if (len(self._masks) + 1) * self.rows > MOST_BYTES:
                self._masks.clear()
            self._masks[key] = found
        return found

    def at(self, name: str, row: int) -> tuple[str, ...]:
        """The values of a row, none where there is no such row (-1) or column."""
        column = self.columns.get(name)
        return column.at(row) if column is not None and row >= 0 else ()

    def _compared(self, name: str, operator: str, values: tuple[str, ...]) -> np.ndarray:
        if operator in ("NOT IN", "!="):
            return ~self.holds(name, "IN", values)
        column = self.columns.get(name)
        if column is None:
            return np.zeros(self.rows, bool)
        return column.holds(operator, values)


def text_column(values: Iterable[Any], *, categorical: bool) -> TextColumn:
    """A column of text.

    Args:
        values: One a row; None where there is none.
        categorical: Whether "|" stands between several values.
    """
    return TextColumn([_cell(value, categorical) for value in values])


def number_column(values: Iterable[Any]) -> NumberColumn:
    """A column of numbers; None, or NaN, where there is none."""
    numbers = [np.nan if value is None else float(value) for value in values]
    return NumberColumn(np.array(numbers, np.float64))


def _cell(value: Any, categorical: bool) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(str(value).split("|")) if categorical else (str(value),)
