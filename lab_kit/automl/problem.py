"""What is to be predicted: numbers, one of two classes, one of several; and how it is measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lab_kit.automl.tables import Type, is_number, numbers, texts, type_of
from lab_kit.errors import LabKitError

Problem = Literal["regression", "binary", "multiclass"]
Objective = Literal["MSE", "Accuracy", "F1", "F1Macro", "AUC"]
DEFAULTS: dict[Problem, Objective] = {"regression": "MSE", "binary": "F1", "multiclass": "Accuracy"}
"""What is measured where nothing is said, as in Amazon Redshift ML."""
OBJECTIVES: dict[Problem, tuple[Objective, ...]] = {
    "regression": ("MSE",),
    "binary": ("F1", "AUC", "Accuracy", "F1Macro"),
    "multiclass": ("Accuracy", "F1Macro"),
}
MOST_CLASSES = 100
UNCLEAR = 20
"""Whole numbers with 3 to so many different values may be classes or amounts."""


@dataclass(frozen=True)
class Target:
    """The column to be predicted, as numbers a model can learn."""

    name: str
    type: Type
    problem: Problem
    classes: tuple[Any, ...] | None
    """In ascending order: booleans, whole numbers, numbers or texts; None for a regression."""
    reason: str
    """Why it is this problem."""

    def encoded(self, column: pa.ChunkedArray) -> np.ndarray:
        """(rows,) float64: the number, or the place of the class; NaN where missing or unknown."""
        if self.classes is None:
            return numbers(column, self.name)
        if self.type == "text":
            coded = texts(column)
            place = {word: number for number, word in enumerate(self.classes)}
            found = [place.get(word, np.nan) for word in coded.dictionary.to_pylist()]
            codes = coded.indices.to_numpy(zero_copy_only=False)
            known = ~np.isnan(codes)
            result = np.full(len(codes), np.nan)
            result[known] = np.array(found)[codes[known].astype(np.int64)]
            return result
        values = numbers(column, self.name)
        order = np.array(self.classes, dtype=np.float64)
        place_of = np.minimum(np.searchsorted(order, values), len(order) - 1)
        return np.where(order[place_of] == values, place_of, np.nan)

    def decoded(self, codes: np.ndarray) -> np.ndarray:
        """Predictions in the target's own type: (rows,) bool, int64, float64 or str objects."""
        if self.classes is None:
            return np.rint(codes).astype(np.int64) if self.type == "int" else codes
        kinds = {"bool": np.bool_, "int": np.int64, "float": np.float64}
        return np.array(self.classes, dtype=kinds.get(self.type, object))[codes]


def find_target(table: pa.Table, name: str, problem: Problem | None = None) -> Target:
    """What kind of problem the column poses.

    Rules: true and false, or two different values: binary. Text: multi-class. Numbers with
    fractions, or more than 20 different whole numbers: regression. What lies between is asked for.

    Args:
        table: The training rows.
        name: The column to be predicted.
        problem: What kind of problem it is; None: to be found by the rules.

    Raises:
        LabKitError: If the column is missing, has fewer than two values, does not fit the problem,
            or the rules cannot tell.
    """
    if name not in table.column_names:
        raise LabKitError(
            f"There is no column {name!r} to predict",
            where="target",
            next_step=f"name one of {', '.join(table.column_names)}",
        )
    column = table[name]
    kind = type_of(column, name)
    if kind == "datetime":
        raise LabKitError(
            "A date or time cannot be predicted",
            where=f"target {name}",
            next_step="predict a number of days, or a forecast by that time",
        )
    values = _different(column, kind)
    if len(values) < 2:
        said = f"only the value {values[0]!r}" if values else "no value at all"
        raise LabKitError(
            f"There is nothing to learn: the target has {said}",
            where=f"target {name}",
            next_step="select rows of at least two kinds",
        )
    problem, reason = (problem, "as you said") if problem else _inferred(name, kind, values)
    _need_fit(name, kind, problem, values)
    if problem == "regression":
        return Target(name, "float" if kind == "text" else kind, problem, None, reason)
    return Target(name, kind, problem, tuple(values), reason)


def find_objective(problem: Problem, objective: str | None) -> Objective:
    """The measure by its name in Redshift's words; None: the default of the problem.

    Raises:
        LabKitError: If there is no such measure for the problem.
    """
    if objective is None:
        return DEFAULTS[problem]
    spelt = objective.replace("_", "").lower()
    for known in OBJECTIVES[problem]:
        if known.lower() == spelt:
            return known
    raise LabKitError(
        f"{objective!r} does not measure a {problem} problem",
        where="objective",
        next_step=f"take one of {', '.join(OBJECTIVES[problem])}",
    )


def _different(column: pa.ChunkedArray, kind: Type) -> list[Any]:
    if kind == "text":
        words = set(texts(column).dictionary.to_pylist()) - {"", None}
        return sorted(words)
    unique = pc.unique(column).drop_null().to_pylist()
    kept = [value for value in unique if value == value]
    return sorted(float(value) for value in kept) if kind == "float" else sorted(kept)


def _inferred(name: str, kind: Type, values: list[Any]) -> tuple[Problem, str]:
    number = len(values)
    if number == 2:
        return "binary", f"two different values, {values[0]!r} and {values[1]!r}"
    if kind == "text":
        if number <= MOST_CLASSES:
            return "multiclass", f"{number} different texts"
        if all(is_number(value) for value in values):
            return "regression", "text, but every value reads as a number"
        raise LabKitError(
            f"The target has {number:,} different texts",
            where=f"target {name}",
            next_step=f"predict a column with at most {MOST_CLASSES} classes",
        )
    if any(value != round(value) for value in values):
        return "regression", "numbers with fractions"
    if number > UNCLEAR:
        return "regression", f"{number:,} different whole numbers"
    raise LabKitError(
        f"{number} different whole numbers may be classes or amounts",
        where=f"target {name}",
        next_step="say the problem: multiclass where they are names or grades, else regression",
    )


def _need_fit(name: str, kind: Type, problem: Problem, values: list[Any]) -> None:
    wrong = None
    if problem == "binary" and len(values) != 2:
        wrong = f"A binary target has two different values, this one {len(values):,}"
    elif problem == "multiclass" and not 2 < len(values) <= MOST_CLASSES:
        wrong = f"A multi-class target has 3 to {MOST_CLASSES} classes, this one {len(values):,}"
    elif problem == "regression" and (
        kind == "bool" or (kind == "text" and not all(is_number(value) for value in values))
    ):
        wrong = "A regression predicts numbers, and this target has none"
    elif problem not in OBJECTIVES:
        wrong = f"There is no problem {problem!r}"
    if wrong:
        raise LabKitError(
            wrong,
            where=f"target {name}",
            next_step="leave the problem out, or say regression, binary or multiclass as fits",
        )
