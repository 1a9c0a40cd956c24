"""What is known of users at a moment: nothing that happened later, or at that moment, counts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp

from lab_kit.recommend.events import Events
from lab_kit.recommend.interactions import DAY

WINDOWS = (7, 28)
"""Days in which events are counted, beside all of them."""
NEWEST = 50
"""The last so many events tell what a user likes."""
LONG_AGO = 365.0
"""Days since an event that never was."""


class Timeline:
    """Events of users in the order of time, and where a moment lies among them.

    Args:
        start: (users + 1,), where the events of each user begin.
        events: Events sorted by user and time.
    """

    def __init__(self, start: np.ndarray, events: Events) -> None:
        self.start, self.events = start, events
        self.times = np.unique(events.time)
        self.step = len(self.times) + 1
        user = np.repeat(np.arange(len(start) - 1), np.diff(start))
        self.key = user * self.step + np.searchsorted(self.times, events.time)

    def before(self, users: np.ndarray, moments: np.ndarray) -> np.ndarray:
        """(n,): where the events of a user before a moment end; 0 for users -1."""
        key = users.astype(np.int64) * self.step + np.searchsorted(self.times, moments)
        return np.where(users >= 0, np.searchsorted(self.key, key), 0)

    def begin(self, users: np.ndarray) -> np.ndarray:
        """(n,): where the events of a user begin; 0 for users -1."""
        return np.where(users >= 0, self.start[users], 0)


class Features:
    """Numbers that say what was known of a user at a moment.

    Args:
        names: Names of the attributes of users.
        attributes: (users, names) CSR.
        factors: (items, factors): the kinds of items.
        counted: Codes of the actions that are counted one by one.
        counted_names: Their ids.
        taken: The kind of the events in which an action is taken.
    """

    def __init__(
        self,
        names: Sequence[str],
        attributes: sp.csr_array,
        factors: np.ndarray,
        counted: np.ndarray,
        counted_names: Sequence[str],
        taken: int,
    ) -> None:
        self.attributes, self.factors = attributes, factors
        self.counted, self.taken = counted, taken
        self.names = [
            *names,
            "events ever",
            *(f"events in {days} days" for days in WINDOWS),
            "days since an event",
            *(f"taste {number + 1}" for number in range(factors.shape[1])),
            "actions taken",
            "actions left",
            "days since an action",
            *(f"{name} {what}" for name in counted_names for what in ("taken", "left")),
        ]

    def of(
        self,
        users: np.ndarray,
        moments: np.ndarray,
        items: tuple[Timeline, np.ndarray],
        actions: tuple[Timeline, np.ndarray],
    ) -> np.ndarray:
        """(n, names) float64.

        Args:
            users: (n,) codes by which attributes are found, -1 where none are.
            moments: (n,) milliseconds since 1970.
            items: Events with items, and the (n,) users in them, -1 where there are none.
            actions: Events with actions, and the (n,) users in them, -1 where there are none.
        """
        return np.hstack(
            [
                self._attributes(users),
                self._behaviour(*items, moments),
                self._past(*actions, moments),
            ]
        )

    def _attributes(self, users: np.ndarray) -> np.ndarray:
        found = np.zeros((len(users), self.attributes.shape[1]))
        known = np.flatnonzero((users >= 0) & (users < self.attributes.shape[0]))
        found[known] = self.attributes[users[known]].toarray()
        return found

    def _behaviour(self, timeline: Timeline, users: np.ndarray, moments: np.ndarray) -> np.ndarray:
        """How much a user did, how long ago, and with what kind of items."""
        begin, end = timeline.begin(users), timeline.before(users, moments)
        recent = [
            np.maximum(timeline.before(users, moments - days * DAY), begin) for days in WINDOWS
        ]
        counts = [np.log1p(end - first) for first in (begin, *recent)]
        mean = np.zeros((len(users), self.factors.shape[1]))
        for back in range(1, NEWEST + 1):
            there = np.flatnonzero(end - back >= begin)
            if not len(there):
                break
            item = timeline.events.item[end[there] - back]
            known = (item >= 0) & (item < len(self.factors))
            mean[there[known]] += self.factors[item[known]]
        mean /= np.clip(end - begin, 1, NEWEST)[:, None]
        return np.column_stack([*counts, _days_since(timeline, begin, end, moments), mean])

    def _past(self, timeline: Timeline, users: np.ndarray, moments: np.ndarray) -> np.ndarray:
        """What a user did with actions before."""
        begin, end = timeline.begin(users), timeline.before(users, moments)
        took = timeline.events.kind == self.taken
        columns = [
            np.log1p(_between(took, begin, end)),
            np.log1p(_between(~took, begin, end)),
            _days_since(timeline, begin, end, moments),
        ]
        for action in self.counted:
            own = timeline.events.item == action
            columns.append(np.log1p(_between(own & took, begin, end)))
            columns.append(np.log1p(_between(own & ~took, begin, end)))
        return np.column_stack(columns)


def _between(which: np.ndarray, begin: np.ndarray, end: np.ndarray) -> np.ndarray:
    """(n,): how many of the events from `begin` up to `end` are so."""
    total = np.concatenate([[0], np.cumsum(which)])
    return total[end] - total[begin]


def _days_since(
    timeline: Timeline, begin: np.ndarray, end: np.ndarray, moments: np.ndarray
) -> np.ndarray:
    """(n,): log(1 + days since the last event)."""
    days = np.full(len(begin), LONG_AGO)
    some = end > begin
    days[some] = (moments[some] - timeline.events.time[end[some] - 1]) / DAY
    return np.log1p(np.minimum(days, LONG_AGO))
