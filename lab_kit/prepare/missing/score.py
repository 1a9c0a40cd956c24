"""How much harm each way of filling does: to the values, to their spread, and to a model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Literal

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import r2_score, roc_auc_score
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.pipeline import Pipeline
from tqdm.auto import tqdm

from lab_kit.errors import LabKitError
from lab_kit.prepare.missing.columns import plain, require_usable
from lab_kit.prepare.missing.encode import encoder, one_thread
from lab_kit.prepare.missing.strategies import STRATEGIES, Fill, Strategy, named
from lab_kit.prepare.tables import html_table, text_table

Model = Literal["trees", "linear"]
HEADER = ("strategy", "model score", "± error", "error of the values", "mean off by", "spread kept")


@dataclass(frozen=True, eq=False)
class Scores:
    """One row a strategy, in the order they were given."""

    table: pd.DataFrame
    """strategy; score (AUC or R2 of the model, mean over folds), standard_error; and where the
    truth is known value_error (numbers: root mean square, in standard deviations of the truth;
    categories: share wrong), mean_bias (in standard deviations) and spread (ratio of standard
    deviations; 1 is right), over the filled gaps."""
    metric: str
    """"AUC" or "R2"."""
    folds: np.ndarray
    """The model's score in each fold, shape (strategies, folds)."""
    fills: Mapping[str, pd.DataFrame]
    """For each strategy that fills, the columns with gaps as they were filled in the rows to be
    predicted, by index label."""
    notes: tuple[str, ...]
    """What was left out, and why."""

    @property
    def recommended(self) -> str:
        """The simplest strategy whose score the best one does not beat by more than chance.

        Chance is one standard error of the difference, fold by fold (Breiman et al. 1984, the
        one-standard-error rule, on paired folds). The simpler strategies come first.
        """
        best = int(self.table["score"].to_numpy().argmax())
        behind = self.folds[best] - self.folds
        error = behind.std(axis=1, ddof=1) / np.sqrt(behind.shape[1])
        return str(self.table["strategy"].iloc[int((behind.mean(axis=1) <= error).argmax())])

    def against(self, truth: pd.Series) -> "Scores":
        """The same scores, and how far the filled values are from the true ones.

        Args:
            truth: The values behind the gaps of one column, by index label, named as the column.
        """
        names = self.table["strategy"]
        far = [_against_truth(self.fills.get(name), truth) for name in names]
        columns = ["value_error", "mean_bias", "spread"]
        return replace(self, table=self.table.assign(**pd.DataFrame(far, columns=columns)))

    @property
    def recommendation(self) -> str:
        """Plain words, made of the figures in the table."""
        table = self.table.set_index("strategy")
        best, chosen = str(table["score"].idxmax()), self.recommended
        got, top = table.loc[chosen, "score"], table.loc[best, "score"]
        said = f'Take "{chosen}": {self.metric} {got:.3f}'
        if chosen == best:
            said += ", the best of all."
        else:
            said += f'. "{best}" reaches {top:.3f}, no more than chance above it.'
        worst = str(table["score"].idxmin())
        if top - table.loc[worst, "score"] <= table.loc[best, "standard_error"]:
            said += " For this model all ways are about the same: take the one you can explain."
        else:
            said += f' Stay away from "{worst}" ({table.loc[worst, "score"]:.3f}).'
        if not self._truth_known:
            return said
        closest = str(table["value_error"].idxmin())
        error = table.loc[closest, "value_error"]
        return (
            said
            + f' To report the column itself, "{closest}" is nearest to the truth ({error:.2f}).'
        )

    def __repr__(self) -> str:
        parts = [text_table(self._header(), self._rows()), self.recommendation, *self.notes]
        return "\n".join(parts)

    def _repr_html_(self) -> str:
        said = "".join(f"<p>{escape(words)}</p>" for words in (self.recommendation, *self.notes))
        title = f"What each way of filling does ({self.metric}, {self.folds.shape[1]} folds)"
        return html_table(title, self._header(), self._rows()) + said

    def _header(self) -> tuple[str, ...]:
        return HEADER if self._truth_known else HEADER[:3]

    @property
    def _truth_known(self) -> bool:
        return bool(self.table["value_error"].notna().any())

    def _rows(self) -> list[tuple[str, ...]]:
        def shown(number: float, form: str) -> str:
            return "" if np.isnan(number) else format(number, form)

        return [
            (
                row.strategy,
                f"{row.score:.3f}",
                f"{row.standard_error:.3f}",
                shown(row.value_error, ".2f"),
                shown(row.mean_bias, "+.2f"),
                shown(row.spread, ".2f"),
            )[: len(self._header())]
            for row in self.table.itertuples()
        ]


