"""Users whose next items are known: what a blend is weighted on.

Two questions, because their answers differ: what somebody does next on a visit under way, and what
they do when they come back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lab_kit.recommend.histories import Histories
from lab_kit.recommend.interactions import Interactions

LEAST_EVENTS = 10
"""Of fewer events nine tenths and one tenth cannot be told apart."""


@dataclass(frozen=True, eq=False)
class HeldOut:
    """What to fit on, the histories to answer for, and what is to be found."""

    train: Interactions
    histories: Histories
    relevant: np.ndarray
    """(n, items) bool; every row has at least one."""


def visit(interactions: Interactions, users: int, repeats: bool, seed: int) -> HeldOut | None:
    """Users nobody fitted on: the oldest nine tenths of their events, then the newest tenth.

    Args:
        interactions: Everything known.
        users: How many at most; never more than a third of all.
        repeats: Whether an item of the history may be found again.
        seed: Draws them.

    Returns:
        None where nobody has ten events or nothing would be left to fit on.
    """
    length = np.diff(interactions.start)
    able = np.flatnonzero(length >= LEAST_EVENTS)
    number = min(users, int((length > 0).sum()) // 3)
    drawn = np.sort(np.random.default_rng(seed).permutation(able)[:number])
    if not len(drawn):
        return None
    train = interactions.of_users(np.setdiff1d(np.arange(len(length)), drawn))
    all_of_them = interactions.histories(drawn)
    size = np.diff(all_of_them.start)
    place = np.arange(len(all_of_them.events)) - np.repeat(all_of_them.start[:-1], size)
    past = place < np.repeat(size - size // 10, size)
    start = np.concatenate([[0], np.cumsum(size - size // 10)])
    histories = replace(all_of_them, start=start, events=all_of_them.events.take(past))
    found = all_of_them.row[~past], all_of_them.events.item[~past]
    return _asked(train, histories, found, repeats)


def come_back(interactions: Interactions, users: int, repeats: bool, seed: int) -> HeldOut | None:
    """Everything before the newest tenth of all events; then what known users did.

    Args:
        interactions: Everything known.
        users: How many at most.
        repeats: Whether an item of the history may be found again.
        seed: Draws them.

    Returns:
        None where no known user came back.
    """
    time = interactions.events.time
    cut = int(np.partition(time, int(0.9 * len(time)))[int(0.9 * len(time))])
    train, future = interactions.before(cut), interactions.where(time >= cut)
    able = np.flatnonzero((np.diff(train.start) > 0) & (np.diff(future.start) > 0))
    drawn = np.sort(np.random.default_rng(seed).permutation(able)[:users])
    if not len(drawn):
        return None
    histories = train.histories(drawn)
    histories = replace(histories, now=np.full(len(drawn), cut))
    after = future.histories(drawn)
    return _asked(train, histories, (after.row, after.events.item), repeats)


def _asked(
    train: Interactions,
    histories: Histories,
    found: tuple[np.ndarray, np.ndarray],
    repeats: bool,
) -> HeldOut | None:
    relevant = np.zeros((len(histories), len(train.items)), bool)
    relevant[found] = True
    if not repeats:
        relevant[histories.seen(len(train.items))] = False
    asked = np.flatnonzero(relevant.any(axis=1))
    if not len(asked) or not len(train):
        return None
    return HeldOut(train, histories.take(asked), relevant[asked])
