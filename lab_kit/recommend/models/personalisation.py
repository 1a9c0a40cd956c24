"""The personalisation model: several signals, weighted on users whose next items are known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import scipy.sparse as sp

from lab_kit.recommend.held_out import HeldOut, come_back, visit
from lab_kit.recommend.histories import NO_TIME, Histories, History
from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.model import Model, Progress
from lab_kit.recommend.models.ease import EASE
from lab_kit.recommend.models.item_to_item import ItemToItem
from lab_kit.recommend.models.sequence import LinearSequence
from lab_kit.recommend.recent import Recent, standardised
from lab_kit.recommend.weights import by_likelihood, by_ranking

FADING = {"ease": (3.0, 10.0), "sequence": (5.0, 15.0)}
"""Each table is asked twice: about the last few events, and about a longer past."""
WINDOWS = (7.0, 28.0, np.inf)
"""Days of the popularity before the moment of the answer."""
TABLES = ("ease short", "ease long", "sequence short", "sequence long", "ease against popularity")
POPULAR = ("popular 7 days", "popular 28 days", "popular ever")
OWN = ("own, fading", "own, counted", "own, seen", "own, today", "own, 28 days")
PLAIN = (
    {"ease long": 1.0, "sequence long": 1.0, "popular ever": 0.05},
    {"ease short": 1.0, "sequence short": 0.4, "popular ever": 0.05},
)
"""Where the search for weights begins, beside the likelihood's own."""
CELLS = 30_000_000
"""Numbers a blend is weighted on at a time: 120 MB."""
MOST_USERS = 800
"""More users hardly change the weights."""
SAMPLE = 500
"""Users by whom is known what each item's score usually is."""
VISIT_GAP = 2 * 3_600_000
"""Milliseconds: asked later than this after the last event, a user is coming back."""


