"""Transformers a user names for columns, as SageMaker's preprocessors are called.

| name | what it does |
|---|---|
| NumericPassthrough | numbers as they are |
| StandardScaler | mean 0, variance 1 |
| MinMax | from 0 to 1 |
| Imputer | gaps become the mean; of words, the most frequent |
| ImputerWithIndicator | the same, and a column that marks them |
| OneHotEncoder | a column for each word |
| OrdinalEncoder | words become their place in the alphabet |
| Normalizer | each row of the set is divided by its length |
| DateTimeVectorizer | year, month, day, weekday, hour |
| PCA | as many columns, uncorrelated, the one with the most variance first |

Several are applied one after the other. Words that no encoder is named for get a column each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from lab_kit.automl.estimators import in_blocks
from lab_kit.automl.reader import Feature
from lab_kit.errors import LabKitError

ALL = "*"
NAMES = (
    "NumericPassthrough", "StandardScaler", "MinMax", "Imputer", "ImputerWithIndicator",
    "OneHotEncoder", "OrdinalEncoder", "Normalizer", "DateTimeVectorizer", "PCA",
)  # fmt: skip


@dataclass(frozen=True)
class Step:
    """Transformers for a set of columns."""

    columns: tuple[str, ...]
    transformers: tuple[str, ...]


def read_steps(preprocessors: Sequence[Mapping[str, Any]] | None) -> tuple[Step, ...]:
    """Steps from `[{"ColumnSet": ["a", "b"], "Transformers": ["Imputer"]}]`; None: no steps.

    Raises:
        LabKitError: If a step is not of that form, or names a transformer that is not there.
    """
    steps = []
    for number, one in enumerate(preprocessors or (), start=1):
        place = f"preprocessor {number}"
        try:
            columns, names = one["ColumnSet"], one["Transformers"]
        except (KeyError, TypeError):
            raise LabKitError(
                "A preprocessor has a ColumnSet and Transformers",
                where=place,
                next_step='write {"ColumnSet": ["a"], "Transformers": ["StandardScaler"]}',
            ) from None
        unknown = [name for name in names if name not in NAMES]
        if unknown:
            raise LabKitError(
                f"There is no transformer {unknown[0]!r}",
                where=place,
                next_step=f"take some of {', '.join(NAMES)}",
            )
        columns = [columns] if isinstance(columns, str) else columns
        steps.append(Step(tuple(columns), tuple(names)))
    return tuple(steps)


@dataclass
class Chosen:
    """A preprocessing made of the user's steps; columns without a step stay as they are."""

    name: ClassVar[str] = "chosen"
    features: Sequence[Feature]
    steps: Sequence[Step] = ()
    learned: dict[str, np.ndarray] = field(default_factory=dict)

    def fit_transform(self, matrix: np.ndarray, target: np.ndarray, seed: int) -> np.ndarray:
        """Learn, and give the training rows."""
        self.learned = {}
        return self._apply(matrix, learn=True)[0]

    def transform(self, matrix: np.ndarray) -> np.ndarray:
        """Other rows."""
        return self._apply(matrix, learn=False)[0]

    def owners(self) -> np.ndarray:
        """(columns out,) int: which feature each column comes from."""
        return self._apply(np.zeros((1, len(self.features))), learn=False)[1]

    def state(self) -> dict[str, Any]:
        """What was learnt."""
        return dict(self.learned)

    def restore(self, state: dict[str, Any]) -> None:
        """Take back what `state` gave."""
        self.learned = dict(state)

    @property
    def mixes(self) -> bool:
        """Whether a column that comes out may come from several that go in."""
        return any({"PCA", "Normalizer"} & set(step.transformers) for step in self.steps)

    def places(self) -> list[tuple[list[int], tuple[str, ...]]]:
        """Places of features, and the transformers they go through.

        Raises:
            LabKitError: If a step names a column that is not there.
        """
        names = {feature.column for feature in self.features}
        left = list(range(len(self.features)))
        found = []
        for step in self.steps:
            lost = [column for column in step.columns if column not in names and column != ALL]
            if lost:
                raise LabKitError(
                    f"A preprocessor names a column that is not used: {lost[0]!r}",
                    where="preprocessors",
                    next_step=f"name some of {', '.join(sorted(names))}",
                )
            everything = ALL in step.columns
            chosen = [p for p in left if everything or self.features[p].column in step.columns]
            left = [place for place in left if place not in chosen]
            if chosen:
                found.append((chosen, step.transformers))
        if left:
            found.append((left, ()))
        return found

    def _apply(self, matrix: np.ndarray, learn: bool) -> tuple[np.ndarray, np.ndarray]:
        blocks, owners = [], []
        for number, (places, names) in enumerate(self.places()):
            block, owner = matrix[:, places], np.array(places)
            words = [self.features[place].levels is not None for place in places]
            if any(words) and not {"OneHotEncoder", "OrdinalEncoder"} & set(names):
                block, owner, words = self._one_hot(block, owner, words)
            for place, name in enumerate(names):
                key = f"{number} {place}"
                if name == "OneHotEncoder":
                    block, owner, words = self._one_hot(block, owner, words)
                elif name.startswith("Imputer"):
                    block, owner = self._filled(key, block, owner, words, name, learn)
                    words = [*words, *[False] * (len(owner) - len(words))]
                elif name in ("StandardScaler", "MinMax"):
                    block = self._scaled(key, block, name, learn)
                elif name == "Normalizer":
                    length = np.sqrt(np.nansum(block**2, axis=1, keepdims=True))
                    block = block / np.where(length > 0, length, 1.0)
                elif name == "PCA":
                    block = self._rotated(key, block, learn)
            blocks.append(block)
            owners.append(owner)
        return np.hstack(blocks), np.concatenate(owners)

    def _one_hot(
        self, block: np.ndarray, owner: np.ndarray, words: Sequence[bool]
    ) -> tuple[np.ndarray, np.ndarray, list[bool]]:
        parts, owners = [], []
        for place, (feature, is_words) in enumerate(zip(owner, words, strict=True)):
            levels = self.features[feature].levels
            if is_words and levels is not None:
                parts.append((block[:, [place]] == np.arange(len(levels))).astype(np.float64))
            else:
                parts.append(block[:, [place]])
            owners.append(np.full(parts[-1].shape[1], feature))
        whole = np.hstack(parts)
        return whole, np.concatenate(owners), [False] * whole.shape[1]

    def _filled(
        self, key: str, block: np.ndarray, owner: np.ndarray, words: Sequence[bool], name: str,
        learn: bool,
    ) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
        gaps = np.isnan(block)
        if learn:
            usual = [
                _usual(block[~gaps[:, place], place], is_words)
                for place, is_words in enumerate(words)
            ]
            self.learned[f"{key} usual"] = np.array(usual)
        filled = np.where(gaps, self.learned[f"{key} usual"], block)
        if name == "Imputer":
            return filled, owner
        return np.hstack([filled, gaps.astype(np.float64)]), np.concatenate([owner, owner])

    def _scaled(self, key: str, block: np.ndarray, name: str, learn: bool) -> np.ndarray:
        if learn:
            if name == "StandardScaler":
                low, size = np.nanmean(block, axis=0), np.nanstd(block, axis=0)
            else:
                low = np.nanmin(block, axis=0)
                size = np.nanmax(block, axis=0) - low
            self.learned[f"{key} low"] = np.nan_to_num(low)
            self.learned[f"{key} size"] = np.where(size > 1e-12, size, 1.0)
        return (block - self.learned[f"{key} low"]) / self.learned[f"{key} size"]

    def _rotated(self, key: str, block: np.ndarray, learn: bool) -> np.ndarray:
        filled = np.nan_to_num(block)
        if learn:
            self.learned[f"{key} middle"] = filled.mean(axis=0)
            moved = filled - self.learned[f"{key} middle"]
            _, _, axes = np.linalg.svd(moved, full_matrices=False)
            # An axis has no direction of its own: its largest part shall be positive.
            largest = np.abs(axes).argmax(axis=1)
            sign = np.sign(axes[np.arange(len(axes)), largest])
            self.learned[f"{key} axes"] = axes * sign[:, None]
        axes = self.learned[f"{key} axes"]
        return in_blocks(lambda rows: rows @ axes.T, filled - self.learned[f"{key} middle"])


def _usual(known: np.ndarray, words: bool) -> float:
    if not len(known):
        return 0.0
    if not words:
        return float(known.mean())
    values, counts = np.unique(known, return_counts=True)
    return float(values[counts.argmax()])
