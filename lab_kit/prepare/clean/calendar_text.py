"""Dates and times as people write them, read by their shape, a whole column at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

CLOCK = (
    r"(?:(?:T|\s+)(?P<hour>\d{1,2}):(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s?(?P<offset>Z|[+-]\d{2}:?\d{2})?)?$"
)
YEAR_FIRST = r"^(?P<year>\d{4})[-/.]\s?(?P<a>\d{1,2})[-/.]\s?(?P<b>\d{1,2})\.?" + CLOCK
"""2026-01-31, 2026/1/31, 2026. 1. 31., each with a clock and an offset or without."""
YEAR_LAST = r"^(?P<a>\d{1,2})[-/.]\s?(?P<b>\d{1,2})[-/.]\s?(?P<year>\d{4})" + CLOCK
"""31/01/2026, 31.1.2026 or 01/31/2026: which of the two is the day, the text cannot say."""

NAT = np.datetime64("NaT", "us")
MICROSECONDS = {"hour": 3_600_000_000, "minute": 60_000_000, "second": 1_000_000}


@dataclass(frozen=True, eq=False)
class Reading:
    """What the texts of a column say, each array of shape (rows,)."""

    wall: np.ndarray
    """What calendar and clock show (datetime64[us]); NaT where the text was not read."""
    offset: np.ndarray
    """How far that clock was ahead of UTC (timedelta64[us]); NaT where the text does not say."""
    shape: np.ndarray
    """How the text was written: "year first", "day first", "month first" or a given format."""
    undecided: np.ndarray
    """True where day and month might be exchanged and nobody said which comes first."""


def read_calendar(
    texts: pd.Series, *, day_first: bool | None = None, formats: Sequence[str] = ()
) -> Reading:
    """Read texts that may be written in several ways.

    Args:
        texts: A text column.
        day_first: How to read 03/04/2026. None reads only those in which one number is over 12
            or both are equal, and leaves the others undecided.
        formats: `strptime` formats to try on what has another shape, in this order.

    Returns:
        The reading. A leap second counts as the first moment of the next minute; digits beyond
        microseconds are cut.
    """
    trimmed = texts.str.strip()
    reading = _empty(len(texts))
    _fill_year_first(reading, trimmed)
    _fill_year_last(reading, trimmed, day_first)
    for written in formats:
        rows = np.flatnonzero(np.isnat(reading.wall) & ~reading.undecided)
        _fill_format(reading, trimmed.iloc[rows], rows, written)
    return reading


def _empty(rows: int) -> Reading:
    return Reading(
        wall=np.full(rows, NAT),
        offset=np.full(rows, np.timedelta64("NaT", "us")),
        shape=np.full(rows, "", dtype=object),
        undecided=np.zeros(rows, bool),
    )


def _fill_year_first(reading: Reading, texts: pd.Series) -> None:
    rows, parts = _parts(texts, np.arange(len(texts)), YEAR_FIRST)
    wall = _day(parts, month="a", day="b") + _clock(parts)
    _write(reading, rows, wall, _offset(parts["offset"]), np.full(len(rows), "year first", object))


def _fill_year_last(reading: Reading, texts: pd.Series, day_first: bool | None) -> None:
    rows, parts = _parts(texts, np.flatnonzero(np.isnat(reading.wall)), YEAR_LAST)
    day_month = _day(parts, month="b", day="a")
    month_day = _day(parts, month="a", day="b")
    if day_first is None:
        both = ~np.isnat(day_month) & ~np.isnat(month_day) & (day_month != month_day)
        reading.undecided[rows[both]] = True
        rightly_day_first = ~np.isnat(day_month)
        day = np.where(both, NAT, np.where(rightly_day_first, day_month, month_day))
    else:
        rightly_day_first = np.full(len(rows), day_first)
        day = day_month if day_first else month_day
    shape = np.where(rightly_day_first, "day first", "month first").astype(object)
    _write(reading, rows, day + _clock(parts), _offset(parts["offset"]), shape)


def _fill_format(reading: Reading, texts: pd.Series, rows: np.ndarray, written: str) -> None:
    zoned = "%z" in written
    parsed = pd.to_datetime(texts, format=written, errors="coerce", utc=zoned)
    wall = parsed.dt.tz_localize(None).to_numpy("datetime64[us]")
    read = ~np.isnat(wall)
    reading.wall[rows[read]] = wall[read]
    reading.shape[rows[read]] = written
    if zoned:
        reading.offset[rows[read]] = np.timedelta64(0, "us")


def _write(
    reading: Reading, rows: np.ndarray, wall: np.ndarray, offset: np.ndarray, shape: np.ndarray
) -> None:
    read = ~np.isnat(wall)
    reading.wall[rows[read]] = wall[read]
    reading.offset[rows[read]] = offset[read]
    reading.shape[rows[read]] = shape[read]


def _parts(
    texts: pd.Series, rows: np.ndarray, pattern: str
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Those of the rows that have this shape, and their parts: numbers, and the offset as text."""
    among = pa.array(texts.iloc[rows].to_numpy(object), pa.large_string(), from_pandas=True)
    found = pc.extract_regex(among, pattern)
    rows = rows[found.is_valid().to_numpy(zero_copy_only=False)]
    found = found.drop_null()
    parts = {
        name: _numbers(found.field(name)) for name in ("year", "a", "b", "hour", "minute", "second")
    }
    # Six digits after the point are microseconds: fill up with zeros, cut what is beyond.
    padded = pc.utf8_slice_codeunits(pc.utf8_rpad(found.field("fraction"), 6, "0"), 0, 6)
    parts["fraction"] = _numbers(padded)
    parts["offset"] = found.field("offset").to_numpy(zero_copy_only=False)
    return rows, parts


def _numbers(texts: pa.Array) -> np.ndarray:
    return pc.if_else(pc.equal(texts, ""), "0", texts).cast(pa.int64()).to_numpy()


def _day(parts: dict[str, np.ndarray], *, month: str, day: str) -> np.ndarray:
    """Midnight of each date (datetime64[us]), NaT where there is no such date."""
    months = (parts["year"] - 1970) * 12 + parts[month] - 1
    first = months.astype("datetime64[M]").astype("datetime64[D]")
    date = first + (parts[day] - 1)
    exists = (parts[month] >= 1) & (parts[month] <= 12) & (parts["year"] >= 1)
    exists &= date.astype("datetime64[M]").astype(np.int64) == months
    return np.where(exists, date, np.datetime64("NaT", "D")).astype("datetime64[us]")


def _clock(parts: dict[str, np.ndarray]) -> np.ndarray:
    """Time of day (timedelta64[us]), NaT where no clock shows it."""
    exists = (parts["hour"] <= 23) & (parts["minute"] <= 59) & (parts["second"] <= 60)
    total = sum(parts[name] * size for name, size in MICROSECONDS.items()) + parts["fraction"]
    return np.where(exists, total.astype("timedelta64[us]"), np.timedelta64("NaT", "us"))


def _offset(texts: np.ndarray) -> np.ndarray:
    """Offsets from UTC (timedelta64[us]); NaT where none is written."""
    codes, names = pd.factorize(texts)
    minutes = [_offset_minutes(name) for name in names]
    table = np.array([np.timedelta64("NaT") if m is None else m for m in minutes], "timedelta64[m]")
    return table.astype("timedelta64[us]")[codes]


def _offset_minutes(text: str) -> int | None:
    if not text:
        return None
    if text == "Z":
        return 0
    sign = -1 if text[0] == "-" else 1
    return sign * (int(text[1:3]) * 60 + int(text[-2:]))
