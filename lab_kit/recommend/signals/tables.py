"""What the items of a history say of others: EASE and a linear sequence model, asked in many ways.

A table of items is asked with a weight for each item of the history: fading with the events since,
slowly or fast, or with the visits since. A sum of such questions is one question with the sum of
the weights, so however many there are, each table is read once or twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import scipy.sparse as sp

from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.model import Progress
from lab_kit.recommend.models.ease import EASE
from lab_kit.recommend.models.item_to_item import ItemToItem
from lab_kit.recommend.models.sequence import LinearSequence
from lab_kit.recommend.recency import Recency, recency
from lab_kit.recommend.signals.bounds import Bounds
from lab_kit.recommend.signals.signals import Part, Question, Signals
from lab_kit.recommend.signals.strongest import Strongest, strongest
from lab_kit.recommend.signals.tail import tail

LONG = 30.0
"""Fading of a long memory, in events."""
SHORT = 10.0
"""Fading of a short one."""
VISITS = 0.3
"""Fading in visits: hardly anything but the last one counts."""
SEQUENCE = (5.0, 15.0)
"""Fadings with which the sequence model is asked, in events."""
FLOOR = 1e-3
"""Added before the logarithm is taken, so that no score is minus infinity."""
LEAST = FLOOR / LONG
"""Added to every spread, so that an item of which nobody is told is not divided by 0."""


class Tables(Signals):
    """EASE on users and their single visits, and the linear sequence model.

    "unusual" is EASE against what the item scores with everybody, in standard deviations; "log" its
    logarithm, because what people choose goes by ratios of chances, not by differences. Where a
    history holds no item all signals are 0.
    """

    names = (
        "ease, short memory",
        "ease, long memory",
        "ease, this visit",
        "ease, unusual",
        "ease, log",
        "sequence, short memory",
        "sequence, long memory",
    )
    word = "the history"

    def __init__(self, learned: dict[str, Any]) -> None:
        super().__init__(learned)
        self.ease = Strongest(learned["ease column"], learned["ease value"])
        self.sequence = Strongest(learned["sequence column"], learned["sequence value"])

    @classmethod
    def fit(cls, interactions: Interactions, bounds: Bounds, progress: Progress) -> Tables:
        """Fit both models and keep the strongest entries of their tables."""
        limits: dict[str, Any] = {
            "min_count": bounds.min_count,
            "most_items": bounds.most_items,
            "memory": bounds.memory,
        }
        items = len(interactions.items)
        ease = EASE(regularisation=300.0, visits=1.0, **limits)
        ease.fit(interactions, progress=lambda done, what: progress(0.3 * done, what))
        table = _cut(ease, items, bounds.neighbours)
        table += tail(interactions, ease.kept, ease.regularisation, bounds)
        del ease
        sequence = LinearSequence(past=5.0, future=3.0, depth=bounds.past, **limits)
        sequence.fit(interactions, progress=lambda done, what: progress(0.3 + 0.6 * done, what))
        found = cls(
            {
                **_named("ease", Strongest.of(table, bounds.neighbours)),
                **_named("sequence", Strongest.of(_cut(sequence, items, bounds.neighbours), items)),
            }
        )
        drawn = np.random.default_rng(bounds.seed).permutation(len(interactions.users))
        histories = interactions.histories(drawn[: bounds.sample])
        recent = recency(histories, items, bounds.depth)
        long = recent.fading(LONG)
        usual = found._asked(found.ease, recent, long / recent.lengths(long))
        spread = usual.std(axis=0) + LEAST
        found.learned |= {"usual": usual.mean(axis=0), "spread": spread.astype(np.float32)}
        return found

    def __len__(self) -> int:
        return len(self.ease)

    def each(self, question: Question) -> Iterator[np.ndarray]:
        """(n, items) float32 a signal, in the order of the names."""
        recent = question.recent
        some = np.diff(recent.start)[:, None] > 0
        short, long, visit, *steps = _ways(recent)
        for way in (short, long, visit):
            yield self._asked(self.ease, recent, way / recent.lengths(way))
        plain = self._asked(self.ease, recent, long / recent.lengths(long))
        yield some * (plain - self.learned["usual"]) / self.learned["spread"]
        share = self._asked(self.ease, recent, long / recent.sums(long))
        yield some * np.log(np.maximum(share, 0) + FLOOR)
        for way in steps:
            yield self._asked(self.sequence, recent, way / recent.lengths(way))

    def add(self, scores: np.ndarray, question: Question, weights: np.ndarray) -> None:
        """Each table is asked with the sum of its weights; EASE once more for what is not a sum."""
        recent = question.recent
        merged, steps, long = self._merged(recent, weights)
        length, total = recent.lengths(long), recent.sums(long)
        unusual = weights[3] / self.learned["spread"]
        usual = unusual * self.learned["usual"]
        for row in range(len(recent)):
            part = slice(recent.start[row], recent.start[row + 1])
            items = recent.item[part]
            if not len(items):
                continue
            line = scores[row]
            own = self.ease.sums(items, np.column_stack([merged[part], long[part]]))
            said = own[:, 1].copy()
            line += own[:, 0]
            self.sequence.add(line, items, steps[part])
            line += said * (unusual / length[part.start])
            line -= usual
            np.maximum(said, 0, out=said)
            said /= total[part.start]
            said += np.float32(FLOOR)
            np.log(said, out=said)
            said *= weights[4]
            line += said

    def part(self, question: Question, item: int, weights: np.ndarray) -> Part:
        """The logarithm is shared out in proportion to what the items say for this one."""
        recent = question.recent
        if not len(recent.item):
            return Part(causes=np.zeros(0))
        merged, steps, long = self._merged(recent, weights)
        ease = self.ease.entries(recent.item, item)
        unusual = weights[3] / self.learned["spread"][item]
        causes = merged * ease + unusual * long / recent.lengths(long) * ease
        causes += steps * self.sequence.entries(recent.item, item)
        said = long / recent.sums(long) * ease
        level = float(np.log(max(float(said.sum()), 0) + FLOOR))
        favour = np.maximum(said, 0)
        if favour.sum() > 0:
            causes += weights[4] * (level - np.log(FLOOR)) * favour / favour.sum()
            level = float(np.log(FLOOR))
        rest = weights[4] * level - unusual * self.learned["usual"][item]
        return Part(float(rest), causes)

    def _merged(
        self, recent: Recency, weights: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(entries,): weights for EASE, for the sequence model, and of the long memory."""
        short, long, visit, *steps = _ways(recent)
        merged, step = np.zeros_like(long), np.zeros_like(long)
        for weight, way in zip(weights[:3], (short, long, visit), strict=True):
            merged += weight * way / recent.lengths(way)
        for weight, way in zip(weights[5:], steps, strict=True):
            step += weight * way / recent.lengths(way)
        return merged, step, long

    def _asked(self, table: Strongest, recent: Recency, weights: np.ndarray) -> np.ndarray:
        """(n, items) float32."""
        found = np.zeros((len(recent), len(self)), np.float32)
        for row, line in enumerate(found):
            part = slice(recent.start[row], recent.start[row + 1])
            table.add(line, recent.item[part], weights[part])
        return found


def _named(name: str, table: Strongest) -> dict[str, Any]:
    return {f"{name} column": table.column, f"{name} value": table.value}


def _cut(model: ItemToItem, items: int, count: int) -> sp.csr_array:
    """(items, items): the strongest entries of a model's table."""
    return strongest(model.learned["table"], model.kept, items, count)


def _ways(recent: Recency) -> list[np.ndarray]:
    """(entries,) float32 each: how much each item counts, in five ways."""
    return [
        recent.fading(SHORT),
        recent.fading(LONG),
        recent.fading_by_visit(VISITS),
        *(recent.fading(tau) for tau in SEQUENCE),
    ]
