"""Tables of numbers and categories as the matrices that models take."""

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler
from threadpoolctl import threadpool_limits

MOST = 50
"""Categories a column may have; the rarest share the last place."""


def encoder(frame: pd.DataFrame, *, for_trees: bool) -> tuple[ColumnTransformer, list[int]]:
    """What makes a matrix of a table that `columns.plain` has written; not fitted yet.

    A category that was not there when it was fitted counts as missing (trees) or as none of the
    known (linear models).

    Args:
        frame: A table of float64 and text columns.
        for_trees: Whether gaps may stay, and categories be numbered; else there must be no gap,
            numbers are scaled, and each category is a column.

    Returns:
        The transformer, and for trees the places of the categories in its matrix.
    """
    numbers = [name for name in frame if frame[name].dtype == "float64"]
    categories = [name for name in frame if name not in numbers]
    if for_trees:
        codes = OrdinalEncoder(
            handle_unknown="use_encoded_value",
            unknown_value=np.nan,
            encoded_missing_value=np.nan,
            max_categories=MOST,
        )
        steps = [("numbers", "passthrough", numbers), ("categories", codes, categories)]
        places = list(range(len(numbers), len(numbers) + len(categories)))
        return ColumnTransformer(steps, sparse_threshold=0), places
    columns = OneHotEncoder(handle_unknown="ignore", sparse_output=False, max_categories=MOST)
    steps = [("numbers", StandardScaler(), numbers), ("categories", columns, categories)]
    return ColumnTransformer(steps, sparse_threshold=0), []


def one_thread() -> threadpool_limits:
    """A context in which boosted trees keep to one thread.

    On tables of a few thousand rows more gain nothing, and where another program works on the same
    cores, threads that wait for each other make a model a hundred times slower.
    """
    return threadpool_limits(limits=1, user_api="openmp")
