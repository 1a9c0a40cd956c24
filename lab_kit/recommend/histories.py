"""What users did, oldest first: one history, and many of them side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate

import numpy as np
import scipy.sparse as sp

from lab_kit.recommend.events import NONE, Events, places
from lab_kit.recommend.recency import recency

NO_TIME = np.iinfo(np.int64).min
"""Stands for "now is the time of the last event"."""


@dataclass(frozen=True, eq=False)
class History:
    """The events of one user, or of a visitor nobody knows, oldest first."""

    events: Events = NONE
    user: int = -1
    """Code of the user, through which attributes are found; -1 for a visitor."""
    now: int = NO_TIME
    """Milliseconds since 1970 at which the answer is wanted; `NO_TIME`: right after the last
    event."""
    context: tuple[int, ...] = ()
    """The circumstances of the question, as in `Events.context`; of contexts that are not given
    nothing is known."""

    def __len__(self) -> int:
        return len(self.events)

    def add(
        self, item: int, time: int | None = None, *, kind: int = -1, weight: float = 1
    ) -> History:
        """This history and one event more, which counts as the newest.

        Args:
            item: Code of the item.
            time: Milliseconds since 1970; one more than the last event's where it is None.
            kind: Code of the event type.
            weight: How much it counts.
        """
        if time is None:
            time = int(self.events.time[-1]) + 1 if len(self) else 0
        one = Events(
            np.array([item], np.int32),
            np.array([time], np.int64),
            np.array([kind], np.int16),
            np.array([np.nan], np.float32),
            np.array([weight], np.float32),
            np.empty((1, 0), np.int16),
        )
        return replace(self, events=Events.joined([self.events, one]))

    def at(self, now: int) -> History:
        """The same history, asked for at a moment (milliseconds since 1970)."""
        return replace(self, now=now)


@dataclass(frozen=True, eq=False)
class Histories:
    """Histories of n users in one table: user r has the events `start[r]` to `start[r + 1]`."""

    start: np.ndarray
    """int64, (n + 1,)."""
    events: Events
    user: np.ndarray
    """int32, (n,): code of the user, -1 for a visitor."""
    now: np.ndarray
    """int64, (n,): when the answer is wanted; `NO_TIME`: right after the last event."""
    context: np.ndarray
    """int16, (n, contexts): the circumstances of the questions; -1 where they are not known."""

    @classmethod
    def of(cls, histories: Sequence[History]) -> Histories:
        """Histories side by side, in their order."""
        return cls(
            np.array(list(accumulate(map(len, histories), initial=0)), np.int64),
            histories[0].events
            if len(histories) == 1
            else Events.joined([history.events for history in histories]),
            np.array([history.user for history in histories], np.int32),
            np.array([history.now for history in histories], np.int64),
            _contexts(histories),
        )

    def __len__(self) -> int:
        return len(self.user)

    def __getitem__(self, row: int) -> History:
        part = slice(int(self.start[row]), int(self.start[row + 1]))
        context = tuple(self.context[row].tolist())
        return History(self.events.take(part), int(self.user[row]), int(self.now[row]), context)

    def rows(self, first: int, last: int) -> Histories:
        """The users from `first` up to, not including, `last`."""
        begin, end = int(self.start[first]), int(self.start[last])
        return Histories(
            self.start[first : last + 1] - begin,
            self.events.take(slice(begin, end)),
            self.user[first:last],
            self.now[first:last],
            self.context[first:last],
        )

    def take(self, rows: np.ndarray) -> Histories:
        """Some users, in any order."""
        place, start = places(self.start, rows)
        return Histories(
            start, self.events.take(place), self.user[rows], self.now[rows], self.context[rows]
        )

    def parted(self, newest: np.ndarray) -> tuple[Histories, Histories]:
        """Each history without its newest events, and these.

        The former are asked for in the circumstances of the first event that is left out.

        Args:
            newest: (n,), how many of each; never more than it has.
        """
        first_new = np.repeat(self.start[1:] - newest, np.diff(self.start))
        newer = np.arange(len(self.events)) >= first_new
        start = np.concatenate([[0], np.cumsum(newest)])
        future = replace(self, start=start, events=self.events.take(newer))
        given = replace(self, start=self.start - start, events=self.events.take(~newer))
        return replace(given, context=future.first_context), future

    @property
    def first_context(self) -> np.ndarray:
        """int16, (n, contexts): the circumstances of each first event; -1 without events."""
        found = np.full((len(self), self.events.context.shape[1]), -1, np.int16)
        some = self.start[1:] > self.start[:-1]
        found[some] = self.events.context[self.start[:-1][some]]
        return found

    def where(self, kept: np.ndarray) -> Histories:
        """Some of the events (bool, (events,)), for the same users."""
        start = np.concatenate([[0], np.cumsum(np.bincount(self.row[kept], minlength=len(self)))])
        return replace(self, start=start.astype(np.int64), events=self.events.take(kept))

    @property
    def blank(self) -> Histories:
        """The same users at the same moments, as if nothing were known of what they did."""
        start = np.zeros(len(self) + 1, np.int64)
        return replace(self, start=start, events=self.events.take(slice(0, 0)), now=self.moment)

    @property
    def row(self) -> np.ndarray:
        """(events,): the row each event belongs to."""
        if len(self) == 1:
            return np.zeros(len(self.events), np.int64)
        return np.repeat(np.arange(len(self)), np.diff(self.start))

    @cached_property
    def moment(self) -> np.ndarray:
        """(n,): `now`, or where none was given the time of the last event (0 without events)."""
        return np.where(self.now == NO_TIME, self.last, self.now)

    @cached_property
    def last(self) -> np.ndarray:
        """(n,) int64: the time of the last event, 0 without events."""
        last = np.zeros(len(self), np.int64)
        some = self.start[1:] > self.start[:-1]
        last[some] = self.events.time[self.start[1:][some] - 1]
        return last

    def seen(self, items: int) -> tuple[np.ndarray, np.ndarray]:
        """Rows and codes, (n,) each, of all items in the histories, repetitions included.

        Args:
            items: Size of the catalogue; events of items beyond it are left out.
        """
        row, item = self.row, self.events.item
        known = (item >= 0) & (item < items)
        return (row, item) if known.all() else (row[known], item[known])

    def weights(self, items: int, tau: float | None = None) -> sp.csr_array:
        """(n, items) float32: how much each item of a history counts.

        An event counts exp(-position from the end / tau) times its own weight, and an item that
        comes more than once as much as its newest event. Events further back than 12 tau count
        less than a hundred-thousandth and are left out, so that a history of any length is
        answered in the same time.

        Args:
            items: Size of the catalogue; events of items beyond it are left out.
            tau: How fast the past fades, in events; None: not at all.
        """
        depth = None if tau is None else int(np.ceil(12 * tau))
        found = recency(self, items, depth)
        return found.table(found.fading(tau), items)


def _contexts(histories: Sequence[History]) -> np.ndarray:
    """(n, contexts) int16 of single histories, as wide as the one with most contexts."""
    found = np.full((len(histories), max(len(one.context) for one in histories)), -1, np.int16)
    for row, one in enumerate(histories):
        found[row, : len(one.context)] = one.context
    return found
