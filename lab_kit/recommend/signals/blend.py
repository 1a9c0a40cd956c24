"""All signals together, and the weights they get."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

import numpy as np

from lab_kit.recommend.held_out import HeldOut
from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.model import Progress
from lab_kit.recommend.signals.again import Again
from lab_kit.recommend.signals.bounds import Bounds
from lab_kit.recommend.signals.factors import Factors
from lab_kit.recommend.signals.people import Circumstances, People
from lab_kit.recommend.signals.popular import Popular
from lab_kit.recommend.signals.signals import Question, Signals, Weighted
from lab_kit.recommend.signals.tables import Tables
from lab_kit.recommend.signals.taste import Taste
from lab_kit.recommend.weights import Evidence, scale, together

GROUPS: dict[str, type[Signals]] = {
    "tables": Tables,
    "factors": Factors,
    "popular": Popular,
    "taste": Taste,
    "people": People,
    "circumstances": Circumstances,
}
COLD = ("popular", "people", "circumstances")
"""Groups that say something of somebody without a history."""
STARTS = (
    {"ease, log": 1.0, "ease, this visit": 0.5, "sequence, long memory": 0.5, "popular ever": 0.05},
    {"ease, short memory": 1.0, "sequence, long memory": 1.0, "popular ever": 0.05},
    {"popular ever": 1.0},
)
"""Where the search for weights begins, beside the likelihood's own; the first also where nobody can
be held out, the last for the cold. In parts of how much each signal varies over the items."""


class Blend:
    """Groups of signals and, where items may come again, what is known of items had before.

    Args:
        groups: By the names in `GROUPS`, in their order.
        again: None where items do not come again.
        unused: Names of signals that get no weight.
    """

    def __init__(
        self, groups: dict[str, Signals], again: Again | None, unused: Sequence[str] = ()
    ) -> None:
        self.groups, self.again, self.unused = groups, again, unused

    @classmethod
    def fit(
        cls,
        interactions: Interactions,
        bounds: Bounds,
        taking: tuple[str, ...] | None,
        progress: Progress,
        unused: Sequence[str] = (),
    ) -> Blend:
        """Learn every signal the data allow.

        Args:
            interactions: What to learn from.
            bounds: On time and memory.
            taking: Types of events that satisfy a wish; None: items do not come again.
            progress: Told how far it is.
            unused: Names of signals that get no weight.
        """
        found = {
            "tables": Tables.fit(interactions, bounds, progress),
            "factors": Factors.fit(interactions, bounds),
            "popular": Popular.fit(interactions),
            "taste": Taste.fit(interactions, bounds),
            "people": People.fit(interactions),
            "circumstances": Circumstances.fit(interactions),
        }
        again = None if taking is None else Again.fit(interactions, taking)
        there: dict[str, Signals] = {
            key: group for key, group in found.items() if group is not None
        }
        return cls(there, again, unused)

    @classmethod
    def restored(cls, learned: dict[str, Any]) -> Blend:
        """From what `learned` gave."""
        groups = {key: group(of) for key, group in GROUPS.items() if (of := _of(key, learned))}
        again = _of("again", learned)
        return cls(groups, Again(again) if again else None)

    @property
    def tables(self) -> Tables:
        """The group every blend has."""
        return cast(Tables, self.groups["tables"])

    @property
    def learned(self) -> dict[str, Any]:
        """Arrays and sparse tables under "group name"."""
        groups: dict[str, Any] = {**self.groups, **({"again": self.again} if self.again else {})}
        return {
            f"{key} {name}": value
            for key, group in groups.items()
            for name, value in group.learned.items()
        }

    @property
    def names(self) -> tuple[str, ...]:
        """Of everything that gets a weight: signals, then what is known of items had before."""
        signals = [name for group in self.groups.values() for name in group.names]
        return (*signals, *(self.again.names if self.again else ()))

    def weighted(self, weights: np.ndarray) -> Weighted:
        """The weighted sum of everything; what does not depend on who asks is computed once.

        Args:
            weights: (names,) float32.
        """
        groups = [group.weighted(own) for group, own in self._own(weights) if own.any()]

        def add(scores: np.ndarray, question: Question) -> None:
            for group in groups:
                group(scores, question)
            if self.again:
                row, item, numbers = self.again.pairs(question.histories, question.depth)
                scores[row, item] += numbers @ weights[len(weights) - len(self.again.names) :]

        return add

    def parts(
        self, question: Question, item: int, weights: np.ndarray
    ) -> tuple[np.ndarray, dict[str, float]]:
        """What made the score of an item for one history.

        Returns:
            (entries of `question.recent`,) what each item of the history caused, and by name what
            else did.
        """
        causes, others = np.zeros(len(question.recent.item)), {}
        for group, own in self._own(weights):
            part = group.part(question, item, own)
            others[group.word] = part.rest
            if part.causes is not None:
                causes += part.causes
        if self.again:
            _, found, numbers = self.again.pairs(question.histories, question.depth)
            own = numbers[found == item] @ weights[len(weights) - len(self.again.names) :]
            causes[question.recent.item == item] += own
        return causes, others

    def plain(self, question: Question, start: int = 0) -> np.ndarray:
        """(names,) float32 where nobody can be held out: a start, by how much signals vary."""
        weights = np.zeros(len(self.names), np.float32)
        place = 0
        for group in self.groups.values():
            for name, signal in zip(group.names, group.each(question), strict=True):
                if name not in self.unused:
                    weights[place] = STARTS[start].get(name, 0.0) / (
                        float(signal.std(axis=1).mean()) or 1
                    )
                place += 1
        return weights

    def weigh(self, question: Question, held_out: HeldOut, cold: bool = False) -> np.ndarray:
        """(names,) float32: the weights with which the held-out items are found best.

        Args:
            question: Of the histories.
            held_out: What is to be found.
            cold: Whether only what is known without a history gets a weight.
        """
        kept = [key for key in self.groups if not cold or key in COLD]
        evidence = self._evidence(question, held_out, kept, cold)
        spread = scale(evidence)
        names = [name for key in kept for name in self.groups[key].names]
        starts = [
            np.array(
                [*(start.get(name, 0.0) for name in names), *[0.0] * evidence.numbers.shape[1]]
            )
            for start in STARTS
        ]
        found = together(evidence, starts)
        found[: len(names)] /= spread
        found[np.flatnonzero(np.isin(names, self.unused))] = 0
        weights = np.zeros(len(self.names))
        signals = [key in kept for key, group in self.groups.items() for _ in group.names]
        weights[np.flatnonzero(signals)] = found[: len(names)]
        if evidence.numbers.shape[1]:
            weights[len(signals) :] = found[len(names) :]
        return weights.astype(np.float32)

    def _evidence(
        self, question: Question, held_out: HeldOut, kept: list[str], cold: bool
    ) -> Evidence:
        number = sum(len(self.groups[key].names) for key in kept)
        relevant = held_out.relevant
        signals = np.empty((number, *relevant.shape), np.float32)
        each = (signal for key in kept for signal in self.groups[key].each(question))
        names = [name for key in kept for name in self.groups[key].names]
        for place, signal in enumerate(each):
            signals[place] = 0 if names[place] in self.unused else signal
        hidden = np.zeros(relevant.shape, bool)
        if not held_out.repeats:
            hidden[question.histories.seen(relevant.shape[1])] = True
        pairs, numbers = np.zeros(0, np.int64), np.zeros((0, 0), np.float32)
        if self.again and not cold:
            row, item, numbers = self.again.pairs(question.histories, question.depth)
            pairs = row * relevant.shape[1] + item
        return Evidence(signals, relevant, hidden, pairs, numbers)

    def _own(self, weights: np.ndarray) -> Iterator[tuple[Signals, np.ndarray]]:
        """Each group with its own weights, (its signals,)."""
        place = 0
        for group in self.groups.values():
            yield group, weights[place : place + len(group.names)]
            place += len(group.names)


def _of(key: str, learned: dict[str, Any]) -> dict[str, Any]:
    return {
        name.removeprefix(f"{key} "): value
        for name, value in learned.items()
        if name.startswith(f"{key} ")
    }
