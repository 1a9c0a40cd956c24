"""Events of one user at one moment, whose order nobody knows."""

from zlib import crc32

import numpy as np

from lab_kit.recommend.interactions import Interactions


def at_one_moment(interactions: Interactions) -> np.ndarray:
    """(events,) bool: the events whose user has another event at the same moment."""
    user, time = interactions.user, interactions.events.time
    same = (user[1:] == user[:-1]) & (time[1:] == time[:-1])
    edge = np.concatenate([[False], same, [False]])
    return (edge[1:] | edge[:-1])[: len(time)]


def in_random_order(interactions: Interactions, seed: int) -> Interactions:
    """The same interactions; events of one user at one moment follow each other as drawn.

    A basket bought at one minute stands in a file by article number, by price, or as it was typed
    in. Where the newest event is to be found, that order tells which one it is, and a model of
    sequences learns the file instead of the users.

    Args:
        interactions: Everything known.
        seed: Draws the orders.
    """
    tied = np.flatnonzero(at_one_moment(interactions))
    user, time, item = interactions.user, interactions.events.time, interactions.events.item
    # Drawn by the order at hand too: the same swaps made twice would bring the file's order back.
    drawn = np.random.default_rng([seed, crc32(item[tied].tobytes())]).random(len(tied))
    order = np.arange(len(time))
    order[tied] = tied[np.lexsort((drawn, time[tied], user[tied]))]
    return interactions.where(order) if len(tied) else interactions
