"""What a fit would do, without doing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from lab_kit.automl.algorithms import ALGORITHMS, BASELINE, why_not
from lab_kit.automl.budget import Budget, make_budget
from lab_kit.automl.data_reports import ORDER, suspicions
from lab_kit.automl.folds import number_of_folds
from lab_kit.automl.pipeline import Candidate
from lab_kit.automl.power import find_power
from lab_kit.automl.problem import Objective, Problem
from lab_kit.automl.roles import Column
from lab_kit.automl.training import Training, Warning, make_training
from lab_kit.errors import LabKitError
from lab_kit.prepare.tables import html_table, text_table


@dataclass(frozen=True, repr=False)
class Plan:
    """What is in the table, what it is read as, and what will be tried."""

    target: str
    problem: Problem
    reason: str
    """Why it is this problem."""
    objective: Objective
    rows: int
    sampled_rows: int
    """Rows that are learnt from."""
    cells: int
    """Rows learnt from x columns, target included."""
    columns: tuple[Column, ...]
    warnings: tuple[Warning, ...]
    """The gravest first; leak suspects are among the high ones."""
    candidates: tuple[Candidate, ...]
    """The first of each algorithm; the others follow from how these do."""
    left_out: dict[str, str]
    """Algorithms that are not tried, and why."""
    trials: int
    folds: int
    predicted_seconds: float
    """With two cores; an estimate."""

    @property
    def frame(self) -> pd.DataFrame:
        """One row a column: name, type, role, reason, missing, distinct."""
        return pd.DataFrame([vars(column) for column in self.columns])

    def __repr__(self) -> str:
        rows = [(c.name, c.role, c.reason) for c in self.columns]
        return "\n".join([*self._said(), "", text_table(("column", "role", "why"), rows)])

    def _repr_html_(self) -> str:
        rows = [(c.name, c.role, c.reason) for c in self.columns]
        said = "".join(f"<p>{escape(words)}</p>" for words in self._said())
        return said + html_table("What each column is", ("column", "role", "why"), rows)

    def _said(self) -> list[str]:
        sampled = "" if self.rows == self.sampled_rows else f", {self.sampled_rows:,} learnt from"
        return [
            f"Predict {self.target}: {self.problem} ({self.reason}), measured by {self.objective}.",
            f"{self.rows:,} rows{sampled}; {self.cells:,} cells.",
            f"{self.trials} trials over {self.folds} folds, about {self.predicted_seconds:.0f} s "
            "on two cores: " + "; ".join(map(str, self.candidates)) + ".",
            *(f"Left out: {name}: {why}." for name, why in self.left_out.items()),
            *(f"{w.severity}: {w.column or 'table'}: {w.text}." for w in self.warnings),
        ]


def plan(
    frame: Any,
    target: str,
    *,
    problem: Problem | None = None,
    objective: str | None = None,
    algorithms: Sequence[str] | None = None,
    trials: int | None = None,
    max_seconds: float | None = None,
    max_cells: int | None = None,
    weights: str | Sequence[float] | np.ndarray | None = None,
    seed: int = 0,
) -> Plan:
    """What `fit` would do with the same arguments.

    Raises:
        LabKitError: If there is nothing that could be learnt; it says why.
    """
    training = make_training(
        frame, target, problem=problem, objective=objective, weights=weights,
        max_cells=max_cells, seed=seed,
    )  # fmt: skip
    chosen, left_out = choose_algorithms(algorithms, weighted=weights is not None)
    budget = find_budget(training, chosen, trials, max_seconds)
    return make_plan(training, chosen, left_out, budget, suspicions(find_power(training, seed)))


def choose_algorithms(
    wanted: Sequence[str] | None, *, weighted: bool
) -> tuple[list[str], dict[str, str]]:
    """The algorithms in the order in which they are tried, and those that cannot be, with reasons.

    Raises:
        LabKitError: If there is no such algorithm, or none of those named can be used.
    """
    unknown = [name for name in wanted or () if name not in ALGORITHMS]
    if unknown:
        raise LabKitError(
            f"There is no algorithm {unknown[0]!r}",
            where="algorithms",
            next_step=f"take some of {', '.join(ALGORITHMS)}",
        )
    chosen, left_out = [], {}
    for name, algorithm in ALGORITHMS.items():
        if wanted is not None and name not in wanted and name != BASELINE:
            continue
        why = why_not(name)
        if weighted and algorithm.needs_no_weights:
            why = "it cannot weigh rows"
        if why:
            left_out[name] = why
        else:
            chosen.append(name)
    if len(chosen) == 1 and wanted and set(wanted) != {BASELINE}:
        raise LabKitError(
            "None of the algorithms named can be used",
            where="; ".join(f"{name}: {why}" for name, why in left_out.items()),
            next_step="name others, or leave the choice to the search",
        )
    return chosen, left_out


def find_budget(
    training: Training, algorithms: Sequence[str], trials: int | None, seconds: float | None
) -> Budget:
    """The number of trials for this table.

    Raises:
        LabKitError: If trials or seconds are not above 0.
    """
    for name, value in (("trials", trials), ("max_seconds", seconds)):
        if value is not None and not value > 0:
            raise LabKitError(
                f"{name} must be above 0, not {value}", where=name, next_step="leave it out"
            )
    rows = len(training.rows)
    return make_budget(
        algorithms, rows, training.rows.matrix.shape[1], training.classes, number_of_folds(rows),
        trials=trials, seconds=seconds,
    )  # fmt: skip


def make_plan(
    training: Training,
    algorithms: Sequence[str],
    left_out: dict[str, str],
    budget: Budget,
    suspects: Sequence[Warning],
) -> Plan:
    """The plan in words and figures."""
    firsts = [ALGORITHMS[name] for name in algorithms][: budget.trials]
    return Plan(
        training.target.name,
        training.target.problem,
        training.target.reason,
        training.objective,
        training.all_rows,
        len(training.rows),
        training.cells,
        training.columns,
        tuple(sorted([*training.warnings, *suspects], key=lambda note: ORDER[note.severity])),
        tuple(Candidate(a.name, a.preprocessings[0], a.portfolio[0]) for a in firsts),
        left_out,
        budget.trials,
        budget.folds,
        budget.predicted_seconds,
    )
