"""What kind of value an answer is, in the words a learner would use."""

import numbers
from collections.abc import Callable, Mapping, Set
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from lab_kit.teach.messages import words


def kind_of(value: Any) -> str:
    """The kind of a value: a key of the section [kind] of the messages, or "other".

    A missing value (None, NaN, NaT, NA) is "empty" whatever its type; a yes/no is no number.
    """
    if _is_missing(value):
        return "empty"
    for kind, types in _KINDS:
        if isinstance(value, types):
            return kind
    return "function" if isinstance(value, Callable) else "other"  # type: ignore[arg-type]


def kind_name(value: Any) -> str:
    """The kind in words: "a number", "a table (DataFrame)", "a Picture"."""
    return words(f"kind.{kind_of(value)}", name=type(value).__name__)


def column_kind(values: pd.Series) -> str:
    """The kind of a column's values, whatever dtype holds them.

    "empty" where it has none; "mixed" where they are of several kinds.
    """
    filled = values.dropna()
    if filled.empty:
        return "empty"
    if isinstance(filled.dtype, pd.CategoricalDtype):
        filled = filled.astype(filled.dtype.categories.dtype)
    if pd.api.types.is_object_dtype(filled.dtype):
        kinds = {kind_of(value) for value in filled}
        return kinds.pop() if len(kinds) == 1 else "mixed"
    return kind_of(filled.iloc[0])


_KINDS: tuple[tuple[str, tuple[type, ...]], ...] = (
    ("yes_no", (bool, np.bool_)),
    ("duration", (timedelta, np.timedelta64)),
    ("number", (numbers.Real,)),
    ("text", (str,)),
    ("time", (date, np.datetime64)),
    ("table", (pd.DataFrame,)),
    ("column", (pd.Series,)),
    ("index", (pd.Index,)),
    ("array", (np.ndarray, pd.api.extensions.ExtensionArray)),
    ("list", (list, tuple)),
    ("set", (Set,)),
    ("dict", (Mapping,)),
)
# numpy counts its time spans among the whole numbers, so "duration" stands before "number".


def _is_missing(value: Any) -> bool:
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))
