"""Work on distinct values instead of rows: most text columns repeat themselves."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray


def distinct(values: pd.Series) -> tuple[np.ndarray, list[str]]:
    """Distinct texts of a column.

    Returns:
        For each row the place of its text in the list (shape (rows,), -1 where missing), and the
        texts in order of appearance. Values that are not text are taken as `str` writes them.
    """
    codes, texts = pd.factorize(values.astype("str"))
    return codes, texts.tolist()


def spread(
    codes: np.ndarray, results: Sequence[object], *, missing: object = None, dtype: str
) -> ExtensionArray:
    """Give each row the result of its distinct value; `missing` where it has none."""
    table: Any = pd.array([*results, missing], dtype=dtype)
    return table.take(codes)  # code -1, a missing value, is the last place


def true_of(values: pd.Series, test: Callable[[str], bool], *, missing: bool = False) -> np.ndarray:
    """True where a test of the text holds (shape (rows,)); each distinct text is tested once."""
    codes, texts = distinct(values)
    return np.asarray(
        spread(codes, [test(text) for text in texts], missing=missing, dtype="bool"), bool
    )


def written(texts: pd.Series) -> np.ndarray:
    """True where a text column holds more than blanks (shape (rows,))."""
    return (texts.str.strip().fillna("") != "").to_numpy()


def among(values: pd.Series, known: pd.Series) -> np.ndarray:
    """True where a value is one of the known ones (shape (rows,)); a missing value is not."""
    members = set(known.dropna().astype("str").unique().tolist())
    return true_of(values, members.__contains__)
