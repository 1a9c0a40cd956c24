from fractions import Fraction
from math import floor

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.errors import LabKitError
from lab_kit.prepare import split

START = pd.Timestamp("2026-01-01", tz="UTC")


def events(*rows):
    """Events of (user, day) on items of their own."""
    return pd.DataFrame(
        {
            "user_id": pd.Series([user for user, _ in rows], dtype="str"),
            "item_id": [f"I{place}" for place in range(len(rows))],
            "timestamp": pd.Series(
                [START + pd.Timedelta(days=day) for _, day in rows], dtype="datetime64[us, UTC]"
            ),
        }
    )


def places(part):
    return part.index.tolist()


def test_a_cutoff_belongs_to_the_test():
    parts = split.by_time(events(("a", 0), ("a", 2), ("b", 1)), cutoff="2026-01-02")
    assert places(parts.train) == [0]
    assert places(parts.test) == [1, 2]
    assert "before 2026-01-02 00:00:00 UTC" in parts.how


def test_a_cutoff_with_a_zone_is_that_moment():
    parts = split.by_time(
        events(("a", 0), ("a", 1)), cutoff=pd.Timestamp("2026-01-01 10:00", tz="Asia/Seoul")
    )
    assert places(parts.train) == [0]


def test_events_of_one_moment_are_never_parted():
    parts = split.by_time(events(("a", 0), ("a", 1), ("b", 1), ("c", 1)), share=0.5)
    assert places(parts.train) == [0]


def test_each_users_newest_tenth_is_tested_and_ties_go_by_row():
    parts = split.by_user(events(*[("a", 5)] * 10, *[("b", day) for day in range(9)]))
    assert places(parts.test) == [9]
    assert parts.notes == ("1 of 2 users have fewer than 10 events and no test.",)


def test_nine_tenths_are_exactly_nine_tenths():
    # 1 - 0.9 is a little less than a tenth: with it, ten events would leave none to test.
    for share, tested in ((0.9, 2), (0.8, 4), (0.7, 6), (2 / 3, 6)):
        parts = split.by_user(events(*[("a", day) for day in range(20)]), share=share)
        assert len(parts.test) == tested


def test_random_is_the_same_for_the_same_seed_only():
    frame = events(*[("a", day) for day in range(50)])
    first, same, other = (split.random(frame, share=0.8, seed=seed) for seed in (1, 1, 2))
    assert places(first.train) == places(same.train) != places(other.train)
    assert len(first.train) == 40


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "either a cutoff or a share"),
        ({"cutoff": "2026-01-02", "share": 0.5}, "either a cutoff or a share"),
        ({"share": 1.0}, "not between 0 and 1"),
        ({"cutoff": "soon"}, '"soon" is no moment'),
        ({"cutoff": "2030-01-01"}, "test part would be empty"),
        ({"cutoff": "2020-01-01"}, "training part would be empty"),
    ],
)
def test_a_split_by_time_must_make_sense(options, message):
    with pytest.raises(LabKitError, match=message):
        split.by_time(events(("a", 0), ("a", 5)), **options)


def test_nobody_with_events_enough_to_be_tested_is_an_error():
    with pytest.raises(LabKitError, match="test part would be empty"):
        split.by_user(events(("a", 0), ("b", 1)))


@pytest.mark.parametrize(
    "divide",
    [
        lambda frame: split.by_time(frame, share=0.5),
        split.by_user,
        lambda frame: split.random(frame, seed=0),
    ],
)
@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda frame: frame.drop(columns="timestamp"), 'Column "timestamp" is missing'),
        (lambda frame: frame.assign(user_id=[None, "a"]), "user_id in 1 of 2 rows"),
        (lambda frame: frame.astype({"timestamp": "str"}), "not times in UTC"),
        (lambda frame: frame.head(0), "empty|no events"),
    ],
)
def test_events_must_be_whole(divide, spoil, message):
    with pytest.raises(LabKitError, match=message):
        divide(spoil(events(("a", 0), ("a", 5))))


def test_a_split_shows_its_parts():
    parts = split.by_user(events(*[("a", day) for day in range(10)], ("<b>", 0)))
    assert repr(parts).splitlines()[3:5] == [
        "train      10      2     10  2026-01-01  2026-01-09",
        "test        1      1      1  2026-01-10  2026-01-10",
    ]
    assert "<caption" in parts._repr_html_()


shares = st.sampled_from([0.5, 0.7, 0.8, 0.9, 0.95])
logs = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9)), min_size=1, max_size=40)


def slow_by_user(rows, share):
    """Sort each user's events by time, the row breaking ties; the last floor(n (1 - share))."""
    tested = []
    for user in {user for user, _ in rows}:
        mine = sorted((day, place) for place, (other, day) in enumerate(rows) if other == user)
        newest = floor(len(mine) * (1 - Fraction(str(share))))
        tested += [place for _, place in mine[len(mine) - newest :]]
    return sorted(tested)


@settings(max_examples=25, deadline=None)
@given(logs, shares)
def test_by_user_agrees_with_a_loop(rows, share):
    expected = slow_by_user(rows, share)
    if not expected:
        with pytest.raises(LabKitError):
            split.by_user(events(*rows), share=share)
        return
    parts = split.by_user(events(*rows), share=share)
    assert places(parts.test) == expected
    assert sorted(places(parts.train) + places(parts.test)) == list(range(len(rows)))


@settings(max_examples=25, deadline=None)
@given(logs, shares)
def test_by_time_agrees_with_a_loop(rows, share):
    days = [day for _, day in rows]
    moment = sorted(days)[floor(len(days) * Fraction(str(share)))]
    expected = [place for place, day in enumerate(days) if day < moment]
    if not expected:
        with pytest.raises(LabKitError):
            split.by_time(events(*rows), share=share)
        return
    parts = split.by_time(events(*rows), share=share)
    assert places(parts.train) == expected
    assert len(parts.train) <= share * len(rows)
    assert split.check_leakage(parts)["future of anybody"].found == 0
