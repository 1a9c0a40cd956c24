import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.dates import num2date

from lab_kit.errors import LabKitError
from lab_kit.plots import sessions_timeline
from lab_kit.plots.visits import choose_window
from tests.plots.figures import interactions


def marks(picture):
    """Times of the marks in the lanes, by type."""
    lanes = picture.figure.axes[0]
    return {
        line.get_label().rsplit(" (", 1)[0]: pd.to_datetime(np.asarray(line.get_xdata())).tolist()
        for line in lanes.lines
    }


def bars(picture):
    """Start and end of the bars in the lanes."""
    segments = picture.figure.axes[0].collections[0].get_segments()
    return [tuple(num2date(x).replace(tzinfo=None) for x in segment[:, 0]) for segment in segments]


def test_each_event_stands_at_its_time():
    shown = marks(sessions_timeline(interactions(), zone="UTC"))
    assert shown["View"] == [
        pd.Timestamp(time)
        for time in ("2026-03-02 09:00", "2026-03-02 09:04", "2026-03-02 20:00", "2026-03-03 12:00")
    ]
    assert shown["AddToCart"] == [pd.Timestamp("2026-03-02 09:06")]
    assert shown["Purchase"] == [pd.Timestamp("2026-03-03 12:10")]


def test_the_zone_moves_the_clock():
    shown = marks(sessions_timeline(interactions(), zone="Asia/Seoul"))
    assert shown["Purchase"] == [pd.Timestamp("2026-03-03 21:10")]


def test_types_differ_in_shape_colour_and_height():
    lines = sessions_timeline(interactions()).figure.axes[0].lines
    for feature in ("get_marker", "get_color"):
        assert len({getattr(line, feature)() for line in lines}) == 3
    assert len({float(line.get_ydata()[0]) % 1 for line in lines}) == 3


def test_a_bar_covers_its_visit_and_little_more():
    covered = bars(sessions_timeline(interactions(), days=3))
    visits = [("09:00", "09:06", 2), ("20:00", "20:00", 2), ("12:00", "12:10", 3)]
    assert len(covered) == 3
    for (start, end), (first, last, day) in zip(covered, visits, strict=True):
        spare = pd.Timedelta(days=3) * 0.004 + pd.Timedelta(seconds=1)
        first, last = (pd.Timestamp(f"2026-03-0{day} {clock}") for clock in (first, last))
        assert first - spare <= start <= first
        assert last <= end <= last + spare


def test_the_alt_text_counts_events_visits_and_minutes():
    alt = sessions_timeline(interactions()).alt
    assert "2 users made 6 events (4 View, 1 AddToCart, 1 Purchase)" in alt
    assert "3 visits" in alt
    assert "Half of the visits last 6 minutes or less" in alt  # of 6, 0 and 10 minutes
    assert "Visits by user: u1 2, u2 1" in alt
    assert "one visit of u1 up close: 2 View, 1 AddToCart from first to last in 6 minutes" in alt


def test_the_visit_up_close_counts_minutes_from_its_first_event():
    close_up = sessions_timeline(interactions()).figure.axes[1]
    placed = sorted(x for line in close_up.lines[1:] for x in line.get_xdata())
    assert placed == [0, 4, 6]  # visit "a": as many types as "c", more events


def test_chosen_users_keep_their_order_and_the_absent_keep_their_lane():
    picture = sessions_timeline(interactions(), users=["u2", "nobody", "u1"])
    labels = [label.get_text() for label in picture.figure.axes[0].get_yticklabels()]
    assert labels == ["u2\n1 visit", "nobody\n0 visits", "u1\n2 visits"]


def test_one_user_may_be_named_without_a_list():
    alt = sessions_timeline(interactions(), users="u2").alt
    assert "2 events come in 1 visit" in alt
    assert alt == sessions_timeline(interactions(), users=["u2"]).alt


def test_only_the_last_days_are_shown():
    window = choose_window(interactions(), 6, 0.5, "UTC")
    assert window.users == ["u2"]
    assert len(window.events) == 2


def test_an_empty_window_says_what_to_do():
    with pytest.raises(LabKitError, match="take more days"):
        sessions_timeline(interactions(), users=["u1"], days=0.1)


def test_events_outside_of_any_session_are_shown_but_belong_to_no_visit():
    frame = interactions()
    frame.loc[5, "session_id"] = None
    picture = sessions_timeline(frame)
    assert "5 of 6 events come in 3 visits" in picture.alt
    assert len(marks(picture)["Purchase"]) == 1


def test_the_visit_up_close_has_many_types_before_many_events():
    views = interactions().iloc[[3] * 5]
    alt = sessions_timeline(pd.concat([interactions(), views])).alt
    assert "one visit of u1 up close: 2 View, 1 AddToCart" in alt


def test_half_an_hour_exactly_is_still_the_same_visit():
    times = pd.to_datetime(["2026-03-02 09:00", "2026-03-02 09:30", "2026-03-02 10:01"], utc=True)
    frame = pd.DataFrame({"user_id": "u1", "timestamp": times})
    assert choose_window(frame, 6, 3, "UTC").sessions["minutes"].tolist() == [30, 0]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 300)), min_size=1, max_size=30))
def test_without_sessions_half_an_hour_of_silence_ends_one(events):
    start = pd.Timestamp("2026-03-02", tz="UTC")
    frame = pd.DataFrame(
        {
            "user_id": [user for user, _ in events],
            "timestamp": [start + pd.Timedelta(minutes=minute) for _, minute in events],
        }
    )
    slow = 0
    for user in {user for user, _ in events}:
        minutes = sorted(minute for of_user, minute in events if of_user == user)
        slow += 1 + sum(b - a > 30 for a, b in itertools.pairwise(minutes))
    assert len(choose_window(frame, 6, 3, "UTC").sessions) == slow
