"""What a model is to be fitted for, as all kinds of models are told it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lab_kit.personalize.training.data import TrainingData
from lab_kit.personalize.training.metrics import Measured
from lab_kit.personalize.training.recipes import Plan
from lab_kit.recommend.model import Progress


@dataclass(frozen=True, eq=False)
class FittingJob:
    """One fit."""

    plan: Plan
    values: Mapping[str, Any]
    """Hyperparameters."""
    data: TrainingData
    progress: Progress
    seed: int = 0
    """Draws the users who are held out."""
    old: Any = None
    """The model of an earlier version that is only brought up to date; None: learn anew."""
    trial: bool = False
    """Whether only the figures are wanted."""
    objective: Mapping[str, Any] = field(default_factory=dict)
    """`itemAttribute` and `objectiveSensitivity`, where business value counts."""
    weighted: bool = False
    """Whether events of different types have weights of their own."""


@dataclass(frozen=True, eq=False)
class Fitted:
    """A model and how good it is."""

    model: Any
    measured: Measured
