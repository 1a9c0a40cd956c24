"""Users whose next items are known: what a model is measured by, and a blend weighted on.

Two questions, because their answers differ: what somebody does next on a visit under way, and what
they do when they come back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape

import numpy as np
import pandas as pd
import scipy.sparse as sp

from lab_kit.errors import LabKitError
from lab_kit.prepare.split.rules import least_events, moment_of_share, newest
from lab_kit.recommend.histories import Histories
from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.moments import in_random_order
from lab_kit.recommend.recency import VISIT_GAP

OLDEST = 0.9
"""The part of a user's events, or of all events, that is given."""


@dataclass(frozen=True, eq=False, repr=False)
class HeldOut:
    """What to fit on, the histories to answer for, and what is to be found."""

    train: Interactions
    histories: Histories
    future: Histories
    """What the same users did next, row by row."""
    repeats: bool = False
    """Whether an item of the history may be found again."""
    how: str = "by hand"
    """How the events were divided: "by time, before 2011-11-22 09:32:00 UTC"."""
    notes: tuple[str, ...] = ()
    """What to know before trusting a figure from it."""
    candidates: np.ndarray | None = None
    """(items,) bool: rank only these, and look only for these; None: the whole catalogue."""

    def __len__(self) -> int:
        return len(self.histories)

    def __repr__(self) -> str:
        return "\n".join([f"{self.how[0].upper()}{self.how[1:]}.", self._numbers(), *self.notes])

    def _repr_html_(self) -> str:
        return "".join(f"<p>{escape(line)}</p>" for line in repr(self).split("\n"))

    def _numbers(self) -> str:
        return (
            f"{len(self.train):,} events to fit on; {len(self):,} users asked, "
            f"{self.targets.nnz:,} items to be found."
        )

    @property
    def users(self) -> pd.Index:
        """(n,): the ids of those who are asked; "stranger" for a visitor nobody knows."""
        user, ids = self.histories.user, np.append(self.train.users.values, "stranger")
        return pd.Index(ids[user].astype("str"), name="user_id")

    @property
    def seen(self) -> sp.csr_array:
        """(n, items) bool: the items of each history."""
        items = len(self.train.items)
        pair = self._pairs(self.histories)[_known(self.histories, items)]
        return _table(np.unique(pair), True, (len(self), items))

    @cached_property
    def targets(self) -> sp.csr_array:
        """(n, items) bool: what is to be found; without repeats only what is not in the history."""
        pair = self._pairs(self.future)[self.sought]
        return _table(np.unique(pair), True, (len(self), len(self.train.items)))

    @property
    def rewards(self) -> sp.csr_array:
        """(n, items) float32, entries as in `targets`: the sum of the values of the events.

        An event without a value is worth 0.
        """
        pair, place = np.unique(self._pairs(self.future)[self.sought], return_inverse=True)
        value = np.nan_to_num(self.future.events.value[self.sought])
        total = np.bincount(place, value, minlength=len(pair)).astype(np.float32)
        return _table(pair, total, (len(self), len(self.train.items)))

    @cached_property
    def popularity(self) -> np.ndarray:
        """(items,) float64: different users of each item in the part to fit on."""
        return self.train.popularity()

    @property
    def relevant(self) -> np.ndarray:
        """`targets` as a dense table: n x items bytes."""
        return self.targets.toarray()

    def among(self, candidates: Iterable[str]) -> HeldOut:
        """The same question about some items only, to the users who took one of them.

        Figures are then not comparable with those over the whole catalogue: the fewer items are
        ranked, the better any model looks.

        Args:
            candidates: Ids of the items.

        Raises:
            LabKitError: If an item is not in the catalogue, or nobody took one of them.
        """
        mask = np.zeros(len(self.train.items), bool)
        mask[self.train.items.known(candidates, "candidates")] = True
        found = answerable(replace(self, candidates=mask))
        if not len(found):
            raise LabKitError(
                f"Nobody took one of the {mask.sum():,} candidates",
                where="candidates",
                next_step="name more items",
            )
        return found

    def take(self, rows: np.ndarray) -> HeldOut:
        """The same question to some of the users."""
        return replace(self, histories=self.histories.take(rows), future=self.future.take(rows))

    @property
    def sought(self) -> np.ndarray:
        """(events of `future`,) bool: those that are to be found."""
        items = len(self.train.items)
        found = _known(self.future, items)
        if not self.repeats:
            found &= ~np.isin(self._pairs(self.future), self._pairs(self.histories))
        if self.candidates is not None:
            found &= self.candidates[np.where(found, self.future.events.item, 0)]
        return found

    def _pairs(self, histories: Histories) -> np.ndarray:
        """Numbers row x items + item of every event."""
        return histories.row * len(self.train.items) + histories.events.item


