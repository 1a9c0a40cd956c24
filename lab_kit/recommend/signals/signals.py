"""The contract of a group of signals."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from lab_kit.recommend.histories import Histories
from lab_kit.recommend.recency import Recency


@dataclass(frozen=True, eq=False)
class Question:
    """Histories to answer for, and what all groups want to know of them."""

    histories: Histories
    recent: Recency
    """The newest events of the histories, weights relative to the heaviest event."""
    depth: int
    """How many events of each history that are."""

    def __len__(self) -> int:
        return len(self.histories)

    def rows(self, chosen: np.ndarray) -> Question:
        """The same question for some of the histories (codes of rows)."""
        return Question(self.histories.take(chosen), self.recent.take(chosen), self.depth)


@dataclass(frozen=True, eq=False)
class Part:
    """What a group adds to the score of one item, and why."""

    rest: float = 0.0
    """What no event of the history caused."""
    causes: np.ndarray | None = None
    """(entries of `Question.recent`,): what each item of the history caused."""


Weighted = Callable[[np.ndarray, Question], None]
"""Adds a weighted sum of signals to scores, (n, items) float32, for n histories."""


class Signals(ABC):
    """Some numbers an item has for a history; a blend gives each of them a weight.

    `weighted` is the fast way to the same as `each` weighted and summed.

    Args:
        learned: Arrays and sparse tables; all that has to be kept.
    """

    names: tuple[str, ...]
    """One a signal."""
    word: str
    """What these signals are about, for an explanation: "popularity"."""

    def __init__(self, learned: dict[str, Any]) -> None:
        self.learned = learned

    @abstractmethod
    def each(self, question: Question) -> Iterator[np.ndarray]:
        """(n, items) float32 a signal, in the order of the names."""

    @abstractmethod
    def weighted(self, weights: np.ndarray) -> Weighted:
        """The weighted sum of the signals; what does not depend on who asks is computed once.

        Args:
            weights: (signals,) float32.
        """

    def part(self, question: Question, item: int, weights: np.ndarray) -> Part:
        """What the group adds to the score of an item for the first history."""
        scores = np.zeros((1, len(self)), np.float32)
        self.weighted(weights)(scores, question)
        return Part(float(scores[0, item]))

    @abstractmethod
    def __len__(self) -> int:
        """Number of items."""
