"""A fitted model: what it predicts, how it was found, why it predicts so."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from lab_kit.automl.data_reports import DataReport
from lab_kit.automl.explanations import Explainer, Explanation
from lab_kit.automl.leaderboard import Leaderboard
from lab_kit.automl.metrics import decide
from lab_kit.automl.model_report import ModelReport
from lab_kit.automl.pipeline import Pipeline
from lab_kit.automl.problem import Objective, Problem, Target
from lab_kit.automl.reader import Reader
from lab_kit.automl.roles import Role
from lab_kit.automl.tables import Type
from lab_kit.errors import LabKitError


@dataclass(frozen=True)
class Member:
    """A fitted candidate and its part in the average."""

    name: str
    pipeline: Pipeline
    weight: float


@dataclass(frozen=True)
class InputColumn:
    """A column the model was trained with."""

    name: str
    type: Type
    role: Role

    @property
    def used(self) -> bool:
        """Whether the model looks at it."""
        return self.role not in ("id", "constant")


@dataclass
class Fitted:
    """A model, ready to predict.

    Frames may be pandas DataFrames or Arrow tables; columns it does not know are ignored, and so
    may those be left out that it does not use.
    """

    known_target: Target
    objective: Objective
    reader: Reader
    members: tuple[Member, ...]
    threshold: float
    """Of two classes: the probability from which the second is predicted."""
    leaderboard: Leaderboard
    metric: dict[str, float]
    """Cross-validated, by name: what the objective and its neighbours say of the model."""
    trials: int
    seed: int
    seconds: float
    aborted: bool
    stopped: str
    """Why the search ended, in words."""
    held_out: dict[str, np.ndarray] = field(default_factory=dict)
    """Out of fold: target (places of classes, or numbers), predicted, and weights if there are."""
    background: np.ndarray = field(default_factory=lambda: np.empty((0, 0)))
    """(rows, features): training rows that contributions are measured from."""
    data_report: DataReport | None = None
    """What was found in the training rows."""
    explanations: dict[str, dict[str, float]] = field(default_factory=dict)
    """How much the loss of the best of each algorithm grows when a column is shuffled."""
    candidates: dict[str, Pipeline] = field(default_factory=dict)
    """The same candidates, fitted on all folds but the first; they are not saved."""

    # ---- what it is

    @property
    def target(self) -> str:
        """The column it predicts."""
        return self.known_target.name

    @property
    def target_type(self) -> Type:
        """The type of what it predicts."""
        return self.known_target.type

    @property
    def problem(self) -> Problem:
        """regression, binary or multiclass."""
        return self.known_target.problem

    @property
    def classes(self) -> tuple[Any, ...] | None:
        """In the order of the columns of `predict_proba`; None for a regression."""
        return self.known_target.classes

    @property
    def columns(self) -> tuple[InputColumn, ...]:
        """The columns it was trained with, in their order."""
        known = [source.column for source in self.reader.sources]
        return tuple(InputColumn(column.name, column.type, column.role) for column in known)

    @cached_property
    def model_name(self) -> str:
        """The candidate chosen, or the average and its members."""
        if len(self.members) == 1:
            return self.members[0].name
        parts = [f"{member.weight:.2f} {member.name}" for member in self.members]
        return f"average of {', '.join(parts)}"

    def __repr__(self) -> str:
        shown = ", ".join(f"{name} {value:.4g}" for name, value in self.metric.items())
        return f"{self.model_name}, predicts {self.target} ({self.problem}): {shown}"

    # ---- why, and how good

    def explain(self, frame: Any, *, candidate: str | None = None, seed: int = 0) -> Explanation:
        """Contributions of each column to the prediction of each row.

        Args:
            frame: The rows.
            candidate: A name in `candidates`; None: the model itself.
            seed: Where contributions are sampled.

        Raises:
            LabKitError: If they have to be sampled and there are more than 200 rows, or there is no
                such candidate.
        """
        if candidate is not None and candidate not in self.candidates:
            raise LabKitError(
                f"There is no candidate {candidate!r} at hand",
                where="a loaded model has none" if not self.candidates else None,
                next_step=f"name one of {', '.join(self.candidates) or 'those of a new fit'}",
            )
        parts = [(member.pipeline, member.weight) for member in self.members]
        if candidate is not None:
            parts = [(self.candidates[candidate], 1.0)]
        explainer = Explainer(self.reader.features, self.background)
        return explainer.explain(parts, self.reader.read(frame), seed)

    @cached_property
    def explained(self) -> Explanation:
        """The contributions in 100 training rows."""
        parts = [(member.pipeline, member.weight) for member in self.members]
        return Explainer(self.reader.features, self.background).explain(parts, self.background)

    @cached_property
    def importance(self) -> dict[str, float]:
        """Mean size of each column's contributions in 100 training rows, the largest first."""
        return self.explained.importance

    @property
    def expected_value(self) -> float | np.ndarray:
        """What is said of a row of which nothing is known, in the unit of the contributions."""
        return self.explained.base

    @cached_property
    def report(self) -> ModelReport:
        """Right and wrong on rows it had not seen."""
        return ModelReport(
            self.target,
            self.problem,
            self.classes or (),
            self.held_out["target"],
            self.held_out["predicted"],
            self.held_out.get("weights"),
            self.threshold,
        )

    # ---- what it predicts

    def predict(self, frame: Any) -> np.ndarray:
        """(rows,) in the target's own type: bool, int64, float64, or texts as objects.

        Raises:
            LabKitError: If a column it uses is missing or has values of another type.
        """
        if self.classes is None:
            return self.known_target.decoded(self._predicted(self.reader.read(frame)))
        return self.known_target.decoded(self.predict_codes(frame))

    def predict_codes(self, frame: Any) -> np.ndarray:
        """(rows,) int64: of each row, the place in `classes` of what `predict` says.

        Raises:
            LabKitError: If it is a regression, or a column is missing or of another type.
        """
        return decide(self.predict_proba(frame), self.threshold)

    def predict_proba(self, frame: Any) -> np.ndarray:
        """(rows, classes) float64, the classes in the order of `classes`.

        Raises:
            LabKitError: If it is a regression, or a column is missing or of another type.
        """
        if self.classes is None:
            raise LabKitError(
                "A regression has no probabilities",
                where=f"target {self.target}",
                next_step="call predict",
            )
        return self._predicted(self.reader.read(frame))

    @property
    def rows_at_once(self) -> int:
        """How many rows it is best asked for at a time, where there are very many."""
        return max(member.pipeline.estimator.rows_at_once for member in self.members)

    def save(self, folder: str | Path) -> Path:
        """Write it to a folder, without pickle; `automl.load` reads it.

        Returns:
            The folder.
        """
        from lab_kit.automl.files import save

        return save(self, folder)

    def _predicted(self, matrix: np.ndarray) -> np.ndarray:
        total = None
        for member in self.members:
            part = member.pipeline.predict(matrix)
            if len(self.members) == 1:
                return part
            total = member.weight * part if total is None else total + member.weight * part
        assert total is not None
        return total
