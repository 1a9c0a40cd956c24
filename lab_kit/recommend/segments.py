"""User segments: who will most likely take an item, or any item of a set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
import pandas as pd
import scipy.sparse as sp

from lab_kit.errors import LabKitError
from lab_kit.prepare.tables import html_table, text_table
from lab_kit.recommend.affinity_signals import SIGNALS, AffinitySignals
from lab_kit.recommend.estimator import Estimator
from lab_kit.recommend.files import read_model, write_model
from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.model import Progress, silent
from lab_kit.recommend.top import top
from lab_kit.recommend.weights import Evidence, by_likelihood

CELLS = 1_000_000
"""Users x targets computed at a time: 4 MB a signal."""
PLAIN = (1.0, 0.0, 0.4, 0.8, 0.0, 0.0)
"""Weights where there is too little to find them on."""
LEARNT_FROM = 200
"""Items, and sets of items, the weights are found on, at most."""
ALTERNATIVES = 20_000
"""Users the weights are found on, at most."""
NUMBERS = 30_000_000
"""Numbers the weights are found on at a time: 120 MB."""


@dataclass(frozen=True, eq=False)
class Segment:
    """The users most likely to take something, best first."""

    users: np.ndarray
    """Ids of the users, at most k."""
    scores: np.ndarray
    """float32, falling; comparable within one segment only."""

    def __len__(self) -> int:
        return len(self.users)

    @property
    def frame(self) -> pd.DataFrame:
        """Columns rank (from 1), user_id, score."""
        rank = np.arange(1, len(self) + 1)
        return pd.DataFrame({"rank": rank, "user_id": self.users.astype(str), "score": self.scores})

    def __repr__(self) -> str:
        return text_table(*self._table())

    def _repr_html_(self) -> str:
        return html_table(f"{len(self)} users, the likeliest first", *self._table())

    def _table(self) -> tuple[tuple[str, ...], list[tuple[int, str, float]]]:
        pairs = list(zip(self.users, self.scores, strict=True))[:25]
        rows = [(rank, str(user), round(float(s), 4)) for rank, (user, s) in enumerate(pairs, 1)]
        return ("rank", "user", "score"), rows


@dataclass(eq=False, repr=False)
class UserSegments(Estimator):
    """score(u) = sum of weight x signal: what a user took beside, of the like, lately, and of it.

    The signals are those of `lab_kit.recommend.affinity_signals`. Their weights are found by asking
    which users took items, and attributes, in the newest fifth of everybody's events, everything
    before being known: a conditional logit (McFadden, 1974) in which users are the alternatives.
    So it is learnt, for instance, whether people take a thing again. One set of weights is for
    items, one for sets of items.
    """

    name: ClassVar[str] = "user segments"
    paper: ClassVar[str] = (
        "EASE (Steck, WWW 2019) read by column; what aws-item-affinity and "
        "aws-item-attribute-affinity answer, Amazon Personalize Developer Guide"
    )
    unfitted: ClassVar[tuple[str, str]] = ("have not been fitted", "call fit(interactions) first")

    regularisation: float = 200.0
    """Above 0: the higher, the less rare items say."""
    tau: float = 50.0
    """How fast the past fades, in events, for what a user took lately."""
    seed: int = 0
    """Draws the items and users the weights are found on."""

    def fit(self, interactions: Interactions, *, progress: Progress = silent) -> Self:
        """Find the weights; whatever was learnt before is forgotten.

        Args:
            interactions: What to learn from, and whose users are put into segments.
            progress: Told how far it is.

        Raises:
            LabKitError: If there are no events.
        """
        if not len(interactions):
            raise LabKitError(
                "There are no events to fit user segments on",
                next_step="look at the steps before; a model needs at least one event",
            )
        before, after = newest_fifth(interactions)
        self.learned = {"item": np.array(PLAIN), "set": np.array(PLAIN)}
        if len(before) and len(after):
            signals = AffinitySignals(before, self.regularisation, self.tau)
            later = after.matrix()
            later.data[:] = 1
            items = np.unique(after.events.item)
            self._weigh("item", signals, later, list(items[:, None]))
            progress(0.5, "user segments: weighted for items")
            self._weigh("set", signals, later, _sets(interactions))
        self._take(interactions)
        progress(1.0, "user segments are fitted")
        return self

    def _weigh(
        self,
        name: str,
        signals: AffinitySignals,
        later: sp.csr_array,
        targets: list[np.ndarray],
    ) -> None:
        """Find the weights for targets of one kind on those somebody took later."""
        rng = np.random.default_rng(self.seed)
        users = np.sort(rng.permutation(later.shape[0])[:ALTERNATIVES])
        number = min(LEARNT_FROM, max(1, NUMBERS // (len(users) * len(SIGNALS))))
        taken = later[users].tocsc()
        rows, relevant = [], []
        for place in rng.permutation(len(targets)):
            who = np.asarray(taken[:, targets[place]].sum(axis=1)).ravel() > 0
            # Where everybody, or nobody, is right there is nothing to learn.
            if 0 < who.sum() < len(users):
                rows.append(place)
                relevant.append(who)
            if len(rows) == number:
                break
        if not rows:
            return
        table = np.empty((len(SIGNALS), len(rows), len(users)), np.float32)
        size = max(1, CELLS // later.shape[0])
        for first in range(0, len(rows), size):
            part = [targets[row] for row in rows[first : first + size]]
            table[:, first : first + len(part)] = np.moveaxis(signals.of(part)[:, users], 2, 0)
        self.learned[name] = by_likelihood(Evidence.of(table, np.stack(relevant)))

    def _take(self, interactions: Interactions) -> None:
        self.interactions = interactions
        self._signals = AffinitySignals(interactions, self.regularisation, self.tau)

    # ---- answers

    def users_for(
        self,
        target: str | Iterable[str] | np.ndarray,
        k: int = 25,
        *,
        among: np.ndarray | None = None,
    ) -> Segment:
        """The k users most likely to take an item, or any item of a set.

        Args:
            target: The id of an item, ids of several, or a mask (bool, (items,)), such as the items
                an attribute expression holds for. An item nobody took is answered by the items like
                it in attributes and words.
            k: How many at most, 1 or more; fewer come back where there are fewer.
            among: Only these users: a mask (bool, (users,)).

        Raises:
            LabKitError: If it is not fitted, k is below 1, an item is unknown, a mask has the wrong
                shape, or the target holds no item.
        """
        return self.many([target], k, among=among)[0]

    def many(
        self,
        targets: Sequence[str | Iterable[str] | np.ndarray],
        k: int = 25,
        *,
        among: np.ndarray | None = None,
        progress: Progress = silent,
    ) -> list[Segment]:
        """Segments for many targets, computed in blocks of about 4 MB a signal.

        Args:
            targets: Each as in `users_for`.
            k: As in `users_for`, and so the rest.
            among: As in `users_for`.
            progress: Told how far it is.
        """
        self._fitted()
        if k < 1:
            raise LabKitError(f"k is {k}", where="k", next_step="ask for 1 user or more")
        users = self.interactions.users
        if among is not None and (among.dtype != bool or among.shape != (len(users),)):
            raise LabKitError(
                f"The mask has shape {among.shape} and type {among.dtype} for {len(users):,} users",
                where="among",
                next_step="give one bool a user, in the order of their codes",
            )
        places = [self._places(target) for target in targets]
        size = max(1, CELLS // len(users))
        found = []
        for first in range(0, len(places), size):
            block = places[first : first + size]
            for target, signals in zip(block, self._signals.of(block), strict=True):
                weights = self.learned["item" if len(target) == 1 else "set"]
                scores = signals @ weights.astype(np.float32)
                if among is not None:
                    scores[~among] = -np.inf
                best = top(scores, k)
                found.append(Segment(users.values[best], scores[best]))
            progress(len(found) / len(places), "looking for users")
        return found

    def _places(self, target: str | Iterable[str] | np.ndarray) -> np.ndarray:
        """Codes of the items of a target, rising."""
        items = self.interactions.items
        if isinstance(target, np.ndarray) and target.dtype == bool:
            if target.shape != (len(items),):
                raise LabKitError(
                    f"The mask has shape {target.shape} for {len(items):,} items",
                    where="target",
                    next_step="give one bool an item, in the order of their codes",
                )
            found = np.flatnonzero(target)
        else:
            ids = [target] if isinstance(target, str) else target
            found = np.unique(items.known(ids, "items"))
        if not len(found):
            raise LabKitError(
                "The target holds no item", where="target", next_step="look at the expression"
            )
        return found

    def observe(self, frame: pd.DataFrame) -> None:
        """Take in new events: the next answer knows them; the weights stay.

        Args:
            frame: As in `Interactions.from_frame`.
        """
        self._fitted()
        self._take(self.interactions.append(frame))

    # ---- on disk

    def save(self, folder: Path) -> None:
        """Write the weights to a folder (JSON and npz); interactions are saved by themselves."""
        self._fitted()
        write_model(folder, self, self.learned)

    @classmethod
    def load(cls, folder: Path, interactions: Interactions) -> Self:
        """Read what `save` wrote.

        Args:
            folder: Where it lies.
            interactions: Whose users are put into segments.

        Raises:
            LabKitError: If the folder holds no user segments.
        """
        parameters, learned, _ = read_model(folder, cls)
        model = cls(**parameters)
        model.learned = learned
        model._take(interactions)
        return model


def newest_fifth(interactions: Interactions) -> tuple[Interactions, Interactions]:
    """The oldest four fifths of each user's events, and the rest."""
    size = np.diff(interactions.start)
    number = np.repeat(size, size)
    place = np.arange(len(number)) - np.repeat(interactions.start[:-1], size)
    past = place < number - number // 5
    return interactions.where(past), interactions.where(~past)


def _sets(interactions: Interactions) -> list[np.ndarray]:
    """Items that share an attribute, one array an attribute at least two items have."""
    known = interactions.item_attributes
    if known is None:
        return []
    columns = known.table.tocsc()
    found = [
        columns.indices[columns.indptr[n] : columns.indptr[n + 1]] for n in range(len(known.names))
    ]
    return [items for items in found if len(items) > 1]
