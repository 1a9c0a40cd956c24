"""Work on distinct values instead of rows: most text columns repeat themselves."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd


def distinct(values: pd.Series) -> tuple[np.ndarray, list[str]]:
    """Distinct texts of a column.

    Returns:
        For each row the place of its text in the list (shape (rows,), -1 where missing), and the
        texts in order of appearance. Values that are not text are taken as `str` writes them.
    """
    codes, texts = pd.factorize(values.astype("str"))
    return codes, texts.tolist()


def spread(codes: np.ndarray, results: Sequence[object], missing: object) -> np.ndarray:
    """Give each row the result of its distinct value; `missing` where it has none."""
    table = np.empty(len(results) + 1, dtype=object)
    table[:-1] = results
    table[-1] = missing  # code -1 is the last place
    return table[codes]


def map_distinct(
    values: pd.Series, function: Callable[[str], object], missing: object
) -> np.ndarray:
    """Call a function once for each distinct text and give each row its result."""
    codes, texts = distinct(values)
    return spread(codes, [function(text) for text in texts], missing)


def written(texts: pd.Series) -> np.ndarray:
    """True where a text column holds more than blanks (shape (rows,))."""
    return (texts.str.strip().fillna("") != "").to_numpy()


def among(values: pd.Series, known: pd.Series) -> np.ndarray:
    """True where a value is one of the known ones (shape (rows,)); a missing value is not."""
    members = set(known.dropna().astype("str").unique().tolist())
    return map_distinct(values, members.__contains__, False).astype(bool)
