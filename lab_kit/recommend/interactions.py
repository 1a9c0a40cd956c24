"""Users, items and what passed between them, as sorted arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse as sp

from lab_kit.errors import LabKitError
from lab_kit.recommend.arrays import events_of, ids_of
from lab_kit.recommend.attributes import Attributes
from lab_kit.recommend.events import NONE, Events, places
from lab_kit.recommend.histories import NO_TIME, Histories, History
from lab_kit.recommend.ids import UNKNOWN, Ids

DAY = 86_400_000
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
        user_attributes: Attributes | None = None,
        item_attributes: Attributes | None = None,
        later: Mapping[int, Events] | None = None,
    ) -> None:
        self.users, self.items, self.event_types = users, items, event_types
        self.user_attributes, self.item_attributes = user_attributes, item_attributes
        self._start, self._events = start, events
        self._later = dict(later or {})

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame,
        *,
        users: pd.DataFrame | None = None,
        items: pd.DataFrame | None = None,
        weights: Mapping[str, float] | None = None,
    ) -> Interactions:
        """Build the view in one pass.

        Args:
            frame: One row an event: `user_id`, `item_id` (text), `timestamp` (UTC) and, where
                known, `event_type`, `event_value` and `weight` (above 0; 1 where there is none).
            users: One row a user: `user_id` and attributes. Users without events belong to it.
            items: One row an item: `item_id` and attributes. Items without events belong to it.
            weights: How much an event of each type counts, above 0; types not named count 1.

        Raises:
            LabKitError: If a column or a value is missing, an id is not text, or a weight is not a
                number above 0.
        """
        _require(frame)
        known_users = Ids.of(*[t["user_id"] for t in (frame, users) if t is not None])
        known_items = Ids.of(*[t["item_id"] for t in (frame, items) if t is not None])
        user, item = known_users.codes(frame["user_id"]), known_items.codes(frame["item_id"])
        time = milliseconds(frame["timestamp"])
        kind, types = _kinds(frame)
        weight = _weights(frame, kind, types, weights)
        # One stable sort of one whole number is a third faster than a sort by two columns.
        order = np.lexsort((time, user))
        start = np.concatenate([[0], np.cumsum(np.bincount(user, minlength=len(known_users)))])
        events = Events(item, time, kind, _values(frame), weight).take(order)
        return cls(
            known_users,
            known_items,
            start.astype(np.int64),
            events,
            types,
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
        now = np.full(len(codes), NO_TIME)
        if self._later or (codes < 0).any():
            empty = History()
            return (
                Histories.of(
                    [History(self._of(int(c)), int(c)) if c >= 0 else empty for c in codes]
                    or [empty]
                )
                if len(codes)
                else Histories(np.zeros(1, np.int64), NONE, codes.astype(np.int32), now)
            )
        place, start = places(self._start, codes)
        return Histories(start, self._events.take(place), codes.astype(np.int32), now)

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
        table = sp.csr_array(
            (self.events.weight, self.events.item, self.start),
            shape=(len(self.users), len(self.items)),
        )
        table = table.copy()
        table.sum_duplicates()
        return table

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
        _require(frame)
        Ids.of(frame["user_id"]), Ids.of(frame["item_id"])
        users = self.users.with_new(frame["user_id"])
        items = self.items.with_new(frame["item_id"])
        kind, types = _kinds(frame, self.event_types)
        new = Events(
            items.codes(frame["item_id"]),
            milliseconds(frame["timestamp"]),
            kind,
            _values(frame),
            _weights(frame, kind, types, weights),
        )
        user = users.codes(frame["user_id"])
        later = dict(self._later)
        for code in pd.unique(user):
            both = Events.joined([self._of(int(code)), new.take(user == code)])
            later[int(code)] = both.take(np.argsort(both.time, kind="stable"))
        return Interactions(
            users,
            items,
            self._start,
            self._events,
            types,
            user_attributes=self.user_attributes,
            item_attributes=self.item_attributes,
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
            user_attributes=self.user_attributes,
            item_attributes=self.item_attributes,
        )

    def of_users(self, codes: np.ndarray) -> Interactions:
        """The events of some users; all users, and their codes, stay."""
        chosen = np.zeros(len(self.users), bool)
        chosen[codes] = True
        return self.where(chosen[self.user])

    def before(self, moment: int) -> Interactions:
        """The events before a moment (milliseconds since 1970)."""
        return self.where(self.events.time < moment)

    # ---- on disk

    def save(self, path: Path) -> None:
        """Write everything but the attributes to one npz file."""
        columns = {f"event_{n}": column for n, column in enumerate(self.events.columns())}
        np.savez(
            path,
            users=self.users.values.astype("U"),
            items=self.items.values.astype("U"),
            types=np.array(self.event_types, dtype="U"),
            start=self.start,
            **columns,  # type: ignore[arg-type]
        )

    @classmethod
    def load(cls, path: Path) -> Interactions:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as file:
            columns = [file[f"event_{n}"] for n in range(5)]
            return cls(
                Ids(file["users"].astype(object)),
                Ids(file["items"].astype(object)),
                file["start"],
                Events(*columns),
                tuple(file["types"].tolist()),
            )


def milliseconds(times: pd.Series) -> np.ndarray:
    """int64 milliseconds since 1970 of UTC times."""
    return times.dt.tz_localize(None).astype("datetime64[ms]").to_numpy().view("int64")


def _require(frame: pd.DataFrame) -> None:
    lost = [name for name in ("user_id", "item_id", "timestamp") if name not in frame]
    if lost:
        raise LabKitError(
            f"Columns are missing: {', '.join(lost)}",
            where=f"columns {', '.join(map(str, frame.columns))}",
            next_step="rename the columns to user_id, item_id and timestamp",
        )
    dtype = frame["timestamp"].dtype
    if not (isinstance(dtype, pd.DatetimeTZDtype) and str(dtype.tz) == "UTC"):
        raise LabKitError(
            f'Column "timestamp" holds {dtype}, not times in UTC',
            next_step='write pd.to_datetime(frame["timestamp"], utc=True, unit="s")',
        )
    if frame["timestamp"].isna().any():
        raise LabKitError(
            f"{int(frame['timestamp'].isna().sum()):,} events have no time",
            where='column "timestamp"',
            next_step='write frame.dropna(subset=["timestamp"])',
        )


def _kinds(frame: pd.DataFrame, known: tuple[str, ...] = ()) -> tuple[np.ndarray, tuple[str, ...]]:
    if "event_type" not in frame:
        return np.full(len(frame), -1, np.int16), known
    codes, found = pd.factorize(frame["event_type"])
    types = tuple(dict.fromkeys([*known, *map(str, found)]))
    place = np.array([*(types.index(str(name)) for name in found), -1], np.int16)
    return place[codes], types


def _values(frame: pd.DataFrame) -> np.ndarray:
    if "event_value" not in frame:
        return np.full(len(frame), np.nan, np.float32)
    return frame["event_value"].to_numpy(np.float32, na_value=np.nan)


def _weights(
    frame: pd.DataFrame,
    kind: np.ndarray,
    types: tuple[str, ...],
    weights: Mapping[str, float] | None,
) -> np.ndarray:
    own = (
        frame["weight"].to_numpy(np.float32, na_value=np.nan)
        if "weight" in frame
        else np.ones(len(frame), np.float32)
    )
    of_type = np.array([*((weights or {}).get(name, 1.0) for name in types), 1.0], np.float32)
    weight = own * of_type[kind]
    wrong = ~(np.isfinite(weight) & (weight > 0))
    if wrong.any():
        row = int(wrong.argmax())
        raise LabKitError(
            f"{int(wrong.sum()):,} events have a weight that is no number above 0, "
            f"such as {weight[row]}",
            where=f"row {row}",
            next_step="give weights above 0, and leave out events that shall not count",
        )
    return weight
