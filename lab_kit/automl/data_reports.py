"""What is in a table, before any model: the target, each column's say, gaps, duplicates, doubts."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from lab_kit.automl.power import Power, find_power
from lab_kit.automl.problem import Problem
from lab_kit.automl.training import Training, Warning, make_training
from lab_kit.prepare.tables import html_table, text_table

ALIKE = 0.95
"""Correlation from which two columns say the same."""
ORDER = {"high": 0, "medium": 1, "low": 2}
MOST_CLASSES_SHOWN = 15


@dataclass(frozen=True, repr=False)
class DataReport:
    """What was found in the training rows."""

    target: str
    problem: Problem
    rows: int
    warnings: tuple[Warning, ...]
    """The gravest first."""
    columns: tuple[dict[str, Any], ...]
    """name, type, role, reason, missing (share of the rows), distinct, power, suspect."""
    target_values: dict[str, float]
    """Rows of each class; or mean, deviation and quantiles."""
    duplicates: int
    """Rows that repeat an earlier one, target included."""
    contradictions: int
    """Rows with the same values as another and a different target."""
    alike: tuple[tuple[str, str, float], ...]
    """Pairs of numeric columns and their rank correlation, where it is above 0.95."""

    @property
    def frame(self) -> pd.DataFrame:
        """One row a column, the most telling first."""
        return pd.DataFrame(self.columns).sort_values(
            "power", ascending=False, kind="stable", ignore_index=True, na_position="last"
        )

    @property
    def suspects(self) -> dict[str, str]:
        """Columns that may be leaks, and why."""
        return {column["name"]: column["suspect"] for column in self.columns if column["suspect"]}

    def __repr__(self) -> str:
        return "\n".join([*self._said(), "", text_table(self._header(), self._rows())])

    def _repr_html_(self) -> str:
        said = "".join(f"<li>{escape(words)}</li>" for words in self._said())
        return f"<ul>{said}</ul>" + html_table("Columns", self._header(), self._rows())

    def _header(self) -> tuple[str, ...]:
        return ("column", "role", "power", "missing", "different", "why")

    def _rows(self) -> list[tuple[str, ...]]:
        return [
            (
                row["name"],
                row["role"],
                ""
                if row["power"] is None or row["power"] != row["power"]
                else f"{row['power']:.2f}",
                f"{row['missing']:.1%}",
                f"{row['distinct']:,}",
                row["suspect"] or row["reason"],
            )
            for row in self.frame.to_dict("records")
        ]

    def _said(self) -> list[str]:
        shown = list(self.target_values.items())[:MOST_CLASSES_SHOWN]
        values = ", ".join(f"{name} {value:,.4g}" for name, value in shown)
        return [
            f"{self.rows:,} rows; {self.target} ({self.problem}): {values}",
            f"{self.duplicates:,} rows repeat another; {self.contradictions:,} have the values of "
            "another and a different target",
            *(f"{w.severity}: {w.column or 'table'}: {w.text}" for w in self.warnings),
            *(
                f"{one} and {other} say the same (correlation {r:.2f})"
                for one, other, r in self.alike
            ),
        ]


def data_report(frame: Any, target: str, *, problem: Problem | None = None) -> DataReport:
    """Examine a table that a model is to be trained on.

    Args:
        frame: A pandas DataFrame or an Arrow table.
        target: The column to be predicted.
        problem: "regression", "binary" or "multiclass"; None: inferred.

    Raises:
        LabKitError: If there is nothing that could be learnt; it says why.
    """
    training = make_training(frame, target, problem=problem)
    return make_report(training, find_power(training))


def make_report(training: Training, powers: tuple[Power, ...]) -> DataReport:
    """The report of rows read for training, with the power of their columns."""
    power = {one.column: one for one in powers}
    rows = len(training.rows)
    columns = []
    for column in training.columns:
        known = power.get(column.name)
        columns.append(
            {
                "name": column.name,
                "type": column.type,
                "role": column.role,
                "reason": column.reason,
                "missing": column.missing / max(rows, 1),
                "distinct": column.distinct,
                "power": known and known.alone,
                "suspect": known and known.suspect,
            }
        )
    duplicates, contradictions = _repeated(training)
    notes = [*training.warnings, *suspicions(powers)]
    return DataReport(
        training.target.name,
        training.target.problem,
        rows,
        tuple(sorted(notes, key=lambda note: ORDER[note.severity])),
        tuple(columns),
        _target_values(training),
        duplicates,
        contradictions,
        _alike(training),
    )


def suspicions(powers: tuple[Power, ...]) -> list[Warning]:
    """A warning for each leak suspect."""
    return [
        Warning("high", power.column, f"leak suspect: {power.suspect}")
        for power in powers
        if power.suspect
    ]


def _repeated(training: Training) -> tuple[int, int]:
    inputs = pd.DataFrame(training.rows.matrix)
    whole = inputs.assign(target=training.rows.target)
    same = inputs.duplicated(keep=False) & ~whole.duplicated(keep=False)
    return int(whole.duplicated().sum()), int(same.sum())


def _target_values(training: Training) -> dict[str, float]:
    target = training.rows.target
    if training.target.classes is None:
        marks = {"least": 0, "quarter": 0.25, "median": 0.5, "three quarters": 0.75, "most": 1}
        found = {name: float(np.quantile(target, share)) for name, share in marks.items()}
        return {"mean": float(target.mean()), "deviation": float(target.std()), **found}
    counts = np.bincount(target.astype(np.int64), minlength=training.classes)
    return {str(name): int(n) for name, n in zip(training.target.classes, counts, strict=True)}


def _alike(training: Training) -> tuple[tuple[str, str, float], ...]:
    numeric = [
        (place, feature.name)
        for place, feature in enumerate(training.reader.features)
        if feature.levels is None and feature.name == feature.column
    ]
    if len(numeric) < 2:
        return ()
    table = pd.DataFrame(training.rows.matrix[:, [place for place, _ in numeric]])
    found = table.corr(method="spearman", min_periods=20).to_numpy()
    pairs = [
        (numeric[one][1], numeric[other][1], float(found[one, other]))
        for one in range(len(numeric))
        for other in range(one + 1, len(numeric))
        if abs(found[one, other]) > ALIKE
    ]
    return tuple(sorted(pairs, key=lambda pair: -abs(pair[2])))
