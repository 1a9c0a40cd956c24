import unicodedata

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.errors import LabKitError
from lab_kit.prepare import clean

START = pd.Timestamp("2026-01-01", tz="UTC")


def test_equal_rows_are_dropped_wherever_they_came_from():
    frame = pd.DataFrame(
        {"a": ["1", "1", None, None], "b": ["x", "x", "y", "y"], "source_row": [2, 3, 4, 5]}
    )
    kept, step = clean.drop_exact_duplicates(frame)
    assert kept["source_row"].tolist() == [2, 4]
    assert step.removed == 2
    assert step.examples["row"].tolist() == [1, 3]
    assert len(clean.drop_exact_duplicates(frame, ignoring=())[0]) == 4


values = st.sampled_from(["a", "b", None])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(values, values), max_size=20))
def test_exact_duplicates_agree_with_a_loop(rows):
    frame = pd.DataFrame(rows, columns=["x", "y"], dtype="str")
    seen, expected = set(), []
    for place, row in enumerate(rows):
        if row not in seen:
            expected.append(place)
        seen.add(row)
    kept, _ = clean.drop_exact_duplicates(frame.assign(source_row=range(len(rows))))
    assert kept["source_row"].tolist() == expected


def test_the_newest_of_near_duplicates_is_kept():
    frame = pd.DataFrame(
        {
            "name": ["Kim  Su", "kim su ", "Lee", unicodedata.normalize("NFD", "김"), "김"],
            "updated": [1, 2, 1, 5, 4],
        }
    )
    kept, step = clean.drop_near_duplicates(frame, ["name"], newest="updated")
    assert kept["updated"].tolist() == [2, 1, 5]
    assert step.examples["row"].tolist() == [0, 4]


def test_two_unknown_addresses_are_not_one():
    frame = pd.DataFrame({"mail": [None, None, "a@b"], "updated": [1, 2, 3]})
    assert len(clean.drop_near_duplicates(frame, ["mail"], newest="updated")[0]) == 3


def slow_near(rows):
    """Of each group the newest; of equals the later."""
    kept = []
    for place, (name, updated) in enumerate(rows):
        if name is not None:
            rivals = [
                (-1 if other_updated is None else other_updated, other)
                for other, (other_name, other_updated) in enumerate(rows)
                if other_name is not None and other_name.strip().lower() == name.strip().lower()
            ]
            if max(rivals) != (-1 if updated is None else updated, place):
                continue
        kept.append(place)
    return kept


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "A ", "b", None]), st.integers(0, 3) | st.none()),
        max_size=12,
    )
)
def test_near_duplicates_agree_with_a_loop(rows):
    frame = pd.DataFrame(
        {
            "name": pd.Series([name for name, _ in rows], dtype="str"),
            "updated": pd.Series([updated for _, updated in rows], dtype="Int64"),
            "place": range(len(rows)),
        }
    )
    kept, _ = clean.drop_near_duplicates(frame, ["name"], newest="updated")
    assert kept["place"].tolist() == slow_near(rows)


def events(*rows):
    return pd.DataFrame(
        {
            "user_id": pd.Series([user for user, _ in rows], dtype="str"),
            "item_id": "I1",
            "event_type": "View",
            "timestamp": pd.Series(
                [pd.NaT if s is None else START + pd.Timedelta(seconds=s) for _, s in rows],
                dtype="datetime64[us, UTC]",
            ),
            "place": range(len(rows)),
        }
    )


def test_a_chain_of_taps_is_one_event_however_long():
    frame, step = clean.drop_repeated_events(
        events(("u", 0), ("u", 4), ("u", 9), ("u", 15), ("v", 1)), seconds=5
    )
    assert frame["place"].tolist() == [0, 3, 4]
    assert step.counts == {"duplicate": 2}


def test_events_without_a_time_or_a_user_are_never_repeats():
    rows = [("u", None), ("u", None), ("u", 0), (None, 0), (None, 0)]
    assert len(clean.drop_repeated_events(events(*rows), seconds=5)[0]) == 5


def test_texts_are_no_times():
    with pytest.raises(LabKitError, match="parse_times"):
        clean.drop_repeated_events(events(("u", 0)).astype({"timestamp": "str"}), seconds=5)


def slow_repeats(rows, seconds):
    """Walk through each user's events in order of time and keep those after a pause."""
    kept, last = [], {}
    known = [
        (when, place, user) for place, (user, when) in enumerate(rows) if None not in (user, when)
    ]
    for when, place, user in sorted(known):
        if user not in last or when - last[user] > seconds:
            kept.append(place)
        last[user] = when
    return sorted(kept + [place for place, row in enumerate(rows) if None in row])


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["u", "v", None]), st.integers(0, 40) | st.none()), max_size=25
    ),
    st.integers(0, 10),
)
def test_repeated_events_agree_with_a_loop(rows, seconds):
    frame, step = clean.drop_repeated_events(events(*rows), seconds=seconds)
    assert frame["place"].tolist() == slow_repeats(rows, seconds)
    _, step = clean.drop_repeated_events(frame, seconds=0)
    assert step.rows_in == len(frame)