def _known(histories: Histories, items: int) -> np.ndarray:
    """(events,) bool: events of items of the catalogue."""
    return (histories.events.item >= 0) & (histories.events.item < items)


def by_user(
    interactions: Interactions, fitted: np.ndarray, asked: np.ndarray, share: float, repeats: bool
) -> HeldOut:
    """Fit on some users (codes); of others the newest events are to be found."""
    histories = interactions.histories(asked)
    given, future = histories.parted(newest(np.diff(histories.start), share))
    return HeldOut(interactions.of_users(fitted), given, future, repeats)


def by_moment(interactions: Interactions, cut: int, users: np.ndarray, repeats: bool) -> HeldOut:
    """Fit on everything before a moment (milliseconds); these users (codes) are asked at it."""
    train = interactions.before(cut)
    future = interactions.where(interactions.events.time >= cut).histories(users)
    now = np.full(len(users), cut)
    histories = replace(train.histories(users), now=now, context=future.first_context)
    return HeldOut(train, histories, future, repeats)


def answerable(held_out: HeldOut) -> HeldOut:
    """Without the users for whom there is nothing to be found."""
    return held_out.take(np.flatnonzero(np.diff(held_out.targets.indptr) > 0))


def visit(interactions: Interactions, users: int, repeats: bool, seed: int) -> HeldOut | None:
    """Users nobody fitted on: the oldest nine tenths of their events, then the newest tenth.

    Args:
        interactions: Everything known.
        users: How many at most; never more than a third of all.
        repeats: Whether an item of the history may be found again.
        seed: Draws them, and the order of events of one user at one moment.

    Returns:
        None where nobody has ten events or nothing would be left to fit on.
    """
    interactions = in_random_order(interactions, seed)
    length = np.diff(interactions.start)
    able = np.flatnonzero(length >= least_events(OLDEST))
    number = min(users, int((length > 0).sum()) // 3)
    drawn = np.sort(np.random.default_rng(seed).permutation(able)[:number])
    others = np.setdiff1d(np.arange(len(length)), drawn)
    return _or_none(by_user(interactions, others, drawn, OLDEST, repeats))


def last_visit(interactions: Interactions, held_out: HeldOut) -> HeldOut | None:
    """The users of another question, asked when they come back: their last visit is to be found.

    Args:
        interactions: Everything known, in which those users have all their events.
        held_out: Whom it asks, and what it fits on.

    Returns:
        None where none of them came back.
    """
    histories = interactions.histories(held_out.histories.user)
    row, time = histories.row, histories.events.time
    pause = (np.diff(time) > VISIT_GAP) & (np.diff(row) == 0)
    begin = np.flatnonzero(pause) + 1
    last = np.full(len(histories), -1)
    last[row[begin]] = begin  # rising, so that the last one stays
    newest = np.where(last < 0, 0, histories.start[1:] - last)
    given, future = histories.parted(newest)
    now = np.where(last < 0, given.now, time[np.maximum(last, 0)])
    return _or_none(replace(held_out, histories=replace(given, now=now), future=future))


def come_back(interactions: Interactions, users: int, repeats: bool, seed: int) -> HeldOut | None:
    """Everything before the newest tenth of all events; then what known users did.

    Args:
        interactions: Everything known.
        users: How many at most.
        repeats: Whether an item of the history may be found again.
        seed: Draws them, and the order of events of one user at one moment.

    Returns:
        None where no known user came back.
    """
    interactions = in_random_order(interactions, seed)
    cut = int(moment_of_share(interactions.events.time, OLDEST))
    drawn = returning(interactions, cut)
    drawn = np.sort(np.random.default_rng(seed).permutation(drawn)[:users])
    return _or_none(by_moment(interactions, cut, drawn, repeats))


def returning(interactions: Interactions, cut: int) -> np.ndarray:
    """Codes of the users with events before a moment (milliseconds) and from it on."""
    user, past = interactions.user, interactions.events.time < cut
    return np.intersect1d(user[past], user[~past])


def _or_none(held_out: HeldOut) -> HeldOut | None:
    held_out = answerable(held_out)
    return held_out if len(held_out) and len(held_out.train) else None


def _table(pair: np.ndarray, value: np.ndarray | bool, shape: tuple[int, int]) -> sp.csr_array:
    """CSR of rising pairs row x items + item."""
    row, item = np.divmod(pair, shape[1])
    start = np.searchsorted(row, np.arange(shape[0] + 1))
    data = np.full(len(pair), value) if isinstance(value, bool) else value
    return sp.csr_array((data, item.astype(np.int32), start), shape=shape)
