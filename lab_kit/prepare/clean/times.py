"""Times of any unit, format and zone, as UTC."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from lab_kit.errors import LabKitError
from lab_kit.prepare.clean.calendar_text import read_calendar
from lab_kit.prepare.clean.time_zones import Repeated, to_utc
from lab_kit.prepare.clean.unread import read_step
from lab_kit.prepare.columns import require_column
from lab_kit.prepare.ledger import Step

Unit = Literal["s", "ms", "text"]

PER_SECOND = {"s": 1, "ms": 1_000}
YEARS = (1990, 2100)
"""Times outside these years are taken for errors: no shop has events from 1970 or 55970."""

NUMBER = r"[+-]?\d{1,18}(\.\d{1,9})?"


def parse_times(
    frame: pd.DataFrame,
    column: str,
    *,
    unit: Unit = "text",
    time_zone: str = "UTC",
    into: str | None = None,
    day_first: bool | None = None,
    formats: Sequence[str] = (),
    repeated: Repeated = "report",
    years: tuple[int, int] = YEARS,
) -> tuple[pd.DataFrame, Step]:
    """Read a column of times, written in one way or in several, as UTC.

    What cannot be read is missing afterwards; its text is kept in `<into>_unread`.

    Args:
        frame: Any frame.
        column: The column to read.
        unit: "s" or "ms" since 1970 in UTC, or "text" such as 2026-01-31 23:59:59.
        time_zone: Where the clock hung that texts without an offset were read from.
        into: Where the times go; the same column by default.
        day_first: Whether 03/04/2026 is 3 April (True) or 4 March (False). None leaves such texts
            unread unless one number is over 12 or both are equal.
        formats: `strptime` formats of further ways in which texts are written.
        repeated: What to do with a time that clocks showed twice in autumn: report it as unread,
            or take the first or second.
        years: First and last year that can be true.

    Returns:
        The frame with times (datetime64[us, UTC]); and the step, which counts how they were
        written and why some were not read.

    Raises:
        LabKitError: If the column is missing, or there is no such unit or time zone.
    """
    values = require_column(frame, column)
    if unit == "text":
        utc, shapes, reasons = _from_text(values, time_zone, day_first, formats, repeated)
    elif unit in PER_SECOND:
        utc, shapes, reasons = _from_epoch(values, unit)
    else:
        raise LabKitError(
            f'There is no time unit "{unit}"', next_step='use unit="s", unit="ms" or unit="text"'
        )
    year = utc.astype("datetime64[Y]").astype(np.int64) + 1970
    impossible = ~np.isnat(utc) & ((year < years[0]) | (year > years[1]))
    utc = np.where(impossible, np.datetime64("NaT", "us"), utc)
    shapes = shapes[~np.isnat(utc)]
    return read_step(
        f"read times of {column}",
        frame,
        column,
        pd.Series(utc, frame.index).dt.tz_localize("UTC"),
        {**reasons, f"year not in {years[0]} to {years[1]}": impossible},
        into=into,
        why=_why(unit, time_zone),
        counts={str(shape): int(n) for shape, n in pd.Series(shapes).value_counts().items()},
    )


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
    reading = read_calendar(_texts(values), day_first=day_first, formats=formats)
    dates = reading.wall.astype("datetime64[D]").astype("datetime64[us]")
    year = dates.astype("datetime64[Y]").astype(np.int64) + 1970
    impossible = ~np.isnat(dates) & ((year < years[0]) | (year > years[1]))
    given = values.notna().to_numpy()
    dates = np.where(impossible, np.datetime64("NaT", "us"), dates)
    shapes = reading.shape[~np.isnat(dates)]
    return read_step(
        f"read dates of {column}",
        frame,
        column,
        pd.Series(dates, frame.index),
        {
            "day or month first?": reading.undecided,
            "unreadable": given & np.isnat(reading.wall) & ~reading.undecided,
            f"year not in {years[0]} to {years[1]}": impossible,
        },
        into=into,
        why="A date belongs to a calendar, not to a time zone",
        counts={str(shape): int(n) for shape, n in pd.Series(shapes).value_counts().items()},
    )


@dataclass(frozen=True)
class TimeUnitGuess:
    """What a column of raw times seems to be written in, and why."""

    unit: Unit
    reason: str


def guess_time_unit(values: pd.Series) -> TimeUnitGuess:
    """Look at raw times and say which unit makes sense of them.

    Args:
        values: Raw values, texts or numbers.

    Returns:
        The guess, with the middle value read each way as its reason.

    Raises:
        LabKitError: If there is no value, or the numbers are times in neither unit.
    """
    texts = _texts(values).dropna()
    if texts.empty:
        raise LabKitError("There is no value to guess from", next_step="look at another column")
    numeric = texts.str.fullmatch(NUMBER)
    if numeric.mean() < 0.5:
        example = texts[~numeric].iloc[0]
        return TimeUnitGuess("text", f'most values are written like "{example}"')
    middle = float(np.median(texts[numeric].astype(float)))
    read = {unit: _shown(middle / per) for unit, per in PER_SECOND.items()}
    for unit, seconds in (("s", middle), ("ms", middle / 1_000)):
        if _shown(seconds)[:4].isdigit() and YEARS[0] <= int(_shown(seconds)[:4]) <= YEARS[1]:
            reason = f"{middle:.0f} is {read['s']} in seconds and {read['ms']} in milliseconds"
            return TimeUnitGuess(unit, reason)  # type: ignore[arg-type]
    raise LabKitError(
        f"{middle:.0f} is {read['s']} in seconds and {read['ms']} in milliseconds: neither is likely",
        next_step="check whether this column holds times at all",
    )


def _shown(seconds: float) -> str:
    if abs(seconds) >= 250_000_000_000:
        return "beyond the year 9900"
    return str(np.datetime64(round(seconds), "s").astype("datetime64[D]"))


def _texts(values: pd.Series) -> pd.Series:
    return values.astype("str").str.strip()


def _from_epoch(
    values: pd.Series, unit: Unit
) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    texts = _texts(values)
    readable = texts.str.fullmatch(NUMBER, na=False).to_numpy()
    numbers = pd.to_numeric(texts[readable]).to_numpy()
    utc = np.full(len(values), np.datetime64("NaT", "us"))
    utc[readable] = _microseconds(numbers, 1_000_000 // PER_SECOND[unit])
    shape = np.where(readable, f"epoch {unit}", "").astype(object)
    return utc, shape, {"unreadable": values.notna().to_numpy() & ~readable}


def _microseconds(numbers: np.ndarray, factor: int) -> np.ndarray:
    # Beyond the year 10,000 nothing is a true time; clipping keeps the product within 64 bits.
    furthest = 253_402_300_800_000_000 // factor
    clipped = np.clip(numbers, -furthest, furthest)
    return np.rint(clipped * factor).astype(np.int64).view("datetime64[us]")


def _from_text(
    values: pd.Series,
    time_zone: str,
    day_first: bool | None,
    formats: Sequence[str],
    repeated: Repeated,
) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    reading = read_calendar(_texts(values), day_first=day_first, formats=formats)
    zoned = ~np.isnat(reading.offset)
    local = to_utc(np.where(zoned, np.datetime64("NaT", "us"), reading.wall), time_zone, repeated=repeated)
    utc = np.where(zoned, reading.wall - reading.offset, local.utc)
    unreadable = values.notna().to_numpy() & np.isnat(reading.wall) & ~reading.undecided
    reasons = {
        "day or month first?": reading.undecided,
        f"skipped by the clocks of {time_zone}": local.skipped,
        f"shown twice by the clocks of {time_zone}": local.repeated,
        "unreadable": unreadable,
    }
    return utc, reading.shape, reasons


def _why(unit: Unit, time_zone: str) -> str:
    if unit == "text":
        return f"Texts without an offset were written in {time_zone}; all times are UTC now"
    return f"{'Seconds' if unit == 's' else 'Milliseconds'} since 1970 in UTC"
