import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.errors import LabKitError
from lab_kit.plots import weekly_rhythm
from lab_kit.plots.rhythm import hours_of_the_week

MONDAY = pd.Timestamp("2026-03-02", tz="UTC")


def frame_at(*hours):
    """Events so many hours after Monday midnight UTC."""
    times = pd.Series([MONDAY + pd.Timedelta(hours=hour) for hour in hours])
    return pd.DataFrame({"timestamp": times})


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 24 * 30), min_size=1, max_size=40), st.sampled_from([0, 9, -5]))
def test_each_event_falls_into_its_hour_of_the_week(hours, offset):
    slow = np.zeros((7, 24), dtype=int)
    for hour in hours:
        local = (hour + offset) % (7 * 24)
        slow[local // 24, local % 24] += 1
    zone = {0: "UTC", 9: "Asia/Seoul", -5: "America/Bogota"}[offset]
    assert (hours_of_the_week(frame_at(*hours)["timestamp"], zone) == slow).all()


def test_the_title_and_the_alt_text_name_the_busiest_hour():
    picture = weekly_rhythm(frame_at(21, 21.5, 21.9, 45, 30))
    assert "Monday 21:00 to 22:00, 3 events" in picture.alt
    assert "Over all days 21:00 to 22:00 leads with 4" in picture.alt
    assert "the busiest day is Monday with 3" in picture.alt
    assert "100.8 times the average" in picture.figure.texts[0].get_text()  # 3 of 5 in 168 hours


def test_bars_and_cells_are_the_counts():
    bars, grid = weekly_rhythm(frame_at(21, 21.5, 45)).figure.axes[:2]
    assert [bar.get_height() for bar in bars.patches] == [
        3 if hour == 21 else 0 for hour in range(24)
    ]
    assert grid.images[0].get_array().data[:2, 21].tolist() == [2, 1]


def test_the_zone_decides_what_evening_is():
    assert "Tuesday 06:00 to 07:00" in weekly_rhythm(frame_at(21), zone="Asia/Seoul").alt


def test_no_event_is_an_error_in_words():
    with pytest.raises(LabKitError, match="no event to draw"):
        weekly_rhythm(frame_at(1).iloc[:0])
