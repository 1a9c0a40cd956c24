"""What kind of values a column holds, whatever dtype it happens to have."""

import numpy as np
import pandas as pd
from pandas.api import types

TEXT = "text"
WHOLE = "whole numbers"
INEXACT = "numbers that are fractions, infinite or too large to be exact"
YES_NO = "yes or no"
ZONED = "times with a zone"
NAIVE = "times without a zone"
NOTHING = "no value"
MIXED = "several types at once"
OTHER = "other objects"

EXACT_BELOW = 2**53
"""Floats from here on skip whole numbers: https://en.wikipedia.org/wiki/Double-precision"""

_OF_OBJECTS = {
    "string": TEXT,
    "integer": WHOLE,
    "boolean": YES_NO,
    "empty": NOTHING,
    "mixed": MIXED,
    "mixed-integer": MIXED,
}


def kind_of(values: pd.Series) -> str:
    """The kind of the values that are not missing, one of this module's words.

    A float column of whole numbers, as pandas makes of integers with gaps, counts as whole numbers.
    """
    if isinstance(values.dtype, pd.CategoricalDtype):
        return kind_of(pd.Series(values.cat.categories)) if values.notna().any() else NOTHING
    if not values.notna().any():
        return NOTHING
    if types.is_bool_dtype(values.dtype):
        return YES_NO
    if types.is_numeric_dtype(values.dtype):
        return WHOLE if _exact(values) else INEXACT
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return ZONED
    if types.is_datetime64_dtype(values.dtype):
        return NAIVE
    if isinstance(values.dtype, pd.StringDtype):
        return TEXT
    return _kind_of_objects(values)


def comparable(values: pd.Series, kind: str) -> pd.Series:
    """The same values in the one dtype of their kind: equal values then are equal keys."""
    if kind == TEXT:
        return values.astype("str")
    if kind == WHOLE:
        plain = types.is_integer_dtype(values.dtype) and not values.hasnans
        return values.astype("int64" if plain else "Int64")
    if kind == YES_NO:
        return values.astype("boolean")
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(values.cat.categories.dtype)
    return values.infer_objects().dt.tz_convert("UTC") if kind == ZONED else values


def types_within(values: pd.Series) -> dict[str, int]:
    """How many values of each Python type an object column holds: {"int": 3, "str": 2}."""
    names = values.dropna().map(lambda value: type(value).__name__)
    return {str(name): int(rows) for name, rows in names.value_counts().items()}


def _exact(values: pd.Series) -> bool:
    if types.is_integer_dtype(values.dtype):
        return not types.is_unsigned_integer_dtype(values.dtype) or values.max() < 2**63
    numbers = values.dropna().to_numpy(dtype="float64")
    return bool((np.abs(numbers) < EXACT_BELOW).all() and (numbers == np.floor(numbers)).all())


def _kind_of_objects(values: pd.Series) -> str:
    found = types.infer_dtype(values, skipna=True)
    if found in ("floating", "mixed-integer-float"):
        return kind_of(values.astype("float64"))
    if found == "datetime":
        return kind_of(values.infer_objects())
    return _OF_OBJECTS.get(found, OTHER)
