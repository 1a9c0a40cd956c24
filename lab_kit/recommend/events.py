"""Columns of events, sorted by user and time: the arrays under `Interactions` and histories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Events:
    """Six arrays of one length; one entry an event."""

    item: np.ndarray
    """int32, code of the item; -1 where a live event names an item that is not known."""
    time: np.ndarray
    """int64, milliseconds since 1970 in UTC."""
    kind: np.ndarray
    """int16, place in `Interactions.event_types`; -1 where an event has no type."""
    value: np.ndarray
    """float32, NaN where an event has no value."""
    weight: np.ndarray
    """float32, how much the event counts, above 0."""
    context: np.ndarray
    """(events, contexts) int16, places in the values of each of `Interactions.contexts`; -1 where
    it is not known."""

    def __len__(self) -> int:
        return len(self.item)

    def take(self, which: np.ndarray | slice) -> Events:
        """The events of a mask, of places, or of a slice."""
        return Events(*(column[which] for column in self.columns()))

    def columns(self) -> list[np.ndarray]:
        """The arrays, (events,) or (events, contexts), in the order of the fields."""
        return [self.item, self.time, self.kind, self.value, self.weight, self.context]

    @classmethod
    def joined(cls, parts: Sequence[Events]) -> Events:
        """Parts end to end; no part at all gives no events.

        A part that knows fewer contexts than another has -1 in the last ones.
        """
        if not parts:
            return NONE
        width = max(part.context.shape[1] for part in parts)
        columns = zip(*(part._wide(width) for part in parts), strict=True)
        return cls(*map(np.concatenate, columns))

    def _wide(self, width: int) -> list[np.ndarray]:
        *others, context = self.columns()
        if context.shape[1] < width:
            room = ((0, 0), (0, width - context.shape[1]))
            context = np.pad(context, room, constant_values=-1)
        return [*others, context]


NONE = Events(
    np.empty(0, np.int32),
    np.empty(0, np.int64),
    np.empty(0, np.int16),
    np.empty(0, np.float32),
    np.empty(0, np.float32),
    np.empty((0, 0), np.int16),
)
"""No events."""


def places(start: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where the entries of some rows of a CSR table lie.

    Args:
        start: (rows of the table + 1,), where each row begins.
        rows: The rows wanted, in any order.

    Returns:
        The places of their entries, row after row, and where each row begins among them (n + 1,).
    """
    return spans(start[rows], start[rows + 1])


def spans(first: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The whole numbers from each `first` up to, not including, its `last`.

    Returns:
        The numbers, span after span, and where each span begins among them (n + 1,).
    """
    length = last - first
    begin = np.zeros(len(length) + 1, np.int64)
    np.cumsum(length, out=begin[1:])
    return np.arange(begin[-1]) + np.repeat(first - begin[:-1], length), begin
