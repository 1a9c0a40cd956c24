import pandas as pd
import pytest

from lab_kit.errors import LabKitError
from lab_kit.plots import time_units
from lab_kit.plots.units import when, year_of

NEW_YEAR_2026 = 1_767_225_600
"""Seconds from 1970-01-01 to 2026-01-01 00:00 UTC."""


def test_milliseconds_read_as_seconds_land_in_the_year_57971():
    # 1,767,225,600,000 s / 31,556,952 s a year = 56,001.2 years after 1970
    picture = time_units(pd.Series([NEW_YEAR_2026 * 1000]))
    assert "read as seconds they span year 57,971, 0% of them" in picture.alt
    assert "read as milliseconds they span 1 Jan 2026, 100% of them" in picture.alt
    assert "as seconds in 57,971, as milliseconds in 2026" in picture.figure.texts[0].get_text()


def test_seconds_read_as_milliseconds_land_in_january_1970():
    assert (
        "read as milliseconds they span 21 Jan 1970" in time_units(pd.Series([NEW_YEAR_2026])).alt
    )


def test_a_column_with_both_units_shows_what_fits_of_each():
    mixed = pd.Series([NEW_YEAR_2026] * 3 + [NEW_YEAR_2026 * 1000])
    picture = time_units(mixed)
    assert "75% as seconds, 25% as milliseconds make sense" in picture.figure.texts[0].get_text()
    shapes = [
        (line.get_marker(), float(line.get_ydata()[0])) for line in picture.figure.axes[0].lines
    ]
    assert shapes == [("X", 0), ("o", 0), ("X", 1), ("o", 1)]


def test_text_and_gaps_are_left_out():
    times = pd.Series([str(NEW_YEAR_2026), "soon", None])
    assert time_units(times, units=["s"]).alt.startswith("1 times stored as numbers")


def test_a_column_without_numbers_is_refused():
    with pytest.raises(LabKitError, match=r"no number among these times \(when\)"):
        time_units(pd.Series(["soon"], name="when"))


@pytest.mark.parametrize("year", [1905, 1970, 1999, 2000, 2024, 2026, 2261])
def test_the_year_agrees_with_the_calendar(year):
    middle = pd.Timestamp(year=year, month=7, day=1).timestamp()
    assert year_of(middle) == year


def test_spans_are_written_as_dates_or_as_far_years():
    seconds = pd.Series([NEW_YEAR_2026, NEW_YEAR_2026 + 86_400 * 40]).to_numpy()
    assert when(seconds) == "1 Jan 2026 to 10 Feb 2026"
    assert when(seconds[:1] * 1000) == "year 57,971"
