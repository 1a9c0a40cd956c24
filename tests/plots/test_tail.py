import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.errors import LabKitError
from lab_kit.plots import long_tail
from tests.plots.figures import interactions


def frame_with(counts):
    ids = [f"i{number}" for number, count in enumerate(counts) for _ in range(count)]
    return pd.DataFrame({"item_id": ids})


def test_the_share_of_the_first_fifth_is_said_in_numbers():
    alt = long_tail(frame_with([60, 20, 5, 5, 2, 2, 2, 2, 1, 1])).alt
    assert "The first 2 (20%) have 80.0% of the 100 events" in alt
    assert "the less popular half 8.0%" in alt
    assert "falls from 60 at the first to 1 at the last, 2 in the middle" in alt


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=40))
def test_the_share_is_what_slow_counting_finds(counts):
    ranked = sorted(counts, reverse=True)
    head = 0
    while head < 0.2 * len(ranked):
        head += 1
    share = sum(ranked[:head]) / sum(ranked)
    assert f"The first {head:,} (20%) have {share:.1%} of" in long_tail(frame_with(counts)).alt


def test_the_two_areas_are_the_events_of_head_and_tail():
    head, tail, outline = (
        long_tail(frame_with([60, 20, 5, 5, 2, 2, 2, 2, 1, 1])).figure.axes[0].patches
    )
    assert head.get_data().values.tolist() == [60, 20]
    assert tail.get_data().values.tolist() == [5, 5, 2, 2, 2, 2, 1, 1]
    assert outline.get_data().values.sum() == 100
    assert head.get_data().edges[-1] == tail.get_data().edges[0] == 2.5


def test_users_can_be_ranked_too():
    assert "Events of 2 users" in long_tail(interactions(), by="user_id").alt


def test_the_first_three_are_called_by_name():
    names = pd.Series({"i0": "당근 케이크", "i1": "우유"})
    alt = long_tail(frame_with([4, 3, 2, 1]), names=names).alt
    assert alt.endswith("1. 당근 케이크: 4; 2. 우유: 3; 3. i2: 2")


def test_a_missing_column_is_named_with_those_that_are_there():
    with pytest.raises(LabKitError, match=r"no column 'item' to count \(columns: item_id\)"):
        long_tail(frame_with([1]), by="item")


def test_no_event_is_an_error_in_words():
    with pytest.raises(LabKitError, match="no event"):
        long_tail(frame_with([]))
