"""How columns that belong together differ from the expected ones, row by row or as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lab_kit.teach.kinds import column_kind
from lab_kit.teach.messages import words
from lab_kit.teach.tolerance import ABSOLUTE, RELATIVE


@dataclass(frozen=True)
class Pair:
    """A column of the answer and the expected one, of equal length."""

    place: str
    """What to call it at the beginning of a sentence: "Column `price`"."""
    given: pd.Series
    expected: pd.Series

    def in_order(self, given: np.ndarray, expected: np.ndarray) -> "Pair":
        """The same columns with their rows taken in these orders."""
        return Pair(self.place, self.given.iloc[given], self.expected.iloc[expected])


def pairs_differ(pairs: Sequence[Pair], *, ordered: bool) -> str | None:
    """The first thing in which the rows that these columns make up differ, or None."""
    for found in map(_kinds_differ, pairs):
        if found:
            return found
    differing = [_differing(pair) for pair in pairs]
    if not any(rows.any() for rows in differing):
        return next(filter(None, map(_zones_differ, pairs)), None)
    by_content = _sorted_alike(pairs)
    if not any(_differing(pair).any() for pair in by_content):
        return (
            words("same.order")
            if ordered
            else next(filter(None, map(_zones_differ, by_content)), None)
        )
    return _what_differs(pairs, differing, ordered)


def _what_differs(pairs: Sequence[Pair], differing: list[np.ndarray], ordered: bool) -> str:
    for pair, rows in zip(pairs, differing, strict=True):
        gaps = int(pair.given.isna().sum()) - int(pair.expected.isna().sum())
        if gaps:
            key = "same.gaps_many" if gaps > 0 else "same.gaps_few"
            return words(key, place=pair.place, count=abs(gaps))
        if rows.any() and (ordered or _differing(_sorted_alike([pair])[0]).any()):
            # Without an order, rows that moved differ too: their number would mislead.
            key = "same.values_ordered" if ordered else "same.values"
            return words(key, place=pair.place, count=int(rows.sum()), rows=len(rows))
    return words("same.combined")


def _kinds_differ(pair: Pair) -> str | None:
    given, expected = column_kind(pair.given), column_kind(pair.expected)
    if given != expected:
        if "empty" in (given, expected):
            return None  # the number of gaps will tell
        return words(
            "same.column_kind",
            place=pair.place,
            given=words(f"kinds.{given}"),
            expected=words(f"kinds.{expected}"),
        )
    if expected == "time" and (_zone(pair.given) is None) != (_zone(pair.expected) is None):
        key = "same.column_no_zone" if _zone(pair.given) is None else "same.column_zone_unwanted"
        return words(key, place=pair.place)
    return None


def _zone(values: pd.Series) -> Any:
    filled = values.dropna()
    return pd.Timestamp(filled.iloc[0]).tzinfo


def _zones_differ(pair: Pair) -> str | None:
    """Where the instants agree, whether their clock times do."""
    if column_kind(pair.expected) != "time" or _zone(pair.expected) is None:
        return None
    given, expected = (_times(v).dt.tz_localize(None) for v in (pair.given, pair.expected))
    if (given.dropna().to_numpy() == expected.dropna().to_numpy()).all():
        return None
    return words("same.column_zone", place=pair.place)


def _differing(pair: Pair) -> np.ndarray:
    """For each row whether its two values differ; shape (n_rows,)."""
    given, expected = (v.reset_index(drop=True) for v in (pair.given, pair.expected))
    result = given.isna().to_numpy() != expected.isna().to_numpy()
    both = (given.notna() & expected.notna()).to_numpy()
    if both.any():
        result[both] = ~_equal(given[both], expected[both], column_kind(expected))
    return result


def _equal(given: pd.Series, expected: pd.Series, kind: str) -> np.ndarray:
    if kind == "number":
        return _equal_numbers(given, expected)
    if kind == "time":
        return (_times(given) == _times(expected)).to_numpy()
    if kind == "text" and _all_strings(given, expected):
        return (given == expected).to_numpy(bool)
    if kind in {"array", "column", "index", "table"}:
        # Cells that hold arrays: `==` would compare their elements, not the cells.
        given, expected = given.map(repr), expected.map(repr)
    return _objects(given) == _objects(expected)


def _all_strings(*columns: pd.Series) -> bool:
    """Whether pandas can work on these texts without a Python object for each."""
    return all(isinstance(values.dtype, pd.StringDtype) for values in columns)


def _equal_numbers(given: pd.Series, expected: pd.Series) -> np.ndarray:
    if all(pd.api.types.is_integer_dtype(values.dtype) for values in (given, expected)):
        return given.to_numpy("int64") == expected.to_numpy("int64")
    one, other = given.to_numpy("float64"), expected.to_numpy("float64")
    if pd.api.types.is_integer_dtype(expected.dtype):
        return one == other
    return np.isclose(one, other, rtol=RELATIVE, atol=ABSOLUTE)


def _times(values: pd.Series) -> pd.Series:
    return pd.to_datetime(values) if pd.api.types.is_object_dtype(values.dtype) else values


def _objects(values: pd.Series) -> np.ndarray:
    result = np.empty(len(values), dtype=object)
    result[:] = list(values)
    return result


def _sorted_alike(pairs: Sequence[Pair]) -> list[Pair]:
    """The rows of both sides sorted by their content, so that their order no longer matters."""
    given = _order([pair.given for pair in pairs])
    expected = _order([pair.expected for pair in pairs])
    return [pair.in_order(given, expected) for pair in pairs]


def _order(columns: Sequence[pd.Series]) -> np.ndarray:
    """Positions that sort rows by all columns, those with fractions last.

    Fractions come last so that two that differ by rounding alone rarely decide.
    """
    keys = sorted((_sort_key(values) for values in columns), key=lambda key: key.dtype.kind == "f")
    return np.lexsort(keys[::-1])


def _sort_key(values: pd.Series) -> np.ndarray:
    kind = column_kind(values)
    if kind == "number":
        return values.to_numpy("float64", na_value=np.nan)
    if kind == "time":
        times = _times(values)
        zone_free = times if times.dt.tz is None else times.dt.tz_convert(None)
        return zone_free.to_numpy("datetime64[ns]").astype("int64")
    texts = values if _all_strings(values) else values.astype(object).map(str, na_action="ignore")
    return pd.factorize(texts, sort=True)[0]