def score(
    frame: pd.DataFrame,
    target: str,
    *,
    strategies: Sequence[str | Strategy] = tuple(STRATEGIES),
    truth: pd.Series | None = None,
    model: Model = "trees",
    folds: int = 5,
    seed: int = 0,
    progress: bool = False,
) -> Scores:
    """Try strategies on a table with gaps.

    In each fold a strategy learns from the training rows alone, fills both parts, and a model
    learns from the one and is scored on the other. A row to be predicted cannot be dropped: after
    "drop" its gaps get the median.

    Args:
        frame: One row a case: the target and what is known of it. Without ids.
        target: The column to predict; rows without it are left out. Two values: a classifier scored
            by AUC; numbers: a regression scored by R2.
        strategies: Names or strategies, the simplest first.
        truth: The values behind the gaps of one column, by index label, named as the column.
        model: "trees" (boosted, accept gaps) or "linear" (logistic or ridge regression).
        folds: How many.
        seed: Of the folds.
        progress: Whether to show a bar.

    Raises:
        LabKitError: If the target is not there or has one value, a column holds infinities or
            nothing, or no strategy is left that the model can follow.
    """
    require_usable(frame, list(frame))
    frame = frame[frame[target].notna()]
    table, goal, metric = plain(frame.drop(columns=target)), *_goal(frame[target])
    chosen = [s for s in map(named, strategies) if model == "trees" or not s.needs_trees]
    notes = tuple(
        f'"{s.name}" needs a model that accepts gaps; a linear one does not.'
        for s in map(named, strategies)
        if s not in chosen
    )
    if not chosen:
        raise LabKitError(f"No strategy is left. {notes}", next_step='use model="trees"')
    splitter = StratifiedKFold if metric == "AUC" else KFold
    parts = list(splitter(folds, shuffle=True, random_state=seed).split(table, goal))
    results = np.empty((len(chosen), folds))
    gappy = [name for name in table if table[name].isna().any()]
    fills: dict[str, pd.DataFrame] = {}
    for number, strategy in enumerate(tqdm(chosen, "strategies", disable=not progress)):
        parts_filled = []
        for fold, (train, test) in enumerate(parts):
            results[number, fold], filled = _once(table, goal, train, test, strategy, model, metric)
            parts_filled.append(filled[gappy])
        if not strategy.drops:
            fills[strategy.name] = pd.concat(parts_filled)
    table_of_scores = pd.DataFrame(
        {
            "strategy": [strategy.name for strategy in chosen],
            "score": results.mean(axis=1),
            "standard_error": results.std(axis=1, ddof=1) / np.sqrt(folds),
            "value_error": np.nan,
            "mean_bias": np.nan,
            "spread": np.nan,
        }
    )
    scores = Scores(table_of_scores, metric, results, fills, notes)
    return scores if truth is None else scores.against(truth)


def fit_model(
    table: pd.DataFrame, goal: np.ndarray, strategy: Strategy, model: Model = "trees"
) -> tuple[Fill, Pipeline]:
    """Learn to fill, then learn the model on what was filled.

    Args:
        table: As `columns.plain` writes it, without the target.
        goal: The target of each row: 0 and 1, or numbers.
        strategy: How to deal with gaps.
        model: Which kind.
    """
    filler = strategy.make().fit(table)
    rows = np.ones(len(table), bool)
    if strategy.drops:
        rows = table.notna().all(axis="columns").to_numpy()
        if rows.sum() < 2 or len(np.unique(goal[rows])) < 2:
            raise LabKitError(
                f"Only {rows.sum():,} of {len(rows):,} rows have no gap: too few to learn from",
                next_step='leave "drop" out of the strategies',
            )
    filled = filler.transform(table[rows])
    matrix, categories = encoder(filled, for_trees=model == "trees")
    learner = Pipeline([("matrix", matrix), ("model", _model(model, goal, categories))])
    with one_thread():
        return filler, learner.fit(filled, goal[rows])


def predict(
    filler: Fill, learner: Pipeline, table: pd.DataFrame
) -> tuple[np.ndarray, pd.DataFrame]:
    """The model's answer (a probability, or a number) for each row, and the table it saw."""
    filled = filler.transform(table)
    with one_thread():
        if hasattr(learner, "predict_proba"):
            return learner.predict_proba(filled)[:, 1], filled
        return learner.predict(filled), filled


def _once(
    table: pd.DataFrame,
    goal: np.ndarray,
    train: np.ndarray,
    test: np.ndarray,
    strategy: Strategy,
    model: Model,
    metric: str,
) -> tuple[float, pd.DataFrame]:
    filler, learner = fit_model(table.iloc[train], goal[train], strategy, model)
    said, filled = predict(filler, learner, table.iloc[test])
    measure = roc_auc_score if metric == "AUC" else r2_score
    return float(measure(goal[test], said)), filled


def _goal(target: pd.Series) -> tuple[np.ndarray, str]:
    """The target as numbers, and by what a model of it is scored."""
    values = target.nunique()
    if values == 2:
        codes, _ = pd.factorize(target, sort=True)
        return codes, "AUC"
    numbers = plain(target.to_frame())[target.name]
    if values < 2 or numbers.dtype != "float64":
        raise LabKitError(
            f'The target "{target.name}" has {values} different values',
            next_step="predict a column of two values, or of numbers",
        )
    return numbers.to_numpy(), "R2"


def _model(model: Model, goal: np.ndarray, categories: list[int]) -> BaseEstimator:
    classify = len(np.unique(goal)) == 2
    if model == "linear":
        return LogisticRegression(max_iter=1_000) if classify else Ridge()
    trees = HistGradientBoostingClassifier if classify else HistGradientBoostingRegressor
    return trees(
        max_iter=60,
        learning_rate=0.1,
        max_leaf_nodes=15,
        categorical_features=categories,
        random_state=0,
    )


def _against_truth(filled: pd.DataFrame | None, truth: pd.Series) -> tuple[float, float, float]:
    """Error, bias of the mean and ratio of spreads of what was put into the gaps."""
    nothing = (np.nan, np.nan, np.nan)
    if filled is None:
        return nothing
    put = filled[truth.name].reindex(truth.index)
    true = plain(truth.to_frame())[truth.name]
    asked = put.notna() & true.notna()
    if not asked.any():
        return nothing
    put, true = put[asked], true[asked]
    if true.dtype != "float64":
        return float((put != true).mean()), np.nan, np.nan
    spread = true.std() or 1.0
    error = np.sqrt(((put - true) ** 2).mean()) / spread
    return float(error), float((put.mean() - true.mean()) / spread), float(put.std() / spread)
