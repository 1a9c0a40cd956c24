"""From a table to rows a model can learn from, and what was noticed on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from lab_kit.automl.pipeline import Rows
from lab_kit.automl.problem import Objective, Problem, Target, find_objective, find_target
from lab_kit.automl.reader import Reader, make_reader
from lab_kit.automl.roles import Column, find_roles
from lab_kit.automl.tables import as_table, numbers
from lab_kit.errors import LabKitError

LEAST_ROWS = 20
SMALL_CLASS = 10
UNEQUAL = 0.05
MANY_MISSING = 0.5


@dataclass(frozen=True)
class Warning:
    """Something to know before a model is believed."""

    severity: Literal["high", "medium", "low"]
    column: str | None
    text: str


@dataclass(frozen=True)
class Training:
    """Rows to learn from."""

    table: pa.Table
    """Without rows whose target is missing; sampled where there were too many cells."""
    target: Target
    objective: Objective
    columns: tuple[Column, ...]
    reader: Reader
    rows: Rows
    all_rows: int
    """Before any were left out."""
    warnings: tuple[Warning, ...]

    @property
    def classes(self) -> int:
        """How many; 0: a regression."""
        return len(self.target.classes or ())

    @property
    def cells(self) -> int:
        """Rows x columns of the table learnt from, target included."""
        return len(self.rows) * (len(self.columns) + 1)


def make_training(
    frame: Any,
    target: str,
    *,
    problem: Problem | None = None,
    objective: str | None = None,
    weights: str | Sequence[float] | np.ndarray | None = None,
    max_cells: int | None = None,
    seed: int = 0,
) -> Training:
    """Read a table, find roles and problem, leave out what cannot be learnt from.

    Args:
        frame: A pandas DataFrame, or an Arrow table.
        target: The column to be predicted.
        problem: "regression", "binary" or "multiclass"; None: inferred.
        objective: "MSE", "Accuracy", "F1", "F1Macro" or "AUC"; None: that of the problem.
        weights: A column, or a number for each row, how much it counts; None: all the same.
        max_cells: Rows are drawn where rows x columns are more; None: all are used.
        seed: Of the rows drawn.

    Raises:
        LabKitError: If the table, the target or the weights are of no use; it says why.
    """
    table = as_table(frame)
    found = find_target(table, target, problem)
    goal = find_objective(found.problem, objective)
    weighing = _weights(table, weights)
    left_out = {target, weights} if isinstance(weights, str) else {target}
    names = [name for name in table.column_names if name not in left_out]
    if not names:
        raise LabKitError(
            "There is no column beside the target", where=target, next_step="add one to learn from"
        )
    notes: list[Warning] = []
    codes = found.encoded(table[target])
    kept = np.flatnonzero(np.isfinite(codes) & (weighing > 0))
    if len(kept) < len(codes):
        gone = f"{len(codes) - len(kept):,} rows without a target (or with weight 0) are left out"
        notes.append(Warning("low", target, gone))
    if len(kept) < LEAST_ROWS:
        raise LabKitError(
            f"There are {len(kept)} rows with a target; at least {LEAST_ROWS} are needed",
            where=f"target {target}",
            next_step="select more rows",
        )
    wanted = len(kept) if max_cells is None else max_cells // (len(names) + 1)
    if wanted < len(kept):
        wanted = max(wanted, LEAST_ROWS)
        kept = np.sort(np.random.default_rng(seed).permutation(kept)[:wanted])
        text = f"{wanted:,} of {len(codes):,} rows are drawn: {max_cells:,} cells are allowed"
        notes.append(Warning("low", None, text))
    table = table.take(kept)
    columns = find_roles(table, names)
    reader = make_reader(table, columns)
    rows = Rows(reader.read(table), codes[kept], None if weights is None else weighing[kept])
    notes += [*_of_columns(columns, len(kept)), *_of_target(found, rows)]
    return Training(table, found, goal, columns, reader, rows, len(codes), tuple(notes))


def _weights(table: pa.Table, weights: Any) -> np.ndarray:
    if weights is None:
        return np.ones(len(table))
    if isinstance(weights, str):
        if weights not in table.column_names:
            raise LabKitError(
                f"There is no column {weights!r} of weights",
                where="weights",
                next_step=f"name one of {', '.join(table.column_names)}",
            )
        found = numbers(table[weights], weights)
    else:
        found = np.asarray(weights, dtype=np.float64)
    if found.shape != (len(table),) or not np.isfinite(found).all() or (found < 0).any():
        raise LabKitError(
            "Weights are one finite number for each row, none below 0",
            where="weights",
            next_step="correct them, or leave them out",
        )
    return found


def _of_columns(columns: Sequence[Column], rows: int) -> list[Warning]:
    notes = []
    for column in columns:
        if not column.used:
            notes.append(Warning("low", column.name, f"not used, {column.role}: {column.reason}"))
        elif column.missing > MANY_MISSING * rows:
            share = f"{column.missing / rows:.0%} of the rows have no value"
            notes.append(Warning("medium", column.name, share))
    return notes


def _of_target(target: Target, rows: Rows) -> list[Warning]:
    if target.classes is None:
        return []
    counts = np.bincount(rows.target.astype(np.int64), minlength=len(target.classes))
    notes = []
    for name, count in zip(target.classes, counts, strict=True):
        if count < SMALL_CLASS:
            notes.append(Warning("high", target.name, f"class {name!r} has only {count} rows"))
        elif count < UNEQUAL * len(rows):
            share = f"class {name!r} is rare: {count / len(rows):.1%} of the rows"
            notes.append(Warning("medium", target.name, share))
    return notes
