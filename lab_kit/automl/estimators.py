"""Fitted algorithms behind one face: `predict` gives numbers, or a row of class probabilities.

A row's prediction never depends on the rows beside it. Matrix products do depend on them, in the
last bit: BLAS takes other paths for other shapes. What is made of such products is therefore asked
in blocks of one size, the last one padded.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

import numpy as np
from threadpoolctl import ThreadpoolController

BLOCK = 4096
FEW_ROWS = 16_384
"""What is calculated of so few rows stays in the processor's caches."""
MANY_ROWS = 131_072
"""Enough to keep the cores of a computer busy."""


@dataclass
class Constant:
    """The same for every row."""

    value: np.ndarray
    """(outputs,)"""

    kib: ClassVar[float] = 0.1
    rows_at_once: ClassVar[int] = FEW_ROWS

    def predict(self, matrix: np.ndarray) -> np.ndarray:
        """(rows,) or (rows, classes)."""
        shape = (len(matrix), len(self.value)) if len(self.value) > 1 else (len(matrix),)
        return np.broadcast_to(self.value, shape).copy()


@dataclass
class ScikitLearn:
    """A model of scikit-learn."""

    model: Any
    classes: int
    """0: a regression."""
    blocks: bool
    """Whether it multiplies matrices."""

    def predict(self, matrix: np.ndarray) -> np.ndarray:
        """(rows,) or (rows, classes); a class without training rows has probability 0."""
        ask = self.model.predict_proba if self.classes else self.model.predict
        found = in_blocks(ask, matrix) if self.blocks else on_all_cores(_alone(ask), matrix)
        if not self.classes:
            return found
        known = np.asarray(self.model.classes_, dtype=np.int64)
        if len(known) == self.classes:
            return found
        result = np.zeros((len(matrix), self.classes))
        result[:, known] = found
        return result

    @property
    def rows_at_once(self) -> int:
        """How many rows it is best asked for at a time, where there are very many."""
        return FEW_ROWS if self.blocks else MANY_ROWS

    @property
    def kib(self) -> float:
        """Size in memory, about: that of its arrays and trees."""
        return _bytes(vars(self.model)) / 1024


@dataclass
class XGBoost:
    """A booster of XGBoost."""

    booster: Any
    """Set to one thread."""
    classes: int
    rows_at_once: ClassVar[int] = MANY_ROWS

    def predict(self, matrix: np.ndarray) -> np.ndarray:
        """(rows,) or (rows, classes) float64, in the booster's own precision of 32 bits."""
        found = on_all_cores(self.booster.inplace_predict, matrix).astype(np.float64)
        return np.column_stack([1 - found, found]) if self.classes == 2 else found

    @property
    def kib(self) -> float:
        """Size in memory, about: that of the binary form of its trees."""
        return len(self.booster.save_raw("ubj")) / 1024


Estimator = Constant | ScikitLearn | XGBoost


def in_blocks(ask: Callable[[np.ndarray], np.ndarray], matrix: np.ndarray) -> np.ndarray:
    """Ask for blocks of `BLOCK` rows, so that no answer depends on how many rows there are."""
    parts = []
    for first in range(0, len(matrix), BLOCK):
        block = matrix[first : first + BLOCK]
        rows = len(block)
        padded = np.zeros((BLOCK, matrix.shape[1]))
        padded[:rows] = block
        parts.append(ask(padded)[:rows])
    return np.concatenate(parts) if parts else ask(np.zeros((1, matrix.shape[1])))[:0]


def on_all_cores(ask: Callable[[np.ndarray], np.ndarray], matrix: np.ndarray) -> np.ndarray:
    """Ask for blocks of `FEW_ROWS` rows, as many at a time as there are cores.

    What is asked should use one thread. An algorithm's own would meet after every tree: for few
    rows that takes longer than the prediction, and on a busy computer they wait for each other.
    """
    blocks = [matrix[first : first + FEW_ROWS] for first in range(0, len(matrix), FEW_ROWS)]
    if len(blocks) < 2:
        return ask(matrix)
    with ThreadPoolExecutor(cores()) as pool:
        return np.concatenate(list(pool.map(ask, blocks)))


def cores() -> int:
    """How many cores this process may use."""
    known = hasattr(os, "sched_getaffinity")
    return len(os.sched_getaffinity(0)) if known else os.cpu_count() or 1


def _alone(ask: Callable[[np.ndarray], np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
    """Ask on one thread."""

    def asked(matrix: np.ndarray) -> np.ndarray:
        with threads().limit(limits=1):
            return ask(matrix)

    return asked


@cache
def threads() -> ThreadpoolController:
    """What says how many threads the algorithms' own parallel parts take; slow to make."""
    return ThreadpoolController().select(user_api="openmp")  # BLAS has one number for all threads


def _bytes(value: Any) -> int:
    """Of all arrays that hang on a value; a tree of a forest counts by its nodes."""
    if isinstance(value, np.ndarray) and value.dtype != object:
        return value.nbytes
    if isinstance(value, dict):
        return sum(_bytes(one) for one in value.values())
    if isinstance(value, list | tuple | np.ndarray):
        return sum(_bytes(one) for one in value)
    if hasattr(value, "__getstate__") and hasattr(value, "node_count"):
        return _bytes(value.__getstate__())
    if type(value).__module__.startswith("sklearn"):
        return _bytes(vars(value)) if hasattr(value, "__dict__") else 0
    return 0
