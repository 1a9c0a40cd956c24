"""The personalisation model: several signals, weighted on users whose next items are known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import scipy.sparse as sp

from lab_kit.errors import LabKitError
from lab_kit.recommend.exploring import moved_up
from lab_kit.recommend.held_out import HeldOut, answerable, come_back, last_visit, visit
from lab_kit.recommend.histories import NO_TIME, Histories, History
from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.model import Model, Progress, silent
from lab_kit.recommend.recency import VISIT_GAP, recency
from lab_kit.recommend.signals.blend import Blend
from lab_kit.recommend.signals.bounds import Bounds
from lab_kit.recommend.signals.popular import LATEST
from lab_kit.recommend.signals.signals import Question, Weighted
from lab_kit.recommend.threads import one_thread

CELLS = 45_000_000
"""Numbers a blend is weighted on at a time: 180 MB."""
SIGNALS = 20
"""About so many signals there are."""
FEWEST_USERS = 20
"""With fewer of them weights are not found but taken over."""
CASES = ("visit", "back", "cold")
"""What weights are found for: a visit under way, a return, somebody of whom nothing is known."""


@dataclass(eq=False, repr=False)
class Personalisation(Model):
    """score = sum of weight x signal.

    The signals (`recommend.signals`): EASE and a linear sequence model with long and short
    memories; the factors of ALS; popularity just before the moment of the answer; attributes of
    items and users; circumstances; and, where items may come again, what the user did with the item
    before. Their weights are found on held-out users (`held_out`): once for a visit under way, once
    for somebody who comes back, once for somebody of whom nothing is known.

    With an `exploration_weight` items younger than `exploration_days` move up (`exploring`). The
    same user gets the same draw within one hour.
    """

    name: ClassVar[str] = "personalisation"
    paper: ClassVar[str] = "EASE (Steck 2019) and SLIST (Choi et al. 2021), blended by a logit"
    how: ClassVar[str] = (
        "Signals that are sums over the history are divided exactly; the logarithm of one is "
        "divided in proportion to the sum under it."
    )
    exact: ClassVar[bool] = False

    repeats: bool = False
    """Whether items of the history may come again; answers then want `repeats=True` too."""
    wanted: tuple[str, ...] = ()
    """Types of events to foresee; empty: all."""
    taking: tuple[str, ...] = ("Purchase",)
    """Types of events that satisfy a wish for a while; where none occurs, all events do."""
    factors: int = Bounds.factors
    """Numbers that describe a user's taste as a whole."""
    past: int | None = None
    """So many events before another one say what comes next; None: as many as matter."""
    recency: bool = True
    """Whether what is popular, or new, at the moment counts more than what always was."""
    min_count: int = Bounds.min_count
    """Items with events of fewer users are known by their attributes, their popularity, and the
    items they were taken with."""
    most_items: int = Bounds.most_items
    """So many items at most have a place in the large tables; time grows with its third power."""
    quick: bool = False
    """Whether the weights for a return are found on the users, and with the fit, of those for a
    visit, instead of on what came after everything fitted on. It saves a third of the time."""
    most_users: int = 800
    """So many users at most the weights are found on; more hardly change them."""
    most_following: int = 200_000
    """Events from which is learnt what attributes follow."""
    most_events: int = 2_000_000
    """Where there are more events, users are drawn until they have so many."""
    exploration_weight: float = 0.0
    """0 to 1: how far new items may move up."""
    exploration_days: float = 30.0
    """How old an item may be, to be explored."""
    seed: int = 0
    """Draws the users the weights are found on, and explores."""
    memory: int | None = None
    """Bytes one item table may take at the peak; None: four fifths of what is free."""

    def __post_init__(self) -> None:
        self._blend: Blend | None = None
        self._weighted: dict[str, tuple[np.ndarray, Weighted]] = {}
        self._weights: dict[str, np.ndarray] = {}

    @property
    def signals(self) -> tuple[str, ...]:
        """Names of everything that has a weight, in the order of `learned["visit"]`."""
        return self._blended.names

    def _learn(self, interactions: Interactions, progress: Progress) -> None:
        known = interactions.some_users(self.most_events, self.seed)
        users = int(CELLS / (len(self.items) * SIGNALS))
        users = min(self.most_users, max(FEWEST_USERS, users))
        self.learned = {
            "heaviest": known.events.weight.max(),
            "latest": np.array(known.latest + 1),
            "events": np.bincount(known.events.item, minlength=len(self.items)),
        }
        if self._weights:
            blend = self._fitted_on(known, progress, 0.0)
            self._blend = blend
            self.learned |= {**blend.learned, **self._weights}
            return
        weights = self._weights_of_visits(known, users, progress)
        if not self.quick:
            weights |= self._weights_of_returns(known, users, progress)
        blend = self._fitted_on(known, progress, 0.65)
        sample = self._question(known.histories(np.arange(min(50, len(known.users)))))
        weights.setdefault("visit", blend.plain(sample))
        weights.setdefault("back", weights["visit"])
        weights.setdefault("cold", blend.plain(sample, start=-1))
        self._blend = blend
        self.learned |= {**blend.learned, **weights}

    def _weights_of_visits(
        self, known: Interactions, users: int, progress: Progress
    ) -> dict[str, np.ndarray]:
        """Weights for a visit under way, for nobody known and, where it is quick, for a return.

        They are found on users nobody fitted on.
        """
        found = self._sought(visit(known, users, self.repeats, self.seed))
        if found is None:
            return {}
        part = self._fitted_on(found.train, progress, 0.0)
        weights = {"visit": part.weigh(self._question(found.histories), found)}
        nothing = self._question(found.histories.blank)
        weights["cold"] = part.weigh(nothing, replace(found, repeats=True), cold=True)
        if self.quick:
            again = self._sought(last_visit(known, found))
            if again is not None and len(again) >= FEWEST_USERS:
                weights["back"] = part.weigh(self._question(again.histories), again)
        return weights

    def _weights_of_returns(
        self, known: Interactions, users: int, progress: Progress
    ) -> dict[str, np.ndarray]:
        """Weights for somebody who comes back, found on what came after everything fitted on."""
        found = self._sought(come_back(known, users, self.repeats, self.seed))
        if found is None or len(found) < FEWEST_USERS:
            return {}
        part = self._fitted_on(found.train, progress, 0.35)
        return {"back": part.weigh(self._question(found.histories), found)}

    def renew(
        self, old: Personalisation, interactions: Interactions, *, progress: Progress = silent
    ) -> Personalisation:
        """Learn from newer events, with the weights another model has found.

        It takes a third of the time of `fit`.

        Args:
            old: Fitted on the same columns of attributes.
            interactions: What to learn from.
            progress: Told how far it is.

        Raises:
            LabKitError: If there are no events, or the old model knows other signals.
        """
        self._weights = {case: old.learned[case] for case in CASES}
        try:
            self.fit(interactions, progress=progress)
        finally:
            self._weights = {}
        if self.signals != old.signals:
            raise LabKitError(
                "The data have other columns than those the weights were found on",
                next_step="fit a model anew",
            )
        return self

    def favour(self, worth: np.ndarray) -> None:
        """Move items up by what they are worth beside being wanted.

        Args:
            worth: (items,) float32, in standard deviations of a user's scores; 0 moves nothing.
        """
        self._fitted()
        self.learned["worth"] = worth.astype(np.float32)

    def _fitted_on(self, interactions: Interactions, progress: Progress, begun: float) -> Blend:
        bounds = Bounds(
            min_count=self.min_count,
            most_items=self.most_items,
            factors=self.factors,
            past=self.past,
            following=self.most_following,
            memory=self.memory,
            seed=self.seed,
        )
        taking = self.taking if self.repeats else None

        def told(done: float, what: str) -> None:
            progress(begun + 0.3 * done, f"personalisation: {what}")

        unused = () if self.recency else LATEST
        return Blend.fit(interactions, bounds, taking, told, unused)

    def _sought(self, found: HeldOut | None) -> HeldOut | None:
        """Only what is wanted is to be found."""
        if found is None or not self.wanted:
            return found
        names = found.train.event_types
        types = [place for place, name in enumerate(names) if name in self.wanted]
        future = found.future.where(np.isin(found.future.events.kind, types))
        found = answerable(replace(found, future=future))
        return found if len(found) else None

    @property
    def _blended(self) -> Blend:
        if self._blend is None:
            self._blend = Blend.restored(self.learned)
        return self._blend

    def _sum(self, case: str) -> Weighted:
        """The blend with the weights of a case; kept until the weights are others."""
        weights = self.learned[case]
        known, found = self._weighted.get(case, (None, None))
        if found is None or known is not weights:
            found = self._blended.weighted(weights)
            self._weighted[case] = weights, found
        return found

    def _question(self, histories: Histories) -> Question:
        depth = Bounds.depth
        nothing = (histories.start[1:] == histories.start[:-1]) & (histories.now == NO_TIME)
        if nothing.any():
            # Nobody knows when; the newest of what the model knows is the best guess.
            now = np.where(nothing, self.learned["latest"], histories.now)
            histories = replace(histories, now=now)
        recent = recency(histories, len(self.items), depth, self.learned["heaviest"])
        return Question(histories, recent, depth)

    def _cases(self, question: Question) -> np.ndarray:
        """(n,): place in `CASES` for each history."""
        histories = question.histories
        returns = histories.moment - histories.last > VISIT_GAP
        known = question.recent.start[1:] > question.recent.start[:-1]
        return np.where(known, returns, 2)

    def _scores(self, histories: Histories) -> np.ndarray:
        # Products of this size are done before a second thread is awake.
        with one_thread():
            return self._scored(histories)

    def _scored(self, histories: Histories) -> np.ndarray:
        question = self._question(histories)
        scores = np.zeros((len(histories), len(self.items)), np.float32)
        cases = self._cases(question)
        for number in set(cases.tolist()):
            rows = np.flatnonzero(cases == number)
            if len(rows) == len(scores):
                self._sum(CASES[number])(scores, question)
            else:
                part = np.zeros((len(rows), len(self.items)), np.float32)
                self._sum(CASES[number])(part, question.rows(rows))
                scores[rows] = part
        if "worth" in self.learned:
            scores += self._worth(scores)
        if self.exploration_weight:
            scores += self._exploration(scores, question.histories)
        return scores

    def _worth(self, scores: np.ndarray) -> np.ndarray:
        """(n, items) float32: how far items move for what they are worth."""
        return scores.std(axis=1, keepdims=True) * self.learned["worth"]

    def _without_clue(self, histories: Histories) -> np.ndarray:
        # Weights for nobody known are its own answer.
        return np.zeros(len(histories), bool)

    def _exploration(self, scores: np.ndarray, histories: Histories) -> np.ndarray:
        """(n, items) float32: how far young items move up."""
        created, events = self.learned["popular created"], self.learned["events"]
        rows = [
            moved_up(
                scores[row],
                created,
                events,
                int(moment),
                weight=self.exploration_weight,
                days=self.exploration_days,
                seeds=(self.seed, int(histories.user[row]) + 1),
            )
            for row, moment in enumerate(histories.moment)
        ]
        return np.stack(rows)

    def _similar(self, item: int) -> np.ndarray:
        found = self._blended.tables.ease(item)
        return found if found.any() else super()._similar(item)

    def _contributions(self, history: History, item: int) -> tuple[sp.csr_array, np.ndarray] | None:
        question = self._question(Histories.of([history]))
        causes, _ = self._parts(question, item)
        return question.recent.table(question.recent.weight, len(self.items)), causes

    def _others(self, history: History, item: int) -> dict[str, float]:
        histories = Histories.of([history])
        _, others = self._parts(self._question(histories), item)
        plain = replace(self, exploration_weight=0.0)
        plain.items, plain.learned, plain._blend = self.items, dict(self.learned), self._blended
        if "worth" in self.learned:
            del plain.learned["worth"]
            others["objective"] = float(self._worth(plain._scores(histories))[0, item])
            plain.learned["worth"] = self.learned["worth"]
        if self.exploration_weight:
            moved = self._exploration(plain._scores(histories), histories)
            others["exploration"] = float(moved[0, item])
        return others

    def _parts(self, question: Question, item: int) -> tuple[np.ndarray, dict[str, float]]:
        weights = self.learned[CASES[self._cases(question)[0]]]
        return self._blended.parts(question, item, weights)