@dataclass(eq=False, repr=False)
class Personalisation(Model):
    """score = sum of weight x signal, a signal being standardised over the items.

    Signals are EASE and the linear sequence model, each with a short and a long memory; EASE
    against what the item scores with everybody; popularity in windows before the moment of the
    answer; and, where items may come again, what the user did with the item. Weights are found on
    held-out users (`held_out`): once for a visit under way, once for somebody who comes back.
    """

    name: ClassVar[str] = "personalisation"
    paper: ClassVar[str] = "EASE (Steck 2019) and SLIST (Choi et al. 2021), blended by a logit"
    how: ClassVar[str] = (
        "Each signal is a sum over the history; popularity and the mean of each signal are what "
        "the history did not cause."
    )

    repeats: bool = False
    """Whether items of the history may come again; answers then want `repeats=True` too."""
    min_count: int = 3
    """Items with fewer events are known by popularity only."""
    seed: int = 0
    """Draws the users the weights are found on."""
    memory: int | None = None
    """Bytes one item table may take at the peak; None: four fifths of what is free."""

    def __post_init__(self) -> None:
        self._parts: tuple[EASE, LinearSequence, Recent] | None = None

    @property
    def signals(self) -> tuple[str, ...]:
        """Names of the signals, in the order of the weights."""
        return (*TABLES, *POPULAR, *(OWN if self.repeats else ()))

    def _learn(self, interactions: Interactions, progress: Progress) -> None:
        users = int(CELLS / (len(self.items) * len(self.signals)))
        users = min(MOST_USERS, max(20, users))
        found = visit(interactions, users, self.repeats, self.seed)
        weights = self._weigh(found) if found else self._starts()[0]
        progress(0.35, "personalisation: weighted for a visit under way")
        found = come_back(interactions, users, self.repeats, self.seed)
        enough = found is not None and len(found.histories) >= 20
        back = self._weigh(found) if found and enough else weights
        progress(0.7, "personalisation: weighted for a return")
        self.learned = self._signals_of(interactions)
        self.learned |= {"visit": weights, "back": back}
        self._parts = None

    def _starts(self) -> list[np.ndarray]:
        """Weights that do well on most data; the first also where nobody can be held out."""
        return [
            np.array([plain.get(name, 0.0) for name in self.signals], np.float32) for plain in PLAIN
        ]

    def _weigh(self, held_out: HeldOut) -> np.ndarray:
        part = Personalisation(self.repeats, self.min_count, self.seed, self.memory)
        part.items, part.learned = self.items, part._signals_of(held_out.train)
        signals = np.empty((*held_out.relevant.shape, len(self.signals)), np.float32)
        for number, signal in enumerate(part._each(held_out.histories)):
            signals[:, :, number] = signal
        hidden = np.zeros(held_out.relevant.shape, bool)
        if not self.repeats:
            hidden[held_out.histories.seen(len(self.items))] = True
        likely = by_likelihood(signals, held_out.relevant, hidden)
        starts = [*self._starts(), likely]
        return by_ranking(signals, held_out.relevant, hidden, starts).astype(np.float32)

    def _signals_of(self, interactions: Interactions) -> dict[str, Any]:
        """Everything the signals need, as arrays."""
        ease = EASE(min_count=self.min_count, memory=self.memory).fit(interactions)
        drawn = np.random.default_rng(self.seed).permutation(len(interactions.users))[:SAMPLE]
        usual = ease._scores(interactions.histories(drawn))
        sequence = LinearSequence(min_count=self.min_count, memory=self.memory).fit(interactions)
        order = np.argsort(interactions.events.time, kind="stable")
        found: dict[str, Any] = {
            "usual": usual.mean(axis=0),
            "spread": usual.std(axis=0) + 1e-3,
            "time": interactions.events.time[order],
            "item": interactions.events.item[order],
        }
        for name, model in (("ease", ease), ("sequence", sequence)):
            found |= {f"{name} {key}": value for key, value in model.learned.items()}
        return found

    def _models(self) -> tuple[EASE, LinearSequence, Recent]:
        if self._parts is None:
            ease, sequence = EASE(), LinearSequence()
            for name, model in (("ease", ease), ("sequence", sequence)):
                model.items = self.items
                model.learned = {
                    key.removeprefix(f"{name} "): value
                    for key, value in self.learned.items()
                    if key.startswith(f"{name} ")
                }
            time, item = self.learned["time"], self.learned["item"]
            self._parts = ease, sequence, Recent(time, item, len(self.items), WINDOWS)
        return self._parts

    def _each(self, histories: Histories) -> Iterator[np.ndarray]:
        """The signals, one (n, items) table after another."""
        ease, sequence, recent = self._models()
        yield standardised(_asked(ease, histories, FADING["ease"][0]))
        long = _asked(ease, histories, FADING["ease"][1])
        yield standardised(long)
        for tau in FADING["sequence"]:
            yield standardised(_asked(sequence, histories, tau))
        yield standardised((long - self.learned["usual"]) / self.learned["spread"])
        tables = [recent.at(int(moment)) for moment in histories.moment]
        for number in range(len(WINDOWS)):
            yield np.stack([table[number] for table in tables])
        if self.repeats:
            yield from _own(histories, len(self.items))

    def _weights(self, histories: Histories) -> np.ndarray:
        """(n, signals): the weights for a visit, or for a return."""
        last = histories.moment.copy()
        some = np.diff(histories.start) > 0
        last[some] = histories.events.time[histories.start[1:][some] - 1]
        returns = (histories.now != NO_TIME) & (histories.now - last > VISIT_GAP)
        return np.where(returns[:, None], self.learned["back"], self.learned["visit"])

    def _scores(self, histories: Histories) -> np.ndarray:
        weights = self._weights(histories)
        total = np.zeros((len(histories), len(self.items)), np.float32)
        for number, signal in enumerate(self._each(histories)):
            if weights[:, number].any():
                total += weights[:, [number]] * signal
        return total

    def _similar(self, item: int) -> np.ndarray:
        return self._models()[0]._similar(item)

    def _contributions(self, history: History, item: int) -> tuple[sp.csr_array, np.ndarray] | None:
        ease, sequence, _ = self._models()
        one = Histories.of([history])
        weights = self._weights(one)[0]
        parts = np.zeros(len(self.items), np.float64)
        number = 0
        for name, model in (("ease", ease), ("sequence", sequence)):
            for tau in FADING[name]:
                spread = float(_asked(model, one, tau).std()) or 1.0
                self._add(parts, model, history, item, tau, weights[number] / spread)
                number += 1
        against = (_asked(ease, one, FADING["ease"][1]) - self.learned["usual"]) / self.learned[
            "spread"
        ]
        scale = weights[number] / (float(against.std()) or 1.0) / self.learned["spread"][item]
        self._add(parts, ease, history, item, FADING["ease"][1], scale)
        if self.repeats:
            own = [signal[0, item] for signal in _own(one, len(self.items))]
            parts[item] += float(np.dot(own, weights[-len(OWN) :]))
        found = one.weights(len(self.items))
        return found, parts[found.indices]

    @staticmethod
    def _add(
        parts: np.ndarray, model: ItemToItem, history: History, item: int, tau: float, scale: float
    ) -> None:
        model.tau = tau
        found = model._contributions(history, item)
        if found:
            parts[found[0].indices] += scale * found[1]


def _asked(model: ItemToItem, histories: Histories, tau: float) -> np.ndarray:
    model.tau = tau
    return model._scores(histories)


def _own(histories: Histories, items: int) -> Iterator[np.ndarray]:
    """What each user did with each item: fading, counted, ever, in 2 hours, in 28 days."""
    yield histories.weights(items, 10.0).toarray()
    row, item = histories.seen(items)
    count = np.zeros((len(histories), items), np.float32)
    np.add.at(count, (row, item), 1)
    yield np.log1p(count)
    yield (count > 0).astype(np.float32)
    age = np.full((len(histories), items), np.inf, np.float32)
    known = (histories.events.item >= 0) & (histories.events.item < items)
    np.minimum.at(age, (row, item), (histories.moment[row] - histories.events.time[known]))
    yield (age < VISIT_GAP).astype(np.float32)
    yield (age < 28 * 86_400_000).astype(np.float32)
