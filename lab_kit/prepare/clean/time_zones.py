"""What a clock on the wall showed, as a moment in UTC."""

import zoneinfo
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from lab_kit.errors import LabKitError
from lab_kit.prepare.columns import nearest

Repeated = Literal["report", "first", "second"]


@dataclass(frozen=True, eq=False)
class Moments:
    """Wall-clock times of one zone in UTC, each array of shape (rows,)."""

    utc: np.ndarray
    """datetime64[us] in UTC; NaT where the wall time was missing, skipped or left undecided."""
    skipped: np.ndarray
    """True where clocks jumped over this time: nobody can have seen it."""
    repeated: np.ndarray
    """True where clocks showed this time twice, and `repeated="report"` leaves it undecided."""


def to_utc(wall: np.ndarray, zone: str, *, repeated: Repeated = "report") -> Moments:
    """Find the moments at which clocks in a zone showed these times.

    When clocks go forward in spring, an hour does not exist; when they go back in autumn, an hour
    comes twice.

    Args:
        wall: What the clock showed (datetime64[us], shape (rows,)), NaT where missing.
        zone: A name of the IANA time zone database, such as "Asia/Seoul".
        repeated: Which of the two moments to take for a time that came twice; "report" for none.

    Raises:
        LabKitError: If there is no such zone.
    """
    require_zone(zone)
    shown = pd.Series(wall)
    early, late = (_localised(shown, zone, first) for first in (True, False))
    skipped = np.isnat(early) & ~np.isnat(wall)
    twice = ~np.isnat(early) & (early != late)
    if repeated == "report":
        utc = np.where(twice, np.datetime64("NaT", "us"), early)
        return Moments(utc, skipped, twice)
    return Moments(early if repeated == "first" else late, skipped, np.zeros(len(wall), bool))


def require_zone(zone: str) -> None:
    """Make sure that the time zone database knows this name.

    Raises:
        LabKitError: Naming the nearest names it knows.
    """
    known = zoneinfo.available_timezones()
    if zone in known:
        return
    by_city = {name.rsplit("/", 1)[-1]: name for name in sorted(known)}
    close = nearest(zone, sorted(known)) or [by_city[city] for city in nearest(zone, by_city)]
    raise LabKitError(
        f'There is no time zone "{zone}"',
        next_step=f"did you mean {' or '.join(close)}?"
        if close
        else 'write it as continent and city, such as "Asia/Seoul"',
    )


def _localised(shown: pd.Series, zone: str, first: bool) -> np.ndarray:
    flags = np.full(len(shown), first)
    zoned = shown.dt.tz_localize(zone, ambiguous=flags, nonexistent="NaT")
    return zoned.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy("datetime64[us]")
