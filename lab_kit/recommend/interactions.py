"""Users, items and what passed between them, as sorted arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse as sp

from lab_kit.recommend.arrays import events_of, ids_of, table_of
from lab_kit.recommend.attributes import Attributes
from lab_kit.recommend.events import NONE, Events, places
from lab_kit.recommend.histories import NO_TIME, Histories, History
from lab_kit.recommend.ids import UNKNOWN, Ids, require_id, require_text
from lab_kit.recommend.reading import read_event, read_events, require_contexts, require_events
from lab_kit.recommend.recency import VISIT_GAP

HOUR = 3_600_000
"""Milliseconds."""
DAY = 24 * HOUR
"""Milliseconds."""


class Interactions:
    """An immutable view of who did what and when.

    Events are sorted by user and time; events of one user at one moment keep their order. What is
    added later (`append`) lies beside the sorted arrays until something needs them whole.

    Args:
        users: Ids of the users.
        items: Ids of the items, those without events included.
        start: (users + 1,), where the events of each user begin.
        events: All events, sorted by user and time.
        event_types: The names `events.kind` points at.
        contexts: Names of the circumstances of events, such as "device", in the order of the
            columns of `events.context`, each with the values the codes there point at.
        user_attributes: What is known of the users, or None.
        item_attributes: What is known of the items, or None.
        later: Whole histories of users that were appended to, by code.
    """

    def __init__(
        self,
        users: Ids,
        items: Ids,
        start: np.ndarray,
        events: Events,
        event_types: tuple[str, ...] = (),
        *,
        contexts: Mapping[str, tuple[str, ...]] | None = None,
        user_attributes: Attributes | None = None,
        item_attributes: Attributes | None = None,
        later: Mapping[int, Events] | None = None,
    ) -> None:
        self.users, self.items, self.event_types = users, items, event_types
        self.contexts = dict(contexts or {})
        self.user_attributes, self.item_attributes = user_attributes, item_attributes
        self._start, self._events = start, events
        self._later = later or {}

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame,
        *,
        users: pd.DataFrame | None = None,
        items: pd.DataFrame | None = None,
        weights: Mapping[str, float] | None = None,
        contexts: Sequence[str] = (),
    ) -> Interactions:
        """Build the view in one pass.

        Args:
            frame: One row an event: `user_id`, `item_id` (text), `timestamp` (UTC) and, where
                known, `event_type`, `event_value` and `weight` (above 0; 1 where there is none).
            users: One row a user: `user_id` and attributes. Users without events belong to it.
            items: One row an item: `item_id` and attributes. Items without events belong to it.
            weights: How much an event of each type counts, above 0; types not named count 1.
            contexts: Columns of `frame` that say under which circumstances an event happened and
                are known again when an answer is wanted, such as "device"; read as text.

        Raises:
            LabKitError: If a column or a value is missing, an id is not text, a weight is not a
                number above 0, or a context has more than 1,000 different values.
        """
        require_events(frame)
        require_contexts(frame, contexts)
        known_users = Ids.of(*[t["user_id"] for t in (frame, users) if t is not None])
        known_items = Ids.of(*[t["item_id"] for t in (frame, items) if t is not None])
        user = known_users.codes(frame["user_id"])
        read, types, values = read_events(
            frame, known_items, weights, contexts=dict.fromkeys(contexts, ())
        )
        order = np.lexsort((read.time, user))
        start = np.concatenate([[0], np.cumsum(np.bincount(user, minlength=len(known_users)))])
        return cls(
            known_users,
            known_items,
            start.astype(np.int64),
            read.take(order),
            types,
            contexts=values,
            user_attributes=None
            if users is None
            else Attributes.from_frame(users, "user_id", known_users),
            item_attributes=None
            if items is None
            else Attributes.from_frame(items, "item_id", known_items),
        )

    @classmethod
    def from_arrays(
        cls,
        users: Sequence[str] | np.ndarray,
        items: Sequence[str] | np.ndarray,
        user: np.ndarray,
        item: np.ndarray,
        time: np.ndarray,
        *,
        weight: np.ndarray | None = None,
    ) -> Interactions:
        """Build the view from codes, where a frame with an id of text in every row is too large.

        It takes 12 bytes an event (16 with weights), and little more while it is built.

        Args:
            users: Distinct ids, in the order of their codes.
            items: The same of the items. Where two score the same the smaller code comes first:
                an order that follows popularity would favour popular items.
            user: (events,), the code of each event's user.
            item: (events,), the code of each event's item.
            time: (events,), whole milliseconds since 1970 in UTC.
            weight: (events,), above 0; None: 1.

        Raises:
            LabKitError: If an id is not text or stands twice, an array has another length or kind,
                a code has no id, or a weight is not a number above 0.
        """
        known_users, known_items = ids_of(users, "users"), ids_of(items, "items")
        found = events_of(user, item, time, weight, len(known_users), len(known_items))
        return cls(known_users, known_items, *found)

    def __len__(self) -> int:
        old = self._start
        more = sum(
            len(events) - (int(old[user + 1] - old[user]) if user + 1 < len(old) else 0)
            for user, events in self._later.items()
        )
        return len(self._events) + more

    def __repr__(self) -> str:
        return (
            f"Interactions({len(self):,} events of {len(self.users):,} users "
            f"with {len(self.items):,} items)"
        )

    # ---- histories

    def history(self, user: str) -> History:
        """What a user did; empty for a user who is not known."""
        code = self.users.code(user)
        if code == UNKNOWN:
            return History()
        return History(self._of(code), code)

    def histories(self, users: Sequence[str] | np.ndarray | None = None) -> Histories:
        """Histories of some users (ids, or an array of codes), or of all."""
        if users is None:
            codes = np.arange(len(self.users))
        elif isinstance(users, np.ndarray) and users.dtype.kind == "i":
            codes = users
        else:
            codes = self.users.codes(users)
        codes = codes.astype(np.int32)
        now = np.full(len(codes), NO_TIME)
        context = np.full((len(codes), len(self.contexts)), -1, np.int16)
        if self._later or (codes < 0).any():
            if not len(codes):
                return Histories(np.zeros(1, np.int64), NONE, codes, now, context)
            empty = History()
            return Histories.of(
                [History(self._of(int(c)), int(c)) if c >= 0 else empty for c in codes]
            )
        place, start = places(self._start, codes)
        return Histories(start, self._events.take(place), codes, now, context)

    def _of(self, user: int) -> Events:
        if user in self._later:
            return self._later[user]
        if user + 1 >= len(self._start):
            return NONE
        return self._events.take(slice(int(self._start[user]), int(self._start[user + 1])))

    # ---- the arrays as a whole

    @cached_property
    def _whole(self) -> tuple[np.ndarray, Events]:
        if not self._later and len(self._start) == len(self.users) + 1:
            return self._start, self._events
        parts = [self._of(user) for user in range(len(self.users))]
        start = np.concatenate([[0], np.cumsum([len(part) for part in parts])])
        return start.astype(np.int64), Events.joined(parts)

    @property
    def start(self) -> np.ndarray:
        """(users + 1,), where the events of each user begin in `events`."""
        return self._whole[0]

    @property
    def events(self) -> Events:
        """All events, sorted by user and time."""
        return self._whole[1]

    @property
    def user(self) -> np.ndarray:
        """(events,) int32: code of the user of each event."""
        return np.repeat(np.arange(len(self.users), dtype=np.int32), np.diff(self.start))

    @property
    def latest(self) -> int:
        """Time of the newest event, milliseconds since 1970; 0 without events."""
        return int(self.events.time.max(initial=0))

    def matrix(self) -> sp.csr_array:
        """(users, items) float32: sum of the weights of a user's events with an item."""
        return table_of(self.start, self.events, len(self.items))

    @property
    def relative_weight(self) -> np.ndarray:
        """(events,) float32 in (0, 1]: weights as parts of the largest."""
        return self.events.weight / self.events.weight.max(initial=np.float32(1e-30))

    def strength(self) -> sp.csr_array:
        """(users, items) float32 in (0, 1]: the largest relative weight of a pair's events."""
        items = len(self.items)
        pair = self.user.astype(np.int64) * items + self.events.item
        weight = self.relative_weight
        order = np.lexsort((-weight, pair))
        pair, first = np.unique(pair[order], return_index=True)
        row, item = np.divmod(pair, items)
        start = np.searchsorted(row, np.arange(len(self.users) + 1))
        shape = (len(self.users), items)
        return sp.csr_array((weight[order][first], item.astype(np.int32), start), shape=shape)

    def visits(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Visits in the order of users and time; one ends with a pause of more than two hours.

        Returns:
            (events,) int64, the visit of each event; (visits,) int64, when each begins, in
            milliseconds; and (users + 1,) int64, where the visits of each user begin.
        """
        user, time = self.user, self.events.time
        new = np.diff(user, prepend=-1) > 0
        new[1:] |= np.diff(time) > VISIT_GAP
        of_user = np.searchsorted(user[new], np.arange(len(self.users) + 1))
        return np.cumsum(new) - 1, time[new], of_user

    def of_visits(self) -> Interactions:
        """The same events, each visit a user of its own, without attributes."""
        visit, begin, _ = self.visits()
        start = np.searchsorted(visit, np.arange(len(begin) + 1))
        ids = Ids(np.arange(len(begin)).astype("U").astype(object))
        return Interactions(ids, self.items, start, self.events, self.event_types)

    def popularity(
        self, *, now: int | None = None, window: int | None = None, half_life: int | None = None
    ) -> np.ndarray:
        """(items,) float64: for how many different users an item had an event.

        Args:
            now: Count only what came before this moment (milliseconds); None: everything.
            window: Count only the last so many milliseconds before `now`.
            half_life: A user counts half when their last event with the item is so long ago.
        """
        now = self.latest + 1 if now is None else now
        events, user = self.events, self.user
        past = events.time < now
        if window is not None:
            past &= events.time >= now - window
        item, user, time = events.item[past], user[past], events.time[past]
        pair = user.astype(np.int64) * len(self.items) + item
        order = np.lexsort((-time, pair))
        _, first = np.unique(pair[order], return_index=True)
        newest = order[first]
        age = now - time[newest]
        worth = np.ones(len(newest)) if half_life is None else 0.5 ** (age / half_life)
        return np.bincount(item[newest], worth, minlength=len(self.items))

    # ---- other views

    def append(
        self, frame: pd.DataFrame, *, weights: Mapping[str, float] | None = None
    ) -> Interactions:
        """These interactions and some more; the time it takes grows with what is added.

        Args:
            frame: As in `from_frame`; new users, items and event types are taken in.
            weights: As in `from_frame`.

        Raises:
            LabKitError: As in `from_frame`.
        """
        require_events(frame)
        require_text(frame["user_id"])
        require_text(frame["item_id"])
        users = self.users.with_new(frame["user_id"])
        items = self.items.with_new(frame["item_id"])
        new, types, contexts = read_events(frame, items, weights, self.event_types, self.contexts)
        return self._longer(users, items, users.codes(frame["user_id"]), new, types, contexts)

    def append_event(
        self,
        user: str,
        item: str,
        time: int,
        *,
        event_type: str | None = None,
        value: float | None = None,
        weight: float = 1.0,
        context: Mapping[str, str] | None = None,
    ) -> Interactions:
        """These interactions and one event, in a tenth of the time `append` takes.

        Args:
            user: Its id; taken in where it is new.
            item: Its id; taken in where it is new.
            time: Milliseconds since 1970 in UTC.
            event_type: What happened; taken in where it is new.
            value: Such as the price, where there is one.
            weight: How much the event counts, above 0.
            context: The circumstances, such as {"device": "android"}.

        Raises:
            LabKitError: If an id is not text, the weight is not a number above 0, or the
                interactions have no such context.
        """
        require_id(user, "user")
        require_id(item, "item")
        users, who = self.users.with_code(user)
        items, what = self.items.with_code(item)
        new, types, contexts = read_event(
            what,
            time,
            event_type,
            value,
            weight,
            context or {},
            self.event_types,
            self.contexts,
        )
        return self._longer(users, items, np.array([who]), new, types, contexts)

    def _longer(
        self,
        users: Ids,
        items: Ids,
        user: np.ndarray,
        new: Events,
        types: tuple[str, ...],
        contexts: dict[str, tuple[str, ...]],
    ) -> Interactions:
        later = dict(self._later)
        for code in dict.fromkeys(user.tolist()):
            known = self._of(code)
            both = Events.joined([known, new if len(new) == 1 else new.take(user == code)])
            time = both.time[max(0, len(known) - 1) :]
            if (time[1:] < time[:-1]).any():
                both = both.take(np.argsort(both.time, kind="stable"))
            later[code] = both
        return Interactions(
            users,
            items,
            self._start,
            self._events,
            types,
            contexts=contexts,
            user_attributes=_grown(self.user_attributes, users),
            item_attributes=_grown(self.item_attributes, items),
            later=later,
        )

    def where(self, kept: np.ndarray) -> Interactions:
        """Some events; users and items, and their codes, stay.

        Args:
            kept: A mask (bool, (events,)), or places in an order that keeps each user together and
                the users in theirs.
        """
        user = self.user[kept]
        start = np.concatenate([[0], np.cumsum(np.bincount(user, minlength=len(self.users)))])
        return Interactions(
            self.users,
            self.items,
            start.astype(np.int64),
            self.events.take(kept),
            self.event_types,
            contexts=self.contexts,
            user_attributes=self.user_attributes,
            item_attributes=self.item_attributes,
        )

    def of_users(self, codes: np.ndarray) -> Interactions:
        """The events of some users; all users, and their codes, stay."""
        chosen = np.zeros(len(self.users), bool)
        chosen[codes] = True
        return self.where(chosen[self.user])

    def some_users(self, events: int, seed: int) -> Interactions:
        """The events of users drawn until there are so many; of all users where there are not."""
        if len(self) <= events:
            return self
        order = np.random.default_rng(seed).permutation(len(self.users))
        total = np.cumsum(np.diff(self.start)[order])
        return self.of_users(order[: int(np.searchsorted(total, events)) + 1])

    def before(self, moment: int) -> Interactions:
        """The events before a moment (milliseconds since 1970)."""
        return self.where(self.events.time < moment)

    # ---- on disk

    def save(self, path: Path) -> None:
        """Write everything but the attributes to one npz file."""
        columns = {f"event_{n}": column for n, column in enumerate(self.events.columns())}
        for n, values in enumerate(self.contexts.values()):
            columns[f"context_{n}"] = np.array(values, dtype="U")
        np.savez(
            path,
            users=self.users.values.astype("U"),
            items=self.items.values.astype("U"),
            types=np.array(self.event_types, dtype="U"),
            contexts=np.array(list(self.contexts), dtype="U"),
            start=self.start,
            **columns,  # type: ignore[arg-type]
        )

    @classmethod
    def load(cls, path: Path) -> Interactions:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as file:
            columns = [file[f"event_{n}"] for n in range(len(fields(Events)))]
            contexts = {
                name: tuple(file[f"context_{n}"].tolist())
                for n, name in enumerate(file["contexts"].tolist())
            }
            return cls(
                Ids(file["users"].astype(object)),
                Ids(file["items"].astype(object)),
                file["start"],
                Events(*columns),
                tuple(file["types"].tolist()),
                contexts=contexts,
            )


def _grown(attributes: Attributes | None, ids: Ids) -> Attributes | None:
    return None if attributes is None else attributes.grown(len(ids))
