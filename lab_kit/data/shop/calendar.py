"""The window of the simulation: days and weeks in Seoul, moments in UTC.

Moments are int64 milliseconds since 1970-01-01 UTC. South Korea keeps UTC+9 all year.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

DAY = 86_400_000
"""Milliseconds in a day."""
SEOUL = 9 * 3_600_000
"""Milliseconds by which clocks in Seoul are ahead of UTC."""
FIRST_DAY = pd.Timestamp("2026-01-01")

SEASON_OF_MONTH = np.array([3, 3, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3])
"""Index into `SEASONS` for January to December."""
SEASONS = ("spring", "summer", "autumn", "winter")
SEOLLAL = (pd.Timestamp("2026-02-10"), pd.Timestamp("2026-02-20"))
"""Days around the lunar new year on which parcels pile up, both included."""


@dataclass(frozen=True)
class Window:
    """The simulated months, `start` included and `end` not, in UTC milliseconds."""

    months: int

    @property
    def dates(self) -> pd.DatetimeIndex:
        """The days in Seoul, without a zone."""
        return pd.date_range(FIRST_DAY, periods=self.days, freq="D")

    @property
    def days(self) -> int:
        """Number of days."""
        return (FIRST_DAY + pd.DateOffset(months=self.months) - FIRST_DAY).days

    @property
    def weeks(self) -> int:
        """Number of weeks, the last one possibly cut short."""
        return -(-self.days // 7)

    @property
    def start(self) -> int:
        """Midnight in Seoul before the first day."""
        return FIRST_DAY.value // 1_000_000 - SEOUL

    @property
    def end(self) -> int:
        """Midnight in Seoul after the last day."""
        return self.start + self.days * DAY

    def day_of(self, moment: np.ndarray) -> np.ndarray:
        """Day of the window, 0 for the first; negative before it."""
        return (moment - self.start) // DAY

    def holiday(self) -> np.ndarray:
        """Bool per day: within `SEOLLAL`."""
        return np.asarray((self.dates >= SEOLLAL[0]) & (self.dates <= SEOLLAL[1]))


def to_utc(moment: np.ndarray) -> pd.Series:
    """Milliseconds as `datetime64[us, UTC]`, the resolution in which pandas parses text."""
    times = pd.Series(np.asarray(moment, dtype="int64").view("datetime64[ms]"))
    return times.astype("datetime64[us]").dt.tz_localize("UTC")
