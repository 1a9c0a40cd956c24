"""How a table or a column differs from the expected one.

- Columns are found by name, in any order. Their dtype does not matter, the kind of value does:
  5 and 5.0 and a nullable 5 are the same, "5" is not.
- Row labels count where they mean something: a named index, or one that is not whole numbers.
  Numbered rows are the same however they are numbered.
- The order of the rows counts only where the caller says so. A check says so for a solution that
  puts rows in order (`lab_kit.teach.answers.orders_rows`), because nobody should fail for what the
  exercise never asked.
"""

from collections.abc import Hashable

import pandas as pd

from lab_kit.teach.messages import words
from lab_kit.teach.same_columns import Pair, pairs_differ


def table_difference(
    given: pd.DataFrame, expected: pd.DataFrame, *, ordered: bool = False
) -> str | None:
    """The first thing in which a table differs from the expected one, or None."""
    if found := _columns_differ(given, expected) or _rows_differ(given, expected):
        return found
    columns = [
        Pair(words("same.named_column", name=name), given[name], expected[name])
        for name in expected.columns
    ]
    return pairs_differ([*_labels(given.index, expected.index), *columns], ordered=ordered)


def column_difference(
    given: pd.Series, expected: pd.Series, place: str, *, ordered: bool = False
) -> str | None:
    """The first thing in which a column differs from the expected one, or None.

    The column's own name does not matter.

    Args:
        given: The learner's column.
        expected: The kit's.
        place: What to call it, at the beginning of a sentence: "The column".
        ordered: Whether the order of the rows counts.
    """
    if found := _rows_differ(given, expected) or _labels_differ(given.index, expected.index):
        return found
    labels = _labels(given.index, expected.index)
    return pairs_differ([*labels, Pair(place, given, expected)], ordered=ordered)


def _columns_differ(given: pd.DataFrame, expected: pd.DataFrame) -> str | None:
    if given.columns.has_duplicates:
        twice = given.columns[given.columns.duplicated()][0]
        return words("same.column_twice", name=twice)
    for name in expected.columns:
        if name not in given.columns:
            return _missing_column(name, given)
    for name in given.columns:
        if name not in expected.columns:
            known = name in expected.index.names
            return words("same.index_is_column" if known else "same.column_extra", name=name)
    return _labels_differ(given.index, expected.index)


def _missing_column(name: Hashable, given: pd.DataFrame) -> str:
    if name in given.index.names:
        return words("same.column_is_index", name=name)
    for other in given.columns:
        if str(other).strip().casefold() == str(name).casefold():
            return words("same.column_spelling", name=name, given=other)
    return words("same.column_missing", name=name)


def _rows_differ(given: pd.DataFrame | pd.Series, expected: pd.DataFrame | pd.Series) -> str | None:
    surplus = len(given) - len(expected)
    if surplus == 0:
        return None
    return words("same.rows_many" if surplus > 0 else "same.rows_few", count=abs(surplus))


def _labels_differ(given: pd.Index, expected: pd.Index) -> str | None:
    if not _means_something(expected):
        return None
    if given.nlevels != expected.nlevels:
        return words("same.index_levels", count=expected.nlevels)
    if not _means_something(given):
        return words("same.index_missing")
    return None


def _labels(given: pd.Index, expected: pd.Index) -> list[Pair]:
    if not _means_something(expected):
        return []
    return [
        Pair(
            words("same.labels"),
            given.get_level_values(level).to_series(),
            expected.get_level_values(level).to_series(),
        )
        for level in range(expected.nlevels)
    ]


def _means_something(index: pd.Index) -> bool:
    is_numbered = pd.api.types.is_integer_dtype(index.dtype) and index.name is None
    return index.nlevels > 1 or not is_numbered
