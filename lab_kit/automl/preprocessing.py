"""What a feature matrix goes through before an algorithm sees it, learnt from the training rows.

- "categories": numbers as they are; trees that know categories get their codes.
- "target means": each category becomes the mean of the target among its rows, shrunk towards the
  mean of all (Micci-Barreca, A preprocessing scheme for high-cardinality categorical attributes,
  SIGKDD Explorations 3(1), 2001). The training rows get means of other folds, so that no row is
  told its own target.
- "scaled": gaps filled with the median and marked, numbers to mean 0 and variance 1, categories one
  column each. "ranked" instead of scaled brings numbers to a normal distribution by their rank.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

import numpy as np
from scipy.special import ndtri

from lab_kit.automl.reader import Feature

SHRINKAGE = 10.0
"""Rows of the mean of all that are added to each category."""
INNER_FOLDS = 5
QUANTILES = 200
FAR = 8.0
"""Standard deviations beyond which a scaled number is cut."""
LEAST = 5
"""Rows a category needs for a column of its own."""


class Preprocessing(Protocol):
    """Learns from training rows, then transforms any rows the same way."""

    name: ClassVar[str]

    def fit_transform(self, matrix: np.ndarray, target: np.ndarray, seed: int) -> np.ndarray:
        """Learn, and give the training rows as the algorithm shall see them."""

    def transform(self, matrix: np.ndarray) -> np.ndarray:
        """Other rows as the algorithm shall see them."""

    def owners(self) -> np.ndarray:
        """(columns out,) int: which feature each column comes from."""

    def state(self) -> dict[str, Any]:
        """What was learnt, as arrays."""

    def restore(self, state: dict[str, Any]) -> None:
        """Take back what `state` gave."""


@dataclass
class Categories:
    """Features as they are."""

    name: ClassVar[str] = "categories"
    features: Sequence[Feature]

    def fit_transform(self, matrix: np.ndarray, target: np.ndarray, seed: int) -> np.ndarray:
        """Learn, and give the training rows."""
        return matrix

    def transform(self, matrix: np.ndarray) -> np.ndarray:
        """Other rows."""
        return matrix

    def owners(self) -> np.ndarray:
        """(columns out,) int: which feature each column comes from."""
        return np.arange(len(self.features))

    @property
    def categorical(self) -> np.ndarray:
        """(features,) bool: which hold codes of categories."""
        return np.array([feature.levels is not None for feature in self.features], dtype=bool)

    def state(self) -> dict[str, Any]:
        """What was learnt."""
        return {}

    def restore(self, state: dict[str, Any]) -> None:
        """Take back what `state` gave."""
        pass


@dataclass
class TargetMeans:
    """Categories become mean targets; of several classes, one column for each but the first."""

    name: ClassVar[str] = "target means"
    features: Sequence[Feature]
    classes: int
    """Above 2: codes are classes. Otherwise the target itself is averaged."""
    tables: dict[str, np.ndarray] = field(default_factory=dict)
    """By feature: (levels + 1, outputs); the last row is for what is missing."""

    def fit_transform(self, matrix: np.ndarray, target: np.ndarray, seed: int) -> np.ndarray:
        """Learn, and give the training rows."""
        outputs = self._outputs(target)
        fold = np.random.default_rng(seed).permutation(len(matrix)) % INNER_FOLDS
        parts = []
        for place, feature in enumerate(self.features):
            if feature.levels is None:
                parts.append(matrix[:, [place]])
                continue
            codes = _codes(matrix[:, place], len(feature.levels))
            size = len(feature.levels) + 1
            sums, counts = _sums(codes, outputs, size)
            self.tables[str(place)] = _means(sums, counts)
            own = np.empty((len(matrix), outputs.shape[1]))
            for number in range(INNER_FOLDS):
                inside = fold == number
                less_sums, less_counts = _sums(codes[inside], outputs[inside], size)
                own[inside] = _means(sums - less_sums, counts - less_counts)[codes[inside]]
            parts.append(own)
        return np.hstack(parts)

    def transform(self, matrix: np.ndarray) -> np.ndarray:
        """Other rows."""
        parts = [
            matrix[:, [place]]
            if feature.levels is None
            else self.tables[str(place)][_codes(matrix[:, place], len(feature.levels))]
            for place, feature in enumerate(self.features)
        ]
        return np.hstack(parts)

    def owners(self) -> np.ndarray:
        """(columns out,) int: which feature each column comes from."""
        widths = [
            1 if feature.levels is None else self.tables[str(place)].shape[1]
            for place, feature in enumerate(self.features)
        ]
        return np.repeat(np.arange(len(widths)), widths)

    def _outputs(self, target: np.ndarray) -> np.ndarray:
        if self.classes <= 2:
            return target[:, None].astype(np.float64)
        return (target[:, None] == np.arange(1, self.classes)).astype(np.float64)

    def state(self) -> dict[str, Any]:
        """What was learnt."""
        return dict(self.tables)

    def restore(self, state: dict[str, Any]) -> None:
        """Take back what `state` gave."""
        self.tables = dict(state)


def _codes(column: np.ndarray, levels: int) -> np.ndarray:
    return np.where(np.isnan(column), levels, column).astype(np.int64)


def _sums(codes: np.ndarray, outputs: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    sums = [np.bincount(codes, weights=column, minlength=size) for column in outputs.T]
    return np.column_stack(sums), np.bincount(codes, minlength=size)[:, None].astype(np.float64)


def _means(sums: np.ndarray, counts: np.ndarray) -> np.ndarray:
    overall = sums.sum(axis=0) / max(counts.sum(), 1.0)
    return (sums + SHRINKAGE * overall) / (counts + SHRINKAGE)


@dataclass
class Scaled:
    """A dense matrix without gaps, on one scale."""

    name: ClassVar[str] = "scaled"
    features: Sequence[Feature]
    ranked: bool = False
    learned: dict[str, np.ndarray] = field(default_factory=dict)

    def fit_transform(self, matrix: np.ndarray, target: np.ndarray, seed: int) -> np.ndarray:
        """Learn, and give the training rows."""
        numeric = self._numeric
        block = matrix[:, numeric]
        gaps = np.isnan(block)
        empty = gaps.all(axis=0)
        median = np.zeros(block.shape[1])
        if (~empty).any():
            median[~empty] = np.nanmedian(block[:, ~empty], axis=0)
        self.learned = {"median": median, "gaps": gaps.any(axis=0) & ~empty}
        filled = np.where(gaps, median, block)
        if self.ranked:
            points = np.linspace(0, 1, QUANTILES + 1)
            self.learned["quantiles"] = np.quantile(filled, points, axis=0)
        else:
            deviation = filled.std(axis=0)
            self.learned["mean"] = filled.mean(axis=0)
            self.learned["deviation"] = np.where(deviation > 1e-12, deviation, 1.0)
        for place in self._categorical:
            size = len(self.features[place].levels or ()) + 1
            counts = np.bincount(_codes(matrix[:, place], size - 1), minlength=size)
            self.learned[f"kept {place}"] = np.flatnonzero(counts >= min(LEAST, counts.max()))
        return self.transform(matrix)

    def transform(self, matrix: np.ndarray) -> np.ndarray:
        """Other rows."""
        block = matrix[:, self._numeric]
        gaps = np.isnan(block)
        filled = np.where(gaps, self.learned["median"], block)
        parts = [self._on_scale(filled), gaps[:, self.learned["gaps"]].astype(np.float64)]
        for place in self._categorical:
            codes = _codes(matrix[:, place], len(self.features[place].levels or ()))
            parts.append((codes[:, None] == self.learned[f"kept {place}"]).astype(np.float64))
        return np.hstack(parts)

    def _on_scale(self, filled: np.ndarray) -> np.ndarray:
        if not self.ranked:
            scaled = (filled - self.learned["mean"]) / self.learned["deviation"]
            return np.clip(scaled, -FAR, FAR)
        result = np.empty_like(filled)
        points = np.linspace(0, 1, QUANTILES + 1)
        for place, marks in enumerate(self.learned["quantiles"].T):
            # The middle of the ranks of equal values: from below and from above.
            low = np.interp(filled[:, place], marks, points)
            high = 1 - np.interp(-filled[:, place], -marks[::-1], points)
            result[:, place] = ndtri(np.clip((low + high) / 2, 1e-4, 1 - 1e-4))
        return result

    def owners(self) -> np.ndarray:
        """(columns out,) int: which feature each column comes from."""
        numeric = np.flatnonzero(self._numeric)
        kept = [np.full(len(self.learned[f"kept {p}"]), p) for p in self._categorical]
        return np.concatenate([numeric, numeric[self.learned["gaps"]], *kept]).astype(np.int64)

    @property
    def _numeric(self) -> np.ndarray:
        return np.array([feature.levels is None for feature in self.features], dtype=bool)

    @property
    def _categorical(self) -> list[int]:
        return [place for place, feature in enumerate(self.features) if feature.levels is not None]

    def state(self) -> dict[str, Any]:
        """What was learnt."""
        return dict(self.learned)

    def restore(self, state: dict[str, Any]) -> None:
        """Take back what `state` gave."""
        self.learned = dict(state)


@dataclass
class Ranked(Scaled):
    """As `Scaled`, with numbers brought to a normal distribution by their rank."""

    name: ClassVar[str] = "ranked"
    ranked: bool = True
