"""Times of any unit, format and zone, as UTC."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from lab_kit.errors import LabKitError
from lab_kit.prepare.clean.calendar_text import read_calendar
from lab_kit.prepare.clean.time_units import NUMBER, PER_SECOND, YEARS, Unit
from lab_kit.prepare.clean.time_zones import Repeated, to_utc
from lab_kit.prepare.clean.unread import read_step
from lab_kit.prepare.clean.values import written
from lab_kit.prepare.columns import require_column
from lab_kit.prepare.ledger import Step, tally


def parse_times(
    frame: pd.DataFrame,
    column: str,
    *,
    unit: Unit = "text",
    zone: str = "UTC",
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
        zone: Where the clock hung that texts without an offset were read from.
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
        utc, shapes, reasons = _from_text(values, zone, day_first, formats, repeated)
    elif unit in PER_SECOND:
        utc, shapes, reasons = _from_epoch(values, unit)
    else:
        raise LabKitError(
            f'There is no time unit "{unit}"', next_step='use unit="s", unit="ms" or unit="text"'
        )
    impossible = outside_years(utc, years)
    utc = np.where(impossible, np.datetime64("NaT", "us"), utc)
    return read_step(
        f"read times of {column}",
        frame,
        column,
        pd.Series(utc, frame.index).dt.tz_localize("UTC"),
        {**reasons, f"year not in {years[0]} to {years[1]}": impossible},
        into=into,
        why=_why(unit, zone),
        counts=tally(shapes[~np.isnat(utc)]),
    )


def outside_years(times: np.ndarray, years: tuple[int, int]) -> np.ndarray:
    """True where a time (datetime64, shape (rows,)) lies outside these years."""
    year = times.astype("datetime64[Y]").astype(np.int64) + 1970
    return ~np.isnat(times) & ((year < years[0]) | (year > years[1]))


def _from_epoch(
    values: pd.Series, unit: Unit
) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    texts = values.astype("str").str.strip()
    readable = texts.str.fullmatch(NUMBER, na=False).to_numpy()
    numbers = pc.cast(pa.array(texts[readable]), pa.float64()).to_numpy()
    utc = np.full(len(values), np.datetime64("NaT", "us"))
    utc[readable] = _microseconds(numbers, 1_000_000 // PER_SECOND[unit])
    shape = np.where(readable, f"epoch {unit}", "").astype(object)
    return utc, shape, {"unreadable": written(texts) & ~readable}


def _microseconds(numbers: np.ndarray, factor: int) -> np.ndarray:
    # Beyond the year 10,000 nothing is a true time; clipping keeps the product within 64 bits.
    furthest = 253_402_300_800_000_000 // factor
    clipped = np.clip(numbers, -furthest, furthest)
    return np.rint(clipped * factor).astype("datetime64[us]")


def _from_text(
    values: pd.Series,
    zone: str,
    day_first: bool | None,
    formats: Sequence[str],
    repeated: Repeated,
) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    texts = values.astype("str")
    reading = read_calendar(texts, day_first=day_first, formats=formats)
    zoned = ~np.isnat(reading.offset)
    without_offset = np.where(zoned, np.datetime64("NaT", "us"), reading.wall)
    local = to_utc(without_offset, zone, repeated=repeated)
    utc = np.where(zoned, reading.wall - reading.offset, local.utc)
    unreadable = written(texts) & np.isnat(reading.wall) & ~reading.undecided
    reasons = {
        "day or month first?": reading.undecided,
        f"skipped by the clocks of {zone}": local.skipped,
        f"shown twice by the clocks of {zone}": local.repeated,
        "unreadable": unreadable,
    }
    return utc, reading.shape, reasons


def _why(unit: Unit, zone: str) -> str:
    if unit == "text":
        return f"Texts without an offset were written in {zone}; all times are UTC now"
    return f"{'Seconds' if unit == 's' else 'Milliseconds'} since 1970 in UTC"
