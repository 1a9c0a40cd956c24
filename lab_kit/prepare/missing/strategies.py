"""Ways to fill a gap, each learnt from one table and used on another."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.experimental import enable_iterative_imputer  # noqa: F401 - makes the next line work
from sklearn.impute import IterativeImputer, KNNImputer

from lab_kit.errors import LabKitError
from lab_kit.prepare.missing.columns import plain, require_usable

DONORS = 1_000
"""Rows among which the nearest neighbours are looked for, drawn at random where there are more."""
UNKNOWN = "unknown"


class Fill(TransformerMixin, BaseEstimator):
    """Base of all ways: learn from a table, then fill the gaps of that or another.

    Tables come and go as `columns.plain` writes them. A category nobody saw while learning stays.
    """

    def fit(self, X: pd.DataFrame, y: object = None) -> Self:  # noqa: N803 - scikit-learn's name
        """Learn what to put into the gaps of each column.

        Raises:
            LabKitError: If a column is missing throughout.
        """
        require_usable(X, list(X))
        self.learn(X)
        return self

    def learn(self, table: pd.DataFrame) -> None:
        """Learn from a table in which every column has a known value."""
        raise NotImplementedError


class PerColumn(Fill):
    """One value for all gaps of a column.

    Args:
        number: What to put for numbers, from the known ones.
        category: What to put for categories; the most frequent by default.
        group: Where given, the value is that of the group a row is in; of all where the group is
            unknown or new.
        indicator: Whether to add a column `<name>_missing` (0 or 1) for each column with gaps.
    """

    def __init__(
        self,
        number: Callable[[pd.Series], float] = pd.Series.median,
        category: Callable[[pd.Series], str] | None = None,
        group: str | None = None,
        indicator: bool = False,
    ) -> None:
        self.number = number
        self.category = category
        self.group = group
        self.indicator = indicator

    def learn(self, table: pd.DataFrame) -> None:
        """Learn one value a column, or one a column and group."""
        self.gappy_ = [name for name in table if table[name].isna().any()]
        self.values_ = {name: self._value(table[name]) for name in table}
        self.by_group_ = {}
        if self.group is not None:
            for name in self.gappy_:
                known = table[table[name].notna()]
                groups = known.groupby(self.group)[name]
                self.by_group_[name] = {key: self._value(values) for key, values in groups}

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:  # noqa: N803
        """The table without gaps."""
        flags = {}
        if self.indicator:
            flags = {f"{name}_missing": X[name].isna().astype("float64") for name in self.gappy_}
        filled = {}
        for name in X:
            values = X[name]
            if name in self.by_group_:
                values = values.fillna(X[self.group].map(self.by_group_[name]))
            filled[name] = values.fillna(self.values_[name])
        return pd.DataFrame({**filled, **flags}, index=X.index)

    def _value(self, values: pd.Series) -> float | str:
        if values.dtype == "float64":
            return float(self.number(values))
        return self.category(values) if self.category else str(values.mode().iloc[0])


class ByModel(Fill):
    """Numbers and categories filled from the other columns by an imputer of scikit-learn.

    Each category but the most frequent is a column of zeros and ones; the most frequent is what
    they leave of one. (With a column for it as well, each would be told by the others alone, and
    an imputer that goes round and round would stay where it began.) The largest wins.

    Args:
        make: Makes the imputer.
        most: Rows to learn from; more are drawn at random.
        seed: Of that draw.
    """

    def __init__(
        self,
        make: Callable[[], KNNImputer | IterativeImputer],
        most: int | None = None,
        seed: int = 0,
    ) -> None:
        self.make = make
        self.most = most
        self.seed = seed

    def learn(self, table: pd.DataFrame) -> None:
        """Fit the imputer on the scaled table."""
        numbers = table.select_dtypes("float64")
        self.middle_, self.spread_ = numbers.mean(), numbers.std().replace(0, 1).fillna(1)
        texts = table.columns.difference(numbers.columns, sort=False)
        self.categories_ = {
            name: table[name].value_counts().index[:MOST_CATEGORIES].tolist() for name in texts
        }
        self.imputer_ = self.make()
        matrix = self._matrix(table)
        if self.most is not None and len(matrix) > self.most:
            matrix = self._sample(matrix)
        self.imputer_.fit(matrix)

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:  # noqa: N803
        """The table without gaps."""
        gappy = X.isna().any(axis="columns").to_numpy()
        if not gappy.any():
            return X
        rows = X[gappy]
        names = self._names()
        full = pd.DataFrame(self.imputer_.transform(self._matrix(rows)), rows.index, names)
        filled = {name: self._column(rows[name], full) for name in X}
        return pd.concat([pd.DataFrame(filled, rows.index), X[~gappy]]).loc[X.index]

    def _sample(self, matrix: np.ndarray) -> np.ndarray:
        """Some rows, and for each column that would be empty among them one that knows it."""
        drawn = np.random.default_rng(self.seed).permutation(len(matrix))[: self.most]
        empty = np.isnan(matrix[drawn]).all(axis=0)
        more = [
            int(np.flatnonzero(~np.isnan(matrix[:, place]))[0]) for place in np.flatnonzero(empty)
        ]
        return matrix[[*drawn, *more]]

    def _names(self) -> pd.MultiIndex:
        pairs = [(name, each) for name, all_ in self.categories_.items() for each in all_[1:]]
        return pd.MultiIndex.from_tuples([*((name, "") for name in self.middle_.index), *pairs])

    def _matrix(self, table: pd.DataFrame) -> np.ndarray:
        numbers = (table[self.middle_.index] - self.middle_) / self.spread_
        blocks = [numbers.to_numpy()]
        for name, categories in self.categories_.items():
            block = (table[name].to_numpy()[:, None] == np.array(categories[1:], object)).astype(
                float
            )
            block[table[name].isna()] = np.nan
            blocks.append(block)
        return np.hstack(blocks)

    def _column(self, values: pd.Series, full: pd.DataFrame) -> pd.Series:
        name = str(values.name)
        if name in self.categories_:
            block = full.loc[:, [place for place in full if place[0] == name]].to_numpy()
            first = 1 - block.sum(axis=1, keepdims=True)
            best = np.hstack([first, block]).argmax(axis=1)
            found = np.array(self.categories_[name], object)[best]
            return values.fillna(pd.Series(found, values.index).astype("str"))
        return values.fillna(full[(name, "")] * self.spread_[name] + self.middle_[name])


class Leave(Fill):
    """Leave every gap open, for a model that knows what to do with one."""

    def learn(self, table: pd.DataFrame) -> None:
        """Learn nothing."""
        self.fitted_ = True

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:  # noqa: N803
        """The table as it came."""
        return X


MOST_CATEGORIES = 20
"""Categories of a column that `ByModel` may fill in; the rarer ones it never does."""


@dataclass(frozen=True)
class Strategy:
    """One way to deal with gaps."""

    name: str
    words: str
    """What it does, in one sentence."""
    make: Callable[[], Fill]
    """A fresh one, not fitted."""
    drops: bool = False
    """Whether rows with a gap are left out of what a model learns from."""
    needs_trees: bool = False
    """Whether only a model that accepts gaps can follow it."""


STRATEGIES: dict[str, Strategy] = {
    strategy.name: strategy
    for strategy in (
        Strategy("drop", "Learn from complete rows alone.", PerColumn, drops=True),
        Strategy(
            "constant",
            "Put 0 for a number and the word unknown for a category.",
            lambda: PerColumn(lambda values: 0.0, lambda values: UNKNOWN),
        ),
        Strategy("mean", "Put the mean of the known.", lambda: PerColumn(pd.Series.mean)),
        Strategy("median", "Put the middle of the known.", PerColumn),
        Strategy(
            "mode",
            "Put the most frequent value.",
            lambda: PerColumn(lambda values: values.mode().iloc[0]),
        ),
        Strategy(
            "indicator",
            "Put the median, and say in a column of its own where.",
            lambda: PerColumn(indicator=True),
        ),
        Strategy(
            "knn",
            "Put what the five most similar rows have.",
            lambda: ByModel(lambda: KNNImputer(n_neighbors=5), most=DONORS),
        ),
        Strategy(
            "iterative",
            "Predict each gap from the other columns.",
            lambda: ByModel(
                lambda: IterativeImputer(max_iter=5, skip_complete=True, random_state=0)
            ),
        ),
        Strategy("native", "Leave the gap to trees that accept it.", Leave, needs_trees=True),
    )
}
"""By name, the simplest first."""


def by_group(group: str) -> Strategy:
    """Put the median (or the most frequent category) of the rows in the same group."""
    return Strategy(
        f"median by {group}",
        f"Put the median of the rows with the same {group}.",
        lambda: PerColumn(group=group),
    )


def fill(
    frame: pd.DataFrame, strategy: str | Strategy, columns: Sequence[str] | None = None
) -> pd.DataFrame:
    """Fill the gaps of a table by one strategy, learnt from the same table.

    Args:
        frame: A table. Its numbers come back as float64, all else as text.
        strategy: A name among `STRATEGIES`, or a strategy.
        columns: The columns whose gaps to fill; all by default. The others help to fill them.

    Raises:
        LabKitError: If there is no such strategy, a column holds infinities, or nothing is known in
            a column. To score a model, use `score`, which never learns from the test part.
    """
    chosen = named(strategy)
    table = plain(frame)
    if chosen.drops:
        return table.dropna(subset=columns)
    filled = chosen.make().fit(table).transform(table)
    return filled if columns is None else table.assign(**{name: filled[name] for name in columns})


def forward_fill(
    frame: pd.DataFrame, column: str, *, order: str, by: str | None = None
) -> pd.DataFrame:
    """Put the last known value before each gap, in the order of a column.

    Only for things that stay as they were until somebody writes down a change, such as a price. It
    never looks ahead: a gap before the first known value stays.

    Args:
        frame: A table.
        column: The column with gaps.
        order: The column that orders rows, usually a time.
        by: Whose values they are: nothing is carried from one item to the next.

    Raises:
        LabKitError: If a column is missing.
    """
    require_usable(frame, [column, order, *([by] if by else [])])
    ordered = frame.sort_values(order, kind="stable")
    carried = ordered.groupby(by)[column].ffill() if by else ordered[column].ffill()
    return frame.assign(**{column: carried.reindex(frame.index)})


def named(strategy: str | Strategy) -> Strategy:
    """The strategy of this name.

    Raises:
        LabKitError: If there is none.
    """
    if isinstance(strategy, Strategy):
        return strategy
    if strategy not in STRATEGIES:
        raise LabKitError(
            f'There is no strategy "{strategy}"', next_step=f"choose from {', '.join(STRATEGIES)}"
        )
    return STRATEGIES[strategy]
