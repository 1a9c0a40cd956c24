"""What a model gets right and wrong, on rows it had not seen: everything is out of fold."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from lab_kit.automl.metrics import auc, decide, r2
from lab_kit.automl.problem import Problem
from lab_kit.errors import LabKitError
from lab_kit.prepare.tables import html_table, text_table

MOST_LABELS = 15
"""Of a confusion matrix, as Autopilot has it; further classes are put together."""
OTHERS = "others"
BINS = 10


@dataclass(frozen=True, repr=False)
class ModelReport:
    """Curves and tables of out-of-fold predictions."""

    target: str
    problem: Problem
    classes: tuple[Any, ...]
    """Empty for a regression."""
    truth: np.ndarray
    """(rows,): places of classes, or numbers."""
    predicted: np.ndarray
    """(rows,) numbers, or (rows, classes) probabilities."""
    weights: np.ndarray | None
    threshold: float

    @cached_property
    def confusion(self) -> pd.DataFrame:
        """(true class, predicted class): sums of weights, or rows; at most 15 and "others"."""
        self._need_classes("a confusion matrix")
        number = len(self.classes)
        names = list(map(str, self.classes))
        truth, said = self.truth.astype(np.int64), decide(self.predicted, self.threshold)
        if number > MOST_LABELS:
            frequent = np.argsort(-np.bincount(truth, minlength=number), kind="stable")
            kept = np.sort(frequent[:MOST_LABELS])
            place = np.full(number, MOST_LABELS)
            place[kept] = np.arange(MOST_LABELS)
            truth, said = place[truth], place[said]
            names = [*(names[code] for code in kept), OTHERS]
        size = len(names)
        cells = np.bincount(truth * size + said, weights=self.weights, minlength=size * size)
        table = cells.reshape(size, size)
        if self.weights is None:
            table = table.astype(np.int64)
        return pd.DataFrame(
            table, index=pd.Index(names, name="true"), columns=pd.Index(names, name="predicted")
        )

    def roc(self, of: int = 1) -> pd.DataFrame:
        """false_positive and true_positive rate at each threshold, from the highest down.

        Args:
            of: Place of the class asked about, against all others.
        """
        self._need_classes("a ROC curve")
        mark, right, wrong = self._counts(of)
        return pd.DataFrame(
            {
                "threshold": mark,
                "false_positive": wrong / max(wrong[-1], 1e-12),
                "true_positive": right / max(right[-1], 1e-12),
            }
        )

    def pr(self, of: int = 1) -> pd.DataFrame:
        """Precision and recall at each threshold, from the highest down."""
        self._need_classes("a precision-recall curve")
        mark, right, wrong = self._counts(of)
        return pd.DataFrame(
            {
                "threshold": mark[1:],
                "precision": right[1:] / (right[1:] + wrong[1:]),
                "recall": right[1:] / max(right[-1], 1e-12),
            }
        )

    def gain(self, of: int = 1) -> pd.DataFrame:
        """Of rows asked in the order of their probability: share asked, share found, lift."""
        self._need_classes("a gain curve")
        _, right, wrong = self._counts(of)
        asked = (right + wrong) / (right[-1] + wrong[-1])
        found = right / max(right[-1], 1e-12)
        lift = np.divide(found, asked, out=np.full(len(asked), np.nan), where=asked > 0)
        return pd.DataFrame({"asked": asked, "found": found, "lift": lift})

    def calibration(self, of: int = 1) -> pd.DataFrame:
        """Ten bins of as many rows: mean probability said, share that came, rows."""
        self._need_classes("calibration")
        said, came = self.predicted[:, of], self.truth == of
        weights = self._weights
        order = np.argsort(said, kind="stable")
        parts = [part for part in np.array_split(order, BINS) if len(part)]
        return pd.DataFrame(
            {
                "said": [np.average(said[part], weights=weights[part]) for part in parts],
                "came": [np.average(came[part], weights=weights[part]) for part in parts],
                "rows": [len(part) for part in parts],
            }
        )

    @cached_property
    def residuals(self) -> pd.DataFrame:
        """predicted, truth and residual (truth - predicted) of each row of a regression."""
        if self.classes:
            raise LabKitError(
                "Classes have no residuals",
                where=f"target {self.target}",
                next_step="look at the confusion matrix",
            )
        return pd.DataFrame(
            {
                "predicted": self.predicted,
                "truth": self.truth,
                "residual": self.truth - self.predicted,
            }
        )

    @property
    def _weights(self) -> np.ndarray:
        return np.ones(len(self.truth)) if self.weights is None else self.weights

    def _counts(self, of: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Thresholds from infinity down, and weights above each: of the class, of the others."""
        marks, place = np.unique(-self.predicted[:, of], return_inverse=True)
        came = self.truth == of
        right = np.bincount(place, weights=self._weights * came)
        wrong = np.bincount(place, weights=self._weights * ~came)
        first = np.zeros(1)
        return (
            np.concatenate([[np.inf], -marks]),
            np.concatenate([first, np.cumsum(right)]),
            np.concatenate([first, np.cumsum(wrong)]),
        )

    def _need_classes(self, what: str) -> None:
        if not self.classes:
            raise LabKitError(
                f"A regression has no {what.removeprefix('a ')}",
                where=f"target {self.target}",
                next_step="look at the residuals",
            )

    def __repr__(self) -> str:
        return "\n".join([*self._said(), "", text_table(*self._table())])

    def _repr_html_(self) -> str:
        said = "".join(f"<p>{escape(words)}</p>" for words in self._said())
        return said + html_table("Out of fold", *self._table())

    def _said(self) -> list[str]:
        rows = f"{len(self.truth):,} rows, each predicted by models that had not seen it"
        if not self.classes:
            return [f"{rows}; R2 {r2(self.truth, self.predicted, self.weights):.3f}"]
        if len(self.classes) == 2:
            area = auc(self.truth, self.predicted[:, 1], self.weights)
            return [f"{rows}; {self.classes[1]!r} from {self.threshold:.2f}; AUC {area:.3f}"]
        return [rows]

    def _table(self) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
        if self.classes:
            table = self.confusion
            rows = [
                (f"{name}", *(f"{value:,.0f}" for value in table.loc[name])) for name in table.index
            ]
            return ("true \\ predicted", *table.columns), rows
        marks = self.residuals["residual"].quantile([0.05, 0.25, 0.5, 0.75, 0.95])
        quantiles = [(f"{share:.0%}", f"{value:,.4g}") for share, value in marks.items()]
        return ("share of rows below", "residual"), [*quantiles]
