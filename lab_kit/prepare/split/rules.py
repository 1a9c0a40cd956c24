"""How many events are tested and where time is cut: one rule for frames and for arrays."""

from fractions import Fraction

import numpy as np
import pandas as pd

from lab_kit.errors import LabKitError


def fraction(share: float) -> Fraction:
    """The nearest fraction with a denominator up to 1,000, since 0.9 is not exactly nine tenths.

    Raises:
        LabKitError: If the share is not between 0 and 1.
    """
    if not 0 < share < 1:
        raise LabKitError(
            f"The share {share} is not between 0 and 1",
            next_step="write 0.9 for nine tenths to learn from",
        )
    return Fraction(share).limit_denominator(1_000)


def whole(events: int, share: float) -> int:
    """A share of the events, rounded down to whole ones."""
    part = fraction(share)
    return events * part.numerator // part.denominator


def newest(events: np.ndarray, share: float) -> np.ndarray:
    """Of a user's n events the newest floor(n (1 - share)) are tested.

    Args:
        events: (users,), how many each has.
        share: The part to learn from.
    """
    tested = 1 - fraction(share)
    return events * tested.numerator // tested.denominator


def least_events(share: float) -> int:
    """How many events a user needs to be tested at all: ten for 0.9."""
    tested = 1 - fraction(share)
    return -(-tested.denominator // tested.numerator)


def moment_of_share(times: np.ndarray, share: float) -> np.generic:
    """The moment before which a share of the events lies, or less where events share a moment.

    Args:
        times: (events,), of any type that can be sorted, and so the answer.
        share: The part of the events to learn from.

    Raises:
        LabKitError: If there are no events, or the share is not between 0 and 1.
    """
    if not len(times):
        raise LabKitError("There are no events to split", next_step="look at the steps before")
    place = whole(len(times), share)
    return np.partition(times, place)[place]


def moment(cutoff: str | pd.Timestamp) -> pd.Timestamp:
    """A cutoff as a time in UTC; where it names no zone, UTC is meant.

    Raises:
        LabKitError: If it is no moment.
    """
    try:
        found = pd.Timestamp(cutoff)
    except ValueError:
        raise LabKitError(
            f'"{cutoff}" is no moment', next_step='write it as "2026-05-01" or "2026-05-01 12:00"'
        ) from None
    return found.tz_localize("UTC") if found.tzinfo is None else found.tz_convert("UTC")


def moment_wanted(
    times: np.ndarray, cutoff: str | pd.Timestamp | None, share: float | None
) -> pd.Timestamp:
    """The moment a split by time is cut at, in UTC.

    Args:
        times: (events,) datetime64 in UTC.
        cutoff: The moment itself.
        share: Instead of it, the part of the events to learn from.

    Raises:
        LabKitError: If not exactly one of the two is given, or it makes no sense.
    """
    if (cutoff is None) == (share is None):
        raise LabKitError(
            "A split by time needs either a cutoff or a share",
            next_step='write by_time(interactions, cutoff="2026-05-01") or share=0.9',
        )
    if cutoff is not None:
        return moment(cutoff)
    return pd.Timestamp(moment_of_share(times, share), tz="UTC")  # type: ignore[arg-type]
