"""What the items of a history say of others: EASE and a linear sequence model, asked in many ways.

A table of items is asked with a weight for each item of the history: fading with the events since,
slowly or fast, or with the visits since. A sum of such questions is one question with the sum of
the weights, so however many there are, each table is read once or twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.model import Progress
from lab_kit.recommend.models.ease import EASE
from lab_kit.recommend.models.sequence import LinearSequence
from lab_kit.recommend.recency import Recency, recency
from lab_kit.recommend.signals.bounds import Bounds
from lab_kit.recommend.signals.signals import Part, Question, Signals, Weighted
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
PARTS = ("place", "column", "value")
"""What is kept of a table."""
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
        self._ease, self._sequence = _restored("ease", learned), _restored("sequence", learned)

    @classmethod
    def fit(cls, interactions: Interactions, bounds: Bounds, progress: Progress) -> Tables:
        """Fit both models and keep the strongest entries of their tables."""
        limits: dict[str, Any] = {"min_count": bounds.min_count, "memory": bounds.memory}
        items = len(interactions.items)
        ease = EASE(regularisation=300.0, visits=1.0, most_items=bounds.most_items, **limits)
        ease.fit(interactions, progress=lambda done, what: progress(0.3 * done, what))
        table = strongest(ease.learned["table"], ease.kept, items, bounds.neighbours)
        table += tail(interactions, ease.kept, ease.regularisation, bounds)
        kept = {"ease": Strongest.of(table, bounds.neighbours)}
        del ease
        most = min(bounds.most_items, bounds.most_followed)
        sequence = LinearSequence(
            past=5.0, future=3.0, depth=bounds.past, most_items=most, **limits
        )
        sequence.fit(interactions, progress=lambda done, what: progress(0.3 + 0.6 * done, what))
        table = strongest(sequence.learned["table"], sequence.kept, items, bounds.followers)
        kept["sequence"] = Strongest.of(table, bounds.followers)
        del sequence
        found = cls(
            {f"{name} {part}": getattr(cut, part) for name, cut in kept.items() for part in PARTS}
        )
        drawn = np.random.default_rng(bounds.seed).permutation(len(interactions.users))
        histories = interactions.histories(drawn[: bounds.sample])
        recent = recency(histories, items, bounds.depth)
        usual = found._asked(recent, recent.unit(recent.fading(LONG)))
        spread = usual.std(axis=0) + LEAST
        found.learned |= {"usual": usual.mean(axis=0), "spread": spread.astype(np.float32)}
        return found

    def __len__(self) -> int:
        return self._ease.items

    def ease(self, item: int) -> np.ndarray:
        """(items,) float32: what EASE says of all items where this one was taken."""
        return self._ease.row(item)

    def sequence(self, item: int) -> np.ndarray:
        """(items,) float32: what the sequence model says comes after this one."""
        return self._sequence.row(item)

    def each(self, question: Question) -> Iterator[np.ndarray]:
        """(n, items) float32 a signal, in the order of the names."""
        recent = question.recent
        some = np.diff(recent.start)[:, None] > 0
        short, long, visit, *steps = _ways(recent)
        for way in (short, long, visit):
            yield self._asked(recent, way)
        plain = self._asked(recent, long)
        yield some * (plain - self.learned["usual"]) / self.learned["spread"]
        share = self._asked(recent, recent.shares(long))
        yield some * np.log(np.maximum(share, 0) + FLOOR)
        for way in steps:
            yield self._asked(recent, way, self._sequence)

    def weighted(self, weights: np.ndarray) -> Weighted:
        """Each table is asked with the sum of its weights; EASE also for what is not a sum."""
        unusual = weights[3] / self.learned["spread"]
        usual = unusual * self.learned["usual"]

        def add(scores: np.ndarray, question: Question) -> None:
            recent = question.recent
            merged, steps, long = _merged(recent, weights)
            total = recent.totals(long)
            for row in range(len(recent)):
                part = slice(recent.start[row], recent.start[row + 1])
                items = recent.item[part]
                if not len(items):
                    continue
                own, said = self._ease.sums(items, merged[part], long[part])
                own += self._sequence.sums(items, steps[part])[0]
                own -= usual
                own += said * unusual
                np.maximum(said, 0, out=said)
                said /= total[row]
                said += np.float32(FLOOR)
                np.log(said, out=said)
                said *= weights[4]
                own += said
                scores[row] += own

        return add

    def part(self, question: Question, item: int, weights: np.ndarray) -> Part:
        """The logarithm is shared out in proportion to what the items say for this one."""
        recent = question.recent
        if not len(recent.item):
            return Part(causes=np.zeros(0))
        merged, steps, long = _merged(recent, weights)
        ease = self._ease.entries(recent.item, item)
        unusual = weights[3] / self.learned["spread"][item]
        causes = (merged + unusual * long) * ease
        causes += steps * self._sequence.entries(recent.item, item)
        said = recent.shares(long) * ease
        level = float(np.log(max(float(said.sum()), 0) + FLOOR))
        favour = np.maximum(said, 0)
        if favour.sum() > 0:
            causes += weights[4] * (level - np.log(FLOOR)) * favour / favour.sum()
            level = float(np.log(FLOOR))
        rest = weights[4] * level - unusual * self.learned["usual"][item]
        return Part(float(rest), causes)

    def _asked(
        self, recent: Recency, weights: np.ndarray, table: Strongest | None = None
    ) -> np.ndarray:
        """(n, items) float32: what a table says of each history.

        Args:
            recent: The histories.
            weights: (entries,) float32.
            table: None: that of EASE.
        """
        table = table or self._ease
        found = np.zeros((len(recent), len(self)), np.float32)
        for row in range(len(recent)):
            part = slice(recent.start[row], recent.start[row + 1])
            found[row] = table.sums(recent.item[part], weights[part])[0]
        return found


def _restored(name: str, learned: dict[str, Any]) -> Strongest:
    """The table kept under this name."""
    place, column, value = (learned[f"{name} {part}"] for part in PARTS)
    return Strongest(place, column, value, len(place))


def _ways(recent: Recency) -> np.ndarray:
    """(5, entries) float32: how much each item counts; squares of a history add up to 1."""
    short, long, *steps = recent.fading_each((SHORT, LONG, *SEQUENCE))
    return recent.unit(np.array([short, long, recent.fading_by_visit(VISITS), *steps]))


def _merged(recent: Recency, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(entries,): weights for EASE, for the sequence model, and of the long memory."""
    ways = _ways(recent)
    return weights[:3] @ ways[:3], weights[5:] @ ways[3:], ways[1]
