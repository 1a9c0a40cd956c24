"""The contract every recommender keeps.

A model learns from `Interactions` (`fit`) and answers for a `History`, a user id, or many of them.
What differs between models is `_learn` and `_scores`; everything a user of the kit may rely on is
done here once: what is left out, ties, unknown ids, empty histories, explanations, files.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
import scipy.sparse as sp

from lab_kit.errors import LabKitError
from lab_kit.recommend.answers import Explanation, Lists, Recommendations
from lab_kit.recommend.arrays import users_of
from lab_kit.recommend.codes import require_codes
from lab_kit.recommend.estimator import Estimator
from lab_kit.recommend.files import read_model, write_model
from lab_kit.recommend.histories import Histories, History
from lab_kit.recommend.ids import Ids
from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.reading import require_known
from lab_kit.recommend.top import top

Progress = Callable[[float, str], None]
"""Called with the part that is done, 0 to 1, and what is being done."""
CELLS = 4_000_000
"""Scores computed at a time in batch: 16 MB."""


def silent(done: float, what: str) -> None:
    """Progress nobody watches."""


class Model(Estimator, ABC):
    """A recommender; its subclasses are dataclasses whose fields are the hyperparameters."""

    items: Ids
    """The catalogue it was fitted with."""
    users: tuple[int, str]
    """How many users it was fitted on, and the fingerprint of their ids."""
    contexts: Mapping[str, tuple[str, ...]]
    """Names of the circumstances it knows, each with the values it has met."""
    interactions: Interactions | None = None
    """Where histories of user ids are looked up; `observe` replaces it."""
    popular: np.ndarray
    """(items,) float32 in [0, 1]: what a user without any history is given."""

    def fit(self, interactions: Interactions, *, progress: Progress = silent) -> Self:
        """Learn; whatever was learnt before is forgotten.

        Args:
            interactions: What to learn from.
            progress: Told how far it is.

        Raises:
            LabKitError: If there are no events, or the model would need more memory than there is.
        """
        if not len(interactions):
            raise LabKitError(
                f"There are no events to fit {self.name} on",
                next_step="look at the steps before; a model needs at least one event",
            )
        self.items, self.interactions = interactions.items, interactions
        known = len(interactions.users)
        self.users = known, interactions.users.fingerprint(known)
        self.contexts = interactions.contexts
        users = users_of(interactions.start, interactions.events, len(self.items))
        self.popular = (users / users.max()).astype(np.float32)
        self.learned = {}
        self._learn(interactions, progress)
        progress(1.0, f"{self.name} is fitted")
        return self

    @abstractmethod
    def _learn(self, interactions: Interactions, progress: Progress) -> None:
        """Fill `learned`."""

    @abstractmethod
    def _scores(self, histories: Histories) -> np.ndarray:
        """(n, items) float32, newly made: the higher, the better."""

    def _similar(self, item: int) -> np.ndarray:
        """(items,) float32: how much each item is like this one. Default: what follows from it."""
        return self._scores(Histories.of([History().add(item)]))[0]

    def _contributions(self, history: History, item: int) -> tuple[sp.csr_array, np.ndarray] | None:
        """Weights (1, items) of a history, and (their number,) what each adds to `item`'s score."""
        return None

    def _others(self, history: History, item: int) -> dict[str, float]:
        """What else than the history adds to the score of the item, by name, where it can tell."""
        return {}

    how: ClassVar[str] = (
        "This model ranks the same for everybody; no event of the history caused the score."
    )
    """How `_contributions` are computed."""
    exact: ClassVar[bool] = True
    """Whether they add up."""

    # ---- answers

    def recommend(
        self,
        who: str | History,
        k: int = 25,
        *,
        candidates: Iterable[str] | np.ndarray | None = None,
        exclude: Iterable[str] = (),
        repeats: bool = False,
        context: Mapping[str, str] | None = None,
    ) -> Recommendations:
        """The k best items for one user.

        Args:
            who: A user id, or a history. Users who are not known have an empty history.
            k: How many at most, 1 or more; fewer come back where there are fewer.
            candidates: Only these items: ids, or a mask (bool, (items,)), which is faster.
            exclude: Ids of items not to recommend.
            repeats: Whether items of the history may come again.
            context: The circumstances, such as {"device": "android"}; models that do not learn
                from them answer the same. Values never met before say nothing.

        Raises:
            LabKitError: If the model is not fitted, k is below 1, a candidate or excluded item is
                not in the catalogue, or the model knows no such context.
        """
        history = self._history(who, context)
        scores = self._masked(Histories.of([history]), candidates, exclude, repeats)[0]
        best = top(scores, self._count(k))
        return Recommendations(self.items.values[best], scores[best])

    def recommend_many(
        self,
        users: Sequence[str] | np.ndarray | Histories | None = None,
        k: int = 25,
        *,
        candidates: Iterable[str] | np.ndarray | None = None,
        exclude: Iterable[str] = (),
        repeats: bool = False,
        progress: Progress = silent,
    ) -> Lists:
        """The k best items for many users, in chunks of about 16 MB.

        Args:
            users: Ids, codes, or histories; None: everybody.
            k: As in `recommend`, and so the rest.
            candidates: As in `recommend`.
            exclude: As in `recommend`.
            repeats: As in `recommend`.
            progress: Told how far it is.
        """
        histories = users if isinstance(users, Histories) else self._known().histories(users)
        k = min(self._count(k), len(self.items))
        codes = np.full((len(histories), k), -1, np.int32)
        values = np.full((len(histories), k), -np.inf, np.float32)
        for first, scores in self._chunks(histories, candidates, exclude, repeats):
            for row, line in enumerate(scores, first):
                best = top(line, k)
                codes[row, : len(best)] = best
                values[row, : len(best)] = line[best]
            progress((first + len(scores)) / len(histories), "recommending")
        return Lists(self.items, codes, values)

    def score(
        self,
        who: str | History,
        items: Iterable[str] | None = None,
        *,
        context: Mapping[str, str] | None = None,
    ) -> np.ndarray:
        """(n,) float32: scores of some items, or of all in the order of their codes.

        Args:
            who: As in `recommend`.
            items: Ids; None: all.
            context: As in `recommend`.

        Raises:
            LabKitError: If the model is not fitted or an item is not in the catalogue.
        """
        scores = self._answered(Histories.of([self._history(who, context)]))[0]
        return scores if items is None else scores[self.items.known(items, "items")]

    def similar(self, item: str, k: int = 25) -> Recommendations:
        """The k items most like this one, the item itself left out.

        Raises:
            LabKitError: If the model is not fitted, k is below 1, or the item is unknown.
        """
        scores = self.likeness(item)
        scores[self.items.code(item)] = -np.inf
        best = top(scores, self._count(k))
        return Recommendations(self.items.values[best], scores[best])

    def likeness(self, item: str) -> np.ndarray:
        """(items,) float32, newly made: how much each item is like this one; what `similar` ranks.

        Raises:
            LabKitError: If the model is not fitted or the item is unknown.
        """
        self._fitted()
        return self._similar(int(self.items.known([item], "items")[0])).copy()

    def explain(
        self, who: str | History, item: str, *, context: Mapping[str, str] | None = None
    ) -> Explanation:
        """Which items of the history caused the score of `item`, and what else did.

        Args:
            who: As in `recommend`.
            item: Its id.
            context: As in `recommend`.

        Raises:
            LabKitError: If the model is not fitted or the item is unknown.
        """
        history = self._history(who, context)
        code = int(self.items.known([item], "items")[0])
        score = float(self._answered(Histories.of([history]))[0, code])
        found = self._contributions(history, code) if len(history) else None
        weights, parts = found or (
            sp.csr_array((1, len(self.items)), dtype=np.float32),
            np.empty(0),
        )
        causes = pd.DataFrame(
            {"item_id": self.items.values[weights.indices].astype(str), "contribution": parts}
        ).sort_values("contribution", key=np.abs, ascending=False, ignore_index=True)
        how = self.how if found else Model.how
        rest = score - float(np.sum(parts))
        others = self._others(history, code)
        return Explanation(item, score, causes, rest, others, self.exact, how)

    def observe(self, frame: pd.DataFrame) -> None:
        """Take in new events: the next answer for these users knows them; nothing is refitted.

        Args:
            frame: As in `Interactions.from_frame`.
        """
        self.interactions = self._known().append(frame)

    def observe_event(self, user: str, item: str, time: int, **said: Any) -> None:
        """Take in one event, in a fraction of a millisecond.

        Args:
            user: As in `Interactions.append_event`, and so the rest.
            item: Its id.
            time: Milliseconds since 1970 in UTC.
            said: `event_type`, `value`, `weight`, `context`.
        """
        self.interactions = self._known().append_event(user, item, time, **said)

    # ---- on disk

    def save(self, folder: Path) -> None:
        """Write the model to a folder (JSON and npz); interactions are saved by themselves."""
        self._fitted()
        shared = {"items": self.items.values.astype("U"), "popular": self.popular}
        beside = {"contexts": self.contexts, "users": self.users}
        write_model(folder, self, {**self.learned, **shared}, **beside)

    @classmethod
    def load(cls, folder: Path, interactions: Interactions | None = None) -> Self:
        """Read what `save` wrote.

        Args:
            folder: Where it lies.
            interactions: Where histories of user ids are looked up; None: ask with histories.
                Those it was fitted with, or what became of them with new events.

        Raises:
            LabKitError: If the folder holds no model, or one of another kind, or the items or users
                of the interactions have other codes than those it was fitted with.
        """
        parameters, learned, beside = read_model(folder, cls)
        model = cls(**parameters)
        model.learned = learned
        model.contexts = {name: tuple(values) for name, values in beside["contexts"].items()}
        model.items = Ids(model.learned.pop("items").astype(object))
        model.popular = model.learned.pop("popular")
        model.users = tuple(beside["users"])
        if interactions is not None:
            require_codes(interactions, model.items, model.users, str(folder))
        model.interactions = interactions
        return model

    # ---- what the answers share

    def _known(self) -> Interactions:
        self._fitted()
        if self.interactions is None:
            raise LabKitError(
                f"{self.name} was loaded without interactions, so it cannot look a user up",
                next_step="load(folder, interactions), or ask with a History",
            )
        return self.interactions

    def _history(self, who: str | History, context: Mapping[str, str] | None = None) -> History:
        self._fitted()
        history = who if isinstance(who, History) else self._known().history(who)
        return replace(history, context=self._codes(context)) if context else history

    def _codes(self, context: Mapping[str, str]) -> tuple[int, ...]:
        require_known(context, self.contexts)
        return tuple(
            values.index(context[name]) if context.get(name) in values else -1
            for name, values in self.contexts.items()
        )

    def _count(self, k: int) -> int:
        if k < 1:
            raise LabKitError(f"k is {k}", where="k", next_step="ask for 1 item or more")
        return k

    def _answered(self, histories: Histories) -> np.ndarray:
        """Scores, with popularity for those of whom nothing usable is known."""
        scores = self._scores(histories)
        _check(scores, self.name)
        empty = self._without_clue(histories)
        if empty.any():
            scores[empty] = self.popular
        return scores

    def _without_clue(self, histories: Histories) -> np.ndarray:
        """(n,) bool: users for whom the model would have to guess."""
        known = np.zeros(len(histories), bool)
        known[histories.seen(len(self.items))[0]] = True
        return ~known

    def _masked(
        self,
        histories: Histories,
        candidates: Iterable[str] | np.ndarray | None,
        exclude: Iterable[str],
        repeats: bool,
    ) -> np.ndarray:
        scores = self._answered(histories)
        if candidates is not None:
            scores += _barred(self._mask(candidates))
        exclude = list(exclude)
        if exclude:
            scores[:, self.items.known(exclude, "items to exclude")] = -np.inf
        if not repeats:
            scores[histories.seen(len(self.items))] = -np.inf
        return scores

    def _mask(self, candidates: Iterable[str] | np.ndarray) -> np.ndarray:
        if isinstance(candidates, np.ndarray) and candidates.dtype == bool:
            if candidates.shape != (len(self.items),):
                raise LabKitError(
                    f"The mask has shape {candidates.shape} for {len(self.items):,} items",
                    where="candidates",
                    next_step="give one bool an item, in the order of their codes",
                )
            return candidates
        mask = np.zeros(len(self.items), bool)
        mask[self.items.known(candidates, "candidates")] = True
        return mask

    def _chunks(
        self,
        histories: Histories,
        candidates: Iterable[str] | np.ndarray | None,
        exclude: Iterable[str],
        repeats: bool,
    ) -> Iterator[tuple[int, np.ndarray]]:
        """First row and masked scores of one chunk of users after another."""
        if candidates is not None:
            candidates = self._mask(candidates)
        size = max(1, CELLS // max(1, len(self.items)))
        for first in range(0, len(histories), size):
            part = histories.rows(first, min(first + size, len(histories)))
            yield first, self._masked(part, candidates, exclude, repeats)


def _barred(mask: np.ndarray) -> np.ndarray:
    """(items,) float32: 0 where the mask is true, minus infinity elsewhere.

    Whole numbers whose bits are those of the two values: a choice for each item, as `np.where`
    makes it, takes five times as long.
    """
    infinity = np.float32(-np.inf).view(np.int32)
    return ((mask.astype(np.int32) - np.int32(1)) & infinity).view(np.float32)


def _check(scores: np.ndarray, name: str) -> None:
    # The sum is not finite where any score is not; it costs a tenth of looking at each.
    if not np.isfinite(scores.sum()) and np.isnan(scores).any():
        raise LabKitError(
            f"{name} computed scores that are no numbers",
            next_step="look for weights that are very large, and use more regularisation",
        )
