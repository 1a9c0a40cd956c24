"""Three ways to divide interactions: by time, by user, at random."""

import numpy as np
import pandas as pd

from lab_kit.prepare.split.parts import Split, divide, require_events
from lab_kit.prepare.split.rules import least_events, moment_wanted, newest, whole


def by_time(
    interactions: pd.DataFrame,
    *,
    cutoff: str | pd.Timestamp | None = None,
    share: float | None = None,
) -> Split:
    """Learn from what was before a moment; test on that moment and what came after.

    It asks what a model would have been worth, had it been put to work at that moment.

    Args:
        interactions: Events with `user_id`, `item_id`, `timestamp`.
        cutoff: The moment; in UTC where it names no zone.
        share: Instead of a moment, the part of the events to learn from, between 0 and 1. Events
            of one moment are never parted, so the training part may be a little smaller.

    Raises:
        LabKitError: If not exactly one of `cutoff` and `share` is given, a column or a value is
            missing, or one of the parts would be empty.
    """
    require_events(interactions)
    times = interactions["timestamp"]
    moment = moment_wanted(times.dt.tz_localize(None).to_numpy(), cutoff, share)
    past = (times < moment).to_numpy()
    return divide(interactions, past, f"by time, before {moment:%Y-%m-%d %H:%M:%S} UTC")


def by_user(interactions: pd.DataFrame, *, share: float = 0.9) -> Split:
    """Learn from each user's oldest events; test on the newest.

    Of a user's n events the newest floor(n (1 - share)) are tested, so that with 0.9 a user needs
    ten events to be tested at all; with fewer, all are learnt from. Of events at one moment, the
    row that stands later counts as newer.

    It asks what each user does next. The training part then holds events of one user from after
    the test events of another; `check_leakage` counts them.

    Args:
        interactions: Events with `user_id`, `item_id`, `timestamp`.
        share: The part of each user's events to learn from, between 0 and 1; taken as the nearest
            fraction with a denominator up to 1,000, since 0.9 is not exactly nine tenths.

    Raises:
        LabKitError: If the share is out of range, a column or a value is missing, or nobody has
            events enough to be tested.
    """
    require_events(interactions)
    user = pd.factorize(interactions["user_id"])[0]
    events = np.bincount(user)
    tested = newest(events, share)
    in_train = _rank_from_newest(interactions["timestamp"], user, events) >= tested[user]
    untested, needed = int((tested == 0).sum()), least_events(share)
    note = f"{untested:,} of {len(events):,} users have fewer than {needed} events and no test."
    return divide(
        interactions,
        in_train,
        f"by user, the oldest {share:.0%} of each to learn from",
        (note,) if untested else (),
    )


def random(interactions: pd.DataFrame, *, share: float = 0.9, seed: int) -> Split:
    """Learn from events drawn at random; test on the rest.

    It asks nothing a shop would ask: the training part knows the future of every user. It is
    here to be compared with the honest ways.

    Args:
        interactions: Events with `user_id`, `item_id`, `timestamp`.
        share: The part of the events to learn from, between 0 and 1, rounded down to whole events.
        seed: The same seed draws the same events.

    Raises:
        LabKitError: If the share is out of range, a column or a value is missing, or one of the
            parts would be empty.
    """
    require_events(interactions)
    rows = len(interactions)
    drawn = np.random.default_rng(seed).permutation(rows)[: whole(rows, share)]
    in_train = np.zeros(rows, bool)
    in_train[drawn] = True
    return divide(
        interactions,
        in_train,
        f"at random, {share:.0%} to learn from",
        ("Drawn at random, the training part knows what users did after their test events.",),
    )


def _rank_from_newest(times: pd.Series, user: np.ndarray, events: np.ndarray) -> np.ndarray:
    """For each row how many events of its user are newer (shape (rows,))."""
    order = np.lexsort((times.to_numpy(), user))  # stable: at one moment, the earlier row first
    end = np.cumsum(events)
    rank = np.empty(len(times), np.int64)
    rank[order] = end[user[order]] - 1 - np.arange(len(times))
    return rank
