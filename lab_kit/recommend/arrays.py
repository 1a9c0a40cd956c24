"""Events given as arrays of codes, brought into the order of `Interactions` in little memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
import scipy.sparse as sp

from lab_kit.errors import LabKitError
from lab_kit.recommend.events import Events
from lab_kit.recommend.ids import Ids, require_text

PARTS = 16
"""Events are sorted in so many parts of about the same size, so that only one part is in memory
twice."""


def ids_of(values: Sequence[str] | np.ndarray, name: str) -> Ids:
    """Ids in the order given, which is that of their codes.

    Raises:
        LabKitError: If one is not text, or stands twice.
    """
    column = pd.Series(np.asarray(values, dtype=object), name=name)
    require_text(column)
    twice = column[column.duplicated()]
    if len(twice):
        raise LabKitError(
            f"{len(twice):,} ids stand more than once, such as {twice.iloc[0]!r}",
            where=name,
            next_step="give each id once, in the order of the codes",
        )
    return Ids(column.to_numpy())


def events_of(
    user: np.ndarray,
    item: np.ndarray,
    time: np.ndarray,
    weight: np.ndarray | None,
    users: int,
    items: int,
) -> tuple[np.ndarray, Events]:
    """Where the events of each user begin, (users + 1,) int64, and all events by user and time.

    Events of one user at one moment keep their order. A column that says the same of every event
    takes no memory.

    Args:
        user: (events,), codes from 0 to users - 1.
        item: (events,), codes from 0 to items - 1.
        time: (events,), whole milliseconds since 1970 in UTC.
        weight: (events,), above 0; None: 1.
        users: How many there are.
        items: How many there are.

    Raises:
        LabKitError: If an array has another length or kind, a code is none, or a weight is not a
            number above 0.
    """
    _require_whole(user, "user", len(user), users)
    _require_whole(item, "item", len(user), items)
    _require_whole(time, "time", len(user), None)
    if weight is not None:
        _require_weights(weight, len(user))
    start = np.concatenate([[0], np.cumsum(np.bincount(user, minlength=users))]).astype(np.int64)
    given = {"item": (item, np.int32), "time": (time, np.int64), "weight": (weight, np.float32)}
    filled = {
        name: np.empty(len(user), dtype)
        for name, (column, dtype) in given.items()
        if column is not None
    }
    for part, rows in _in_order(user, time, start):
        for name, column in filled.items():
            column[part] = given[name][0][rows]  # type: ignore[index]
    return start, Events(
        filled["item"],
        filled["time"],
        _same(-1, np.int16, len(user)),
        _same(np.nan, np.float32, len(user)),
        filled.get("weight", _same(1, np.float32, len(user))),
        np.empty((len(user), 0), np.int16),
    )


def table_of(start: np.ndarray, events: Events, items: int) -> sp.csr_array:
    """(users, items) float32: sum of the weights of a user's events with an item.

    scipy gives indices the type of `start`: int64 would cost 4 bytes a pair more, and again as much
    where implicit, which wants int32, makes them anew.

    Args:
        start: (users + 1,), where the events of each user begin.
        events: All events, sorted by user.
        items: Size of the catalogue.
    """
    kind = sp.get_index_dtype(maxval=max(len(events), items))
    entries = (events.weight.copy(), events.item.astype(kind), start.astype(kind))
    table = sp.csr_array(entries, shape=(len(start) - 1, items))
    table.sum_duplicates()
    return table


def users_of(start: np.ndarray, events: Events, items: int) -> np.ndarray:
    """(items,): for how many different users an item had an event, whenever it was.

    It is `Interactions.popularity()` without putting events in the order of time.

    Args:
        start: As in `table_of`, and so the rest.
        events: All events, sorted by user.
        items: Size of the catalogue.
    """
    pairs = table_of(start, events, items).indices
    # numpy copies what it counts to int64, and so it is given a part at a time.
    users = np.zeros(items, np.int64)
    for part in np.array_split(pairs, 16):
        users += np.bincount(part, minlength=items)
    return users


def _in_order(
    user: np.ndarray, time: np.ndarray, start: np.ndarray
) -> Iterator[tuple[slice, np.ndarray]]:
    """Some users after another: which places their events fill, and where these come from."""
    goals = np.linspace(0, start[-1], PARTS + 1)
    bounds = np.unique([*np.searchsorted(start, goals), len(start) - 1])
    for first, last in pairwise(bounds):
        rows = np.flatnonzero((user >= first) & (user < last))
        rows = rows[np.lexsort((time[rows], user[rows]))]
        yield slice(int(start[first]), int(start[last])), rows


def _same(value: float, dtype: type, length: int) -> np.ndarray:
    """The same value everywhere, in the memory of one; it cannot be written to."""
    return np.broadcast_to(np.array(value, dtype), length)


def _require_whole(column: np.ndarray, name: str, length: int, below: int | None) -> None:
    if column.shape != (length,) or column.dtype.kind not in "iu":
        raise LabKitError(
            f"There are {column.shape} values of kind {column.dtype} for {length:,} events",
            where=name,
            next_step="give one whole number an event",
        )
    if below is not None and length and not (column.min() >= 0 and column.max() < below):
        raise LabKitError(
            f"Codes go from {column.min():,} to {column.max():,}, and there are {below:,} ids",
            where=name,
            next_step="give the place of each event's id among the ids, counted from 0",
        )


def _require_weights(weight: np.ndarray, length: int) -> None:
    if weight.shape != (length,) or not (np.isfinite(weight) & (weight > 0)).all():
        raise LabKitError(
            f"There are {weight.shape} weights for {length:,} events, or one is no number above 0",
            where="weight",
            next_step="give weights above 0, and leave out events that shall not count",
        )
