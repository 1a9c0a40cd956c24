"""Days of a calendar, such as birthdays, which belong to no time zone."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from lab_kit.prepare.clean.calendar_text import read_calendar
from lab_kit.prepare.clean.times import outside_years
from lab_kit.prepare.clean.unread import read_step
from lab_kit.prepare.clean.values import written
from lab_kit.prepare.columns import require_column
from lab_kit.prepare.ledger import Step, tally


def parse_dates(
    frame: pd.DataFrame,
    column: str,
    *,
    into: str | None = None,
    day_first: bool | None = None,
    formats: Sequence[str] = (),
    years: tuple[int, int] = (1900, 2100),
) -> tuple[pd.DataFrame, Step]:
    """Read a column of dates, such as birthdays, that belong to no time zone.

    A date is not a moment: midnight of 31 January in Seoul is still 30 January in UTC, so a date
    must not be converted. A clock or an offset behind the date is left out.

    Args:
        frame: Any frame.
        column: The column to read.
        into: Where the dates go; the same column by default.
        day_first: As in `parse_times`.
        formats: As in `parse_times`.
        years: First and last year that can be true.

    Returns:
        The frame with dates (datetime64[us] at midnight, without zone); and the step.

    Raises:
        LabKitError: If the column is missing.
    """
    values = require_column(frame, column)
    texts = values.astype("str")
    reading = read_calendar(texts, day_first=day_first, formats=formats)
    dates = reading.wall.astype("datetime64[D]").astype("datetime64[us]")
    impossible = outside_years(dates, years)
    dates = np.where(impossible, np.datetime64("NaT", "us"), dates)
    return read_step(
        f"read dates of {column}",
        frame,
        column,
        pd.Series(dates, frame.index),
        {
            "day or month first?": reading.undecided,
            "unreadable": written(texts) & np.isnat(reading.wall) & ~reading.undecided,
            f"year not in {years[0]} to {years[1]}": impossible,
        },
        into=into,
        why="A date belongs to a calendar, not to a time zone",
        counts=tally(reading.shape[~np.isnat(dates)]),
    )
