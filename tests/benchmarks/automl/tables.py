"""The tables accuracy is measured on: six public ones, of every kind of problem."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from tests.benchmarks.automl.peers.question import TARGET


@dataclass(frozen=True)
class Table:
    """A file, what is predicted, and how it is scored."""

    name: str
    file: str
    target: str
    problem: str
    left_out: tuple[str, ...] = ()

    def read(self):
        """Rows with a column "target": numbers, or 0 and 1, or grades."""
        path = Path(os.environ["LAB_KIT_REAL_DATA"]) / self.name / self.file
        frame = pd.read_csv(path).drop(columns=list(self.left_out))
        frame = frame.rename(columns={self.target: TARGET})
        if self.problem == "binary":
            frame[TARGET] = frame[TARGET].isin([1, "yes", "Yes"]).astype(int)
        return frame


TABLES = (
    Table("bank-marketing", "bank.csv", "deposit", "binary", ("duration",)),  # it leaks
    Table("telco-churn", "telco-customer-churn.csv", "Churn", "binary", ("customerID",)),
    Table("adult-income", "income.csv", "income >50K", "binary"),
    Table("credit-default", "credit.csv", "default", "binary"),
    Table("bike-sharing", "bike.csv", "cnt", "regression", ("instant",)),
    Table("wine-quality", "wine.csv", "quality", "multiclass"),
)


def outer_folds(rows, folds=3, seed=0):
    """(rows,): the fold in which a row is asked about."""
    return np.random.default_rng(seed).permutation(rows) % folds
