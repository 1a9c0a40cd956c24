"""Three ways to divide interactions: by time, by user, at random."""

from fractions import Fraction

import numpy as np
import pandas as pd

from lab_kit.errors import LabKitError
from lab_kit.prepare.split.parts import Split, divide, require_events


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
    if cutoff is not None and share is None:
        moment = _moment(cutoff)
    elif share is not None and cutoff is None:
        moment = _moment_of_share(interactions["timestamp"], _fraction(share))
    else:
        raise LabKitError(
            "A split by time needs either a cutoff or a share",
            next_step='write by_time(interactions, cutoff="2026-05-01") or share=0.9',
        )
    past = (interactions["timestamp"] < moment).to_numpy()
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
    tested = 1 - _fraction(share)
    user = pd.factorize(interactions["user_id"])[0]
    events = np.bincount(user)
    newest = events * tested.numerator // tested.denominator
    in_train = _rank_from_newest(interactions["timestamp"], user, events) >= newest[user]
    untested = int((newest == 0).sum())
    needed = -(-tested.denominator // tested.numerator)
    note = f"{untested:,} of {len(events):,} users have fewer than {needed} events and no test."
    return divide(
        interactions,
        in_train,
        f"by user, the oldest {float(1 - tested):.0%} of each to learn from",
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
    drawn = np.random.default_rng(seed).permutation(rows)[: _whole(rows, _fraction(share))]
    in_train = np.zeros(rows, bool)
    in_train[drawn] = True
    return divide(
        interactions,
        in_train,
        f"at random, {share:.0%} to learn from",
        ("Drawn at random, the training part knows what users did after their test events.",),
    )


def _fraction(share: float) -> Fraction:
    if not 0 < share < 1:
        raise LabKitError(
            f"The share {share} is not between 0 and 1",
            next_step="write 0.9 for nine tenths to learn from",
        )
    return Fraction(share).limit_denominator(1_000)


def _whole(rows: int, share: Fraction) -> int:
    return rows * share.numerator // share.denominator


def _moment(cutoff: str | pd.Timestamp) -> pd.Timestamp:
    try:
        moment = pd.Timestamp(cutoff)
    except ValueError:
        raise LabKitError(
            f'"{cutoff}" is no moment', next_step='write it as "2026-05-01" or "2026-05-01 12:00"'
        ) from None
    return moment.tz_localize("UTC") if moment.tzinfo is None else moment.tz_convert("UTC")


def _moment_of_share(times: pd.Series, share: Fraction) -> pd.Timestamp:
    if times.empty:
        raise LabKitError("There are no events to split", next_step="look at the steps before")
    return times.sort_values().iloc[_whole(len(times), share)]


def _rank_from_newest(times: pd.Series, user: np.ndarray, events: np.ndarray) -> np.ndarray:
    """For each row how many events of its user are newer (shape (rows,))."""
    order = np.lexsort((times.to_numpy(), user))  # stable: at one moment, the earlier row first
    end = np.cumsum(events)
    rank = np.empty(len(times), np.int64)
    rank[order] = end[user[order]] - 1 - np.arange(len(times))
    return rank
