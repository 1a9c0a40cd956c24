"""Occasions on which a user had to do with an action, and whether they took it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lab_kit.errors import LabKitError
from lab_kit.recommend.ids import Ids
from lab_kit.recommend.interactions import Interactions

KINDS = ("TAKEN", "NOT_TAKEN", "VIEWED")


def read_log(frame: pd.DataFrame, actions: Ids) -> Interactions:
    """Interactions whose items are the actions, with the actions' codes.

    Args:
        frame: As in `checked`.
        actions: All of them.

    Raises:
        LabKitError: As in `checked`.
    """
    items = pd.DataFrame({"item_id": actions.values.astype(str)})
    return Interactions.from_frame(checked(frame, actions), items=items)


def checked(frame: pd.DataFrame, actions: Ids) -> pd.DataFrame:
    """Events with actions, as events with items.

    Args:
        frame: One row an event: `user_id`, `action_id` (text), `timestamp` (UTC) and `event_type`:
            TAKEN, NOT_TAKEN or VIEWED, in any case, with a space or an underscore.
        actions: All of them.

    Raises:
        LabKitError: If a column is missing, an action is unknown, or a type is none of the three.
    """
    lost = [name for name in ("action_id", "event_type") if name not in frame]
    if lost:
        raise LabKitError(
            f"Columns are missing: {', '.join(lost)}",
            where=f"columns {', '.join(map(str, frame.columns))}",
            next_step="rename the columns to user_id, action_id, timestamp and event_type",
        )
    actions.known(frame["action_id"].unique(), "actions")
    kinds = frame["event_type"].astype("str").str.upper().str.replace(" ", "_")
    wrong = ~kinds.isin(KINDS)
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        raise LabKitError(
            f"event_type is {frame['event_type'].iloc[row]!r}, and has to be one of "
            f"{', '.join(KINDS)}",
            where=f"row {row}",
            next_step="leave events of other types out",
        )
    return frame.rename(columns={"action_id": "item_id"}).assign(event_type=kinds)


@dataclass(frozen=True, eq=False)
class Episodes:
    """Occasions, one entry each, by user, action and time."""

    user: np.ndarray
    """int32, code of the user in the log."""
    action: np.ndarray
    """int32, code of the action."""
    time: np.ndarray
    """int64, milliseconds since 1970, of the first event."""
    taken: np.ndarray
    """bool: whether the user took the action within the period."""

    @classmethod
    def of(cls, log: Interactions, period: int) -> Episodes:
        """Read the occasions from a log.

        The first event of a user with an action begins an episode, and so does the first one a
        period or more after the last beginning. An episode in which the action was taken is a
        success, however often it had been shown before; what had not been taken when the log ended
        was not taken.

        Args:
            log: Events with actions.
            period: Milliseconds.
        """
        events, user = log.events, log.user
        order = np.lexsort((events.time, events.item, user))
        pair = user[order].astype(np.int64) * len(log.items) + events.item[order]
        time = events.time[order]
        number = _numbered(pair, time, period)
        first = np.flatnonzero(np.diff(number, prepend=-1))
        took = _kind(log, "TAKEN")[order]
        taken = np.bincount(number, took, minlength=len(first)) > 0
        chosen = order[first]
        return cls(user[chosen], events.item[chosen], time[first], taken)

    def __len__(self) -> int:
        return len(self.user)


def ready(log: Interactions, least: int, span: int) -> np.ndarray:
    """(actions,) bool: enough of both kinds near the end of the log to learn from.

    Args:
        log: Events with actions.
        least: Events that have to be TAKEN, and as many NOT_TAKEN or VIEWED.
        span: Only the last so many milliseconds of the log count.
    """
    events = log.events
    recent = events.time >= log.latest - span
    took = _kind(log, "TAKEN")
    counts = [
        np.bincount(events.item[recent & which], minlength=len(log.items))
        for which in (took, ~took)
    ]
    return (counts[0] >= least) & (counts[1] >= least)


def _kind(log: Interactions, name: str) -> np.ndarray:
    """(events,) bool."""
    places = [place for place, kind in enumerate(log.event_types) if kind == name]
    return np.isin(log.events.kind, places)


def _numbered(pair: np.ndarray, time: np.ndarray, period: int) -> np.ndarray:
    """(events,): the episode of each event, from 0 on; events sorted by pair and time."""
    number = np.cumsum(np.diff(pair, prepend=-1) != 0) - 1
    begin = time[np.flatnonzero(np.diff(number, prepend=-1))]
    # Each round cuts off, of every episode that is too long, what belongs to the next.
    while (late := time - begin[number] >= period).any():
        number = np.cumsum(np.diff(2 * number + late, prepend=-1) != 0) - 1
        begin = time[np.flatnonzero(np.diff(number, prepend=-1))]
    return number
